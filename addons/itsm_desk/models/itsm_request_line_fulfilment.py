# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date
from odoo.addons.itsm_base.tools.timeline import NoWorkingTime


class ItsmRequestLine(models.Model):
    """How a line is delivered."""

    _inherit = "itsm.request.line"

    def _promise(self, now):
        """Say by which day these are promised: working days from *now*."""
        reviews = self.env["tier.review"]
        for line in self:
            days = line.service_id.request_days
            timeline = days and reviews._approval_timeline(line.request_id)
            if not timeline:
                continue
            try:
                day = reviews._approval_working_day(timeline, now, days)
            except NoWorkingTime:
                continue
            line._store({"promised_date": day})

    def _make_tasks(self):
        """Make the tasks of these from the steps of their items; ``self`` in sudo."""
        steps = self.service_id._fulfilment_steps()
        vals_list = []
        for line in self:
            own = steps.get(line.service_id.id, self.env["itsm.fulfilment.step"])
            vals_list += [line._task_vals(step) for step in own] or [
                line._task_vals(self.env["itsm.fulfilment.step"])
            ]
        guard.with_token(self.env["itsm.request.task"]).create(vals_list)

    def _task_vals(self, step):
        """Values of the task of a line for a step; an empty one: there is no step."""
        self.ensure_one()
        team = step.team_id or self.request_id.ticket_id.team_id
        return {
            "line_id": self.id,
            "step_id": step.id,
            "name": step.name or self.env._("Deliver: %(line)s", line=self.title),
            "sequence": step.sequence or 10,
            "team_id": team.id,
            "user_id": step.user_id.id,
            "instruction": step.instruction,
            "waiting_since": fields.Datetime.now(),
        }

    def _advance(self):
        """Let the next tasks begin; deliver the lines that have none left.

        The next number begins when all tasks with smaller numbers are over.
        """
        # sudo: whoever does the last task need not see the others
        lines = self.sudo().filtered(lambda line: line.state == "fulfilment")
        ready = self.env["itsm.request.task"].sudo()  # sudo: likewise
        done = lines.browse()
        for line in lines:
            left = line.task_ids.filtered(
                lambda t: t.state not in ("done", "cancelled")
            )
            first = min(left.mapped("sequence"), default=None)
            if first is None:
                if not line._waits_for_goods():
                    done |= line
                continue
            ready |= left.filtered(
                lambda task, first=first: (
                    task.sequence == first and task.state == "waiting"
                )
            )
        ready._make_ready()
        if done:
            done._deliver()

    def _waits_for_goods(self):
        """Hook: whether something that was bought has not come yet.

        :rtype: bool
        """
        return False

    def _deliver(self, note=False):
        """These are delivered; tasks that are left are cancelled."""
        # sudo: the caller knows that the user may
        lines = self.sudo().filtered(lambda line: line.state == "fulfilment")
        now = fields.Datetime.now()
        for line in lines:
            values = {
                "state": "delivered",
                "delivered_at": now,
                "is_late": line._comes_late(now),
            }
            since = line.request_id.approved_at
            if since:
                values["delivery_hours"] = (now - since).total_seconds() / 3600
            if note:
                values["delivery_note"] = note
            line._store(values)
        lines.task_ids._cancel()
        lines.request_id._follow_lines()

    def _refuse(self, reason):
        """These cannot be delivered.

        :param str reason: plain text, which the requester reads
        """
        # sudo: the caller knows that the user may
        lines = self.sudo().filtered(lambda line: line.state == "fulfilment")
        lines._store({"state": "refused", "delivery_note": reason})
        lines.task_ids._cancel()
        lines.request_id._note_work()
        lines.request_id._follow_lines()

    def _comes_late(self, now):
        """Whether a delivery at this moment is after the promised day.

        :param datetime now: naive UTC
        :rtype: bool
        """
        self.ensure_one()
        if not self.promised_date:
            return False
        zone = self.company_id.resource_calendar_id.tz or "UTC"
        return local_date(zone, now) > self.promised_date
