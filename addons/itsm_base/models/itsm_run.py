# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ..tools import guard

_logger = logging.getLogger(__name__)

#: States in which the scheduled action works on a run.
ACTIVE = ("waiting", "running", "undoing")
#: How often a slice is tried again at once when somebody saved the same rows.
TRIES = 5
#: Slices in a row that may end with their worker before the run is given up.
ATTEMPTS = 3
#: Errors whose text was written for people.
PLAIN_ERRORS = (UserError, ValidationError, AccessError)


class ItsmRun(models.Model):
    """One long piece of work, done in slices by a scheduled action (design 9).

    What is worked on is the job, a record that inherits ``itsm.run.job``. Each slice is
    a transaction of its own, done with the rights of the owner: whatever stops a run
    (a failure, somebody who cancels it, a server that dies), finished slices stay and
    the run goes on behind them.

    Runs are evidence: the system writes them, nobody deletes them.
    """

    _name = "itsm.run"
    _inherit = "itsm.evidence.mixin"
    _description = "Run"
    _order = "id desc"

    name = fields.Char(required=True, readonly=True)
    active = fields.Boolean(default=True, copy=False)
    job_model = fields.Char(
        string="Model of the Job",
        required=True,
        readonly=True,
        export_string_translation=False,
    )
    job_id = fields.Many2oneReference(
        model_field="job_model", required=True, readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The run is worked with the rights of this user.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
            ("undoing", "Being undone"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    is_undo = fields.Boolean(
        string="Taken Back",
        readonly=True,
        help="The run takes back what it has done.",
    )
    done = fields.Integer(readonly=True, aggregator=None)
    total = fields.Integer(
        string="To Do", readonly=True, aggregator=None, help="0: not known yet."
    )
    progress = fields.Float(
        string="Progress (%)", compute="_compute_progress", aggregator=None
    )
    # The job's own bookmark; who may read it could learn ids of other records.
    position = fields.Json(readonly=True, copy=False, groups="base.group_system")
    line_ids = fields.One2many(
        comodel_name="itsm.run.line",
        inverse_name="run_id",
        string="Log",
        readonly=True,
    )
    started_at = fields.Datetime(string="Started", readonly=True)
    finished_at = fields.Datetime(string="Ended", readonly=True)
    worked_at = fields.Datetime(string="Last Worked On", readonly=True, copy=False)
    attempts = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        export_string_translation=False,
        help="Slices that were begun since the last one that came to an end.",
    )
    is_cancelling = fields.Boolean(
        string="Cancel Requested",
        compute="_compute_is_cancelling",
        help="The run stops after the slice in hand.",
    )
    can_resume = fields.Boolean(compute="_compute_can")
    can_undo = fields.Boolean(compute="_compute_can")

    # Whatever starts at the same moment: two runs never work one job.
    _job_active_uniq = models.UniqueIndex(
        "(job_model, job_id) WHERE state IN ('waiting', 'running', 'undoing')",
        "This is being worked on already. Open its run to see how far it is.",
    )

    # === Computes ===

    @api.depends("done", "total", "state")
    def _compute_progress(self):
        for run in self:
            if run.state in ("done", "undone"):
                run.progress = 100
            else:
                share = run.done / run.total if run.total else 0
                run.progress = 100 * min(max(share, 0), 1)

    @api.depends("line_ids.is_cancel_pending", "state")
    def _compute_is_cancelling(self):
        for run in self:
            run.is_cancelling = run.state in ACTIVE and any(
                run.line_ids.mapped("is_cancel_pending")
            )

    @api.depends("state", "is_undo", "job_model", "job_id")
    def _compute_can(self):
        for run in self:
            job = run.sudo()._job()  # sudo: what the job knows decides, for everybody
            latest = bool(job) and job.run_id.id == run.id
            run.can_resume = latest and run.state in ("failed", "cancelled")
            run.can_undo = (
                latest
                and not run.is_undo
                and run.state in ("done", "failed", "cancelled")
                and bool(job._run_can_undo())
            )

    # === Evidence ===

    def write(self, vals):
        # Archiving is the one thing that people with the right to write may do.
        if set(vals) == {"active"}:
            self.check_access("write")
            if not vals["active"] and any(run.state in ACTIVE for run in self):
                raise UserError(
                    self.env._(
                        "A run that is being worked on cannot be archived. Cancel it "
                        "first."
                    )
                )
            return super(ItsmRun, guard.with_token(self)).write(vals)
        return super().write(vals)

    def _evidence_message(self, operation):
        if operation == "unlink":
            return self.env._(
                "Runs are evidence of what was done and cannot be deleted. Archive "
                "them instead."
            )
        return self.env._("Runs are written by the system and cannot be edited.")

    # === Actions ===

    def action_cancel(self):
        """Ask the run to stop; it does so after the slice in hand.

        What is finished stays. A run that nobody works on yet is cancelled at once.

        :raise UserError: the run has ended
        """
        for run in self._of_user():
            if run.state not in ACTIVE:
                raise UserError(
                    self.env._("%(name)s has ended already.", name=run.name)
                )
            waiting = run.state == "waiting" and run.try_lock_for_update(
                allow_referencing=True
            )
            message = self.env._("Cancelled by %(user)s.", user=self.env.user.name)
            if waiting:
                run._log(message)
                run._end("cancelled")
                job = run._job()
                if job:
                    job._run_cancelled(run)
            elif not run.is_cancelling:
                # A row of its own: the worker holds the row of the run, and its slice
                # would make this transaction fail.
                run._log(message)
                run.line_ids[-1:].is_cancel_pending = True
        return True

    def action_resume(self):
        """Go on where a failed or cancelled run stopped.

        :raise UserError: it cannot be resumed
        """
        for run in self._of_user():
            if not run.can_resume:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be resumed: only the latest run of a job can "
                        "be, after it failed or was cancelled.",
                        name=run.name,
                    )
                )
            run._log(self.env._("Resumed by %(user)s.", user=self.env.user.name))
            run._wake("undoing" if run.is_undo else "waiting")
        return True

    def action_undo(self):
        """Take back what the run has done, as far as its job can.

        :raise UserError: it cannot be undone
        """
        for run in self._of_user():
            if not run.can_undo:
                raise UserError(self.env._("%(name)s cannot be undone.", name=run.name))
            run._log(self.env._("Undo asked by %(user)s.", user=self.env.user.name))
            run.write(
                {"is_undo": True, "total": run.done, "done": 0, "position": False}
            )
            run._wake("undoing")
        return True

    def action_open_job(self):
        """Open what the run works on.

        :raise UserError: it does not exist any more
        """
        self.ensure_one()
        job = self._job()
        if not job:
            raise UserError(self._gone_message())
        return {
            "type": "ir.actions.act_window",
            "res_model": job._name,
            "res_id": job.id,
            "views": [(False, "form")],
        }

    def _of_user(self):
        """These runs, writable by code; refused to who may not see them."""
        self.check_access("read")
        return guard.with_token(self.sudo())  # sudo: nobody may write runs by hand

    # === What jobs use ===

    def _log(self, message, level="info"):
        """Add a line to the log of the run.

        :param str message: in the language of who reads it, the owner
        :param str level: info, warning or error
        """
        self.ensure_one()
        # sudo: nobody may write the log by hand
        lines = guard.with_token(self.env["itsm.run.line"].sudo())
        lines.create(
            {
                "run_id": self.id,
                "time": fields.Datetime.now(),
                "level": level,
                "message": message,
            }
        )
        self.invalidate_recordset(["line_ids"], flush=False)

    def _work_inline(self):
        """Work all slices in the present transaction, for tests and small jobs.

        Errors are raised and not logged: the caller's transaction ends with them.
        """
        self.ensure_one()
        run = guard.with_token(self.sudo())  # sudo: the run belongs to the system
        job = run._job_of_owner()
        while run.state in ACTIVE:
            run._do_slice(job)

    # === The scheduled action ===

    @api.model
    def _cron_run(self):
        """Work on runs in turn, one slice in each transaction (scheduled)."""
        cron = self.env["ir.cron"]
        cron._commit_progress()
        skip = set()
        tries = 0
        run = self.browse()
        while True:
            try:
                run = self.browse()
                run = self._take(skip)
                if not run:
                    return
                if run.attempts >= ATTEMPTS and not run.is_cancelling:
                    run._give_up()
                else:
                    run._count_attempt()
                    cron._commit_progress()
                    # The lock went with the transaction.
                    run = run._hold()
                    if not run:
                        continue
                    run._work_slice()
                left = cron._commit_progress(1, remaining=self._active_count())
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody saved the same rows. Odoo's transactions keep their snapshot:
                # only a new one can go on.
                self.env.cr.rollback()
                self.env.invalidate_all()
                # The worker is alive: this was no attempt that killed it.
                run._hold()._forget_attempts()
                cron._commit_progress()
                tries += 1
                if tries >= TRIES:
                    _logger.info("Run %s: rows in use; next time", run.id)
                    cron._commit_progress(remaining=self._active_count())
                    if not run:
                        return
                    skip.add(run.id)
                    tries = 0
                continue
            tries = 0
            if not left:
                return

    @api.model
    def _active_count(self):
        return self.sudo().search_count([("state", "in", ACTIVE)])  # sudo: all owners

    @api.model
    def _take(self, skip=()):
        """The run whose turn it is and that nobody else holds, locked.

        Runs share the worker: first who was worked on longest ago.

        :param skip: ids of runs that are left alone
        """
        domain = [("state", "in", ACTIVE), ("id", "not in", list(skip))]
        runs = (
            self.sudo()  # sudo: the scheduler takes the runs of all owners
            .with_context(active_test=False)
            .search(domain, order="worked_at NULLS FIRST, id")
        )
        if not runs:
            return runs
        run = runs.try_lock_for_update(allow_referencing=True, limit=1)
        run.invalidate_recordset()
        return guard.with_token(run)

    def _hold(self):
        """This run, locked in a new transaction; empty if it is not to be worked on."""
        run = self.try_lock_for_update(allow_referencing=True)
        run.invalidate_recordset()
        return run.filtered(lambda run: run.state in ACTIVE)

    def _count_attempt(self):
        """Note that a slice begins; the caller commits, whatever it does then."""
        self.ensure_one()
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                # the clock, not the transaction: turns are shorter than a second
                """UPDATE itsm_run
                      SET attempts = COALESCE(attempts, 0) + 1,
                          worked_at = clock_timestamp() AT TIME ZONE 'UTC'
                    WHERE id = %s""",
                self.id,
            )
        )
        self.invalidate_recordset(["attempts", "worked_at"], flush=False)

    def _forget_attempts(self):
        if any(run.attempts for run in self):
            self.write({"attempts": 0})

    def _give_up(self):
        """End a run whose slices end with their worker."""
        owner = self.with_context(lang=self.user_id.lang)
        self._fail(
            UserError(
                owner.env._(
                    "The server stopped %(count)s times while it worked on the next "
                    "part, perhaps for want of memory or time; what is finished stays. "
                    "Ask who runs the server to look into its log, then press Resume.",
                    count=self.attempts,
                )
            )
        )
        self._tell_owner()

    def _work_slice(self):
        """One slice of a locked run; what goes wrong ends the run and is logged."""
        self.ensure_one()
        try:
            # The savepoint keeps the lock while what failed is taken back.
            with self.env.cr.savepoint():
                job = self._job_of_owner()
                if self.is_cancelling:
                    self._end("cancelled")
                    job._run_cancelled(self)
                else:
                    self._do_slice(job)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            self._fail(error)
        self._forget_attempts()
        if self.state not in ACTIVE:
            self._tell_owner()

    def _do_slice(self, job):
        vals = {}
        if not self.started_at:
            vals["started_at"] = fields.Datetime.now()
        if self.state == "waiting":
            vals["state"] = "running"
        if vals:
            self.write(vals)
        if self.state == "undoing":
            done, finished = job._run_undo_slice(self)
        else:
            done, finished = job._run_slice(self)
        self.done += done
        if not finished:
            return
        if self.state == "undoing":
            self._end("undone")
            job._run_undone(self)
        else:
            self._end("done")
            job._run_finished(self)

    def _end(self, state):
        self.write({"state": state, "finished_at": fields.Datetime.now()})
        self.line_ids.filtered("is_cancel_pending").is_cancel_pending = False

    def _wake(self, state):
        self.write({"state": state, "finished_at": False, "attempts": 0})
        self.env.ref("itsm_base.ir_cron_itsm_run")._trigger()

    def _fail(self, error):
        """End the run with what can be said of an error, in words."""
        owner = self.with_context(lang=self.user_id.lang)
        if isinstance(error, PLAIN_ERRORS):
            _logger.warning("Run %s failed", self.id, exc_info=error)
            message = str(error.args[0]) if error.args else str(error)
        else:
            _logger.error("Run %s failed", self.id, exc_info=error)
            message = owner.env._(
                "An unexpected error stopped the run (%(error)s); the server log of "
                "%(time)s has the details.",
                error=type(error).__name__,
                time=fields.Datetime.to_string(fields.Datetime.now()) + " UTC",
            )
        self._log(message, "error")
        self._end("failed")

    def _tell_owner(self):
        """A word on the owner's screen, wherever in the system he is."""
        owner = self.with_context(lang=self.user_id.lang)
        states = dict(owner._fields["state"]._description_selection(owner.env))
        self.user_id._bus_send(
            "simple_notification",
            {
                "title": self.name,
                "message": states[self.state],
                "type": "danger" if self.state == "failed" else "info",
            },
        )

    # === The job ===

    def _job(self):
        """The job in the present environment; empty if it does not exist any more."""
        self.ensure_one()
        if self.job_model not in self.env:
            return self.env["itsm.run"]
        return self.env[self.job_model].browse(self.job_id).exists()

    def _job_of_owner(self):
        """The job as its owner may use it.

        :raise UserError: the job is gone, or the owner may not work on it any more
        """
        self.ensure_one()
        owner, company = self.user_id, self.company_id
        said = self.with_context(lang=owner.lang)
        # What an installation or a scheduled action started belongs to the system.
        system = owner.id == SUPERUSER_ID
        if not owner.active and not system:
            raise UserError(
                said.env._(
                    "The owner %(user)s is archived, and a run works with the rights "
                    "of its owner. Start it again as another user.",
                    user=owner.name,
                )
            )
        if company not in owner.company_ids and not system:
            raise UserError(
                said.env._(
                    "The owner %(user)s does not belong to %(company)s any more. Start "
                    "the run again as another user.",
                    user=owner.name,
                    company=company.name,
                )
            )
        if not self._job():
            raise UserError(said._gone_message())
        env = self.env(
            user=owner.id,
            su=False,
            context={
                "lang": owner.lang,
                "tz": owner.tz,
                "allowed_company_ids": company.ids,
            },
        )
        job = env[self.job_model].browse(self.job_id)
        if not job.has_access("write"):
            raise UserError(
                said.env._(
                    "The owner %(user)s has no longer the rights that this needs. Give "
                    "them back and press Resume, or start it again as another user.",
                    user=owner.name,
                )
            )
        return job

    def _gone_message(self):
        return self.env._("What this run worked on does not exist any more.")
