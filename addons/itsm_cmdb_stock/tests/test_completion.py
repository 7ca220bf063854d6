# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_receipt import StockCommon


@tagged("post_install", "-at_install")
class TestCompletion(StockCommon):
    """What was received is completed, and traced to its order (CFG-17, CFG-41)."""

    def _received(self, *serials):
        self._receive(self._order(len(serials)), list(serials))
        return self._items_of(*serials).with_user(self.ci_manager)

    def test_completed_under_control(self):
        """CFG-17, CFG-41: what is empty is filled under the receipt, what is there is
        not changed, and it ends when it is put to test or use."""
        self.class_base.control = "refuse"
        self.class_base.control_field_ids = self.env["itsm.ci.control.field"].search([])
        items = self._received("C-1", "C-2")
        owner = {"owner_id": self.ci_owner.id, "asset_tag": "A-1"}
        items.write({"owner_id": self.ci_owner.id})
        items[0].write({"asset_tag": "A-1"})
        self.env.flush_all()
        self.assertFalse(
            self.env["itsm.ci.unauthorised"].search([("ci_id", "in", items.ids)])
        )
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", items[0].id), ("attribute", "=", "owner_id")]
        )
        self.assertEqual(line.authority, items[0].sudo().lot_id)
        for vals in (
            {"serial": "C-9"},
            {"asset_tag": "A-2"},
            {"owner_id": False},
            {"user_partner_id": self.requester.id},
            {"state": "use"},
            {"active": False},
        ):
            with (
                self.subTest(vals),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                items[0].write(vals)
                self.env.flush_all()
        # recorded by hand: no receipt
        self.class_base.control = "free"
        by_hand = self._ci("by hand", state="received").with_user(self.ci_manager)
        items[1].write({"state": "test"})
        self.env.flush_all()
        self.class_base.control = "refuse"
        for item in (by_hand, items[1]):
            with self.assertRaises(UserError), self.cr.savepoint():
                item.write({**owner, "hostname": "h"})
                self.env.flush_all()
        # once in test, it is received no more, also when it comes back
        self.class_base.control = "free"
        items[1].write({"state": "dismantled"})
        self.env.flush_all()
        items[1].write({"state": "received"})
        self.env.flush_all()
        self.class_base.control = "refuse"
        with self.assertRaises(UserError), self.cr.savepoint():
            items[1].write({"hostname": "h"})

    def test_recorded(self):
        """CFG-17: where changes are recorded, completing a receipt is none."""
        self.class_base.control = "record"
        item = self._received("C-1")
        item.write({"hostname": "pc-1"})
        self.env.flush_all()
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("ci_id", "=", item.id)]))
        item.write({"hostname": "pc-2"})
        self.env.flush_all()
        self.assertEqual(len(unauthorised.search([("ci_id", "=", item.id)])), 1)

    def test_to_complete(self):
        """CFG-41: received, without an owner or a required attribute."""
        one, two, three = self._received("C-1", "C-2", "C-3")
        by_hand = self._ci("by hand", state="received")
        self.assertEqual(
            (one | two | three | by_hand).filtered("is_to_complete"), one | two | three
        )
        (one | two).owner_id = self.ci_owner
        three.state = "test"
        items = self.items.with_user(self.ci_reader)
        mine = [("id", "in", (one | two | three | by_hand).ids)]
        asked = [*mine, ("is_to_complete", "=", True)]
        self.assertFalse(items.search(asked))
        self.env["itsm.ci.attribute"].create(
            {
                "name": "Key board",
                "code": "key_board",
                "class_id": self.class_leaf.id,
                "kind": "char",
                "required": True,
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(items.search(asked).ids, (one | two).ids)
        self.assertTrue(one.is_to_complete)
        others = items.search([*mine, ("is_to_complete", "=", False)])
        self.assertEqual(set(others.ids), {three.id, by_hand.id})

    def test_queries(self):
        """Completing 20 received items takes about as many queries as two."""
        self.class_base.control = "refuse"

        def count(prefix, number):
            items = self._received(*(f"{prefix}{i}" for i in range(number)))
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items.write({"owner_id": self.ci_owner.id})
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count("P-", 2)
        few = count("Q-", 2)
        self.assertLessEqual(count("R-", 20), few + 2)

    def test_traced(self):
        """CFG-41, CFG-46: order and bills as text for who sees prices, the order
        itself for who reads orders; for others neither."""
        order = self._order()
        self._receive(order, ["C-1"])
        item = self._items_of("C-1")
        finance = self._create_user(
            "ci-finance", "itsm_cmdb.itsm_group_ci_reader,itsm_base.itsm_group_finance"
        )
        seen = item.with_user(finance)
        self.assertEqual(seen.purchase_order_name, order.name)
        self.assertFalse(seen.vendor_bill_names)
        with self.assertRaises(AccessError):
            seen.read(["purchase_order_id"])
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": self.supplier.id,
                "invoice_date": "2026-03-31",
                "ref": "INV-77",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Laptop",
                            "quantity": 1,
                            "price_unit": 650,
                            "account_id": self.env["account.account"]
                            .create(
                                {
                                    "code": "T41",
                                    "name": "Bought",
                                    "account_type": "expense",
                                }
                            )
                            .id,
                            "purchase_line_id": order.order_line.id,
                            "tax_ids": [Command.clear()],
                        }
                    )
                ],
            }
        )
        self.env.invalidate_all()
        self.assertFalse(seen.vendor_bill_names)  # a draft is no bill
        bill.action_post()
        self.env.invalidate_all()
        self.assertEqual(seen.vendor_bill_names, f"{bill.name} (INV-77)")
        for name in ("purchase_order_name", "vendor_bill_names", "purchase_order_id"):
            with self.assertRaises(AccessError):
                item.with_user(self.ci_manager).read([name])
        self.buyer.group_ids += self.env.ref("itsm_cmdb.itsm_group_ci_reader")
        self.assertEqual(item.with_user(self.buyer).purchase_order_id, order)
