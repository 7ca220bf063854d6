# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError

from ..tools.properties import is_empty


class ItsmCiClass(models.Model):
    """The attributes of a class: its own and those of the classes above it."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    definition = fields.PropertiesDefinition(
        string="All Attributes",
        compute="_compute_definition",
        store=True,
        recursive=True,
        readonly=True,
        copy=False,
        export_string_translation=False,
    )

    @api.depends(
        "parent_id.definition",
        "attribute_ids.code",
        "attribute_ids.kind",
        "attribute_ids.unit",
        "attribute_ids.comodel",
        "attribute_ids.default_value",
        "attribute_ids.sequence",
        "attribute_ids.active",
        "attribute_ids.name",
        "attribute_ids.option_ids.code",
        "attribute_ids.option_ids.name",
        "attribute_ids.option_ids.sequence",
        "attribute_ids.option_ids.active",
    )
    def _compute_definition(self):
        for ci_class in self.with_context(lang="en_US"):
            own = ci_class.attribute_ids.filtered("active").sorted()
            ci_class.definition = [
                *(ci_class.parent_id.definition or []),
                *(attribute._definition() for attribute in own),
            ]

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_definition_untouched(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_definition_untouched(vals)
        before = {}
        if "parent_id" in vals:
            before = {ci_class: ci_class._attribute_map() for ci_class in self}
        result = super().write(vals)
        for ci_class, known in before.items():
            ci_class._check_values_kept(known)
        return result

    def _check_values_kept(self, known):
        """Refuse another class above if configuration items lose values by it.

        :param dict known: what `_attribute_map` was before
        :raise UserError: naming an attribute that has values
        """
        kept = self._attribute_map()
        # sudo: configuration items of all companies count
        items = self.env["itsm.ci"].sudo().with_context(active_test=False)
        lost = [attribute for code, attribute in known.items() if code not in kept]
        if not lost:
            return
        for item in items.search([("class_id", "child_of", self.ids)]):
            values = item._raw_attributes()
            for attribute in lost:
                if not is_empty(values.get(attribute.code)):
                    raise UserError(
                        self.env._(
                            "There “%(ci_class)s” would lose the attribute "
                            "%(attribute)s, of which %(ci)s has a value. Give the "
                            "attribute to a class above both first.",
                            ci_class=self.name,
                            attribute=attribute.name,
                            ci=item.name,
                        )
                    )

    @api.model
    def _check_definition_untouched(self, vals):
        """What is computed here is nobody's to write: Odoo's form would."""
        if "definition" in vals:
            raise AccessError(
                self.env._(
                    "Attributes are kept on the class, one line each: CMDB → CI "
                    "Classes → Attributes."
                )
            )

    @tools.ormcache("self.id", "lang")
    def _definition_json(self, lang):
        """The definition in a language, as a tuple of dicts that nobody changes."""
        # sudo: what a class asks of its CIs is no secret to who reads one
        ci_class = self.sudo().with_context(lang=lang)
        # by code: an archived attribute of the class does not count
        attributes = ci_class._path().attribute_ids.filtered("active")
        shown = {attribute.code: attribute for attribute in attributes}
        return tuple(
            shown[item["name"]]._definition()
            for item in ci_class.definition
            if item["name"] in shown
        )

    def _definition_in(self, lang):
        """The effective definition with the words of a language.

        :param str lang: code of a language
        :return: list of dicts as Odoo's properties have them
        """
        if not self.id or not isinstance(self.id, int):
            return self.definition
        return [dict(item) for item in self._definition_json(lang)]

    @tools.ormcache("self.id")
    def _required_codes(self):
        """Codes of the attributes without which an item is incomplete, as a tuple."""
        return tuple(
            code
            for code, attribute in self._attribute_map().items()
            if attribute.required and attribute.active and attribute.kind != "boolean"
        )

    def _attribute_map(self):
        """``{code: itsm.ci.attribute}`` of the class and those above, archived too."""
        self.ensure_one()
        # sudo: see above
        attributes = self.sudo().with_context(active_test=False)._path().attribute_ids
        return {attribute.code: attribute for attribute in attributes}
