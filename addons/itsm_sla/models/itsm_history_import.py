# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import hashlib
import json
from datetime import timedelta
from itertools import chain, islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, format_datetime

from odoo.addons.base.models.res_partner import _tz_get
from odoo.addons.itsm_base.tools import text_file

from ..tools import history_file, history_flat, history_plan
from ..tools.history_worker import PREVIEW_ROWS, Worker
from .itsm_history_import_column import MEANINGS
from .itsm_history_import_value import TARGETS

#: A file with fewer rows, and the undo of fewer tickets, is worked off at once.
INLINE_ROWS = 500
INLINE_TICKETS = 100
#: Tickets that are undone in one slice.
UNDO_SLICE = 100
#: Days after which a preview that was not imported must be made again.
KEEP_DAYS = 7
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
    """A ticket event log of another system, imported as history.

    The file has one row for each event, as the ticket stood after it, or one row for
    each ticket with the times at which it was opened, responded, resolved and closed.
    *Preview* reads, compares and folds everything and writes nothing; *Import* does the
    same again and writes. The tickets, their event log and their clocks are marked as
    history: no mail, no activity, no scheduler. *Undo* takes back what nobody touched.

    All three are runs, worked off in slices; small files at once.

    Kept after the import, because a later file is compared with it.
    """

    _name = "itsm.history.import"
    _inherit = ["itsm.run.job", "itsm.archive.mixin", "itsm.upload.mixin"]
    _description = "Ticket History Import"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("previewed", "Previewed"),
            ("partial", "Partly imported"),
            ("imported", "Imported"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary(
        help="A CSV or XLSX file with a header row and one row for each event of a "
        "ticket, or one row for each ticket.",
        copy=False,
    )
    content = fields.Binary(
        string="Sheet",
        readonly=True,
        copy=False,
        help="The sheet of a workbook as CSV, so that it is read only once.",
    )
    filename = fields.Char(copy=False)
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        check_company=True,
        ondelete="restrict",
        domain="[('kind', '=', 'sla'), ('is_template', '=', False)]",
        help="Every ticket of the file is measured by this agreement, whatever its "
        "parties and dates; a draft will do. Empty: by the agreement that was in force "
        "for its customer and service when it was reported.",
    )
    layout = fields.Selection(
        selection=[
            ("auto", "As the columns show"),
            ("events", "One row for each event"),
            ("flat", "One row for each ticket"),
        ],
        required=True,
        default="auto",
        help="One row for each ticket: with columns for the times at which it was "
        "opened, responded, resolved and closed, and for the paused minutes.",
    )
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason",
        string="Reason of Paused Minutes",
        default=lambda self: self.env["itsm.pause.reason"].search(
            [("code", "=", "USER")], limit=1
        ),
        check_company=True,
        ondelete="restrict",
        help="What tickets of a list with one row for each ticket waited for. The list "
        "says how long and not when: the pause is laid directly before the solution, "
        "in minutes on the wall clock. Clocks stop for it if their agreement pauses "
        "for this reason.",
    )
    tz = fields.Selection(
        selection=_tz_get,
        string="Time Zone of the File",
        required=True,
        default=lambda self: self.env.user.tz or "UTC",
        help="Times of the file are read in this zone unless they name another.",
    )
    date_order = fields.Selection(
        selection=[
            ("auto", "As the file shows it"),
            ("ymd", "Year, month, day"),
            ("dmy", "Day, month, year"),
            ("mdy", "Month, day, year"),
        ],
        string="Date Format",
        required=True,
        default="auto",
    )
    response = fields.Selection(
        selection=[
            ("progress", "The first state “In progress”"),
            ("assignee", "The first assignee"),
            ("none", "Nothing in the file"),
        ],
        string="Response Is",
        required=True,
        default="progress",
        help="Most logs do not hold the messages. What counts as the first response is "
        "logged as a public reply with a note. A ticket that never gets there is "
        "answered by its solution.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        check_company=True,
        ondelete="restrict",
        help="Of rows whose customer is empty or is not known here.",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        check_company=True,
        ondelete="restrict",
        help="Of rows whose service is empty or is not known here.",
    )
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
        required=True,
        default="incident",
        help="Of rows that do not say it.",
    )
    column_ids = fields.One2many(
        comodel_name="itsm.history.import.column",
        inverse_name="import_id",
        string="Columns",
    )
    value_ids = fields.One2many(
        comodel_name="itsm.history.import.value",
        inverse_name="import_id",
        string="Values",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.history.import.line",
        inverse_name="import_id",
        string="Log",
        readonly=True,
    )
    link_ids = fields.One2many(
        comodel_name="itsm.history.import.ticket",
        inverse_name="import_id",
        string="Tickets",
        readonly=True,
    )
    preview = fields.Json(readonly=True, copy=False)
    preview_html = fields.Html(
        string="First Rows",
        compute="_compute_preview_html",
        sanitize=False,  # rendered from our own template
    )
    checked = fields.Char(
        readonly=True, copy=False, help="What the last preview was made of."
    )
    last_event_at = fields.Datetime(
        string="Last Event",
        readonly=True,
        copy=False,
        help="The last time in the file: clocks that still run there are read as of "
        "then.",
    )
    imported_at = fields.Datetime(readonly=True, copy=False)
    done = fields.Integer(string="Tickets Done", readonly=True, copy=False)
    total = fields.Integer(string="Tickets to Do", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress", string="Progress (%)")
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    ticket_count = fields.Integer(
        string="Tickets in the File", readonly=True, copy=False
    )
    error_count = fields.Integer(string="Rows Rejected", readonly=True, copy=False)
    skip_count = fields.Integer(string="Tickets Left Alone", readonly=True, copy=False)
    warning_count = fields.Integer(string="Warnings", readonly=True, copy=False)
    difference_count = fields.Integer(
        string="Differences",
        readonly=True,
        copy=False,
        help="Columns that are only compared say something else than the events.",
    )
    created_count = fields.Integer(string="New Tickets", readonly=True, copy=False)
    extended_count = fields.Integer(
        string="Tickets With New Events", readonly=True, copy=False
    )
    unchanged_count = fields.Integer(
        string="Unchanged Tickets", readonly=True, copy=False
    )
    no_clock_count = fields.Integer(
        string="Tickets Without Clock", readonly=True, copy=False
    )
    response_met = fields.Integer(readonly=True, copy=False)
    response_missed = fields.Integer(readonly=True, copy=False)
    resolution_met = fields.Integer(readonly=True, copy=False)
    resolution_missed = fields.Integer(readonly=True, copy=False)
    compliance = fields.Char(
        compute="_compute_compliance",
        help="Met of met and missed clocks, not rounded up.",
    )
    rejected_file = fields.Binary(
        string="Rejected Rows", compute="_compute_rejected_file", attachment=False
    )
    imported_count = fields.Integer(compute="_compute_imported_count")

    # === Computes ===

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            untitled = self.env._("Ticket history")
            if not record.name or record.name == untitled:
                record.name = record.filename or untitled

    @api.depends("done", "total")
    def _compute_progress(self):
        for record in self:
            record.progress = 100 * record.done / record.total if record.total else 0

    @api.depends("link_ids")
    def _compute_imported_count(self):
        counts = dict(
            self.env["itsm.history.import.ticket"]._read_group(
                [("import_id", "in", self.ids)], ["import_id"], ["__count"]
            )
        )
        for record in self:
            record.imported_count = counts.get(record, 0)

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

    # === Deletion ===

    def _archive_kept(self):
        return self.filtered("link_ids")

    def _archive_message(self):
        return self.env._(
            "%(name)s has imported tickets, and a later file is compared with it. "
            "Press Undo first, or keep it.",
            name=self[0].name,
        )

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
            # sudo: users read the log and do not write it
            record.sudo().line_ids.filtered(lambda x: not x.from_reading).unlink()
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
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "helpdesk_mgmt.helpdesk_ticket_action"
        )
        ids = self.link_ids.ticket_id.ids
        return action | {"domain": [("id", "in", ids)], "context": {}}

    def action_view_clocks(self):
        """Open the clocks of the tickets of this import."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_action"
        )
        ids = self.link_ids.ticket_id.ids
        return action | {"domain": [("ticket_id", "in", ids)], "context": {}}

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

    def _check_may_import(self):
        """Check what the writing in sudo relies on."""
        self.check_access("write")
        for record in self:
            if record.company_id not in self.env.companies:
                raise AccessError(
                    self.env._(
                        "Company: you do not work in %(company)s at the moment. Choose "
                        "it at the top right, or another company for the import.",
                        company=record.company_id.name,
                    )
                )
        self._check_company()

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

    # === The file ===

    def _file_bytes(self):
        self.ensure_one()
        # A client may ask for the size of files instead of their content.
        return self._upload_bytes(self.with_context(bin_size=False).file)

    def _open_rows(self, skip=0):
        """Header and rows of the file, as `history_file.open_csv`.

        :param int skip: rows that are left out
        """
        self.ensure_one()
        content = self.with_context(bin_size=False).content
        data = base64.b64decode(content) if content else self._file_bytes()
        try:
            header, rows = history_file.open_csv(data)
        except history_file.Unreadable as error:
            raise UserError(self._unreadable(error)) from error
        return header, self._readable(islice(rows, skip, None))

    def _readable(self, rows):
        try:
            yield from rows
        except history_file.Unreadable as error:
            raise UserError(self._unreadable(error)) from error

    def _scan(self):
        """Read the whole file once: its columns, its values and its dates.

        :return: ``(count, order, sure)``: number of rows, order of day, month and year
            and whether that is sure
        """
        self.ensure_one()
        data = self._file_bytes()
        try:
            table = history_file.as_csv(data)
        except history_file.Unreadable as error:
            raise UserError(self._unreadable(error)) from error
        self.content = False if table is data else base64.b64encode(table)
        header, rows = self._open_rows()
        first = list(islice(rows, PREVIEW_ROWS))
        if not first:
            raise UserError(self._unreadable(history_file.Unreadable("empty")))
        self._sync_columns(header, first)
        positions = self._positions(header)
        dates = [
            position
            for meaning in ("time", "opened")
            for position in positions.get(meaning, ())
        ]
        counts, samples = {}, {}
        total = 0
        for _row, cells in chain(first, rows):
            total += 1
            for meaning in TARGETS:
                for position in positions.get(meaning, ()):
                    text = cells[position] if position < len(cells) else ""
                    if not history_file.is_unknown(text):
                        key = meaning, text
                        counts[key] = counts.get(key, 0) + 1
            for position in dates:
                if position < len(cells):
                    # The day is enough, and the days of a file are few.
                    samples.setdefault(cells[position][:10], cells[position])
        self._sync_values(counts)
        if self.date_order != "auto":
            return total, self.date_order, True
        return total, *history_file.guess_date_order(samples.values())

    def _is_flat(self):
        """Whether the file has one row for each ticket."""
        self.ensure_one()
        if self.layout != "auto":
            return self.layout == "flat"
        return history_flat.is_flat(self.column_ids.mapped("meaning"))

    def _unreadable(self, error):
        """Why a file cannot be read, and what to do."""
        details = error.details
        mib = 1024 * 1024
        return {
            "nothing": lambda: self.env._(
                "“File” is empty: no file was chosen, or it holds nothing, not even a "
                "header row. Choose the CSV or XLSX file that was exported."
            ),
            "pdf": lambda: self.env._(
                "“File” is a PDF document, which has no rows to read. Export the "
                "tickets as CSV or XLSX where the PDF came from."
            ),
            "picture": lambda: self.env._(
                "“File” is a picture, which has no rows to read. Export the tickets as "
                "CSV or XLSX."
            ),
            "password": lambda: self.env._(
                "“File” is a workbook protected by a password. Open it, save it "
                "without a password as XLSX or as “CSV UTF-8”, and upload that file."
            ),
            "old_workbook": lambda: self.env._(
                "“File” is a workbook of the old format (XLS), whatever its name says. "
                "Open it and save it as XLSX (“Excel Workbook”) or as “CSV UTF-8”; "
                "renaming it is not enough."
            ),
            "web_page": lambda: self.env._(
                "“File” is a web page or XML, which some systems call XLS. Open it in "
                "a spreadsheet and save it as XLSX or as “CSV UTF-8”."
            ),
            "ods": lambda: self.env._(
                "“File” is a spreadsheet of the OpenDocument format (ODS). Open it and "
                "save it as XLSX or as “CSV UTF-8”."
            ),
            "no_workbook": lambda: self.env._(
                "“File” is an archive or a document, but not a workbook. Unpack it if "
                "it is a ZIP archive, and upload the CSV or XLSX file."
            ),
            "empty": lambda: self.env._(
                "“File” has no rows. Choose a CSV or XLSX file with a header row and "
                "one row for each event, or for each ticket."
            ),
            "size": lambda: self.env._(
                "“File” is too big: %(size)s MiB, at most %(limit)s MiB. Export fewer "
                "columns, or a shorter time.",
                size=details["size"] // mib,
                limit=history_file.MAX_BYTES // mib,
            ),
            "rows": lambda: self.env._(
                "“File” has more than %(limit)s rows, the most that one import takes. "
                "Split it by ticket number or by month, and import the parts in order "
                "of time.",
                limit=history_file.MAX_ROWS,
            ),
            "workbook": lambda: self.env._(
                "“File” is a workbook that cannot be read: it is damaged. Open it, "
                "save its sheet as XLSX or as “CSV UTF-8”, and upload that file."
            ),
            "unpacked": lambda: self.env._(
                "“File” unpacks to %(size)s MiB, which no list of tickets does. Copy "
                "the rows to a new workbook, or save the sheet as “CSV UTF-8”.",
                size=details["size"] // mib,
            ),
            "wide": lambda: self.env._(
                "“File” has more than %(limit)s columns. Copy those that are needed to "
                "a new sheet.",
                **details,
            ),
            "encoding": lambda: self.env._(
                "“File” has an unknown encoding. Save it as UTF-8 (“CSV UTF-8” in a "
                "spreadsheet); UTF-16 and GB18030 are understood as well."
            ),
            "columns": lambda: self.env._(
                "“File” has only one column. Its first row must name the columns, "
                "separated by comma, semicolon or tab; if they are separated by "
                "something else, save the list as “CSV UTF-8” or XLSX."
            ),
            "header": lambda: self.env._(
                "“File”: the first row holds times and not the names of columns. Put a "
                "header row at the top."
            ),
            "csv": lambda: self.env._(
                "“File” is not a proper CSV file, see its line %(line)s: %(error)s. "
                "Often a quotation mark is missing.",
                **details,
            ),
        }[error.code]()

    def _sync_columns(self, header, rows):
        """One line for each column of the file; what the user chose stays."""
        self.ensure_one()
        known = {column.name: column for column in self.column_ids}
        kept = {known[name].meaning for name in header if name in known}
        guesses = {
            name: meaning
            for name, meaning in history_file.guess_columns(header).items()
            if meaning not in kept
        }
        commands = [
            Command.delete(column.id)
            for name, column in known.items()
            if name not in header
        ]
        for position, name in enumerate(header):
            if name in known:
                continue
            values = dict.fromkeys(
                cells[position]
                for _row, cells in rows[:PREVIEW_ROWS]
                if position < len(cells) and cells[position]
            )
            commands.append(
                Command.create(
                    {
                        "sequence": position,
                        "name": name,
                        "example": ", ".join(list(values)[:3])[:120],
                        "meaning": guesses.get(name, "ignore"),
                    }
                )
            )
        if commands:
            self.column_ids = commands

    def _positions(self, header):
        """Where the columns of each meaning are: dict of meaning to position."""
        positions = {}
        for column in self.column_ids:
            if column.meaning == "ignore" or column.name not in header:
                continue
            positions.setdefault(column.meaning, []).append(header.index(column.name))
        return positions

    def _check_columns(self, header):
        """Positions of the columns, or a message naming what is missing.

        :raise UserError: a needed meaning is missing, or two columns have the same
        """
        positions = self._positions(header)
        labels = dict(
            self.column_ids._fields["meaning"]._description_selection(self.env)
        )
        if self._is_flat():
            missing = history_flat.missing(positions)
        else:
            missing = [m for m in history_file.REQUIRED if m not in positions]
        if missing:
            raise UserError(
                self.env._(
                    "Columns: none of the file's columns means %(missing)s. Choose it "
                    "on the page Columns; if the file does not have it, export it.",
                    missing=[f"“{labels[name]}”" for name in missing],
                )
            )
        for meaning, _label in MEANINGS:
            if len(positions.get(meaning, ())) > 1:
                raise UserError(
                    self.env._(
                        "Columns: %(columns)s both mean “%(meaning)s”. Set all but one "
                        "to Ignored.",
                        columns=[header[p] for p in positions[meaning]],
                        meaning=labels[meaning],
                    )
                )
        return {meaning: found[0] for meaning, found in positions.items()}

    def _sync_values(self, found):
        """One line for each value that needs a meaning; what the user chose stays.

        :param dict found: ``(meaning, text)`` to number of rows
        """
        self.ensure_one()
        commands = []
        for value in self.value_ids:
            count = found.pop((value.meaning, value.name), 0)
            if not count:
                commands.append(Command.delete(value.id))
            elif count != value.count:
                commands.append(Command.update(value.id, {"count": count}))
        states = [text for meaning, text in found if meaning == "state"]
        for (meaning, text), count in found.items():
            vals = {"meaning": meaning, "name": text, "count": count}
            vals.update(self._guess_value(meaning, text, states))
            commands.append(Command.create(vals))
        if commands:
            self.value_ids = commands

    def _guess_value(self, meaning, text, states):
        if meaning == "state":
            state, code = history_file.guess_state(text, states) or (False, "")
            return {
                "itsm_state": state,
                "pause_reason_id": code and self._pause_reason(code).id,
            }
        if meaning == "kind":
            return {"itsm_kind": history_file.guess_kind(text)}
        level = history_file.guess_level(text)
        if meaning == "priority":
            # Here "3" is the highest priority and "0" the lowest.
            level = level and str(4 - int(level))
        return {TARGETS[meaning]: level}

    def _pause_reason(self, code):
        return self.env["itsm.pause.reason"].search(
            [("code", "=", code), ("company_id", "in", (False, self.company_id.id))],
            order="company_id, id",
            limit=1,
        )

    # === Reporting ===

    def _clear_report(self):
        """Forget what an earlier preview found."""
        self.ensure_one()
        # sudo: users read the log and do not write it; the rows are nobody's
        self.sudo().line_ids.unlink()
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
        # sudo: users read the log and do not write it
        self.env["itsm.history.import.line"].sudo().create(
            [
                dict(line, import_id=self.id, from_reading=from_reading)
                for line in findings.lines
            ]
        )
        self.invalidate_recordset(["line_ids", "rejected_file"], flush=False)

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
