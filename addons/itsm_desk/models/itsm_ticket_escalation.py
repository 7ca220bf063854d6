# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketEscalation(models.Model):
    """A ticket went to a higher line, or was reported to a superior (INC-18, INC-20).

    Written by ``helpdesk.ticket._itsm_escalate`` and ``_itsm_escalate_to_role``, and by
    every save that raises the line of a ticket.
    """

    _name = "itsm.ticket.escalation"
    _inherit = "itsm.evidence.mixin"
    _description = "Escalation of a Ticket"
    _order = "time desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("functional", "To another line"),
            ("hierarchical", "To a superior"),
        ],
        required=True,
        readonly=True,
    )
    time = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Escalated By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    from_line = fields.Selection(
        selection=lambda self: self._selection_line(), readonly=True
    )
    to_line = fields.Selection(
        selection=lambda self: self._selection_line(), readonly=True
    )
    from_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", readonly=True, ondelete="restrict"
    )
    to_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team", readonly=True, ondelete="restrict"
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner Then",
        readonly=True,
        ondelete="restrict",
        help="Who answered for the ticket when it was escalated.",
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        string="Reported To",
        readonly=True,
        ondelete="restrict",
    )
    told_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_ticket_escalation_told_rel",
        string="Told",
        readonly=True,
        help="Who held the role at that time.",
    )
    reason = fields.Char(readonly=True)

    def _selection_line(self):
        field = self.env["helpdesk.ticket"]._fields["support_line"]
        return field._description_selection(self.env)
