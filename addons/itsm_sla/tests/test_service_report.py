# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard, pdf_form

from ..tools.trend_chart import nice_top, trend_chart
from .service_report_common import APRIL, MARCH, ServiceReportCommon


@tagged("post_install", "-at_install")
class TestServiceReport(ServiceReportCommon):
    """Life, snapshot and rights of service reports."""

    # === Period ===

    def test_period_not_over(self):
        """Issue 6, bad input: no report about a period that is not over, by the day in
        the agreement's zone: 31 March 23:59 in Paris is refused, 1 April 00:00 is not,
        both of them 31 March in UTC."""
        with self.assertRaises(ValidationError) as refused:
            self._make_report(wall="2026-03-31 23:59")
        self.assertIn("2026-03 is not over", str(refused.exception))
        report = self._make_report(wall="2026-04-01 00:00")
        self.assertEqual(report.period_label, "2026-03")
        with self.at("2026-04-01 00:00"), self.assertRaises(ValidationError):
            report.period_start = "2026-04-15"
        # worked out with a clock that was set back: refused as well
        with self.at("2026-03-30 10:00"), self.assertRaises(ValidationError):
            report.action_compute()

    def test_default_period(self):
        """The period that ended last is proposed; any day of it is its first."""
        with self.at("2026-05-14 10:00"):
            report = (
                self.env["itsm.service.report"]
                .with_user(self.author)
                .create({"definition_id": self.definition.id})
            )
        self.assertEqual(str(report.period_start), "2026-04-01")
        with self.at("2026-05-14 10:00"):
            report.period_start = "2026-02-17"
        self.assertEqual(str(report.period_start), "2026-02-01")
        self.assertEqual(str(report.period_end), "2026-02-28")
        self.assertTrue(report.name.startswith("SR"))
        self.assertEqual(report.partner_id, self.customer)

    def test_new(self):
        """REP-11: “New” opens an empty form for whoever may write a report; the row of
        the matrix that is chosen says whether he is its author."""
        for user, may in ((self.author, True), (self.reviewer, False)):
            reports = self.env["itsm.service.report"].with_user(user)
            with self.at(APRIL), Form(reports) as form:
                form.definition_id = self.definition
                self.assertEqual(str(form.period_start), MARCH)
                self.assertEqual(form.can_write, may)
            form.record.unlink()

    @mute_logger("odoo.sql_db")
    def test_once(self):
        """One report for a definition and period; another is its revision."""
        self._make_report()
        with self.assertRaises(IntegrityError):
            self._make_report()

    # === Steps ===

    def test_steps(self):
        """REP-11: written, reviewed, approved, published, archived; who and when."""
        report = self._make_report()
        self.assertTrue(report.can_write)
        with self.at(APRIL), self.assertRaisesRegex(UserError, "does not apply"):
            report.with_user(self.reviewer).action_review()
        with self.at(APRIL):
            report.action_write()
        self.assertEqual(report.state, "written")
        self.assertEqual(report.written_by_id, self.author)
        self.assertEqual(report.written_at, self.utc(APRIL))
        self.assertFalse(report.is_abnormal)
        self._publish(report)
        self.assertEqual(report.state, "published")
        self.assertEqual(report.reviewed_by_id, self.reviewer)
        self.assertEqual(report.approved_by_id, self.approver)
        self.assertEqual(report.published_by_id, self.author)
        report.action_archive_report()
        self.assertEqual(report.state, "archived")

    def test_who_may(self):
        """Table 3: each step by its people only; nobody reviews or approves his own."""
        report = self._make_report()
        for user in (self.agent, self.reviewer, self.approver):
            with self.at(APRIL), self.assertRaises(AccessError):
                report.with_user(user).action_write()
        with self.at(APRIL):
            report.action_write()
        for user in (self.agent, self.author, self.approver, self.manager):
            with self.assertRaises(AccessError):
                report.with_user(user).action_review()
        report.with_user(self.reviewer).action_review()
        for user in (self.author, self.reviewer, self.manager):
            with self.assertRaises(AccessError):
                report.with_user(user).action_approve()
        report.with_user(self.approver).action_approve()
        with self.assertRaises(AccessError):
            report.with_user(self.agent_2).action_publish()
        # whoever wrote it does not review it, also where he is named for both
        self.definition.reviewer_id = self.author
        own = self._make_report(day="2026-02-01")
        with self.at(APRIL):
            own.action_write()
            with self.assertRaisesRegex(AccessError, "written by you"):
                own.action_review()
        self.assertFalse(own.can_review)

    def test_vacant(self):
        """Where nobody is named: service level managers write and review, managers
        approve; an agent does nothing."""
        self.definition.write(
            {
                "author_id": False,
                "author_role_id": self.env.ref(
                    "itsm_base.itsm_role_service_report_manager"
                ).id,
                "reviewer_id": False,
                "approver_id": False,
            }
        )
        self.definition.author_role_id.holder_ids.unlink()
        report = self._make_report(user=self.sla_manager)
        with self.at(APRIL):
            report.action_write()
        with self.assertRaises(AccessError):
            report.with_user(self.agent).action_review()
        report.with_user(self.reviewer).action_review()
        with self.assertRaises(AccessError):
            report.with_user(self.reviewer).action_approve()
        report.with_user(self.manager).action_approve()
        report.with_user(self.manager).action_publish()
        self.assertEqual(report.state, "published")

    def test_abnormal(self):
        """REP-11: below the floor the report is abnormal and goes by way of the
        management representative; 1 of 2 kept is 50 %, which is not below 50."""
        late = self._report("2026-03-23 10:00")
        self._reply("2026-03-23 10:10", late)
        self._move("2026-03-23 17:00", late, "resolved")
        kept = self._report("2026-03-24 10:00")
        self._reply("2026-03-24 10:10", kept)
        self._move("2026-03-24 11:00", kept, "resolved")
        self.definition.abnormal_below = 50
        report = self._make_report()
        with self.at(APRIL):
            report.action_write()
        self.assertFalse(report.is_abnormal)
        with self.at(APRIL):
            report.with_user(self.reviewer)._return("The floor is another one")
            self.definition.abnormal_below = 50.01
            report.action_write()
        self.assertTrue(report.is_abnormal)
        self.assertIn("Resolution: 50.00 % in time", report.abnormal_reason)
        self.assertNotIn("Response", report.abnormal_reason)
        report.with_user(self.reviewer).action_review()
        with self.assertRaisesRegex(UserError, "management representative"):
            report.with_user(self.approver).action_approve()
        for user in (self.author, self.approver, self.agent):
            with self.assertRaises(AccessError):
                report.with_user(user).action_represent()
        report.with_user(self.representative).action_represent()
        self.assertEqual(report.representative_id, self.representative)
        report.with_user(self.approver).action_approve()
        self.assertEqual(report.state, "approved")

    def test_abnormal_by_hand(self):
        """The author asks for the representative although no rule does."""
        report = self._make_report(abnormal_by_hand=True)
        with self.at(APRIL):
            report.action_write()
        self.assertTrue(report.is_abnormal)
        self._publish(report)
        self.assertEqual(report.representative_id, self.representative)

    def test_return(self):
        """A report is returned with a reason, which is kept; who signed is forgotten;
        a published one is not returned."""
        report = self._written()
        report.with_user(self.reviewer).action_review()
        with self.assertRaises(ValidationError):
            report.with_user(self.approver)._return("  ")
        with self.assertRaises(AccessError):
            report.with_user(self.agent)._return("No")
        report.with_user(self.approver)._return("Say what was done")
        self.assertEqual(report.state, "draft")
        self.assertFalse(report.reviewed_by_id or report.written_by_id)
        self.assertIn("Say what was done", report.message_ids[0].body)
        with self.at(APRIL):
            report.action_write()
        self._publish(report)
        with self.assertRaises(UserError):
            report.with_user(self.approver)._return("Too late")

    # === The snapshot ===

    def test_frozen(self):
        """REP-29: publishing twice, working out again, a corrected and a deleted
        ticket change no published figure."""
        late = self._report("2026-03-23 10:00")
        self._move("2026-03-23 17:00", late, "resolved")
        report = self._published()
        before = json.dumps(report.sudo().content, sort_keys=True)
        digest, html = report.content_hash, report.content_html
        self.assertEqual(self._section(report, "breaches")["total"]["value"], 2)
        with self.at("2026-04-05 10:00"):
            with self.assertRaises(UserError):
                report.action_publish()
            with self.assertRaises(UserError):
                report.action_compute()
            with self.assertRaises(UserError):
                report.action_write()
        guard.with_token(late.clock_ids).write({"breached_at": False})
        since = self._report("2026-03-30 10:00")
        breaches = self.env["itsm.breach"].search([("ticket_id", "=", late.id)])
        number = late.number
        # deleted behind the back of every guard
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM itsm_breach WHERE id = ANY(%s)", [breaches.ids]
        )
        self.env.cr.execute("DELETE FROM helpdesk_ticket WHERE id = %s", [late.id])
        self.env.invalidate_all()
        self.assertEqual(json.dumps(report.sudo().content, sort_keys=True), before)
        self.assertEqual(report.content_hash, digest)
        self.assertEqual(report.content_html, html)
        self.assertFalse(report.is_altered)
        self.assertIn(number, report.content_html)
        # its drill-down finds what is there now: the ticket reported since, not the
        # deleted one
        action = report.action_drill("breaches.total")
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, since)

    def test_altered(self):
        """Issue 6: content that was changed behind the back shows, and is neither
        printed nor taken a step further."""
        report = self._written()
        self.assertFalse(report.is_altered)
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE itsm_service_report
                  SET content = jsonb_set(content, '{own,met}', '1000')
                WHERE id = %s""",
            [report.id],
        )
        report.invalidate_recordset()
        self.assertTrue(report.is_altered)
        with self.assertRaisesRegex(UserError, "changed after"):
            report.with_user(self.reviewer).action_review()
        with self.assertRaisesRegex(UserError, "changed after"):
            report._pdf()

    def test_not_written_by_hand(self):
        """Figures, steps and published reports are written by code only; sudo and a
        key in the context open nothing (Manners, evidence)."""
        report = self._published()
        for vals in (
            {"content": {}},
            {"content_hash": "x"},
            {"state": "draft"},
            {"abnormal_reason": False},
            {"definition_id": self.definition.id},
            {"abnormal_by_hand": True},
        ):
            with self.assertRaises(UserError):
                report.sudo().write(vals)
            with self.assertRaises(UserError):
                report.with_context(itsm_guard_token=True).sudo().write(vals)
        with self.assertRaises(UserError):
            report.conclusion_ids.sudo().write({"name": "All is well"})
        with self.assertRaises(UserError):
            report.conclusion_ids.sudo().unlink()
        with self.assertRaises(UserError):
            report.conclusion_ids.sudo().create(
                {"report_id": report.id, "name": "Added afterwards"}
            )
        with self.assertRaises(UserError):
            report.sudo().unlink()
        with self.assertRaises(UserError):
            self._make_report(day="2026-02-01", state="published")
        draft = self._make_report(day="2026-01-01")
        draft.with_user(self.author).unlink()
        self.assertFalse(draft.exists())

    def test_revision(self):
        """A correction is the next revision with its reason; what was published
        stands until it is published, and goes to the archive then."""
        report = self._published()
        with self.assertRaises(ValidationError):
            report._revise("")
        with self.assertRaises(AccessError):
            report.with_user(self.agent)._revise("Wrong")
        self._report("2026-03-24 10:00")
        revision = report._revise("A ticket was missing")
        self.assertEqual((revision.revision, revision.state), (1, "draft"))
        self.assertEqual(revision.previous_id, report)
        self.assertEqual(revision.name, report.name)
        self.assertEqual(len(revision.conclusion_ids), 1)
        with self.assertRaisesRegex(UserError, "corrected already"):
            report._revise("Again")
        with self.at("2026-04-06 10:00"):
            revision.action_write()
        self.assertEqual(report.state, "published")
        self._publish(revision, wall="2026-04-06 10:00")
        self.assertEqual((report.state, revision.state), ("archived", "published"))
        self.assertEqual(self._section(report, "workload")["reported"]["value"], 0)
        self.assertEqual(self._section(revision, "workload")["reported"]["value"], 1)

    def test_published_trend_stands(self):
        """Manners, periods: a later report shows an earlier period as it was
        published, not as it was corrected since."""
        march = self._published()
        self._report("2026-03-24 10:00")
        april = self._written(day="2026-04-01", wall="2026-05-04 10:00")
        rows = self._section(april, "trends")["rows"]
        self.assertEqual(rows[-2]["period"], "2026-03")
        self.assertEqual(rows[-2]["reported"], 0)
        self.assertEqual(rows[-2]["published"], march.name)
        self.assertFalse(rows[-1]["published"])

    # === Conclusions ===

    def test_conclusions(self):
        """REP-08: a conclusion becomes an action once, also of a published report; a
        report without any conclusion is not written."""
        bare = self._make_report(day="2026-02-01", conclusion_ids=[])
        with self.at(APRIL), self.assertRaisesRegex(UserError, "Conclusions"):
            bare.action_write()
        report = self._make_report(
            conclusion_ids=[
                Command.create(
                    {
                        "name": "Mail server is full\nBuy disks",
                        "kind": "risk",
                        "owner_id": self.agent.id,
                        "due_date": "2026-05-01",
                    }
                ),
                Command.create({"name": "Somebody should look"}),
            ]
        )
        with self.at(APRIL):
            report.action_write()
        self._publish(report)
        line, vague = report.conclusion_ids
        with self.assertRaises(AccessError):
            line.with_user(self.agent_2).action_make_action()
        with self.at(APRIL):
            line.with_user(self.author).action_make_action()
            line.with_user(self.author).action_make_action()
            with self.assertRaisesRegex(ValidationError, "by when"):
                vague.with_user(self.author).action_make_action()
        action = line.action_id
        self.assertEqual(action.name, "Mail server is full")
        self.assertEqual((action.kind, action.owner_id), ("preventive", self.agent))
        self.assertEqual(report.sudo().action_ids, action)
        self.assertIn("Mail server is full", report.content_html)

    # === Reading ===

    def test_drill(self):
        """Every figure opens the records behind it with the reader's rights; a key
        that is none is refused, a domain cannot be sent."""
        ticket = self._report("2026-03-24 10:00")
        report = self._published()
        action = report.with_user(self.agent).action_drill("workload.reported")
        self.assertEqual(action["res_model"], "helpdesk.ticket")
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        self.assertEqual(tickets.search(action["domain"]), ticket)
        self.assertIn('data-drill="workload.reported"', report.content_html)
        for key in ("workload.none", "secret", "", None, "workload"):
            with self.assertRaises(UserError):
                report.action_drill(key)
        with self.assertRaises(AccessError):
            report.with_user(self.employee).action_drill("workload.reported")

    def test_readers(self):
        """Agents read published reports and those they work on; others and customers
        nothing; a second company nothing (table 3)."""
        draft = self._make_report()
        reports = self.env["itsm.service.report"]
        self.assertFalse(reports.with_user(self.agent).search([]) & draft)
        for user in (self.author, self.reviewer, self.approver, self.manager):
            self.assertIn(draft, reports.with_user(user).search([]))
        for user in (self.employee, self.portal_user, self.helpdesk_user):
            with self.assertRaises(AccessError):
                reports.with_user(user).search([])
        with self.at(APRIL):
            draft.action_write()
        self._publish(draft)
        self.assertIn(draft, reports.with_user(self.agent).search([]))
        with self.assertRaises(AccessError):
            draft.with_user(self.agent).read(["content"])
        with self.assertRaises(AccessError):
            draft.with_user(self.agent).write({"abnormal_by_hand": True})
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "report-stranger",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertNotIn(draft, reports.with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            draft.with_user(stranger).action_drill("workload.reported")

    def test_header(self):
        """REP-06: identity, purpose, audience and data sources are in the head."""
        header = self._written().sudo().content["languages"]["en_US"]["header"]
        for name in ("identity", "purpose", "audience", "sources", "agreement"):
            self.assertTrue(header[name], name)
        self.assertIn("Customer One", header["audience"])

    # === Paper ===

    def test_pdf(self):
        """D06: the page holds head, sections, chart, checksum and signatures in the
        language that is asked for; a draft is marked; without figures it is refused."""
        self.env["res.lang"]._activate_lang("zh_CN")
        report = self._make_report()
        with self.assertRaisesRegex(UserError, "no figures"):
            report._pdf()
        with self.at(APRIL):
            report.action_write()
        pages = []

        def render(html, *args, **kwargs):
            pages.append(html)
            raise pdf_form.PdfFormError("not printed in this test")

        for lang, word in (
            ("en_US", "Performance against targets"),
            ("zh_CN", "zh-CN"),
        ):
            with (
                patch.object(pdf_form, "program", return_value="wkhtmltopdf"),
                patch.object(pdf_form, "render", side_effect=render),
                mute_logger("odoo.addons.itsm_base.models.ir_actions_report"),
                self.assertRaises(UserError),
            ):
                report._pdf(lang)
            self.assertIn(word, pages[-1])
            self.assertIn("<svg", pages[-1])
            self.assertIn(report.content_hash, pages[-1])
            self.assertIn(report.name, pages[-1])
            self.assertNotIn("data-drill", pages[-1])
        self.assertTrue(report._itsm_form_data()["is_draft"])
        self._publish(report)
        data = report._itsm_form_data()
        self.assertFalse(data["is_draft"])
        self.assertEqual(
            [signature["name"] for signature in data["signatures"]],
            [self.author.name, self.reviewer.name, self.approver.name],
        )
        self.assertRegex(report._file_name("pdf"), r"^SR\d+_2026-03\.pdf$")

    def test_chart(self):
        """REP-07: the chart is plain SVG; words in it are text, whatever they hold."""
        svg = trend_chart(
            [("2026-03", 12, 7, 50.0), ("<script>", 0, 0, None), ("x", 3, 100, 100.0)],
            reported="<b>R</b>",
            solved="S",
            share="%",
        )
        self.assertNotIn("<script>", svg)
        self.assertNotIn("<b>", svg)
        self.assertEqual(svg.count("<circle"), 2)
        self.assertEqual(
            [nice_top(n) for n in (0, 1, 3, 10, 11, 201, 100000)],
            [1, 1, 5, 10, 20, 500, 100000],
        )
        self.assertTrue(trend_chart([], reported="R", solved="S", share="%"))
