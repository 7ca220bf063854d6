# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_target import METRICS
from .itsm_breach_cause import RESPONSIBLE

STATES = [
    ("to_explain", "To Explain"),
    ("explained", "Explained"),
    ("not_asked", "Not Asked For"),
]


class ItsmBreach(models.Model):
    """A promise to a customer that was missed: why, and who is responsible (SLM-38).

    One record per late clock of a customer, kept in step with it by
    ``itsm_breach_follow.py``. Nobody writes it but the clocks and `_explain`
    (``itsm_breach_explanation.py``).
    """

    _name = "itsm.breach"
    _inherit = ["itsm.evidence.mixin", "itsm.ticket.cell.mixin"]
    _description = "Breach"
    _order = "breached_at desc, id desc"
    _rec_name = "clock_id"

    clock_id = fields.Many2one(
        comodel_name="itsm.clock", required=True, readonly=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    metric = fields.Selection(selection=METRICS, required=True, readonly=True)
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(readonly=True)
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Of the ticket when the promise was missed.",
    )
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Team of the Ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    breached_at = fields.Datetime(
        string="Late Since", required=True, readonly=True, index=True
    )
    month = fields.Date(
        readonly=True,
        index=True,
        help="First day of the month in which the promise was missed, in the "
        "agreement's time zone.",
    )
    overrun_seconds = fields.Integer(
        readonly=True, help="Working seconds too late; 0 while the clock is open."
    )
    overrun_hours = fields.Float(
        string="Overrun (hours)",
        compute="_compute_overrun_hours",
        help="Working hours too late, known when the clock has stopped.",
    )
    exempt = fields.Boolean(readonly=True, help="Counted apart, like its ticket.")
    is_history = fields.Boolean(string="Imported History", readonly=True)
    state = fields.Selection(
        selection=STATES,
        required=True,
        readonly=True,
        help="Of imported tickets, and of what was late before causes were recorded, "
        "no explanation is asked for; one may be given.",
    )
    is_asked = fields.Boolean(
        string="Explanation Asked For",
        readonly=True,
        help="Whether it is explained by now or not. What nobody had to explain is not "
        "counted as explained.",
    )
    cause_id = fields.Many2one(
        comodel_name="itsm.breach.cause",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    responsible = fields.Selection(
        selection=RESPONSIBLE,
        readonly=True,
        help="Proposed by the clocks until somebody explains the breach.",
    )
    responsible_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    responsible_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Responsible Supplier",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    responsible_name = fields.Char(
        string="Responsible Leg", compute="_compute_responsible_name"
    )
    proposed_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    proposed_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Proposed Supplier",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    proposed_share = fields.Float(
        string="Share of the Time (%)",
        readonly=True,
        aggregator="avg",
        help="Of the working time that the legs of the ticket used until the promise "
        "was missed, what the proposed leg used. 0: the ticket had no legs with an "
        "agreement, and its team is proposed.",
    )
    note = fields.Text(readonly=True, help="What happened, in words.")
    explained_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Explained by",
        readonly=True,
        ondelete="restrict",
    )
    explained_at = fields.Datetime(string="Explained on", readonly=True)
    customer_warned_at = fields.Datetime(
        string="Customer Warned on",
        readonly=True,
        help="When the customer was first told that the ticket may take longer.",
    )
    warned_beforehand = fields.Boolean(
        readonly=True,
        help="The customer was warned before the promise was missed.",
    )
    action_id = fields.Many2one(
        comodel_name="itsm.action",
        string="Proposed Action",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Proposed because of this and like breaches.",
    )
    active = fields.Boolean(default=True, readonly=True)
    vanished_at = fields.Datetime(
        string="Withdrawn on",
        readonly=True,
        help="When a correction or the end of the ticket withdrew the breach. The "
        "record is kept.",
    )
    vanished_why = fields.Selection(
        selection=[
            ("corrected", "The clock was worked out again and is not late"),
            ("cancelled", "The clock was cancelled and has no verdict"),
        ],
        string="Why Withdrawn",
        readonly=True,
    )

    _once = models.Constraint("UNIQUE(clock_id)", "This clock has a breach already.")
    _to_explain_idx = models.Index(
        "(company_id, breached_at) WHERE state = 'to_explain'"
    )

    def _evidence_message(self, operation):
        return self.env._(
            "Breaches follow from the clocks and cannot be edited. Press “Explain” to "
            "record cause and responsible leg."
        )

    # === Computes ===

    @api.depends("overrun_seconds")
    def _compute_overrun_hours(self):
        for breach in self:
            breach.overrun_hours = breach.overrun_seconds / 3600

    @api.depends("responsible", "responsible_team_id", "responsible_partner_id")
    @api.depends_context("lang")
    def _compute_responsible_name(self):
        labels = dict(self._fields["responsible"]._description_selection(self.env))
        for breach in self:
            # sudo: the name of a leg of a readable breach, as on clocks
            breach_sudo = breach.sudo()
            party = breach_sudo.responsible_team_id or (
                breach_sudo.responsible_partner_id
            )
            breach.responsible_name = party.display_name or labels.get(
                breach.responsible, False
            )

    # === What follows ===

    @api.model
    def _take_warnings(self, tickets, moment):
        """Breaches of tickets whose customer is warned now, and was not before.

        :param tickets: ``helpdesk.ticket``
        :param datetime moment: naive UTC
        """
        self.flush_model(["customer_warned_at", "ticket_id", "breached_at"])
        self.env.execute_query(
            SQL(
                """UPDATE itsm_breach
                      SET customer_warned_at = %(moment)s,
                          warned_beforehand = breached_at > %(moment)s
                    WHERE ticket_id = ANY(%(tickets)s) AND customer_warned_at IS NULL
                RETURNING id""",
                moment=moment,
                tickets=tickets.ids,
            )
        )
        self.invalidate_model(["customer_warned_at", "warned_beforehand"], flush=False)

    def _take_action(self, action):
        """Keep which action was proposed because of these breaches.

        :param action: one `itsm.action`; none: what they were counted in was another
            series
        """
        # sudo: only code writes breaches
        guard.with_token(self.sudo()).write({"action_id": action.id})

    # === Actions ===

    def action_view_tickets(self):
        """Open the tickets behind these breaches, those that the user may see."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        tickets = self._filtered_access("read").ticket_id
        return action | {
            "domain": list(Domain("id", "in", tickets.ids)),
            "context": {"active_test": False},
        }
