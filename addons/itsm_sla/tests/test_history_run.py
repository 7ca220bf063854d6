# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import itsm_history_import_run
from ..tools import history_worker
from .history_common import HEADER, HistoryCommon


@tagged("post_install", "-at_install")
class TestHistoryRun(HistoryCommon):
    """Design 9: a large import is a run: slices, cancel, resume, undo."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._draft_agreement()
        cls.cron = cls.env.ref("itsm_base.ir_cron_itsm_run")
        # Everything is large here: two rows and two tickets make a slice.
        for target, name, value in (
            (itsm_history_import_run, "INLINE_ROWS", 0),
            (itsm_history_import_run, "INLINE_TICKETS", 0),
            (itsm_history_import_run, "UNDO_SLICE", 2),
            (history_worker, "ROWS", 4),
            (history_worker, "TICKETS", 2),
            (history_worker, "SECONDS", 0),
        ):
            cls.startClassPatcher(patch.object(target, name, value))

    def _rows(self, count, start=1):
        """Per ticket: reported 09:00, in progress 09:30, resolved 12:00 (3 h)."""
        return HEADER + "".join(
            f"L-{number},2026-03-02 09:00,2026-03-02 {time},{state},2 - High\n"
            for time, state in (("09:30", "Active"), ("12:00", "Resolved"))
            for number in range(start, start + count)
        )

    def _work(self, slices=None):
        """Work on runs as the server does, or some slices of the oldest one."""
        runs = self.env["itsm.run"]
        for _turn in range(10 if slices is None else 0):
            # A slow server calls the action again when its time is over.
            if runs._active_count():
                with self.enter_registry_test_mode():
                    self.cron.method_direct_trigger()
                self.env.invalidate_all()
        for _index in range(slices or 0):
            runs._take()._work_slice()
        self.env.flush_all()
        self.env.invalidate_all()

    def _previewed(self, content, **vals):
        history = self._new(content, agreement_id=self.agreement.id, **vals)
        history.action_preview()
        self._work()
        return history

    def _imported(self, content, **vals):
        history = self._previewed(content, **vals)
        history.action_import()
        self._work()
        return history

    def _count(self):
        return self.env["helpdesk.ticket"].search_count([("number", "like", "L-")])

    def test_slices(self):
        """Design 9: preview, import and undo by the scheduled action, as the user."""
        history = self._new(self._rows(5), agreement_id=self.agreement.id)
        history.action_preview()
        self.assertEqual((history.state, history.run_state), ("draft", "waiting"))
        self.assertEqual(history.row_count, 10)
        self._work(slices=1)
        self.assertEqual((history.run_state, history.run_done), ("running", 4))
        self.assertEqual(history.run_total, 20)
        self._work()
        self.assertRecordValues(
            history,
            [
                {
                    "state": "previewed",
                    "run_state": "done",
                    "run_done": 20,
                    "ticket_count": 5,
                    "created_count": 5,
                    "error_count": 0,
                    "resolution_met": 5,
                    "response_met": 5,
                }
            ],
        )
        self.assertFalse(self._count())
        history.action_import()
        self.assertEqual(history.state, "partial")
        self._work(slices=1)
        self.assertEqual((self._count(), history.run_done, history.done), (2, 2, 2))
        self._work()
        self.assertEqual((history.state, history.run_state), ("imported", "done"))
        self.assertEqual((history.done, history.total, self._count()), (5, 5, 5))
        self.assertEqual(history.imported_count, 5)
        self.assertEqual(history.run_id.user_id, self.sla_manager)
        clocks = self._clocks(self._ticket("L-5"))
        self.assertClock(clocks, used_seconds=3 * 3600, stopped_at="2026-03-02 12:00")
        rows = self.env["itsm.history.import.row"]
        self.assertFalse(rows.search([("import_id", "=", history.id)]))
        history.action_undo()
        self._work(slices=1)
        self.assertEqual((self._count(), history.state), (3, "imported"))
        self._work()
        self.assertEqual((self._count(), history.state), (0, "undone"))
        self.assertIn(
            "Undone: 5 tickets", str(history.run_id.line_ids.mapped("message"))
        )

    def test_same_as_at_once(self):
        """Design 9: slices change nothing: a small file gives the same at once."""
        names = ("row_count", "ticket_count", "created_count", "error_count")
        names += ("warning_count", "difference_count", "response_met")
        names += ("response_missed", "resolution_met", "resolution_missed")
        names += ("skip_count", "no_clock_count", "last_event_at", "compliance")
        sliced = self._previewed(self.small)
        with (
            patch.object(itsm_history_import_run, "INLINE_ROWS", 500),
            patch.object(history_worker, "ROWS", 5000),
            patch.object(history_worker, "TICKETS", 100),
        ):
            at_once = self._preview(self.small, agreement_id=self.agreement.id)
        self.assertEqual(at_once.state, "previewed")
        for name in names:
            self.assertEqual(sliced[name], at_once[name], name)
        for level in ("error", "skip", "warning", "difference", "info"):
            self.assertEqual(
                self._reasons(sliced, level), self._reasons(at_once, level)
            )

    def test_twice(self):
        """Section 3: importing twice changes nothing, in slices as well."""
        self._imported(self._rows(5))
        again = self._imported(self._rows(5))
        self.assertEqual((again.unchanged_count, again.created_count), (5, 0))
        self.assertEqual((again.state, again.total, self._count()), ("imported", 0, 5))
        longer = self._imported(self._rows(7))
        self.assertEqual((longer.unchanged_count, longer.created_count), (5, 2))
        self.assertEqual(self._count(), 7)

    def test_cancel_and_resume(self):
        """Issue 3: cancelled half-way what is in is whole and counted; it goes on."""
        history = self._previewed(self._rows(5))
        history.action_import()
        self._work(slices=1)
        history.action_run_cancel()
        self._work()
        self.assertEqual((history.run_state, history.state), ("cancelled", "partial"))
        self.assertEqual(self._count(), 2)
        messages = str(history.run_id.line_ids.mapped("message"))
        self.assertIn("2 of 5 tickets", messages)
        for number in ("L-1", "L-2"):
            self.assertEqual(len(self._ticket(number).clock_ids), 2)
            self.assertEqual(len(self._log(self._ticket(number))), 4)
        history.action_run_resume()
        self._work()
        self.assertEqual((history.run_state, history.state), ("done", "imported"))
        self.assertEqual((self._count(), history.created_count), (5, 5))

    def test_cancel_and_undo(self):
        """Issue 3: or what is in is taken back."""
        history = self._previewed(self._rows(5))
        history.action_import()
        self._work(slices=1)
        with self.assertRaisesRegex(UserError, "already"):
            history.action_undo()
        history.action_run_cancel()
        self._work()
        run = history.run_id
        self.assertTrue(run.can_undo)
        run.with_user(self.sla_manager).action_undo()
        self._work()
        self.assertEqual((run.state, history.state), ("undone", "undone"))
        self.assertFalse(self._count())
        history.action_preview()
        self._work()
        self.assertEqual(history.created_count, 5)

    def test_undo_keeps_touched(self):
        """Section 3: the undo of a run keeps what somebody has touched."""
        history = self._imported(self._rows(5))
        touched = self._ticket("L-2")
        touched.with_user(self.agent).write({"name": "Mine"})
        self.env.flush_all()
        history.run_id.action_undo()
        self._work()
        self.assertEqual((self._count(), history.state), (1, "imported"))
        self.assertEqual([r[1] for r in self._reasons(history, "skip")], ["L-2"])
        messages = str(history.run_id.line_ids.mapped("message"))
        self.assertIn("Undone: 4 tickets; kept: 1", messages)

    def test_failure_in_the_middle(self):
        """Design 9: a slice that fails leaves the others; the import goes on later."""
        history = self._previewed(self._rows(5))
        history.action_import()
        links = type(self.env["itsm.history.import.ticket"])
        store = links._store_plans

        def fail(records, history_import, plans):
            result = store(records, history_import, plans)
            if any(plan.number == "L-3" for plan in plans):
                raise KeyError("broken")
            return result

        with (
            patch.object(links, "_store_plans", fail),
            mute_logger("odoo.addons.itsm_base.models.itsm_run"),
        ):
            self._work()
        self.assertEqual((history.run_state, history.state), ("failed", "partial"))
        self.assertEqual((self._count(), history.done), (2, 2))
        history.action_run_resume()
        self._work()
        self.assertEqual((history.state, self._count()), ("imported", 5))

    def test_busy(self):
        """Design 9: while a run works nothing else is begun, and nothing deleted."""
        history = self._new(self._rows(5), agreement_id=self.agreement.id)
        history.action_preview()
        for action in (history.action_preview, history.action_import):
            with self.assertRaisesRegex(UserError, "being worked on"):
                action()
        with self.assertRaisesRegex(UserError, "Cancel its run"):
            history.unlink()
        self._work()
        self.assertEqual(history.state, "previewed")

    def test_changed_while_previewing(self):
        """Section 3: nobody imports what he has not seen."""
        history = self._new(self._rows(5), agreement_id=self.agreement.id)
        history.action_preview()
        self._work(slices=1)
        history.tz = "Asia/Shanghai"
        self._work()
        with self.assertRaisesRegex(UserError, "preview"):
            history.action_import()

    def test_unused_previews(self):
        """Design 9: what was read for a preview that nobody imports is removed."""
        history = self._previewed(self._rows(5))
        rows = self.env["itsm.history.import.row"]
        mine = [("import_id", "=", history.id)]
        self.env["itsm.history.import"]._gc_previews()
        self.assertEqual(rows.search_count(mine), 10)
        self.cr.execute(
            "UPDATE itsm_history_import SET write_date = '2026-01-01' WHERE id = %s",
            (history.id,),
        )
        self.env.invalidate_all()
        self.env["itsm.history.import"]._gc_previews()
        self.assertFalse(rows.search_count(mine))
        with self.assertRaisesRegex(UserError, "preview"):
            history.action_import()


@tagged("post_install", "-at_install")
class TestHistoryLarge(HistoryCommon):
    """Issue 3: large files."""

    def test_one_bad_row(self):
        """Issue 3: 40,000 good rows and one bad: the bad is reported, the rest read."""
        rows = [
            f"G-{number},2026-03-02 09:00,2026-03-02 09:30,Active,2 - High\n"
            for number in range(400)
            for _again in range(100)
        ]
        rows.insert(30_000, "G-7,2026-03-02 09:00,someday,Active,2 - High\n")
        history = self._new(HEADER + "".join(rows))
        history.action_preview()
        self.assertEqual(history.run_state, "waiting")
        history.run_id._work_inline()
        self.env.invalidate_all()
        self.assertEqual(history.row_count, 40_001)
        # Without statistics each row may be compared with each, for hours: the database
        # cleans up whenever it likes.
        table = self.env["itsm.history.import.row"]._table
        self.env.cr.execute(
            "SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table]
        )
        self.assertGreater(self.env.cr.fetchone()[0], 20_000)
        self.assertEqual((history.error_count, history.created_count), (1, 400))
        [(row, number, reason)] = self._reasons(history, "error")
        # the header is row 1
        self.assertEqual((row, number), (30_002, "G-7"))
        self.assertIn("someday", reason)
