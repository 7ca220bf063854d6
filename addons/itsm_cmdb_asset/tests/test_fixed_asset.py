# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.tests.common import CmdbCommon


@tagged("post_install", "-at_install")
class TestFixedAsset(CmdbCommon):
    """Fixed assets and configuration items know each other (CFG-46)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        accounts = cls.env["account.account"].create(
            [
                {"code": f"T46{number}", "name": kind, "account_type": kind}
                for number, kind in enumerate(
                    ("asset_fixed", "asset_non_current", "expense")
                )
            ]
        )
        journal = cls.env["account.journal"].create(
            {"name": "Assets", "code": "TAS", "type": "general"}
        )
        cls.profile = cls.env["account.asset.profile"].create(
            {
                "name": "Computers",
                "account_asset_id": accounts[0].id,
                "account_depreciation_id": accounts[1].id,
                "account_expense_depreciation_id": accounts[2].id,
                "journal_id": journal.id,
                "itsm_is_ci": True,
            }
        )
        cls.item, cls.item_2 = cls.env["itsm.ci"].create(
            [cls._ci_vals("srv-1"), cls._ci_vals("srv-2")]
        )
        cls.asset = cls._asset()

    @classmethod
    def _asset(cls, **vals):
        return cls.env["account.asset"].create(
            {
                "name": "Two servers",
                "profile_id": cls.profile.id,
                "purchase_value": 1000,
                "date_start": "2026-01-01",
                **vals,
            }
        )

    def _kinds(self):
        differences = self.env["itsm.asset.difference"]
        differences._cron_compare()
        found = differences.search(
            [("res_model", "=", "account.asset"), ("state", "=", "open")]
        )
        return sorted(
            found.filtered(lambda d: d.res_id == self.asset.id).mapped("kind")
        )

    def test_values(self):
        """The value is for who sees prices and costs; the asset for accounting."""
        self.item.asset_id = self.asset
        finance = self._create_user(
            "ci-finance", "itsm_cmdb.itsm_group_ci_reader,itsm_base.itsm_group_finance"
        )
        self.assertEqual(self.item.with_user(finance).asset_residual, 1000)
        with self.assertRaises(AccessError):
            self.item.with_user(finance).read(["asset_id"])
        for name in ("asset_id", "asset_residual"):
            with self.assertRaises(AccessError):
                self.item.with_user(self.ci_manager).read([name])
        with self.assertRaises(AccessError):
            self.item.with_user(self.ci_manager).asset_id = False

    def test_merge(self):
        """CFG-26: the asset follows the item that stays; two assets are two things."""
        self.item.asset_id = self.asset
        self.item_2.asset_id = self._asset(name="Other")
        items = (self.item | self.item_2).with_user(self.ci_manager)
        with self.assertRaisesRegex(UserError, "Fixed Asset"):
            items._merge_into(items[1])
        self.item_2.asset_id = False
        items._merge_into(items[1])
        self.assertEqual(self.item_2.asset_id, self.asset)
        self.assertFalse(self.item.asset_id)
        # of one asset both: it stays
        third = self._ci("third", asset_id=self.asset.id)
        (self.item_2 | third)._merge_into(self.item_2)
        self.assertEqual(self.item_2.asset_id, self.asset)
        self.assertFalse(third.asset_id)

    def test_open(self):
        """All configuration items of an asset open from it."""
        (self.item | self.item_2).asset_id = self.asset
        action = self.asset.action_view_itsm_cis()
        found = self.env["itsm.ci"].search(action["domain"])
        self.assertEqual(found, self.item | self.item_2)

    def test_named_by_accounting(self):
        """CFG-46: who keeps fixed assets names their items by what stands on them,
        without a right to the CMDB, and writes nothing else of it."""
        clerk = self._create_user("ci-clerk", "account.group_account_invoice")
        self.item.write({"serial": "SN-1", "asset_tag": "T-1"})
        self.item_2.write({"serial": "SN-2", "asset_tag": "T-1"})
        company, _manager = self._company_2()
        self._ci("foreign", company_id=company.id, serial="SN-9")
        self.class_base.control = "refuse"
        asset = self.asset.with_user(clerk)
        self.assertFalse(self.env["itsm.ci"].with_user(clerk).has_access("read"))

        def link(codes, user=clerk):
            action = self.asset.with_user(user).action_itsm_name_cis()
            dialog = self.env["itsm.ci.asset.link"].with_user(user)
            dialog = dialog.with_context(**action["context"]).create({})
            before = dialog.codes
            dialog.codes = codes
            dialog.action_link()
            return before

        self.assertFalse(link(f" SN-1 \n\n{self.item_2.number}\nSN-1"))
        self.assertEqual(self.asset.itsm_ci_ids, self.item | self.item_2)
        self.assertIn(f"{self.item.number}, srv-1, SN-1", asset.itsm_ci_names)
        self.env.flush_all()
        both = (self.item | self.item_2).ids
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("ci_id", "in", both)]))
        numbers = f"{self.item.number}\n{self.item_2.number}"
        self.assertEqual(link(self.item.number), numbers)
        self.assertEqual(self.asset.itsm_ci_ids, self.item)
        for codes in ("T-1", "nothing", "%"):
            with self.assertRaises(UserError), self.cr.savepoint():
                link(codes)
        other = self._asset(name="Other")
        with self.assertRaisesRegex(UserError, "Two servers"):
            other.with_user(clerk)._itsm_name_cis(["SN-1"])
        with self.assertRaises(UserError), self.cr.savepoint():
            link("SN-9")
        for user in (self.ci_manager, self.employee):
            with self.assertRaises(AccessError):
                self.asset.with_user(user).action_itsm_name_cis()
            with self.assertRaises(AccessError):
                self.asset.with_user(user)._itsm_name_cis(["SN-2"])
        with self.assertRaises(AccessError):
            self.item.with_user(clerk).write({"asset_id": False})
        with self.assertRaises(AccessError):
            asset.write({"itsm_ci_ids": [(5, 0, 0)]})

    def test_companies(self):
        """Nothing of another company is linked."""
        company, _manager = self._company_2()
        foreign = self._ci("foreign", company_id=company.id)
        with self.assertRaises(ValidationError):
            foreign.asset_id = self.asset

    def test_differences(self):
        """Each difference is found and ends by itself."""
        self.assertEqual(self._kinds(), [])  # a draft
        self.asset.state = "open"
        self.assertEqual(self._kinds(), ["asset_without_ci"])
        self.profile.itsm_is_ci = False
        self.assertEqual(self._kinds(), [])
        self.profile.itsm_is_ci = True
        (self.item | self.item_2).asset_id = self.asset
        self.assertEqual(self._kinds(), [])
        self.item.action_cancel()
        self.assertEqual(self._kinds(), [])  # the other one is there
        self.item_2.action_cancel()
        self.assertEqual(self._kinds(), ["asset_left"])
        self.asset.state = "removed"
        self.assertEqual(self._kinds(), [])
        third = self._ci("srv-3", asset_id=self.asset.id)
        self.assertEqual(self._kinds(), ["asset_removed"])
        third.action_dismantle()
        self.assertEqual(self._kinds(), [])
