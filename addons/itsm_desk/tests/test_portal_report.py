# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestPortalReport(RequestCommon, HttpCase):
    """Reporting a problem in the portal, honestly and otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()
        cls.tickets = cls.env["helpdesk.ticket"]
        cls.laptop.team_ids = [Command.create({"line": "1", "team_id": cls.team_2.id})]
        cls.account.partner_ids = cls.customer_2
        for user in (cls.portal_user, cls.portal_user_2):
            user.password = user.login

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def _post(self, files=None, **data):
        data = {
            "subject": "Screen is black",
            "description": "Since this morning",
            "csrf_token": http.Request.csrf_token(self),
            **data,
        }
        before = self.tickets.search([], order="id desc", limit=1)
        with mute_logger("odoo.http"):
            response = self.url_open("/submitted/ticket", data=data, files=files)
        self.env.invalidate_all()
        return response, self.tickets.search([("id", ">", before.id or 0)])

    def _page(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def test_form(self):
        """INC-05, CAT-08: the form offers the services of the visitor and no other,
        and urgency in words; the page of a service fills it in."""
        self._login(self.portal_user)
        page = self._page(f"/my/services/{self.laptop.id}")
        [link] = page.xpath("//a[@name='report']/@href")
        page = self._page(link)
        # The page is called as the button that opens it.
        self.assertEqual(
            [title.text_content().strip() for title in page.xpath("//h1")],
            ["Report a Problem"],
        )
        offered = page.xpath("//select[@name='service']/option/@value")
        self.assertIn(str(self.laptop.id), offered)
        self.assertNotIn(str(self.account.id), offered)
        self.assertNotIn(str(self.service_retired.id), offered)
        chosen = page.xpath("//select[@name='service']/option[@selected]/@value")
        self.assertEqual(chosen, [str(self.laptop.id)])
        words = page.xpath("//select[@name='urgency']/option/text()")
        self.assertIn("I cannot work at all", words)
        self.assertEqual(
            page.xpath("//select[@name='urgency']/option[@selected]/@value"), ["3"]
        )
        # Naming another one fills in nothing and tells nothing.
        page = self._page(f"/new/ticket?service={self.account.id}")
        self.assertFalse(page.xpath("//select[@name='service']/option[@selected]"))

    def test_report(self):
        """INC-12, SLM-35: service and urgency stand on the ticket; team, priority,
        agreement and clocks follow."""
        self._login(self.portal_user)
        response, ticket = self._post(service=str(self.laptop.id), urgency="1")
        self.assertTrue(response.url.endswith(f"/my/ticket/{ticket.id}"))
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(ticket.service_id, self.laptop)
        self.assertEqual((ticket.impact, ticket.urgency), ("4", "1"))
        # (4 + 1) // 2 = 2: High
        self.assertEqual(ticket.priority, "2")
        self.assertEqual(ticket.itsm_kind, "incident")
        self.assertEqual(ticket.team_id, self.team_2)
        self.assertIn(ticket.stage_id, self.team_2._get_applicable_stages())
        self.assertEqual(ticket.agreement_id, self.agreement)
        clock = ticket.clock_ids.filtered(
            lambda clock: clock.kind == "sla" and clock.metric == "resolution"
        )
        target = self.agreement.target_ids.filtered(
            lambda target: (
                target.metric == "resolution"
                and target.priority == "2"
                and target.itsm_kind == "incident"
            )
        )
        self.assertEqual(clock.target_seconds, target.minutes * 60)

    def test_nothing_chosen(self):
        """INC-05: who knows neither service nor urgency reports all the same."""
        self._login(self.portal_user)
        _response, ticket = self._post()
        self.assertFalse(ticket.service_id)
        self.assertEqual((ticket.urgency, ticket.priority), ("3", "1"))

    def test_hostile(self):
        """Bad input: services and levels that the form does not offer, numbers that are
        none, files instead of texts: a sentence, what was typed, and no ticket."""
        self._login(self.portal_user)
        for wrong, said in (
            ({"service": str(self.account.id)}, "Service: choose one of the list"),
            ({"service": str(self.service_retired.id)}, "Service: choose"),
            ({"service": "99999999999999999999"}, "Service: choose"),
            ({"service": "-1"}, "Service: choose"),
            ({"service": "²"}, "Service: choose"),
            ({"service": "x"}, "Service: choose"),
            ({"urgency": "0"}, "How urgent: choose"),
            ({"urgency": "1,1"}, "How urgent: choose"),
            ({"category": "x"}, "Category: choose"),
            ({"category": "99999999999"}, "Category: choose"),
            ({"team": "x"}, "Team: choose"),
            ({"subject": " \0"}, "Subject: it is needed"),
            ({"description": ""}, "Description: it is needed"),
            ({"subject": "x" * 201}, "at most 200 characters"),
        ):
            with self.subTest(wrong=wrong):
                response, ticket = self._post(**wrong)
                self.assertEqual(response.status_code, 422)
                self.assertFalse(ticket)
                self.assertIn(said, response.text)
                if "description" not in wrong:
                    self.assertIn("Since this morning", response.text)
        response, ticket = self._post(
            files={"urgency": ("a.txt", b"1"), "service": ("a.txt", b"1")}
        )
        self.assertFalse(ticket.service_id)
        self.assertEqual(ticket.urgency, "3")

    def test_not_written(self):
        """Hostile: whatever else is sent is not taken."""
        self._login(self.portal_user)
        _response, ticket = self._post(
            service=str(self.laptop.id),
            impact="1",
            priority="3",
            partner_id=str(self.requester_2.id),
            user_id=str(self.agent.id),
        )
        self.assertEqual((ticket.impact, ticket.priority), ("4", "1"))
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertFalse(ticket.user_id)

    def test_own_tickets(self):
        """INC-19: the form names the visitor's own open tickets about the service, and
        nothing of a colleague's, also if he may read them."""
        own, other, over, elsewhere = self._create_tickets(
            4, partner_id=self.requester.id, service_id=self.laptop.id
        )
        own.name, other.name, over.name = "Own open", "Of a colleague", "Own closed"
        elsewhere.write({"name": "Own, other service", "service_id": self.service.id})
        other.partner_id = self.requester_2
        other.message_subscribe(self.requester.ids)
        over.stage_id = self.stage_closed
        self._login(self.portal_user)
        self.assertTrue(other.with_user(self.portal_user).has_access("read"))
        [hint] = self._page(f"/new/ticket?service={self.laptop.id}").xpath(
            "//div[contains(@class, 'o_itsm_own_tickets')]"
        )
        text = hint.text_content()
        self.assertIn("Own open", text)
        for hidden in ("Of a colleague", "Own closed", "other service"):
            self.assertNotIn(hidden, text)
        [hint] = self._page("/new/ticket").xpath(
            "//div[contains(@class, 'o_itsm_own_tickets')]"
        )
        self.assertIn("other service", hint.text_content())
        self.assertNotIn("Of a colleague", hint.text_content())


