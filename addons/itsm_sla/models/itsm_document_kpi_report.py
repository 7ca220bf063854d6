# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter, defaultdict

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import Period

#: How many periods a trend shows, the one of the document included (REP-07).
TREND = 6
#: The KPIs of availability, by which D09 begins.
AVAILABILITY = ("K12", "K13", "K14", "K15", "K16")


class ItsmDocument(models.Model):
    """Reports about key figures and improvement: D08, D09 (REP-15, REP-16, REP-28)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    @api.model
    def _report_sources(self):
        return super()._report_sources() | {
            "process_kpis",
            "key_performance",
            "improvement_report",
        }

    def _content_process_kpis(self):
        """The figures of each process against targets, their trend, and what is done
        about them (D08, REP-12).

        :return: ``labels`` of the periods, ``groups`` with ``name``, ``owner``,
            ``rows`` (see `_kpi_report_row`), ``actions`` (see `_action_report_row`)
        :rtype: dict
        """
        self.ensure_one()
        values, periods = self._kpi_report_values()
        actions = self._report_actions().grouped("process_id")
        by_process = values.grouped("process_id")
        processes = self.env["itsm.process"].union(*by_process, *actions)
        groups = []
        # sudo: names of processes and their owners, for who reads the document
        for process in processes.sudo().sorted("sequence"):
            own = by_process.get(process.with_env(self.env))
            own_actions = actions.get(process.with_env(self.env))
            groups.append(
                self._process_group(
                    {"name": process.name, "owner": process.owner_id.name or ""},
                    own,
                    own_actions,
                    periods,
                )
            )
        nowhere = self.env["itsm.process"]
        if nowhere in by_process or nowhere in actions:
            names = {"name": "", "owner": ""}
            groups.append(
                self._process_group(
                    names, by_process.get(nowhere), actions.get(nowhere), periods
                )
            )
        return {"labels": [period.label for period in periods], "groups": groups}

    def _content_key_performance(self):
        """The level of availability and the other figures of the period (D09).

        :return: ``labels``, ``availability`` (K12 to K16), ``agreements`` (as in
            D15), ``rows`` (the other KPIs) and ``counts`` (``label``, ``status``,
            ``number``)
        :rtype: dict
        """
        self.ensure_one()
        values, periods = self._kpi_report_values()
        rows = self._kpi_report_rows(values, periods)
        statuses = values._fields["status"]._description_selection(self.env)
        counted = Counter(row["status"] for row in rows)
        return {
            "labels": [period.label for period in periods],
            "availability": [row for row in rows if row["code"] in AVAILABILITY],
            "agreements": self._content_availability_report()["agreements"],
            "rows": [row for row in rows if row["code"] not in AVAILABILITY],
            "counts": [
                {"label": label, "status": status, "number": counted[status]}
                for status, label in statuses
            ],
        }

    def _content_improvement_report(self):
        """Improvement of a period: what began, was finished, is open or overdue.

        :return: ``counts`` and ``rows`` (see `_action_report_row`)
        :rtype: dict
        """
        self.ensure_one()
        rows = [self._action_report_row(action) for action in self._report_actions()]
        counts = Counter()
        for row in rows:
            counts["all"] += 1
            counts["finished"] += row["is_finished"]
            counts["overdue"] += row["is_overdue"]
        return {
            "counts": {name: counts[name] for name in ("all", "finished", "overdue")},
            "rows": rows,
        }

    # === Figures ===

    def _kpi_report_values(self):
        """The values of the trend's periods and the periods, the document's the last.

        Figures about one person are left out: more people read the document.

        :return: ``(itsm.kpi.value, list of Period)``
        """
        self.ensure_one()
        own = self._period() or Period.of("month", self._today()).previous()
        periods = [own.shift(step) for step in range(1 - TREND, 1)]
        values = self.env["itsm.kpi.value"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("is_latest", "=", True),
                ("period_start", "in", [period.start for period in periods]),
                ("period_end", "<=", own.end),
                ("kpi_id.period", "=", own.kind),
                ("kpi_id.person_id", "=", False),
            ]
        )
        return values, periods

    def _kpi_report_rows(self, values, periods):
        """A row for each KPI that has a value in the period of the document."""
        by_kpi = defaultdict(dict)
        for value in values:
            by_kpi[value.kpi_id][value.period_start] = value
        last = periods[-1].start
        labels = dict(values._fields["status"]._description_selection(self.env))
        return [
            self._kpi_report_row(kpi, found, periods, labels)
            for kpi, found in sorted(
                by_kpi.items(), key=lambda item: (item[0].sequence, item[0].code)
            )
            if last in found
        ]

    def _kpi_report_row(self, kpi, found, periods, labels):
        """What is printed of one KPI.

        :param dict found: values by the first day of their period
        """
        value = found[periods[-1].start]
        target = kpi._plain_text(value.target) if value.has_target else ""
        return {
            "code": kpi.code,
            "name": kpi.name,
            "target": target,
            "value": value.value_text,
            "status": value.status,
            "label": labels.get(value.status, ""),
            "is_preliminary": not value.frozen,
            "trend": [
                {
                    "text": found[period.start].value_text,
                    "status": found[period.start].status,
                }
                if period.start in found
                else {"text": "", "status": ""}
                for period in periods
            ],
        }

    def _process_group(self, names, values, actions, periods):
        values = values if values is not None else self.env["itsm.kpi.value"]
        actions = actions if actions is not None else self.env["itsm.action"]
        return {
            **names,
            "rows": self._kpi_report_rows(values, periods),
            "actions": [self._action_report_row(action) for action in actions],
        }

    # === Actions ===

    def _report_actions(self):
        """Actions that were open in the period, none of them personal."""
        self.ensure_one()
        period = self._period() or Period.of("month", self._today()).previous()
        start, stop = period.bounds_utc(self._zone())
        domain = (
            Domain("company_id", "=", self.company_id.id)
            & Domain("restricted", "=", False)
            & Domain("state", "!=", "cancelled")
            & Domain("create_date", "<", stop)
            & (Domain("done_at", "=", False) | Domain("done_at", ">=", start))
        )
        actions = self.env["itsm.action"].with_context(active_test=False)
        return actions.search(domain, order="due_date, id").with_env(self.env)

    def _action_report_row(self, action):
        """What is printed of one action, as it is now."""
        period = self._period() or Period.of("month", self._today()).previous()
        stop = period.bounds_utc(self._zone())[1]
        is_finished = bool(action.done_at) and action.done_at < stop
        labels = dict(action._fields["state"]._description_selection(self.env))
        kinds = dict(action._fields["kind"]._description_selection(self.env))
        return {
            "name": action.name,
            "kind": kinds[action.kind],
            "process": action.process_id.sudo().name or "",  # sudo: its name only
            "owner": action.owner_id.sudo().name,  # sudo: as above
            "due": action.due_date.isoformat(),
            "state": labels[action.state],
            "is_finished": is_finished,
            "is_overdue": not is_finished and action.due_date <= period.end,
            "before": action.measure and self._measured(action, "before") or "",
            "after": action.measure and self._measured(action, "after") or "",
        }

    @api.model
    def _measured(self, action, when):
        """A value before or after, with its unit; empty without its date."""
        if not action[f"value_{when}_date"]:
            return ""
        return f"{action[f'value_{when}']:g} {action.unit or ''}".strip()
