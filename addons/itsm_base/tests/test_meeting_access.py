# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_meeting import MeetingCommon


@tagged("post_install", "-at_install")
class TestMeetingAccess(MeetingCommon):
    def _seen(self, record, user):
        return bool(
            self.env[record._name].with_user(user).search([("id", "=", record.id)])
        )

    def test_agents(self):
        """Access: agents read all meetings, change those that they take part in."""
        meeting = self._create_meeting()
        meeting.with_user(self.agent).location = "Room 1"
        self.assertTrue(self._seen(meeting, self.agent_2))
        with self.assertRaises(AccessError):
            meeting.with_user(self.agent_2).location = "Room 2"
        with self.assertRaises(AccessError):
            meeting.with_user(self.agent_2).action_invite()
        with self.assertRaises(AccessError):
            meeting.line_ids[0].with_user(self.agent_2).decision = "Mine"
        meeting.with_user(self.manager).location = "Room 3"
        own = self._create_meeting(user=self.agent_2, organizer_id=self.agent_2.id)
        self.assertTrue(own)

    def test_employee(self):
        """Access: who is no agent reads the meetings that he takes part in."""
        meeting = self._create_meeting()
        self.assertFalse(self._seen(meeting, self.employee))
        meeting.partner_ids += self.employee.partner_id
        self.assertTrue(self._seen(meeting, self.employee))
        self.assertTrue(self._seen(meeting.line_ids[0], self.employee))
        with self.assertRaises(AccessError):
            meeting.with_user(self.employee).location = "Room 2"
        with self.assertRaises(AccessError):
            self._create_meeting(user=self.employee, organizer_id=self.employee.id)

    def test_portal(self):
        """Access: nothing for portal users, even if they take part."""
        meeting = self._create_meeting(
            partner_ids=[Command.set((self.colleagues | self.requester).ids)]
        )
        for record in (meeting, meeting.line_ids[0], meeting.kind_id):
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.portal_user).read(["display_name"])

    def test_personal(self):
        """Manners: personal talks are for participants and managers, with all of it."""
        meeting = self._create_meeting(kind_id=self.personal.id)
        line = self._line(meeting)
        action = (
            self.env["itsm.action"]
            .with_user(self.lead)
            .create(
                {
                    "name": "Course",
                    "owner_id": self.agent.id,
                    "due_date": "2026-06-01",
                    "res_model": meeting._name,
                    "res_id": meeting.id,
                }
            )
        )
        self.assertTrue(action.restricted)
        other_lead = self._create_user("itsm-lead-2", "itsm_base.itsm_group_lead")
        for record in (meeting, line, action):
            for user, expected in (
                (self.lead, True),
                (self.agent, True),
                (self.manager, True),
                (self.agent_2, False),
                (other_lead, False),
            ):
                with self.subTest(model=record._name, user=user.login):
                    self.assertEqual(self._seen(record, user), expected)
        self.personal.restricted = False
        self.assertTrue(meeting.restricted, "it stays personal")

    def test_companies(self):
        """Rule 5: meetings of another company are invisible, kinds may be shared."""
        company = self.env["res.company"].create({"name": "Subsidiary"})
        other = self._create_user(
            "itsm-other",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        meeting = self._create_meeting()
        self.assertFalse(self._seen(meeting, other))
        self.assertFalse(self._seen(meeting.line_ids[0], other))
        self.assertTrue(self._seen(self.kind, other))
        kind = self.env["itsm.meeting.kind"].create(
            {"code": "ours", "name": "Ours", "company_id": self.company.id}
        )
        self.assertFalse(self._seen(kind, other))
        with self.assertRaises(UserError):
            self._create_meeting(organizer_id=other.id)
        theirs = self._create_meeting(
            user=other, organizer_id=other.id, company_id=company.id
        )
        self.assertFalse(self._seen(theirs, self.manager))
        self.assertEqual(theirs.line_ids.company_id, company)
