# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime

from odoo.exceptions import AccessError
from odoo.tests import tagged

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
