# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.itsm_base.tools.catalogue import OFFERED


class ItsmServiceTeam(models.Model):
    """Support teams are essential for what was promised (SLM-30)."""

    _inherit = "itsm.service.team"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._itsm_essential_change()
        return lines

    def write(self, vals):
        changed = {"service_id", "team_id", "line"} & vals.keys()
        if changed:
            self._itsm_essential_change()
        result = super().write(vals)
        if changed:
            self._itsm_essential_change()
        return result

    def unlink(self):
        self._itsm_essential_change()
        return super().unlink()

    def _itsm_essential_change(self):
        # sudo: the state decides, whoever may read it
        services = self.sudo().service_id
        services = services.filtered(lambda service: service.state in OFFERED)
        if services:
            services._itsm_essential_change("team_ids")
