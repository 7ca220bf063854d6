# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut
from odoo.addons.itsm_base.tools.period import midnight_utc

#: How many causes of breaches are named.
CAUSES = 5
DECIMALS = 1


class ItsmAgreementReview(models.Model):
    """What is read for a review: performance, breaches, changes, plans (SLM-42 to -44).

    Read with one statement for each kind of figure, over all versions of the agreement,
    whoever asks: the same figures go to both sides. They name no ticket. Kept on the
    review as plain data, and frozen when the minutes are sent.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement.review"

    def _read_figures(self):
        for review in self:
            guard.with_token(review).write(
                {
                    "figures": review._review_figures(),
                    "figures_at": fields.Datetime.now(),
                }
            )

    def _review_figures(self):
        """The figures of the period, plain data; addons add their keys.

        :return: ``first``, ``last``; lists of dicts ``targets``, ``causes``,
            ``workload``, ``changes``, ``plans``; names ``reports``
        :rtype: dict
        """
        self.ensure_one()
        # sudo: figures are the same for both sides, also where archived ones show
        review = self.sudo().with_context(active_test=True)
        versions = review.agreement_id._versions()
        return {
            "first": fields.Date.to_string(review.date_from),
            "last": fields.Date.to_string(review.date_to),
            "targets": review._figures_of_targets(versions),
            "causes": review._figures_of_causes(versions),
            "workload": review._figures_of_workload(versions),
            "changes": review._figures_of_changes(versions),
            "plans": review._figures_of_plans(versions),
            "reports": review._figures_of_reports(versions),
        }

    def _figures_of_targets(self, versions):
        """Targets measured and met, by metric and priority."""
        groups = self.env["itsm.target.result"]._read_group(
            [
                ("agreement_id", "in", versions.ids),
                ("is_history", "=", False),
                ("day", ">=", self.date_from),
                ("day", "<=", self.date_to),
            ],
            ["metric", "priority"],
            ["measured:sum", "met:sum", "threatened:sum"],
            order="metric, priority desc",
        )
        return [
            {
                "metric": metric,
                "priority": priority or "",
                "measured": measured,
                "met": met,
                "threatened": threatened,
            }
            for metric, priority, measured, met, threatened in groups
        ]

    def _figures_of_causes(self, versions):
        """The causes that most promises were missed for."""
        zone = self.agreement_id.tz or "UTC"
        begins, stops = self._bounds_utc(zone)
        groups = self.env["itsm.breach"]._read_group(
            [
                ("agreement_id", "in", versions.ids),
                ("exempt", "=", False),
                ("state", "!=", "not_asked"),
                ("breached_at", ">=", begins),
                ("breached_at", "<", stops),
            ],
            ["cause_id"],
            ["__count"],
        )
        groups = sorted(groups, key=lambda group: (-group[1], group[0].id or 0))
        return [
            {"cause": self._names(cause), "count": count}
            for cause, count in groups[:CAUSES]
        ]

    def _bounds_utc(self, zone):
        """The period in naive UTC, half-open."""
        return (
            midnight_utc(zone, self.date_from),
            midnight_utc(zone, fields.Date.add(self.date_to, days=1)),
        )

    def _figures_of_workload(self, versions):
        """Limits of workload, and in how many months they were exceeded."""
        loads = self.env["itsm.workload"].search(
            [
                ("agreement_id", "in", versions.ids),
                ("month", ">=", self.date_from.replace(day=1)),
                ("month", "<=", self.date_to),
            ]
        )
        return [
            {
                "limit": {
                    code: limit.with_context(lang=code).display_name
                    for code in self._langs()
                },
                "months": len(own),
                "over": len(own.filtered(lambda load: load.status == "over")),
                "most": max(own.mapped("actual"), default=0),
            }
            for limit, own in loads.grouped("limit_id").items()
        ]

    def _figures_of_changes(self, versions):
        """New versions and temporary levels of the period."""
        changes = [
            {"kind": "version", "name": self._names(version), "day": version.date_start}
            for version in versions.sorted("version")
            if version.state != "draft"
            and version.previous_id
            and self.date_from <= version.date_start <= self.date_to
        ]
        changes += [
            {"kind": "level", "name": {"": level.name}, "day": level.date_from}
            for level in versions.level_ids.sorted("date_from")
            if level.date_from <= self.date_to and level.date_to >= self.date_from
        ]
        return [
            change | {"day": fields.Date.to_string(change["day"])} for change in changes
        ]

    def _figures_of_plans(self, versions):
        """Service improvement plans that are not over, or ended in the period."""
        plans = self.env["itsm.improvement.plan"].search(
            Domain("agreement_id", "in", versions.ids)
            & (
                Domain("state", "in", ("draft", "running"))
                | Domain("after_at", ">=", self.date_from)
            )
            & Domain("state", "!=", "cancelled"),
            order="id",
        )
        return [
            {
                "name": plan.display_name,
                "state": plan.state,
                "before": plan.before_text or "",
                "target": plan.target_text or "",
                "after": plan.after_text or "",
            }
            for plan in plans
        ]

    def _figures_of_reports(self, versions):
        """Service reports about the period that were published, by their names."""
        reports = self.env["itsm.service.report"].search(
            [
                ("agreement_id", "in", versions.ids),
                ("state", "=", "published"),
                ("period_end", ">=", self.date_from),
                ("period_end", "<=", self.date_to),
            ],
            order="period_start, id",
        )
        return [self._names(report) for report in reports]

    # === Words ===

    def _langs(self):
        return [code for code, _name in self.env["res.lang"].get_installed()]

    def _names(self, record):
        """The name of a record in each installed language."""
        return {
            code: record.with_context(lang=code).display_name or ""
            for code in self._langs()
        }

    def _word(self, names):
        """One of the names that `_names` gave, in the language of the reader."""
        return names.get(self.env.lang) or next(iter(names.values()), "")

    def _share_text(self, met, measured):
        """A share as it is shown: cut off, never rounded up to the target."""
        if not measured:
            return self.env._("no data")
        share = cut(100 * met / measured, DECIMALS)
        return self.env._(
            "%(share)s %% (%(met)s of %(measured)s)",
            share=share,
            met=met,
            measured=measured,
        )

    def _target_rows(self):
        """Rows of performance, in words of the reader; the last one is the total.

        :return: dicts ``name``, ``measured``, ``met``, ``threatened``, ``share``
        :rtype: list[dict]
        """
        self.ensure_one()
        targets = (self.figures or {}).get("targets", [])
        results = self.env["itsm.target.result"]
        labels = {
            name: dict(results._fields[name]._description_selection(self.env))
            for name in ("metric", "priority")
        }
        rows = [
            {
                **row,
                "name": ", ".join(
                    filter(
                        None,
                        (
                            labels["metric"].get(row["metric"]),
                            labels["priority"].get(row["priority"]),
                        ),
                    )
                ),
            }
            for row in targets
        ]
        if rows:
            total = {
                name: sum(row[name] for row in targets)
                for name in ("measured", "met", "threatened")
            }
            rows.append({"name": self.env._("All targets"), **total})
        for row in rows:
            row["share"] = self._share_text(row["met"], row["measured"])
        return rows

    def _cause_rows(self):
        """Causes of missed promises, as ``(name, count)``."""
        return [
            (self._word(row["cause"]) or self.env._("Not explained yet"), row["count"])
            for row in (self.figures or {}).get("causes", [])
        ]

    def _workload_rows(self):
        """Sentences about limits of workload."""
        return [
            self.env._(
                "%(limit)s: at most %(most)s in a month, exceeded in %(over)s of "
                "%(months)s months",
                limit=self._word(row["limit"]),
                most=row["most"],
                over=row["over"],
                months=row["months"],
            )
            for row in (self.figures or {}).get("workload", [])
        ]

    def _change_rows(self):
        """Sentences about changes of the agreement."""
        words = {
            "version": self.env._("New version"),
            "level": self.env._("Temporary level"),
        }
        return [
            f"{row['day']} {words[row['kind']]}: {self._word(row['name'])}"
            for row in (self.figures or {}).get("changes", [])
        ]

    def _report_rows(self):
        """Names of the service reports that were published."""
        return [self._word(row) for row in (self.figures or {}).get("reports", [])]

    def _plan_rows(self):
        """Service improvement plans, with the words for their states."""
        plans = self.env["itsm.improvement.plan"]
        states = dict(plans._fields["state"]._description_selection(self.env))
        return [
            {**row, "state": states.get(row["state"], row["state"])}
            for row in (self.figures or {}).get("plans", [])
        ]

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_figures_text(self):
        for review in self:
            lines = [f"{row['name']}: {row['share']}" for row in review._target_rows()]
            lines += [f"{name}: {count}" for name, count in review._cause_rows()]
            lines += review._workload_rows() + review._change_rows()
            lines += review._report_rows() + review._more_rows()
            lines += [
                f"{row['name']} ({row['state']}): "
                f"{row['before']} → {row['after'] or row['target']}"
                for row in review._plan_rows()
            ]
            review.figures_text = "\n".join(lines)

    # === Agenda ===

    def _agenda_lines(self):
        """What the review puts on the agenda of its meeting (SLM-42, SLM-44).

        :rtype: list[dict]
        """
        self.ensure_one()
        figures = self.figures or {}
        presenter = self.owner_id.partner_id.id
        rows = self._target_rows()
        lines = []

        def add(key, name):
            lines.append(
                {
                    "key": f"{self._name},{self.id},{key}",
                    "name": name,
                    "presenter_id": presenter,
                }
            )

        period = f"{figures.get('first')} – {figures.get('last')}"
        share = rows[-1]["share"] if rows else self.env._("no data")
        add(
            "targets",
            self.env._("Targets met %(period)s: %(share)s", period=period, share=share),
        )
        for row in rows[:-1]:
            if row["met"] < row["measured"]:
                key = f"target-{row['metric']}-{row['priority']}"
                add(key, f"{row['name']}: {row['share']}")
        causes = ", ".join(f"{name} ({count})" for name, count in self._cause_rows())
        if causes:
            add("causes", self.env._("Causes of missed targets: %(c)s", c=causes))
        for number, text in enumerate(self._workload_rows()):
            add(f"workload-{number}", text)
        for number, text in enumerate(self._change_rows()):
            add(f"change-{number}", text)
        for number, text in enumerate(self._report_rows()):
            add(f"report-{number}", self.env._("Service report: %(name)s", name=text))
        for number, text in enumerate(self._more_rows()):
            add(f"more-{number}", text)
        for number, row in enumerate(self._plan_rows()):
            add(
                f"plan-{number}",
                self.env._(
                    "Improvement plan %(name)s: %(before)s, target %(target)s, now "
                    "%(after)s",
                    name=row["name"],
                    before=row["before"] or "–",
                    target=row["target"] or "–",
                    after=row["after"] or "–",
                ),
            )
        for expectation in self._before().expectation_ids:
            if expectation.outcome in ("open", "agreed"):
                add(
                    f"expectation-{expectation.id}",
                    self.env._(
                        "Expected at the last review: %(what)s", what=expectation.name
                    ),
                )
        return lines

    # === Paper (D10) ===

    def _form_meeting(self):
        """The meeting as both sides may read it: without what is internal."""
        self.ensure_one()
        # sudo: printed for the participants, whoever presses the button
        return self.sudo().meeting_id.with_context(itsm_minutes_for_guests=True)

    def _itsm_form_data(self):
        data = super()._itsm_form_data()
        agreement = self.sudo().agreement_id  # sudo: its reference, no more
        data.update(
            title=self.display_name,
            code=agreement.code or "",
            is_draft=self.state not in ("minuted", "closed"),
        )
        return data
