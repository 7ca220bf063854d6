# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools import guard
from .itsm_action import ACTIVE
from .itsm_duty_notification import TELL_OVERDUE_DAYS


class ItsmAction(models.Model):
    """Who is told of what happens to an action (MS-53)."""

    _name = "itsm.action"
    _inherit = ["itsm.action", "itsm.notification.mixin"]

    overdue_told_date = fields.Date(
        string="Overdue Told for",
        readonly=True,
        copy=False,
        help="The due day that was told to have passed.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        self.env["itsm.notification.event"]._notify("action_given", actions)
        return actions

    def write(self, vals):
        owners = {}
        if "owner_id" in vals:
            owners = {action.id: action.owner_id for action in self}
        result = super().write(vals)
        given = self.filtered(
            lambda action: action.id in owners and action.owner_id != owners[action.id]
        )
        self.env["itsm.notification.event"]._notify("action_given", given)
        return result

    def action_done(self):
        result = super().action_done()
        self.env["itsm.notification.event"]._notify(
            "action_to_check", self.filtered("needs_check")
        )
        return result

    def action_check_not_effective(self):
        result = super().action_check_not_effective()
        self.env["itsm.notification.event"]._notify("action_not_effective", self)
        return result

    @api.model
    def _cron_tell_overdue(self):
        """Tell once for each due day that it has passed (scheduled, daily)."""
        today = fields.Date.context_today(self)
        since = today - timedelta(days=TELL_OVERDUE_DAYS)
        notify = self.env["itsm.notification.event"]._notify
        for code, name, domain in (
            ("action_overdue", "due_date", Domain("state", "in", ACTIVE)),
            (
                "action_check_overdue",
                "check_date",
                Domain("state", "=", "done") & Domain("needs_check", "=", True),
            ),
        ):
            actions = self.search(
                domain & Domain(name, "<", today) & Domain(name, ">=", since)
            )
            actions = actions.filtered(
                lambda action, name=name: action.overdue_told_date != action[name]
            )
            for day, group in actions.grouped(name).items():
                told = guard.with_token(group.with_context(tracking_disable=True))
                told.write({"overdue_told_date": day})
            notify(code, actions)

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {action.id: action.owner_id.partner_id for action in self}
        if role == "checker":
            return {action.id: action.checker_id.partner_id for action in self}
        if role == "requester":
            return {action.id: action.create_uid.partner_id for action in self}
        if role == "process":
            return self._itsm_process_people()
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)
