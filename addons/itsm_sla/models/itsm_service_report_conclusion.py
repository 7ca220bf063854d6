# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

KINDS = [
    ("conclusion", "Conclusion"),
    ("progress", "Progress"),
    ("risk", "Potential problem"),
    ("plan", "Planned"),
    ("decision", "Decision"),
]
#: What an action is, by the kind of conclusion it follows from.
ACTION_KINDS = {"risk": "preventive", "conclusion": "corrective"}


class ItsmServiceReportConclusion(models.Model):
    """What follows from the figures, and who does what about it (REP-08, REP-32)."""

    _name = "itsm.service.report.conclusion"
    _description = "Conclusion of a Service Report"
    _order = "report_id, sequence, id"

    report_id = fields.Many2one(
        comodel_name="itsm.service.report",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="report_id.company_id", store=True)
    state = fields.Selection(related="report_id.state")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=KINDS,
        required=True,
        default="conclusion",
        help="Progress: what was done. Potential problem: what may go wrong. Planned: "
        "what is coming. Decision: what was decided.",
    )
    name = fields.Text(string="In Words", required=True)
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Who",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Who does something about it.",
    )
    due_date = fields.Date(string="By")
    action_id = fields.Many2one(
        comodel_name="itsm.action",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("action_id") for vals in vals_list):
            self._check_free({"action_id"})
        lines = super().create(vals_list)
        lines._check_free(set())
        return lines

    def write(self, vals):
        self._check_free(vals.keys())
        result = super().write(vals)
        if "report_id" in vals:
            self._check_free(set())
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_written(self):
        self._check_free(set())

    def _check_free(self, names):
        """Conclusions are edited while the report is a draft; code sets the action.

        :raise UserError: the report is written, or the link to an action is set
        """
        if guard.has_token(self):
            return
        if "action_id" in names:
            raise UserError(
                self.env._("Actions of a conclusion are made by its button.")
            )
        written = self.report_id.filtered(lambda report: report.state != "draft")
        if written:
            raise UserError(
                self.env._(
                    "%(report)s is written: its conclusions stay. Return it to its "
                    "author, or correct a published one by a revision.",
                    report=written[0].display_name,
                )
            )

    def action_make_action(self):
        """Make an action of each of these conclusions, once (REP-08).

        The owner of the action is told, as of any action.

        :return: action that shows the one that was made, or the list
        :raise ValidationError: nobody, or no day, is named
        """
        self.report_id.check_access("read")
        for line in self:
            line.report_id._check_may("author")
            if not line.owner_id or not line.due_date:
                raise ValidationError(
                    self.env._(
                        "Who, By: say who does it and by when (“%(conclusion)s”).",
                        conclusion=line.name[:60],
                    )
                )
        for line in self.filtered(lambda line: not line.action_id):
            action = self.env["itsm.action"].create(
                {
                    "name": line.name.splitlines()[0][:200],
                    "description": line.name,
                    "kind": ACTION_KINDS.get(line.kind, "improvement"),
                    "owner_id": line.owner_id.id,
                    "due_date": line.due_date,
                    "company_id": line.company_id.id,
                    "res_model": line.report_id._name,
                    "res_id": line.report_id.id,
                }
            )
            # sudo: the link is set by this button only
            guard.with_token(line.sudo()).action_id = action
        if len(self) > 1:
            return self.report_id[:1].action_open_actions()
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.action",
            "res_id": self.action_id.id,
            "views": [(False, "form")],
        }
