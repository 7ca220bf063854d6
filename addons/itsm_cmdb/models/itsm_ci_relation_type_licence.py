# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiRelationType(models.Model):
    """Which relations take up a licence (CFG-43)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.relation.type"

    takes_licence = fields.Boolean(
        string="Takes Up a Licence",
        help="The first uses the licence that is the second: it counts as installed.",
    )
