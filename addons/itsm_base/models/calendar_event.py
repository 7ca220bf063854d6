# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Command

from ..tools import guard

#: What moves the meeting that an event belongs to.
FOLLOWED = {
    "start",
    "stop",
    "start_date",
    "stop_date",
    "duration",
    "allday",
    "location",
    "partner_ids",
}


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    itsm_meeting_ids = fields.One2many(
        comodel_name="itsm.meeting",
        inverse_name="event_id",
        string="Meetings of IT Services",
        groups="base.group_user",
    )

    def write(self, vals):
        followed = not FOLLOWED.isdisjoint(vals)
        archived = vals.get("active") is False
        result = super().write(vals)
        if (followed or archived) and not guard.has_token(self):
            # sudo: whoever may move the event moves the meeting
            meetings = self.sudo().itsm_meeting_ids
            if meetings and archived:
                meetings._lose_event()
            elif meetings:
                meetings._follow_event()
        return result

    def unlink(self):
        meetings = self.env["itsm.meeting"]
        if not guard.has_token(self):
            # sudo: whoever may delete the event takes the meeting out of the calendar
            meetings = self.sudo().itsm_meeting_ids
        result = super().unlink()
        if meetings:
            meetings.exists()._lose_event()
        return result

    def action_open_itsm_meeting(self):
        """Return an action with the meeting that the event belongs to."""
        self.ensure_one()
        meeting = self.itsm_meeting_ids[:1]
        meeting.check_access("read")
        return meeting.get_formview_action()

    def _itsm_prepare_like(self, vals):
        """What the event holds of *vals*, in the form of values to write."""
        self.ensure_one()
        return {
            name: [Command.set(self[name].sorted("id").ids)]
            if name == "partner_ids"
            else self._fields[name].convert_to_write(self[name], self)
            for name in vals
        }

    def _itsm_tell_cancelled(self):
        """Tell the participants that the event was called off."""
        self.ensure_one()
        template = self.env.ref(
            "calendar.calendar_template_delete_event", raise_if_not_found=False
        )
        partners = self.partner_ids - self.env.user.partner_id
        if template and partners:
            template.send_mail(
                self.id,
                email_values={"recipient_ids": [Command.set(partners.ids)]},
                email_layout_xmlid="mail.mail_notification_light",
            )
