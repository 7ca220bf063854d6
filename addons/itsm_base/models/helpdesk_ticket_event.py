# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..tools import guard


class HelpdeskTicket(models.Model):
    """What monitoring says of a ticket."""

    _inherit = "helpdesk.ticket"

    itsm_event_alarm_ids = fields.One2many(
        comodel_name="itsm.event.alarm",
        inverse_name="ticket_id",
        string="Monitoring",
        groups="itsm_base.itsm_group_agent",
    )
    itsm_event_alarm_count = fields.Integer(
        string="Monitored Objects", compute="_compute_itsm_event_alarm_count"
    )

    def _compute_itsm_event_alarm_count(self):
        alarms = self.env["itsm.event.alarm"]
        counts = {}
        if self.ids and alarms.has_access("read"):
            counts = dict(
                alarms._read_group(
                    [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
                )
            )
        for ticket in self:
            ticket.itsm_event_alarm_count = counts.get(ticket, 0)

    def _creation_subtype(self):
        """What comes in by itself and nobody follows is told to nobody: Odoo then logs
        the first message of all tickets at once instead of posting each."""
        if (
            self.env.context.get("itsm_automatic") is guard.AUTOMATIC
            and not self.partner_id
            and not self.message_follower_ids
        ):
            return self.env["mail.message.subtype"]
        return super()._creation_subtype()

    def action_itsm_event_alarms(self):
        """Open what monitoring has reported for this ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_event_alarm_action"
        )
        action["domain"] = [("ticket_id", "=", self.id)]
        action["context"] = {}
        return action
