# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiSourceKey(models.Model):
    """Columns by which a source recognises a configuration item, tried in order."""

    _name = "itsm.ci.source.key"
    _description = "Identification Key of a Source"
    _order = "sequence, id"

    source_id = fields.Many2one(
        comodel_name="itsm.ci.source", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="source_id.company_id")
    sequence = fields.Integer(default=10)
    field_ids = fields.Many2many(
        comodel_name="itsm.ci.source.field",
        relation="itsm_ci_source_key_field_rel",
        column1="key_id",
        column2="field_id",
        string="Columns",
        required=True,
        domain="[('source_id', '=', source_id)]",
        help="All of them together. A row with one of them empty goes to the next key.",
    )
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="Only Rows of",
        ondelete="restrict",
        index="btree_not_null",
        help="With the classes below it. Empty: all rows.",
    )
    same_class = fields.Boolean(
        help="Only configuration items of the class of the row, and those below it, "
        "are looked at: the usual thing for names."
    )

    @api.constrains("field_ids", "source_id")
    def _check_columns(self):
        for key in self:
            if not key.field_ids:
                raise ValidationError(
                    self.env._("A key of identification needs at least one column.")
                )
            for column in key.field_ids:
                if column.source_id != key.source_id:
                    raise ValidationError(
                        self.env._(
                            "“%(column)s” belongs to another source.",
                            column=column.column,
                        )
                    )
                if column._kind() not in ("char", "text", "integer", "many2one"):
                    raise ValidationError(
                        self.env._(
                            "“%(column)s” identifies nothing: choose a text, a whole "
                            "number or a record.",
                            column=column.column,
                        )
                    )
