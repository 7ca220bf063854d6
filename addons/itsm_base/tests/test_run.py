# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress
from unittest.mock import patch

from psycopg2 import IntegrityError
from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import itsm_run
from ..tools import guard
from . import run_job
from .common import ItsmCommon

LOGGER = "odoo.addons.itsm_base.models.itsm_run"


@tagged("post_install", "-at_install")
class TestRun(ItsmCommon):
    """Design 9: long work in slices, with cancel, resume, undo and a log."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        run_job.add_model(cls)
        cls.user_a = cls._create_user("run-a", "itsm_base.itsm_group_agent")
        cls.user_b = cls._create_user("run-b", "itsm_base.itsm_group_agent")
        cls.cron = cls.env.ref("itsm_base.ir_cron_itsm_run")

    def _job(self, count=5, trouble=False, user=None):
        jobs = self.env[run_job.NAME].with_user(user or self.user_a)
        return jobs.create(
            {
                "name": "Job",
                "count": count,
                "trouble": trouble,
                "company_id": self.company.id,
            }
        )

    def _start(self, job):
        run = job._run_start("Counting", job.count)
        return self.env["itsm.run"].browse(run.id)

    def _work(self):
        with self.enter_registry_test_mode():
            self.cron.method_direct_trigger()
        self.env.invalidate_all()

    def _messages(self, run):
        return run.line_ids.mapped("message")

    def test_done(self):
        """Design 9: the scheduled action works a run off, as its owner."""
        job = self._job()
        before = self.env["ir.cron.trigger"].search_count(
            [("cron_id", "=", self.cron.id)]
        )
        run = self._start(job)
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]),
            before + 1,
        )
        self.assertEqual((run.state, run.progress), ("waiting", 0))
        self.assertEqual(job.run_id, run)
        self._work()
        self.assertRecordValues(
            run,
            [
                {
                    "name": "Counting",
                    "user_id": self.user_a.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "done": 5,
                    "total": 5,
                    "progress": 100,
                }
            ],
        )
        # "a" is the last letter of the owner's login: not the scheduler's user
        self.assertEqual(job.done, "0a 1a 2a 3a 4a finished ")
        self.assertTrue(run.started_at)
        self.assertTrue(run.finished_at)
        self.assertEqual((job.run_state, job.run_done), ("done", 5))

    def test_slices_are_commits(self):
        """Design 9: each slice is a transaction; the bookmark goes with it."""
        run = self._start(self._job(count=3))
        seen = []
        commit_progress = type(self.env["ir.cron"])._commit_progress

        def spy(cron, processed=0, **kwargs):
            found = cron.env["itsm.run"].browse(run.id)
            seen.append((processed, found.done, found.position))
            return commit_progress(cron, processed, **kwargs)

        with patch.object(type(self.env["ir.cron"]), "_commit_progress", spy):
            self._work()
        self.assertEqual(
            # before each slice its attempt is committed
            [row for row in seen if row[0]][:3],
            [
                (1, 1, {"number": 1}),
                (1, 2, {"number": 2}),
                (1, 3, {"number": 3}),
            ],
        )

    def test_in_turn(self):
        """Design 9: runs share the worker; first who was worked on longest ago."""
        first, second = self._job(count=2), self._job(count=2, user=self.user_b)
        runs = self._start(first) | self._start(second)
        done = []
        do_slice = type(runs)._do_slice

        def spy(run, job):
            done.append(job)
            return do_slice(run, job)

        with patch.object(type(runs), "_do_slice", spy):
            self._work()
        self.assertEqual([j.id for j in done], [first.id, second.id] * 2)
        self.assertEqual(second.done, "0b 1b finished ")

    def test_slice_that_kills_its_worker(self):
        """Design 9: after three slices that end with their worker the run fails."""
        job = self._job()
        run, other = self._start(job), self._start(self._job(count=2))
        died = []

        class Killed(BaseException):
            """The process ends: nothing that follows is done."""

        do_slice = type(run)._do_slice

        def die(record, own):
            if record.id != run.id:
                return do_slice(record, own)
            died.append(record.attempts)
            raise Killed

        with patch.object(type(run), "_do_slice", die):
            for number in range(1, 4):
                # not assertRaises: it takes back what was committed
                with (
                    suppress(Killed),
                    self.enter_registry_test_mode(),
                    self.registry.cursor() as cr,
                ):
                    self.env(cr=cr, user=1)["itsm.run"]._cron_run()
                self.env.invalidate_all()
                self.assertEqual((run.attempts, run.state), (number, "waiting"))
            with mute_logger(LOGGER):
                self._work()
        self.assertEqual(died, [1, 2, 3])
        self.assertEqual((run.state, job.done), ("failed", ""))
        self.assertIn("stopped 3 times", self._messages(run)[-1])
        self.assertEqual(other.state, "done")
        run.with_user(self.user_a).action_resume()
        self.assertEqual(run.attempts, 0)
        self._work()
        self.assertEqual((run.state, run.attempts), ("done", 0))

    def test_attempts_since_progress(self):
        """Design 9: two bad slices and a good one: counted from the start again."""
        job = self._job(count=2)
        run = self._start(job)
        guard.with_token(run).write({"attempts": itsm_run.ATTEMPTS - 1})
        self._work()
        self.assertEqual((run.state, run.attempts), ("done", 0))
        self.assertTrue(run.worked_at)
        # rows in use kill nobody
        stuck = self._start(self._job(trouble="conflict 0"))
        for _time in range(itsm_run.ATTEMPTS + 1):
            self._work()
        self.assertEqual((stuck.state, stuck.attempts), ("waiting", 0))

    def test_inline(self):
        """Design 9: small jobs are worked off in the present transaction."""
        job = self._job(count=2)
        run = self._start(job)
        run._work_inline()
        self.assertEqual((run.state, job.done), ("done", "0a 1a finished "))
        bad = self._job(trouble="raise 1")
        with self.assertRaisesRegex(UserError, "Number 1 is bad"):
            self._start(bad)._work_inline()

    def test_one_run_per_job(self):
        """Design 9: one run of one job at a time, whoever starts it."""
        job = self._job()
        run = self._start(job)
        with self.assertRaisesRegex(UserError, "already"):
            self._start(job)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
            patch.object(type(job), "_run_active", lambda job: run.browse()),
        ):
            self._start(job)
        with self.assertRaisesRegex(UserError, "Cancel its run first"):
            job.unlink()
        self._work()
        self.assertNotEqual(self._start(job), run)

    def test_cancel_waiting(self):
        """Design 9: a run that nobody works on yet is cancelled at once."""
        job = self._job()
        run = self._start(job).with_user(self.user_a)
        run.action_cancel()
        self.assertEqual((run.state, job.done), ("cancelled", ""))
        self.assertEqual(
            self._messages(run), [f"Cancelled by {self.user_a.name}.", "0 are in"]
        )
        with self.assertRaisesRegex(UserError, "ended"):
            run.action_cancel()
        self._work()
        self.assertFalse(job.done)

    def test_cancel_at_work_and_resume(self):
        """Design 9: cancel takes effect at the next slice; resume goes on behind it."""
        job = self._job(trouble="cancel 2")
        run = self._start(job)
        self._work()
        self.assertEqual((run.state, run.done), ("cancelled", 3))
        self.assertEqual(job.done, "0a 1a 2a ")
        self.assertIn("3 are in", self._messages(run))
        self.assertFalse(run.is_cancelling)
        self.assertTrue(run.with_user(self.user_a).can_resume)
        run.with_user(self.user_a).action_resume()
        self.assertEqual((run.state, run.finished_at), ("waiting", False))
        self._work()
        self.assertEqual((run.state, run.done), ("done", 5))
        self.assertEqual(job.done, "0a 1a 2a 3a 4a finished ")
        with self.assertRaisesRegex(UserError, "cannot be resumed"):
            run.action_resume()

    def test_cancel_writes_no_row_of_the_run(self):
        """Design 9: to cancel collides with no slice that is being worked on."""
        run = self._start(self._job())
        run.sudo()._take()._work_slice()
        self.assertEqual(run.state, "running")
        self.env.flush_all()
        queries = []
        execute = type(self.env.cr).execute

        def spy(cr, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cr, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", spy):
            run.with_user(self.user_a).action_cancel()
            self.env.flush_all()
        self.assertTrue(run.is_cancelling)
        writes = [q for q in queries if q.lstrip().upper().startswith("UPDATE")]
        self.assertTrue(writes)
        self.assertFalse([q for q in writes if '"itsm_run"' in q])

    def test_failing_slice(self):
        """Design 9: a slice that fails is taken back, the run says why and stops."""
        job = self._job(trouble="raise 3")
        run = self._start(job)
        with self.assertLogs(LOGGER, "WARNING"):
            self._work()
        self.assertEqual((run.state, run.done), ("failed", 3))
        self.assertEqual(job.done, "0a 1a 2a ")
        self.assertEqual(run.line_ids[-1:].level, "error")
        self.assertEqual(self._messages(run), ["Number 3 is bad"])
        job.trouble = False
        run.with_user(self.user_a).action_resume()
        self._work()
        self.assertEqual(job.done, "0a 1a 2a 3a 4a finished ")

    def test_unexpected_error(self):
        """Design 9: an error of the program is in the server log, not on the screen."""
        other = self._job(count=1, user=self.user_b)
        run = self._start(self._job(trouble="crash 0"))
        run_2 = self._start(other)
        with self.assertLogs(LOGGER, "ERROR") as logs:
            self._work()
        self.assertIn("a secret", logs.output[0])
        self.assertEqual(run.state, "failed")
        message = self._messages(run)[-1]
        self.assertIn("unexpected error", message)
        self.assertIn("KeyError", message)
        self.assertNotIn("a secret", message)
        self.assertEqual(run_2.state, "done", "one bad run does not stop the others")

    def test_conflict(self):
        """Design 2: a concurrency error is tried again in a new snapshot."""
        job = self._job(trouble="conflict 1")
        other = self._job(count=1, user=self.user_b)
        run, run_2 = self._start(job), self._start(other)
        rollbacks = []
        do_slice = type(run)._do_slice

        def spy(run, job):
            if rollbacks:
                # whoever held the rows is done with them
                job.trouble = False
            return do_slice(run, job)

        rollback = type(self.env.cr).rollback
        run.sudo()._take()._work_slice()
        self.env.flush_all()
        with (
            patch.object(type(run), "_do_slice", spy),
            self.enter_registry_test_mode(),
        ):
            with self.registry.cursor() as cr:  # left open it holds the test lock
                cursor = type(cr)
            rollback = cursor.rollback

            def count(cr):
                rollbacks.append(cr)
                return rollback(cr)

            with patch.object(cursor, "rollback", count):
                self.cron.method_direct_trigger()
        self.env.invalidate_all()
        self.assertTrue(rollbacks)
        self.assertEqual((run.state, run_2.state), ("done", "done"))
        self.assertEqual(job.done, "0a 1a 2a 3a 4a finished ")

    def test_conflict_that_stays(self):
        """Design 2: rows that stay in use are left for the next time; others go on."""
        job = self._job(trouble="conflict 0")
        run, run_2 = self._start(job), self._start(self._job(count=1))
        self._work()
        self.assertEqual((run.state, run.done), ("waiting", 0))
        self.assertEqual(run_2.state, "done")

    @mute_logger(LOGGER)
    def test_owner_archived(self):
        """Design, Manners: a run works with its owner's rights, or not at all."""
        job = self._job()
        run = self._start(job)
        self.user_a.active = False
        self._work()
        self.assertEqual((run.state, job.done), ("failed", ""))
        self.assertIn("is archived", self._messages(run)[-1])

    @mute_logger(LOGGER)
    def test_owner_without_rights(self):
        """Design, Manners: who has lost his rights works no more, in plain words."""
        job = self._job()
        run = self._start(job)
        run.sudo()._take()._work_slice()
        self.user_a.group_ids = [Command.set(self.env.ref("base.group_user").ids)]
        self._work()
        self.assertEqual((run.state, job.sudo().done), ("failed", "0a "))
        self.assertIn("no longer the rights", self._messages(run)[-1])

    @mute_logger(LOGGER)
    def test_owner_left_the_company(self):
        """Design, Manners: nor does who left the company of the run."""
        job = self._job()
        run = self._start(job)
        other = self.env["res.company"].create({"name": "Other"})
        self.user_a.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self._work()
        self.assertEqual((run.state, job.done), ("failed", ""))
        self.assertIn("does not belong", self._messages(run)[-1])

    @mute_logger(LOGGER)
    def test_job_gone(self):
        """Design 9: a run whose job was deleted says so."""
        job = self._job()
        run = self._start(job)
        self.env.flush_all()
        self.cr.execute("DELETE FROM itsm_run_test_job WHERE id = %s", (job.id,))
        self.env.invalidate_all()
        self._work()
        self.assertEqual(run.state, "failed")
        self.assertIn("does not exist any more", self._messages(run)[-1])
        self.assertFalse(run.can_resume)
        with self.assertRaisesRegex(UserError, "does not exist"):
            run.action_open_job()

    def test_undo(self):
        """Design 9: undo where possible, in slices as well."""
        job = self._job(count=3)
        run = self._start(job)
        self._work()
        job.done = "0 1 2 "
        self.assertTrue(run.can_undo)
        run.with_user(self.user_a).action_undo()
        self.assertRecordValues(
            run, [{"state": "undoing", "done": 0, "total": 3, "is_undo": True}]
        )
        self._work()
        self.assertEqual((run.state, run.done, run.progress), ("undone", 3, 100))
        self.assertEqual(job.done, "undone ")
        self.assertFalse(run.can_undo)
        with self.assertRaisesRegex(UserError, "cannot be undone"):
            run.action_undo()

    def test_cancel_undo(self):
        """Design 9: an undo can be cancelled and resumed, as an undo."""
        job = self._job(count=3)
        run = self._start(job)
        self._work()
        job.done = "0 1 2 "
        run.action_undo()
        run.sudo()._take()._work_slice()
        run.action_cancel()
        self._work()
        self.assertEqual((run.state, job.done), ("cancelled", "0 1 "))
        self.assertFalse(run.can_undo)
        run.action_resume()
        self.assertEqual(run.state, "undoing")
        self._work()
        self.assertEqual((run.state, job.done), ("undone", "undone "))

    def test_latest_run_only(self):
        """Design 9: an older run of the same job cannot be resumed behind a newer."""
        job = self._job(trouble="raise 1")
        run = self._start(job)
        with mute_logger(LOGGER):
            self._work()
        self.assertTrue(run.can_resume)
        self._start(job)
        run.invalidate_recordset()
        self.assertFalse(run.can_resume)
        self.assertFalse(run.can_undo)

    def test_evidence(self):
        """Design, Manners: runs are archived, never deleted or edited."""
        run = self._start(self._job())
        with self.assertRaisesRegex(UserError, "Cancel it first"):
            run.active = False
        self._work()
        for records in (run.sudo(), run.with_user(self.manager)):
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                records.write({"state": "failed"})
            with self.assertRaisesRegex(AccessError, "cannot be edited"):
                records.write({"state": "failed", "active": False})
        with self.assertRaises(AccessError):
            run.with_user(self.manager).unlink()
        with self.assertRaisesRegex(AccessError, "cannot be deleted"):
            run.sudo().unlink()
        with self.assertRaises(AccessError):
            run.with_user(self.user_a).action_archive()
        run.with_user(self.manager).action_archive()
        self.assertFalse(run.active)
        with self.assertRaises(AccessError):
            self.env["itsm.run.line"].create({"run_id": run.id, "message": "Forged"})

    def test_access(self):
        """Design, Manners: agents see their runs, managers all of the company."""
        run = self._start(self._job(trouble="cancel 1"))
        other_company = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "run-stranger",
            "itsm_base.itsm_group_manager",
            company_id=other_company.id,
            company_ids=[Command.set(other_company.ids)],
        )
        runs = self.env["itsm.run"]
        lines = self.env["itsm.run.line"]
        run._log("Hello")
        for user, sees in (
            (self.user_a, True),
            (self.manager, True),
            (self.user_b, False),
            (stranger, False),
        ):
            found = runs.with_user(user).search([("id", "=", run.id)])
            self.assertEqual(bool(found), sees, user.login)
            found = lines.with_user(user).search([("run_id", "=", run.id)])
            self.assertEqual(bool(found), sees, user.login)
            if not sees:
                for action in ("action_cancel", "action_resume", "action_undo"):
                    with self.assertRaises(AccessError):
                        getattr(run.with_user(user), action)()
        with self.assertRaises(AccessError):
            runs.with_user(self.helpdesk_user).search([])
        with self.assertRaises(AccessError):
            run.with_user(self.user_a).read(["position"])
        run.with_user(self.manager).action_cancel()
        self.assertEqual(run.state, "cancelled")

    def test_tell_owner(self):
        """Design 9: who waits is told on his screen, and nobody by mail."""
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count([])
        run = self._start(self._job(count=1))
        with patch.object(type(self.user_a), "_bus_send") as bus_send:
            self._work()
        bus_send.assert_called_once_with(
            "simple_notification",
            {"title": "Counting", "message": "Done", "type": "info"},
        )
        self.assertEqual(run.state, "done")
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(self.env["mail.message"].search_count([]), messages)

    def test_open(self):
        """Design 9: from the run to its job and back."""
        job = self._job()
        run = self._start(job)
        action = run.action_open_job()
        self.assertEqual((action["res_model"], action["res_id"]), (job._name, job.id))
        action = job.action_open_run()
        self.assertEqual((action["res_model"], action["res_id"]), ("itsm.run", run.id))
        self.assertEqual(set(itsm_run.ACTIVE), {"waiting", "running", "undoing"})


