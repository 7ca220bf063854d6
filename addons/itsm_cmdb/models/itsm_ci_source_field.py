# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

#: What of a configuration item a source can say.
FIELDS = (
    *("name", "number", "version", "state", "environment", "criticality", "serial"),
    *("asset_tag", "hostname", "external_id", "model_name", "owner_id", "partner_id"),
    *("user_partner_id", "location_id", "supplier_id", "manufacturer_id"),
    *("purchase_date", "purchase_price", "warranty_end", "end_of_life"),
)
ATTRIBUTE = "attribute"


class ItsmCiSourceField(models.Model):
    """What a column of a source is, and whether it may change what is there."""

    _name = "itsm.ci.source.field"
    _description = "Column of a Source"
    _order = "sequence, id"
    _rec_name = "column"

    source_id = fields.Many2one(
        comodel_name="itsm.ci.source", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="source_id.company_id")
    sequence = fields.Integer(default=10)
    column = fields.Char(
        required=True, help="Its heading in the file, or its name in the interface."
    )
    target = fields.Selection(selection="_selection_target", string="Is", required=True)
    attribute_id = fields.Many2one(
        comodel_name="itsm.ci.attribute",
        index="btree_not_null",
        ondelete="restrict",
    )
    precedence = fields.Selection(
        selection=[
            ("owns", "This source owns it"),
            ("fills", "Fills it if empty"),
            ("never", "Never changes it"),
        ],
        required=True,
        default="owns",
        help="Of configuration items that are there already; a new one gets all "
        "columns.",
    )
    clears = fields.Boolean(
        string="Empty Clears",
        help="An empty cell removes the value, if the source owns it. Otherwise it "
        "leaves it as it is.",
    )
    default_value = fields.Char(
        string="If Empty", help="Taken for an empty cell of a new item."
    )
    value_ids = fields.One2many(
        comodel_name="itsm.ci.source.value",
        inverse_name="field_id",
        string="Translations",
        copy=True,
        help="What the source says, and what is meant.",
    )

    _target_uniq = models.UniqueIndex(
        "(source_id, target, COALESCE(attribute_id, 0))",
        "Two columns of a source cannot be the same attribute. Remove one.",
    )

    @api.model
    def _selection_target(self):
        items = self.env["itsm.ci"]
        return [
            *(
                (name, items._fields[name]._description_string(self.env))
                for name in FIELDS
            ),
            (ATTRIBUTE, self.env._("Attribute of the class")),
        ]

    @api.constrains("target", "attribute_id")
    def _check_target(self):
        for line in self:
            if line.target == ATTRIBUTE and not line.attribute_id:
                raise ValidationError(
                    self.env._(
                        "“%(column)s”: choose the attribute that it is.",
                        column=line.column,
                    )
                )
            if line.target != ATTRIBUTE and line.attribute_id:
                raise ValidationError(
                    self.env._(
                        "“%(column)s” is no attribute of a class: leave the attribute "
                        "empty.",
                        column=line.column,
                    )
                )

    # not a constraint: those are checked with all rights
    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_may_write(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_may_write(vals)
        return super().write(vals)

    @api.model
    def _check_may_write(self, vals):
        items = self.env["itsm.ci"]
        field = items._fields.get(vals.get("target"))
        if field and not items._has_field_access(field, "write"):
            raise AccessError(
                self.env._(
                    "You may not write “%(field)s”: who may, adds the column.",
                    field=field._description_string(self.env),
                )
            )

    def _target(self):
        """What it writes: a field's name, or a code behind ``attributes.``."""
        self.ensure_one()
        if self.target == ATTRIBUTE:
            return f"attributes.{self.attribute_id.code}"
        return self.target

    def _kind(self):
        self.ensure_one()
        if self.target == ATTRIBUTE:
            return self.attribute_id.kind
        return self.env["itsm.ci"]._fields[self.target].type

    def _label(self):
        self.ensure_one()
        if self.target == ATTRIBUTE:
            return self.attribute_id.name
        return self.env["itsm.ci"]._fields[self.target]._description_string(self.env)


class ItsmCiSourceValue(models.Model):
    """A word of the source, and the word that is meant: no code."""

    _name = "itsm.ci.source.value"
    _description = "Translation of a Value of a Source"
    _order = "field_id, name"

    field_id = fields.Many2one(
        comodel_name="itsm.ci.source.field",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="field_id.source_id.company_id")
    name = fields.Char(string="The Source Says", required=True)
    value = fields.Char(
        string="Meant Is", help="Code or name of the choice. Empty: no value."
    )

    _name_uniq = models.Constraint(
        "UNIQUE(field_id, name)", "This value has a translation already."
    )
