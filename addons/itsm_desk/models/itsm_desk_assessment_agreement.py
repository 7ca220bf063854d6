# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import Period, local_date


class ItsmDeskAssessment(models.Model):
    """The assessment sheet of an agreement (SLM-51, SLM-77).

    Response, resolution, availability, stability and satisfaction of a period over all
    versions of the agreement, marked by bounds and weighed. That of an OLA is the mark
    of its team, that of a UC of its supplier.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.desk.assessment"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('is_template', '=', False), ('state', '!=', 'draft'),"
        " ('company_id', '=', company_id)]",
        tracking=True,
        help="Empty: the desk assesses itself.",
    )

    # === Computes and constraints ===

    @api.depends("period", "period_start", "team_id", "company_id", "agreement_id")
    def _compute_name(self):
        result = super()._compute_name()
        for assessment in self.filtered("agreement_id"):
            name = assessment.agreement_id.display_name
            label = (
                Period.of(assessment.period, assessment.period_start).label
                if assessment.period and assessment.period_start
                else ""
            )
            assessment.name = f"{name} {label}".strip()
        return result

    @api.model
    def _criteria_domain(self):
        subject = "desk"
        context = self.env.context
        if context.get("itsm_assess_agreement") or context.get("default_agreement_id"):
            subject = "agreement"
        return super()._criteria_domain() & Domain("subject", "=", subject)

    @api.constrains("agreement_id", "company_id", "line_ids")
    def _check_agreement(self):
        for assessment in self:
            agreement = assessment.agreement_id
            if agreement and (
                agreement.is_template
                or agreement.state == "draft"
                or agreement.company_id != assessment.company_id
            ):
                raise ValidationError(
                    self.env._(
                        "Agreement: %(agreement)s has not been in force in this "
                        "company. Choose one that was.",
                        agreement=agreement.display_name,
                    )
                )
            subject = "agreement" if agreement else "desk"
            for criterion in assessment.line_ids.criterion_id:
                if criterion.subject != subject:
                    raise ValidationError(
                        self.env._(
                            "Criteria: %(criterion)s is not about what is assessed "
                            "here. Remove it.",
                            criterion=criterion.name,
                        )
                    )

    @api.onchange("agreement_id")
    def _onchange_agreement_id(self):
        if self.agreement_id:
            self.team_id = self.agreement_id.team_id

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        agreements = self.env["itsm.agreement"]
        for vals in vals_list:
            agreement = agreements.browse(vals.get("agreement_id"))
            if agreement:
                vals.setdefault("company_id", agreement.company_id.id)
                vals["team_id"] = agreement.team_id.id
                if "line_ids" not in vals:
                    sheet = self.with_context(itsm_assess_agreement=True)
                    vals["line_ids"] = sheet._default_line_ids()
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("agreement_id"):
            agreement = self.env["itsm.agreement"].browse(vals["agreement_id"])
            vals = {**vals, "team_id": agreement.team_id.id}
        return super().write(vals)

    # === Buttons ===

    def action_measure(self):
        """Read the figures of the period and mark them.

        :raise UserError: it is finished, about no agreement, or the period lasts
        """
        self.check_access("write")
        self._check_draft()
        for assessment in self:
            agreement = assessment.agreement_id
            if not agreement:
                raise UserError(self.env._("Choose the agreement that is assessed."))
            if assessment.period_end >= local_date(agreement.tz, fields.Datetime.now()):
                raise UserError(
                    self.env._(
                        "%(name)s: the period is not over. It is assessed after its "
                        "last day, %(day)s.",
                        name=assessment.name,
                        day=assessment.period_end,
                    )
                )
            # sudo: figures are the same, whoever asks
            figures = assessment.sudo()._measured_figures()
            for line in assessment.line_ids.filtered("measure"):
                line._keep_figure(*figures[line.measure])
        return True

    def action_done(self):
        for assessment in self.filtered("agreement_id"):
            if not any(assessment.line_ids.mapped("score")):
                raise UserError(
                    self.env._(
                        "%(name)s: nothing was measured or marked. There is nothing "
                        "to finish.",
                        name=assessment.name,
                    )
                )
        result = super().action_done()
        self.filtered("agreement_id")._finish_duties()
        return result

    def _finish_duties(self):
        """The monthly assessment that the duty asks for has been made."""
        definition = self.env.ref(
            "itsm_sla.itsm_duty_definition_agreement_month", raise_if_not_found=False
        )
        duties = self.env["itsm.duty"].sudo()  # sudo: of whoever is responsible
        for assessment in self.filtered(
            lambda one: definition and one.period == "month"
        ):
            duties.search(
                [
                    ("definition_id", "=", definition.id),
                    ("company_id", "=", assessment.company_id.id),
                    ("res_model", "=", "itsm.agreement"),
                    ("res_id", "in", assessment.agreement_id._versions().ids),
                    ("period_start", "=", assessment.period_start),
                    ("state", "=", "open"),
                ]
            )._done(fields.Datetime.now(), evidence=assessment)

    # === Figures ===

    def _measured_figures(self):
        """What was measured in the period; a constant number of statements.

        :return: dict of measure → ``(part, whole, hours)``; a whole of 0: no data
        """
        self.ensure_one()
        versions = self.agreement_id._versions()
        return {
            **self._figures_of_targets(versions),
            **self._figures_of_availability(versions),
            "satisfaction": self._figures_of_satisfaction(versions),
        }

    def _figures_of_targets(self, versions):
        """Targets met of those measured; days of the agreement."""
        figures = {"response": (0, 0, 0), "resolution": (0, 0, 0)}
        groups = self.env["itsm.target.result"]._read_group(
            [
                ("agreement_id", "in", versions.ids),
                ("metric", "in", list(figures)),
                ("is_history", "=", False),
                ("day", ">=", self.period_start),
                ("day", "<=", self.period_end),
            ],
            ["metric"],
            ["met:sum", "measured:sum"],
        )
        figures.update({metric: (met, whole, 0) for metric, met, whole in groups})
        return figures

    def _figures_of_availability(self, versions):
        """Time available of the time agreed; failures, months of services and the hours
        available in them."""
        [[agreed, down, failures, months]] = self.env["itsm.availability"]._read_group(
            [
                ("agreement_id", "in", versions.ids),
                ("is_latest", "=", True),
                ("status", "!=", "no_data"),
                ("month", ">=", self.period_start),
                ("month", "<=", self.period_end),
            ],
            [],
            [
                "measured_seconds:sum",
                "down_seconds:sum",
                "failure_count:sum",
                "__count",
            ],
        )
        available = (agreed or 0) - (down or 0)
        return {
            "availability": (available, agreed or 0, 0),
            "failures": (failures or 0, months, available / 3600),
        }

    def _figures_of_satisfaction(self, versions):
        """Ratings given in the period to tickets under the agreement: sum, number."""
        total, number = self.env["rating.rating"]._itsm_of_agreements(
            versions, self.period_start, self.period_end
        )
        return total, number, 0
