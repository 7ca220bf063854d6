# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .itsm_agreement_target import METRICS

#: May be changed while the agreement is in force: none changes what was promised.
#: The monthly amount follows the contract.
FREE_FIELDS = frozenset({"monthly_amount", "sequence"})


class ItsmAgreementCredit(models.Model):
    """A clause that gives the customer money back when a promise is missed (SLM-64).

    Optional: an agreement without a clause never proposes anything. What a month costs
    is worked out by ``itsm_agreement_credit_measure.py``.
    """

    _name = "itsm.agreement.credit"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Service Credit Clause"
    _order = "agreement_id, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(
        required=True, help="As the agreement says it, for example “§ 7.2”."
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id"
    )
    measure = fields.Selection(
        selection="_selection_measure",
        required=True,
        default="compliance",
        help="What gives a credit for a month. A promise that was missed counts in the "
        "month in which it was missed, one that was kept in the month in which the "
        "clock stopped; both in the agreement's time zone.",
    )
    metric = fields.Selection(
        selection=METRICS, default="resolution", help="Empty: every target."
    )
    itsm_kind = fields.Selection(help="Empty: every kind.")
    priority = fields.Selection(help="Empty: every priority.")
    limit_percent = fields.Float(
        string="Under (%)",
        default=95.0,
        digits=(6, 3),
        help="A credit is due when less than this was reached, compared unrounded. "
        "Nothing measured gives no credit.",
    )
    amount_kind = fields.Selection(
        selection=[
            ("fixed", "Fixed amount"),
            ("percent", "Per cent of the monthly amount"),
            ("hour", "Amount per hour of overrun"),
        ],
        required=True,
        default="percent",
        help="For each late ticket, or once for the month.",
    )
    amount = fields.Monetary(help="Fixed, or per working hour of overrun.")
    percent = fields.Float(string="Per Cent", digits=(6, 3))
    monthly_amount = fields.Monetary(
        help="What the customer pays for a month of the service."
    )
    cap_kind = fields.Selection(
        selection=[
            ("none", "No limit"),
            ("amount", "An amount"),
            ("percent", "Per cent of the monthly amount"),
        ],
        string="At Most in a Month",
        required=True,
        default="none",
    )
    cap_amount = fields.Monetary(string="At Most")
    cap_percent = fields.Float(string="At Most (%)", digits=(6, 3))
    skip_exempt = fields.Boolean(
        string="Not: Exempt Tickets", default=True, help="They are counted apart."
    )
    skip_customer = fields.Boolean(
        string="Not: Caused by the Customer",
        default=True,
        help="Breaches that were explained with the customer as responsible.",
    )
    skip_force_majeure = fields.Boolean(
        string="Not: Force Majeure",
        default=True,
        help="Breaches that were explained with a cause marked as force majeure.",
    )
    skip_planned = fields.Boolean(
        string="Not: Planned Interruptions",
        default=True,
        help="Promises missed while the service was interrupted as agreed.",
    )

    _limit_range = models.Constraint(
        "CHECK(limit_percent IS NULL OR limit_percent BETWEEN 0 AND 100)",
        "Under (%): enter a percentage between 0 and 100.",
    )
    _not_negative = models.Constraint(
        "CHECK(COALESCE(amount, 0) >= 0 AND COALESCE(percent, 0) >= 0"
        " AND COALESCE(monthly_amount, 0) >= 0 AND COALESCE(cap_amount, 0) >= 0"
        " AND COALESCE(cap_percent, 0) >= 0)",
        "Amounts and percentages of a service credit are not negative.",
    )

    @api.model
    def _selection_measure(self):
        measures = [
            ("compliance", self.env._("Targets met in the month under a limit")),
            ("ticket", self.env._("Each late ticket")),
        ]
        if "itsm.availability" in self.env:
            measures.append(
                ("availability", self.env._("Availability in the month under a limit"))
            )
        return measures

    # === Computes ===

    @api.depends("agreement_id.credit_currency_id", "agreement_id.company_id")
    def _compute_currency_id(self):
        for clause in self:
            agreement = clause.agreement_id
            clause.currency_id = (
                agreement.credit_currency_id
                or agreement.company_id.currency_id
                or self.env.company.currency_id
            )

    # === Constraints ===

    @api.constrains("agreement_id", "measure", "amount_kind")
    def _check_agreement_id(self):
        for clause in self:
            if clause.agreement_id.kind != "sla":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is no agreement with a customer: service "
                        "credits are given to customers only.",
                        agreement=clause.agreement_id.display_name,
                    )
                )
            if clause.measure == "availability" and clause.amount_kind == "hour":
                raise ValidationError(
                    self.env._(
                        "%(clause)s: availability has no overrun of tickets. Choose a "
                        "fixed amount or per cent of the monthly amount.",
                        clause=clause.name,
                    )
                )

    @api.constrains(
        "amount_kind", "amount", "percent", "cap_kind", "cap_amount", "cap_percent"
    )
    def _check_amounts(self):
        for clause in self:
            name = "percent" if clause.amount_kind == "percent" else "amount"
            missing = [] if clause[name] > 0 else [name]
            if clause.cap_kind == "amount" and not clause.cap_amount > 0:
                missing.append("cap_amount")
            if clause.cap_kind == "percent" and not clause.cap_percent > 0:
                missing.append("cap_percent")
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(clause)s: enter %(fields)s, more than nothing.",
                        clause=clause.name,
                        fields=", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in missing
                        ),
                    )
                )

    @api.model
    def _check_terms_open(self, agreements):
        """Raise ``UserError`` for agreements whose credits are agreed already."""
        for agreement in agreements:
            if agreement.state != "draft":
                raise UserError(
                    self.env._(
                        "%(agreement)s is in force: its service credits cannot be "
                        "changed. Use “New version” and activate it from the day of "
                        "the change.",
                        agreement=agreement.display_name,
                    )
                )

    @api.model
    def _free_fields(self):
        """Names of the fields that may change while the agreement is in force.

        :rtype: frozenset[str]
        """
        return FREE_FIELDS

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        clauses = super().create(vals_list)
        self._check_terms_open(clauses.agreement_id)
        return clauses

    def write(self, vals):
        if set(vals) - self._free_fields():
            self._check_terms_open(self.agreement_id)
        result = super().write(vals)
        if "agreement_id" in vals:
            self._check_terms_open(self.agreement_id)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self._check_terms_open(self.agreement_id)
