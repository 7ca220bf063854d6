# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.event_common import EventCommon


@tagged("post_install", "-at_install")
class TestEventInterruption(EventCommon):
    """Issue 4, Events in: what is planned and agreed makes no incident."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule_mail.service_id = cls.offering
        with freeze_time("2026-03-01 10:00:00"):
            cls.interruption = cls.env["itsm.interruption"].create(
                {
                    "name": "Upgrade",
                    "date_start": "2026-03-04 12:00:00",
                    "date_stop": "2026-03-04 14:00:00",
                    "service_ids": [Command.set(cls.service.ids)],
                }
            )

    def _status(self, key, moment, now="2026-03-04 14:30:00"):
        with freeze_time(now):
            return self._ingest(self._event(key=key, time=f"{moment}Z"))[0]["status"]

    def test_interruption(self):
        """Agreed ones only; from its start to before its end; a service stands for its
        offerings; other services are not concerned."""
        during = "2026-03-04T13:00:00"
        self.assertEqual(self._status("mail/0", during), "created")
        with freeze_time("2026-03-01 11:00:00"):
            self.interruption.action_agree()
        self.assertEqual(self._status("mail/1", during), "ignored")
        self.assertEqual(self._status("mail/2", "2026-03-04T12:00:00"), "ignored")
        self.assertEqual(self._status("mail/3", "2026-03-04T11:59:59"), "created")
        self.assertEqual(self._status("mail/4", "2026-03-04T14:00:00"), "created")
        self.assertEqual(self._status("disk", during), "created")
        kept = self.events.search([("key", "=", "mail/1")])
        self.assertEqual(kept.outcome, "interruption")
        self.assertIn("Planned interruption until", kept.note)
        # what was open before goes on
        self.assertEqual(self._status("mail/0", during), "joined")

    def test_of_everything(self):
        """An interruption without services holds for all of the company's."""
        with freeze_time("2026-03-01 11:00:00"):
            self.interruption.service_ids = False
            self.interruption.action_agree()
        self.assertEqual(self._status("disk", "2026-03-04T13:00:00"), "ignored")
        _other, user = self._other_company()
        self.env["itsm.event.rule"].create(
            {"name": "All", "min_severity": "1", "company_id": False}
        )
        with freeze_time("2026-03-04 13:00:00"):
            result = self._ingest(self._event(key="disk"), user=user)
        self.assertEqual(result[0]["status"], "created")
