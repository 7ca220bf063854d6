# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, ValidationError

from ..tools.fold import OVER


class HelpdeskTicket(models.Model):
    """How screens ask for the reason of a late change (design 2, Gaming shows)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    clock_change_expected = fields.Boolean(
        compute="_compute_clock_change_expected",
        exportable=False,
        help="A late change of the ticket as it is saved would need a reason.",
    )

    def _compute_clock_change_expected(self):
        """Known before the change: a click on a stage saves without asking first."""
        saved = self._origin
        over = saved.filtered(lambda ticket: ticket._itsm_effective_state() in OVER)
        cancelled = over.filtered(
            lambda ticket: ticket._itsm_effective_state() == "cancelled"
        )
        asked = saved._clock_pressed(fields.Datetime.now(), over)
        asked |= cancelled._clock_cancelled_with()
        for ticket in self:
            ticket.clock_change_expected = (
                ticket._origin in asked and ticket._origin._clock_late_mode() != "off"
            )

    # === Screens without a place for the reason ===

    @api.model
    def _clock_ask_reason(self, tickets, message):
        try:
            return super()._clock_ask_reason(tickets, message)
        except ValidationError as error:
            # For the screen below: which tickets to open.
            error.itsm_tickets = tickets
            raise

    def web_save(self, vals, specification, next_id=None):
        try:
            return super().web_save(vals, specification, next_id=next_id)
        except ValidationError as error:
            self._clock_lead_to_form(error, specification)
            raise

    def web_save_multi(self, vals_list, specification):
        try:
            return super().web_save_multi(vals_list, specification)
        except ValidationError as error:
            self._clock_lead_to_form(error, specification)
            raise

    def _clock_lead_to_form(self, error, specification):
        """Offer the way to the ticket from a board or list, which cannot ask.

        :param error: ``ValidationError`` of a save
        :param dict specification: fields of the view, as the web client sends them
        :raise RedirectWarning: a reason is missing and the view has no field for it
        """
        tickets = getattr(error, "itsm_tickets", None)
        if not tickets or "clock_change_reason" in specification:
            return
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        action["context"] = {}
        if len(tickets) == 1:
            button = self.env._("Open the ticket")
            action |= {
                "res_id": tickets.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        else:
            button = self.env._("Show the tickets")
            action["domain"] = [("id", "in", tickets.ids)]
        raise RedirectWarning(str(error), action, button) from error
