# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class HelpdeskTicket(models.Model):
    """The work order in which a defect was found (MNT-08)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    maintenance_result_ids = fields.One2many(
        comodel_name="itsm.ci.maintenance.result",
        inverse_name="ticket_id",
        string="Found in Maintenance",
        readonly=True,
        groups="itsm_cmdb.itsm_group_ci_reader",
    )

    def action_view_maintenance(self):
        """Open the work orders in which it was found."""
        self.ensure_one()
        orders = self.maintenance_result_ids.order_id
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_maintenance_order_action"
        )
        if len(orders) == 1:
            return {**action, "views": [(False, "form")], "res_id": orders.id}
        return {**action, "domain": [("id", "in", orders.ids)], "context": {}}

    def _action_open_from_maintenance(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
        }
