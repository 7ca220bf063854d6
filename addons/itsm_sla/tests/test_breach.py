# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import importlib.util
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from odoo.addons.itsm_base.tools import guard

from .breach_common import LATE, MON, BreachCommon
from .common import HOUR

HALF = 1800
SCRIPT = "itsm_sla/migrations/19.0.1.3.0/post-breaches.py"


@tagged("post_install", "-at_install")
class TestBreach(BreachCommon):
    """SLM-38: each promise missed has a record of cause and responsible leg."""

    def test_scheduler_makes_it(self):
        """SLM-38: recorded when the scheduler sees it, once, to be explained."""
        ticket = self._report(MON, service_id=self.service.id)
        self._run_scheduler("2026-03-23 14:59")
        self.assertFalse(self._breaches(ticket))
        self._run_scheduler(LATE)
        breach = self._breaches(ticket)
        self._run_scheduler("2026-03-23 17:00")
        self.assertEqual(self._breaches(ticket), breach)
        self.assertRecordValues(
            breach,
            [
                {
                    "clock_id": self._clocks(ticket).id,
                    "agreement_id": self.agreement.id,
                    "company_id": self.company.id,
                    "metric": "resolution",
                    "itsm_kind": "incident",
                    "priority": "2",
                    "service_id": self.service.id,
                    "commercial_partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "breached_at": self.utc("2026-03-23 15:00"),
                    "month": date(2026, 3, 1),
                    "overrun_seconds": 0,
                    "state": "to_explain",
                    "exempt": False,
                    "active": True,
                    # no legs with an agreement: the ticket's team
                    "responsible": "team",
                    "responsible_team_id": self.team.id,
                    "proposed_share": 0,
                }
            ],
        )
        self._move("2026-03-23 16:30", ticket, "resolved")
        breach.invalidate_recordset()
        self.assertEqual(breach.overrun_seconds, 3 * HALF)
        self.assertEqual(breach.overrun_hours, 1.5)

    def test_late_at_once(self):
        """SLM-38: solved late before the scheduler looked; kept clocks have none."""
        late = self._late_ticket(resolved="2026-03-23 16:00")
        kept = self._report(MON)
        self._move("2026-03-23 15:00", kept, "resolved")
        self.assertEqual(self._breaches(late).overrun_seconds, HOUR)
        self.assertFalse(self._breaches(kept))

    def test_month_in_zone(self):
        """SLM-38: the month is the agreement's, not that of UTC nor of the server."""
        self.agreement.action_terminate()
        for zone, month in (("Asia/Shanghai", 4), ("America/New_York", 3)):
            agreement = self._create_agreement(
                {"2": (0, 60)}, calendar_id=self.calendar_24x7.id, tz=zone
            )
            # due at 20:30 UTC on 31 March: 04:30 of 1 April in Shanghai
            ticket = self._report("2026-03-31 21:30")
            self._run_scheduler("2026-03-31 23:00")
            breach = self._breaches(ticket)
            self.assertEqual(str(breach.breached_at), "2026-03-31 20:30:00")
            self.assertEqual(breach.month, date(2026, month, 1), zone)
            agreement.action_terminate()

    def test_vanishes_and_returns(self):
        """SLM-38: withdrawn by the end of the ticket: archived with the reason; late
        again: the same record, with its explanation."""
        ticket = self._late_ticket()
        breach = self._breaches(ticket)
        self._explain(breach, note="Power cut")
        self._move("2026-03-24 09:00", ticket, "cancelled")
        self.assertFalse(self._breaches(ticket))
        breach.invalidate_recordset()
        self.assertRecordValues(
            breach,
            [{"active": False, "vanished_why": "cancelled", "note": "Power cut"}],
        )
        self.assertEqual(breach.vanished_at, self.utc("2026-03-24 09:00"))
        with self.assertRaises(UserError):
            self._explain(breach)
        self._move("2026-03-24 10:00", ticket, "open")
        breach.invalidate_recordset()
        self.assertRecordValues(
            breach,
            [
                {
                    "active": True,
                    "vanished_at": False,
                    "vanished_why": False,
                    "state": "explained",
                    "cause_id": self.cause.id,
                }
            ],
        )

    def test_correction(self):
        """SLM-38: a clock worked out again without being late withdraws its breach."""
        ticket = self._late_ticket(resolved="2026-03-23 16:00")
        breach = self._breaches(ticket)
        clock = self._clocks(ticket)
        guard.with_token(clock)._store(
            [{"breached_at": False, "overrun_seconds": 0, "phase": "stopped"}]
        )
        breach.invalidate_recordset()
        self.assertFalse(breach.active)
        self.assertEqual(breach.vanished_why, "corrected")
        # when and by how much it was late stays readable
        self.assertEqual(breach.overrun_seconds, HOUR)
        guard.with_token(clock)._store(
            [
                {
                    "breached_at": self.utc("2026-04-01 09:30"),
                    "overrun_seconds": HALF,
                    "phase": "stopped",
                }
            ]
        )
        breach.invalidate_recordset()
        self.assertRecordValues(
            breach,
            [
                {
                    "active": True,
                    "overrun_seconds": HALF,
                    "month": date(2026, 4, 1),
                    "breached_at": self.utc("2026-04-01 09:30"),
                }
            ],
        )

    def test_exempt(self):
        """SLM-10: a breach of an exempt ticket is kept and counted apart."""
        ticket = self._late_ticket()
        with self.at("2026-03-24 09:00"):
            ticket.with_user(self.lead)._clock_set_exempt(True, "Flood")
        breach = self._breaches(ticket)
        breach.invalidate_recordset()
        self.assertTrue(breach.exempt)
        self.assertEqual(self.agreement.breach_count, 0)
        with self.at("2026-03-24 10:00"):
            ticket.with_user(self.lead)._clock_set_exempt(False, "No flood")
        breach.invalidate_recordset()
        self.agreement.invalidate_recordset()
        self.assertFalse(breach.exempt)
        self.assertEqual(self.agreement.breach_count, 1)

    def test_counted_again(self):
        """SLM-10: what was exempt when it came is explained once it is counted."""
        ticket = self._report(MON)
        with self.at("2026-03-23 11:00"):
            ticket.with_user(self.lead)._clock_set_exempt(True, "Flood")
        self._run_scheduler(LATE)
        self._move("2026-03-23 16:00", ticket, "resolved")
        breach = self._breaches(ticket)
        self.assertRecordValues(breach, [{"exempt": True, "state": "not_asked"}])
        with self.at("2026-03-24 10:00"):
            ticket.with_user(self.lead)._clock_set_exempt(False, "No flood")
            self.env.flush_all()
        breach.invalidate_recordset()
        self.assertRecordValues(breach, [{"exempt": False, "state": "to_explain"}])

    def test_other_agreement(self):
        """SLM-38: a promise missed stays missed under the agreement and in the month
        it was missed in, when the ticket comes under another one; a correction moves
        it."""
        other = self._create_agreement(self.minutes, partner_id=self.customer_2.id)
        ticket = self._late_ticket("2026-03-31 10:00")
        breach = self._breaches(ticket)
        before = breach.read(["agreement_id", "breached_at", "month"])
        self.assertEqual(breach.agreement_id, self.agreement)
        guard.with_token(self._clocks(ticket))._store(
            [
                {
                    "agreement_id": other.id,
                    "breached_at": self.utc("2026-04-01 09:30"),
                    "phase": "running",
                }
            ]
        )
        breach.invalidate_recordset()
        self.assertTrue(breach.active)
        fields = ["agreement_id", "breached_at", "month"]
        self.assertEqual(breach.read(fields), before)
        clock = self._clocks(ticket).with_context(itsm_clock_source=guard.CORRECTION)
        guard.with_token(clock)._store([{"used_seconds": 5}])
        breach.invalidate_recordset()
        self.assertRecordValues(
            breach, [{"agreement_id": other.id, "month": date(2026, 4, 1)}]
        )

    def test_other_customer(self):
        """SLM-38: another customer's agreement does not take a breach over; worked out
        again from the whole log it does."""
        other = self._create_agreement(self.minutes, partner_id=self.customer_2.id)
        ticket = self._late_ticket()
        breach = self._breaches(ticket)
        self._write("2026-03-24 10:00", ticket, partner_id=self.customer_2.id)
        self.assertEqual(self._clocks(ticket).agreement_id, other)
        breach.invalidate_recordset()
        self.assertRecordValues(
            breach, [{"agreement_id": self.agreement.id, "active": True}]
        )
        with self.at("2026-03-24 11:00"):
            ticket._clock_refold("reported")
            self.env.flush_all()
        breach.invalidate_recordset()
        self.assertEqual(breach.agreement_id, other)

    def test_terminated_agreement(self):
        """SLM-38: what was late before its agreement was terminated stays; its ticket
        may be cancelled afterwards."""
        ticket = self._late_ticket()
        kept = self._report("2026-03-23 17:00")
        breach = self._breaches(ticket)
        with self.at("2026-03-24 09:30"):
            self.agreement.action_terminate()
            self.env.flush_all()
        self.assertEqual(self._clocks(ticket).phase, "cancelled")
        breach.invalidate_recordset()
        self.assertRecordValues(breach, [{"active": True, "vanished_why": False}])
        self._move("2026-03-24 10:00", ticket, "cancelled")
        self.assertEqual(self._breaches(ticket | kept), breach)

    def test_history_is_silent(self):
        """Manners: of imported tickets nothing is asked; it may be explained."""
        ticket = self._history_ticket(priority="2")
        clock = self._clocks(self._late_ticket())
        copied = guard.with_token(clock).copy(
            {"ticket_id": ticket.id, "is_history": True, "cycle": 0}
        )
        self.env["itsm.breach"]._follow(clock_ids=copied.ids)
        breach = self._breaches(ticket)
        self.assertEqual((breach.clock_id, breach.state), (copied, "not_asked"))
        self._explain(breach)
        self.assertEqual(breach.state, "explained")

    def test_only_code_writes(self):
        """SLM-38: nobody edits a breach, not even with sudo; explaining is checked."""
        breach = self._breaches(self._late_ticket())
        for user in (self.agent, self.lead, self.sla_manager, self.manager):
            with self.assertRaises(AccessError), self.cr.savepoint():
                breach.with_user(user).write({"note": "x"})
            with self.assertRaises(AccessError), self.cr.savepoint():
                breach.with_user(user).unlink()
        with self.assertRaises(AccessError):
            breach.sudo().write({"state": "explained"})
        for user in (self.agent, self.helpdesk_user, self.employee, self.portal_user):
            with self.assertRaises(AccessError), self.cr.savepoint():
                breach.with_user(user).action_explain()
            with self.assertRaises(AccessError), self.cr.savepoint():
                breach.with_user(user)._explain(self.cause)
        for user in (self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                breach.with_user(user).read(["ticket_id"])
            with self.assertRaises(AccessError):
                self.env["itsm.breach"].with_user(user).search([])

    def test_explain(self):
        """SLM-38: cause, leg, note, who and when; told again on the ticket."""
        ticket = self._late_ticket()
        breach = self._breaches(ticket)
        with self.assertRaisesRegex(ValidationError, "Cause"):
            self._explain(breach, self.env["itsm.breach.cause"])
        with self.assertRaisesRegex(ValidationError, "Supplier"):
            self._explain(breach, leg={"responsible": "supplier"})
        self._explain(
            breach,
            note="Waited for a disk",
            leg={
                "responsible": "supplier",
                "responsible_team_id": False,
                "responsible_partner_id": self.customer_2.id,
            },
            wall="2026-03-24 11:00",
        )
        self.assertRecordValues(
            breach,
            [
                {
                    "state": "explained",
                    "cause_id": self.cause.id,
                    "responsible": "supplier",
                    "responsible_team_id": False,
                    "responsible_partner_id": self.customer_2.id,
                    "responsible_name": "Customer Two",
                    "note": "Waited for a disk",
                    "explained_by_id": self.lead.id,
                    "explained_at": self.utc("2026-03-24 11:00"),
                }
            ],
        )
        self.assertIn("Waited for a disk", ticket.message_ids[0].body)
        self.assertTrue(ticket.message_ids[0].subtype_id.internal)
        # again, as proposed: what was written before stays
        self._explain(breach, self.cause_customer, user=self.sla_manager)
        self.assertRecordValues(
            breach,
            [
                {
                    "responsible": "customer",
                    "responsible_partner_id": False,
                    "note": "Waited for a disk",
                    "explained_by_id": self.sla_manager.id,
                }
            ],
        )

    def test_explain_many(self):
        """SLM-38: many at once; the number of queries does not grow with them."""
        for number in range(12):
            self._report(MON, name=f"Printer {number}")
        self._run_scheduler(LATE)
        breaches = self.env["itsm.breach"].search(
            [("agreement_id", "=", self.agreement.id)]
        )
        self.assertEqual(len(breaches), 12)
        counts = []
        for part in (breaches[:2], breaches[2:]):
            wizard = (
                self.env["itsm.breach.explain"]
                .with_user(self.lead)
                .with_context(active_model="itsm.breach", active_ids=part.ids)
                .create({"cause_id": self.cause.id})
            )
            self.assertEqual(wizard.breach_count, len(part))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard.action_confirm()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
        self.assertEqual(set(breaches.mapped("state")), {"explained"})

    def test_thousand(self):
        """SLM-38: 1,000 breaches are followed in as many queries as one is."""
        ticket = self._late_ticket(resolved="2026-03-23 16:00")
        clock = self._clocks(ticket)
        self.env["itsm.breach"].sudo().flush_model()
        tickets = self._create_tickets(1000, name="x")
        self.env.flush_all()
        columns = (
            "company_id, kind, metric, agreement_id, calendar_id, tz, phase, "
            "target_seconds, used_seconds, started_at, breached_at, stopped_at, "
            "overrun_seconds"
        )
        self.cr.execute(
            "DELETE FROM itsm_clock WHERE ticket_id = ANY(%s)", [tickets.ids]
        )
        self.cr.execute(
            f"""INSERT INTO itsm_clock (ticket_id, cycle, {columns})
                SELECT t.id, 0, {columns} FROM itsm_clock,
                       unnest(%s) AS t (id) WHERE itsm_clock.id = %s RETURNING id""",
            [tickets.ids, clock.id],
        )
        ids = [row[0] for row in self.cr.fetchall()]
        self.env.invalidate_all()
        model = self.env["itsm.breach"]
        model._follow(clock_ids=ids[:1])
        self.env.invalidate_all()
        with self.assertQueryCount(4):  # read, legs, one insert for each 1,000
            model._follow(clock_ids=ids)
        found = self._breaches(tickets)
        self.assertEqual(len(found), 1000)
        self.assertEqual(set(found.mapped("overrun_seconds")), {HOUR})
        # the second time nothing is written
        self.env.invalidate_all()
        with self.assertQueryCount(2):
            model._follow(clock_ids=ids)

    def test_in_time_costs_nothing(self):
        """Speed: saving a ticket that is not late asks nothing about breaches."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        clock.read(["breached_at", "kind"])
        with self.assertQueryCount(1):  # the update of the clock itself
            guard.with_token(clock)._store([{"used_seconds": 5}])

    def _script(self):
        spec = importlib.util.spec_from_file_location("script", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        return script

    def test_migration(self):
        """SLM-38: what was late before has a breach after the upgrade, not asked for;
        what was cancelled has none."""
        script = self._script()
        late, cancelled = self._late_ticket(), self._late_ticket()
        self._move("2026-03-24 09:00", cancelled, "cancelled")
        self.cr.execute("DELETE FROM itsm_breach")
        self.env.invalidate_all()
        script.migrate(self.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        breach = self._breaches(late | cancelled, active=False)
        self.assertEqual((breach.ticket_id, breach.state), (late, "not_asked"))
        self.assertFalse(breach.is_asked)

    def test_migration_in_batches(self):
        """SLM-38: many are made in batches, of which nothing stays in memory."""
        script = self._script()
        script.BATCH = 2
        tickets = self.env["helpdesk.ticket"]
        for _number in range(5):
            tickets |= self._late_ticket()
        ids = set(tickets.ids)
        self.env.flush_all()
        self.cr.execute("DELETE FROM itsm_breach")
        self.env.invalidate_all()
        script.migrate(self.cr, "19.0.1.2.0")
        field = self.env["itsm.clock"]._fields["breached_at"]
        self.assertFalse(list(field._get_cache(self.env)))
        breaches = self.env["itsm.breach"].search([])
        self.assertLessEqual(ids, set(breaches.ticket_id.ids))
        script.migrate(self.cr, "19.0.1.2.0")  # again: nothing changes
        self.assertEqual(self.env["itsm.breach"].search([]), breaches)

    def test_anonymised(self):
        """GDPR 17: words about the person in a note go, the breach stays."""
        person = self.env["res.partner"].create(
            {"name": "Wang Xiaoming", "email": "wang.xiaoming@example.com"}
        )
        ticket = self._late_ticket(partner_id=person.id)
        breach = self._breaches(ticket)
        self._explain(breach, note="Wang Xiaoming was on leave")
        self._move("2026-04-03 10:00", ticket, "closed")
        run = (
            self.env["itsm.anonymisation"]
            .with_user(self.manager)
            .create({"partner_id": person.id, "reason": "He asked for it"})
        )
        run.action_start()
        self.assertEqual(run.state, "done")
        breach.invalidate_recordset()
        self.assertEqual(breach.note, f"Anonymised person {person.id} was on leave")
        self.assertEqual(breach.cause_id, self.cause)

    def test_two_companies(self):
        """SLM-38: another company's breaches are not seen."""
        breach = self._breaches(self._late_ticket())
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "breach-stranger",
            "itsm_sla.itsm_group_sla_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        model = self.env["itsm.breach"].with_user(stranger)
        self.assertFalse(model.search([("id", "=", breach.id)]))
        with self.assertRaises(AccessError):
            breach.with_user(stranger)._explain(self.cause)

    def test_kpis(self):
        """K07: by team and by supplier, what was explained; a proposal counts for
        nobody, as in service reports."""
        self.company.resource_calendar_id.tz = self.zone
        tickets = [self._late_ticket(resolved="2026-03-23 16:00") for _n in range(3)]
        breaches = [self._breaches(ticket) for ticket in tickets]
        self._explain(
            breaches[0],
            leg={
                "responsible": "supplier",
                "responsible_team_id": False,
                "responsible_partner_id": self.customer_2.id,
            },
        )
        self._explain(breaches[1], self.cause_customer)
        figures = {}
        for code in ("k07_1", "k07_2", "k07_3", "k07_4"):
            kpi = self.env.ref(f"itsm_sla.itsm_kpi_{code}")
            with self.at("2026-04-02 10:00"):
                kpi._compute_values(date(2026, 3, 1), date(2026, 3, 1), self.company)
                self.env.flush_all()
            value = self.env["itsm.kpi.value"].search(
                [
                    ("kpi_id", "=", kpi.id),
                    ("company_id", "=", self.company.id),
                    ("is_latest", "=", True),
                ]
            )
            figures[code] = value.value
        self.assertEqual(breaches[2].responsible, "team")
        self.assertEqual((figures["k07_1"], figures["k07_2"]), (0, 1))
        self._explain(breaches[2])
        kpi = self.env.ref("itsm_sla.itsm_kpi_k07_1")
        with self.at("2026-04-02 10:00"):
            kpi._compute_values(date(2026, 3, 1), date(2026, 3, 1), self.company)
            self.env.flush_all()
        value_1 = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("is_latest", "=", True),
            ]
        )
        self.assertEqual(value_1.value, 1)
        self.assertAlmostEqual(figures["k07_3"], 100 * 2 / 3)
        self.assertEqual(figures["k07_4"], 0)
        drill = value.action_drill_denominator()
        found = self.env[drill["res_model"]].search(drill["domain"])
        self.assertEqual(len(found), 3)

    def test_only_what_is_asked_for(self):
        """K07.3: a cause given to what was late before the upgrade is not counted, as
        nobody asked for it; nor is one of an exempt ticket, until that counts again."""
        self.company.resource_calendar_id.tz = self.zone
        tickets = [self._late_ticket(resolved="2026-03-23 16:00") for _n in range(4)]
        waiting, explained, before, again = (self._breaches(t) for t in tickets)
        clock = before.clock_id
        self.env.flush_all()
        self.cr.execute("DELETE FROM itsm_breach WHERE id = %s", [before.id])
        self.env.invalidate_all()
        self.env["itsm.breach"]._follow(clock.ids, state="not_asked")
        before = self._breaches(tickets[2])
        with self.at("2026-03-24 10:00"):
            tickets[3].with_user(self.lead)._clock_set_exempt(True, "Drill")
        self._explain(explained | before | again)
        self.assertEqual((before.state, before.is_asked), ("explained", False))
        self.assertEqual(self._share_explained(), (1, 2))
        with self.at("2026-04-02 11:00"):
            tickets[3].with_user(self.lead)._clock_set_exempt(False, "Counted")
            self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(again.state, "explained")
        self.assertEqual(self._share_explained(), (2, 3))
        self.assertEqual(waiting.state, "to_explain")

    def _share_explained(self):
        """Numerator and denominator of K07.3 in March 2026."""
        kpi = self.env.ref("itsm_sla.itsm_kpi_k07_3")
        with self.at("2026-04-02 12:00"):
            kpi._compute_values(date(2026, 3, 1), date(2026, 3, 1), self.company)
            self.env.flush_all()
        value = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("is_latest", "=", True),
            ]
        )
        return value.numerator, value.denominator


