# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Datetime
from odoo.tools import is_html_empty

from ..models.helpdesk_ticket_lifecycle import AT_WORK

#: What is entered here, and the rule by which a company asks for it.
ASKED = {"solution": "close_solution", "closing_code_id": "close_code"}


def _lacks(record, name):
    value = record[name]
    return is_html_empty(value) if name == "solution" else not value


class ItsmTicketResolve(models.TransientModel):
    """Solution, closing code and restored time for one ticket or several."""

    _name = "itsm.ticket.resolve"
    _inherit = "itsm.ticket.wizard"
    _description = "Resolve Tickets"

    ticket_count = fields.Integer(compute="_compute_ticket_count")
    open_child_count = fields.Integer(compute="_compute_ticket_count")
    ongoing_majors = fields.Char(
        string="Ongoing Major Incidents", compute="_compute_ticket_count"
    )
    incomplete_fields = fields.Char(
        string="Missing", compute="_compute_incomplete_fields"
    )
    solution = fields.Html(
        help="In words for the requester: he reads it in the mail and in the portal.",
    )
    closing_code_id = fields.Many2one(
        comodel_name="itsm.closing.code", domain="[('kind', '!=', 'cancelled')]"
    )
    is_interrupted = fields.Boolean(compute="_compute_ticket_count")
    restored_at = fields.Datetime(
        string="Service Restored",
        help="When the service worked again. It may lie before now.",
    )

    @api.depends("ticket_ids")
    def _compute_ticket_count(self):
        for wizard in self:
            tickets = wizard.ticket_ids
            wizard.ticket_count = len(tickets)
            wizard.open_child_count = sum(tickets.mapped("open_child_count"))
            # sudo: their names, whoever may read the major incidents
            majors_sudo = (
                tickets._origin.filtered(
                    lambda ticket: ticket._itsm_leads_ongoing_major()
                )
                .sudo()
                .major_incident_id
            )
            wizard.ongoing_majors = ", ".join(majors_sudo.mapped("display_name"))
            wizard.is_interrupted = any(
                ticket._itsm_is_unrestored() for ticket in tickets
            )

    @api.depends("ticket_ids", "solution", "closing_code_id")
    @api.depends_context("lang")
    def _compute_incomplete_fields(self):
        """What the record of a single ticket lacks, and what is entered here.

        Solution and closing code are named where the company asks for them at all.
        """
        mode_of = self.env["itsm.enforcement.rule"]._mode_of
        for wizard in self:
            tickets = wizard.ticket_ids
            missing = [tickets.incomplete_fields if len(tickets) == 1 else False]
            for name, code in ASKED.items():
                # what is left out here stays as it is on the ticket
                lacking = tickets.filtered(
                    lambda ticket, name=name: _lacks(ticket, name)
                )
                if _lacks(wizard, name) and any(
                    mode_of(code, company) != "off" for company in lacking.company_id
                ):
                    missing.append(self._fields[name]._description_string(self.env))
            wizard.incomplete_fields = ", ".join(filter(None, missing))

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        tickets = self.new({"ticket_ids": defaults.get("ticket_ids")}).ticket_ids
        if len(tickets) == 1:
            for name in ("solution", "closing_code_id"):
                if name in fields and tickets._origin[name]:
                    value = tickets._origin[name]
                    defaults[name] = value if name == "solution" else value.id
        if "restored_at" in fields and any(
            ticket._itsm_is_unrestored() for ticket in tickets._origin
        ):
            defaults["restored_at"] = Datetime.now()
        return defaults

    def action_resolve(self):
        """Resolve what is open of the tickets.

        :raise UserError: none of them is open, or the time of restoring is wrong
        """
        self.ensure_one()
        tickets = self.ticket_ids.filtered(
            lambda ticket: ticket._itsm_effective_state() in AT_WORK
        )
        if not tickets:
            raise UserError(self.env._("None of these tickets is open any more."))
        if self.restored_at and self.restored_at > fields.Datetime.now():
            raise UserError(
                self.env._("Service Restored: it cannot lie in the future.")
            )
        vals = {}
        if not is_html_empty(self.solution):
            vals["solution"] = self.solution
        if self.closing_code_id:
            vals["closing_code_id"] = self.closing_code_id.id
        restored = tickets.filtered(lambda ticket: ticket._itsm_is_unrestored())
        if self.restored_at and restored:
            restored._itsm_resolve({**vals, "interruption_end": self.restored_at})
            # Children among the rest were resolved with their parents.
            tickets = (tickets - restored).filtered(
                lambda ticket: ticket._itsm_effective_state() in AT_WORK
            )
        if tickets:
            tickets._itsm_resolve(vals)
        return {"type": "ir.actions.act_window_close"}
