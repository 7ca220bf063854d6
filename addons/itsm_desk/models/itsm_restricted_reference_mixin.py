# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

TICKET = "helpdesk.ticket"


class ItsmRestrictedReferenceMixin(models.AbstractModel):
    """What names a record by model and id, and belongs to a restricted ticket.

    Messages, activities, followers, ratings, findings: a record rule cannot follow a
    model name and an id, and Odoo lets people read messages that they once wrote or
    were notified of. Who is shut out of a ticket is shut out of these too.
    """

    _name = "itsm.restricted.reference.mixin"
    _description = "Part of a Restricted Ticket"

    def _itsm_reference_fields(self):
        """Names of the fields that hold the model and the id."""
        return "res_model", "res_id"

    @api.model
    def _itsm_shut_out_references(self):
        """Domain of the records that belong to tickets the user is shut out of.

        :rtype: Domain
        """
        model_field, id_field = self._itsm_reference_fields()
        # sudo: what restricts a ticket is decided by the ticket, not by who reads it
        tickets = self.env[TICKET].sudo().with_context(active_test=False)
        hidden = tickets._search(self.env.user._itsm_shut_out_domain())
        return Domain(model_field, "=", TICKET) & Domain(id_field, "in", hidden)

    @api.model
    def _search(
        self,
        domain,
        offset=0,
        limit=None,
        order=None,
        *,
        bypass_access=False,
        **kwargs,
    ):
        if not (self.env.su or bypass_access):
            domain = Domain(domain) & ~self._itsm_shut_out_references()
        return super()._search(
            domain, offset, limit, order, bypass_access=bypass_access, **kwargs
        )

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if self.env.su or not any(self._ids):
            return result
        allowed = self - result[0] if result else self
        hidden = allowed._itsm_filter_shut_out()
        if not hidden:
            return result
        if result:
            return result[0] + hidden, result[1]
        return hidden, lambda: hidden._make_access_error(operation)

    def _itsm_filter_shut_out(self):
        """The records of ``self`` that belong to tickets the user is shut out of."""
        # sudo: what a record belongs to decides whether it may be read
        records_sudo = self.sudo().with_context(active_test=False)
        found = records_sudo.search(
            Domain("id", "in", self.ids) & self._itsm_shut_out_references()
        )
        return self.browse(found.ids)

    def _make_access_error(self, operation):
        parent = super()
        if hasattr(parent, "_make_access_error"):
            return parent._make_access_error(operation)
        return self.env["ir.rule"]._make_access_error(operation, self)
