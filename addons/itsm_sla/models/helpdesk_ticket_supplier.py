# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.clock import UC, Facts
from ..tools.fold import LEG_METRICS, OVER


class HelpdeskTicket(models.Model):
    """What is said of a supplier who holds a ticket without a clock (SLM-02)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    supplier_hint = fields.Char(
        compute="_compute_supplier_hint",
        exportable=False,
        help="Why no clock of an underpinning contract runs for the supplier.",
    )

    @api.depends(
        "supplier_id",
        "stage_id",
        "duplicate_id",
        "itsm_kind",
        "priority",
        "service_id",
        "partner_id",
        "clock_ids.phase",
    )
    @api.depends_context("lang")
    def _compute_supplier_hint(self):
        self.supplier_hint = False
        held = self.filtered(
            lambda ticket: (
                ticket.supplier_id
                and ticket.agreement_reason
                and ticket._itsm_effective_state() not in OVER
            )
        )
        if not held:
            return
        # sudo: whoever may read the ticket may know what is not promised for it
        rows = (
            self.env["itsm.clock"]
            .sudo()
            ._read_group(
                [("ticket_id", "in", held._origin.ids), ("kind", "=", UC)],
                ["ticket_id", "leg_partner_id", "phase"],
            )
        )
        phases = {}
        for ticket, supplier, phase in rows:
            phases.setdefault((ticket.id, supplier.id), set()).add(phase)
        resolver = self.env["itsm.agreement"]._clock_resolver()
        now = fields.Datetime.now()
        for ticket in held:
            key = (ticket._origin.id, ticket.supplier_id._origin.id)
            found = phases.get(key, set())
            if not found & {"running", "paused"}:
                ticket.supplier_hint = ticket._supplier_hint(resolver, now, found)

    def _supplier_hint(self, resolver, now, phases):
        """Why no clock runs for the supplier, in words; False if that is as it should.

        :param resolver: `AgreementResolver`
        :param now: naive UTC datetime
        :param phases: phases of the supplier's clocks on this ticket
        """
        self.ensure_one()
        supplier = self.supplier_id._origin
        facts = Facts(
            reported_at=self._itsm_reported_time(),
            priority=self.priority or None,
            service_id=self.service_id._origin.id or None,
            partner_id=self.partner_id._origin.id or None,
            kind=self.itsm_kind or None,
            supplier_id=supplier.id,
        )
        rules = resolver.resolve_leg(self.company_id._origin.id, UC, facts, now)
        # sudo: the name of who holds a readable ticket
        name = supplier.sudo().display_name
        if not rules or rules.is_over(now):
            return self.env._(
                "No clock runs for %(supplier)s: no underpinning contract with him is "
                "in force for this customer and service. His time is not measured.",
                supplier=name,
            )
        if not any(rules.promise(metric, facts, now) for metric in LEG_METRICS):
            return self.env._(
                "No clock runs for %(supplier)s: his underpinning contract promises "
                "nothing for this kind and priority. His time is not measured.",
                supplier=name,
            )
        if self.supplier_id._origin != self._origin.supplier_id or phases:
            return False  # it begins with the save, or he has done his part
        return self.env._(
            "No clock runs for %(supplier)s: his underpinning contract was put in "
            "force after he got the ticket. It holds for what he gets from now on.",
            supplier=name,
        )
