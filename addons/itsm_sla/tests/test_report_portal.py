# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import re
from unittest.mock import patch

import openpyxl

from odoo.exceptions import UserError
from odoo.tests import HttpCase, tagged

from .report_common import ReportRoundCommon


@tagged("post_install", "-at_install")
class TestReportPortal(ReportRoundCommon, HttpCase):
    """A customer in the portal: his own published reports, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.written = cls._written(month="2026-01-01")
        cls.report = cls._published()

    def _login(self, user):
        self.authenticate(user.login, user.login)

    def test_pages(self):
        """REP-14, REP-29: list, figures, PDF and workbook of one's own report."""
        self._login(self.ann)
        page = self.url_open("/my/service-reports")
        self.assertEqual(page.status_code, 200)
        self.assertIn(f"/my/service-reports/{self.report.id}", page.text)
        self.assertNotIn(f"/my/service-reports/{self.written.id}", page.text)
        page = self.url_open(f"/my/service-reports/{self.report.id}")
        self.assertIn("Performance against targets", page.text)
        self.assertNotIn("data-drill", page.text)
        response = self.url_open(f"/my/service-reports/{self.report.id}/xlsx")
        book = openpyxl.load_workbook(io.BytesIO(response.content))
        self.assertGreater(len(book.sheetnames), 3)
        model = self.env.registry["itsm.service.report"]
        with patch.object(model, "_pdf", lambda *a: ("r.pdf", b"%PDF-1 kept")):
            response = self.url_open(f"/my/service-reports/{self.report.id}/pdf")
        self.assertEqual(response.content, b"%PDF-1 kept")
        self.assertEqual(response.headers["Content-Type"], "application/pdf")

        def broken(*_args):
            raise UserError("No printer")  # pylint: disable=translation-required

        with patch.object(model, "_pdf", broken):
            response = self.url_open(f"/my/service-reports/{self.report.id}/pdf")
        self.assertIn("No printer", response.text)

    def test_strangers(self):
        """REP-14, Manners: other customers, colleagues outside the audience and
        unpublished reports get the answer of a report that does not exist."""
        own = f"/my/service-reports/{self.report.id}"
        draft = f"/my/service-reports/{self.written.id}"
        for user, urls in (
            (self.bob, (own, f"{own}/pdf", f"{own}/xlsx", draft)),
            (self.adam, (own, f"{own}/xlsx")),
            (self.ann, (draft, f"{draft}/pdf", f"{draft}/xlsx")),
        ):
            self._login(user)
            for url in (*urls, "/my/service-reports/999999999"):
                self.assertEqual(self.url_open(url).status_code, 404, (user.login, url))
            listed = self.url_open("/my/service-reports").text
            if user != self.ann:
                self.assertNotIn(own, listed)
            # the way of colleagues is none for customers
            url = f"/itsm/service-report/{self.report.id}/xlsx"
            self.assertEqual(self.url_open(url).status_code, 404)
        self._login(self.sla_manager)
        url = f"/itsm/service-report/{self.report.id}/xlsx"
        self.assertEqual(self.url_open(url).status_code, 200)

    def test_remote_calls(self):
        """Manners: portal users reach neither reports nor definitions by RPC."""
        self._login(self.ann)
        for model, method in (
            ("itsm.service.report", "search_read"),
            ("itsm.report.definition", "search_read"),
            ("itsm.report.delivery", "search_read"),
            ("itsm.report.section", "search_read"),
        ):
            answer = self.url_open(
                f"/web/dataset/call_kw/{model}/{method}",
                json={
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {
                        "model": model,
                        "method": method,
                        "args": [[]],
                        "kwargs": {},
                    },
                },
            ).json()
            self.assertIn("AccessError", str(answer.get("error")), model)

    def test_accept(self):
        """REP-01: the customer accepts content and period in the portal; what was
        changed meanwhile is shown again, and nobody accepts for another customer."""
        url = f"/my/service-reports/definition/{self.row.id}/accept"
        self._login(self.ann)
        page = self.url_open("/my/service-reports").text
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
        terms = re.search(r'name="terms"[^>]*value="([^"]+)"', page)[1]
        data = {"csrf_token": token, "terms": terms}
        self.row.deadline_days = 9
        self.url_open(url, data=data)
        self.assertFalse(self.row.accepted_at, "not what was shown")
        self.row.deadline_days = 0
        self.url_open(url, data={"terms": terms})  # without the token of the form
        self.assertFalse(self.row.accepted_at)
        self.url_open(url, data=data)
        self.assertEqual(
            (
                self.row.accepted_partner_id,
                self.row.accepted_user_id,
                self.row.accepted_way,
            ),
            (self.ann.partner_id, self.ann, "portal"),
        )
        self.assertNotIn("terms", self.url_open("/my/service-reports").text)
        other = self._row(name="Another")
        self._login(self.bob)
        page = self.url_open("/my/account").text
        token = re.search(r'csrf_token: "([^"]+)"', page)[1]
        response = self.url_open(
            f"/my/service-reports/definition/{other.id}/accept",
            data={"csrf_token": token, "terms": other._terms_digest()},
        )
        self.assertEqual(response.status_code, 404)
        self.assertFalse(other.accepted_at)
