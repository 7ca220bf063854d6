# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .test_receipt import StockCommon


@tagged("post_install", "-at_install")
class TestMerge(StockCommon):
    """CFG-26, CFG-41: the serial in stock follows the item that stays."""

    def test_serial_goes_over(self):
        """Serial, product and order line go over; received again it is that item."""
        order = self._order()
        self._receive(order, ["X-1"])
        gone = self._items_of("X-1")
        lot, line = gone.lot_id, order.order_line
        keep = self._ci("by hand")
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual((keep.lot_id, keep.product_id), (lot, self.product))
        self.assertEqual(keep.purchase_line_id, line)
        self.assertFalse(gone.lot_id)
        keep.state = "dismantled"
        lot._itsm_receive({lot: (self.company, date(2026, 5, 1), line.browse())})
        self.assertEqual((keep.state, gone.active), ("received", False))
        self.assertEqual(keep.lot_id, lot)

    def test_merged_before(self):
        """A serial left with an item that was merged: the other one is received."""
        self._receive(self._order(), ["X-1"])
        gone = self._items_of("X-1")
        lot = gone.lot_id
        keep = self._ci("by hand", state="ordered")
        gone.state = "dismantled"
        (keep | gone)._merge_into(keep)
        guard.with_token(keep).lot_id = False
        self.env.flush_all()
        guard.with_token(gone).lot_id = lot
        guard.with_token(gone)._itsm_back_in_stock()
        self.assertEqual((keep.state, gone.active), ("received", False))
        self.assertEqual(gone.state, "dismantled")

    def test_each_its_own(self):
        """Two serials are two things."""
        self._receive(self._order(2), ["X-1", "X-2"])
        items = self._items_of("X-1", "X-2")
        with self.assertRaisesRegex(UserError, "X-1, X-2"):
            items.with_user(self.ci_manager)._merge_into(items[0])
