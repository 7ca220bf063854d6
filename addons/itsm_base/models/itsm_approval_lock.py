# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
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


class ItsmApprovalMixin(models.AbstractModel):
    """What may be written, and when: results never, content while it is not locked.

    Access rights come first: a refusal names a record only to who may read it.
    """

    _inherit = "itsm.approval.mixin"

    # === What is locked ===

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
        # Before the engine looks at the content: its refusals name the record.
        self.check_access("write")
        self._approval_check_protected(vals)
        return super().write(vals)

    def unlink(self):
        self.check_access("unlink")  # before a refusal that names the record
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
        """Refuse a change of the content; the token opens it.

        :raise UserError: one of these is locked
        :raise AccessError: it is, and the user may not read it
        """
        if guard.has_token(self.env):
            return
        for record in self:
            if record._approval_is_locked():
                record.check_access("read")
                # sudo: the message names nothing but the record
                raise UserError(record.sudo()._approval_locked_message())

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
