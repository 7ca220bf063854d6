# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, http
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestLifecyclePortal(LifecycleCommon, HttpCase):
    """The requester's word by HTTP; requests are answered at the present time."""

    def setUp(self):
        super().setUp()
        for user in (self.portal_user, self.portal_user_2, self.agent):
            user.password = user.login
        self.authenticate(None, None)
        self.ticket = self._now()
        self._solve(self.ticket)

    def _now(self, **vals):
        ticket = self._create_ticket(
            stage_id=self.stage_open.id, user_id=self.agent.id, **vals
        )
        ticket.message_subscribe(ticket.partner_id.ids)
        return ticket

    def _solve(self, ticket):
        ticket._itsm_resolve({"solution": "<p>Moved</p>"})
        self._flush_tracking()

    def _answer(self, answer, url=None, csrf=True, **data):
        url = url or f"/my/ticket/{self.ticket.id}/answer"
        data = {"answer": answer, **data}
        if csrf:
            data["csrf_token"] = http.Request.csrf_token(self)
        with mute_logger("odoo.http"):
            response = self.url_open(url, data=data)
        self.env.invalidate_all()
        return response

    def _link(self, ticket=None):
        ticket = ticket or self.ticket
        return f"/itsm/solved/{ticket.id}/{ticket._itsm_answer_token()}"

    # === In the portal ===

    def test_page(self):
        """INC-22: he sees the solution and two answers once it is resolved."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn("Is it solved?", page)
        self.assertIn("<p>Moved</p>", page)
        self.assertIn("No, it is not solved", page)
        # The buttons of helpdesk_mgmt would end it without asking.
        self.assertNotIn('action="/ticket/close"', page)
        draft = self._now()
        draft.solution = "<p>Secret draft</p>"
        page = self.url_open(f"/my/ticket/{draft.id}").text
        self.assertNotIn("Secret draft", page)
        self.assertNotIn("Is it solved?", page)

    def test_follower_sees_no_forms(self):
        """Who only follows the ticket is not asked."""
        self.ticket.message_subscribe(self.requester_2.ids)
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertIn(self.ticket.name, page)
        self.assertNotIn("Is it solved?", page)

    def test_confirm_and_rate(self):
        """INC-28: confirmed, rated and closed by one form."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = self._answer("confirm", rate="5", feedback="Thanks <b>a lot</b>").text
        self.assertEqual(self.ticket.confirmation, "requester")
        self.assertEqual(self.ticket.itsm_state, "closed")
        self.assertEqual(self.ticket.rating_ids.rating, 5)
        self.assertEqual(self.ticket.rating_ids.feedback, "Thanks <b>a lot</b>")
        self.assertIn("Thank you for your", page)
        self.assertNotIn("<b>a lot</b>", page)

    def test_confirm_then_rate(self):
        """INC-28: the survey can be answered later; the next answer replaces none."""
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertIn("How satisfied", self._answer("confirm").text)
        self.assertFalse(self.ticket.rating_ids)
        self.assertNotIn("How satisfied", self._answer("rate", rate="3").text)
        self.assertEqual(self.ticket.rating_ids.rating, 3)

    def test_refuse(self):
        """INC-33: refused with a reason; without one it says so and nothing changes."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = self._answer("refuse", reason=" ").text
        self.assertIn("in which way the solution failed", page)
        self.assertEqual(self.ticket.itsm_state, "resolved")
        page = self._answer("refuse", reason="Still no mail").text
        self.assertEqual(self.ticket.itsm_state, "open")
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertNotIn("Is it solved?", page)

    def test_refuse_twice(self):
        """INC-33: a second click is no error and no second refusal; what it says
        besides is not lost."""
        self.authenticate("itsm-portal", "itsm-portal")
        for _click in range(2):
            page = self._answer("refuse", reason="Still no mail").text
            self.assertIn("We work on it again", page)
            self.assertNotIn("alert-danger", page)
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertEqual(self._said("Still no mail"), 1)
        self._answer("refuse", reason="And no calendar")
        self.assertEqual(self._said("And no calendar"), 1)
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertEqual(self.ticket.reopen_reason, "Still no mail")
        # It is said once, not on every look.
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertNotIn("We work on it again", page)

    def _said(self, text):
        return len(self.ticket.message_ids.filtered(lambda m: text in m.body))

    def test_bad_input(self):
        """Nonsense gets a sentence, never a traceback; nothing is half done."""
        self.authenticate("itsm-portal", "itsm-portal")
        for data in (
            {"answer": "destroy"},
            {"answer": ""},
            {"answer": "rate", "rate": "5"},
            {"answer": "confirm", "rate": "77"},
            {"answer": "confirm", "rate": "²"},
            {"answer": "confirm", "rate": "x"},
            {"answer": "follow_up", "reason": "x"},
        ):
            response = self._answer(**data)
            self.assertEqual(response.status_code, 200, data)
            self.assertIn("alert-danger", response.text, data)
            self.assertEqual(self.ticket.itsm_state, "resolved", data)
        self.assertFalse(self.ticket.rating_ids)

    def test_csrf_and_get(self):
        """A link or another site's form answers nothing."""
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertEqual(self._answer("confirm", csrf=False).status_code, 400)
        self.url_open(f"/my/ticket/{self.ticket.id}/answer?answer=confirm")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.itsm_state, "resolved")

    def test_somebody_elses(self):
        """Bad input: another's ticket and one that is not there give the same 404."""
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        gone = self.ticket.search([], order="id desc", limit=1).id + 1000
        for ticket_id in (self.ticket.id, gone):
            url = f"/my/ticket/{ticket_id}/answer"
            for answer in ("confirm", "refuse", "rate", "follow_up"):
                response = self._answer(answer, url, reason="x", rate="5")
                self.assertEqual(response.status_code, 404)
        # not either when he may read it
        self.ticket.message_subscribe(self.requester_2.ids)
        self.assertEqual(self._answer("confirm").status_code, 404)
        self.assertEqual(self.ticket.itsm_state, "resolved")

    def test_without_login(self):
        """The portal's form needs a login, also with the link of the page."""
        response = self._answer("confirm")
        self.assertIn("/web/login", response.url)
        token = self.ticket._portal_ensure_token()
        page = self.url_open(f"/my/ticket/{self.ticket.id}?access_token={token}").text
        self.assertNotIn("Is it solved?", page)
        self.assertEqual(self.ticket.itsm_state, "resolved")

    def test_follow_up(self):
        """INC-33: another wish about a closed ticket is a new ticket of his."""
        self.authenticate("itsm-portal", "itsm-portal")
        self._answer("confirm")
        response = self._answer("follow_up", reason="And a bigger box, please")
        new = self.ticket.follow_up_ids
        self.assertEqual(len(new), 1)
        self.assertTrue(response.url.endswith(f"/my/ticket/{new.id}"))
        self.assertIn("And a bigger box", response.text)
        self.assertEqual(new.partner_id, self.requester)
        self.assertEqual(self.ticket.itsm_state, "closed")

    def test_too_late(self):
        """INC-33: after the days of the company there is no form, and no way round."""
        self.authenticate("itsm-portal", "itsm-portal")
        self._answer("confirm")
        long_ago = fields.Datetime.subtract(fields.Datetime.now(), days=8)
        self.ticket._itsm_write_derived({self.ticket.id: {"closed_date": long_ago}})
        self.env.flush_all()
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertNotIn("No, it is not solved", page)
        self.assertIn("I want something else", page)
        page = self._answer("refuse", reason="Broken again").text
        self.assertIn("more than 7 days ago", page)
        self.assertEqual(self.ticket.itsm_state, "closed")

    # === By the link of the mail ===

    def test_link(self):
        """INC-28: without a login, by the signed link: look, refuse, confirm, rate."""
        page = self.url_open(self._link())
        self.assertEqual(page.status_code, 200)
        self.assertIn("<p>Moved</p>", page.text)
        self.env.invalidate_all()
        self.assertEqual(self.ticket.itsm_state, "resolved")  # looking is no answer
        page = self._answer("refuse", self._link(), reason="Not here")
        self.assertIn("We work on it again", page.text)
        self.assertEqual(self.ticket.itsm_state, "open")
        message = self.ticket.message_ids.filtered(lambda m: "Not here" in m.body)
        self.assertEqual(message.author_id, self.requester)
        self._solve(self.ticket)
        page = self._answer("confirm", self._link(), rate="5")
        self.assertIn("Thank you. The ticket is closed.", page.text)
        self.assertEqual(self.ticket.confirmed_partner_id, self.requester)
        self.assertEqual(self.ticket.rating_ids.rating, 5)

    def test_link_twice(self):
        """INC-33: the same by the link: a second click is answered as the first, and
        the link is good for nothing else any more."""
        link = self._link()
        for _click in range(2):
            response = self._answer("refuse", link, reason="Not here")
            self.assertEqual(response.status_code, 200)
            self.assertIn("We work on it again", response.text)
        self.assertEqual(self.ticket.reopened_count, 1)
        self.assertEqual(self._said("Not here"), 1)
        for answer in ("confirm", "rate", "follow_up"):
            response = self._answer(answer, link, rate="5", reason="x")
            self.assertEqual(response.status_code, 404)
        self.assertEqual(self.url_open(link).status_code, 404)
        # nor for the refusal of another solution
        self._solve(self.ticket)
        self.ticket._itsm_write_derived(
            {self.ticket.id: {"resolved_at": fields.Datetime.now() + timedelta(days=1)}}
        )
        self.env.flush_all()
        self.assertEqual(self._answer("refuse", link, reason="x").status_code, 404)

    def test_link_refused(self):
        """Hostile: wrong, old and foreign signatures give the same 404."""
        other = self._now(partner_id=self.requester_2.id)
        self._solve(other)
        stolen = self._link(other).rsplit("/", 1)[1]
        old = self._link()
        for url in (
            f"/itsm/solved/{self.ticket.id}/wrong",
            f"/itsm/solved/{self.ticket.id}/{stolen}",
            f"/itsm/solved/{self.ticket.id + 99999}/{stolen}",
        ):
            self.assertEqual(self.url_open(url).status_code, 404)
            self.assertEqual(self._answer("confirm", url).status_code, 404)
        self._answer("refuse", old, reason="x")
        self.assertEqual(self._answer("confirm", old).status_code, 404)
        self.assertEqual(self.ticket.itsm_state, "open")

    def test_link_of_another(self):
        """Somebody who is logged in does not answer for the requester."""
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        self.assertEqual(self.url_open(self._link()).status_code, 404)
        self.authenticate("itsm-agent", "itsm-agent")
        self.assertEqual(self._answer("confirm", self._link()).status_code, 404)
        self.assertEqual(self.ticket.itsm_state, "resolved")

    def test_link_makes_no_ticket(self):
        """The link answers about one solution; new tickets are reported elsewhere."""
        self._answer("confirm", self._link())
        response = self._answer("follow_up", self._link(), reason="More")
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.ticket.follow_up_ids)

    def test_link_csrf(self):
        """Another site's form answers nothing."""
        response = self._answer("confirm", self._link(), csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.ticket.itsm_state, "resolved")
