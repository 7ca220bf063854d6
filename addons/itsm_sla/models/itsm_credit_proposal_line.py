# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCreditProposalLine(models.Model):
    """What one ticket, or one measure of a month, gives by one clause."""

    _name = "itsm.credit.proposal.line"
    _inherit = "itsm.evidence.mixin"
    _description = "Line of a Service Credit Proposal"
    _order = "proposal_id, sequence, id"
    _rec_name = "reference"

    proposal_id = fields.Many2one(
        comodel_name="itsm.credit.proposal",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="proposal_id.company_id", store=True)
    currency_id = fields.Many2one(related="proposal_id.currency_id")
    sequence = fields.Integer(readonly=True)
    credit_id = fields.Many2one(
        comodel_name="itsm.agreement.credit",
        string="Clause",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(
        selection=[
            ("ticket", "Late ticket"),
            ("measure", "Measure of the month"),
            ("cap", "Over the limit of the month"),
        ],
        required=True,
        readonly=True,
    )
    reference = fields.Char(
        readonly=True, help="The number of the ticket, or the code of the service."
    )
    breach_id = fields.Many2one(
        comodel_name="itsm.breach",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    base = fields.Float(
        string="Measured",
        readonly=True,
        digits=(16, 3),
        aggregator=None,
        help="Hours of overrun, or per cent reached.",
    )
    monthly_amount = fields.Monetary(
        readonly=True, aggregator=None, help="The amount of the month that counted."
    )
    amount = fields.Monetary(readonly=True)
    formula = fields.Char(string="How It Was Worked Out", readonly=True)

    def _evidence_message(self, operation):
        return self.env._(
            "Lines of a proposal are worked out from the breaches of the month and "
            "cannot be edited. Correct the breach, then compute the month again."
        )
