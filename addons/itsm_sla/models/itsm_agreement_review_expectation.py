# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmAgreementReviewExpectation(models.Model):
    """What somebody expects of a service, said in a review, and the answer (SLM-34).

    Also suggestions and feedback of users, teams and technical staff (SLM-62).
    """

    _name = "itsm.agreement.review.expectation"
    _description = "Expectation"
    _order = "review_id, sequence, id"

    review_id = fields.Many2one(
        comodel_name="itsm.agreement.review",
        required=True,
        index=True,
        ondelete="cascade",
    )
    agreement_id = fields.Many2one(related="review_id.agreement_id", store=True)
    company_id = fields.Many2one(
        related="review_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    side = fields.Selection(
        selection=[
            ("customer", "Customer"),
            ("user", "Users"),
            ("team", "Team"),
            ("staff", "Technical staff"),
            ("supplier", "Supplier"),
        ],
        string="Said by",
        required=True,
        default="customer",
    )
    name = fields.Text(string="Expected", required=True)
    duty = fields.Text(
        string="Agreed", help="Who does what for it; what was adjusted, and why."
    )
    outcome = fields.Selection(
        selection=[
            ("open", "Open"),
            ("agreed", "Agreed"),
            ("adjusted", "Adjusted"),
            ("declined", "Declined"),
        ],
        required=True,
        default="open",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_closed(self):
        self._check_open()

    def _check_open(self):
        """Refuse to change what a closed review says."""
        for line in self:
            if line.review_id.state == "closed":
                raise UserError(
                    self.env._(
                        "%(review)s is closed and stays as it is. Plan another review.",
                        review=line.review_id.display_name,
                    )
                )
