# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class HelpdeskTicket(models.Model):
    """What a ticket is about in the CMDB, and what that affects (INC, CFG-25).

    Affected services and customers are worked out when somebody asks, never while a
    ticket is made, and hold only once a person has taken them over.
    """

    _inherit = "helpdesk.ticket"

    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="helpdesk_ticket_itsm_ci_rel",
        column1="ticket_id",
        column2="ci_id",
        ondelete="restrict",
        string="Configuration Items",
        check_company=True,
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="What is broken, or what the request is about.",
    )
    impacted_service_ids = fields.Many2many(
        comodel_name="itsm.service",
        relation="helpdesk_ticket_impacted_service_rel",
        column1="ticket_id",
        column2="service_id",
        ondelete="restrict",
        string="Affected Services",
        groups="itsm_cmdb.itsm_group_ci_reader",
        check_company=True,
        help="Confirmed by a person; “Work out the impact” proposes them.",
    )
    impacted_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="helpdesk_ticket_impacted_partner_rel",
        column1="ticket_id",
        column2="partner_id",
        ondelete="restrict",
        string="Affected Customers",
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="Confirmed by a person; “Work out the impact” proposes them.",
    )

    def copy_data(self, default=None):
        # who may not see these copies the rest
        names = ("ci_ids", "impacted_service_ids", "impacted_partner_ids")
        hidden = [
            n for n in names if not self._has_field_access(self._fields[n], "read")
        ]
        vals_list = super().copy_data({**(default or {}), **dict.fromkeys(hidden)})
        return [
            {name: value for name, value in vals.items() if name not in hidden}
            for vals in vals_list
        ]

    def action_impact(self):
        """Work out what the configuration items of the ticket affect."""
        self.ensure_one()
        if not self.ci_ids:
            raise UserError(
                self.env._("Name the configuration items that are broken first.")
            )
        wizard = self.env["itsm.ci.impact"].create(
            {"ci_ids": self.ci_ids.ids, "ticket_id": self.id}
        )
        return wizard._action_open()

    def action_impact_graph(self):
        """Draw what the configuration items of the ticket affect."""
        self.ensure_one()
        return self.ci_ids.action_graph()

    def _confirm_impact(self, services, partners):
        """Add what a person confirmed; what is there already stays."""
        self.write(
            {
                "impacted_service_ids": [Command.link(s.id) for s in services],
                "impacted_partner_ids": [Command.link(p.id) for p in partners],
            }
        )
