# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..models.itsm_ci_attribute_values import LOSS_SEEN


class ItsmCiClassChange(models.TransientModel):
    """Another class for configuration items, and what they lose by it."""

    _name = "itsm.ci.class.change"
    _description = "Change of CI Class"

    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_class_change_ci_rel",
        column1="wizard_id",
        column2="ci_id",
        string="Configuration Items",
        required=True,
        default=lambda self: self.env.context.get("active_ids"),
    )
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="New Class",
        required=True,
        ondelete="cascade",
        domain="[('is_abstract', '=', False)]",
    )
    lost = fields.Text(
        string="Values That Are Lost", compute="_compute_lost", readonly=True
    )

    @api.depends("ci_ids", "class_id")
    def _compute_lost(self):
        for wizard in self:
            lost = wizard.ci_ids._lost_attributes(wizard.class_id)
            wizard.lost = "\n".join(
                f"{item.name}: {', '.join(attribute.name for attribute in attributes)}"
                for item, attributes in lost.items()
            )

    def action_change(self):
        """Change the class. The history keeps what is lost."""
        items = self.ci_ids.with_context(**{LOSS_SEEN: True})
        items.write({"class_id": self.class_id.id})
        return {"type": "ir.actions.act_window_close"}
