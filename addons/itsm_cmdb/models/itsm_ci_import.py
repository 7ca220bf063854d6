# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard

#: What people write; the rest is noted by the work.
BY_HAND = frozenset(
    {"name", "source_id", "active", "file", "filename", "is_complete", "question_ids"}
)


class ItsmCiImport(models.Model):
    """A file of a source, compared with the CMDB and then taken in (CFG-14, CFG-26).

    *Dry Run* reads and compares everything and changes no configuration item; its log
    says what would be new, what would change from what to what, what nobody or several
    match, and what is wrong, by row. *Import* does it. Both are runs, worked off in
    slices; small files at once. The same file again changes nothing.
    """

    _name = "itsm.ci.import"
    _inherit = ["itsm.run.job", "itsm.archive.mixin", "itsm.upload.mixin"]
    _description = "Import of Configuration Items"
    _order = "id desc"

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        copy=False,
    )
    source_id = fields.Many2one(
        comodel_name="itsm.ci.source",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="source_id.company_id", store=True, index=True)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("checked", "Compared"),
            ("partial", "Partly imported"),
            ("done", "Imported"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    file = fields.Binary(
        copy=False,
        help="CSV (UTF-8, UTF-16 or GB18030), XLSX, or JSON: a list of objects.",
    )
    filename = fields.Char(copy=False)
    content = fields.Binary(readonly=True, copy=False, export_string_translation=False)
    form = fields.Char(readonly=True, copy=False, export_string_translation=False)
    is_complete = fields.Boolean(
        string="Names Everything",
        help="The file has all that the source knows: what it does not name has "
        "vanished.",
    )
    checked = fields.Char(readonly=True, copy=False, export_string_translation=False)
    line_ids = fields.One2many(
        comodel_name="itsm.ci.import.line",
        inverse_name="import_id",
        string="Log",
        readonly=True,
    )
    question_ids = fields.One2many(
        comodel_name="itsm.ci.import.line",
        inverse_name="import_id",
        string="Questions",
        domain=[("kind", "=", "ask")],
    )
    question_count = fields.Integer(compute="_compute_question_count")
    preview = fields.Json(readonly=True, copy=False)
    preview_html = fields.Html(
        string="First Rows", compute="_compute_preview_html", sanitize=False
    )
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    new_count = fields.Integer(string="New", readonly=True, copy=False)
    changed_count = fields.Integer(string="Changed", readonly=True, copy=False)
    unchanged_count = fields.Integer(string="Unchanged", readonly=True, copy=False)
    linked_count = fields.Integer(string="Remembered", readonly=True, copy=False)
    skipped_count = fields.Integer(string="Passed Over", readonly=True, copy=False)
    answered_count = fields.Integer(compute="_compute_answered_count")
    ask_count = fields.Integer(string="To Be Decided", readonly=True, copy=False)
    error_count = fields.Integer(string="Errors", readonly=True, copy=False)
    blocked_count = fields.Integer(
        string="Left to Other Sources",
        readonly=True,
        copy=False,
        help="Values that another source owns and that were not changed.",
    )
    related_count = fields.Integer(string="New Relations", readonly=True, copy=False)
    ended_count = fields.Integer(string="Relations Ended", readonly=True, copy=False)
    relation_error_count = fields.Integer(
        string="Relations Not Recorded", readonly=True, copy=False
    )
    vanished_count = fields.Integer(string="Not Named", readonly=True, copy=False)
    refused_text = fields.Char(
        string="Would Be Refused", compute="_compute_refused_text"
    )
    rejected_file = fields.Binary(
        string="Rows in Error", compute="_compute_rejected_file", attachment=False
    )

    # === Computes ===

    @api.depends("filename", "source_id.name")
    def _compute_name(self):
        for record in self:
            untitled = self.env._("Import")
            if not record.name or record.name in (untitled, record.source_id.name):
                record.name = record.filename or record.source_id.name or untitled

    @api.depends("question_ids.decision")
    def _compute_question_count(self):
        for record in self:
            open_ones = record.question_ids.filtered(lambda line: not line.decision)
            record.question_count = len(open_ones)

    @api.depends("question_ids.decision", "question_ids.is_worked", "state")
    def _compute_answered_count(self):
        for record in self:
            record.answered_count = (
                len(record._answered()) if record.state == "done" else 0
            )

    @api.depends("state", "run_id.position", "source_id.name")
    @api.depends_context("lang")
    def _compute_refused_text(self):
        for record in self:
            # sudo: noted by the run itself
            position = record.run_id.sudo().position or {}
            count = record.state == "checked" and position.get("refused")
            record.refused_text = record._refused_text(count) if count else False

    def _archive_kept(self):
        return self.filtered(lambda record: record.state in ("partial", "done"))

    def _archive_message(self):
        return self.env._(
            "%(name)s has changed configuration items and is kept. Archive it instead.",
            name=self[0].name,
        )

    # === Guard ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_hand(vals)
        return super().create(vals_list)

    @api.model
    def _check_by_hand(self, vals):
        if vals.keys() - BY_HAND and not guard.has_token(self.env):
            raise AccessError(
                self.env._("What an import did is noted by the import only.")
            )

    def write(self, vals):
        self._check_by_hand(vals)
        if guard.has_token(self.env):
            return super().write(vals)
        if vals.keys() & {"file", "filename", "source_id", "is_complete"}:
            for record in self:
                if record._run_active():
                    raise UserError(record._busy_message())
                if record.state in ("partial", "done"):
                    raise UserError(
                        self.env._(
                            "%(name)s is imported: make another import for another "
                            "file.",
                            name=record.name,
                        )
                    )
            if "file" in vals or "source_id" in vals:
                # what was decided is of the rows of the other file
                # sudo: the log is written by code only
                self.sudo().line_ids.unlink()
                vals = {
                    **vals,
                    "content": False,
                    "preview": False,
                    "checked": False,
                    "state": "draft",
                }
        return super().write(vals)

    def _busy_message(self):
        return self.env._(
            "%(name)s is being worked on. Wait until its run has ended, or cancel it.",
            name=self.name,
        )

    def _check_may_import(self):
        """Configuration managers, in the company of the source.

        :raise AccessError: somebody else
        """
        self.check_access("write")
        self.source_id.check_access("write")
        self.filtered("company_id")._upload_check_company()
        self.source_id._check_shared()
