# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestToursDesk(ItsmCommon, HttpCase):
    """Issue 5, People: the day of an agent and of a desk lead, in the browser."""

    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.pause.reason"].create(
            {"name": "Day reason", "waits_for": "requester"}
        )
        cls.env["itsm.closing.code"].create(
            {"name": "Day code", "code": "DAY", "kind": "solved"}
        )
        cls.requester.write({"name": "Day Caller", "phone": "+33 1 98 76 54 30"})

    def test_agent(self):
        """INC-01, INC-19, DSK-01, DSK-05, DSK-07: from the call to the solution."""
        self.team.support_line = "1"
        self._create_ticket(name="Day chair")
        self._create_ticket(name="No mail since eight", partner_id=self.customer_2.id)
        self.start_tour("/odoo/itsm-call", "itsm_desk_day_agent", login="itsm-agent")
        self.env.invalidate_all()
        [interaction] = self.env["itsm.interaction"].search(
            [("partner_id", "=", self.requester.id)]
        )
        ticket = interaction.ticket_id
        self.assertEqual(interaction.state, "converted")
        self.assertEqual(ticket.itsm_kind, "incident")
        self.assertEqual(ticket.channel_id.itsm_code, "phone")
        self.assertEqual(
            (ticket.user_id, ticket.owner_id, ticket.team_id, ticket.partner_id),
            (self.agent, self.agent, self.team, self.requester),
        )
        self.assertTrue(ticket.first_response_at)
        self.assertIn("Restarted", ticket.solution)
        self.assertEqual(ticket.closing_code_id.code, "DAY")
        rows = self.env["itsm.ticket.event"].search(
            [("ticket_id", "=", ticket.id), ("state", "!=", False)]
        )
        self.assertEqual(
            rows.sorted(lambda row: (row.time, row.sequence, row.id)).mapped("state"),
            ["new", "open", "paused", "resolved"],
        )

    def test_empty_call(self):
        """INC-01: a ticket asked of a call without a subject: the form says what is
        missing and saves nothing; a wrong number is closed without one."""
        before = self.env["itsm.interaction"].search([])
        self.start_tour("/odoo/itsm-call", "itsm_desk_empty_call", login="itsm-agent")
        made = self.env["itsm.interaction"].search([]) - before
        self.assertEqual(made.mapped("state"), ["closed"])

    def test_lead(self):
        """DSK-01, DSK-02, issue 5 “Pace”: mails are assigned and classified together,
        and leave the queue."""
        self.service.name = "Day service"
        queue = self.env["helpdesk.ticket"].search([("to_classify", "=", True)])
        queue.to_classify = False
        mails = self._create_tickets(3, name="Day mail", to_classify=True)
        self.start_tour(
            "/odoo/itsm-to-classify?view_type=list",
            "itsm_desk_day_lead",
            login="itsm-lead",
        )
        self.env.invalidate_all()
        self.assertEqual(mails.user_id, self.agent_2)
        self.assertEqual(mails.service_id, self.service)
        self.assertEqual(mails.mapped("to_classify"), [False] * 3)
        self.assertTrue(all(mails.mapped("first_assigned_at")))
