# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools import guard
from .common import ItsmCommon

#: A Wednesday at noon in UTC: working time of everybody below.
WORKING = "2026-03-04 12:00:00"


class NotificationCommon(ItsmCommon):
    """An event of the ticket of our own, with a recipient role for each test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # the mark of bulk loads, under which nobody is told, and which tests have
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": False})
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.events = cls.env["itsm.notification.event"]
        cls.logs = cls.env["itsm.notification.log"]
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Test",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Look at {{ object.name }}",
                "body_html": "<p>Word: <t t-out=\"extra.get('word')\"/></p>",
            }
        )
        cls.template.with_context(lang="zh_CN").subject = "请看 {{ object.name }}"
        cls.event = cls.events.create(
            {
                "name": "Test event",
                "code": "test_event",
                "model_id": cls.template.model_id.id,
                "template_id": cls.template.id,
            }
        )
        cls.audience = cls._audience("assignee", default_channel="mail")
        cls.setting = cls._setting(cls.audience)
        (cls.agent | cls.agent_2 | cls.lead | cls.manager).write({"tz": "UTC"})
        calendar = cls.env["resource.calendar"].create(
            {
                "name": "Monday to Friday 9 to 17",
                "tz": "UTC",
                "company_id": cls.company.id,
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": str(day),
                            "dayofweek": str(day),
                            "hour_from": 9,
                            "hour_to": 17,
                            "day_period": "morning",
                        }
                    )
                    for day in range(5)
                ],
            }
        )
        cls.company.write(
            {
                "resource_calendar_id": calendar.id,
                "itsm_quiet_hours": True,
                "itsm_digest_hour": 8.0,
                "itsm_digest_weekday": "0",
            }
        )

    @classmethod
    def _audience(cls, role, event=None, **vals):
        return cls.env["itsm.notification.audience"].create(
            {
                "event_id": (event or cls.event).id,
                "role": role,
                "default_enabled": True,
                **vals,
            }
        )

    @classmethod
    def _setting(cls, audience, company=None):
        return cls.env["itsm.notification.setting"].search(
            [
                ("audience_id", "=", audience.id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )

    def _mails(self, partner):
        # not those of Odoo's own messages, such as the one to an assignee
        return self.env["mail.mail"].search(
            [("recipient_ids", "in", partner.ids), ("is_notification", "=", False)]
        )

    def _notify(self, tickets, **extra):
        return self.events._notify("test_event", tickets, **extra)

    def assertLogged(self, logs, *expected):
        """Each row as ``(person, channel, outcome, reason)``."""
        self.assertEqual(
            [(log.partner_id, log.channel, log.outcome, log.reason) for log in logs],
            list(expected),
        )


@tagged("post_install", "-at_install")
class TestNotification(NotificationCommon):
    """Issue 4, Notifications: who got what, how, and why or why not."""

    @freeze_time(WORKING)
    def test_mail(self):
        """Issue 4: one mail per recipient, in his language, with its template."""
        self.agent.lang = "zh_CN"
        one = self._create_ticket(name="Printer", user_id=self.agent.id)
        two = self._create_ticket(name="Mouse", user_id=self.agent_2.id)
        logs = self._notify(one | two, word="=1<b>")
        self.assertLogged(
            logs,
            (self.agent.partner_id, "mail", "sent", "at_once"),
            (self.agent_2.partner_id, "mail", "sent", "at_once"),
        )
        self.assertEqual(logs.mapped("sent_at"), [datetime(2026, 3, 4, 12)] * 2)
        mail = self._mails(self.agent.partner_id)
        self.assertEqual(mail.subject, "请看 Printer")
        self.assertIn("Word: =1&lt;b&gt;", mail.body_html)
        self.assertIn(f"res_id={one.id}", mail.body_html)
        self.assertEqual(self._mails(self.agent_2.partner_id).subject, "Look at Mouse")

    @freeze_time(WORKING)
    def test_delivery(self):
        """Issue 4: handed over is not delivered; what failed says so, and why."""
        one = self._create_ticket(name="Printer", user_id=self.agent.id)
        two = self._create_ticket(name="Mouse", user_id=self.agent_2.id)
        good, bad = self._notify(one | two, word="x")
        self.assertEqual((good.delivery, bad.delivery), ("queued", "queued"))
        good.mail_id._postprocess_sent_message(self.agent.partner_id, [])
        bad.mail_id._postprocess_sent_message(
            [], [], failure_reason="Connection refused", failure_type="mail_smtp"
        )
        self.assertEqual((good.delivery, good.outcome), ("accepted", "sent"))
        self.assertEqual(
            (bad.delivery, bad.outcome, bad.reason, bad.note),
            ("refused", "failed", "mail", "Connection refused"),
        )
        bad.mail_id._postprocess_sent_message(self.agent_2.partner_id, [])  # again
        self.assertEqual(
            (bad.delivery, bad.outcome, bad.note), ("accepted", "sent", False)
        )

    @freeze_time(WORKING)
    def test_one_mail_per_batch(self):
        """Issue 4: many records for one person are one mail, and one row each."""
        tickets = self._create_tickets(5, user_id=self.agent.id)
        logs = self._notify(tickets, word="x")
        self.assertEqual(len(logs), 5)
        mail = self._mails(self.agent.partner_id)
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.subject, "5 notifications: Test event")
        for ticket in tickets:
            self.assertIn(f"res_id={ticket.id}", mail.body_html)

    @freeze_time(WORKING)
    def test_constant_queries(self):
        """Speed: five times the tickets cost the same queries, but for their texts."""
        few = self._create_tickets(4, user_id=self.agent.id)
        many = self._create_tickets(20, user_id=self.agent.id)
        self._notify(few, word="x")  # caches of templates and views
        counts = []
        for tickets in few, many:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._notify(tickets, word="x")
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    @freeze_time(WORKING)
    def test_activity(self):
        """Issue 4: an activity for each record, without a mail."""
        self.setting.channel = "activity"
        ticket = self._create_ticket(user_id=self.agent.id)
        logs = self._notify(ticket, word="x")
        self.assertLogged(logs, (self.agent.partner_id, "activity", "sent", "at_once"))
        activity = ticket.activity_ids
        self.assertEqual(activity.user_id, self.agent)
        self.assertEqual(activity.summary, "Look at Test ticket")
        self.assertFalse(self._mails(self.agent.partner_id))

    @freeze_time(WORKING)
    def test_inbox(self):
        """Issue 4: in Odoo; who does not use the inbox gets an activity."""
        self.setting.channel = "inbox"
        self.agent.notification_type = "inbox"
        self.agent_2.notification_type = "email"
        one = self._create_ticket(user_id=self.agent.id)
        two = self._create_ticket(user_id=self.agent_2.id)
        before = one.message_ids
        logs = self._notify(one | two, word="x")
        self.assertLogged(
            logs,
            (self.agent.partner_id, "inbox", "sent", "at_once"),
            (self.agent_2.partner_id, "activity", "sent", "at_once"),
        )
        waiting = self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", self.agent.partner_id.id),
                ("notification_type", "=", "inbox"),
                ("mail_message_id.res_id", "=", one.id),
                ("mail_message_id.message_type", "=", "user_notification"),
                ("mail_message_id.subject", "=", "Look at Test ticket"),
            ]
        )
        self.assertEqual(len(waiting), 1)
        self.assertFalse(waiting.is_read)
        self.assertEqual(one.message_ids, before, "nothing in the chatter")
        self.assertEqual(two.activity_ids.user_id, self.agent_2)

    @freeze_time(WORKING)
    def test_roles(self):
        """Issue 4: each recipient role is found; nobody is told twice."""
        self.service.owner_id = self.lead
        role = self.env["itsm.role"].create({"name": "Tester", "code": "t_tester"})
        self.env["itsm.role.holder"].create(
            {
                "role_id": role.id,
                "company_id": self.company.id,
                "user_id": self.manager.id,
            }
        )
        self._audience("team_leader", sequence=20, default_channel="mail")
        self._audience("owner", sequence=30, default_channel="mail")
        self._audience("requester", sequence=40, default_channel="mail")
        self._audience("holder", role_id=role.id, sequence=50, default_channel="mail")
        ticket = self._create_ticket(service_id=self.service.id)
        self.assertLogged(
            self._notify(ticket, word="x"),
            (self.env["res.partner"], "mail", "suppressed", "nobody"),
            (self.lead.partner_id, "mail", "sent", "at_once"),
            (self.lead.partner_id, "mail", "suppressed", "twice"),
            (self.requester, "mail", "sent", "at_once"),
            (self.manager.partner_id, "mail", "sent", "at_once"),
        )

    @freeze_time(WORKING)
    def test_roles_of_ticket(self):
        """Issue 4: team, participants and manager of a ticket."""
        ticket = self._create_ticket()
        ticket.message_subscribe((self.agent.partner_id | self.requester).ids)
        found = ticket._itsm_notification_recipients
        self.assertEqual(
            found("team")[ticket.id], (self.agent | self.agent_2 | self.lead).partner_id
        )
        participants = found("participants")[ticket.id]
        self.assertIn(self.agent.partner_id, participants)
        self.assertNotIn(self.requester, participants)
        managers = found("manager")[ticket.id]
        self.assertIn(self.manager.partner_id, managers)
        self.assertNotIn(self.lead.partner_id, managers)
        self.assertFalse(found("unheard-of"))

    @freeze_time(WORKING)
    def test_customer_answers_to_ticket(self):
        """Issue 4: a customer's mail carries the record: his answer comes back."""
        self.audience.role = "requester"
        ticket = self._create_ticket()
        self._notify(ticket, word="x")
        mail = self._mails(self.requester)
        self.assertEqual((mail.model, mail.res_id), ("helpdesk.ticket", ticket.id))

    # === Why not ===

    @freeze_time(WORKING)
    def test_off_by_company(self):
        """Issue 4: switched off by the company, and the log says so."""
        self.setting.enabled = False
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertLogged(
            self._notify(ticket),
            (self.agent.partner_id, "mail", "suppressed", "company"),
        )
        self.assertFalse(self._mails(self.agent.partner_id))

    @freeze_time(WORKING)
    def test_off_by_user(self):
        """Issue 4: switched off by the person; a mandatory event cannot be."""
        preference = self.env["itsm.notification.preference"].with_user(self.agent)
        preference = preference.create({"event_id": self.event.id, "mode": "off"})
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertLogged(
            self._notify(ticket), (self.agent.partner_id, "mail", "suppressed", "user")
        )
        self.event.mandatory = True
        self.assertLogged(
            self._notify(ticket), (self.agent.partner_id, "mail", "sent", "at_once")
        )
        with self.assertRaisesRegex(ValidationError, "must be told at once"):
            preference.write({"mode": "digest"})
        with self.assertRaisesRegex(ValidationError, "must be told at once"):
            self.setting.enabled = False

    @freeze_time(WORKING)
    def test_no_address(self):
        """Issue 4: no e-mail address."""
        self.agent.partner_id.email = False
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertLogged(
            self._notify(ticket),
            (self.agent.partner_id, "mail", "suppressed", "no_address"),
        )

    @freeze_time(WORKING)
    def test_customer_gets_no_activity(self):
        """Issue 4: activities and the inbox are for colleagues."""
        self.audience.role = "requester"
        self.setting.channel = "activity"
        ticket = self._create_ticket()
        self.assertLogged(
            self._notify(ticket),
            (self.requester, "activity", "suppressed", "no_user"),
        )

    @freeze_time(WORKING)
    def test_may_not_read(self):
        """Issue 4: who may not read the record is told nothing of it."""
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "domain_force": "[('name', '!=', 'Secret')]",
            }
        )
        secret = self._create_ticket(name="Secret", user_id=self.agent.id)
        logs = self._notify(secret, word="x")
        self.assertLogged(
            logs, (self.agent.partner_id, "mail", "suppressed", "no_access")
        )
        self.assertFalse(self._mails(self.agent.partner_id))
        for user in self.agent, self.lead, self.manager:
            mine = self.logs.with_user(user)
            self.assertFalse(mine.search([("id", "in", logs.ids)]))
            self.assertFalse(mine.search_count([("res_id", "=", secret.id)]))
            with self.assertRaises(AccessError):
                mine.browse(logs.id).read(["outcome"])

    @freeze_time(WORKING)
    def test_colleague_of_no_company(self):
        """Issue 4: a colleague who does not work in the ticket's company."""
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.agent.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        ticket = self._create_ticket(team_id=False, company_id=self.company.id)
        ticket.with_context(tracking_disable=True).user_id = self.agent
        self.assertLogged(
            self._notify(ticket),
            (self.agent.partner_id, "mail", "suppressed", "no_access"),
        )

    @freeze_time(WORKING)
    def test_who_did_it(self):
        """Issue 4: nobody is told what he did himself."""
        ticket = self._create_ticket(user_id=self.agent.id)
        logs = self.events.with_user(self.agent)._notify("test_event", ticket)
        self.assertLogged(logs, (self.agent.partner_id, "mail", "suppressed", "self"))

    @freeze_time(WORKING)
    def test_left(self):
        """Issue 4: who has left is not told."""
        ticket = self._create_ticket(user_id=self.agent.id)
        self.agent.active = False
        self.assertLogged(
            self._notify(ticket),
            (self.agent.partner_id, "mail", "suppressed", "inactive"),
        )

    @freeze_time(WORKING)
    def test_history(self):
        """Manners: nothing from history, imports and bulk loads."""
        ticket = self._create_ticket(user_id=self.agent.id)
        expected = (self.agent.partner_id, "mail", "suppressed", "history")
        guard.with_token(ticket).write({"is_history": True})
        self.assertLogged(self._notify(ticket), expected)
        guard.with_token(ticket).write({"is_history": False})
        events = guard.silence(self.events)
        self.assertLogged(events._notify("test_event", ticket), expected)
        with patch.object(self.registry, "ready", False):
            self.assertFalse(self._notify(ticket))

    @freeze_time(WORKING)
    def test_unknown_and_archived(self):
        """An unknown or archived event does nothing."""
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertFalse(self.events._notify("unheard-of", ticket))
        self.event.active = False
        self.assertFalse(self._notify(ticket))
        self.assertFalse(self._notify(ticket.browse()))

    @freeze_time(WORKING)
    def test_broken_template(self):
        """A template that cannot be rendered stops no save and no other recipient."""
        broken = self.template.copy(
            {"body_html": '<p><t t-out="object.user_id.name + 1"/></p>'}
        )
        leader = self._audience("team_leader", sequence=20, default_channel="mail")
        self._setting(leader).template_id = broken
        ticket = self._create_ticket(user_id=self.agent.id)
        with mute_logger(
            "odoo.addons.itsm_base.models.itsm_notification_log_send",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            logs = self._notify(ticket, word="x")
        self.assertEqual(logs.mapped("outcome"), ["sent", "failed"])
        self.assertEqual(logs[1].reason, "error")
        self.assertTrue(logs[1].note)
        self.assertTrue(self._mails(self.agent.partner_id))

    @freeze_time(WORKING)
    def test_one_bad_recipient(self):
        """What cannot be told to one stops nobody else."""
        self._audience("team_leader", sequence=20, default_channel="mail")
        ticket = self._create_ticket(user_id=self.agent.id)
        model = type(self.logs)
        tell = model._tell_by_mail

        def fail_for_agent(logs, texts):
            if self.agent.partner_id in logs.partner_id:
                raise ValueError("no way")
            return tell(logs, texts)

        with (
            patch.object(model, "_tell_by_mail", fail_for_agent),
            mute_logger("odoo.addons.itsm_base.models.itsm_notification_log_send"),
        ):
            logs = self._notify(ticket, word="x")
        self.assertLogged(
            logs,
            (self.agent.partner_id, "mail", "failed", "error"),
            (self.lead.partner_id, "mail", "sent", "at_once"),
        )
        self.assertEqual(logs[0].note, "no way")
        self.assertTrue(self._mails(self.lead.partner_id))

    @freeze_time(WORKING)
    def test_template_holds_no_key(self):
        """Manners: what a user wrote into a template writes no protected field."""
        self.template.body_html = (
            "<p><t t-out=\"object.name == 'Key' and "
            "object.write({'resolved_at': '2026-01-01 00:00:00'})\"/></p>"
        )
        ticket = self._create_ticket(name="Key", user_id=self.agent.id)
        with mute_logger(
            "odoo.addons.itsm_base.models.itsm_notification_log_send",
            "odoo.addons.mail.models.mail_render_mixin",
        ):
            logs = self._notify(ticket, word="x")
        self.assertEqual(logs.outcome, "failed")
        self.assertFalse(ticket.resolved_at)

    @freeze_time(WORKING)
    def test_deleted_set_up(self):
        """A template or role that is deleted afterwards stops no save."""
        role = self.env["itsm.role"].create({"name": "Tester", "code": "t_tester"})
        self._audience("holder", role_id=role.id, sequence=50)
        ticket = self._create_ticket(user_id=self.agent.id)
        self.assertEqual(len(self._notify(ticket, word="x")), 2)
        self.template.unlink()
        role.unlink()
        self.assertLogged(
            self._notify(ticket, word="x"),
            (self.agent.partner_id, "mail", "sent", "at_once"),
        )

    @freeze_time(WORKING)
    def test_without_template(self):
        """An event without a template says its name and the record's."""
        self.event.template_id = False
        ticket = self._create_ticket(user_id=self.agent.id)
        self._notify(ticket)
        self.assertEqual(
            self._mails(self.agent.partner_id).subject,
            f"Test event: {ticket.display_name}",
        )

    # === Companies ===

    @freeze_time(WORKING)
    def test_companies(self):
        """Issue 4: each company has its own settings, a new one too."""
        other = self.env["res.company"].create({"name": "Other"})
        setting = self._setting(self.audience, other)
        self.assertTrue(setting.enabled)
        setting.enabled = False
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Other", "company_id": other.id}
        )
        self.agent.company_ids |= other
        here = self._create_ticket(user_id=self.agent.id)
        there = self._create_ticket(team_id=team.id, company_id=other.id, user_id=False)
        there.user_id = self.agent
        logs = self._notify(here | there, word="x")
        self.assertEqual(
            {(log.company_id, log.outcome) for log in logs},
            {(self.company, "sent"), (other, "suppressed")},
        )
        mine = self.logs.with_user(self.agent).with_context(
            allowed_company_ids=self.company.ids
        )
        found = mine.search([("id", "in", logs.ids)])
        self.assertEqual(found.company_id, self.company)

    # === Rights ===

    def test_evidence(self):
        """Manners: nobody writes the log, not even with sudo."""
        ticket = self._create_ticket(user_id=self.agent.id)
        log = self._notify(ticket, word="x").sudo()
        plain = self.logs.sudo().browse(log.id)
        for call in (
            lambda: plain.write({"outcome": "sent"}),
            plain.unlink,
            lambda: plain.create({"event_code": "x"}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_who_sees(self):
        """Issue 4: agents see the log of what they may read; customers nothing."""
        ticket = self._create_ticket(name="Printer", user_id=self.agent.id)
        log = self._notify(ticket, word="x")
        mine = self.logs.with_user(self.agent)
        self.assertIn(log.id, mine.search([]).ids)
        row = mine.browse(log.id)
        self.assertEqual(row.record_name, ticket.display_name)
        found = mine.search([("record_name", "ilike", "Printer")])
        self.assertIn(log.id, found.ids)
        self.assertEqual(set(found.mapped("res_id")), {ticket.id})
        self.assertFalse(mine.search([("record_name", "ilike", "Scanner")]))
        self.assertEqual(
            mine.search([("partner_id", "=", self.agent.partner_id.id)])
            .filtered(lambda log: log.event_code == "test_event")
            .ids,
            log.ids,
        )
        with self.assertRaises(AccessError):
            row.read(["extra"])
        self.assertGreaterEqual(ticket.with_user(self.agent).itsm_notification_count, 1)
        action = ticket.with_user(self.agent).action_itsm_notifications()
        self.assertIn(log.id, mine.search(action["domain"]).ids)
        self.assertEqual(row.action_open_record()["res_id"], ticket.id)
        for user in self.portal_user, self.employee:
            with self.assertRaises(AccessError):
                self.logs.with_user(user).search([])
        self.assertEqual(ticket.with_user(self.employee).itsm_notification_count, 0)

    def test_deleted_record(self):
        """Manners: evidence of a deleted record stays, for the manager."""
        ticket = self._create_ticket(user_id=self.agent.id)
        log = self._notify(ticket, word="x")
        ticket.unlink()
        self.assertTrue(self.logs.with_user(self.manager).search([("id", "=", log.id)]))
        row = self.logs.with_user(self.manager).browse(log.id)
        self.assertEqual(row.record_name, "No longer there, or not for you")
        self.assertFalse(self.logs.with_user(self.agent).search([("id", "=", log.id)]))

    def test_settings_rights(self):
        """Issue 4: managers set, agents and leads do not; only of their companies."""
        self.setting.with_user(self.manager).write({"digest": True})
        for user in self.agent, self.lead, self.portal_user:
            with self.assertRaises(AccessError):
                self.setting.with_user(user).write({"enabled": False})
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self._setting(self.audience, other)
        with self.assertRaises(AccessError):
            foreign.with_user(self.manager).write({"enabled": False})

    def test_preferences_rights(self):
        """Issue 4: a person's preferences are his own, from the form too."""
        preferences = self.env["itsm.notification.preference"]
        theirs = preferences.create(
            {"user_id": self.lead.id, "event_id": self.event.id, "mode": "off"}
        )
        mine = preferences.with_user(self.agent)
        self.assertFalse(mine.search([]))
        with self.assertRaises(AccessError):
            theirs.with_user(self.agent).write({"mode": "on"})
        with self.assertRaises(AccessError):
            mine.create({"user_id": self.manager.id, "event_id": self.event.id})
        given = mine.create({"event_id": self.event.id, "mode": "off"})
        with self.assertRaises(AccessError), self.cr.savepoint():
            given.user_id = self.manager
        given.unlink()
        # as saved from the preferences form, which Odoo writes with all rights
        me = self.agent.with_user(self.agent)
        transaction = self.env.transaction
        self.addCleanup(setattr, transaction, "default_env", transaction.default_env)
        transaction.default_env = me.env  # as in a request of the agent
        me.write(
            {
                "itsm_digest_frequency": "week",
                "itsm_notification_preference_ids": [
                    Command.create({"event_id": self.event.id, "mode": "digest"})
                ],
            }
        )
        self.assertEqual(mine.search([]).mode, "digest")
        with self.assertRaises(AccessError):
            me.write(
                {
                    "itsm_notification_preference_ids": [
                        Command.update(theirs.id, {"mode": "on"})
                    ]
                }
            )
        self.assertEqual(theirs.mode, "off")
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            mine.create({"event_id": self.event.id})
            self.env.flush_all()

    def test_preferences_form(self):
        """Issue 4: the preferences are in everybody's own form."""
        view = "base.view_users_form_simple_modif"
        with Form(self.agent.with_user(self.agent), view=view) as form:
            form.itsm_no_quiet_hours = True
            with form.itsm_notification_preference_ids.new() as line:
                line.event_id = self.event
                line.mode = "off"
        self.assertTrue(self.agent.itsm_no_quiet_hours)
        self.assertEqual(self.agent.itsm_notification_preference_ids.mode, "off")

    # === Bad input ===

    def test_bad_configuration(self):
        """Bad input: a role where there is none, a template or model that fits not."""
        with self.assertRaisesRegex(ValidationError, "Holders of a role"):
            self._audience("holder")
        wrong = self.env["mail.template"].create(
            {"name": "X", "model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        with self.assertRaisesRegex(ValidationError, "is not about"):
            self.setting.template_id = wrong
        with self.assertRaisesRegex(ValidationError, "itsm.notification.mixin"):
            self.events.create(
                {
                    "name": "X",
                    "code": "x",
                    "model_id": self.env["ir.model"]._get_id("res.partner"),
                }
            )

    def test_forgets_noise(self):
        """Rows that say only that nothing was to be told go after 90 days."""
        self.setting.enabled = False
        ticket = self._create_ticket(user_id=self.agent.id)
        with freeze_time("2026-01-01 10:00:00"):
            old = self._notify(ticket)
        with freeze_time("2026-03-31 10:00:00"):
            recent = self._notify(ticket)
        self.setting.enabled = True
        with freeze_time("2026-01-01 10:00:00"):
            told = self._notify(ticket, word="x")
        with freeze_time("2026-04-02 10:00:00"):
            self.logs._gc_short_lived()
        self.assertEqual((old | recent | told).exists(), recent | told)
