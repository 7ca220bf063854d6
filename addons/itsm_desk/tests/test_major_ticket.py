# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from lxml import etree

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .lifecycle_common import SOLUTION
from .major_common import MajorCommon

NOON = "2026-03-23 11:00"


@tagged("post_install", "-at_install")
class TestMajorTicket(MajorCommon):
    """What the ticket of a major incident says of it, and its solution."""

    def _rule(self):
        return self.env["itsm.enforcement.rule"].search([("code", "=", "close_major")])

    def _bulk(self, tickets):
        bulk = (
            self.env["itsm.ticket.bulk"]
            .with_user(self.agent)
            .create(
                {
                    "operation": "resolve",
                    "selected": tickets.ids,
                    "solution": SOLUTION,
                    "closing_code_id": self.closing_code.id,
                }
            )
        )
        with self.at(NOON):
            bulk.action_apply()
        return bulk

    # === Resolved too early ===

    def test_warned(self):
        """INC-42: who resolves the ticket of a declared major incident is told that it
        goes on, and what to do; in bulk, too, also while it is under control."""
        self.assertEqual(self._rule().default_mode, "warn")
        first, second = self._declared(), self._declared(service_id=self.service_2.id)
        second.with_user(self.incident_manager).action_control()
        tickets = (first | second).ticket_id
        with patch.object(type(self.env["res.users"]), "_bus_send") as told:
            self._bulk(tickets)
        self.assertEqual(set(tickets.mapped("itsm_state")), {"resolved"})
        self.assertEqual(self._found("close_major", tickets), tickets.ids)
        texts = [
            call.args[1]["message"]
            for call in told.call_args_list
            if call.args[0] == "simple_notification"
        ]
        for major in first | second:
            self.assertIn(major.display_name, "\n".join(texts))
        self.assertIn("button Restored", texts[0])

    def test_blocked(self):
        """INC-42: a company that blocks it has nothing of the ticket changed."""
        self._set_mode("close_major", "block")
        major = self._declared()
        ticket = major.ticket_id
        line = self._bulk(ticket).line_ids
        self.assertEqual(line.state, "error")
        self.assertIn(major.display_name, line.message)
        with self.assertRaisesRegex(ValidationError, "button Restored"):
            with self.cr.savepoint():
                self._resolve(NOON, ticket)
        self.assertNotEqual(ticket.itsm_state, "resolved")
        with self.at(NOON):
            major.with_user(self.incident_manager)._restore(self.utc(NOON))
        self._resolve("2026-03-23 11:10", ticket)
        self.assertEqual(ticket.itsm_state, "resolved")

    def test_not_asked(self):
        """INC-42: proposals, children and restored ones are resolved in silence."""
        proposed = self._proposed().ticket_id
        restored = self._restored().ticket_id
        declared = self._declared()
        child = self._incident("2026-03-23 10:20")
        declared.with_user(self.incident_manager)._join(child)
        self.assertEqual(child.parent_id, declared.ticket_id)
        tickets = proposed | restored | child
        self._resolve("2026-03-23 12:30", tickets)
        self.assertFalse(self._found("close_major", tickets))

    def test_dialog(self):
        """INC-42: the dialog says it before; to an agent who does not lead it."""
        declared, restored = self._declared(), self._restored()
        wizards = self.env["itsm.ticket.resolve"].with_user(self.agent)
        tickets = (declared | restored).ticket_id
        wizard = wizards.create({"ticket_ids": tickets.ids})
        self.assertEqual(wizard.ongoing_majors, declared.display_name)
        alone = wizards.create({"ticket_ids": restored.ticket_id.ids})
        self.assertFalse(alone.ongoing_majors)

    # === Seen on the ticket ===

    def test_seen(self):
        """INC-42: the form of the ticket says above all else that it belongs to a major
        incident, and leads to it."""
        arch = etree.fromstring(
            self.env["helpdesk.ticket"]
            .with_user(self.lead)
            .get_view(view_type="form")["arch"]
        )
        [alert] = arch.xpath("//div[@role][field[@name='major_incident_id']]")
        self.assertIn("alert", alert.get("class"))
        self.assertEqual(alert.getnext().tag, "div")
        self.assertTrue(alert.xpath("following-sibling::sheet"))
        self.assertTrue(alert.xpath("field[@name='major_state']"))

    def test_logged(self):
        """INC-42: the tickets say in their messages, for colleagues only, that it was
        declared and that the service works again; once each."""
        major = self._proposed()
        child = self._incident("2026-03-23 10:06")
        mine = major.with_user(self.incident_manager)
        mine._join(child)
        mine.impact_text = "No mail for anybody"
        mine.action_declare()
        tickets = major.ticket_id | child
        for ticket in tickets:
            message = ticket.message_ids[0]
            self.assertIn("declared", message.body)
            self.assertIn(major.display_name, message.body)
            self.assertTrue(message.is_internal or message.subtype_id.internal)
        with self.at(NOON):
            mine._restore(self.utc(NOON))
        for ticket in tickets:
            bodies = ticket.message_ids.mapped("body")
            self.assertEqual(len([b for b in bodies if "declared" in b]), 1)
            self.assertEqual(len([b for b in bodies if "restored" in b]), 1)
