# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmCiSourceRelation(models.Model):
    """A column that names other configuration items, and the relation to them."""

    _name = "itsm.ci.source.relation"
    _description = "Relation of a Source"
    _order = "sequence, id"
    _rec_name = "column"

    source_id = fields.Many2one(
        comodel_name="itsm.ci.source", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="source_id.company_id")
    sequence = fields.Integer(default=10)
    column = fields.Char(
        required=True,
        help="It names the other configuration items, separated by commas or "
        "semicolons; in JSON a list.",
    )
    type_id = fields.Many2one(
        comodel_name="itsm.ci.relation.type",
        string="Relation",
        index="btree_not_null",
        ondelete="restrict",
        help="Of rows that do not say it.",
    )
    type_column = fields.Char(
        string="Column of the Relation", help="It holds the code of a relation."
    )
    end = fields.Selection(
        selection=[("source", "First"), ("target", "Second")],
        string="The Row Is the",
        required=True,
        default="source",
    )
    match = fields.Selection(
        selection=[
            ("key", "Key in this source"),
            ("number", "Number"),
            ("serial", "Serial number"),
            ("asset_tag", "Asset tag"),
            ("hostname", "Host name"),
            ("external_id", "External ID"),
            ("name", "Name"),
        ],
        string="Named By",
        required=True,
        default="key",
    )
    ends = fields.Boolean(
        string="Ends the Others",
        help="Relations that this source recorded and a row no longer names end today.",
    )

    @api.constrains("column", "type_id", "type_column")
    def _check_type(self):
        for line in self:
            if not line.type_id and not line.type_column:
                raise ValidationError(
                    self.env._(
                        "“%(column)s”: choose the relation, or the column that holds "
                        "it.",
                        column=line.column,
                    )
                )

    @api.constrains("ends", "type_column")
    def _check_ends(self):
        for line in self:
            if line.ends and line.type_column:
                raise ValidationError(
                    self.env._(
                        "“%(column)s”: a list with one row for each relation does not "
                        "say which others there are. Switch “Ends the Others” off.",
                        column=line.column,
                    )
                )
