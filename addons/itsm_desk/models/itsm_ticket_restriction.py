# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard

from .helpdesk_ticket_restriction import RESTRICTIONS
from .res_users_sight import RESTRICTION_GROUPS


class ItsmTicketRestriction(models.Model):
    """When a ticket was restricted or opened again, by whom and why (SEC-05)."""

    _name = "itsm.ticket.restriction"
    _inherit = "itsm.evidence.mixin"
    _description = "Restriction of a Ticket"
    _order = "time desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index="btree_not_null"
    )
    time = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    what = fields.Selection(
        selection=[("set", "Restricted"), ("lifted", "Restriction lifted")],
        required=True,
        readonly=True,
    )
    restriction = fields.Selection(
        selection=RESTRICTIONS, required=True, readonly=True, string="As"
    )
    reason = fields.Char(readonly=True)

    @api.model
    def _note(self, tickets, what, reason=False):
        """Write a row for each ticket with its present restriction.

        :param tickets: ``helpdesk.ticket`` that are restricted
        :param str what: set or lifted
        :param str reason: why; of those set by nature, team or rule that is the reason
        """
        now = fields.Datetime.now()
        # sudo: evidence, written by the system in everybody's name
        rows = guard.with_token(self.sudo())
        rows.create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "time": now,
                    "user_id": self.env.uid,
                    "what": what,
                    "restriction": ticket.restriction,
                    "reason": reason or ticket._itsm_restriction_cause(),
                }
                for ticket in tickets.sudo()  # sudo: as above
            ]
        )

    @api.model
    def _handling_group(self, restriction):
        """The group that handles such tickets: ``res.groups``."""
        # sudo: groups are closed to most people
        return self.env.ref(RESTRICTION_GROUPS[restriction]).sudo()
