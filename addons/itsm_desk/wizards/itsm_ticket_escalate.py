# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmTicketEscalate(models.TransientModel):
    """Tickets to another line, or to a superior, with the reason (INC-18, INC-20)."""

    _name = "itsm.ticket.escalate"
    _inherit = "itsm.ticket.wizard"
    _description = "Escalate Tickets"

    kind = fields.Selection(
        selection=[
            ("functional", "To another line"),
            ("hierarchical", "To a superior"),
        ],
        required=True,
        default="functional",
    )
    support_line = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["support_line"]
            ._description_selection(self.env)
        ),
        string="Line",
        compute="_compute_support_line",
        store=True,
        readonly=False,
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        compute="_compute_team_id",
        store=True,
        readonly=False,
        domain="['|', ('support_line', '=', support_line), "
        "('support_line', '=', False)]",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Engineer",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        domain="[('id', 'in', team_user_ids)]",
        help="Empty: the team decides.",
    )
    team_user_ids = fields.Many2many(related="team_id.user_ids")
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        compute="_compute_role_id",
        store=True,
        readonly=False,
        help="Whoever holds the role in the company of the ticket is told.",
    )
    reason = fields.Char(required=True)

    @api.depends("ticket_ids")
    def _compute_support_line(self):
        for wizard in self:
            lines = [ticket.support_line or "1" for ticket in wizard.ticket_ids]
            wizard.support_line = str(min(3, int(max(lines, default="1")) + 1))

    @api.depends("support_line")
    def _compute_team_id(self):
        for wizard in self:
            team = wizard.team_id
            if team.support_line not in (wizard.support_line, False):
                team = team.browse()
            if not team:
                company = wizard.ticket_ids.company_id[:1]
                found = team.search(
                    [
                        ("support_line", "=", wizard.support_line),
                        ("company_id", "in", [False, company.id]),
                    ],
                    limit=2,
                )
                team = found if len(found) == 1 else team
            wizard.team_id = team

    @api.depends("team_id")
    def _compute_user_id(self):
        for wizard in self:
            if wizard.user_id not in wizard.team_id.user_ids:
                wizard.user_id = False

    @api.depends("kind")
    def _compute_role_id(self):
        role = self.env["itsm.role"].search([("code", "=", "incident_manager")])
        for wizard in self:
            wizard.role_id = wizard.role_id or role

    def action_confirm(self):
        """Escalate as chosen.

        :raise UserError: line, team or role is missing, or a ticket cannot be escalated
        """
        self.ensure_one()
        if self.kind == "hierarchical":
            if not self.role_id:
                raise UserError(self.env._("Role: choose whom it is reported to."))
            self.ticket_ids._itsm_escalate_to_role(self.role_id, self.reason)
        else:
            if not self.support_line or not self.team_id:
                raise UserError(self.env._("Choose the line and the team."))
            self.ticket_ids._itsm_escalate(
                self.support_line, self.team_id, self.reason, self.user_id
            )
        return {"type": "ir.actions.act_window_close"}
