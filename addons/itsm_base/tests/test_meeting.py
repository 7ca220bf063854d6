# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import ItsmCommon

NOW = "2026-05-04 06:00:00"


class MeetingCommon(ItsmCommon, MailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref("itsm_base.itsm_meeting_kind_weekly_desk")
        cls.review = cls.env.ref("itsm_base.itsm_meeting_kind_service_review")
        cls.personal = cls.env.ref("itsm_base.itsm_meeting_kind_personal")
        cls.colleagues = (cls.lead | cls.agent).partner_id

    @classmethod
    def _meeting_vals(cls, **vals):
        return {
            "kind_id": cls.kind.id,
            "organizer_id": cls.lead.id,
            "start": "2026-05-05 08:00:00",
            "partner_ids": [Command.set(cls.colleagues.ids)],
            **vals,
        }

    @classmethod
    def _create_meeting(cls, user=None, **vals):
        meetings = cls.env["itsm.meeting"].with_user(user or cls.lead)
        return meetings.create(cls._meeting_vals(**vals))

    @classmethod
    def _line(cls, meeting, **vals):
        return meeting.line_ids.create(
            {"meeting_id": meeting.id, "name": "Backup", "decision": "Test it", **vals}
        )

    def _hold(self, meeting):
        with freeze_time("2026-05-05 10:00:00"):
            meeting.action_hold()

    def _invite(self, meeting):
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.action_invite()


@tagged("post_install", "-at_install")
class TestMeeting(MeetingCommon):
    def test_kinds(self):
        """MS-36, MS-55: the kinds that the manual names are there, with an agenda."""
        for code in (
            "weekly_desk",
            "service_review",
            "service_quality",
            "process_owners",
            "management_review",
            "post_incident",
        ):
            kind = self.env.ref(f"itsm_base.itsm_meeting_kind_{code}")
            with self.subTest(code=code):
                self.assertTrue(kind.topic_ids)
                self.assertFalse(kind.restricted)
        self.assertTrue(self.personal.restricted)

    def test_new(self):
        """MS-36: a kind gives name, length and standing agenda."""
        meeting = self._create_meeting()
        self.assertEqual(meeting.name, self.kind.name)
        self.assertEqual(meeting.stop, datetime(2026, 5, 5, 8, 30))
        self.assertEqual(
            meeting.line_ids.mapped("name"), self.kind.topic_ids.mapped("name")
        )
        own = self._create_meeting(line_ids=[Command.create({"name": "Only this"})])
        self.assertEqual(own.line_ids.mapped("name"), ["Only this"])

    def test_moved_as_a_whole(self):
        """MS-36: another start keeps the length; each of several keeps its own."""
        meeting = self._create_meeting()
        longer = self._create_meeting(stop="2026-05-05 10:00:00")
        (meeting | longer).write({"start": "2026-05-06 09:00:00"})
        self.assertEqual(meeting.stop, datetime(2026, 5, 6, 9, 30))
        self.assertEqual(longer.stop, datetime(2026, 5, 6, 11, 0))

    def test_without_participants(self):
        """Bad input: a meeting without participants is refused, with the remedy."""
        with self.assertRaisesRegex(ValidationError, "no participants. Add at least"):
            self._create_meeting(partner_ids=[Command.clear()])
        meeting = self._create_meeting()
        with self.assertRaisesRegex(ValidationError, "no participants"):
            meeting.partner_ids = False
        alone = self._create_meeting(
            partner_ids=[Command.set(self.lead.partner_id.ids)]
        )
        with self.assertRaisesRegex(UserError, "nobody to invite"):
            alone.action_invite()

    def test_bad_times_and_absent(self):
        """Bad input: strangers cannot be absent; time runs forward."""
        meeting = self._create_meeting()
        with self.assertRaises(ValidationError):
            meeting.absent_partner_ids = self.requester
        kind = self.kind.copy()
        with self.assertRaises(ValidationError):
            kind.duration = 0
        with self.assertRaises(ValidationError):
            kind.interval_days = -7

    def test_form(self):
        """MS-36: planned in the form; the end follows the start."""
        form = Form(self.env["itsm.meeting"].with_user(self.lead))
        form.kind_id = self.review
        form.start = "2026-05-05 08:00:00"
        meeting = form.save()
        self.assertEqual(meeting.stop, datetime(2026, 5, 5, 9, 30))
        self.assertEqual(meeting.partner_ids, self.lead.partner_id)
        self.assertTrue(meeting.line_ids)

    # === Steps ===

    def test_protected(self):
        """MS-29: the state is not written from outside."""
        meeting = self._create_meeting()
        for vals in ({"state": "closed"}, {"revision": 2}, {"event_id": False}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                meeting.with_user(self.manager).write(vals)
        with self.assertRaises(UserError):
            self._create_meeting(state="closed")

    def test_steps_in_order(self):
        """MS-36: a step that does not apply is refused."""
        meeting = self._create_meeting()
        for step in ("action_send_minutes", "action_close", "action_correct_minutes"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(meeting, step)()
        with freeze_time(NOW), self.assertRaisesRegex(UserError, "has not begun"):
            meeting.action_hold()

    # === Agenda ===

    def test_agenda(self):
        """MS-36: open actions, overdue duties and weak KPIs are offered, once."""
        process = self.env.ref("itsm_base.itsm_process_inc")
        actions = self.env["itsm.action"].create(
            [
                {
                    "name": name,
                    "due_date": "2026-06-30",
                    "owner_id": self.agent.id,
                    "process_id": process_id,
                }
                for name, process_id in (
                    ("Of this process", process.id),
                    ("Of another", self.env.ref("itsm_base.itsm_process_prb").id),
                )
            ]
        )
        meeting = self._create_meeting(process_id=process.id)
        standing = len(meeting.line_ids)
        meeting.action_propose_agenda()
        self.assertNotIn(actions[1], meeting.line_ids.action_ids)
        offered = meeting.line_ids.filtered(lambda line: line.action_ids == actions[0])
        self.assertEqual(len(offered), 1)
        self.assertEqual(offered.presenter_id, self.agent.partner_id)
        self.assertTrue(offered.internal)
        self.assertGreater(offered.sequence, meeting.line_ids[0].sequence)
        number = len(meeting.line_ids)
        self.assertGreaterEqual(number, standing + 1)
        meeting.action_propose_agenda()
        self.assertEqual(len(meeting.line_ids), number)

    def test_agenda_of_addons(self):
        """MS-36: an addon offers lines by extending the hook."""
        meeting = self._create_meeting()
        offers = type(meeting)._itsm_agenda_lines

        def offer(meeting):
            return [*offers(meeting), {"key": "x,1", "name": "From an addon"}]

        self.patch(type(meeting), "_itsm_agenda_lines", offer)
        meeting.action_propose_agenda()
        self.assertIn("From an addon", meeting.line_ids.mapped("name"))

    def test_agenda_of_personal_meeting(self):
        """Manners: a personal talk is offered nothing of others."""
        self.env["itsm.action"].create(
            {"name": "Overdue", "due_date": "2020-01-01", "owner_id": self.agent.id}
        )
        meeting = self._create_meeting(kind_id=self.personal.id)
        meeting.action_propose_agenda()
        self.assertFalse(meeting.line_ids)

    # === Series ===

    def test_next_meeting(self):
        """MS-36: the next meeting takes the open actions along; one is made."""
        meeting = self._create_meeting()
        line = self._line(meeting)
        context = line.action_new_action()["context"]
        actions = self.env["itsm.action"].with_user(self.lead).with_context(**context)
        still_open, done = actions.create(
            [
                {"name": "Open", "due_date": "2026-05-20"},
                {"name": "Given up", "due_date": "2026-05-20", "cancel_reason": "No"},
            ]
        )
        done.action_cancel()
        self.assertEqual(meeting.action_ids, still_open | done)
        self.assertEqual(line.action_ids, still_open | done)
        self._hold(meeting)
        with freeze_time("2026-05-05 10:00:00"):
            result = meeting.action_next_meeting()
        following = meeting.browse(result["res_id"])
        self.assertEqual(following.previous_id, meeting)
        self.assertEqual(following.start, datetime(2026, 5, 12, 8))
        self.assertEqual(following.stop, datetime(2026, 5, 12, 8, 30))
        self.assertEqual(following.partner_ids, meeting.partner_ids)
        self.assertEqual(following.line_ids.action_ids, still_open)
        following.invalidate_recordset()
        self.assertEqual(following.line_ids[0].action_ids, still_open)
        self.assertEqual(meeting.action_next_meeting()["res_id"], following.id)
        self._hold_later(following)
        third = following.browse(following.action_next_meeting()["res_id"])
        self.assertEqual(third.line_ids.action_ids, still_open)

    def _hold_later(self, meeting):
        with freeze_time("2026-05-12 10:00:00"):
            meeting.action_hold()

    def test_closed_with_its_actions(self):
        """MS-36: a meeting is closed when its actions are."""
        meeting = self._create_meeting()
        action = (
            self.env["itsm.action"]
            .with_user(self.lead)
            .create(
                {
                    "name": "Call the supplier",
                    "due_date": "2026-05-20",
                    "res_model": meeting._name,
                    "res_id": meeting.id,
                }
            )
        )
        self._line(meeting)
        self._hold(meeting)
        self.patch(
            type(self.env["ir.actions.report"]),
            "_itsm_form_pdf",
            lambda *a, **k: b"%PDF",
        )
        with self.mock_mail_gateway():
            meeting.action_send_minutes()
        with self.assertRaisesRegex(UserError, "Call the supplier"):
            meeting.action_close()
        action.cancel_reason = "He called"
        action.action_cancel()
        meeting.action_close()
        self.assertEqual(meeting.state, "closed")

    def test_kept(self):
        """MS-29: what took place is archived, not deleted; a plan can be deleted."""
        meeting = self._create_meeting()
        self._invite(meeting)
        event = meeting.event_id
        with freeze_time(NOW), self.mock_mail_gateway():
            meeting.unlink()
        self.assertFalse(event.active)
        self.assertIn(self.agent.partner_id, self._new_mails.recipient_ids)
        held = self._create_meeting()
        self._hold(held)
        with self.assertRaises(UserError):
            held.unlink()
        held.active = False
        with self.assertRaises(UserError):
            self.kind.unlink()

    def test_batch(self):
        """Speed: creating 20 meetings takes as many queries as creating 4."""
        counts = []
        for number in (4, 4, 20):
            vals_list = [self._meeting_vals() for _index in range(number)]
            before = self.cr.sql_log_count
            self.env["itsm.meeting"].with_context(tracking_disable=True).create(
                vals_list
            )
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_tracked(self):
        """MS-29: state, dates, kind and organizer are in the history."""
        fields = self.env["itsm.meeting"]._fields
        for name in ("state", "start", "stop", "kind_id", "organizer_id"):
            with self.subTest(name=name):
                self.assertTrue(fields[name].tracking)
