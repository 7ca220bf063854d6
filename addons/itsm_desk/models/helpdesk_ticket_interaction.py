# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard


class HelpdeskTicket(models.Model):
    """The interactions that became a ticket end and begin again with it (INC-28)."""

    _inherit = "helpdesk.ticket"

    interaction_ids = fields.One2many(
        comodel_name="itsm.interaction",
        inverse_name="ticket_id",
        string="Interactions",
        readonly=True,
        # Others who read a ticket have no right to these: reading all fields of their
        # own ticket must not fail.
        groups="itsm_base.itsm_group_agent,itsm_desk.itsm_group_supervisor",
    )
    interaction_count = fields.Integer(
        string="Number of Interactions", compute="_compute_interaction_count"
    )

    @api.depends("interaction_ids")
    def _compute_interaction_count(self):
        counts = {}
        interactions = self.env["itsm.interaction"]
        if self.ids and interactions.has_access("read"):
            counts = dict(
                interactions._read_group(
                    [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
                )
            )
        for ticket in self:
            ticket.interaction_count = counts.get(ticket._origin, 0)

    def action_view_interactions(self):
        """Open the interactions that became this ticket or were added to it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_interaction_action"
        )
        return action | {"domain": [("ticket_id", "=", self.id)], "context": {}}

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        closed = self.env["helpdesk.ticket.stage"]._itsm_closed_states()
        ended = {ticket.id for ticket, what, _vals in changes if what in closed}
        begun = {ticket.id for ticket, what, _vals in changes if what == "reopened"}
        # sudo: whoever closes a ticket, its interactions end with it
        interactions = guard.with_token(self.env["itsm.interaction"].sudo())
        for ids, old, new in (
            (ended, "converted", "closed"),
            (begun, "closed", "converted"),
        ):
            if ids:
                found = interactions.search(
                    [("ticket_id", "in", list(ids)), ("state", "=", old)]
                )
                if found:
                    found.write({"state": new})
        return result
