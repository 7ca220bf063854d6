# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

#: Written by the acts of a task only.
PROTECTED_FIELDS = frozenset(
    {
        "state",
        "line_id",
        "step_id",
        "sequence",
        "started_at",
        "done_at",
        "done_by_id",
        "waiting_since",
    }
)


class ItsmRequestTask(models.Model):
    """A piece of the work on a line, by a team or a person (REQ-07, REQ-08, REQ-12)."""

    _name = "itsm.request.task"
    _description = "Task of a Service Request"
    _inherit = [
        "itsm.request.part.mixin",
        "itsm.notification.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "request_id desc, line_id, sequence, id"
    _check_company_auto = True
    _request_protected = PROTECTED_FIELDS

    name = fields.Char(string="Task", required=True)
    line_id = fields.Many2one(
        comodel_name="itsm.request.line",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    request_id = fields.Many2one(related="line_id.request_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    service_id = fields.Many2one(related="line_id.service_id")
    partner_id = fields.Many2one(related="request_id.partner_id")
    step_id = fields.Many2one(
        comodel_name="itsm.fulfilment.step",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    sequence = fields.Integer(string="No.", readonly=True, default=10, aggregator=None)
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Assignee",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        check_company=True,
        tracking=True,
    )
    instruction = fields.Html(readonly=True)
    note = fields.Html(string="What Was Done")
    answer_ids = fields.One2many(related="line_id.answer_ids")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting for tasks before it"),
            ("ready", "Ready"),
            ("doing", "In progress"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="waiting",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    waiting_since = fields.Datetime(readonly=True, copy=False)
    started_at = fields.Datetime(string="Started", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done On", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._(
                    "Tasks are made from the steps of the item when a request is "
                    "approved. Change the steps for the requests to come."
                )
            )
        return super().create(vals_list)

    # === Buttons ===

    def action_take(self):
        """Take tasks that are ready: the user works on them.

        :raise AccessError: the user may not write them
        :raise UserError: it is not their turn
        """
        self.check_access("write")
        for task in self:
            if task.state not in ("ready", "doing"):
                raise UserError(task._not_now_message())
        # Who takes over from a colleague does not begin anew.
        self.filtered(lambda task: task.state == "ready")._store(
            {"state": "doing", "started_at": fields.Datetime.now()}
        )
        self._store({"user_id": self.env.uid})
        # sudo: the request need not be visible to who works on a part of it
        self.sudo().request_id._note_work()

    def action_done(self):
        """Tasks are done: what comes after them begins.

        :raise AccessError: the user may not write them
        :raise UserError: it is not their turn
        """
        self.check_access("write")
        now = fields.Datetime.now()
        for task in self:
            if task.state not in ("ready", "doing"):
                raise UserError(task._not_now_message())
        self.activity_unlink(["mail.mail_activity_data_todo"])
        for user, tasks in self.grouped("user_id").items():
            tasks._store(
                {
                    "state": "done",
                    "user_id": user.id or self.env.uid,
                    "done_at": now,
                    "done_by_id": self.env.uid,
                }
            )
        # sudo: as in action_take
        self.sudo().request_id._note_work()
        self.line_id._advance()

    def action_open_request(self):
        """Open the request of the task."""
        self.ensure_one()
        return self.request_id._open_form()

    def _not_now_message(self):
        self.ensure_one()
        if self.state == "waiting":
            return self.env._(
                "“%(task)s” waits for the tasks before it. Do those first.",
                task=self.name,
            )
        return self.env._("“%(task)s” is over already.", task=self.name)

    # === Business methods ===

    def _make_ready(self):
        """It is the turn of these; assignee, or the team, is told."""
        self._store({"state": "ready", "waiting_since": fields.Datetime.now()})
        if self:
            self.env["itsm.notification.event"]._notify("request_task_ready", self)

    def _cancel(self):
        """Cancel those of these that are not over."""
        left = self.filtered(lambda task: task.state not in ("done", "cancelled"))
        left._store({"state": "cancelled"})

    def _itsm_notification_recipients(self, role):
        found = super()._itsm_notification_recipients(role)
        for task in self:
            partners = self.env["res.partner"]
            if role == "assignee":
                partners = task.user_id.partner_id
            elif role == "team" and not task.user_id:
                partners = task.team_id.user_ids.partner_id
            elif role == "team_leader":
                partners = task.team_id.user_id.partner_id
            if partners:
                found[task.id] = found.get(task.id, partners) | partners
        return found
