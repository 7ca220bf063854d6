# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import guard
from .itsm_run import ACTIVE


class ItsmRunJob(models.AbstractModel):
    """A record with long work to do: imports, replays, allocations (design 9).

    A model that inherits this implements `_run_slice`, and `_run_undo_slice` with
    `_run_can_undo` if its work can be taken back; `_run_start` starts it.
    """

    _name = "itsm.run.job"
    _description = "Job of a Run"

    run_id = fields.Many2one(
        comodel_name="itsm.run",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The latest run of this record.",
    )
    run_state = fields.Selection(related="run_id.state", string="State of the Run")
    run_progress = fields.Float(related="run_id.progress", string="Run Progress (%)")
    run_done = fields.Integer(related="run_id.done", string="Run: Done")
    run_total = fields.Integer(related="run_id.total", string="Run: To Do")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_running(self):
        if self._run_active():
            raise UserError(
                self.env._(
                    "%(name)s is being worked on. Cancel its run first.",
                    name=self._run_active()[:1].name,
                )
            )

    # === For the code of the job ===

    def _run_start(self, name, total, position=None):
        """Create a run for this record and wake the scheduled action.

        The caller checks that the user may do this; the run then works with his rights.

        :param str name: what is done, for the list of runs
        :param int total: how many units there are, 0 if that is not known yet
        :param position: the first bookmark of `_run_slice`, anything that JSON holds
        :return: the new `itsm.run`
        :raise UserError: a run works on this record already
        """
        self.ensure_one()
        active = self._run_active()
        if active:
            raise UserError(
                self.env._(
                    "%(name)s is being worked on already. Wait until it has ended, or "
                    "cancel it.",
                    name=active[:1].name,
                )
            )
        company = self["company_id"] if "company_id" in self._fields else None
        # sudo: runs are written by code only
        run = guard.with_token(self.env["itsm.run"].sudo()).create(
            {
                "name": name,
                "job_model": self._name,
                "job_id": self.id,
                "user_id": self.env.uid,
                "company_id": (company or self.env.company).id,
                "total": total,
                "position": position,
            }
        )
        # sudo: the job may be evidence, which nobody writes
        guard.with_token(self.sudo()).run_id = run
        self.env.ref("itsm_base.ir_cron_itsm_run")._trigger()
        return self.env["itsm.run"].browse(run.id)

    def _run_active(self):
        """Runs that are being worked on or wait for it, in sudo."""
        domain = [
            ("job_model", "=", self._name),
            ("job_id", "in", self.ids),
            ("state", "in", ACTIVE),
        ]
        return self.env["itsm.run"].sudo().search(domain)  # sudo: whoever owns them

    def action_open_run(self):
        """Open the latest run of this record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.run",
            "res_id": self.run_id.id,
            "views": [(False, "form")],
        }

    def action_run_cancel(self):
        """Ask the latest run of this record to stop; see `itsm.run.action_cancel`."""
        self.check_access("write")
        return self.run_id.action_cancel()

    def action_run_resume(self):
        """Go on with the latest run; see `itsm.run.action_resume`."""
        self.check_access("write")
        return self.run_id.action_resume()

    # === What a job implements ===

    def _run_slice(self, run):
        """Do the next part of the work, for one to three seconds.

        The caller commits. Bookmark what is done in ``run.position``; set ``run.total``
        if it was not known before; say what is worth reading with ``run._log``.

        :param run: the `itsm.run`, which code may write here
        :return: ``(done, finished)``: units done in this slice, whether that was all
        """
        raise NotImplementedError(self._name)

    def _run_undo_slice(self, run):
        """Take back the next part of the work; as `_run_slice`.

        ``run.position`` is empty at first, ``run.total`` is what was done.
        """
        raise NotImplementedError(self._name)

    def _run_can_undo(self):
        """Whether what the latest run did can be taken back."""
        return False

    def _run_finished(self, run):
        """Called after the last slice, in its transaction."""

    def _run_undone(self, run):
        """Called after the last slice of an undo, in its transaction."""

    def _run_cancelled(self, run):
        """Called when the run was cancelled, in that transaction."""
