# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""REQ-03 through all addons: a laptop is asked for, approved, bought, received and
confirmed. The configuration items will continue it."""

from odoo import http
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.itsm_desk.tests.request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestJourneyRequest(RequestCommon, HttpCase):
    """The customer's people in the portal, the provider's with their own rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Hardware shop"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Laptop 14",
                "type": "service",
                "seller_ids": [
                    Command.create({"partner_id": cls.supplier.id, "price": 650})
                ],
            }
        )
        cls.laptop.write({"product_id": cls.product.id, "buy_on_approval": True})
        cls.buyer = cls._create_user("itsm-buyer", "purchase.group_purchase_user")
        cls.requester.itsm_department_id = cls.department
        for user in (cls.portal_user, cls.portal_manager):
            user.password = user.login

    def _post(self, url, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(url, data=data)
        self.env.invalidate_all()
        return response

    def test_laptop(self):
        """REQ-03: apply → approve → buy → receive → confirm; the ticket and the clocks
        go along."""
        # apply
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open(f"/my/services/{self.laptop.id}").text
        self.assertIn(f"/my/services/{self.laptop.id}/request", page)
        self._post(f"/my/services/{self.laptop.id}/request", q_size="14")
        request = self.requests.search([("partner_id", "=", self.requester.id)])
        self.assertEqual(request.state, "department")
        self.assertEqual(request.ticket_id.itsm_state, "paused")
        # approve: the customer's manager in the portal, then the desk
        self.authenticate("itsm-portal-boss", "itsm-portal-boss")
        review = request.review_ids.filtered(lambda r: r.status == "pending")
        self._post(f"/itsm/approval/{review.id}", decision="yes")
        self.assertEqual(request.state, "submitted")
        request.with_user(self.lead).action_approve()
        self.assertEqual(request.state, "approved")
        self.assertEqual(request.ticket_id.itsm_state, "open")
        # buy
        order = request.line_ids.purchase_line_ids.order_id
        self.assertEqual((order.partner_id, order.state), (self.supplier, "draft"))
        order.with_user(self.buyer).button_confirm()
        # receive, and install
        tasks = request.task_ids
        self._work(tasks.filtered(lambda task: task.sequence == 10))
        order.order_line.with_user(self.buyer).qty_received = 1
        self.assertEqual(request.state, "fulfilment")
        self._work(tasks.filtered(lambda task: task.sequence == 20))
        self.assertEqual(request.state, "delivered")
        self.assertEqual(request.ticket_id.itsm_state, "resolved")
        # confirm
        self.authenticate("itsm-portal", "itsm-portal")
        self._post(f"/my/requests/{request.id}/answer", answer="confirm")
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.ticket_id.itsm_state, "closed")
        self.assertEqual(request.confirmed_partner_id, self.requester)
