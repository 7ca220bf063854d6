# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools import guard


class ItsmApprovalLineMixin(models.AbstractModel):
    """Lines of a record that is approved: locked together with it.

    ``_approval_parent`` names the many2one to the record. Fields that stay open are
    named by the line (``_approval_unlocked_fields``).
    """

    _name = "itsm.approval.line.mixin"
    _description = "Line of a Record that is Approved"

    _approval_parent = None

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._approval_check_parent()
        return lines

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the record
        if vals.keys() <= self._approval_unlocked_fields():
            return super().write(vals)
        self._approval_check_parent()
        result = super().write(vals)
        if self._approval_parent in vals:
            # neither out of a locked record nor into one
            self._approval_check_parent()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_locked(self):
        self._approval_check_parent()

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        self._approval_check_parent()
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    def _approval_unlocked_fields(self):
        """Names of the fields that may be written although the record is locked.

        :rtype: set[str]
        """
        return set()

    def _approval_check_parent(self):
        """Raise ``UserError`` if a record of these lines is locked.

        Code that holds the token may write them.
        """
        if not guard.has_token(self.env):
            records = self[self._approval_parent]
            records._approval_hold()
            records._approval_check_unlocked()
