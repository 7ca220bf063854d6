# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.models.ir_actions_report import IrActionsReport
from odoo.addons.itsm_base.tools import guard

from .common_asset import PIXEL, AssetCommon


class TellCommon(AssetCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person.email = "person@customer.example.com"

    def _logs(self, sheet):
        return self.env["itsm.notification.log"].search(
            [("res_model", "=", sheet._name), ("res_id", "in", sheet.ids)], order="id"
        )

    def _presented(self, **vals):
        sheet = self._new_sheet(self.laptop, user_id=self.ci_manager.id, **vals)
        sheet.action_present()
        return sheet


@tagged("post_install", "-at_install")
class TestHandoverTell(TellCommon):
    """Who signs a sheet is told of it (CFG-38)."""

    def test_told(self):
        """CFG-38: a mail with the way to the portal, though he may not read sheets."""
        sheet = self._presented()
        log = self._logs(sheet)
        self.assertEqual(
            (log.partner_id, log.channel, log.outcome), (self.person, "mail", "sent")
        )
        self.assertTrue(sheet.told_at)
        self.assertEqual(sheet.itsm_notification_count, 1)
        mail = log.mail_id
        self.assertEqual(mail.recipient_ids, self.person)
        self.assertIn(f"/my/assets/sheet/{sheet.id}", mail.body_html)
        self.assertIn("laptop 1", mail.body_html)
        self.assertIn(sheet.number, mail.subject)

    def test_language(self):
        """CFG-38: in the language of who signs."""
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("itsm_cmdb.mail_template_handover_to_sign")
        template.with_context(lang="fr_FR").subject = "A signer {{ object.number }}"
        self.portal_user.lang = "fr_FR"
        sheet = self._presented()
        self.assertEqual(self._logs(sheet).mail_id.subject, f"A signer {sheet.number}")

    def test_not_told(self):
        """CFG-38: without an address, in silence, and where it is switched off; the
        button says so. A draft is told to nobody."""
        draft = self._new_sheet(self.laptop)
        self.assertFalse(self._logs(draft))
        self.person.email = False
        sheet = self._presented()
        self.assertEqual(self._logs(sheet).reason, "no_address")
        self.assertFalse(sheet.told_at)
        with self.assertRaisesRegex(UserError, sheet.number):
            sheet.action_send_again()
        self.person.email = "person@customer.example.com"
        sheet = guard.silence(self._new_sheet(self.laptop))
        sheet.action_present()
        self.assertEqual(self._logs(sheet).reason, "history")
        audience = self.env.ref("itsm_cmdb.itsm_notification_audience_handover_to_sign")
        audience.event_id._configs(self.company.id)  # cached before
        self.env["itsm.notification.setting"].search(
            [("company_id", "=", self.company.id), ("audience_id", "=", audience.id)]
        ).enabled = False
        self.assertEqual(self._logs(self._presented()).reason, "company")

    def test_again(self):
        """CFG-38: sent again by a button, of who may write sheets that wait."""
        sheet = self._presented()
        sheet.with_user(self.ci_manager).action_send_again()
        self.assertEqual(self._logs(sheet).mapped("outcome"), ["sent", "sent"])
        with self.assertRaises(AccessError):
            sheet.with_user(self.ci_reader).action_send_again()
        sheet.action_draft()
        with self.assertRaises(UserError):
            sheet.action_send_again()
        for name in ("told_at", "reminded_at"):
            with self.assertRaises(UserError):
                sheet[name] = "2026-01-01 00:00:00"

    def test_reminder(self):
        """CFG-38: reminded once, three days after he was told; not of what was told
        to nobody, nor once it is signed."""
        with freeze_time("2026-02-26 10:00:00"):
            sheet = self._presented()
            signed = self._signed(self.monitor)
            told = self._logs(sheet)
        with freeze_time("2026-03-01 09:59:00"):
            self.sheets._cron_remind_signer()
            self.assertEqual(self._logs(sheet), told)
        with freeze_time("2026-03-01 10:00:00"):
            self.sheets._cron_remind_signer()
            more = self._logs(sheet) - told
            self.assertEqual(more.outcome, "sent")
            self.assertIn("reminder", more.mail_id.body_html)
            self.assertNotIn("reminder", told.mail_id.body_html)
        with freeze_time("2026-03-20 10:00:00"):
            self.sheets._cron_remind_signer()
        self.assertEqual(self._logs(sheet), told | more)
        self.assertEqual(len(self._logs(signed)), 1)

    def test_new_on_screen(self):
        """A new sheet and a new scrapping are called “New”, not “/”."""
        scrapping = self.env["itsm.ci.scrapping"].new({})
        self.assertEqual(scrapping.display_name, "New")
        with Form(self.sheets) as form:
            form.partner_id = self.person
            self.assertEqual(form.state, "draft")


@tagged("post_install", "-at_install")
class TestHandoverPortal(TellCommon, HttpCase):
    """The sheet in the portal: refused, downloaded, counted (CFG-38)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.portal_user, cls.portal_user_2):
            user.password = user.login

    def _refuse(self, login, sheet, token=None, **data):
        self.env.flush_all()
        self.authenticate(login, login)
        token = http.Request.csrf_token(self) if token is None else token
        answer = self.url_open(
            f"/my/assets/sheet/{sheet.id}/refuse",
            data={"csrf_token": token, **data},
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def _get(self, login, url):
        self.env.flush_all()
        self.authenticate(login, login)
        return self.url_open(url, allow_redirects=False)

    @mute_logger("odoo.http")
    def test_refuse(self):
        """CFG-38: the receiver alone refuses, with a reason; who hands over is told,
        the sheet is a draft again."""
        sheet = self._presented()
        reason = "Not <b>mine</b>"
        answer = self._refuse("itsm-portal-2", sheet, reason=reason)
        self.assertEqual(answer.status_code, 404)
        answer = self._refuse("itsm-portal", sheet, token="", reason=reason)
        self.assertEqual(answer.status_code, 400)
        answer = self._refuse("itsm-portal", sheet, reason="  ")
        self.assertIn("Say what is not right", answer.text)
        self.assertEqual(sheet.state, "waiting")
        answer = self._refuse("itsm-portal", sheet, reason=reason)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(sheet.state, "draft")
        self.assertIn("Not &lt;b&gt;mine", "".join(sheet.message_ids.mapped("body")))
        self.assertEqual(sheet.activity_ids.user_id, self.ci_manager)
        self.assertIn("Not &lt;b&gt;mine", sheet.activity_ids.note)
        # a draft is nobody's business
        answer = self._refuse("itsm-portal", sheet, reason=reason)
        self.assertEqual(answer.status_code, 404)

    def test_signed_page(self):
        """CFG-38: what was agreed to stays, and the own signed sheet is downloaded."""
        sheet = self._presented()
        url = f"/my/assets/sheet/{sheet.id}"
        self.assertEqual(self._get("itsm-portal", f"{url}/pdf").status_code, 404)
        page = self._get("itsm-portal", url).text
        self.assertIn("This is not right", page)
        self.assertIn(self.ci_manager.name, page)
        sheet._sign_portal("Person", PIXEL)
        page = self._get("itsm-portal", url).text
        self.assertIn("I have received these things", page)
        self.assertNotIn("This is not right", page)

        def make(_self, page):
            self.assertIn(sheet.number, page["html"])
            return b"%PDF-1.4 sheet"

        with (
            patch.object(IrActionsReport, "_itsm_form_check_program", lambda _s: None),
            patch.object(IrActionsReport, "_itsm_form_make", make),
        ):
            answer = self._get("itsm-portal", f"{url}/pdf")
            other = self._get("itsm-portal-2", f"{url}/pdf")
        self.assertEqual(answer.content, b"%PDF-1.4 sheet")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(other.status_code, 404)

    def test_counter(self):
        """CFG-38: the portal home counts the own sheets that wait."""
        sheet = self._presented()
        self._presented(partner_id=self.portal_user_2.partner_id.id)

        def count():
            self.env.flush_all()
            self.authenticate("itsm-portal", "itsm-portal")
            return self.make_jsonrpc_request(
                "/my/counters",
                {"counters": ["itsm_asset_sheet_count", "itsm_asset_count"]},
            )

        self.assertEqual(count(), {"itsm_asset_sheet_count": 1, "itsm_asset_count": 1})
        self.assertIn("itsm_asset_sheet_count", self._get("itsm-portal", "/my").text)
        sheet.action_cancel()
        self.assertEqual(count(), {"itsm_asset_sheet_count": 0, "itsm_asset_count": 0})
