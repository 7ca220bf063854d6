# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict
from datetime import timedelta

from odoo import models

from ..tools.period import Period

#: Due days may lie so long behind the start of the period of work.
_LOOK_BACK = timedelta(days=800)
#: What happened to the duties of a cell: the first of these that holds is printed.
_MARKS = (
    ("overdue", "!"),
    ("late", "(✓)"),
    ("open", ""),
    ("done", "✓"),
    ("waived", "–"),
)


class ItsmDocument(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    def _content_duty_matrix(self):
        """The duties of a year: what, who, by which day of which month (D40, REP-10).

        Due days of periods that have not begun are planned by the rules of today.

        :return: ``months`` (numbers of the months), ``groups`` with ``name`` and
            ``rows`` with ``name``, ``role``, ``person``, ``period`` and ``cells``, one
            for each month, with ``text`` and ``status``
        :rtype: dict
        """
        self.ensure_one()
        year = Period.of("year", self.period_start or self._today())
        scopes = self.env["itsm.duty.scope"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("definition_id.active", "=", True),
            ]
        )
        made = self._duties_by_definition(year)
        holders = scopes.definition_id.role_id._holders_by_role(self.company_id)
        groups = defaultdict(list)
        for scope in scopes.sorted(
            lambda scope: (
                scope.definition_id.process_id.sequence,
                scope.definition_id.sequence,
                scope.definition_id.name,
            )
        ):
            definition = scope.definition_id
            groups[definition.process_id.name or ""].append(
                self._duty_row(scope, year, made[definition.id], holders)
            )
        return {
            "months": list(range(1, 13)),
            "groups": [{"name": name, "rows": rows} for name, rows in groups.items()],
        }

    def _duties_by_definition(self, year):
        """The duties that are due in a year, by definition and month (one search)."""
        made = defaultdict(lambda: defaultdict(self.env["itsm.duty"].browse))
        for duty in self.env["itsm.duty"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("due_date", ">=", year.start),
                ("due_date", "<=", year.end),
            ]
        ):
            made[duty.definition_id.id][duty.due_date.month] += duty
        return made

    def _duty_row(self, scope, year, made, holders):
        """What is printed of one definition."""
        definition = scope.definition_id
        labels = dict(definition._fields["period"]._description_selection(self.env))
        person = definition._responsible_of(
            None,
            holders.get((definition.role_id.id, scope.company_id.id))
            or self.env["res.users"],
        )
        planned = self._planned_due_days(scope, year)
        return {
            "name": definition.name,
            "role": definition.role_id.name or "",
            "person": person.name or "",
            "period": labels[definition.period],
            "cells": [
                self._duty_cell(planned.get(month, []), made.get(month))
                for month in range(1, 13)
            ],
        }

    def _planned_due_days(self, scope, year):
        """The due days of a definition in a year by its rules of today, by month.

        :rtype: dict[int, list[datetime.date]]
        """
        definition, company = scope.definition_id, scope.company_id
        timeline = company._itsm_duty_timeline()
        kind = definition._work_kind(company)
        rule = definition._due_rule(company, kind)
        work = Period.from_day(kind, max(scope.date_from, year.start - _LOOK_BACK))
        days = defaultdict(list)
        while work.start <= year.end:
            day = rule.last_day(work, timeline)
            if year.contains(day) and day not in days[day.month]:
                days[day.month].append(day)
            work = work.next()
        return days

    def _duty_cell(self, planned, duties):
        """One month of one definition: due days, and what came of them."""
        days = sorted({duty.due_date for duty in duties} if duties else planned)
        if len(days) > 3:
            text = f"{len(days)}×"
        else:
            text = ", ".join(str(day.day) for day in days)
        found = set(duties.mapped("status")) if duties else set()
        for status, mark in _MARKS:
            if status in found:
                return {"text": f"{text} {mark}".strip(), "status": status}
        return {"text": text, "status": "planned" if days else "none"}
