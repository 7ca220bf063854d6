# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import json
from datetime import datetime

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from ..tools.process import CONTEXT, Process
from .common_asset import PIXEL, AssetCommon


@tagged("post_install", "-at_install")
class TestHandover(AssetCommon):
    """Sheets: what changes hands, who signed, what follows (CFG-38, CFG-39)."""

    def test_hand_over_and_return(self):
        """CFG-38: the sheet moves user, place and state of the items, and back."""
        sheet = self._new_sheet(
            self.laptop | self.monitor, user=self.ci_manager, location_id=self.room.id
        )
        self.assertRegex(sheet.number, r"^HO-\d{4}-\d{4}$")
        self.assertEqual(sheet.state_after, "use")
        sheet.action_present()
        self.assertEqual(sheet.state, "waiting")
        sheet.write({"signed_by": "Person", "signature": PIXEL})
        sheet.action_sign()
        self.assertEqual(
            (sheet.state, sheet.signed_way, sheet.signed_user_id, sheet.seal),
            ("signed", "drawn", self.ci_manager, "intact"),
        )
        # nothing has happened to the items so far
        self.assertFalse(self.laptop.user_partner_id)
        sheet.action_done()
        for item in (self.laptop, self.monitor):
            self.assertEqual(item.user_partner_id, self.person)
            self.assertEqual(item.location_id, self.room)
            self.assertEqual(item.state, "use")
        self.assertEqual(sheet.done_by_id, self.ci_manager)
        # the history says who did it (CFG-39)
        self.assertEqual(
            self._lines(self.laptop, "user_partner_id"),
            [("user_partner_id", None, self.person.id)],
        )
        back = self._hand_over(self.laptop, "back", self.ci_manager)
        self.assertEqual(back.line_ids.holder_before_id, self.person)
        self.assertFalse(self.laptop.user_partner_id)
        self.assertEqual((back.state_after, self.laptop.state), ("received",) * 2)
        # no place on the sheet: it stands where it stood
        self.assertEqual(self.laptop.location_id, self.room)
        self.assertEqual(self.monitor.user_partner_id, self.person)
        self.assertEqual(self.laptop.handover_count, 2)

    def test_under_control(self):
        """CFG-17, CFG-38: a signed sheet is authority while it is carried out, of its
        own things only; the history names it."""
        self.class_base.control = "refuse"
        sheet = self._signed(self.laptop, user=self.ci_manager)
        laptop = self.laptop.with_user(self.ci_manager)
        for vals in ({"state": "use"}, {"location_id": self.room.id}):
            with self.assertRaises(UserError), self.cr.savepoint():
                laptop.write(vals)
        under = {CONTEXT: Process(sheet._name, sheet.ids)}
        monitor = self.monitor.with_user(self.ci_manager).with_context(**under)
        with self.assertRaises(UserError), self.cr.savepoint():
            monitor.write({"state": "use"})
        sheet.action_done()
        self.env.flush_all()
        self.assertEqual((laptop.state, laptop.user_partner_id), ("use", self.person))
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", laptop.id), ("attribute", "=", "state")]
        )
        self.assertEqual(line.authority, sheet)
        # done: over for good
        with self.assertRaises(UserError), self.cr.savepoint():
            laptop.with_context(**under).write({"state": "dismantled"})

    def test_state_that_is_not_possible(self):
        """CFG-18: a state that class or life cycle does not allow is left as it is."""
        self.class_leaf.state_ids = self.env.ref(
            "itsm_cmdb.itsm_ci_state_received"
        ) | self.env.ref("itsm_cmdb.itsm_ci_state_cancelled")
        self._hand_over(self.laptop)
        self.assertEqual(self.laptop.state, "received")
        self.assertEqual(self.laptop.user_partner_id, self.person)

    def test_return_to_stock(self):
        """CFG-18, CFG-38: what is returned is received again, or taken out of use
        where its class knows no more; what the sheet says counts."""
        states = self.env["itsm.ci.state"].search([("code", "!=", "received")])
        things = self.laptop | self.monitor
        self._hand_over(things)
        self._hand_over(self.monitor, "back", state_after="dismantled")
        self.assertEqual(self.monitor.state, "dismantled")
        self.class_leaf.state_ids = states
        self._hand_over(self.laptop, "back")
        self.assertEqual(
            (self.laptop.state, self.laptop.user_partner_id.id), ("dismantled", False)
        )

    def test_rights(self):
        """Readers read; an owner completes sheets of what is his only."""
        sheet = self._new_sheet(self.laptop)
        self.assertEqual(sheet.with_user(self.ci_reader).number, sheet.number)
        for user in (self.ci_reader, self.ci_auditor):
            with self.assertRaises(AccessError):
                self._new_sheet(self.laptop, user=user)
            with self.assertRaises(AccessError):
                sheet.with_user(user).action_present()
        self._hand_over(self.laptop, user=self.ci_owner)
        self.assertEqual(self.laptop.user_partner_id, self.person)
        foreign = self._signed(self.monitor, user=self.ci_owner)
        with self.assertRaises(AccessError):
            foreign.action_done()
        self.assertFalse(self.monitor.user_partner_id)
        for user in (self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                sheet.with_user(user).read(["number"])

    def test_steps_cannot_be_written(self):
        """MS-29: state, checksum and signer are written by the buttons only."""
        sheet = self._new_sheet(self.laptop, user=self.ci_manager)
        for vals in (
            {"state": "done"},
            {"content_hash": "x"},
            {"signed_way": "drawn"},
            {"number": "X"},
            {"done_by_id": self.ci_owner.id},
        ):
            with self.assertRaises(UserError):
                sheet.write(vals)
            with self.assertRaises(UserError):
                sheet.sudo().write(vals)
        with self.assertRaises(UserError):
            self._new_sheet(self.laptop, state="signed")
        made = self.sheets.with_context(default_state="done").create(
            {"partner_id": self.person.id}
        )
        self.assertEqual(made.state, "draft")
        with self.assertRaises(UserError):
            sheet.action_sign()
        with self.assertRaises(UserError):
            sheet.action_done()
        with self.assertRaises(UserError):
            sheet.line_ids.write({"holder_before_id": self.person.id})

    def test_waiting_is_not_archived(self):
        """CFG-38: who is to sign finds the sheet until it is signed or withdrawn."""
        sheet = self._new_sheet(self.laptop, user=self.ci_manager)
        sheet.action_present()
        with self.assertRaisesRegex(UserError, "waits for its signature"):
            sheet.active = False
        with self.assertRaisesRegex(UserError, "waits for its signature"):
            sheet.action_archive()
        sheet.action_cancel()
        sheet.action_archive()
        self.assertFalse(sheet.active)
        # nor is an archived draft shown to somebody who does not find it
        draft = self._new_sheet(self.laptop, user=self.ci_manager)
        draft.action_archive()
        draft.action_present()
        self.assertTrue(draft.active)

    def test_signed_stays(self):
        """MS-29: what was shown or signed is neither changed nor deleted."""
        sheet = self._signed(self.laptop, user=self.ci_manager)
        line = sheet.line_ids
        for vals in (
            {"partner_id": self.requester_2.id},
            {"signed_by": "Another"},
            {"signature": PIXEL},
            {"note": "more"},
            {"line_ids": [Command.create({"ci_id": self.monitor.id})]},
            {"line_ids": [Command.delete(line.id)]},
            {"line_ids": [Command.update(line.id, {"condition": "damaged"})]},
        ):
            with self.assertRaises(UserError):
                sheet.write(vals)
        with self.assertRaises(UserError):
            line.with_user(self.ci_manager).condition = "worn"
        with self.assertRaises(UserError):
            line.unlink()
        with self.assertRaises(UserError):
            sheet.unlink()
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", sheet._name),
                ("res_id", "=", sheet.id),
                ("res_field", "=", "signature"),
            ]
        )
        self.assertEqual(len(file), 1)
        with self.assertRaises(UserError):
            file.raw = b"x"
        with self.assertRaises(UserError):
            file.unlink()
        sheet.action_archive()
        self.assertFalse(sheet.active)
        # what is changed past the ORM shows
        self.env.cr.execute(
            "UPDATE itsm_ci_handover_line SET serial = 'S-9' WHERE id = %s", [line.id]
        )
        self.env.invalidate_all()
        self.assertEqual(sheet.seal, "changed")

    def test_who_hands_over_stays(self):
        """CFG-38, MS-29: who hands over was shown to who signed: it is neither changed
        nor altered unseen, by a manager neither."""
        sheet = self._new_sheet(self.laptop, user=self.ci_manager)
        sheet.write({"user_id": self.ci_owner.id})
        sheet.action_present()
        other = {"user_id": self.ci_owner_2.id}
        with self.assertRaisesRegex(UserError, "waits for its signature"):
            sheet.write(other)
        sheet.write({"signed_by": "Person", "signature": PIXEL})
        sheet.action_sign()
        for step in ("signed", "done", "cancelled"):
            self._force(sheet, state=step)
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                sheet.write(other)
        self.assertEqual((sheet.user_id, sheet.seal), (self.ci_owner, "intact"))
        self.env.cr.execute(
            "UPDATE itsm_ci_handover SET user_id = %s WHERE id = %s",
            [self.ci_owner_2.id, sheet.id],
        )
        self.env.invalidate_all()
        self.assertEqual(sheet.seal, "changed")

    def test_sealed_before(self):
        """MS-29: a sheet that was sealed without who hands over keeps its seal, and
        loses it when what was sealed is altered."""
        sheet = self._signed(self.laptop, location_id=self.room.id)
        line = sheet.line_ids
        names = (line.number, line.name, "S-1", "", "good", "")
        content = {
            "sheet": [
                sheet.number,
                "out",
                self.person.id,
                sheet.company_id.id,
                str(sheet.date),
                self.room.id,
            ],
            "note": "",
            "signed": ["Person", str(sheet.signed_at)],
            "lines": [[*names, self.laptop.id, ""]],
            "signature": hashlib.sha256(base64.b64decode(PIXEL)).hexdigest(),
            "scan": hashlib.sha256(b"").hexdigest(),
        }
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        self._force(sheet, content_hash=hashlib.sha256(text.encode()).hexdigest())
        self.assertEqual(sheet.seal, "intact")
        self._force(sheet, note="more")
        self.env.invalidate_all()
        self.assertEqual(sheet.seal, "changed")

    def test_drafts(self):
        """A draft can be deleted; an empty one is not presented; back to draft."""
        empty = self._new_sheet(self.env["itsm.ci"])
        with self.assertRaises(UserError):
            empty.action_present()
        empty.unlink()
        sheet = self._new_sheet(self.laptop)
        sheet.action_present()
        with self.assertRaises(UserError):
            sheet.action_sign()  # nobody has signed
        sheet.write({"signed_by": "P", "signature": PIXEL})
        sheet.action_draft()
        self.assertFalse(sheet.signature)
        self.laptop.serial = "S-77"
        sheet.action_present()
        self.assertEqual(sheet.line_ids.serial, "S-77")
        sheet.action_cancel()
        self.assertEqual(sheet.state, "cancelled")
        with self.assertRaises(UserError):
            sheet.action_draft()

    def test_shown_is_kept(self):
        """CFG-38: a sheet that was shown is kept, also when it is a draft again; when
        it was shown is written by the button only."""
        sheet = self._new_sheet(self.laptop, user=self.ci_manager)
        self.assertFalse(sheet.presented_at)
        with self.assertRaises(UserError):
            sheet.presented_at = "2026-01-01 00:00:00"
        with self.assertRaises(UserError):
            self._new_sheet(self.laptop, presented_at="2026-01-01 00:00:00")
        with freeze_time("2026-02-28 10:00:00"):
            sheet.action_present()
        sheet.action_draft()
        self.assertEqual(
            (sheet.state, sheet.presented_at), ("draft", datetime(2026, 2, 28, 10))
        )
        with self.assertRaises(UserError), mute_logger("odoo.models.unlink"):
            sheet.unlink()
        with self.assertRaises(UserError):
            sheet.presented_at = False
        self.assertFalse(sheet.copy().presented_at)

    def test_cancelled_after_signature(self):
        """CFG-38: what was signed and then cancelled keeps signature and scan; files
        are neither replaced nor deleted, nor another put beside them."""
        sheet = self._new_sheet(self.laptop, user=self.ci_manager)
        sheet.action_present()
        sheet.write({"signed_by": "Person", "signature": PIXEL, "scan": PIXEL})
        sheet.action_sign()
        sheet.action_cancel()
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", sheet._name),
                ("res_id", "=", sheet.id),
                ("res_field", "in", ("signature", "scan")),
            ]
        )
        self.assertEqual(len(files), 2)
        for file in files:
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                file.raw = b"x"
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                file.unlink()
        vals = {
            "name": "signature",
            "raw": b"x",
            "res_model": sheet._name,
            "res_id": sheet.id,
        }
        with self.assertRaises(UserError), self.cr.savepoint():
            files.create({**vals, "res_field": "signature"})
        beside = files.create(vals)  # a remark beside it is no signature
        with self.assertRaises(UserError), self.cr.savepoint():
            beside.res_field = "signature"
        unsigned = self._new_sheet(self.monitor)
        unsigned.write({"signed_by": "Person", "signature": PIXEL})
        unsigned.action_cancel()
        files.search(
            [
                ("res_model", "=", sheet._name),
                ("res_id", "=", unsigned.id),
                ("res_field", "=", "signature"),
            ]
        ).unlink()

    def test_scan(self):
        """A scan of the signed paper is a signature as well."""
        sheet = self._new_sheet(self.laptop)
        sheet.action_present()
        scan = base64.b64encode(b"%PDF-1.4 signed").decode()
        sheet.write({"signed_by": "Person", "scan": scan, "scan_name": "s.pdf"})
        sheet.action_sign()
        self.assertEqual((sheet.signed_way, sheet.seal), ("scan", "intact"))

    def test_what_cannot_change_hands(self):
        """Cancelled items, places and services are refused, by name."""
        self.monitor.action_cancel()
        service_item = self.service.ci_ids
        for item in (self.monitor, self.room, service_item):
            sheet = self._new_sheet(item)
            with self.assertRaisesRegex(UserError, item.name):
                sheet.action_present()

    def test_passed_over(self):
        """Rule ci_holder: recorded by default, refused where a company wants that."""
        self._hand_over(self.laptop)
        again = self._signed(self.laptop, partner_id=self.requester_2.id)
        again.action_done()
        self.assertEqual(self.laptop.user_partner_id, self.requester_2)
        found = self.env["itsm.enforcement.finding"].search(
            [("rule_code", "=", "ci_holder"), ("res_id", "=", again.id)]
        )
        self.assertIn(self.person.name, found.message)
        self.assertEqual(again.line_ids.holder_before_id, self.person)
        self.assertIn("laptop 1", found.message)

    def test_companies(self):
        """Another company sees no sheet, and nothing of another is put on one."""
        company, manager = self._company_2()
        sheet = self._new_sheet(self.laptop)
        self.assertFalse(self.sheets.with_user(manager).search([("id", "=", sheet.id)]))
        with self.assertRaises(AccessError):
            sheet.with_user(manager).action_present()
        with self.assertRaises(AccessError):
            sheet.line_ids.with_user(manager).read(["name"])
        with self.assertRaises(UserError):
            self._new_sheet(self.laptop, company_id=company.id)

    def test_queries(self):
        """Completing a sheet of 100 things takes as many queries as one of ten."""

        def count(number):
            items = self.env["itsm.ci"].create(
                [
                    self._ci_vals(f"q{number}-{i}", state="received")
                    for i in range(number)
                ]
            )
            sheet = self._signed(items)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            sheet.action_done()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(2)
        few = count(10)
        # history is written by the hundred
        self.assertLessEqual(count(100), few + 3)

    def test_printed(self):
        """CFG-38: the sheet names what changes hands, in the person's language."""
        sheet = self._signed(self.laptop, note="Keep it <b>dry</b>")
        report = self.env["ir.actions.report"]
        page, _kind = report._render_qweb_html(
            "itsm_cmdb.itsm_ci_handover_report", sheet.ids
        )
        text = html.fromstring(page).text_content()
        for part in (sheet.number, "laptop 1", "S-1", "Keep it <b>dry</b>", "Person"):
            self.assertIn(part, text)
        self.assertIn(sheet.content_hash, text)

    def test_description(self):
        """CFG-38: the model is not said twice."""
        self.laptop.name = "Model 14 S-1"
        self.monitor.model_name = "M-27"
        lines = self._new_sheet(self.laptop | self.monitor).line_ids
        self.assertEqual(lines.mapped("name"), ["Model 14 S-1", "monitor 1, M-27"])

    def test_typed_over(self):
        """CFG-38, CFG-45: who was entered past the sheets is a difference; the return
        is proposed for, and done by, who signed."""
        differences = self.env["itsm.asset.difference"]

        def found():
            differences._cron_compare()
            rows = differences.search([("state", "=", "open")])
            return rows.filtered(lambda row: row.ci_id == self.laptop)

        self._hand_over(self.laptop)
        self.assertFalse(found())
        self.laptop.user_partner_id = self.requester_2
        row = found()
        self.assertEqual(
            (row.kind, row.res_model),
            ("holder_sheet", "itsm.ci.handover"),
        )
        self.assertEqual(row.detail, f"{self.person.name} ≠ {self.requester_2.name}")
        self.assertTrue(row.hint)
        context = self.laptop.action_take_back()["context"]
        self.assertEqual(context["default_partner_id"], self.person.id)
        back = self._hand_over(self.laptop, "back")
        self.assertFalse(
            self.env["itsm.enforcement.finding"].search(
                [("rule_code", "=", "ci_holder"), ("res_id", "=", back.id)]
            )
        )
        self.assertFalse(found())
        self.assertEqual(row.state, "solved")
        # nobody signed for it since
        self.laptop.user_partner_id = self.requester_2
        self.assertEqual(found().kind, "holder_sheet")
        context = self.laptop.action_take_back()["context"]
        self.assertEqual(context["default_partner_id"], self.requester_2.id)

    def test_buttons_of_items(self):
        """A sheet is begun from items: the return names who has them."""
        self._hand_over(self.laptop)
        context = self.laptop.action_take_back()["context"]
        self.assertEqual(context["default_partner_id"], self.person.id)
        self.assertEqual(context["default_kind"], "back")
        sheet = self.sheets.with_context(**context).create({})
        self.assertEqual(sheet.line_ids.ci_id, self.laptop)
        both = (self.laptop | self.monitor).action_hand_over()["context"]
        self.assertEqual(len(both["default_line_ids"]), 2)


