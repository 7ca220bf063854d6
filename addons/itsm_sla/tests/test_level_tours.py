# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .signing_common import SigningCommon


@tagged("post_install", "-at_install")
class TestLevelTours(SigningCommon, HttpCase):
    """Ways of people through service level management, with the rights that they have.

    The present is that of the browser, whose clock cannot be frozen.
    """

    def _tour(self, name, record, user):
        self.env.flush_all()
        url = f"/odoo/{record._name}/{record.id}"
        self.start_tour(url, name, login=user.login, timeout=180)
        self.env.invalidate_all()

    def test_agreement(self):
        """Issue 6: requirement, baseline, agreement, countersignature, signatures, in
        force: by who keeps agreements, the desk lead, a director and the customer."""
        template = self._draft_agreement(
            name="Template",
            is_template=True,
            date_start=False,
            countersign_ids=[Command.create({"team_id": self.team.id})],
        )
        requirement = (
            self.env["itsm.level.requirement"]
            .with_user(self.maintainer)
            .create(
                {
                    "name": "Mail on Saturdays",
                    "partner_id": self.customer.id,
                    "service_ids": [Command.set(self.service.ids)],
                    "need": "<p>The shops are open.</p>",
                    "analysis": "<p>Two people on call suffice.</p>",
                    "calendar_id": self.calendar.id,
                    "template_id": template.id,
                    "target_ids": [
                        Command.create({"wished_minutes": 60, "feasible_minutes": 120})
                    ],
                }
            )
        )
        self._tour("itsm_level_agreement", requirement, self.maintainer)
        agreement = requirement.agreement_id
        self.assertEqual(requirement.baseline_ids.user_id, self.maintainer)
        self.assertEqual(agreement.target_ids.mapped("minutes"), [120])
        self.assertEqual(self._state(agreement), "review")
        self._tour("itsm_level_sign", agreement, self.lead)
        self.assertEqual(self._state(agreement), "countersigned")
        self._tour("itsm_level_sign", agreement, self.director)
        self._sign_customer(agreement)
        self.assertEqual(self._state(agreement), "signed")
        self.assertEqual(
            {(s.side, s.user_id, s.state) for s in agreement.signature_ids},
            {
                ("department", self.lead, "valid"),
                ("provider", self.director, "valid"),
                ("customer", self.portal_user, "valid"),
            },
        )
        self._tour("itsm_level_in_force", agreement, self.maintainer)
        self.assertEqual(agreement.state, "active")
        self.assertEqual(requirement.state, "agreed")
        self.assertFalse(self._findings("agreement_signature"))

    def test_whatif(self):
        """Design 4: a service level manager asks, sees it wait, reads what would have
        been late, and which target would reach the wished percentage."""
        month = fields.Date.today() - relativedelta(months=1, day=8)
        monday = month - timedelta(days=month.weekday())
        agreement = self._create_agreement(
            partner_id=self.customer.id, date_start=monday - timedelta(days=60)
        )
        for name, end in (("an hour", "10:00"), ("four hours", "14:00")):
            ticket = self._report(
                f"{monday} 09:00", name=f"Solved after {name}", priority="1"
            )
            self._move(f"{monday} {end}", ticket, "resolved")
        self._tour("itsm_level_whatif_ask", agreement, self.sla_manager)
        scenario = self.env["itsm.whatif"].search([("agreement_id", "=", agreement.id)])
        self.assertEqual(scenario.create_uid, self.sla_manager)
        self.assertEqual(scenario.run_id.state, "waiting")
        scenario.run_id._work_inline()
        self._tour("itsm_level_whatif_read", scenario, self.sla_manager)
        self.assertEqual(scenario.newly_late_count, 1)
