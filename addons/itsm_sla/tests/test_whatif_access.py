# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .whatif_common import NOW, WhatifCommon

MODELS = (
    "itsm.whatif",
    "itsm.whatif.target",
    "itsm.whatif.line",
    "itsm.whatif.month",
    "itsm.whatif.answer",
)


@tagged("post_install", "-at_install")
class TestWhatifAccess(WhatifCommon):
    """Issue 6: leads and service level managers ask, the desk reads, others nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement()

    def _past(self):
        return self._solved(
            "2026-03-23 09:00", "2026-03-23 11:00", team_id=self.team.id
        )

    def test_who_asks(self):
        """Granted: service level manager, desk lead, manager; with their own run."""
        self._past()
        for user in (self.sla_manager, self.lead, self.manager):
            scenario = self._ask(self.agreement, user=user)
            self.assertEqual(scenario.computed_id, user)
            self.assertEqual(scenario.run_id.sudo().user_id, user)
            self.assertEqual(scenario.ticket_count, 1)
            scenario.with_user(user).unlink()

    def test_who_reads(self):
        """An agent reads and changes nothing; employees and customers see nothing."""
        self._past()
        scenario = self._ask(
            self.agreement, targets=[("incident", "2", "resolution", 60)]
        )
        self.env.flush_all()
        agent = scenario.with_user(self.agent)
        self.assertEqual(agent.predicted, scenario.predicted)
        self.assertTrue(agent.line_ids and agent.answer_ids and agent.month_ids)
        self.assertTrue(self.agreement.with_user(self.agent).whatif_summary)
        for refused in (
            lambda: agent.write({"name": "Mine"}),
            agent.unlink,
            agent.action_compute,
            agent.action_draft,
            agent.action_run_cancel,
            agent.action_run_resume,
            lambda: agent.target_ids.write({"minutes": 1}),
            lambda: agent.copy(),
            lambda: self._scenario(self.agreement, user=self.agent),
        ):
            with self.assertRaises(AccessError):
                refused()
        for user in (self.employee, self.portal_user, self.env.ref("base.public_user")):
            for name in MODELS:
                with self.assertRaises(AccessError):
                    self.env[name].with_user(user).search([])

    def test_lines_as_tickets(self):
        """Who may not read a ticket reads no line of it, nor counts it as late."""
        mine = self._past()
        mine.write({"user_id": self.helpdesk_user.id, "team_id": False})
        self._solved("2026-03-23 09:00", "2026-03-23 17:00", user_id=self.agent.id)
        scenario = self._ask(
            self.agreement, targets=[("incident", "2", "resolution", 60)]
        )
        own = scenario.with_user(self.helpdesk_user)
        lines = self.env["itsm.whatif.line"].with_user(self.helpdesk_user).search([])
        self.assertEqual(lines.sudo().ticket_id, mine)
        self.assertEqual((scenario.late_count, own.late_count), (2, 1))

    def test_companies(self):
        """Two companies: scenarios, figures and tickets of the own one only."""
        self._past()
        scenario = self._ask(self.agreement)
        company_2 = self.env["res.company"].create({"name": "Second"})
        stranger = self._create_user("whatif-2", "itsm_sla.itsm_group_sla_manager")
        stranger.write(
            {"company_ids": [Command.set(company_2.ids)], "company_id": company_2.id}
        )
        self.env.flush_all()
        for name in MODELS:
            found = self.env[name].with_user(stranger).search([])
            self.assertFalse(
                found.filtered(lambda r: r.sudo().company_id == self.company)
                if "company_id" in found._fields
                else found
            )
        with self.assertRaises(AccessError):
            scenario.with_user(stranger).read(["name"])
        with self.assertRaises(UserError):
            self._scenario(self.agreement, user=stranger, company_id=company_2.id)
        # An agreement of the other company takes none of our tickets.
        theirs = (
            self.env["itsm.agreement"]
            .with_company(company_2)
            .create(
                {
                    "name": "Theirs",
                    "company_id": company_2.id,
                    "tz": self.zone,
                    "calendar_id": self.calendar_24x7.id,
                    "target_ids": self._target_commands(),
                }
            )
        )
        other = self._scenario(theirs, user=stranger, company_id=company_2.id)
        with self.at(NOW), self.assertRaisesRegex(UserError, "no ticket was reported"):
            other.action_compute()
