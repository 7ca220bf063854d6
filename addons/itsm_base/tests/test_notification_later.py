# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from ..tools import guard
from .test_notification import NotificationCommon


@tagged("post_install", "-at_install")
class TestNotificationLater(NotificationCommon):
    """Issue 4, Notifications: quiet hours and digest."""

    def _cron(self, moment):
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("itsm_base.ir_cron_itsm_notification").method_direct_trigger()
        self.env.invalidate_all()

    def _told_at(self, moment, **vals):
        with freeze_time(moment):
            ticket = self._create_ticket(user_id=self.agent.id, **vals)
            return self._notify(ticket, word="x").filtered(
                lambda log: log.partner_id == self.agent.partner_id
            )

    def test_quiet_hours(self):
        """Issue 4: out of working hours it waits for the next opening, then is sent."""
        # Friday, 6 March 2026, 17:00 is closing time; Monday opens at 9.
        log = self._told_at("2026-03-06 17:00:00")
        self.assertEqual((log.outcome, log.reason), ("waiting", "quiet"))
        self.assertEqual(log.due_at, datetime(2026, 3, 9, 9))
        self.assertFalse(self._mails(self.agent.partner_id))
        self._cron("2026-03-09 08:59:00")
        self.assertFalse(log.sent_at)
        self._cron("2026-03-09 09:00:30")
        self.assertEqual((log.outcome, log.reason), ("sent", "quiet"))
        self.assertEqual(log.sent_at, datetime(2026, 3, 9, 9, 0, 30))
        self.assertEqual(len(self._mails(self.agent.partner_id)), 1)
        self._cron("2026-03-09 10:00:00")
        self.assertEqual(len(self._mails(self.agent.partner_id)), 1)

    def test_holiday_and_extra_day(self):
        """Issue 4: holidays and extra working days are those of the timeline."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "company_id": self.company.id,
                "date_from": "2026-03-09 00:00:00",
                "date_to": "2026-03-09 23:59:59",
            }
        )
        self.assertEqual(
            self._told_at("2026-03-06 18:00:00").due_at, datetime(2026, 3, 10, 9)
        )
        self.env["itsm.working.day"].create(
            {
                "name": "Make-up day",
                "date": "2026-03-07",
                "company_id": self.company.id,
                "pattern": "0",
            }
        )
        self.assertEqual(
            self._told_at("2026-03-06 18:00:00").due_at, datetime(2026, 3, 7, 9)
        )

    def test_own_zone(self):
        """Issue 4: working hours are read where the recipient is."""
        self.agent.tz = "Asia/Shanghai"
        # 02:00 UTC is 10:00 in Shanghai; 10:00 UTC is 18:00 there.
        self.assertEqual(self._told_at("2026-03-04 02:00:00").outcome, "sent")
        log = self._told_at("2026-03-04 10:00:00")
        self.assertEqual(log.due_at, datetime(2026, 3, 5, 1))

    def test_not_quiet(self):
        """Issue 4: urgent events, people who want so, companies without quiet hours."""
        night = "2026-03-04 22:00:00"
        self.agent.itsm_no_quiet_hours = True
        self.assertEqual(self._told_at(night).outcome, "sent")
        self.agent.itsm_no_quiet_hours = False
        self.company.itsm_quiet_hours = False
        self.assertEqual(self._told_at(night).outcome, "sent")
        self.company.itsm_quiet_hours = True
        self.assertEqual(self._told_at(night).outcome, "waiting")
        self.event.urgent = True
        self.assertEqual(self._told_at(night).outcome, "sent")
        self.event.urgent = False
        self.event.mandatory = True
        self.assertEqual(self._told_at(night).outcome, "sent")

    def test_customer_is_told_at_once(self):
        """Issue 4: quiet hours are for colleagues."""
        self.audience.role = "requester"
        with freeze_time("2026-03-04 22:00:00"):
            log = self._notify(self._create_ticket(), word="x")
        self.assertEqual((log.partner_id, log.outcome), (self.requester, "sent"))

    def test_calendar_that_says_nothing(self):
        """A company without calendar, or a flexible one, has no quiet hours."""
        self.company.resource_calendar_id.schedule_type = "flexible"
        self.assertEqual(self._told_at("2026-03-04 22:00:00").outcome, "sent")
        self.company.resource_calendar_id = False
        self.assertEqual(self._told_at("2026-03-04 22:00:00").outcome, "sent")

    def test_wakes_up(self):
        """Issue 4: the scheduled action is woken for the next opening."""
        cron = self.env.ref("itsm_base.ir_cron_itsm_notification")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self._told_at("2026-03-06 17:00:00")
        new = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]) - triggers
        self.assertEqual(new.mapped("call_at"), [datetime(2026, 3, 9, 9)])

    def test_waited_in_vain(self):
        """Issue 4: what is waited for is looked at again when it is sent."""
        night = "2026-03-04 22:00:00"
        hidden = self._told_at(night, name="Secret")
        gone = self._told_at(night)
        self.env["helpdesk.ticket"].browse(gone.res_id).unlink()
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "domain_force": "[('name', '!=', 'Secret')]",
            }
        )
        self._cron("2026-03-05 09:00:00")
        self.assertEqual((hidden.outcome, hidden.reason), ("suppressed", "no_access"))
        self.assertEqual((gone.outcome, gone.reason), ("suppressed", "gone"))
        self.assertFalse(self._mails(self.agent.partner_id))
        lost = self._told_at("2026-03-04 22:00:00")
        guard.with_token(lost).write({"res_model": "itsm.uninstalled"})
        self._cron("2026-03-05 09:00:00")
        self.assertEqual((lost.outcome, lost.reason), ("suppressed", "gone"))
        left = self._told_at("2026-03-05 22:00:00")
        self.agent.active = False
        self._cron("2026-03-06 09:00:00")
        self.assertEqual((left.outcome, left.reason), ("suppressed", "inactive"))

    def test_digest_daily(self):
        """Issue 4: what was not told at once is one mail the next morning."""
        self.setting.digest = True
        first = self._told_at("2026-03-04 10:00:00", name="One")
        second = self._told_at("2026-03-04 15:00:00", name="Two")
        logs = first | second
        self.assertEqual(set(logs.mapped("outcome")), {"digest"})
        self.assertEqual(set(logs.mapped("reason")), {"company_digest"})
        # 8:00 is before the office opens: it comes at the opening
        self.assertEqual(set(logs.mapped("due_at")), {datetime(2026, 3, 5, 9)})
        self._cron("2026-03-05 09:00:00")
        mail = self._mails(self.agent.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "Your digest: 2 notifications")
        self.assertIn("Look at One", mail.body_html)
        self.assertIn("Look at Two", mail.body_html)
        self.assertEqual(set(logs.mapped("outcome")), {"digest"})
        self.assertTrue(all(logs.mapped("sent_at")))
        self._cron("2026-03-06 09:00:00")
        self.assertEqual(len(self._mails(self.agent.partner_id)), 1)

    def test_digest_without_address(self):
        """Issue 4: a digest that reaches nobody is not noted as sent."""
        self.setting.write({"digest": True, "channel": "inbox"})
        log = self._told_at("2026-03-04 10:00:00")
        self.agent.partner_id.email = False
        self._cron("2026-03-05 09:00:00")
        self.assertEqual((log.outcome, log.reason), ("suppressed", "no_address"))
        self.assertFalse(self._mails(self.agent.partner_id))

    def test_today_of_the_recipient(self):
        """An activity is due today where the recipient is, and not overdue at once."""
        self.setting.channel = "activity"
        self.agent.write({"tz": "Asia/Shanghai", "itsm_no_quiet_hours": True})
        log = self._told_at("2026-03-04 20:00:00")  # 4:00 on the 5th in Shanghai
        activity = self.env["helpdesk.ticket"].browse(log.res_id).activity_ids
        self.assertEqual(activity.date_deadline, date(2026, 3, 5))

    def test_digest_weekly(self):
        """Issue 4: a person may want his digest once a week, in his language."""
        self.agent.write({"lang": "zh_CN", "itsm_digest_frequency": "week"})
        self.company.write({"itsm_digest_weekday": "2", "itsm_digest_hour": 13.5})
        self.env["itsm.notification.preference"].create(
            {"user_id": self.agent.id, "event_id": self.event.id, "mode": "digest"}
        )
        # Wednesday, 4 March, after half past one: the digest is a week later
        log = self._told_at("2026-03-04 13:30:00", name="One")
        self.assertEqual(log.reason, "user_digest")
        self.assertEqual(log.due_at, datetime(2026, 3, 11, 13, 30))
        log = self._told_at("2026-03-04 13:29:59", name="Two")
        self.assertEqual(log.due_at, datetime(2026, 3, 4, 13, 30))
        self._cron("2026-03-11 13:30:00")
        body = self._mails(self.agent.partner_id).body_html
        self.assertIn("请看 One", body)
        self.assertIn("请看 Two", body)

    def test_urgent_is_in_no_digest(self):
        """Issue 4: neither company nor person delays what is urgent by a digest."""
        self.setting.digest = True
        self.env["itsm.notification.preference"].create(
            {"user_id": self.agent.id, "event_id": self.event.id, "mode": "digest"}
        )
        self.assertEqual(self._told_at("2026-03-04 10:00:00").outcome, "digest")
        self.event.urgent = True
        log = self._told_at("2026-03-04 10:00:00")
        self.assertEqual((log.outcome, log.reason), ("sent", "at_once"))

    def test_digest_on_a_day_off(self):
        """Issue 4: a digest that falls on a Saturday comes on Monday."""
        self.setting.digest = True
        log = self._told_at("2026-03-06 16:00:00")
        self.assertEqual(log.due_at, datetime(2026, 3, 9, 9))

    def test_customers_get_no_digest(self):
        """A customer is told at once, or not at all."""
        self.audience.role = "requester"
        self.setting.digest = True
        with freeze_time("2026-03-04 12:00:00"):
            log = self._notify(self._create_ticket(), word="x")
        self.assertEqual(log.outcome, "sent")


@tagged("post_install", "-at_install")
class TestTicketEvents(NotificationCommon):
    """Issue 4, Notifications: what tickets tell."""

    def _logs(self, code, ticket):
        return self.logs.search([("event_code", "=", code), ("res_id", "=", ticket.id)])

    def _switch_on(self, xmlid):
        setting = self._setting(self.env.ref(f"itsm_base.{xmlid}"))
        setting.enabled = True
        return setting

    def test_shipped(self):
        """Nothing surprises a living company: what Odoo tells already is off."""
        on = self.env["itsm.notification.setting"].search(
            [
                ("company_id", "=", self.company.id),
                ("enabled", "=", True),
                ("event_id.code", "in", ["ticket_assigned", "ticket_customer_reply"]),
            ]
        )
        self.assertFalse(on)

    @freeze_time("2026-03-04 12:00:00")
    def test_assigned(self):
        """Issue 4: assigned to you, on creation and later; logged although off."""
        ticket = self._create_ticket(user_id=self.agent.id)
        log = self._logs("ticket_assigned", ticket)
        self.assertLogged(
            log, (self.agent.partner_id, "inbox", "suppressed", "company")
        )
        self._switch_on("itsm_notification_audience_assigned_assignee")
        ticket.user_id = self.agent_2
        log = self._logs("ticket_assigned", ticket) - log
        self.assertLogged(log, (self.agent_2.partner_id, "activity", "sent", "at_once"))
        ticket.with_user(self.agent).user_id = self.agent
        self.assertEqual(self._logs("ticket_assigned", ticket)[0].reason, "self")

    @freeze_time("2026-03-04 12:00:00")
    def test_reopened(self):
        """Issue 4: reopened."""
        ticket = self._create_ticket(
            user_id=self.agent.id, stage_id=self.stage_resolved.id
        )
        ticket.stage_id = self.stage_open
        logs = self._logs("ticket_reopened", ticket)
        self.assertEqual(
            logs.filtered(lambda log: log.outcome == "sent").partner_id,
            self.agent.partner_id,
        )

    @freeze_time("2026-03-04 12:00:00")
    def test_customer_reply(self):
        """Issue 4: a reply of the customer to a paused or resolved ticket."""
        self._switch_on("itsm_notification_audience_customer_reply_assignee")
        ticket = self._create_ticket(user_id=self.agent.id, stage_id=self.stage_open.id)

        def reply(**kwargs):
            ticket.message_post(
                body="Still broken",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **kwargs,
            )
            return self._logs("ticket_customer_reply", ticket)

        self.assertFalse(reply(author_id=self.requester.id), "it is worked on")
        ticket.stage_id = self.stage_paused
        self.assertFalse(reply(author_id=self.agent_2.partner_id.id), "a colleague")
        logs = reply(author_id=self.requester.id)
        told = logs.filtered(lambda log: log.outcome == "sent")
        self.assertEqual(told.partner_id, self.agent.partner_id)
        self.assertIn(self.agent, ticket.activity_ids.user_id)

    def test_import_is_silent(self):
        """Manners: tickets that come as history leave no row at all."""
        tickets = guard.with_token(self.env["helpdesk.ticket"])
        ticket = tickets.create(
            [self._ticket_vals(user_id=self.agent.id, is_history=True)]
        )
        self.assertFalse(self._logs("ticket_assigned", ticket))
