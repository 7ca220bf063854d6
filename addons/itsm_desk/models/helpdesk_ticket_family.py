# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from .helpdesk_ticket_lifecycle import (
    AT_WORK,
    CASCADE,
    CASCADE_KEY,
    SOLVED,
)


class HelpdeskTicket(models.Model):
    """Parent and children: one solution for many tickets (INC-44)."""

    _inherit = "helpdesk.ticket"

    parent_id = fields.Many2one(
        comodel_name="helpdesk.ticket",
        string="Parent Ticket",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('id', '!=', id), ('duplicate_id', '=', False)]",
        help="When the parent is solved, this ticket is resolved with its solution, "
        "and the requester is told once and asked to confirm.",
    )
    child_ids = fields.One2many(
        comodel_name="helpdesk.ticket", inverse_name="parent_id", string="Children"
    )
    child_count = fields.Integer(compute="_compute_child_count")
    open_child_count = fields.Integer(
        string="Open Children", compute="_compute_child_count"
    )

    @api.depends("child_ids.stage_id")
    def _compute_child_count(self):
        rows = self._read_group(
            [("parent_id", "in", self.ids)],
            ["parent_id", "stage_id"],
            ["__count"],
        )
        counts = defaultdict(lambda: [0, 0])
        for parent, stage, count in rows:
            # sudo: what a stage means does not depend on who may read it
            is_open = stage.sudo().itsm_state in AT_WORK
            counts[parent.id][0] += count
            counts[parent.id][1] += count if is_open else 0
        for ticket in self:
            ticket.child_count, ticket.open_child_count = counts[ticket._origin.id]

    @api.constrains("parent_id")
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "Parent Ticket: a ticket cannot be the parent of itself, nor of "
                    "its own parent. Choose another parent."
                )
            )

    def action_view_children(self):
        """Open the children of a ticket."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_desk.helpdesk_ticket_action_children"
        )
        return action | {
            "domain": [("parent_id", "=", self.id)],
            "context": {"default_parent_id": self.id},
        }

    # === The solution goes down ===

    def _itsm_after_write(self, before, vals):
        result = super()._itsm_after_write(before, vals)
        solved = self.filtered(
            lambda ticket: (
                before[ticket.id].state not in SOLVED
                and ticket._itsm_effective_state() in SOLVED
            )
        )
        if solved:
            solved._itsm_solve_children()
        return result

    def _itsm_solve_children(self):
        """Resolve the open children of solved parents with the parent's solution.

        A child keeps the solution, the closing code and the end of its interruption
        that it has already. Children of children follow, as this is a save of theirs.
        """
        # sudo: children belong to whichever team; solving their parent solves them
        parents = self.sudo().with_context(**{CASCADE_KEY: CASCADE})
        children = parents.search(
            [
                ("parent_id", "in", self.ids),
                ("stage_id.itsm_state", "in", AT_WORK),
                ("duplicate_id", "=", False),
            ]
        )
        groups = {}
        for child in children:
            groups.setdefault(child._itsm_taken_from_parent(), []).append(child.id)
        for taken, ids in groups.items():
            parents.browse(ids)._itsm_resolve(dict(taken))

    def _itsm_taken_from_parent(self):
        """What a child takes over when its parent is solved, as sorted items."""
        self.ensure_one()
        parent = self.parent_id
        taken = {}
        # What was done about a restricted ticket stays among its readers.
        is_open = parent.restriction in (False, self.restriction)
        if is_open and is_html_empty(self.solution) and parent.has_solution:
            taken["solution"] = parent.solution
        if not self.closing_code_id and parent.closing_code_id:
            taken["closing_code_id"] = parent.closing_code_id.id
        if self._itsm_is_unrestored():
            restored = parent.interruption_end or parent.resolved_at
            taken["interruption_end"] = max(restored, self.interruption_start)
        return tuple(sorted(taken.items()))
