# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Counting working days on a timeline; no ORM."""

from datetime import datetime, timedelta
from datetime import time as day_time

import pytz


def end_of_working_day(timeline, start, days):
    """The end (local midnight) of the n-th working day after the day of a moment.

    Day 0 is the local date of *start*, whether it is a working day or not: five days
    after a Saturday are those from Monday to Friday.

    :param timeline: ``odoo.addons.itsm_base.tools.timeline.Timeline``
    :param datetime start: naive UTC
    :param int days: at least 0
    :return: naive UTC datetime, exclusive end of that day
    :raise NoWorkingTime: a ``ValueError``: ten years without working time
    """
    zone = timeline.tz
    day = _local_date(start, zone)
    for _n in range(days):
        day = _local_date(timeline.add(_midnight_after(day, zone), 0), zone)
    return _midnight_after(day, zone)


def _local_date(moment, zone):
    return pytz.utc.localize(moment).astimezone(zone).date()


def _midnight_after(day, zone):
    local = datetime.combine(day + timedelta(days=1), day_time())
    aware = zone.localize(local, is_dst=False)
    return aware.astimezone(pytz.utc).replace(tzinfo=None)
