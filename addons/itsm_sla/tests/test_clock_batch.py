# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import tagged

from ..models.helpdesk_ticket import HelpdeskTicket
from .common import SlaCommon

MON = "2026-03-23 10:00"
LATER = "2026-03-23 11:00"
#: What helpdesk_mgmt itself needs for each ticket it creates.
OWN_QUERIES = 3


@tagged("post_install", "-at_install")
class TestClockBatch(SlaCommon):
    """Design, Speed: the number of queries does not grow with the number of tickets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()
        cls.tickets = cls.env["helpdesk.ticket"].with_user(cls.agent)

    def _count(self, wall, function, *args):
        """How many queries a call and its flush need at a wall clock time."""
        self.env.flush_all()
        self.env.invalidate_all()
        with self.at(wall):
            before = self.env.cr.sql_log_count
            function(*args)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

    def _create(self, count, context):
        tickets = self.tickets.with_context(**context)
        return tickets.create(
            [self._ticket_vals(priority="2", user_id=self.agent.id)] * count
        )

    def _create_growth(self, context):
        """How many queries 40 tickets more in one call need."""
        self._count(MON, self._create, 2, context)  # warm
        few, many = (
            self._count(MON, self._create, count, context) for count in (10, 50)
        )
        return many - few

    def test_create(self):
        """Design, Speed: creating needs no query per ticket but helpdesk's own."""
        for context in ({"tracking_disable": True}, {}):
            with self.subTest(context=context):
                growth = self._create_growth(context)
                with patch.object(
                    HelpdeskTicket, "_itsm_facts_created", lambda records: None
                ):
                    self.assertEqual(growth, self._create_growth(context))
                self.assertLessEqual(growth, 40 * OWN_QUERIES)

    def _created(self, count):
        with self.at(MON):
            return self._create(count, {"tracking_disable": True})

    def _write_count(self, count, **vals):
        tickets = self._created(count).with_context(tracking_disable=True)
        # Some of it is late by then.
        vals["clock_change_reason"] = "Test"
        return self._count(LATER, tickets.write, vals)

    def _warm_count(self, count, **vals):
        """Without what is read once more because a cache of Odoo's was emptied."""
        return min(self._write_count(count, **vals) for _time in range(3))

    def test_write(self):
        """Design, Speed: moving tickets in batch handles clocks in batch."""
        for vals in (
            {"stage_id": self.stage_open.id},
            {
                "stage_id": self.stage_paused.id,
                "pause_reason_id": self.pause_reason.id,
            },
            {"stage_id": self.stage_closed.id},
            {"priority": "3"},
        ):
            with self.subTest(vals=vals):
                few, many = (self._warm_count(count, **vals) for count in (10, 50))
                self.assertEqual(few, many)

    def test_correct(self):
        """Design, Speed: correcting the reported time works clocks out in batch."""
        vals = {"reported_at": self.utc("2026-03-23 09:00")}
        few, many = (self._warm_count(count, **vals) for count in (10, 50))
        self.assertEqual(few, many)

    def test_change_agreement(self):
        """Design, Speed: so does a change into another agreement."""
        second = self._create_agreement(service_ids=[Command.set(self.service.ids)])
        vals = {"service_id": self.service.id}
        few, many = (self._warm_count(count, **vals) for count in (10, 50))
        self.assertEqual(few, many)
        tickets = self._created(2)
        self._write(LATER, tickets, **vals)
        self.assertEqual(tickets.agreement_id, second)

    def _distinct_vals(self, count):
        """Tickets of as many customers and services, each with parents of its own."""
        partners, services = self.env["res.partner"], self.env["itsm.service"]
        for level in range(3):
            partners = partners.create(
                [
                    {"name": f"P{level}", "parent_id": partners[i : i + 1].id}
                    for i in range(count)
                ]
            )
        for level in range(2):
            services = services.create(
                [
                    {
                        "name": f"S{level}",
                        "state": "live",
                        "parent_id": services[i : i + 1].id,
                    }
                    for i in range(count)
                ]
            )
        return [
            self._ticket_vals(
                priority="2", partner_id=partner.id, service_id=service.id
            )
            for partner, service in zip(partners, services, strict=True)
        ]

    def test_create_distinct(self):
        """Design, Speed: so does creating for as many customers and services."""
        # Agreements of one customer and one service: every chain has to be looked at.
        self._create_agreement(
            partner_id=self.customer_2.id, service_ids=[Command.set(self.service.ids)]
        )
        create = self.tickets.with_context(tracking_disable=True).create
        lots = [self._distinct_vals(count) for count in (2, 10, 50, 10, 50)]
        self._count(MON, create, lots[0])  # warm
        few, many = (self._count(MON, create, lot) for lot in lots[1:3])
        with patch.object(HelpdeskTicket, "_itsm_facts_created", lambda records: None):
            plain_few, plain_many = (self._count(MON, create, lot) for lot in lots[3:])
        self.assertEqual(many - few, plain_many - plain_few)

    def test_write_effect(self):
        """Design 2: the clocks of a batch are those of tickets moved one by one."""
        batch, single = self._created(5), self._created(1)
        self._move(LATER, batch, "paused")
        self._move(LATER, single, "paused")
        names = ["phase", "used_seconds", "deadline", "segments", "stopped_at"]
        expected = single.sudo().clock_ids.read(names, load=False)
        for ticket in batch:
            actual = ticket.sudo().clock_ids.read(names, load=False)
            for row, other in zip(actual, expected, strict=True):
                self.assertEqual(row | {"id": 0}, other | {"id": 0})
        rows = batch.sudo().event_ids.filtered(lambda event: event.what == "state")
        self.assertEqual(len(rows), 5)
        self.assertEqual(len(set(rows.mapped("step"))), 5)

    def test_thousand(self):
        """Design, Speed: a thousand tickets in one call, each with both clocks."""
        with self.at(MON):
            tickets = self._create(1000, {"tracking_disable": True})
            self.env.flush_all()
        clocks = self.env["itsm.clock"].search([("ticket_id", "in", tickets.ids)])
        self.assertEqual(len(clocks), 2000)
        self.assertEqual(len(clocks.ticket_id), 1000)
        self.assertEqual(
            set(clocks.mapped("deadline")),
            {self.utc(LATER), self.utc("2026-03-23 15:00")},
        )
        self.assertEqual(
            self.env["itsm.ticket.event"].search_count(
                [("ticket_id", "in", tickets.ids), ("what", "=", "reported")]
            ),
            1000,
        )
        self.assertEqual(set(tickets.mapped("clock_deadline")), {self.utc(LATER)})

    def _read_count(self, tickets, model="helpdesk.ticket", names=()):
        records = self.env[model].with_user(self.agent).browse(tickets.ids)
        specification = {
            name: {"fields": {"display_name": {}}}
            if records._fields[name].type == "many2one"
            else {}
            for name in names
        }
        return self._count(LATER, records.web_read, specification)

    def test_read(self):
        """Design, Speed: a list of tickets with clocks needs constant queries."""
        names = [
            "number",
            "clock_summary",
            "clock_status",
            "clock_deadline",
            "agreement_id",
            "agreement_reason",
        ]
        tickets = self._created(80)
        self._read_count(tickets, names=names)  # warm
        counts = {
            self._read_count(tickets[:count], names=names) for count in (1, 10, 80)
        }
        self.assertEqual(len(counts), 1, counts)

    def test_read_clocks(self):
        """Design, Speed: so does a list of clocks, of log rows and of the report."""
        tickets = self._created(80)
        clocks = self.env["itsm.clock"].search([("ticket_id", "in", tickets.ids)])
        for model, records, names in (
            (
                "itsm.clock",
                clocks,
                ["display_name", "ticket_id", "status", "agreement_id", "deadline"],
            ),
            ("itsm.ticket.event", tickets.event_ids, ["what", "value", "user_id"]),
            (
                "itsm.clock.report",
                clocks,
                ["ticket_id", "status", "used_hours", "commercial_partner_id"],
            ),
        ):
            with self.subTest(model=model):
                self._read_count(records, model, names)  # warm
                counts = {
                    self._read_count(records[:count], model, names) for count in (1, 80)
                }
                self.assertEqual(len(counts), 1, counts)
