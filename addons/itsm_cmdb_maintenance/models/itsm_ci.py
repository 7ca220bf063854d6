# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCi(models.Model):
    """The equipment that a configuration item is."""

    _inherit = "itsm.ci"

    # every employee may read equipment that he follows; the rest is maintenance's
    equipment_ids = fields.One2many(
        comodel_name="maintenance.equipment",
        inverse_name="itsm_ci_id",
        readonly=True,
        groups="maintenance.group_equipment_manager",
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._itsm_find_equipment()
        return items

    def write(self, vals):
        result = super().write(vals)
        if "serial" in vals:
            self._itsm_find_equipment()
        return result

    def _itsm_find_equipment(self):
        """Link the equipment that waits for a configuration item of these serials."""
        serials = [item.serial for item in self if item.serial]
        if serials:
            # sudo: who keeps configuration items need not see equipment
            equipment = self.env["maintenance.equipment"].sudo()
            equipment.search(
                [("serial_no", "in", serials), ("itsm_ci_id", "=", False)]
            )._itsm_link()

    def action_view_equipment(self):
        """Open the equipment of this configuration item; its own rights hold."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "maintenance.equipment",
            "res_id": self.equipment_ids[:1].id,
            "view_mode": "form",
        }
