# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date


class ItsmCiHealthRule(models.Model):
    """Checking: constant queries for each rule, whatever there is to look at."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.health.rule"

    @api.model
    def _cron_check(self):
        """Check all rules, once a day; a second time on a day replaces the first."""
        # sudo: what is found of each company counts
        self.sudo().search([("active", "=", True)])._check_health()

    def _check_health(self):
        # sudo: figures are the same whoever asks for them
        rules = self.sudo()
        items = rules.env["itsm.ci"]
        counts = {}
        for rule in rules:
            found = dict(
                items._read_group(rule._finding_domain(), ["company_id"], ["__count"])
            )
            for company, total in items._read_group(
                rule._population_domain(), ["company_id"], ["__count"]
            ):
                counts[rule, company] = found.get(company, 0), total
        checks = rules._checks_today({company for _rule, company in counts})
        before = rules._exceeded_before(checks)
        vals_list = []
        for (rule, company), (found, total) in counts.items():
            check = checks[company]
            percent = 100 * found / total
            own = rule.with_company(company) if company else rule
            exceeded = percent > own.tolerance
            vals_list.append(
                {
                    "check_id": check.id,
                    "rule_id": rule.id,
                    "company_id": company.id,
                    "date": check.date,
                    "found": found,
                    "total": total,
                    "percent": percent,
                    "tolerance": own.tolerance,
                    "is_exceeded": exceeded,
                    # the first check is silent: nothing was known before
                    "is_new": exceeded
                    and before.get((rule.id, company.id or 0)) is False,
                }
            )
        results = guard.with_token(rules.env["itsm.ci.health.result"])
        ids = [check.id for check in checks.values()]
        old = results.search([("check_id", "in", ids), ("rule_id", "in", rules.ids)])
        told = old.filtered("is_new").mapped(lambda r: (r.rule_id.id, r.company_id.id))
        old.unlink()
        new = results.create(vals_list)
        fresh = new.filtered(
            lambda r: r.is_new and (r.rule_id.id, r.company_id.id) not in told
        )
        self.env["itsm.notification.event"]._notify("ci_health", fresh.check_id)

    def _checks_today(self, companies):
        """The check of today of each company.

        :return: itsm.ci.health.check by company, in sudo with the key
        :rtype: dict
        """
        checks = guard.with_token(self.env["itsm.ci.health.check"])
        now = fields.Datetime.now()
        main = self.env["res.company"]._get_main_company()
        days = {
            company: local_date(self.env["itsm.kpi"]._kpi_zone(company or main), now)
            for company in companies
        }
        found = {}
        for check in checks.search([("date", "in", list(days.values()))]):
            if days.get(check.company_id) == check.date:
                found[check.company_id] = check
        missing = [company for company in days if company not in found]
        made = checks.create([{"company_id": c.id, "date": days[c]} for c in missing])
        return {**found, **dict(zip(missing, made, strict=True))}

    def _exceeded_before(self, checks):
        """Whether the check before was beyond the tolerance; one query.

        :param dict checks: today's check by company
        :rtype: dict[tuple, bool]
        """
        results = self.env["itsm.ci.health.result"]
        results.flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (rule_id, company_id)
                          rule_id, COALESCE(company_id, 0), is_exceeded
                     FROM itsm_ci_health_result
                    WHERE rule_id = ANY(%s) AND NOT check_id = ANY(%s)
                 ORDER BY rule_id, company_id, date DESC""",
                self.ids,
                [check.id for check in checks.values()],
            )
        )
        return {(rule, company): bool(exceeded) for rule, company, exceeded in rows}
