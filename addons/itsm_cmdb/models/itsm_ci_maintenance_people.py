# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard


class ItsmCiMaintenancePlan(models.Model):
    """People of a plan who are archived: nobody keeps them, and no order is lost.

    What runs goes on with who is left: the team, else the owner of what is maintained,
    else a configuration manager; who manages the plan is told (MNT-01).
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.maintenance.plan"

    def _team_works(self):
        """Whether the plan has a team of which not everybody was archived.

        :rtype: bool
        """
        self.ensure_one()
        team = self.sudo().team_id  # sudo: whether somebody is there is no secret
        everybody = team.with_context(active_test=False).user_ids
        return bool(team) and (not everybody or any(everybody.mapped("active")))

    def _people(self, items):
        """Who does and who reviews the orders of the plan as of now.

        :param items: ``itsm.ci`` that they are about
        :return: values of an order
        :rtype: dict
        """
        self.ensure_one()
        plan = self.sudo()  # sudo: whether somebody is still there is no secret
        engineer = plan.user_id.filtered("active")
        reviewer = plan.reviewer_id.filtered("active")
        managers = self.env["res.users"]
        is_done = engineer or plan._team_works()
        if not (reviewer and is_done):
            managers = self._managers()
        if not is_done:
            # sudo: whose it is, whoever may see users
            owners = items.sudo().owner_id
            engineer = managers[:1]
            if (
                len(owners) == 1
                and owners.active
                and plan.company_id in owners.company_ids
            ):
                engineer = owners
        return {
            "user_id": engineer.id,
            # nobody reviews his own work, if there is somebody else
            "reviewer_id": (reviewer or (managers - engineer)[:1] or managers[:1]).id,
        }

    def _gone_people(self):
        """Names of whom the plan has entered and who are not there any more.

        :rtype: list[str]
        """
        self.ensure_one()
        plan = self.sudo()  # sudo: as above
        people = plan.user_id | plan.reviewer_id
        names = people.filtered(lambda user: not user.active).mapped("name")
        if plan.team_id and not plan.user_id.active and not plan._team_works():
            names.append(plan.team_id.name)
        return names

    def _tell_people(self):
        """Ask who manages the plans to enter somebody for people who are gone."""
        if guard.is_silent(self.env):
            return
        # sudo: planned for others; one of which nothing is made is told already
        plans = self.sudo().filtered(lambda plan: not plan.problem)
        plans._drop_activities()
        notes = {
            plan: self.env._(
                "Entered in the plan, but not there any more: %(names)s. Enter "
                "somebody else. Until then its work orders are for the team, else for "
                "the owner of what is maintained, else for a configuration manager.",
                names=", ".join(names),
            )
            for plan in plans
            if plan.state == "running"
            and plan.active
            and (names := plan._gone_people())
        }
        summary = self.env._("Enter who does and reviews the work")
        self._tell_managers(summary, notes)

    def _people_changed(self, users):
        """Tell of plans, and hand on what was asked, of people who come or go.

        :param users: ``res.users`` who were archived or are back
        """
        # sudo: plans of all companies, whoever archives somebody
        plans = self.sudo().search(
            Domain("state", "=", "running")
            & (
                Domain("user_id", "in", users.ids)
                | Domain("reviewer_id", "in", users.ids)
                | Domain("team_id.user_ids", "in", users.ids)
            )
        )
        plans._tell_people()
        # sudo: as above
        orders = self.env["itsm.ci.maintenance.order"].sudo()
        # sudo: as above
        orders._hand_on(users.sudo().filtered(lambda user: not user.active))


class ItsmCiMaintenanceOrder(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.maintenance.order"

    def _stand_in(self):
        """The configuration manager who is told instead of somebody who is archived.

        :return: nobody if there is none
        :rtype: res.users, in sudo
        """
        self.ensure_one()
        if self.plan_id:
            return self.plan_id._managers()[:1]
        return self.env["res.users"]._itsm_ci_managers(self.company_id)[:1]

    def _hand_on(self, users):
        """What these were asked to do is asked of who stands in for them.

        :param users: ``res.users`` who are archived
        """
        if not users:
            return
        # sudo: the system's own
        activities = self.env["mail.activity"].sudo()
        activities = activities.search(
            [
                ("res_model", "=", self._name),
                ("user_id", "in", users.ids),
                ("automated", "=", True),
            ]
        )
        for order_id, asked in activities.grouped("res_id").items():
            stand_in = self.browse(order_id)._stand_in()
            if stand_in:
                asked.with_context(mail_activity_quick_update=True).user_id = stand_in
