# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAgreement(models.Model):
    """What past tickets say of an agreement, for those who sign it (design 4)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    whatif_count = fields.Integer(
        string="What-If Scenarios", compute="_compute_whatif_count"
    )
    whatif_id = fields.Many2one(
        comodel_name="itsm.whatif",
        string="Latest What-If",
        compute="_compute_whatif",
        help="The scenario that was worked out last.",
    )
    whatif_summary = fields.Char(string="What-If Says", compute="_compute_whatif")

    def _compute_whatif_count(self):
        counts = dict(
            self.env["itsm.whatif"]._read_group(
                [("agreement_id", "in", self.ids)], ["agreement_id"], ["__count"]
            )
        )
        for agreement in self:
            agreement.whatif_count = counts.get(agreement, 0)

    def _compute_whatif(self):
        scenarios = self.env["itsm.whatif"]
        rows = scenarios._read_group(
            [("agreement_id", "in", self.ids), ("state", "=", "computed")],
            ["agreement_id"],
            ["id:max"],
        )
        latest = dict(rows)
        for agreement in self:
            scenario = scenarios.browse(latest.get(agreement))
            agreement.whatif_id = scenario
            agreement.whatif_summary = scenario.summary

    def action_whatif(self):
        """Open the scenarios of this agreement, or a new one if there is none."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_whatif_action"
        )
        action |= {
            "domain": [("agreement_id", "=", self.id)],
            "context": {"default_agreement_id": self.id},
        }
        if not self.whatif_count:
            action |= {"views": [(False, "form")], "view_mode": "form"}
        return action
