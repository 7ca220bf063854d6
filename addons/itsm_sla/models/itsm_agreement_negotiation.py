# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.serial import one_after_the_other

#: What is written later than the proposal, and only once.
ANSWER_FIELDS = frozenset({"answer", "outcome"})
#: Written by code.
KEPT_FIELDS = frozenset({"round", "user_id", "answered_at", "answered_by_id"})


class ItsmAgreementNegotiation(models.Model):
    """One round of talks about an agreement: a proposal, and what became of it.

    The history is append-only: a proposal stays as it was written down, its answer is
    entered once, and nothing is deleted.
    """

    _name = "itsm.agreement.negotiation"
    _description = "Negotiation Round"
    _order = "agreement_id, round desc, id desc"
    _allow_sudo_commands = False

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, precompute=True
    )
    round = fields.Integer(readonly=True, aggregator=None)
    date = fields.Date(
        required=True,
        default=fields.Date.context_today,
        help="Day of the talk or the letter.",
    )
    side = fields.Selection(
        selection=[
            ("provider", "Providing side"),
            ("receiver", "Receiving side"),
            ("department", "Department concerned"),
        ],
        string="Proposed by",
        required=True,
        default="provider",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Spokesperson",
        ondelete="restrict",
        help="Who spoke for that side.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Written Down by",
        readonly=True,
        ondelete="restrict",
    )
    proposal = fields.Text(required=True)
    outcome = fields.Selection(
        selection=[
            ("open", "Open"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("counter", "Answered by another proposal"),
        ],
        required=True,
        default="open",
    )
    answer = fields.Text(help="What the other side said to it.")
    answered_at = fields.Datetime(string="Answered on", readonly=True)
    answered_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Answer Written Down by",
        readonly=True,
        ondelete="restrict",
    )

    @api.depends("agreement_id", "round")
    def _compute_display_name(self):
        for line in self:
            line.display_name = self.env._(
                "%(agreement)s, round %(round)s",
                agreement=line.agreement_id.display_name,
                round=line.round,
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self.check_access("create")
        agreements = self.env["itsm.agreement"].browse(
            {vals["agreement_id"] for vals in vals_list if vals.get("agreement_id")}
        )
        # sudo: two people who write at once get different numbers
        one_after_the_other(agreements.sudo())
        last = dict(
            self.sudo()._read_group(  # sudo: every round counts, seen or not
                [("agreement_id", "in", agreements.ids)],
                ["agreement_id"],
                ["round:max"],
            )
        )
        number = {agreement.id: top for agreement, top in last.items()}
        rows = []
        for vals in vals_list:
            row = {key: vals[key] for key in vals.keys() - KEPT_FIELDS}
            agreement_id = row.get("agreement_id")
            number[agreement_id] = number.get(agreement_id, 0) + 1
            row |= {"round": number[agreement_id], "user_id": self.env.uid}
            if row.get("outcome", "open") != "open":
                row |= self._answered()
            rows.append(row)
        return super().create(rows)

    def write(self, vals):
        if guard.has_token(self.env):
            return super().write(vals)
        if set(vals) - ANSWER_FIELDS or vals.get("outcome") in (None, False, "open"):
            raise AccessError(
                self.env._(
                    "What was proposed stays as it was written down. Enter the outcome "
                    "and the answer, or add a new round."
                )
            )
        closed = self.filtered(lambda line: line.outcome != "open")
        if closed:
            raise UserError(
                self.env._(
                    "%(line)s has its answer already. Add a new round.",
                    line=closed[0].display_name,
                )
            )
        return super().write({**vals, **self._answered()})

    @api.ondelete(at_uninstall=False)
    def _unlink_except_history(self):
        raise UserError(
            self.env._("The negotiation history is kept: add a round instead.")
        )

    def _answered(self):
        return {"answered_at": fields.Datetime.now(), "answered_by_id": self.env.uid}
