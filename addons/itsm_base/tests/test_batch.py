# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestBatch(ItsmCommon):
    """design.md Speed: constant overhead for a batch, none for each ticket."""

    def _count(self, function):
        self.env.flush_all()
        self.env.invalidate_all()
        self.cr.flush()
        before = self.cr.sql_log_count
        function()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _create_count(self, count, context=None, **vals):
        tickets = self.env["helpdesk.ticket"].with_context(**(context or {}))
        vals_list = [self._ticket_vals(**vals) for _index in range(count)]
        return self._count(lambda: tickets.create(vals_list))

    def _per_ticket(self, function):
        """Return the queries that one more ticket costs."""
        function(10)  # warm up
        return (function(60) - function(10)) / 50

    def test_create(self):
        """design.md Speed: fewer queries for each ticket than helpdesk_mgmt alone.

        helpdesk_mgmt has three, two for the number and one for the stage (odoo19.md
        D1); ours looks the stage up once for each team. Inserts and updates go in
        groups, hence the margin.
        """
        full = {
            "service_id": self.service.id,
            "impact": "2",
            "urgency": "2",
            "support_line": "2",
            "user_id": self.agent.id,
        }
        for case, vals in (("plain", {}), ("full", full)):
            with self.subTest(case=case):
                queries = self._per_ticket(
                    lambda count, vals=vals: self._create_count(
                        count, {"tracking_disable": True}, **vals
                    )
                )
                self.assertLess(queries, 2.2)

    def test_create_override(self):
        """design.md Speed: logging overrides is done in batch."""
        vals = {
            "impact": "4",
            "urgency": "4",
            "priority": "3",
            "priority_reason": "VIP",
        }
        queries = self._per_ticket(
            lambda count: self._create_count(count, {"tracking_disable": True}, **vals)
        )
        self.assertLess(queries, 2.2)

    def _write_count(self, count, vals_list):
        tickets = self.env["helpdesk.ticket"].with_context(tracking_disable=True)
        tickets = tickets.create([self._ticket_vals() for _index in range(count)])

        def write():
            for vals in vals_list:
                tickets.write(vals)

        return self._count(write)

    def test_write(self):
        """design.md Speed: milestones of many tickets cost as much as of one."""
        life = [
            {"stage_id": self.stage_open.id, "user_id": self.agent.id},
            {
                "stage_id": self.stage_paused.id,
                "pause_reason_id": self.pause_reason.id,
            },
            {"stage_id": self.stage_resolved.id},
            {"stage_id": self.stage_closed.id},
            {"stage_id": self.stage_open.id},
            {"impact": "1", "urgency": "1"},
            {"priority": "0", "priority_reason": "Batch"},
        ]
        queries = self._per_ticket(lambda count: self._write_count(count, life))
        self.assertLess(queries, 0.2)

    def test_read_list(self):
        """design.md Speed: a list of tickets costs the same for 10 and 60 rows."""
        tickets = self._create_tickets(60, impact="1", urgency="1")
        spec = {
            "itsm_kind": {},
            "service_id": {"fields": {"display_name": {}}},
            "matrix_priority": {},
            "itsm_state": {},
            "pause_reason_id": {"fields": {"display_name": {}}},
        }

        def read(count):
            records = tickets[:count].with_user(self.agent)
            return self._count(lambda: records.web_read(spec))

        read(10)
        self.assertEqual(read(60), read(10))
