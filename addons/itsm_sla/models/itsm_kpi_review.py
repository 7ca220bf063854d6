# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import Facts, share
from odoo.addons.itsm_base.tools.period import local_date

#: States of an action in which it is still to be done.
UNDONE = ("open", "progress")


class ItsmKpi(models.Model):
    """K06, K08 and K09: reviews of agreements and what follows from them."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    @api.model
    def _selection_measure(self):
        return [
            *super()._selection_measure(),
            ("agreement_reviewed", self.env._("SLAs: reviewed within a year")),
            ("review_days", self.env._("Reviews: days from the end of the term")),
            (
                "improvement_on_time",
                self.env._("Service improvement plans: actions done in time"),
            ),
        ]

    # === Reviews ===

    def _kpi_measure_agreement_reviewed(self, spans):
        """K06: of the SLAs in force at the end of the period that were reviewed before
        or in force for more than a year, those reviewed within the year before.

        Which they are differs by period: each is counted with a query of its own.
        """
        figures = {}
        for span in spans:
            facts = self._kpi_reviewed(span)
            ((_span, counted, hits, _amount),) = self._kpi_count([span], facts)
            figures[span] = share(hits, counted, facts)
        return figures

    def _kpi_reviewed(self, span):
        """The SLAs of one span, and which of them were reviewed in time."""
        zone = self._kpi_zone(self.env["res.company"].browse(span.company_id))
        day = min(span.end, local_date(zone, span.moment))
        in_force = (
            Domain("kind", "=", "sla")
            & Domain("company_id", "=", span.company_id)
            & Domain("state", "!=", "draft")
            & Domain("is_template", "=", False)
            & Domain("activated_at", "!=", False)
            & Domain("date_start", "<=", day)
            & (Domain("superseded_on", "=", False) | Domain("superseded_on", ">", day))
        )
        agreements = self.env["itsm.agreement"].with_context(active_test=False)
        standing = agreements.search(in_force)._review_standing(day)
        year_ago = fields.Date.subtract(day, years=1)
        counted, hits = [], []
        for agreement_id, (began, reviewed) in standing.items():
            if reviewed or (began and began < year_ago):
                counted.append(agreement_id)
            if reviewed and reviewed >= year_ago:
                hits.append(agreement_id)
        return Facts(
            "itsm.agreement",
            in_force & Domain("id", "in", counted),
            at="activated_at",
            until=("terminated_at",),
            hit=Domain("id", "in", hits),
        )

    def _kpi_measure_review_days(self, spans):
        """K08: days from the end of a term to its review, of the reviews held in the
        period that reviewed the end of a term."""
        counted = (
            Domain("kind", "=", "sla")
            & Domain("held_on", "!=", False)
            & Domain("term_end", "!=", False)
        )
        return self._kpi_mean(
            spans,
            Facts(
                "itsm.agreement.review",
                counted,
                at="held_on",
                amount="days_after_term",
                days=True,
            ),
        )

    # === Improvement ===

    def _kpi_measure_improvement_on_time(self, spans):
        """K09: of the actions of improvement plans due in the period, those done by
        the end of their due day; what is neither done nor past due does not count yet.

        Days are those of each company.
        """
        companies = self.env["res.company"].browse({span.company_id for span in spans})
        # the domains below read columns by name
        self.env["itsm.action"].flush_model(["done_at", "due_date"])
        late, hit = Domain.FALSE, Domain.FALSE
        now = fields.Datetime.now()
        for company in companies:
            zone = self._kpi_zone(company)
            own = Domain("company_id", "=", company.id)
            today = local_date(zone, now)
            late |= own & Domain("due_date", "<", today)
            hit |= own & Domain.custom(to_sql=self._kpi_done_by_due(zone))
        done = Domain("done_at", "!=", False)
        counted = (
            Domain("res_model", "=", "itsm.improvement.plan")
            & Domain("state", "!=", "cancelled")
            & (done | (Domain("state", "in", UNDONE) & late))
        )
        return self._kpi_share(
            spans,
            Facts("itsm.action", counted, at="due_date", hit=done & hit, days=True),
        )

    @api.model
    def _kpi_done_by_due(self, zone):
        """Actions done before the midnight that ends their due day in a zone."""

        def to_sql(model, alias, query):
            return SQL(
                "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date <= %s",
                SQL.identifier(alias, "done_at"),
                zone,
                SQL.identifier(alias, "due_date"),
            )

        return to_sql
