# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import convert_file, mute_logger

from ..models.helpdesk_ticket import PORTAL_READABLE_FIELDS, PROTECTED_FIELDS
from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestPortalAccess(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()

    def test_public_cannot_write_stages(self):
        """odoo19.md E1.2: the public user reads stages and does not write them."""
        stage = self.stage_open.with_user(self.env.ref("base.public_user"))
        self.assertTrue(stage.has_access("read"))
        self.assertFalse(stage.has_access("write"))
        with self.assertRaises(AccessError):
            stage.closed = True

    def test_public_cannot_write_stages_after_upgrade(self):
        """odoo19.md E1.2: an upgrade of helpdesk_mgmt does not open the hole again."""
        convert_file(
            self.env, "helpdesk_mgmt", "security/ir.model.access.csv", {}, mode="update"
        )
        self.env.registry.clear_cache()
        self.test_public_cannot_write_stages()

    def test_hidden_fields(self):
        """odoo19.md E2: customers read no field of ours that is not named.

        Derived from the fields of the model: a new field fails closed.
        """
        model = self.env["helpdesk.ticket"].with_user(self.portal_user)
        ours = {
            name
            for name, field in model._fields.items()
            if field._modules
            and all(module.startswith("itsm") for module in field._modules)
        }
        self.assertLessEqual(set(PROTECTED_FIELDS), ours)
        readable = ours & set(model.fields_get())
        of_base = {n for n in ours if set(model._fields[n]._modules) == {"itsm_base"}}
        self.assertEqual(readable & of_base, PORTAL_READABLE_FIELDS)
        # of other addons: what they name
        self.assertLessEqual(readable, model._itsm_portal_readable_fields())
        ticket = self.ticket.with_user(self.portal_user)
        for name in sorted(ours - readable):
            with self.subTest(name=name), mute_logger("odoo.models"):
                with self.assertRaises(AccessError):
                    ticket.read([name])
                with self.assertRaises(AccessError):
                    ticket.search([(name, "!=", False)])
        self.assertEqual(ticket.read(["itsm_kind"])[0]["itsm_kind"], "incident")
        self.assertIn("reopened_count", self.ticket.with_user(self.agent).fields_get())

    def test_stranger(self):
        """odoo19.md E8: a customer neither reads nor writes another's ticket."""
        ticket = self.ticket.with_user(self.portal_user_2)
        with self.assertRaises(AccessError):
            ticket.read(["name"])
        with self.assertRaises(AccessError):
            ticket.write({"stage_id": self.stage_closed.id})
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.portal_user).write({"itsm_kind": "request"})


