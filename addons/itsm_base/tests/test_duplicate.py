# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import freeze_time, tagged

from .common import ItsmCommon

T1 = "2026-03-23 10:00:00"


@tagged("post_install", "-at_install")
class TestDuplicate(ItsmCommon):
    """Design 2: a duplicate counts as cancelled, and its stage says no more."""

    def setUp(self):
        super().setUp()
        self.original = self._create_ticket()
        self.ticket = self._create_ticket(stage_id=self.stage_open.id)

    def _mark(self, stage=None):
        with freeze_time(T1):
            self.env["helpdesk.ticket.duplicate.wizard"].with_user(self.agent).create(
                {
                    "ticket_id": self.ticket.id,
                    "duplicate_of_id": self.original.id,
                    "target_stage_id": stage and stage.id,
                }
            ).action_confirm()

    def test_mark_alone_closes_nothing(self):
        """Design 2: no closing date while the stage is not a closed one."""
        self._mark()
        self.assertEqual(self.ticket.duplicate_id, self.original)
        self.assertFalse(self.ticket.closed_date)
        self.assertFalse(self.ticket.resolved_at)
        self.ticket.duplicate_id = False
        self.assertFalse(self.ticket.closed_date)

    def test_mark_with_closed_stage(self):
        """Design 2: the stage of the wizard sets it, as without this addon."""
        self._mark(self.stage_cancelled)
        self.assertEqual(str(self.ticket.closed_date), T1)
        self.assertFalse(self.ticket.resolved_at)

    def test_created_as_duplicate(self):
        """Design 2: nor does a mark at creation set a closing date."""
        ticket = self._create_ticket(duplicate_id=self.original.id)
        self.assertFalse(ticket.closed_date)
