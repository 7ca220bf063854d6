# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""REQ-03 through all addons: a laptop is asked for, approved, bought, received, becomes
a configuration item, is handed over against a signature and confirmed."""

import base64

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
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
                "itsm_ci_class_id": cls.env.ref(
                    "itsm_cmdb.itsm_ci_class_workstation"
                ).id,
                "itsm_warranty_months": 36,
                "seller_ids": [
                    Command.create({"partner_id": cls.supplier.id, "price": 650})
                ],
            }
        )
        cls.laptop.write({"product_id": cls.product.id, "buy_on_approval": True})
        cls.buyer = cls._create_user("itsm-buyer", "purchase.group_purchase_user")
        cls.stocker = cls._create_user("itsm-stocker", "stock.group_stock_user")
        cls.custodian = cls._create_user(
            "itsm-custodian", "itsm_cmdb.itsm_group_ci_manager"
        )
        cls.requester.itsm_department_id = cls.department
        for user in (cls.portal_user, cls.portal_manager):
            user.password = user.login

    def _post(self, url, **data):
        data["csrf_token"] = http.Request.csrf_token(self)
        response = self.url_open(url, data=data)
        self.env.invalidate_all()
        return response

    def _receive(self, order, serial):
        """The stock keeper scans the serial and completes the receipt."""
        picking = order.picking_ids
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": self.product.id,
                    "lot_name": serial,
                    "quantity": 1,
                    "picking_id": picking.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
        ]
        move.picked = True
        picking.with_user(self.stocker).button_validate()
        self.env["itsm.request.line"]._cron_follow_receipts()

    def _hand_over(self, item):
        """The custodian writes the sheet, the requester signs it in the portal."""
        sheets = self.env["itsm.ci.handover"].with_user(self.custodian)
        sheet = sheets.create(
            {
                "partner_id": self.requester.id,
                "line_ids": [Command.create({"ci_id": item.id})],
            }
        )
        sheet.action_present()
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertIn(f"/my/assets/sheet/{sheet.id}", self.url_open("/my/assets").text)
        drawing = base64.b64encode(b"\x89PNG\r\n\x1a\n drawn").decode()
        self.make_jsonrpc_request(
            f"/my/assets/sheet/{sheet.id}/sign?shown={sheet._content_hash()}",
            {"name": "Requester", "signature": drawing},
        )
        self.env.invalidate_all()
        self.assertEqual(sheet.state, "signed")
        sheet.action_done()
        return sheet

    def test_laptop(self):
        """REQ-03: apply → approve → buy → receive → CI in use → confirm; the ticket and
        the clocks go along."""
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
        self._receive(order, "REQ03-1")
        self.assertEqual(request.state, "fulfilment")
        # what was received is a configuration item
        item = self.env["itsm.ci"].search([("serial", "=", "REQ03-1")])
        self.assertEqual((item.state, item.supplier_id), ("received", self.supplier))
        self.assertEqual(item.purchase_line_id, order.order_line)
        self.assertEqual(item.purchase_price, 650)
        self.assertTrue(item.warranty_end)
        self._work(tasks.filtered(lambda task: task.sequence == 20))
        self._hand_over(item)
        self.assertEqual(request.state, "delivered")
        self.assertEqual(request.ticket_id.itsm_state, "resolved")
        # confirm
        self.authenticate("itsm-portal", "itsm-portal")
        self._post(f"/my/requests/{request.id}/answer", answer="confirm")
        self.assertEqual(request.state, "closed")
        self.assertEqual(request.ticket_id.itsm_state, "closed")
        self.assertEqual(request.confirmed_partner_id, self.requester)
        # and is in use, in the hands of who asked for it
        self.assertEqual(item.state, "use")
        self.assertEqual(item.user_partner_id, self.requester)
        self.assertIn(item.number, self.url_open("/my/assets").text)
