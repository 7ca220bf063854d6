# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

#: 4 h from Monday 10:00 are used at 15:00.
MON, TEN_THIRTY, DUE = "2026-03-23 10:00", "2026-03-23 10:30", "2026-03-23 15:00"
AFTER, TUE = "2026-03-23 16:00", "2026-03-24 10:00"
WHY = "Flood in the customer's building"


@tagged("post_install", "-at_install")
class TestExempt(SlaCommon):
    """SLM-10: exempt tickets are recorded and counted apart."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def setUp(self):
        super().setUp()
        self.ticket = self._report(MON)
        self._reply("2026-03-23 10:05", self.ticket)
        self.clock = self._clocks(self.ticket)

    def _exempt(self, wall, exempt=True, tickets=None, user=None, reason=WHY):
        wizards = self.env["itsm.ticket.exempt"].with_user(user or self.lead)
        with self.at(wall):
            wizard = wizards.create(
                {
                    "ticket_ids": (tickets or self.ticket).ids,
                    "exempt": exempt,
                    "reason": reason,
                }
            )
            wizard.action_confirm()
            self.env.flush_all()
        self.env.invalidate_all()

    def _report_of(self, clock):
        return self.env["itsm.clock.report"].browse(clock.id)

    def test_who_and_why(self):
        """By the desk lead or the service level manager, with a reason, logged."""
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.agent).action_exempt()
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.agent)._clock_set_exempt(True, WHY)
        for user in (self.lead, self.sla_manager):
            with self.assertRaisesRegex(ValidationError, "Reason"):
                self.ticket.with_user(user)._clock_set_exempt(True, " ")
            action = self.ticket.with_user(user).action_exempt()
            self.assertEqual(action["context"]["default_ticket_ids"], self.ticket.ids)
            self._exempt(TEN_THIRTY, user=user)
            row = self._log(self.ticket)[-1]
            self.assertEqual((row.what, row.note, row.user_id), ("exempt", WHY, user))
            self.assertEqual(row.value, WHY)
            with self.assertRaises(UserError):
                self._exempt(TEN_THIRTY, user=user)
            self._exempt(TEN_THIRTY, False, user=user)
            self.assertEqual(self._log(self.ticket)[-1].what, "counted")

    def test_status_and_alerts(self):
        """Shown as exempt, found as such, and nobody is alerted."""
        self._exempt(TEN_THIRTY)
        self.assertFalse(self.clock.next_event_at)
        self._run_scheduler(AFTER)
        self.assertFalse(self.clock.alert_ids)
        self.assertEqual(self._status(AFTER, self.clock), "exempt")
        self.assertEqual(self._status(AFTER, self.ticket, "clock_status"), "exempt")
        with self.at(AFTER):
            summary = self.ticket.clock_summary["clocks"]
            self.assertEqual({clock["exempt"] for clock in summary}, {True})
            for model, name in (
                ("itsm.clock", "status"),
                ("helpdesk.ticket", "clock_status"),
            ):
                records = self.clock if model == "itsm.clock" else self.ticket
                for status, found in (("exempt", records), ("breached", records[:0])):
                    domain = [(name, "=", status), ("id", "in", records.ids)]
                    self.assertEqual(self.env[model].search(domain), found)

    def test_counted_apart(self):
        """Met and missed do not know an exempt clock; it has a figure of its own."""
        self._move(AFTER, self.ticket, "resolved")
        row = self._report_of(self.clock)
        self.assertEqual((row.status, row.missed, row.exempt), ("missed", 1, 0))
        self._exempt(TUE)
        row = self._report_of(self.clock)
        self.assertEqual(
            (row.status, row.met, row.missed, row.decided, row.exempt),
            ("exempt", 0, 0, 0, 1),
        )
        [[compliance]] = self.env["itsm.clock.report"]._read_group(
            [("id", "=", self.clock.id)], [], ["compliance:avg"]
        )
        self.assertFalse(compliance)
        # To exempt what was missed is a late change.
        self.assertTrue(self._log(self.ticket)[-1].is_late_change)
        self.assertEqual(self.ticket.late_change_count, 1)
        self._exempt(TUE, False)
        row = self._report_of(self.clock)
        self.assertEqual((row.status, row.missed, row.exempt), ("missed", 1, 0))

    def test_counting_again_restores(self):
        """An exempt clock is folded on: counted again it is what it would have been."""
        twin = self._report(MON)
        self._reply("2026-03-23 10:05", twin)
        self._exempt(TEN_THIRTY)
        for ticket in self.ticket | twin:
            self._move("2026-03-23 11:00", ticket, "paused")
            self._move("2026-03-23 14:00", ticket, "open")
        self._exempt("2026-03-23 16:00", False)
        self._run_scheduler("2026-03-23 16:10")
        names = ("phase", "used_seconds", "deadline", "breached_at", "next_event_at")
        mine, other = self.clock, self._clocks(twin)
        self.assertEqual(
            mine.read(names)[0] | {"id": 0}, other.read(names)[0] | {"id": 0}
        )
        # 1 h used at 11:00, 3 h from 14:00
        self.assertClock(mine, deadline="2026-03-23 17:00", phase="running")
        self._run_scheduler("2026-03-23 17:30")
        self.assertClock(mine, breached_at="2026-03-23 17:00")
        self.assertTrue(mine.alert_ids)

    def test_breach_while_exempt(self):
        """What was breached meanwhile is breached when it counts again."""
        self._exempt(TEN_THIRTY)
        self._run_scheduler(AFTER)
        self._exempt(TUE, False)
        self.assertClock(self.clock, breached_at=DUE)
        self.assertEqual(self._status(TUE, self.clock), "breached")

    def test_new_clocks(self):
        """Clocks that begin on an exempt ticket are exempt: cycles and legs."""
        self.agreement.action_terminate()
        sla = self._create_agreement(reopen="new", name="New clocks")
        ola = self._create_agreement(
            {"2": (30, 120)}, kind="ola", team_id=self.team_2.id, name="Network"
        )
        guard.with_token(sla | ola).activated_at = self.utc("2026-03-01 10:00")
        ticket = self._report("2026-03-25 10:00")
        self._exempt("2026-03-25 10:10", tickets=ticket)
        self._write("2026-03-25 10:20", ticket, team_id=self.team_2.id)
        self._move("2026-03-25 10:30", ticket, "resolved")
        self._move("2026-03-25 11:00", ticket, "open")
        clocks = self.env["itsm.clock"].search([("ticket_id", "=", ticket.id)])
        self.assertIn("ola", clocks.mapped("kind"))
        self.assertEqual(max(clocks.mapped("cycle")), 1)
        self.assertEqual(clocks.mapped("exempt"), [True] * len(clocks))
        self.assertFalse(any(clocks.mapped("next_event_at")))
        self._exempt("2026-03-25 11:10", False, ticket)
        self.assertFalse(any(clocks.mapped("exempt")))

    def test_correction_keeps_it(self):
        """Working the clocks out again leaves an exempt ticket exempt."""
        self._exempt(TEN_THIRTY)
        self._write(
            "2026-03-23 11:00", self.ticket, reported_at=self.utc("2026-03-23 09:30")
        )
        self.assertClock(
            self.clock, deadline="2026-03-23 14:30", exempt=True, next_event_at=False
        )

    def test_batch(self):
        """Several tickets at once; those exempt already are left as they are."""
        other = self._report(MON)
        self._exempt(TEN_THIRTY)
        self._exempt("2026-03-23 10:40", tickets=self.ticket | other)
        rows = self._log(self.ticket).filtered(lambda row: row.what == "exempt")
        self.assertEqual(len(rows), 1)
        self.assertTrue(other.clock_exempt)
