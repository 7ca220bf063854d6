# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo data: believable, complete and silent."""

from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from odoo.addons.itsm.demo.helpdesk_ticket_demo import load_tickets


@tagged("post_install", "-at_install", "standard")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counts = cls._count_noise()
        cls.before = cls.env["helpdesk.ticket"].search([])
        for path in Manifest.for_addon("itsm")["demo"]:
            convert_file(
                cls.env(context={"install_demo": True}),
                "itsm",
                path,
                {},
                mode="init",
                noupdate=True,
            )
        load_tickets(cls.env)
        cls.env.flush_all()
        cls.tickets = cls.env["helpdesk.ticket"].search([]) - cls.before

    @classmethod
    def _count_noise(cls):
        domain = [("model", "=", "helpdesk.ticket")]
        return (
            cls.env["mail.mail"].search_count([("model", "=", "helpdesk.ticket")]),
            cls.env["mail.message"].search_count(domain),
            cls.env["mail.activity"].search_count(
                [("res_model", "=", "helpdesk.ticket")]
            ),
        )

    def test_silent(self):
        """Loading demo data sends no mail and makes no message or activity."""
        self.assertGreater(len(self.tickets), 150)
        self.assertEqual(self._count_noise(), self.counts)

    def test_every_clock_state(self):
        """A viewer finds a ticket in every clock state (SLM-35, INC-37)."""
        statuses = set(self.tickets.mapped("clock_status"))
        self.assertLessEqual(
            {"running", "at_risk", "breached", "paused", "met", "missed", "cancelled"},
            statuses,
        )

    def test_alerts_of_the_past_reach_nobody(self):
        """What was late before the demo began is logged, and told to nobody."""
        alerts = self.env["itsm.clock.alert"].search(
            [("ticket_id", "in", self.tickets.ids)]
        )
        self.assertTrue(alerts)
        self.assertLessEqual(set(alerts.mapped("outcome")), {"silent", "passed"})

    def test_logins(self):
        """One login for each role, with the group of that role."""
        for login, group in (
            ("agent", "itsm_base.itsm_group_agent"),
            ("lead", "itsm_base.itsm_group_lead"),
            ("sla", "itsm_sla.itsm_group_sla_manager"),
            ("manager", "itsm_base.itsm_group_manager"),
            ("customer", "base.group_portal"),
        ):
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertTrue(user.has_group(group), login)

    def test_agreements(self):
        """Agreements in every stage of their life, customers in two zones (SLM-06)."""
        agreements = self.env["itsm.agreement"].search(
            [("code", "!=", False), ("id", "in", self._demo_ids("itsm.agreement"))]
        )
        self.assertEqual(set(agreements.mapped("state")), {"draft", "active"})
        self.assertEqual(len(agreements.filtered("overdue")), 1)
        self.assertLessEqual(
            {"Europe/London", "Asia/Shanghai"}, set(agreements.mapped("tz"))
        )

    def _demo_ids(self, model):
        return (
            self.env["ir.model.data"]
            .search([("module", "=", "itsm"), ("model", "=", model)])
            .mapped("res_id")
        )

    def test_legs(self):
        """A viewer finds legs of teams and of the carrier, open and done."""
        legs = self.tickets.leg_clock_ids
        self.assertEqual(set(legs.mapped("kind")), {"ola", "uc"})
        self.assertLessEqual({"handed_over", "met"}, set(legs.mapped("status")))
        self.assertTrue(legs.filtered(lambda leg: leg.phase in ("running", "paused")))
        self.assertTrue(self.tickets.filtered("supplier_id"))
