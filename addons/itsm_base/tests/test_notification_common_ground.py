# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCase

from ..tools import guard
from .duty_common import DutyCommon
from .test_notification import WORKING, NotificationCommon


class ToldMixin:
    """What the log of notifications says."""

    def _told(self, code, record):
        """Each row as ``(person, channel, outcome, reason)``, in order."""
        logs = self.env["itsm.notification.log"].search(
            [
                ("event_code", "=", code),
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
            ],
            order="id",
        )
        return [(log.partner_id, log.channel, log.outcome, log.reason) for log in logs]

    def _switch(self, xmlid, **vals):
        """Set what the company has for a recipient role."""
        audience = self.env.ref(xmlid)
        self.env["itsm.notification.setting"].search(
            [("audience_id", "=", audience.id), ("company_id", "=", self.company.id)]
        ).write(vals)


@tagged("post_install", "-at_install")
class TestActionNotification(ToldMixin, NotificationCommon):
    """Issue 4, Notifications: what actions tell."""

    def _create_action(self, **vals):
        return self.env["itsm.action"].create(
            {
                "name": "Test the restore",
                "owner_id": self.agent.id,
                "due_date": "2026-03-20",
                **vals,
            }
        )

    def _do(self, action):
        file = self.env["ir.attachment"].with_user(self.agent)
        file = file.create({"name": "proof.txt", "raw": b"x"})
        action = action.with_user(self.agent)
        action.write(
            {"evidence_note": "Done", "attachment_ids": [Command.link(file.id)]}
        )
        action.action_done()

    @freeze_time(WORKING)
    def test_given(self):
        """MS-53: off, as an activity tells it; the log says so; can be switched on."""
        action = self._create_action()
        self.assertEqual(
            self._told("action_given", action),
            [(self.agent.partner_id, "mail", "suppressed", "company")],
        )
        self.assertFalse(self._mails(self.agent.partner_id))
        self.assertEqual(len(action.activity_ids), 1, "told by the activity only")
        self._switch(
            "itsm_base.itsm_notification_audience_action_given_owner", enabled=True
        )
        action.owner_id = self.agent_2
        self.assertEqual(
            self._told("action_given", action)[1:],
            [(self.agent_2.partner_id, "mail", "sent", "at_once")],
        )
        action.owner_id = self.agent_2
        self.assertEqual(len(self._told("action_given", action)), 2, "no change")

    @freeze_time(WORKING)
    def test_not_effective(self):
        """MS-53: owner at once, owner of the process in his digest."""
        process = self.env.ref("itsm_base.itsm_process_inc")
        process.write({"owner_id": self.manager.id, "manager_id": False})
        action = self._create_action(process_id=process.id, checker_id=self.lead.id)
        self._do(action)
        self.assertEqual(
            self._told("action_to_check", action)[0],
            (self.lead.partner_id, "mail", "suppressed", "company"),
        )
        checked = action.with_user(self.lead)
        checked.check_note = "As before"
        checked.action_check_not_effective()
        told = self._told("action_not_effective", action)
        self.assertEqual(
            told[:2],
            [
                (self.agent.partner_id, "mail", "sent", "at_once"),
                (self.manager.partner_id, "mail", "digest", "company_digest"),
            ],
        )
        mail = self._mails(self.agent.partner_id)
        self.assertEqual(mail.subject, "It did not help: Test the restore")

    def _cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("itsm_base.ir_cron_itsm_action").method_direct_trigger()
        self.env.invalidate_all()

    def test_overdue_once(self):
        """MS-53: told once for each due day, the day after; nothing that is old."""
        with freeze_time(WORKING):
            old = self._create_action(due_date="2026-03-01")
            action = self._create_action()
        self._cron("2026-03-20 12:00:00")
        self.assertFalse(self._told("action_overdue", action))
        for moment in "2026-03-23 10:00:00", "2026-03-24 10:00:00":
            self._cron(moment)
            self.assertEqual(
                self._told("action_overdue", action)[0],
                (self.agent.partner_id, "mail", "sent", "at_once"),
            )
        self.assertEqual(len(self._mails(self.agent.partner_id)), 1)
        self.assertFalse(self._told("action_overdue", old))
        action.due_date = "2026-03-25"
        self._cron("2026-03-26 10:00:00")
        self.assertEqual(len(self._mails(self.agent.partner_id)), 2)

    def test_personal(self):
        """Manners: who may not see a personal action is told nothing of it."""
        process = self.env.ref("itsm_base.itsm_process_inc")
        process.write({"owner_id": self.agent_2.id, "manager_id": False})
        with freeze_time(WORKING):
            action = self._create_action(process_id=process.id, restricted=True)
        self._cron("2026-03-23 10:00:00")
        self.assertEqual(
            self._told("action_overdue", action)[1],
            (self.agent_2.partner_id, "mail", "suppressed", "no_access"),
        )

    @freeze_time(WORKING)
    def test_import_is_silent(self):
        """Manners: an imported list of actions tells nobody."""
        self._switch(
            "itsm_base.itsm_notification_audience_action_given_owner", enabled=True
        )
        result = self.env["itsm.action"].load(
            ["name", "due_date", "owner_id/.id"],
            [["Imported", "2026-06-30", str(self.agent.id)]],
        )
        action = self.env["itsm.action"].browse(result["ids"])
        self.assertTrue(action)
        self.assertEqual(
            self._told("action_given", action),
            [(self.agent.partner_id, "mail", "suppressed", "history")],
        )
        self.assertFalse(action.activity_ids)
        self.assertFalse(self._mails(self.agent.partner_id))

    @freeze_time(WORKING)
    def test_constant_queries(self):
        """Speed: twenty actions of one owner are told by the queries of four."""
        self._switch(
            "itsm_base.itsm_notification_audience_action_given_owner", enabled=True
        )
        actions = self.env["itsm.action"]
        counts = []
        for number in 4, 4, 20:
            made = actions.browse(self._create_action().id for _index in range(number))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["itsm.notification.event"]._notify("action_given", made)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])


