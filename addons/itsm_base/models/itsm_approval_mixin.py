# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.base_tier_validation.models.tier_validation import (
    BASE_EXCEPTION_FIELDS,
)

from ..tools import guard

#: Said by the engine only, never by a form, an import, a default or a remote call.
PROTECTED_FIELDS = {
    "approval_state",
    "decision_ids",
    "past_review_ids",
    "review_ids",
    "validation_status",
}
STATES = {
    "no": "none",
    "waiting": "waiting",
    "pending": "waiting",
    "validated": "approved",
    "rejected": "rejected",
}


class ItsmApprovalMixin(models.AbstractModel):
    """Records that are approved in steps, by people who did not ask for it (design 8).

    A model inherits this mixin and says by the attributes of ``base_tier_validation``
    what its states mean:

    - ``_state_field``: a plain stored selection (no compute, no related);
    - ``_state_from``: states before the approval, the first one being the beginning;
    - ``_cancel_state``: the state of what is given up.

    Every other state is a later one: it needs the approval, whoever writes it and by
    whatever way. Writing a state never asks for an approval and never decides one.

    While a record waits for a decision and after it is approved, it is locked: fields
    (except ``_approval_unlocked_fields``), lines (``itsm.approval.line.mixin``) and
    files. Going back to the beginning ends the approval. Nothing that was decided is
    ever deleted.

    Hooks, called in sudo: ``_approval_requested``, ``_approval_approved``,
    ``_approval_rejected``, ``_approval_ended``. The steps are records of
    ``tier.definition``; without a matching one nothing is approved.
    """

    _name = "itsm.approval.mixin"
    _inherit = ["tier.validation", "mail.thread", "mail.activity.mixin"]
    _description = "Record that is Approved"

    # The views are our own, see itsm_approval_view_mixin.
    _tier_validation_manual_config = True

    review_ids = fields.One2many(
        domain=lambda self: [("model", "=", self._name), ("is_past", "=", False)],
    )
    past_review_ids = fields.One2many(
        comodel_name="tier.review",
        inverse_name="res_id",
        string="Earlier Rounds",
        domain=lambda self: [("model", "=", self._name), ("is_past", "=", True)],
        bypass_search_access=True,
    )
    decision_ids = fields.One2many(
        comodel_name="itsm.approval.decision",
        inverse_name="res_id",
        string="Decisions",
        domain=lambda self: [("model", "=", self._name)],
        bypass_search_access=True,
    )
    approval_state = fields.Selection(
        selection=[
            ("none", "Not asked for"),
            ("waiting", "Waiting for approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Approval",
        compute="_compute_approval_state",
        store=True,
        copy=False,
        index=True,
    )
    approval_message = fields.Text(compute="_compute_approval_message")
    can_decide = fields.Boolean(
        string="Waiting for Me",
        compute="_compute_can_decide",
        search="_search_can_decide",
    )

    # === Computes ===

    @api.depends("review_ids", "review_ids.status", "review_ids.is_past")
    def _compute_validation_status(self):
        return super()._compute_validation_status()

    @api.depends("validation_status")
    def _compute_approval_state(self):
        for record in self:
            record.approval_state = STATES.get(record.validation_status, "none")

    @api.depends("approval_state")
    def _compute_need_validation(self):
        for record in self:
            record.need_validation = (
                isinstance(record.id, int)
                and record.approval_state in ("none", "rejected")
                and record._check_state_from_condition()
            )

    @api.depends("review_ids.status", "review_ids.is_past", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        reviews = self.review_ids
        standing = reviews._approval_standing(self.env.user)
        for record in self:
            record.can_decide = any(
                standing[review.id][0] for review in record.review_ids._origin
            )

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env["tier.review"]._approval_mine(Domain("model", "=", self._name))
        return Domain("id", "in", mine.mapped("res_id"))

    @api.depends("can_decide")
    @api.depends_context("uid")
    def _compute_can_review(self):
        for record in self:
            record.can_review = record.can_decide

    @api.model
    def _search_can_review(self, operator, value):
        return self._search_can_decide(operator, value)

    @api.depends("review_ids.status", "review_ids.is_past", "decision_ids")
    @api.depends_context("lang")
    def _compute_approval_message(self):
        """What is waited for, in a sentence a step. For one record, not for lists."""
        for record in self:
            lines = []
            for review in record.review_ids._origin.sudo():  # names of who is asked
                if review.status == "pending":
                    lines.append(record._approval_step_message(review))
            record.approval_message = "\n".join(lines)

    def _approval_step_message(self, review):
        voters = review._approval_voters()
        if not voters:
            return self.env._(
                "“%(step)s”: nobody is left who may decide. Take the request back, or "
                "have others named for the step.",
                step=review.name,
            )
        names = ", ".join(voters[:5].mapped("name"))
        if len(voters) > 5:
            names = self.env._(
                "%(names)s and %(count)s more", names=names, count=len(voters) - 5
            )
        yes = len(review.decision_ids.filtered(lambda d: d.decision == "yes"))
        if review.approval_rule == "number":
            return self.env._(
                "“%(step)s” waits for: %(names)s (%(yes)s of %(needed)s approvals).",
                step=review.name,
                names=names,
                yes=yes,
                needed=review._approval_needed(),
            )
        if review.approval_rule == "all":
            return self.env._(
                "“%(step)s” waits for all of: %(names)s.", step=review.name, names=names
            )
        return self.env._(
            "“%(step)s” waits for: %(names)s.", step=review.name, names=names
        )

    # === What the record says ===

    def _get_company(self):
        """The company whose steps, roles and working days hold.

        Without one on the record that of whoever asks for the approval: it must not
        depend on the company in which somebody happens to work when he decides.
        """
        name = self._tier_validation_company_field
        company = name in self._fields and self[name]
        if company:
            return company
        # sudo: the company of the requester, whoever asks
        requester = self.sudo().review_ids[:1].requested_by or self.env.user.sudo()
        return requester.company_id

    def _approval_requesters(self, review):
        """Who never decides: who asked for the approval and who made the record.

        :param review: ``tier.review``
        :rtype: res.users
        """
        return review.sudo().requested_by | self.sudo().create_uid  # whoever asks

    def _approval_readers(self, users):
        """Those of these users who can read the record; who cannot decides nothing.

        :param users: ``res.users``
        :rtype: res.users
        """
        self.ensure_one()
        return users.filtered(
            lambda user: (
                self.with_user(user)
                .with_context(allowed_company_ids=user._get_company_ids())
                .has_access("read")
            )
        )

    def _approval_is_silent(self):
        """Whether nobody is told about the approval (history, imports)."""
        return bool(self.env.context.get("tracking_disable"))

    def _approval_unlocked_fields(self):
        """Names of the fields that may be written while the record is locked.

        The thread and the activities by default. A model adds what is no part of what
        was approved.

        :rtype: set[str]
        """
        names = {self._state_field, "active", *BASE_EXCEPTION_FIELDS}
        for mixin in ("mail.thread", "mail.activity.mixin"):
            names |= set(self.env[mixin]._fields)
        return names

    def _approval_summary_fields(self):
        """Names of the fields that the page for deciding shows.

        :rtype: list[str]
        """
        return [
            name
            for name in (self._rec_name, self._tier_validation_company_field)
            if name and name in self._fields
        ]

    def _approval_is_locked(self):
        """Whether the content of the record may not be changed.

        :rtype: bool
        """
        self.ensure_one()
        return self.sudo().approval_state in ("waiting", "approved")  # whoever asks

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        # No default of a context, and none that somebody has stored, decides.
        return super().default_get(
            [name for name in fields if name not in PROTECTED_FIELDS]
        )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._approval_check_protected(vals)
        records = super().create(vals_list)
        if not guard.has_token(self.env):
            for record in records:
                if record[self._state_field] not in self._state_from:
                    raise ValidationError(record._approval_later_message())
        return records

    def write(self, vals):
        self._approval_check_protected(vals)
        return super().write(vals)

    def unlink(self):
        # Before the engine does, which would delete the reviews.
        self._approval_check_deletable()
        return super().unlink()

    def _approval_check_deletable(self):
        """Raise ``UserError`` if approval was ever asked for one of these."""
        for record in self.sudo():  # evidence counts, whoever may see it
            if record.review_ids or record.past_review_ids:
                raise UserError(
                    self.env._(
                        "Approval was asked for %(name)s, which is kept as evidence. "
                        "Cancel or archive it instead of deleting it.",
                        name=record.display_name,
                    )
                )

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Goes past write(): a translated text is content, too.
        if field_name not in self._approval_unlocked_fields():
            self._approval_check_unlocked()
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    def _approval_check_protected(self, vals):
        """Raise ``AccessError`` if values name a field that the engine says."""
        names = PROTECTED_FIELDS & vals.keys()
        if names and not guard.has_token(self.env):
            labels = [
                self._fields[name]._description_string(self.env)
                for name in sorted(names)
            ]
            raise AccessError(
                self.env._(
                    "%(fields)s: this is the result of the decisions and cannot be "
                    "entered. Leave it out and ask for approval.",
                    fields=", ".join(labels),
                )
            )

    def _approval_check_unlocked(self):
        """Raise ``UserError`` if one of these is locked; the token opens them."""
        if guard.has_token(self.env):
            return
        for record in self.sudo():  # locked, whoever may see it
            if record._approval_is_locked():
                raise UserError(record._approval_locked_message())

    def _approval_hold(self):
        """Let nobody ask for the approval of these until the transaction ends.

        Lines and files are rows of their own: without it one could change while
        another transaction, which does not see the change, asks for the approval.
        """
        ids = tuple(self._origin.ids)
        if ids:
            self.env.cr.execute(
                SQL(
                    "SELECT id FROM %s WHERE id IN %s FOR SHARE",
                    SQL.identifier(self._table),
                    ids,
                ),
                log_exceptions=False,  # expected, and tried again
            )

    def _approval_locked_message(self):
        name = self.display_name
        if self.approval_state == "approved":
            return self.env._(
                "%(name)s is approved, so its content stays as it is. To change it, "
                "set it back to the beginning: the approval ends and is asked for "
                "again.",
                name=name,
            )
        return self.env._(
            "%(name)s waits for approval, so its content stays as it is. To change "
            "it, take the request back first.",
            name=name,
        )

    def _approval_later_message(self):
        labels = dict(self._fields[self._state_field]._description_selection(self.env))
        return self.env._(
            "%(name)s cannot start as “%(state)s”: that needs an approval. Create it "
            "as “%(first)s”, and ask for approval.",
            name=self.display_name or self._description,
            state=labels.get(self[self._state_field]) or "",
            first=labels.get(self._state_from[0], self._state_from[0]),
        )

    # === What the engine asks on every write ===

    def _check_state_from_condition(self):
        # The bare engine takes a context key for an answer.
        return self._tier_validation_get_current_state_value() in self._state_from

    def _approval_free_states(self):
        """States that need no approval.

        :rtype: list
        """
        return [*self._state_from, self._cancel_state]

    def _approval_is_ending(self, vals):
        """Whether writing these values takes the record back to before the approval.

        Code that holds the token moves a record without ending anything: a rejected
        one can be a draft again while everybody reads that it was rejected.
        """
        self.ensure_one()
        old, new = self[self._state_field], vals.get(self._state_field)
        if self._state_field not in vals or new == old or guard.has_token(self.env):
            return False
        if new == self._cancel_state:
            return self.approval_state == "waiting"
        return new in self._state_from and (
            old not in self._state_from or new == self._state_from[0]
        )

    def _tier_validation_check_state_on_write(self, vals):
        """A later state needs the approval; writing it asks for none (design 8)."""
        if self._state_field not in vals or guard.has_token(self.env):
            return
        new = vals[self._state_field]
        if new in self._approval_free_states():
            return
        for record in self.sudo():  # approved or not, whoever may see it
            if record[self._state_field] != new and record.approval_state != "approved":
                labels = dict(
                    self._fields[self._state_field]._description_selection(self.env)
                )
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot become “%(state)s”: it is not approved. Use "
                        "“Ask for Approval”; it goes on when all steps are approved.",
                        name=record.display_name,
                        state=labels.get(new) or "",
                    )
                )

    def _tier_validation_check_write_allowed(self, vals):
        if vals.keys() <= self._approval_unlocked_fields():
            return
        self.filtered(
            lambda record: not record._approval_is_ending(vals)
        )._approval_check_unlocked()

    def _tier_validation_check_write_remove_reviews(self, vals):
        # The bare engine deletes them.
        for record in self:
            if record._approval_is_ending(vals):
                record._approval_end_round()
