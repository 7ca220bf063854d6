# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class ItsmShareVerdict(models.Model):
    """Every ticket that counts for a share target, in time or late (SLM-60).

    A view of the database; nothing is stored twice.
    """

    _name = "itsm.share.verdict"
    _description = "Ticket of a Share Target"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "ticket_id"

    share_id = fields.Many2one(
        comodel_name="itsm.agreement.share", string="Share Target", readonly=True
    )
    agreement_id = fields.Many2one(comodel_name="itsm.agreement", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    at = fields.Datetime(
        string="Counted",
        readonly=True,
        help="When it was done in time, or when its hours had run out.",
    )
    day = fields.Date(readonly=True, help="The same in the agreement's time zone.")
    is_met = fields.Boolean(string="In Time", readonly=True)
    counted = fields.Integer(string="# Tickets", readonly=True)
    met = fields.Integer(string="# In Time", readonly=True)
    share = fields.Float(string="In Time (%)", aggregator="avg", readonly=True)

    _depends = {
        "itsm.agreement": ["company_id", "is_template", "state", "tz"],
        "itsm.agreement.share": [
            "agreement_id",
            "hours",
            "itsm_kind",
            "metric",
            "priority",
        ],
        "itsm.ticket.event": ["state", "ticket_id", "time"],
        "helpdesk.ticket.stage": ["itsm_state"],
        "helpdesk.ticket": [
            "agreement_id",
            "clock_exempt",
            "duplicate_id",
            "first_response_at",
            "is_history",
            "itsm_kind",
            "priority",
            "reported_at",
            "resolved_at",
            "stage_id",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """SELECT v.*, 1 AS counted, v.is_met::int AS met,
                      CASE WHEN v.is_met THEN 100.0 ELSE 0.0 END AS share
                 FROM (%s) v""",
            self.env["itsm.agreement.share"]._verdicts_sql(),
        )

    def _flush_sources(self):
        """Write down what the statement of the view reads by name."""
        for model, names in self._depends.items():
            self.env[model].flush_model(names)

    def action_open_ticket(self):
        """Open the ticket, as far as the user may see it."""
        self.ensure_one()
        return self.ticket_id.get_formview_action()
