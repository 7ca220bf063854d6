# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import io

import xlsxwriter

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..models.itsm_ci_state import GONE

#: Columns of the ledger; what the user may not read is left out.
COLUMNS = (
    ("number", 12),
    ("name", 30),
    ("class_id", 18),
    ("model_name", 22),
    ("version", 12),
    ("serial", 20),
    ("asset_tag", 16),
    ("user_partner_id", 24),
    ("location_id", 20),
    ("partner_id", 24),
    ("state", 12),
    ("supplier_id", 22),
    ("purchase_date", 12),
    ("purchase_price", 14),
    ("currency_id", 8),
    ("warranty_end", 12),
    ("renewal_date", 12),
    ("company_id", 18),
)


class ItsmCiLedger(models.TransientModel):
    """The asset ledger and the list for stocktaking as a workbook (D30, CFG-38)."""

    _name = "itsm.ci.ledger"
    _description = "Asset Ledger as a Workbook"

    layout = fields.Selection(
        selection=[("ledger", "Asset ledger"), ("stocktaking", "Stocktaking list")],
        required=True,
        default="ledger",
        help="The list for stocktaking has empty columns for what was found.",
    )
    class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        string="Classes",
        help="And those below them. Empty: all.",
    )
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        domain="[('class_id.is_place', '=', True)]",
        help="And what stands in it.",
    )
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Used By")
    only_in_hands = fields.Boolean(string="Only in Somebody's Hands")
    with_gone = fields.Boolean(string="With Dismantled and Cancelled Ones")
    file = fields.Binary(readonly=True, attachment=False)
    file_name = fields.Char(readonly=True, export_string_translation=False)

    def action_make(self):
        """Make the workbook of what the user may read.

        :return: an action that downloads it
        :raise UserError: nothing is to be listed
        """
        self.ensure_one()
        items = self.env["itsm.ci"].search(self._domain(), order=self._order_of_rows())
        if not items:
            raise UserError(
                self.env._("Nothing is to be listed. Take away some of the conditions.")
            )
        # sudo: the log is written by code only; who has what is personal
        self.env["itsm.export.log"].sudo()._note_records("export", items, self._label())
        self.write(
            {
                "file": base64.b64encode(self._workbook(items)),
                "file_name": f"{self._label()} {fields.Date.context_today(self)}.xlsx",
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/file?download=true"
            f"&filename_field=file_name",
            "target": "download",
        }

    def _label(self):
        layouts = dict(self._fields["layout"]._description_selection(self.env))
        return layouts[self.layout]

    def _domain(self):
        domain = Domain("class_id.is_place", "=", False) & Domain(
            "service_id", "=", False
        )
        if self.class_ids:
            domain &= Domain("class_id", "child_of", self.class_ids.ids)
        if self.location_id:
            domain &= Domain("location_id", "in", self._places().ids)
        if self.partner_ids:
            domain &= Domain("user_partner_id", "in", self.partner_ids.ids)
        if self.only_in_hands:
            domain &= Domain("user_partner_id", "!=", False)
        if not self.with_gone:
            domain &= Domain("state", "not in", GONE)
        return domain

    def _places(self):
        """The location and all that stand in it, level by level."""
        places = level = self.location_id
        while level:
            level = self.env["itsm.ci"].search(
                [
                    ("location_id", "in", level.ids),
                    ("class_id.is_place", "=", True),
                    ("id", "not in", places.ids),
                ]
            )
            places |= level
        return places

    def _order_of_rows(self):
        if self.layout == "stocktaking":
            return "location_id, class_id, name, id"
        return "user_partner_id, class_id, name, id"

    def _workbook(self, items):
        """The items as XLSX.

        :param items: ``itsm.ci``
        :rtype: bytes
        """
        columns = [
            (items._fields[name], width)
            for name, width in COLUMNS
            if items._has_field_access(items._fields[name], "read")
        ]
        found = (self.env._("Found"), self.env._("Place found"), self.env._("Remark"))
        more = found if self.layout == "stocktaking" else ()
        stream = io.BytesIO()
        # strings_to_*: a name that begins with = is a name
        book = xlsxwriter.Workbook(
            stream,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        sheet = book.add_worksheet(self._label()[:31])
        sheet.freeze_panes(1, 2)
        for column, (field, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, field._description_string(self.env), bold)
        for place, label in enumerate(more, start=len(columns)):
            sheet.set_column(place, place, 18)
            sheet.write_string(0, place, label, bold)
        texts = self._texts(items, [field for field, _width in columns])
        for row, item in enumerate(items, start=1):
            for column, (field, _width) in enumerate(columns):
                value = texts(item, field)
                if value in (None, False, ""):
                    continue
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write(row, column, value)
        sheet.autofilter(0, 0, len(items), len(columns) + len(more) - 1)
        book.close()
        return stream.getvalue()

    def _texts(self, items, columns):
        """A function of item and field: what its cell shows to the user."""
        labels = {
            field.name: dict(field._description_selection(self.env))
            for field in columns
            if field.type == "selection"
        }
        names = {}
        for field in columns:
            if field.type == "many2one":
                # sudo: which record it is; its name only as far as he may read it
                records = items.sudo()[field.name].sudo(False)
                for record in records._filtered_access("read"):
                    names[record._name, record.id] = record.display_name

        def text(item, field):
            if field.type == "many2one":
                record = item.sudo()[field.name]  # sudo: as above
                return names.get((record._name, record.id), "")
            value = item[field.name]
            if field.type == "selection":
                return labels[field.name].get(value, "")
            return value

        return text
