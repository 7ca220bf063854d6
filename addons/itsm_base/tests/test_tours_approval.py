# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.tests import HttpCase, new_test_user, tagged

from ..tools import pdf_form


class ApprovalTourCase(HttpCase):
    """A document that waits for one person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        # What is tried is deciding: the file is made by the first print.
        cls.enterClassContext(patch.object(pdf_form, "program", return_value=None))
        cls.writer = cls._create_user("tour-writer", "Tour Writer")
        cls.approver = cls._create_user("tour-approver", "Tour Approver")
        cls.stranger = cls._create_user("tour-stranger", "Tour Stranger")
        steps = cls.env["tier.definition"]
        steps.search([("model", "=", "itsm.document")]).active = False
        steps.create(
            {
                "name": "Tour step",
                "approval_model": "itsm.document",
                "review_type": "individual",
                "reviewer_id": cls.approver.id,
                "company_id": False,
            }
        )
        cls.kind = cls.env["itsm.document.kind"].create({"code": "TR", "name": "Tour"})

    @classmethod
    def _create_user(cls, login, name):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_user,itsm_base.itsm_group_lead",
            name=name,
            email=f"{login}@example.com",
        )

    def _create_waiting(self):
        document = self.env["itsm.document"].with_user(self.writer)
        document = document.create(
            {
                "kind_id": self.kind.id,
                "name": "Tour notice with a title that is longer than a telephone is "
                "wide_and_has_a_word_that_does_not_break_anywhere",
                "body": "<p>Text</p>",
            }
        )
        document.action_request_approval()
        self.assertEqual(document.state, "in_approval")
        return document.with_env(self.env)


@tagged("post_install", "-at_install")
class TestToursApproval(ApprovalTourCase):
    browser_size = "1920x1080"

    def test_form(self):
        """Issue 4, Approvals: approve from the form of the record, with a comment."""
        document = self._create_waiting()
        self.start_tour(
            f"/odoo/itsm-documents/{document.id}",
            "itsm_approval_form",
            login=self.approver.login,
        )
        self.env.invalidate_all()
        self.assertEqual(document.state, "approved")
        decision = document.decision_ids
        self.assertEqual(
            (decision.decision, decision.comment, decision.channel, decision.user_id),
            ("yes", "Tour: looks right", "form", self.approver),
        )

    def test_list(self):
        """Issue 4, Approvals: reject from the list “My Approvals”, with the reason."""
        document = self._create_waiting()
        self.start_tour(
            "/odoo/itsm-approvals", "itsm_approval_list", login=self.approver.login
        )
        self.env.invalidate_all()
        self.assertEqual(
            (document.state, document.approval_state), ("draft", "rejected")
        )
        decision = document.decision_ids
        self.assertEqual(
            (decision.decision, decision.comment, decision.channel, decision.user_id),
            ("no", "Tour: figures are missing", "list", self.approver),
        )


@tagged("post_install", "-at_install")
class TestToursApprovalPhone(ApprovalTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_page(self):
        """Issue 4, Approvals: the page behind the link of the mail, on a telephone."""
        document = self._create_waiting()
        self.start_tour(
            f"/itsm/approval/{document.review_ids.id}",
            "itsm_approval_page",
            login=self.approver.login,
        )
        self.env.invalidate_all()
        decision = document.decision_ids
        self.assertEqual(
            (decision.decision, decision.comment, decision.channel, decision.user_id),
            ("yes", "Tour: by telephone", "page", self.approver),
        )
