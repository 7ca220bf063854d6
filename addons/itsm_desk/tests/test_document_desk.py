# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.pdf_common import PdfCase

from .organisation_common import OrganisationCommon


@tagged("post_install", "-at_install")
class TestDocumentDesk(OrganisationCommon, PdfCase):
    """The month of the desk, and of its people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mail = cls.env["helpdesk.ticket.channel"].create(
            {"name": "Test mail", "response_minutes": 120}
        )
        cls._shift(cls.agent, "2026-03-20 09:00", "2026-03-20 17:30")
        cls._shift(cls.agent, "2026-03-21 09:00", "2026-03-21 17:30", kind="on_call")

    def _month(self):
        """Three tickets by mail in March: two solved by the agent, one in time."""
        in_time = self._report(
            "2026-03-20 09:00", channel_id=self.mail.id, user_id=self.agent.id
        )
        self._reply("2026-03-20 10:00", in_time)
        late = self._report(
            "2026-03-20 09:00", channel_id=self.mail.id, user_id=self.agent.id
        )
        self._reply("2026-03-20 15:00", late)
        for ticket in (in_time, late):
            self._move("2026-03-23 10:00", ticket, "resolved")
        self._report(
            "2026-03-31 17:30", channel_id=self.mail.id, user_id=self.agent_2.id
        )
        self.env["itsm.visit"].create(
            {
                "ticket_id": in_time.id,
                "engineer_id": self.agent.id,
                "planned_start": self.utc("2026-03-20 11:00"),
                "arrived_at": self.utc("2026-03-20 11:00"),
            }
        )
        self.env.flush_all()

    def _fill(self, xmlid, user=None):
        document = self._create_document(self.env.ref(xmlid), period_start="2026-03-01")
        with self.at("2026-03-31 17:45"):
            document.with_user(user or self.lead).action_fill()
        return document

    def test_summary(self):
        """D45, DSK-03, DSK-11, DSK-21: by channel 3 reported, 2 judged, 1 in time =
        50 %; the team's 8.5 desk hours; one visit planned."""
        self._month()
        document = self._fill("itsm_base.itsm_document_kind_d45")
        channels = {row["name"]: row for row in document.content["channels"]}
        self.assertEqual(
            channels["Test mail"],
            {
                "name": "Test mail",
                "norm": 120,
                "reported": 3,
                "judged": 2,
                "met": 1,
                "rate": "50.0 %",
            },
        )
        teams = {row["name"]: row for row in document.content["teams"]}
        self.assertEqual(
            teams[self.team.display_name],
            {
                "name": self.team.display_name,
                "people": 3,
                "hours": 8.5,
                "per_person": 1.0,
                "reported": 3,
                "solved": 2,
                "after": 1,
            },
        )
        self.assertIn({"name": "Planned", "count": 1}, document.content["visits"])
        self.assertNotIn("people", document.content, "no persons in what agents read")
        text = " ".join(self._texts(self._print(document)))
        for expected in ("By channel", "Test mail", "50.0 %", "By team", "8.5"):
            self.assertIn(expected, text)

    def test_people(self):
        """D45, DSK-09: figures of persons, for leads only."""
        self._month()
        document = self._fill("itsm_desk.itsm_document_kind_d45p")
        rows = {row["name"]: row for row in document.content["people"]}
        mine = rows[self.agent.name]
        self.assertEqual(
            [
                mine[key]
                for key in ("solved", "after", "reopened", "norm", "visits", "hours")
            ],
            [2, 0, 0, "50.0 %", 1, 8.5],
        )
        self.assertEqual(rows[self.agent_2.name]["after"], 1)
        self.assertEqual(rows[self.agent_2.name]["norm"], "–")
        text = " ".join(self._texts(self._print(document)))
        self.assertIn("By person", text)
        with self.assertRaises(AccessError):
            document.with_user(self.agent).read(["content"])
        for value in ("internal", "public"):
            with self.assertRaisesRegex(ValidationError, "figures of persons"):
                document.confidentiality = value
            with self.assertRaisesRegex(ValidationError, "figures of persons"):
                document.kind_id.confidentiality = value

    def test_constant_queries(self):
        """Speed: as many queries for thirty more tickets, channels and people."""
        self._month()
        document = self._create_document(
            self.env.ref("itsm_desk.itsm_document_kind_d45p"), period_start="2026-03-01"
        )

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            count = self.env.cr.sql_log_count
            document._content_desk_people()
            document._desk_channels(document._period())
            document._desk_teams(document._period())
            return self.env.cr.sql_log_count - count

        queries()
        few = queries()
        users = [
            self._create_user(f"itsm-many-{number}", "itsm_base.itsm_group_agent")
            for number in range(5)
        ]
        channels = self.env["helpdesk.ticket.channel"].create(
            [
                {"name": f"Channel {number}", "response_minutes": 9}
                for number in range(5)
            ]
        )
        for user in users:
            self.team.user_ids |= user
        with self.at("2026-03-20 10:00"):
            self.env["helpdesk.ticket"].create(
                [
                    self._ticket_vals(user_id=user.id, channel_id=channel.id)
                    for user, channel in zip(users, channels, strict=True)
                ]
            )
        self.assertEqual(queries(), few)
