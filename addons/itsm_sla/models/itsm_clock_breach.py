# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmClock(models.Model):
    """What is stored of clocks moves the breaches along."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.clock"

    def _store(self, values):
        # A save that concerns no late clock pays nothing: `_as_fold` has read these.
        touched = [
            clock.id
            for clock, vals in zip(self, values, strict=True)
            if clock.kind == "sla" and (clock.breached_at or vals.get("breached_at"))
        ]
        result = super()._store(values)
        if touched:
            self.env["itsm.breach"]._follow(clock_ids=touched)
        return result

    def _used_until(self, moment, resolver):
        """Working seconds used until ``moment``, on the clock's own hours.

        :param datetime moment: naive UTC
        :param resolver: as `itsm.agreement._clock_resolver` returns it
        :rtype: int
        """
        self.ensure_one()
        to_datetime = fields.Datetime.to_datetime
        running = [
            (to_datetime(start), to_datetime(stop), seconds)
            for start, stop, phase, seconds in self.segments or []
            if phase in ("running", "before")
        ]
        used = sum(seconds for _start, stop, seconds in running if stop <= moment)
        cut = [start for start, stop, _seconds in running if start < moment < stop]
        if self.running_since and self.running_since < moment:
            cut.append(self.running_since)
        if cut:
            rules = self._rules(resolver)
            if rules:
                used += sum(rules.timeline.elapsed(start, moment) for start in cut)
        return used
