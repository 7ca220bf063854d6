# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_datetime

from odoo.addons.itsm_base.tools import text_file

from ..tools import history_file, history_plan

#: Days after which a preview that was not imported must be made again.
KEEP_DAYS = 7
COUNTERS = (
    "row_count",
    "ticket_count",
    "error_count",
    "skip_count",
    "warning_count",
    "difference_count",
    "created_count",
    "extended_count",
    "unchanged_count",
    "no_clock_count",
    "response_met",
    "response_missed",
    "resolution_met",
    "resolution_missed",
)


class ItsmHistoryImport(models.Model):
    """The report: what was found in the file, and how the tickets fared."""

    # What an import is, its file, its work and its report: a file each.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.history.import"

    # === Computes ===

    @api.depends("response_met", "response_missed", "resolution_met")
    @api.depends("resolution_missed")
    @api.depends_context("lang")
    def _compute_compliance(self):
        metrics = dict(
            self.env["itsm.clock"]._fields["metric"]._description_selection(self.env)
        )
        for record in self:
            parts = []
            for name, label in metrics.items():
                if f"{name}_met" not in self._fields:
                    continue
                met = record[f"{name}_met"]
                total = met + record[f"{name}_missed"]
                if total:
                    parts.append(
                        self.env._(
                            "%(metric)s %(percent)s %% (%(met)s of %(total)s)",
                            metric=label,
                            percent=format_truncated(100 * met, total),
                            met=met,
                            total=total,
                        )
                    )
            record.compliance = ", ".join(parts) or self.env._("No data")

    @api.depends("preview")
    @api.depends_context("lang")
    def _compute_preview_html(self):
        for record in self:
            record.preview_html = record.preview and self.env["ir.qweb"]._render(
                "itsm_sla.history_import_preview", {"rows": record.preview}
            )

    @api.depends("line_ids")
    def _compute_rejected_file(self):
        for record in self:
            record.rejected_file = base64.b64encode(record._rejected_csv())

    # === Findings ===

    def _clear_report(self):
        """Forget what an earlier preview found."""
        self.ensure_one()
        self.sudo().line_ids.unlink()  # sudo: users do not write the log
        self._drop_rows()
        vals = dict.fromkeys(COUNTERS, 0)
        self.write({**vals, "preview": False, "last_event_at": False, "done": 0})
        self.total = 0

    def _drop_rows(self):
        """Remove the events that were read: by one statement, there may be many."""
        self.env["itsm.history.import.row"].flush_model()
        self.env.cr.execute(
            SQL(
                "DELETE FROM itsm_history_import_row WHERE import_id = ANY(%s)",
                self.ids,
            )
        )
        self.env["itsm.history.import.row"].invalidate_model(flush=False)

    @api.autovacuum
    def _gc_previews(self):
        """Previews that nobody imports do not stay forever."""
        before = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        old = self.search(
            [("state", "in", ("draft", "previewed")), ("write_date", "<", before)]
        )
        old = old.filtered(lambda record: not record._run_active())
        old._drop_rows()
        old.filtered("checked").write({"checked": False})

    def _tell_settings(self, sure):
        """Say what is doubtful before the first row is read."""
        findings = history_plan.Findings()
        if not sure:
            findings.add(
                "warning",
                self.env._(
                    "Date Format: day and month could be the other way round in every "
                    "row; read as day, month, year. Choose the format if that is wrong."
                ),
            )
        if self.agreement_id.response_by == "assignment":
            findings.add(
                "warning",
                self.env._(
                    "%(agreement)s counts the assignment as response: only assignees "
                    "who are users here count.",
                    agreement=self.agreement_id.display_name,
                ),
            )
        self._log(findings, True)

    def _count_levels(self):
        """How many lines of each level the log has so far: dict for a bookmark."""
        groups = self.env["itsm.history.import.line"]._read_group(
            [("import_id", "=", self.id)], ["level"], ["__count"]
        )
        return dict(groups)

    def _log(self, findings, from_reading=False):
        """Keep what there is to say.

        :param bool from_reading: said of the rows as such, whatever is done with them
        """
        lines = self.env["itsm.history.import.line"].sudo()  # sudo: as above
        lines.create(
            [
                dict(line, import_id=self.id, from_reading=from_reading)
                for line in findings.lines
            ]
        )
        self.invalidate_recordset(["line_ids", "rejected_file"], flush=False)

    def _local(self, moment):
        """A time of the file as the file's zone shows it."""
        return format_datetime(self.env, moment, tz=self.tz)

    def _keep_preview(self, samples, findings):
        """The first rows of the file as they were understood.

        :param dict samples: number of the row to ``(cells, events)``
        """
        labels = {
            name: dict(self.value_ids._fields[name]._description_selection(self.env))
            for name in ("itsm_state", "priority")
        }
        problems = {
            line["row"]: line["reason"]
            for line in findings.lines
            if line["level"] in ("error", "warning") and line["row"]
        }
        reasons = {reason.id: reason.name for reason in self.value_ids.pause_reason_id}
        preview = []
        for number, (cells, events) in samples.items():
            row = events[0] if events else None
            facts = row.facts if row else {}
            state = labels["itsm_state"].get(facts.get("state"), "")
            pause = reasons.get(facts.get("pause_reason_id"))
            preview.append(
                {
                    "row": number,
                    "number": row.number if row else "",
                    "time": self._local(row.time) if row else "",
                    "opened": self._local(row.opened) if row else "",
                    "state": f"{state} ({pause})" if pause else state,
                    "priority": labels["priority"].get(facts.get("priority"), ""),
                    "text": "" if row else history_file.format_row(cells)[:200],
                    "problem": problems.get(number, ""),
                }
            )
        self.preview = preview

    def _rejected_csv(self):
        """Rejected rows with row number and reason; safe for spreadsheets."""
        self.ensure_one()
        header = self.column_ids.sorted("sequence").mapped("name")
        out = [[self.env._("Row"), self.env._("Reason"), *header]]
        for line in self.line_ids.filtered(lambda line: line.level == "error"):
            cells = history_file.parse_row(line.text or "")
            out.append([str(line.row), line.reason, *cells])
        text = "\r\n".join(
            history_file.format_row([text_file.escape_cell(cell) for cell in row])
            for row in out
        )
        # With a byte order mark: spreadsheets take it for their own encoding else.
        return (text + "\r\n").encode("utf-8-sig")


def format_truncated(part, whole):
    """*part* / *whole* with two digits, cut off and not rounded: 94.96 is not 95."""
    hundredths = 100 * part // whole
    return f"{hundredths // 100}.{hundredths % 100:02}"
