# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class HelpdeskTicket(models.Model):
    """Visits at the customer's for a ticket (INC-25)."""

    _inherit = "helpdesk.ticket"

    visit_ids = fields.One2many(
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own,itsm_desk.itsm_group_supervisor",
        comodel_name="itsm.visit",
        inverse_name="ticket_id",
        string="Visits",
    )
    visit_count = fields.Integer(compute="_compute_visit_count")

    @api.depends("visit_ids")
    def _compute_visit_count(self):
        counts = {}
        visits = self.env["itsm.visit"]
        if visits.has_access("read"):
            counts = dict(
                visits._read_group(
                    [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
                )
            )
        for ticket in self:
            ticket.visit_count = counts.get(ticket._origin, 0)

    def action_view_visits(self):
        """Open the visits for this ticket; without one, a new one."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_visit_action_ticket"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {
            "default_ticket_id": self.id,
            "default_engineer_id": (self.user_id or self.env.user).id,
        }
        if not self.visit_count:
            action["views"] = [(False, "form")]
        return action
