# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmCiClass(models.Model):
    """What a class says of its configuration items as assets (CFG-41, CFG-42)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    holds_data = fields.Boolean(
        tracking=True,
        help="Its data is wiped, with evidence, before a configuration item is "
        "scrapped. Holds for the classes below, too.",
    )
    service_life = fields.Integer(
        string="Replaced After (Years)",
        tracking=True,
        help="Years after the purchase in which a configuration item is to be renewed. "
        "0: as the class above.",
    )

    _service_life_range = models.Constraint(
        "CHECK(COALESCE(service_life, 0) BETWEEN 0 AND 100)",
        "Replaced after: enter 0 to 100 years.",
    )

    def write(self, vals):
        result = super().write(vals)
        if {"service_life", "parent_id"} & vals.keys():
            # sudo: configuration items of all companies follow their class
            items = self.env["itsm.ci"].sudo().with_context(active_test=False)
            items = items.search([("class_id", "child_of", self.ids)])
            self.env.add_to_compute(items._fields["renewal_date"], items)
        return result
