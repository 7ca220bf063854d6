# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io
from datetime import date, datetime

import openpyxl

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_cmdb.tools.sample import draw

from .common import CmdbCommon


class AuditCommon(CmdbCommon):
    """Three items with owners, an auditor, and ways through an audit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = cls._ci("Rack", cls.class_place)
        cls.one, cls.two, cls.three = cls.env["itsm.ci"].create(
            [
                cls._ci_vals(
                    "one",
                    owner_id=cls.ci_owner.id,
                    serial="S-1",
                    location_id=cls.place.id,
                    attributes={"t_int": 4},
                ),
                cls._ci_vals("two", owner_id=cls.ci_owner_2.id, asset_tag="A_2"),
                cls._ci_vals("three", owner_id=cls.ci_owner.id, hostname="h3"),
            ]
        )
        cls.items = cls.one | cls.two | cls.three
        cls.ci_auditor_2 = cls._create_user(
            "ci-auditor-2", "itsm_cmdb.itsm_group_ci_auditor"
        )
        cls.cause = cls.env.ref("itsm_cmdb.itsm_ci_audit_cause_moved")
        cls.env.flush_all()

    def _audit(self, items=None, start=True, **vals):
        audit = (
            self.env["itsm.ci.audit"]
            .with_user(self.ci_auditor)
            .create(
                {
                    "name": "audit",
                    "date_start": "2026-03-01",
                    "date_end": "2026-03-31",
                    "ci_ids": [Command.set((items or self.items).ids)],
                    **vals,
                }
            )
        )
        if start:
            audit.action_start()
        return audit

    def _line(self, audit, item):
        return audit.line_ids.filtered(lambda line: line.ci_id == item)

    def _count(self, audit, item, result, differences=None, user=None):
        audit = audit.with_user(user) if user else audit
        return audit.count_line(self._line(audit, item).id, result, differences)

    def _explain(self, difference, correction="thing", user=None):
        difference = difference.with_user(user or self.ci_owner)
        difference.write(
            {
                "cause_id": self.cause.id,
                "explanation": "was moved",
                "correction": correction,
            }
        )
        difference.action_explain()
        return difference


@tagged("post_install", "-at_install")
class TestAudit(AuditCommon):
    """Audits and stocktaking (CFG-05, CFG-29 to CFG-33, CFG-40, K56, K59)."""

    # === Planning and the snapshot ===

    def test_whole_way(self):
        """CFG-30: snapshot, count, difference, explanation, correction, spot check,
        close; the figures by hand: 1 of 3 differs, 33.4 % (cut to the worse side)."""
        audit = self._audit()
        self.assertEqual((audit.state, audit.pending_count), ("counting", 3))
        self.assertEqual(audit.variance_text, "no data")
        self._count(audit, self.one, "different", {"location_id": "Rack 9"})
        self._count(audit, self.two, "ok")
        self._count(audit, self.three, "ok")
        self.assertEqual(
            (audit.audited_count, audit.different_count, audit.variance_text),
            (3, 1, "33.4 %"),
        )
        self.assertEqual(audit.passed_text, "66.6 %")
        audit.action_end_counting()
        difference = audit.difference_ids
        self.assertEqual(
            (difference.what, difference.expected_text, difference.found_text),
            ("Location", "Rack", "Rack 9"),
        )
        with self.assertRaisesRegex(UserError, "explain it first"):
            audit.action_to_correction()
        difference = self._explain(difference, "record")
        audit.action_to_correction()
        with self.assertRaisesRegex(UserError, "correct it first"):
            audit.action_to_check()
        with self.assertRaisesRegex(UserError, "still says of Location: Rack"):
            difference.action_correct()
        self.one.with_user(self.ci_owner).location_id = False
        difference.action_correct()
        audit.action_to_check()
        with self.assertRaisesRegex(UserError, "check at least one"):
            audit.action_close()
        difference.with_user(self.ci_auditor_2).action_check_ok()
        audit.action_close()
        self.assertEqual(audit.state, "closed")
        self.assertEqual(audit.closed_by_id, self.ci_auditor)

    def test_bad_input(self):
        """An audit of nothing, of an archived item, without a baseline or a list."""
        empty = self._audit(start=False)
        empty.ci_ids = False
        with self.assertRaisesRegex(UserError, "about no configuration item"):
            empty.action_start()
        audit = self._audit(start=False)
        self.two.active = False
        with self.assertRaisesRegex(UserError, "two is archived"):
            audit.action_start()
        self.two.active = True
        with self.assertRaisesRegex(ValidationError, "choose the baseline"):
            self._audit(kind="baseline")
        with self.assertRaisesRegex(UserError, "add the list"):
            self._audit(kind="import")
        with self.assertRaisesRegex(ValidationError, "is no CI auditor"):
            self._audit(auditor_id=self.ci_reader.id)
        audit.action_start()
        with self.assertRaisesRegex(UserError, "nothing has been counted"):
            audit.action_end_counting()
        with self.assertRaises(ValidationError):
            audit.sample_size = 1

    def test_archived_after_snapshot(self):
        """What was archived after the snapshot is counted, and said to be."""
        audit = self._audit()
        self.one.active = False
        card = audit.find_count("S-1")["cards"][0]
        self.assertIn("archived after the snapshot", card["message"])
        self._count(audit, self.one, "missing")
        self.assertEqual(audit.difference_ids.kind, "missing")

    def test_sample(self):
        """CFG-29: a random sample, each class by its share, that can be drawn again."""
        leaves = self.env["itsm.ci"].create(
            [self._ci_vals(f"leaf {i}") for i in range(12)]
        )
        others = self.env["itsm.ci"].create(
            [self._ci_vals(f"other {i}", self.class_other) for i in range(4)]
        )
        audit = self._audit(leaves | others, sample_size=8)
        drawn = audit.line_ids.ci_id
        # 8 of 16: six of twelve, two of four
        self.assertEqual((len(drawn & leaves), len(drawn & others)), (6, 2))
        kept = {int(key): ids for key, ids in audit.sudo().drawn_from.items()}
        self.assertEqual(draw(kept, 8, audit.seed), sorted(drawn.ids))
        self.assertEqual(len(self._audit(leaves, sample_size=99).line_ids), 12)

    def test_draw(self):
        """Shares by the largest remainder, by hand; the same seed, the same sample."""
        strata = {1: [1, 2, 3, 4, 5], 2: [6, 7, 8], 3: [9, 10]}
        # 5 of 10: 2.5, 1.5, 1; 3: 1.5, 0.9, 0.6; 1: 0.5, 0.3, 0.2
        for size, shares in ((5, (3, 1, 1)), (3, (1, 1, 1)), (1, (1, 0, 0))):
            drawn = draw(strata, size, 7)
            self.assertEqual(drawn, draw(strata, size, 7))
            found = tuple(len(set(drawn) & set(ids)) for ids in strata.values())
            self.assertEqual(found, shares)
        self.assertEqual(draw(strata, 0, 1), list(range(1, 11)))

    # === Counting ===

    def test_find(self):
        """CFG-40: by serial, tag, number or host name, in any case; what is not in the
        audit and what nobody knows is said."""
        audit = self._audit(self.one | self.two)
        for code, item in (
            ("s-1", self.one),
            (" A_2 ", self.two),
            (self.one.number, self.one),
        ):
            found = audit.find_count(code)
            self.assertEqual(
                [card["id"] for card in found["cards"]], self._line(audit, item).ids
            )
        self.assertEqual(audit.find_count("AX2")["cards"], [])
        self.assertIn("not part of this audit", audit.find_count("h3")["message"])
        unknown = audit.find_count("<b>%")
        self.assertIn("Nothing with the code <b>%", unknown["message"])
        self.assertFalse(unknown["is_known"])
        self.three.serial = "S-1"
        both = self._audit()
        self.assertEqual(len(both.find_count("S-1")["cards"]), 2)

    def test_card(self):
        """A stocktaking asks where and with whom, an audit for all that is recorded."""
        audit = self._audit()
        names = {
            field["name"]: field["expected"]
            for field in audit.find_count("S-1")["cards"][0]["fields"]
        }
        self.assertEqual(names["location_id"], "Rack")
        self.assertEqual(names["attributes.t_int"], "4")
        stock = self._audit(kind="stocktaking")
        names = {f["name"] for f in stock.find_count("S-1")["cards"][0]["fields"]}
        self.assertEqual(
            names, {"location_id", "user_partner_id", "state", "serial", "asset_tag"}
        )

    def test_count_again(self):
        """Counting again replaces what was noted before."""
        audit = self._audit()
        self._count(audit, self.one, "different", {"serial": "X", "version": "2"})
        self.assertEqual(len(audit.difference_ids), 2)
        result = self._count(audit, self.one, "ok")
        self.assertFalse(audit.difference_ids)
        self.assertEqual(result["counts"]["pending"], 2)
        with self.assertRaisesRegex(UserError, "Say what differs"):
            self._count(audit, self.one, "different", {"serial": "  "})
        for wrong in ({"purchase_price": "1"}, {"serial": 7}, {"state); --": "x"}):
            with self.assertRaisesRegex(UserError, "not a part of the audit"):
                self._count(audit, self.one, "different", wrong)
        other = self._audit(self.two)
        with self.assertRaisesRegex(UserError, "not a part of the audit"):
            audit.count_line(self._line(other, self.two).id, "ok")

    def test_what_is_found(self):
        """CFG-29: choices are chosen from, names are looked up, the rest is a text."""
        audit = self._audit()
        card = audit.find_count(self.one.number)["cards"][0]
        fields = {field["name"]: field for field in card["fields"]}
        self.assertIn("In use", fields["state"]["choices"])
        self.assertTrue(fields["location_id"]["is_reference"])
        self.assertFalse(
            fields["serial"]["choices"] or fields["serial"]["is_reference"]
        )
        with self.assertRaisesRegex(UserError, "In use"):
            self._count(audit, self.one, "different", {"state": "sort of"})
        line = self._line(audit, self.one)
        self._ci("Rack 91", self.class_place)
        for found, said in (
            ("rack 91", False),
            ("Rack 9", "Do you mean"),
            ("Nowhere at all", "not known here"),
            ("  ", False),
        ):
            message = audit.check_found(line.id, "location_id", found)
            if said:
                self.assertIn(said, message)
            else:
                self.assertEqual(message, "")
        self.assertEqual(audit.check_found(line.id, "serial", "?"), "")
        with self.assertRaisesRegex(UserError, "not a part of the audit"):
            audit.check_found(line.id, "purchase_price", "1")
        state = fields["state"]["choices"][0]
        self._count(audit, self.one, "different", {"state": state})
        self.assertEqual(audit.difference_ids.found, state)

    def test_end_is_confirmed(self):
        """CFG-29: how many were not counted is said before the counting ends."""
        audit = self._audit()
        with self.assertRaisesRegex(UserError, "nothing has been counted"):
            audit.action_end_counting_ask()
        self._count(audit, self.one, "ok")
        audit.action_end_counting_ask()
        wizard = self.env["itsm.ci.confirm"].with_env(audit.env)
        wizard = wizard.create({"audit_id": audit.id})
        self.assertEqual(audit.uncounted, "missing")
        self.assertIn("2 of 3 configuration items", wizard.text)
        self.assertIn("recorded as missing", wizard.text)
        wizard.action_confirm()
        self.assertEqual(audit.state, "differences")
        self.assertEqual(audit.line_ids.mapped("result").count("missing"), 2)

    def test_unrecorded(self):
        """A thing that nobody recorded is a difference, and no part of the variance."""
        audit = self._audit()
        audit.count_unrecorded("Old switch under the desk", "ZZ")
        self.assertEqual((audit.unrecorded_count, audit.audited_count), (1, 0))
        self._count(audit, self.one, "ok")
        audit.uncounted = "left"
        audit.action_end_counting()
        self.assertEqual((audit.variance_text, audit.pending_count), ("0.0 %", 2))
        difference = audit.difference_ids
        self.assertEqual(difference.found_text, "Old switch under the desk")
        with self.assertRaises(AccessError):
            self._explain(difference, user=self.ci_owner)
        self._explain(difference, user=self.ci_manager)

    def test_uncounted_is_missing(self):
        """What was not counted is missing, if that was said."""
        audit = self._audit()
        self._count(audit, self.one, "ok")
        audit.action_end_counting()
        self.assertEqual((audit.different_count, audit.variance_text), (2, "66.7 %"))
        self.assertEqual(set(audit.difference_ids.mapped("kind")), {"missing"})
        # nobody looked at them: who ended the counting has counted one only
        missing = audit.line_ids.filtered(lambda line: line.result == "missing")
        self.assertFalse(missing.counted_by_id)
        self.assertTrue(all(missing.mapped("counted_at")))
        self.assertEqual(self._line(audit, self.one).counted_by_id, self.ci_auditor)
        self.assertTrue(all(audit.difference_ids.mapped("can_check")))
        seen = self._audit(self.one | self.two)
        self._count(seen, self.one, "missing")
        seen.action_end_counting()
        by_item = {d.ci_id: d.can_check for d in seen.difference_ids}
        self.assertEqual(by_item, {self.one: False, self.two: True})

    def test_who_counts(self):
        """Who is named counts, an auditor and a manager too; nobody else, and nobody
        when counting is over. Lines and differences are written by the steps only."""
        audit = self._audit(counter_ids=[Command.set(self.ci_reader.ids)])
        self._count(audit, self.one, "ok", user=self.ci_reader)
        self._count(audit, self.two, "ok", user=self.ci_manager)
        for user in (self.ci_owner, self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                audit.with_user(user).read_count()
        line = self._line(audit, self.three)
        with self.assertRaises(AccessError):
            line.with_user(self.ci_owner).action_count_ok()
        for records in (line.with_user(self.ci_manager), line.sudo()):
            with self.assertRaises(AccessError):
                records.write({"result": "ok"})
            with self.assertRaises(AccessError), mute_logger("odoo.models.unlink"):
                records.unlink()
        line.with_user(self.ci_reader).action_count_missing()
        audit.action_end_counting()
        with self.assertRaisesRegex(UserError, "has not begun, or is over"):
            line.action_count_ok()
        difference = audit.difference_ids
        with self.assertRaises(UserError), mute_logger("odoo.models.unlink"):
            difference.sudo().unlink()
        with self.assertRaises(AccessError):
            difference.sudo().create({"line_id": line.id, "kind": "field"})

    # === Differences ===

    def test_who_does_what(self):
        """CFG-05: the owner explains his own only; who counted or corrected does not
        check; nobody writes the state."""
        audit = self._audit()
        self._count(audit, self.one, "different", {"serial": "S-2"})
        self._count(audit, self.two, "different", {"asset_tag": "A-3"})
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        mine = audit.difference_ids.filtered(lambda d: d.ci_id == self.one)
        foreign = audit.difference_ids - mine
        with self.assertRaises(AccessError):
            foreign.with_user(self.ci_owner).explanation = "x"
        with self.assertRaises(AccessError):
            mine.with_user(self.ci_auditor_2).explanation = "x"
        with self.assertRaises(AccessError):
            mine.with_user(self.ci_manager).explanation = "x"
        with self.assertRaises(UserError):
            mine.with_user(self.ci_owner).state = "checked"
        with self.assertRaises(UserError):
            mine.with_user(self.ci_owner).found = "S-1"
        with self.assertRaisesRegex(UserError, "choose a cause"):
            mine.with_user(self.ci_owner).action_explain()
        mine = self._explain(mine)
        mine.correction_note = "label changed"
        foreign = self._explain(foreign, user=self.ci_owner_2)
        audit.action_to_correction()
        (mine.action_correct(), foreign.action_correct())
        audit.action_to_check()
        with self.assertRaises(AccessError):  # he counted it
            mine.with_user(self.ci_auditor).action_check_ok()
        with self.assertRaises(AccessError):
            mine.with_user(self.ci_owner).action_check_ok()
        checked = mine.with_user(self.ci_auditor_2)
        with self.assertRaisesRegex(UserError, "what is still wrong"):
            checked.action_check_failed()
        checked.check_note = "the label still says S-2"
        checked.action_check_failed()
        self.assertEqual((mine.state, audit.state), ("failed", "correction"))
        with self.assertRaises(UserError):
            audit.action_close()
        mine.action_explain()
        mine.action_correct()
        audit.action_to_check()
        checked.action_check_ok()
        audit.action_close()
        with self.assertRaises(UserError):
            mine.explanation = "later"

    def test_auditor_edits_nothing(self):
        """CFG-05: an auditor corrects no configuration item."""
        with self.assertRaises(AccessError):
            self.one.with_user(self.ci_auditor).serial = "S-9"

    def test_missing_corrected(self):
        """A missing item is corrected in the record once it is gone there."""
        audit = self._audit(self.one)
        self._count(audit, self.one, "missing")
        audit.action_end_counting()
        difference = self._explain(audit.difference_ids, "record")
        with self.assertRaisesRegex(UserError, "still recorded as being there"):
            difference.action_correct()
        self.one.action_dismantle()
        difference.action_correct()
        self.assertEqual(difference.state, "corrected")

    def test_action(self):
        """CFG-31: an action of the difference; not corrected before it is done."""
        audit = self._audit(self.one)
        self._count(audit, self.one, "different", {"serial": "S-2"})
        audit.action_end_counting()
        difference = audit.difference_ids.with_user(self.ci_owner)
        difference.action_make_action()
        action = difference.action_id
        self.assertEqual(
            (action.owner_id, action.res_model, action.res_id),
            (self.ci_owner, "itsm.ci.audit", audit.id),
        )
        self._explain(difference)
        with self.assertRaisesRegex(UserError, "not done yet"):
            difference.action_correct()
        proofs = self.env["ir.attachment"].with_user(self.ci_owner)
        proof = proofs.create({"name": "proof", "raw": b"x"})
        action.write(
            {"evidence_note": "trained", "attachment_ids": [Command.link(proof.id)]}
        )
        action.action_done()
        difference.action_correct()

    def test_owners_are_told(self):
        """One activity for each owner, however many differences; in silence none."""
        audit = self._audit()
        for item in self.items:
            self._count(audit, item, "different", {"serial": "?", "version": "?"})
        audit.action_end_counting()
        self.assertEqual(
            sorted(audit.activity_ids.user_id.ids),
            sorted((self.ci_owner | self.ci_owner_2).ids),
        )
        self.assertEqual(len(audit.activity_ids), 2)
        silent = self._audit(self.one)
        self._count(silent, self.one, "missing")
        guard.silence(silent).action_end_counting()
        self.assertFalse(silent.activity_ids)

    def test_managers_are_told(self):
        """CFG-30: what nobody owns, or nobody recorded, is told to the configuration
        managers of the company, once; if there is none, to the auditor."""
        # others of the database are no part of this
        self.env["itsm.role.holder"].search([]).unlink()
        group = self.env.ref("itsm_cmdb.itsm_group_ci_manager")
        found = self.env["res.users"].search([("all_group_ids", "in", group.ids)])
        others = found - self.ci_manager
        for user in others:
            user.group_ids -= user.group_ids.filtered(
                lambda own: group in own.all_implied_ids
            )
        foreign = self._company_2()[1]
        self.assertTrue(foreign.has_group("itsm_cmdb.itsm_group_ci_manager"))
        self.two.owner_id = False
        archived = self._create_user("ci-gone", "itsm_cmdb.itsm_group_ci_owner")
        self.three.owner_id = archived
        archived.active = False
        audit = self._audit()
        for item in self.items:
            self._count(audit, item, "different", {"serial": "?", "version": "?"})
        audit.count_unrecorded("<b>Old</b> switch")
        audit.action_end_counting()
        told = {row.user_id: str(row.note) for row in audit.activity_ids}
        self.assertEqual(set(told), {self.ci_owner, self.ci_manager})
        self.assertEqual(len(audit.activity_ids), 2)
        self.assertIn("found 2 differences", told[self.ci_owner])
        # two of two, two of three, one that is not recorded
        self.assertIn("found 5 differences", told[self.ci_manager])
        # the role names who of them it is
        second = self._create_user("ci-cm", "itsm_cmdb.itsm_group_ci_manager")
        role = self.env.ref("itsm_base.itsm_role_configuration_manager")
        self.env["itsm.role.holder"].create(
            {
                "role_id": role.id,
                "user_id": second.id,
                "company_id": self.company.id,
            }
        )
        audit = self._audit(self.two)
        self._count(audit, self.two, "missing")
        audit.action_end_counting()
        self.assertEqual(audit.activity_ids.user_id, second)
        (self.ci_manager | second).active = False
        audit = self._audit(self.two)
        self._count(audit, self.two, "missing")
        audit.action_end_counting()
        self.assertEqual(audit.activity_ids.user_id, self.ci_auditor)

    def test_cancel(self):
        """Given up for a reason; what was found is kept."""
        audit = self._audit()
        self._count(audit, self.one, "missing")
        with self.assertRaisesRegex(UserError, "why it is given up"):
            audit.action_cancel()
        audit.cancel_reason = "no time"
        audit.action_cancel()
        self.assertEqual((audit.state, len(audit.difference_ids)), ("cancelled", 1))
        with self.assertRaises(UserError):
            audit.unlink()
        self._audit(start=False).unlink()

    # === Comparisons ===

    def test_with_baseline(self):
        """CFG-30: a baseline is what is expected, the CMDB now is what is found."""
        self._relate(self.one, self.two)
        baseline = (
            self.env["itsm.ci.baseline"]
            .with_user(self.ci_manager)
            .create({"name": "b", "ci_ids": [Command.set(self.items.ids)]})
        )
        baseline.action_take()
        self.one.serial = "S-2"
        self.one.relation_source_ids.unlink()
        self.three.active = False
        audit = self._audit(kind="baseline", baseline_id=baseline.id)
        self.assertEqual(audit.state, "differences")
        self.assertEqual(
            {line.ci_id.name: line.result for line in audit.line_ids},
            {"one": "different", "two": "different", "three": "missing"},
        )
        self.assertEqual(
            {(d.ci_id.name, d.what, d.found_text) for d in audit.difference_ids},
            {
                ("one", "Serial Number", "S-2"),
                ("one", "Relation", ""),
                ("three", "Configuration item", "missing"),
            },
        )
        # nobody counted: the auditor himself may check
        self.assertFalse(audit.line_ids.counted_by_id)

    def test_with_list(self):
        """CFG-29: a list is what is found; rows are recognised by what identifies."""
        text = (
            "Serial Number,Asset Tag,Host Name,Name,Location\n"
            "s-1,,,one,Cellar\n,A_2,,Two,\nXX-1,,,stranger,Cellar\n"
        )
        audit = self._audit(
            kind="import", file=base64.b64encode(text.encode()), file_name="l.csv"
        )
        self.assertEqual(audit.state, "differences")
        # what it was compared with stays
        file = self.env["ir.attachment"].search(
            [
                ("res_model", "=", audit._name),
                ("res_id", "=", audit.id),
                ("res_field", "=", "file"),
            ]
        )
        self.assertEqual(len(file), 1)
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            file.raw = b"Serial Number\nS-1\n"
        with self.assertRaisesRegex(UserError, "kept as evidence"):
            file.unlink()
        with self.assertRaises(ValidationError):
            audit.file = base64.b64encode(b"x")
        planned = self._audit(kind="import", file=base64.b64encode(b"x"), start=False)
        planned.file = base64.b64encode(text.encode())
        self.assertEqual(
            {line.label: line.result for line in audit.line_ids},
            {
                "one": "different",
                "two": "ok",
                "three": "missing",
                "XX-1, stranger, Cellar": "unrecorded",
            },
        )
        of_one = audit.difference_ids.filtered(lambda d: d.ci_id == self.one)
        self.assertEqual(
            (of_one.what, of_one.expected_text, of_one.found_text),
            ("Location", "Rack", "Cellar"),
        )
        for wrong in (b"", b"Name\none\n", b"Serial Number\nS-1\ns-1\n", b"PK\x03\x04"):
            with self.subTest(wrong), self.assertRaises(UserError):
                self._audit(
                    kind="import", file=base64.b64encode(wrong), file_name="l.csv"
                )

    # === Figures, duties, paper ===

    def test_kpi(self):
        """K56, K59: of the items audited in the year, by hand; no audit, no data; two
        companies, each its own."""
        kpis = self.env["itsm.kpi"]
        variance = kpis.search([("code", "=", "K56")])
        passed = kpis.search([("code", "=", "K59")])
        with freeze_time("2031-05-05 10:00:00"):
            audit = self._audit()
            self._count(audit, self.one, "different", {"serial": "x"})
            self._count(audit, self.two, "ok")
            self._count(audit, self.three, "missing")
            running = self._audit(self.two)
            self._count(running, self.two, "missing")
            day = date(2031, 1, 1)
            company = self._company_2()[0] | self.company
            before = self._values(variance, day, company)
            audit.action_end_counting()
            found = self._values(variance, day, company)
            self.assertEqual(before[self.company], (0, None))
            self.assertEqual(found[self.company][0], 3)
            self.assertAlmostEqual(found[self.company][1], 200 / 3)
            self.assertEqual(found[company - self.company], (0, None))
            other = self._values(passed, day, company)
            self.assertAlmostEqual(other[self.company][1], 100 / 3)
            value = variance.value_ids.filtered(
                lambda v: v.company_id == self.company and v.period_start == day
            )
            opened = value.action_drill_numerator()
            records = self.env[opened["res_model"]].search(opened["domain"])
            self.assertEqual(records.ci_id, self.one | self.three)
            # the CMDB compared with itself is no audit of it
            self._with_itself()
            self.assertEqual(self._values(passed, day, company), other)

    def _with_itself(self):
        """A comparison with a baseline that was taken a moment before, closed."""
        baselines = self.env["itsm.ci.baseline"].with_user(self.ci_manager)
        baseline = baselines.create(
            {"name": "b", "ci_ids": [Command.set(self.items.ids)]}
        )
        baseline.action_take()
        audit = self._audit(kind="baseline", baseline_id=baseline.id)
        self.assertEqual(audit.passed_text, "100.0 %")
        audit.action_close()
        self.assertEqual(audit.state, "closed")
        return audit

    def _values(self, kpi, day, companies):
        kpi._compute_values(day, day, companies)
        return {
            value.company_id: (
                value.denominator,
                None if value.status == "no_data" else value.value,
            )
            for value in kpi.value_ids
            if value.period_start == day and value.company_id in companies
        }

    def test_duty(self):
        """CFG-33: a closed audit does the duty of the year; a stocktaking its own."""
        definition = self.env.ref("itsm_cmdb.itsm_duty_definition_ci_audit")
        stock = self.env.ref("itsm_cmdb.itsm_duty_definition_stocktaking")
        self.assertFalse(definition.active)
        duties = guard.with_token(self.env["itsm.duty"])
        year, stock_year = duties.create(
            [
                {
                    "definition_id": rule.id,
                    "company_id": self.company.id,
                    "period": "year",
                    "period_start": "2026-01-01",
                    "period_end": "2026-12-31",
                    "work_start": "2026-01-01",
                    "due_date": "2026-12-31",
                    "due_at": datetime(2027, 1, 1),
                }
                for rule in (definition, stock)
            ]
        )
        # what the system compares is no audit of what is there
        self._with_itself()
        text = b"Serial Number,Asset Tag,Host Name\nS-1,,\n,A_2,\n,,h3\n"
        listed = self._audit(kind="import", file=base64.b64encode(text))
        self.assertEqual(listed.passed_text, "100.0 %")
        listed.action_close()
        self.assertEqual((year.state, stock_year.state), ("open", "open"))
        audit = self._audit()
        for item in self.items:
            self._count(audit, item, "ok")
        audit.action_end_counting()
        audit.action_close()
        self.assertEqual((year.state, stock_year.state), ("done", "open"))
        self.assertEqual(
            (year.evidence_model, year.evidence_res_id, year.done_by_id),
            ("itsm.ci.audit", audit.id, self.ci_auditor),
        )

    def test_report(self):
        """D29: scope, figures, differences with cause and correction, spot check."""
        audit = self._audit(purpose="All that stands there")
        self._count(audit, self.one, "different", {"serial": "<script>S-2"})
        self._count(audit, self.two, "ok")
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        self._explain(audit.difference_ids)
        report = self.env.ref("itsm_cmdb.itsm_ci_audit_report")
        html = str(
            self.env["ir.actions.report"]
            .with_user(self.ci_auditor)
            ._render_qweb_html(report, audit.ids)[0]
        )
        for text in (
            "All that stands there",
            "33.4 %",
            "was moved",
            self.cause.name,
            "&lt;script&gt;S-2",
            "DRAFT",
            audit.number,
        ):
            self.assertIn(text, html)
        self.assertNotIn("<script>S-2", html)

    def test_sheet(self):
        """D30: the list to count by, as a workbook that can be compared with again."""
        audit = self._audit(kind="stocktaking")
        name, content = audit.with_user(self.ci_reader)._workbook()
        self.assertEqual(name, f"{audit.number}.xlsx")
        rows = list(openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].values)
        self.assertEqual(rows[0][0], "Number")
        row = next(row for row in rows if row[1] == "one")
        self.assertEqual((row[4], row[8]), ("S-1", "Rack"))
        self.assertIn("Name of t_int: 4", row[9])
        again = self._audit(
            kind="import", file=base64.b64encode(content), file_name="l.xlsx"
        )
        self.assertEqual(set(again.line_ids.mapped("result")), {"ok"})

    # === Who sees what ===

    def test_companies(self):
        """Another company sees nothing; an item that moved away is not named."""
        company, foreign = self._company_2()
        audit = self._audit()
        self._count(audit, self.two, "missing")
        for records in (audit, audit.line_ids, audit.difference_ids):
            with self.assertRaises(AccessError):
                records.with_user(foreign).read(["company_id"])
        self.two.sudo().company_id = company
        mine = self.env["itsm.ci.audit.difference"].with_user(self.ci_auditor)
        self.assertFalse(mine.search([("audit_id", "=", audit.id)]))
        self.assertEqual(audit.difference_count, 1)

    def test_states_by_rpc(self):
        """Nobody writes the state, plans another's audit or starts one as a reader."""
        audit = self._audit(start=False)
        for vals in ({"state": "closed"}, {"number": "X"}, {"seed": 1}):
            with self.assertRaises(UserError):
                audit.write(vals)
        for user in (self.ci_reader, self.ci_owner):
            with self.assertRaises(AccessError):
                audit.with_user(user).action_start()
        context = {"default_state": "closed", "default_closed_at": datetime.now()}
        made = self._audit(start=False)
        copied = made.with_context(**context).copy()
        self.assertEqual((copied.state, copied.closed_at), ("planned", False))

    def test_queries(self):
        """As many queries for 40 items as for 4."""

        def work(number):
            items = self.env["itsm.ci"].create(
                [self._ci_vals(f"q{number} {i}") for i in range(number)]
            )
            audit = self._audit(items, start=False)
            counts = []

            def counted(step):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                step()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)

            counted(audit.action_start)
            counted(audit.read_count)
            lines = audit.line_ids
            counted(lines.action_count_missing)
            counted(audit._workbook)
            counted(lambda: audit.difference_ids.mapped("expected_text"))
            return counts

        work(2)
        self.assertEqual(work(4), work(40))


@tagged("post_install", "-at_install")
class TestAuditFiles(AuditCommon, HttpCase):
    """Lists as files, by those who may read them."""

    def test_download(self):
        """D30: who may read gets the file, everybody else gets “not found”."""
        audit = self._audit()
        url = f"/itsm/ci-audit/{audit.id}/xlsx"
        self.authenticate("ci-reader", "ci-reader")
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertTrue(response.content.startswith(b"PK"))
        self.assertEqual(self.url_open("/itsm/ci-audit/0/xlsx").status_code, 404)
        for login in ("itsm-employee", "itsm-portal"):
            self.authenticate(login, login)
            self.assertEqual(self.url_open(url).status_code, 404)
