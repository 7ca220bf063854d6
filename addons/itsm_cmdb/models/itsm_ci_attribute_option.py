# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class ItsmCiAttributeOption(models.Model):
    """One choice of an attribute. One that is used is archived, not removed."""

    _name = "itsm.ci.attribute.option"
    _description = "Choice of an Attribute"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin", "itsm.ci.definition.mixin"]
    _order = "attribute_id, sequence, id"

    attribute_id = fields.Many2one(
        comodel_name="itsm.ci.attribute",
        required=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="For imports and interfaces.")
    color = fields.Integer()
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(attribute_id, code)", "Another choice has this code."
    )

    def write(self, vals):
        if "code" in vals or "attribute_id" in vals:
            used = self._archive_kept()
            if used:
                raise UserError(used._archive_message())
        return super().write(vals)

    def _archive_kept(self):
        """Those that some configuration item has."""
        return self.filtered(lambda option: option._is_chosen())

    def _is_chosen(self):
        self.ensure_one()
        items = self.env["itsm.ci"]
        items.flush_model(["attributes"])
        # a text, or a list that has it: ? knows both
        found = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM %(ci)s"
                " WHERE attributes -> %(attribute)s ? %(code)s)",
                ci=SQL.identifier(items._table),
                attribute=self.attribute_id.code,
                code=self.code,
            )
        )
        return found[0][0]
