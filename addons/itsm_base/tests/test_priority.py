# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import ItsmCommon

# requirements.md 0.1, row by row: (impact, urgency) -> level, 1 = highest
TABLE = {
    ("1", "1"): 1,
    ("1", "2"): 1,
    ("1", "3"): 2,
    ("1", "4"): 2,
    ("2", "1"): 1,
    ("2", "2"): 2,
    ("2", "3"): 2,
    ("2", "4"): 3,
    ("3", "1"): 2,
    ("3", "2"): 2,
    ("3", "3"): 3,
    ("3", "4"): 3,
    ("4", "1"): 2,
    ("4", "2"): 3,
    ("4", "3"): 3,
    ("4", "4"): 4,
}
# helpdesk.ticket.priority counts the other way
PRIORITY_OF_LEVEL = {1: "3", 2: "2", 3: "1", 4: "0"}


@tagged("post_install", "-at_install")
class TestPriority(ItsmCommon):
    def test_shipped_matrix(self):
        """INC-07, INC-08, INC-09, INC-10, INC-12: all 16 cells of the table."""
        rules = self.env["itsm.priority.rule"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(len(rules), 16)
        for rule in rules:
            with self.subTest(impact=rule.impact, urgency=rule.urgency):
                level = TABLE[rule.impact, rule.urgency]
                self.assertEqual(rule.priority, PRIORITY_OF_LEVEL[level])

    def test_four_levels(self):
        """INC-08, INC-09, INC-10: four priorities, impacts and urgencies."""
        for name in ("priority", "impact", "urgency"):
            selection = self.env["helpdesk.ticket"]._fields[name].selection
            self.assertEqual(len(selection), 4, name)
        labels = dict(self.env["helpdesk.ticket"]._fields["priority"].selection)
        self.assertEqual(labels["3"], "Critical")

    def test_ticket_priority_create(self):
        """INC-07: a new ticket gets the priority of the matrix, in a batch too."""
        cells = list(TABLE)
        tickets = self.env["helpdesk.ticket"].create(
            [self._ticket_vals(impact=i, urgency=u) for i, u in cells]
        )
        for ticket, cell in zip(tickets, cells, strict=True):
            with self.subTest(cell=cell):
                self.assertEqual(ticket.priority, PRIORITY_OF_LEVEL[TABLE[cell]])

    def test_ticket_priority_write(self):
        """INC-07: a change of impact or urgency changes the priority."""
        ticket = self._create_ticket()
        self.assertEqual(ticket.priority, "1")
        ticket.impact = "1"
        self.assertEqual(ticket.priority, "1", "impact alone says nothing")
        ticket.urgency = "1"
        self.assertEqual(ticket.priority, "3")
        ticket.write({"impact": "4", "urgency": "4"})
        self.assertEqual(ticket.priority, "0")

    def test_ticket_without_impact_keeps_priority(self):
        """INC-07: tickets without impact and urgency work as in helpdesk_mgmt."""
        ticket = self._create_ticket(priority="2")
        ticket.priority = "0"
        self.assertEqual(ticket.priority, "0")
        self.assertFalse(ticket.matrix_priority)

    def test_default_impact(self):
        """INC-07: defaults of impact and urgency count as given values."""
        self.env["ir.default"].set("helpdesk.ticket", "impact", "1")
        tickets = self.env["helpdesk.ticket"].with_context(default_urgency="1")
        ticket = tickets.create(self._ticket_vals())
        self.assertEqual(ticket.priority, "3")

    def test_company_matrix(self):
        """INC-07: a company edits its own matrix; tickets keep their priority."""
        old_ticket = self._create_ticket(impact="4", urgency="4")
        rule = self.env["itsm.priority.rule"].search(
            [
                ("company_id", "=", self.company.id),
                ("impact", "=", "4"),
                ("urgency", "=", "4"),
            ]
        )
        rule.with_user(self.manager).priority = "2"
        self.assertEqual(self._create_ticket(impact="4", urgency="4").priority, "2")
        self.assertEqual(old_ticket.priority, "0")

    def test_reset_to_default(self):
        """INC-12: the shipped matrix comes back, missing rules included."""
        rules = self.env["itsm.priority.rule"].search(
            [("company_id", "=", self.company.id)]
        )
        rules[:3].unlink()
        rules = rules.exists()
        rules.priority = "0"
        with self.assertRaises(AccessError):
            rules.with_user(self.agent).action_reset_to_default()
        rules.with_user(self.manager).action_reset_to_default()
        self.test_shipped_matrix()

    def test_new_company_has_matrix(self):
        """INC-07: a new company starts with 16 rules."""
        company = self.env["res.company"].create({"name": "New Company"})
        rules = self.env["itsm.priority.rule"].search([("company_id", "=", company.id)])
        found = {(rule.impact, rule.urgency): rule.priority for rule in rules}
        expected = {cell: PRIORITY_OF_LEVEL[level] for cell, level in TABLE.items()}
        self.assertEqual(found, expected)

    def test_override_needs_reason(self):
        """INC-07: a priority by hand needs a reason; the error names the field."""
        with self.assertRaisesRegex(ValidationError, "Reason for the Priority"):
            self._create_ticket(impact="4", urgency="4", priority="3")
        ticket = self._create_ticket(impact="4", urgency="4")
        with self.assertRaisesRegex(ValidationError, "Reason for the Priority"):
            ticket.priority = "3"
        with self.assertRaisesRegex(ValidationError, "Reason for the Priority"):
            ticket.write({"priority": "3", "priority_reason": "  "})

    def test_override_is_logged(self):
        """INC-07: the chatter says who, from, to and why, without tracking too."""
        ticket = self._create_ticket(impact="4", urgency="4")
        ticket.with_user(self.agent).with_context(tracking_disable=True).write(
            {"priority": "3", "priority_reason": "Board meeting"}
        )
        self.assertEqual(ticket.priority, "3")
        note = ticket.message_ids.filtered(lambda m: "Board meeting" in m.body)
        self.assertEqual(len(note), 1)
        self.assertEqual(note.author_id, self.agent.partner_id)
        self.assertIn("from Low to Critical", note.body)
        self.assertTrue(note.subtype_id.internal, "customers do not see it")

    def test_override_at_creation_is_logged(self):
        """INC-07: so is an override at creation."""
        ticket = self._create_ticket(
            impact="4", urgency="4", priority="2", priority_reason="VIP"
        )
        note = ticket.message_ids.filtered(lambda m: "VIP" in m.body)
        self.assertIn("from Low to High", note.body)

    def test_reason_goes_with_override(self):
        """INC-07: the reason is cleared when the matrix rules again."""
        ticket = self._create_ticket(
            impact="4", urgency="4", priority="2", priority_reason="VIP"
        )
        ticket.impact = "1"
        self.assertEqual(ticket.priority, "2")
        self.assertFalse(ticket.priority_reason)

    def test_override_of_many(self):
        """INC-07: one call for several tickets logs each with its own values."""
        tickets = self._create_tickets(2, impact="4", urgency="4")
        tickets[1].urgency = "1"
        tickets.write({"priority": "3", "priority_reason": "Storm"})
        bodies = [
            ticket.message_ids.filtered(lambda m: "Storm" in m.body).body
            for ticket in tickets
        ]
        self.assertIn("from Low to Critical", bodies[0])
        self.assertIn("from High to Critical", bodies[1])

    def test_copy_keeps_override(self):
        """INC-07: copying a ticket whose priority was set by hand works."""
        ticket = self._create_ticket(
            impact="4", urgency="4", priority="2", priority_reason="VIP"
        )
        self.assertEqual(ticket.copy().priority, "2")

    def test_form(self):
        """INC-07: the form shows the priority at once and asks for the reason."""
        form = Form(self.env["helpdesk.ticket"].with_user(self.agent))
        form.name = "Form"
        form.description = "<p>Form</p>"
        form.impact = "1"
        form.urgency = "2"
        self.assertEqual(form.priority, "3")
        form.priority = "0"
        with self.assertRaises(AssertionError):
            form.save()  # priority_reason is required
        form.priority_reason = "Test system"
        self.assertEqual(form.save().priority, "0")
