# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from .itsm_ci_audit_count import LONGEST
from .itsm_ci_history import PREFIX

#: What is looked at in a stocktaking, and what else in a configuration audit.
STOCK = ("location_id", "user_partner_id", "state", "serial", "asset_tag")
MORE = (
    *("hostname", "version", "model_name", "manufacturer_id", "environment"),
    *("owner_id", "class_id", "name"),
)


class ItsmCiAuditLine(models.Model):
    """What the screen for counting shows of a line."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit.line"

    def _count_row(self):
        labels = dict(self._fields["result"]._description_selection(self.env))
        return {
            "id": self.id,
            "label": self.label,
            "number": self.number or "",
            "place": self.place or "",
            "result": self.result,
            "result_label": labels[self.result],
        }

    def _count_fields(self):
        """Fields and attributes that are compared of this line, as differences have
        them.

        :rtype: list[str]
        """
        self.ensure_one()
        if self.audit_id.kind == "stocktaking":
            return list(STOCK)
        item = self.ci_id
        # sudo: what a class asks is no secret
        own = [f"{PREFIX}{d['name']}" for d in item.class_id.sudo().definition or ()]
        return [*STOCK, *MORE, *own]

    def _expected(self, name):
        # sudo: said as far as the user may know
        content = self.sudo().content or {}
        if name.startswith(PREFIX):
            return (content.get("attributes") or {}).get(name.removeprefix(PREFIX))
        return content.get(name)

    def _count_card(self):
        """What is expected of the line, in words."""
        self.ensure_one()
        names = self._count_fields()
        rows = [
            {
                "ci_id": self.ci_id.id,
                "attribute": name,
                "old": self._expected(name),
                "new": None,
            }
            for name in names
        ]
        words = self.env["itsm.ci"]._difference_words(rows)
        message = ""
        merged = self.ci_id.merged_into_id
        if merged:
            message = self.env._(
                "It was merged after the snapshot: what you count here is %(name)s.",
                name=self.ci_id._stands_for().display_name,
            )
        elif not self.ci_id.active:
            message = self.env._(
                "It was archived after the snapshot. Note what you see; the owner "
                "explains it."
            )
        return {
            **self._count_row(),
            "class": self.class_name or "",
            "message": message,
            "note": self.note or "",
            "fields": [
                {
                    "name": name,
                    "label": what,
                    "expected": old,
                    "choices": self._count_choices(name),
                    "is_reference": bool(self._count_comodel(name)),
                }
                for name, (what, old, _new) in zip(names, words, strict=True)
            ],
        }

    def _count_attribute(self, name):
        """The attribute that a field of the card is, or nothing."""
        code = name.removeprefix(PREFIX)
        # sudo: what a class asks is no secret
        known = self.ci_id.class_id.sudo()._attribute_map() if code != name else {}
        return known.get(code)

    def _count_choices(self, name):
        """What can be found of a field that has a choice, in words; else empty.

        :rtype: list[str]
        """
        self.ensure_one()
        attribute = self._count_attribute(name)
        if attribute:
            if attribute.kind != "selection":
                return []
            options = attribute.option_ids.with_env(
                attribute.option_ids.env(context=self.env.context)
            )
            return options.mapped("name")
        field = self.env["itsm.ci"]._fields.get(name)
        if field is None or field.type != "selection":
            return []
        return [label for _value, label in field._description_selection(self.env)]

    def _count_comodel(self, name):
        """The model that a field of the card refers to, or nothing."""
        attribute = self._count_attribute(name)
        if attribute:
            return attribute.comodel if attribute.kind == "many2one" else None
        field = self.env["itsm.ci"]._fields.get(name)
        return field.comodel_name if field and field.type == "many2one" else None

    def _unknown_text(self, name, found):
        """Why a text names nothing that is recorded; empty if it does, or is no name.

        Only what the user may read is looked at.

        :param str name: a field as differences have it
        :param str found: what was seen
        :rtype: str
        """
        self.ensure_one()
        found = found.strip()
        comodel = self._count_comodel(name)
        if not comodel or not found or not self.env[comodel].has_access("read"):
            return ""
        records = self.env[comodel].browse(
            [key for key, _name in self.env[comodel].name_search(found, limit=50)]
        )
        names = {}
        for record in records:
            names[record.display_name] = {record.display_name.casefold()}
            if record._rec_name:
                text = str(record[record._rec_name] or "")
                names[record.display_name].add(text.casefold())
        if any(found.casefold() in known for known in names.values()):
            return ""
        if names:
            return self.env._(
                "“%(found)s” is not known here. Do you mean: %(names)s? Press Note "
                "What Differs again to note it as written.",
                found=found,
                names=", ".join(list(names)[:5]),
            )
        return self.env._(
            "“%(found)s” is not known here. Press Note What Differs again to note it "
            "as written.",
            found=found,
        )

    def _checked_differences(self, differences):
        """What a client said that differs, as rows of differences.

        :raise UserError: nothing differs, or a field that is not compared
        """
        self.ensure_one()
        names = self._count_fields()
        rows = []
        for name, found in (differences or {}).items():
            if name not in names or not isinstance(found, str):
                raise UserError(self.env._("This is not a part of the audit."))
            choices = self._count_choices(name) if found.strip() else []
            if choices and found.strip() not in choices:
                raise UserError(
                    self.env._(
                        "“%(found)s” is none of: %(choices)s.",
                        found=found.strip()[:LONGEST],
                        choices=", ".join(choices),
                    )
                )
            if found.strip():
                rows.append(
                    {
                        "attribute": name,
                        "expected": self._expected(name),
                        "found": found.strip()[:LONGEST],
                    }
                )
        if not rows:
            raise UserError(self.env._("Say what differs, and what you found."))
        return rows
