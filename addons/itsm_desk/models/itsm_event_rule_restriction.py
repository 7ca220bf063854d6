# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .helpdesk_ticket_restriction import RESTRICTIONS


class ItsmEventRule(models.Model):
    _inherit = "itsm.event.rule"

    nature_id = fields.Many2one(
        comodel_name="itsm.ticket.nature",
        index="btree_not_null",
        ondelete="restrict",
    )
    restriction = fields.Selection(
        selection=RESTRICTIONS,
        string="Restricted",
        help="Incidents of this rule are restricted from the first moment, for example "
        "what intrusion detection reports.",
    )

    def _prepare_ticket(self, company, event):
        vals = super()._prepare_ticket(company, event)
        if self.nature_id:
            vals["nature_id"] = self.nature_id.id
        if self.restriction:
            vals["restriction"] = self.restriction
        return vals
