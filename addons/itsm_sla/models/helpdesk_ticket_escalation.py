# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import fields, models

from odoo.addons.itsm_base.tools import guard


class ByRule(NamedTuple):
    """In the context of what a rule saves; no client can send it."""

    reason: str


class HelpdeskTicket(models.Model):
    """What escalation rules do to a ticket, and what it shows of them."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    agreed_action = fields.Text(
        string="Action Agreed",
        copy=False,
        help="What was agreed with the customer, or is proposed to him, if the time "
        "cannot be kept. The mail that warns him beforehand says it.",
    )
    escalation_count = fields.Integer(
        string="Escalations",
        compute="_compute_escalation_count",
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )

    def _compute_escalation_count(self):
        counts = dict(
            self.env["itsm.clock.alert"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
        )
        for ticket in self:
            ticket.escalation_count = counts.get(ticket._origin, 0)

    def _escalation_write(self, vals, rule):
        """Save what an escalation rule changes: clocks and event log follow.

        The save counts as the rule's: the token tells checks of what people do to
        running targets to let it pass, and the reason says who did it.

        :param dict vals: field values
        :param rule: ``itsm.escalation.rule``
        """
        reason = ByRule(rule._reason())
        tickets = self.with_context(itsm_clock_change_reason=reason)
        return guard.with_token(tickets).write(vals)

    def _prepare_event(self, what, time):
        row = super()._prepare_event(what, time)
        by_rule = self.env.context.get("itsm_clock_change_reason")
        if isinstance(by_rule, ByRule):
            row["note"] = by_rule.reason
        return row

    def message_subscribe(self, partner_ids=None, subtype_ids=None):
        if self.env.context.get("itsm_subscribed"):
            return True  # done for the whole batch, see the alerts
        return super().message_subscribe(partner_ids, subtype_ids)

    def action_view_escalations(self):
        """Open what the escalation rules did on this ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_alert_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)], "context": {}}
