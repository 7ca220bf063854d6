# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged

from .common import ItsmCommon

NOW = datetime(2026, 3, 2, 10, 0)
HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestReported(ItsmCommon):
    def setUp(self):
        super().setUp()
        freezer = freeze_time(NOW)
        freezer.start()
        self.addCleanup(freezer.stop)
        self.ticket = self._create_ticket(reported_at=NOW - 2 * HOUR)

    def test_given_at_creation(self):
        """Design 2: the user may have reported earlier than the record was saved."""
        self.assertEqual(self.ticket.reported_at, NOW - 2 * HOUR)

    def test_future(self):
        """Issue 2 section 5: the future is refused; the error names the field."""
        with self.assertRaisesRegex(ValidationError, "Reported: .*future"):
            self._create_ticket(reported_at=NOW + timedelta(seconds=1))
        with self.assertRaisesRegex(ValidationError, "Reported: .*future"):
            self.ticket.with_user(self.lead).write(
                {"reported_at": NOW + HOUR, "reported_reason": "Typing error"}
            )

    def test_earlier(self):
        """Design 2 Gaming: earlier is free."""
        self.ticket.with_user(self.agent).reported_at = NOW - 3 * HOUR
        self.assertEqual(self.ticket.reported_at, NOW - 3 * HOUR)

    def test_later_by_agent(self):
        """Design 2 Gaming: later is for the desk lead."""
        with self.assertRaisesRegex(AccessError, "Reported: only the desk lead"):
            self.ticket.with_user(self.agent).write(
                {"reported_at": NOW - HOUR, "reported_reason": "Wrong"}
            )
        with self.assertRaisesRegex(AccessError, "Reported: only the desk lead"):
            self.ticket.with_user(self.agent).write({"reported_at": False})

    def test_later_by_lead(self):
        """Design 2 Gaming: with a new reason each time, logged from, to and why."""
        ticket = self.ticket.with_user(self.lead)
        with self.assertRaisesRegex(ValidationError, "Reason for the Reported Time"):
            ticket.reported_at = NOW - HOUR
        ticket.write({"reported_at": NOW - HOUR, "reported_reason": "Typing error"})
        self.assertEqual(self.ticket.reported_at, NOW - HOUR)
        note = self.ticket.message_ids.filtered(lambda m: "Typing error" in m.body)
        self.assertIn("from 2026-03-02 08:00:00 to 2026-03-02 09:00:00", note.body)
        self.assertEqual(note.author_id, self.lead.partner_id)
        with self.assertRaisesRegex(ValidationError, "Reason for the Reported Time"):
            ticket.reported_at = NOW

    def test_not_after_response(self):
        """Issue 2 section 5: a ticket is not reported after it was answered."""
        self.ticket.with_user(self.agent).message_post(
            body="Hello", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        with (
            freeze_time(NOW + 2 * HOUR),
            self.assertRaisesRegex(ValidationError, "Reported: .*first response"),
        ):
            self.ticket.with_user(self.lead).write(
                {"reported_at": NOW + HOUR, "reported_reason": "Gaming"}
            )

    def test_ticket_from_before(self):
        """Design 2: a ticket that is older than the addon counts from its creation."""
        ticket = self._create_ticket()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE helpdesk_ticket SET reported_at = NULL, create_date = %s "
            "WHERE id = %s",
            (NOW - 5 * HOUR, ticket.id),
        )
        ticket.invalidate_recordset()
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).reported_at = NOW - 4 * HOUR
        ticket.with_user(self.agent).reported_at = NOW - 6 * HOUR
        self.assertEqual(ticket.reported_at, NOW - 6 * HOUR)
