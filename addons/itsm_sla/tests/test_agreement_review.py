# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

NOW = "2026-07-01 11:00"
MEETING = "2026-07-15 12:00"


@tagged("post_install", "-at_install")
class TestAgreementReview(SlaCommon):
    """Reviews of agreements: plan, meeting, minutes, satisfaction, overdue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {"name": "Ruby Rose Ltd", "email": "ruby@example.com"}
        )
        cls.agreement = cls._create_agreement(
            {"2": (60, 240)},
            name="Mail for Ruby",
            review_partner_ids=[Command.set(cls.customer.ids)],
            review_input="The list of new shops",
        )
        cls.lead.company_ids = [Command.link(cls.company.id)]

    def _review(self, day="2026-07-15", **vals):
        reviews = self.env["itsm.agreement.review"].with_user(self.sla_manager)
        return reviews.create(
            {"agreement_id": self.agreement.id, "planned_on": day, **vals}
        )

    def _held(self, agreement, day):
        review = self.env["itsm.agreement.review"].create(
            {"agreement_id": agreement.id, "planned_on": day}
        )
        guard.with_token(review).write({"state": "held", "held_on": day})
        return review

    def _ticket(self, day, hour):
        ticket = self._report(f"{day} 10:00")
        self._reply(f"{day} 10:30", ticket)
        self._move(f"{day} {hour}:00", ticket, "resolved")
        return ticket

    def test_whole_way(self):
        """SLM-41, SLM-42, SLM-43, SLM-46: plan, meeting with an agenda of figures and
        open issues, invitation in the calendar, minutes mailed, satisfaction, closed;
        the yearly duty is done by it."""
        self._ticket("2026-06-01", 11)
        self._ticket("2026-06-02", 17)  # 6 hours of 4: late
        definition = self.env.ref("itsm_sla.itsm_duty_definition_agreement_review")
        duty = guard.with_token(self.env["itsm.duty"]).create(
            {
                "definition_id": definition.id,
                "company_id": self.company.id,
                "period": "year",
                "period_start": "2026-01-01",
                "period_end": "2026-12-31",
                "work_start": "2026-01-01",
                "due_date": "2026-12-31",
                "due_at": "2026-12-31 23:00:00",
                "res_model": "itsm.agreement",
                "res_id": self.agreement.id,
                "evidence_required": True,
            }
        )
        with self.at(NOW):
            review = self._review()
            self.assertEqual(review.owner_id, self.sla_manager)
            self.assertEqual(review.date_to, date(2026, 7, 14))
            self.assertEqual(review.date_from, date(2025, 7, 15))
            activity = review.activity_ids
            self.assertEqual(activity.user_id, self.sla_manager)
            self.assertEqual(activity.date_deadline, date(2026, 7, 15))
            review.action_plan_meeting()
            meeting = review.meeting_id
            self.assertFalse(review.activity_ids)
            self.assertEqual(meeting.start, self.utc("2026-07-15 10:00"))
            self.assertIn(self.customer, meeting.partner_ids)
            self.assertIn("The list of new shops", meeting.notes)
            topics = "\n".join(meeting.line_ids.mapped("name"))
            # two responses and two resolutions, one of them late
            self.assertIn("75.0 % (3 of 4)", topics)
            self.assertIn("50.0 % (1 of 2)", topics)
            self.assertIn("Actions from the last review", topics)
            meeting.action_propose_agenda()
            self.assertEqual("\n".join(meeting.line_ids.mapped("name")), topics)
            meeting.action_invite()
            self.assertIn(self.customer, meeting.event_id.partner_ids)
            self.assertEqual(review.state, "scheduled")
        with self.at(MEETING):
            meeting.action_hold()
            self.assertEqual(review.state, "held")
            self.assertEqual(review.held_on, date(2026, 7, 15))
            meeting.line_ids[1].decision = "A second engineer on Tuesdays"
            with self.assertRaises(UserError):
                review.action_close()
            self._send(meeting)
            self.assertEqual(review.state, "minuted")
            mails = self.env["mail.mail"].sudo().search([("res_id", "=", meeting.id)])
            reached = mails.filtered(lambda mail: mail.model == meeting._name)
            self.assertIn(self.customer, reached.recipient_ids)
            self.assertEqual(duty.state, "done")
            self.assertEqual(duty.evidence_model, review._name)
            with self.assertRaisesRegex(UserError, "how satisfied"):
                review.action_close()
            review.write({"satisfaction": "4", "satisfaction_by_id": self.customer.id})
            review.action_close()
            self.assertEqual((review.state, review.score), ("closed", 4))
            self.assertEqual(review.closed_by_id, self.sla_manager)
            with self.assertRaisesRegex(UserError, "closed and stays"):
                review.satisfaction = "1"
            with self.assertRaises(UserError):
                review.unlink()
            self.assertFalse(self.agreement.review_overdue)
            self.assertEqual(self.agreement.review_due_on, date(2027, 7, 15))
            # The next one is about the time since, and takes up where it left.
            following = self._review("2027-07-10")
            self.assertEqual(following.date_from, date(2026, 7, 15))

    def _send(self, meeting):
        """Send the minutes; the PDF is none of this test's business."""
        reports = type(self.env["ir.actions.report"])
        self.patch(reports, "_itsm_form_pdf", lambda *args: b"%PDF-1.4 minutes")
        meeting.action_send_minutes()

    def test_figures_frozen(self):
        """SLM-42: figures stay as they were once the minutes are sent; before, Read
        Figures reads them again; they are the same whoever reads them."""
        self._ticket("2026-06-01", 11)
        with self.at(NOW):
            review = self._review()
            review.action_plan_meeting()
        self._ticket("2026-06-03", 11)
        self.assertEqual(review.figures["targets"][0]["measured"], 1)
        with self.at(MEETING):
            review.action_read_figures()
            before = review.figures
            self.assertEqual(before["targets"][0]["measured"], 2)
            review.meeting_id.action_hold()
            review.meeting_id.line_ids[0].result = "Fine"
            self._send(review.meeting_id)
            with self.assertRaisesRegex(UserError, "step does not apply"):
                review.action_read_figures()
        self.assertEqual(review.figures, before)
        with self.assertRaises(UserError):
            review.with_user(self.sla_manager).figures = {}

    def test_withdrawn_breach(self):
        """SLM-43: a withdrawn breach is no cause, whether the figures are read by a
        button, by the meeting, or from a list that shows archived records."""
        ticket = self._ticket("2026-06-02", 17)
        breach = self.env["itsm.breach"].search([("ticket_id", "=", ticket.id)])
        guard.with_token(breach).active = False
        with self.at(NOW):
            review = self._review()
            review.action_plan_meeting()
            self.assertEqual(review.figures["causes"], [])
            review.with_context(active_test=False).action_read_figures()
            self.assertEqual(review.figures["causes"], [])
        with self.at(MEETING):
            review.meeting_id.action_hold()
        self.assertEqual(review.state, "held")
        self.assertEqual(review.figures["causes"], [])

    def test_overdue(self):
        """SLM-42: more than twelve months without a review is overdue, in the day of
        the agreement; the search finds the same; a new version takes the review over;
        a constant number of queries."""
        with self.at("2027-01-01 23:30"):
            self.assertFalse(self.agreement.review_overdue)
            self.assertEqual(self.agreement.review_due_on, date(2027, 1, 1))
        agreements = self.env["itsm.agreement"]
        with self.at("2027-01-02 00:30"):
            agreements.invalidate_model()
            self.assertTrue(self.agreement.review_overdue)
            found = agreements.search([("review_overdue", "=", True)])
            self.assertIn(self.agreement, found)
            none = agreements.search([("review_overdue", "=", False)])
            self.assertNotIn(self.agreement, none)
        self._held(self.agreement, "2026-05-05")
        with self.at("2026-12-01 12:00"):
            draft = agreements.browse(self.agreement.action_new_version()["res_id"])
            draft.action_activate()
        with self.at("2027-01-10 12:00"):
            agreements.invalidate_model()
            self.assertEqual(draft.review_last_on, date(2026, 5, 5))
            self.assertEqual(draft.review_due_on, date(2027, 5, 5))
            self.assertFalse(draft.review_overdue)
            # taken over: nothing is due of it
            self.assertFalse(self.agreement.review_due_on)

    def test_plan(self):
        """SLM-41: planning twice plans once; reviews four times a year; a week before
        and after stands for the day; not in force: refused."""
        self.agreement.review_months = 3
        with self.at(NOW):
            self.agreement.invalidate_recordset()
            self.agreement.action_plan_reviews()
            planned = self.agreement.review_ids
            days = sorted(planned.mapped("planned_on"))
            self.assertEqual(days[0], date(2026, 7, 1))
            self.assertEqual(len(days), 5)
            self.agreement.action_plan_reviews()
            self.assertEqual(self.agreement.review_ids, planned)
        with self.assertRaisesRegex(UserError, "not in force"):
            self._draft_agreement(name="Draft").action_plan_reviews()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.agreement.review_months = 13
            self.env.flush_all()

    def test_meeting_called_off(self):
        """SLM-41: a meeting that is called off leaves the review to be planned."""
        with self.at(NOW):
            review = self._review()
            review.action_plan_meeting()
            meeting = review.meeting_id
            meeting.action_cancel()
            self.assertEqual(
                (review.state, bool(review.meeting_id)), ("planned", False)
            )
            self.assertTrue(review.activity_ids)
            review.action_cancel()
            self.assertFalse(review.activity_ids)
            review.action_plan_again()
            self.assertEqual(review.state, "planned")

    def test_refused(self):
        """SLM-41, SLM-69: nobody to meet; a draft or template; state and figures by
        hand, default or import; agents read, other companies see nothing."""
        alone = self._review(partner_ids=[Command.set(self.sla_manager.partner_id.ids)])
        with self.assertRaisesRegex(UserError, "nobody to review"):
            alone.action_plan_meeting()
        draft = self._draft_agreement(name="Draft")
        with self.assertRaises(ValidationError):
            self._review(agreement_id=draft.id)
        with self.assertRaises(ValidationError):
            self._review(occasion="term")  # without a last day
        for vals in ({"state": "closed"}, {"held_on": "2026-01-01"}):
            with self.assertRaises(UserError):
                self._review(**vals)
            with self.assertRaises(UserError):
                alone.write(vals)
        context = {"default_state": "closed", "default_held_on": "2026-01-01"}
        self.assertEqual(
            self.env["itsm.agreement.review"]
            .with_user(self.sla_manager)
            .with_context(**context)
            .create({"agreement_id": self.agreement.id, "planned_on": "2026-08-01"})
            .state,
            "planned",
        )
        as_agent = alone.with_user(self.agent)
        self.assertTrue(as_agent.display_name)
        with mute_logger("odoo.models"):
            with self.assertRaises(AccessError):
                as_agent.satisfaction = "5"
            with self.assertRaises(AccessError):
                as_agent.action_plan_meeting()
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "itsm-sla-stranger",
            "itsm_sla.itsm_group_sla_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        reviews = self.env["itsm.agreement.review"].with_user(stranger)
        self.assertFalse(reviews.search([("id", "=", alone.id)]))

    def test_expectations(self):
        """SLM-34, SLM-62: what was expected comes onto the next agenda while it is
        open; a closed review keeps it."""
        with self.at(NOW):
            last = self._held(self.agreement, "2026-03-01")
            last.expectation_ids = [
                Command.create({"name": "Answers on Saturdays", "side": "customer"}),
                Command.create(
                    {"name": "Free coffee", "side": "staff", "outcome": "declined"}
                ),
            ]
            review = self._review()
            review.action_plan_meeting()
            topics = "\n".join(review.meeting_id.line_ids.mapped("name"))
        self.assertIn("Answers on Saturdays", topics)
        self.assertNotIn("coffee", topics)
        guard.with_token(last).state = "closed"
        with self.assertRaisesRegex(UserError, "closed and stays"):
            last.expectation_ids[0].outcome = "agreed"
        with self.assertRaisesRegex(UserError, "closed and stays"):
            last.expectation_ids[0].unlink()

    def test_duty_subjects(self):
        """SLM-39: the monthly assessment is made for each SLA in force, for its service
        level manager; not for drafts, templates, and what was taken over."""
        definition = self.env.ref("itsm_sla.itsm_duty_definition_agreement_month")
        draft = self._draft_agreement(name="Draft")
        found = self.env["itsm.agreement"].search(
            definition._duty_subject_domain(self.company)
        )
        self.assertIn(self.agreement, found)
        self.assertNotIn(draft, found)
        self.assertFalse(found.filtered("is_template"))
        owner = definition._responsible_of(self.agreement, self.env["res.users"])
        self.assertEqual(owner, self.sla_manager)

    def test_paper(self):
        """D10: figures, agenda, decisions, actions and satisfaction on the form, in
        Chinese too; what is internal is not printed."""
        self._ticket("2026-06-02", 17)
        with self.at(NOW):
            review = self._review()
            review.action_plan_meeting()
        with self.at(MEETING):
            meeting = review.meeting_id
            meeting.action_hold()
            meeting.line_ids[0].decision = "Engineer on Tuesdays"
            meeting.line_ids[1].write({"internal": True, "result": "Nobody must know"})
            review.write(
                {
                    "satisfaction": "2",
                    "satisfaction_by_id": self.customer.id,
                    "expectation_ids": [Command.create({"name": "Saturdays too"})],
                }
            )
            text = self._printed("itsm_sla.itsm_agreement_review_report", review)
        for expected in (
            "Mail for Ruby",
            "Ruby Rose Ltd",
            "50.0 % (1 of 2)",
            "Engineer on Tuesdays",
            "Saturdays too",
            "Dissatisfied",
        ):
            self.assertIn(expected.replace(" ", ""), text)
        self.assertNotIn("Nobodymustknow", text)

    def _printed(self, xmlid, record):
        """The words of the real PDF without blanks: a line break splits no word."""
        report = self.env.ref(xmlid)
        record = record.with_context(force_report_rendering=True)
        content = record.env["ir.actions.report"]._itsm_form_pdf(report, record)
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        return "".join("".join(page.extract_text().split()) for page in reader.pages)

    def test_list_queries(self):
        """The list of agreements with its columns of compliance and reviews asks as
        many questions for twelve agreements as for three."""
        services = self.env["itsm.service"].create(
            [
                {"name": f"S{n}", "company_id": self.company.id, "state": "live"}
                for n in range(12)
            ]
        )
        agreements = self.env["itsm.agreement"]
        for service in services:
            agreements |= self._create_agreement(
                {"2": (60, 240)},
                name=service.name,
                service_ids=[Command.set(service.ids)],
            )
        for service, hour in ((services[0], 11), (services[0], 17), (services[1], 11)):
            day = "2026-06-01" if hour == 17 else "2026-07-01"
            ticket = self._report(f"{day} 10:00", service_id=service.id)
            self._move(f"{day} {hour}:00", ticket, "resolved")
        names = [
            "compliance_month",
            "compliance_year",
            "missed_month",
            "review_due_on",
            "review_overdue",
            "review_count",
            "improvement_count",
        ]
        counts = []
        with self.at("2026-07-02 12:00"):
            for some in (agreements[:3], agreements[:3], agreements):
                some.read(["name"])
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                rows = some.with_user(self.sla_manager).read(names)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])  # the first read warms up
        first, second = rows[0], rows[1]
        # June: both late (unanswered response, 6 of 4 hours); July: response late by
        # the solution after the hour? 10:00 to 11:00 is exactly the hour: kept.
        self.assertEqual(first["compliance_month"], "100.0 % (2/2)")
        self.assertEqual(first["compliance_year"], "50.0 % (2/4)")
        self.assertEqual(first["missed_month"], 0)
        self.assertEqual(second["compliance_year"], "100.0 % (2/2)")
        self.assertEqual(rows[2]["compliance_year"], "")
