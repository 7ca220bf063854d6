# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard


class ItsmService(models.Model):
    """A service is a configuration item as well, so that impact reaches it (CFG-15)."""

    _inherit = "itsm.service"

    ci_ids = fields.One2many(
        comodel_name="itsm.ci",
        inverse_name="service_id",
        string="Configuration Item",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        services = super().create(vals_list)
        services._make_configuration_items()
        return services

    def write(self, vals):
        result = super().write(vals)
        if {"name", "active", "criticality", "company_id"} & vals.keys():
            # sudo: the item follows its service, whoever designs services
            items = self.sudo().with_context(active_test=False).ci_ids
            for item in items:
                item.write(item.service_id._configuration_item_values())
        return result

    def unlink(self):
        # sudo: the item goes with its service, unless something refers to it
        self.sudo().with_context(active_test=False).ci_ids.unlink()
        return super().unlink()

    def _make_configuration_items(self):
        """A configuration item for each that has none, silently."""
        # sudo: services become items, whoever makes them
        items = guard.silence(self.env["itsm.ci"].sudo())
        items = items.with_context(tracking_disable=True)
        known = items.with_context(active_test=False).search(
            [("service_id", "in", self.ids)]
        )
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        items.create(
            [
                {
                    **service._configuration_item_values(),
                    "class_id": ci_class.id,
                    "service_id": service.id,
                    "state": "use",
                }
                for service in self - known.service_id
            ]
        )

    def _configuration_item_values(self):
        return {
            "name": self.name,
            "company_id": self.company_id.id,
            "criticality": self.criticality,
            "active": self.active,
        }

    def action_view_ci(self):
        """Open the configuration item of the service."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": self.with_context(active_test=False).ci_ids[:1].id,
            "view_mode": "form",
        }
