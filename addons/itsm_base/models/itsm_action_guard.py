# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools import guard
from .itsm_action import ACTIVE

#: Cannot be changed once the action is done: it is what was checked.
FROZEN_WHEN_DONE = (
    "name",
    "kind",
    "description",
    "cause",
    "owner_id",
    "due_date",
    "res_model",
    "res_id",
    "origin",
    "company_id",
    "restricted",
    "evidence_note",
    "attachment_ids",
    "kpi_id",
    "measure",
    "unit",
    "value_before",
    "value_before_date",
)
#: Cannot be changed once it was checked, or given up.
FROZEN_WHEN_CHECKED = (
    "process_id",
    "checker_id",
    "check_date",
    "check_note",
    "value_after",
    "value_after_date",
    "cancel_reason",
)
#: What the check showed: not for those whose work is checked.
JUDGED = ("check_note", "value_after", "value_after_date")


class ItsmAction(models.Model):
    """What may be written when, and what follows from it (MS-29)."""

    _inherit = "itsm.action"

    # They say who did and who checked what, and when.
    _step_new = {
        "state": "open",
        "done_by_id": False,
        "done_at": False,
        "checked_by_id": False,
        "checked_at": False,
        "previous_id": False,
        "overdue_told_date": False,
    }

    can_judge = fields.Boolean(
        compute="_compute_can_judge", help="Neither owner nor doer: may check it."
    )

    @api.depends("owner_id", "done_by_id")
    @api.depends_context("uid")
    def _compute_can_judge(self):
        for action in self:
            action.can_judge = self.env.user not in action.owner_id | action.done_by_id

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.filtered(
            lambda action: any(action[name] for name in JUDGED)
        )._check_judge(JUDGED)
        actions._check_origin()
        actions._restrict_like_origin()
        actions._adopt_attachments()
        actions._sync_activities()
        return actions

    def write(self, vals):
        self._check_frozen(vals)
        self._check_judge(vals)
        if "active" in vals and not vals["active"]:
            self._check_archive()
        result = super().write(vals)
        if not {"res_model", "res_id", "origin"}.isdisjoint(vals):
            self._check_origin()
        if not {"res_model", "res_id", "origin", "restricted"}.isdisjoint(vals):
            self._restrict_like_origin()
        if "attachment_ids" in vals:
            self._adopt_attachments()
        if not {
            "owner_id",
            "due_date",
            "checker_id",
            "check_date",
            "active",
        }.isdisjoint(vals):
            self._sync_activities()
        return result

    def _check_frozen(self, vals):
        if guard.has_token(self):
            return
        for action in self:
            if action.state in ACTIVE:
                continue
            frozen = FROZEN_WHEN_DONE
            if action.state != "done" or not action.needs_check:
                frozen += FROZEN_WHEN_CHECKED
            names = [name for name in frozen if name in vals]
            if names:
                raise UserError(
                    self.env._(
                        "%(name)s is done: %(fields)s can no longer be changed. A "
                        "manager can take it up again, or write a new action.",
                        name=action.name,
                        fields=self._labels(names),
                    )
                )

    def _check_judge(self, names):
        """Keep owner and doer from writing what the check of their work showed.

        :param names: names of fields that the user writes
        :raise AccessError: naming the action
        """
        names = [name for name in JUDGED if name in names]
        if not names or guard.has_token(self):
            return
        for action in self:
            if not action.can_judge:
                raise AccessError(
                    self.env._(
                        "%(name)s: %(fields)s are written by whoever checks it, and "
                        "not by the owner or whoever did it.",
                        name=action.name,
                        fields=self._labels(names),
                    )
                )

    def _check_archive(self):
        """Refuse to put away what is still to be done or checked.

        :raise UserError: naming the way out
        """
        if guard.has_token(self):
            return
        for action in self:
            if not action.is_closed:
                raise UserError(
                    self.env._(
                        "%(name)s is not closed and cannot be archived. Do it and have "
                        "it checked, or give it up with a reason.",
                        name=action.name,
                    )
                )

    def _labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in names
        )

    def _check_origin(self):
        """Refuse origins that do not exist or that the user may not read."""
        for model_name, actions in self.grouped("res_model").items():
            if not model_name:
                continue
            model = self.env.get(model_name)
            if model is None or model._abstract or model._transient:
                raise ValidationError(
                    self.env._(
                        "An action cannot follow from %(model)s: there is no such "
                        "model.",
                        model=model_name,
                    )
                )
            origins = model.browse(set(actions.mapped("res_id")) - {0})
            if len(origins.exists()) != len(origins):
                raise ValidationError(
                    self.env._("The record that the action follows from is not there.")
                )
            origins.check_access("read")

    def _restrict_like_origin(self):
        """What follows from a matter between few people stays between them."""
        for model_name, actions in self.grouped("res_model").items():
            if not model_name or not hasattr(
                self.env[model_name], "_action_restricted"
            ):
                continue
            # sudo: a matter is personal, whoever asks
            origins = self.env[model_name].sudo()
            origins = origins.browse(set(actions.mapped("res_id")) - {0})
            hidden = set(origins._action_restricted().ids)
            actions.filtered(
                lambda action, hidden=hidden: (
                    action.res_id in hidden and not action.restricted
                )
            ).write({"restricted": True})

    def _adopt_attachments(self):
        """Files uploaded before the action was saved belong to it from now on."""
        for action in self:
            # sudo: his own upload, not linked to anything yet
            loose = action.sudo().attachment_ids.filtered(
                lambda attachment: (
                    not attachment.res_id and attachment.create_uid == self.env.user
                )
            )
            if loose:
                loose.write({"res_model": self._name, "res_id": action.id})
