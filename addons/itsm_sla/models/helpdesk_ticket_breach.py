# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

OVER = ("resolved", "closed", "cancelled")
WARNED = "itsm_warn_customer"


class HelpdeskTicket(models.Model):
    """Breaches of a ticket, and the customer warned beforehand (SLM-36)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    breach_ids = fields.One2many(
        comodel_name="itsm.breach",
        inverse_name="ticket_id",
        readonly=True,
        # who has no role at the desk may not read these: see clock_ids
        groups="helpdesk_mgmt.group_helpdesk_user_own",
    )
    customer_warned_at = fields.Datetime(
        string="Customer Warned on",
        readonly=True,
        copy=False,
        help="When the customer was first told that the ticket may take longer than "
        "agreed, by “Warn customer” or by an escalation rule.",
    )

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), "customer_warned_at")

    @api.model
    def _clock_store(self, folds, clocks_of, is_history=False):
        # Clocks that are late from the start: reported in the past, imported, replayed.
        late = [
            ticket.id
            for ticket, fold in folds.items()
            if any(
                clock.key is None and clock.kind == "sla" and clock.breached_at
                for clock in fold.clocks
            )
        ]
        result = super()._clock_store(folds, clocks_of, is_history)
        if late:
            self.env["itsm.breach"]._follow(ticket_ids=late)
        return result

    # === Warning the customer ===

    def action_warn_customer(self):
        """Open a mail to the customer that says so beforehand, in his language.

        :raises UserError: work on the ticket is over, or nobody can be written to
        """
        self.ensure_one()
        self.check_access("write")
        if self._itsm_effective_state() in OVER:
            raise UserError(
                self.env._("Work on the ticket is over: there is nothing to warn of.")
            )
        if not self.partner_id.email_normalized:
            raise UserError(
                self.env._(
                    "The customer's contact has no e-mail address. Enter one, or call "
                    "and write down what was said."
                )
            )
        clock = self._clock_to_warn_of()
        template = self.env.ref(
            "itsm_sla.mail_template_customer_warning", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Warn Customer"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_composition_mode": "comment",
                "default_template_id": template.id if template else False,
                "default_partner_ids": self.partner_id.ids,
                "customer_deadline": fields.Datetime.to_string(
                    clock.deadline or clock.breached_at
                ),
                "customer_tz": self.partner_id.tz or clock.tz or "UTC",
                "customer_late": bool(clock.breached_at),
                "customer_action": self.agreed_action or "",
                WARNED: True,
            },
        }

    def _clock_to_warn_of(self):
        """The open clock of the customer that is due first, a late one before all."""
        self.ensure_one()
        # sudo: dates of the ticket's own clocks
        clocks = self.clock_ids.sudo().filtered(
            lambda clock: clock.kind == "sla" and clock.phase in ("running", "paused")
        )
        return clocks.sorted(lambda c: c.breached_at or c.deadline or c.started_at)[:1]

    def _message_post_after_hook(self, message, msg_vals):
        result = super()._message_post_after_hook(message, msg_vals)
        # A customer can send a context, too: the author must be of the provider.
        if (
            self.env.context.get(WARNED)
            and self.env.user._is_internal()
            and message.author_id == self.env.user.partner_id
            and self.partner_id in message.partner_ids
            and not message.is_internal
        ):
            self._clock_mark_warned()
        return result

    def _clock_mark_warned(self):
        """Keep when the customers were first warned; later warnings change nothing."""
        # sudo: a milestone, which only code writes
        tickets = self.sudo().filtered(lambda ticket: not ticket.customer_warned_at)
        if not tickets:
            return
        now = fields.Datetime.now()
        guard.with_token(tickets).write({"customer_warned_at": now})
        self.env["itsm.breach"].sudo()._take_warnings(tickets, now)  # sudo: as above
