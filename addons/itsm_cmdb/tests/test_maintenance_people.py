# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, new_test_user, tagged

from .common_maintenance import MaintenanceCommon


@tagged("post_install", "-at_install")
class TestMaintenancePeople(MaintenanceCommon):
    """MNT-01: whoever is archived, orders are for somebody, and a manager is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # who lets plans run is the one who is told
        cls.plan = cls._plan(run=False, team_id=False).with_user(cls.ci_manager)
        with freeze_time("2026-03-01 12:00"):
            cls.plan.action_run()

    def _told(self, record):
        """Who is told of a record by the system: ``{user: note}``."""
        activities = self.env["mail.activity"].search(
            [
                ("res_model", "=", record._name),
                ("res_id", "in", record.ids),
                ("automated", "=", True),
            ]
        )
        return {activity.user_id: str(activity.note) for activity in activities}

    def _archive(self, user):
        user.active = False
        self.env.flush_all()

    def test_engineer(self):
        """The only engineer is archived: nothing stops it, the manager is told and has
        the next order; somebody else is entered, and all is as before."""
        self._archive(self.engineer)
        told = self._told(self.plan)
        self.assertEqual(list(told), [self.ci_manager])
        self.assertIn(self.engineer.name, told[self.ci_manager])
        self.assertEqual(self.plan.state, "running")
        order = self._make(self.plan)
        self.assertEqual(order.user_id, self.ci_manager)
        self.assertEqual(order.reviewer_id, self.reviewer)
        self.assertEqual(list(self._told(order)), [self.ci_manager])
        # what is made keeps nobody from telling
        self.assertEqual(list(self._told(self.plan)), [self.ci_manager])
        self.plan.user_id = self.engineer_2
        self.assertFalse(self._told(self.plan))
        order = self._make(self.plan, "2026-04-02 08:00")
        self.assertEqual(order.user_id, self.engineer_2)

    def test_back(self):
        """Somebody who is back does it again."""
        self._archive(self.engineer)
        self.engineer.active = True
        self.assertFalse(self._told(self.plan))
        self.assertEqual(self._make(self.plan).user_id, self.engineer)

    def test_owner(self):
        """The one owner of all that is maintained does it, if he works there."""
        (self.server_1 | self.server_2).owner_id = self.ci_owner
        self._archive(self.engineer)
        self.assertEqual(self._make(self.plan).user_id, self.ci_owner)
        self.server_2.owner_id = self.ci_owner_2
        order = self._make(self.plan, "2026-04-02 08:00")
        self.assertEqual(order.user_id, self.ci_manager)
        # one who is archived himself, and one of another company
        (self.server_1 | self.server_2).owner_id = self.ci_owner_2
        self._archive(self.ci_owner_2)
        order = self._make(self.plan, "2026-05-02 08:00")
        self.assertEqual(order.user_id, self.ci_manager)
        company, manager = self._company_2()
        (self.server_1 | self.server_2).sudo().company_id = False
        (self.server_1 | self.server_2).owner_id = manager
        self.assertNotIn(self.company, manager.company_ids)
        order = self._make(self.plan, "2026-06-02 08:00")
        self.assertEqual(order.user_id, self.ci_manager)

    def test_team(self):
        """The team does it without the engineer; without any member the manager."""
        member = new_test_user(self.env, "t_member", company_id=self.company.id)
        self.team.user_ids = [Command.set(member.ids)]
        self.plan.team_id = self.team
        self._archive(self.engineer)
        self.assertEqual(list(self._told(self.plan)), [self.ci_manager])
        order = self._make(self.plan)
        self.assertEqual((order.user_id.id, order.team_id), (False, self.team))
        self.plan.user_id = False
        self.assertFalse(self._told(self.plan))
        self._archive(member)
        self.assertIn(self.team.name, self._told(self.plan)[self.ci_manager])
        order = self._make(self.plan, "2026-04-02 08:00")
        self.assertEqual(order.user_id, self.ci_manager)

    def test_reviewer(self):
        """A manager who did not do the work is asked to review it."""
        order = self._make(self.plan)
        self._archive(self.reviewer)
        self.assertIn(self.reviewer.name, self._told(self.plan)[self.ci_manager])
        new = self._make(self.plan, "2026-04-02 08:00")
        self.assertEqual(new.reviewer_id, self.ci_manager)
        # one that was made before: asked when it is reported
        with freeze_time("2026-03-10 19:00"):
            order.with_user(self.engineer).action_start()
            order.result_ids.filtered(lambda r: r.kind == "check").outcome = "ok"
            order.result_ids.filtered(lambda r: r.kind == "number").value = 20
            order.conclusion = "Done."
            order.with_user(self.engineer).action_report()
        self.assertEqual(list(self._told(order)), [self.ci_manager])

    def test_orders_there(self):
        """What the archived one was asked to do is asked of the manager."""
        order = self._make(self.plan)
        self.assertEqual(list(self._told(order)), [self.engineer])
        self._archive(self.engineer)
        self.assertEqual(list(self._told(order)), [self.ci_manager])
        self.assertEqual(order.user_id, self.engineer)

    def test_no_manager(self):
        """Nobody is left who could do it: the order is made all the same."""
        managers = self.env["res.users"]._itsm_ci_managers()
        self._archive(managers)
        self._archive(self.engineer)
        order = self._make(self.plan.with_user(self.env.user))
        self.assertFalse(order.user_id)
        self.assertFalse(self._told(order))

    def test_run(self):
        """Nothing begins to run for somebody who is archived."""
        self.plan.action_stop()
        self._archive(self.engineer)
        self.assertFalse(self._told(self.plan))
        with self.assertRaisesRegex(ValidationError, "team or engineer"):
            self.plan.action_run()

    def test_hr(self):
        """Who archives people need not know anything of configuration items."""
        admin = new_test_user(self.env, "t_hr", "base.group_erp_manager")
        self.engineer.with_user(admin).active = False
        self.assertEqual(list(self._told(self.plan)), [self.ci_manager])
