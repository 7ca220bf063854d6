# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import polib

from odoo.tests import tagged
from odoo.tools.misc import file_path

from .common import SlaCommon

MON = "2026-03-23 10:00"
# Resolution within 4 h from 10:00: at risk at 75 %, after 3 h; late after 15:00.
AT_RISK, LATE = "2026-03-23 14:01", "2026-03-23 15:01"


@tagged("post_install", "-at_install")
class TestAlert(SlaCommon):
    """SLM-35: what an alert says, and when it says nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240)})
        cls.messages = cls.env["mail.mail"].search([])

    def _activities(self, ticket):
        return self.env["mail.activity"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket.id)]
        )

    def _mails(self):
        return self.env["mail.mail"].search([]) - self.messages

    # === Language ===

    def _chinese(self, msgid, **values):
        """A term of the file of translations, never the English one."""
        entry = self.terms.find(msgid)
        self.assertTrue(entry and entry.msgstr, msgid)
        self.assertNotEqual(entry.msgstr, msgid)
        return entry.msgstr % values if values else entry.msgstr

    def test_language(self):
        """SLM-35: subject, text and activity in the language of who is told."""
        self.terms = polib.pofile(file_path("itsm_sla/i18n/zh_CN.po"))
        self.env["res.lang"]._activate_lang("zh_CN")
        module = self.env["ir.module.module"].search([("name", "=", "itsm_sla")])
        module._update_translations("zh_CN")
        self.lead.lang = "zh_CN"
        metric = self._chinese("Resolution")
        label = f"SLA {metric}"
        ticket = self._report(MON)
        for wall, level, breached, summary in (
            (AT_RISK, "At risk", 0, "%(metric)s target at risk"),
            (LATE, "Breached", 1, "%(metric)s target breached"),
        ):
            with self.subTest(level=level):
                seen = self._activities(ticket)
                mails = self._mails()
                self._run_scheduler(wall)
                mail = self._mails() - mails
                self.assertEqual(
                    mail.subject,
                    self._chinese(
                        "Service levels: %(breached)s breached, %(at_risk)s at risk",
                        breached=breached,
                        at_risk=1 - breached,
                    ),
                )
                self.assertIn(self._chinese(level), mail.body_html)
                self.assertIn(metric, mail.body_html)
                activity = self._activities(ticket) - seen
                self.assertEqual(activity.summary, self._chinese(summary, metric=label))

    # === Archived ===

    def test_archived(self):
        """Design, Manners: nobody is told of an archived ticket; the log says so."""
        ticket = self._report(MON)
        self._write("2026-03-23 11:00", ticket, self.manager, active=False)
        self._run_scheduler(AT_RISK)
        self._run_scheduler(LATE)
        clock = self._clocks(ticket)
        alerts = clock.alert_ids.sorted("id")
        self.assertEqual(
            [(a.level, a.outcome, a.user_id.id) for a in alerts],
            [("at_risk", "silent", False), ("breached", "silent", False)],
        )
        self.assertClock(clock, breached_at="2026-03-23 15:00", next_event_at=False)
        self.assertFalse(self._activities(ticket))
        self.assertFalse(self._mails())

    def test_archived_passed(self):
        """Design, Manners: nor of one that is found breached at once."""
        ticket, other = self._report(MON), self._report(MON)
        self._write("2026-03-23 11:00", ticket, self.manager, active=False)
        self._run_scheduler(LATE)
        self.assertEqual(
            self._clocks(ticket).alert_ids.sorted("id").mapped("outcome"),
            ["passed", "silent"],
        )
        self.assertFalse(self._activities(ticket))
        self.assertTrue(self._activities(other))
        self.assertNotIn(ticket.number, self._mails().body_html)
