# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestPaceTour(ItsmCommon, HttpCase):
    """Issue 5, Pace and Pictures: an agent, his keyboard, his telephone, the wall."""

    # Wide enough for every button of the selection.
    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.pause.reason"].create(
            {"name": "Pace reason", "waits_for": "requester"}
        )
        cls.env["itsm.closing.code"].create(
            {"name": "Pace code", "code": "PACE", "kind": "solved"}
        )
        cls.team.name = "Wall team"
        cls.one, cls.two, cls.three = (
            cls._create_ticket(name=f"Pace {name}") for name in ("one", "two", "three")
        )
        cls.tickets = cls.one | cls.two | cls.three
        cls.tickets.message_subscribe(cls.requester.ids)
        cls.action = cls.env["ir.actions.act_window"].create(
            {
                "name": "Pace",
                "res_model": "helpdesk.ticket",
                "view_mode": "list,form",
                "domain": [("id", "in", cls.tickets.ids)],
                "path": "pace-tour",
            }
        )
        # the order of the list, whatever the numbers are
        for sequence, ticket in enumerate(cls.tickets):
            ticket.sequence = sequence

    def test_keys(self):
        """Issue 5, Pace: take, reply, pause, resume, resolve, next, without a mouse."""
        self.start_tour("/odoo/pace-tour", "itsm_desk_pace_keys", login="itsm-agent")
        self.env.invalidate_all()
        self.assertEqual(self.one.itsm_state, "resolved")
        self.assertEqual(self.one.user_id, self.agent)
        self.assertTrue(self.one.first_response_at)
        self.assertEqual(self.one.closing_code_id.name, "Pace code")
        self.assertEqual(self.two.user_id, self.agent)
        states = self.env["itsm.ticket.event"].search(
            [("ticket_id", "=", self.one.id), ("state", "!=", False)]
        )
        self.assertEqual(
            states.sorted(lambda row: (row.time, row.sequence, row.id)).mapped("state"),
            ["new", "open", "paused", "open", "resolved"],
        )

    def test_bulk(self):
        """Issue 5, Pace: one solution for three tickets, of which one is over."""
        self.two._itsm_resolve({"solution": "<p>x</p>"})
        self.start_tour("/odoo/pace-tour", "itsm_desk_pace_bulk", login="itsm-agent")
        self.env.invalidate_all()
        self.assertEqual(set(self.tickets.mapped("itsm_state")), {"resolved"})
        self.assertIn("runs again", self.one.solution)
        self.assertNotIn("runs again", self.two.solution)

    def test_phone(self):
        """Issue 5, Pace: a ticket is taken at 390 pixels, and nothing sticks out."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self.start_tour(
            f"/odoo/helpdesk.ticket/{self.one.id}",
            "itsm_desk_pace_phone",
            login="itsm-agent",
        )
        self.env.invalidate_all()
        self.assertEqual(self.one.user_id, self.agent)

    def test_wall(self):
        """Issue 5, Pictures: the wall screen, the lists behind it, light and dark."""
        self.three.user_id = self.agent
        self.start_tour("/odoo/itsm-wall", "itsm_desk_wall", login="itsm-agent")

    def test_wall_laptop(self):
        """Issue 5, Pictures: at 1440 pixels each column of the wall is seen without a
        scroll bar, with a long name of a team in German or so, too."""
        self.browser_size = "1440x900"
        self.team.name = "Arbeitsplatzunterstützung und Netzwerkdienste Standort Nord"
        self.env["helpdesk.ticket.team"].create(
            {"name": "Second line of the business applications and their interfaces"}
        )
        self.start_tour("/odoo/itsm-wall", "itsm_desk_wall_laptop", login="itsm-agent")
