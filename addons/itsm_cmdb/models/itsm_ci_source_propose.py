# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from odoo.addons.itsm_base.tools.text_file import word

from ..tools.ci_rows import heading
from .itsm_ci_source_field import ATTRIBUTE, FIELDS

#: Fields that identify alone, in the order in which they are tried.
ALONE = ("number", "serial", "asset_tag", "external_id", "hostname")


class ItsmCiSource(models.Model):
    """What the columns of a file probably are, by their names."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.source"

    def _propose_columns(self, columns):
        """Add columns that are called as fields or attributes are, and keys for them.

        :param list columns: headings of a file
        """
        self.ensure_one()
        meanings = self._column_meanings()
        classes = self._class_words()
        taken = {line._target() for line in self.field_ids}
        named = {heading(line.column) for line in self.field_ids}
        vals_list = []
        for place, column in enumerate(columns):
            if word(column) in classes and not self.class_column:
                self.class_column = column
                continue
            meaning = meanings.get(word(column))
            if not meaning or heading(column) in named:
                continue
            target, attribute = meaning
            name = f"attributes.{attribute.code}" if attribute else target
            if name in taken:
                continue
            taken.add(name)
            vals_list.append(
                {
                    "source_id": self.id,
                    "sequence": 10 + place,
                    "column": column,
                    "target": target,
                    "attribute_id": attribute and attribute.id,
                    "precedence": "never" if target == "number" else "owns",
                }
            )
        self.env["itsm.ci.source.field"].create(vals_list)
        if not self.key_ids and not self.key_column:
            self._propose_keys()
        self._propose_relations(columns)

    def _propose_keys(self):
        lines = {line.target: line for line in self.field_ids}
        keys = [
            {"field_ids": lines[name].ids, "same_class": False}
            for name in ALONE
            if name in lines
        ]
        if "name" in lines:
            keys.append({"field_ids": lines["name"].ids, "same_class": True})
        self.env["itsm.ci.source.key"].create(
            [
                {**vals, "source_id": self.id, "sequence": 10 * place}
                for place, vals in enumerate(keys, start=1)
            ]
        )

    def _propose_relations(self, columns):
        """Columns that are called as a relation is, either way."""
        taken = {heading(line.column) for line in self.relation_ids}
        taken |= {heading(line.column) for line in self.field_ids}
        targets = set(self.field_ids.mapped("target"))
        match = "hostname" if "hostname" in targets else "name"
        kinds = self.env["itsm.ci.relation.type"].search([("active", "=", True)])
        words = {}
        for env in self._languages():
            for kind in kinds.with_env(env):
                words.setdefault(word(kind.inverse_name), (kind.id, "target"))
        for env in self._languages():
            for kind in kinds.with_env(env):
                words[word(kind.name)] = kind.id, "source"
        self.env["itsm.ci.source.relation"].create(
            [
                {
                    "source_id": self.id,
                    "column": column,
                    "type_id": words[word(column)][0],
                    "end": words[word(column)][1],
                    "match": match,
                }
                for column in columns
                if word(column) in words and heading(column) not in taken
            ]
        )

    def _languages(self):
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return [self.env(context={"lang": code}) for code in {"en_US", *codes}]

    def _column_meanings(self):
        """``{word: (target, attribute or None)}``; words of several mean nothing."""
        found, twice = {}, set()

        def add(text, meaning):
            key = word(text)
            if found.setdefault(key, meaning) != meaning:
                twice.add(key)

        attributes = self.env["itsm.ci.attribute"].search([("active", "=", True)])
        for env in self._languages():
            for attribute in attributes.with_env(env):
                meaning = ATTRIBUTE, attributes.browse(attribute.id)
                add(attribute.name, meaning)
                add(f"{attribute.name} ({attribute.code})", meaning)
        for key in twice:
            del found[key]
        for attribute in attributes:
            found[word(attribute.code)] = ATTRIBUTE, attribute
        # what every item has counts before what a class adds
        for env in self._languages():
            for name in FIELDS:
                field = env["itsm.ci"]._fields[name]
                if env["itsm.ci"]._has_field_access(field, "write"):
                    found[word(field._description_string(env))] = name, None
        return found | {word(name): (name, None) for name in FIELDS}

    def _class_words(self):
        field = self.env["itsm.ci"]._fields["class_id"]
        words = {word(field._description_string(env)) for env in self._languages()}
        return words | {"class", "ciclass"}
