# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date

STATES = [
    ("draft", "Draft"),
    ("written", "Written"),
    ("reviewed", "Reviewed"),
    ("approved", "Approved"),
    ("published", "Published"),
    ("archived", "Archived"),
]
#: What people may write on a report that is no longer a draft.
FREE_FIELDS = frozenset(
    {
        "message_follower_ids",
        "message_ids",
        "message_main_attachment_id",
        "activity_ids",
    }
)


class ItsmServiceReport(models.Model):
    """What was agreed and what was reached in a period, frozen (REP-02, REP-18).

    The other files ``itsm_service_report_*.py``: what stays (``kept``), steps and who
    takes them (``step``), the snapshot (``content``), what is counted (``facts``),
    sections (``section``, ``work``), print (``print``).
    """

    _name = "itsm.service.report"
    _description = "Service Report"
    _inherit = [
        "itsm.step.mixin",
        "itsm.archive.mixin",
        "itsm.action.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "period_start desc, definition_id, revision desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _step_new = {
        "name": False,
        "state": "draft",
        "revision": 0,
        "previous_id": False,
        "revision_reason": False,
        "content": False,
        "content_hash": False,
        "computed_at": False,
        "abnormal_reason": False,
        "first_written_at": False,
        "written_by_id": False,
        "written_at": False,
        "reviewed_by_id": False,
        "reviewed_at": False,
        "representative_id": False,
        "representative_at": False,
        "approved_by_id": False,
        "approved_at": False,
        "published_by_id": False,
        "published_at": False,
        "archived_at": False,
    }

    name = fields.Char(string="Reference", readonly=True, copy=False)
    # Not check_company: the company is its own, and none is known before it is chosen.
    definition_id = fields.Many2one(
        comodel_name="itsm.report.definition",
        string="Report",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('document_kind_id', '=', False)]",
    )
    company_id = fields.Many2one(
        related="definition_id.company_id", store=True, index=True, precompute=True
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        compute="_compute_agreement_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        help="All its versions count, each for its days.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_agreement_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    period_start = fields.Date(
        string="From",
        compute="_compute_period_start",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        help="Any day of the period; the first one is kept.",
    )
    period_end = fields.Date(
        string="Until",
        compute="_compute_period_end",
        store=True,
        precompute=True,
        help="Last day of the period.",
    )
    period_label = fields.Char(string="Period", compute="_compute_period_label")
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="draft",
        readonly=True,
        index=True,
        copy=False,
        tracking=True,
    )
    revision = fields.Integer(
        readonly=True,
        copy=False,
        aggregator=None,
        help="0: the first report about the period. From 1 on: a correction.",
    )
    previous_id = fields.Many2one(
        comodel_name="itsm.service.report",
        string="Corrects",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    revision_reason = fields.Text(
        string="Why Corrected", readonly=True, copy=False, tracking=True
    )
    content = fields.Json(
        string="Figures as Kept",
        readonly=True,
        copy=False,
        prefetch=False,
        # amounts of money are in it
        groups="itsm_sla.itsm_group_sla_manager,itsm_base.itsm_group_finance",
    )
    content_hash = fields.Char(
        string="SHA-256",
        readonly=True,
        copy=False,
        help="Of the figures, when the report was written.",
    )
    is_altered = fields.Boolean(
        string="Altered",
        compute="_compute_is_altered",
        help="The figures are no longer those that were written.",
    )
    computed_at = fields.Datetime(string="Worked out on", readonly=True, copy=False)
    abnormal_by_hand = fields.Boolean(
        string="Marked as Abnormal",
        copy=False,
        tracking=True,
        help="The author asks for the management representative although no rule does.",
    )
    abnormal_reason = fields.Text(
        string="Why Abnormal",
        readonly=True,
        copy=False,
        help="Found when the report was written.",
    )
    is_abnormal = fields.Boolean(
        string="Abnormal",
        compute="_compute_is_abnormal",
        store=True,
        tracking=True,
        help="Approved only after the management representative has seen it.",
    )
    conclusion_ids = fields.One2many(
        comodel_name="itsm.service.report.conclusion",
        inverse_name="report_id",
        string="Conclusions",
        copy=False,
    )
    # Who took which step
    written_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    written_at = fields.Datetime(string="Written on", readonly=True, copy=False)
    reviewed_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    reviewed_at = fields.Datetime(string="Reviewed on", readonly=True, copy=False)
    representative_id = fields.Many2one(
        comodel_name="res.users",
        string="Seen by the Representative",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    representative_at = fields.Datetime(string="Seen on", readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    approved_at = fields.Datetime(string="Approved on", readonly=True, copy=False)
    published_by_id = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, ondelete="restrict"
    )
    published_at = fields.Datetime(
        string="Published on", readonly=True, copy=False, index="btree_not_null"
    )
    archived_at = fields.Datetime(string="Archived on", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(definition_id, period_start, revision)",
        "There is a report about this period already. Open it; a published one is "
        "corrected by its next revision.",
    )
    _one_open = models.UniqueIndex(
        "(definition_id, period_start) WHERE state NOT IN ('published', 'archived')",
        "A report about this period is being made already. Finish it first.",
    )

    # === Computes ===

    @api.depends("definition_id.agreement_id")
    def _compute_agreement_id(self):
        for report in self:
            # A written report stays with what it was about.
            if report.state in (False, "draft"):
                agreement = report.definition_id.agreement_id
                report.agreement_id = agreement
                report.partner_id = agreement.partner_id

    @api.depends("definition_id")
    def _compute_period_start(self):
        for report in self.filtered("definition_id"):
            definition, day = report.definition_id, report.period_start
            period = definition._period_of(day) if day else definition._default_period()
            report.period_start = period.start

    @api.depends("period_start", "definition_id")
    def _compute_period_end(self):
        for report in self:
            start, definition = report.period_start, report.definition_id
            known = start and definition
            report.period_end = definition._period_of(start).end if known else False

    @api.depends("period_start", "period_end")
    def _compute_period_label(self):
        for report in self:
            period = report.period_start and report.period_end and report._period()
            report.period_label = period.label if period else False

    @api.depends("abnormal_by_hand", "abnormal_reason")
    def _compute_is_abnormal(self):
        for report in self:
            report.is_abnormal = bool(report.abnormal_by_hand or report.abnormal_reason)

    @api.depends("definition_id", "period_start", "revision", "name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for report in self:
            # sudo: the name of the report's own definition
            title = report.definition_id.sudo().name or ""
            parts = [title, report.period_label]
            if report.revision:
                parts.append(self.env._("revision %(number)s", number=report.revision))
            report.display_name = ", ".join(part for part in parts if part)

    # === Constraints ===

    @api.constrains("period_start", "definition_id")
    def _check_period_over(self):
        """A report is about a time that is over, in the zone of the agreement."""
        for report in self:
            if report.period_end >= report._today():
                raise ValidationError(
                    self.env._(
                        "%(period)s is not over: the report is made after its last "
                        "day, %(day)s.",
                        period=report.period_label,
                        day=report.period_end,
                    )
                )

    @api.constrains("definition_id")
    def _check_definition(self):
        for report in self:
            if report.definition_id.document_kind_id:
                raise ValidationError(
                    self.env._(
                        "“%(report)s” is made as a document: make it under Documents.",
                        report=report.definition_id.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        definitions = self.env["itsm.report.definition"]
        for vals in vals_list:
            definition = definitions.browse(vals.get("definition_id"))
            if vals.get("period_start") and definition.exists():
                day = fields.Date.to_date(vals["period_start"])
                vals["period_start"] = definition._period_of(day).start
        reports = super().create(vals_list)
        # sudo: the number is drawn for whoever writes the report
        for report in guard.with_token(reports.sudo()):
            if not report.name:
                report.name = (
                    self.env["ir.sequence"]
                    .sudo()  # sudo: as above
                    .with_company(report.company_id)
                    .next_by_code("itsm.service.report")
                )
        return reports

    def write(self, vals):
        if vals.keys() - FREE_FIELDS and not guard.has_token(self):
            self.check_access("write")
            closed = self.filtered(lambda report: report.state != "draft")
            if closed:
                raise UserError(
                    self.env._(
                        "%(report)s is %(state)s and no longer edited. Return it to "
                        "its author, or correct a published one by a revision.",
                        report=closed[0].display_name,
                        state=closed[0]._state_label(),
                    )
                )
        if vals.get("period_start"):
            self._check_same_period(vals)
        return super().write(vals)

    # === Helpers ===

    def _state_label(self):
        self.ensure_one()
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state].lower()

    def _period(self):
        """The period of the report.

        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        self.ensure_one()
        # sudo: how long the periods of a readable report are
        return self.definition_id.sudo()._period_of(self.period_start)

    def _zone(self):
        self.ensure_one()
        return self.definition_id.sudo()._zone()  # sudo: as in _period

    def _today(self):
        """Today in the zone in which the periods of the report are cut."""
        self.ensure_one()
        return local_date(self._zone(), fields.Datetime.now())

    def _agreements(self):
        """All versions of the agreement that were ever in force, in sudo.

        Without an agreement: every SLA of the company.

        :rtype: itsm.agreement
        """
        self.ensure_one()
        # sudo: figures are the same, whoever makes the report
        agreements = self.env["itsm.agreement"].sudo().with_context(active_test=False)
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("is_template", "=", False) & Domain("state", "!=", "draft")
        own = self.sudo().agreement_id  # sudo: as above
        if not own:
            return agreements.search(domain & Domain("kind", "=", "sla"))
        if not own.code:
            return own
        return agreements.search(
            domain & Domain("code", "=", own.code) & Domain("kind", "=", own.kind)
        )
