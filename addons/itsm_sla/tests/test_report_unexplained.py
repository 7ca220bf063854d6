# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .service_report_common import APRIL, ServiceReportCommon


@tagged("post_install", "-at_install")
class TestReportUnexplained(ServiceReportCommon):
    """SLM-38: publishing a report whose missed promises nobody has explained."""

    def _breaches(self, ticket):
        return self.env["itsm.breach"].search([("ticket_id", "=", ticket.id)])

    def _approved(self):
        """A report with two missed promises (response, resolution), approved."""
        ticket = self._report("2026-03-02 10:00")
        self._move("2026-03-05 10:00", ticket, "resolved")
        self.breaches = self._breaches(ticket)
        self.assertEqual(len(self.breaches), 2)
        report = self._written()
        with self.at(APRIL):
            report.with_user(self.reviewer).action_review()
            report.with_user(self.approver).action_approve()
        return report

    def _mode(self, mode):
        self.env["itsm.enforcement.setting"].search(
            [
                ("rule_id.code", "=", "report_unexplained"),
                ("company_id", "=", self.company.id),
            ]
        ).mode = mode

    def _findings(self, report):
        return self.env["itsm.enforcement.finding"].search(
            [("rule_code", "=", "report_unexplained"), ("res_id", "=", report.id)]
        )

    def _question(self, action, user):
        return (
            self.env[action["res_model"]]
            .with_user(user)
            .with_context(**action["context"])
            .create({})
        )

    def test_asks(self):
        """Shipped as “warn”: it asks with the number and a way to them; confirmed, it
        is published, and that is recorded."""
        report = self._approved()
        with self.at(APRIL):
            action = report.with_user(self.author).action_publish()
            self.assertEqual(report.state, "approved")
            question = self._question(action, self.author)
            self.assertIn("2 missed promises are not explained", question.message)
            self.assertEqual(question.unexplained_count, 2)
            shown = question.action_view_breaches()
            self.assertEqual(
                self.env["itsm.breach"].search(shown["domain"]), self.breaches
            )
            question.action_publish()
        self.assertEqual(report.state, "published")
        self.assertEqual(report.published_by_id, self.author)
        self.assertEqual(self._findings(report).outcome, "warned")

    def test_explained_since(self):
        """What was explained after it was written is not in it: it says so."""
        report = self._approved()
        cause = self.env.ref("itsm_sla.itsm_breach_cause_technical")
        with self.at(APRIL):
            self.breaches.with_user(self.lead)._explain(cause)
            self.env.flush_all()
            action = report.with_user(self.author).action_publish()
            question = self._question(action, self.author)
        self.assertIn("They have been since", question.message)
        self.assertEqual(question.unexplained_count, 0)

    def test_all_explained(self):
        """Nothing to ask: published at once, nothing recorded."""
        ticket = self._report("2026-03-02 10:00")
        self._move("2026-03-05 10:00", ticket, "resolved")
        cause = self.env.ref("itsm_sla.itsm_breach_cause_technical")
        with self.at(APRIL):
            self._breaches(ticket).with_user(self.lead)._explain(cause)
            self.env.flush_all()
        report = self._published()
        self.assertEqual(report.state, "published")
        self.assertFalse(self._findings(report))

    def test_record_and_off(self):
        """“Record” publishes and keeps a finding; “off” keeps none."""
        for mode, outcomes in (("record", ["recorded"]), ("off", [])):
            with self.subTest(mode=mode):
                self._mode(mode)
                report = self._approved() if mode == "record" else self._make_second()
                with self.at(APRIL):
                    report.with_user(self.author).action_publish()
                self.assertEqual(report.state, "published")
                self.assertEqual(self._findings(report).mapped("outcome"), outcomes)

    def _make_second(self):
        """Another report about the same month, approved."""
        report = self._written(definition=self._create_definition(name="Second"))
        with self.at(APRIL):
            report.with_user(self.reviewer).action_review()
            report.with_user(self.approver).action_approve()
        return report

    def test_block(self):
        """“Block” refuses, also what was confirmed."""
        report = self._approved()
        with self.at(APRIL):
            action = report.with_user(self.author).action_publish()
            self._mode("block")
            with self.assertRaisesRegex(ValidationError, "are not explained"):
                report.with_user(self.author).action_publish()
            question = self._question(action, self.author)
            with self.assertRaises(ValidationError):
                question.action_publish()
        self.assertEqual(report.state, "approved")

    def test_others_do_not_confirm(self):
        """Who may not publish does not get past the question."""
        report = self._approved()
        with self.at(APRIL):
            action = report.with_user(self.author).action_publish()
            other = self._create_user("report-other", "itsm_sla.itsm_group_sla_manager")
            with self.assertRaises(AccessError):
                self._question(action, other).action_publish()
            with self.assertRaises(AccessError):
                self._question(action, self.portal_user)
            draft = self._make_report(definition=self._create_definition(name="Draft"))
            question = self._question(
                {**action, "context": {"default_report_ids": draft.ids}}, self.author
            )
            with self.assertRaises(UserError):
                question.action_publish()