@tagged("post_install", "-at_install")
class TestRunWorkers(ItsmCommon):
    """Design 2, Scheduler, and 9: two workers, each with its own transaction."""

    def setUp(self):
        super().setUp()
        self.cursors = []
        self.addCleanup(self._close)
        self.workers = [self._cursor(), self._cursor()]

    def _cursor(self):
        cr = self.registry.cursor()
        self.cursors.append(cr)
        return cr

    def _close(self):
        for cr in self.cursors:
            cr.close()

    def _commit_runs(self, count):
        """Runs that other transactions see; removed behind the test."""
        with self.registry.cursor() as cr:
            env = self.env(cr=cr)
            runs = guard.with_token(env["itsm.run"]).create(
                [
                    {
                        "name": "Two workers",
                        "job_model": "itsm.run.test.none",
                        "job_id": number,
                        "user_id": env.ref("base.user_admin").id,
                        "company_id": env.ref("base.main_company").id,
                    }
                    for number in range(count)
                ]
            )
            ids = runs.ids

        def remove():
            self._close()  # whoever holds a row would be waited for
            with self.registry.cursor() as cr:
                cr.execute("SET LOCAL lock_timeout = '5s'")
                cr.execute("DELETE FROM itsm_run WHERE id = ANY(%s)", (ids,))

        self.addCleanup(remove)
        return ids

    def _take(self, cr, ids):
        runs = self.env(cr=cr)["itsm.run"]
        others = runs.search([("id", "not in", ids)]).ids
        return runs._take(others).ids

    def test_never_the_same_run(self):
        """Design 9: what one worker holds the other leaves alone."""
        ids = self._commit_runs(2)
        first, second = self.workers
        self.assertEqual(self._take(first, ids), ids[:1])
        self.assertEqual(self._take(second, ids), ids[1:])
        third = self._cursor()
        self.assertEqual(self._take(third, ids), [])
        # the first one dies: its lock goes with it, and the next one takes over
        first.close()
        third.rollback()
        self.assertEqual(self._take(third, ids), ids[:1])

    def test_cancel_while_a_slice_works(self):
        """Design 9: a user cancels while a worker holds the row: neither waits."""
        ids = self._commit_runs(1)
        worker, user = self.workers
        held = self.env(cr=worker)["itsm.run"].browse(self._take(worker, ids))
        guard.with_token(held).write({"state": "running", "done": 1})
        worker.flush()
        # a user who had to wait for the worker would fail here
        user.execute("SET LOCAL lock_timeout = '2s'")
        self.env(cr=user)["itsm.run"].browse(ids).action_cancel()
        user.commit()
        worker.commit()
        run = self.env(cr=user)["itsm.run"].browse(ids)
        self.assertTrue(run.is_cancelling)
        self.assertEqual(run.state, "running")
        user.rollback()
        with mute_logger(LOGGER):
            # its job does not exist: the run ends all the same
            held._take(self.env["itsm.run"].search([]).ids)
            guard.with_token(held.sudo())._work_slice()
        self.assertNotIn(held.state, itsm_run.ACTIVE)
        worker.rollback()

    def test_saved_since_the_snapshot(self):
        """Design 2: a row saved behind the snapshot raises; the action tries again."""
        ids = self._commit_runs(1)
        worker, user = self.workers
        worker.execute("SELECT 1 FROM itsm_run LIMIT 1")  # its snapshot begins
        user.execute("UPDATE itsm_run SET name = 'Changed' WHERE id = %s", ids)
        user.commit()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(SerializationFailure),
        ):
            self._take(worker, ids)
        worker.rollback()
        self.assertEqual(self._take(worker, ids), ids)
