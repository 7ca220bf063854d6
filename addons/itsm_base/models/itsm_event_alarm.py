# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from .itsm_event import SEVERITIES


class ItsmEventAlarm(models.Model):
    """One key of one source: whether it is open, and which incident it belongs to.

    Written by what comes in only. The constraint makes the same key the same incident,
    whatever arrives at the same time.
    """

    _name = "itsm.event.alarm"
    _inherit = "itsm.evidence.mixin"
    _description = "Monitored Object"
    _order = "is_open desc, last_at desc, id desc"
    _rec_name = "key"

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    source = fields.Char(required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)
    is_open = fields.Boolean(
        string="Open", readonly=True, help="Reported, and not yet recovered."
    )
    is_storm = fields.Boolean(
        string="In a Storm",
        readonly=True,
        help="Its source reported too much at once: all of it is one ticket.",
    )
    severity = fields.Selection(selection=SEVERITIES, readonly=True)
    summary = fields.Char(readonly=True)
    count = fields.Integer(
        string="Times", readonly=True, help="Reported for the present incident."
    )
    opened_at = fields.Datetime(
        string="First", readonly=True, help="When it opened, as it was received."
    )
    last_at = fields.Datetime(string="Last", readonly=True)
    recovered_at = fields.Datetime(string="Recovered", readonly=True)
    rule_id = fields.Many2one(
        comodel_name="itsm.event.rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The incident, or the last one.",
    )
    event_ids = fields.One2many(
        comodel_name="itsm.event", inverse_name="alarm_id", string="Events"
    )

    _key_uniq = models.Constraint(
        "UNIQUE(company_id, source, key)", "This key of the source is known already."
    )
    _opened_idx = models.Index("(company_id, source, opened_at)")

    @api.depends("source", "key")
    def _compute_display_name(self):
        for alarm in self:
            alarm.display_name = f"{alarm.source}: {alarm.key}"

    def _evidence_message(self, operation):
        return self.env._(
            "What is monitored is written down by what comes in and cannot be edited."
        )
