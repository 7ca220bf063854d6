# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmAction(models.Model):
    """Topics of meetings that an action follows from, or that spoke about it."""

    _inherit = "itsm.action"

    meeting_line_ids = fields.Many2many(
        comodel_name="itsm.meeting.line",
        relation="itsm_meeting_line_action_rel",
        column1="action_id",
        column2="line_id",
        string="Topics of Meetings",
        copy=False,
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._check_meeting_lines()
        return actions

    def write(self, vals):
        if "meeting_line_ids" not in vals:
            return super().write(vals)
        self._check_meeting_lines()
        result = super().write(vals)
        self._check_meeting_lines()
        return result

    def _check_meeting_lines(self):
        """Refuse to add to minutes that were sent, or that others write.

        :raise AccessError: if the user may not write the meeting
        :raise UserError: if its minutes were sent
        """
        # sudo: to learn which meetings they are; the user's rights decide
        meetings = self.sudo().meeting_line_ids.meeting_id.with_env(self.env)
        if meetings:
            meetings.check_access("write")
            meetings._check_not_frozen()
