# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from datetime import date, timedelta

import openpyxl
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common_asset import AssetCommon


@tagged("post_install", "-at_install")
class TestScrapping(AssetCommon):
    """Scrapping with approval and evidence of wiping (CFG-41)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.class_base.holds_data = True
        cls.scrappings = cls.env["itsm.ci.scrapping"]
        cls.stone = cls._ci("stone", cls.class_other, state="use")

    @classmethod
    def _scrapping(cls, items, user=None, **vals):
        scrappings = cls.scrappings.with_user(user or cls.ci_manager)
        return scrappings.create(
            {
                "reason": "Too old",
                "line_ids": [Command.create({"ci_id": item.id}) for item in items],
                **vals,
            }
        )

    def _approved(self, items, user=None):
        scrapping = self._scrapping(items, user)
        scrapping.action_request_approval()
        scrapping.with_user(self.manager).action_approve()
        return scrapping

    def _wipe(self, line, **vals):
        line.write(
            {
                "wipe_method": "overwrite",
                "wiped_by": "Wiper Ltd",
                "wiped_on": self._today(),
                "certificate": base64.b64encode(b"%PDF-1.4 c").decode(),
                **vals,
            }
        )

    def test_under_control(self):
        """CFG-17, CFG-41: an approved scrapping is authority for the end of its things
        while it is carried out; the history names it."""
        self.class_other.control = "refuse"
        with self.assertRaises(UserError), self.cr.savepoint():
            self.stone.with_user(self.ci_manager).action_dismantle()
        scrapping = self._approved(self.stone)
        self._wipe(scrapping.line_ids)
        # approved, and nothing done by hand passes, whatever a client sends along
        forged = {"model": scrapping._name, "ids": scrapping.ids, "items": {}}
        for item in (self.stone, self.stone.with_context(itsm_ci_process=forged)):
            for vals in ({"state": "dismantled"}, {"location_id": self.room.id}):
                with self.assertRaises(UserError), self.cr.savepoint():
                    item.with_user(self.ci_manager).write(vals)
        scrapping.action_done()
        self.env.flush_all()
        self.assertEqual(self.stone.state, "cancelled")
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.stone.id), ("attribute", "=", "state")], limit=1
        )
        self.assertEqual(line.authority, scrapping)
        unauthorised = self.env["itsm.ci.unauthorised"]
        self.assertFalse(unauthorised.search([("ci_id", "=", self.stone.id)]))
        change = self.stone._change_of(self.stone._fact(), "state")
        now = fields.Datetime.now()
        self.assertFalse(self.stone._authority_for([change], now))

    def test_whole_way(self):
        """CFG-41: asked for, approved by another, wiped, gone; the past is kept."""
        self.laptop.state = "use"
        self.laptop.user_partner_id = self.person
        scrapping = self._scrapping(self.laptop | self.stone)
        self.assertRegex(scrapping.number, r"^SCR-\d{4}-\d{4}$")
        with self.assertRaises(UserError):
            scrapping.action_done()
        scrapping.action_request_approval()
        self.assertEqual(scrapping.state, "in_approval")
        with self.assertRaises(UserError):
            scrapping.action_approve()  # who asked never decides
        scrapping.with_user(self.manager).action_approve()
        self.assertEqual(scrapping.state, "approved")
        self.assertEqual(self.laptop.state, "use")
        line = scrapping.line_ids.filtered(lambda row: row.ci_id == self.laptop)
        self.assertTrue(line.needs_wipe)
        self.assertFalse((scrapping.line_ids - line).needs_wipe)
        with self.assertRaisesRegex(UserError, "laptop 1"):
            scrapping.action_done()
        self._wipe(line)
        scrapping.action_done()
        self.assertEqual((scrapping.state, self.laptop.state), ("done", "cancelled"))
        self.assertEqual(self.stone.state, "cancelled")
        self.assertFalse(self.laptop.user_partner_id)
        with self.assertRaises(UserError):
            self.laptop.unlink()

    def test_approved_as_shown(self):
        """CFG-41: while it waits nothing of it changes; taken back, changed and asked
        for again it is not decided from an old screen."""
        scrapping = self._scrapping(self.laptop)
        scrapping.action_request_approval()
        for vals in (
            {"reason": "Another"},
            {"way": "sold"},
            {"recipient_id": self.person.id},
            {"line_ids": [Command.create({"ci_id": self.monitor.id})]},
            {"line_ids": [Command.update(scrapping.line_ids.id, {"ci_id": 1})]},
        ):
            with (
                self.assertRaisesRegex(UserError, "waits for approval"),
                self.cr.savepoint(),
            ):
                scrapping.write(vals)
        mine = scrapping.with_user(self.manager)
        arch = etree.fromstring(mine.get_view(view_type="form")["arch"])

        def shown():
            (button,) = arch.findall(".//button[@name='action_open_approve']")
            names = {"review_ids": mine.review_ids.ids}
            return mine.with_context(**safe_eval(button.get("context"), names))

        old = shown()
        dialog = old.action_open_approve()
        scrapping.action_restart_approval()
        scrapping.write({"line_ids": [Command.create({"ci_id": self.monitor.id})]})
        scrapping.action_request_approval()
        for act in (old.action_open_approve, old.action_approve):
            with self.assertRaisesRegex(UserError, "Reload the page"):
                act()
        # nor in the dialog that was open
        dialog = self.env[dialog["res_model"]].browse(dialog["res_id"])
        with self.assertRaises(UserError), self.cr.savepoint():
            dialog.with_user(self.manager).action_confirm()
        self.assertEqual(scrapping.state, "in_approval")
        new = shown().action_open_approve()
        dialog = dialog.browse(new["res_id"]).with_user(self.manager)
        dialog.action_confirm()
        self.assertEqual(scrapping.state, "approved")

    def test_class_without_the_last_state(self):
        """A class that does not know “cancelled” ends as dismantled."""
        self.class_other.state_ids = self.env.ref(
            "itsm_cmdb.itsm_ci_state_use"
        ) | self.env.ref("itsm_cmdb.itsm_ci_state_dismantled")
        self._approved(self.stone).action_done()
        self.assertEqual(self.stone.state, "dismantled")

    def test_evidence_is_complete(self):
        """Each part of the evidence is needed; never held data needs a reason."""
        scrapping = self._approved(self.laptop)
        line = scrapping.line_ids
        for name in ("wipe_method", "wiped_by", "wiped_on", "certificate"):
            self._wipe(line, **{name: False})
            with self.assertRaises(UserError):
                scrapping.action_done()
        self._wipe(line, wipe_method="none", certificate=False)
        with self.assertRaises(UserError):
            scrapping.action_done()
        line.note = "Delivered without a disk"
        scrapping.action_done()
        with self.assertRaises(ValidationError):
            self._wipe(
                self._scrapping(self.monitor).line_ids,
                wiped_on=self._today() + timedelta(days=1),
            )

    def test_evidence_in_the_form(self):
        """CFG-41: after the approval the form takes the evidence, and nothing else does
        anywhere; when they are gone, nothing."""
        scrapping = self._approved(self.laptop)
        with Form(scrapping) as form, form.line_ids.edit(0) as row:
            row.wipe_method = "shred"
            row.wiped_by = "Wiper Ltd"
            row.wiped_on = self._today()
            row.certificate = base64.b64encode(b"%PDF-1.4 c").decode()
            row.note = "Both disks"
        line = scrapping.line_ids
        self.assertEqual(
            (line.wipe_method, line.wiped_by, line.wiped_on, line.note),
            ("shred", "Wiper Ltd", self._today(), "Both disks"),
        )
        self.assertTrue(line.certificate)
        for name, value in (("reason", "Another"), ("way", "sold")):
            with (
                self.assertRaisesRegex(AssertionError, "readonly"),
                Form(scrapping) as f,
            ):
                setattr(f, name, value)
        with (
            self.assertRaisesRegex(AssertionError, "readonly"),
            Form(scrapping) as form,
            form.line_ids.edit(0) as row,
        ):
            row.ci_id = self.monitor
        for commands in (
            [Command.update(line.id, {"ci_id": self.monitor.id})],
            [Command.update(line.id, {"note": "x", "ci_id": self.monitor.id})],
            [Command.create({"ci_id": self.monitor.id})],
            [Command.delete(line.id)],
            [Command.clear()],
        ):
            with self.assertRaisesRegex(UserError, "is approved"), self.cr.savepoint():
                scrapping.line_ids = commands
        with self.assertRaisesRegex(UserError, "is approved"):
            scrapping.write({"line_ids": [], "reason": "Another"})
        scrapping.action_done()
        with self.assertRaises(AssertionError), Form(scrapping) as form:
            form.line_ids.edit(0)
        with self.assertRaisesRegex(UserError, "is over"), self.cr.savepoint():
            scrapping.line_ids = [Command.update(line.id, {"note": "Later"})]

    def test_hostile(self):
        """Nobody writes state, approval or what was approved by RPC."""
        scrapping = self._scrapping(self.laptop)
        for vals in ({"state": "approved"}, {"state": "done"}, {"number": "X"}):
            with self.assertRaises(UserError):
                scrapping.write(vals)
        with self.assertRaises(AccessError):
            scrapping.write({"approval_state": "approved"})
        made = self._scrapping(self.stone, state="done")
        self.assertEqual(made.state, "draft")
        scrapping.action_request_approval()
        with self.assertRaises(UserError):
            scrapping.line_ids = [Command.create({"ci_id": self.monitor.id})]
        with self.assertRaises(UserError):
            scrapping.line_ids.ci_id = self.monitor
        with self.assertRaises(UserError):
            scrapping.reason = "Another"
        scrapping.with_user(self.manager).action_approve()
        with self.assertRaises(UserError):
            scrapping.line_ids = [Command.create({"ci_id": self.monitor.id})]
        self._wipe(scrapping.line_ids)
        scrapping.action_done()
        for vals in ({"wiped_by": "Nobody"}, {"certificate": False}):
            with self.assertRaises(UserError):
                scrapping.line_ids.write(vals)
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "itsm.ci.scrapping.line"),
                ("res_id", "in", scrapping.line_ids.ids),
                ("res_field", "=", "certificate"),
            ]
        )
        self.assertEqual(len(file), 1)
        with self.assertRaises(UserError):
            file.unlink()
        with self.assertRaises(UserError):
            scrapping.unlink()
        with self.assertRaises(UserError):
            scrapping.action_cancel()
        with self.assertRaises(UserError):
            scrapping.action_draft()

    def test_held_data_is_not_entered(self):
        """CFG-41: nobody says by RPC that an asset held no data: not on a line, not on
        a new one, not by a default in the context; the same value passes."""
        scrapping = self._scrapping(self.laptop)
        line = scrapping.line_ids
        for record in (line, line.sudo()):
            with self.assertRaisesRegex(UserError, "said by its class"):
                record.needs_wipe = False
        with self.assertRaisesRegex(UserError, "said by its class"):
            scrapping.line_ids = [Command.update(line.id, {"needs_wipe": False})]
        vals = {"scrapping_id": scrapping.id, "ci_id": self.monitor.id}
        with (
            self.assertRaisesRegex(UserError, "said by its class"),
            self.cr.savepoint(),
        ):
            line.create({**vals, "needs_wipe": False})
        made = line.with_context(default_needs_wipe=False).create(vals)
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(made.needs_wipe)
        made.unlink()
        line.needs_wipe = True
        self.assertTrue(line.create({**vals, "needs_wipe": True}).needs_wipe)
        # another asset with the same value: its class says what it is
        of_stone = self._scrapping(self.stone).line_ids
        of_stone.write({"ci_id": self.laptop.id, "needs_wipe": False})
        self.assertTrue(of_stone.needs_wipe)

    def test_class_holds_data_later(self):
        """CFG-41: a class that holds data since the approval asks for evidence too."""
        scrapping = self._approved(self.stone)
        self.class_other.holds_data = True
        self.assertFalse(scrapping.line_ids.needs_wipe)
        with self.assertRaisesRegex(UserError, "stone held data"):
            scrapping.action_done()
        self._wipe(scrapping.line_ids)
        scrapping.action_done()
        self.assertEqual(self.stone.state, "cancelled")

    def test_refused_and_cancelled(self):
        """Rejected it is a draft again; back to draft ends the approval."""
        scrapping = self._scrapping(self.laptop)
        scrapping.action_request_approval()
        scrapping.with_user(self.manager).action_reject("Still good")
        self.assertEqual(scrapping.state, "draft")
        approved = self._approved(self.stone)
        approved.action_draft()
        self.assertEqual((approved.state, approved.approval_state), ("draft", "none"))
        approved.reason = "Another reason"
        approved.action_cancel()
        self.assertEqual(approved.state, "cancelled")
        self.assertEqual(self.stone.state, "use")

    def test_empty(self):
        """Approval is not asked for nothing."""
        with self.assertRaises(UserError):
            self._scrapping(self.env["itsm.ci"]).action_request_approval()
        self.monitor.action_cancel()
        with self.assertRaises(ValidationError):
            self._scrapping(self.monitor)

    def test_rights(self):
        """Owners scrap what is theirs; readers read; other companies see nothing."""
        scrapping = self._approved(self.monitor, self.ci_owner)
        self._wipe(scrapping.line_ids)
        with self.assertRaises(AccessError):
            scrapping.action_done()
        self.assertEqual(self.monitor.state, "received")
        mine = self._approved(self.laptop, self.ci_owner)
        self._wipe(mine.line_ids)
        mine.action_done()
        self.assertEqual(self.laptop.state, "cancelled")
        with self.assertRaises(AccessError):
            self._scrapping(self.stone, self.ci_reader)
        mine.with_user(self.ci_reader).read(["reason"])
        company, manager = self._company_2()
        with self.assertRaises(AccessError):
            mine.with_user(manager).read(["reason"])
        with self.assertRaises(AccessError):
            mine.line_ids.with_user(manager).read(["wiped_by"])
        with self.assertRaises(UserError):
            self._scrapping(self.stone, company_id=company.id)


@tagged("post_install", "-at_install")
class TestRenewal(AssetCommon):
    """What is old, and the proposal to renew it (CFG-42, CFG-45)."""

    def test_renewal_date(self):
        """End of life; without one, purchase and years of the class or above it."""
        self.class_base.service_life = 4
        self.laptop.purchase_date = date(2024, 2, 29)
        self.assertEqual(self.laptop.renewal_date, date(2028, 2, 29))
        self.class_leaf.service_life = 3
        self.assertEqual(self.laptop.renewal_date, date(2027, 2, 28))
        self.laptop.end_of_life = date(2026, 1, 31)
        self.assertEqual(self.laptop.renewal_date, date(2026, 1, 31))
        self.assertFalse(self.monitor.renewal_date)
        self.laptop.end_of_life = False
        self.class_leaf.service_life = 0
        self.assertEqual(self.laptop.renewal_date, date(2028, 2, 29))

    def test_to_be_renewed(self):
        """From 180 days before on, until it is gone; on both sides of the line."""
        items = self.env["itsm.ci"]
        own = [("id", "in", (self.laptop | self.monitor).ids)]
        for days, expected in ((180, True), (181, False), (0, True), (-5, True)):
            self.laptop.end_of_life = self._today() + timedelta(days=days)
            self.assertEqual(self.laptop.is_to_renew, expected, days)
            found = items.search([("is_to_renew", "=", True), *own])
            self.assertEqual(found, self.laptop if expected else items)
            rest = items.search([("is_to_renew", "=", False), *own])
            self.assertEqual(rest | found, self.laptop | self.monitor)
        self.laptop.action_cancel()
        self.assertFalse(self.laptop.is_to_renew)

    def test_proposal(self):
        """One action each, of its owner, due in time; a second time none."""
        soon = self._today() + timedelta(days=30)
        self.laptop.write({"end_of_life": soon, "model_name": "<b>M</b>"})
        self.monitor.end_of_life = self._today() - timedelta(days=30)
        items = (self.laptop | self.monitor).with_user(self.ci_manager)
        action = items.action_propose_renewal()
        made = self.env["itsm.action"].search(action["domain"])
        self.assertEqual(len(made), 2)
        of_laptop = made.filtered(lambda row: row.res_id == self.laptop.id)
        self.assertEqual(of_laptop.owner_id, self.ci_owner)
        self.assertEqual(of_laptop.due_date, soon)
        self.assertIn("&lt;b&gt;M", of_laptop.description)
        self.assertEqual((made - of_laptop).owner_id, self.ci_manager)
        self.assertEqual((made - of_laptop).due_date, self._today())
        with self.assertRaises(UserError):
            items.action_propose_renewal()
        with self.assertRaises(AccessError):
            self.monitor.with_user(self.ci_owner).action_propose_renewal()
        self.assertEqual(self.laptop.with_user(self.ci_owner).action_open_count, 1)


@tagged("post_install", "-at_install")
class TestLedger(AssetCommon):
    """The asset ledger and the stocktaking list as a workbook (D30, CFG-38)."""

    def _rows(self, user, **vals):
        wizard = (
            self.env["itsm.ci.ledger"]
            .with_user(user)
            .create(
                {
                    "class_ids": [
                        Command.set((self.class_base | self.class_other).ids)
                    ],
                    **vals,
                }
            )
        )
        action = wizard.action_make()
        self.assertIn(f"/web/content/itsm.ci.ledger/{wizard.id}/file", action["url"])
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.file)))
        return [list(row) for row in book.active.iter_rows(values_only=True)]

    def test_ledger(self):
        """Model, place, user and dates; formulas are text; prices for finance."""
        self._hand_over(self.laptop, location_id=self.room.id)
        self.laptop.write({"purchase_date": date(2026, 1, 2), "purchase_price": 900})
        self.monitor.name = "=1+1"
        head, *rows = self._rows(self.ci_reader)
        self.assertEqual(len(rows), 2)
        by_name = {row[1]: dict(zip(head, row, strict=True)) for row in rows}
        laptop = by_name["laptop 1"]
        self.assertEqual(laptop["Model"], "Model 14")
        self.assertEqual(laptop["Used By"], self.person.display_name)
        self.assertEqual(laptop["Location"], "Store")
        self.assertEqual(laptop["State"], "In use")
        self.assertEqual(laptop["Bought On"].date(), date(2026, 1, 2))
        self.assertNotIn("Purchase Price", head)
        self.assertIn("=1+1", by_name)
        finance = self._create_user(
            "ledger-finance",
            "itsm_cmdb.itsm_group_ci_reader,itsm_base.itsm_group_finance",
        )
        head, *rows = self._rows(finance)
        self.assertIn("Purchase Price", head)
        log = self.env["itsm.export.log"].search([("user_id", "=", finance.id)])
        self.assertEqual(log.record_count, 2)

    def test_conditions(self):
        """By person, place and hands; gone ones only if asked for."""
        self._hand_over(self.laptop, location_id=self.room.id)
        self.monitor.action_cancel()
        self.assertEqual(len(self._rows(self.ci_reader)), 1 + 1)
        self.assertEqual(len(self._rows(self.ci_reader, with_gone=True)), 1 + 2)
        site = self._ci("Site", self.class_place)
        self.room.location_id = site
        rows = self._rows(self.ci_reader, location_id=site.id, with_gone=True)
        self.assertEqual([row[1] for row in rows[1:]], ["laptop 1"])
        rows = self._rows(
            self.ci_reader,
            partner_ids=[Command.set(self.person.ids)],
            only_in_hands=True,
        )
        self.assertEqual(len(rows), 2)
        with self.assertRaises(UserError):
            self._rows(self.ci_reader, partner_ids=[Command.set(self.requester_2.ids)])

    def test_stocktaking(self):
        """The list for stocktaking has room for what was found (D30)."""
        head = self._rows(self.ci_reader, layout="stocktaking")[0]
        self.assertEqual(head[-3:], ["Found", "Place found", "Remark"])

    def test_companies(self):
        """Nothing of another company is listed."""
        _company, manager = self._company_2()
        with self.assertRaises(UserError):
            self._rows(manager)
        wizard = self.env["itsm.ci.ledger"].with_user(self.ci_reader).create({})
        with self.assertRaises(AccessError):
            wizard.with_user(manager).read(["file"])
        with self.assertRaises(AccessError):
            self.env["itsm.ci.ledger"].with_user(self.employee).create({})


@tagged("post_install", "-at_install")
class TestProtection(AssetCommon):
    """Levels of classified protection on systems and services (等保)."""

    def test_service(self):
        """The configuration item of a service follows it, and is not changed alone."""
        self.service.protection_level = "3"
        item = self.service.ci_ids
        self.assertEqual(item.protection_level, "3")
        with self.assertRaises(UserError):
            item.with_user(self.ci_manager).protection_level = "4"
        new = self.env["itsm.service"].create(
            {"name": "Payroll", "code": "T-PAY", "protection_level": "2"}
        )
        self.assertEqual(new.ci_ids.protection_level, "2")

    def test_item(self):
        """Only who may write the item says its level; the history keeps it."""
        with self.assertRaises(AccessError):
            self.laptop.with_user(self.ci_reader).protection_level = "3"
        self.laptop.with_user(self.ci_owner).protection_level = "3"
        self.assertEqual(
            self._lines(self.laptop, "protection_level"),
            [("protection_level", None, "3")],
        )
        found = self.env["itsm.ci"].search(
            [("protection_level", "in", ("3", "4", "5")), ("id", "=", self.laptop.id)]
        )
        self.assertEqual(found, self.laptop)
