# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: Dates that helpdesk_mgmt sets whenever a field is written, moved or not.
DATES = {
    "stage_id": ("last_stage_update", "closed_date"),
    "user_id": ("assigned_date",),
}


class HelpdeskTicket(models.Model):
    """Dates of stage, closing and assignment move only if those do (design 2, Gaming).

    Whoever saves a closed ticket into the stage that it has would else move its
    closing to now.
    """

    _inherit = "helpdesk.ticket"

    def write(self, vals):
        unmoved = self._itsm_unmoved_dates(vals)
        result = super().write(vals)
        if unmoved:
            # sudo: what nobody may write is put back, whoever saved
            self.sudo()._itsm_write_derived(unmoved)
        return result

    def _itsm_unmoved_dates(self, vals):
        """Dates that stay as they are, by ticket id and field."""
        written = [name for name in DATES if vals.get(name)]
        unmoved = {}
        # sudo: the write itself asks for the rights
        for ticket in self.sudo() if written else ():
            dates = {
                date: ticket[date]
                for name in written
                if ticket[name].id == vals[name]
                for date in DATES[name]
            }
            if dates:
                unmoved[ticket.id] = dates
        return unmoved
