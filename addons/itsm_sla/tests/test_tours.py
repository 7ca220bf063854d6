# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    # Wide enough for every stage in the status bar.
    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.agent = cls._create_user("tour-agent", "itsm_base.itsm_group_agent")
        cls.sla_manager = cls._create_user(
            "tour-sla-manager", "itsm_sla.itsm_group_sla_manager"
        )
        cls.helpdesk_user = cls._create_user(
            "tour-helpdesk-user", "helpdesk_mgmt.group_helpdesk_user"
        )
        users = cls.agent | cls.sla_manager | cls.helpdesk_user
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Tour Service Desk", "user_ids": [Command.set(users.ids)]}
        )
        cls.customer = cls.env["res.partner"].create(
            {"name": "Tour Requester", "email": "requester@example.com"}
        )
        cls.service = cls.env["itsm.service"].create(
            {"name": "Tour E-mail", "code": "TOUR", "state": "live"}
        )
        cls.pause_reason = cls.env["itsm.pause.reason"].create(
            {"name": "Tour reason", "code": "TOUR", "waits_for": "requester"}
        )
        cls.env["itsm.closing.code"].create({"name": "Tour code", "code": "TOUR"})

    @classmethod
    def _create_user(cls, login, groups):
        # A zone that is not the browser's: what is stored is UTC all the same.
        return new_test_user(
            cls.env,
            login=login,
            groups=f"base.group_user,{groups}",
            email=f"{login}@example.com",
            tz="Asia/Shanghai",
        )

    @classmethod
    def _create_agreement(cls, **vals):
        """Return a draft that promises an answer in one hour, a solution in four."""
        return cls.env["itsm.agreement"].create(
            {
                "name": "Tour Agreement",
                "tz": "UTC",
                "date_start": "2020-01-01",
                # Around the clock: the tours are run at any hour.
                "calendar_id": cls.env.ref("itsm_sla.resource_calendar_24x7").id,
                "pause_reason_ids": [Command.set(cls.pause_reason.ids)],
                "target_ids": [
                    Command.create(
                        {
                            "itsm_kind": kind,
                            "priority": priority,
                            "metric": metric,
                            "minutes": minutes,
                        }
                    )
                    for kind in ("incident", "request")
                    for priority in "0123"
                    for metric, minutes in (("response", 60), ("resolution", 240))
                ],
                **vals,
            }
        )

    @classmethod
    def _create_ticket(cls, **vals):
        return cls.env["helpdesk.ticket"].create(
            {
                "description": "<p>Made before the tour</p>",
                "team_id": cls.team.id,
                "partner_id": cls.customer.id,
                "itsm_kind": "incident",
                **vals,
            }
        )

    def test_agent(self):
        """Issue 2 section 5: an agent works a ticket to its end, with a pause."""
        agreement = self._create_agreement(service_ids=[Command.set(self.service.ids)])
        agreement.action_activate()
        self.start_tour("/odoo/itsm-tickets", "itsm_sla_agent", login=self.agent.login)
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "Tour no mail since nine")]
        )
        self.assertEqual(ticket.agreement_id, agreement)
        self.assertEqual(ticket.itsm_state, "closed")
        self.assertEqual(set(ticket.clock_ids.mapped("status")), {"met"})
        self.assertEqual(
            [segment[2] for segment in ticket.clock_ids[0].segments if segment[3] == 0],
            ["paused"],
        )

    def test_sla_manager(self):
        """Issue 2 section 5: an agreement from a template, and it is applied."""
        self._create_agreement(name="Tour Template", is_template=True)
        before = self._create_ticket(name="Before", service_id=self.service.id)
        self.start_tour(
            "/odoo/itsm-agreement-templates",
            "itsm_sla_manager",
            login=self.sla_manager.login,
        )
        agreement = self.env["itsm.agreement"].search([("name", "=", "Tour Agreement")])
        self.assertEqual(agreement.state, "active")
        self.assertEqual(agreement.service_ids, self.service)
        minutes = {
            (target.itsm_kind, target.priority, target.metric): target.minutes
            for target in agreement.target_ids
        }
        self.assertEqual(len(minutes), 16)
        for kind in ("incident", "request"):
            self.assertEqual(minutes[kind, "1", "response"], 45)
            self.assertEqual(minutes[kind, "0", "response"], 30)
            self.assertEqual(minutes[kind, "0", "resolution"], 240)
        ticket = self.env["helpdesk.ticket"].search(
            [("name", "=", "Tour mailbox full")]
        )
        self.assertEqual(ticket.agreement_id, agreement)
        self.assertFalse(before.agreement_id)

    def test_helpdesk_user(self):
        """Design, Manners: who has no ITSM group works with tickets as before."""
        self._create_agreement().action_activate()
        self._create_ticket(name="Plain ticket", user_id=self.helpdesk_user.id)
        self.start_tour(
            "/odoo/my-helpdesk-tickets",
            "itsm_sla_helpdesk_user",
            login=self.helpdesk_user.login,
        )

    def test_history_import(self):
        """Issue 2 section 5: a history is imported, looked at and taken back."""
        agreement = self._create_agreement()  # a draft will do
        self.start_tour(
            "/odoo", "itsm_sla_history_import", login=self.sla_manager.login
        )
        history = self.env["itsm.history.import"].search(
            [("name", "=", "Tour history")]
        )
        self.assertEqual(history.state, "undone")
        self.assertEqual(history.agreement_id, agreement)
        self.assertEqual(history.filename, "tour.csv")
        self.assertTrue(history.imported_at)
        self.assertEqual(
            history.line_ids.mapped(lambda line: (line.level, line.row, line.number)),
            [("error", 9, "TOUR-3"), ("info", 0, "")],
        )
        self.assertFalse(
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search([("number", "=like", "TOUR-%")])
        )
