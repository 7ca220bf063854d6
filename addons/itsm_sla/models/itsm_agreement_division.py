# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmAgreementDivision(models.Model):
    """Which team has which part of the time that an OLA promises (SLM-75, D03).

    The lines of an agreement are the division of work of the departments that share it:
    who answers for what, and the share of each promised time.
    """

    _name = "itsm.agreement.division"
    _description = "Division of Work"
    _inherit = ["itsm.agreement.part.mixin"]
    _part_field = "division_ids"
    _order = "agreement_id, sequence, id"
    _rec_name = "team_id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        string="OLA",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="agreement_id.company_id")
    sequence = fields.Integer(default=10)
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Answers for the part of the team.",
    )
    task = fields.Text(required=True, translate=True, help="What the team does.")
    share = fields.Float(
        string="Share (%)",
        digits=(6, 2),
        aggregator="sum",
        help="Of each promised time. All teams together have at most 100 %.",
    )

    _share_range = models.Constraint(
        "CHECK(share >= 0 AND share <= 100)",
        "The share of a team lies between 0 and 100 %.",
    )
    _team_uniq = models.UniqueIndex(
        "(agreement_id, team_id)", "The team is in the division of work already."
    )

    @api.constrains("agreement_id", "share")
    def _check_share(self):
        for agreement in self.agreement_id:
            if agreement.kind != "ola":
                raise ValidationError(
                    self.env._(
                        "%(agreement)s is no OLA: only teams of the company divide "
                        "their work in it.",
                        agreement=agreement.display_name,
                    )
                )
            total = sum(agreement.division_ids.mapped("share"))
            if total > 100 + 1e-6:
                raise ValidationError(
                    self.env._(
                        "Share (%%): the teams of %(agreement)s have %(total)g %% "
                        "together. Give them at most 100 %%.",
                        agreement=agreement.display_name,
                        total=round(total, 2),
                    )
                )

    def _share_seconds(self, seconds):
        """The part of a promised time that a team has, cut to the minute.

        :param int seconds: promised, working time
        :rtype: int
        """
        self.ensure_one()
        return int(seconds * self.share / 100 + 1e-6) // 60 * 60
