# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import random
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import midnight_utc

from .common import SlaCommon

MARCH = date(2026, 3, 1)
YEAR = date(2026, 1, 1)
LATER = "2026-04-02 10:00"


@tagged("post_install", "-at_install")
class TestKpiSlm(SlaCommon):
    """K01 to K03, K06 and K08 to K10 against figures counted one by one."""

    zone = "America/New_York"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # West of Greenwich: days are not those of UTC.
        cls.company.resource_calendar_id.tz = cls.zone
        cls.calendar = cls._create_calendar("Office New York", cls.zone)
        cls.agreement = cls._create_agreement(
            {"2": (60, 240), "3": (15, 120)}, name="New York", at_risk_percent=75
        )

    def _compute(self, code, start=MARCH, wall=LATER):
        """Compute a shipped KPI; numerator, denominator, value (None: no data)."""
        xmlid = f"itsm_sla.itsm_kpi_{code.lower().replace('.', '_')}"
        kpi = self.env.ref(xmlid)
        with self.at(wall):
            kpi._compute_values(start, start, self.company)
            self.env.flush_all()
        self.value = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("period_start", "=", start),
                ("is_latest", "=", True),
            ]
        )
        value = None if self.value.no_data else self.value.value
        return self.value.numerator, self.value.denominator, value

    def _drilled(self, part):
        action = getattr(self.value, f"action_drill_{part}")()
        records = self.env[action["res_model"]].with_context(active_test=False)
        return records.search(action["domain"])

    def _assert_share(self, code, hits, counted, **kwargs):
        """The figure, and the records behind it, are those counted here."""
        expected = 100 * len(hits) / len(counted) if counted else None
        found = self._compute(code, **kwargs)
        self.assertEqual(found, (len(hits), len(counted), expected), code)
        self.assertEqual(self._drilled("denominator"), counted, code)
        self.assertEqual(self._drilled("numerator"), hits, code)

    # === K01, K02, K03 ===

    def _tickets(self):
        """Tickets around the turn of a month, answered and solved at random."""
        chance = random.Random(20260301)
        tickets = self.env["helpdesk.ticket"]
        for number in range(18):
            day = "2026-03-31" if number % 3 else "2026-03-02"
            priority = chance.choice("23")
            ticket = self._report(f"{day} 09:00", priority=priority)
            tickets |= ticket
            if chance.random() < 0.7:
                minute = chance.choice((5, 12, 40, 59))
                self._reply(f"{day} 09:{minute:02}", ticket)
            hour = chance.choice((10, 11, 13, 15, 17, 21))
            kind = chance.choice(("resolved", "resolved", "resolved", "cancelled"))
            self._move(f"{day} {hour}:30", ticket, kind)
        # three and a half of four hours: kept, but only just
        ticket = self._report("2026-03-31 09:00")
        self._reply("2026-03-31 09:05", ticket)
        self._move("2026-03-31 13:30", ticket, "resolved")
        tickets |= ticket
        with self.at("2026-03-02 09:01"):
            exempt = tickets[0].with_user(self.lead)
            exempt._clock_set_exempt(True, "A drill")
        return tickets

    def test_promises(self):
        """K01, K02, K03: the same as a loop over the clocks says; midnight of the
        company ends the month; cancelled and exempt tickets are left out."""
        everything = self._tickets()
        begins, stops = (
            midnight_utc(self.zone, MARCH),
            midnight_utc(self.zone, date(2026, 4, 1)),
        )
        counted = kept = near = self.env["helpdesk.ticket"]
        measured = met = 0
        for ticket in everything:
            if ticket.itsm_state == "cancelled":
                continue
            clocks = [
                clock
                for clock in ticket.clock_ids
                if clock.kind == "sla" and not clock.exempt and clock.phase == "stopped"
            ]
            for clock in clocks:
                if begins <= clock.stopped_at < stops:
                    measured += 1
                    met += not clock.breached_at
            if not clocks or not begins <= ticket.resolved_at < stops:
                continue
            counted |= ticket
            if not any(clock.breached_at for clock in clocks):
                kept |= ticket
                if any(
                    clock.used_seconds >= 0.75 * clock.target_seconds
                    for clock in clocks
                ):
                    near |= ticket
        self.assertGreater(len(counted), len(kept))
        self.assertGreater(len(kept), len(near))
        self.assertTrue(near)
        self._assert_share("K01", kept, counted)
        self._assert_share("K03.2", near, counted)
        self.assertEqual(self._compute("K03.1")[2], len(near))
        self.assertEqual(self._compute("K02"), (met, measured, 100 * met / measured))
        self.assertEqual(len(self._drilled("denominator")), measured)
        missed = self._drilled("denominator") - self._drilled("numerator")
        self.assertEqual(set(missed.mapped("is_met")), {False})
        # Who may not see a ticket finds no row of it, and no row by another way.
        results = self.env["itsm.target.result"].with_user(self.other_manager)
        self.assertFalse(results.search([("ticket_id", "in", everything.ids)]))

    @property
    def other_manager(self):
        """A service level manager of another company."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        return self._create_user(
            "itsm-sla-elsewhere",
            "itsm_sla.itsm_group_sla_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def test_availability_counts(self):
        """K02: a month of availability is a target too, once it is over or missed."""
        service = self.service
        rows = guard.with_token(self.env["itsm.availability"])
        vals = {
            "agreement_id": self.agreement.id,
            "company_id": self.company.id,
            "kind": "sla",
            "service_id": service.id,
            "has_target": True,
            "target": 99.0,
            "agreed_seconds": 1000,
        }
        for month, status, passed in (
            (3, "met", 1000),
            (4, "met", 400),
            (5, "missed", 400),
        ):
            rows.create(
                {
                    **vals,
                    "month": date(2026, month, 1),
                    "counted_at": f"2026-{month:02}-15 12:00:00",
                    "status": status,
                    "measured_seconds": passed,
                }
            )
        wall = "2026-07-01 12:00"
        self.assertEqual(self._compute("K02", MARCH, wall), (1, 1, 100.0))
        self.assertIsNone(self._compute("K02", date(2026, 4, 1), wall)[2])
        self.assertEqual(self._compute("K02", date(2026, 5, 1), wall), (0, 1, 0.0))

    # === K04 ===

    def _held(self, agreement, day, **vals):
        """A review that was held on a day."""
        review = self.env["itsm.agreement.review"].create(
            {"agreement_id": agreement.id, "planned_on": day, **vals}
        )
        guard.with_token(review).write({"state": "held", "held_on": day})
        return review

    def _service_agreement(self, number, **vals):
        service = self.env["itsm.service"].create(
            {
                "name": f"Service {number}",
                "company_id": self.company.id,
                "state": "live",
            }
        )
        return self._create_agreement(
            name=f"Agreement {number}", service_ids=[Command.set(service.ids)], **vals
        )

    def test_services_covered(self):
        """K04, SLM-53: of the services on offer at the end of the quarter, those of an
        SLA in force that names them or what they are part of; what was retired before,
        is offered later, or whose SLA ended does not; the services behind both
        numbers."""
        self.cr.execute("UPDATE itsm_service SET offered_at = NULL")
        self.env.invalidate_all()
        with self.at("2026-02-02 12:00"):
            self.agreement.action_terminate()
            named = self._service_agreement(1, partner_id=self.customer.id).service_ids
            services = self.env["itsm.service"]
            part, alone, retired = services.create(
                [
                    {
                        "name": name,
                        "company_id": self.company.id,
                        "state": "live",
                        "parent_id": parent,
                    }
                    for name, parent in (
                        ("Part of it", named.id),
                        ("Nobody's", False),
                        ("Retired", False),
                    )
                ]
            )
            draft = self._service_agreement(2, partner_id=self.customer.id)
            draft.action_terminate()
        with self.at("2026-03-31 23:00"):
            retired.state = "retired"
        with self.at("2026-04-01 12:00"):
            services.create(
                {"name": "Too late", "company_id": self.company.id, "state": "live"}
            )
        offered = named | part | alone | draft.service_ids
        self._assert_share("K04", named | part, offered, start=YEAR)

    # === K06, K08 ===

    def test_reviewed(self):
        """K06: by hand at the end of 2026; a version counts for the next ones; what
        is young and was never reviewed does not count yet."""
        with self.at("2025-01-01 12:00"):
            old = self._service_agreement(1, date_start="2025-01-01")
            fresh = self._service_agreement(2, date_start="2025-01-01")
            stale = self._service_agreement(3, date_start="2025-01-01")
            gone = self._service_agreement(4, date_start="2025-01-01")
        with self.at("2026-06-01 12:00"):
            self._service_agreement(5, date_start="2026-06-01")
            draft = self.env["itsm.agreement"].browse(
                fresh.action_new_version()["res_id"]
            )
            draft.action_activate()
            gone.action_terminate()
        self._held(fresh, "2026-03-01")
        self._held(stale, "2025-12-30")
        self._held(stale, "2027-02-01")  # after the end of the period
        counted = self.agreement | old | draft | stale
        with self.at("2026-01-01 12:00"):
            # activated by the test before: as if at its beginning
            guard.with_token(counted | fresh | gone).write(
                {"activated_at": "2025-01-01 12:00:00"}
            )
        guard.with_token(gone).terminated_at = "2026-06-01 12:00:00"
        # the agreement of the class began on 2026-01-01: not in force for a year
        self._assert_share(
            "K06", draft, old | draft | stale, start=YEAR, wall="2027-01-15 12:00"
        )

    def test_days_after_term(self):
        """K08: the mean of reviews of ended terms, by the day of the review."""
        with self.at("2026-01-01 12:00"):
            one = self._service_agreement(1, date_end="2026-06-30")
            two = self._service_agreement(2, date_end="2026-09-30")
        held = self._held(one, "2026-07-10", occasion="term")
        held |= self._held(two, "2026-09-28", occasion="term")
        self._held(two, "2026-11-01")  # not of the term
        late = self._held(two, "2027-01-01", occasion="term")  # the next year
        self.assertEqual((held | late).mapped("days_after_term"), [10, -2, 93])
        found = self._compute("K08", YEAR, "2027-02-01 12:00")
        self.assertEqual(found, (8, 2, 4.0))
        self.assertEqual(self._drilled("denominator"), held)

    # === K09 ===

    def test_actions_in_time(self):
        """K09: midnight of the company ends the due day; open ones count once they
        are past due, given-up ones never, and actions of other things neither."""
        plan = self.env["itsm.improvement.plan"].create(
            {"name": "Faster", "company_id": self.company.id, "target": 95}
        )
        actions = self.env["itsm.action"]
        cases = (
            # due, done (wall), state, counts, in time
            ("2026-03-31", "2026-03-31 23:59", "done", True, True),
            ("2026-03-31", "2026-04-01 00:01", "done", True, False),
            ("2026-01-01", None, "open", True, False),
            ("2026-04-01", "2026-03-30 10:00", "done", False, False),
            ("2026-03-31", None, "cancelled", False, False),
            ("2025-12-31", None, "open", False, False),
        )
        counted = in_time = actions
        for number, (due, done, state, counts, hit) in enumerate(cases):
            action = guard.with_token(actions).create(
                {
                    "name": f"Action {number}",
                    "res_model": plan._name,
                    "res_id": plan.id,
                    "company_id": self.company.id,
                    "owner_id": self.lead.id,
                    "due_date": due,
                    "state": state,
                    "done_at": done and self.utc(done),
                }
            )
            counted |= action if counts else actions
            in_time |= action if hit else actions
        guard.with_token(actions).create(
            {
                "name": "Of something else",
                "company_id": self.company.id,
                "owner_id": self.lead.id,
                "due_date": "2026-03-01",
            }
        )
        self._assert_share("K09", in_time, counted, start=YEAR)

    # === K10 ===

    def test_workload(self):
        """K10: tickets of the month, of what was agreed; two limits are added up, the
        month before the agreement has none."""
        draft = self._service_agreement(1, date_start="2026-03-01")
        agreement = draft
        guard.with_token(agreement).state = "draft"
        for limit, priority in ((4, False), (1, "3")):
            self.env["itsm.agreement.workload"].create(
                {
                    "agreement_id": agreement.id,
                    "measure": "ticket",
                    "limit": limit,
                    "priority": priority,
                }
            )
        guard.with_token(agreement).state = "active"
        for wall, priority in (
            ("2026-03-02 09:00", "2"),
            ("2026-03-31 23:30", "3"),
            ("2026-04-01 00:30", "3"),
        ):
            self._report(wall, service_id=agreement.service_ids.id, priority=priority)
        # March: 2 of 4, and 1 critical of 1
        self.assertEqual(self._compute("K10"), (3, 5, 60.0))
        self.assertEqual(len(self._drilled("denominator")), 2)
        self.assertIsNone(self._compute("K10", date(2026, 2, 1))[2])

    # === K11 ===

    def test_reports_in_time(self):
        """K11: the day that a duty is late from belongs to the month that it ends; of
        other duties none counts, nor what is waived or not due yet."""
        report = self.env["itsm.report.definition"].create(
            {
                "name": "Monthly report",
                "family": "sla",
                "agreement_id": self.agreement.id,
                "company_id": self.company.id,
                "period": "month",
                "author_id": self.sla_manager.id,
                "reviewer_id": self.lead.id,
                "approver_id": self.manager.id,
                "partner_ids": [Command.set(self.requester.ids)],
            }
        )
        other = self.env.ref("itsm_sla.itsm_duty_definition_agreement_month")
        duties = guard.with_token(self.env["itsm.duty"])
        counted = in_time = self.env["itsm.duty"]
        midnight = "2026-04-01 00:00"  # ends the 31st of March
        for number, (rule, due, done, state, counts, hit) in enumerate(
            (
                (report, midnight, "2026-03-31 23:59", "done", True, True),
                (report, midnight, "2026-04-01 00:01", "done", True, False),
                (report, "2026-03-11 00:00", None, "open", True, False),
                (report, "2026-03-11 00:00", None, "waived", False, False),
                (report, "2026-03-01 00:00", "2026-02-20 10:00", "done", False, False),
                (other, "2026-03-11 00:00", "2026-03-10 10:00", "done", False, False),
            )
        ):
            definition = rule if rule == other else rule.duty_definition_id
            duty = duties.create(
                {
                    "definition_id": definition.id,
                    "company_id": self.company.id,
                    "period": "month",
                    "period_start": date(2025, number + 1, 1),
                    "period_end": date(2025, number + 1, 28),
                    "work_start": "2026-03-01",
                    "due_date": "2026-03-31",
                    "due_at": self.utc(due),
                    "done_at": done and self.utc(done),
                    "state": state,
                }
            )
            counted |= duty if counts else self.env["itsm.duty"]
            in_time |= duty if hit else self.env["itsm.duty"]
        self._assert_share("K11", in_time, counted)

    def test_periods_at_once(self):
        """All periods of a KPI are counted with as many statements as one."""
        kpis = self.env["itsm.kpi"].search(
            [("measure", "in", ("sla_achieved", "targets_met", "threatened_share"))]
        )
        first = date(2026, 1, 1)
        now = self.utc(LATER)
        for kpi in kpis.sudo():
            one = kpi._kpi_plan(self.company, first, first, now)[kpi]
            many = kpi._kpi_plan(self.company, first, first + timedelta(90), now)[kpi]
            self.assertGreater(len(many), len(one))
            measure = getattr(kpi, f"_kpi_measure_{kpi.measure}")
            measure(one)
            self.env.flush_all()
            with self.assertQueryCount(1):
                measure(many)
