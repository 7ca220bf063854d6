# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import sheet


class ItsmSheetImport(models.TransientModel):
    """Read a sheet of master data into a company.

    What is there already is left alone, so a sheet can be read again after it was
    corrected. Rows with errors are not written; the others are.
    """

    _name = "itsm.sheet.import"
    _inherit = "itsm.upload.wizard"
    _description = "Import of Master Data"

    kind = fields.Selection(
        selection=lambda self: self._selection_kind(),
        string="What",
        required=True,
        default="service",
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
            counts = wizard._upload_counts()
            wizard.change_count = counts["new"] + counts["changed"]
            wizard.summary = self.env._(
                "%(new)s new, %(changed)s changed, %(same)s already there, "
                "%(error)s with errors",
                new=counts["new"],
                changed=counts["changed"],
                same=counts["same"],
                error=counts["error"],
            )

    # === The frame of the wizard ===

    def _upload_title(self):
        return self.env._("Import Master Data")

    def _upload_check_access(self):
        self._upload_check_company()
        self._handler()._sheet_check_access(self.company_id)

    def _handler(self):
        """The model of the sheet, working in the chosen company."""
        return self.env[f"itsm.sheet.{self.kind}"].with_company(self.company_id)

    def _upload_limits(self):
        return sheet.MAX_BYTES, sheet.MAX_ROWS

    def _upload_read(self):
        if not self.file:
            raise UserError(self.env._("“File” is empty. Choose a CSV or XLSX file."))
        handler = self._handler()
        with self._upload_reading():
            entries, unknown = sheet.read(
                self._upload_bytes(self.file), handler._sheet_columns
            )
        self.unknown_columns = ", ".join(unknown)
        handler._sheet_compare(entries, self.company_id)
        return entries

    def _upload_write(self, rows):
        self._handler()._sheet_write(
            [entry for entry in rows if entry.state in (sheet.NEW, sheet.CHANGED)],
            self.company_id,
        )

    def _upload_line_vals(self, row):
        return {
            "number": row.number,
            "name": " · ".join(list(row.values.values())[:3])[:200],
            "state": row.state,
            "message": row.message,
        }
