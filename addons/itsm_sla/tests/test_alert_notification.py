# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

MON = "2026-03-23 10:00"
# Resolution within 4 h from 10:00: at risk at 75 %, after 3 h; late after 15:00.
AT_RISK, LATE = "2026-03-23 14:01", "2026-03-23 15:01"


@tagged("post_install", "-at_install")
class TestAlertNotification(SlaCommon):
    """Issue 4, Notifications: alerts are notifications like all others."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240)})
        cls.mails_before = cls.env["mail.mail"].search([])

    def _told(self, code, ticket):
        logs = self.env["itsm.notification.log"].search(
            [("event_code", "=", code), ("res_id", "=", ticket.id)], order="id"
        )
        return [(log.partner_id, log.outcome, log.reason) for log in logs]

    def _activities(self, ticket):
        return self.env["mail.activity"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )

    def _mails(self):
        return self.env["mail.mail"].search([]) - self.mails_before

    def _setting(self, xmlid):
        return self.env["itsm.notification.setting"].search(
            [
                ("audience_id", "=", self.env.ref(f"itsm_sla.{xmlid}").id),
                ("company_id", "=", self.company.id),
            ]
        )

    def test_told_once(self):
        """SLM-35: as the rule says, once, and the screen of notifications knows."""
        ticket = self._report(MON)
        self._run_scheduler(AT_RISK)
        leader = self.lead.partner_id
        self.assertEqual(
            self._told("clock_at_risk", ticket), [(leader, "sent", "at_once")]
        )
        self.assertEqual(len(self._activities(ticket)), 1)
        self.assertEqual(len(self._mails()), 1)
        self._run_scheduler(LATE)
        self.assertEqual(
            self._told("clock_breached", ticket), [(leader, "sent", "at_once")]
        )
        log = self.env["itsm.notification.log"].search(
            [("event_code", "=", "clock_breached"), ("res_id", "=", ticket.id)]
        )
        rule = self.env.ref("itsm_sla.itsm_escalation_rule_breached")
        self.assertEqual((log.channel, log.note), ("activity", rule.name))
        self.assertTrue(guard.has_token(guard.with_token(log)))

    def test_switched_off(self):
        """Issue 4: company and person switch alerts off; the alert says who was not."""
        self.env["itsm.notification.preference"].create(
            {
                "user_id": self.lead.id,
                "event_id": self.env.ref(
                    "itsm_sla.itsm_notification_event_clock_at_risk"
                ).id,
                "mode": "off",
            }
        )
        ticket = self._report(MON)
        self._run_scheduler(AT_RISK)
        leader = self.lead.partner_id
        self.assertEqual(
            self._told("clock_at_risk", ticket), [(leader, "suppressed", "user")]
        )
        alert = self._clocks(ticket).alert_ids
        self.assertEqual((alert.outcome, alert.user_ids.ids), ("nobody", []))
        self.assertIn(self.lead.name, alert.note)
        self.assertFalse(self._activities(ticket) or self._mails())
        self._setting("itsm_notification_audience_clock_breached_rule").enabled = False
        self._run_scheduler(LATE)
        self.assertEqual(
            self._told("clock_breached", ticket), [(leader, "suppressed", "company")]
        )
        self.assertFalse(self._activities(ticket) or self._mails())
        self.assertTrue(self._clocks(ticket).breached_at)

    def test_digest_does_not_delay(self):
        """Issue 4: an alert is urgent: no digest delays it."""
        self.env["itsm.notification.preference"].create(
            {
                "user_id": self.lead.id,
                "event_id": self.env.ref(
                    "itsm_sla.itsm_notification_event_clock_breached"
                ).id,
                "mode": "digest",
            }
        )
        ticket = self._report(MON)
        self._run_scheduler(LATE)
        self.assertEqual(
            self._told("clock_breached", ticket),
            [(self.lead.partner_id, "sent", "at_once")],
        )

    def test_other_roles(self):
        """Issue 4: roles that the company switches on are told; nobody twice."""
        self._setting(
            "itsm_notification_audience_clock_breached_assignee"
        ).enabled = True
        ticket = self._report(MON, user_id=self.agent.id)
        own = self._report(MON, user_id=self.lead.id)
        self._run_scheduler(LATE)
        self.assertIn(
            (self.agent.partner_id, "sent", "at_once"),
            self._told("clock_breached", ticket),
        )
        self.assertIn(
            (self.lead.partner_id, "suppressed", "twice"),
            self._told("clock_breached", own),
        )
