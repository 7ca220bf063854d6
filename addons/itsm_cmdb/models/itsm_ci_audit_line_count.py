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
        if not self.ci_id.active:
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
                {"name": name, "label": what, "expected": old}
                for name, (what, old, _new) in zip(names, words, strict=True)
            ],
        }

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
