# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_audit import AuditCommon


@tagged("post_install", "-at_install")
class TestMergeAudit(AuditCommon):
    """CFG-26, CFG-29: a merge while an audit is under way."""

    def _merge(self, gone, keep):
        items = (gone | keep).with_user(self.ci_manager)
        items._merge_into(keep.with_user(self.ci_manager))
        self.env.flush_all()
        self.env.invalidate_all()

    def _labels(self, audit):
        return {row["label"] for row in audit.read_count()["lines"]}

    def test_both_in_the_audit(self):
        """The snapshot stays; counting the merged one counts the one that stays, and
        nothing of it is missing in the end."""
        audit = self._audit(uncounted="missing")
        before = {line.ci_id: line.sudo().content for line in audit.line_ids}
        self._merge(self.one, self.two)
        self.assertEqual(
            {line.ci_id: line.sudo().content for line in audit.line_ids}, before
        )
        self.assertIn("merged into", audit.message_ids[0].body)
        self.assertIn("two", audit.message_ids[0].body)
        # what is left to be counted: two things
        self.assertEqual(self._labels(audit), {"two", "three"})
        counts = audit.read_count()["counts"]
        self.assertEqual((counts["total"], counts["pending"]), (2, 2))
        # both codes lead to the one card
        for code in ("S-1", self.one.number, "A_2", self.two.number):
            cards = audit.find_count(code)["cards"]
            self.assertEqual([card["label"] for card in cards], ["two"], code)
        # a screen that still shows the other counts the one that stays
        self._count(audit, self.one, "ok")
        self.assertEqual(self._line(audit, self.two).result, "ok")
        self.assertEqual(self._line(audit, self.one).result, "pending")
        self.assertEqual(self._labels(audit), {"three"})
        self.assertIn("1 of 2", audit._uncounted_text())
        # so do the buttons of the list
        (self._line(audit, self.one) | self._line(audit, self.three)).with_user(
            self.ci_auditor
        ).action_count_ok()
        self.assertIn("All 2", audit._uncounted_text())
        audit.action_end_counting()
        self.assertFalse(audit.difference_ids)
        self.assertEqual((audit.audited_count, audit.different_count), (2, 0))

    def _shown(self, audit):
        """What the list opened by the figure holds, and what of it is not counted."""
        action = audit.action_view_lines()
        lines = self.env[action["res_model"]].search(action["domain"])
        recorded = lines.filtered(lambda line: line.result != "unrecorded")
        self.assertEqual(len(recorded), audit.line_count)
        pending = lines.filtered(lambda line: line.result == "pending")
        self.assertEqual(len(pending), audit.pending_count)
        self.assertEqual(audit._report_facts()["left_out"], pending)
        return audit.line_count, pending.ci_id

    def test_figures(self):
        """CFG-29: figures, list and report are of the same things, while it is counted
        and afterwards; what was left out is not mixed with what was merged."""
        audit = self._audit(uncounted="left")
        self.assertEqual(self._shown(audit), (3, self.items))
        self._merge(self.one, self.two)
        self.assertEqual(self._shown(audit), (2, self.two | self.three))
        self._count(audit, self.two, "ok")
        audit.count_unrecorded("a thing")
        self.assertEqual(self._shown(audit), (2, self.three))
        audit.action_end_counting()
        self.env.invalidate_all()
        self.assertEqual(self._shown(audit), (2, self.three))
        self.assertTrue(self._line(audit, self.one).is_merged)
        # what is merged later changes nothing
        self._merge(self.three, self.two)
        self.assertEqual(self._shown(audit), (2, self.three))

    def test_figures_of_many(self):
        """Figures of several audits at once; no more queries for more of them."""
        audits = self._audit(uncounted="left")
        self._count(audits, self.one, "ok")
        self._merge(self.one, self.two)
        audits.action_end_counting()
        audits |= self._audit(self.two | self.three)
        counts = []
        for _time in range(2):
            audits |= self._audit(self.three) | self._audit(self.three)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            figures = audits.mapped("pending_count")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(figures, [1, 2, 1, 1, 1, 1])
        self.assertEqual(counts[0], counts[1])

    def test_counted_before(self):
        """The merged one was counted already: the other is not missing."""
        audit = self._audit(uncounted="missing")
        self._count(audit, self.one, "ok")
        self._merge(self.one, self.two)
        self.assertEqual(self._labels(audit), {"three"})
        cards = audit.find_count("A_2")["cards"]
        self.assertEqual([card["label"] for card in cards], ["one"])
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        self.assertEqual(self._line(audit, self.two).result, "pending")
        self.assertFalse(audit.difference_ids)

    def test_both_counted(self):
        """What was noted of both stays noted."""
        audit = self._audit(uncounted="missing")
        self._count(audit, self.one, "missing")
        self._count(audit, self.two, "ok")
        self._merge(self.one, self.two)
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        self.assertEqual(audit.difference_ids.ci_id, self.one)
        # merged: the record is corrected
        difference = self._explain(audit.difference_ids, "record")
        audit.action_to_correction()
        difference.action_correct()
        self.assertEqual(difference.state, "corrected")

    def test_only_the_merged_one(self):
        """The one that stays is not in the audit: its codes lead to the line, what
        differs is corrected on it; its owner does not check that."""
        audit = self._audit(self.one | self.three)
        self._merge(self.one, self.two)
        for code in ("A_2", "S-1"):
            found = audit.find_count(code)
            self.assertEqual([card["label"] for card in found["cards"]], ["one"])
            self.assertIn("what you count here is two", found["cards"][0]["message"])
        self._count(audit, self.one, "different", {"serial": "S-9"})
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        self.assertEqual(audit.difference_ids.ci_id, self.two)
        difference = self._explain(audit.difference_ids, "record", self.ci_owner_2)
        audit.action_to_correction()
        # the merge took the wrong serial number over
        self.two.serial = "S-1"
        with self.assertRaisesRegex(UserError, "two still says"):
            difference.action_correct()
        self.two.serial = "S-9"
        difference.action_correct()
        self.assertEqual(difference.state, "corrected")
        for user, may in ((self.ci_auditor_2, True), (self.ci_auditor, False)):
            self.assertEqual(difference.with_user(user).can_check, may)
        self.two.owner_id = self.ci_auditor_2
        self.env.invalidate_all()
        self.assertFalse(difference.with_user(self.ci_auditor_2).can_check)

    def test_missing_after_the_merge(self):
        """What is missing then is the one that stays: the merge corrected nothing."""
        audit = self._audit(self.one | self.three)
        self._merge(self.one, self.two)
        self._count(audit, self.one, "missing")
        self._count(audit, self.three, "ok")
        audit.action_end_counting()
        difference = self._explain(audit.difference_ids, "record", self.ci_owner_2)
        audit.action_to_correction()
        with self.assertRaisesRegex(UserError, "two is missing"):
            difference.action_correct()
        self.two.action_dismantle()
        difference.action_correct()
        self.assertEqual(difference.state, "corrected")

    def test_counted_again(self):
        """A line that was counted is counted itself; the other keeps what was noted."""
        audit = self._audit(uncounted="missing")
        self._count(audit, self.one, "missing")
        self._count(audit, self.two, "different", {"asset_tag": "A-9"})
        self._merge(self.one, self.two)
        kept = audit.difference_ids.filtered(lambda found: found.ci_id == self.two)
        self.assertEqual(len(kept), 1)
        line = self._line(audit, self.one)
        line.with_user(self.ci_auditor).action_count_ok()
        self.assertEqual(line.result, "ok")
        self.assertEqual(self._line(audit, self.two).result, "different")
        self.assertEqual(audit.difference_ids, kept)

    def test_found_by_name(self):
        """Who types the name of what was merged finds what is counted instead."""
        audit = self._audit(uncounted="missing")
        self._merge(self.one, self.two)
        for text in ("one", "two"):
            found = audit.read_count(text)["lines"]
            self.assertEqual([row["label"] for row in found], ["two"], text)

    def test_chain(self):
        """Merged twice: the last one stands for all; of two merged ones one counts."""
        audit = self._audit(self.one | self.two, uncounted="missing")
        self._merge(self.one, self.three)
        self._merge(self.two, self.three)
        cards = audit.find_count("h3")["cards"]
        self.assertEqual([card["label"] for card in cards], ["one"])
        self._count(audit, self.two, "ok")
        audit.action_end_counting()
        self.assertFalse(audit.difference_ids)
        self.assertEqual(self._line(audit, self.one).result, "ok")

    def test_over(self):
        """An audit that is closed or given up is told nothing and stays as it is."""
        audit = self._audit()
        audit.cancel_reason = "not now"
        audit.action_cancel()
        messages = audit.message_ids
        self._merge(self.one, self.two)
        self.assertEqual(audit.message_ids, messages)

    def test_queries(self):
        """The number of queries does not grow with what was merged."""
        counts = []
        for number in (2, 12):
            items = self.env["itsm.ci"].create(
                [self._ci_vals(f"m {number} {n}") for n in range(2 * number)]
            )
            audit = self._audit(items)
            for gone, keep in zip(items[:number], items[number:], strict=True):
                self._merge(gone, keep)
            audit.read_count()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            audit._left_out_lines()
            counts.append(self.cr.sql_log_count - before)
            self.assertEqual(len(audit._left_out_lines()), number)
        self.assertEqual(counts[0], counts[1])
