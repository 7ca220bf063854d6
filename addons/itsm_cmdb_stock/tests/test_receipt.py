# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.tests.common import CmdbCommon


class StockCommon(CmdbCommon):
    """A product whose serials become configuration items; a buyer, a stock user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.items = cls.env["itsm.ci"]
        cls.supplier = cls.env["res.partner"].create({"name": "Hardware shop"})
        cls.product = cls.env["product.product"].create(
            {
                "name": "Laptop 14",
                "type": "consu",
                "is_storable": True,
                "tracking": "serial",
                "itsm_ci_class_id": cls.class_leaf.id,
                "itsm_warranty_months": 24,
                "seller_ids": [
                    Command.create({"partner_id": cls.supplier.id, "price": 650})
                ],
            }
        )
        cls.buyer = cls._create_user("ci-buyer", "purchase.group_purchase_user")
        cls.stocker = cls._create_user("ci-stock", "stock.group_stock_user")

    @classmethod
    def _order(cls, quantity=1, **vals):
        order = cls.env["purchase.order"].create(
            {
                "partner_id": cls.supplier.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": cls.product.id,
                            "product_qty": quantity,
                            "price_unit": 650,
                            **vals,
                        }
                    )
                ],
            }
        )
        order.button_confirm()
        return order

    @classmethod
    def _receive(cls, order, serials, user=None):
        picking = order.picking_ids.filtered(lambda p: p.state != "done")
        cls._fill(picking, serials)
        picking.with_user(user or cls.stocker).button_validate()
        return picking

    @classmethod
    def _fill(cls, picking, serials):
        move = picking.move_ids
        move.move_line_ids.unlink()
        move.move_line_ids = [
            Command.create(
                {
                    "product_id": cls.product.id,
                    "lot_name": serial,
                    "quantity": 1,
                    "picking_id": picking.id,
                    "location_id": move.location_id.id,
                    "location_dest_id": move.location_dest_id.id,
                }
            )
            for serial in serials
        ]
        move.picked = True

    def _items_of(self, *serials):
        return self.items.search([("serial", "in", serials)], order="serial")

    def _compare(self):
        self.env["itsm.asset.difference"]._cron_compare()
        return self.env["itsm.asset.difference"].search([("state", "=", "open")])


@tagged("post_install", "-at_install")
class TestReceipt(StockCommon):
    """Configuration items are born at goods receipt (CFG-41)."""

    @freeze_time("2026-03-31 08:00:00")
    def test_born(self):
        """CFG-41: supplier, order line, price and warranty; the receiver has no right
        to the CMDB."""
        order = self._order(2, discount=10)
        self.assertFalse(self.items.with_user(self.stocker).has_access("read"))
        self._receive(order, ["X-1", "X-2"])
        one, two = self._items_of("X-1", "X-2")
        self.assertEqual(one.state, "received")
        self.assertEqual(one.class_id, self.class_leaf)
        self.assertEqual(one.name, "Laptop 14 X-1")
        self.assertEqual(one.model_name, "Laptop 14")
        self.assertEqual(one.supplier_id, self.supplier)
        self.assertEqual(one.purchase_line_id, order.order_line)
        self.assertEqual(one.purchase_price, 585)
        self.assertEqual(one.currency_id, order.currency_id)
        self.assertEqual(one.purchase_date, date(2026, 3, 31))
        # 24 months: the last day is the one before
        self.assertEqual(one.warranty_end, date(2028, 3, 30))
        self.assertEqual(one.company_id, self.company)
        self.assertEqual(one.create_uid, self.stocker)
        self.assertEqual(one.lot_id.name, "X-1")
        self.assertTrue(one.number.startswith("TB-"))
        self.assertNotEqual(one.number, two.number)
        self.assertEqual(one.lot_id.action_view_itsm_ci()["res_id"], one.id)

    def test_under_control(self):
        """CFG-17, CFG-41: what was received is recorded though its class refuses what
        is not authorised, what stock scrapped is retired; nobody else does so."""
        self.class_base.control = "refuse"
        self._receive(self._order(2), ["RC-1", "RC-2"])
        items = self._items_of("RC-1", "RC-2")
        self.assertEqual(len(items), 2)
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("ci_id", "in", items.ids)]))
        # received: nothing is open for that
        self.assertEqual(items.mapped("in_change"), [False, False])
        # a serial that never came is no authority
        lot = self.env["stock.lot"].create(
            {"name": "RC-3", "product_id": self.product.id}
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            self._ci("forged", lot_id=lot.id, state="received")
        with self.assertRaises(UserError), self.cr.savepoint():
            items[0].state = "use"
        scrap = self.env["stock.scrap"].create(
            {
                "product_id": self.product.id,
                "lot_id": items[0].lot_id.id,
                "scrap_qty": 1,
            }
        )
        scrap.action_validate()
        self.assertEqual(items[0].state, "cancelled")
        self.env.flush_all()
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", items[0].id), ("attribute", "=", "state")]
        )
        self.assertEqual(line.authority, scrap)
        self.assertFalse(unauthorised.search([("ci_id", "in", items.ids)]))

    def _authority(self, item, attribute="state"):
        """Under what it was changed, newest first."""
        self.env.flush_all()
        lines = self.env["itsm.ci.history"].search(
            [("ci_id", "=", item.id), ("attribute", "=", attribute)], order="id desc"
        )
        return [line.authority for line in lines]

    def test_transfers_under_control(self):
        """CFG-17, CFG-41: recorded by hand and received, sent back, received again: in
        a class that refuses, no transfer is stopped; the history names serial and
        transfer."""
        item = self._ci("by hand", serial="X-1", state="ordered")
        self.class_base.control = "refuse"
        order = self._order()
        picking = self._receive(order, ["X-1"])
        self.assertEqual(picking.state, "done")
        self.assertEqual((item.state, item.supplier_id), ("received", self.supplier))
        lot = item.lot_id
        self.assertEqual(lot.name, "X-1")
        self.assertEqual(self._authority(item), [lot])
        back = self._send_back(picking)
        self.assertEqual((back.state, item.state), ("done", "dismantled"))
        self.assertEqual(self._authority(item)[0], back)
        self._receive(self._order(), ["X-1"])
        self.assertEqual(item.state, "received")
        self.assertEqual(self._authority(item)[0], lot)
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("ci_id", "=", item.id)]))
        # nothing of this lasts
        with self.assertRaises(UserError), self.cr.savepoint():
            item.write({"state": "use"})

    def test_what_a_definition_refuses(self):
        """Design, Manners: what cannot be taken over is left out, that item alone."""
        bad = self._ci("bad", serial="X-1", state="ordered")
        good = self._ci("good", serial="X-2", state="ordered")
        write = type(self.items)._itsm_link_receipt

        def refuse(item, vals):
            if item == bad:
                # nobody reads it
                # pylint: disable-next=translation-required
                raise UserError("not this one")
            return write(item, vals)

        self.patch(type(self.items), "_itsm_link_receipt", refuse)
        with self.assertLogs("odoo.addons.itsm_cmdb_stock", "WARNING"):
            picking = self._receive(self._order(2), ["X-1", "X-2"])
        self.assertEqual(picking.state, "done")
        self.assertEqual((bad.state, good.state), ("ordered", "received"))

    def test_written_by_receipts_only(self):
        """CFG-17: nobody else says which serial, product or order line it is."""
        self._receive(self._order(2), ["X-1", "X-2"])
        one, two = self._items_of("X-1", "X-2")
        item = self._ci("by hand")
        for vals in (
            {"lot_id": self.env["stock.lot"].create(self._lot_vals("X-3")).id},
            {"product_id": self.product.id},
            {"purchase_line_id": one.purchase_line_id.id},
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                item.write(vals)
            with self.assertRaises(UserError), self.cr.savepoint():
                self._ci("new", **vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            one.lot_id.write({"itsm_ci_ids": [Command.link(item.id)]})
        with self.assertRaises(UserError), self.cr.savepoint():
            two.lot_id = False
        # the same passes, a default does not count
        one.write({"lot_id": one.lot_id.id, "product_id": self.product.id})
        items = self.items.with_context(default_product_id=self.product.id)
        self.assertFalse(items.create(self._ci_vals("other")).product_id)

    def _lot_vals(self, name):
        return {"name": name, "product_id": self.product.id}

    def test_unit_of_purchase(self):
        """A price by the dozen is a twelfth each."""
        dozen = self.env.ref("uom.product_uom_dozen")
        order = self._order(1, product_uom_id=dozen.id, price_unit=1200)
        self._receive(order, [f"D-{number}" for number in range(12)])
        self.assertEqual(
            self._items_of("D-0", "D-11").mapped("purchase_price"), [100, 100]
        )

    def test_price_is_for_finance(self):
        """The price is read by who sees prices and costs; readers see the rest."""
        self._receive(self._order(), ["X-1"])
        item = self._items_of("X-1")
        item.with_user(self.ci_reader).read(["supplier_id", "warranty_end"])
        for name in ("purchase_price", "purchase_line_id", "lot_id"):
            with self.assertRaises(AccessError):
                item.with_user(self.ci_reader).read([name])

    def test_other_products(self):
        """A product without a class, or without serials, makes none."""
        self.product.itsm_ci_class_id = False
        self._receive(self._order(), ["X-1"])
        self.assertFalse(self._items_of("X-1"))
        with self.assertRaises(ValidationError):
            self.product.write(
                {"itsm_ci_class_id": self.class_leaf.id, "tracking": "none"}
            )

    def test_no_definition_stops_a_receipt(self):
        """Design, Manners: naming rules and states are not asked of a receipt; what
        cannot be made is found by the comparison."""
        self.class_leaf.name_pattern = "[a-z]{3}"
        self.class_leaf.state_ids = self.env.ref("itsm_cmdb.itsm_ci_state_use")
        self._receive(self._order(), ["X-1"])
        self.assertEqual(self._items_of("X-1").state, "use")
        self.class_leaf.write({"name_pattern": False, "state_ids": False})
        self.class_leaf.active = False
        picking = self._receive(self._order(), ["X-2"])
        self.assertEqual(picking.state, "done")
        self.assertFalse(self._items_of("X-2"))
        self.class_leaf.active = True
        found = self._compare().filtered(lambda row: row.kind == "stock_without_ci")
        self.assertEqual(found.mapped("name"), ["X-2"])
        with self.assertRaises(AccessError):
            found.with_user(self.ci_owner).action_solve()
        found.with_user(self.ci_manager).action_solve()
        item = self._items_of("X-2")
        self.assertEqual(item.supplier_id, self.supplier)
        self.assertEqual(item.purchase_price, 650)
        self.assertEqual(found.state, "solved")

    def test_recorded_by_hand(self):
        """One that was ordered and has the serial becomes it; what is there stays."""
        ordered = self._ci(
            "lon-001",
            serial="X-1",
            state="ordered",
            model_name="By hand",
            owner_id=self.ci_owner.id,
        )
        elsewhere = self._ci("other", self.class_other, serial="X-2")
        self._receive(self._order(2), ["X-1", "X-2"])
        self.assertEqual(self._items_of("X-1"), ordered)
        self.assertEqual(ordered.state, "received")
        self.assertEqual(ordered.name, "lon-001")
        self.assertEqual(ordered.model_name, "By hand")
        self.assertEqual(ordered.supplier_id, self.supplier)
        self.assertEqual(ordered.lot_id.name, "X-1")
        # of another class: not the same thing
        self.assertFalse(elsewhere.lot_id)
        self.assertEqual(len(self._items_of("X-2")), 2)

    def test_company(self):
        """An item of another company is not taken for the serial."""
        company, _manager = self._company_2()
        foreign = self._ci("foreign", serial="X-1", company_id=company.id)
        self._receive(self._order(), ["X-1"])
        self.assertFalse(foreign.lot_id)
        self.assertEqual(len(self._items_of("X-1")), 2)

    def _send_back(self, picking):
        wizard = self.env["stock.return.picking"].create({"picking_id": picking.id})
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        back.action_assign()
        back.move_ids.picked = True
        back.with_user(self.stocker).button_validate()
        return back

    def test_return_and_again(self):
        """Back to the supplier: out of use; received again: the same item."""
        order = self._order()
        picking = self._receive(order, ["X-1"])
        item = self._items_of("X-1")
        back = self._send_back(picking)
        self.assertEqual(back.state, "done")
        self.assertEqual(item.state, "dismantled")
        again = self._order()
        self._receive(again, ["X-1"])
        self.assertEqual(self._items_of("X-1"), item)
        self.assertEqual(item.state, "received")

    def test_scrap(self):
        """Scrapping in stock ends its life; data without evidence is found."""
        self.class_base.holds_data = True
        self._receive(self._order(2), ["X-1", "X-2"])
        one, two = self._items_of("X-1", "X-2")
        scrap = (
            self.env["stock.scrap"]
            .with_user(self.stocker)
            .create(
                {"product_id": self.product.id, "lot_id": one.lot_id.id, "scrap_qty": 1}
            )
        )
        scrap.action_validate()
        self.assertEqual(scrap.state, "done")
        self.assertEqual(one.state, "cancelled")
        self.assertEqual(two.state, "received")
        self.assertIn(scrap.name, "".join(one.message_ids.mapped("body")))
        found = self.env["itsm.enforcement.finding"].search(
            [("rule_code", "=", "ci_scrapped_unwiped")]
        )
        self.assertEqual(found.mapped("res_id"), one.ids)

    def test_kept(self):
        """What came by a receipt is archived and not deleted."""
        self._receive(self._order(), ["X-1"])
        with self.assertRaises(UserError):
            self._items_of("X-1").with_user(self.ci_manager).unlink()

    def test_queries(self):
        """200 serials take as many queries for the CMDB as ten."""

        def count(number):
            lots = self.env["stock.lot"].create(
                [
                    {"name": f"Q{number}-{i}", "product_id": self.product.id}
                    for i in range(number)
                ]
            )
            line = self._order(number).order_line
            received = {lot: (self.company, date(2026, 1, 1), line) for lot in lots}
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            lots._itsm_receive(received)
            self.env.flush_all()
            queries = self.env.cr.sql_log_count - before
            self.assertEqual(len(lots.itsm_ci_ids), number)
            return queries

        count(2)
        few = count(10)
        # rows are inserted by the hundred
        self.assertLessEqual(count(200), few + 6)

    def test_twice(self):
        """The same receipt told twice makes nothing twice."""
        picking = self._receive(self._order(), ["X-1"])
        picking.move_ids.move_line_ids.sudo()._itsm_follow()
        self.assertEqual(len(self._items_of("X-1")), 1)

    def test_quotation(self):
        """Renewal: one draft order a supplier, as many as are replaced (CFG-42)."""
        self._receive(self._order(2), ["X-1", "X-2"])
        both = self._items_of("X-1", "X-2")
        self.buyer.group_ids += self.env.ref("itsm_cmdb.itsm_group_ci_manager")
        action = both.with_user(self.buyer).action_quotation()
        order = self.env["purchase.order"].search(action["domain"])
        self.assertEqual((order.partner_id, order.state), (self.supplier, "draft"))
        self.assertEqual(order.order_line.product_id, self.product)
        self.assertEqual(order.order_line.product_qty, 2)
        with self.assertRaises(AccessError):
            both.with_user(self.ci_manager).action_quotation()
        with self.assertRaises(UserError):
            self._ci("none").with_user(self.buyer).action_quotation()


@tagged("post_install", "-at_install")
class TestStockDifference(StockCommon):
    """Stock and CMDB compared: a list to work through (CFG-40)."""

    def _kinds(self, item):
        rows = self._compare().filtered(lambda row: row.ci_id == item)
        return sorted(rows.mapped("kind"))

    def test_each_kind(self):
        """Each difference is found, and ends by itself when it is gone."""
        self._receive(self._order(2), ["X-1", "X-2"])
        one, two = self._items_of("X-1", "X-2")
        self.assertEqual((self._kinds(one), self._kinds(two)), ([], []))
        one.serial = "X-9"
        self.assertEqual(self._kinds(one), ["stock_serial"])
        row = self.env["itsm.asset.difference"].search(
            [("ci_id", "=", one.id), ("state", "=", "open")]
        )
        row.with_user(self.ci_manager).action_solve()
        self.assertEqual((one.serial, row.state), ("X-1", "solved"))
        two.action_cancel()
        self.assertEqual(self._kinds(two), ["gone_in_stock"])
        # past the ORM, as by a correction of the stock: nowhere any more
        quants = self.env["stock.quant"].search(
            [("lot_id", "=", one.lot_id.id), ("location_id.usage", "=", "internal")]
        )
        quants.quantity = 0
        self.assertEqual(self._kinds(one), ["ci_without_stock"])
        one.user_partner_id = self.requester
        self.assertEqual(self._kinds(one), [])

    def test_held_in_stock(self):
        """CFG-40, CFG-41: what somebody has in his hands and stock has as well is
        found, with what to do; delivered it is right."""
        self._receive(self._order(2), ["H-1", "H-2"])
        one, two = self._items_of("H-1", "H-2")
        one.write({"user_partner_id": self.requester.id, "state": "use"})
        self.assertEqual(self._kinds(one), ["held_in_stock"])
        self.assertEqual(self._kinds(two), [])
        row = self._compare().filtered(lambda row: row.ci_id == one)
        self.assertIn("Deliver", row.hint)
        self.assertIn(self.requester.name, row.detail)
        with self.assertRaises(UserError):
            row.with_user(self.ci_manager).action_solve()
        stock = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": stock.out_type_id.id,
                "location_id": stock.lot_stock_id.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
            }
        )
        self.env["stock.move"].create(
            {
                "product_id": self.product.id,
                "product_uom_qty": 1,
                "picking_id": picking.id,
                "location_id": picking.location_id.id,
                "location_dest_id": picking.location_dest_id.id,
                "move_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "lot_id": one.lot_id.id,
                            "quantity": 1,
                            "picking_id": picking.id,
                            "location_id": picking.location_id.id,
                            "location_dest_id": picking.location_dest_id.id,
                        }
                    )
                ],
                "picked": True,
            }
        )
        picking.button_validate()
        self.assertEqual((picking.state, self._kinds(one)), ("done", []))
        self.assertEqual(row.state, "solved")

    def test_scrapped_there(self):
        """Scrapped in stock while the item lives: put right by a button."""
        self._receive(self._order(), ["X-1"])
        item = self._items_of("X-1")
        scrap = self.env["stock.scrap"].create(
            {"product_id": self.product.id, "lot_id": item.lot_id.id, "scrap_qty": 1}
        )
        scrap.action_validate()
        self.env.flush_all()
        self.env.cr.execute("UPDATE itsm_ci SET state = 'use' WHERE id = %s", [item.id])
        self.env.invalidate_all()
        self.assertEqual(self._kinds(item), ["scrapped_in_stock"])
        row = self.env["itsm.asset.difference"].search(
            [("ci_id", "=", item.id), ("state", "=", "open")]
        )
        row.with_user(self.ci_manager).action_solve()
        self.assertEqual(item.state, "cancelled")

    def test_ignored(self):
        """Ignored with a reason it does not come back; nobody writes its state."""
        self._receive(self._order(), ["X-1"])
        item = self._items_of("X-1")
        item.serial = "X-9"
        row = self._compare().filtered(lambda r: r.ci_id == item)
        row = row.with_user(self.ci_manager)
        with self.assertRaises(UserError):
            row.action_ignore()
        row.reason = "The sticker is wrong"
        row.action_ignore()
        self.assertEqual(self._kinds(item), [])
        self.assertEqual(row.detail, "X-9 ≠ X-1")
        # other numbers are another difference
        item.serial = "X-8"
        self.assertEqual(self._kinds(item), ["stock_serial"])
        self.assertEqual((row.state, row.detail), ("open", "X-8 ≠ X-1"))
        row.action_ignore()
        self.assertEqual(self._kinds(item), [])
        self.assertEqual(row.ended_by_id, self.ci_manager)
        for vals in ({"state": "open"}, {"key": "x"}):
            with self.assertRaises(UserError):
                row.write(vals)
        with self.assertRaises(AccessError):
            row.with_user(self.ci_reader).action_reopen()
        row.action_reopen()
        self.assertEqual(row.state, "open")
        with self.assertRaises(AccessError):
            row.unlink()
        with self.assertRaises(AccessError):
            self.env["itsm.asset.difference"].with_user(self.ci_reader).action_compare()

    def test_found_not_written(self):
        """CFG-40: what differs is not written by a manager, who could put right by it
        what another company has in stock."""
        self._receive(self._order(), ["X-1"])
        item = self._items_of("X-1")
        company, manager = self._company_2()
        own = self._ci("own", company_id=company.id, user_partner_id=self.supplier.id)
        self.supplier.active = False
        rows = self._compare().with_user(manager)
        row = rows.filtered(lambda r: r.ci_id == own)
        found = row.read()
        for vals in (
            {"kind": "stock_without_ci"},
            {"res_model": "stock.lot"},
            {"res_id": item.lot_id.id},
            {"ci_id": item.id},
            {"company_id": self.env.company.id},
            {"name": "Another"},
            {"detail": "Another"},
        ):
            with self.assertRaises(UserError):
                row.write(vals)
            with self.assertRaises(UserError):
                row.create(vals)
        self.assertEqual(row.read(), found)

    def test_companies(self):
        """Differences of another company are not seen."""
        self._receive(self._order(), ["X-1"])
        item = self._items_of("X-1")
        item.serial = "X-9"
        row = self._compare().filtered(lambda r: r.ci_id == item)
        _company, manager = self._company_2()
        with self.assertRaises(AccessError):
            row.with_user(manager).read(["name"])

    def test_somebody_has_left(self):
        """Things in the hands of somebody who is archived are found (CFG-45)."""
        item = self._ci("pad", user_partner_id=self.supplier.id)
        self.assertEqual(self._kinds(item), [])
        self.supplier.active = False
        self.assertEqual(self._kinds(item), ["holder_left"])
        row = self._compare().filtered(lambda r: r.ci_id == item)
        with self.assertRaises(UserError):
            row.action_solve()
        item.user_partner_id = False
        self.assertEqual(self._kinds(item), [])
        self.assertEqual(row.state, "solved")
