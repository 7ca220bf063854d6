# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date
from odoo.addons.itsm_cmdb.models.itsm_ci_maintenance_order import (
    ItsmCiMaintenanceOrder as Order,
)

#: Records that the customers agreed to an interruption.
MANAGER = "itsm_sla.itsm_group_sla_manager"


class ItsmCiMaintenanceOrder(models.Model):
    """The window of an order as a planned interruption: proposed, never agreed here.

    Requirements: MNT-05, SLM-08.
    """

    _inherit = "itsm.ci.maintenance.order"
    _step_new = {**Order._step_new, "interruption_id": False}

    interruption_id = fields.Many2one(
        comodel_name="itsm.interruption",
        string="Planned Interruption",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Proposed to those who keep the agreements. Once the customers agreed, "
        "the window does not count as downtime.",
    )
    interruption_state = fields.Selection(
        related="interruption_id.state", string="State of Interruption"
    )
    waits_for = fields.Char(
        string="Waits for the Agreement Of",
        compute="_compute_waits_for",
        help="Who can record that the customers agreed to the interruption.",
    )

    @api.depends("state", "kind", "interrupts", "interruption_id.state")
    def _compute_waits_for(self):
        waiting = self._origin._not_agreed()
        for order in self:
            order.waits_for = (
                order._origin._names_who_agree() if order._origin in waiting else False
            )

    def _hand_over(self):
        """Propose the windows of orders, and follow where a proposal is not agreed yet.

        Of what customers agreed to nothing is widened: the order stays within.

        :raise UserError: an order would leave the window that was agreed
        """
        result = super()._hand_over()
        if guard.is_silent(self.env):
            return result
        now = fields.Datetime.now()
        for order in self.filtered(lambda order: order.state == "planned"):
            # sudo: who plans maintenance keeps no agreements
            interruption = order.sudo().interruption_id
            if interruption.state == "agreed":
                order._check_agreed(interruption)
            elif not order.interrupts:
                if interruption.state == "planned":
                    interruption.action_cancel()
            elif order.planned_end > now:
                order._propose(interruption)
        return result

    def _check_agreed(self, interruption):
        """Refuse what leaves the window and the services that were agreed."""
        self.ensure_one()
        outside = (
            self.planned_start < interruption.date_start
            or self.planned_end > interruption.date_stop
        )
        more = interruption.service_ids and (
            self._interrupted_services() - interruption.service_ids
        )
        if self.interrupts and (outside or more):
            raise UserError(
                self.env._(
                    "%(order)s: the customers agreed to another window or to fewer "
                    "services (%(interruption)s). Have the interruption taken back to "
                    "planning first, and agreed again.",
                    order=self.display_name,
                    interruption=interruption.display_name,
                )
            )

    def _propose(self, interruption):
        """Propose the window of an order for the services that it reaches."""
        self.ensure_one()
        services = self._interrupted_services()
        if not services:
            # none at all would mean every service
            if interruption.state == "planned":
                interruption.action_cancel()
            # nothing is left that anybody could agree to
            guard.with_token(self).interruption_id = False
            return
        vals = {
            "name": self.display_name,
            "date_start": self.planned_start,
            "date_stop": self.planned_end,
            "service_ids": [fields.Command.set(services.ids)],
        }
        if interruption.state == "planned":
            interruption.write(vals)
            self._ask_to_agree()
            return
        user = self.env.user
        if user.id == SUPERUSER_ID:
            # who let the plan run asks for it, not the scheduled action
            user = self.plan_id.sudo().scheduled_by_id or user  # sudo: as above
        # sudo: proposed only; who keeps the agreements has it agreed
        interruptions = self.env["itsm.interruption"].with_user(user).sudo()
        made = interruptions.create(
            {**vals, "company_id": self.company_id.id, "reference": self.number}
        )
        guard.with_token(self).interruption_id = made.id
        self._ask_to_agree()

    # === Agreement ===

    def _not_agreed(self):
        """Orders of these whose interruption nobody has agreed to yet.

        The repair of a defect waits for nobody.
        """
        return self.filtered(
            lambda order: (
                order.state == "planned"
                and order.interrupts
                and order.kind != "defect"
                # sudo: whether it is agreed, whoever keeps the agreements
                and order.sudo().interruption_id.state in ("planned", "cancelled")
            )
        )

    def _who_agree(self):
        """Service level managers of the agreements at stake who may record consent.

        If there is none, all of the company.

        :rtype: res.users, in sudo
        """
        self.ensure_one()
        # sudo: who keeps the agreements, whoever asks
        interruption = self.sudo().interruption_id
        day = local_date(self._zone(), interruption.date_start)
        stakes = (
            self.env["itsm.agreement"]
            .sudo()  # sudo: as above
            ._at_stake(interruption.service_ids, self.env["res.partner"], day)
        )
        managers = (
            self.env["res.users"]
            .sudo()  # sudo: as above
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(MANAGER).ids),
                    ("company_ids", "in", self.company_id.ids),
                    ("share", "=", False),
                    ("id", "!=", SUPERUSER_ID),
                ]
            )
            - interruption.requested_by_id
        )
        owners = managers.browse().union(*(a.owner_id for a in stakes)) & managers
        return (owners or managers).sorted("name")

    def _names_who_agree(self):
        names = ", ".join(self._who_agree().mapped("name"))
        return names or self.env._("a service level manager")

    def _ask_to_agree(self):
        """One activity for each who may agree, on the interruption; silent as `_tell`.

        Who was asked already is not asked again; the day follows the window.
        """
        self.ensure_one()
        if self.env.context.get("mail_activity_automation_skip"):
            return
        # sudo: planned for others, who keep the agreements
        interruption = self.sudo().interruption_id
        day = local_date(self._zone(), interruption.date_start)
        asked = interruption._asked_to_agree()
        asked.date_deadline = day
        todo = self.env.ref("mail.mail_activity_data_todo")
        activities = asked.with_context(mail_activity_quick_update=True)
        activities.create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": self.env["ir.model"]._get_id(interruption._name),
                    "res_id": interruption.id,
                    "res_name": interruption.display_name,
                    "user_id": user.id,
                    "date_deadline": day,
                    "summary": self.env._(
                        "Have the interruption for %(order)s agreed",
                        order=self.display_name,
                    ),
                    "automated": True,
                }
                for user in self._who_agree() - asked.user_id
            ]
        )

    def action_start(self):
        """Begin the work; what interrupts services waits until that is agreed.

        Who plans maintenance is asked why it cannot wait, and begins all the same.

        :raise UserError: the interruption is not agreed; who can agree, and how
        """
        self._check_step("planned")
        waiting = self._not_agreed()
        # the system loads data; nobody can be logged in as the system
        if not waiting or self.env.uid == SUPERUSER_ID:
            return super().action_start()
        if self._may_plan():
            return self._ask("start", self)
        order = waiting[0]
        states = dict(
            self._fields["interruption_state"]._description_selection(self.env)
        )
        raise UserError(
            self.env._(
                "%(order)s interrupts services, and that is not agreed yet "
                "(%(state)s). %(people)s can agree: open the planned interruption, "
                "enter who agreed for the customers, and press “Agree”. A "
                "configuration manager can have the work begun without it, and says "
                "why.",
                order=order.display_name,
                state=states[order.interruption_state],
                people=order._names_who_agree(),
            )
        )

    def _start_all_the_same(self, reason):
        """Begin work whose interruption is not agreed; why is said in the chatter.

        :param str reason: why it cannot wait
        :raise AccessError: the user does not plan maintenance
        """
        self._check_step("planned")
        if not self._may_plan():
            raise AccessError(
                self.env._(
                    "Work that is not agreed yet is begun by configuration managers."
                )
            )
        waiting = self._not_agreed()
        waiting._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Begun although the interruption is not agreed (%(people)s): "
                    "%(reason)s",
                    people=order._names_who_agree(),
                    reason=reason,
                )
                for order in waiting
            }
        )
        return self._start()

    @api.model
    def _ask_names(self):
        return {
            **super()._ask_names(),
            "start": self.env._("Begin Without Agreement"),
        }

    def _interrupted_services(self):
        """Services that fail with what is maintained, of the company of the order.

        :rtype: itsm.service, in sudo
        """
        self.ensure_one()
        # sudo: what fails does not depend on who plans
        items = self.sudo().ci_ids.filtered("active")
        day = local_date(self._zone(), self.planned_start)
        impact = items._search_impact("down", date=day)
        services = items.browse(impact.failed).service_id
        return services.filtered(
            lambda s: s.active and s.company_id in (self.company_id, s.company_id[:0])
        )

    def _archive_kept(self):
        return super()._archive_kept() | self.filtered("interruption_id")

    def _given_up(self):
        """What was proposed is withdrawn, and what was agreed and is still to come."""
        result = super()._given_up()
        now = fields.Datetime.now()
        for order in self:
            interruption = order.sudo().interruption_id  # sudo: as above
            if interruption.state == "planned" or (
                interruption.state == "agreed" and interruption.date_start > now
            ):
                interruption.action_cancel()
        return result

    def action_view_interruption(self):
        """Open the planned interruption."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.interruption",
            "res_id": self.interruption_id.id,
            "view_mode": "form",
        }
