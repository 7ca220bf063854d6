# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmMeeting(models.Model):
    """Who is told of what happens to a meeting, beside the calendar (MS-36)."""

    _name = "itsm.meeting"
    _inherit = ["itsm.meeting", "itsm.notification.mixin"]

    def _lose_event(self):
        lost = self.filtered(lambda meeting: meeting.state == "invited")
        result = super()._lose_event()
        self.env["itsm.notification.event"]._notify("meeting_out_of_calendar", lost)
        return result

    def _log_minutes(self, partners):
        """Write down who got the minutes by mail, and who has no address.

        :param partners: the participants
        """
        events = self.env["itsm.notification.event"]
        # sudo: who was told is written by the system
        rows = events._plan_own_way(
            "meeting_minutes_sent", [(self.sudo(), partner) for partner in partners]
        )
        logs = self.env["itsm.notification.log"].sudo()  # sudo: as above
        logs._log([row for row in rows if row])

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {meeting.id: meeting.organizer_id.partner_id for meeting in self}
        if role == "participants":
            return {meeting.id: meeting.partner_ids for meeting in self}
        if role == "process":
            return self._itsm_process_people()
        return super()._itsm_notification_recipients(role)
