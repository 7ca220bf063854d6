# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools.kpi import Span

from .request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestFlow(RequestCommon):
    """From the draft to the end."""

    def _with_department(self):
        self.requester.itsm_department_id = self.department

    # === Submitting ===

    def test_whole_way(self):
        """REQ-01, REQ-05, REQ-06, REQ-08: department, desk, tasks in order, delivery,
        confirmation; the ticket goes along, with a clock that waits for the
        approval."""
        self._with_department()
        agreement = self._create_agreement(
            pause_reason_ids=[
                Command.set(self.env.ref("itsm_desk.itsm_pause_reason_approval").ids)
            ]
        )
        with self.at("2026-03-23 10:00"):
            request = self._submitted(self._line(self.laptop, size=14))
        self.assertEqual(request.state, "department")
        self.assertTrue(request.name)
        ticket = request.ticket_id
        self.assertEqual(ticket.itsm_kind, "request")
        self.assertEqual(ticket.service_id, self.laptop)
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(ticket.agreement_id, agreement)
        self.assertEqual(ticket.itsm_state, "paused")
        self.assertEqual(
            ticket.pause_reason_id,
            self.env.ref("itsm_desk.itsm_pause_reason_approval"),
        )
        self.assertEqual(request.line_ids.state, "waiting")
        self.assertFalse(request.task_ids)
        with self.at("2026-03-23 11:00"):
            request.with_user(self.portal_manager).action_approve("He needs it")
        self.assertEqual(request.state, "submitted")
        with self.at("2026-03-24 10:00"):
            request.with_user(self.lead).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(ticket.itsm_state, "open")
        # Two working days from Tuesday.
        self.assertEqual(request.line_ids.promised_date, date(2026, 3, 26))
        self.assertEqual(request.promised_date, date(2026, 3, 26))
        tasks = request.task_ids
        self.assertEqual(tasks.mapped("name"), ["Order", "Prepare desk", "Install"])
        self.assertEqual(tasks.mapped("state"), ["ready", "ready", "waiting"])
        self.assertIn("How to: Order", tasks[0].instruction)
        with self.at("2026-03-24 11:00"):
            tasks[0].with_user(self.agent).action_take()
            self.assertEqual(request.state, "fulfilment")
            self._work(tasks[0])
            self.assertEqual(tasks[2].state, "waiting")
            self._work(tasks[1], self.agent_2)
        self.assertEqual(tasks[2].state, "ready")
        with self.at("2026-03-25 10:00"):
            self._work(tasks[2])
        self.assertEqual(request.line_ids.state, "delivered")
        self.assertFalse(request.line_ids.is_late)
        self.assertAlmostEqual(request.line_ids.delivery_hours, 24)
        self.assertEqual(request.state, "delivered")
        self.assertEqual(ticket.itsm_state, "resolved")
        self.assertIn("Laptop", ticket.solution)
        with self.at("2026-03-25 11:00"):
            ticket.with_user(self.portal_user).action_confirm()
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.confirmed_partner_id, self.requester)
        # Monday 10-11 until Tuesday 10:00 the clock waited; Tuesday 10-12, 13-18 and
        # Wednesday 9-10 are 8 hours.
        clock = ticket.clock_ids.filtered(lambda c: c.metric == "resolution")
        self.assertEqual(clock.used_seconds, 8 * 3600)

    def test_no_approval(self):
        """REQ-05, REQ-07: without department and need of approval the work begins at
        once; without steps there is one task; what was left out is noted."""
        request = self._submitted(self._line(self.account))
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.approval_state, "none")
        self.assertEqual(request.task_ids.name, "Deliver: Account")
        self.assertEqual(request.task_ids.state, "ready")
        notes = " ".join(request.message_ids.mapped("body"))
        self.assertIn("belongs to no department", notes)
        self.assertIn("No approval is needed", notes)
        self._work(request.task_ids)
        self.assertEqual(request.state, "delivered")
        request.with_user(self.agent).action_confirm()
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.ticket_id.confirmation, "desk")

    def test_department_without_approvers(self):
        """REQ-05: a department without approvers: that of above decides; without any
        the step is left out with a note."""
        part = self.env["itsm.department"].create(
            {
                "name": "North",
                "partner_id": self.customer.id,
                "parent_id": self.department.id,
            }
        )
        self.requester.itsm_department_id = part
        request = self._submitted(self._line(self.account))
        self.assertEqual(request.state, "department")
        self.assertEqual(request.deciding_department_id, self.department)
        self.department.approver_ids = False
        request = self._submitted(self._line(self.account))
        self.assertEqual(request.state, "approved")
        self.assertIn(
            "nobody else who approves", " ".join(request.message_ids.mapped("body"))
        )

    def test_own_request(self):
        """REQ-05: the approver of a department never decides about his own request."""
        boss = self.portal_manager.partner_id
        boss.itsm_department_id = self.department
        request = self._submitted(self._line(self.account), partner_id=boss.id)
        self.assertEqual(request.state, "approved")
        deputy = self._create_user("itsm-portal-deputy", "base.group_portal")
        self.department.approver_ids |= deputy
        request = self._submitted(self._line(self.account), partner_id=boss.id)
        self.assertEqual(request.state, "department")
        with self.assertRaisesRegex(UserError, "somebody else decides"):
            request.with_user(self.portal_manager).action_approve()
        request.with_user(deputy).action_approve()
        self.assertEqual(request.state, "approved")

    def test_nobody_decides(self):
        """REQ-06: a step that nobody can decide does not stop the customer: the
        request waits, its ticket says why, and the desk asks again."""
        self.tier_item.write(
            {
                "review_type": "role",
                "role_id": self.env["itsm.role"]
                .create({"name": "Nobody", "code": "test_nobody"})
                .id,
            }
        )
        request = self._submitted(self._line(self.laptop, size=14))
        self.assertEqual(request.state, "submitted")
        self.assertEqual(request.approval_state, "none")
        self.assertIn(request.ticket_id.itsm_state, ("new", "open"))
        self.assertIn(
            "could not be asked for",
            " ".join(request.ticket_id.message_ids.mapped("body")),
        )
        with self.assertRaisesRegex(UserError, "nobody holds in"):
            request.with_user(self.agent).action_request_approval()
        self.tier_item.write({"review_type": "individual", "reviewer_id": self.lead.id})
        request.with_user(self.agent).action_request_approval()
        self.assertEqual(request.approval_state, "waiting")
        self.assertEqual(request.ticket_id.itsm_state, "paused")

    def test_project(self):
        """CAT-06, MS-73: what the catalogue does not offer has an approval of its own
        and is never approved by itself."""
        request = self._submitted(self._wish())
        self.assertTrue(request.has_project)
        self.assertEqual(request.state, "submitted")
        self.assertEqual(
            request.review_ids.definition_id.mapped("name"), [self.tier_project.name]
        )
        with self.assertRaises(UserError):
            request.with_user(self.lead).action_approve()
        request.with_user(self.manager).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.task_ids.name, "Deliver: A robot that files papers")
        self.tier_project.active = False
        request = self._submitted(self._wish())
        self.assertEqual((request.state, request.approval_state), ("submitted", "none"))

    def test_amount(self):
        """REQ-06: steps by amount; prices are those of the day of the request."""
        self.env.ref("itsm_desk.itsm_request_tier_amount").write(
            {
                "active": True,
                "review_type": "individual",
                "reviewer_id": self.manager.id,
            }
        )
        request = self._submitted(self._line(self.laptop, 11, size=14))
        self.assertEqual(len(request.review_ids), 1)
        self.assertAlmostEqual(request.amount, 9900)
        request = self._submitted(self._line(self.laptop, 12, size=14))
        self.assertEqual(len(request.review_ids), 2)
        self.laptop.price = 1000
        self.assertAlmostEqual(request.amount, 10800)

    # === Prices ===

    def test_prices(self):
        """CAT-07: price and cost are for finance and for who decides, and for nobody
        else."""
        self._with_department()
        request = self._submitted(self._line(self.laptop, 2, size=14))
        for user, seen in (
            (self.portal_manager, True),
            (self.lead, False),
            (self.portal_user, False),
            (self.agent, False),
        ):
            seeing = request.with_user(user)
            seeing.invalidate_recordset()
            self.assertEqual("1,800.00" in seeing.decision_summary, seen, user.login)
            with self.assertRaises(AccessError):
                seeing.read(["amount"])
            with self.assertRaises(AccessError):
                seeing.line_ids.read(["price_unit"])
        request.with_user(self.portal_manager).action_approve()
        request.invalidate_recordset()
        # Now the lead decides; who has decided still sees what he decided about.
        self.assertIn("1,800.00", request.with_user(self.lead).decision_summary)
        self.assertIn(
            "1,800.00", request.with_user(self.portal_manager).decision_summary
        )

    # === Answers ===

    def test_answers(self):
        """REQ-02: missing and wrong answers are refused by name; right ones are kept
        as they were asked."""
        request = self._draft(self._line(self.laptop))
        with self.assertRaisesRegex(ValidationError, "Size of the screen.*needed"):
            request.action_submit()
        request.line_ids.answer_ids = [
            Command.create({"question_id": self.question.id, "value_integer": 30})
        ]
        with self.assertRaisesRegex(ValidationError, "from 10 to 20"):
            request.action_submit()
        self.assertEqual(request.state, "draft")
        self.assertFalse(request.ticket_id)
        request.line_ids.answer_ids.value_integer = 15
        request.action_submit()
        answer = request.line_ids.answer_ids
        self.assertEqual((answer.name, answer.display), ("Size of the screen", "15"))
        self.question.name = "Inches"
        self.assertEqual(answer.name, "Size of the screen")
        with self.assertRaises(UserError):
            answer.with_user(self.agent).value_integer = 16
        with self.assertRaises(UserError):
            self.question.unlink()

    def test_nothing_asked(self):
        """REQ-02: no line, an empty wish, no quantity: each a clear error."""
        with self.assertRaisesRegex(UserError, "no line"):
            self._draft().action_submit()
        with self.assertRaisesRegex(ValidationError, "say what is wanted"):
            self._draft(self._wish("  "))
        with self.assertRaisesRegex(ValidationError, "choose one of the catalogue"):
            self._draft(Command.create({"quantity": 1}))

    def test_not_entitled(self):
        """CAT-08: nobody requests what he is not offered, nor what is withdrawn."""
        self.account.partner_ids = self.customer_2
        with self.assertRaisesRegex(UserError, "not offered"):
            self._draft(self._line(self.account)).action_submit()
        request = self._draft(self._line(self.laptop, size=12))
        self.laptop.state = "retired"
        with self.assertRaisesRegex(UserError, "not offered"):
            request.action_submit()

    # === Locked ===

    def test_locked(self):
        """REQ-06: what was submitted stays as it was, also without any approval, and
        states are entered by nobody."""
        request = self._submitted(self._line(self.account)).with_user(self.agent)
        for record, vals in (
            (request, {"reason": "Because"}),
            (request, {"partner_id": self.requester_2.id}),
            (request.line_ids, {"quantity": 5}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                record.write(vals)
        for record, vals in (
            (request, {"state": "closed"}),
            (request, {"approved_at": "2026-01-01 00:00:00"}),
            (request.line_ids, {"state": "delivered"}),
            (request.task_ids, {"state": "done"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                record.write(vals)
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._draft(self._line(self.account), state="closed")
        with self.assertRaises(UserError), self.cr.savepoint():
            request.unlink()
        draft = self._draft(self._line(self.account))
        with self.assertRaises(AccessError), self.cr.savepoint():
            draft.write({"state": "approved"})
        self.assertEqual(
            self.requests.with_user(self.agent)
            .with_context(default_state="closed")
            .create({"partner_id": self.requester.id})
            .state,
            "draft",
        )
        draft.unlink()

    # === Ends ===

    def test_rejected(self):
        """REQ-06: a rejection ends the request with its reason; the requester is told
        and the ticket is cancelled."""
        self._with_department()
        request = self._submitted(self._line(self.laptop, size=14))
        with self.assertRaisesRegex(UserError, "reason"):
            request.with_user(self.portal_manager).action_reject()
        request.with_user(self.portal_manager).action_reject("Use the old one")
        self.assertEqual(request.state, "rejected")
        self.assertEqual(request.end_reason, "Use the old one")
        self.assertEqual(request.line_ids.state, "cancelled")
        self.assertEqual(request.ticket_id.itsm_state, "cancelled")
        logs = self.env["itsm.notification.log"].search(
            [("event_code", "=", "request_rejected"), ("res_id", "=", request.id)]
        )
        self.assertEqual(logs.partner_id, self.requester)
        # It is over: the form does not say that approval can be asked for again.
        self.assertFalse(request.need_validation)
        copy = request.copy()
        self.assertEqual((copy.state, copy.line_ids.state), ("draft", "draft"))
        self.assertEqual(copy.line_ids.answer_ids.value_integer, 14)

    def test_first_approver_decides(self):
        """REQ-05: of several approvers of a department the first one decides, also with
        a no; nobody is asked any more."""
        self._with_department()
        self.department.approver_ids |= self.employee
        # as it is shipped, whatever the database holds
        self.tier_department.approval_rule = "first"
        request = self._submitted(self._line(self.laptop, size=14))
        request.with_user(self.portal_manager).action_reject("Use the old one")
        self.assertEqual(request.state, "rejected")
        with self.assertRaises(UserError):
            request.with_user(self.employee).action_approve()
        request = self._submitted(self._line(self.laptop, size=14))
        request.with_user(self.employee).action_approve()
        self.assertEqual(request.state, "submitted")

    def test_language_of_the_requester(self):
        """CAT-06, INC-22: what was delivered is told in the language of the requester,
        whatever language those have who work on it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        for model, value, label in (
            ("itsm.request.line", "delivered", "Livré"),
            ("itsm.request", "cancelled", "Annulé"),
        ):
            self.env["ir.model.fields.selection"].search(
                [
                    ("field_id.model", "=", model),
                    ("field_id.name", "=", "state"),
                    ("value", "=", value),
                ]
            ).with_context(lang="fr_FR").name = label
        self.requester.lang = "fr_FR"
        request = self._submitted(self._line(self.account))
        self._work(request.task_ids)
        self.assertIn("Livré", request.ticket_id.solution)
        request = self._submitted(self._line(self.account))
        request.with_user(self.agent)._cancel("Twice")
        self.assertIn("Annulé: Twice", request.ticket_id.message_ids[0].body)

    def test_department_moved(self):
        """REQ-05: when a department becomes part of another one, the approvers of that
        see its requests at once, and no longer when it leaves."""
        self._with_department()
        request = self._submitted(self._line(self.laptop, size=14))
        above = self.department.create(
            {
                "name": "Head",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "approver_ids": [Command.set(self.employee.ids)],
            }
        )
        mine = self.requests.with_user(self.employee)
        domain = [("id", "=", request.id)]
        self.assertFalse(mine.search(domain))
        for parent, seen in ((above, request), (self.department.browse(), mine)):
            self.department.parent_id = parent
            self.env.invalidate_all()  # the next call of a user begins with nothing
            self.assertEqual(mine.search(domain), seen)

    def test_take_over(self):
        """REQ-08: a task that is taken over from a colleague began when he began."""
        request = self._submitted(self._line(self.account))
        task = request.task_ids
        with self.at("2026-03-23 10:00"):
            task.with_user(self.agent).action_take()
        with self.at("2026-03-23 15:00"):
            task.with_user(self.agent_2).action_take()
        self.assertEqual(task.user_id, self.agent_2)
        self.assertEqual(task.started_at, self.utc("2026-03-23 10:00"))

    def test_withdrawn(self):
        """REQ-06: taken back before the work begins, not afterwards."""
        self._with_department()
        request = self._submitted(self._line(self.laptop, size=14))
        request._withdraw("Found one", self.requester)
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(request.approval_state, "none")
        self.assertEqual(request.ticket_id.itsm_state, "cancelled")
        with self.assertRaises(UserError):
            request.with_user(self.portal_manager).action_approve()
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.account))
        request.task_ids.with_user(self.agent).action_take()
        with self.assertRaisesRegex(UserError, "cannot be taken back"):
            request._withdraw("", self.requester)

    def test_cancelled(self):
        """REQ-06: the desk cancels with a reason; open tasks end with it."""
        request = self._submitted(self._line(self.account))
        action = request.with_user(self.agent).action_cancel()
        dialog = (
            self.env["itsm.request.reason"]
            .with_user(self.agent)
            .with_context(**action["context"])
            .create({"reason": "Not any more"})
        )
        dialog.action_apply()
        self.assertEqual(request.state, "cancelled")
        self.assertEqual(request.task_ids.state, "cancelled")
        with self.assertRaises(UserError):
            dialog.action_apply()

    def test_ticket_cancelled(self):
        """REQ-06: whoever cancels the ticket cancels the request."""
        request = self._submitted(self._line(self.account))
        request.ticket_id.with_user(self.agent).stage_id = self.stage_cancelled
        self.env.flush_all()
        self.assertEqual(request.state, "cancelled")

    def test_partly(self):
        """REQ-01: each line has its own state; partly delivered is told once, what
        cannot be delivered says why."""
        request = self._submitted(
            self._line(self.account), self._line(self.service), self._wish()
        )
        request.with_user(self.manager).action_approve()
        lines = request.line_ids
        self._work(lines[0].task_ids)
        self.assertEqual(request.state, "partly")
        lines[1].with_user(self.agent).action_deliver()
        self.assertEqual(lines[1].task_ids.state, "cancelled")
        logs = self.env["itsm.notification.log"].search(
            [("event_code", "=", "request_partly"), ("res_id", "=", request.id)]
        )
        self.assertEqual(len(logs), 1)
        action = lines[2].with_user(self.agent).action_refuse()
        self.env["itsm.request.reason"].with_user(self.agent).with_context(
            **action["context"]
        ).create({"reason": "Nobody makes it"}).action_apply()
        self.assertEqual(lines.mapped("state"), ["delivered", "delivered", "refused"])
        self.assertEqual(request.state, "delivered")
        self.assertIn("Nobody makes it", request.ticket_id.solution)

    def test_nothing_delivered(self):
        """REQ-01: if nothing can be delivered the request ends, and says why."""
        request = self._submitted(self._line(self.account))
        request.line_ids._refuse("Sold out")
        self.assertEqual(request.state, "cancelled")
        self.assertIn("Sold out", request.end_reason)

    def test_failed_delivery(self):
        """REQ-06, INC-33: the requester says that it failed: back to work, with a task
        for each delivered line."""
        request = self._submitted(self._line(self.account))
        self._work(request.task_ids)
        request.ticket_id.with_user(self.portal_user).action_refuse("Wrong name")
        self.assertEqual(request.state, "fulfilment")
        task = request.task_ids.filtered(lambda t: t.state == "ready")
        self.assertEqual(task.name, "Put right: Account")
        self.assertIn("Wrong name", task.instruction)
        self._work(task)
        self.assertEqual(request.state, "delivered")

    # === Tasks ===

    def test_tasks_in_order(self):
        """REQ-08: a task before its turn, or twice, is refused; the process log says
        who did it."""
        request = self._submitted(self._line(self.laptop, size=14))
        request.with_user(self.lead).action_approve()
        tasks = request.task_ids
        with self.assertRaisesRegex(UserError, "waits for the tasks before it"):
            tasks[2].with_user(self.agent).action_done()
        self._work(tasks[0])
        self.assertEqual(tasks[0].done_by_id, self.agent)
        with self.assertRaisesRegex(UserError, "over already"):
            tasks[0].with_user(self.agent).action_done()
        with self.assertRaises(AccessError):
            self.env["itsm.request.task"].with_user(self.agent).create(
                {"line_id": request.line_ids.id, "name": "Mine"}
            )

    def test_batch(self):
        """REQ-07: twenty lines are delivered at once with at most 13 queries each."""
        request = self._submitted(*(self._line(self.account) for _n in range(20)))
        self.assertEqual(len(request.task_ids), 20)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(260):
            self._work(request.task_ids)
        self.assertEqual(request.state, "delivered")

    def test_from_ticket(self):
        """INC-16: a ticket that asks for something gets an application: it becomes the
        conversation of that request, and is cancelled with no draft."""
        ticket = self._report(
            "2026-03-23 10:00", itsm_kind="request", service_id=self.laptop.id
        )
        action = ticket.with_user(self.agent).action_make_service_request()
        request = self.requests.browse(action["res_id"])
        self.assertEqual(request.state, "draft")
        self.assertEqual(request.ticket_id, ticket)
        self.assertEqual(request.partner_id, ticket.partner_id)
        self.assertEqual(len(request.line_ids.answer_ids), 2)
        again = ticket.with_user(self.agent).action_make_service_request()
        self.assertEqual(again["res_id"], request.id)
        request.with_user(self.agent)._cancel("A mistake")
        self.assertEqual(ticket.itsm_state, "new")
        request.unlink()
        action = ticket.with_user(self.agent).action_make_service_request()
        request = self.requests.browse(action["res_id"]).with_user(self.agent)
        question = request.line_ids.answer_ids.filtered(lambda a: a.kind == "integer")
        question.value_integer = 14
        request.action_submit()
        self.assertEqual(request.ticket_id, ticket)
        self.assertEqual(ticket.itsm_state, "paused")
        incident = self._report("2026-03-23 10:00", itsm_kind="incident")
        with self.assertRaisesRegex(UserError, "Change its kind"):
            incident.with_user(self.agent).action_make_service_request()
        stranger = self._create_ticket(
            itsm_kind="request", partner_id=False, partner_email="new@example.com"
        )
        with self.assertRaisesRegex(UserError, "new@example.com is no contact yet"):
            stranger.with_user(self.agent).action_make_service_request()

    def test_ticket_of_many(self):
        """REQ-01, CAT-08: the ticket of several items is about what they are part of,
        and goes to the first line of the service."""
        self.service.team_ids = [
            Command.create({"line": "2", "team_id": self.team.id}),
            Command.create({"line": "1", "team_id": self.team_2.id}),
        ]
        request = self._submitted(
            self._line(self.account), self._line(self.laptop, size=14)
        )
        self.assertEqual(request.ticket_id.service_id, self.service)
        self.assertEqual(request.ticket_id.team_id, self.team_2)
        self.assertEqual(request.subject, "Account and 1 more")
        self.assertFalse(request.ticket_id.channel_id)
        request = self._submitted(self._line(self.account), self._wish())
        self.assertEqual(request.ticket_id.service_id, self.account)

    def test_ticket_cancelled_late(self):
        """REQ-06: a delivered request whose ticket is cancelled is closed."""
        request = self._submitted(self._line(self.account))
        self._work(request.task_ids)
        request.ticket_id.with_user(self.agent).stage_id = self.stage_cancelled
        self.env.flush_all()
        self.assertEqual(request.state, "closed")

    def test_print(self):
        """D22: the form has lines, answers, approvals and delivery; prices only for
        those who may see them."""
        self._with_department()
        request = self._submitted(self._line(self.laptop, 2, size=14), self._wish())
        report = "itsm_desk.report_itsm_request"

        def page(user):
            reports = self.env["ir.actions.report"].with_user(user)
            return reports._render_qweb_html(report, request.ids)[0].decode()

        text = page(self.agent)
        for words in (
            request.name,
            "Laptop",
            "Size of the screen",
            "A robot that files papers",
            "D22",
            self.requester.name,
        ):
            self.assertIn(words, text)
        self.assertNotIn("1,800", text)
        request.with_user(self.portal_manager).action_approve()
        text = page(self.lead)
        self.assertIn("1,800", text)
        self.assertIn(self.portal_manager.name, text)

    def test_department_tree(self):
        """Bad input: circles and mixed customers in departments are refused."""
        part = self.env["itsm.department"].create(
            {
                "name": "North",
                "partner_id": self.customer.id,
                "parent_id": self.department.id,
            }
        )
        with self.assertRaisesRegex(ValidationError, "part of itself"):
            self.department.parent_id = part
        with self.assertRaisesRegex(ValidationError, "different customers"):
            part.partner_id = self.customer_2
        with self.assertRaisesRegex(ValidationError, "another customer"):
            self._draft(
                self._line(self.account),
                partner_id=self.requester_2.id,
                department_id=self.department.id,
            )

    def test_kpis(self):
        """REQ-13: delivered by the promised day, and open at the end."""
        kpis = {
            key: self.env["itsm.kpi"].search([("measure", "=", key)], limit=1).sudo()
            for key in ("request_line_in_time", "request_backlog", "request_content")
        }
        self.assertTrue(all(kpis.values()))
        with self.at("2026-03-23 10:00"):
            requests = self.requests
            for _n in range(3):
                request = self._submitted(self._line(self.laptop, size=14))
                request.with_user(self.lead).action_approve()
                requests |= request
        with self.at("2026-03-25 17:00"):  # the promised day
            requests[0].line_ids.with_user(self.agent).action_deliver()
        with self.at("2026-03-26 09:00"):
            requests[1].line_ids.with_user(self.agent).action_deliver()
        self.assertEqual(requests.line_ids.mapped("is_late"), [False, True, False])
        self.env.flush_all()
        span = Span(
            self.company.id,
            date(2026, 3, 1),
            date(2026, 3, 31),
            self.utc("2026-03-01 00:00"),
            self.utc("2026-04-01 00:00"),
            self.utc("2026-04-01 00:00"),
        )
        share = kpis["request_line_in_time"]._kpi_measure_request_line_in_time([span])
        backlog = kpis["request_backlog"]._kpi_measure_request_backlog([span])
        before = self.requests.search_count(
            [
                ("company_id", "=", self.company.id),
                ("state", "!=", "draft"),
                ("submitted_at", "<", span.stops),
                ("delivered_at", "=", False),
                ("finished_at", "=", False),
            ]
        )
        self.assertEqual((share[span].numerator, share[span].denominator), (1, 2))
        self.assertEqual(backlog[span].value, before)
        self.assertGreaterEqual(before, 1)
