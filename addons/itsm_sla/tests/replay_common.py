# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from .common import SlaCommon

#: Everything that reaches somebody.
LOUD = ("mail.message", "mail.mail", "mail.activity", "mail.notification")


class ReplayCommon(SlaCommon):
    """Working time that is edited late, and replays of what it did to clocks."""

    def _holiday(self, wall, day):
        """A holiday of the calendar that is entered at a wall clock time."""
        with self.at(wall):
            return self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": self.calendar.id,
                    "date_from": self.utc(f"{day} 00:00"),
                    "date_to": self.utc(f"{day} 23:59:59"),
                }
            )

    def _replay(self, wall, user=None, run=True, **vals):
        """A replay whose table is made at a wall clock time; of all tickets."""
        edited = "calendar" if "calendar_ids" in vals else "all"
        with self.at(wall):
            replay = (
                self.env["itsm.replay"]
                .with_user(user or self.sla_manager)
                .create({"name": "Edited", "edited": edited, **vals})
            )
            replay.action_compute()
            if run:
                replay.run_id._work_inline()
        return replay

    def _apply(self, wall, replay, user=None):
        with self.at(wall):
            replay.with_user(user or self.sla_manager).action_apply()
            replay.run_id._work_inline()
            self.env.flush_all()
        self.env.invalidate_all()

    def _undo(self, wall, replay):
        with self.at(wall):
            replay.run_id.action_undo()
            replay.run_id._work_inline()
            self.env.flush_all()
        self.env.invalidate_all()

    def _lines(self, replay, ticket=None):
        lines = replay.line_ids
        if ticket:
            lines = lines.filtered(lambda line: line.ticket_id == ticket)
        return lines

    def _figures(self, clocks):
        """All stored figures of clocks, by id."""
        names = [
            name
            for name in clocks._fields
            if clocks._fields[name].store and not name.startswith(("write_", "create_"))
        ]
        clocks.invalidate_recordset()
        return {row["id"]: row for row in clocks.read(names)}

    def _loud(self):
        self.env.flush_all()
        return {name: self.env[name].search_count([]) for name in LOUD}
