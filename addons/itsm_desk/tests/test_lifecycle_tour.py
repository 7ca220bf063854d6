# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestLifecycleTour(LifecycleCommon, HttpCase):
    """A solution refused and one confirmed, each person in his own browser."""

    def setUp(self):
        super().setUp()
        self.ticket = self._create_ticket(
            name="No mail",
            stage_id=self.stage_open.id,
            user_id=self.agent.id,
            itsm_kind="incident",
        )
        self.ticket.message_subscribe(self.requester.ids)
        self.back = f"/odoo/helpdesk.ticket/{self.ticket.id}"
        self.front = f"/my/ticket/{self.ticket.id}"

    def _journey(self):
        self.start_tour(self.back, "itsm_desk_lifecycle_resolve", login="itsm-agent")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.itsm_state, "resolved")
        self.start_tour(self.front, "itsm_desk_lifecycle_refuse", login="itsm-portal")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.itsm_state, "open")
        self.assertEqual(self.ticket.reopened_count, 1)
        self.start_tour(self.back, "itsm_desk_lifecycle_again", login="itsm-agent")
        self.start_tour(self.front, "itsm_desk_lifecycle_confirm", login="itsm-portal")
        self.env.invalidate_all()
        self.assertEqual(self.ticket.itsm_state, "closed")
        self.assertEqual(self.ticket.confirmation, "requester")
        self.assertEqual(self.ticket.rating_ids.feedback, "Works now")
        self.assertEqual(self.ticket.rating_last_value, 5)

    def test_journey(self):
        """Issue 5 “Incidents”: solution, refusal, solution, confirmation, survey."""
        self._journey()

    def test_journey_phone(self):
        """Issue 5 “Pace”: the same at the width of a telephone."""
        self.browser_size = "390x844"
        self.touch_enabled = True
        self._journey()
