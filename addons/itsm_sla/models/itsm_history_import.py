# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.base.models.res_partner import _tz_get


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

    # === Deletion ===

    def _archive_kept(self):
        return self.filtered("link_ids")

    def _archive_message(self):
        return self.env._(
            "%(name)s has imported tickets, and a later file is compared with it. "
            "Press Undo first, or keep it.",
            name=self[0].name,
        )

    # === Who may ===

    def _check_may_import(self):
        """Check what the writing in sudo relies on."""
        self.check_access("write")
        self._upload_check_company()
        self._check_company()
