# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import sheet, text_file
from odoo.addons.itsm_base.tools.sheet import Column

#: Columns of a list by which a row is recognised.
IDENTITY = ("number", "serial", "asset_tag", "hostname", "external_id")
COLUMNS = (
    Column("number", ("Number", "编号")),
    Column("serial", ("Serial Number", "序列号")),
    Column("asset_tag", ("Asset Tag", "资产标签")),
    Column("hostname", ("Host Name", "主机名")),
    Column("external_id", ("External ID", "外部标识")),
    Column("name", ("Name", "名称")),
    Column("version", ("Version", "版本")),
    Column("model_name", ("Model", "型号")),
    Column("location_id", ("Location", "位置", "Expected Place")),
)
#: What of a row is compared.
COMPARED = ("name", "version", "model_name", "location_id", *IDENTITY[1:])


class ItsmCiAudit(models.Model):
    """Comparisons that the system makes: with a baseline, with a list."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    def _compare_with_now(self):
        """What the baseline says is expected, what the CMDB says now is found."""
        self.ensure_one()
        baselines = self.env["itsm.ci.baseline"]
        # sudo: lines are of what the user may read, compared as a whole
        lines = self.sudo().line_ids
        items = lines.ci_id
        after = baselines._contents_of(items, self.snapshot_at)
        days = tuple(
            self.baseline_id._local_day(moment)
            for moment in (self.baseline_id.moment, self.snapshot_at)
        )
        results, rows = {}, []
        seen = set()
        for line in lines:
            new = after.get(line.ci_id.id)
            key = {"line_id": line.id, "ci_id": line.ci_id.id}
            if new is None or not new["active"]:
                results[line.id] = "missing"
                rows.append({**key, "kind": "missing"})
                continue
            results[line.id] = "ok"
            for name, one, two in baselines._content_differences(
                line.content, new, days
            ):
                results[line.id] = "different"
                pair = repr((name, one, two))
                if name == "relation" and pair in seen:
                    continue  # said with the other end
                seen.add(pair)
                values = {"attribute": name, "expected": one, "found_value": two}
                rows.append({**key, "kind": "field", **values})
        self._write_results(results)
        self._add_differences(rows)

    def _write_results(self, results):
        """Results of lines by one statement; nobody counted them.

        :param dict results: result by id of a line
        """
        lines = self.env["itsm.ci.audit.line"]
        lines.flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s line SET result = found.result, counted_at = %(now)s
                     FROM unnest(%(ids)s, %(results)s) AS found (id, result)
                    WHERE line.id = found.id""",
                table=SQL.identifier(lines._table),
                now=fields.Datetime.now(),
                ids=list(results),
                results=list(results.values()),
            )
        )
        lines.invalidate_model()

    def _compare_with_list(self):
        """What the CMDB says is expected, what the list says is found.

        :raise UserError: no list, it cannot be read, or no column identifies
        """
        self.ensure_one()
        entries = self._read_list()
        # sudo: lines are of what the user may read, compared as a whole
        lines = self.sudo().line_ids
        # sudo: numbers of what the user may read
        known = {}
        for line in lines:
            values = {**line.content, "number": line.ci_id.number}
            for name in IDENTITY:
                if values.get(name):
                    key = name, text_file.fold(str(values[name]))
                    known.setdefault(key, set()).add(line)
        places = self.env["itsm.ci"]._record_texts(
            {
                ("itsm.ci", line.content["location_id"])
                for line in lines
                if line.content.get("location_id")
            }
        )
        results = dict.fromkeys(lines.ids, "missing")
        rows, unknown, double = [], [], []
        for entry in entries:
            line = self._line_of_row(entry, known)
            if line is None:
                text = ", ".join(entry.values.values())
                unknown.append((text, str(entry.number)))
                continue
            if results[line.id] != "missing":
                double.append(entry.number)
                continue
            found = self._row_differences(entry, line, places)
            results[line.id] = "different" if found else "ok"
            rows += found
        if double:
            raise UserError(
                self.env._(
                    "Rows %(rows)s of the list are about something that a row above is "
                    "about. Leave one row of each.",
                    rows=", ".join(map(str, double[:10])),
                )
            )
        rows += [
            {"line_id": line.id, "ci_id": line.ci_id.id, "kind": "missing"}
            for line in lines
            if results[line.id] == "missing"
        ]
        self._write_results(results)
        self._add_differences(rows)
        self._note_unrecorded(unknown)

    def _read_list(self):
        if not self.file:
            raise UserError(
                self.env._(
                    "%(name)s: add the list to compare with.", name=self.display_name
                )
            )
        try:
            entries, _unknown = sheet.read(base64.b64decode(self.file), COLUMNS)
        except text_file.Unreadable as error:
            raise UserError(
                self.env._(
                    "The list cannot be read. It is a CSV file or an XLSX workbook of "
                    "at most %(rows)s rows, its first row names the columns, no cells "
                    "are merged.",
                    rows=sheet.MAX_ROWS,
                )
            ) from error
        if not any(set(IDENTITY) & entry.values.keys() for entry in entries):
            raise UserError(
                self.env._(
                    "No column of the list identifies anything: one of Number, Serial "
                    "Number, Asset Tag, Host Name or External ID is needed."
                )
            )
        return entries

    def _line_of_row(self, entry, known):
        """The line that a row is about; None if there is none, or several."""
        for name in IDENTITY:
            value = entry.values.get(name)
            lines = value and known.get((name, text_file.fold(value)))
            if lines and len(lines) == 1:
                return next(iter(lines))
        return None

    def _row_differences(self, entry, line, places):
        rows = []
        for name in COMPARED:
            found = entry.values.get(name)
            if found is None:
                continue
            expected = line.content.get(name)
            said = (
                places.get(("itsm.ci", expected)) if name == "location_id" else expected
            )
            if text_file.fold(str(said or "")) != text_file.fold(found):
                rows.append(
                    {
                        "line_id": line.id,
                        "ci_id": line.ci_id.id,
                        "kind": "field",
                        "attribute": name,
                        "expected": expected,
                        "found": found,
                    }
                )
        return rows
