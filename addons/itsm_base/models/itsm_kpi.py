# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.kpi import plain

PERIODS = [
    ("day", "Day"),
    ("week", "Week"),
    ("month", "Month"),
    ("quarter", "Quarter"),
    ("half", "Half-year"),
    ("year", "Year"),
]
UNITS = [
    ("percent", "%"),
    ("count", "Number"),
    ("minutes", "Minutes"),
    ("hours", "Hours"),
    ("days", "Days"),
    ("score", "Points"),
    ("ratio", "Ratio"),
]
STATUSES = [
    ("good", "Good"),
    ("warning", "Warning"),
    ("bad", "Bad"),
    ("no_data", "No data"),
    ("no_target", "No target"),
]
TRENDS = [
    ("better", "↗ better"),
    ("same", "→ same"),
    ("worse", "↘ worse"),
    ("up", "↑ more"),
    ("down", "↓ less"),
    ("none", "–"),
]
#: What cannot change once there are values.
MEASURED_IN = ("period", "unit")


class ItsmKpi(models.Model):
    """The definition of a key figure (REP-30, MS-04). It contains no program.

    What is counted comes from a measure that an addon offers (``itsm_kpi_measure.py``)
    or is entered by hand; how values come about is in ``itsm_kpi_compute.py``, what is
    shown of them in ``itsm_kpi_latest.py``.
    """

    _name = "itsm.kpi"
    _inherit = [
        "itsm.shared.mixin",
        "itsm.archive.mixin",
        "itsm.action.mixin",
        "mail.thread",
    ]
    _description = "KPI"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(
        required=True,
        tracking=True,
        help="Short name for reports and imports, for example K41.",
    )
    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    formula = fields.Text(
        string="Formula in Words",
        translate=True,
        required=True,
        tracking=True,
        help="What is counted and what is left out, so that two readers come to the "
        "same figure.",
    )
    data_source = fields.Char(
        translate=True, help="Where the data comes from, for the catalogue."
    )
    unit = fields.Selection(selection=UNITS, required=True, default="percent")
    digits = fields.Integer(
        string="Decimals", default=1, help="Shown, cut off; compared with all of them."
    )
    direction = fields.Selection(
        selection=[
            ("up", "More is better"),
            ("down", "Less is better"),
            ("none", "Neither"),
        ],
        required=True,
        default="up",
        tracking=True,
    )
    has_target = fields.Boolean(string="Has a Target", tracking=True)
    target = fields.Float(digits=False, tracking=True, aggregator=None)
    warning = fields.Float(
        string="Warning Level",
        digits=False,
        compute="_compute_warning",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        aggregator=None,
        help="Short of the target, but no worse than this: a warning.",
    )
    period = fields.Selection(
        selection=PERIODS, required=True, default="month", tracking=True
    )
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The KPI is for this process of one company, whose owner may change it.",
    )
    process_code = fields.Char(
        help="The KPI is for the process with this code of every company. Its owners "
        "are told and enter the figures; managers change the definition.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
        help="Answers for the figure, enters it if it is manual. Empty: the owner of "
        "the process.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        help="Empty: all companies, or the company of the process.",
    )
    source = fields.Selection(
        selection=[("computed", "Computed"), ("manual", "Entered by hand")],
        required=True,
        default="manual",
        tracking=True,
    )
    measure = fields.Selection(
        selection="_selection_measure",
        tracking=True,
        help="What the system counts.",
    )
    limit_hours = fields.Float(
        string="Limit (hours)",
        digits=False,
        tracking=True,
        aggregator=None,
        help="For measures with a limit: answered within so many hours, open for "
        "longer than so many hours.",
    )
    with_history = fields.Boolean(
        string="Count Imported History",
        help="Tickets that were imported with their past count too.",
    )
    entry = fields.Selection(
        selection=[
            ("value", "The figure"),
            ("ratio", "Numerator and denominator"),
        ],
        string="Entered as",
        required=True,
        default="value",
    )
    freeze_days = fields.Integer(
        string="Frozen after (days)",
        default=10,
        help="Days after the end of the period until which its figure follows the "
        "records. Then it is kept, and corrections are a new revision.",
    )
    propose_after = fields.Integer(
        string="Propose an Improvement after",
        default=3,
        help="So many frozen periods in a row short of the target; 0: never (MS-05).",
    )
    value_ids = fields.One2many(
        comodel_name="itsm.kpi.value",
        inverse_name="kpi_id",
        domain=[("is_latest", "=", True)],
    )
    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another KPI has this code. Choose a different code."
    )
    _limit_hours_positive = models.Constraint(
        "CHECK(limit_hours >= 0)", "The limit cannot be negative."
    )
    _freeze_days_positive = models.Constraint(
        "CHECK(freeze_days >= 0)",
        "A figure cannot be frozen before its period ends. Enter 0 days or more.",
    )
    _propose_after_positive = models.Constraint(
        "CHECK(propose_after >= 0)", "Enter 0 for never, or a number of periods."
    )
    _digits_range = models.Constraint(
        "CHECK(digits BETWEEN 0 AND 6)", "Enter between 0 and 6 decimals."
    )

    @api.model
    def _selection_measure(self):
        """The measures that can be chosen; addons add theirs.

        :return: list of ``(key, what it counts)``; each key has a method
            ``_kpi_measure_<key>(self, spans)``, see ``itsm_kpi_measure.py``
        """
        return []

    @api.model
    def _search_display_name(self, operator, value):
        # What is shown is found: lists that were exported name a KPI “K41 Solved …”.
        domain = super()._search_display_name(operator, value)
        if operator not in ("=", "in", "=ilike", "ilike"):
            return domain
        for text in [value] if isinstance(value, str) else value:
            code, space, name = (text or "").partition(" ")
            if space and operator in ("=", "in"):
                domain |= Domain("code", "=", code) & Domain("name", "=", name)
            elif space:
                domain |= Domain("code", "=", code) & Domain("name", operator, name)
        return domain

    # === Computes ===

    @api.depends("code", "name")
    def _compute_display_name(self):
        for kpi in self:
            kpi.display_name = " ".join(filter(None, [kpi.code, kpi.name]))

    @api.depends("target", "direction")
    def _compute_warning(self):
        for kpi in self:
            if kpi._warning_on_wrong_side() or not kpi.warning:
                kpi.warning = kpi.target

    # === Constraints ===

    @api.constrains("has_target", "target", "warning", "direction")
    def _check_warning(self):
        for kpi in self:
            if kpi.has_target and kpi._warning_on_wrong_side():
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the warning level %(warning)s is better than the "
                        "target %(target)s. Enter a worse one, or the target itself "
                        "for no warning.",
                        kpi=kpi.display_name,
                        warning=plain(kpi.warning),
                        target=plain(kpi.target),
                    )
                )

    def _warning_on_wrong_side(self):
        self.ensure_one()
        if self.direction == "down":
            return self.warning < self.target
        return self.warning > self.target

    @api.constrains("source", "measure")
    def _check_measure(self):
        for kpi in self:
            if kpi.source == "computed" and not kpi.measure:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: choose the Measure that is computed, or enter its "
                        "figures by hand.",
                        kpi=kpi.display_name,
                    )
                )

    @api.constrains("process_id", "company_ids")
    def _check_company_ids(self):
        for kpi in self.filtered("process_id"):
            # sudo: a company of the process that the user may not see is wrong too
            if kpi.sudo().company_ids - kpi.sudo().process_id.company_id:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the process belongs to %(company)s, and so does the "
                        "KPI. Empty Companies, or leave out the process.",
                        kpi=kpi.display_name,
                        company=kpi.process_id.company_id.name,
                    )
                )

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.kpi.value", "kpi_id")]

    # === CRUD ===

    def _shared_records(self):
        return self.filtered(
            lambda kpi: not (kpi.company_ids or kpi.process_id.company_id)
        )

    def write(self, vals):
        for name in set(MEASURED_IN) & set(vals):
            self.filtered(
                lambda kpi, name=name: kpi[name] != vals[name]
            )._check_not_measured()
        result = super().write(vals)
        if "process_id" in vals or "company_ids" in vals:
            # The owner of a process gives none of his KPIs to the process of another.
            self.check_access("write")
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if not (default or {}).get("code"):
            for kpi, vals in zip(self, vals_list, strict=True):
                vals["code"] = self.env._("%(code)s (copy)", code=kpi.code)
        return vals_list

    def _check_not_measured(self):
        """The figures that are there stay what they are.

        :raise UserError: a KPI with values would change what its values are
        """
        values = self.env["itsm.kpi.value"].sudo()  # sudo: of other companies too
        if values.search_count([("kpi_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "The KPI has values already, and they keep their unit, their "
                    "periods and the person they are about. Archive it and copy it to "
                    "measure something else."
                )
            )

    # === Actions ===

    def action_compute(self):
        """Compute the periods that are not frozen, now (in the user's companies).

        :raise AccessError: the user may not change one of the KPIs
        """
        self.check_access("write")
        self._compute_values(companies=self.env.companies)
