# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged

from odoo.addons.itsm_base.tools import guard

from .common_maintenance import MaintenanceCommon


class SpareCommon(MaintenanceCommon):
    """Five disks in a store, of two models."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls._ci("store", ci_class=cls.class_place, state="use")
        cls.shelf = cls._ci(
            "shelf", ci_class=cls.class_place, state="use", location_id=cls.store.id
        )
        cls.parts = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(
                    f"disk {index}",
                    cls.spare_class,
                    state="received",
                    model_name="D-2" if index == 4 else "D-1",
                    location_id=cls.shelf.id,
                    owner_id=cls.ci_owner.id,
                    company_id=cls.company.id,
                )
                for index in range(5)
            ]
        )
        cls.supplier = cls.env["res.partner"].create({"name": "Disks Ltd"})


@tagged("post_install", "-at_install")
class TestSpare(SpareCommon):
    """Spare parts, their stock, checks and repairs (CFG-44, MNT-10)."""

    def test_only_spare_parts(self):
        """Only configuration items of such a class are good or bad."""
        self.assertTrue(all(self.parts.mapped("is_spare")))
        self.assertFalse(self.server_1.is_spare)
        found = self.env["itsm.ci"].search([("is_spare", "=", True)])
        self.assertLessEqual(self.parts, found)
        self.assertNotIn(self.server_1, found)
        with self.assertRaises(ValidationError):
            self.server_1.spare_state = "good"
        self.assertTrue(
            self.env.ref("itsm_cmdb.itsm_ci_class_spare_part")._fields["is_spare"]
        )

    def test_check(self):
        """MNT-10: a check says the condition; the last day counts, not the last entry;
        it stays as it was recorded, and is in the history of the part."""
        part = self.parts[0]
        owner = part.with_user(self.ci_owner)
        with freeze_time("2026-03-10 10:00"):
            owner.action_spare_bad()
            self.assertEqual(part.spare_state, "bad")
            self.env["itsm.ci.spare.check"].create(
                {"ci_id": part.id, "checked_on": "2026-03-01", "is_usable": True}
            )
            self.assertEqual(part.spare_state, "bad")
            self.assertEqual(part.spare_checked_on, date(2026, 3, 10))
            with self.assertRaises(ValidationError):
                self.env["itsm.ci.spare.check"].create(
                    {"ci_id": part.id, "checked_on": "2026-03-11"}
                )
            owner.action_spare_good()
        self.assertEqual(part.spare_state, "good")
        changes = self._lines(part, "spare_state")
        self.assertEqual(changes[-1][1:], ("bad", "good"))
        check = part.spare_check_ids[0]
        for change in (
            lambda: check.write({"is_usable": False}),
            lambda: check.sudo().unlink(),
        ):
            with self.assertRaises(UserError):
                change()
        with self.assertRaises(UserError):
            self.server_1.action_spare_good()
        for user in (self.ci_reader, self.ci_owner_2):
            with self.assertRaises(AccessError):
                part.with_user(user).action_spare_good()
        part.with_user(self.ci_auditor).action_spare_bad()
        self.assertEqual(part.spare_state, "bad")

    def test_check_by_oneself(self):
        """MNT-10, K71: a check is its user's, whatever is sent; what is away for repair
        is not checked; neither in a batch."""
        part, away = self.parts[:2]
        checks = self.env["itsm.ci.spare.check"].with_user(self.ci_owner)
        vals = {"ci_id": part.id, "checked_by_id": self.ci_auditor.id}
        made = checks.create([dict(vals), dict(vals)])
        made |= (
            checks.sudo()
            .with_context(default_checked_by_id=self.ci_auditor.id)
            .create({"ci_id": part.id})
        )
        self.assertEqual(made.checked_by_id, self.ci_owner)
        away.spare_state = "repair"
        with self.assertRaises(UserError):
            checks.create([vals, {"ci_id": away.id}])
        with self.assertRaises(UserError):
            checks.with_context(default_ci_id=away.id).create({})

    def test_not_entered(self):
        """MNT-10: nobody enters the condition: not in the form, not by RPC, not on a
        new part, not by a default; what is no spare part any more has none."""
        part = self.parts[0]
        for user in (self.ci_owner, self.ci_manager):
            for record in (part.with_user(user), part.with_user(user).sudo()):
                for state in ("good", "repair"):
                    with self.assertRaisesRegex(UserError, "is not entered"):
                        record.spare_state = state
                record.spare_state = False  # as it is
            forged = part.with_user(user).with_context(itsm_ci_spare_decided=True)
            with self.assertRaises(UserError):
                forged.spare_state = "good"
        items = self.env["itsm.ci"].with_user(self.ci_manager)
        vals = self._ci_vals("disk 9", self.spare_class, company_id=self.company.id)
        with self.assertRaisesRegex(UserError, "is not entered"):
            items.create({**vals, "spare_state": "good"})
        made = items.with_context(default_spare_state="good").create(vals)
        self.assertFalse(made.spare_state)
        made.action_spare_good()
        self.assertEqual(made.spare_state, "good")
        view = Form(made)
        with self.assertRaisesRegex(AssertionError, "readonly"):
            view.spare_state = "bad"
        made.class_id = self.class_leaf_2
        self.assertFalse(made.spare_state)

    def test_stock(self):
        """CFG-44: good ones of a model at a place and below against the minimum."""
        rule, any_model, elsewhere = self.env["itsm.ci.spare.rule"].create(
            [
                {
                    "class_id": self.spare_class.id,
                    "model_name": "D-1",
                    "location_id": self.store.id,
                    "minimum": 3,
                },
                {"class_id": self.spare_class.id, "minimum": 2},
                {
                    "class_id": self.spare_class.id,
                    "location_id": self._ci(
                        "other store", ci_class=self.class_place, state="use"
                    ).id,
                    "minimum": 1,
                },
            ]
        )
        self.parts[:2].spare_state = "good"
        self.parts[2].spare_state = "bad"
        self.parts[4].spare_state = "good"
        figures = [
            (r.good_count, r.bad_count, r.unchecked_count, r.missing_count)
            for r in rule | any_model | elsewhere
        ]
        self.assertEqual(figures, [(2, 1, 1, 1), (3, 1, 1, 0), (0, 0, 0, 1)])
        found = self.env["itsm.ci.spare.rule"].search([("missing_count", ">", 0)])
        self.assertIn(rule, found)
        self.assertNotIn(any_model, found)
        action = rule.action_view_parts()
        self.assertEqual(self.env["itsm.ci"].search(action["domain"]), self.parts[:4])
        self.parts[0].state = "use"
        rule.invalidate_recordset()
        self.assertEqual(rule.good_count, 1)

    def test_repair(self):
        """CFG-44: sent, back, checked; the RMA record says what happened."""
        part = self.parts[0]
        company, _manager = self._company_2()
        part.warranty_end = "2026-12-31"
        repair = (
            self.env["itsm.ci.repair"]
            .with_user(self.ci_owner)
            .create({"ci_id": self.parts[3].id, "fault": "x", "rma_number": "R-17"})
        )
        repair.write({"ci_id": part.id, "fault": "Clicks"})
        self.assertTrue(repair.number)
        with freeze_time("2026-03-10 10:00"):
            with self.assertRaises(UserError):
                repair.action_send()
            repair.supplier_id = self.supplier
            repair.due_back = "2026-03-20"
            repair.action_send()
            self.assertEqual(
                (repair.state, repair.sent_on), ("sent", date(2026, 3, 10))
            )
            self.assertTrue(repair.warranty)
            self.assertEqual(part.spare_state, "repair")
            self.assertEqual(repair.activity_ids.date_deadline, date(2026, 3, 20))
            with self.assertRaises(UserError):
                part.with_user(self.ci_owner).action_spare_good()
            with self.assertRaises(UserError):
                repair.write({"state": "back"})
            for vals in (
                {"ci_id": self.parts[2].id},
                {"company_id": company.id},
            ):
                with self.assertRaises(UserError):
                    repair.write(vals)
            repair.fault = "Clicks and hums"
        for now, late in (("2026-03-20 10:00", False), ("2026-03-21 10:00", True)):
            with freeze_time(now):
                repair.invalidate_recordset(["is_late"])
                self.assertEqual(repair.is_late, late)
                found = repair.search([("is_late", "=", True)])
                self.assertEqual(repair in found, late)
        with freeze_time("2026-03-21 10:00"):
            repair.action_return_good()
        self.assertEqual((repair.state, repair.result), ("back", "good"))
        self.assertEqual(part.spare_state, "returned")
        self.assertFalse(repair.activity_ids)
        part.with_user(self.ci_owner).action_spare_good()
        self.assertEqual(part.spare_state, "good")
        with self.assertRaises(UserError):
            repair.fault = "Other"
        with self.assertRaises(UserError):
            repair.company_id = company
        with self.assertRaises(UserError):
            repair.unlink() if repair.has_access("unlink") else repair.with_user(
                self.ci_manager
            ).unlink()
        self.assertEqual(part.repair_ids, repair)

    def test_scrapped(self):
        """What cannot be repaired is bad, and its life ends."""
        part = self.parts[1]
        repair = self.env["itsm.ci.repair"].create(
            {"ci_id": part.id, "fault": "Burnt", "supplier_id": self.supplier.id}
        )
        repair.action_send()
        repair.action_return_scrapped()
        self.assertEqual((part.spare_state, part.state), ("bad", "dismantled"))

    def test_no_spare_part(self):
        """A part of a running server has an RMA record too, and no condition."""
        repair = self.env["itsm.ci.repair"].create(
            {
                "ci_id": self.server_1.id,
                "fault": "Fan",
                "supplier_id": self.supplier.id,
            }
        )
        repair.action_send()
        repair.action_cancel()
        self.assertFalse(self.server_1.spare_state)
        self.assertEqual(repair.state, "cancelled")

    def test_who_may(self):
        """Owners repair what is theirs, readers read; other companies' are hidden."""
        repairs = self.env["itsm.ci.repair"]
        vals = {"ci_id": self.parts[0].id, "fault": "x"}
        for user in (self.ci_reader, self.ci_owner_2):
            with self.assertRaises(AccessError):
                repairs.with_user(user).create(vals)
        repair = repairs.with_user(self.ci_manager).create(vals)
        self.assertEqual(repair.with_user(self.ci_reader).fault, "x")
        company, manager = self._company_2()
        with self.assertRaises(AccessError):
            repair.with_user(manager).read(["fault"])
        for model in ("itsm.ci.spare.check", "itsm.ci.spare.rule"):
            records = self.env[model].with_user(manager)
            self.assertFalse(records.search([("company_id", "!=", company.id)]))


