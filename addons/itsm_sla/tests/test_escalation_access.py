# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .escalation_common import MON, EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationAccess(EscalationCommon):
    """Design, Manners: who may read and change rules; two companies."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule()
        cls.company_2 = cls.env["res.company"].create({"name": "Second company"})

    def test_rights(self):
        """Managers of service levels write, the desk reads, others see nothing."""
        vals = {"name": "New", "tell_owner": True}
        for user, read, write in (
            (self.sla_manager, True, True),
            (self.manager, True, True),
            (self.lead, True, False),
            (self.agent, True, False),
            (self.helpdesk_user, True, False),
            (self.employee, False, False),
            (self.portal_user, False, False),
        ):
            rule = self.rule.with_user(user)
            with self.subTest(user=user.login):
                self.assertEqual(rule.has_access("read"), read)
                for operation in ("write", "create", "unlink"):
                    self.assertEqual(rule.has_access(operation), write)
                if write:
                    rule.name = "Changed"
                    rule.create(vals).unlink()
                else:
                    with self.assertRaises(AccessError):
                        rule.write({"name": "Changed"})
                    with self.assertRaises(AccessError):
                        rule.create(vals)
                if not read:
                    with self.assertRaises(AccessError):
                        rule.read(["name"])
                    with self.assertRaises(AccessError):
                        rule.action_preview()

    def test_companies(self):
        """A rule of another company is neither seen nor fires."""
        theirs = self._rule(name="theirs", company_id=self.company_2.id)
        everybody = self._rule(name="everybody", company_id=False, sequence=20)
        found = self.env["itsm.escalation.rule"].with_user(self.sla_manager).search([])
        self.assertIn(self.rule, found)
        self.assertIn(everybody, found)
        self.assertNotIn(theirs, found)
        with self.assertRaises(AccessError):
            theirs.with_user(self.sla_manager).write({"name": "Mine"})
        ticket = self._report(MON)
        self._run_scheduler("2026-03-23 12:01")
        self.assertEqual(
            self._told(ticket), [("Test rule", "told"), ("everybody", "told")]
        )

    def test_shared(self):
        """A rule of every company is for who may work in all of them."""
        shared = self._rule(company_id=False)
        with self.assertRaises(AccessError):
            shared.with_user(self.sla_manager).write({"percent": 60})
        with self.assertRaises(AccessError):
            self.rule.with_user(self.sla_manager).write({"company_id": False})
        shared.with_user(self.manager).write({"percent": 60})
        self.sla_manager.company_ids = self.env["res.company"].search([])
        shared.with_user(self.sla_manager).write({"percent": 70})
        self.assertEqual(shared.percent, 70)

    def test_evidence(self):
        """Design, Manners: a rule that has fired is archived, never deleted."""
        ticket = self._report(MON)
        self._run_scheduler("2026-03-23 12:01")
        self.assertTrue(self._alerts(ticket))
        with self.assertRaises(UserError):
            self.rule.with_user(self.sla_manager).unlink()
        self.rule.with_user(self.sla_manager).active = False
        self.assertEqual(self.rule.alert_count, 1)
        action = self.rule.action_view_alerts()
        self.assertEqual(
            self.env["itsm.clock.alert"].search(action["domain"]), self._alerts(ticket)
        )
        # who reads the ticket reads what was done
        alert = self._alerts(ticket).with_user(self.agent)
        self.assertEqual(alert.rule_id.display_name, "Test rule")
        with self.assertRaises(AccessError):
            self._alerts(ticket).with_user(self.portal_user).read(["note"])
