# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.properties import JsonValue
from .itsm_ci_audit import AUDITED
from .itsm_ci_history import PREFIX

RESULTS = [
    ("pending", "Not counted"),
    ("ok", "As expected"),
    ("different", "Different"),
    ("missing", "Missing"),
    ("unrecorded", "Not recorded"),
]


class ItsmCiAuditLine(models.Model):
    """What was expected of one configuration item, and what was found."""

    _name = "itsm.ci.audit.line"
    _description = "Audit: Configuration Item"
    _inherit = "itsm.evidence.mixin"
    _order = "audit_id desc, ci_id, id"
    _rec_name = "label"

    audit_id = fields.Many2one(
        comodel_name="itsm.ci.audit", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="restrict"
    )
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: found, but not recorded.",
    )
    # what it says depends on who reads: the texts below
    content = JsonValue(groups=fields.NO_ACCESS)
    result = fields.Selection(selection=RESULTS, required=True, default="pending")
    counted_by_id = fields.Many2one(comodel_name="res.users", ondelete="restrict")
    counted_at = fields.Datetime(string="Counted On")
    scanned = fields.Char(help="The code that was read, or typed, to find it.")
    found = fields.Char(
        string="Found Thing", help="What was found that is not recorded."
    )
    note = fields.Char()
    is_merged = fields.Boolean(
        string="Merged",
        help="It was merged while the audit was counted, and is counted with another.",
    )
    difference_ids = fields.One2many(
        comodel_name="itsm.ci.audit.difference", inverse_name="line_id"
    )
    is_audited = fields.Boolean(compute="_compute_is_audited")
    label = fields.Char(compute="_compute_texts")
    number = fields.Char(related="ci_id.number")
    class_name = fields.Char(string="Class", compute="_compute_texts")
    serial = fields.Char(string="Serial Number", compute="_compute_texts")
    asset_tag = fields.Char(compute="_compute_texts")
    hostname = fields.Char(string="Host Name", compute="_compute_texts")
    model_text = fields.Char(string="Model", compute="_compute_texts")
    place = fields.Char(string="Expected Place", compute="_compute_texts")
    used_by = fields.Char(compute="_compute_texts")

    _once = models.UniqueIndex(
        "(audit_id, ci_id) WHERE ci_id IS NOT NULL",
        "The audit has this configuration item already.",
    )
    _counted_idx = models.Index("(company_id, counted_at) WHERE counted_at IS NOT NULL")
    _audit_idx = models.Index("(audit_id, result)")

    @api.depends("result")
    def _compute_is_audited(self):
        for line in self:
            line.is_audited = line.result in AUDITED

    @api.depends("content", "found")
    @api.depends_context("lang", "uid")
    def _compute_texts(self):
        # sudo: of the content, what every reader of the CMDB may know
        contents = {line: line.sudo().content or {} for line in self}
        places = {
            ("itsm.ci", content["location_id"])
            for content in contents.values()
            if content.get("location_id")
        }
        people = {
            ("res.partner", content["user_partner_id"])
            for content in contents.values()
            if content.get("user_partner_id")
        }
        classes = {
            ("itsm.ci.class", content["class_id"])
            for content in contents.values()
            if content.get("class_id")
        }
        texts = self.env["itsm.ci"]._record_texts(places | people | classes)
        for line, content in contents.items():
            line.label = content.get("name") or line.found or ""
            line.class_name = texts.get(("itsm.ci.class", content.get("class_id")))
            line.serial = content.get("serial")
            line.asset_tag = content.get("asset_tag")
            line.hostname = content.get("hostname")
            line.model_text = content.get("model_name")
            line.place = texts.get(("itsm.ci", content.get("location_id")))
            line.used_by = texts.get(("res.partner", content.get("user_partner_id")))

    def _attribute_texts(self):
        """Attributes that were expected to have a value, in words: by id of a line."""
        rows = [
            {
                "ci_id": line.id,
                "attribute": f"{PREFIX}{code}",
                "old": None,
                "new": value,
            }
            for line in self
            # sudo: said as far as the user may know
            for code, value in (
                (line.sudo().content or {}).get("attributes") or {}
            ).items()
        ]
        words = self.env["itsm.ci"]._difference_words(rows)
        texts = dict.fromkeys(self.ids, "")
        for row, (what, _old, new) in zip(rows, words, strict=True):
            said = texts[row["ci_id"]]
            texts[row["ci_id"]] = f"{said}; {what}: {new}".removeprefix("; ")
        return texts

    # === Buttons ===

    def action_count_ok(self):
        """Note that these are as expected."""
        return self._count("ok")

    def action_count_missing(self):
        """Note that these are not there."""
        return self._count("missing")

    def _count(self, result):
        # browsed anew: read together, wherever they come from
        for audit, lines in self.browse(self.ids).grouped("audit_id").items():
            audit._count_lines(lines._counted_lines(), result)
        return True