@tagged("post_install", "-at_install")
class TestMaintenanceKpi(SpareCommon):
    """K70, K71 and the figures of MNT-09; values by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        orders = cls.env["itsm.ci.maintenance.order"]
        # January 2020, Paris: (planned day, finished, state, cancelled)
        cls.orders = orders.create(
            [
                {
                    "name": f"Order {day}",
                    "planned_start": f"2020-01-{day:02} 08:00",
                    "planned_end": f"2020-01-{day:02} 10:00",
                }
                for day in (5, 6, 7, 8, 9, 10, 31)
            ]
        )
        in_time, next_day, open_, cancelled, cancelled_late, back, last = cls.orders
        cls._end(in_time, "2020-01-05 22:59:00")
        cls._end(next_day, "2020-01-06 23:00:01")
        guard.with_token(cancelled).write(
            {"state": "cancelled", "cancelled_at": "2020-01-02 10:00"}
        )
        guard.with_token(cancelled_late).write(
            {"state": "cancelled", "cancelled_at": "2020-01-10 10:00"}
        )
        cls._end(back, "2020-01-10 10:00:00", state="closed", returned=1)
        # the 31st in Paris, reviewed in February
        cls._end(last, "2020-01-31 20:00:00", state="closed", day="2020-02-01 09:00")
        cls.env.flush_all()

    @classmethod
    def _end(cls, order, done, state="reported", returned=0, day="2020-01-20 09:00"):
        guard.with_token(order).write(
            {
                "state": state,
                "done_end": done,
                "reported_at": done,
                "reviewed_at": day if state == "closed" else False,
                "returned_count": returned,
            }
        )

    def _value(self, code, first, last):
        kpi = self.env["itsm.kpi"].search([("code", "=", code)])
        kpi._compute_values(
            date.fromisoformat(first), date.fromisoformat(last), self.company
        )
        return self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("period_start", "=", first),
                ("is_latest", "=", True),
            ]
        )

    def test_completion(self):
        """K70: of 5th, 6th, 7th (open), 9th (cancelled afterwards), 10th and 31st three
        were done on their day: 3 of 6; cancelled before: left out."""
        value = self._value("K70", "2020-01-01", "2020-01-31")
        self.assertEqual((value.numerator, value.denominator), (3, 6))
        self.assertEqual(value.value, 50.0)
        self.assertTrue(value.can_drill)
        self.assertTrue(self._value("K70", "2019-12-01", "2019-12-31").no_data)

    def test_accuracy(self):
        """MNT-09: reviewed in January was one, which had been sent back; in February
        one that was right at once."""
        value = self._value("MNT.2", "2020-01-01", "2020-01-31")
        self.assertEqual((value.numerator, value.denominator), (0, 1))
        value = self._value("MNT.2", "2020-02-01", "2020-02-29")
        self.assertEqual(value.value, 100.0)

    def test_defects(self):
        """MNT-09: two points that were not OK in an order reported in January."""
        order = self.orders[0]
        results = guard.with_token(self.env["itsm.ci.maintenance.result"])
        results.create(
            [
                {
                    "order_id": order.id,
                    "company_id": self.company.id,
                    "name": f"Point {index}",
                    "kind": "check",
                    "outcome": outcome,
                }
                for index, outcome in enumerate(("nok", "nok", "ok", "na"))
            ]
        )
        self.assertEqual(self._value("MNT.1", "2020-01-01", "2020-01-31").value, 2)

    def test_usability(self):
        """K71: three of four checks of the quarter found a usable part; without a check
        there is no data."""
        checks = self.env["itsm.ci.spare.check"]
        checks.create(
            [
                {"ci_id": part.id, "checked_on": day, "is_usable": usable}
                for part, day, usable in zip(
                    self.parts,
                    (
                        "2020-01-01",
                        "2020-02-15",
                        "2020-03-31",
                        "2020-03-31",
                        "2020-04-01",
                    ),
                    (True, True, False, True, False),
                    strict=True,
                )
            ]
        )
        value = self._value("K71", "2020-01-01", "2020-03-31")
        self.assertEqual((value.numerator, value.denominator), (3, 4))
        self.assertEqual(value.value, 75.0)
        self.assertTrue(self._value("K71", "2019-10-01", "2019-12-31").no_data)
