# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import ast
import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL

from ..tools.properties import WRONG, WrongValueError, checked
from .itsm_ci_class import CODE

KINDS = [
    ("char", "Text"),
    ("text", "Long text"),
    ("integer", "Whole number"),
    ("float", "Decimal number"),
    ("boolean", "Yes or no"),
    ("date", "Date"),
    ("datetime", "Date and time"),
    ("selection", "One of the choices"),
    ("tags", "Some of the choices"),
    ("many2one", "Record"),
]
#: What an attribute may point to: what a company has anyway.
RECORDS = [
    ("res.partner", "Contact"),
    ("res.users", "User"),
    ("itsm.ci", "Configuration item"),
]


class ItsmCiAttribute(models.Model):
    """One attribute of a class, which a configuration manager adds without code."""

    _name = "itsm.ci.attribute"
    _description = "Attribute of a CI Class"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin", "itsm.ci.definition.mixin"]
    _order = "class_id, sequence, id"

    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        required=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="For imports and interfaces: small letters, digits and underscores. One "
        "code is one attribute, whatever the class.",
    )
    kind = fields.Selection(
        selection=KINDS, string="Type", required=True, default="char"
    )
    comodel = fields.Selection(
        selection=RECORDS, string="Kind of Record", help="What it points to."
    )
    unit = fields.Char(translate=True, help="Shown behind the value, for example GB.")
    pattern = fields.Char(
        string="Rule",
        help="Regular expression that a whole text must match.",
    )
    default_value = fields.Char(
        string="Default",
        help="What new configuration items have; the code of a choice; yes-or-no: 1.",
    )
    required = fields.Boolean(
        help="Without it a configuration item counts as incomplete; it cannot be taken "
        "into use."
    )
    is_controlled = fields.Boolean(
        string="Under Control",
        default=True,
        help="In classes under control it changes only with an authorisation.",
    )
    option_ids = fields.One2many(
        comodel_name="itsm.ci.attribute.option",
        inverse_name="attribute_id",
        string="Choices",
        copy=True,
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)",
        "Another attribute has this code, perhaps an archived one. Give the attribute "
        "to a class above both, or choose a different code.",
    )

    # === Rules ===

    @api.constrains("code")
    def _check_code(self):
        for attribute in self:
            if not CODE.fullmatch(attribute.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” cannot be the code of an attribute: begin with a "
                        "small letter, then small letters, digits and underscores.",
                        code=attribute.code,
                    )
                )

    @api.constrains("kind", "comodel")
    def _check_kind(self):
        for attribute in self:
            if attribute.kind == "many2one" and not attribute.comodel:
                raise ValidationError(
                    self.env._(
                        "%(name)s: say what kind of record it points to.",
                        name=attribute.name,
                    )
                )

    @api.constrains("default_value", "kind", "option_ids", "comodel", "pattern")
    def _check_default(self):
        for attribute in self:
            try:
                re.compile(attribute.pattern or "")
                attribute._check_value(attribute._default())
            except WrongValueError as error:
                problem = error.said(self.env)
            except re.error as error:
                problem = error
            else:
                continue
            raise ValidationError(
                self.env._(
                    "%(name)s: %(problem)s", name=attribute.name, problem=problem
                )
            )

    # === CRUD ===

    def write(self, vals):
        fixed = {"code", "kind", "comodel", "class_id"} & vals.keys()
        changed = self.filtered(
            lambda attribute: any(
                attribute._fields[name].convert_to_write(attribute[name], attribute)
                != vals[name]
                for name in fixed
            )
        )
        used = changed._archive_kept()
        if used:
            raise UserError(
                self.env._(
                    "%(name)s has values: its code, type and class stay. Archive it "
                    "and make another attribute.",
                    name=used[0].name,
                )
            )
        return super().write(vals)

    def _archive_kept(self):
        """Those that some configuration item has a value of, now or in its history."""
        return self.filtered(lambda attribute: attribute._has_values())

    def _has_values(self):
        self.ensure_one()
        items = self.env["itsm.ci"]
        history = self.env["itsm.ci.history"]
        items.flush_model(["attributes"])
        found = self.env.execute_query(
            SQL(
                """SELECT EXISTS (SELECT FROM %(ci)s WHERE attributes ? %(code)s
                    AND attributes -> %(code)s
                    NOT IN ('null', 'false', '""', '[]'))
                OR EXISTS (SELECT FROM %(history)s WHERE attribute = %(name)s)""",
                ci=SQL.identifier(items._table),
                history=SQL.identifier(history._table),
                code=self.code,
                name=f"attributes.{self.code}",
            )
        )
        return found[0][0]

    # === What others ask ===

    def _default(self):
        """The default as a value of the attribute's type, ``False`` for none.

        :raise WrongValueError: the text is none
        """
        self.ensure_one()
        text = (self.default_value or "").strip()
        if not text:
            return False
        if self.kind == "tags":
            return [part.strip() for part in text.split(",") if part.strip()]
        if self.kind == "boolean":
            if text not in ("0", "1"):
                raise WrongValueError(self.env._("1 or 0 is wanted"))
            return text == "1"
        if self.kind in ("integer", "float", "many2one"):
            try:
                return ast.literal_eval(text)
            except (ValueError, SyntaxError, TypeError) as error:
                raise WrongValueError(WRONG[self.kind]) from error
        return text

    def _definition(self):
        """This attribute as Odoo's properties define one."""
        self.ensure_one()
        definition = {"name": self.code, "type": self.kind, "string": self.name}
        if self.unit:
            definition["suffix"] = self.unit
        if self.kind == "many2one":
            definition["comodel"] = self.comodel
        options = self.option_ids.filtered("active").sorted()
        if self.kind == "selection":
            definition["selection"] = [[o.code, o.name] for o in options]
        elif self.kind == "tags":
            definition["tags"] = [[o.code, o.name, o.color] for o in options]
        if self.default_value:
            definition["default"] = self._default()
        return definition

    def _check_value(self, value, exists=None):
        """The value as it is kept.

        :param value: what somebody gave
        :param exists: function of model name and id; default: asks the database
        :raise WrongValueError: with what is wrong, for people
        """
        self.ensure_one()
        value = checked(self._definition(), value, exists or self._record_exists)
        text = value if isinstance(value, str) else ""
        if text and self.pattern and self.kind in ("char", "text"):
            if not re.fullmatch(self.pattern, text):
                raise WrongValueError(
                    self.env._("does not fit the rule %(rule)s", rule=self.pattern)
                )
        return value

    def _record_exists(self, model_name, record_id):
        return bool(self.env[model_name].browse(record_id).exists())
