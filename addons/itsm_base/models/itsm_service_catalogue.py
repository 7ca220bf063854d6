# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools.misc import babel_locale_parse, format_duration


class ItsmService(models.Model):
    """What the catalogue says of a service, in the portal and on paper."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    def _itsm_family(self):
        """The service at the top: the catalogue is grouped by it."""
        self.ensure_one()
        top = self
        while top.parent_id:
            top = top.parent_id
        return top

    def _level_summary(self, partner=None):
        """The service levels of services in short (CAT-03); a hook for other addons.

        :param partner: ``res.partner`` whose levels are asked for; none: the general
            ones
        :return: by id of the service a list of dicts with ``kind`` (of tickets),
            ``priority``, ``metric`` and ``target``, all in words
        :rtype: dict[int, list[dict]]
        """
        return {service.id: [] for service in self}

    def _itsm_hours_text(self):
        """The service hours in words, in the language of the environment (CAT-04).

        :return: for example ``Mon, Tue 09:00–12:00, 13:00–18:00 (Europe/Berlin)``;
            empty if no hours are said
        :rtype: str
        """
        self.ensure_one()
        # sudo: hours are told to whoever is shown the service
        calendar = self.sudo()._itsm_effective("calendar_id")
        return self._itsm_calendar_text(calendar) if calendar else ""

    @api.model
    def _itsm_calendar_text(self, calendar, tz=None):
        """The hours of a calendar in words, in the language of the environment.

        :param calendar: ``resource.calendar``
        :param str tz: the zone in which they are read; empty: the calendar's
        :rtype: str
        """
        tz = tz or calendar.tz
        if calendar.two_weeks_calendar:
            return f"{calendar.name} ({tz})"
        days = {}
        for line in calendar.attendance_ids.filtered(
            lambda line: not line.display_type and line.day_period != "lunch"
        ).sorted(lambda line: (line.dayofweek, line.hour_from)):
            days.setdefault(line.dayofweek, []).append((line.hour_from, line.hour_to))
        spans = {}
        for day, hours in days.items():
            spans.setdefault(tuple(self._itsm_joined(hours)), []).append(int(day))
        names = babel_locale_parse(self.env.lang).days["format"]["abbreviated"]
        parts = []
        for hours, numbers in spans.items():
            if hours == ((0.0, 24.0),):
                text = "00:00–24:00"
            else:
                text = ", ".join(
                    f"{format_duration(start)}–{format_duration(stop)}"
                    for start, stop in hours
                )
            parts.append(f"{', '.join(names[number] for number in numbers)} {text}")
        return f"{'; '.join(parts)} ({tz})" if parts else calendar.name

    def _itsm_joined(self, hours):
        """Spans of a day, without the joints between them."""
        joined = []
        for start, stop in hours:
            if joined and start <= joined[-1][1]:
                joined[-1] = joined[-1][0], max(stop, joined[-1][1])
            else:
                joined.append((start, stop))
        return joined
