# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.kpi import cut
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)

from .itsm_major_incident import DECLARED

#: Sections whose templates are in ``itsm_service_report_desk_templates.xml``.
SECTIONS = ("majors", "satisfaction")


class ItsmServiceReport(models.Model):
    """What the desk knows: major incidents, satisfaction, effort, security incidents.

    Restricted tickets are counted and never named (SEC-05).
    """

    _inherit = "itsm.service.report"

    @api.model
    def _section_template(self, code):
        if code in SECTIONS:
            return f"itsm_desk.report_section_{code}"
        return super()._section_template(code)

    # === Major incidents ===

    def _section_majors(self, first, last):
        """Major incidents declared in the period that hit tickets of the report
        (REP-04)."""
        [span] = self._counted_spans()[-1:]
        concerned = self._tickets_domain()
        # sudo: figures are the same, whoever makes the report
        majors = self.env["itsm.major.incident"].sudo()
        found = majors.with_context(active_test=False).search(
            Domain("state", "in", DECLARED)
            & Domain("company_id", "=", self.company_id.id)
            & Domain(span.domain("declared_at"))
            & (
                Domain("ticket_ids", "any", concerned)
                | Domain("ticket_id", "any", concerned)
            ),
            order="declared_at, id",
        )
        tickets = majors.env["helpdesk.ticket"].with_context(active_test=False)
        nameable = found.filtered(
            lambda major: major.ticket_id.filtered_domain(tickets._reportable_domain())
        )
        numbers = {
            major.id: number
            for major, number in tickets._read_group(
                Domain(concerned) & Domain("major_incident_id", "in", found.ids),
                ["major_incident_id"],
                ["__count"],
            )
        }
        labels = dict(found._fields["state"]._description_selection(self.env))
        return {
            "number": len(found),
            "unlisted": len(found) - len(nameable),
            "rows": [
                {
                    "ticket": major.ticket_id.number,
                    "service": major.service_id.display_name or "–",
                    "declared": self._wall_text(major.declared_at),
                    "restored": self._wall_text(major.restored_at),
                    "tickets": self._figure(
                        numbers.get(major.id, 0),
                        [*concerned, ["major_incident_id", "=", major.id]],
                    ),
                    "state": labels[major.state],
                }
                for major in nameable
            ],
        }

    # === Satisfaction ===

    def _section_satisfaction(self, first, last):
        """How requesters rated the tickets of the report in the period (REP-04)."""
        [span] = self._counted_spans()[-1:]
        given = [["consumed", "=", True], *span.domain("rated_on")]
        # sudo: figures are the same, whoever makes the report
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        scope = tickets._search(Domain(self._tickets_domain()))
        counts = dict(
            self.env["rating.rating"]
            .sudo()  # sudo: as above
            ._read_group(
                Domain(given)
                & Domain("res_model", "=", tickets._name)
                & Domain("res_id", "in", scope),
                ["rating"],
                ["__count"],
            )
        )
        answered = sum(counts.values())
        names = {
            RATING_HAPPY_VALUE: self.env._("Satisfied"),
            RATING_NEUTRAL_VALUE: self.env._("Neither nor"),
            RATING_UNHAPPY_VALUE: self.env._("Dissatisfied"),
        }
        rows = []
        for value, name in names.items():
            number = counts.get(value, 0)
            rating = [*given, ["rating", "=", value]]
            rows.append(
                {
                    "name": name,
                    "number": self._figure(
                        number,
                        [*self._tickets_domain(), ["rating_ids", "any", rating]],
                    ),
                    "share": self._share_text(number, answered),
                }
            )
        total = sum(value * number for value, number in counts.items())
        return {
            "answered": answered,
            "rows": rows,
            "mean": str(cut(total / answered, 2))
            if answered
            else self.env._("no data"),
            "best": f"{RATING_HAPPY_VALUE:g}",
        }

    # === Additions to sections of itsm_sla ===

    def _section_workload(self, first, last):
        """With the hours that were logged on the tickets (resource use, REP-04)."""
        section = super()._section_workload(first, last)
        days = [["date", ">=", first.isoformat()], ["date", "<=", last.isoformat()]]
        # sudo: the sum says nothing about anybody
        logs = self.env["itsm.work.log"].sudo()
        # sudo: as above
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        scope = tickets._search(Domain(self._tickets_domain()))
        [[minutes]] = logs._read_group(
            Domain(days) & Domain("ticket_id", "in", scope), [], ["minutes:sum"]
        )
        minutes = minutes or 0
        section["effort"] = self._figure(
            minutes,
            [*self._tickets_domain(), ["work_log_ids", "any", days]],
            text=str(cut(minutes / 60, 2)),
        )
        return section

    def _section_breaches(self, first, last):
        """With the number of security incidents (REP-04: nonconformities)."""
        section = super()._section_breaches(first, last)
        [span] = self._counted_spans()[-1:]
        domain = [
            *self._tickets_domain(),
            ["restriction", "=", "security"],
            *span.domain("reported_at"),
        ]
        # sudo: the number only
        tickets = self.env["helpdesk.ticket"].sudo().with_context(active_test=False)
        section["security"] = self._figure(tickets.search_count(domain), domain)
        return section

    def _judged_sections(self):
        return [*super()._judged_sections(), "majors"]

    def _abnormal_reasons(self, sections):
        reasons = super()._abnormal_reasons(sections)
        number = sections.get("majors", {}).get("number")
        if number:
            reasons.append(self.env._("Major incidents: %(number)s.", number=number))
        return reasons
