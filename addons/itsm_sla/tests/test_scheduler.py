# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from ..models.itsm_clock_scheduler import BATCH, ItsmClock
from .common import SlaCommon

MON = "2026-03-23 10:00"
# Resolution within 4 h from 10:00: at risk at 75 %, after 3 h; late after 15:00.
AT_RISK, LATE = "2026-03-23 14:01", "2026-03-23 15:01"


@tagged("post_install", "-at_install")
class TestScheduler(SlaCommon):
    """SLM-35: at risk and breached: once each, told to the leader, logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240)})
        cls.messages = cls.env["mail.mail"].search([])
        cls.at_risk = cls.env.ref("itsm_sla.itsm_escalation_rule_at_risk")
        cls.breached = cls.env.ref("itsm_sla.itsm_escalation_rule_breached")

    def _alerts(self, tickets):
        return self.env["itsm.clock.alert"].search(
            [("ticket_id", "in", tickets.ids)], order="id"
        )

    def _activities(self, tickets):
        return self.env["mail.activity"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids)]
        )

    def _mails(self):
        """Those of alerts: other addons tell of what happens to a ticket."""
        mails = self.env["mail.mail"].search([]) - self.messages
        return mails.filtered(lambda mail: "Service levels:" in (mail.subject or ""))

    def _levels(self, tickets):
        return [(a.level, a.outcome) for a in self._alerts(tickets)]

    def test_once_each(self):
        """SLM-35: at risk at 75 %, breached after the deadline, each told once."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self.assertClock(clock, next_event_at="2026-03-23 14:00")
        self._run_scheduler("2026-03-23 13:59")
        self._run_scheduler("2026-03-23 14:00")
        self.assertFalse(self._alerts(ticket))
        self._run_scheduler(AT_RISK)
        self._run_scheduler("2026-03-23 14:02")
        alert = self._alerts(ticket)
        self.assertRecordValues(
            alert,
            [
                {
                    "clock_id": clock.id,
                    "rule_id": self.at_risk.id,
                    "level": "at_risk",
                    "time": self.utc(AT_RISK),
                    "due": self.utc("2026-03-23 14:00"),
                    "user_id": self.lead.id,
                    "outcome": "told",
                }
            ],
        )
        self.assertClock(
            clock, fired=[self.at_risk.id], next_event_at="2026-03-23 15:00"
        )
        self.assertFalse(clock.breached_at)
        # exactly at the deadline it is in time
        self._run_scheduler("2026-03-23 15:00")
        self.assertFalse(clock.breached_at)
        for wall in (LATE, "2026-03-23 15:02", "2026-03-24 10:00"):
            self._run_scheduler(wall)
        self.assertEqual(
            self._levels(ticket), [("at_risk", "told"), ("breached", "told")]
        )
        self.assertClock(
            clock,
            fired=[self.at_risk.id, self.breached.id],
            next_event_at=False,
            breached_at="2026-03-23 15:00",
        )
        self.assertEqual(self._activities(ticket).mapped("user_id"), self.lead)
        self.assertEqual(len(self._activities(ticket)), 2)
        self.assertEqual(len(self._mails()), 2)

    def test_only_the_scheduler_tells(self):
        """Design, Manners: saving a ticket tells nobody, however late it is."""
        ticket = self._report(MON)
        self._write("2026-03-24 10:00", ticket, priority="2", name="Late")
        self._move("2026-03-24 10:00", ticket, "resolved")
        self.assertFalse(self._alerts(ticket))
        self.assertFalse(self._mails())

    def test_furthest_fires(self):
        """Design 2: of alerts past already the furthest fires, the nearer is logged."""
        ticket = self._report(MON)
        self._run_scheduler("2026-03-25 10:00")
        self.assertEqual(
            self._levels(ticket), [("at_risk", "passed"), ("breached", "told")]
        )
        self.assertEqual(len(self._activities(ticket)), 1)
        self.assertEqual(len(self._mails()), 1)

    def test_missed_before_the_scheduler_came(self):
        """SLM-35: a clock that was stopped late in between is logged as well."""
        ticket = self._report(MON)
        self._move("2026-03-23 15:30", ticket, "closed")
        self._run_scheduler("2026-03-23 15:31")
        self._run_scheduler("2026-03-23 15:32")
        self.assertEqual(
            self._levels(ticket), [("at_risk", "passed"), ("breached", "told")]
        )

    def test_met_and_paused(self):
        """SLM-35: what is met, paused or cancelled in time is left alone."""
        tickets = met, paused, cancelled = [self._report(MON) for _index in range(3)]
        self._move("2026-03-23 11:00", met, "resolved")
        self._move("2026-03-23 11:00", paused, "paused")
        self._move("2026-03-23 11:00", cancelled, "cancelled")
        self._run_scheduler("2026-06-01 10:00")
        for ticket in tickets:
            self.assertFalse(self._alerts(ticket))

    def test_one_mail_per_recipient(self):
        """Design 2: one mail per recipient and batch, one activity per ticket."""
        self.team_2.user_id = self.manager
        mine = self.env["helpdesk.ticket"]
        for _index in range(3):
            mine |= self._report(MON)
        theirs = self._report(MON, team_id=self.team_2.id)
        self._run_scheduler(LATE)
        mails = self._mails()
        self.assertEqual(
            sorted(mails.mapped("email_to")),
            sorted([self.lead.email_formatted, self.manager.email_formatted]),
        )
        self.assertEqual(len(self._activities(mine)), 3)
        self.assertEqual(self._activities(theirs).user_id, self.manager)
        body = mails.filtered(
            lambda m: m.email_to == self.lead.email_formatted
        ).body_html
        for ticket in mine:
            self.assertIn(ticket.number, body)
        self.assertNotIn(theirs.number, body)

    def test_who_is_told(self):
        """SLM-35: the leader, of the team above if need be, the owner, or nobody."""
        self.team_2.parent_id = self.team
        above = self._report(MON, team_id=self.team_2.id)
        self.team_2.parent_id = False
        self._run_scheduler(AT_RISK)
        self.assertEqual(self._alerts(above).user_id, self.sla_manager)
        self.team_2.parent_id = self.team
        ticket = self._report(MON, team_id=self.team_2.id)
        no_team = self._report(MON, team_id=False)
        self._run_scheduler(AT_RISK)
        self.assertEqual(self._alerts(ticket).user_id, self.lead)
        self.assertEqual(self._alerts(no_team).user_id, self.sla_manager)
        self.sla_manager.active = False
        nobody = self._report(MON, team_id=False)
        self._run_scheduler(AT_RISK)
        self.assertEqual(self._levels(nobody), [("at_risk", "nobody")])
        self.assertFalse(self._activities(nobody))
        # who has left is not told
        self.lead.active = False
        left = self._report(MON)
        self._run_scheduler(AT_RISK)
        self.assertEqual(self._levels(left), [("at_risk", "nobody")])

    def test_bad_clock_stops_nobody(self):
        """Design 2: one bad clock is reported and does not stop the others."""
        tickets = self.env["helpdesk.ticket"]
        for _index in range(5):
            tickets |= self._report(MON)
        bad = self._clocks(tickets[2])
        act = ItsmClock._act

        def fail(records, now):
            if bad in records:
                raise ValueError("A bad clock")
            return act(records, now)

        with (
            patch.object(ItsmClock, "_act", fail),
            mute_logger("odoo.addons.itsm_sla.models.itsm_clock_scheduler"),
        ):
            self._run_scheduler(LATE)
        self.assertEqual(self._alerts(tickets).ticket_id, tickets - tickets[2])
        self.assertEqual(len(self._activities(tickets)), 4)
        self.assertTrue(bad.next_event_at)
        self._run_scheduler(LATE)
        self.assertEqual(
            self._levels(tickets[2]), [("at_risk", "passed"), ("breached", "told")]
        )

    def test_withdrawn_and_breached_again(self):
        """Design 2: a correction withdraws a breach; each level is told once, and a
        later breach is stored all the same."""
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        self._run_scheduler(LATE)
        self.assertTrue(clock.breached_at)
        reason = {"reported_reason": "Wrong day"}
        later = self.utc("2026-03-23 15:00")
        self._write(LATE, ticket, self.lead, reported_at=later, **reason)
        # 15-18 is 3 h, Tuesday 09-10
        self.assertClock(clock, breached_at=False, deadline="2026-03-24 10:00")
        self._run_scheduler("2026-03-24 10:01")
        self.assertClock(clock, breached_at="2026-03-24 10:00", next_event_at=False)
        self.assertEqual(len(self._alerts(ticket)), 2)

    def test_batches(self):
        """Design 2: more than a batch: all are taken, in batches of 200."""
        count = BATCH + 50
        with self.at(MON):
            tickets = self.env["helpdesk.ticket"].create(
                [self._ticket_vals(priority="2")] * count
            )
            self.env.flush_all()
        sizes = []
        act = ItsmClock._act

        def spy(records, now):
            sizes.append(len(records))
            return act(records, now)

        with patch.object(ItsmClock, "_act", spy):
            self._run_scheduler(LATE)
        self.assertEqual(sizes, [BATCH, 50])
        alerts = self._alerts(tickets)
        self.assertEqual(len(alerts), 2 * count)
        self.assertEqual(len(self._mails()), 2)  # one recipient, two batches
        self.assertFalse(any(tickets.clock_ids.mapped("next_event_at")))

    def test_history(self):
        """Design, Manners: the scheduler never takes imported history."""
        ticket = self._history_ticket(
            priority="2", reported_at=self.utc("2026-03-20 10:00")
        )
        ticket.env["itsm.ticket.event"]._append(
            [
                dict(
                    ticket._prepare_event("reported", self.utc("2026-03-20 10:00")),
                    state="open",
                )
            ],
            "import",
        )
        ticket.invalidate_recordset(["event_ids"])
        with self.at(MON):
            resolver = self.env["itsm.agreement"]._clock_resolver(self.agreement)
            ticket._clock_refold("import", resolver)
        self.assertTrue(ticket.clock_ids)
        self.assertTrue(all(ticket.clock_ids.mapped("is_history")))
        # somebody works on it afterwards
        for priority in ("1", "2"):
            self._write(
                MON, ticket, priority=priority, clock_change_reason="Looked through"
            )
        self._run_scheduler("2026-04-01 10:00")
        self.assertFalse(self._alerts(ticket))
        self.assertFalse(self._activities(ticket))
        self.assertFalse(self._mails())

    def test_none_due(self):
        """Design, Speed: none due is one query."""
        self._report(MON)
        with self.at("2026-03-23 11:00"):
            now = self.utc("2026-03-23 11:00")
            clocks = self.env["itsm.clock"]
            self.env.flush_all()
            with self.assertQueryCount(1):
                self.assertFalse(clocks._due_ids(now, BATCH))

    def test_once_in_the_database(self):
        """Design 2: an alert fires once per clock and rule, whatever runs beside."""
        ticket = self._report(MON)
        self._run_scheduler(AT_RISK)
        alert = self._alerts(ticket)
        vals = alert.copy_data()[0]
        with (
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            guard.with_token(self.env["itsm.clock.alert"]).create(vals)
