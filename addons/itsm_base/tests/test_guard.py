# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..models.helpdesk_ticket import PROTECTED_FIELDS
from ..tools.guard import has_token, with_token, without_token
from .common import ItsmCommon

WHEN = datetime(2026, 1, 1, 8, 0)
EARLIER = datetime(2026, 1, 1, 7, 0)


@tagged("post_install", "-at_install")
class TestGuard(ItsmCommon):
    """Design 2 Gaming: log and clock fields cannot be written from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket()

    def _value(self, name):
        field_type = self.env["helpdesk.ticket"]._fields[name].type
        return {"datetime": WHEN, "integer": 7, "boolean": True}[field_type]

    def test_write(self):
        """Design 2 Gaming: refused for every role, for sudo and for the superuser."""
        users = self.agent | self.lead | self.manager | self.env.ref("base.user_root")
        for name in PROTECTED_FIELDS:
            for user in users:
                with self.subTest(name=name, user=user.login):
                    ticket = self.ticket.with_user(user)
                    with self.assertRaises(AccessError):
                        ticket.write({name: self._value(name)})
                    with self.assertRaises(AccessError):
                        ticket.sudo()[name] = self._value(name)
        self.assertFalse(any(self.ticket[name] for name in PROTECTED_FIELDS))

    def test_assigned_date(self):
        """Design 2 Gaming: helpdesk_mgmt's own date of assignment, evidence as well.

        Logs of tickets older than the installation are rebuilt from it.
        """
        self.ticket.with_user(self.agent).user_id = self.agent
        assigned = self.ticket.assigned_date
        self.assertTrue(assigned)
        for vals in ({"assigned_date": WHEN}, {"assigned_date": False}):
            with self.assertRaises(AccessError):
                self.ticket.with_user(self.manager).write(vals)
        with self.assertRaises(AccessError):
            self.env["helpdesk.ticket"].create(self._ticket_vals(assigned_date=WHEN))
        self.assertEqual(self.ticket.assigned_date, assigned)
        with_token(self.ticket).write({"assigned_date": WHEN})
        self.assertEqual(self.ticket.assigned_date, WHEN)

    def test_dates_of_the_stage(self):
        """Design 2 Gaming: helpdesk_mgmt's own dates of stage and closing.

        Reports, retention and the limit of pauses are read from them.
        """
        ticket = self.ticket
        for name in "closed_date", "last_stage_update":
            before = ticket[name]
            for user in self.agent, self.manager, self.env.ref("base.user_root"):
                for value in WHEN, False:
                    with self.subTest(name=name, user=user.login, value=value):
                        with self.assertRaises(AccessError):
                            ticket.with_user(user).write({name: value})
                        with self.assertRaises(AccessError):
                            ticket.with_user(user).sudo()[name] = value
            with self.assertRaises(AccessError):
                ticket.create(self._ticket_vals(**{name: WHEN}))
            self.assertEqual(ticket[name], before)
            with_token(ticket).write({name: WHEN})
            self.assertEqual(ticket[name], WHEN)

    def test_dates_of_the_stage_go_on(self):
        """Design 2 Gaming: helpdesk_mgmt sets its dates as before."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        with freeze_time("2026-03-02 09:00:00"):
            ticket = tickets.with_context(
                default_last_stage_update=WHEN, default_closed_date=WHEN
            ).create(self._ticket_vals())
            self.assertEqual(str(ticket.last_stage_update), "2026-03-02 09:00:00")
            self.assertFalse(ticket.closed_date)
            with Form(tickets) as form:
                form.name = "By a form"
                form.description = "<p>x</p>"
            made = tickets.browse(form.record.id)
            self.assertEqual(str(made.last_stage_update), "2026-03-02 09:00:00")
        with freeze_time("2026-03-02 10:00:00"):
            ticket.stage_id = self.stage_closed
        self.assertEqual(str(ticket.last_stage_update), "2026-03-02 10:00:00")
        self.assertEqual(str(ticket.closed_date), "2026-03-02 10:00:00")
        with freeze_time("2026-03-02 11:00:00"):
            copy = ticket.copy()
        # the copy begins anew, in a stage of its own
        self.assertEqual(str(copy.last_stage_update), "2026-03-02 11:00:00")
        self.assertFalse(copy.closed_date)

    def test_dates_of_nothing_moved(self):
        """Design 2 Gaming: saved into the stage and hands it is in, it stays as it was.

        Portal, form, import and remote call may send what is there already.
        """
        values = {"stage_id": self.stage_closed.id, "user_id": self.agent.id}
        ticket, other = self._create_tickets(2)
        with freeze_time("2026-03-02 09:00:00"):
            ticket.with_user(self.agent).write(values)
        names = ["last_stage_update", "closed_date", "assigned_date"]
        self.assertEqual(
            [str(ticket[name]) for name in names], ["2026-03-02 09:00:00"] * 3
        )
        with freeze_time("2026-03-09 09:00:00"):
            (ticket | other).with_user(self.agent).write(values)
        self.assertEqual(
            [str(ticket[name]) for name in names], ["2026-03-02 09:00:00"] * 3
        )
        self.assertEqual(
            [str(other[name]) for name in names], ["2026-03-09 09:00:00"] * 3
        )

    def test_error_names_field(self):
        """Issue 2 section 5: the error names the field and the remedy."""
        with self.assertRaisesRegex(AccessError, "First Response.*Leave"):
            self.ticket.write({"first_response_at": WHEN})

    def test_create(self):
        """Design 2 Gaming: not at creation either, nor by defaults."""
        tickets = self.env["helpdesk.ticket"]
        for name in PROTECTED_FIELDS:
            value = self._value(name)
            with self.subTest(name=name):
                with self.assertRaises(AccessError):
                    tickets.create(self._ticket_vals(**{name: value}))
                context = {f"default_{name}": value}
                ticket = tickets.with_context(**context).create(self._ticket_vals())
                self.assertFalse(ticket[name])
        self.env["ir.default"].set("helpdesk.ticket", "reopened_count", 7)
        self.assertFalse(tickets.create(self._ticket_vals()).reopened_count)

    def test_import(self):
        """Design 2 Gaming: the import of files is refused with a message."""
        result = self.env["helpdesk.ticket"].load(
            ["name", "description", "resolved_at"],
            [["Imported", "Text", "2026-01-01 08:00:00"]],
        )
        self.assertFalse(result["ids"])
        self.assertIn("Resolved", result["messages"][0]["message"])

    def test_copy(self):
        """Design 2 Gaming: a copy starts without milestones."""
        with_token(self.ticket).write({"resolved_at": WHEN, "reopened_count": 3})
        copy = self.ticket.copy()
        self.assertFalse(copy.resolved_at)
        self.assertFalse(copy.reopened_count)

    def test_token(self):
        """Issue 2 section 2: code with the token writes; the token goes no further."""
        ticket = with_token(self.env)["helpdesk.ticket"].create(
            self._ticket_vals(
                stage_id=self.stage_closed.id,
                reported_at=EARLIER,
                resolved_at=WHEN,
                first_assigned_at=WHEN,
                user_id=self.agent.id,
            )
        )
        self.assertEqual(ticket.resolved_at, WHEN)
        self.assertEqual(ticket.first_assigned_at, WHEN)
        self.assertFalse(has_token(ticket))
        with_token(ticket).write({"resolved_at": False})
        self.assertFalse(ticket.resolved_at)

    def test_forged_token(self):
        """Issue 2 section 5: no value of a remote context is the token."""
        key = "itsm_guard_token"
        for value in (True, 1, "token", [], {}):
            with self.subTest(value=value), self.assertRaises(AccessError):
                self.ticket.with_context(**{key: value}).write({"resolved_at": WHEN})

    def test_history_has_no_derived_milestones(self):
        """Manners: an imported ticket says what the import says and nothing else."""
        ticket = with_token(self.env)["helpdesk.ticket"].create(
            self._ticket_vals(
                is_history=True,
                stage_id=self.stage_closed.id,
                user_id=self.agent.id,
                service_id=self.service_retired.id,
                impact="4",
                urgency="4",
                priority="3",
            )
        )
        self.assertFalse(ticket.resolved_at)
        self.assertFalse(ticket.first_assigned_at)
        self.assertFalse(ticket.message_ids.filtered(lambda m: "by hand" in m.body))

    def test_helpers(self):
        """The helpers work on environments and recordsets."""
        self.assertFalse(has_token(self.env))
        self.assertTrue(has_token(with_token(self.env)))
        self.assertTrue(has_token(with_token(self.ticket)))
        self.assertFalse(has_token(without_token(with_token(self.ticket))))
        self.assertEqual(without_token(self.env), self.env)
        self.assertEqual(with_token(self.ticket), self.ticket)
