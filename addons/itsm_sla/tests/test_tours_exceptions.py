# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestToursExceptions(HttpCase):
    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.sla_manager = new_test_user(
            cls.env,
            login="tour-exceptions",
            groups="base.group_user,itsm_sla.itsm_group_sla_manager",
            email="tour-exceptions@example.com",
            tz="Asia/Shanghai",
        )
        team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Tour Desk", "user_ids": [Command.set(cls.sla_manager.ids)]}
        )
        customer = cls.env["res.partner"].create({"name": "Tour Requester"})
        cls.agreement = cls.env["itsm.agreement"].create(
            {
                "name": "Tour Agreement",
                "tz": "UTC",
                "date_start": "2020-01-01",
                "partner_id": customer.id,
                "calendar_id": cls.env.ref("itsm_sla.resource_calendar_24x7").id,
                "target_ids": [
                    Command.create(
                        {
                            "itsm_kind": kind,
                            "priority": priority,
                            "metric": "resolution",
                            "minutes": 240,
                        }
                    )
                    for kind in ("incident", "request")
                    for priority in "0123"
                ],
            }
        )
        cls.agreement.action_activate()
        now = fields.Datetime.now()
        cls.ticket = cls.env["helpdesk.ticket"].create(
            {
                "name": "Tour late ticket",
                "description": "<p>Made before the tour</p>",
                "team_id": team.id,
                "partner_id": customer.id,
                "itsm_kind": "incident",
                "reported_at": now - timedelta(days=1),
            }
        )
        cls.interruption = cls.env["itsm.interruption"].create(
            {
                "name": "Tour upgrade",
                "date_start": now + timedelta(minutes=1),
                "date_stop": now + timedelta(hours=2),
                "consent_partner_ids": [Command.set(customer.ids)],
                "consent_on": now.date() - timedelta(days=1),
                "consent_evidence": "Minutes of the service review",
            }
        )

    def _start(self, tour):
        self.start_tour(
            f"/odoo/itsm-tickets/{self.ticket.id}", tour, login=self.sla_manager.login
        )
        self.env.invalidate_all()

    def test_late_change(self):
        """Design 2, Gaming: the form asks for a reason when it is needed, once."""
        self._start("itsm_sla_late_change")
        [row] = self.ticket.event_ids.filtered("is_late_change")
        self.assertEqual((row.what, row.note), ("kind", "The customer says so"))
        self.assertEqual(self.ticket.itsm_kind, "request")

    def test_exceptions(self):
        """SLM-08, SLM-10, SLM-26: exempt a ticket, agree an interruption, enter a
        temporary level."""
        self._start("itsm_sla_exceptions")
        notes = self.ticket.event_ids.mapped("note")
        self.assertEqual([note for note in notes if note], ["Flood", "No flood"])
        self.assertEqual(self.interruption.state, "agreed")
        self.assertEqual(self.agreement.level_ids.target_ids.minutes, 480)
