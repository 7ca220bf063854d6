# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.properties import JsonValue
from .itsm_ci_history import PREFIX
from .itsm_ci_record import RELATION


class ItsmCiBaselineLine(models.Model):
    """One configuration item of a baseline: its values and relations as stored."""

    _name = "itsm.ci.baseline.line"
    _description = "Baseline: Configuration Item"
    _inherit = "itsm.evidence.mixin"
    _order = "baseline_id desc, ci_id"
    _rec_name = "ci_id"

    baseline_id = fields.Many2one(
        comodel_name="itsm.ci.baseline", required=True, ondelete="restrict"
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Char(related="ci_id.number")
    class_id = fields.Many2one(related="ci_id.class_id", string="Class Now")
    # what it says depends on who reads: the texts below
    content = JsonValue(required=True, groups=fields.NO_ACCESS)
    kept_name = fields.Char(string="Name Then", compute="_compute_kept_name")
    text = fields.Text(
        string="As It Was", compute="_compute_text", help="Fields that had a value."
    )

    _once = models.UniqueIndex(
        "(baseline_id, ci_id)", "The baseline has this configuration item already."
    )

    @api.depends("content")
    def _compute_kept_name(self):
        for line in self:
            # sudo: of the content only the name
            line.kept_name = line.sudo().content.get("name")

    @api.depends("content")
    @api.depends_context("lang", "tz", "uid")
    def _compute_text(self):
        items = self.env["itsm.ci"]
        for line in self:
            rows = [
                {"ci_id": line.ci_id.id, "attribute": name, "old": None, "new": value}
                # sudo: said below as far as the user may know
                for name, value in line._flat(line.sudo().content)
                if value not in (None, False, "")
            ]
            words = items._difference_words(rows)
            line.text = "\n".join(f"{what}: {new}" for what, _old, new in words)

    @api.model
    def _flat(self, content):
        """Fields, attributes and relations of a content, one after the other."""
        for name, value in content.items():
            if name == "attributes":
                for code, given in value.items():
                    yield f"{PREFIX}{code}", given
            elif name == "relations":
                for relation in value:
                    yield RELATION, relation
            else:
                yield name, value
