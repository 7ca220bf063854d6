# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools import guard

from .itsm_request_line import LINE_OVER


class ItsmRequest(models.Model):
    """From the approval to the delivery, and back if it failed (REQ-06, REQ-07)."""

    _inherit = "itsm.request"

    def _begin_fulfilment(self):
        """Make the tasks of all lines and let the first of them begin."""
        now = fields.Datetime.now()
        # sudo: whoever approves makes tasks that he may not see
        requests = self.sudo()
        lines = requests.line_ids.filtered(lambda line: line.state == "waiting")
        lines._promise(now)
        for request in requests:
            dates = [d for d in request.line_ids.mapped("promised_date") if d]
            request._store({"promised_date": max(dates, default=False)})
        lines._store({"state": "fulfilment"})
        lines._make_tasks()
        lines._advance()

    def _note_work(self):
        """Somebody works on a task: what was approved is in fulfilment."""
        self.filtered(lambda r: r.state == "approved")._store({"state": "fulfilment"})

    def _follow_lines(self):
        """Say how far requests are by the states of their lines; ``self`` in sudo."""
        events = self.env["itsm.notification.event"]
        for request in self:
            states = set(request.line_ids.mapped("state"))
            if request.state not in ("approved", "fulfilment", "partly"):
                continue
            if states <= set(LINE_OVER):
                request._finish_delivery("delivered" in states)
            elif "delivered" in states and request.state != "partly":
                request._store({"state": "partly"})
                events._notify("request_partly", request)

    def _finish_delivery(self, delivered):
        """All lines are over: the requester is asked to confirm.

        :param bool delivered: at least one line is delivered
        """
        self.ensure_one()
        notes = self.line_ids.filtered(lambda line: line.state == "refused")
        if not delivered:
            reason = "\n".join(
                f"{line.title}: {line.delivery_note or ''}" for line in notes
            )
            self._end("cancelled", reason or self.env._("Nothing could be delivered."))
            return
        self._store({"state": "delivered", "delivered_at": fields.Datetime.now()})
        self.ticket_id._itsm_resolve_with_request(self._delivery_text())

    def _delivery_text(self):
        """What was delivered and what was not, for the requester (HTML)."""
        lines = []
        states = self.line_ids._fields["state"]
        labels = dict(states._description_selection(self._requester_env()))
        for line in self.line_ids:
            text = f"{line.quantity} × {line.title}: {labels[line.state]}"
            lines.append(
                f"{text} ({line.delivery_note})" if line.delivery_note else text
            )
        return plaintext2html("\n".join(lines))

    def _redo(self, reason):
        """The requester says that the delivery failed: each line gets a task for it.

        :param str reason: plain text
        """
        now = fields.Datetime.now()
        tasks = self.env["itsm.request.task"].sudo()  # sudo: as in _begin_fulfilment
        tasks = guard.with_token(tasks)
        for request in self.sudo():  # sudo: likewise
            if request.state not in ("delivered", "closed"):
                continue
            request._store(
                {
                    "state": "fulfilment",
                    "delivered_at": False,
                    "finished_at": False,
                    "confirmed_at": False,
                    "confirmed_partner_id": False,
                }
            )
            lines = request.line_ids.filtered(lambda line: line.state == "delivered")
            lines._store(
                {
                    "state": "fulfilment",
                    "delivered_at": False,
                    "is_late": False,
                    "satisfaction": False,
                }
            )
            tasks.create(
                [
                    {
                        "line_id": line.id,
                        "name": self.env._("Put right: %(line)s", line=line.title),
                        "sequence": 1
                        + max(line.task_ids.mapped("sequence"), default=0),
                        "team_id": request.ticket_id.team_id.id,
                        "instruction": plaintext2html(reason or ""),
                        "waiting_since": now,
                    }
                    for line in lines
                ]
            )
            lines._advance()
