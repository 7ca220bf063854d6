# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_desk.tests.request_common import RequestCommon


@tagged("post_install", "-at_install")
class TestRequestPurchase(RequestCommon):
    """Ordered, received, delivered (REQ-01, REQ-03)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.supplier = cls.env["res.partner"].create({"name": "Hardware shop"})
        # A service: received by hand with and without the stock app.
        cls.product = cls.env["product.product"].create(
            {
                "name": "Laptop 14",
                "type": "service",
                "seller_ids": [
                    Command.create({"partner_id": cls.supplier.id, "price": 650})
                ],
            }
        )
        cls.laptop.product_id = cls.product
        cls.buyer = cls._create_user("itsm-buyer", "purchase.group_purchase_user")

    def _approved(self, *lines):
        request = self._submitted(*(lines or [self._line(self.laptop, 2, size=14)]))
        request.with_user(self.lead).action_approve()
        return request

    def _orders(self, request):
        return request.line_ids.purchase_line_ids.order_id

    def test_button(self):
        """REQ-03: the desk buys without rights in purchasing: a draft order with the
        supplier of the product, once; who received it need not see requests."""
        request = self._approved()
        self.assertFalse(self._orders(request))
        line = request.line_ids.with_user(self.agent)
        line.action_buy()
        order = self._orders(request)
        self.assertEqual(order.partner_id, self.supplier)
        self.assertEqual(order.state, "draft")
        self.assertEqual(order.origin, request.name)
        self.assertFalse(order.user_id)
        self.assertEqual(order.order_line.product_qty, 2)
        self.assertEqual(order.order_line.price_unit, 650)
        self.assertTrue(line.is_bought)
        with self.assertRaisesRegex(UserError, "ordered already"):
            line.action_buy()
        with self.assertRaises(AccessError):
            line.read(["purchase_line_ids"])
        with self.assertRaises(AccessError):
            request.line_ids.with_user(self.portal_user).action_buy()
        order.with_user(self.buyer).button_confirm()
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))
        self.assertEqual(request.line_ids.state, "fulfilment")
        ordered = order.order_line.with_user(self.buyer)
        ordered.qty_received = 1
        self.assertEqual(request.line_ids.state, "fulfilment")
        ordered.qty_received = 2
        self.assertEqual(request.line_ids.state, "delivered")
        self.assertEqual(request.state, "delivered")

    def test_received_first(self):
        """REQ-03: goods that come before the tasks are done wait for them."""
        request = self._approved()
        request.line_ids.with_user(self.agent).action_buy()
        order = self._orders(request)
        order.button_confirm()
        order.order_line.qty_received = 2
        self.assertEqual(request.line_ids.state, "fulfilment")
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))
        self.assertEqual(request.line_ids.state, "delivered")

    def test_automatic(self):
        """REQ-03: bought by the approval; lines of one supplier in one order."""
        self.laptop.buy_on_approval = True
        request = self._approved()
        self.assertEqual(self._orders(request).partner_id, self.supplier)

    def test_no_supplier(self):
        """Without a supplier the approval goes on and the desk is told what to do."""
        self.laptop.buy_on_approval = True
        self.product.seller_ids.unlink()
        request = self._approved()
        self.assertEqual(request.state, "approved")
        self.assertFalse(self._orders(request))
        self.assertIn("has no supplier", " ".join(request.message_ids.mapped("body")))
        with self.assertRaisesRegex(UserError, "has no supplier"):
            request.line_ids.with_user(self.agent).action_buy()

    def test_no_product(self):
        """Bad input: an item without product, a line that waits for approval."""
        request = self._submitted(self._line(self.laptop, size=14))
        with self.assertRaisesRegex(UserError, "not being fulfilled"):
            request.line_ids.with_user(self.agent).action_buy()
        request = self._submitted(self._line(self.account))
        with self.assertRaisesRegex(UserError, "names no product"):
            request.line_ids.with_user(self.agent).action_buy()

    def test_cancelled_order(self):
        """A cancelled order delivers nothing: it can be bought again, or the desk
        delivers or refuses the line."""
        request = self._approved()
        line = request.line_ids.with_user(self.agent)
        line.action_buy()
        self._orders(request).button_cancel()
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))
        self.assertEqual(request.line_ids.state, "fulfilment")
        line.invalidate_recordset()
        self.assertFalse(line.is_bought)
        line.action_buy()
        self.assertEqual(len(self._orders(request)), 2)
        line.action_deliver()
        self.assertEqual(request.state, "delivered")

    def test_request_cancelled(self):
        """REQ-06: with the request its draft orders are cancelled; a confirmed one is
        named in a note."""
        request = self._approved()
        request.line_ids.with_user(self.agent).action_buy()
        request.with_user(self.agent)._cancel("Not any more")
        self.assertEqual(self._orders(request).state, "cancel")
        request = self._approved()
        request.line_ids.with_user(self.agent).action_buy()
        order = self._orders(request)
        order.button_confirm()
        request.with_user(self.agent)._cancel("Not any more")
        self.assertEqual(order.state, "purchase")
        notes = " ".join(request.message_ids.mapped("body"))
        self.assertIn(
            f"Still ordered, although not needed any more: {order.name}", notes
        )

    def _done(self, request):
        """All tasks are done."""
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))

    def test_partial(self):
        """REQ-01, REQ-03: one of two comes and the other is given up: only what is
        missing is bought again, also after the order was cancelled."""
        request = self._approved()
        line = request.line_ids.with_user(self.agent)
        line.action_buy()
        order = self._orders(request)
        order.button_confirm()
        order.order_line.qty_received = 1
        order.order_line.product_qty = 1
        self.assertFalse(line.is_bought)
        self._done(request)
        self.assertEqual(line.state, "fulfilment")
        line.action_buy()
        second = self._orders(request) - order
        self.assertEqual(second.order_line.product_qty, 1)
        self.assertTrue(line.is_bought)
        second.with_user(self.buyer).button_cancel()
        self.assertFalse(line.is_bought)
        self.assertIn(
            "Purchasing has cancelled the order for: Laptop",
            " ".join(request.message_ids.mapped("body")),
        )
        line.action_buy()
        third = self._orders(request) - order - second
        third.button_confirm()
        third.order_line.qty_received = 1
        self.assertEqual(line.state, "delivered")

    def test_units(self):
        """REQ-03: a dozen that comes is twelve that were asked for, by the button and
        by the scheduler."""
        dozen = self.env.ref("uom.product_uom_dozen")
        request = self._approved(self._line(self.laptop, 12, size=14))
        line = request.line_ids.with_user(self.agent)
        line.action_buy()
        order = self._orders(request)
        self.assertEqual(order.order_line.product_uom_id, self.product.uom_id)
        order.order_line.write({"product_uom_id": dozen.id, "product_qty": 1})
        self.assertTrue(line.is_bought)
        order.button_confirm()
        self._done(request)
        order.order_line.qty_received = 1
        self.assertEqual(line.state, "delivered")

    def test_line_ends(self):
        """REQ-01, REQ-06: what the desk delivers from stock or refuses is not bought as
        well: the draft ends; of a confirmed order the request says so."""
        for how in ("action_deliver", "_refuse"):
            for confirmed in (False, True):
                request = self._approved()
                line = request.line_ids.with_user(self.agent)
                line.action_buy()
                order = self._orders(request)
                if confirmed:
                    order.button_confirm()
                if how == "_refuse":
                    line._refuse("None left")
                else:
                    line.action_deliver()
                self.assertEqual(order.state, "purchase" if confirmed else "cancel")
                notes = " ".join(request.message_ids.mapped("body"))
                self.assertEqual("Still ordered" in notes, confirmed, how)

    def test_draft_of_others(self):
        """REQ-06: a draft to which purchasing has added something of its own stays when
        the request ends, and the request says so."""
        request = self._approved()
        request.line_ids.with_user(self.agent).action_buy()
        order = self._orders(request)
        order.order_line = [
            Command.create({"product_id": self.product.id, "product_qty": 5})
        ]
        request.with_user(self.agent)._cancel("Not any more")
        self.assertEqual(order.state, "draft")
        self.assertIn(
            f"Still ordered, although not needed any more: {order.name}",
            " ".join(request.message_ids.mapped("body")),
        )

    def test_cron(self):
        """Goods that another app receives are found by the scheduler."""
        request = self._approved()
        request.line_ids.with_user(self.agent).action_buy()
        order = self._orders(request)
        order.button_confirm()
        for number in (10, 20):
            self._work(request.task_ids.filtered(lambda t, n=number: t.sequence == n))
        self.env.flush_all()
        # As the stock app does: a computed column, no write.
        self.env.cr.execute(
            "UPDATE purchase_order_line SET qty_received = 2 WHERE id = %s",
            [order.order_line.id],
        )
        self.env.invalidate_all()
        self.env["itsm.request.line"]._cron_follow_receipts()
        self.assertEqual(request.state, "delivered")
