# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

import pytz

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import guard
from .itsm_meeting import AHEAD


class ItsmMeeting(models.Model):
    """The steps of a meeting (MS-36): invited, held, minutes sent, closed."""

    _inherit = "itsm.meeting"

    # === Actions ===

    def action_invite(self):
        """Put the meetings into the calendar, which invites the participants.

        :raise UserError: if nobody but the organizer takes part
        """
        self._check_step("planned")
        for meeting in self:
            if not meeting.partner_ids - meeting.organizer_id.partner_id:
                raise UserError(
                    self.env._(
                        "%(name)s: there is nobody to invite. Add participants first.",
                        name=meeting.name,
                    )
                )
        self._create_events()
        guard.with_token(self).write({"state": "invited"})

    def action_hold(self):
        """Say that the meetings took place.

        :raise UserError: if a meeting has not begun
        """
        self._check_step(*AHEAD)
        now = fields.Datetime.now()
        for meeting in self:
            if meeting.start > now:
                raise UserError(
                    self.env._(
                        "%(name)s has not begun: change its date if it took place "
                        "earlier.",
                        name=meeting.name,
                    )
                )
        guard.with_token(self).write({"state": "held"})

    def action_send_minutes(self):
        """Freeze the minutes and mail them as PDF to the participants.

        :raise UserError: if there is nothing to send, nobody to send it to, or if the
            PDF cannot be made
        """
        self._check_step("held")
        for meeting in self:
            meeting._send_minutes()

    def action_correct_minutes(self):
        """Take sent minutes up again; what was sent stays, the next is a new revision.

        :raise UserError: without a reason
        """
        self._check_step("sent", "closed")
        for meeting in self:
            if not meeting.correction_reason:
                raise UserError(
                    self.env._(
                        "%(name)s: write down why the minutes have to be corrected "
                        "first. It is printed on the next revision.",
                        name=meeting.name,
                    )
                )
        guard.with_token(self).write({"state": "held"})

    def action_close(self):
        """Close the meetings: all their actions are closed.

        :raise UserError: naming the actions that are open
        """
        self._check_step("sent")
        # sudo: an action hidden from the user, or put away, is open all the same
        for meeting in self.sudo().with_context(active_test=False):
            still_open = meeting.action_ids.filtered(
                lambda action: not action.is_closed
            )
            if still_open:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be closed: %(count)s of its actions are open, "
                        "for example %(action)s. Close or cancel them first.",
                        name=meeting.name,
                        count=len(still_open),
                        action=still_open[0].name,
                    )
                )
        guard.with_token(self).write({"state": "closed"})

    def action_cancel(self):
        """Call the meetings off, and take them out of the calendar."""
        self._check_step(*AHEAD)
        self._drop_events()
        guard.with_token(self).write({"state": "cancelled"})

    def action_plan_again(self):
        """Plan meetings again that were called off."""
        self._check_step("cancelled")
        guard.with_token(self).write({"state": "planned"})

    def action_next_meeting(self):
        """Plan the next meeting of the series; open actions come onto its agenda.

        :return: action with the form of the next meeting
        """
        self.ensure_one()
        self.check_access("write")
        following = self.next_ids.filtered(lambda meeting: meeting.state != "cancelled")
        if not following:
            following = self._create_next()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": following[:1].id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_open_event(self):
        """Return an action with the event in the calendar."""
        self.ensure_one()
        return self.event_id.get_formview_action()

    # === Business methods ===

    def _create_next(self):
        """The next meeting: same people, same length, with what is still open."""
        # The same hour of the clock on the wall, also where summer time begins.
        zone = pytz.timezone(self._minutes_tz())
        local = pytz.utc.localize(self.start).astimezone(zone).replace(tzinfo=None)
        start = self.start
        while start <= max(self.start, fields.Datetime.now()):
            local += timedelta(days=self.kind_id.interval_days)
            start = zone.localize(local, is_dst=False).astimezone(pytz.utc)
            start = start.replace(tzinfo=None)
        following = guard.with_token(self).create(
            {
                "name": self.name,
                "kind_id": self.kind_id.id,
                "company_id": self.company_id.id,
                "process_id": self.process_id.id,
                "organizer_id": self.organizer_id.id,
                "start": start,
                "stop": start + (self.stop - self.start),
                "location": self.location,
                "partner_ids": [fields.Command.set(self.partner_ids.ids)],
                "previous_id": self.id,
            }
        )
        following = following.with_env(self.env)
        lines = [
            {**vals, "meeting_id": following.id, "sequence": 0}
            for vals in following._agenda_of_actions(others=False)
        ]
        self.env["itsm.meeting.line"].create(lines)
        return following
