# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import consteq
from odoo.tools.misc import hmac
from odoo.tools.sql import column_exists, create_column

from odoo.addons.itsm_base.tools import guard
from odoo.addons.rating.models.rating_data import (
    RATING_HAPPY_VALUE,
    RATING_NEUTRAL_VALUE,
    RATING_UNHAPPY_VALUE,
)

from .helpdesk_ticket_lifecycle import SOLVED

#: The faces of the survey.
RATINGS = (RATING_HAPPY_VALUE, RATING_NEUTRAL_VALUE, RATING_UNHAPPY_VALUE)
#: Written by the acts of this file only.
CONFIRMATION_FIELDS = ("confirmation", "confirmed_at", "confirmed_partner_id")
#: What the link in the mail is signed for.
SCOPE = "itsm_desk-answer"


class HelpdeskTicket(models.Model):
    """The requester's word on a solution (INC-22, INC-28, INC-38).

    He confirms and rates, or says that it is not solved (``helpdesk_ticket_reopen``),
    in the portal or by the link of the mail.
    """

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "rating.mixin"]

    confirmation = fields.Selection(
        selection=[
            ("requester", "Confirmed by the requester"),
            ("desk", "Confirmed, noted by the desk"),
            ("automatic", "Closed without an answer"),
        ],
        string="Confirmed",
        copy=False,
        readonly=True,
        help="Empty on a closed ticket: nobody asked the requester.",
    )
    confirmed_at = fields.Datetime(copy=False, readonly=True)
    confirmed_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Confirmed By",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _auto_init(self):
        # The column of rating.mixin is stored and computed: made here it stays empty
        # on the tickets that exist, which are not written at all.
        if not column_exists(self.env.cr, self._table, "rating_last_value"):
            create_column(self.env.cr, self._table, "rating_last_value", "float8")
        return super()._auto_init()

    # === What is written by code only ===

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), *CONFIRMATION_FIELDS)

    def _itsm_milestones(self, old, new, now):
        vals = super()._itsm_milestones(old, new, now)
        if old.state in SOLVED and new.state not in SOLVED:
            # A confirmation is about one solution.
            vals.update(dict.fromkeys(CONFIRMATION_FIELDS, False))
        return vals

    # === Who may answer ===

    def _itsm_is_requester(self, user):
        """Whether *user* may speak for the requester of this ticket.

        It is the requester himself; if the ticket names only a company, whoever of it
        may read the ticket.

        :param user: ``res.users``
        :rtype: bool
        """
        self.ensure_one()
        # sudo: a portal user may not read every partner of his own company
        requester = self.sudo().partner_id
        partner = user.sudo().partner_id  # sudo: as above
        if not requester or user._is_public():
            return False
        if requester == partner:
            return True
        return (
            requester.is_company
            and requester == partner.commercial_partner_id
            and self.with_user(user).has_access("read")
        )

    def _itsm_answer_token(self, resolved_at=None):
        """The signature of the link in the mail about this solution.

        It is for the present requester and the present solution: after another
        solution, or for another requester, it is worth nothing.

        :param datetime resolved_at: naive UTC, when the solution was given that is
            meant; by default the present one
        :rtype: str
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: the mail is written in whoever's name
        message = (
            ticket.id,
            ticket.partner_id.id,
            fields.Datetime.to_string(resolved_at or ticket.resolved_at) or "",
            # what was sent before it was restricted may have been read by others
            ticket.restriction or "",
        )
        return hmac(self.env(su=True), SCOPE, message)

    def _itsm_check_answer_token(self, token):
        """Whether *token* is that of the present solution.

        :param str token: as it came with a request
        :rtype: bool
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: asked for a visitor, who may read nothing
        return bool(
            ticket.partner_id
            and ticket._itsm_solved_stage()
            and consteq(ticket._itsm_answer_token(), token or "")
        )

    def _itsm_check_refused_token(self, token):
        """Whether *token* is that of the solution which was refused last.

        :param str token: as it came with a request
        :rtype: bool
        """
        self.ensure_one()
        ticket = self.sudo()  # sudo: as in `_itsm_check_answer_token`
        return bool(
            ticket.partner_id
            and ticket._itsm_is_refused()
            and consteq(
                ticket._itsm_answer_token(ticket.failed_solution_at), token or ""
            )
        )

    def _itsm_answer_url(self):
        """The link of the mail: where the requester answers without a login."""
        self.ensure_one()
        base = self.get_base_url()
        return f"{base}/itsm/solved/{self.id}/{self._itsm_answer_token()}"

    # === Confirming ===

    def action_confirm(self):
        """Close resolved tickets: the requester says that they are solved (INC-22).

        The requester says so himself, or an agent notes that he said so.

        :raise AccessError: the user is neither the requester nor allowed to write
        :raise UserError: a ticket is not resolved
        """
        user = self.env.user
        mine = all(ticket._itsm_is_requester(user) for ticket in self)
        if not mine and user._is_internal() and self.has_access("write"):
            self._itsm_confirm("desk", user.partner_id)
            return
        self._itsm_check_requester(user)
        # sudo: the requester may not write his ticket; it was just checked that it is
        self.sudo()._itsm_confirm("requester", user.partner_id)

    def _itsm_confirm(self, confirmation, partner):
        """Close resolved tickets as confirmed.

        :param str confirmation: requester, desk or automatic
        :param partner: ``res.partner`` who said so; may be empty
        """
        for ticket in self:
            if ticket._itsm_effective_state() != "resolved":
                raise UserError(
                    self.env._(
                        "%(ticket)s is not waiting for a confirmation: there is no "
                        "solution to confirm, or it is closed already.",
                        ticket=ticket.display_name,
                    )
                )
        # The confirmation is evidence, which only code writes.
        guard.with_token(self)._itsm_move(
            "closed",
            {
                "confirmation": confirmation,
                "confirmed_at": fields.Datetime.now(),
                "confirmed_partner_id": partner.id,
            },
        )
        if confirmation == "requester":
            self.env["itsm.notification.event"]._notify("ticket_confirmed", self)

    def _itsm_portal_close(self, stage, user):
        result = super()._itsm_portal_close(stage, user)
        if stage.itsm_state == "closed":
            now = fields.Datetime.now()
            self._itsm_write_derived(
                {
                    ticket.id: {
                        "confirmation": "requester",
                        "confirmed_at": now,
                        "confirmed_partner_id": user.partner_id.id,
                    }
                    for ticket in self
                    if ticket._itsm_is_requester(user)
                }
            )
        return result

    def _itsm_check_requester(self, user):
        for ticket in self:
            if not ticket._itsm_is_requester(user):
                raise AccessError(
                    self.env._(
                        "Only the requester of a ticket may say whether it is solved. "
                        "Ask him, or the service desk."
                    )
                )

    def _itsm_rate(self, rate, feedback, partner):
        """Take the survey's answer; a second one of the same person replaces it.

        :param int rate: one of `RATINGS`
        :param str feedback: plain text, may be empty
        :param partner: ``res.partner`` of the requester
        :raise UserError: no such answer is offered
        """
        self.ensure_one()
        if rate not in RATINGS:
            raise UserError(self.env._("Choose one of the three faces."))
        # sudo: customers may not write ratings; the caller knows that it is his ticket
        ticket = self.sudo()
        rating = ticket.rating_ids.filtered(lambda r: r.partner_id == partner)[:1]
        if not rating:
            rating = rating.create(
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": self.id,
                    "partner_id": partner.id,
                    "rated_partner_id": ticket.user_id.partner_id.id,
                }
            )
        ticket.rating_apply(rate, rating=rating, feedback=feedback or "")
