# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.fold import OVER, TicketFold


class ItsmAgreementActivate(models.TransientModel):
    _name = "itsm.agreement.activate"
    _description = "Activate Agreement"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement", required=True, ondelete="cascade"
    )
    scope = fields.Selection(
        selection=[
            ("new", "Tickets reported from the first day on"),
            ("open", "Open tickets too, silently"),
        ],
        string="Clocks For",
        required=True,
        default="new",
    )
    open_count = fields.Integer(
        string="Open Tickets Concerned",
        compute="_compute_open_count",
        help="SLA: open tickets of these customers and services without an agreement, "
        "or under the agreement that this one takes over from. OLA and UC: open "
        "tickets that the team or supplier holds.",
    )
    late_count = fields.Integer(
        string="Of These Late at Once",
        compute="_compute_open_count",
        help="How many would be breached at the moment of activation.",
    )

    @api.depends("agreement_id")
    def _compute_open_count(self):
        now = fields.Datetime.now()
        for wizard in self:
            tickets = wizard._open_tickets()
            late = 0
            for ticket, fold in wizard._fold(tickets, now).items():
                late += any(
                    clock.breached_at
                    and clock.is_open
                    and clock.kind == wizard.agreement_id.kind
                    for clock in fold.clocks
                )
                ticket.invalidate_recordset(["event_ids"], flush=False)
            wizard.open_count = len(tickets)
            wizard.late_count = late

    def _open_tickets(self):
        """Open tickets with a log that the agreement would cover, whatever the date."""
        self.ensure_one()
        agreement = self.agreement_id
        stages = self.env["helpdesk.ticket.stage"].search([("itsm_state", "in", OVER)])
        domain = [
            ("company_id", "=", agreement.company_id.id),
            ("stage_id", "not in", stages.ids),
            ("agreement_reason", "!=", False),
            ("is_history", "=", False),
        ]
        if agreement.kind == "sla":
            domain.append(("agreement_id", "in", [False, agreement.previous_id.id]))
        elif agreement.kind == "ola":
            domain.append(("team_id", "child_of", agreement.team_id.ids))
        else:
            domain.append(("supplier_id", "child_of", agreement.supplier_id.ids))
        if agreement.partner_id:
            domain.append(("partner_id", "child_of", agreement.partner_id.id))
        if agreement.service_ids:
            domain.append(("service_id", "child_of", agreement.service_ids.ids))
        return self.env["helpdesk.ticket"].search(domain)

    def _resolver(self):
        agreement = self.agreement_id
        return agreement._clock_resolver(agreement, agreement._rank())

    def _fold(self, tickets, now):
        """What the clocks would be under the agreement; stores nothing."""
        resolver = self._resolver()
        folds = {}
        for ticket in tickets:
            fold = TicketFold(resolver.for_company(ticket.company_id.id))
            fold.replay(ticket.event_ids._as_steps(), now)
            folds[ticket] = fold
        return folds

    def action_activate(self):
        """Activate; with “open tickets too”, attach their clocks and tell nobody."""
        self.ensure_one()
        agreement = self.agreement_id
        tickets = self._open_tickets() if self.scope == "open" else None
        agreement.action_activate()
        if tickets:
            kind = None if agreement.kind == "sla" else agreement.kind
            tickets._clock_refold(
                "activated", self._resolver(), kind, keep_breaches=True
            )
            # sudo: clocks are written by code only
            tickets.sudo().clock_ids._silence(fields.Datetime.now())
        return {"type": "ir.actions.act_window_close"}
