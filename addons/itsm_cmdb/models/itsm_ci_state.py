# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError

#: The life of a configuration item (CFG-18); *in change* is shown, not kept.
STATES = [
    ("ordered", "Ordered"),
    ("received", "Received"),
    ("test", "In test"),
    ("use", "In use"),
    ("dismantled", "Dismantled"),
    ("cancelled", "Cancelled"),
]
#: From which states one may come.
STEPS = {
    "ordered": (),
    "received": ("ordered", "dismantled"),
    "test": ("ordered", "received", "use", "dismantled"),
    "use": ("ordered", "received", "test", "dismantled"),
    "dismantled": ("received", "test", "use"),
    "cancelled": ("ordered", "received", "test", "use", "dismantled"),
}
#: Nothing depends on these any more, and they on nothing.
GONE = ("dismantled", "cancelled")


class ItsmCiState(models.Model):
    """A state of configuration items, so that a class can say which ones it has."""

    _name = "itsm.ci.state"
    _description = "State of Configuration Items"
    _inherit = ["itsm.shared.mixin", "itsm.ci.definition.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, readonly=True, export_string_translation=False)
    sequence = fields.Integer(default=10)
    is_controlled = fields.Boolean(
        string="Under Control",
        default=True,
        help="Configuration items in this state, or that come to it or leave it, are "
        "under control if their class is.",
    )

    _code_uniq = models.Constraint("UNIQUE(code)", "There is one record of each state.")

    def write(self, vals):
        if vals.keys() - {"is_controlled"} and not self.env.su:
            raise AccessError(
                self.env._("States are given; only their control can be changed.")
            )
        return super().write(vals)