@tagged("post_install", "-at_install")
class TestMeetingNotification(ToldMixin, NotificationCommon, MailCase):
    """Issue 4, Notifications: what meetings tell, beside the calendar."""

    def _meeting(self, **vals):
        nobody = self.env["res.partner"].create({"name": "Without Address"})
        return (
            self.env["itsm.meeting"]
            .with_user(self.lead)
            .create(
                {
                    "kind_id": self.env.ref(
                        "itsm_base.itsm_meeting_kind_weekly_desk"
                    ).id,
                    "organizer_id": self.lead.id,
                    "start": "2026-03-04 13:00:00",
                    "partner_ids": [Command.set((self.agent.partner_id | nobody).ids)],
                    "notes": "<p>Agreed</p>",
                    **vals,
                }
            )
        )

    def test_minutes(self):
        """MS-36: one screen says who got the minutes, and who could not."""
        with freeze_time(WORKING):
            meeting = self._meeting()
        self.patch(
            type(self.env["ir.actions.report"]),
            "_itsm_form_pdf",
            lambda *a, **k: b"%PDF",
        )
        with freeze_time("2026-03-04 14:00:00"), self.mock_mail_gateway():
            meeting.action_hold()
            meeting.action_send_minutes()
        self.assertCountEqual(
            self._told("meeting_minutes_sent", meeting),
            [
                (self.agent.partner_id, "mail", "sent", "at_once"),
                (
                    meeting.partner_ids - self.agent.partner_id,
                    "mail",
                    "suppressed",
                    "no_address",
                ),
            ],
        )
        self.assertEqual(len(self._new_mails), 1, "told once")

    def test_out_of_calendar(self):
        """MS-36: the organizer hears that somebody deleted the event."""
        with freeze_time(WORKING), self.mock_mail_gateway():
            meeting = self._meeting()
            meeting.action_invite()
            meeting.event_id.with_user(self.agent).unlink()
            self.assertEqual(
                self._told("meeting_out_of_calendar", meeting),
                [(self.lead.partner_id, "mail", "sent", "at_once")],
            )


@tagged("post_install", "-at_install")
class TestDutyNotification(ToldMixin, DutyCommon):
    """Issue 4, Notifications: what duties tell (CAL-10, CAL-11)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.itsm_quiet_hours = False
        definition = cls._definition("2026-04-01")
        with freeze_time("2026-04-01 04:00:00"):
            cls.env["itsm.duty.scope"]._of_active()._generate(100)
        # due on Friday 10 April 2026, until 16:00 UTC
        cls.duty = cls.duties.search([("definition_id", "=", definition.id)])
        cls.made = cls.env["itsm.notification.log"].search_count(
            [("event_code", "=", "duty_given"), ("res_id", "=", cls.duty.id)]
        )
        cls.duty._give(cls.agent)

    def test_overdue_once(self):
        """CAL-11: told once when the due day has passed, and nothing that is old."""
        for moment, times in (
            ("2026-04-10 15:59:59", 0),
            ("2026-04-10 16:00:00", 1),
            ("2026-04-11 16:00:00", 1),
        ):
            with self.subTest(moment=moment), freeze_time(moment):
                self.duties._tell_overdue()
                rows = self._told("duty_overdue", self.duty)
                mine = [row for row in rows if row[0] == self.agent.partner_id]
                self.assertEqual(
                    mine, [(self.agent.partner_id, "mail", "sent", "at_once")] * times
                )

    def test_overdue_for_long(self):
        """Manners: what has been overdue for more than a week is told to nobody."""
        with freeze_time("2026-04-17 16:00:00"):
            self.duties._tell_overdue()
        self.assertFalse(self._told("duty_overdue", self.duty))

    def test_waived_and_reopened(self):
        """CAL-10: who had it hears that it need not be done."""
        duty = self.duty
        duty.with_user(self.manager).action_waive("Merged")
        self.assertEqual(
            self._told("duty_waived", duty)[0],
            (self.agent.partner_id, "mail", "sent", "at_once"),
        )
        duty.with_user(self.manager).action_reopen("Not merged")
        self.assertEqual(
            self._told("duty_reopened", duty)[0][2:], ("suppressed", "company")
        )

    def test_given(self):
        """Speed: making duties writes no row for each; handing over does."""
        self.assertEqual(self.made, 0)
        self.assertEqual(
            self._told("duty_given", self.duty),
            [(self.agent.partner_id, "mail", "suppressed", "company")],
        )


@tagged("post_install", "-at_install")
class TestSilence(NotificationCommon):
    """Manners: only code that asks for silence gets it."""

    @freeze_time(WORKING)
    def test_keys_of_a_client(self):
        """A remote call cannot keep others from being told."""
        ticket = self._create_ticket(user_id=self.agent.id)
        for key in "tracking_disable", "import_file", "install_mode", "itsm_silence":
            with self.subTest(key=key):
                events = self.events.with_context(**{key: True})
                logs = events._notify("test_event", ticket)
                self.assertEqual(logs.mapped("outcome"), ["sent"])

    @freeze_time(WORKING)
    def test_silence(self):
        """What code does in silence is told to nobody, and the log says so."""
        ticket = self._create_ticket(user_id=self.agent.id)
        logs = guard.silence(self.events)._notify("test_event", ticket)
        self.assertLogged(
            logs, (self.agent.partner_id, "mail", "suppressed", "history")
        )
        self.assertFalse(guard.is_silent(self.events))
