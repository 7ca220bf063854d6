# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..models.helpdesk_ticket_merge import CONVERSATION


class ItsmTicketSplit(models.TransientModel):
    """The messages that are about something else, and what the new ticket says."""

    _name = "itsm.ticket.split"
    _description = "Split a Ticket"

    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", required=True)
    message_ids = fields.Many2many(
        comodel_name="mail.message",
        string="Messages",
        required=True,
        domain=f"[('model', '=', 'helpdesk.ticket'), ('res_id', '=', ticket_id), "
        f"('message_type', 'in', {CONVERSATION!r})]",
        help="They move to the new ticket with their files.",
    )
    name = fields.Char(string="Title", required=True)
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
        required=True,
        default="incident",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service", help="Empty: the service of this ticket."
    )

    def action_split(self):
        """Make the new ticket and show it.

        :raise UserError: a message is not of this conversation
        """
        self.ensure_one()
        vals = {"name": self.name, "itsm_kind": self.itsm_kind}
        if self.service_id:
            vals["service_id"] = self.service_id.id
        return self.ticket_id._itsm_split(self.message_ids, vals).get_formview_action()
