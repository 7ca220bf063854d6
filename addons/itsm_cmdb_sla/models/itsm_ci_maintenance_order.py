# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date
from odoo.addons.itsm_cmdb.models.itsm_ci_maintenance_order import (
    ItsmCiMaintenanceOrder as Order,
)


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
            return
        vals = {
            "name": self.display_name,
            "date_start": self.planned_start,
            "date_stop": self.planned_end,
            "service_ids": [fields.Command.set(services.ids)],
        }
        if interruption.state == "planned":
            interruption.write(vals)
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