@tagged("post_install", "-at_install")
class TestAssetPortal(AssetCommon, HttpCase):
    """My assets: one's own, and what of the organisation is marked (CFG-38)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in (cls.portal_user, cls.portal_user_2, cls.employee, cls.ci_reader):
            user.password = user.login
        cls.monitor.write({"partner_id": cls.customer.id, "hostname": "secret-host"})
        cls.env.flush_all()

    def _get(self, login, url):
        self.authenticate(login, login)
        return self.url_open(url, allow_redirects=False)

    def _sign(self, login, sheet, shown=None, **params):
        self.authenticate(login, login)
        shown = sheet.sudo()._content_hash() if shown is None else shown
        params = {"name": "Person P", "signature": PIXEL, **params}
        result = self.make_jsonrpc_request(
            f"/my/assets/sheet/{sheet.id}/sign?shown={shown}", params
        )
        self.env.invalidate_all()
        return result

    def test_list(self):
        """Own things; of the organisation only what is marked; nobody else's."""
        self._hand_over(self.laptop)
        page = self._get("itsm-portal", "/my/assets").text
        self.assertIn(self.laptop.number, page)
        self.assertNotIn(self.monitor.number, page)
        self.monitor.portal_visible = True
        page = self._get("itsm-portal", "/my/assets").text
        self.assertIn(self.monitor.number, page)
        self.assertNotIn("secret-host", page)
        other = self._get("itsm-portal-2", "/my/assets").text
        self.assertNotIn(self.laptop.number, other)
        self.assertNotIn(self.monitor.number, other)
        self.monitor.action_cancel()
        page = self._get("itsm-portal", "/my/assets").text
        self.assertNotIn(self.monitor.number, page)

    def test_employee(self):
        """An employee without a right to the CMDB sees what he has himself."""
        self._hand_over(self.laptop, partner_id=self.employee.partner_id.id)
        page = self._get("itsm-employee", "/my/assets").text
        self.assertIn(self.laptop.number, page)

    def test_no_right_by_rpc(self):
        """The portal reads neither items nor sheets nor positions by RPC."""
        self._hand_over(self.laptop)
        for model in (
            "itsm.ci",
            "itsm.ci.handover",
            "itsm.ci.handover.line",
            "itsm.ci.scrapping",
            "itsm.ci.scrapping.line",
            "itsm.ci.licence.position",
            "itsm.ci.licence.reservation",
            "itsm.ci.ledger",
        ):
            records = self.env[model].with_user(self.portal_user)
            with self.assertRaises(AccessError):
                records.search([])
            with self.assertRaises(AccessError):
                records.create({})
        for method in ("action_hand_over", "action_take_back", "action_scrap"):
            with self.assertRaises(AccessError):
                getattr(self.laptop.with_user(self.portal_user), method)()

    def test_sign(self):
        """The person himself signs what he was shown; the issuer is told."""
        sheet = self._new_sheet(self.laptop, user_id=self.ci_manager.id)
        url = f"/my/assets/sheet/{sheet.id}"
        # a draft is nobody's business
        self.assertEqual(self._get("itsm-portal", url).status_code, 404)
        sheet.action_present()
        self.env.flush_all()
        self.assertIn("laptop 1", self._get("itsm-portal", url).text)
        self.assertEqual(self._get("itsm-portal-2", url).status_code, 404)
        self.assertEqual(self._get("itsm-employee", url).status_code, 404)
        self.assertIn("error", self._sign("itsm-portal-2", sheet))
        self.assertIn("error", self._sign("itsm-portal", sheet, name="  "))
        self.assertIn("error", self._sign("itsm-portal", sheet, name=["x"]))
        for picture in (None, "x", "!!", base64.b64encode(b"GIF89a").decode(), 7):
            self.assertIn("error", self._sign("itsm-portal", sheet, signature=picture))
        self.assertIn("error", self._sign("itsm-portal", sheet, shown="other"))
        self.assertEqual(sheet.state, "waiting")
        self.assertIn("redirect_url", self._sign("itsm-portal", sheet))
        self.assertEqual(
            (sheet.state, sheet.signed_way, sheet.signed_by, sheet.signed_user_id),
            ("signed", "portal", "Person P", self.portal_user),
        )
        self.assertEqual(sheet.seal, "intact")
        self.assertEqual(sheet.activity_ids.user_id, self.ci_manager)
        # once
        self.assertIn("error", self._sign("itsm-portal", sheet))
        sheet.with_user(self.ci_manager).action_done()
        self.assertEqual(self.laptop.user_partner_id, self.person)
        self.assertFalse(sheet.activity_ids)

    @mute_logger("odoo.http")
    def test_label(self):
        """The code of a label opens the item for who may read it; login is needed."""
        self._hand_over(self.laptop)
        url = f"/itsm/ci/{self.laptop.number}"
        self.authenticate(None, None)
        answer = self.url_open(url, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])
        answer = self._get("ci-reader", url)
        self.assertTrue(
            answer.headers["Location"].endswith(f"/odoo/itsm-cis/{self.laptop.id}")
        )
        answer = self._get("itsm-portal", url)
        self.assertIn("/my/assets#", answer.headers["Location"])
        for login in ("itsm-portal-2", "itsm-employee"):
            self.assertEqual(self._get(login, url).status_code, 404)
            self.assertEqual(self._get(login, "/itsm/ci/NOTHING").status_code, 404)

    def test_label_of_another_company(self):
        """A reader of another company gets the answer of a number that is not there."""
        _company, manager = self._company_2()
        manager.password = manager.login
        self.env.flush_all()
        answer = self._get(manager.login, f"/itsm/ci/{self.laptop.number}")
        self.assertEqual(answer.status_code, 404)

    def test_label_sheet(self):
        """CFG-38: 24 labels on a page, the 25th on the next; the code stands in it."""
        items = self.env["itsm.ci"].create(
            [self._ci_vals(f"item {number}") for number in range(25)]
        )
        pages = items._label_rows()
        self.assertEqual([len(page) for page in pages], [8, 1])
        self.assertEqual([bool(cell) for cell in pages[1][0]], [True, False, False])
        report = self.env["ir.actions.report"]
        page, _kind = report._render_qweb_html(
            "itsm_cmdb.itsm_ci_label_report", items.ids
        )
        tree = html.fromstring(page)
        codes = tree.xpath("//img/@src")
        self.assertEqual(len(codes), 25)
        self.assertTrue(
            all(code.startswith("data:image/png;base64,") for code in codes)
        )
        self.assertIn(items[0].number, tree.text_content())
        self.assertTrue(items[0]._label_url().endswith(f"/itsm/ci/{items[0].number}"))
