# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from .itsm_shift import EXCHANGING

#: What was asked stays as it is until it is answered; these are the steps, not content.
STEPS = {"state", "asked_at", "accepted_at", "done_at"}


class ItsmShiftExchange(models.Model):
    """Somebody gives a shift to a colleague, for one of his or for none (DSK-08).

    Asked by whoever has the shift, accepted by the colleague, approved by a desk lead;
    only then the shifts change hands.
    """

    _name = "itsm.shift.exchange"
    _inherit = ["itsm.approval.mixin"]
    _description = "Exchange of Shifts"
    _order = "id desc"
    _rec_name = "shift_id"

    _state_from = ["draft", "asked", "accepted"]
    _state_to = ["done"]
    _cancel_state = "cancelled"

    shift_id = fields.Many2one(
        comodel_name="itsm.shift",
        string="Shift Given Away",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        compute="_compute_requester_id",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    colleague_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        domain="[('id', 'in', member_ids), ('id', '!=', requester_id)]",
        ondelete="restrict",
        tracking=True,
    )
    member_ids = fields.Many2many(
        related="shift_id.team_id.user_ids", string="Members of the Team"
    )
    return_shift_id = fields.Many2one(
        comodel_name="itsm.shift",
        string="Shift in Return",
        index="btree_not_null",
        domain="[('user_id', '=', colleague_id), ('id', '!=', shift_id)]",
        ondelete="restrict",
        tracking=True,
        help="Empty: the colleague takes the shift and gives none.",
    )
    company_id = fields.Many2one(
        related="shift_id.company_id", store=True, precompute=True, index=True
    )
    reason = fields.Char(tracking=True)
    answer = fields.Char(string="Answer of the Colleague", readonly=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("asked", "Colleague asked"),
            ("accepted", "Accepted by the colleague"),
            ("done", "Exchanged"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    asked_at = fields.Datetime(string="Asked", readonly=True, copy=False)
    accepted_at = fields.Datetime(string="Accepted", readonly=True, copy=False)
    done_at = fields.Datetime(string="Exchanged", readonly=True, copy=False)
    is_mine = fields.Boolean(compute="_compute_mine")
    is_for_me = fields.Boolean(compute="_compute_mine")

    # === Computes ===

    @api.depends("shift_id")
    def _compute_requester_id(self):
        for exchange in self:
            if exchange.state in (False, "draft") or not exchange.requester_id:
                exchange.requester_id = exchange.shift_id.user_id

    @api.depends("requester_id", "colleague_id")
    @api.depends_context("uid")
    def _compute_mine(self):
        for exchange in self:
            exchange.is_mine = exchange.requester_id == self.env.user
            exchange.is_for_me = exchange.colleague_id == self.env.user

    # === Constraints ===

    @api.constrains("shift_id", "return_shift_id", "colleague_id")
    def _check_people(self):
        for exchange in self:
            if exchange.state not in ("done", "cancelled"):
                # sudo: whose the shifts are does not depend on who asks
                exchange.sudo()._check_still_possible()

    def _check_still_possible(self):
        """Raise ``ValidationError`` unless the shifts are still as they were."""
        self.ensure_one()
        if self.shift_id.user_id != self.requester_id:
            raise ValidationError(
                self.env._(
                    "%(shift)s is not a shift of %(person)s any more. Cancel the "
                    "exchange.",
                    shift=self.shift_id.display_name,
                    person=self.requester_id.name,
                )
            )
        if self.colleague_id == self.requester_id:
            raise ValidationError(
                self.env._("Colleague: choose somebody else than yourself.")
            )
        if self.colleague_id not in self.shift_id.team_id.user_ids:
            raise ValidationError(
                self.env._(
                    "%(person)s is not a member of %(team)s. Choose a member.",
                    person=self.colleague_id.name,
                    team=self.shift_id.team_id.name,
                )
            )
        back = self.return_shift_id
        if back and back.user_id != self.colleague_id:
            raise ValidationError(
                self.env._(
                    "Shift in Return: %(shift)s is not a shift of %(person)s. Choose "
                    "one of his.",
                    shift=back.display_name,
                    person=self.colleague_id.name,
                )
            )
        now = fields.Datetime.now()
        for shift in self.shift_id | back:
            if shift.start <= now:
                raise ValidationError(
                    self.env._(
                        "%(shift)s has begun. Only shifts that have not begun can be "
                        "exchanged.",
                        shift=shift.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_steps(set().union(*vals_list))
        exchanges = super().create(vals_list)
        is_lead = self.env.user.has_group("itsm_base.itsm_group_lead")
        for exchange in exchanges:
            if exchange.state != "draft":  # by a default of the context
                exchange._check_steps(["state"])
            if exchange.requester_id != self.env.user and not (self.env.su or is_lead):
                raise AccessError(
                    self.env._(
                        "Only %(person)s can give that shift away, or a desk lead. "
                        "Choose a shift of your own.",
                        person=exchange.requester_id.name,
                    )
                )
        return exchanges

    def write(self, vals):
        self.check_access("write")
        self._check_steps(vals)
        content = vals.keys() & {
            "shift_id",
            "requester_id",
            "colleague_id",
            "return_shift_id",
            "reason",
            "answer",
        }
        if content and not guard.has_token(self.env):
            asked = self.filtered(lambda exchange: exchange.state != "draft")
            if asked:
                raise UserError(
                    self.env._(
                        "%(exchange)s: the colleague was asked already, so it stays as "
                        "it is. Cancel it and ask anew.",
                        exchange=asked[0].display_name,
                    )
                )
        return super().write(vals)

    def _check_steps(self, names):
        """Steps are taken with the buttons, which look who presses them.

        :raise AccessError: one is named in what somebody enters
        """
        if STEPS & set(names) and not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "The steps of an exchange cannot be entered. Use its buttons."
                )
            )

    # === Buttons ===

    def action_ask(self):
        """Ask the colleague; done by whoever gives the shift away.

        :raise UserError: wrong state, or somebody else's exchange
        """
        self.check_access("write")
        self._check_turn("draft", "requester_id")
        for exchange in self:
            exchange.sudo()._check_still_possible()  # sudo: as in _check_people
            exchange._step(state="asked", asked_at=fields.Datetime.now())
            # sudo: the colleague gets the activity, whoever may write for him
            exchange.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=exchange.colleague_id.id,
                summary=self.env._(
                    "%(person)s asks you to take a shift",
                    person=exchange.requester_id.name,
                ),
                note=exchange.shift_id.display_name,
            )
        return True

    def action_accept(self):
        """Accept; done by the colleague. A desk lead is asked for the approval.

        :raise UserError: wrong state, or not the colleague
        """
        self.check_access("read")
        self._check_turn("asked", "colleague_id")
        for exchange in self:
            # sudo: the colleague answers by this button, he need not write anything
            exchange_sudo = exchange.sudo()
            exchange_sudo._check_still_possible()
            exchange_sudo._step(state="accepted", accepted_at=fields.Datetime.now())
            exchange_sudo.activity_feedback(["mail.mail_activity_data_todo"])
            exchange_sudo.action_request_approval()
        return True

    def action_decline(self):
        """Decline; done by the colleague, before he accepted.

        :raise UserError: wrong state, or not the colleague
        """
        self.check_access("read")
        self._check_turn("asked", "colleague_id")
        for exchange in self:
            # sudo: as in action_accept
            exchange_sudo = exchange.sudo()
            exchange_sudo._step(state="cancelled", answer=self.env._("Declined"))
            exchange_sudo.activity_feedback(["mail.mail_activity_data_todo"])
        return True

    def action_cancel(self):
        """Take it back; done by whoever asked, or a desk lead.

        :raise UserError: the shifts are exchanged already, or somebody else's exchange
        """
        self.check_access("write")
        is_lead = self.env.user.has_group("itsm_base.itsm_group_lead")
        for exchange in self:
            if exchange.state in ("done", "cancelled"):
                raise UserError(
                    self.env._(
                        "%(exchange)s is over and cannot be cancelled.",
                        exchange=exchange.display_name,
                    )
                )
            if exchange.requester_id != self.env.user and not is_lead:
                raise UserError(
                    self.env._(
                        "Only %(person)s or a desk lead can take it back.",
                        person=exchange.requester_id.name,
                    )
                )
            # sudo: checked above; the approval and the activity end with it
            exchange_sudo = exchange.sudo()
            if exchange.approval_state == "waiting":
                exchange_sudo.action_restart_approval()
            exchange_sudo._step(state="cancelled")
            exchange_sudo.activity_unlink(["mail.mail_activity_data_todo"])
        return True

    def _check_turn(self, state, who):
        for exchange in self:
            if exchange.state != state:
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(exchange)s is “%(state)s”: this step is not open.",
                        exchange=exchange.display_name,
                        state=labels[exchange.state],
                    )
                )
            if exchange[who] != self.env.user:
                raise UserError(
                    self.env._(
                        "This is for %(person)s to decide.", person=exchange[who].name
                    )
                )

    def _step(self, **vals):
        guard.with_token(self).write(vals)

    # === Approval ===

    def _approval_check_request(self):
        if self.state != "accepted":
            raise UserError(
                self.env._(
                    "%(exchange)s: the colleague has to accept first.",
                    exchange=self.display_name,
                )
            )
        return super()._approval_check_request()

    def _approval_requesters(self, review):
        # Neither of the two decides, whoever pressed the button.
        return (
            super()._approval_requesters(review)
            | self.sudo().requester_id  # sudo: whoever asks
            | self.sudo().colleague_id  # sudo: same
        )

    def _approval_approved(self):
        result = super()._approval_approved()
        self._exchange()
        return result

    def _approval_rejected(self):
        result = super()._approval_rejected()
        self._step(state="cancelled")
        return result

    def _approval_tell_requester(self, review, text):
        # The colleague asked for the approval by accepting; it is about both of them.
        result = super()._approval_tell_requester(review, text)
        told = review.sudo().requested_by  # sudo: who it was is no secret
        others = self.requester_id - told - self.env.user
        if others and not self._approval_is_silent():
            self.message_notify(
                partner_ids=others.partner_id.ids,
                subject=self.display_name,
                body=text,
            )
        return result

    def _approval_summary_fields(self):
        return [
            "shift_id",
            "requester_id",
            "colleague_id",
            "return_shift_id",
            "reason",
        ]

    def _exchange(self):
        """Let the shifts change hands (in sudo, after the approval).

        :raise ValidationError: a shift was changed, has begun, or overlaps another one
        """
        for exchange in self:
            exchange._check_still_possible()
            give = exchange.shift_id.with_context(itsm_shift_exchange=EXCHANGING)
            back = exchange.return_shift_id.with_context(itsm_shift_exchange=EXCHANGING)
            give.user_id = exchange.colleague_id
            if back:
                back.user_id = exchange.requester_id
            (exchange.shift_id | exchange.return_shift_id)._check_no_overlap()
            exchange._step(state="done", done_at=fields.Datetime.now())
