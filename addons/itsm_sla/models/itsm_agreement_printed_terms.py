# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import formatLang, is_html_empty

from odoo.addons.itsm_base.tools.kpi import plain


class ItsmAgreement(models.Model):
    """What the paper says of targets, workload, reports and money (SLM-11, SLM-15)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _paper_target(self):
        tables = [
            self._paper_target_table(),
            self._paper_availability_table(),
            *self._paper_indicator_tables(),
        ]
        facts = []
        if self.target_ids:
            facts = [
                [self.env._("Response is"), self._paper_label("response_by")],
                [self.env._("A new priority counts"), self._paper_label("retarget")],
                [self.env._("A reopened ticket"), self._paper_label("reopen")],
            ]
            if self.pause_with_supplier:
                facts.append(
                    [
                        self.env._("While a supplier works"),
                        self.env._("times stand still"),
                    ]
                )
            if self.pause_reason_ids:
                reasons = ", ".join(self.pause_reason_ids.mapped("name"))
                facts.append([self.env._("Times stand still for"), reasons])
        notes = [
            self.env._(
                "A promise is kept when the clock of the ticket stops within the "
                "promised time, and missed when the time has passed before. What is "
                "not measured counts as neither."
            )
        ]
        words = []
        if not is_html_empty(self.clauses):
            words = [{"name": "", "body": str(self.clauses)}]
        return {"facts": facts, "tables": tables, "clauses": words, "notes": notes}

    def _paper_target_table(self):
        """One row for each kind and priority, one column for each metric.

        :rtype: dict
        """
        labels = {
            name: self.env["itsm.agreement.target"]
            ._fields[name]
            ._description_selection(self.env)
            for name in ("itsm_kind", "priority", "metric")
        }
        cells = {
            (target.itsm_kind, target.priority, target.metric): target._summary_text()
            for target in self.target_ids
        }
        used = {metric for _kind, _priority, metric in cells}
        metrics = [(code, text) for code, text in labels["metric"] if code in used]
        rows = [
            [
                kind_label,
                priority_label,
                *(
                    cells.get((kind, priority, metric), "–")
                    for metric, _text in metrics
                ),
            ]
            for kind, kind_label in labels["itsm_kind"]
            for priority, priority_label in reversed(labels["priority"])
            if any((kind, priority, metric) in cells for metric, _text in metrics)
        ]
        head = [
            self.env._("Ticket"),
            self.env._("Priority"),
            *(text for _code, text in metrics),
        ]
        return {"title": self.env._("Promised times"), "head": head, "rows": rows}

    def _paper_availability_table(self):
        rows = [
            [
                line.service_id.display_name,
                f"{plain(line.target)} %"
                if line.has_target
                else self.env._("measured and reported"),
                self.env._("yes") if line.counts_degraded else self.env._("no"),
            ]
            for line in self.availability_ids
        ]
        head = [
            self.env._("Service"),
            self.env._("At least, per month"),
            self.env._("Degraded counts as down"),
        ]
        return {"title": self.env._("Availability"), "head": head, "rows": rows}

    def _paper_indicator_tables(self):
        """Indicators of the service level apart from those of the business (SLM-14).

        :rtype: list[dict]
        """
        head = [
            self.env._("Indicator"),
            self.env._("How it is measured"),
            self.env._("Success"),
        ]
        titles = {
            "service": self.env._("Service level indicators"),
            "business": self.env._("Business indicators"),
        }
        return [
            {
                "title": title,
                "head": head,
                "rows": [
                    [line.name, line.definition or "", line._target_text()]
                    for line in self.indicator_ids
                    if line.kind == kind
                ],
            }
            for kind, title in titles.items()
        ]

    def _paper_workload(self):
        rows = [[line._label(), str(line.limit)] for line in self.workload_ids]
        head = [self.env._("What"), self.env._("At most")]
        return {"tables": [{"title": "", "head": head, "rows": rows}]}

    def _paper_report(self):
        """The service reports by kind, period, way and day (SLM-11)."""
        definitions = self.report_definition_all_ids.sorted()
        rows = [
            [
                definition.name,
                self._paper_label("period", definition),
                str(definition.deadline_days) if definition.deadline_days else "–",
                self._paper_label("delivery", definition),
                (definition.author_id or definition.author_role_id).display_name or "",
            ]
            for definition in definitions
        ]
        head = [
            self.env._("Report"),
            self.env._("Period"),
            self.env._("Days after it"),
            self.env._("Way"),
            self.env._("Submitted by"),
        ]
        return {"tables": [{"title": "", "head": head, "rows": rows}]}

    def _paper_financial(self):
        rows = [
            [
                clause.name,
                self._paper_credit_measure(clause),
                self._paper_credit_amount(clause),
                self._paper_credit_cap(clause),
            ]
            for clause in self.credit_ids
        ]
        head = [
            self.env._("Clause"),
            self.env._("What is measured"),
            self.env._("Credit"),
            self.env._("At most in a month"),
        ]
        title = self.env._("Service credits")
        facts = []
        if self.amount:
            amount = self._paper_money(self.amount, self.currency_id)
            facts.append([self.env._("Amount per year"), amount])
        return {
            "facts": facts,
            "tables": [{"title": title, "head": head, "rows": rows}],
        }

    def _paper_money(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    def _paper_credit_measure(self, clause):
        parts = [self._paper_label("measure", clause)]
        if clause.measure != "availability":
            parts += [
                self._paper_label(name, clause)
                for name in ("metric", "itsm_kind", "priority")
            ]
        if clause.measure != "ticket":
            parts.append(
                self.env._("under %(percent)s %%", percent=plain(clause.limit_percent))
            )
        return ", ".join(part for part in parts if part)

    def _paper_credit_amount(self, clause):
        label = self._paper_label("amount_kind", clause)
        if clause.amount_kind == "percent":
            return f"{plain(clause.percent)} % ({label})"
        return f"{self._paper_money(clause.amount, clause.currency_id)} ({label})"

    def _paper_credit_cap(self, clause):
        if clause.cap_kind == "amount":
            return self._paper_money(clause.cap_amount, clause.currency_id)
        label = self._paper_label("cap_kind", clause)
        if clause.cap_kind == "percent":
            return f"{plain(clause.cap_percent)} % ({label})"
        return label
