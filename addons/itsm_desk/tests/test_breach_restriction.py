# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestBreachRestriction(RestrictionCommon):
    """Design, Manners: breaches of restricted tickets are seen by their handlers."""

    def test_not_leaked(self):
        """SEC-05, SLM-38: not by search, read, count, Pareto, drill-down, explaining;
        a list of both kinds shows the other one only."""
        agreement = self._create_agreement({"2": (0, 240)})
        cause = self.env.ref("itsm_sla.itsm_breach_cause_technical")
        secret = self._secret("2026-03-23 10:00")
        plain = self._report("2026-03-23 10:00", team_id=self.team.id)
        self._run_scheduler("2026-03-23 16:00")
        breaches = self.env["itsm.breach"].search([("agreement_id", "=", agreement.id)])
        self.assertEqual(breaches.ticket_id, secret | plain)
        hidden = breaches.filtered(lambda breach: breach.ticket_id == secret)
        domain = [("agreement_id", "=", agreement.id)]
        vals = {
            "date_from": "2026-03-01",
            "date_to": "2026-03-31",
            "agreement_ids": [Command.set(agreement.ids)],
        }
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.agent_2, self.lead, self.manager):
            model = self.env["itsm.breach"].with_user(user)
            self.assertEqual(model.search(domain).ticket_id, plain, user.login)
            self.assertEqual(model.search_count(domain), 1)
            self.assertEqual(agreement.with_user(user).breach_count, 1)
            agreement.invalidate_recordset()
            with self.assertRaises(AccessError):
                hidden.with_user(user).read(["metric"])
            pareto = self.env["itsm.breach.pareto"].with_user(user).create(vals)
            self.assertEqual(pareto.total, 1)
            action = pareto.line_ids.action_view_tickets()
            self.assertNotIn(secret.id, action["domain"][0][2])
        with self.assertRaises(AccessError):
            breaches.with_user(self.lead)._explain(cause)
        self.assertEqual(
            self.env["itsm.breach"].with_user(self.officer).search(domain).ticket_id,
            secret,
        )
        found = self.env["itsm.breach"].with_user(self.supervisor).search(domain)
        self.assertEqual(found.ticket_id, plain)
