# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .test_meeting import NOW, MeetingCommon


@tagged("post_install", "-at_install")
class TestMeetingCalendar(MeetingCommon):
    def test_invite(self):
        """MS-36: the calendar invites with ICS; nothing internal is in the event."""
        meeting = self._create_meeting(
            partner_ids=[Command.set((self.colleagues | self.requester).ids)],
            location="Room 5",
        )
        self.assertFalse(meeting.event_id, "nobody is told of what is only planned")
        self._line(meeting, name="Secret plan")
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.action_invite()
        event = meeting.event_id.sudo()
        self.assertEqual(meeting.state, "invited")
        self.assertEqual(event.name, meeting.name)
        self.assertEqual((event.start, event.stop), (meeting.start, meeting.stop))
        self.assertEqual(event.partner_ids, meeting.partner_ids)
        self.assertEqual(event.user_id, self.lead)
        self.assertFalse(event.description)
        self.assertFalse(event.res_id)
        mails = self._new_mails.filtered(
            lambda mail: self.requester in mail.recipient_ids
        )
        self.assertTrue(mails)
        self.assertIn("invitation.ics", mails.attachment_ids.mapped("name"))
        self.assertNotIn("Secret plan", "".join(mails.mapped("body_html")))
        self.assertNotIn("itsm-meetings", "".join(mails.mapped("body_html")))

    def test_calendar_moves_meeting(self):
        """MS-36: what is moved in the calendar moves the meeting."""
        meeting = self._create_meeting()
        self._invite(meeting)
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.event_id.with_user(self.agent).write(
                {"start": "2026-05-06 08:00:00", "stop": "2026-05-06 09:00:00"}
            )
            self.assertEqual(meeting.start, datetime(2026, 5, 6, 8))
            self.assertEqual(meeting.stop, datetime(2026, 5, 6, 9))
            meeting.event_id.with_user(self.lead).partner_ids += self.agent_2.partner_id
            self.assertIn(self.agent_2.partner_id, meeting.partner_ids)
            with self.assertRaises(ValidationError):
                meeting.event_id.with_user(self.lead).partner_ids = False

    def test_meeting_moves_calendar(self):
        """MS-36: what is changed on the meeting is changed in the calendar."""
        meeting = self._create_meeting()
        self._invite(meeting)
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.write(
                {
                    "start": "2026-05-07 08:00:00",
                    "name": "Desk",
                    "partner_ids": [Command.link(self.agent_2.partner_id.id)],
                }
            )
        event = meeting.event_id.sudo()
        self.assertEqual(event.start, datetime(2026, 5, 7, 8))
        self.assertEqual(event.stop, datetime(2026, 5, 7, 8, 30))
        self.assertEqual(event.name, "Desk")
        self.assertEqual(event.partner_ids, meeting.partner_ids)
        self.assertEqual(event.attendee_ids.partner_id, meeting.partner_ids)

    def test_no_event_without_change(self):
        """Speed: what the calendar does not show does not write there."""
        meeting = self._create_meeting()
        self._invite(meeting)
        event = meeting.event_id.sudo()
        self.env.flush_all()
        written = event.write_date
        self.patch(self.env.cr, "_now", datetime(2027, 1, 1))
        meeting.name = meeting.name
        self.env.flush_all()
        self.assertEqual(event.write_date, written)

    def test_held_is_a_record(self):
        """MS-29: after the meeting the calendar no longer moves it."""
        meeting = self._create_meeting()
        self._invite(meeting)
        self._hold(meeting)
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.event_id.with_user(self.lead).write(
                {"start": "2026-05-09 08:00:00", "stop": "2026-05-09 09:00:00"}
            )
            self.assertEqual(meeting.start, datetime(2026, 5, 5, 8))
            meeting.event_id.with_user(self.lead).unlink()
        self.assertEqual(meeting.state, "held")

    def test_deleted_in_calendar(self):
        """MS-36: a meeting that was deleted in the calendar is to be planned again."""
        meeting = self._create_meeting()
        archived = self._create_meeting()
        self._invite(meeting | archived)
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.event_id.with_user(self.lead).unlink()
            archived.event_id.with_user(self.lead).active = False
        self.assertEqual(meeting.state, "planned")
        self.assertEqual(archived.state, "planned")
        self.assertFalse(archived.event_id)
        self._invite(meeting)
        self.assertTrue(meeting.event_id)

    def test_called_off(self):
        """MS-36: who was invited hears that it does not take place."""
        meeting = self._create_meeting()
        self._invite(meeting)
        event = meeting.event_id
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.action_cancel()
        self.assertEqual(meeting.state, "cancelled")
        self.assertFalse(event.active)
        self.assertIn(self.agent.partner_id, self._new_mails.recipient_ids)
        meeting.action_plan_again()
        self.assertEqual(meeting.state, "planned")

    def test_personal_in_calendar(self):
        """Manners: others see that he is busy, and not with what."""
        meeting = self._create_meeting(
            kind_id=self.personal.id, name="Your performance"
        )
        self._invite(meeting)
        event = meeting.event_id
        self.assertEqual(event.with_user(self.agent).name, "Your performance")
        self.env.invalidate_all()
        self.assertEqual(event.with_user(self.agent_2).name, "Busy")

    def test_from_calendar(self):
        """MS-36: the event leads to the meeting."""
        meeting = self._create_meeting()
        self._invite(meeting)
        event = meeting.event_id.with_user(self.agent)
        self.assertEqual(event.action_open_itsm_meeting()["res_id"], meeting.id)
        self.assertEqual(meeting.action_open_event()["res_id"], event.id)
