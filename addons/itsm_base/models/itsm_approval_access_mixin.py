# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ItsmApprovalAccessMixin(models.AbstractModel):
    """Steps and decisions: who may read the record that they are about reads them.

    Restricted records show up in no list, count or group of them. Rows about models
    that are not approved by this addon are left to the rules of those who made them.
    """

    _name = "itsm.approval.access.mixin"
    _description = "Visible with the Record that is Approved"

    @api.model
    def _approval_readable_domain(self):
        """Rows about records that the user may read, and those that are not ours.

        :rtype: Domain
        """
        ours = self.env["tier.definition"]._itsm_approval_models()
        domain = Domain("model", "not in", ours)
        for name in ours:
            records = self.env[name].with_context(active_test=False)
            if records.has_access("read"):
                readable = Domain("res_id", "in", records._search([]))
                domain |= Domain("model", "=", name) & readable
        return domain

    @api.model
    def _search(
        self, domain, offset=0, limit=None, order=None, *, bypass_access=False, **kwargs
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & self._approval_readable_domain()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or operation != "read" or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        rows_sudo = allowed.sudo()  # what a row is about decides who reads it
        seen = rows_sudo.with_context(active_test=False).search(
            Domain("id", "in", rows_sudo.ids) & self._approval_readable_domain()
        )
        hidden = allowed - allowed.browse(seen.ids)
        if not hidden:
            return result
        forbidden = hidden | result[0] if result else hidden
        # Not the message of Odoo, which names the rows.
        return forbidden, lambda: AccessError(
            self.env._(
                "You cannot see this part of an approval, as you cannot see the record "
                "that it is about."
            )
        )
