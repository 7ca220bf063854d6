# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_agreement(self):
        # sudo: agreements of others count too
        agreement = (
            self.env["itsm.agreement"]
            .sudo()
            .with_context(active_test=False)
            .search([("calendar_id", "in", self.ids)], limit=1)
        )
        if agreement:
            raise UserError(
                self.env._(
                    "%(calendar)s is in use: %(agreement)s has it as “%(field)s”. "
                    "Choose another one there first, or archive the working time "
                    "instead of deleting it.",
                    calendar=agreement.calendar_id.name,
                    agreement=agreement.display_name,
                    field=agreement._fields["calendar_id"]._description_string(
                        self.env
                    ),
                )
            )
