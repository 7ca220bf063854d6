# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.kpi import compare
from ..tools.period import Period, local_date
from .itsm_kpi import STATUSES, TRENDS

#: What says which figure it is.
KEYS = ("kpi_id", "company_id", "period_start")


class ItsmKpiValue(models.Model):
    """One figure: of a KPI, a company and a period, in a revision (REP-30).

    It follows the records until it is frozen; then it is evidence, and a correction is
    the next revision. Figures that are entered by hand carry a note and are entered (or
    imported) by creating or editing them; the same list imported twice changes nothing.
    """

    _name = "itsm.kpi.value"
    _inherit = "itsm.evidence.mixin"
    _description = "KPI Value"
    _order = "period_start desc, kpi_id, company_id, revision desc, id desc"
    _rec_name = "kpi_id"

    kpi_id = fields.Many2one(
        comodel_name="itsm.kpi",
        string="KPI",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    period = fields.Selection(related="kpi_id.period", string="Measured per")
    period_start = fields.Date(
        string="First Day",
        required=True,
        index=True,
        help="Any day of the period may be entered.",
    )
    period_end = fields.Date(string="Last Day", required=True, readonly=True)
    period_label = fields.Char(string="Period", compute="_compute_period_label")
    numerator = fields.Float(digits=False, aggregator="sum")
    denominator = fields.Float(digits=False, aggregator="sum")
    value = fields.Float(
        digits=False,
        aggregator="avg",
        help="Unrounded; the target is compared with it.",
    )
    value_text = fields.Char(string="Figure", compute="_compute_value_text")
    no_data = fields.Boolean(readonly=True)
    no_data_reason = fields.Selection(
        selection=[
            ("nothing", "Nothing to measure in this period: the denominator is zero"),
            ("waiting", "Not entered yet"),
            ("failed", "The measure failed; the server log says why"),
        ],
        string="Why no Data",
        readonly=True,
    )
    status = fields.Selection(
        selection=STATUSES,
        readonly=True,
        index=True,
        default="no_data",
    )
    has_target = fields.Boolean(readonly=True)
    target = fields.Float(
        digits=False,
        readonly=True,
        aggregator=None,
        help="That the figure was compared with.",
    )
    warning = fields.Float(
        string="Warning Level",
        digits=False,
        readonly=True,
        aggregator=None,
        help="That the figure was compared with.",
    )
    direction = fields.Selection(
        selection=[("up", "More"), ("down", "Less"), ("none", "Neither")],
        string="Better",
        readonly=True,
    )
    trend = fields.Selection(
        selection=TRENDS,
        compute="_compute_trend",
        help="Compared with the period before.",
    )
    previous_text = fields.Char(string="Period before", compute="_compute_trend")
    manual = fields.Boolean(string="Entered by Hand", readonly=True)
    entry = fields.Selection(related="kpi_id.entry")
    note = fields.Text(help="Required for figures that are entered by hand.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered by",
        readonly=True,
        ondelete="restrict",
    )
    computed_at = fields.Datetime(
        string="As of", readonly=True, help="When the figure was read last."
    )
    frozen = fields.Boolean(readonly=True, index=True)
    frozen_at = fields.Datetime(readonly=True)
    revision = fields.Integer(readonly=True, default=1, aggregator=None)
    is_latest = fields.Boolean(
        string="Latest Revision", readonly=True, default=True, index=True
    )
    is_improvement_proposed = fields.Boolean(
        string="Improvement Proposed",
        readonly=True,
        help="With this value the KPI had been short of its target for long.",
    )
    can_drill = fields.Boolean(compute="_compute_can_drill")

    _once = models.UniqueIndex(
        "(kpi_id, company_id, period_start, revision)",
        "The KPI has this revision for the period already.",
    )
    _latest_once = models.UniqueIndex(
        "(kpi_id, company_id, period_start) WHERE is_latest",
        "The KPI has a value for the period already.",
    )

    # === Computes ===

    @api.depends("period_start", "kpi_id.period")
    def _compute_period_label(self):
        for value in self:
            label = False
            if value.period_start and value.kpi_id:
                label = Period.of(value.kpi_id.period, value.period_start).label
            value.period_label = label

    @api.depends("value", "no_data", "kpi_id.unit", "kpi_id.digits", "direction")
    @api.depends_context("lang")
    def _compute_value_text(self):
        for value in self:
            figure = None if value.no_data else value.value
            value.value_text = (
                value.kpi_id._figure_text(figure, value.direction)
                if value.kpi_id
                else ""
            )

    @api.depends("kpi_id", "company_id", "value", "no_data", "direction")
    @api.depends_context("lang")
    def _compute_trend(self):
        """Against the latest revision of the period before (one query)."""
        before = {}
        for value in self.filtered(lambda v: v.kpi_id and v.period_start):
            start = Period.of(value.kpi_id.period, value.period_start).previous().start
            before[value] = (value.kpi_id.id, value.company_id.id, start)
        found = self.search_fetch(
            [
                ("kpi_id", "in", list({key[0] for key in before.values()})),
                ("company_id", "in", list({key[1] for key in before.values()})),
                ("period_start", "in", list({key[2] for key in before.values()})),
                ("is_latest", "=", True),
            ],
            [*KEYS, "value", "no_data", "direction"],
        )
        previous = {(v.kpi_id.id, v.company_id.id, v.period_start): v for v in found}
        for value in self:
            other = previous.get(before.get(value), self.browse())
            value.trend = compare(
                None if value.no_data else value.value,
                other.value if other and not other.no_data else None,
                value.direction or "none",
            )
            value.previous_text = other.value_text if other else False

    @api.depends("manual", "kpi_id.measure", "kpi_id.source")
    def _compute_can_drill(self):
        for value in self:
            kpi = value.kpi_id
            value.can_drill = bool(
                not value.manual and kpi.source == "computed" and kpi.measure
            )

    @api.model
    def _latest_by_kpi(self, kpis, count):
        """The latest values of each KPI in the present company, newest first.

        Of periods that have ended; of the present one if none has.

        :param int count: how many of each at most
        :return: dict of KPI id → ``itsm.kpi.value`` (two queries)
        """
        kpi_ids = [id_ for id_ in kpis.ids if id_]
        if not kpi_ids:
            return {}
        # The newest rows of every KPI: one partition each, not all values there are.
        self.flush_model(["kpi_id", "company_id", "period_start", "is_latest"])
        rows = self.env.execute_query(
            self._latest_query(kpi_ids, self.env.company.id, count + 1)
        )
        found = self.browse([row[0] for row in rows])._filtered_access("read")
        zone = self.env["itsm.kpi"]._kpi_zone(
            self.env.company.sudo()
        )  # sudo: zone only
        today = local_date(zone, fields.Datetime.now())
        result = {}
        for kpi, values in found.grouped("kpi_id").items():
            ended = values.filtered(lambda value: value.period_end < today)
            # Filtering narrows what is read at once: all of them again.
            result[kpi.id] = (ended or values)[:count].with_prefetch(found.ids)
        return result

    @api.model
    def _latest_query(self, kpi_ids, company_id, count):
        return SQL(
            """SELECT latest.id
                 FROM unnest(%s) AS kpi (id),
                      LATERAL (SELECT id, period_start
                                 FROM itsm_kpi_value
                                WHERE kpi_id = kpi.id AND company_id = %s AND is_latest
                                ORDER BY period_start DESC
                                LIMIT %s) AS latest
                ORDER BY latest.period_start DESC""",
            list(kpi_ids),
            company_id,
            count,
        )
