# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.itsm_base.tools.period import Period

FAMILIES = [
    ("sla", "Reports to customers"),
    ("internal", "Internal reports"),
    ("supplier", "Reports about suppliers"),
    ("kpi", "Key figures of processes"),
    ("improvement", "Improvement"),
]
PERIODS = [
    ("month", "Every month"),
    ("quarter", "Every quarter"),
    ("half_year", "Every half-year"),
    ("year", "Every year"),
]
#: Our periods in the words of ``tools/period.py``.
PERIOD_KINDS = {"half_year": "half"}
DELIVERIES = [
    ("mail", "By mail"),
    ("portal", "In the portal"),
    ("both", "By mail and in the portal"),
    ("odoo", "In Odoo"),
]


class ItsmReportDefinition(models.Model):
    """A row of the control matrix of reports: what, by whom, for whom, by when.

    Each row in use makes one duty for each period (``itsm_report_definition_duty.py``)
    that publishing the report closes. What the customer accepted is in
    ``itsm_report_definition_acceptance.py``.

    Requirements: REP-01, REP-06, REP-10, REP-12, REP-13, CAL-10.
    """

    _name = "itsm.report.definition"
    _inherit = ["itsm.archive.mixin", "mail.thread"]
    _description = "Report Definition"
    _order = "sequence, name, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    family = fields.Selection(
        selection=FAMILIES, required=True, default="sla", tracking=True
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('is_template', '=', False), ('kind', '=?',"
        " {'sla': 'sla', 'supplier': 'uc'}.get(family, False))]",
        tracking=True,
        help="The agreement that the report is about; of its versions the one that is "
        "in force in the period counts.",
    )
    document_kind_id = fields.Many2one(
        comodel_name="itsm.document.kind",
        string="Made as Document",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Reports that are made as a document of this kind: its approval closes "
        "the duty. Empty: a service report.",
    )
    period = fields.Selection(
        selection=PERIODS, required=True, default="month", tracking=True
    )
    deadline_days = fields.Integer(
        string="Due on Day",
        tracking=True,
        help="The n-th day after the period. 0: the day that the company says for "
        "duties of such a period, the 10th for months and quarters, the 15th for "
        "half-years, the 20th for years.",
    )
    author_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
        help="Who writes the report. Empty: the holder of the role.",
    )
    author_role_id = fields.Many2one(
        comodel_name="itsm.role",
        string="Role of the Author",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    reviewer_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    reviewer_role_id = fields.Many2one(
        comodel_name="itsm.role",
        string="Role of the Reviewer",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    approver_id = fields.Many2one(
        comodel_name="res.users",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    approver_role_id = fields.Many2one(
        comodel_name="itsm.role",
        string="Role of the Approver",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_report_definition_partner_rel",
        column1="definition_id",
        column2="partner_id",
        string="Audience",
        help="Who gets the published report and sees it in the portal.",
    )
    audience_role_ids = fields.Many2many(
        comodel_name="itsm.role",
        relation="itsm_report_definition_audience_rel",
        column1="definition_id",
        column2="role_id",
        string="Roles in the Audience",
        help="Colleagues who get it: the holders of these roles.",
    )
    delivery = fields.Selection(
        selection=DELIVERIES, required=True, default="both", tracking=True
    )
    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        tracking=True,
        help="Empty: the language of the customer, else of the company.",
    )
    purpose = fields.Text(
        required=True,
        translate=True,
        default=lambda self: self._default_purpose(),
        help="What the report is good for; printed in its head.",
    )
    data_sources = fields.Text(
        required=True,
        translate=True,
        default=lambda self: self._default_data_sources(),
        help="Where its figures come from; printed in its head.",
    )
    section_ids = fields.Many2many(
        comodel_name="itsm.report.section",
        relation="itsm_report_definition_section_rel",
        column1="definition_id",
        column2="section_id",
        string="Sections",
        help="Empty: every section.",
    )

    _deadline_check = models.Constraint(
        "CHECK (deadline_days BETWEEN 0 AND 31)",
        "Due on Day: enter a day between 1 and 31, or 0 for the company's rule.",
    )
    _author_check = models.Constraint(
        "CHECK (NOT active OR author_id IS NOT NULL OR author_role_id IS NOT NULL)",
        "Name the author of the report, or the role whose holder writes it.",
    )
    _approver_check = models.Constraint(
        "CHECK (author_id IS NULL OR approver_id IS NULL OR author_id <> approver_id)",
        "Nobody approves what he wrote: choose another approver.",
    )

    # === Defaults ===

    @api.model
    def _default_purpose(self):
        return self.env._(
            "Shows what was agreed and what was reached, so that both sides can decide "
            "what to do."
        )

    @api.model
    def _default_data_sources(self):
        return self.env._(
            "Tickets, clocks and their log, outages and key figures in Odoo."
        )

    # === Constraints ===

    @api.constrains("active", "family", "agreement_id", "document_kind_id")
    def _check_agreement(self):
        """A report to a customer is about an agreement with him."""
        for definition in self.filtered("active"):
            if (
                definition.family == "sla"
                and not definition.agreement_id
                and not definition.document_kind_id
            ):
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: choose the agreement that the report is about.",
                        name=definition.name,
                    )
                )

    @api.constrains("document_kind_id", "period")
    def _check_document_kind(self):
        """A document closes the duty of its own period only."""
        for definition in self:
            kind = definition.document_kind_id
            wanted = PERIOD_KINDS.get(definition.period, definition.period)
            if kind and kind.period != wanted:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: documents of the kind %(kind)s are about another "
                        "period. Choose their period, or another kind.",
                        name=definition.name,
                        kind=kind.display_name,
                    )
                )

    @api.constrains("active", "partner_ids", "audience_role_ids")
    def _check_audience(self):
        """Each report says for whom it is made (REP-06)."""
        for definition in self.filtered("active"):
            if not definition.partner_ids and not definition.audience_role_ids:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: choose the audience, people or roles.",
                        name=definition.name,
                    )
                )

    @api.constrains("family", "agreement_id", "partner_ids")
    def _check_foreign_audience(self):
        """No report reaches people of another customer or, internal, any customer."""
        for definition in self:
            strangers = definition._strangers()
            if not strangers:
                continue
            if definition.family == "sla":
                message = self.env._(
                    "%(partner)s does not belong to the customer of the agreement of "
                    "“%(name)s”. Choose people of the customer, or colleagues."
                )
            else:
                message = self.env._(
                    "“%(name)s” is an internal report and %(partner)s is no colleague. "
                    "Choose colleagues, or make it a report to a customer."
                )
            raise ValidationError(
                message
                % {"partner": strangers[0].display_name, "name": definition.name}
            )

    # === CRUD ===

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.service.report", "definition_id"),
        ]

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for definition, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=definition.name)
        return vals_list

    @api.onchange("agreement_id")
    def _onchange_agreement_id(self):
        """The customer of the agreement is in the audience."""
        if self.family == "sla" and self.agreement_id.partner_id:
            self.partner_ids |= self.agreement_id.partner_id

    # === Business methods ===

    def _zone(self):
        """The time zone in which the periods of the report are cut.

        :rtype: str
        """
        self.ensure_one()
        if self.agreement_id.tz:
            return self.agreement_id.tz
        # sudo: a company may be hidden from whoever may read its reports
        return self.env["itsm.kpi"]._kpi_zone(self.company_id.sudo())

    def _period_of(self, day):
        """The period of the report in which a day lies.

        :param datetime.date day: a local date
        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        self.ensure_one()
        return Period.of(PERIOD_KINDS.get(self.period, self.period), day)

    def _last_period(self, today=None):
        """The period that ended last.

        :param datetime.date today: default today in the zone of the report
        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        self.ensure_one()
        if today is None:
            today = fields.Date.context_today(
                self.with_context(tz=self._zone()), fields.Datetime.now()
            )
        first = self._period_of(today).start
        return self._period_of(first - timedelta(days=1))

    def _section_codes(self):
        """The codes of the chosen sections in their order; empty means all.

        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: names of sections are no secret of anybody
        return self.section_ids.sudo().sorted().mapped("code")

    def _people(self, what):
        """Who acts in a part of the report's life.

        :param str what: ``author``, ``reviewer`` or ``approver``
        :return: the person, else the holders of the role, the first is asked first
        :rtype: res.users
        """
        self.ensure_one()
        person = self[f"{what}_id"]
        role = self[f"{what}_role_id"]
        if person or not role:
            return person
        return role._holders(self.company_id)

    def _audience(self):
        """Everybody who gets the report: the audience and the holders of its roles.

        :rtype: res.partner
        """
        self.ensure_one()
        roles = self.audience_role_ids
        holders = roles._holders_by_role(self.company_id)
        # sudo: addresses of colleagues who hold a role
        colleagues = self.env["res.users"].union(*holders.values()).sudo().partner_id
        return self.partner_ids | colleagues.with_env(self.env)

    def _strangers(self):
        """People in the audience whom the report must not reach: of another customer
        or, of an internal report, no colleagues.

        :rtype: res.partner
        """
        self.ensure_one()
        # sudo: that somebody is a colleague counts, whoever may see his login
        guests = self.sudo().partner_ids.filtered(
            lambda partner: not partner.user_ids.filtered(lambda user: not user.share)
        )
        if self.family == "sla":
            customer = self.agreement_id.partner_id.commercial_partner_id
            if not customer:
                return self.partner_ids.browse()
            guests = guests.filtered(lambda p: p.commercial_partner_id != customer)
        elif self.family == "supplier":
            return self.partner_ids.browse()
        return guests.with_env(self.env)

    def _readers(self):
        """The audience as far as the report may reach it now.

        :rtype: res.partner
        """
        return self._audience() - self._strangers()
