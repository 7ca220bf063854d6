# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmApprovalDecide(models.TransientModel):
    """The dialog in which one or many steps are decided, with a comment."""

    _name = "itsm.approval.decide"
    _description = "Decide"

    decision = fields.Selection(
        selection=[("yes", "Approve"), ("no", "Reject"), ("abstain", "Abstain")],
        required=True,
        readonly=True,
    )
    channel = fields.Selection(
        selection=[("form", "Form"), ("list", "List")],
        required=True,
        readonly=True,
        default="form",
        export_string_translation=False,
    )
    review_ids = fields.Many2many(
        comodel_name="tier.review", string="Steps", readonly=True
    )
    stand_in_for = fields.Char(string="In the Name of", compute="_compute_stand_in_for")
    comment = fields.Text(help="Kept with the decision. A rejection needs the reason.")

    @api.depends("review_ids")
    @api.depends_context("uid")
    def _compute_stand_in_for(self):
        for dialog in self:
            standing = dialog.review_ids._approval_standing(self.env.user)
            people = self.env["res.users"].union(
                *(person for person, _reason in standing.values() if person)
            )
            others = (people - self.env.user).sudo()  # whom one stands in for
            dialog.stand_in_for = ", ".join(others.mapped("name"))

    def _title(self):
        """What the dialog asks, as the title of the window."""
        label = dict(self._fields["decision"]._description_selection(self.env))
        return label[self.decision]

    def action_confirm(self):
        """Keep the decision and close the dialog.

        :raise AccessError: a record cannot be read
        :raise UserError: the user may not decide a step, or a reason is missing
        """
        self.ensure_one()
        self.review_ids._approval_decide(self.decision, self.comment, self.channel)
        return {"type": "ir.actions.act_window_close"}
