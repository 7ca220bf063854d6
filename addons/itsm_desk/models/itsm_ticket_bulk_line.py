# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketBulkLine(models.Model):
    """What came of one ticket of a bulk change.

    It names the ticket by its number only: whoever may read the line may no longer be
    allowed to read the ticket.
    """

    _name = "itsm.ticket.bulk.line"
    _description = "Result of a Bulk Change"
    # errors first
    _order = "state, id"

    bulk_id = fields.Many2one(
        comodel_name="itsm.ticket.bulk",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    number = fields.Char(readonly=True)
    state = fields.Selection(
        selection=[
            ("error", "Failed"),
            ("ok", "Done"),
            ("waiting", "Waiting"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    message = fields.Char(
        string="Reason", readonly=True, help="Why it failed, and what to do about it."
    )

    def action_open_ticket(self):
        """Open the ticket.

        :raise AccessError: the user may no longer read it
        """
        self.ensure_one()
        self.ticket_id.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }
