# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import Period


class ItsmCreditCompute(models.TransientModel):
    """Work out the service credits of a finished month."""

    _name = "itsm.credit.compute"
    _description = "Compute Service Credits"

    day = fields.Date(
        string="Any Day of the Month",
        required=True,
        default=lambda self: (
            Period.of("month", fields.Date.context_today(self)).previous().start
        ),
    )
    agreement_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="Agreements",
        domain="[('kind', '=', 'sla'), ('is_template', '=', False), "
        "('state', '!=', 'draft'), ('credit_ids', '!=', False)]",
        help="Empty: every agreement in force with a clause about service credits.",
    )

    def action_confirm(self):
        """Propose, and show the proposals of the month.

        :raises UserError: no agreement has a clause, or the month is not over
        """
        self.ensure_one()
        proposals = self.env["itsm.credit.proposal"]
        proposals._check_may_decide()
        month = Period.of("month", self.day)
        domain = (
            Domain("kind", "=", "sla")
            & Domain("is_template", "=", False)
            & Domain("state", "!=", "draft")
            & Domain("company_id", "in", self.env.companies.ids)
            & Domain("date_start", "<=", month.end)
            & Domain("credit_ids", "!=", False)
        )
        if self.agreement_ids:
            domain &= Domain("id", "in", self.agreement_ids.ids)
        agreements = self.env["itsm.agreement"].search(domain)
        if not agreements:
            raise UserError(
                self.env._(
                    "No agreement in force in %(month)s has a clause about service "
                    "credits. Add one on the page “Service credits” of a draft.",
                    month=month.label,
                )
            )
        proposals._compute_month(agreements, month.start)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_credit_proposal_action"
        )
        return action | {
            "domain": [
                ("month", "=", month.start),
                ("agreement_id", "in", agreements.ids),
            ],
            "context": {},
        }
