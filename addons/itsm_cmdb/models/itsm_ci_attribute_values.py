# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import contextlib

from odoo import api, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import WrongValueError, is_empty, plain, same

#: In the context: who changes the class has seen which values that costs.
LOSS_SEEN = "itsm_ci_loss_seen"
SHOWN = 5
#: What only the system writes.
FIXED = frozenset({"number", "origin", "service_id"})


class ItsmCi(models.Model):
    """Values of attributes: merged, checked, kept over a change of class."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    # === What is kept ===

    def _raw_attributes(self):
        """``{code: value}`` as stored, those of archived attributes too."""
        self.ensure_one()
        return self.attributes._values or {}

    def _attributes_of_class(self):
        """Values that fit the present class, and its defaults for the rest."""
        self.ensure_one()
        ci_class = self.class_id
        if not ci_class:
            return {}
        known = ci_class._attribute_map()
        values = {
            code: value
            for code, value in (self._raw_attributes()).items()
            if code in known
        }
        for definition in ci_class.definition or ():
            if "default" in definition:
                values.setdefault(definition["name"], definition["default"])
        return values

    def _fitting_attributes(self):
        """What another of the same class may have: values that still fit it."""
        self.ensure_one()
        known = self.class_id._attribute_map()
        values = {}
        for code, value in self._raw_attributes().items():
            if code in known and known[code].active:
                with contextlib.suppress(WrongValueError):
                    values[code] = known[code]._check_value(value)
        return values

    @api.model
    @api.readonly
    def get_property_definition(self, full_name):
        """The definition of an attribute, in the user's language.

        Odoo's own looks it up in the column of the class by the name “definition”,
        which is the column's as well, and finds none.

        :param str full_name: attributes.CODE
        :rtype: dict
        """
        field_name, _dot, code = full_name.partition(".")
        if field_name != "attributes":
            return super().get_property_definition(full_name)
        self.browse().check_access("read")
        # sudo: what a class asks of its CIs is no secret to who reads one
        attribute = self.env["itsm.ci.attribute"].sudo().search([("code", "=", code)])
        return attribute._definition() if attribute else {}

    # === Create ===

    @api.model
    def _prepare_attributes(self, vals_list):
        """Check what was given; defaults come from the class. Changes *vals_list*."""
        classes = self.env["itsm.ci.class"]
        seen = {}
        for vals in vals_list:
            given = self._plain_attributes(vals.get("attributes"))
            ci_class = classes.browse(vals.get("class_id"))
            if not ci_class:
                continue
            values = self._checked_attributes(ci_class, given, seen)
            defaults = {
                definition["name"]: definition["default"]
                for definition in ci_class.sudo().definition or ()  # sudo: rules
                if "default" in definition
            }
            # a form sends every attribute; only what has a default says more by “none”
            vals["attributes"] = {
                code: value
                for code, value in {**defaults, **values}.items()
                if not is_empty(value) or code in defaults
            }

    # === Write ===

    def write(self, vals):
        if FIXED & vals.keys() and not guard.has_token(self.env):
            vals = self._without_fixed(vals)
        if "class_id" in vals:
            self._check_loss(vals["class_id"])
        if "attributes" not in vals:
            return super().write(vals)
        given = self._plain_attributes(vals["attributes"])
        rest = {name: value for name, value in vals.items() if name != "attributes"}
        result = super().write(rest) if rest else True
        seen = {}
        same = {}
        for ci_class, items in self.grouped("class_id").items():
            values = self._checked_attributes(ci_class, given, seen, current=items)
            for item in items:
                merged = {**item._raw_attributes(), **values}
                key = repr(sorted(merged.items()))
                same.setdefault((ci_class, key), (merged, []))[1].append(item.id)
        for merged, ids in same.values():
            super(ItsmCi, self.browse(ids)).write({"attributes": merged})
        return result

    def _without_fixed(self, vals):
        """Number, origin and service are the system's: a write of the same passes."""
        vals = dict(vals)
        for name in FIXED & vals.keys():
            value = vals.pop(name)
            field = self._fields[name]
            if any(field.convert_to_write(i[name], i) != value for i in self):
                raise UserError(
                    self.env._(
                        "“%(field)s” of a configuration item stays as it is.",
                        field=field._description_string(self.env),
                    )
                )
        return vals

    def _plain_attributes(self, value):
        try:
            return plain(value)
        except (ValueError, TypeError) as error:
            raise ValidationError(
                self.env._("Attributes are given as a dictionary of code and value.")
            ) from error

    def _checked_attributes(self, ci_class, given, seen, current=None):
        """*given* as it is kept.

        A value that the items have already is not judged again: a choice or a rule may
        have changed since.

        :param dict given: ``{code: value}``
        :param dict seen: shared by calls of one batch; records that were looked up
        :param current: items that the values are for, all of the class
        :raise ValidationError: naming each attribute that does not fit
        """
        if not given:
            return {}
        known = ci_class._attribute_map()
        values = {}
        problems = []

        def exists(model_name, record_id):
            key = model_name, record_id
            if key not in seen:
                # what the user cannot see, he cannot point to
                record = self.env[model_name].browse(record_id).exists()
                seen[key] = bool(record) and record.has_access("read")
            return seen[key]

        raw = [item._raw_attributes() for item in current or ()]
        for code, value in given.items():
            attribute = known.get(code)
            if raw and all(same(values_of.get(code), value) for values_of in raw):
                continue
            if not attribute:
                if is_empty(value):
                    # an empty cell of a file with items of several classes
                    continue
                problems.append(
                    self.env._(
                        "%(ci_class)s has no attribute “%(code)s”",
                        ci_class=ci_class.name,
                        code=code,
                    )
                )
                continue
            try:
                values[code] = attribute._check_value(value, exists)
            except WrongValueError as error:
                problems.append(
                    self.env._(
                        "%(attribute)s: %(problem)s, not “%(value)s”",
                        attribute=attribute.name,
                        problem=error.said(self.env),
                        value=str(value),
                    )
                )
        if problems:
            raise ValidationError("\n".join(problems[:SHOWN]))
        return values

    # === Change of class ===

    def _lost_attributes(self, ci_class):
        """What a change to *ci_class* costs; nothing while none is chosen.

        :return: ``{item: [itsm.ci.attribute, …]}`` of those that lose a value
        """
        if not ci_class:
            return {}
        kept = ci_class._attribute_map()
        lost = {}
        for item in self:
            if item.class_id == ci_class:
                continue
            known = item.class_id._attribute_map()
            gone = [
                known[code]
                for code, value in item._raw_attributes().items()
                if code in known and code not in kept and not is_empty(value)
            ]
            if gone:
                lost[item] = gone
        return lost

    def _check_loss(self, class_id):
        """Refuse a class that drops values unless the caller says it knows them."""
        if self.env.context.get(LOSS_SEEN):
            return
        ci_class = self.env["itsm.ci.class"].browse(class_id)
        lost = self._lost_attributes(ci_class)
        for item, attributes in lost.items():
            raise UserError(
                self.env._(
                    "%(name)s would lose what %(ci_class)s does not have: "
                    "%(attributes)s. Use “Change class”, which shows it first.",
                    name=item.name,
                    ci_class=ci_class.name,
                    attributes=", ".join(a.name for a in attributes),
                )
            )
