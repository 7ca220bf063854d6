# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class MaintenanceEquipment(models.Model):
    """Equipment, and the configuration item that it is (CFG-45)."""

    _inherit = "maintenance.equipment"

    itsm_ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        domain="[('service_id', '=', False)]",
        groups="itsm_cmdb.itsm_group_ci_reader",
        help="Found by the serial number, if one alone has it.",
    )

    _itsm_ci_uniq = models.UniqueIndex(
        "(itsm_ci_id) WHERE itsm_ci_id IS NOT NULL",
        "Another equipment is this configuration item.",
    )

    @api.constrains("itsm_ci_id", "company_id")
    def _check_itsm_ci_company(self):
        for equipment in self.sudo():  # sudo: companies are compared, seen or not
            company = equipment.itsm_ci_id.company_id
            if company and equipment.company_id and company != equipment.company_id:
                raise ValidationError(
                    self.env._(
                        "%(equipment)s and %(item)s belong to different companies.",
                        equipment=equipment.name,
                        item=equipment.itsm_ci_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        equipment = super().create(vals_list)
        equipment._itsm_find_ci()
        return equipment

    def write(self, vals):
        result = super().write(vals)
        if "serial_no" in vals:
            self._itsm_find_ci()
        return result

    def _itsm_find_ci(self):
        """Link equipment without one to the configuration item with its serial."""
        # sudo: who keeps equipment need not have a right to the CMDB
        self.sudo()._itsm_link()

    def _itsm_link(self):
        """In sudo, for a batch; constant queries. What is not unique is left open."""
        alone = self.filtered(lambda row: row.serial_no and not row.itsm_ci_id)
        if not alone:
            return
        items = self.env["itsm.ci"].search(
            [("serial", "in", alone.mapped("serial_no")), ("service_id", "=", False)]
        )
        taken = self.with_context(active_test=False).search(
            [("itsm_ci_id", "in", items.ids)]
        )
        by_serial = (items - taken.itsm_ci_id).grouped("serial")
        for equipment in alone:
            # what belongs to all companies is nothing of one of them
            companies = (equipment.company_id, equipment.company_id.browse())
            fitting = by_serial.get(equipment.serial_no, items.browse()).filtered(
                lambda item, companies=companies: item.company_id in companies
            )
            if len(fitting) == 1:
                equipment.itsm_ci_id = fitting
