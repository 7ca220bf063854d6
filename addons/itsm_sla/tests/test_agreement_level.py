# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools.fold import TicketFold
from .common import SHANGHAI, SlaCommon

#: The level holds from Tuesday 24 to Thursday 26 March.
FIRST, LAST = "2026-03-24", "2026-03-26"
ENTERED = "2026-03-23 09:00"


@tagged("post_install", "-at_install")
class TestAgreementLevel(SlaCommon):
    """SLM-26: a temporary level applies in its dates only."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # resolution: 4 h for high, 2 h for critical, 8 h for normal
        cls.agreement = cls._create_agreement(
            {"2": (0, 240), "3": (0, 120), "1": (0, 480)}
        )

    def _level(self, wall=ENTERED, agreement=None, targets=None, **vals):
        """Resolution of priority high within 7 h instead of 4."""
        targets = targets or {"2": 420}
        with self.at(wall):
            return self.env["itsm.agreement.level"].create(
                {
                    "agreement_id": (agreement or self.agreement).id,
                    "name": "Move of the data centre",
                    "date_from": FIRST,
                    "date_to": LAST,
                    "reason": "Agreed with the customer",
                    "target_ids": [
                        Command.create(
                            {
                                "itsm_kind": "incident",
                                "priority": priority,
                                "metric": "resolution",
                                "minutes": minutes,
                            }
                        )
                        for priority, minutes in targets.items()
                    ],
                    **vals,
                }
            )

    def _assert_deadline(self, wall, deadline, **vals):
        clock = self._clocks(self._report(wall, **vals))
        self.assertClock(clock, deadline=deadline)
        return clock

    # === Which clocks ===

    def test_days(self):
        """The day before, the first, the last and the day after."""
        self._level()
        # 4 h from 16:00: two today, two on the next working day
        self._assert_deadline("2026-03-23 16:00", "2026-03-24 11:00")
        # 7 h from 16:00: two today, five on the next day (9-12, 13-15)
        self._assert_deadline("2026-03-24 16:00", "2026-03-25 15:00")
        self._assert_deadline("2026-03-26 16:00", "2026-03-27 15:00")
        # Friday 16:00: two, and two on Monday
        self._assert_deadline("2026-03-27 16:00", "2026-03-30 11:00")

    def test_only_its_cells(self):
        """Where the level says nothing the agreement's own target holds."""
        self._level()
        self._assert_deadline("2026-03-24 10:00", "2026-03-24 12:00", priority="3")
        self._assert_deadline("2026-03-24 10:00", "2026-03-24 15:00",
                              itsm_kind="request")  # fmt: skip
        # and what the agreement does not promise a level may
        self._level(
            date_from="2026-03-27", date_to="2026-03-27", targets={"0": 60}, name="More"
        )
        self._assert_deadline("2026-03-27 10:00", "2026-03-27 11:00", priority="0")
        self.assertFalse(self._report("2026-03-26 10:00", priority="0").clock_ids)

    def test_edges_in_the_zone(self):
        """Days are the agreement's: Shanghai begins its day 7 h before Paris."""
        self.agreement.action_terminate()
        around = self._create_agreement(
            {"2": (0, 240)},
            name="Around the clock",
            calendar_id=self.calendar_24x7.id,
            tz=SHANGHAI,
        )
        self._level(agreement=around)
        for wall, hours in (
            ("2026-03-23 23:59:59", 4),
            ("2026-03-24 00:00", 7),
            ("2026-03-26 23:59:59", 7),
            ("2026-03-27 00:00", 4),
        ):
            reported = self.utc(wall, SHANGHAI)
            with self.subTest(wall), self.at("2026-03-30 10:00"):
                ticket = self.env["helpdesk.ticket"].create(
                    self._ticket_vals(priority="2", reported_at=reported)
                )
                clock = self._clocks(ticket)
                self.assertEqual(clock.target_seconds, hours * 3600)
                self.assertEqual(
                    (clock.deadline - reported).total_seconds(), hours * 3600
                )

    def test_zone_of_the_requester(self):
        """Hours may be read where the requester is; the level's days are not."""
        self.agreement.action_terminate()
        self._create_agreement(
            {"2": (0, 240)},
            name="His hours",
            calendar_id=self.calendar_24x7.id,
            tz_of="requester",
        )
        agreement = self.env["itsm.agreement"].search([("name", "=", "His hours")])
        self._level(agreement=agreement)
        self.requester.tz = SHANGHAI
        # Tuesday 01:00 in Shanghai is still Monday in Paris
        for wall, hours in (("2026-03-24 01:00", 4), ("2026-03-24 08:00", 7)):
            with self.at("2026-03-30 10:00"):
                ticket = self.env["helpdesk.ticket"].create(
                    self._ticket_vals(
                        priority="2", reported_at=self.utc(wall, SHANGHAI)
                    )
                )
            self.assertEqual(self._clocks(ticket).target_seconds, hours * 3600)

    def test_priority_change_within(self):
        """A clock that started in the level keeps to it when its priority changes, in
        its days and afterwards; one that started before keeps to the agreement."""
        self._level(targets={"2": 420, "3": 180})
        clock = self._assert_deadline("2026-03-24 10:00", "2026-03-24 18:00")
        self._write("2026-03-24 11:00", clock.ticket_id, priority="3")
        # 3 h from 10:00: to 12:00, and from 13:00
        self.assertClock(clock, deadline="2026-03-24 14:00")
        before = self._assert_deadline("2026-03-23 16:00", "2026-03-24 11:00")
        self._write("2026-03-24 10:00", before.ticket_id, priority="3",
                    reason="Worse")  # fmt: skip
        # 2 h from Monday 16:00, as the agreement says
        self.assertClock(before, deadline="2026-03-23 18:00")
        last = self._assert_deadline("2026-03-26 16:00", "2026-03-27 15:00")
        self._write("2026-03-27 10:00", last.ticket_id, priority="3")
        # 3 h from Thursday 16:00
        self.assertClock(last, deadline="2026-03-27 10:00")
        for one in (clock, before, last):
            resolver = self.env["itsm.agreement"]._clock_resolver()
            ticket = one.ticket_id
            fold = TicketFold(
                resolver.for_company(ticket.company_id.id, None, ticket.create_date)
            )
            fold.replay(ticket.event_ids._as_steps(), self.utc("2026-03-27 10:00"))
            [same] = fold.clocks
            self.assertEqual(same.deadline, one.deadline)
            self.assertEqual(
                [row.get("level") for row in same.applications],
                [row.get("level") for row in one.applications],
            )

    def test_new_cycle(self):
        """A clock that starts anew on a day of the level gets its target."""
        self.agreement.action_terminate()
        agreement = self._create_agreement(
            {"2": (0, 240)}, name="New clocks", reopen="new"
        )
        self._level(agreement=agreement)
        ticket = self._report("2026-03-23 10:00")
        self._move("2026-03-23 11:00", ticket, "resolved")
        self._move("2026-03-24 10:00", ticket, "open")
        first, second = self._clocks(ticket)
        self.assertClock(first, target_seconds=240 * 60, phase="stopped")
        self.assertClock(second, deadline="2026-03-24 18:00")

    def test_why(self):
        """The application and the “why” view name the level."""
        level = self._level()
        clock = self._assert_deadline("2026-03-24 10:00", "2026-03-24 18:00")
        self.assertEqual(clock.applications[-1]["level"], level.id)
        with self.at("2026-03-24 10:00"):
            self.assertIn("Move of the data centre", clock.with_user(self.agent).why)
        plain = self._assert_deadline("2026-03-23 10:00", "2026-03-23 15:00")
        self.assertNotIn("level", plain.applications[-1])

    # === What may be entered ===

    def test_agreement_is_untouched(self):
        """The agreement's own targets stay what they are, and frozen; a new version has
        no temporary level."""
        own = self.agreement.target_ids
        level = self._level()
        self.assertEqual(self.agreement.target_ids, own)
        self.assertEqual(self.agreement.level_count, 1)
        self.agreement.invalidate_recordset()
        self.assertEqual(self.agreement.target_ids, own)
        self.assertEqual(level.target_ids.agreement_id, self.agreement)
        with self.assertRaises(UserError):
            own[0].minutes = 5
        with self.assertRaises(UserError):
            own[0].copy({"priority": "0"})
        action = self.agreement.action_new_version()
        version = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertFalse(version.level_ids)
        self.assertEqual(len(version.target_ids), len(own))

    def test_not_retroactive(self):
        """From today on: not before, in the agreement's zone."""
        with self.assertRaisesRegex(ValidationError, "From"), self.cr.savepoint():
            self._level("2026-03-25 09:00")
        # 23:30 on the 23rd in Paris: today is the 23rd
        level = self._level("2026-03-23 23:30", date_from="2026-03-23")
        self.assertTrue(level)
        with (
            self.at("2026-03-22 10:00"),
            self.assertRaisesRegex(ValidationError, "From"),
            self.cr.savepoint(),
        ):
            level.date_from = "2026-03-21"

    def test_begun(self):
        """Once begun only its end moves, and not before today."""
        level = self._level()
        with self.at("2026-03-25 10:00"):
            for vals in (
                {"name": "Another"},
                {"date_from": "2026-03-26"},
                {"reason": "Another"},
                {"target_ids": [Command.clear()]},
            ):
                with self.assertRaises(UserError):
                    level.write(vals)
            with self.assertRaises(UserError):
                level.target_ids.minutes = 1
            with self.assertRaises(UserError):
                level.target_ids.unlink()
            with self.assertRaises(UserError):
                self.env["itsm.agreement.target"].create(
                    {"level_id": level.id, "priority": "1", "minutes": 1}
                )
            with self.assertRaises(UserError):
                level.unlink()
            with self.assertRaisesRegex(ValidationError, "Until"), self.cr.savepoint():
                level.date_to = "2026-03-24"
            self.env.invalidate_all()
            level.date_to = "2026-03-25"
        self._assert_deadline("2026-03-26 16:00", "2026-03-27 11:00")
        with self.at("2026-03-26 10:00"), self.assertRaises(UserError):
            level.date_to = "2026-03-27"

    def _foreign_commands(self, target):
        return (
            Command.update(target.id, {"minutes": 1}),
            Command.link(target.id),
            Command.delete(target.id),
            Command.unlink(target.id),
            Command.set(target.ids),
        )

    def test_targets_of_another_level(self):
        """Neither a new level nor one that lies ahead is a way to the targets of one
        that has begun, or of the agreement."""
        begun = self._level()
        ahead = self._level(date_from="2026-04-06", date_to="2026-04-07")
        wall, days = "2026-03-25 10:00", ("2026-04-01", "2026-04-02")
        for target in (begun.target_ids, self.agreement.target_ids[0]):
            kept = target.read(["level_id", "agreement_id", "minutes"])
            for command in self._foreign_commands(target):
                with self.subTest(command), self.cr.savepoint():
                    for user in (self.sla_manager, self.env.user):
                        self.env.invalidate_all()
                        levels = self.env["itsm.agreement.level"].with_user(user)
                        vals = {
                            "agreement_id": self.agreement.id,
                            "name": "Next",
                            "date_from": days[0],
                            "date_to": days[1],
                            "reason": "Agreed",
                            "target_ids": [command],
                        }
                        with (
                            self.at(wall),
                            self.assertRaisesRegex(UserError, "Targets"),
                        ):
                            levels.create(vals)
                        with (
                            self.at(wall),
                            self.assertRaisesRegex(UserError, "Targets"),
                        ):
                            ahead.with_user(user).write({"target_ids": [command]})
                        # Not by a default value either.
                        del vals["target_ids"]
                        with (
                            self.at(wall),
                            self.assertRaises(UserError),
                            self.cr.savepoint(),
                        ):
                            context = {"default_target_ids": [command]}
                            made = levels.with_context(**context).create(vals)
                            self.assertFalse(made.target_ids)
                            raise UserError("The default did nothing")  # pylint: disable=translation-required
                self.env.invalidate_all()
                self.assertEqual(
                    target.read(["level_id", "agreement_id", "minutes"]), kept
                )

    def test_target_that_names_another_level(self):
        """A target made with a level belongs to it, whatever its values say."""
        begun = self._level()
        values = {"level_id": begun.id, "priority": "1", "minutes": 60}
        level = self._level(
            "2026-03-25 10:00", date_from="2026-04-01", date_to="2026-04-02",
            target_ids=[Command.create(values)],
        )  # fmt: skip
        self.assertEqual(level.target_ids.level_id, level)
        self.assertEqual(len(begun.target_ids), 1)

    def test_new_from_today(self):
        """A level that begins today gets its targets with it, and none afterwards."""
        level = self._level("2026-03-24 09:00")
        self.assertEqual(level.target_ids.minutes, 420)
        with self.at("2026-03-24 09:00"), self.assertRaises(UserError):
            level.target_ids.minutes = 1
        with self.at("2026-03-24 09:00"), self.assertRaises(UserError):
            level.write({"target_ids": [Command.create({"minutes": 1})]})

    def test_own_targets_ahead(self):
        """The form changes, adds and removes targets of a level that lies ahead."""
        level = self._level(targets={"2": 420, "3": 180})
        high, critical = level.target_ids.sorted("priority")
        with self.at(ENTERED):
            level.with_user(self.sla_manager).write(
                {
                    "target_ids": [
                        Command.update(high.id, {"minutes": 60}),
                        Command.delete(critical.id),
                        Command.create({"priority": "1", "minutes": 90}),
                    ]
                }
            )
        self.assertEqual(sorted(level.target_ids.mapped("minutes")), [60, 90])

    def test_ahead_is_free(self):
        """What lies ahead may be changed and taken away."""
        level = self._level()
        with self.at("2026-03-23 10:00"):
            level.write({"name": "Another", "date_from": "2026-03-25"})
            level.target_ids.minutes = 60
        self._assert_deadline("2026-03-24 10:00", "2026-03-24 15:00")
        self._assert_deadline("2026-03-25 10:00", "2026-03-25 11:00")
        with self.at("2026-03-23 10:00"):
            level.unlink()
        self._assert_deadline("2026-03-25 10:00", "2026-03-25 15:00")

    def test_overlap(self):
        """Two levels on one day of one agreement are refused; of two they are not."""
        self._level()
        with self.assertRaisesRegex(ValidationError, "common"), self.cr.savepoint():
            self._level(date_from=LAST, date_to="2026-03-31")
        self._level(date_from="2026-03-27", date_to="2026-03-31")
        other = self._create_agreement(name="Other", partner_id=self.customer_2.id)
        self._level(agreement=other)

    def test_one_target_a_cell(self):
        """A cell is promised once by the agreement and once by the level."""
        level = self._level()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.at(ENTERED),
        ):
            level.target_ids.copy({})
        with self.assertRaisesRegex(ValidationError, "belongs"), self.cr.savepoint():
            other = self._create_agreement(name="Other", partner_id=self.customer.id)
            with self.at(ENTERED):
                level.target_ids.agreement_id = other

    def test_draft_and_template(self):
        """Drafts are free, templates and terminated agreements have none."""
        draft = self._draft_agreement(name="Draft")
        self._level("2026-03-30 10:00", draft)
        for values in ({"is_template": True}, {"name": "Over"}):
            agreement = self._draft_agreement(partner_id=self.customer.id, **values)
            if not agreement.is_template:
                agreement.action_activate()
                agreement.action_terminate()
            with (
                self.assertRaisesRegex(ValidationError, "Agreement"),
                self.cr.savepoint(),
            ):
                self._level(agreement=agreement)

    def test_begins_today_where_the_agreement_is_kept(self):
        """SLM-26: at 23:00 in Shanghai it is still 15:00 in UTC, and at 01:00 still
        yesterday: the first day offered is the agreement's, whatever the user's is."""
        levels = self.env["itsm.agreement.level"].with_user(self.sla_manager)
        for tz in ("UTC", "Asia/Tokyo", "America/New_York"):
            with self.subTest(tz=tz), self.at("2026-03-24 01:00"):
                form = Form(
                    levels.with_context(tz=tz, default_agreement_id=self.agreement.id)
                )
                self.assertEqual(form.date_from, date(2026, 3, 24))

    def test_access(self):
        """Agents read, the service level manager writes; the form makes one."""
        level = self._level()
        self.assertEqual(level.with_user(self.agent).name, "Move of the data centre")
        with self.at(ENTERED), self.assertRaises(AccessError):
            level.with_user(self.agent).name = "Mine"
        levels = self.env["itsm.agreement.level"].with_user(self.sla_manager)
        with self.at(ENTERED):
            form = Form(levels.with_context(default_agreement_id=self.agreement.id))
            form.name = "Year-end"
            form.date_from = date(2026, 12, 28)
            form.date_to = date(2026, 12, 31)
            form.reason = "Closing"
            with form.target_ids.new() as line:
                line.priority = "3"
                line.minutes = 30
            made = form.save()
        self.assertEqual(made.target_ids.agreement_id, self.agreement)
