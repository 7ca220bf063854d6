# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .breach_common import BreachCommon

MARCH = date(2026, 3, 1)
APRIL = "2026-04-02 10:00"


@tagged("post_install", "-at_install")
class TestCredit(BreachCommon):
    """SLM-64: service credits of a month, against figures by hand.

    Hours 09–12 and 13–18 in Paris; priority "2": 4 h for the solution. All on Monday,
    23 March 2026, reported at 10:00 and due at 15:00:

    ==== ======== ======= ========= ================================
    no   solved   late    overrun   remarks
    ==== ======== ======= ========= ================================
    1    12:00    no                kept
    2    16:00    yes     1:00 h
    3    16:30    yes     1:30 h
    4    17:20    yes     2:20 h    explained: caused by the customer
    5    18:00    yes     3:00 h    explained: force majeure
    6    17:00    yes     2:00 h    exempt
    ==== ======== ======= ========= ================================

    Counted are 1, 2 and 3: two late tickets with 2:30 h, 1 of 3 targets met (33.333 %).
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement.action_terminate()
        cls.finance = cls._create_user("credit-finance", "itsm_base.itsm_group_finance")
        cls.company.partner_id.lang = "en_US"

    def _agree(self, *clauses, currency="EUR", **vals):
        """An agreement in force with clauses, in a currency."""
        currency = (
            self.env["res.currency"]
            .with_context(active_test=False)
            .search([("name", "=", currency)])
        )
        currency.active = True
        self.clause_vals = [
            {
                "name": f"§ {number}",
                "measure": "ticket",
                "amount_kind": "fixed",
                "monthly_amount": 12345.67,
                **clause,
            }
            for number, clause in enumerate(clauses, start=1)
        ]
        self.agreement = self._create_agreement(
            self.minutes,
            credit_currency_id=currency.id,
            credit_ids=[Command.create(vals) for vals in self.clause_vals],
            **vals,
        )
        return self.agreement

    def _month(self):
        """The tickets of the table."""
        self.tickets = {
            number: self._late_ticket(resolved=f"2026-03-23 {solved}")
            for number, solved in enumerate(
                ("12:00", "16:00", "16:30", "17:20", "18:00", "17:00"), start=1
            )
        }
        self._explain(self._breaches(self.tickets[4]), self.cause_customer)
        self._explain(self._breaches(self.tickets[5]), self.cause_force)
        with self.at("2026-03-24 10:00"):
            self.tickets[6].with_user(self.lead)._clock_set_exempt(True, "A drill")
            self.env.flush_all()

    def _compute(self, wall=APRIL, day=MARCH, user=None):
        with self.at(wall):
            model = self.env["itsm.credit.proposal"].with_user(user or self.finance)
            found = model._compute_month(self.agreement, day)
            self.env.flush_all()
        self.env.invalidate_all()
        return found.with_env(self.env)

    def _all(self):
        return self.env["itsm.credit.proposal"].search(
            [("agreement_id", "=", self.agreement.id)], order="month, revision"
        )

    def _ledger(self, proposal):
        """Amount by what it is for: a ticket of the table, a measure, the limit."""
        numbers = {ticket.number: no for no, ticket in self.tickets.items()}
        return [
            (line.credit_id.name, numbers.get(line.reference, line.kind), line.amount)
            for line in proposal.line_ids
        ]

    # === Amounts ===

    def test_fixed_per_ticket(self):
        """SLM-64: 250 € for each late ticket.

        ====== ========
        ticket amount
        ====== ========
        2      250.00
        3      250.00
        sum    500.00
        ====== ========
        """
        self._agree({"amount": 250})
        self._month()
        proposal = self._compute()
        self.assertEqual(self._ledger(proposal), [("§ 1", 2, 250.0), ("§ 1", 3, 250.0)])
        self.assertEqual(proposal.total, 500)
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "proposed",
                    "revision": 0,
                    "month": MARCH,
                    "month_name": "2026-03",
                    "company_id": self.company.id,
                    "currency_id": self.env.ref("base.EUR").id,
                }
            ],
        )

    def test_percent_and_rounding(self):
        """SLM-64: per cent of the monthly amount, rounded as the currency is.

        ======== ============== ==================== ===========
        currency monthly amount 2.5 % unrounded       each ticket
        ======== ============== ==================== ===========
        EUR      12,345.67      308.641 75            308.64
        CNY      12,345.67      308.641 75            308.64
        JPY      12,345         308.625               309
        ======== ============== ==================== ===========
        """
        for name, monthly, each in (
            ("EUR", 12345.67, 308.64),
            ("CNY", 12345.67, 308.64),
            ("JPY", 12345, 309),
        ):
            with self.subTest(currency=name):
                self._agree(
                    {
                        "amount_kind": "percent",
                        "percent": 2.5,
                        "monthly_amount": monthly,
                    },
                    currency=name,
                )
                self._month()
                proposal = self._compute()
                self.assertEqual(proposal.currency_id.name, name)
                amounts = proposal.line_ids.mapped("amount")
                self.assertEqual(amounts, [each, each])
                self.assertAlmostEqual(proposal.total, 2 * each, 2)
                self.agreement.action_terminate()

    def test_per_hour(self):
        """SLM-64: 100 ¥ for each hour of overrun, each ticket rounded for itself.

        ====== ======== ===== ========
        ticket overrun  hours amount
        ====== ======== ===== ========
        2      1:00     1     100.00
        3      1:30     1.5   150.00
        4      2:20     2.333 233.33   only without the carve-out
        sum    2:30           250.00   with it
        ====== ======== ===== ========
        """
        self._agree({"amount_kind": "hour", "amount": 100}, currency="CNY")
        self._month()
        proposal = self._compute()
        self.assertEqual(self._ledger(proposal), [("§ 1", 2, 100.0), ("§ 1", 3, 150.0)])
        self.assertEqual(proposal.line_ids.mapped("base"), [1, 1.5])
        self.assertIn("1:30 h overrun", proposal.line_ids[1].formula)

    def test_compliance(self):
        """SLM-64: 1 of 3 targets met is 33.333 %: less than 33.334 %, not less than
        33.333 %, both compared unrounded."""
        self._agree(
            {
                "measure": "compliance",
                "limit_percent": 33.333,
                "amount": 1000,
                "skip_customer": True,
            },
            {"measure": "compliance", "limit_percent": 33.334, "amount": 2000},
            {
                "measure": "compliance",
                "limit_percent": 95,
                "amount_kind": "hour",
                "amount": 10,
            },
            {"measure": "compliance", "metric": "response", "amount": 77},
            {"measure": "compliance", "priority": "3", "amount": 88},
        )
        self._month()
        proposal = self._compute()
        self.assertEqual(
            self._ledger(proposal),
            [("§ 2", "measure", 2000.0), ("§ 3", "measure", 25.0)],
        )
        self.assertEqual(proposal.total, 2025)
        self.assertIn("1 of 3 targets met", proposal.line_ids[0].formula)
        self.assertAlmostEqual(proposal.line_ids[0].base, 100 / 3, 3)

    def test_compliance_exactly(self):
        """SLM-64: 1243 of 1375 are 90.4 % exactly, which is not less than 90.4 %."""
        self._agree({"measure": "compliance", "limit_percent": 90.4, "amount": 1000})
        clause = self.agreement.credit_ids
        late = self.env["itsm.breach"].concat(
            *(self.env["itsm.breach"].new() for _number in range(132))
        )
        for met, lines in ((1243, 0), (1242, 1)):
            kept = [("resolution", "incident", "2", False, met)]
            self.assertEqual(len(clause._lines_of_compliance(late, kept, 100)), lines)

    def test_carve_outs(self):
        """SLM-64: each carve-out for itself; 50 for each late ticket.

        ================= ============= =====
        counts also       tickets       sum
        ================= ============= =====
        nothing           2, 3          100
        customer          2, 3, 4       150
        force majeure     2, 3, 5       150
        exempt            2, 3, 6       150
        all               2, 3, 4, 5, 6 250
        ================= ============= =====
        """
        off = dict.fromkeys(("skip_customer", "skip_force_majeure", "skip_exempt"))
        self._agree(
            {"amount": 50},
            {"amount": 50, "skip_customer": False},
            {"amount": 50, "skip_force_majeure": False},
            {"amount": 50, "skip_exempt": False},
            {"amount": 50, **off},
        )
        self._month()
        found = {}
        for name, number, _amount in self._ledger(self._compute()):
            found.setdefault(name, set()).add(number)
        self.assertEqual(
            found,
            {
                "§ 1": {2, 3},
                "§ 2": {2, 3, 4},
                "§ 3": {2, 3, 5},
                "§ 4": {2, 3, 6},
                "§ 5": {2, 3, 4, 5, 6},
            },
        )

    def test_planned_interruption(self):
        """SLM-64: missed while the service was interrupted as agreed: left out; only
        of this service, and only if it was agreed."""
        self._agree(
            {"amount": 50},
            {"amount": 50, "skip_planned": False},
            exclude_interruptions=False,
        )
        self.tickets = {
            1: self._late_ticket(
                resolved="2026-03-23 16:00", service_id=self.offering.id
            ),
            2: self._late_ticket(resolved="2026-03-23 16:00"),
        }
        with self.at("2026-03-20 10:00"):
            interruption = self.env["itsm.interruption"].create(
                {
                    "name": "Upgrade",
                    "date_start": self.utc("2026-03-23 14:00"),
                    "date_stop": self.utc("2026-03-23 15:30"),
                    "service_ids": [Command.set(self.service.ids)],
                    "company_id": self.company.id,
                    "consent_partner_ids": [Command.set(self.requester.ids)],
                    "consent_on": "2026-03-20",
                    "consent_evidence": "Letter of that day",
                }
            )
        self.assertEqual(self._compute().total, 200)
        with self.at("2026-03-20 11:00"):
            interruption.with_user(self.sla_manager).action_agree()
        ledger = self._ledger(self._compute())
        self.assertEqual(ledger, [("§ 1", 2, 50.0), ("§ 2", 1, 50.0), ("§ 2", 2, 50.0)])

    def test_caps(self):
        """SLM-64: at most so much in a month, as a line of its own.

        =================== ======= ============== ======
        limit               lines   over the limit sum
        =================== ======= ============== ======
        400.00              500.00  −100.00        400.00
        3 % of 12,345.67    500.00  −129.63        370.37
        500.00              500.00  –              500.00
        =================== ======= ============== ======
        """
        self._agree(
            {"amount": 250, "cap_kind": "amount", "cap_amount": 400},
            {"amount": 250, "cap_kind": "percent", "cap_percent": 3},
            {"amount": 250, "cap_kind": "amount", "cap_amount": 500},
        )
        self._month()
        proposal = self._compute()
        caps = [row for row in self._ledger(proposal) if row[1] == "cap"]
        self.assertEqual(caps, [("§ 1", "cap", -100.0), ("§ 2", "cap", -129.63)])
        self.assertEqual(proposal.total, 1270.37)
        self.assertAlmostEqual(sum(proposal.line_ids.mapped("amount")), 1270.37, 2)

    # === Months ===

    def test_month_boundary(self):
        """SLM-64: the month is that of the agreement's zone: due on 31 March 23:30 in
        Paris is March there, and April in Shanghai."""
        totals = {}
        for zone in ("Europe/Paris", "Asia/Shanghai"):
            self._agree({"amount": 10}, tz=zone, calendar_id=self.calendar_24x7.id)
            self.tickets = {1: self._report("2026-03-31 19:30")}
            self._run_scheduler("2026-04-01 09:00")
            for day in (MARCH, date(2026, 4, 1)):
                proposal = self._compute("2026-05-02 10:00", day)
                totals[zone, day.month] = proposal.total
            self.agreement.action_terminate()
        self.assertEqual(
            totals,
            {
                ("Europe/Paris", 3): 10,
                ("Europe/Paris", 4): 0,
                ("Asia/Shanghai", 3): 0,
                ("Asia/Shanghai", 4): 10,
            },
        )

    def test_month_not_over(self):
        """SLM-64: a month that lasts still is refused, by the agreement's zone."""
        self._agree({"amount": 10})
        with self.assertRaisesRegex(UserError, "not over"):
            self._compute("2026-03-31 23:59")
        self.assertFalse(self._compute("2026-04-01 00:01"))

    # === Computing again ===

    def test_idempotent(self):
        """SLM-64: the same month twice is one proposal, and nothing is written."""
        self._agree({"amount": 250})
        self._month()
        first = self._compute()
        lines = first.line_ids
        again = self._compute("2026-04-03 10:00")
        self.assertEqual(again, first)
        self.assertEqual(again.line_ids, lines)
        self.assertEqual(again.computed_at, self.utc(APRIL))

    def test_replaced_before_decision(self):
        """SLM-64: before the decision what changed is worked out anew; if nothing is
        due the proposal goes."""
        self._agree({"amount": 250})
        self._month()
        first = self._compute()
        self._explain(self._breaches(self.tickets[2]), self.cause_customer)
        again = self._compute()
        self.assertEqual((again, again.total), (first, 250))
        self._explain(self._breaches(self.tickets[3]), self.cause_force)
        self.assertFalse(self._compute())
        self.assertFalse(self._all())

    def test_correction(self):
        """SLM-64: after the decision only the difference is proposed.

        =========================== ====== ============ =====
        step                        due    decided then new
        =========================== ====== ============ =====
        first                       500    –            500
        2 was the customer's        250    500          −250
        2 and 3 were, 4 was not     250    250          0
        4 too was not               250    250          none
        =========================== ====== ============ =====
        """
        self._agree({"amount": 250})
        self._month()
        first = self._compute()
        with self.at(APRIL):
            first.with_user(self.finance)._accept("As agreed")
        self.assertFalse(self._compute())
        self.assertEqual(self._all(), first)
        self._explain(self._breaches(self.tickets[2]), self.cause_customer)
        correction = self._compute()
        self.assertEqual((correction.revision, correction.total), (1, -250))
        self.assertEqual(self._ledger(correction), [("§ 1", 2, -250.0)])
        correction.with_user(self.sla_manager)._reject("We keep our word")
        # rejected: decided with what it said; only new facts come up again
        self.assertFalse(self._compute())
        self._explain(self._breaches(self.tickets[3]), self.cause_customer)
        self._explain(self._breaches(self.tickets[4]), self.cause)
        second = self._compute()
        self.assertEqual(second.revision, 2)
        self.assertEqual(
            sorted(self._ledger(second)), [("§ 1", 3, -250.0), ("§ 1", 4, 250.0)]
        )
        self.assertEqual(second.total, 0)
        self._explain(self._breaches(self.tickets[3]), self.cause)
        self._explain(self._breaches(self.tickets[4]), self.cause_customer)
        self.assertFalse(self._compute())
        self.assertEqual(self._all(), first | correction)

    def test_monthly_amount_then(self):
        """SLM-64: a new monthly amount makes no correction of what was decided."""
        self._agree({"amount_kind": "percent", "percent": 10, "monthly_amount": 1000})
        self._month()
        first = self._compute()
        self.assertEqual(first.total, 200)
        first._accept()
        # the one term that may change while the agreement is in force
        self.agreement.credit_ids.with_user(self.sla_manager).monthly_amount = 5000
        self.assertFalse(self._compute())
        self._explain(self._breaches(self.tickets[4]), self.cause)
        self.assertEqual(self._compute().total, 100)

    def test_cron(self):
        """SLM-64: each night the last three finished months, in constant queries."""
        self._agree({"amount": 250})
        self._month()
        with self.at("2026-06-30 10:00"):
            self.env["itsm.credit.proposal"]._cron_credits()
        self.assertEqual(self._all().mapped("month"), [MARCH])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at("2026-07-01 10:00"):
            self.env["itsm.credit.proposal"]._cron_credits()
        self.assertEqual(len(self._all()), 1)

    # === Deciding ===

    def test_decisions(self):
        """SLM-64: proposed, accepted, settled; each step once, with who and when."""
        self._agree({"amount": 250})
        self._month()
        proposal = self._compute()
        mine = proposal.with_user(self.finance)
        with self.assertRaises(UserError):
            mine._settle("CN-1")
        with self.assertRaisesRegex(ValidationError, "Reason"):
            mine._reject(" ")
        wizard = self.env["itsm.credit.decide"].with_user(self.finance)
        with self.at(APRIL):
            wizard.create(
                {"proposal_ids": proposal.ids, "step": "accept", "note": "Clear"}
            ).action_confirm()
        self.assertRecordValues(
            proposal,
            [
                {
                    "state": "accepted",
                    "decided_by_id": self.finance.id,
                    "decided_at": self.utc(APRIL),
                    "decision_note": "Clear",
                }
            ],
        )
        with self.assertRaises(UserError):
            mine._accept()
        with self.assertRaisesRegex(ValidationError, "Settlement"):
            mine._settle("")
        mine._settle("CN/2026/0007")
        self.assertEqual(
            (proposal.state, proposal.settlement, proposal.settled_by_id),
            ("settled", "CN/2026/0007", self.finance),
        )

    def test_who(self):
        """SLM-64: amounts are for finance and the service level manager only, and
        nobody writes a proposal."""
        agreement = self._agree({"amount": 250})
        self._month()
        proposal = self._compute()
        line = proposal.line_ids[:1]
        denied = (
            self.agent,
            self.lead,
            self.helpdesk_user,
            self.employee,
            self.portal_user,
        )
        for user in denied:
            for record, name in (
                (proposal, "total"),
                (line, "amount"),
                (agreement.credit_ids, "monthly_amount"),
                (agreement, "credit_ids"),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.with_user(user).read([name])
            for step in ("_accept", "_check_may_decide", "action_compute_again"):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    getattr(proposal.with_user(user), step)()
            with self.assertRaises(AccessError), self.cr.savepoint():
                self.env["itsm.credit.compute"].with_user(user).create({})
        for user in (self.finance, self.sla_manager):
            self.assertEqual(proposal.with_user(user).total, 500)
            for vals in ({"state": "accepted"}, {"total": 1}):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    proposal.with_user(user).write(vals)
            with self.assertRaises(AccessError), self.cr.savepoint():
                line.with_user(user).unlink()
        with self.assertRaises(AccessError):
            agreement.credit_ids.with_user(self.finance).write({"monthly_amount": 1})
        self.assertNotIn("credit_ids", agreement.with_user(self.agent).read()[0])

    def test_two_companies(self):
        """SLM-64: proposals of another company are not seen, and not decided."""
        self._agree({"amount": 250})
        self._month()
        proposal = self._compute()
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "credit-stranger",
            "itsm_base.itsm_group_finance",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        found = self.env["itsm.credit.proposal"].with_user(stranger).search([])
        self.assertNotIn(proposal.id, found.ids)
        with self.assertRaises(AccessError):
            proposal.with_user(stranger)._accept()

    def test_hook(self):
        """SLM-64: other addons are told of what was accepted, and of nothing else."""
        self._agree({"amount": 250})
        self._month()
        proposal = self._compute()
        told = []
        self.patch(
            type(proposal), "_after_accepted", lambda records: told.append(records)
        )
        proposal._accept()
        self.assertEqual(told, [proposal])

    # === Clauses ===

    def test_frozen(self):
        """SLM-64: clauses of an agreement in force are as they were signed."""
        agreement = self._agree({"amount": 250})
        clause = agreement.credit_ids.with_user(self.sla_manager)
        for vals in ({"amount": 1}, {"skip_exempt": False}, {"name": "x"}):
            with self.assertRaises(UserError), self.cr.savepoint():
                clause.write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            clause.unlink()
        with self.assertRaises(UserError), self.cr.savepoint():
            clause.copy()
        with self.assertRaises(UserError), self.cr.savepoint():
            agreement.credit_currency_id = self.env.ref("base.USD")
        # the next version has them, and they can be changed there
        action = agreement.with_user(self.sla_manager).action_new_version()
        draft = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(draft.credit_ids.mapped("amount"), [250])
        draft.credit_ids.amount = 300

    def test_bad_clauses(self):
        """SLM-64: a clause without amount, of an OLA, or with nonsense is refused."""
        draft = self._draft_agreement(self.minutes)
        ola = self._draft_agreement(self.minutes, kind="ola", team_id=self.team.id)
        good = {"name": "x", "amount_kind": "fixed", "amount": 5}
        model = self.env["itsm.agreement.credit"]
        for agreement, vals, error in (
            (ola, {}, ValidationError),
            (draft, {"amount": 0}, ValidationError),
            (draft, {"amount_kind": "percent"}, ValidationError),
            (draft, {"cap_kind": "amount"}, ValidationError),
            (draft, {"cap_kind": "percent"}, ValidationError),
            (draft, {"amount_kind": "hour", "amount": 0}, ValidationError),
        ):
            with self.assertRaises(error), self.cr.savepoint():
                model.create({"agreement_id": agreement.id, **good, **vals})
        self.assertTrue(model.create({"agreement_id": draft.id, **good}))

    def test_wizard(self):
        """SLM-64: computed on demand for a month; nothing to compute is said."""
        wizard = self.env["itsm.credit.compute"].with_user(self.finance)
        with self.assertRaisesRegex(UserError, "clause"), self.cr.savepoint():
            wizard.create({"day": "2026-03-15"}).action_confirm()
        self._agree({"amount": 250})
        self._month()
        with self.at(APRIL):
            action = wizard.create({}).action_confirm()
        found = self.env["itsm.credit.proposal"].search(action["domain"])
        self.assertEqual((found.total, found.month), (500, MARCH))

    def test_drill_down(self):
        """SLM-64: from the proposal to the tickets, as far as the reader sees them."""
        self._agree({"amount": 250})
        self._month()
        action = self._compute().with_user(self.sla_manager).action_view_tickets()
        found = self.env["helpdesk.ticket"].search(action["domain"])
        late = [ticket for number, ticket in self.tickets.items() if number != 1]
        self.assertEqual(set(found), set(late))
        action = self._all().with_user(self.finance).action_view_tickets()
        self.assertFalse(self.env["helpdesk.ticket"].search(action["domain"]))

    def test_availability(self):
        """SLM-64: availability under the limit; planned and unmeasured give nothing."""
        if "itsm.availability" not in self.env:
            self.skipTest("Availability is not measured")
        self._agree(
            {
                "measure": "availability",
                "limit_percent": 99.9,
                "amount_kind": "percent",
                "percent": 5,
                "monthly_amount": 2000,
            }
        )
        rows = guard.with_token(self.env["itsm.availability"]).create(
            [
                {
                    "agreement_id": self.agreement.id,
                    "company_id": self.company.id,
                    "kind": "sla",
                    "service_id": service.id,
                    "month": MARCH,
                    "counted_at": "2026-03-15 12:00:00",
                    "percent": percent,
                    "status": status,
                }
                for service, percent, status in (
                    (self.service, 99.8999, "missed"),
                    (self.offering, 99.9, "met"),
                    (self.service_draft, 0, "no_data"),
                )
            ]
        )
        self.tickets = {}
        proposal = self._compute()
        self.assertEqual(proposal.total, 100)
        self.assertEqual(proposal.line_ids.reference, self.service.code)
        self.assertIn("99.899 %", proposal.line_ids.formula)
        self.assertEqual(len(rows), 3)

    def test_availability_not_in_force(self):
        """SLM-64: a month that another agreement took over gives no second credit."""
        self._agree(
            {"measure": "availability", "limit_percent": 99.9, "amount": 100},
            date_start="2026-01-01",
        )
        row = guard.with_token(self.env["itsm.availability"]).create(
            {
                "agreement_id": self.agreement.id,
                "company_id": self.company.id,
                "kind": "sla",
                "service_id": self.service.id,
                "month": MARCH,
                "counted_at": "2026-03-15 12:00:00",
                "percent": 99,
                "status": "missed",
            }
        )
        model = self.env["itsm.agreement.credit"]
        [facts] = model._month_facts(self.agreement, MARCH).values()
        self.assertEqual(facts[-1], row)
        guard.with_token(self.agreement).superseded_on = "2026-03-01"
        [facts] = model._month_facts(self.agreement, MARCH).values()
        self.assertFalse(facts[-1])
