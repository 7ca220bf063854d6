# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

#: Levels of China's classified protection (等级保护, GB/T 22239).
LEVELS = [
    ("1", "Level 1"),
    ("2", "Level 2"),
    ("3", "Level 3"),
    ("4", "Level 4"),
    ("5", "Level 5"),
]
HELP = (
    "Level of classified protection (等级保护): from 1, harm to single persons, to 5, "
    "exceptional harm to the security of the state. Empty: not classified."
)


class ItsmCi(models.Model):
    """How well a system has to be protected (等保)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    protection_level = fields.Selection(
        selection=LEVELS, index="btree_not_null", tracking=True, help=HELP
    )
