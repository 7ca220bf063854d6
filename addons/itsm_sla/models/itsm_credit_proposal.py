# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period

STATES = [
    ("proposed", "Proposed"),
    ("accepted", "Accepted"),
    ("rejected", "Rejected"),
    ("settled", "Settled"),
]


class ItsmCreditProposal(models.Model):
    """What an agreement owes its customer for a month, as a proposal (SLM-64).

    Never posted by itself: somebody accepts or rejects it, and only then can it be
    settled. How the figures are found is in ``itsm_credit_proposal_compute.py``.
    """

    _name = "itsm.credit.proposal"
    _inherit = "itsm.evidence.mixin"
    _description = "Service Credit Proposal"
    _order = "month desc, agreement_id, revision"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    month = fields.Date(
        required=True, readonly=True, index=True, help="First day of the month."
    )
    month_name = fields.Char(compute="_compute_month_name")
    revision = fields.Integer(
        readonly=True,
        help="0: the first proposal for the month. From 1 on: a correction, which "
        "contains the difference to what was decided before.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True, ondelete="restrict"
    )
    line_ids = fields.One2many(
        comodel_name="itsm.credit.proposal.line",
        inverse_name="proposal_id",
        string="Lines",
        readonly=True,
    )
    total = fields.Monetary(
        readonly=True, help="Sum of the lines. Negative: too much was given before."
    )
    state = fields.Selection(
        selection=STATES, required=True, readonly=True, default="proposed", index=True
    )
    computed_at = fields.Datetime(string="Computed on", readonly=True)
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        ondelete="restrict",
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True)
    decision_note = fields.Text(string="Reason of the Decision", readonly=True)
    settled_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Settled by",
        readonly=True,
        ondelete="restrict",
    )
    settled_at = fields.Datetime(string="Settled on", readonly=True)
    settlement = fields.Char(
        readonly=True, help="Where it was settled, for example a credit note."
    )

    _once = models.Constraint(
        "UNIQUE(agreement_id, month, revision)",
        "There is a proposal for this agreement and month already.",
    )
    _one_open = models.UniqueIndex(
        "(agreement_id, month) WHERE state = 'proposed'",
        "There is an undecided proposal for this agreement and month already.",
    )

    def _evidence_message(self, operation):
        return self.env._(
            "Proposals of service credits are worked out and decided by their buttons. "
            "They cannot be edited."
        )

    @api.depends("month")
    def _compute_month_name(self):
        for proposal in self:
            month = proposal.month
            proposal.month_name = Period("month", month).label if month else False

    @api.depends("agreement_id", "month", "revision")
    def _compute_display_name(self):
        for proposal in self:
            # sudo: the agreement's name, on a readable proposal
            agreement = proposal.agreement_id.sudo()
            name = f"{agreement.code or agreement.name} {proposal.month_name}"
            if proposal.revision:
                name += f"/{proposal.revision}"
            proposal.display_name = name

    # === Deciding ===

    def _check_may_decide(self):
        user = self.env.user
        if not (
            user.has_group("itsm_base.itsm_group_finance")
            or user.has_group("itsm_sla.itsm_group_sla_manager")
        ):
            raise AccessError(
                self.env._(
                    "Service credits are decided by the service level manager and by "
                    "finance. Ask one of them."
                )
            )
        self.check_access("read")

    def _check_state(self, state):
        wrong = self.filtered(lambda proposal: proposal.state != state)
        if wrong:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(proposal)s is “%(state)s”: only what is “%(wanted)s” can be "
                    "taken this step further. Leave it out.",
                    proposal=wrong[0].display_name,
                    state=labels[wrong[0].state],
                    wanted=labels[state],
                )
            )

    def _action_ask(self, step):
        self._check_may_decide()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_credit_decide_action"
        )
        return action | {
            "context": {"default_step": step, "default_proposal_ids": self.ids}
        }

    def action_accept(self):
        """Ask for a note, then accept (SLM-64)."""
        return self._action_ask("accept")

    def action_reject(self):
        """Ask for the reason, then reject (SLM-64)."""
        return self._action_ask("reject")

    def action_settle(self):
        """Ask where it was settled."""
        return self._action_ask("settle")

    def _accept(self, note=False):
        """The credit is given.

        :param str note: why, in words
        :raises AccessError: the user is neither of finance nor service level manager
        :raises UserError: a proposal was decided already
        """
        self._decide("accepted", note)
        self._after_accepted()

    def _reject(self, note):
        """The credit is not given; what was worked out counts as decided.

        :param str note: why; required
        :raises ValidationError: no reason
        """
        if not (note or "").strip():
            raise ValidationError(self.env._("Reason: enter why, then confirm again."))
        self._decide("rejected", note)

    def _decide(self, state, note):
        self._check_may_decide()
        self._check_state("proposed")
        # sudo: only code writes proposals; who may was checked above
        guard.with_token(self.sudo()).write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
                "decision_note": (note or "").strip() or False,
            }
        )

    def _after_accepted(self):
        """Hook: these proposals were just accepted, by the user of the environment.

        Nothing is posted here. An addon that makes draft documents of them extends it
        and calls `_settle` with the name of the document when that is final. What goes
        into a document: ``partner_id``, ``currency_id``, ``month`` and of each line
        ``formula`` and ``amount``; lines and total have the sign of what the customer
        gets, so that a negative correction is an invoice.
        """

    def _settle(self, reference):
        """The credit reached the customer.

        :param str reference: where, for example the number of a credit note; required
        :raises ValidationError: no reference
        :raises UserError: a proposal was not accepted
        """
        self._check_may_decide()
        self._check_state("accepted")
        reference = (reference or "").strip()
        if not reference:
            raise ValidationError(
                self.env._("Settlement: enter where the credit was settled.")
            )
        # sudo: as in _decide
        guard.with_token(self.sudo()).write(
            {
                "state": "settled",
                "settled_by_id": self.env.uid,
                "settled_at": fields.Datetime.now(),
                "settlement": reference,
            }
        )

    # === Actions ===

    def action_view_tickets(self):
        """Open the late tickets of the month behind the lines, as far as visible."""
        self.check_access("read")
        breaches = self.env["itsm.breach"].search(
            Domain("agreement_id", "in", self.agreement_id.ids)
            & Domain("month", "in", list(set(self.mapped("month"))))
        )
        return breaches.action_view_tickets()

    def action_compute_again(self):
        """Work the months of these proposals out again."""
        self._check_may_decide()
        for month, proposals in self.grouped("month").items():
            self._compute_month(proposals.agreement_id, month)
        return True

    @api.model
    def _first_day(self, day):
        return date(day.year, day.month, 1)
