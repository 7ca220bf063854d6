# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import uuid

from odoo import models
from odoo.exceptions import UserError

from ..tools.ci_rows import heading
from ..tools.reconciler import BATCH, Reconciler

#: Rows in one call; more is refused as a whole, before anything is read.
MAX_ROWS = 5000
MAX_RUN = 64


class ItsmCiSource(models.Model):
    """Rows by interface: the one way in for discovery and other collectors."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.source"

    def collect(self, rows, complete=False, run=None, dry_run=False):
        """Take in what a collector has found; the same rows again change nothing.

        Over HTTP: ``POST /json/2/itsm.ci.source/collect`` with an API key of the
        collector of the source or of a configuration manager, and the body ``{"ids":
        [id of the source], "rows": [{column: value, …}, …]}``. Columns are those of the
        source. A row in error does not lose the others.

        :param list rows: at most 5,000 dicts
        :param bool complete: with these rows all is said: what the source knew and did
            not name has vanished once more
        :param str run: calls with the same text are parts of one pass, of which the
            last is complete; at most 64 signs; default: this call alone
        :param bool dry_run: say what would be done, and do nothing
        :return: dict of counts (``created``, ``updated``, ``unchanged``, ``linked``,
            ``skipped``, ``asked``, ``failed``, ``relations``, ``relations_ended``,
            ``vanished``), ``run``, and ``errors``: a list of dicts with the ``index``
            of the row, its ``key`` and a ``message``
        :raise AccessError: neither a configuration manager nor the collector
        :raise UserError: no list of dicts, or too many

        Requirements: CFG-16, CFG-26, CFG-33.
        """
        self.ensure_one()
        source = self._check_may_collect()
        self._check_collected(rows, run)
        source._check_ready()
        source._work_lock()
        token = f"run:{run or uuid.uuid4().hex}"
        numbered = [
            (number, {heading(name): value for name, value in row.items()})
            for number, row in enumerate(rows)
        ]
        work = Reconciler(source, token, not dry_run, file_rows=lambda: iter(numbered))
        work.waits = True
        for first in range(0, len(numbered), BATCH):
            work.work(numbered[first : first + BATCH])
        work.work_late()
        if source.relation_ids:
            for first in range(0, len(numbered), BATCH):
                work.relate(numbered[first : first + BATCH])
        if complete:
            work.finish()
        if not dry_run:
            # what of several calls is complete is told as one; see `_cron_tell`
            source._note_pass(work, token, is_over=complete or not run)
        return self._collected(work, token)

    def _check_collected(self, rows, run):
        if not isinstance(rows, list) or not all(isinstance(r, dict) for r in rows):
            raise UserError(
                self.env._("rows: send a list of dicts, even if there is only one.")
            )
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._(
                    "rows: %(count)s rows in one call; at most %(max)s are taken. Send "
                    "them in several calls with the same “run”; none of these was "
                    "taken.",
                    count=len(rows),
                    max=MAX_ROWS,
                )
            )
        if run is not None and (not isinstance(run, str) or len(run) > MAX_RUN):
            raise UserError(
                self.env._("run: a text of at most %(max)s signs.", max=MAX_RUN)
            )

    def _collected(self, work, token):
        counts = work.counts
        return {
            "run": token.removeprefix("run:"),
            "created": counts["new"],
            "updated": counts["changed"],
            "unchanged": counts["unchanged"],
            "linked": counts["linked"],
            "skipped": counts["skipped"],
            "asked": counts["ask"],
            "failed": counts["error"],
            "relations": counts["related"],
            "relations_ended": counts["ended"],
            "vanished": counts["vanished"],
            "errors": [
                {
                    "index": finding["row"],
                    "key": finding["key"] or False,
                    "message": finding["message"],
                }
                for finding in work.findings
                if finding["kind"] in ("error", "ask", "relation")
            ],
        }

    def _check_ready(self):
        """Whether rows can be recognised and written with what is defined.

        :raise UserError: with what is missing
        """
        self.ensure_one()
        if not self.active:
            raise UserError(
                self.env._("%(name)s is archived: nothing is taken in.", name=self.name)
            )
        if not self.key_column and not self.key_ids:
            raise UserError(
                self.env._(
                    "%(name)s: say how its rows are recognised, by a column of the key "
                    "or by keys of identification. With a file, Propose Columns on its "
                    "import does both.",
                    name=self.name,
                )
            )
        targets = self.field_ids.mapped("target")
        if self.on_none == "create" and "name" not in targets:
            raise UserError(
                self.env._(
                    "%(name)s: to record new configuration items a column must be "
                    "their name. Add it on the page Columns of the source.",
                    name=self.name,
                )
            )
