# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.properties import JsonValue


class ItsmCiComparisonLine(models.TransientModel):
    """One difference."""

    _name = "itsm.ci.comparison.line"
    _description = "Comparison of Baselines: Difference"
    _order = "id"
    _rec_name = "what"

    comparison_id = fields.Many2one(
        comodel_name="itsm.ci.comparison",
        required=True,
        ondelete="cascade",
        index=True,
    )
    change = fields.Selection(
        selection=[
            ("added", "Added"),
            ("removed", "Removed"),
            ("changed", "Changed"),
        ],
        string="Difference",
        required=True,
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        ondelete="cascade",
    )
    class_id = fields.Many2one(related="ci_id.class_id")
    owner_id = fields.Many2one(related="ci_id.owner_id")
    attribute = fields.Char(string="Field or Code")
    what = fields.Char()
    old_text = fields.Char(string="Then")
    new_text = fields.Char(string="Now, or Later")
    old_value = JsonValue(groups=fields.NO_ACCESS)
    new_value = JsonValue(groups=fields.NO_ACCESS)

    def action_propose(self):
        """Propose to put these differences back: an action for each owner (CFG-27).

        :raise AccessError: the user is neither owner of all of them nor manager
        :raise UserError: nothing to put back, or the comparison is not with now
        """
        self.check_access("read")
        if self.comparison_id.other_id:
            raise UserError(
                self.env._(
                    "This compares two baselines. Compare one with now: what differs "
                    "from now can be put back."
                )
            )
        lines = self.filtered(lambda line: line.change != "added")
        if not lines:
            raise UserError(
                self.env._(
                    "There is nothing to put back: nothing was changed or removed."
                )
            )
        if not self.env.user.has_group("itsm_cmdb.itsm_group_ci_manager"):
            foreign = lines.filtered(lambda line: line.owner_id != self.env.user)[:1]
            if foreign:
                raise AccessError(
                    self.env._(
                        "%(name)s is not yours: its owner or a configuration manager "
                        "proposes to restore it.",
                        name=foreign.ci_id.display_name,
                    )
                )
        actions = self.env["itsm.action"]
        for comparison, own in lines.grouped("comparison_id").items():
            baseline = comparison.baseline_id
            baseline.check_access("read")
            if baseline.is_altered:
                raise UserError(baseline._altered_message())
            rows = [
                {
                    "ci_id": line.ci_id.id,
                    "change": line.change,
                    "attribute": line.attribute,
                    # sudo: said as far as the owner may know
                    "old": line.sudo().old_value,
                    "new": line.sudo().new_value,
                }
                for line in own
            ]
            actions |= baseline._propose_restoring(rows)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Restoring"),
            "res_model": "itsm.action",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", actions.ids)],
        }