@tagged("post_install", "-at_install")
class TestBreachLeg(BreachCommon):
    """SLM-38: the leg with the largest share of the time is proposed.

    The SLA gives 4 h. Network (OLA, 09–12 and 13–18) and the carrier (UC, around the
    clock) have their own clocks.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.carrier = cls.env["res.partner"].create(
            {"name": "Carrier", "is_company": True, "email": "c@example.com"}
        )
        with freeze_time(cls.utc("2026-03-01 09:00")):
            for kind, vals in (
                ("ola", {"team_id": cls.team.id}),
                ("ola", {"team_id": cls.team_2.id}),
                (
                    "uc",
                    {
                        "supplier_id": cls.carrier.id,
                        "calendar_id": cls.calendar_24x7.id,
                    },
                ),
            ):
                cls._create_agreement(
                    name=kind,
                    kind=kind,
                    target_ids=[
                        Command.create(
                            {
                                "itsm_kind": "incident",
                                "priority": "2",
                                "metric": "resolution",
                                "minutes": 480,
                            }
                        )
                    ],
                    **vals,
                )
        cls.env.flush_all()
        cls.env.cr.execute(
            """UPDATE itsm_agreement SET activated_at = '2026-03-01'
                WHERE state = 'active'"""
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    def test_team(self):
        """Desk 1 h, Network 3 h until 15:00: Network, 75 %."""
        ticket = self._report(MON)
        self._write("2026-03-23 11:00", ticket, team_id=self.team_2.id)
        # what comes after the promise was missed does not move the proposal
        self._run_scheduler("2026-03-24 17:00")
        self.assertRecordValues(
            self._breaches(ticket),
            [
                {
                    "responsible": "team",
                    "proposed_team_id": self.team_2.id,
                    "responsible_team_id": self.team_2.id,
                    "proposed_partner_id": False,
                    "proposed_share": 75.0,
                }
            ],
        )

    def test_supplier(self):
        """Desk 1 h, carrier from 11:00 on its own hours, lunch too: 4 h of 5, 80 %."""
        ticket = self._report(MON)
        self._write("2026-03-23 11:00", ticket, supplier_id=self.carrier.id)
        self._run_scheduler(LATE)
        self.assertRecordValues(
            self._breaches(ticket),
            [
                {
                    "responsible": "supplier",
                    "responsible_partner_id": self.carrier.id,
                    "responsible_team_id": False,
                    "proposed_share": 80.0,
                    "responsible_name": "Carrier",
                }
            ],
        )

    def test_equal(self):
        """2 h and 2 h: of equal legs the one that began first."""
        ticket = self._report(MON)
        self._write("2026-03-23 12:00", ticket, team_id=self.team_2.id)
        self._run_scheduler(LATE)
        breach = self._breaches(ticket)
        self.assertEqual(breach.proposed_team_id, self.team)
        self.assertEqual(breach.proposed_share, 50)
        # the cause may say otherwise; without a word of its own the clocks count
        self._explain(breach, self.cause)
        self.assertEqual(breach.responsible_team_id, self.team)
        self._explain(breach, self.cause_force)
        self.assertEqual(breach.responsible, "none")
        self.assertFalse(breach.responsible_team_id)
