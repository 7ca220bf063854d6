# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
from datetime import date

from odoo import http
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .signing_common import PNG, SigningCommon


@tagged("post_install", "-at_install")
class TestSigningPortal(SigningCommon, HttpCase):
    """The customer reads and signs; nobody else of any customer does (SLM-68)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_user("itsm-portal-colleague", "base.group_portal")
        cls.colleague.partner_id.parent_id = cls.customer

    def _sign(self, agreement, sha256, name="P. Requester", signature=None):
        """Call what the form of the portal calls.

        :return: what it answers
        """
        signature = PNG.decode() if signature is None else signature
        url = f"/my/agreements/{agreement.id}/sign?sha256={sha256}"
        return self.make_jsonrpc_request(url, {"name": name, "signature": signature})

    def _post(self, step, **values):
        """Send a form of the page as the user who is logged in."""
        return self.url_open(
            f"/my/agreements/{self.agreement.id}/{step}",
            data={"csrf_token": http.Request.csrf_token(self), **values},
        )

    def _read(self):
        """Tick that the file was read."""
        sha256 = self.agreement.paper_ids.sorted("number")[-1].sha256
        return self._post("read", sha256=sha256, has_read="1")

    def test_sign(self):
        """Read the very file, sign it, and see that it is signed."""
        self._put()
        url = f"/my/agreements/{self.agreement.id}"
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open(url).text
        self.assertIn("being revised", page, "departments come first")
        self.assertEqual(self.url_open(f"{url}/paper").status_code, 404)
        self._countersign()
        paper = self.agreement.paper_ids
        self.assertIn(url, self.url_open("/my/agreements").text)
        page = self.url_open(url).text
        self.assertIn(paper.sha256, page)
        self.assertNotIn("portal.signature_form", page, "it is read first")
        self.assertIn("Read the agreement", self._sign_error(paper))
        for values in ({"sha256": paper.sha256}, {"sha256": "0", "has_read": "1"}):
            self.assertIn("tick that you have", self._post("read", **values).text)
            self.assertIn("Read the agreement", self._sign_error(paper))
        self.assertIn("portal.signature_form", self._read().text)
        file = self.url_open(f"{url}/paper")
        self.assertEqual(file.headers["Content-Type"], "application/pdf")
        self.assertEqual(hashlib.sha256(file.content).hexdigest(), paper.sha256)
        for name, signature in (
            ("", None),
            ("x" * 201, None),
            ("P. Requester", ""),
            ("P. Requester", "no base64!"),
            ("P. Requester", "UERG"),
        ):
            answer = self._sign(self.agreement, paper.sha256, name, signature)
            self.assertTrue(answer.get("error"), f"{name} {signature}")
        self.assertIn("error", self._sign(self.agreement, "0" * 64))
        self.assertFalse(self.agreement.signature_ids - self._signatures("department"))
        answer = self._sign(self.agreement, paper.sha256)
        self.assertNotIn("error", answer)
        signature = self._signatures("customer")
        self.assertRecordValues(
            signature,
            [
                {
                    "name": "P. Requester",
                    "user_id": self.portal_user.id,
                    "sha256": paper.sha256,
                    "address": "127.0.0.1",
                    "way": "portal",
                    "state": "valid",
                }
            ],
        )
        self.assertEqual(signature.drawing, PNG)
        self.assertTrue(signature.read_at)
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("Your signature is kept", page)
        self.assertNotIn("portal.signature_form", page)
        self.assertIn("error", self._sign(self.agreement, paper.sha256), "once")

    def _sign_error(self, paper):
        return self._sign(self.agreement, paper.sha256).get("error", "")

    def test_refuse(self):
        """SLM-68: the other party refuses with a reason; it stands on the agreement,
        who answers for it is told, no proxy signs; he may still sign."""
        self.agreement.owner_id = self.maintainer
        self._put()
        self._countersign()
        paper = self.agreement.paper_ids
        self.authenticate("itsm-portal", "itsm-portal")
        for values in (
            {"sha256": paper.sha256, "reason": " "},
            {"sha256": paper.sha256},
            {"sha256": paper.sha256, "reason": "x" * 10001},
            {"sha256": "0", "reason": "Too dear"},
        ):
            self.assertIn("alert-danger", self._post("refuse", **values).text)
        self.assertFalse(self._signatures("customer"))
        page = self._post("refuse", sha256=paper.sha256, reason="Too <b>dear</b>").text
        self.assertIn("Too &lt;b&gt;dear", page)
        refusal = self._signatures("customer")
        self.assertRecordValues(
            refusal,
            [
                {
                    "decision": "refused",
                    "state": "refused",
                    "user_id": self.portal_user.id,
                    "reason": "Too <b>dear</b>",
                    "sha256": paper.sha256,
                }
            ],
        )
        # once is enough: nobody fills the evidence, or who is told, with them
        again = self._post("refuse", sha256=paper.sha256, reason="Too dear")
        self.assertIn("have refused", again.text)
        self.assertEqual(self._signatures("customer"), refusal)
        said = self.agreement.message_ids.filtered(
            lambda m: m.author_id == self.portal_user.partner_id
        )
        self.assertIn("Too &lt;b&gt;dear", said[:1].body)
        # told now, or in the morning
        told = self.env["itsm.notification.log"].search(
            [
                ("event_code", "=", "agreement_refused"),
                ("channel", "=", "activity"),
                ("outcome", "in", ("sent", "waiting")),
            ]
        )
        self.assertEqual(told.partner_id, self.maintainer.partner_id)
        self.assertEqual(self._state(), "countersigned")
        self.assertIn("refused to sign: Too", self.agreement.signing_missing)
        with self.assertRaisesRegex(UserError, "as proxy"):
            self.agreement.with_user(self.seller)._ask_proxy(
                paper, "Not there", date(2999, 1, 1)
            )
        self._read()
        self.assertNotIn("error", self._sign(self.agreement, paper.sha256))
        self.assertEqual(refusal.state, "replaced")
        page = self._post("refuse", sha256=paper.sha256, reason="After all not")
        self.assertEqual(page.status_code, 404, "signed is signed")

    def test_refuse_other(self):
        """SLM-68: colleagues who are not named and other customers refuse nothing."""
        self._put()
        self._countersign()
        sha256 = self.agreement.paper_ids.sha256
        for user in (self.portal_user_2, self.colleague):
            self.authenticate(user.login, user.login)
            for step in ("read", "refuse"):
                with mute_logger("odoo.http"):
                    page = self._post(step, sha256=sha256, has_read="1", reason="No")
                self.assertEqual(page.status_code, 404, step)
        self.assertFalse(self._signatures("customer"))

    def test_nobody_named(self):
        """SLM-68: who is named nowhere learns what the page shows, and to whom."""
        self.authenticate(self.colleague.login, self.colleague.login)
        page = self.url_open("/my/agreements").text
        self.assertIn("in which you are named as", page)
        self.assertIn("You are not named as a signer", page)

    def test_tour(self):
        """SLM-68: a person finds the agreement, draws his name and sends it."""
        self._put()
        self._countersign()
        self.start_tour("/my/agreements", "itsm_signing_portal", login="itsm-portal")
        signature = self._signatures("customer")
        self.assertEqual(signature.name, "Pat Requester")
        self.assertTrue(signature.drawing)

    def _signatures(self, side):
        self.env.invalidate_all()
        return self.env["itsm.agreement.signature"].search(
            [("agreement_id", "=", self.agreement.id), ("side", "=", side)]
        )

    def test_changed_meanwhile(self):
        """What was changed while the page was open is not signed."""
        self._put()
        self._countersign()
        sha256 = self.agreement.paper_ids.sha256
        self.authenticate("itsm-portal", "itsm-portal")
        self._read()
        self.agreement.name = "Managed desktop, for less"
        self.assertIn("error", self._sign(self.agreement, sha256))
        self._put()
        self._countersign()
        self.assertIn("error", self._sign(self.agreement, sha256), "the old file")
        self.assertFalse(self._signatures("customer"))

    @mute_logger("odoo.http")
    def test_others_see_nothing(self):
        """Colleagues not named, other customers, anonymous: as if it was not."""
        self._put()
        self._countersign()
        paper = self.agreement.paper_ids
        urls = [
            f"/my/agreements/{self.agreement.id}",
            f"/my/agreements/{self.agreement.id}/paper",
            f"/itsm/agreement/paper/{paper.id}",
        ]
        for user in (self.portal_user_2, self.colleague):
            self.authenticate(user.login, user.login)
            self.assertNotIn(self.agreement.name, self.url_open("/my/agreements").text)
            for url in urls:
                answer = self.url_open(url)
                self.assertEqual(answer.status_code, 404, url)
                self.assertNotIn(self.agreement.name, answer.text)
            self.assertIn("no such agreement", self._sign_error(paper))
        # A named signer who went to another firm is none any more.
        self.requester.parent_id = self.customer_2
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertEqual(self.url_open(urls[0]).status_code, 404)
        self.authenticate(None, None)
        for url in urls:
            answer = self.url_open(url, allow_redirects=False)
            self.assertIn(answer.status_code, (303, 404), url)
        self.assertFalse(self._signatures("customer"))

    def test_no_rights_over_rpc(self):
        """Users of the portal have no right on any of the models."""
        self._put()
        self._countersign()
        for model in (
            "itsm.agreement",
            "itsm.agreement.paper",
            "itsm.agreement.signature",
            "itsm.agreement.countersign",
            "itsm.agreement.proxy",
            "itsm.agreement.sign",
            "itsm.signing.authority",
        ):
            for user in (self.portal_user, self.portal_user_2):
                records = self.env[model].with_user(user)
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(records.has_access(operation), (model, operation))
                with self.assertRaises(AccessError):
                    records.search([])
        attachment = self.agreement.paper_ids.attachment_id
        for user in (self.portal_user, self.portal_user_2):
            with self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])

    def test_two_companies(self):
        """People of another company of the same database see nothing."""
        self._put()
        other = self.env["res.company"].create({"name": "Other firm"})
        stranger = self._create_user(
            "itsm-stranger",
            "itsm_base.itsm_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for model in ("itsm.agreement.paper", "itsm.agreement.countersign"):
            self.assertFalse(
                self.env[model]
                .with_user(stranger)
                .search([("agreement_id", "=", self.agreement.id)])
            )
        self.assertFalse(
            self.env["itsm.signing.authority"].with_user(stranger).search([])
        )
