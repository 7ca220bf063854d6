# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_datetime

from odoo.addons.itsm_sla.tools.fold import STATE_ROWS

from .helpdesk_ticket_lifecycle import AT_WORK

#: Rows of the log that say in which state a ticket is.
SAY_STATE = ("reported", *STATE_ROWS)


class HelpdeskTicket(models.Model):
    """A ticket that waited by mistake, or of which nobody noted that it waited.

    The event log is never changed: rows are added that say what was true in that time,
    and one that says who corrected it and why. Every clock is worked out again from
    the whole log; what held before stays with the clock (semantics, Corrections).
    """

    _inherit = "helpdesk.ticket"

    def action_correct_pause(self):
        """Ask from when to when the ticket waited, or did not, and why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.itsm_ticket_pause_action"
        )
        return action | {"context": {"default_ticket_id": self.id}}

    def _itsm_correct_pause(self, start, stop, pause_reason, reason):
        """Correct the event log: in ``[start, stop)`` the ticket waited, or did not.

        :param datetime start: naive UTC
        :param datetime stop: naive UTC, at most now
        :param pause_reason: ``itsm.pause.reason`` for which it waited; empty: it did
            not wait, work went on
        :param str reason: why the log was wrong
        :raise AccessError: the user is not desk lead, or the ticket is over and he is
            not service level manager besides
        :raise UserError: the times, the log or the reason do not allow it
        """
        self.ensure_one()
        self.check_access("write")
        self._itsm_check_pause_right()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Reason: enter why the pause was wrong."))
        now = fields.Datetime.now()
        # sudo: the log is written by the ticket itself, whoever may read it
        ticket = self.sudo()
        log = ticket.event_ids.sorted(lambda row: (row.time, row.sequence, row.id))
        states = log.filtered(lambda row: row.what in SAY_STATE)
        self._itsm_check_pause_times(states, start, stop, now)
        rows = ticket._itsm_pause_rows(log, states, start, stop, pause_reason, reason)
        note = self._itsm_pause_note(start, stop, pause_reason, reason)
        rows.append({**ticket._prepare_event("corrected", now), "note": note})
        self.env["itsm.ticket.event"]._append(rows, "correction")
        ticket.invalidate_recordset(["event_ids"], flush=False)
        ticket._clock_refold("pause_corrected")
        self._message_log(body=note)

    def _itsm_check_pause_right(self):
        user = self.env.user
        if not user.has_group("itsm_base.itsm_group_lead"):
            raise AccessError(
                self.env._(
                    "Only the desk lead may correct a pause. Tell him from when to "
                    "when, and why."
                )
            )
        over = self._itsm_effective_state() not in AT_WORK
        if over and not user.has_group("itsm_sla.itsm_group_sla_manager"):
            raise AccessError(
                self.env._(
                    "%(ticket)s is over and its verdicts are final: only a desk lead "
                    "who is service level manager too may correct its pauses.",
                    ticket=self.display_name,
                )
            )

    def _itsm_check_pause_times(self, states, start, stop, now):
        """Refuse times in which the ticket was not at work from end to end."""
        if not states or self.is_history:
            raise UserError(
                self.env._(
                    "%(ticket)s has no event log of its own: it is imported history, "
                    "or older than the installation. There is nothing to correct.",
                    ticket=self.display_name,
                )
            )
        first = max(states[0].time, self._itsm_reported_time())
        if not first <= start < stop <= now:
            raise UserError(
                self.env._(
                    "From and Until: the pause lies after the ticket was reported "
                    "(%(first)s), ends after it begins and not in the future.",
                    first=format_datetime(self.env, first),
                )
            )
        inside = states.filtered(lambda row: start < row.time < stop)
        held = _held_at(states, start) | inside
        if any(row.state not in AT_WORK for row in held):
            raise UserError(
                self.env._(
                    "From and Until: %(ticket)s was resolved, closed or cancelled in "
                    "that time, and no clock ran. Choose a time in which it was open.",
                    ticket=self.display_name,
                )
            )

    def _itsm_pause_rows(self, log, states, start, stop, pause_reason, reason):
        """Rows that say what was true, in order; those of the log stay before them."""
        state = "paused" if pause_reason else "open"
        stage = self._itsm_stage_for(state)
        wish = state, pause_reason.id
        held = _held_at(states, start)
        rows = []
        truth = {
            "what": "state",
            "state": state,
            "stage_id": stage.id,
            "pause_reason_id": pause_reason.id,
        }
        if _waits(held) != _waits_as(wish):
            rows.append({**truth, "time": start})
        for row in states.filtered(lambda row: start < row.time < stop):
            if _waits(row) != _waits_as(wish):
                rows.append({**truth, "time": row.time})
        if not rows:
            raise UserError(
                self.env._(
                    "The event log of %(ticket)s says so already. Choose another time.",
                    ticket=self.display_name,
                )
            )
        after = _held_at(states, stop)
        # A row of the log at that very moment says itself how it goes on.
        if after.time < stop and _waits(after) != _waits_as(wish):
            rows.append(
                {
                    "time": stop,
                    "what": "state",
                    "state": after.state,
                    "stage_id": after.stage_id.id,
                    "pause_reason_id": after.pause_reason_id.id,
                }
            )
        for row in rows:
            same = log.filtered(lambda event, time=row["time"]: event.time == time)
            row.update(
                ticket_id=self.id,
                # after what the log says of that second; without number, as usual
                sequence=max(same.mapped("sequence"), default=0) or None,
                note=reason,
            )
        return rows

    def _itsm_pause_note(self, start, stop, pause_reason, reason):
        times = {
            "start": format_datetime(self.env, start),
            "stop": format_datetime(self.env, stop),
            "reason": reason,
        }
        if pause_reason:
            return self.env._(
                "Pause corrected: from %(start)s to %(stop)s the ticket waited "
                "(%(pause)s). Reason: %(reason)s",
                pause=pause_reason.name,
                **times,
            )
        return self.env._(
            "Pause corrected: from %(start)s to %(stop)s the ticket did not wait. "
            "Reason: %(reason)s",
            **times,
        )


def _held_at(states, moment):
    """The row that says the state of a ticket at *moment*."""
    return states.filtered(lambda row: row.time <= moment)[-1:]


def _waits(row):
    """For what a row says that the ticket waits; False: it does not."""
    return _waits_as((row.state, row.pause_reason_id.id))


def _waits_as(held):
    state, pause_reason_id = held
    return state == "paused" and (pause_reason_id or True)
