# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmMeetingLine(models.Model):
    """A topic of a meeting: who brings it, what came out of it, what was decided."""

    _name = "itsm.meeting.line"
    _description = "Topic of a Meeting"
    _order = "meeting_id, sequence, id"

    meeting_id = fields.Many2one(
        comodel_name="itsm.meeting", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="meeting_id.company_id", store=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Topic", required=True)
    presenter_id = fields.Many2one(
        comodel_name="res.partner", string="By", index="btree_not_null"
    )
    minutes = fields.Integer(help="Time for it, in minutes.")
    result = fields.Text(help="What was said, as far as it matters later.")
    decision = fields.Text(help="What was decided; printed as a decision.")
    action_ids = fields.Many2many(
        comodel_name="itsm.action",
        relation="itsm_meeting_line_action_rel",
        column1="line_id",
        column2="action_id",
        string="Actions",
        help="Actions that follow from it, or that it is about.",
    )
    internal = fields.Boolean(
        help="Not in the minutes that guests of other companies get."
    )
    # Who offered it, so that it is not offered twice.
    key = fields.Char(readonly=True, export_string_translation=False)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.meeting_id._check_not_frozen()
        # sudo: also those that the user does not see, to refuse them
        lines._check_linked(lines.sudo().action_ids)
        return lines

    def write(self, vals):
        self.meeting_id._check_not_frozen()
        before = self.sudo().action_ids  # sudo: as in create
        result = super().write(vals)
        if "meeting_id" in vals:
            # Odoo asks the record rule before: the new meeting has its own people.
            self.check_access("write")
            self.meeting_id._check_not_frozen()
        if "action_ids" in vals:
            self._check_linked(self.sudo().action_ids - before)  # sudo: as in create
        return result

    def _check_linked(self, actions):
        """Refuse actions that the user may not see: minutes would tell about them.

        :param actions: ``itsm.action`` that were linked, in sudo
        :raise AccessError: if there is one that the user may not read
        """
        actions.with_env(self.env).check_access("read")

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.meeting_id._check_not_frozen()

    def action_new_action(self):
        """Return the form of a new action that follows from the topic.

        :raise UserError: if the minutes were sent
        """
        self.ensure_one()
        self.meeting_id.check_access("write")
        if not self.meeting_id.id:
            raise UserError(self.env._("Save the meeting first."))
        self.meeting_id._check_not_frozen()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Action from %(topic)s", topic=self.name),
            "res_model": "itsm.action",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_name": self.decision or self.name,
                "default_res_model": "itsm.meeting",
                "default_res_id": self.meeting_id.id,
                "default_meeting_line_ids": [(4, self.id)],
                **self.meeting_id._action_defaults(),
            },
        }
