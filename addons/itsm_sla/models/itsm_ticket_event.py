# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from random import getrandbits

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.itsm_base.models.helpdesk_ticket_stage import ITSM_STATES

from ..tools.bulk import insert_rows
from ..tools.fold import STATE_ROWS
from ..tools.replay import HEAD, STATE_FACTS, log_layout, steps_of

#: Column that holds the fact of a row, and its name in the fold.
COLUMNS = {
    "state": "state",
    "pause_reason_id": "pause_reason_id",
    "team_id": "team_id",
    "assignee_id": "assignee_id",
    "priority": "priority",
    "service_id": "service_id",
    "partner_id": "partner_id",
    "itsm_kind": "kind",
    "supplier_id": "supplier_id",
}
#: Which columns a row states.
STATED = {
    "reported": tuple(COLUMNS),
    "team": ("team_id",),
    "assignee": ("assignee_id",),
    "priority": ("priority",),
    "service": ("service_id",),
    "customer": ("partner_id",),
    "kind": ("itsm_kind",),
    "supplier": ("supplier_id",),
    "reply": (),
    "supplier_reply": (),
    "emergency": (),
    "exempt": (),
    "counted": (),
    "corrected": (),
    **dict.fromkeys(STATE_ROWS, STATE_FACTS),
}
#: Where a plain row has what its kind states.
LAYOUT = log_layout(COLUMNS, STATED)
#: Columns of a row.
LOGGED = (
    "ticket_id",
    "time",
    "sequence",
    "step",
    "what",
    "stage_id",
    *COLUMNS,
    "reported_at",
    "user_id",
    "source",
    "note",
    "is_late_change",
)


class ItsmTicketEvent(models.Model):
    _name = "itsm.ticket.event"
    _inherit = "itsm.evidence.mixin"
    _description = "Ticket Event"
    _order = "time, sequence, id"
    _rec_name = "what"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    time = fields.Datetime(required=True, readonly=True)
    sequence = fields.Integer(
        readonly=True, help="Order within the same second (imported logs)."
    )
    step = fields.Integer(
        readonly=True,
        export_string_translation=False,
        help="Rows of one save share it: they are one change.",
    )
    what = fields.Selection(
        selection=[
            ("reported", "Reported"),
            ("state", "Stage"),
            ("resolved", "Resolved"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
            ("reopened", "Reopened"),
            ("team", "Team"),
            ("assignee", "Assigned to"),
            ("reply", "Public reply"),
            ("priority", "Priority"),
            ("service", "Service"),
            ("customer", "Customer"),
            ("kind", "Kind"),
            ("supplier", "Held by supplier"),
            ("supplier_reply", "Supplier responded"),
            ("emergency", "Emergency response started"),
            ("exempt", "Exempt from service levels"),
            ("counted", "Counted again"),
            ("corrected", "Corrected"),
        ],
        required=True,
        readonly=True,
    )
    stage_id = fields.Many2one(
        comodel_name="helpdesk.ticket.stage", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(selection=ITSM_STATES, readonly=True)
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason", readonly=True, ondelete="restrict"
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", readonly=True, ondelete="restrict"
    )
    assignee_id = fields.Many2one(
        comodel_name="res.users", readonly=True, ondelete="restrict"
    )
    priority = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["priority"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service", readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
        readonly=True,
    )
    reported_at = fields.Datetime(
        readonly=True, help="Corrected: the time that holds instead."
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Who", readonly=True, ondelete="restrict"
    )
    source = fields.Selection(
        selection=[
            ("user", "User"),
            ("mail", "Mail"),
            ("import", "Import"),
            ("rebuilt", "Rebuilt"),
            ("correction", "Correction"),
            ("demo", "Demo data"),
        ],
        required=True,
        readonly=True,
        default="user",
    )
    note = fields.Text(string="Reason", readonly=True)
    is_late_change = fields.Boolean(
        string="Late Change",
        readonly=True,
        help="Made after a breach or in the last fifth of a target, with a reason.",
    )
    value = fields.Char(compute="_compute_value", help="What the row says, in words.")

    @api.depends("what", *COLUMNS, "stage_id", "reported_at", "note")
    @api.depends_context("lang", "tz")
    def _compute_value(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("state", "priority", "itsm_kind")
        }
        for event in self:
            # sudo: names of stages, teams and customers of a readable log row
            sudo = event.sudo()
            parts = []
            if event.what in STATE_ROWS:
                parts = [sudo.stage_id.name or labels["state"].get(event.state)]
                parts.append(sudo.pause_reason_id.name)
            elif event.what == "reported":
                parts = [
                    labels["itsm_kind"].get(event.itsm_kind),
                    labels["priority"].get(event.priority),
                    sudo.service_id.display_name,
                    sudo.partner_id.display_name,
                ]
            elif event.what == "corrected":
                parts = [fields.Datetime.to_string(event.reported_at), event.note]
            elif event.what in ("exempt", "counted"):
                parts = [event.note]
            elif event.what in ("priority", "kind"):
                name = STATED[event.what][0]
                parts = [labels[name].get(event[name])]
            elif STATED.get(event.what):
                parts = [sudo[STATED[event.what][0]].display_name]
            event.value = ", ".join(part for part in parts if part) or "–"

    # === The log is append-only, and only code appends ===

    def write(self, vals):  # pylint: disable=method-required-super
        # With the token neither: a fact is never changed.
        raise AccessError(self._evidence_message("write"))

    def _evidence_message(self, operation):
        if operation == "create":
            return self.env._(
                "The event log is written by the ticket itself. Change the ticket, "
                "or import a log with “Import Ticket History”."
            )
        if operation == "write":
            return self.env._(
                "The event log is evidence: rows are added, never changed."
            )
        return self.env._("The event log is evidence: rows are never deleted.")

    # === For the fold ===

    @api.model
    def _append(self, rows, source="user"):
        """Append rows and return them as the fold's steps.

        :param rows: list of dicts of field values (``ticket_id``, ``time``, ``what``
            …); rows of one ticket and time are one step unless they carry ``step``
        :return: created events
        """
        steps = {}
        values = []
        for row in rows:
            step = row.get("step")
            if not step:
                key = (row["ticket_id"], row["time"])
                step = steps.get(key)
                if not step:
                    step = steps[key] = getrandbits(31)
            row = {"user_id": self.env.uid, "source": source, **row, "step": step}
            values.append([row.get(name) for name in LOGGED])
        # sudo: nobody has the right to write the log; this is the ticket's own act
        return insert_rows(self.sudo(), LOGGED, values)

    def _as_steps(self):
        """The rows as steps ``(time, [(what, values)])`` of `TicketFold`, in order.

        Rows must belong to one ticket. A corrected reported time replaces the first.
        """
        names = (*HEAD, *COLUMNS)
        many2ones = {n for n in names if self._fields[n].type == "many2one"}
        rows = [
            tuple(event[n].id if n in many2ones else event[n] for n in names)
            for event in self.sorted(lambda e: (e.time, e.sequence, e.id))
        ]
        return steps_of(rows, LAYOUT)
