# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.itsm_base.tools import guard

from .itsm_improvement_plan import MEASURED


class ItsmImprovementPlanRevision(models.Model):
    """What a plan said whenever it was started; never changed (SLM-50)."""

    _name = "itsm.improvement.plan.revision"
    _description = "Revision of an Improvement Plan"
    _inherit = ["itsm.evidence.mixin"]
    _order = "plan_id, number desc"

    plan_id = fields.Many2one(
        comodel_name="itsm.improvement.plan",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="plan_id.company_id", store=True, precompute=True
    )
    number = fields.Integer(readonly=True, aggregator=None)
    reason = fields.Char(readonly=True)
    taken_at = fields.Datetime(string="Started on", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Started by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    content = fields.Json(
        string="Content as Kept", readonly=True, help="Text by name of the field."
    )
    digest = fields.Char(string="SHA-256", readonly=True)
    is_altered = fields.Boolean(
        string="Altered",
        compute="_compute_is_altered",
        help="The content is no longer what was kept.",
    )
    content_text = fields.Text(string="Content", compute="_compute_content_text")

    _number_uniq = models.Constraint(
        "UNIQUE(plan_id, number)", "The plan has a revision of this number already."
    )

    @api.depends("content", "digest")
    def _compute_is_altered(self):
        for revision in self:
            revision.is_altered = revision.digest != self._digest(revision.content)

    @api.depends("content")
    @api.depends_context("lang")
    def _compute_content_text(self):
        plans = self.env["itsm.improvement.plan"]
        for revision in self:
            revision.content_text = "\n".join(
                f"{plans._fields[name]._description_string(self.env)}: {text}"
                for name, text in (revision.content or {}).items()
                if text and name in plans._fields
            )

    @api.model
    def _take(self, plans):
        """Keep what each plan says now."""
        vals_list = []
        for plan in plans:
            content = self._content(plan)
            vals_list.append(
                {
                    "plan_id": plan.id,
                    "number": plan.revision,
                    "reason": plan.revision_reason,
                    "taken_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "content": content,
                    "digest": self._digest(content),
                }
            )
        # sudo: nobody has the right to write evidence
        return guard.with_token(self).sudo().create(vals_list)

    @api.model
    def _content(self, plan):
        """What was agreed, as plain text by field; in no language."""
        # sudo: what it is about is named whatever the reader may see later
        plan = plan.sudo().with_context(lang=None)
        content = {"name": plan.name, "owner_id": plan.owner_id.name}
        for name in sorted(MEASURED | {"value_before"}):
            field, value = plan._fields[name], plan[name]
            if field.type == "many2one":
                text = value.display_name or ""
            elif field.type == "html":
                text = html2plaintext(value or "").strip()
            elif field.type == "date":
                text = fields.Date.to_string(value) or ""
            elif field.type == "float":
                text = repr(value)
            else:
                text = value or ""
            content[name] = text
        content["action_ids"] = "; ".join(
            f"{action.name} ({action.owner_id.name}, {action.due_date})"
            for action in plan.action_ids.sorted("id")
        )
        return content

    @api.model
    def _digest(self, content):
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()
