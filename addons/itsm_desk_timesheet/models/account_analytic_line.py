# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

#: What the work log says; it is changed there.
LOGGED_FIELDS = frozenset(
    {"unit_amount", "date", "employee_id", "user_id", "project_id", "product_uom_id"}
)


class AccountAnalyticLine(models.Model):
    """A timesheet that is a row of the work log is changed there (INC-50)."""

    _inherit = "account.analytic.line"

    itsm_work_log_ids = fields.One2many(
        comodel_name="itsm.work.log", inverse_name="timesheet_id", readonly=True
    )

    def write(self, vals):
        if not LOGGED_FIELDS.isdisjoint(vals):
            self._check_itsm_work_log()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_itsm_work_log(self):
        self._check_itsm_work_log()

    def _check_itsm_work_log(self):
        """Refuse to change or delete lines that the work log of a ticket made.

        :raise UserError: such a line, and the caller is not the work log
        """
        if guard.has_token(self):
            return
        # sudo: a row counts, whoever may see it
        logs = self.env["itsm.work.log"].sudo()
        log = logs.search([("timesheet_id", "in", self.ids)], limit=1)
        if log:
            raise UserError(
                self.env._(
                    "This timesheet is the work log of ticket %(ticket)s. Change it "
                    "there; the timesheet follows.",
                    ticket=log.ticket_id.number,
                )
            )
