# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestTour(RequestCommon, HttpCase):
    """A laptop asked for, approved twice, delivered and confirmed, each person in his
    own browser."""

    def setUp(self):
        super().setUp()
        self.requester.itsm_department_id = self.department
        self.laptop.name = "Tour Laptop"

    def _journey(self):
        self.start_tour("/my/services", "itsm_desk_request_ask", login="itsm-portal")
        self.env.invalidate_all()
        request = self.requests.search([("partner_id", "=", self.requester.id)])
        self.assertEqual(len(request), 1)
        self.assertEqual(request.state, "department")
        review = request.review_ids.filtered(lambda r: r.status == "pending")
        # The address of the mail, as test_request_portal.py reads it there.
        self.start_tour(
            f"/itsm/approval/{review.id}",
            "itsm_desk_request_department",
            login="itsm-portal-boss",
        )
        self.env.invalidate_all()
        self.assertEqual(request.state, "submitted")
        self.start_tour(
            f"/odoo/itsm-applications/{request.id}",
            "itsm_desk_request_lead",
            login=self.lead.login,
        )
        self.env.invalidate_all()
        self.assertEqual(request.state, "approved")
        self.assertEqual(
            request.decision_ids.mapped("user_id"), self.portal_manager | self.lead
        )
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))
        self.start_tour(
            "/my/requests", "itsm_desk_request_confirm", login="itsm-portal"
        )
        self.env.invalidate_all()
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.confirmed_partner_id, self.requester)
        self.assertEqual(request.line_ids.satisfaction, "5")

    def test_journey(self):
        """Issue 5 “People”: tours as requester and as approver, in the portal by the
        link of the mail and on the form (REQ-02, REQ-05, REQ-06, REQ-13)."""
        self._journey()

    def test_journey_phone(self):
        """Issue 5 “Pace”: the same at the width of a telephone."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._journey()
