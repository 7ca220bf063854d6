# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from itertools import chain, islice

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.itsm_base.tools import text_file

from ..tools import history_file, history_flat
from ..tools.history_worker import PREVIEW_ROWS
from .itsm_history_import_column import MEANINGS
from .itsm_history_import_value import TARGETS


class ItsmHistoryImport(models.Model):
    """The file: its rows, and what its columns and values mean."""

    # What an import is, its file, its work and its report: a file each.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.history.import"

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
        with self._upload_reading():
            header, rows = history_file.open_csv(data)
        return header, self._readable(islice(rows, skip, None))

    def _readable(self, rows):
        with self._upload_reading():
            yield from rows

    def _scan(self):
        """Read the whole file once: its columns, its values and its dates.

        :return: ``(count, order, sure)``: number of rows, order of day, month and year
            and whether that is sure
        """
        self.ensure_one()
        data = self._file_bytes()
        with self._upload_reading():
            table = history_file.as_csv(data)
        self.content = False if table is data else base64.b64encode(table)
        header, rows = self._open_rows()
        first = list(islice(rows, PREVIEW_ROWS))
        if not first:
            with self._upload_reading():
                raise text_file.Unreadable("empty")
        self._sync_columns(header, first)
        survey = history_file.Survey(self._positions(header), TARGETS)
        for _row, cells in chain(first, rows):
            survey.add(cells)
        self._sync_values(survey.values)
        if self.date_order != "auto":
            return survey.count, self.date_order, True
        return survey.count, *history_file.guess_date_order(survey.dates.values())

    def _is_flat(self):
        """Whether the file has one row for each ticket."""
        self.ensure_one()
        if self.layout != "auto":
            return self.layout == "flat"
        return history_flat.is_flat(self.column_ids.mapped("meaning"))

    def _upload_limits(self):
        return history_file.MAX_BYTES, history_file.MAX_ROWS

    def _upload_messages(self, error):
        max_bytes, max_rows = self._upload_limits()
        details = error.details
        mib = 1024 * 1024
        return super()._upload_messages(error) | {
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
                limit=max_bytes // mib,
            ),
            "rows": lambda: self.env._(
                "“File” has more than %(limit)s rows, the most that one import takes. "
                "Split it by ticket number or by month, and import the parts in order "
                "of time.",
                limit=max_rows,
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
            "columns": lambda: self.env._(
                "“File” has only one column. Its first row must name the columns, "
                "separated by comma, semicolon or tab; if they are separated by "
                "something else, save the list as “CSV UTF-8” or XLSX."
            ),
            "header": lambda: self.env._(
                "“File”: the first row holds times and not the names of columns. Put a "
                "header row at the top."
            ),
        }

    # === Columns and values ===

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
