# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import RedirectWarning, ValidationError
from odoo.tests import Form, tagged

from .common import SlaCommon

#: 4 h from Monday 10:00, lunch from 12 to 13: late after 15:00.
MON, EARLY, LATE = "2026-03-23 10:00", "2026-03-23 10:10", "2026-03-23 15:30"
#: What a board reads of a card, and what the form reads.
BOARD = {"stage_id": {}, "priority": {}}
FORM = {**BOARD, "clock_change_reason": {}}


@tagged("post_install", "-at_install")
class TestLateChangeForm(SlaCommon):
    """Design 2, Gaming shows: each screen says that a reason is needed, and where."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (0, 240), "1": (0, 480)})

    def setUp(self):
        super().setUp()
        self.ticket = self._report(MON)

    def _save(self, wall, tickets, specification, **vals):
        """Save as the web client does."""
        with self.at(wall):
            return tickets.with_user(self.agent).web_save(vals, specification)

    def test_board(self):
        """A card that is dragged: the way to the ticket, where there is a field."""
        cancelled = self.stage_cancelled.id
        with self.assertRaises(RedirectWarning) as caught:
            self._save(LATE, self.ticket, BOARD, stage_id=cancelled)
        message, action, button = caught.exception.args[:3]
        self.assertIn("Reason for the Late Change", message)
        self.assertEqual((action["res_model"], action["res_id"]), (
            "helpdesk.ticket", self.ticket.id
        ))  # fmt: skip
        self.assertEqual(action["views"], [(False, "form")])
        self.assertEqual(button, "Open the ticket")
        self.ticket.invalidate_recordset()
        self.assertEqual(self.ticket.itsm_state, "new")

    def test_list(self):
        """Several rows edited at once, in either way: the tickets concerned."""
        young = self._report("2026-03-23 15:20")
        tickets = self.ticket | self._report(MON) | young
        late = tickets - young
        with self.assertRaises(RedirectWarning) as caught:
            self._save(LATE, tickets, BOARD, priority="1")
        action = caught.exception.args[1]
        self.assertEqual(action["domain"], [("id", "in", late.ids)])
        with self.assertRaises(RedirectWarning), self.at(LATE):
            tickets.with_user(self.agent).web_save_multi([{"priority": "1"}] * 3, BOARD)

    def test_form_says_what_is_missing(self):
        """From the form the message comes without a way to where one is already."""
        for reason in (False, "  "):
            with self.subTest(reason=reason):
                with self.assertRaises(ValidationError) as caught:
                    self._save(
                        LATE,
                        self.ticket,
                        FORM,
                        priority="1",
                        clock_change_reason=reason,
                    )
                self.assertIn("Reason for the Late Change", str(caught.exception))
        self._save(LATE, self.ticket, FORM, priority="1", clock_change_reason="Agreed")
        self.assertEqual(self.ticket.late_change_count, 1)

    def test_form_leaves_the_message_to_the_server(self):
        """The web client would only say “Missing required fields”."""
        with (
            self.assertRaisesRegex(ValidationError, "Reason for the Late Change"),
            self.at(LATE),
            Form(self.ticket.with_user(self.agent)) as form,
        ):
            form.priority = "1"
            self.assertTrue(form.clock_change_needs_reason)

    def test_expected(self):
        """The field is there before the change: a click on a stage saves at once."""
        seen = self.ticket.with_user(self.agent)
        self.assertFalse(self._status(EARLY, seen, "clock_change_expected"))
        self.assertTrue(self._status(LATE, seen, "clock_change_expected"))
        young = self._report("2026-03-23 15:20")
        self._move("2026-03-23 15:21", young, "cancelled")
        # Solved, it would be out of the count without a trace.
        self.assertTrue(self._status(LATE, young, "clock_change_expected"))
        self._move(LATE, self.ticket, "resolved")
        self.assertFalse(
            self._status("2026-03-23 16:00", seen, "clock_change_expected")
        )

    def test_other_errors(self):
        """What is refused for another reason is said as before."""
        with self.assertRaisesRegex(ValidationError, "Reason for the Priority"):
            self._save(EARLY, self.ticket, BOARD, impact="1", urgency="1", priority="0")
