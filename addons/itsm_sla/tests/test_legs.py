# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import HOUR, SlaCommon


@tagged("post_install", "-at_install")
class TestLegs(SlaCommon):
    """Operational level agreements and underpinning contracts on real tickets.

    Monday is 2026-03-23; hours 09-12 and 13-18 in Paris. The network team has 2 h, the
    database team 4 h, the carrier 8 h around the clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network, cls.databases = cls.env["helpdesk.ticket.team"].create(
            [
                {"name": "Network", "company_id": cls.company.id},
                {"name": "Databases", "company_id": cls.company.id},
            ]
        )
        cls.carrier = cls.env["res.partner"].create(
            {"name": "Carrier", "is_company": True}
        )
        # Long enough for its clock to outlive the legs.
        cls.sla = cls._create_agreement({"2": (60, 1440), "3": (15, 960)})
        with cls.at_start():
            cls.ola_network = cls._create_leg("ola", 120, team_id=cls.network.id)
            cls.ola_databases = cls._create_leg("ola", 240, team_id=cls.databases.id)
            cls.uc = cls._create_leg(
                "uc",
                480,
                supplier_id=cls.carrier.id,
                calendar_id=cls.calendar_24x7.id,
            )

    @classmethod
    def at_start(cls):
        return freeze_time(cls.utc("2026-03-01 09:00"))

    @classmethod
    def _create_leg(cls, kind, minutes, **vals):
        targets = [
            Command.create(
                {
                    "itsm_kind": "incident",
                    "priority": priority,
                    "metric": "resolution",
                    "minutes": minutes,
                }
            )
            for priority in ("2", "3")
        ]
        agreement = cls._create_agreement(
            name=f"{kind} {minutes}", kind=kind, **{"target_ids": targets, **vals}
        )
        # It is activated now, and the tests tell of the past.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' WHERE id = %s",
            [agreement.id],
        )
        agreement.invalidate_recordset()
        cls.env.registry.clear_cache()
        return agreement

    def _legs(self, ticket):
        return self.env["itsm.clock"].search(
            [("ticket_id", "=", ticket.id), ("kind", "!=", "sla")], order="id"
        )

    def _leg(self, ticket, party):
        return self._legs(ticket).filtered(
            lambda clock: party in (clock.leg_team_id, clock.leg_partner_id)
        )

    def test_16_teams_then_a_supplier(self):
        """Vector 16, SLM-01, SLM-02: OLA per team, UC per supplier, SLA untouched."""
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        network = self._leg(ticket, self.network)
        self.assertClock(
            network,
            kind="ola",
            phase="running",
            deadline="2026-03-23 11:00",
            agreement_id=self.ola_network,
        )
        self.assertEqual(ticket.leg_deadline, self.utc("2026-03-23 11:00"))
        sla = self._clocks(ticket).filtered(lambda clock: clock.kind == "sla")
        # 24 h: 8 on each of three days
        self.assertClock(sla, deadline="2026-03-25 18:00")
        self._write("2026-03-23 10:00", ticket, team_id=self.databases.id)
        self.assertClock(
            network, phase="handed_over", status="handed_over", used_seconds=HOUR
        )
        databases = self._leg(ticket, self.databases)
        # 10-12 and 13-15
        self.assertClock(databases, deadline="2026-03-23 15:00")
        self._write("2026-03-23 11:00", ticket, supplier_id=self.carrier.id)
        self.assertClock(databases, phase="paused", used_seconds=HOUR)
        carrier = self._leg(ticket, self.carrier)
        self.assertClock(carrier, kind="uc", deadline="2026-03-23 19:00")
        self._write("2026-03-23 17:00", ticket, supplier_id=False)
        self.assertClock(carrier, phase="stopped", status="met", used_seconds=6 * HOUR)
        self._move("2026-03-24 10:00", ticket, "resolved")
        # 10-11, 17-18 and 9-10
        self.assertClock(databases, status="met", used_seconds=3 * HOUR)
        self.assertClock(sla, status="met", used_seconds=9 * HOUR)
        self.assertFalse(ticket.leg_deadline)
        self.assertEqual(
            self._log(ticket)
            .filtered(lambda event: event.what == "supplier")
            .mapped("supplier_id"),
            self.carrier,
        )

    def test_customer_status_is_the_customers(self):
        """Issue of internal clocks: a late team is not a late ticket."""
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        self._reply("2026-03-23 09:10", ticket)
        self.assertEqual(
            self._status("2026-03-23 14:00", ticket, "clock_status"), "running"
        )
        with self.at("2026-03-23 14:00"):
            ticket.invalidate_recordset()
            found = ticket.search(
                [("id", "=", ticket.id), ("clock_status", "=", "breached")]
            )
            self.assertFalse(found)
            late = ticket.search(
                [
                    ("id", "=", ticket.id),
                    (
                        "clock_ids",
                        "any",
                        [("kind", "!=", "sla"), ("status", "=", "breached")],
                    ),
                ]
            )
            self.assertEqual(late, ticket)
            metrics = {c["metric"] for c in ticket.clock_summary["clocks"]}
            self.assertEqual(metrics, {"response", "resolution"})
        self.assertEqual(ticket.clock_deadline, self.utc("2026-03-25 18:00"))

    def test_activated_later(self):
        """Design 2, silence: tickets that a team has already are left alone."""
        self._terminate_network()
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        self.assertFalse(self._legs(ticket))
        with self.at("2026-03-23 10:00"):
            self._create_leg("ola", 60, team_id=self.network.id)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = %s WHERE kind = 'ola' "
            "AND team_id = %s AND state = 'active'",
            [self.utc("2026-03-23 10:00"), self.network.id],
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self._write(
            "2026-03-23 10:30", ticket, priority="3", clock_change_reason="Worse"
        )
        self.assertFalse(self._legs(ticket).filtered("deadline"))
        self._write("2026-03-23 11:00", ticket, team_id=self.databases.id)
        self._write("2026-03-23 11:30", ticket, team_id=self.network.id)
        self.assertClock(self._leg(ticket, self.network), deadline="2026-03-23 13:30")

    def test_activated_for_open_tickets(self):
        """Manners: an OLA asks about open tickets too, and takes them silently."""
        self._terminate_network()
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        self._write("2026-03-23 10:00", ticket, team_id=self.databases.id)
        self._write("2026-03-23 11:00", ticket, team_id=self.network.id)
        sla = self._clocks(ticket).filtered(lambda clock: clock.kind == "sla")
        before = sla.read()
        draft = self._draft_agreement(
            kind="ola",
            team_id=self.network.id,
            target_ids=[
                Command.create(
                    {
                        "itsm_kind": "incident",
                        "priority": "2",
                        "metric": "resolution",
                        "minutes": 180,
                    }
                )
            ],
        )
        mails = self.env["mail.mail"].search_count([])
        activities = self.env["mail.activity"].search_count([])
        with self.at("2026-03-23 15:00"):
            wizard = self.env["itsm.agreement.activate"].create(
                {"agreement_id": draft.id, "scope": "open"}
            )
            # 9-10, 11-12, 13-15: 4 h of 3
            self.assertEqual((wizard.open_count, wizard.late_count), (1, 1))
            wizard.action_activate()
        leg = self._leg(ticket, self.network)
        self.assertClock(leg, phase="running", breached_at="2026-03-23 14:00", cycle=0)
        self.assertEqual(sla.read(), before)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.activity"].search_count([]), activities)
        # it stays when the ticket changes
        self._write(
            "2026-03-23 15:10",
            ticket,
            service_id=self.service.id,
            clock_change_reason="Found out",
        )
        self.assertClock(leg, phase="running", agreement_id=draft)
        # and it keeps it when the log is worked out again
        with self.at("2026-03-23 15:30"):
            ticket._clock_refold("reported")
        self.assertClock(leg, phase="running", breached_at="2026-03-23 14:00")

    def _terminate_network(self):
        with self.at("2026-03-20 09:00"):
            self.ola_network.action_terminate()

    def test_batch_queries(self):
        """Speed: moving many tickets to another team costs no queries for each."""

        def move(number):
            tickets = self.env["helpdesk.ticket"]
            for _index in range(number):
                tickets |= self._report("2026-03-23 09:00", team_id=self.network.id)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.at("2026-03-23 10:00"):
                tickets.with_context(tracking_disable=True).write(
                    {"supplier_id": self.carrier.id}
                )
                self.env.flush_all()
            return self.env.cr.sql_log_count - before

        move(1)  # caches
        self.assertLessEqual(move(8), move(2) + 6)

    def test_buttons(self):
        """SLM-61: who may work on the ticket notes the supplier's response."""
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        with self.assertRaisesRegex(UserError, "no supplier holds the ticket"):
            ticket.with_user(self.agent).action_supplier_replied()
        self.assertFalse(ticket.can_log_supplier_reply)
        portal = self._create_user("legs-portal", "base.group_portal")
        with self.assertRaises(AccessError):
            ticket.with_user(portal).action_supplier_replied()
        with self.assertRaises(AccessError):
            ticket.with_user(portal).read(["leg_deadline"])
        with self.assertRaises(AccessError):
            ticket.with_user(portal).read(["supplier_id"])

    def test_form(self):
        """Issue 3: an engineer hands a ticket to a supplier in the form."""
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        with self.at("2026-03-23 10:00"), Form(ticket.with_user(self.agent)) as form:
            form.supplier_id = self.carrier
        self.assertClock(self._leg(ticket, self.carrier), deadline="2026-03-23 18:00")

    def test_other_company(self):
        """Manners: a supplier of another company cannot hold the ticket."""
        other = self.env["res.company"].create({"name": "Legs elsewhere"})
        self.carrier.company_id = other
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        with self.assertRaises(UserError):
            ticket.supplier_id = self.carrier
            self.env.flush_all()

    def test_report(self):
        """REP: the breakdown per leg, apart from what customers were promised."""
        ticket = self._report("2026-03-23 09:00", team_id=self.network.id)
        self._write("2026-03-23 10:00", ticket, team_id=self.databases.id)
        self._move("2026-03-23 11:00", ticket, "resolved")
        rows = self.env["itsm.clock.report"]._read_group(
            [("ticket_id", "=", ticket.id), ("kind", "=", "ola")],
            ["leg_team_id"],
            ["used_hours:sum", "handed_over:sum", "decided:sum", "met:sum"],
        )
        self.assertEqual(
            {team: values for team, *values in rows},
            {self.network: [1.0, 1, 0, 0], self.databases: [1.0, 0, 1, 1]},
        )

    def test_team_needs_agreement_in_force(self):
        """Bad input: a leg without a team or supplier is refused at activation."""
        for kind, words in (("ola", "Providing Team"), ("uc", "Supplier")):
            draft = self._draft_agreement(kind=kind)
            with self.assertRaisesRegex(ValidationError, words):
                draft.action_activate()


