# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Command

from ..tools import guard

#: What the calendar shows.
IN_CALENDAR = (
    "name",
    "start",
    "stop",
    "location",
    "organizer_id",
    "partner_ids",
    "restricted",
)


class ItsmMeeting(models.Model):
    """A meeting and its event in the calendar follow each other while it is ahead.

    A planned meeting has no event: nobody is told. Invited, it has one; what is changed
    on one side is changed on the other. Once it was held its date is a record.
    """

    _inherit = "itsm.meeting"

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if not set(IN_CALENDAR).isdisjoint(vals) and not guard.has_token(self):
            self._update_event()
        return result

    def unlink(self):
        self.filtered(lambda meeting: meeting.state == "invited")._drop_events()
        return super().unlink()

    # === Business methods ===

    def _prepare_event(self):
        """Values of the calendar event; nothing internal stands in it."""
        self.ensure_one()
        return {
            "name": self.name,
            "start": self.start,
            "stop": self.stop,
            "allday": False,
            "location": self.location,
            "user_id": self.organizer_id.id,
            "partner_ids": [Command.set(self.partner_ids.sorted("id").ids)],
            "privacy": "private" if self.restricted else False,
        }

    def _create_events(self):
        """Put the meetings into the calendar; the calendar invites and attaches ICS."""
        # Not the defaults of the meeting's form; no activity on the meeting either.
        context = {
            key: value
            for key, value in self.env.context.items()
            if not key.startswith(("default_", "active_"))
        }
        # sudo: whoever may write the meeting plans it for all its participants
        event_model = self.env["calendar.event"].sudo()
        events = event_model.with_context(  # pylint: disable=context-overridden
            {**context, "skip_contact_description": True}
        ).create([meeting._prepare_event() for meeting in self])
        for meeting, event in zip(self, events, strict=True):
            guard.with_token(meeting).event_id = event.id

    def _update_event(self):
        """Let the calendar follow the meeting; it tells the participants by itself."""
        for meeting in self.filtered(lambda record: record.state == "invited"):
            event = meeting.event_id.sudo()  # sudo: as in _create_events
            if event:
                wanted = meeting._prepare_event()
                there = event._itsm_prepare_like(wanted)
                changed = {
                    name: value
                    for name, value in wanted.items()
                    if value != there[name]
                }
                if changed:
                    guard.with_token(event).write(changed)

    def _follow_event(self):
        """Let the meetings follow the calendar, while they are still to come.

        Whoever may move the event moves the meeting. Who takes part decides who reads
        it: that follows only if the user may write the meeting itself.
        """
        for meeting in self.filtered(lambda record: record.state == "invited"):
            event = meeting.event_id
            values = {
                name: event[name]
                for name in ("start", "stop", "location")
                if event[name] != meeting[name]
            }
            if event.partner_ids != meeting.partner_ids and meeting.with_env(
                meeting.env(su=False)
            ).has_access("write"):
                values["partner_ids"] = [Command.set(event.partner_ids.ids)]
            if "start" in values:
                values["stop"] = event.stop
            if values:
                guard.with_token(meeting).write(values)

    def _drop_events(self):
        """Take the meetings out of the calendar, and tell who was invited.

        Archived and not deleted: the mail that tells it hangs on the event.
        """
        # sudo: whoever may write the meeting calls it off for all its participants
        events = self.sudo().event_id
        now = fields.Datetime.now()
        for event in events.filtered(lambda event: event.start > now):
            event._itsm_tell_cancelled()
        guard.with_token(events).write({"active": False})
        guard.with_token(self).write({"event_id": False})

    def _lose_event(self):
        """What was taken out of the calendar is to be planned again."""
        meetings = self.filtered(lambda meeting: meeting.state == "invited")
        guard.with_token(meetings).write({"state": "planned", "event_id": False})
        for meeting in meetings:
            meeting._message_log(
                body=self.env._("The meeting was deleted in the calendar.")
            )
