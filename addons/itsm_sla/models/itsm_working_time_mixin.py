# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

OPEN = ("running", "paused")


class ItsmWorkingTimeMixin(models.AbstractModel):
    """What working time is made of: an edit of it concerns clocks that run."""

    _name = "itsm.working.time.mixin"
    _description = "Working Time of Clocks"

    itsm_open_ticket_count = fields.Integer(
        string="Open Tickets Counted",
        compute="_compute_itsm_open_ticket_count",
        groups="itsm_sla.itsm_group_sla_manager",
        help="Tickets with clocks that run or wait in this working time.",
    )

    def _compute_itsm_open_ticket_count(self):
        parts = {record: record._itsm_calendars() for record in self}
        calendars = self.env["resource.calendar"].union(*filter(None, parts.values()))
        counts = self._itsm_open_tickets([("calendar_id", "in", calendars.ids)])
        if None in parts.values():
            counts |= self._itsm_open_tickets([], [])
        for record, calendar in parts.items():
            companies = record.company_id or self.env.companies
            key = () if calendar is None else (calendar,)
            record.itsm_open_ticket_count = sum(
                counts.get((company, *key), 0) for company in companies
            )

    def _itsm_open_tickets(self, domain, by=("calendar_id",)):
        """How many tickets have clocks that run or wait: dict by company and ``by``."""
        rows = self.env["itsm.clock"]._read_group(
            [("phase", "in", OPEN), ("is_history", "=", False), *domain],
            ["company_id", *by],
            ["ticket_id:count_distinct"],
        )
        return {tuple(key): count for *key, count in rows}

    def _itsm_calendars(self):
        """The working time that the record is part of; None for all of them."""
        self.ensure_one()
        return self.calendar_id._origin or None

    def action_replay(self):
        """Open a replay of the open tickets whose clocks run in these hours."""
        parts = [record._itsm_calendars() for record in self]
        replays = self.env["itsm.replay"]
        if not parts or None in parts:
            return replays._action_new(edited="all")
        calendars = self.env["resource.calendar"].union(*parts)
        return replays._action_new(edited="calendar", calendar_ids=calendars.ids)
