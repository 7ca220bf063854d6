# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common import HOUR, SlaCommon

#: Monday; hours 09-12 and 13-18 in Paris.
MON = "2026-03-23 09:00"


@tagged("post_install", "-at_install")
class TestLegResponse(SlaCommon):
    """Design 2, OLA: an assignment that came with the ticket is no response.

    The network team has 60 minutes to respond by assignment, the databases by either.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.network, cls.databases = cls.env["helpdesk.ticket.team"].create(
            [
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "user_ids": [Command.set((cls.agent | cls.agent_2).ids)],
                }
                for name in ("Network", "Databases")
            ]
        )
        with freeze_time(cls.utc("2026-03-01 09:00")):
            for team, way in ((cls.network, "assignment"), (cls.databases, "either")):
                cls._create_agreement(
                    {"2": (60, 0)}, kind="ola", team_id=team.id, response_by=way
                )
        # Activated now, and the tests tell of the past.
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-03-01' WHERE kind = 'ola'"
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    def _response(self, ticket, team):
        return self._clocks(ticket, "response").filtered(
            lambda clock: clock.leg_team_id == team
        )

    def test_created_for_himself(self):
        """Created by an agent for himself: met by his answer, not at 0 minutes."""
        ticket = self._report(MON, team_id=self.network.id, user_id=self.agent.id)
        clock = self._response(ticket, self.network)
        self.assertClock(clock, phase="running", deadline="2026-03-23 10:00")
        self._reply("2026-03-23 09:20", ticket)
        self.assertClock(clock, status="met", used_seconds=HOUR // 3)

    def test_created_slowly(self):
        """A save that takes seconds tells no other story."""
        with self.at("2026-03-23 09:00:04"):
            ticket = self.env["helpdesk.ticket"].create(
                self._ticket_vals(
                    priority="2",
                    team_id=self.network.id,
                    user_id=self.agent.id,
                    reported_at=self.utc(MON),
                )
            )
        self.assertEqual(self._response(ticket, self.network).phase, "running")

    def test_dated_back(self):
        """Dated back, the team has had it since: the assignment is of the save."""
        ticket = self._report(
            "2026-03-23 09:30",
            team_id=self.network.id,
            user_id=self.agent.id,
            reported_at=self.utc(MON),
        )
        self.assertClock(
            self._response(ticket, self.network),
            status="met",
            used_seconds=HOUR // 2,
        )

    def test_assigned_afterwards(self):
        """Taken, or given to another, while the team has it: that is the response."""
        ticket = self._report(MON, team_id=self.network.id)
        clock = self._response(ticket, self.network)
        # Nobody has taken it: by this agreement an answer to the customer is none.
        self._reply("2026-03-23 09:10", ticket)
        self.assertEqual(clock.phase, "running")
        self._write("2026-03-23 09:15", ticket, user_id=self.agent.id)
        self.assertClock(clock, status="met", used_seconds=HOUR // 4)
        ticket = self._report(MON, team_id=self.network.id, user_id=self.agent.id)
        self._write("2026-03-23 09:30", ticket, user_id=self.agent_2.id)
        self.assertClock(
            self._response(ticket, self.network),
            status="met",
            used_seconds=HOUR // 2,
        )

    def test_handed_over_with_a_name(self):
        """Team and user chosen in one save: the new team has not answered yet."""
        ticket = self._report(MON, team_id=self.network.id)
        self._write(
            "2026-03-23 09:20",
            ticket,
            team_id=self.databases.id,
            user_id=self.agent_2.id,
        )
        self.assertEqual(self._response(ticket, self.network).phase, "handed_over")
        clock = self._response(ticket, self.databases)
        self.assertClock(clock, phase="running", deadline="2026-03-23 10:20")
        self._reply("2026-03-23 10:30", ticket, self.agent_2)
        self.assertClock(clock, status="missed", breached_at="2026-03-23 10:20")

    def test_customer_clock(self):
        """The customer's response by assignment is met by the one he was given."""
        self._create_agreement({"2": (60, 0)}, response_by="assignment")
        ticket = self._report(MON, team_id=self.network.id, user_id=self.agent.id)
        clock = self._clocks(ticket, "response").filtered(lambda c: c.kind == "sla")
        self.assertClock(clock, status="met", used_seconds=0)

    def test_worked_out_again(self):
        """From the log alone it is the same."""
        ticket = self._report(MON, team_id=self.network.id, user_id=self.agent.id)
        self._reply("2026-03-23 09:20", ticket)
        clock = self._response(ticket, self.network)
        before = clock.read(["phase", "used_seconds", "stopped_at", "breached_at"])
        with self.at("2026-03-23 09:40"):
            ticket._clock_refold("reported")
        self.assertEqual(
            clock.read(["phase", "used_seconds", "stopped_at", "breached_at"]), before
        )
