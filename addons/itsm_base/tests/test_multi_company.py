# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestMultiCompany(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_2 = cls.env["res.company"].create({"name": "Second Company"})
        cls.service_2 = cls.env["itsm.service"].create(
            {"name": "Foreign", "state": "live", "company_id": cls.company_2.id}
        )
        cls.pause_reason_2 = cls.env["itsm.pause.reason"].create(
            {"name": "Foreign", "company_id": cls.company_2.id}
        )
        cls.team_foreign = cls.env["helpdesk.ticket.team"].create(
            {"name": "Foreign", "company_id": cls.company_2.id}
        )
        cls.manager_2 = cls._create_user(
            "itsm-manager-2",
            "itsm_base.itsm_group_manager",
            company_id=cls.company_2.id,
            company_ids=[Command.set(cls.company_2.ids)],
        )

    def test_company_check(self):
        """odoo19.md E1.4: a record of another company is refused on a ticket."""
        category = self.env["helpdesk.ticket.category"].create(
            {"name": "Foreign", "company_id": self.company_2.id}
        )
        stage = self.env["helpdesk.ticket.stage"].create(
            {"name": "Foreign", "company_id": self.company_2.id}
        )
        ticket = self._create_ticket(stage_id=self.stage_paused.id)
        for name, record in (
            ("service_id", self.service_2),
            ("pause_reason_id", self.pause_reason_2),
            ("team_id", self.team_foreign),
            ("category_id", category),
            ("stage_id", stage),
        ):
            with (
                self.subTest(name=name),
                self.assertRaises(UserError),
                self.cr.savepoint(),
            ):
                ticket[name] = record
                self.env.flush_all()
        with self.assertRaises(UserError):
            self._create_ticket(service_id=self.service_2.id)

    def test_service_tree(self):
        """odoo19.md rule 5: an offering belongs to the company of its service."""
        with self.assertRaises(UserError):
            self.service_2.parent_id = self.service

    def test_rules(self):
        """odoo19.md E8: another company's records are invisible and not writable."""
        foreign_rule = self.env["itsm.priority.rule"].search(
            [("company_id", "=", self.company_2.id)], limit=1
        )
        for record in self.service_2, self.pause_reason_2, foreign_rule:
            with self.subTest(model=record._name), mute_logger("odoo.models"):
                model = record.with_user(self.manager).browse()
                self.assertNotIn(record, model.search([]))
                with self.assertRaises(AccessError):
                    record.with_user(self.manager).read(["display_name"])
                with self.assertRaises(AccessError):
                    record.with_user(self.manager).write(
                        {"company_id": self.company.id}
                    )
                self.assertIn(record, record.with_user(self.manager_2).search([]))
        self.assertIn(
            self.pause_reason,
            self.env["itsm.pause.reason"].with_user(self.manager_2).search([]),
            "shared reasons are for all companies",
        )

    def test_visible_when_allowed(self):
        """odoo19.md E8: a user of both companies sees both when he chooses both."""
        self.manager.company_ids |= self.company_2
        both = [self.company.id, self.company_2.id]
        services = self.env["itsm.service"].with_user(self.manager)
        allowed = services.with_context(allowed_company_ids=both).search([])
        self.assertIn(self.service, allowed)
        self.assertIn(self.service_2, allowed)
        one = services.with_context(allowed_company_ids=self.company.ids).search([])
        self.assertNotIn(self.service_2, one)

    def test_matrix_of_the_ticket(self):
        """INC-07: the matrix of the ticket's company counts, not the user's."""
        rule = self.env["itsm.priority.rule"].search(
            [
                ("company_id", "=", self.company_2.id),
                ("impact", "=", "1"),
                ("urgency", "=", "1"),
            ]
        )
        rule.priority = "0"
        ticket, ticket_2, ticket_3 = self.env["helpdesk.ticket"].create(
            [
                self._ticket_vals(impact="1", urgency="1"),
                self._ticket_vals(
                    impact="1", urgency="1", team_id=self.team_foreign.id
                ),
                self._ticket_vals(
                    impact="1",
                    urgency="1",
                    team_id=False,
                    company_id=self.company_2.id,
                ),
            ]
        )
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket_2.priority, "0")
        self.assertEqual(ticket_2.company_id, self.company_2)
        self.assertEqual(ticket_3.priority, "0")

    def test_reset_only_own_matrix(self):
        """INC-12: the reset touches the current company only."""
        foreign = self.env["itsm.priority.rule"].search(
            [("company_id", "=", self.company_2.id)]
        )
        foreign.priority = "0"
        self.manager.company_ids |= self.company_2
        self.env["itsm.priority.rule"].with_user(self.manager).with_context(
            allowed_company_ids=[self.company.id, self.company_2.id]
        ).action_reset_to_default()
        self.assertEqual(set(foreign.mapped("priority")), {"0"})

    def test_stage_of_ticket_without_team(self):
        """odoo19.md E1.4: a ticket without team starts in a stage of its company."""
        self.env["helpdesk.ticket.stage"].create(
            [
                {
                    "name": company.name,
                    "sequence": -50,
                    "company_id": company.id,
                }
                for company in (self.company, self.company_2)
            ]
        )
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "name": "No team",
                    "description": "x",
                    "user_id": False,
                    "company_id": company.id,
                }
                for company in (self.company, self.company_2)
            ]
        )
        self.assertEqual(
            tickets.mapped("stage_id.name"), [self.company.name, self.company_2.name]
        )
