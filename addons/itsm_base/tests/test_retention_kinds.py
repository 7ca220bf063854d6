# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from ..tools import guard
from .test_retention import NOW, RetentionCommon


@tagged("post_install", "-at_install")
class TestRetentionKinds(RetentionCommon):
    """Issue 4, Evidence and privacy: what each kind takes, and what stays."""

    def test_evidence_among_files(self):
        """Manners: a file that is evidence of a duty stays and stops nothing else."""
        kept, gone = self.env["ir.attachment"].create(
            [
                {"name": name, "res_model": "helpdesk.ticket", "res_id": self.old.id}
                for name in ("kept", "gone")
            ]
        )
        definition = self.env["itsm.duty.definition"].create(
            {
                "name": "Check",
                "role_id": self.env.ref("itsm_base.itsm_role_desk_lead").id,
            }
        )
        duty = guard.with_token(self.env["itsm.duty"]).create(
            {
                "definition_id": definition.id,
                "company_id": self.company.id,
                "period": "month",
                "period_start": "2025-01-01",
                "period_end": "2025-01-31",
                "work_start": "2025-02-01",
                "due_date": "2025-02-10",
                "due_at": "2025-02-11",
                "user_id": self.lead.id,
                "evidence_ids": [Command.set(kept.ids)],
                "state": "open",
            }
        )
        guard.with_token(duty).state = "done"
        run = self._work(self._rule("ticket_file", "delete", enabled=True))
        self.assertEqual(run.state, "done")
        self.assertTrue(kept.exists())
        self.assertFalse(gone.exists())
        messages = run.line_ids.mapped("message")
        self.assertIn("1 taken, 1 left alone.", messages)
        self.assertTrue(any("evidence of a duty" in text for text in messages))

    def test_notification(self):
        """Issue 4: who was told is forgotten, that somebody was told stays."""
        log = guard.with_token(self.env["itsm.notification.log"])
        values = {
            "event_code": "x",
            "company_id": self.company.id,
            "res_model": "helpdesk.ticket",
            "res_id": self.old.id,
            "partner_id": self.lead.partner_id.id,
            "user_id": self.lead.id,
            "note": "Lead <lead@example.com>",
            "extra": {"name": "Lead"},
            "outcome": "sent",
            "reason": "at_once",
            "channel": "mail",
            "time": "2024-02-01 10:00:00",
        }
        old, fresh, waiting, foreign = log.create(
            [
                values,
                values | {"time": "2025-02-01 10:00:00"},
                values | {"outcome": "waiting"},
                values | {"company_id": self.env.ref("base.main_company").id},
            ]
        )
        rule = self._rule("notification", "anonymise", enabled=True)
        self.assertEqual(rule.preview_count, 1)
        run = self._work(rule)
        self.assertIn("1 taken, 0 left alone.", run.line_ids.mapped("message"))
        self.assertRecordValues(
            old,
            [
                {
                    "partner_id": False,
                    "user_id": False,
                    "note": False,
                    "extra": False,
                    "outcome": "sent",
                    "reason": "at_once",
                    "channel": "mail",
                    "res_id": self.old.id,
                }
            ],
        )
        for row in fresh, waiting, foreign:
            self.assertEqual(row.user_id, self.lead)
            self.assertTrue(row.note)
        # the next night nothing is due
        self.assertFalse(self._work(rule))

    def test_ticket_without_stage(self):
        """Issue 4: nobody closed a ticket that has no stage: its person stays."""
        rule = self._rule("contact", "anonymise")
        self.assertEqual(rule.preview_count, 1)
        self.fresh.partner_id = self.partners[0]
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET stage_id = NULL WHERE id = %s", [self.fresh.id]
        )
        self.env.invalidate_all()
        self.assertEqual(rule.preview_count, 0)

    def test_ticket_of_an_address(self):
        """Issue 4: an address is its person; that of a company is nobody."""
        rule = self._rule("contact", "anonymise")
        address = self.env["res.partner"].create(
            {"name": "Home", "type": "other", "parent_id": self.partners[0].id}
        )
        self.open.partner_id = address
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)
        self.open.partner_id = self.partners[2]
        company = self.env["res.partner"].create({"name": "C", "is_company": True})
        self.old.partner_id = self.env["res.partner"].create(
            {"name": "Store", "type": "delivery", "parent_id": company.id}
        )
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)

    def test_used_elsewhere(self):
        """Manners: who is in the records of other applications is left alone."""
        rule = self._rule("contact", "anonymise")
        self.assertEqual(rule.preview_count, 1)
        self.env["res.partner.bank"].create(
            {"acc_number": "DE1", "partner_id": self.partners[0].id}
        )
        rule.invalidate_recordset()
        self.assertEqual(rule.preview_count, 0)

    def test_names_in_the_log(self):
        """GDPR 5: the log of a run names nobody who is to be forgotten."""
        rule = self._rule("contact", "anonymise", enabled=True)
        company = self.env["res.company"].create({"name": "Foreign"})
        # found by his address, in a company where the manager does not work
        self.partners[0].email = "p0@customer.example"
        self._create_ticket(
            partner_id=False,
            partner_email="p0@customer.example",
            company_id=company.id,
            team_id=False,
        )
        run = self._work(rule)
        messages = run.line_ids.mapped("message")
        self.assertIn("0 taken, 1 left alone.", messages)
        self.assertTrue(any("do not work in" in text for text in messages))
        self.assertNotIn("Person 0", "".join(messages))

    def test_tracked_whatever_is_sent(self):
        """MS-29: a context key of a remote call does not hide who switched it on."""
        rule = self._rule()
        self._flush_tracking()
        with freeze_time(NOW):
            rule.with_context(tracking_disable=True, mail_notrack=True).enabled = True
            self._flush_tracking()
        values = rule.message_ids.sudo().tracking_value_ids
        self.assertIn("enabled", values.mapped("field_id.name"))
