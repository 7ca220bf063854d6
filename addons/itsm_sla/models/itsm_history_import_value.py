# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.models.helpdesk_ticket_stage import ITSM_STATES
from odoo.addons.itsm_base.models.itsm_priority_rule import (
    IMPACTS,
    PRIORITIES,
    URGENCIES,
)

#: Which field holds the meaning of a value, by the meaning of its column.
TARGETS = {
    "state": "itsm_state",
    "priority": "priority",
    "impact": "impact",
    "urgency": "urgency",
    "kind": "itsm_kind",
}


class ItsmHistoryImportValue(models.Model):
    _name = "itsm.history.import.value"
    _description = "Value of a Ticket History"
    _order = "import_id, meaning desc, count desc, id"

    import_id = fields.Many2one(
        comodel_name="itsm.history.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    meaning = fields.Selection(
        selection=[
            ("state", "State"),
            ("priority", "Priority"),
            ("impact", "Impact"),
            ("urgency", "Urgency"),
            ("kind", "Kind"),
        ],
        string="Column",
        required=True,
        readonly=True,
    )
    name = fields.Char(string="Value in the File", required=True, readonly=True)
    count = fields.Integer(string="Rows", readonly=True)
    itsm_state = fields.Selection(
        selection=[*ITSM_STATES, ("keep", "Says nothing: as before")],
        string="State",
    )
    pause_reason_id = fields.Many2one(
        comodel_name="itsm.pause.reason",
        ondelete="cascade",
        help="What a paused ticket waits for. The agreement says whether its clocks "
        "wait too; without a reason they run on.",
    )
    priority = fields.Selection(selection=PRIORITIES)
    impact = fields.Selection(selection=IMPACTS)
    urgency = fields.Selection(selection=URGENCIES)
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
    )
    is_open = fields.Boolean(
        string="Without Meaning",
        compute="_compute_is_open",
        help="Nobody has said yet what the value means.",
    )

    _name_uniq = models.Constraint(
        "UNIQUE(import_id, meaning, name)", "The file has this value already."
    )

    @api.depends("meaning", *TARGETS.values())
    def _compute_is_open(self):
        for value in self:
            value.is_open = not value[TARGETS[value.meaning]]
