# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestRecord(ItsmCommon):
    """The record of an incident: category tree, nature, owner, interruption."""

    def test_category_depth(self):
        """INC-06: a fourth level is refused, also by moving a branch."""
        categories = self.env["helpdesk.ticket.category"]
        self.company.itsm_category_depth = 3
        one = categories.create({"name": "One"})
        two = categories.create({"name": "Two", "parent_id": one.id})
        three = categories.create({"name": "Three", "parent_id": two.id})
        with self.assertRaisesRegex(ValidationError, "level 4"):
            categories.create({"name": "Four", "parent_id": three.id})
        branch = categories.create({"name": "Branch"})
        categories.create({"name": "Leaf", "parent_id": branch.id})
        with self.assertRaisesRegex(ValidationError, "at most 3 levels"):
            branch.parent_id = two
        branch.parent_id = one

    def test_category_depth_of_the_company(self):
        """INC-06: the number of levels is a setting; 0 means as many as one likes."""
        categories = self.env["helpdesk.ticket.category"]
        self.company.itsm_category_depth = 0
        parent = categories.create({"name": "0"})
        for level in range(1, 6):
            parent = categories.create({"name": str(level), "parent_id": parent.id})
        self.assertEqual(parent.parent_path.count("/"), 6)
        other = self.env["res.company"].create({"name": "Two levels"})
        other.itsm_category_depth = 2
        top = categories.create({"name": "A", "company_id": other.id})
        vals = {"name": "B", "company_id": other.id, "parent_id": top.id}
        below = categories.create(vals)
        with self.assertRaises(ValidationError):
            categories.create({**vals, "parent_id": below.id})

    def test_category_cycle(self):
        """INC-06, bad input: a category cannot be below itself."""
        categories = self.env["helpdesk.ticket.category"]
        one = categories.create({"name": "One"})
        two = categories.create({"name": "Two", "parent_id": one.id})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            one.parent_id = two

    def test_natures(self):
        """INC-03, INC-04: natures are shipped, editable, and propose the kind."""
        codes = self.env["itsm.ticket.nature"].search([]).mapped("code")
        self.assertLessEqual(
            {"FAULT", "REQUEST", "CONSULT", "COMPLAINT", "CHANGE"}, set(codes)
        )
        consult = self.env.ref("itsm_desk.itsm_ticket_nature_consultation")
        form = Form(self.env["helpdesk.ticket"].with_user(self.agent))
        form.nature_id = consult
        self.assertEqual(form.itsm_kind, "request")
        with self.assertRaises(AccessError):
            consult.with_user(self.agent).name = "Mine"
        consult.with_user(self.manager).name = "Question"

    def test_nature_in_use_is_archived(self):
        """INC-04: a nature that tickets have is archived, not deleted."""
        nature = self.env["itsm.ticket.nature"].create({"name": "N"})
        self._create_ticket(nature_id=nature.id)
        with self.assertRaises(UserError):
            nature.unlink()
        nature.active = False

    def test_nature_of_an_old_ticket_keeps_the_kind(self):
        """INC-03: another kind of a saved ticket is no side effect of its nature."""
        ticket = self._create_ticket(itsm_kind="incident")
        with Form(ticket) as form:
            form.nature_id = self.env.ref("itsm_desk.itsm_ticket_nature_consultation")
        self.assertEqual(ticket.itsm_kind, "incident")

    def test_owner_is_the_first_assignee(self):
        """INC-21: who takes a ticket on the 1st line owns it; others do not."""
        ticket = self._create_ticket(support_line="1")
        self.assertFalse(ticket.owner_id)
        ticket.user_id = self.agent
        self.assertEqual(ticket.owner_id, self.agent)
        ticket.user_id = self.agent_2
        self.assertEqual(ticket.owner_id, self.agent)
        created = self._create_ticket(support_line="1", user_id=self.agent.id)
        self.assertEqual(created.owner_id, self.agent)
        second = self._create_ticket(support_line="2", user_id=self.agent.id)
        self.assertFalse(second.owner_id)

    def test_owner_in_batch(self):
        """INC-21: the queries do not grow with the number of tickets."""
        few, many = self._create_tickets(2), self._create_tickets(12)
        self.env.flush_all()

        def count(tickets):
            before = self.env.cr.sql_log_count
            tickets.sudo()._itsm_take_ownership()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        for tickets in (few, many):
            tickets.with_context(tracking_disable=True).write(
                {"user_id": self.agent.id, "owner_id": False}
            )
        self.env.flush_all()
        self.assertEqual(count(few), count(many))
        self.assertEqual(many.owner_id, self.agent)

    @freeze_time("2026-03-23 12:00:00")
    def test_interruption(self):
        """INC-35: the interruption is apart from the times of the ticket."""
        ticket = self._create_ticket()
        ticket.interruption_start = fields.Datetime.to_datetime("2026-03-23 08:30:00")
        # up to now: 08:30 to 12:00
        self.assertEqual(ticket.interruption_minutes, 210)
        ticket.interruption_end = fields.Datetime.to_datetime("2026-03-23 09:10:59")
        self.assertEqual(ticket.interruption_minutes, 40)
        self.assertFalse(ticket.resolved_at)
        with self.assertRaisesRegex(ValidationError, "Service Restored"):
            ticket.interruption_end = fields.Datetime.to_datetime("2026-03-23 08:29:59")
        with self.assertRaisesRegex(ValidationError, "past"):
            ticket.interruption_end = fields.Datetime.to_datetime("2026-03-23 12:01:00")

    def test_caller_is_not_the_person_affected(self):
        """INC-36: who called and who is affected are two people."""
        ticket = self._create_ticket(caller_id=self.requester_2.id)
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(ticket.caller_id, self.requester_2)

    def test_customers_do_not_read_the_record(self):
        """INC-36, INC-21: owner, caller and estimates are the provider's business."""
        ticket = self._create_ticket(caller_id=self.requester_2.id)
        seen = ticket.with_user(self.portal_user)
        for name in ("owner_id", "caller_id", "effort_estimate", "nature_id"):
            with self.subTest(name), self.assertRaises(AccessError):
                seen.read([name])
        self.assertTrue(seen.read(["interruption_start", "solve_way"]))

    def test_estimate_is_not_negative(self):
        """INC-15, bad input: an effort below nothing is refused."""
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            self._create_ticket(effort_estimate=-1)
            self.env.flush_all()

    def test_shipped_examples_give_way(self):
        """DSK-22, DSK-23: shipped categories and teams are archived beside others."""
        from ..hooks import post_init_hook

        team = self.env.ref("itsm_desk.helpdesk_ticket_team_support")
        category = self.env.ref("itsm_desk.helpdesk_ticket_category_system")
        (team | self.env.ref("itsm_desk.helpdesk_ticket_team_security")).active = True
        category.active = True
        self.env["helpdesk.ticket.category"].create({"name": "One's own"})
        post_init_hook(self.env)
        self.assertFalse(team.active)
        self.assertFalse(category.active)
        self.assertTrue(self.team.active)
