# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common import SlaCommon

MON = "2026-03-23 10:00"
MODELS = ("itsm.clock", "itsm.ticket.event", "itsm.clock.alert")


@tagged("post_install", "-at_install")
class TestClockGuard(SlaCommon):
    """Design 2: log and clock fields cannot be written from outside."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def setUp(self):
        super().setUp()
        self.ticket = self._report(MON, priority="3")
        self._run_scheduler("2026-03-23 12:30")
        self.records = {
            "itsm.clock": self.ticket.clock_ids,
            "itsm.ticket.event": self.ticket.event_ids,
            "itsm.clock.alert": self.ticket.clock_ids.alert_ids,
        }
        for records in self.records.values():
            self.assertTrue(records)

    def _values(self, record):
        vals = record.copy_data()[0] if record._name != "itsm.clock" else {}
        return vals | {"ticket_id": self.ticket.id}

    def test_no_user_writes(self):
        """Design 2: not the highest role, not the superuser, not with sudo()."""
        admin = self.env.ref("base.user_admin")
        envs = [self.env(user=user) for user in (self.agent, self.manager, admin)]
        envs += [self.env(su=True), self.env(user=self.agent, su=True)]
        for env in envs:
            for name, records in self.records.items():
                record = records[0].with_env(env)
                with self.subTest(model=name, user=env.user.login, su=env.su):
                    with self.assertRaises(AccessError):
                        record.write({"ticket_id": self.ticket.id})
                    with self.assertRaises(AccessError):
                        record.create(self._values(records[0]))
                    with self.assertRaises(AccessError):
                        record.unlink()
                    with self.assertRaises(AccessError):
                        record.copy()

    def test_forged_context(self):
        """Design 2: no context key that a client can send opens the guard."""
        clock = self.records["itsm.clock"][0]
        for value in (True, 1, "token", {"itsm": True}, [1]):
            context = {"itsm_guard_token": value, "install_mode": True}
            with self.assertRaises(AccessError):
                clock.with_context(**context).sudo().write({"breached_at": False})
            with self.assertRaises(AccessError):
                self.ticket.with_context(**context).write({"clock_deadline": False})

    def test_rpc(self):
        """Design 2: by remote call, on the ticket's own fields too."""
        model = self.env(user=self.manager)["helpdesk.ticket"]
        for vals in (
            {"clock_deadline": "2027-01-01 00:00:00"},
            {"agreement_id": self.agreement.id},
            {"agreement_reason": "customer"},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(AccessError):
                    call_kw(model, "write", [[self.ticket.id], vals], {})
                with self.assertRaises(AccessError):
                    call_kw(model, "create", [self._ticket_vals(**vals)], {})
        for name in ("_clock_log", "_clock_store", "_clock_refold"):
            with self.assertRaises(AccessError):
                call_kw(model, name, [[self.ticket.id]], {})
        for name in ("_append", "_store", "_act", "_cancel", "_cron_clocks"):
            for log in MODELS[:2]:
                if hasattr(self.env[log], name):
                    with self.assertRaises(AccessError):
                        call_kw(self.env(user=self.manager)[log], name, [[]], {})

    def test_commands_from_the_ticket(self):
        """Design 2: x2many commands through the ticket, also with sudo()."""
        clock, event = self.ticket.clock_ids[0], self.ticket.event_ids[0]
        before = [len(records) for records in self.records.values()]
        row = {"what": "reply", "time": "2026-03-23 08:00:00", "source": "user"}
        for vals in (
            {"clock_ids": [Command.update(clock.id, {"breached_at": False})]},
            {"clock_ids": [Command.delete(clock.id)]},
            {"clock_ids": [Command.unlink(clock.id)]},
            {"clock_ids": [Command.clear()]},
            {"clock_ids": [Command.set([])]},
            {"event_ids": [Command.create(row)]},
            {"event_ids": [Command.update(event.id, {"time": row["time"]})]},
            {"event_ids": [Command.delete(event.id)]},
            {"event_ids": [Command.clear()]},
        ):
            for ticket in (
                self.ticket.with_user(self.manager),
                self.ticket.with_user(self.manager).sudo(),
                self.ticket.with_user(self.sla_manager),
            ):
                with self.subTest(vals=vals, su=ticket.env.su):
                    with self.assertRaises(AccessError):
                        ticket.write(vals)
        other = self._report(MON)
        with self.assertRaises(AccessError):
            other.write({"clock_ids": [Command.link(clock.id)]})
        with self.assertRaises(AccessError):
            other.create(self._ticket_vals(event_ids=[Command.create(row)]))
        self.env.invalidate_all()
        self.assertEqual([len(r.exists()) for r in self.records.values()], before)

    def test_default_keys(self):
        """Design 2: context keys default_… give a new ticket nothing."""
        row = {"what": "reply", "time": "2026-03-23 08:00:00", "source": "user"}
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            .with_context(
                default_clock_deadline="2027-01-01 00:00:00",
                default_agreement_id=self.agreement.id,
                default_agreement_reason="import",
                default_is_history=True,
            )
            .create(self._ticket_vals(priority="2"))
        )
        self.assertEqual(ticket.agreement_reason, "default")
        self.assertNotEqual(str(ticket.clock_deadline), "2027-01-01 00:00:00")
        self.assertFalse(ticket.is_history)
        with self.assertRaises(AccessError):
            ticket.with_context(default_event_ids=[Command.create(row)]).create(
                self._ticket_vals()
            )

    def test_source_is_not_forged(self):
        """Design 2: nobody passes a change off as an import."""
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent)
            .with_context(itsm_event_source="import", default_source="import")
            .create(self._ticket_vals())
        )
        ticket.priority = "3"
        self.assertEqual(set(ticket.event_ids.mapped("source")), {"user"})

    def test_import(self):
        """Design 2: load() of clocks, log rows and ticket fields gives messages."""
        env = self.env(user=self.env.ref("base.user_admin"))
        clock = self.ticket.clock_ids[0]
        for model, names, row in (
            (
                "itsm.clock",
                [".id", "breached_at"],
                [str(clock.id), "2026-03-23 08:00:00"],
            ),
            (
                "itsm.ticket.event",
                ["ticket_id/.id", "time", "what", "source"],
                [str(self.ticket.id), "2026-03-23 08:00:00", "reply", "user"],
            ),
            (
                "helpdesk.ticket",
                [".id", "clock_deadline"],
                [str(self.ticket.id), "2027-01-01 08:00:00"],
            ),
            (
                "helpdesk.ticket",
                [".id", "event_ids/time", "event_ids/what", "event_ids/source"],
                [str(self.ticket.id), "2026-03-23 08:00:00", "reply", "user"],
            ),
        ):
            with self.subTest(model=model, names=names):
                result = env[model].load(names, [row])
                self.assertFalse(result["ids"])
                self.assertTrue(result["messages"])

    def test_copy_of_a_ticket(self):
        """Design 2: a copy has a log and clocks of its own."""
        with self.at("2026-03-24 10:00"):
            copy = self.ticket.with_user(self.agent).copy()
        self.assertEqual(copy.event_ids.mapped("what"), ["reported"])
        self.assertEqual(set(copy.clock_ids.mapped("phase")), {"running"})
        self.assertFalse(any(copy.clock_ids.mapped("breached_at")))

    def test_ticket_with_clocks_is_not_deleted(self):
        """Design, Manners: a ticket with clocks is evidence."""
        with self.assertRaisesRegex(UserError, "archive or cancel it"):
            self.ticket.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            self.ticket.sudo().unlink()
        self.ticket.with_user(self.manager).action_archive()
        self.assertTrue(self.ticket.clock_ids)
