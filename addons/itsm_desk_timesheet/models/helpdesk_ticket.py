# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class HelpdeskTicket(models.Model):
    """What was done on a restricted ticket does not stand in timesheets (SEC-05)."""

    _inherit = "helpdesk.ticket"

    def _itsm_after_restricted(self):
        result = super()._itsm_after_restricted()
        self._itsm_follow_timesheets()
        return result

    def _itsm_lift_restriction(self, reason):
        result = super()._itsm_lift_restriction(reason)
        self._itsm_follow_timesheets()
        return result

    def _itsm_follow_timesheets(self):
        # sudo: rows of work are for who did it and those who lead him
        logs = self.env["itsm.work.log"].sudo()
        logs = logs.search([("ticket_id", "in", self.ids)])
        if logs:
            logs._follow_timesheets(moved=False)