@tagged("post_install", "-at_install")
class TestPortalEmployee(RequestCommon, HttpCase):
    """An employee without any role in IT asks from the backend."""

    def test_ask(self):
        """Issue 5 “People”: a plain employee has one menu, which opens the services
        of the portal; he reports, follows his own ticket, and reads no other's."""
        employee = self.employee
        employee.password = employee.login
        menus = self.env["ir.ui.menu"].with_user(employee).load_menus(False)
        ask = self.env.ref("itsm_desk.itsm_ask_menu")
        self.assertIn(ask.id, menus["root"]["children"])
        self.assertNotIn(
            self.env.ref("itsm_base.itsm_menu_root").id, menus["root"]["children"]
        )
        other = self._create_ticket(name="Somebody else's")
        self.authenticate(employee.login, employee.login)
        page = self.url_open(ask.action.url)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.laptop.name, page.text)
        self.assertIn('href="/new/ticket"', page.text)
        data = {
            "subject": "Mine",
            "description": "It smokes",
            "service": str(self.laptop.id),
            "csrf_token": http.Request.csrf_token(self),
        }
        response = self.url_open("/submitted/ticket", data=data)
        ticket = self.env["helpdesk.ticket"].search([("name", "=", "Mine")])
        self.assertEqual(ticket.partner_id, employee.partner_id)
        self.assertTrue(response.url.endswith(f"/my/ticket/{ticket.id}"))
        page = self.url_open("/my/tickets").text
        self.assertIn(ticket.number, page)
        self.assertNotIn(other.number, page)
        self.assertFalse(other.with_user(employee).has_access("read"))
        page = self.url_open("/my").text
        self.assertIn("Service requests", page)
