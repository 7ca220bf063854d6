# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from contextlib import contextmanager
from dataclasses import replace

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools.float_utils import float_round

from ..tools.timeline import NoWorkingTime, Timeline, TimelineSpec

# Kept in ``cr.postcommit.data``, which lives exactly as long as the transaction:
# emptied by commit and rollback, untouched by the rollback of a savepoint (which
# empties ``cr.cache`` although earlier changes of the transaction remain).
CHANGED = "itsm_base.timelines_changed"
# Kept in ``cr.cache``, which must not outlive the rollback of a savepoint.
OWN = "itsm_base.own_timelines"
VERSION = "itsm_base.timeline_version"


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        with self._itsm_timelines_changing():
            return super().create(vals_list)

    def write(self, vals):
        with self._itsm_timelines_changing():
            result = super().write(vals)
        self._itsm_check_moved(self, vals)
        return result

    def unlink(self):
        with self._itsm_timelines_changing():
            return super().unlink()

    # === Business methods ===

    def _itsm_timeline(self, tz=None, company=None, interruptions=()):
        """Return the working time of this calendar as a shared ``Timeline``.

        Attendances, leaves for everybody (of this calendar or of none, of ``company``
        or of none) and extra working days (of this calendar or of all, of
        ``company``). Leaves of a single resource and of other companies do not count,
        whoever asks and in whichever company he works.

        The object is cached for all users until calendar data change. A transaction
        that changed such data gets a timeline of its own, built from what it sees.
        Each combination of ``interruptions`` has a timeline of its own.

        :param str tz: zone in which attendances and local dates are read; by default
            the zone of the calendar
        :param company: ``res.company`` whose leaves and extra days count; by default
            the company of the calendar, else the current one
        :param tuple interruptions: ``(from, to)`` as naive UTC datetimes, sorted, that
            are no working time whatever the calendar says
        :rtype: odoo.addons.itsm_base.tools.timeline.Timeline
        :raise NoWorkingTime: a ``ValueError``: no working hours at all, as in a
            calendar with a flexible schedule

        Requirements: CAL-07, CAL-08, CAL-09.
        """
        self.ensure_one()
        calendar = self.sudo()  # portal users have clocks but cannot read calendars
        tz = tz or calendar.tz or "UTC"
        company_id = (company or calendar.company_id or self.env.company).id
        cr = self.env.cr
        if CHANGED in cr.postcommit.data:
            own = cr.cache.setdefault(OWN, {})
            key = (self.id, tz, company_id, interruptions)
            if key not in own:
                own[key] = self._itsm_timeline_build(tz, company_id, interruptions)
            return own[key]
        return self._itsm_timeline_cached(
            tz, company_id, interruptions, self._itsm_cache_version()
        )

    @api.model
    def _itsm_cache_version(self):
        """The last invalidation of caches that this transaction can see.

        A key for shared caches of committed data, one query a transaction; see
        `_itsm_timeline_cached`.

        :rtype: int
        """
        cr = self.env.cr
        if VERSION not in cr.cache:
            cr.cache[VERSION] = self.env.registry.get_sequences(cr)[1]["default"]
        return cr.cache[VERSION]

    @tools.ormcache("self.id", "tz", "company_id", "interruptions", "version")
    def _itsm_timeline_cached(self, tz, company_id, interruptions, version):
        """Timelines shared by all transactions that see the same ``version``.

        Clearing the cache when data change is not enough: a transaction that began
        before the change is still reading the old data, may build its timeline after
        the cache was cleared, and would leave it there for everybody. The version is
        read in the snapshot of the transaction, so an old snapshot can only fill in
        what other old snapshots will ask for.
        """
        return self._itsm_timeline_build(tz, company_id, interruptions)

    def _itsm_timeline_build(self, tz, company_id, interruptions=()):
        spec = self._itsm_timeline_spec(tz, company_id)
        return Timeline(replace(spec, interruptions=interruptions))

    def _itsm_timeline_spec(self, tz, company_id):
        """Read what the timeline is made of.

        :param str tz: name of the zone
        :param int company_id: company whose leaves and extra days count
        :rtype: odoo.addons.itsm_base.tools.timeline.TimelineSpec
        """
        self.ensure_one()
        calendar = self.sudo()  # shared: must not depend on what one reader may see
        mine_or_all = ("calendar_id", "in", [False, calendar.id])
        leaves = calendar.env["resource.calendar.leaves"].search_fetch(
            [
                mine_or_all,
                ("company_id", "in", [False, company_id]),
                ("resource_id", "=", False),
                ("time_type", "=", "leave"),
            ],
            ["date_from", "date_to"],
        )
        extra_days = calendar.env["itsm.working.day"].search_fetch(
            [mine_or_all, ("company_id", "=", company_id)],
            ["date", "pattern", "hour_from", "hour_to"],
        )
        return TimelineSpec(
            tz=tz,
            attendances=tuple(
                (
                    int(attendance.dayofweek),
                    int(attendance.week_type or 0)
                    if calendar.two_weeks_calendar
                    else None,
                    self._itsm_minutes(attendance.hour_from),
                    self._itsm_minutes(attendance.hour_to),
                )
                for attendance in calendar._itsm_attendances()
            ),
            leaves=tuple((leave.date_from, leave.date_to) for leave in leaves),
            extra_days=tuple(
                (
                    day.date,
                    None if day.pattern == "hours" else int(day.pattern),
                    self._itsm_minutes(day.hour_from),
                    self._itsm_minutes(day.hour_to),
                )
                for day in extra_days
            ),
        )

    def _itsm_attendances(self):
        """Return the attendances that are working hours: no breaks, no headings."""
        if self.flexible_hours:
            # A flexible schedule says how long, not when.
            return self.env["resource.calendar.attendance"]
        return self.attendance_ids.filtered(
            lambda attendance: (
                attendance._is_work_period()
                and attendance.hour_from < attendance.hour_to
            )
        )

    @api.model
    def _itsm_minutes(self, hours):
        """Return hours as whole minutes, rounded as ``resource.calendar`` does."""
        return int(float_round(hours * 60, precision_digits=0))

    def _itsm_check_usable(self):
        """Raise ``ValidationError`` for a calendar on which no clock can run.

        The message names the calendar, the field and the remedy: flexible schedule,
        no working hours, no time zone, no working time in the next ten years.

        Requirements: CAL-07, CAL-08, CAL-09.
        """
        for calendar in self:
            if calendar.flexible_hours:
                raise ValidationError(
                    self.env._(
                        "%(calendar)s cannot be used for clocks: its “%(field)s” is "
                        "flexible, so it does not say when work begins and ends. Set "
                        "it to fully fixed, or choose other working hours.",
                        calendar=calendar.name,
                        field=calendar._itsm_label("schedule_type"),
                    )
                )
            if not calendar.tz:
                raise ValidationError(
                    self.env._(
                        "%(calendar)s cannot be used for clocks: its “%(field)s” is "
                        "empty. Choose the time zone in which its hours are meant.",
                        calendar=calendar.name,
                        field=calendar._itsm_label("tz"),
                    )
                )
            if not calendar._itsm_attendances():
                raise ValidationError(
                    self.env._(
                        "%(calendar)s cannot be used for clocks: its “%(field)s” has "
                        "no hours. Enter them; for service around the clock enter "
                        "00:00 to 24:00 for every day.",
                        calendar=calendar.name,
                        field=calendar._itsm_label("attendance_ids"),
                    )
                )
            try:
                calendar._itsm_timeline().add(fields.Datetime.now(), 0)
            except NoWorkingTime as error:
                raise ValidationError(
                    self.env._(
                        "%(calendar)s cannot be used for clocks: because of its "
                        "“%(field)s” it has no working time in the next ten years. "
                        "Check when the time off ends.",
                        calendar=calendar.name,
                        field=calendar._itsm_label("leave_ids"),
                    )
                ) from error

    def _itsm_label(self, field_name):
        return self._fields[field_name]._description_string(self.env)

    @api.model
    def _itsm_check_moved(self, records, vals):
        """Check the rules again after a write that moves working time elsewhere.

        Odoo checks them before it only: what is one's own could be moved to another
        company, or to all of them, and there move the deadlines of others.

        :raise AccessError: the user may not write the records where they are now
        """
        if {"company_id", "calendar_id", "resource_id"} & vals.keys():
            records.check_access("write")

    # === Cache of timelines ===

    @api.model
    def _itsm_timelines_changed(self):
        """Whether this transaction has changed what timelines are made of."""
        return CHANGED in self.env.cr.postcommit.data

    @api.model
    @contextmanager
    def _itsm_timelines_changing(self):
        """Context of a change to what timelines are made of.

        Entered by create, write and unlink of every model that is read by
        ``_itsm_timeline_spec``. From here to its end the transaction builds its own
        timelines, so that nothing uncommitted reaches the shared cache; and all
        workers drop theirs once it is committed.
        """
        self._itsm_timelines_mark()
        yield
        # Computed fields may have asked for a timeline in the midst of the change.
        self._itsm_timelines_mark()

    @api.model
    def _itsm_timelines_mark(self):
        cr = self.env.cr
        registry = self.env.registry
        cr.cache.pop(OWN, None)
        # Has the framework tell the other workers after commit, also where it skips
        # post-commit hooks.
        registry.clear_cache()
        if CHANGED in cr.postcommit.data:
            return
        cr.postcommit.data[CHANGED] = True

        @cr.postcommit.add
        def tell_everybody():
            # At once and not at the end of the request: a scheduled action commits
            # many times before it ends. The insertion makes a new version, see
            # ``_itsm_timeline_cached``; while modules load there is nobody to tell.
            registry.clear_cache()
            if registry.ready:
                registry.signal_changes()
