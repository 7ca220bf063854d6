# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from unittest.mock import patch

from lxml import html

from odoo import fields, http
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_desk.controllers.service_request import ItsmRequestPortal

from .request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestPortal(RequestCommon, HttpCase):
    """Requests by HTTP, and what strangers get."""

    def setUp(self):
        super().setUp()
        for user in (
            self.portal_user,
            self.portal_user_2,
            self.portal_manager,
            self.agent,
        ):
            user.password = user.login
        self.requester.itsm_department_id = self.department
        self.form = f"/my/services/{self.laptop.id}/request"

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, url, data=None, csrf=True, **kwargs):
        data = dict(data or {})
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        with mute_logger("odoo.http"):
            response = self.url_open(url, data=data, **kwargs)
        self.env.invalidate_all()
        return response

    def _get(self, url):
        with mute_logger("odoo.http"):
            return self.url_open(url)

    def _mine(self):
        return self.requests.search([("partner_id", "=", self.requester.id)])

    def _text(self, response):
        return " ".join(html.fromstring(response.text).text_content().split())

    # === The form ===

    def test_form(self):
        """REQ-02, REQ-04: the form asks what the item asks; the request is submitted in
        the name of the user with its answers, priority and files."""
        self._login(self.portal_user)
        page = self._get(self.form)
        self.assertIn("Size of the screen", page.text)
        self.assertIn('name="q_remark"', page.text)
        self.assertNotIn("900", self._text(page))
        response = self._post(
            self.form,
            {
                "q_size": "14",
                "q_remark": "Light",
                "quantity": "2",
                "urgency": "2",
                "reason": "Travelling",
                "wanted_date": "2030-01-31",
                "partner_id": str(self.requester_2.id),
                "state": "closed",
            },
            files={"attachments": ("offer.txt", b"An offer", "text/plain")},
        )
        self.assertIn("Your request is sent", response.text)
        request = self._mine()
        self.assertEqual(len(request), 1)
        self.assertEqual(request.state, "department")
        self.assertEqual(request.create_uid, self.portal_user)
        self.assertEqual(request.line_ids.quantity, 2)
        self.assertEqual(request.line_ids.answer_ids.mapped("display"), ["14", "Light"])
        self.assertEqual(request.ticket_id.urgency, "2")
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "=", request.ticket_id.id),
            ]
        )
        self.assertEqual(files.raw, b"An offer")
        page = self._text(self._get(f"/my/requests/{request.id}"))
        self.assertIn("Waiting for the department", page)
        self.assertIn("Approval by the department", page)
        self.assertNotIn(self.portal_manager.name, page)
        self.assertNotIn("1,800", page)
        self.assertIn(request.name, self._get("/my/requests").text)

    def test_sent_twice(self):
        """REQ-02: a form sent twice is one request; a new form is another one."""
        self._login(self.portal_user)
        key = self._form_key()
        answers = {"q_size": "14", "quantity": "1", "urgency": "3", "form_key": key}
        first = self._post(self.form, answers)
        again = self._post(self.form, answers)
        self.assertEqual(len(self._mine()), 1)
        self.assertEqual(first.url, again.url)
        self._post(self.form, answers | {"form_key": self._form_key()})
        self.assertEqual(len(self._mine()), 2)
        # Somebody else's key, and none that we make, are no way to his request.
        self._post(self.form, answers | {"form_key": "x" * 32})
        self.assertEqual(len(self._mine()), 3)
        self.assertFalse(self._mine()[0].form_key)

    def test_sent_twice_at_once(self):
        """REQ-02: two clicks in the same moment: the database lets one through."""
        self._login(self.portal_user)
        key = self._form_key()
        answers = {"q_size": "14", "quantity": "1", "urgency": "3", "form_key": key}
        self._post(self.form, answers)
        unseen = patch.object(
            ItsmRequestPortal, "_sent_already", lambda self, key: None
        )
        with unseen, mute_logger("odoo.sql_db"):
            response = self._post(self.form, answers)
        self.assertEqual(len(self._mine()), 1)
        self.assertTrue(response.url.endswith("/my/requests"))

    def _form_key(self):
        page = html.fromstring(self._get(self.form).text)
        [key] = page.xpath("//input[@name='form_key']/@value")
        return key

    def test_form_errors(self):
        """REQ-02: what is wrong is said at the question, and what was typed is shown
        again; nothing is made."""
        self._login(self.portal_user)
        response = self._post(
            self.form,
            {
                "q_size": "99",
                "q_remark": "Keep <this>",
                "q_evil": "1",
                "quantity": "0",
                "wanted_date": "31.1.2030",
                "urgency": "9",
                "reason": "Typed reason",
            },
        )
        self.assertEqual(response.status_code, 422)
        page = html.fromstring(response.text)
        self.assertEqual(page.xpath("//input[@name='q_size']/@value"), ["99"])
        self.assertEqual(
            page.xpath("//textarea[@name='q_remark']")[0].text, "Keep <this>"
        )
        self.assertEqual(
            page.xpath("//textarea[@name='reason']")[0].text, "Typed reason"
        )
        wrong = self._text(response)
        for text in (
            "from 10 to 20",
            "Enter a whole number of 1 or more",
            "for example 2026-03-31",
            "Choose one of the list",
            "is no question of Laptop",
        ):
            self.assertIn(text, wrong)
        self.assertFalse(self._mine())

    def test_bare_service(self):
        """REQ-02: what asks no questions asks in words what is needed; an empty form
        is no request. A service with offerings is no item."""
        self._login(self.portal_user)
        url = f"/my/services/{self.account.id}/request"
        self.assertIn("What do you need, and what for?", self._text(self._get(url)))
        for reason in ("", " \n ", "\0"):
            response = self._post(url, {"reason": reason, "quantity": "3"})
            self.assertEqual(response.status_code, 422)
            self.assertIn("Say what you need", self._text(response))
            self.assertFalse(self._mine())
        self._post(url, {"reason": "An account for the trainee"})
        self.assertIn("for the trainee", self._mine().ticket_id.description)
        # Questions say what is needed: the reason is free.
        self.assertIn("What you need it for", self._text(self._get(self.form)))
        # Sent to its offerings, whatever is posted.
        self.env["itsm.service"].create(
            {
                "name": "Account with mailbox",
                "state": "live",
                "parent_id": self.account.id,
                "company_id": self.company.id,
            }
        )
        for response in (self._get(url), self._post(url, {"reason": "Another"})):
            self.assertTrue(response.url.endswith(f"/my/services/{self.account.id}"))
            self.assertIn("Account with mailbox", response.text)
        self.assertEqual(len(self._mine()), 1)

    def test_file_question(self):
        """CAT-07: an answer can be a file, which the requester gets back and a stranger
        does not."""
        self.env["itsm.question"].create(
            {
                "service_id": self.account.id,
                "name": "Signed form",
                "code": "form",
                "kind": "file",
                "required": True,
            }
        )
        url = f"/my/services/{self.account.id}/request"
        self._login(self.portal_user)
        response = self._post(url)
        self.assertEqual(response.status_code, 422)
        self._post(url, files={"q_form": ("form.txt", b"Signed", "text/plain")})
        answer = self._mine().line_ids.answer_ids
        self.assertEqual(base64.b64decode(answer.value_file), b"Signed")
        link = f"/web/content/itsm.request.answer/{answer.id}/value_file?download=true"
        self.assertEqual(self._get(link).content, b"Signed")
        attachment = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "itsm.request.answer"),
                ("res_id", "=", answer.id),
                ("res_field", "=", "value_file"),
            ]
        )
        self.assertTrue(attachment)
        self._login(self.portal_user_2)
        for stranger in (link, f"/web/content/{attachment.id}"):
            self.assertEqual(self._get(stranger).status_code, 404, stranger)

    def test_other(self):
        """CAT-06: something that is not in the catalogue, in words."""
        self._login(self.portal_user)
        response = self._post("/my/requests/other", {"wish": "  "})
        self.assertEqual(response.status_code, 422)
        self._post("/my/requests/other", {"wish": "A robot\nthat files papers"})
        request = self._mine()
        self.assertEqual(request.line_ids.kind, "project")
        self.assertEqual(request.subject, "A robot")
        self.assertEqual(request.state, "department")
        self.assertEqual(
            request.review_ids.mapped("name"),
            ["Approval by the department", "Something that is not in the catalogue"],
        )

    def test_not_offered(self):
        """CAT-08: an item that is not offered to the user is as one that is not
        there."""
        self.account.partner_ids = self.customer_2
        self._login(self.portal_user)
        for number in (self.account.id, self.service_retired.id, 99999999):
            url = f"/my/services/{number}/request"
            self.assertEqual(self._get(url).status_code, 404)
            self.assertEqual(self._post(url).status_code, 404)
        self.assertFalse(self._mine())

    def test_foolish_numbers(self):
        """Bad input: numbers that no record has, and what is no number, in every
        address: 404, never an error of the server."""
        self._login(self.portal_user)
        for number in ("0", "-1", "99999999999999999999999999", "x", "1.5"):
            for url in (
                f"/my/services/{number}",
                f"/my/services/{number}/request",
                f"/my/requests/{number}",
                f"/itsm/approval/{number}",
            ):
                self.assertEqual(self._get(url).status_code, 404, url)
            for url in (
                f"/my/services/{number}/request",
                f"/my/requests/{number}/answer",
                f"/itsm/approval/{number}",
            ):
                response = self._post(url, {"answer": "confirm", "decision": "yes"})
                self.assertIn(response.status_code, (404, 405), url)
        for number in ("0", "99999999999999999999999999"):
            response = self._get(f"/my/requests/page/{number}")
            self.assertEqual(response.status_code, 200, number)
        self.assertFalse(self._mine())

    def test_files_instead_of_texts(self):
        """Bad input: a file where a text is asked for, and characters that a database
        cannot keep: said at the field or left out, never an error of the server."""
        self._login(self.portal_user)
        names = ("quantity", "urgency", "wanted_date", "reason", "q_size", "q_remark")
        response = self._post(
            self.form,
            {"q_size": "14"},
            files=[(name, ("a.txt", b"x", "text/plain")) for name in names],
        )
        self.assertEqual(response.status_code, 422)
        self.assertFalse(self._mine())
        response = self._post(
            "/my/requests/other", {"wish": "A\0 robot", "reason": "To\0 file"}
        )
        self.assertEqual(response.status_code, 200)
        request = self._mine()
        self.assertEqual((request.subject, request.reason), ("A robot", "To file"))
        response = self._post(
            f"/my/requests/{request.id}/answer",
            {"answer": "withdraw"},
            files={"reason": ("a.txt", b"x", "text/plain")},
        )
        self.assertEqual(response.status_code, 200)
        self.assertEqual(request.state, "cancelled")

    def test_too_many_files(self):
        """Bad input: eleven files are refused before anything is made."""
        self._login(self.portal_user)
        files = [("attachments", (f"{n}.txt", b"x", "text/plain")) for n in range(11)]
        response = self._post(self.form, {"q_size": "14"}, files=files)
        self.assertEqual(response.status_code, 422)
        self.assertIn("At most 10 files", response.text)
        self.assertFalse(self._mine())

    # === The way ===

    def test_department_approver(self):
        """REQ-05: the customer's manager decides on the page of the mail, with prices;
        he sees the requests of his department, drafts excepted."""
        self._login(self.portal_user)
        self._post(self.form, {"q_size": "14"})
        request = self._mine()
        mail = self.env["mail.message"].search(
            [
                ("model", "=", "itsm.request"),
                ("res_id", "=", request.id),
                ("partner_ids", "in", self.portal_manager.partner_id.ids),
            ],
            limit=1,
        )
        review = request.review_ids.filtered(lambda r: r.status == "pending")
        url = f"/itsm/approval/{review.id}"
        self.assertIn(url, mail.body)
        # The requester himself does not decide, and learns nothing there.
        self.assertEqual(self._get(url).status_code, 404)
        self.assertEqual(self._post(url, {"decision": "yes"}).status_code, 404)
        self._login(self.portal_user_2)
        self.assertEqual(self._get(url).status_code, 404)
        self._login(self.portal_manager)
        self.assertIn(request.name, self._get("/my/requests").text)
        page = self._get(f"/my/requests/{request.id}").text
        self.assertIn("This waits for your decision", page)
        page = self._get(url).text
        self.assertIn("900.00", page)
        self.assertIn(f'href="/my/requests/{request.id}"', page)
        self._post(url, {"decision": "yes", "comment": "Fine"})
        self.assertEqual(request.state, "submitted")
        # No buttons of the requester for him.
        response = self._post(
            f"/my/requests/{request.id}/answer", {"answer": "withdraw"}
        )
        self.assertEqual(response.status_code, 404)
        self.assertEqual(request.state, "submitted")

    def test_confirm(self):
        """REQ-06: the requester refuses with a reason, then confirms."""
        self.requester.itsm_department_id = False
        self._login(self.portal_user)
        self._post(
            f"/my/services/{self.account.id}/request", {"reason": "For the new one"}
        )
        request = self._mine()
        url = f"/my/requests/{request.id}/answer"
        response = self._post(url, {"answer": "confirm"})
        self.assertEqual(response.status_code, 422)
        self._work(request.task_ids)
        self.assertEqual(request.state, "delivered")
        self.assertIn(
            "Did you get everything?", self._get(f"/my/requests/{request.id}").text
        )
        response = self._post(url, {"answer": "refuse"})
        self.assertEqual(response.status_code, 422)
        for _click in range(2):  # a double click is one refusal
            response = self._post(url, {"answer": "refuse", "reason": "Wrong name"})
            self.assertEqual(response.status_code, 200)
            self.assertIn("We work on it again", response.text)
        self.assertEqual(request.ticket_id.reopened_count, 1)
        self.assertEqual(request.state, "fulfilment")
        self._work(request.task_ids.filtered(lambda t: t.state == "ready"))
        self._post(url, {"answer": "confirm"})
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.confirmed_partner_id, self.requester)
        self.assertEqual(request.ticket_id.confirmation, "requester")

    def test_rate_items(self):
        """REQ-13: after the request is closed the requester says how satisfied he is
        with each item, once; nobody else does, and nothing else is a mark."""
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.account), self._line(self.account))
        self._work(request.task_ids)
        self._login(self.portal_user)
        first, second = request.line_ids
        page = f"/my/requests/{request.id}"
        url = f"{page}/rate"
        self.assertNotIn("How satisfied are you?", self._get(page).text)
        mark = {f"rate_{first.id}": "5"}
        self.assertEqual(self._post(url, mark).status_code, 422)
        self._post(f"{page}/answer", {"answer": "confirm"})
        self.assertEqual(request.state, "closed")
        self.assertIn("How satisfied are you?", self._get(page).text)
        other = self._submitted(self._line(self.account))
        for foolish in (
            {},
            {f"rate_{first.id}": "4"},
            {"rate_0": "5"},
            {"rate_x": "5"},
            {f"rate_{other.line_ids.id}": "5"},
            {**mark, f"rate_{second.id}": "<b>"},
        ):
            self.assertEqual(self._post(url, foolish).status_code, 422, foolish)
        self.assertEqual(self._get(url).status_code, 405)
        self.assertEqual(self._post(url, mark, csrf=False).status_code, 400)
        self.assertFalse(first.satisfaction)
        self._login(self.portal_user_2)
        self.assertEqual(self._post(url, mark).status_code, 404)
        self._login(self.portal_manager)
        self.assertEqual(self._post(url, mark).status_code, 404)
        self._login(self.portal_user)
        self._post(url, {**mark, f"rate_{second.id}": "1"})
        self.assertEqual((first | second).mapped("satisfaction"), ["5", "1"])
        self.assertEqual(self._post(url, {f"rate_{first.id}": "1"}).status_code, 422)
        self.assertIn("Your answer: Satisfied", self._text(self._get(page)))
        for user in (self.agent, self.manager):
            with self.assertRaises(AccessError):
                first.with_user(user).satisfaction = "5"

    def test_asked_already(self):
        """INC-19: who asks again sees what he asked for; not what others asked for, and
        not what is over."""
        self._login(self.portal_user)
        self._draft(self._line(self.laptop, size=14), partner_id=self.requester_2.id)
        self.assertNotIn("o_itsm_asked", self._get(self.form).text)
        self._post(self.form, {"q_size": "14"})
        request = self._mine()
        self.assertIn(request.name, self._get(self.form).text)
        self.assertNotIn(
            request.name, self._get(f"/my/services/{self.account.id}/request").text
        )
        self._post(f"/my/requests/{request.id}/answer", {"answer": "withdraw"})
        self.assertNotIn("o_itsm_asked", self._get(self.form).text)

    def test_withdraw(self):
        """REQ-06: taken back before the work begins, by POST with a token only."""
        self._login(self.portal_user)
        self._post(self.form, {"q_size": "14"})
        request = self._mine()
        url = f"/my/requests/{request.id}/answer"
        self.assertEqual(
            self._post(url, {"answer": "withdraw"}, csrf=False).status_code, 400
        )
        self.assertEqual(self._get(url).status_code, 405)
        self.assertEqual(request.state, "department")
        self._post(url, {"answer": "nonsense"})
        self.assertEqual(request.state, "department")
        self._post(url, {"answer": "withdraw", "reason": "Found one"})
        self.assertEqual(
            (request.state, request.end_reason), ("cancelled", "Found one")
        )

    # === Strangers ===

    def test_stranger_url(self):
        """Somebody else's request by its number: 404, whatever is asked for."""
        request = self._submitted(self._line(self.laptop, size=14))
        draft = self._draft(self._line(self.laptop, size=14))
        self._login(self.portal_user_2)
        for number in (request.id, 99999999):
            url = f"/my/requests/{number}"
            self.assertEqual(self._get(url).status_code, 404)
            for answer in ("confirm", "refuse", "withdraw"):
                response = self._post(f"{url}/answer", {"answer": answer})
                self.assertEqual(response.status_code, 404)
        self.assertNotIn(request.name, self._get("/my/requests").text)
        self.assertEqual(request.state, "department")
        # The approver sees no draft.
        self._login(self.portal_manager)
        self.assertEqual(self._get(f"/my/requests/{draft.id}").status_code, 404)

    def test_stranger_orm(self):
        """By the ORM: no reading of others', no writing of anything, also of one's own
        and by buttons."""
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.account))
        self.assertEqual(len(request.task_ids), 1)
        everything = (
            request,
            request.line_ids,
            request.task_ids,
        )
        laptop = self._submitted(self._line(self.laptop, size=14))
        for records in (*everything, laptop.line_ids.answer_ids):
            found = records.with_user(self.portal_user_2)
            with self.assertRaises(AccessError, msg=records):
                found.read(["create_date"])
            if records._name != "itsm.request.task":  # closed altogether
                self.assertFalse(found.search([("id", "in", records.ids)]))
        for user in (self.portal_user, self.portal_user_2, self.portal_manager):
            for records, vals in (
                (request, {"reason": "x"}),
                (request.line_ids, {"quantity": 2}),
                (request.task_ids, {"note": "x"}),
                (laptop.line_ids.answer_ids, {"value_integer": 15}),
            ):
                records = records.with_user(user)
                with self.assertRaises(AccessError):
                    records.write(vals)
                with self.assertRaises(AccessError):
                    records.unlink()
            for method in (
                "action_submit",
                "action_confirm",
                "action_request_approval",
            ):
                with self.assertRaises(AccessError):
                    getattr(request.with_user(user), method)()
            with self.assertRaises(AccessError):
                request.task_ids.with_user(user).action_done()
            with self.assertRaises(AccessError):
                request.line_ids.with_user(user).action_deliver()
            with self.assertRaises(AccessError):
                request.with_user(user).action_cancel()
            with self.assertRaises(AccessError):
                self.requests.with_user(user).create({"partner_id": user.partner_id.id})

    def test_own_readable(self):
        """What the requester may read of his own request is what the portal shows: no
        money, no task, no approval."""
        request = self._submitted(self._line(self.laptop, size=14))
        mine = request.with_user(self.portal_user)
        self.assertEqual(mine.state, "department")
        self.assertEqual(mine.line_ids.answer_ids.display, "14")
        for name in ("amount", "cost", "impact", "task_ids", "department_approver_ids"):
            with self.assertRaises(AccessError):
                mine.read([name])
        self.assertFalse(mine.review_ids)
        with self.assertRaises(AccessError):
            mine.deciding_department_id.read(["approver_ids"])

    def test_json2(self):
        """By JSON-2: the same refusals, and private methods are none."""
        request = self._submitted(self._line(self.account))
        own = self._submitted(self._line(self.account))
        expiry = fields.Datetime.add(fields.Datetime.now(), days=1)
        keys = self.env["res.users.apikeys"]
        headers = {
            user: {
                "Authorization": "Bearer "
                + keys.with_user(user)._generate("rpc", "test", expiry)
            }
            for user in (self.portal_user, self.portal_user_2)
        }

        def call(user, method, ids, **kwargs):
            with mute_logger("odoo.http", "odoo.addons.rpc.controllers.json2"):
                return self.url_open(
                    f"/json/2/itsm.request/{method}",
                    json={"ids": ids, **kwargs},
                    headers=headers[user],
                )

        response = call(self.portal_user, "read", own.ids, fields=["name"])
        self.assertEqual(response.json()[0]["name"], own.name)

        for method, kwargs in (
            ("read", {"fields": ["name"]}),
            ("write", {"vals": {"reason": "x"}}),
            ("unlink", {}),
            ("action_submit", {}),
            ("action_confirm", {}),
            ("_withdraw", {"reason": "x"}),
            ("_submit", {}),
        ):
            response = call(self.portal_user_2, method, request.ids, **kwargs)
            self.assertIn(response.status_code, (403, 404), method)
            if method != "read":
                response = call(self.portal_user, method, own.ids, **kwargs)
                self.assertIn(response.status_code, (403, 404), method)
        self.env.invalidate_all()
        self.assertEqual(own.state, "department")

    # === People of the provider ===

    def test_engineers(self):
        """INC-17, REQ-08: a member of a team sees requests and tasks of his teams, an
        employee those that he made or decides about."""
        engineer = self._create_user(
            "itsm-engineer", "helpdesk_mgmt.group_helpdesk_user_team"
        )
        self.team_2.user_ids |= engineer
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.laptop, size=14))
        with self.assertRaises(AccessError):
            request.with_user(self.employee).read(["name"])
        request.with_user(self.lead).action_approve()
        other = self._submitted(self._line(self.account))
        other.task_ids.sudo().team_id = self.team
        other.ticket_id.sudo().team_id = self.team
        seen = self.requests.with_user(engineer).search(
            [("id", "in", (request | other).ids)]
        )
        self.assertEqual(seen, request)
        tasks = (
            self.env["itsm.request.task"]
            .with_user(engineer)
            .search([("request_id", "in", (request | other).ids)])
        )
        self.assertEqual(tasks.mapped("name"), ["Prepare desk"])
        tasks.action_done()
        self.assertEqual(tasks.state, "done")
        with self.assertRaises(AccessError):
            request.with_user(engineer).write({"reason": "x"})

    def test_employee_decides(self):
        """REQ-05: an employee without any group of the desk decides about his own
        department, and sees nothing else."""
        department = self.env["itsm.department"].create(
            {"name": "Works", "approver_ids": [Command.set(self.employee.ids)]}
        )
        boss = self._create_user("itsm-worker", "base.group_user")
        boss.partner_id.itsm_department_id = department
        request = self._submitted(
            self._line(self.account), partner_id=boss.partner_id.id
        )
        self.assertEqual(request.state, "department")
        request.with_user(self.employee).action_approve()
        self.assertEqual(request.state, "approved")
        other = self._submitted(self._line(self.account))
        self.assertFalse(other.with_user(self.employee).has_access("read"))

    def test_asked(self):
        """REQ-06: an employee without any group of the desk who is named by a step sees
        what he decides about, and still afterwards."""
        self.requester.itsm_department_id = False
        self.tier_item.write(
            {"review_type": "individual", "reviewer_id": self.employee.id}
        )
        request = self._submitted(self._line(self.laptop, size=14))
        request.with_user(self.employee).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertTrue(request.with_user(self.employee).has_access("read"))

    def test_organisation(self):
        """Portal users see requests of their organisation if they are marked for it;
        drafts and other organisations never."""
        colleague = self._create_user("itsm-portal-3", "base.group_portal")
        colleague.partner_id.parent_id = self.customer
        request = self._submitted(self._line(self.account))
        draft = self._draft(self._line(self.account))
        other = self._submitted(
            self._line(self.account), partner_id=self.requester_2.id
        )
        seen = self.requests.with_user(colleague)
        domain = [("id", "in", (request | draft | other).ids)]
        self.assertFalse(seen.search(domain))
        colleague.partner_id.itsm_sees_company_tickets = True
        self.assertEqual(seen.search(domain), request)
        # He looks, and does nothing in the name of his colleague.
        with self.assertRaises(AccessError):
            request.with_user(colleague)._check_requester(colleague)

    def test_restricted(self):
        """SEC-05: the request of a restricted ticket is as closed as the ticket, with
        its lines, answers and tasks; the requester keeps it."""
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.laptop, size=14))
        request.with_user(self.lead).action_approve()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET restriction = 'person' WHERE id = %s",
            [request.ticket_id.id],
        )
        self.env.invalidate_all()
        lines = request.line_ids
        for records in (request, lines, lines.answer_ids, request.task_ids):
            for user in (self.agent, self.manager):
                found = records.with_user(user)
                self.assertFalse(found.search([("id", "in", records.ids)]))
                with self.assertRaises(AccessError):
                    found.read(["create_date"])
        self.assertTrue(request.with_user(self.portal_user).has_access("read"))

    def test_external(self):
        """Table 3: an external engineer sees his tasks and their requests only."""
        external = self._create_user(
            "itsm-external",
            "itsm_base.itsm_group_agent,itsm_desk.itsm_group_external",
        )
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.account))
        other = self._submitted(self._line(self.account))
        request.task_ids.user_id = external
        both = request | other
        self.assertEqual(
            self.requests.with_user(external).search([("id", "in", both.ids)]), request
        )
        tasks = self.env["itsm.request.task"].with_user(external)
        self.assertEqual(
            tasks.search([("id", "in", both.task_ids.ids)]), request.task_ids
        )
        lines = self.env["itsm.request.line"].with_user(external)
        self.assertEqual(
            lines.search([("id", "in", both.line_ids.ids)]), request.line_ids
        )

    def test_companies(self):
        """Two companies: nobody sees requests, departments or tasks of the other."""
        other = self.env["res.company"].create({"name": "Other company"})
        stranger = self._create_user("itsm-other", "itsm_base.itsm_group_manager")
        stranger.write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        self.requester.itsm_department_id = False
        request = self._submitted(self._line(self.account))
        for records in (
            request,
            request.line_ids,
            request.task_ids,
            self.department,
            self.laptop.fulfilment_step_ids,
        ):
            found = records.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            )
            self.assertFalse(found.search([("id", "in", records.ids)]))
            with self.assertRaises(AccessError):
                found.read(["display_name"])  # x
