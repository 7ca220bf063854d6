# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from odoo.fields import Command
from odoo.tests import freeze_time

from odoo.addons.itsm_base.tests.common import ItsmCommon
from odoo.addons.itsm_base.tools import guard

PARIS = "Europe/Paris"
SHANGHAI = "Asia/Shanghai"
HOUR = 3600
#: Minutes by priority: response and resolution. Resolution of "2" is the 4 h that the
#: acceptance vectors speak of.
MINUTES = {"3": (15, 120), "2": (60, 240), "1": (120, 480), "0": (240, 1440)}


class SlaCommon(ItsmCommon):
    """Agreements, calendars and tickets at chosen times.

    Times in tests are the wall clock of `zone` ("2026-03-23 10:00"); `utc` turns them
    into what Odoo stores. 2026-03-23 is a Monday; in Paris summer time begins on
    Sunday the 29th, in Shanghai never.
    """

    zone = PARIS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Whatever the database holds: no agreement but those of the tests applies.
        cls.env.cr.execute("UPDATE itsm_agreement SET state = 'draft'")
        cls.env.cr.execute("UPDATE itsm_clock SET next_event_at = NULL")
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()
        cls.sla_manager = cls._create_user(
            "itsm-sla-manager", "itsm_sla.itsm_group_sla_manager"
        )
        cls.calendar_paris = cls._create_calendar("Office Paris", PARIS)
        cls.calendar_shanghai = cls._create_calendar("Office Shanghai", SHANGHAI)
        cls.calendar = (
            cls.calendar_paris if cls.zone == PARIS else cls.calendar_shanghai
        )
        cls.calendar_24x7 = cls.env.ref("itsm_sla.resource_calendar_24x7")
        cls.reason_supplier = cls.env["itsm.pause.reason"].create(
            {"name": "Waits for a part", "waits_for": "supplier"}
        )

    # === Making things ===

    @classmethod
    def _create_calendar(cls, name, tz, hours=((9, 12), (13, 18)), days=range(5), **kw):
        """A calendar of its own company, Monday to Friday 09-12 and 13-18."""
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": cls.company.id,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {start}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                            }
                        )
                        for day in days
                        for start, stop in hours
                    ),
                ],
                **kw,
            }
        )

    @classmethod
    def _target_commands(cls, minutes=None):
        """Commands of targets, the same for incidents and requests."""
        return [
            Command.create(
                {
                    "itsm_kind": kind,
                    "priority": priority,
                    "metric": metric,
                    "minutes": value,
                }
            )
            for kind in ("incident", "request")
            for priority, pair in (minutes or MINUTES).items()
            for metric, value in zip(("response", "resolution"), pair, strict=True)
            if value
        ]

    @classmethod
    def _draft_agreement(cls, minutes=None, **vals):
        """A draft SLA of the company for everybody, in force from 2026-01-01."""
        return cls.env["itsm.agreement"].create(
            {
                "name": "Test agreement",
                "company_id": cls.company.id,
                "tz": cls.zone,
                "calendar_id": cls.calendar.id,
                "date_start": "2026-01-01",
                "owner_id": cls.sla_manager.id,
                "pause_reason_ids": [Command.set(cls.pause_reason.ids)],
                "target_ids": cls._target_commands(minutes),
                **vals,
            }
        )

    @classmethod
    def _create_agreement(cls, minutes=None, **vals):
        """The same, active."""
        agreement = cls._draft_agreement(minutes, **vals)
        agreement.action_activate()
        return agreement

    # === Time ===

    @classmethod
    def utc(cls, wall, zone=None):
        """The naive UTC datetime of a wall clock time ``YYYY-MM-DD HH:MM[:SS]``."""
        local = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone or cls.zone))
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def at(self, wall, zone=None):
        """Context: now is this wall clock time."""
        return freeze_time(self.utc(wall, zone))

    # === What people do ===

    def _report(self, wall, user=None, **vals):
        """A ticket of priority "2" (4 h), saved by an agent at a wall clock time."""
        with self.at(wall):
            ticket = (
                self.env["helpdesk.ticket"]
                .with_user(user or self.agent)
                .create(self._ticket_vals(**{"priority": "2", **vals}))
            )
        return ticket.with_env(self.env)

    def _write(self, wall, tickets, user=None, reason="As the test wants it", **vals):
        """Write at a wall clock time; late changes are given a reason."""
        vals = {"clock_change_reason": reason, **vals}
        with self.at(wall):
            tickets.with_user(user or self.agent).write(vals)
            self.env.flush_all()

    def _move(self, wall, tickets, state, user=None, **vals):
        """Move tickets to the stage of a state; a pause gets the accepted reason."""
        vals["stage_id"] = self.stages[state].id
        if state == "paused":
            vals.setdefault("pause_reason_id", self.pause_reason.id)
        self._write(wall, tickets, user, **vals)

    def _reply(self, wall, ticket, user=None, **kwargs):
        with self.at(wall):
            return ticket.with_user(user or self.agent).message_post(
                **{
                    "body": "We are on it.",
                    "message_type": "comment",
                    "subtype_xmlid": "mail.mt_comment",
                    **kwargs,
                }
            )

    def _run_scheduler(self, wall):
        """Run the scheduled action as the server does, at a wall clock time."""
        with self.at(wall), self.enter_registry_test_mode():
            self.env.ref("itsm_sla.ir_cron_clocks").method_direct_trigger()
        self.env.invalidate_all()

    # === What is seen ===

    def _clocks(self, ticket, metric="resolution"):
        return self.env["itsm.clock"].search(
            [("ticket_id", "=", ticket.id), ("metric", "=", metric)], order="cycle"
        )

    def _status(self, wall, record, name="status"):
        """A non-stored status of a clock or ticket, read at a wall clock time."""
        with self.at(wall):
            record.invalidate_recordset([name])
            return record[name]

    def _log(self, ticket):
        """The ticket's event log in the order in which it is read."""
        return self.env["itsm.ticket.event"].search([("ticket_id", "=", ticket.id)])

    def _history_ticket(self, **vals):
        """A ticket as the import of histories creates it."""
        tickets = guard.with_token(self.env["helpdesk.ticket"])
        ticket = tickets.create(self._ticket_vals(is_history=True, **vals))
        return ticket.with_env(self.env)

    def assertClock(self, clock, **expected):
        """Compare fields of a clock; wall clock times for datetimes."""
        clock.ensure_one()
        actual = {}
        for name, value in expected.items():
            if isinstance(value, str) and clock._fields[name].type == "datetime":
                expected[name] = self.utc(value)
            actual[name] = clock[name]
        self.assertEqual(actual, expected)
