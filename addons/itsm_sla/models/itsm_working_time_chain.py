# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmWorkingTimeMixin(models.AbstractModel):
    """Other working time: the chains that run in it are checked again."""

    _inherit = "itsm.working.time.mixin"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._chain_mark_hours()
        return records

    def write(self, vals):
        before = self._chain_hours()
        result = super().write(vals)
        self._chain_mark_hours(before)
        return result

    def unlink(self):
        before = self._chain_hours()
        result = super().unlink()
        self.browse()._chain_mark_hours(before)
        return result

    def _chain_hours(self):
        """The calendars that these records are part of; None among them: all."""
        # sudo: whose hours they are does not depend on who changes them
        return [record._itsm_calendars() for record in self.sudo()]

    def _chain_mark_hours(self, before=()):
        parts = [*before, *self._chain_hours()]
        if None in parts:
            self.env["itsm.agreement"]._chain_mark_calendars(None)
            return
        calendars = self.env["resource.calendar"].union(*parts)
        if calendars:
            self.env["itsm.agreement"]._chain_mark_calendars(calendars)
