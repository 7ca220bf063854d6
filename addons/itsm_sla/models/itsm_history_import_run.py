# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import models
from odoo.exceptions import UserError

from ..tools import history_plan
from ..tools.history_worker import Worker
from .itsm_history_import_value import TARGETS

#: A file with fewer rows, and the undo of fewer tickets, is worked off at once.
INLINE_ROWS = 500
INLINE_TICKETS = 100
#: Tickets that are undone in one slice.
UNDO_SLICE = 100
#: What a preview depends on: afterwards it must be made again.
SETTINGS = (
    "company_id",
    "agreement_id",
    "layout",
    "pause_reason_id",
    "tz",
    "date_order",
    "response",
    "partner_id",
    "service_id",
    "itsm_kind",
)


class ItsmHistoryImport(models.Model):
    """The work: preview, import and undo, each a run."""

    # What an import is, its file, its work and its report: a file each.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.history.import"

    # === Actions ===

    def action_read(self):
        """Read the header and propose what columns and values mean.

        :raise UserError: the file cannot be read; the message names the remedy
        """
        self._check_may_import()
        for record in self:
            record._scan()
            record.write({"state": "draft", "checked": False})
        return True

    def action_preview(self):
        """Read, compare and fold everything; write nothing but the report.

        :raise UserError: the file or its mapping cannot be used; the message names the
            field and the remedy
        """
        self._check_may_import()
        for record in self:
            if record.state in ("imported", "partial"):
                raise UserError(
                    self.env._("%(name)s is imported already.", name=record.name)
                )
            if record._run_active():
                raise UserError(record._busy_message())
            rows, order, sure = record._scan()
            record._check_columns(record.column_ids.mapped("name"))
            record._clear_report()
            record.write({"row_count": rows, "checked": False})
            record._tell_settings(sure)
            record._begin(
                self.env._("Preview of %(name)s", name=record.name),
                2 * rows,
                {
                    "mode": "preview",
                    "phase": "rows",
                    "row": 0,
                    "order": order,
                    "signature": record._signature(),
                    "stats": {"reading": True, "levels": record._count_levels()},
                },
                rows <= INLINE_ROWS,
            )
        return True

    def action_import(self):
        """Do what the preview said.

        :raise UserError: nothing was previewed, or something changed since
        """
        self._check_may_import()
        for record in self:
            if record._run_active():
                raise UserError(record._busy_message())
            if record.state != "previewed" or record.checked != record._signature():
                raise UserError(
                    self.env._(
                        "File, columns, values or settings of %(name)s have changed "
                        "since the preview, or there was none. Press Preview, look at "
                        "it, and import then.",
                        name=record.name,
                    )
                )
            lines = record.sudo().line_ids  # sudo: users do not write the log
            lines.filtered(lambda line: not line.from_reading).unlink()
            record.write({"state": "partial", "done": 0, "total": record.ticket_count})
            record._begin(
                self.env._("Import of %(name)s", name=record.name),
                record.ticket_count,
                {
                    "mode": "import",
                    "phase": "tickets",
                    "ticket": 0,
                    "stats": {"reading": False, "levels": record._count_levels()},
                },
                record.row_count <= INLINE_ROWS,
            )
        return True

    def action_back(self):
        """Go back from the preview to columns and values."""
        self._check_may_import()
        for record in self:
            if record.state in ("previewed", "undone"):
                record.write({"state": "draft", "checked": False})
        return True

    def action_undo(self):
        """Remove the tickets, log rows and clocks that this import made.

        What somebody has touched since is left alone, and the log says why; then the
        import stays as it is and can be undone again.
        """
        self._check_may_import()
        for record in self:
            record._begin(
                self.env._("Undo of %(name)s", name=record.name),
                record.imported_count,
                {"mode": "undo"},
                record.imported_count <= INLINE_TICKETS,
            )
        return True

    def action_view_tickets(self):
        """Open the tickets of this import."""
        return self._open_of_tickets("helpdesk_mgmt.helpdesk_ticket_action", "id")

    def action_view_clocks(self):
        """Open the clocks of the tickets of this import."""
        return self._open_of_tickets("itsm_sla.itsm_clock_action", "ticket_id")

    def _open_of_tickets(self, action, field):
        """Open a window with what belongs to the imported tickets.

        :param str action: xml id of a window action
        :param str field: the field of its model that names the ticket
        """
        self.ensure_one()
        found = self.env["ir.actions.act_window"]._for_xml_id(action)
        ids = self.link_ids.ticket_id.ids
        return found | {"domain": [(field, "in", ids)], "context": {}}

    def action_rejected(self):
        """Download the rejected rows with their reasons, as CSV."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/rejected_file"
            "?filename=rejected.csv&download=true",
        }

    def _busy_message(self):
        return self.env._(
            "%(name)s is being worked on. Wait until its run has ended, or cancel it.",
            name=self.name,
        )

    def _signature(self):
        """What the preview is made of, in short."""
        self.ensure_one()
        parts = [
            [self[name].id if self._fields[name].relational else self[name]]
            for name in SETTINGS
        ]
        parts += [[c.name, c.meaning] for c in self.column_ids.sorted("id")]
        parts += [
            [v.meaning, v.name, v.pause_reason_id.id, v[TARGETS[v.meaning]]]
            for v in self.value_ids.sorted("id")
        ]
        digest = hashlib.sha1(json.dumps(parts).encode())
        digest.update(self._file_bytes())
        return digest.hexdigest()

    # === The run ===

    def _begin(self, name, total, position, inline):
        """Start a run; small ones are over when this returns."""
        run = self._run_start(name, total, position)
        if inline:
            run._work_inline()
            self.invalidate_recordset(["link_ids", "imported_count"], flush=False)

    def _run_slice(self, run):
        self._check_may_import()
        if run.position["mode"] == "undo":
            return self._run_undo_slice(run)
        return Worker(self, run).work()

    def _run_undo_slice(self, run):
        """Take back some tickets; see `action_undo`."""
        self._check_may_import()
        position = {"mode": "undo", "after": 0, "undone": 0, "kept": 0}
        position.update(run.position or {})
        links = self.env["itsm.history.import.ticket"].search(
            [("import_id", "=", self.id), ("id", ">", position["after"])],
            order="id",
            limit=UNDO_SLICE,
        )
        findings = history_plan.Findings()
        if links:
            position["after"] = links[-1].id
            touched = links._touched()
            free = links.browse(link.id for link in links if link not in touched)
            for link, reasons in touched.items():
                findings.add(
                    "skip",
                    self.env._("Not undone: %(reasons)s", reasons=reasons),
                    number=link.number,
                )
            position["undone"] += len(free)
            position["kept"] += len(touched)
            free._undo()
        finished = len(links) < UNDO_SLICE
        if finished:
            findings.add(
                "info",
                self.env._(
                    "Undone: %(count)s tickets; kept: %(kept)s.",
                    count=position["undone"],
                    kept=position["kept"],
                ),
            )
        self._log(findings)
        self.invalidate_recordset(["link_ids", "imported_count"], flush=False)
        run.position = position
        return len(links), finished

    def _run_can_undo(self):
        position = self.run_id.sudo().position or {}  # sudo: the job's own bookmark
        return position.get("mode") == "import" and self.state in (
            "imported",
            "partial",
        )

    def _run_finished(self, run):
        mode = run.position["mode"]
        if mode == "preview":
            self.write({"state": "previewed", "checked": run.position["signature"]})
        elif mode == "import":
            self.write({"state": "imported"})
            self._drop_rows()
            run._log(self._stored_message())
        else:
            self._run_undone(run)

    def _run_undone(self, run):
        run._log(
            self.env._(
                "Undone: %(count)s tickets; kept: %(kept)s.",
                count=run.position["undone"],
                kept=run.position["kept"],
            )
        )
        if not run.position["kept"]:
            self.write({"state": "undone", "checked": False, "done": 0})

    def _run_cancelled(self, run):
        position = run.position or {}
        if position.get("mode") == "import":
            run._log(self._stored_message())

    def _stored_message(self):
        return self.env._(
            "%(done)s of %(total)s tickets were imported or extended; they are whole.",
            done=self.done,
            total=self.total,
        )
