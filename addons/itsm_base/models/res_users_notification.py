# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models

from ..tools.timeline import NoWorkingTime


class ResUsers(models.Model):
    """When a person is told of what is not urgent."""

    _inherit = "res.users"

    # no defaults: existing rows are not rewritten when the addon is installed
    itsm_no_quiet_hours = fields.Boolean(
        string="Tell Me at Any Time",
        help="Also outside my working hours, where my company would wait for them.",
    )
    itsm_digest_frequency = fields.Selection(
        selection=[("day", "Every day"), ("week", "Every week")],
        string="My Digest",
        help="One mail with what you are not told at once. Empty: every day.",
    )
    itsm_notification_preference_ids = fields.One2many(
        comodel_name="itsm.notification.preference",
        inverse_name="user_id",
        string="What I Want Differently",
    )

    @property
    def SELF_READABLE_FIELDS(self):
        return [*super().SELF_READABLE_FIELDS, *self._itsm_own_fields()]

    @property
    def SELF_WRITEABLE_FIELDS(self):
        return [*super().SELF_WRITEABLE_FIELDS, *self._itsm_own_fields()]

    def _itsm_own_fields(self):
        """Names of the fields of ours that everybody keeps for himself."""
        return [
            "itsm_no_quiet_hours",
            "itsm_digest_frequency",
            "itsm_notification_preference_ids",
        ]

    def _itsm_working_time(self, company):
        """The working time of a person: his own calendar, or that of the company.

        In his own zone: 9 o'clock is where he is. Extra working days and holidays
        count (issue 4, Notifications).

        :param company: ``res.company``
        :return: ``Timeline``, or None if there is no calendar that says when
        """
        self.ensure_one()
        # sudo: whoever causes a notification need not see the resources of others
        user = self.sudo()
        resources = user.resource_ids.filtered(
            lambda resource: resource.company_id == company
        )
        # sudo: his quiet hours, whoever writes to him
        calendar = resources[:1].calendar_id or company.sudo().resource_calendar_id
        if not calendar:
            return None
        try:
            return calendar._itsm_timeline(
                tz=user.tz or calendar.tz or "UTC", company=company
            )
        except NoWorkingTime:
            return None

    def _itsm_quiet_until(self, company, now):
        """When a person may be told of what is not urgent.

        :param company: ``res.company`` whose event it is
        :param datetime now: naive UTC
        :return: naive UTC datetime, the next opening; False if now is good
        """
        self.ensure_one()
        company = company.sudo()  # sudo: as in _itsm_working_time
        if not company.itsm_quiet_hours or self.sudo().itsm_no_quiet_hours:
            return False
        return self._itsm_opening(company, now) or False

    def _itsm_opening(self, company, moment):
        """The first working moment after ``moment``; None if it is one, or unknown."""
        timeline = self._itsm_working_time(company)
        if timeline is None:
            return None
        try:
            opening = timeline.add(moment, 0)
        except NoWorkingTime:
            return None
        return opening if opening > moment else None

    def _itsm_digest_at(self, company, now):
        """When the next digest of a person is sent.

        At the company's time of day in the person's zone, every day or on the company's
        weekday; on a day off at the next opening.

        :return: naive UTC datetime after ``now``
        """
        self.ensure_one()
        user = self.sudo()  # sudo: as in _itsm_working_time
        company = company.sudo()  # sudo: as above
        zone = pytz.timezone(user.tz or company.resource_calendar_id.tz or "UTC")
        minutes = round(company.itsm_digest_hour * 60)
        at = time(minutes // 60 % 24, minutes % 60)
        weekly = user.itsm_digest_frequency == "week"
        day = pytz.utc.localize(now).astimezone(zone).date()
        while True:
            if not weekly or day.weekday() == int(company.itsm_digest_weekday or 0):
                local = zone.localize(datetime.combine(day, at), is_dst=False)
                due = local.astimezone(pytz.utc).replace(tzinfo=None)
                if due > now:
                    break
            day += timedelta(days=1)
        return user._itsm_opening(company, due) or due
