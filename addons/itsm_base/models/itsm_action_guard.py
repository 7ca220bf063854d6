# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from ..tools import guard
from .itsm_action import ACTIVE

#: Only code writes them: they say who did and who checked what, and when.
PROTECTED = (
    "state",
    "done_by_id",
    "done_at",
    "checked_by_id",
    "checked_at",
    "previous_id",
)
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


class ItsmAction(models.Model):
    """What may be written when, and what follows from it (MS-29)."""

    _inherit = "itsm.action"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected(vals_list)
        actions = super().create(vals_list)
        actions._check_origin()
        actions._restrict_like_origin()
        actions._adopt_attachments()
        actions._sync_activities()
        return actions

    def write(self, vals):
        self._check_protected([vals])
        self._check_frozen(vals)
        result = super().write(vals)
        if not {"res_model", "res_id", "origin"}.isdisjoint(vals):
            self._check_origin()
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

    def _check_protected(self, vals_list):
        if guard.has_token(self):
            return
        names = [
            name
            for name in PROTECTED
            if any(
                name in vals and vals[name] not in (False, None, "open")
                if not self
                else name in vals
                for vals in vals_list
            )
        ]
        if names:
            raise UserError(
                self.env._(
                    "%(fields)s of an action: written by its buttons only, so that it "
                    "stays true who did and who checked it.",
                    fields=self._labels(names),
                )
            )

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

    def _labels(self, names):
        return ", ".join(
            self._fields[name]._description_string(self.env) for name in names
        )

    def _check_origin(self):
        """Refuse origins that do not exist or that the user may not read."""
        for model_name, actions in self.grouped("res_model").items():
            if not model_name:
                continue
            if model_name not in self.env:
                raise ValidationError(
                    self.env._(
                        "An action cannot follow from %(model)s: there is no such "
                        "model.",
                        model=model_name,
                    )
                )
            origins = self.env[model_name].browse(set(actions.mapped("res_id")) - {0})
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
            origins = self.env[model_name].browse(set(actions.mapped("res_id")) - {0})
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
