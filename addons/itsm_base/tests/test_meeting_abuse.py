# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import importlib.util
from datetime import datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import file_path

from .test_meeting import NOW, MeetingCommon

SCRIPT = "itsm_base/migrations/19.0.1.3.0/post-personal-actions.py"


@tagged("post_install", "-at_install")
class TestMeetingAbuse(MeetingCommon):
    """Ways around a meeting's rules, and what reaches whom in its minutes."""

    def _action(self, meeting, **vals):
        return self.env["itsm.action"].create(
            {
                "name": "Order disks",
                "owner_id": self.agent.id,
                "due_date": "2026-05-20",
                "res_model": meeting._name,
                "res_id": meeting.id,
                **vals,
            }
        )

    def test_defaults_of_the_context(self):
        """MS-29: a default in the context writes no protected field either."""
        forged = self.env["itsm.meeting"].with_context(
            default_state="closed", default_revision=3
        )
        meeting = forged.with_user(self.lead).create(self._meeting_vals())
        self.assertEqual((meeting.state, meeting.revision), ("planned", 0))

    def test_personal_stays_personal(self):
        """Manners: nobody who takes part opens a personal talk to the desk."""
        meeting = self._create_meeting(kind_id=self.personal.id)
        action = self._action(meeting)
        self.assertTrue(action.restricted)
        with self.assertRaises(UserError):
            meeting.with_user(self.agent).restricted = False
        self.assertTrue(meeting.restricted)

    def test_actions_of_what_becomes_personal(self):
        """Manners: a kind that becomes personal takes its actions along."""
        kind = self.kind.copy()
        meeting = self._create_meeting(kind_id=kind.id)
        action = self._action(meeting)
        self.assertFalse(action.restricted)
        kind.restricted = True
        self.assertTrue(meeting.restricted)
        self.assertTrue(action.restricted)
        other = self._create_meeting()
        action = self._action(other)
        self._invite(other)
        with freeze_time(NOW), self.mock_mail_gateway():
            other.kind_id = self.personal
        self.assertTrue(action.restricted)
        self.assertEqual(other.event_id.sudo().privacy, "private")

    def test_actions_from_before(self):
        """Manners: the upgrade closes what had been left open to everybody."""
        talk = self._create_meeting(kind_id=self.personal.id)
        personal, other = self._action(talk), self._action(self._create_meeting())
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_action SET restricted = false WHERE id = %s", [personal.id]
        )
        spec = importlib.util.spec_from_file_location("script", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.assertTrue(personal.restricted)
        self.assertFalse(other.restricted)

    def test_closed_over_an_archived_action(self):
        """MS-36: an action that was put away open is open all the same."""
        meeting = self._create_meeting()
        action = self._action(meeting)
        # as records were before archiving open ones was refused
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_action SET active = false WHERE id = %s", [action.id]
        )
        self.env.invalidate_all()
        self._line(meeting)
        self._hold(meeting)
        self.patch(
            type(self.env["ir.actions.report"]),
            "_itsm_form_pdf",
            lambda *a, **k: b"%PDF",
        )
        with self.mock_mail_gateway():
            meeting.action_send_minutes()
        with self.assertRaisesRegex(UserError, "Order disks"):
            meeting.action_close()

    def test_topic_moved_into_a_meeting_of_others(self):
        """Access: a topic cannot be pushed into a meeting of which one is no part."""
        theirs = self._create_meeting(
            partner_ids=[Command.set(self.lead.partner_id.ids)]
        )
        own = self._create_meeting(user=self.agent_2, organizer_id=self.agent_2.id)
        line = own.with_user(self.agent_2).line_ids[0]
        with self.assertRaises(AccessError):
            line.meeting_id = theirs

    def test_action_out_of_sight(self):
        """Manners: who may not see an action cannot read it from minutes either."""
        talk = self._create_meeting(kind_id=self.personal.id)
        secret = self._action(talk, name="Warning letter")
        self.assertFalse(secret.with_user(self.agent_2).has_access("read"))
        own = self._create_meeting(
            user=self.agent_2,
            organizer_id=self.agent_2.id,
            partner_ids=[Command.set(self.agent_2.partner_id.ids)],
        )
        with self.assertRaises(AccessError):
            own.with_user(self.agent_2).line_ids[0].action_ids = secret
        with self.assertRaises(AccessError):
            own.line_ids.with_user(self.agent_2).create(
                {
                    "meeting_id": own.id,
                    "name": "x",
                    "action_ids": [Command.link(secret.id)],
                }
            )
        # by who may see it: still not printed for everybody
        own.line_ids[0].with_user(self.manager).action_ids = secret
        self.assertFalse(own._minutes_actions())
        self.assertEqual(talk._minutes_actions(), secret)

    def test_internal_action_stays_internal(self):
        """MS-36: an action from an internal topic is not read by guests later."""
        meeting = self._create_meeting(
            partner_ids=[Command.set((self.colleagues | self.requester).ids)]
        )
        inside = self._line(meeting, name="Salaries", internal=True)
        outside = self._line(meeting, name="Backup")
        hidden = self._action(
            meeting, name="Hidden", meeting_line_ids=[Command.link(inside.id)]
        )
        shown = self._action(
            meeting, name="Shown", meeting_line_ids=[Command.link(outside.id)]
        )
        loose = self._action(meeting, name="Without topic")
        self._hold(meeting)
        with freeze_time("2026-05-05 10:00:00"):
            following = meeting.browse(meeting.action_next_meeting()["res_id"])
        internal = {line.action_ids: line.internal for line in following.line_ids}
        self.assertEqual(
            {action: internal[action] for action in (hidden, shown, loose)},
            {hidden: True, shown: False, loose: True},
        )
        guests = following.with_context(itsm_minutes_for_guests=True)
        self.assertEqual(guests._minutes_actions(), shown)

    def test_colleague_of_another_company(self):
        """MS-36: who has no access to the company of the meeting is a guest."""
        company = self.env["res.company"].create({"name": "Subsidiary"})
        other = self._create_user(
            "itsm-other",
            "itsm_base.itsm_group_agent",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(other.partner_id.partner_share)
        meeting = self._create_meeting(
            partner_ids=[Command.set((self.colleagues | other.partner_id).ids)]
        )
        audiences = meeting._minutes_audiences(meeting.partner_ids)
        guests = {
            partner: is_guest
            for (_lang, is_guest), partners in audiences.items()
            for partner in partners
        }
        self.assertTrue(guests[other.partner_id])
        self.assertFalse(guests[self.agent.partner_id])

    def test_added_in_the_calendar(self):
        """Manners: who may not change the meeting lets nobody in by its event."""
        meeting = self._create_meeting(
            kind_id=self.personal.id,
            partner_ids=[Command.set((self.lead | self.employee).partner_id.ids)],
        )
        self._invite(meeting)
        event = meeting.event_id.with_user(self.employee)
        with freeze_time(NOW), self.mock_mail_gateway():
            event.partner_ids += self.agent_2.partner_id
        self.assertNotIn(self.agent_2.partner_id, meeting.partner_ids)
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.event_id.with_user(self.lead).partner_ids += self.agent.partner_id
        self.assertIn(self.agent.partner_id, meeting.partner_ids)

    def test_next_meeting_at_the_same_hour(self):
        """MS-36: the next meeting begins at the same hour of the clock on the wall."""
        self.lead.tz = "Europe/Berlin"
        # Wednesday 25 March 2026, 09:00 in Berlin; summer time begins on the 29th
        meeting = self._create_meeting(start="2026-03-25 08:00:00")
        with freeze_time("2026-03-25 10:00:00"):
            meeting.action_hold()
            following = meeting.browse(meeting.action_next_meeting()["res_id"])
        self.assertEqual(following.start, datetime(2026, 4, 1, 7))
        self.assertEqual(following.stop, datetime(2026, 4, 1, 7, 30))

    def test_organizer(self):
        """Bad input: a customer organizes no meeting."""
        with self.assertRaises(ValidationError):
            self._create_meeting(organizer_id=self.portal_user.id)

    def test_long_series(self):
        """Speed: a long series is read by as many queries as a short one."""
        meeting = self._create_meeting()
        series = [meeting]
        counts = []
        for length in (3, 12):
            while len(series) < length:
                series.append(series[-1]._create_next())
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            found = series[-1]._series()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(found), length)
        self.assertEqual(counts[0], counts[1])
