# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models

from ..tools.working_days import end_of_working_day


class ResCompany(models.Model):
    """How long a company waits for the requester's word."""

    _inherit = "res.company"

    itsm_auto_close_days = fields.Integer(
        string="Close Resolved Tickets After (Working Days)",
        default=5,
        help="If the requester says nothing, a resolved ticket is closed at the end of "
        "the n-th working day after the day of its solution. 0: only by a person.",
    )
    itsm_reopen_days = fields.Integer(
        string="Reopen Closed Tickets Within (Days)",
        default=7,
        help="For so long after closing a ticket is reopened if the solution failed; "
        "later, and for every other wish, there is a new ticket linked to it.",
    )

    _itsm_lifecycle_days = models.Constraint(
        "CHECK(COALESCE(itsm_auto_close_days, 0) >= 0"
        " AND COALESCE(itsm_reopen_days, 0) >= 0)",
        "A number of days cannot be negative. Enter 0 or more.",
    )

    def _itsm_auto_close_at(self, since):
        """When a ticket that is resolved at *since* is closed by itself.

        :param datetime since: naive UTC
        :return: naive UTC datetime; False: never (0 days, or a company whose working
            hours have no working time)
        """
        self.ensure_one()
        company = self.sudo()  # sudo: it does not depend on who may read the company
        days = company.itsm_auto_close_days
        calendar = company.resource_calendar_id
        if not days or not calendar:
            return False
        try:
            timeline = calendar._itsm_timeline(company=company)
            return end_of_working_day(timeline, since, days)
        except ValueError:  # NoWorkingTime: flexible hours, or none left
            return False

    def _itsm_reopen_until(self, closed_at):
        """Until when a ticket closed at *closed_at* may be reopened (INC-33).

        :param datetime closed_at: naive UTC
        :return: naive UTC datetime, inclusive
        """
        self.ensure_one()
        # sudo: it does not depend on who may read the company
        return closed_at + timedelta(days=self.sudo().itsm_reopen_days or 0)
