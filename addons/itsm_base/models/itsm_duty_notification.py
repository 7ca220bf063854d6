# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields, models

#: What has been overdue for longer is told to nobody: the scheduler stood still, or it
#: was so before the events were there.
TELL_OVERDUE_DAYS = 7


class ItsmDuty(models.Model):
    """Who is told of what happens to a duty."""

    _name = "itsm.duty"
    _inherit = ["itsm.duty", "itsm.notification.mixin"]

    overdue_told_at = fields.Datetime(
        string="Overdue Told on", readonly=True, copy=False
    )

    def action_waive(self, reason):
        result = super().action_waive(reason)
        self.env["itsm.notification.event"]._notify("duty_waived", self)
        return result

    def action_reopen(self, reason):
        result = super().action_reopen(reason)
        self._by_code().write({"overdue_told_at": False})
        self.env["itsm.notification.event"]._notify("duty_reopened", self)
        return result

    def _give(self, user, reason=None):
        result = super()._give(user, reason)
        self.env["itsm.notification.event"]._notify("duty_given", self)
        return result

    def _tell_overdue(self):
        """Tell once that duties are overdue (daily; CAL-11).

        :return: the duties that were told about
        """
        now = fields.Datetime.now()
        duties = self.search(
            [
                ("state", "=", "open"),
                ("due_at", "<=", now),
                ("due_at", ">", now - timedelta(days=TELL_OVERDUE_DAYS)),
                ("overdue_told_at", "=", False),
            ]
        )
        if duties:
            told = duties._by_code().with_context(tracking_disable=True)
            told.write({"overdue_told_at": now})
            self.env["itsm.notification.event"]._notify("duty_overdue", duties)
        return duties

    def _itsm_notification_recipients(self, role):
        if role == "assignee":
            return {duty.id: duty.user_id.partner_id for duty in self}
        if role == "process":
            return self._itsm_process_people()
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)
