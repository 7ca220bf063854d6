# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import sheet
from ..tools.text_file import Unreadable


class ItsmSheetImport(models.TransientModel):
    """Read a sheet of master data: what it would change is shown first.

    What is there already is left alone, so a sheet can be read again after it was
    corrected. Rows with errors are not written; the others are.
    """

    _name = "itsm.sheet.import"
    _inherit = "itsm.upload.mixin"
    _description = "Import of Master Data"

    kind = fields.Selection(
        selection=lambda self: self._selection_kind(),
        string="What",
        required=True,
        default="service",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "File"), ("preview", "Preview"), ("done", "Imported")],
        required=True,
        default="draft",
    )
    line_ids = fields.One2many(
        comodel_name="itsm.sheet.import.line",
        inverse_name="import_id",
        string="Rows",
    )
    unknown_columns = fields.Char(string="Columns Not Read", readonly=True)
    example_links = fields.Html(compute="_compute_example_links", sanitize=False)
    summary = fields.Char(compute="_compute_summary")
    change_count = fields.Integer(compute="_compute_summary")

    @api.model
    def _selection_kind(self):
        """The kinds of sheets, in the order in which they are best read."""
        return [
            ("service", self.env._("Service catalogue")),
            ("team", self.env._("Teams and their members")),
            ("requester", self.env._("Customers and portal users")),
        ]

    @api.model
    def _example_module(self, kind):
        """The addon that has the filled examples of a kind."""
        return "itsm_base"

    @api.depends("kind")
    def _compute_example_links(self):
        for wizard in self:
            if not wizard.kind:
                wizard.example_links = False
                continue
            module = self._example_module(wizard.kind)
            wizard.example_links = self.env["ir.qweb"]._render(
                "itsm_base.itsm_sheet_examples",
                {
                    "folder": f"/{module}/static/example",
                    "files": [f"{wizard.kind}s_{lang}.csv" for lang in ("en", "zh")],
                },
            )

    @api.depends("line_ids.state")
    def _compute_summary(self):
        for wizard in self:
            counts = {
                state: len(lines)
                for state, lines in wizard.line_ids.grouped("state").items()
            }
            wizard.change_count = counts.get("new", 0) + counts.get("changed", 0)
            wizard.summary = self.env._(
                "%(new)s new, %(changed)s changed, %(same)s already there, "
                "%(error)s with errors",
                new=counts.get("new", 0),
                changed=counts.get("changed", 0),
                same=counts.get("same", 0),
                error=counts.get("error", 0),
            )

    # === Actions ===

    def action_preview(self):
        """Read the sheet and show what it would change; nothing else is written.

        :raise UserError: the file cannot be read; the message says how to mend it
        :raise AccessError: the user may not write what the sheet holds
        """
        self.ensure_one()
        entries = self._read()
        self._show(entries)
        self.state = "preview"
        return self._reopen()

    def action_import(self):
        """Write the rows that are new or changed.

        The file is read and compared again, so that what somebody else entered since
        the preview is not entered twice.

        :raise UserError: as `action_preview`
        """
        self.ensure_one()
        if self.state != "preview":
            return self.action_preview()
        entries = self._read()
        self._handler()._sheet_write(
            [entry for entry in entries if entry.state in (sheet.NEW, sheet.CHANGED)],
            self.company_id,
        )
        self._show(entries)
        self.state = "done"
        return self._reopen()

    def action_back(self):
        """Go back to the choice of the file."""
        self.ensure_one()
        self.line_ids.unlink()
        self.state = "draft"
        return self._reopen()

    def _handler(self):
        """The model of the sheet, working in the chosen company."""
        return self.env[f"itsm.sheet.{self.kind}"].with_company(self.company_id)

    def _read(self):
        handler = self._handler()
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._(
                    "You cannot import into %(company)s: it is not among the companies "
                    "you work in at the moment.",
                    company=self.company_id.name,
                )
            )
        handler._sheet_check_access(self.company_id)
        if not self.file:
            raise UserError(self.env._("“File” is empty. Choose a CSV or XLSX file."))
        try:
            entries, unknown = sheet.read(
                self._upload_bytes(self.file), handler._sheet_columns
            )
        except Unreadable as error:
            raise UserError(
                self._upload_problem(error, sheet.MAX_BYTES, sheet.MAX_ROWS)
            ) from error
        self.unknown_columns = ", ".join(unknown)
        handler._sheet_compare(entries, self.company_id)
        return entries

    def _show(self, entries):
        self.line_ids.unlink()
        self.env["itsm.sheet.import.line"].create(
            [
                {
                    "import_id": self.id,
                    "number": entry.number,
                    "name": " · ".join(list(entry.values.values())[:3])[:200],
                    "state": entry.state,
                    "message": entry.message,
                }
                for entry in entries
            ]
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Import Master Data"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
