# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading the rows of a file with the columns and values that a person confirmed."""

import hashlib

import pytz

from odoo import fields
from odoo.fields import Domain

from ..models.itsm_history_import_value import TARGETS
from . import history_file, history_flat, history_plan

#: Columns whose text makes log rows: two rows that agree in them are the same row.
LOGGED = ("state", "priority", "team", "assignee", "customer", "service", "kind")
#: Columns that may be a name known here, and the column of the log.
NAMED = {
    "team": "team_id",
    "assignee": "assignee_id",
    "customer": "partner_id",
    "service": "service_id",
}
#: How many of the names that are not known here are told.
NAMES_SHOWN = 5


class RowReader:
    """Reads some rows of a file with the columns and values of one import.

    :param rows: the rows that will be read, to look their names up at once
    :param order: ymd, dmy or mdy
    """

    def __init__(self, history_import, header, positions, rows, findings, order):
        self.history_import = history_import
        self.env = history_import.env
        self.header = header
        self.positions = positions
        self.findings = findings
        self.zone = pytz.timezone(history_import.tz)
        self.now = fields.Datetime.now()
        self.order = order
        self.is_flat = history_import._is_flat()
        self.pause_reason_id = history_import.pause_reason_id.id or None
        self.paused = 0  # tickets of a list with a pause
        self.values = {}
        for value in history_import.value_ids:
            self.values[value.meaning, value.name] = (
                value[TARGETS[value.meaning]],
                value.pause_reason_id.id or None,
            )
        self.times = {}
        self.names = {
            meaning: self._match_names(meaning, rows)
            for meaning in (*NAMED, "category")
            if meaning in positions
        }
        self.unknown_values = {}

    def cell(self, cells, meaning):
        """Text of a column; empty if unknown, or the file does not have it."""
        position = self.positions.get(meaning)
        if position is None or position >= len(cells):
            return ""
        text = cells[position]
        return "" if history_file.is_unknown(text) else text

    def time(self, text):
        if text not in self.times:
            self.times[text] = history_file.read_time(text, self.order, self.zone)
        return self.times[text]

    def _match_names(self, meaning, rows):
        """Records that have the names of a column: dict of name to id.

        Two records of one name are none: nobody could say which.
        """
        names = {self.cell(cells, meaning) for _row, cells in rows} - {""}
        company = self.history_import.company_id
        shared = Domain("company_id", "in", (False, company.id))
        model, keys, domain = {
            "team": ("helpdesk.ticket.team", ("name",), shared),
            "assignee": (
                "res.users",
                ("login", "name"),
                Domain("share", "=", False) & Domain("company_ids", "in", company.ids),
            ),
            "customer": ("res.partner", ("ref", "email", "name"), shared),
            "service": (
                "itsm.service",
                ("code", "name"),
                Domain("company_id", "=", company.id),
            ),
            "category": ("helpdesk.ticket.category", ("name",), shared),
        }[meaning]
        if not names:
            return {}
        domain &= Domain.OR(Domain(key, "in", list(names)) for key in keys)
        found = {}
        for record in self.env[model].search(domain):
            for name in {record[key] for key in keys} & names:
                found.setdefault(name, set()).add(record.id)
        return {name: ids.pop() for name, ids in found.items() if len(ids) == 1}

    @staticmethod
    def tell_unknown_names(history_import, unknown_values, findings, most):
        """Say once for each column which names and values nobody here knows.

        :param dict unknown_values: meaning to dict of name to count
        :param int most: how many different names were counted at most
        """
        env = history_import.env
        labels = dict(
            history_import.column_ids._fields["meaning"]._description_selection(env)
        )
        for meaning in labels:
            counts = unknown_values.get(meaning)
            if not counts:
                continue
            shown = sorted(counts, key=lambda name: (-counts[name], name))
            first = ", ".join(shown[:NAMES_SHOWN])
            arguments = {
                "column": labels[meaning],
                "count": f"{most}+" if len(counts) >= most else len(counts),
                "names": first + (" …" if len(shown) > NAMES_SHOWN else ""),
            }
            if meaning in TARGETS:
                reason = env._(
                    "%(column)s: %(count)s values have no meaning yet and say nothing "
                    "(page Values): %(names)s",
                    **arguments,
                )
                findings.add("warning", reason)
                continue
            if meaning in ("team", "assignee"):
                reason = env._(
                    "%(column)s: %(count)s names are not known here and stay as notes "
                    "in the event log: %(names)s",
                    **arguments,
                )
            else:
                reason = env._(
                    "%(column)s: %(count)s names are not known here: %(names)s",
                    **arguments,
                )
            findings.add("info", reason)

    # --- one row ---------------------------------------------------------------------

    def read_rows(self, number, cells):
        """The events of one row as `FileRow`s; none if something is wrong with it."""
        row = self._read_row(number, cells)
        if not row:
            return []
        return history_flat.rows_of(self, row, cells) if self.is_flat else [row]

    def _read_row(self, number, cells):
        """One row as `FileRow`, or None after noting what is wrong with it."""
        ticket = self.cell(cells, "number")
        problem = self._problem(cells)
        if problem:
            text = history_file.format_row(cells)
            self.findings.add("error", problem, number, ticket, text)
            return None
        return history_plan.FileRow(
            row=number,
            number=ticket,
            time=self.time(self.cell(cells, "opened" if self.is_flat else "time")),
            opened=self.time(self.cell(cells, "opened")),
            order=self._order(number, ticket, cells),
            facts=self._facts(cells),
            digest=self._digest(cells),
            extra=self._extra(cells),
        )

    def _problem(self, cells):
        """What makes a row useless, as a sentence, or None."""
        if len(cells) != len(self.header):
            return self.env._(
                "%(count)s cells and not %(expected)s: a separator or quotation "
                "mark is missing or too much.",
                count=len(cells),
                expected=len(self.header),
            )
        if not self.cell(cells, "number"):
            return self.env._("The ticket number is missing.")
        if self.is_flat:
            return history_flat.problem_of(self, cells)
        for meaning in ("time", "opened"):
            text = self.cell(cells, meaning)
            column = self.header[self.positions[meaning]]
            if not text:
                return self.env._("%(column)s is empty.", column=column)
            if not self.time(text):
                return self.env._(
                    "%(column)s: “%(value)s” is not a date with a time of day. Check "
                    "the Date Format.",
                    column=column,
                    value=text,
                )
        time = self.time(self.cell(cells, "time"))
        opened = self.time(self.cell(cells, "opened"))
        if time > self.now:
            return self.env._("The event lies in the future.")
        if time < opened:
            return self.env._("The event is earlier than the opening of the ticket.")
        state = self.cell(cells, "state")
        if not state:
            return self.env._("The state is missing.")
        if not self.values.get(("state", state), (False,))[0]:
            return self.env._(
                "State “%(value)s” has no meaning yet: choose it on the page Values.",
                value=state,
            )
        return None

    def _order(self, number, ticket, cells):
        text = self.cell(cells, "order")
        if not text:
            return None
        try:
            return float(text)
        except ValueError:
            self.findings.add(
                "warning",
                self.env._("Order “%(value)s” is not a number.", value=text),
                number,
                ticket,
            )
            return None

    def _facts(self, cells):
        facts = {}
        # The state of a list is how it ended, which its times say as well.
        for meaning in (*(() if self.is_flat else ("state",)), "priority", "kind"):
            text = self.cell(cells, meaning)
            value, pause = self.values.get((meaning, text), (False, None))
            if text and not value:
                self._count_unknown(meaning, text)
            if value and value != "keep":
                facts["itsm_kind" if meaning == "kind" else meaning] = value
                if meaning == "state":
                    facts["pause_reason_id"] = pause if value == "paused" else None
        for meaning, name in NAMED.items():
            text = self.cell(cells, meaning)
            if not text:
                continue
            record_id = self.names[meaning].get(text)
            if not record_id:
                self._count_unknown(meaning, text)
            if name in history_plan.NAMED_FACTS:
                facts[name] = (record_id, None if record_id else text)
            elif record_id:
                facts[name] = record_id
        return facts

    def _count_unknown(self, meaning, text):
        counts = self.unknown_values.setdefault(meaning, {})
        counts[text] = counts.get(text, 0) + 1

    def _extra(self, cells):
        category = self.cell(cells, "category")
        return {
            "title": self.cell(cells, "title"),
            "category_name": category,
            "category_id": self.names.get("category", {}).get(category),
            "customer_name": self.cell(cells, "customer"),
            "impact": self.values.get(("impact", self.cell(cells, "impact")), [None])[
                0
            ],
            "urgency": self.values.get(
                ("urgency", self.cell(cells, "urgency")), [None]
            )[0],
            "resolved": self.time(self.cell(cells, "resolved")),
            "closed": self.time(self.cell(cells, "closed")),
            "verdict": history_file.read_verdict(self.cell(cells, "verdict")),
        }

    def _digest(self, cells):
        logged = LOGGED[1:] if self.is_flat else LOGGED
        text = "\x1f".join(self.cell(cells, meaning) for meaning in logged)
        return hashlib.sha1(text.encode()).hexdigest()[:12]
