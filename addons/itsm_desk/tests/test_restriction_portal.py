# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from lxml import html

from odoo import http
from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestRestrictionPortal(RestrictionCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.type = cls.env.ref("itsm_desk.itsm_complaint_type_conduct")
        cls.colleague = cls._create_user("p9-colleague", "base.group_portal")
        cls.colleague.partner_id.parent_id = cls.customer
        cls.company.itsm_portal_own_tickets = False

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _send(self, **values):
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "subject": "Rude on the telephone",
            "description": "He hung up.\n<script>alert(1)</script>",
            "type": str(self.type.id),
            **values,
        }
        files = [("attachment", ("note.txt", b"text", "text/plain"))]
        return self.url_open(
            "/my/complaint/send", data=data, files=files, allow_redirects=False
        )

    def _complaints(self):
        return self.tickets.search(
            [("complaint_type_id", "=", self.type.id)], order="id desc"
        )

    def test_complaint(self):
        """BRM-29, BRM-18: a customer complains in the portal; the ticket is restricted
        from the first moment, his colleagues and the desk do not see it, he does."""
        self._login(self.portal_user)
        form = html.fromstring(self.url_open("/my/complaint").text)
        names = set(form.xpath("//form[@action='/my/complaint/send']//@name"))
        self.assertLessEqual(
            {"subject", "description", "type", "about", "ticket", "attachment"}, names
        )
        self.assertIn("Conduct of a person", form.text_content())
        self.assertIn("/my/complaint", self.url_open("/my").text)
        own = self._report("2026-03-23 10:00")
        response = self._send(about="Mr. Rude", ticket=own.number)
        ticket = self._complaints()[:1]
        self.assertEqual(response.status_code, 303)
        self.assertTrue(
            response.headers["Location"].endswith(f"/my/ticket/{ticket.id}")
        )
        self.assertRecordValues(
            ticket,
            [
                {
                    "restriction": "person",
                    "itsm_kind": "incident",
                    "nature_id": self.nature_complaint.id,
                    "partner_id": self.requester.id,
                    "user_id": False,
                    "name": "Rude on the telephone",
                }
            ],
        )
        self.assertNotIn("<script>", ticket.description)
        self.assertIn("Mr. Rude", ticket.description)
        self.assertIn(own.number, ticket.description)
        self.assertFalse(ticket.restricted_user_ids)
        page = self.url_open(f"/my/ticket/{ticket.id}")
        self.assertIn("Rude on the telephone", page.text)
        self.assertIn("Rude on the telephone", self.url_open("/my/tickets").text)
        for user in (self.agent, self.lead, self.manager, self.officer):
            self.assertFalse(ticket.with_user(user).has_access("read"), user.login)
        self.assertTrue(ticket.with_user(self.handler).has_access("read"))
        register = self.tickets.with_user(self.handler).search(
            [("nature_id.is_complaint", "=", True)]
        )
        self.assertIn(ticket, register)
        file = ticket.attachment_ids
        self.assertEqual(file.raw, b"text")
        # a colleague of the same organisation, by every way there is
        self._login(self.colleague)
        self.assertNotIn("Rude on the", self.url_open("/my/tickets").text)
        page = self.url_open(f"/my/ticket/{ticket.id}", allow_redirects=False)
        self.assertTrue(page.headers.get("Location", "").endswith("/my"))
        self.assertEqual(self.url_open(f"/web/content/{file.id}").status_code, 404)

    def test_bad_complaints(self):
        """Issue 5, bad input: each is told what to enter, and nothing is lost."""
        self._login(self.portal_user)
        before = len(self._complaints())
        foreign = self._report("2026-03-23 10:00", partner_id=self.requester_2.id)
        for values, message in (
            ({"subject": "  "}, "Subject:"),
            ({"description": ""}, "What happened:"),
            ({"description": "x" * 20001}, "at most 20000 characters"),
            ({"type": ""}, "Type:"),
            ({"type": "1 OR 1=1"}, "Type:"),
            ({"type": "9" * 40}, "Type:"),
            ({"ticket": foreign.number}, "no ticket of yours"),
        ):
            with self.subTest(values=values):
                page = self._send(**values)
                self.assertEqual(page.status_code, 200)
                self.assertIn(message, page.text)
                if "subject" not in values:
                    self.assertIn("Rude on the telephone", page.text)
        self.assertEqual(len(self._complaints()), before)
        self.assertEqual(self.url_open("/my/complaint/send").status_code, 405)
        post = self.url_open("/my/complaint/send", data={"subject": "x"})
        self.assertEqual(post.status_code, 400)
        with self.assertRaises(UserError):
            self.tickets._itsm_complain(self.requester, {})

    def test_by_url_and_json(self):
        """Issue 5, bad input: a portal user, and an agent, opening somebody else's
        restricted ticket, message or file by its number: URL, web client and JSON-2."""
        ticket = self._secret(
            user=self.officer, partner_id=self.colleague.partner_id.id
        )
        message = ticket.message_post(
            body="top-secret-text", subtype_xmlid="mail.mt_comment"
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "f.txt",
                "raw": b"top-secret-text",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        self.env.flush_all()
        for user in (self.portal_user, self.portal_user_2, self.agent_2, self.manager):
            self._login(user)
            for url in (
                f"/my/ticket/{ticket.id}",
                f"/web/content/{file.id}",
                f"/web/content/helpdesk.ticket/{ticket.id}/description",
                f"/mail/view?model=helpdesk.ticket&res_id={ticket.id}",
                f"/mail/message/{message.id}",
            ):
                with self.subTest(user=user.login, url=url):
                    page = self.url_open(url)
                    self.assertNotIn("top-secret-text", page.text)
                    self.assertNotIn("zugangsdaten", page.text)
                    self.assertNotIn("director read", page.text)
            for route, params in (
                (
                    "/mail/thread/messages",
                    {"thread_model": ticket._name, "thread_id": ticket.id},
                ),
                (
                    "/mail/thread/data",
                    {
                        "thread_model": ticket._name,
                        "thread_id": ticket.id,
                        "request_list": ["followers", "attachments", "activities"],
                    },
                ),
            ):
                with self.subTest(user=user.login, route=route):
                    answer = self.url_open(
                        route,
                        data=json.dumps({"params": params}),
                        headers={"Content-Type": "application/json"},
                    )
                    self.assertNotIn("top-secret-text", answer.text)
                    self.assertNotIn("f.txt", answer.text)
                    self.assertNotIn("director read", answer.text)
            self.logout()
        for user in (self.portal_user, self.agent_2):
            key = (
                self.env["res.users.apikeys"]
                .with_user(user)
                .sudo()
                ._generate("rpc", "test", None)
            )
            for model, method, args in (
                (ticket._name, "read", {"ids": ticket.ids, "fields": ["name"]}),
                (
                    ticket._name,
                    "search_read",
                    {"domain": [["id", "=", ticket.id]], "fields": ["name"]},
                ),
                (ticket._name, "write", {"ids": ticket.ids, "vals": {"name": "x"}}),
                ("mail.message", "read", {"ids": message.ids, "fields": ["body"]}),
                ("ir.attachment", "read", {"ids": file.ids, "fields": ["datas"]}),
            ):
                with self.subTest(user=user.login, model=model, method=method):
                    answer = self.url_open(
                        f"/json/2/{model}/{method}",
                        data=json.dumps(args),
                        headers={
                            "Content-Type": "application/json",
                            "Authorization": f"bearer {key}",
                        },
                    )
                    if method == "search_read":
                        self.assertEqual(answer.json(), [])
                    else:
                        self.assertEqual(answer.status_code, 403)