@tagged("post_install", "-at_install")
class TestPromises(SlaCommon):
    """Updates, emergencies, working days and the requester's zone on tickets."""

    def _target(self, metric, priority="2", **promise):
        return Command.create(
            {
                "itsm_kind": "incident",
                "priority": priority,
                "metric": metric,
                **promise,
            }
        )

    def test_14_working_day(self):
        """Vector 14: the 4th working day by 16:00, with a pause."""
        self._create_agreement(
            target_ids=[self._target("resolution", days=4, day_hour=16)]
        )
        ticket = self._report("2026-03-16 10:00")
        clock = self._clocks(ticket)
        self.assertClock(clock, deadline="2026-03-20 16:00", target_seconds=37 * HOUR)
        self._move("2026-03-17 10:00", ticket, "paused")
        self._move("2026-03-17 15:00", ticket, "open")
        self.assertClock(clock, deadline="2026-03-23 11:00")
        self.assertIn("working day 4 by 16:00", clock.why)
        # stored and read back: the same promise is no change
        self._write("2026-03-17 16:00", ticket, service_id=self.service.id)
        self.assertEqual(len(clock.applications), 1)

    def test_working_day_and_minutes(self):
        """Bad input: a target has one form, and a day needs its time."""
        for vals, words in (
            ({"days": 2, "day_hour": 16, "minutes": 60}, "not both"),
            ({"days": 2}, "time of day"),
        ):
            with self.assertRaisesRegex(ValidationError, words):
                self._draft_agreement(target_ids=[self._target("update", **vals)])
        with self.assertRaisesRegex(ValidationError, "promised to customers only"):
            self._draft_agreement(
                kind="ola", target_ids=[self._target("update", minutes=60)]
            )

    def test_updates(self):
        """SLM-59: cycles of updates on a ticket, the last one ends with it."""
        self._create_agreement(
            target_ids=[
                self._target("resolution", minutes=960),
                self._target("update", minutes=240),
            ],
        )
        ticket = self._report("2026-03-23 09:00")
        self._reply("2026-03-23 11:00", ticket)
        self._reply("2026-03-23 17:00", ticket)
        first, second, third = self._clocks(ticket, "update")
        self.assertClock(first, cycle=0, status="met", used_seconds=2 * HOUR)
        self.assertClock(
            second,
            cycle=1,
            status="missed",
            breached_at="2026-03-23 16:00",
            overrun_seconds=HOUR,
        )
        self.assertClock(third, cycle=2, deadline="2026-03-24 12:00")
        self._move("2026-03-24 10:00", ticket, "resolved")
        self.assertClock(third, phase="cancelled")

    def test_emergency(self):
        """SLM-61: critical tickets start their emergency response within the hour."""
        self._create_agreement(
            target_ids=[
                self._target("resolution", "3", minutes=480),
                self._target("emergency", "3", minutes=60),
            ],
        )
        ticket = self._report("2026-03-23 09:00", priority="3")
        self.assertTrue(ticket.with_user(self.agent).can_start_emergency)
        with self.at("2026-03-23 09:45"):
            ticket.with_user(self.agent).action_start_emergency()
        self.assertClock(
            self._clocks(ticket, "emergency"), status="met", used_seconds=0.75 * HOUR
        )
        self.assertEqual(ticket.emergency_started_at, self.utc("2026-03-23 09:45"))
        ticket.invalidate_recordset()
        self.assertFalse(ticket.can_start_emergency)
        with self.assertRaisesRegex(UserError, "already"):
            ticket.with_user(self.agent).action_start_emergency()
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).write({"emergency_started_at": False})

    def test_09_requesters_zone(self):
        """Vector 9, CAL-09: hours read where the requester is, and on a DST night."""
        self._create_agreement({"2": (0, 240)}, tz_of="requester")
        self.requester.tz = "America/New_York"
        ticket = self._report("2026-03-23 10:00")
        clock = self._clocks(ticket)
        # 10:00 in Paris is 05:00 in New York; 9-12 and 13-14 there; the clocks of New
        # York are 4 h behind UTC by then, those of Paris 1 h ahead
        self.assertEqual(clock.tz, "America/New_York")
        self.assertEqual(
            clock.deadline, self.utc("2026-03-23 14:00", "America/New_York")
        )
        self._move("2026-03-23 16:00", ticket, "paused")
        # 16:00 in Paris is 11:00 in New York: 2 h used
        self.assertClock(clock, used_seconds=2 * HOUR)
        # Friday before the European change, resumed on Monday after it
        self._move("2026-03-30 15:00", ticket, "open")
        # 09:00 in New York: 6 h apart again
        self.assertEqual(
            clock.deadline, self.utc("2026-03-30 11:00", "America/New_York")
        )
        # the customer changes: worked out again in the other zone
        paris = self.env["res.partner"].create(
            {"name": "In Paris", "tz": "Europe/Paris"}
        )
        self._write("2026-03-30 15:30", ticket, partner_id=paris.id)
        self.assertEqual(clock.tz, "Europe/Paris")
        # Monday 23rd 10-12 and 13-16 are 5 h of 4: late since then
        self.assertClock(clock, breached_at="2026-03-30 15:30")
