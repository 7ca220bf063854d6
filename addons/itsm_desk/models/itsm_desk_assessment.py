# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period, local_date

#: Best mark of a criterion; 0 is not marked yet.
BEST = 5
SEAL = {"state", "done_by_id", "done_at"}


class ItsmDeskAssessment(models.Model):
    """The desk assesses itself: marks, remarks, actions (DSK-06, DSK-09)."""

    _name = "itsm.desk.assessment"
    _inherit = ["mail.thread", "itsm.action.mixin"]
    _description = "Self-Assessment of the Desk"
    _order = "period_start desc, id desc"

    name = fields.Char(compute="_compute_name", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        domain="[('company_id', 'in', (False, company_id))]",
        ondelete="restrict",
        help="Empty: the whole desk.",
    )
    period = fields.Selection(
        selection=[
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half-year"),
            ("year", "Year"),
        ],
        required=True,
        default="quarter",
        tracking=True,
    )
    period_start = fields.Date(
        string="From",
        required=True,
        default=lambda self: self._default_period_start(),
        tracking=True,
        help="Any day of the period may be entered.",
    )
    period_end = fields.Date(string="To", compute="_compute_period_end", store=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("done", "Done")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    line_ids = fields.One2many(
        comodel_name="itsm.desk.assessment.line",
        inverse_name="assessment_id",
        string="Criteria",
        default=lambda self: self._default_line_ids(),
        copy=True,
    )
    result = fields.Float(
        string="Result (%)",
        digits=(5, 1),
        compute="_compute_result",
        store=True,
        aggregator="avg",
        help="Marks by weight, of the best marks possible. Criteria without a mark are "
        "left out.",
    )
    remark = fields.Text(string="Conclusions")
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Assessed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    done_at = fields.Datetime(string="Assessed", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(company_id, COALESCE(team_id, 0), COALESCE(agreement_id, 0), period, "
        "period_start)",
        "There is an assessment of this desk and period already. Open that one.",
    )

    # === Defaults and computes ===

    @api.model
    def _default_period_start(self):
        zone = self.env["itsm.kpi"]._kpi_zone(self.env.company.sudo())  # sudo: setting
        today = local_date(zone, fields.Datetime.now())
        return Period.of("quarter", today).previous().start

    @api.depends("period", "period_start")
    def _compute_period_end(self):
        for assessment in self:
            assessment.period_end = (
                Period.of(assessment.period, assessment.period_start).end
                if assessment.period and assessment.period_start
                else False
            )

    @api.depends("period", "period_start", "team_id", "company_id")
    def _compute_name(self):
        for assessment in self:
            desk = assessment.team_id.name or assessment.company_id.name or ""
            label = (
                Period.of(assessment.period, assessment.period_start).label
                if assessment.period and assessment.period_start
                else ""
            )
            assessment.name = f"{desk} {label}".strip()

    @api.model
    def _criteria_domain(self):
        """Which criteria a new assessment begins with.

        :rtype: Domain
        """
        return Domain("company_id", "in", (False, self.env.company.id))

    @api.model
    def _default_line_ids(self):
        """All criteria of the company, so that none is forgotten."""
        criteria = self.env["itsm.desk.criterion"].search(self._criteria_domain())
        return [
            fields.Command.create({"criterion_id": criterion.id})
            for criterion in criteria
        ]

    @api.depends("line_ids.score", "line_ids.weight")
    def _compute_result(self):
        for assessment in self:
            marked = assessment.line_ids.filtered("score")
            best = sum(marked.mapped("weight")) * BEST
            got = sum(line.weight * int(line.score) for line in marked)
            assessment.result = 100 * got / best if best else 0

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_seal(set().union(*vals_list))
        for vals in vals_list:
            self._align(vals, vals.get("period") or "quarter")
        assessments = super().create(vals_list)
        if any(assessment.state != "draft" for assessment in assessments):
            assessments._check_seal(["state"])  # by a default of the context
        return assessments

    def write(self, vals):
        self.check_access("write")
        self._check_seal(vals)
        if not guard.has_token(self.env):
            content = {"team_id", "company_id", "period", "period_start", "line_ids"}
            if (content | {"agreement_id", "remark"}) & vals.keys():
                self._check_draft()
        if "period" in vals or "period_start" in vals:
            for assessment in self:
                own = dict(vals)
                own.setdefault("period_start", assessment.period_start)
                self._align(own, own.get("period") or assessment.period)
                super(ItsmDeskAssessment, assessment).write(own)
            return True
        return super().write(vals)

    @api.model
    def _align(self, vals, kind):
        """Let the period begin with its first day, whatever day was entered."""
        if vals.get("period_start"):
            day = fields.Date.to_date(vals["period_start"])
            vals["period_start"] = Period.of(kind, day).start

    def _check_seal(self, names):
        if SEAL & set(names) and not guard.has_token(self.env):
            raise AccessError(
                self.env._("An assessment is finished with its button, not entered.")
            )

    def _check_draft(self):
        """Refuse to change what is finished.

        :raise UserError: naming the assessment
        """
        if guard.has_token(self.env):
            return
        for assessment in self:
            if assessment.state == "done":
                raise UserError(
                    self.env._(
                        "%(name)s is done: it stays as it is. Reopen it to change it.",
                        name=assessment.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self._check_draft()

    # === Buttons ===

    def action_done(self):
        """Finish the assessment; every criterion has a mark.

        :raise UserError: the period is not over, a criterion is not marked, or there
            is none
        """
        self.check_access("write")
        self._check_draft()
        for assessment in self:
            # sudo: a setting
            zone = self.env["itsm.kpi"]._kpi_zone(assessment.company_id.sudo())
            if assessment.period_end >= local_date(zone, fields.Datetime.now()):
                raise UserError(
                    self.env._(
                        "%(name)s: the period is not over. Finish the assessment after "
                        "%(day)s.",
                        name=assessment.name,
                        day=format_date(self.env, assessment.period_end),
                    )
                )
            unmarked = assessment.line_ids.filtered(lambda line: line._lacks_mark())
            if unmarked or not assessment.line_ids:
                raise UserError(
                    self.env._(
                        "Not marked yet: %s. Give a mark to every criterion, or remove "
                        "it.",
                        ", ".join(unmarked.criterion_id.mapped("name")) or "–",
                    )
                )
        guard.with_token(self).write(
            {
                "state": "done",
                "done_by_id": self.env.uid,
                "done_at": fields.Datetime.now(),
            }
        )
        return True

    def action_reopen(self):
        """Go on with a finished assessment; the thread keeps who did so."""
        self.check_access("write")
        guard.with_token(self).write(
            {"state": "draft", "done_by_id": False, "done_at": False}
        )
        return True

    def action_view_kpis(self):
        """Open the key figures of the period, the facts behind the marks (DSK-09)."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_kpi_value_action"
        )
        action["domain"] = list(
            Domain("company_id", "=", self.company_id.id)
            & Domain("is_latest", "=", True)
            & Domain("period_start", ">=", self.period_start)
            & Domain("period_end", "<=", self.period_end)
            & Domain("kpi_id.process_code", "in", ("DSK", "INC", "REQ"))
        )
        return action
