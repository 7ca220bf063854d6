# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .escalation_common import EscalationCommon


@tagged("post_install", "-at_install")
class TestEscalationHealth(EscalationCommon):
    """Issue 3, bad input: a rule that no longer works is seen in the list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._rule()
        cls.action = cls.env["ir.actions.server"].create(
            {
                "name": "Tell the other system",
                "model_id": cls.env["ir.model"]._get_id("helpdesk.ticket"),
                "state": "code",
                "code": "pass",
                "itsm_released": True,
                "itsm_run_as_ids": cls.agent.ids,
            }
        )
        cls.runs = cls._rule(
            name="Runs",
            run_action=True,
            server_action_id=cls.action.id,
            run_as_id=cls.agent.id,
        )

    def _found(self, health):
        rules = self.env["itsm.escalation.rule"].with_user(self.sla_manager)
        return rules.search(
            [
                ("health", "=", health),
                ("id", "in", (self.rule | self.runs).ids),
                ("active", "in", (True, False)),
            ]
        )

    def test_deleted_action(self):
        """The server action is deleted: the rule says so and is found."""
        self.assertEqual(self._found("works"), self.rule | self.runs)
        self.assertFalse(self.runs.problem)
        self.action.unlink()
        self.runs.invalidate_recordset()
        seen = self.runs.with_user(self.sla_manager)
        self.assertEqual(seen.health, "broken")
        self.assertIn("deleted", seen.problem)
        self.assertEqual(self._found("broken"), self.runs)
        self.assertEqual(self._found("works"), self.rule)

    def test_withdrawn_action(self):
        """Released no more: the same."""
        self.action.itsm_released = False
        self.runs.invalidate_recordset()
        self.assertEqual(self._found("broken"), self.runs)

    def test_who_has_left(self):
        """A rule that gives tickets to, or tells, somebody who has left."""
        gives = self._rule(name="Gives", to_user_id=self.agent_2.id)
        tells = self._rule(name="Tells", tell_user_ids=self.agent_2.ids)
        self.assertEqual((gives | tells).mapped("health"), ["works", "works"])
        self.agent_2.active = False
        (gives | tells).invalidate_recordset()
        self.assertEqual((gives | tells).mapped("health"), ["broken", "broken"])
        self.assertIn(self.agent_2.name, gives.problem)

    def test_switched_off(self):
        """A rule that is switched off is not broken, it is off."""
        self.action.unlink()
        self.runs.active = False
        self.assertEqual(self.runs.health, "off")
        self.assertEqual(self._found("off"), self.runs)
        self.assertFalse(self._found("broken"))
