# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmServiceDependency(models.Model):
    """What a service needs is a relation of its configuration item too."""

    _inherit = "itsm.service.dependency"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.service_id._relate_configuration_items()
        return lines

    def write(self, vals):
        services = self.service_id
        result = super().write(vals)
        (services | self.service_id)._relate_configuration_items()
        return result

    def unlink(self):
        services = self.service_id
        result = super().unlink()
        services.exists()._relate_configuration_items()
        return result
