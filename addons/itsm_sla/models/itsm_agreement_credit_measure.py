# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from fractions import Fraction
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, float_compare

from odoo.addons.itsm_base.tools.period import Period

HOUR = 3600


class Line(NamedTuple):
    """One line of a month's credit.

    ``kind`` and ``reference`` say which line it is when the month is computed again:
    a ticket, the measure of the month, or what is over the limit of the month.
    """

    credit_id: int
    kind: str
    reference: str
    breach_id: int | bool
    base: float  # what was measured: hours of overrun, or per cent reached
    monthly_amount: float
    amount: float
    formula: str


class ItsmAgreementCredit(models.Model):
    """What the clauses give for a month, worked out for many agreements at once."""

    _inherit = "itsm.agreement.credit"

    def _monthly_amounts(self, day):
        """What the customers pay for a month under these clauses, each in its currency.

        Addons that know the contract override this.

        :param datetime.date day: first day of the month
        :return: dict of clause to float
        """
        return {clause: clause.monthly_amount for clause in self}

    @api.model
    def _month_facts(self, agreements, day):
        """What was kept and missed in a month, in a constant number of queries.

        :param agreements: ``itsm.agreement``
        :param datetime.date day: first day of the month
        :return: dict of agreement id to ``(breaches, kept, planned, reached)``: the
            breaches of the month; a list of ``(metric, kind, priority, exempt,
            number)`` of clocks that stopped in time; ids of breaches during agreed
            interruptions; a list of availability records
        """
        model = self.env["itsm.breach"]
        breaches = model.search_fetch(
            Domain("agreement_id", "in", agreements.ids)
            & Domain("month", "=", day)
            & Domain("is_history", "=", False),
            order="breached_at, id",
        )
        of_agreement = breaches.grouped("agreement_id")
        kept = self._kept_in_month(agreements, day)
        planned = self._planned_breaches(breaches)
        reached = {}
        if "itsm.availability" in self.env:
            measured = self.env["itsm.availability"].search(
                [
                    ("agreement_id", "in", agreements.ids),
                    ("month", "=", day),
                    ("is_latest", "=", True),
                ]
            )
            reached = measured._credited().grouped("agreement_id")
        return {
            agreement.id: (
                of_agreement.get(agreement, model),
                kept.get(agreement.id, []),
                planned,
                reached.get(agreement, []),
            )
            for agreement in agreements
        }

    @api.model
    def _kept_in_month(self, agreements, day):
        """Clocks of customers that stopped in time in the month, by what they measure.

        :return: dict of agreement id to list
        """
        if not agreements:
            return {}
        period = Period("month", day)
        spans = [
            SQL("(%s, %s::timestamp, %s::timestamp)", a.id, *period.bounds_utc(a.tz))
            for a in agreements
        ]
        self.env["itsm.clock"].flush_model()
        self.env["helpdesk.ticket"].flush_model(["itsm_kind", "priority"])
        found = {}
        for agreement_id, *row in self.env.execute_query(
            SQL(
                """SELECT c.agreement_id, c.metric, t.itsm_kind, t.priority,
                          c.exempt IS TRUE, COUNT(*)
                     FROM (VALUES %s) AS span (agreement_id, begins, stops)
                     JOIN itsm_clock c ON c.agreement_id = span.agreement_id
                     JOIN helpdesk_ticket t ON t.id = c.ticket_id
                    WHERE c.kind = 'sla' AND c.phase = 'stopped'
                      AND c.breached_at IS NULL AND c.is_history IS NOT TRUE
                      AND c.stopped_at >= span.begins AND c.stopped_at < span.stops
                    GROUP BY 1, 2, 3, 4, 5""",
                SQL(", ").join(spans),
            )
        ):
            found.setdefault(agreement_id, []).append(tuple(row))
        return found

    @api.model
    def _planned_breaches(self, breaches):
        """Ids of breaches that came while their service was interrupted as agreed."""
        if not breaches:
            return set()
        moments = breaches.mapped("breached_at")
        # sudo: what was agreed counts, whoever reads it
        model = self.env["itsm.interruption"].sudo()
        interruptions = model.with_context(active_test=False).search(
            [
                ("state", "=", "agreed"),
                ("company_id", "in", breaches.company_id.ids),
                ("date_start", "<=", max(moments)),
                ("date_stop", ">=", min(moments)),
            ]
        )
        planned = set()
        for breach in breaches if interruptions else ():
            above = {
                int(i) for i in (breach.service_id.parent_path or "").split("/") if i
            }
            for interruption in interruptions:
                services = set(interruption.service_ids.ids)
                if (
                    interruption.company_id == breach.company_id
                    and interruption.date_start <= breach.breached_at
                    and breach.breached_at <= interruption.date_stop
                    and (not services or services & above)
                ):
                    planned.add(breach.id)
                    break
        return planned

    # === One clause ===

    def _lines_of_month(self, facts, monthly_amount):
        """The lines that this clause gives for a month; none: nothing is due.

        :param facts: of the agreement, as `_month_facts` returns them
        :param float monthly_amount: what counts as the amount of the month
        :rtype: list[Line]
        """
        self.ensure_one()
        breaches, kept, planned, reached = facts
        late = breaches.filtered(lambda breach: self._counts(breach, planned))
        if self.measure == "ticket":
            lines = self._lines_of_tickets(late, monthly_amount)
        elif self.measure == "compliance":
            lines = self._lines_of_compliance(late, kept, monthly_amount)
        else:
            lines = self._lines_of_availability(reached, monthly_amount)
        lines = [line for line in lines if line.amount]
        cap = self._cap(monthly_amount)
        total = sum(line.amount for line in lines)
        if cap is not None and float_compare(
            total, cap, precision_rounding=self.currency_id.rounding
        ) > 0:  # fmt: skip
            formula = self.env._(
                "At most %(cap)s in a month; worked out were %(total)s.",
                cap=self._money(cap),
                total=self._money(total),
            )
            amount = self.currency_id.round(cap - total)
            lines.append(
                Line(self.id, "cap", "", False, 0.0, monthly_amount, amount, formula)
            )
        return lines

    def _counts(self, breach, planned):
        """Whether a breach counts: what the clause measures, less carve-outs."""
        return (
            self._measures(breach.metric, breach.itsm_kind, breach.priority)
            and not (self.skip_exempt and breach.exempt)
            and not (self.skip_planned and breach.id in planned)
            and not (
                breach.state == "explained"
                and (
                    (self.skip_customer and breach.responsible == "customer")
                    or (self.skip_force_majeure and breach.cause_id.force_majeure)
                )
            )
        )

    def _measures(self, metric, kind, priority):
        return all(
            not wanted or wanted == found
            for wanted, found in (
                (self.metric, metric),
                (self.itsm_kind, kind),
                (self.priority, priority),
            )
        )

    def _lines_of_tickets(self, late, monthly_amount):
        lines = []
        for ticket, breaches in late.grouped("ticket_id").items():
            seconds = sum(breaches.mapped("overrun_seconds"))
            amount, formula = self._amount(seconds, monthly_amount)
            # sudo: a number names the ticket to who may not read it
            number = ticket.sudo().number
            lines.append(
                Line(
                    self.id,
                    "ticket",
                    number,
                    breaches[0].id,
                    seconds / HOUR,
                    monthly_amount,
                    amount,
                    formula,
                )
            )
        return lines

    def _lines_of_compliance(self, late, kept, monthly_amount):
        met = sum(
            number
            for metric, kind, priority, exempt, number in kept
            if self._measures(metric, kind, priority)
            and not (self.skip_exempt and exempt)
        )
        decided = met + len(late)
        # 94.96 % is less than 95 %: compared as whole numbers of clocks, and with the
        # limit as it was entered: 90.4 % of 1375 are 1243
        limit = Fraction(repr(self.limit_percent))
        if not decided or not 100 * met < limit * decided:
            return []
        amount, formula = self._amount(
            sum(late.mapped("overrun_seconds")), monthly_amount
        )
        reached = self.env._(
            "%(met)s of %(decided)s targets met, less than %(limit)s %%. %(formula)s",
            met=met,
            decided=decided,
            limit=self._number(self.limit_percent),
            formula=formula,
        )
        percent = 100 * met / decided
        return [
            Line(
                self.id, "measure", "", False, percent, monthly_amount, amount, reached
            )
        ]

    def _lines_of_availability(self, reached, monthly_amount):
        """One line per service whose availability was measured and is under the limit.

        Planned interruptions are outside of the agreed time of availability already.
        """
        lines = []
        for record in reached:
            if record.status == "no_data" or not record.percent < self.limit_percent:
                continue
            service = record.service_id.sudo()  # sudo: names what was measured
            amount, formula = self._amount(0, monthly_amount)
            formula = self.env._(
                "%(service)s was available for %(percent)s %%, less than %(limit)s %%. "
                "%(formula)s",
                service=service.display_name or "–",
                percent=self._number(record.percent),
                limit=self._number(self.limit_percent),
                formula=formula,
            )
            lines.append(
                Line(
                    self.id,
                    "measure",
                    service.code or str(service.id or ""),
                    False,
                    record.percent,
                    monthly_amount,
                    amount,
                    formula,
                )
            )
        return lines

    def _amount(self, seconds, monthly_amount):
        """The amount of one line, rounded as its currency is, and how it was found.

        :param int seconds: working seconds of overrun
        :return: ``(amount, formula in words)``
        """
        currency = self.currency_id
        if self.amount_kind == "fixed":
            amount = currency.round(self.amount)
            return amount, self.env._(
                "Fixed amount: %(amount)s.", amount=self._money(amount)
            )
        if self.amount_kind == "percent":
            amount = currency.round(monthly_amount * self.percent / 100)
            return amount, self.env._(
                "%(percent)s %% of %(monthly)s = %(amount)s.",
                percent=self._number(self.percent),
                monthly=self._money(monthly_amount),
                amount=self._money(amount),
            )
        amount = currency.round(self.amount * seconds / HOUR)
        return amount, self.env._(
            "%(duration)s overrun × %(rate)s per hour = %(amount)s.",
            duration=self.env["itsm.clock"]._duration_label(seconds),
            rate=self._money(self.amount),
            amount=self._money(amount),
        )

    def _cap(self, monthly_amount):
        """The most that the clause gives in a month; None: no limit."""
        if self.cap_kind == "amount":
            return self.currency_id.round(self.cap_amount)
        if self.cap_kind == "percent":
            return self.currency_id.round(monthly_amount * self.cap_percent / 100)
        return None

    def _money(self, amount):
        return self.currency_id.format(amount)

    @api.model
    def _number(self, value):
        """A percentage without needless zeros, cut off and never rounded up."""
        text = f"{int(value * 1000 + 1e-6) / 1000:.3f}"
        return text.rstrip("0").rstrip(".")

    def _line_of_nothing(self, decided):
        """What a line that was decided on is worth now that it is due no more."""
        formula = self.env._("Not due any more.")
        return Line(
            self.id,
            decided.kind,
            decided.reference or "",
            decided.breach_id.id,
            0.0,
            decided.monthly_amount,
            0.0,
            formula,
        )
