# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib

from odoo.exceptions import AccessError
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
        self.assertIn("portal.signature_form", page)
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
        page = self.url_open(answer["redirect_url"]).text
        self.assertIn("Your signature is kept", page)
        self.assertNotIn("portal.signature_form", page)
        self.assertIn("error", self._sign(self.agreement, paper.sha256), "once")

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
            answer = self._sign(self.agreement, paper.sha256)
            self.assertIn("no such agreement", answer["error"])
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
