# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmDeskAssessmentLine(models.Model):
    """The mark of one criterion."""

    _name = "itsm.desk.assessment.line"
    _description = "Line of a Self-Assessment"
    _order = "sequence, id"
    _rec_name = "criterion_id"

    assessment_id = fields.Many2one(
        comodel_name="itsm.desk.assessment",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="assessment_id.company_id", store=True, precompute=True
    )
    criterion_id = fields.Many2one(
        comodel_name="itsm.desk.criterion",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    weight = fields.Integer(
        compute="_compute_weight",
        store=True,
        precompute=True,
        aggregator=None,
        help="That of the criterion when the assessment was begun.",
    )
    description = fields.Text(related="criterion_id.description")
    score = fields.Selection(
        selection=[
            ("1", "1 – missing"),
            ("2", "2 – weak"),
            ("3", "3 – fair"),
            ("4", "4 – good"),
            ("5", "5 – full"),
        ],
        string="Mark",
    )
    remark = fields.Text(help="What the mark stands on, and what is to be done.")

    _once = models.UniqueIndex(
        "(assessment_id, criterion_id)", "Each criterion is marked once."
    )

    @api.depends("criterion_id")
    def _compute_weight(self):
        for line in self:
            line.weight = line.criterion_id.weight or 1

    def _lacks_mark(self):
        """Whether somebody has to give a mark before the assessment is finished."""
        self.ensure_one()
        return not self.score

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.assessment_id._check_draft()
        return lines

    def write(self, vals):
        self.assessment_id._check_draft()
        result = super().write(vals)
        self.assessment_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.assessment_id._check_draft()