@tagged("post_install", "-at_install")
class TestPortalHttp(ItsmCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()
        cls.stage_other_team = cls.env["helpdesk.ticket.stage"].create(
            {
                "name": "Closed by the network team",
                "closed": True,
                "close_from_portal": True,
                "team_ids": [Command.set(cls.team_2.ids)],
                "company_id": False,
            }
        )

    def _close(self, stage=None, method="POST", csrf=True, ticket_id=None):
        data = {
            "ticket_id": ticket_id or self.ticket.id,
            "stage_id": (stage or self.stage_closed).id,
        }
        if csrf:
            data["csrf_token"] = Request.csrf_token(self)
        response = self.url_open(
            "/ticket/close", data=data, method=method, allow_redirects=False
        )
        self.ticket.invalidate_recordset()
        return response

    def test_dates(self):
        """Issue 3 “Portal”: list and page write a date alike, as a person would."""
        self.authenticate("itsm-portal", "itsm-portal")
        local = fields.Datetime.context_timestamp(
            self.ticket.with_context(tz=self.portal_user.tz or "UTC"),
            self.ticket.reported_at,
        )
        # As English writes it: 3/23/26, 6:00 PM
        expected = f"{local:%-m/%-d/%y}, {local:%-I:%M}"
        for path in ("/my/tickets", f"/my/ticket/{self.ticket.id}"):
            with self.subTest(path=path):
                page = self.url_open(path).text
                self.assertIn(f">{expected}", page)
                self.assertNotRegex(page, r">\d+/\d+/\d+ \d+:\d+:\d+<")

    def test_one_number(self):
        """The page of a ticket names its number, and not its id as a second one."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = html.fromstring(self.url_open(f"/my/ticket/{self.ticket.id}").text)
        self.assertIn(self.ticket.number, page.text_content())
        self.assertNotIn(f"#{self.ticket.id}", page.text_content())

    def test_close_by_link(self):
        """odoo19.md E1.1: a link closes nothing, not even for the customer."""
        self.authenticate("itsm-portal", "itsm-portal")
        response = self.url_open(
            f"/ticket/close?ticket_id={self.ticket.id}&stage_id={self.stage_closed.id}",
            allow_redirects=False,
        )
        self.assertEqual(response.status_code, 405)
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_close_without_csrf_token(self):
        """odoo19.md E1.1: another web site cannot close a ticket."""
        self.authenticate("itsm-portal", "itsm-portal")
        with mute_logger("odoo.http"):
            self.assertEqual(self._close(csrf=False).status_code, 400)
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_close_by_stranger(self):
        """odoo19.md E1.1: a stranger gets the answer of a ticket that is not there."""
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        response = self._close()
        missing = self._close(ticket_id=2**31 - 1)
        self.assertEqual(response.status_code, 404)
        self.assertEqual(missing.status_code, 404)
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_close_by_follower(self):
        """odoo19.md E1.1: who follows reads, but only the customer closes."""
        self.ticket.message_subscribe(self.requester_2.ids)
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        page = self.url_open(f"/my/ticket/{self.ticket.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.ticket.number, page.text)
        self.assertNotIn("/ticket/close", page.text)
        self.assertEqual(self._close().status_code, 404)
        self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_close_by_customer(self):
        """odoo19.md E1.1: the customer closes by the button of the page."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        form = page.split('action="/ticket/close"')[0].rsplit("<form", 1)[1]
        self.assertIn('method="POST"', form)
        response = self._close()
        self.assertEqual(response.status_code, 303)
        self.assertEqual(response.headers["Location"], f"/my/ticket/{self.ticket.id}")
        self.assertEqual(self.ticket.stage_id, self.stage_closed)
        self.assertTrue(self.ticket.closed_date)
        self.assertEqual(self.ticket.write_uid, self.portal_user)
        # closed: the page offers it no more, and a second click changes nothing
        page = self.url_open(f"/my/ticket/{self.ticket.id}").text
        self.assertNotIn("/ticket/close", page)

    def test_close_is_asked(self):
        """Issue 3 “Portal”: one click closes nothing; it says what it will do first."""
        self.authenticate("itsm-portal", "itsm-portal")
        page = html.fromstring(self.url_open(f"/my/ticket/{self.ticket.id}").text)
        forms = page.xpath("//form[@action='/ticket/close']")
        self.assertTrue(forms)
        for form in forms:
            [asked] = form.xpath("ancestor::details[not(@open)]")
            [summary] = asked.xpath("summary")
            self.assertIn(
                "Close this ticket:", " ".join(summary.text_content().split())
            )
            self.assertFalse(summary.xpath(".//button"))
            [button] = form.xpath(".//button")
            self.assertEqual(button.text_content().strip(), "Yes, close it")

    def test_newest(self):
        """Issue 3 “Portal”: the newest ticket is the one that was reported last, not
        the one that was typed last; tickets without that time come last."""
        early, late = self._create_tickets(2, partner_id=self.requester.id)
        old = self.ticket
        early.name, late.name, old.name = "Newest early", "Newest late", "Newest old"
        late.reported_at = "2026-03-23 09:00:00"
        early.reported_at = "2026-03-23 08:00:00"
        (early | late | old).message_subscribe(self.requester.ids)
        self.env.flush_all()
        self.cr.execute(
            "UPDATE helpdesk_ticket SET reported_at = NULL WHERE id = %s", (old.id,)
        )
        self.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = create_date + interval '1 day'"
            " WHERE id = %s",
            (early.id,),
        )
        self.env.invalidate_all()
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open("/my/tickets?search=Newest&search_in=name").text
        self.assertEqual(
            re.findall(r"Newest (?:early|late|old)", page),
            ["Newest late", "Newest early", "Newest old"],
        )

    def test_close_by_colleague_of_requester(self):
        """odoo19.md E1.1: a colleague in the customer's company is the customer."""
        colleague = self._create_user("itsm-portal-3", "base.group_portal")
        colleague.partner_id.parent_id = self.customer
        if "itsm_portal_own_tickets" in self.company._fields:  # itsm_desk is installed
            self.company.itsm_portal_own_tickets = False
        self.authenticate("itsm-portal-3", "itsm-portal-3")
        self._close()
        self.assertEqual(self.ticket.stage_id, self.stage_closed)

    def test_close_into_wrong_stage(self):
        """odoo19.md E1.1: only stages meant for it that belong to the team."""
        self.authenticate("itsm-portal", "itsm-portal")
        for stage in self.stage_open, self.stage_cancelled, self.stage_other_team:
            with self.subTest(stage=stage.name):
                self.assertEqual(self._close(stage).status_code, 404)
                self.assertEqual(self.ticket.stage_id, self.stage_new)

    def test_close_nonsense(self):
        """Issue 2 section 5: nonsense is refused without a traceback."""
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertEqual(self._close(ticket_id="abc").status_code, 404)

    def _submit(self, files):
        return self.url_open(
            "/submitted/ticket",
            data={
                "subject": "Printer <b>broken</b>",
                "description": "It smokes",
                "csrf_token": Request.csrf_token(self),
            },
            files=[("attachment", file) for file in files],
        )

    def test_submit(self):
        """odoo19.md E1.5: files of a usual size arrive."""
        self.authenticate("itsm-portal", "itsm-portal")
        response = self._submit([("a.txt", b"one"), ("b.txt", b"two")])
        self.assertEqual(response.status_code, 200)
        ticket = self.env["helpdesk.ticket"].search([], order="id desc", limit=1)
        self.assertEqual(ticket.name, "Printer <b>broken</b>")
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(
            sorted(ticket.attachment_ids.mapped("name")), ["a.txt", "b.txt"]
        )
        self.assertEqual(set(ticket.attachment_ids.mapped("raw")), {b"one", b"two"})
        self.assertEqual(ticket.itsm_kind, "incident")

    def test_submit_too_many(self):
        """odoo19.md E1.5: too many files are refused, what was typed is kept."""
        self.authenticate("itsm-portal", "itsm-portal")
        before = self.env["helpdesk.ticket"].search_count([])
        response = self._submit([(f"{index}.txt", b"x") for index in range(11)])
        self.assertIn("11 files are too many", response.text)
        self.assertIn("It smokes", response.text)
        self.assertIn("Printer &lt;b&gt;broken", response.text)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_submit_too_big(self):
        """odoo19.md E1.5: Odoo refuses a request beyond the upload limit."""
        self.authenticate("itsm-portal", "itsm-portal")
        self.env["ir.config_parameter"].sudo().set_param(
            "web.max_file_upload_size", "1000"
        )
        before = self.env["helpdesk.ticket"].search_count([])
        with mute_logger("odoo.http"):
            response = self._submit([("big.txt", b"x" * 1001)])
        self.assertEqual(response.status_code, 413)
        self.assertEqual(self.env["helpdesk.ticket"].search_count([]), before)

    def test_submit_by_link(self):
        """odoo19.md E3 rule 12: a link creates nothing."""
        self.authenticate("itsm-portal", "itsm-portal")
        response = self.url_open("/submitted/ticket?subject=x&description=y")
        self.assertEqual(response.status_code, 405)
