# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

#: Of what passed longer ago nobody is told any more, in days.
LATEST = 30
REMINDERS = {
    "agreement_renewal_due": "renewal_reminded_for",
    "agreement_overdue": "overdue_reminded_for",
}


class ItsmAgreement(models.Model):
    """By when the renewal of an agreement has to be decided, and who is told (SLM-06).

    Each reminder is given once for each end of the agreement: another Until brings
    another one.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    notice_days = fields.Integer(
        string="Notice (Days)",
        default=90,
        help="How many days before Until either side says whether it goes on. 0: no "
        "notice is agreed.",
    )
    notice_date = fields.Date(
        string="Notice by",
        compute="_compute_notice_date",
        store=True,
        help="Last day on which notice is given or a new agreement is asked for.",
    )
    remind_days = fields.Integer(
        string="Remind Before (Days)",
        default=30,
        help="How many days before that day those who answer for the agreement are "
        "reminded.",
    )
    renewal_reminded_for = fields.Date(
        readonly=True, copy=False, help="The notice day that was reminded of."
    )
    overdue_reminded_for = fields.Date(
        readonly=True, copy=False, help="The last day that was told to have passed."
    )

    _notice_days_range = models.Constraint(
        "CHECK(COALESCE(notice_days, 0) BETWEEN 0 AND 1000"
        " AND COALESCE(remind_days, 0) BETWEEN 0 AND 1000)",
        "Notice and reminder lie between 0 and 1000 days.",
    )

    def _init_column(self, column_name):
        if column_name not in ("notice_days", "remind_days"):
            return super()._init_column(column_name)
        # What was agreed before has no notice: nobody is reminded because of an update.
        self.env.cr.execute(
            SQL(
                "UPDATE itsm_agreement SET %s = %s WHERE is_template",
                SQL.identifier(column_name),
                self._fields[column_name].default(self),
            )
        )

    @api.depends("date_end", "notice_days")
    def _compute_notice_date(self):
        for agreement in self:
            if agreement.date_end and agreement.notice_days:
                days = timedelta(days=agreement.notice_days)
                agreement.notice_date = agreement.date_end - days
            else:
                agreement.notice_date = False

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {"notice_days"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_life([name for name in REMINDERS.values() if vals.get(name)])
        return super().create(vals_list)

    def write(self, vals):
        self._check_life([name for name in REMINDERS.values() if name in vals])
        return super().write(vals)

    # === Reminders ===

    @api.model
    def _cron_renewal(self, now=None):
        """Tell those who answer for agreements that end (scheduled, once a day).

        :param datetime.datetime now: naive UTC; empty: the moment
        """
        now = now or fields.Datetime.now()
        # A day of tolerance: each agreement has its own today.
        latest = now.date() + timedelta(days=1)
        oldest = now.date() - timedelta(days=LATEST + 1)
        agreements = self.search(
            Domain("state", "=", "active")
            & Domain("superseded_on", "=", False)
            & Domain("date_end", ">=", oldest)
            & (Domain("notice_date", "!=", False) | Domain("date_end", "<=", latest))
        )
        for code, field in REMINDERS.items():
            due = agreements.filtered(
                lambda agreement, code=code: agreement._is_reminder_due(code, now)
            )
            self.env["itsm.notification.event"]._notify(code, due)
            for agreement in guard.with_token(due):
                agreement[field] = agreement._reminder_day(code)

    def _reminder_day(self, code):
        """The day that a reminder is about."""
        self.ensure_one()
        if code == "agreement_renewal_due":
            return self.notice_date
        return self.date_end

    def _is_reminder_due(self, code, now):
        """Whether this agreement is to be reminded of now, and was not yet."""
        self.ensure_one()
        day = self._reminder_day(code)
        if not day or self[REMINDERS[code]] == day:
            return False
        today = self._local_date(now, self.tz)
        if code == "agreement_renewal_due":
            first = day - timedelta(days=self.remind_days)
            return first <= today <= day
        return day < today <= day + timedelta(days=LATEST)
