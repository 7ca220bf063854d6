# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.tests.common import CmdbCommon


@tagged("post_install", "-at_install")
class TestEquipment(CmdbCommon):
    """Equipment and configuration items know each other by serial (CFG-45)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keeper = cls._create_user(
            "ci-keeper", "maintenance.group_equipment_manager"
        )

    def _equipment(self, serial, name="Printer", **vals):
        equipment = self.env["maintenance.equipment"].with_user(self.keeper)
        return equipment.create({"name": name, "serial_no": serial, **vals}).sudo()

    def _kinds(self, name):
        differences = self.env["itsm.asset.difference"]
        differences._cron_compare()
        found = differences.search([("state", "=", "open")])
        found = found.filtered(lambda row: row.res_model == "maintenance.equipment")
        return sorted(found.filtered(lambda row: row.name == name).mapped("kind"))

    def test_link(self):
        """Whichever comes second finds the first; the keeper sees no CMDB."""
        item = self._ci("prn-1", serial="P-1")
        equipment = self._equipment("P-1")
        self.assertEqual(equipment.itsm_ci_id, item)
        self.assertFalse(item.with_user(self.keeper).has_access("read"))
        later = self._equipment("P-2")
        self.assertFalse(later.itsm_ci_id)
        second = self._ci("prn-2", serial="P-2").with_user(self.ci_manager)
        self.assertEqual(later.itsm_ci_id, second)
        third = self._equipment("P-3")
        second = self._ci("prn-3")
        second.serial = "P-3"
        self.assertEqual(third.itsm_ci_id, second)
        with self.assertRaises(AccessError):
            equipment.with_user(self.keeper).read(["itsm_ci_id"])

    def test_not_unique(self):
        """Two with the serial: nobody guesses."""
        self._ci("one", serial="P-1")
        self._ci("two", serial="P-1")
        self.assertFalse(self._equipment("P-1").itsm_ci_id)

    def test_companies(self):
        """Nothing of another company is linked."""
        company, _manager = self._company_2()
        item = self._ci("foreign", serial="P-1", company_id=company.id)
        equipment = self._equipment("P-1")
        self.assertFalse(equipment.itsm_ci_id)
        with self.assertRaises(ValidationError):
            equipment.itsm_ci_id = item

    def test_of_all_companies(self):
        """Equipment of all companies is nothing of one of them: neither is stopped, and
        neither names the other."""
        company, _manager = self._company_2()
        self._ci("foreign", serial="P-1", company_id=company.id)
        shared = self._ci("shared", serial="P-2")
        shared.company_id = False
        equipment = self._equipment("P-1", company_id=False)
        self.assertFalse(equipment.itsm_ci_id)
        self.assertEqual(self._equipment("P-2", company_id=False).itsm_ci_id, shared)
        self._equipment("P-3", company_id=False)
        item = self._ci("own", serial="P-3")
        self.assertFalse(item.sudo().equipment_ids)

    def test_merge(self):
        """CFG-26: equipment follows the item that stays, archived equipment too; two
        pieces of equipment are two things."""
        keep, gone = self._ci("keep", serial="P-1"), self._ci("gone", serial="P-2")
        one, two = self._equipment("P-1", "Eins"), self._equipment("P-2", "Zwei")
        items = (keep | gone).with_user(self.ci_manager)
        with self.assertRaisesRegex(UserError, "Eins/P-1, Zwei/P-2"):
            items._merge_into(keep)
        one.itsm_ci_id = False
        two.action_archive()
        items._merge_into(keep)
        self.assertEqual(two.itsm_ci_id, keep)

    def test_differences(self):
        """Each difference is found and ends by itself."""
        equipment = self._equipment("P-1")
        self.assertEqual(self._kinds("Printer"), ["equipment_without_ci"])
        item = self._ci("prn-1", serial="P-1")
        self.assertEqual(self._kinds("Printer"), [])
        item.serial = "P-9"
        self.assertEqual(self._kinds("prn-1"), ["equipment_serial"])
        item.serial = "P-1"
        equipment.scrap_date = fields.Date.today()
        self.assertEqual(self._kinds("prn-1"), ["equipment_scrapped"])
        item.action_cancel()
        self.assertEqual(self._kinds("prn-1"), [])
        equipment.scrap_date = False
        self.assertEqual(self._kinds("prn-1"), ["equipment_left"])

    def _row(self, item):
        differences = self.env["itsm.asset.difference"]
        differences._cron_compare()
        return differences.search([("ci_id", "=", item.id), ("state", "!=", "solved")])

    def test_ignored_comes_back(self):
        """CFG-40: ignored is what was looked at; other values on either side, or one
        that is gone, are open again, and say what the ledgers say now."""
        item = self._ci("prn-1", serial="P-1")
        equipment = self._equipment("P-1")
        item.serial = "P-9"
        row = self._row(item)
        self.assertEqual((row.kind, row.detail), ("equipment_serial", "P-9 ≠ P-1"))
        for change, detail in (
            (lambda: item.write({"serial": "P-8"}), "P-8 ≠ P-1"),
            (lambda: equipment.write({"serial_no": "P-7"}), "P-8 ≠ P-7"),
            (lambda: item.write({"serial": False}), "– ≠ P-7"),
        ):
            row.with_user(self.ci_manager).reason = "Label"
            row.with_user(self.ci_manager).action_ignore()
            item.name += "x"  # the name alone is no other difference
            self.assertEqual(self._row(item), row)
            self.assertEqual((row.state, row.name), ("ignored", item.name))
            self.assertTrue(row.ended_by_id)
            change()
            self.assertEqual(self._row(item), row)
            self.assertEqual((row.state, row.detail), ("open", detail))
            self.assertFalse(row.ended_at or row.ended_by_id)

    def test_queries_of_changes(self):
        """Changed differences are written with as many queries for 100 as for ten."""
        differences = self.env["itsm.asset.difference"]

        def count(number):
            serials = [f"Q{number}-{i}" for i in range(number)]
            items = self.env["itsm.ci"].create(
                [self._ci_vals(serial, serial=serial) for serial in serials]
            )
            self.env["maintenance.equipment"].create(
                [{"name": serial, "serial_no": serial} for serial in serials]
            )
            for index, item in enumerate(items):
                item.serial = f"A{number}-{index}"
            differences._cron_compare()
            for index, item in enumerate(items):
                item.serial = f"B{number}-{index}"
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            differences._cron_compare()
            self.env.flush_all()
            found = differences.search([("ci_id", "in", items.ids)])
            self.assertEqual(len(found), number)
            self.assertTrue(all(row.detail.startswith("B") for row in found))
            return self.env.cr.sql_log_count - before

        count(2)
        few = count(10)
        self.assertLessEqual(count(100), few + 3)

    def test_queries(self):
        """100 machines are linked with as many queries as ten."""

        def count(number):
            self.env["itsm.ci"].create(
                [
                    self._ci_vals(f"m{number}-{i}", serial=f"M{number}-{i}")
                    for i in range(number)
                ]
            )
            equipment = self.env["maintenance.equipment"].create(
                [{"name": f"M{i}"} for i in range(number)]
            )
            for index, row in enumerate(equipment):
                row.serial_no = f"W{number}-{index}"
            self.env.flush_all()
            self.env.cr.execute(
                "UPDATE maintenance_equipment SET serial_no ="
                " replace(serial_no, 'W', 'M') WHERE id = ANY(%s)",
                [equipment.ids],
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            equipment._itsm_link()
            self.env.flush_all()
            self.assertTrue(all(row.itsm_ci_id for row in equipment))
            return self.env.cr.sql_log_count - before

        count(2)
        few = count(10)
        self.assertLessEqual(count(100), few + 3)
