# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard


class ItsmAgreement(models.Model):
    """The requirements from which an agreement was made (SLM-29)."""

    _inherit = "itsm.agreement"

    requirement_ids = fields.One2many(
        comodel_name="itsm.level.requirement",
        inverse_name="agreement_id",
        string="Requirements",
        groups="itsm_base.itsm_group_agent",
    )
    requirement_count = fields.Integer(
        compute="_compute_requirement_count", groups="itsm_base.itsm_group_agent"
    )

    @api.depends("requirement_ids")
    def _compute_requirement_count(self):
        for agreement in self:
            agreement.requirement_count = len(agreement.requirement_ids)

    def action_activate(self):
        result = super().action_activate()
        # sudo: who activates the agreement decides, whoever keeps the requirements
        everything = self.sudo().with_context(active_test=False)
        everything.requirement_ids._agreement_in_force()
        return result

    def unlink(self):
        self.check_access("unlink")
        drafts = self.filtered(lambda agreement: agreement.state == "draft")
        # sudo: who deletes the draft frees its requirements, whoever keeps them
        drafts = drafts.sudo().with_context(active_test=False)
        guard.with_token(drafts.requirement_ids).write({"agreement_id": False})
        return super().unlink()

    def action_view_requirements(self):
        """Open the requirements from which this agreement was made."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_level_requirement_action"
        )
        return action | {"domain": [("agreement_id", "=", self.id)], "context": {}}
