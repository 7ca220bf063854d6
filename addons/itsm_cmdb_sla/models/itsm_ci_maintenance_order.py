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
        names = waiting._names_who_agree()
        for order in self:
            order.waits_for = names.get(order._origin.id, False)

    def _hand_over(self):
        """Propose the windows of orders, and follow where a proposal is not agreed yet.

        Of what customers agreed to nothing is widened: the order stays within.

        :raise UserError: an order would leave the window that was agreed
        """
        result = super()._hand_over()
        if guard.is_silent(self.env):
            return result
        now = fields.Datetime.now()
        planned = self.filtered(lambda order: order.state == "planned")
        services = planned.filtered("interrupts")._interrupted_services()
        # sudo: who plans maintenance keeps no agreements
        withdrawn = self.env["itsm.interruption"].sudo()
        proposed = self.browse()
        for order in planned:
            interruption = order.sudo().interruption_id  # sudo: as above
            if interruption.state == "agreed":
                order._check_agreed(interruption, services)
            elif not order.interrupts:
                if interruption.state == "planned":
                    withdrawn |= interruption
            elif order.planned_end > now:
                proposed |= order
        withdrawn.action_cancel()
        proposed._propose(services)
        return result

    def _check_agreed(self, interruption, services):
        """Refuse what leaves the window and the services that were agreed.

        :param interruption: ``itsm.interruption``, agreed
        :param dict services: what `_interrupted_services` gave
        """
        self.ensure_one()
        if not self.interrupts:
            return
        outside = (
            self.planned_start < interruption.date_start
            or self.planned_end > interruption.date_stop
        )
        more = interruption.service_ids and (
            services[self.id] - interruption.service_ids
        )
        if outside or more:
            raise UserError(
                self.env._(
                    "%(order)s: the customers agreed to another window or to fewer "
                    "services (%(interruption)s). Have the interruption taken back to "
                    "planning first, and agreed again.",
                    order=self.display_name,
                    interruption=interruption.display_name,
                )
            )

    def _propose(self, services):
        """Propose the windows of orders for the services that they reach.

        :param dict services: what `_interrupted_services` gave
        """
        # sudo: proposed only; who keeps the agreements has it agreed
        withdrawn = self.env["itsm.interruption"].sudo()
        nothing, changes, wanted = self.browse(), {}, {}
        for order in self:
            interruption = order.sudo().interruption_id  # sudo: as above
            is_open = interruption.state == "planned"
            reached = services[order.id]
            if not reached:
                # none at all would mean every service
                withdrawn |= interruption if is_open else withdrawn.browse()
                nothing |= order
                continue
            window = (order.planned_start, order.planned_end, reached)
            if not is_open:
                wanted.setdefault(order._who_asks(), []).append((order, window))
                continue
            if interruption.name != order.display_name:
                interruption.name = order.display_name
            changes[window] = changes.get(window, withdrawn.browse()) | interruption
        withdrawn.action_cancel()
        # nothing is left that anybody could agree to
        guard.with_token(nothing).interruption_id = False
        for window, interruptions in changes.items():
            interruptions.write(self._window_vals(*window))
        for user, windows in wanted.items():
            made = withdrawn.with_user(user).sudo()  # sudo: as above
            made = made.create(
                [
                    {
                        "name": order.display_name,
                        "company_id": order.company_id.id,
                        "reference": order.number,
                        **self._window_vals(*window),
                    }
                    for order, window in windows
                ]
            )
            for (order, _window), interruption in zip(windows, made, strict=True):
                guard.with_token(order).interruption_id = interruption.id
        (self - nothing)._ask_to_agree()

    @api.model
    def _window_vals(self, start, stop, services):
        return {
            "date_start": start,
            "date_stop": stop,
            "service_ids": [fields.Command.set(services.ids)],
        }

    def _who_asks(self):
        """Who let the plan run asks for it, not the scheduled action.

        :rtype: res.users
        """
        user = self.env.user
        if user.id == SUPERUSER_ID:
            # sudo: who it was, whoever may see plans
            user = self.plan_id.sudo().scheduled_by_id or user
        return user

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

        If there is none, all of the company. Constant queries.

        :return: ``{id of the order: res.users in sudo}``
        """
        # sudo: who keeps the agreements, whoever asks
        orders = self.sudo()
        days = {
            order.id: local_date(order._zone(), order.interruption_id.date_start)
            for order in orders
        }
        begun = self.env["itsm.agreement"].sudo()  # sudo: as above
        if days:
            begun = begun._begun(max(days.values()))
        # read at once
        orders.interruption_id.service_ids.partner_ids.mapped("commercial_partner_id")
        managers = {
            company: self.env["res.users"]
            .sudo()  # sudo: as above
            .search(
                [
                    ("all_group_ids", "in", self.env.ref(MANAGER).ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                    ("id", "!=", SUPERUSER_ID),
                ]
            )
            for company in orders.company_id
        }
        found = {}
        for order in orders:
            interruption = order.interruption_id
            stakes = begun._stakes(
                interruption.service_ids, self.env["res.partner"], days[order.id]
            )
            people = managers[order.company_id] - interruption.requested_by_id
            owners = people.browse().union(*(a.owner_id for a in stakes)) & people
            found[order.id] = (owners or people).sorted("name")
        return found

    def _names_who_agree(self):
        """Who may agree, in words.

        :return: ``{id of the order: str}``
        """
        nobody = self.env._("a service level manager")
        return {
            order_id: ", ".join(people.mapped("name")) or nobody
            for order_id, people in self._who_agree().items()
        }

    def _ask_to_agree(self):
        """One activity for each who may agree, on the interruption; silent as `_tell`.

        Who was asked already is not asked again; the day follows the window.
        """
        if not self or self.env.context.get("mail_activity_automation_skip"):
            return
        # sudo: planned for others, who keep the agreements
        orders = self.sudo()
        people = self._who_agree()
        nobody = orders.interruption_id._asked_to_agree()
        asked, nobody = nobody.grouped("res_id"), nobody.browse()
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(orders.interruption_id._name)
        moved, vals_list = {}, []
        for order in orders:
            interruption = order.interruption_id
            day = local_date(order._zone(), interruption.date_start)
            there = asked.get(interruption.id, nobody)
            late = there.filtered(lambda asked, day=day: asked.date_deadline != day)
            moved[day] = moved.get(day, nobody) | late
            vals_list += [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": interruption.id,
                    "res_name": interruption.display_name,
                    "user_id": user.id,
                    "date_deadline": day,
                    "summary": self.env._(
                        "Have the interruption for %(order)s agreed",
                        order=order.display_name,
                    ),
                    "automated": True,
                }
                for user in people[order.id] - there.user_id
            ]
        for day, activities in moved.items():
            activities.date_deadline = day
        nobody.with_context(mail_activity_quick_update=True).create(vals_list)

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
                people=order._names_who_agree()[order.id],
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
        people = waiting._names_who_agree()
        waiting._message_log_batch(
            bodies={
                order.id: self.env._(
                    "Begun although the interruption is not agreed (%(people)s): "
                    "%(reason)s",
                    people=people[order.id],
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

        :return: ``{id of the order: itsm.service in sudo}``; constant queries
        """
        # sudo: what fails does not depend on who plans
        orders = self.sudo()
        asked = {
            order.id: (
                order.ci_ids.filtered("active"),
                local_date(order._zone(), order.planned_start),
            )
            for order in orders
        }
        questions = list(dict.fromkeys(asked.values()))
        impacts = orders.ci_ids._search_impacts(questions)
        failed = set().union(*(impact.failed for impact in impacts))
        services_of = {
            item.id: item.service_id.id for item in orders.ci_ids.browse(failed)
        }
        services = orders.env["itsm.service"].browse(
            {service for service in services_of.values() if service}
        )
        services = {service.id: service for service in services if service.active}
        reached = {
            question: {services_of[item] for item in impact.failed} & services.keys()
            for question, impact in zip(questions, impacts, strict=True)
        }
        found = {}
        for order in orders:
            none = order.company_id.browse()
            found[order.id] = orders.env["itsm.service"].browse(
                service
                for service in sorted(reached[asked[order.id]])
                if services[service].company_id in (order.company_id, none)
            )
        return found

    def _archive_kept(self):
        return super()._archive_kept() | self.filtered("interruption_id")

    def _given_up(self):
        """What was proposed is withdrawn, and what was agreed and is still to come."""
        result = super()._given_up()
        now = fields.Datetime.now()
        # sudo: as above
        self.sudo().interruption_id.filtered(
            lambda interruption: (
                interruption.state == "planned"
                or (interruption.state == "agreed" and interruption.date_start > now)
            )
        ).action_cancel()
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
