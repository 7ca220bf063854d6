# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.tools import html2plaintext

from odoo.addons.itsm_base.tools import guard


class ItsmLevelRequirementBaseline(models.Model):
    """What a requirement said when it was baselined; never changed (SLM-29)."""

    _name = "itsm.level.requirement.baseline"
    _description = "Baseline of a Requirement"
    _inherit = ["itsm.evidence.mixin"]
    _order = "requirement_id, number desc"

    requirement_id = fields.Many2one(
        comodel_name="itsm.level.requirement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(related="requirement_id.company_id")
    number = fields.Integer(readonly=True, aggregator=None)
    taken_at = fields.Datetime(string="Taken on", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    content = fields.Json(
        string="Content as Kept", readonly=True, help="Text by name of the field."
    )
    money = fields.Json(
        string="Cost as Kept",
        readonly=True,
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
        help="Text by name of the field, of what only those see who may see the cost. "
        "Empty on baselines that were taken before the cost was part of them.",
    )
    digest = fields.Char(
        string="SHA-256",
        readonly=True,
        help="Of the content and the cost, when it was taken.",
    )
    is_altered = fields.Boolean(
        string="Altered",
        compute="_compute_is_altered",
        help="The content is no longer what was baselined.",
    )
    content_text = fields.Text(string="Content", compute="_compute_content_text")
    difference = fields.Text(
        string="Changed since the Baseline before",
        compute="_compute_difference",
    )

    _number_uniq = models.Constraint(
        "UNIQUE(requirement_id, number)",
        "The requirement has a baseline of this number already.",
    )

    @api.depends("requirement_id", "number")
    def _compute_display_name(self):
        for baseline in self:
            baseline.display_name = self.env._(
                "%(requirement)s, baseline %(number)s",
                requirement=baseline.requirement_id.display_name,
                number=baseline.number,
            )

    @api.depends("content", "money", "digest")
    def _compute_is_altered(self):
        for baseline in self.sudo():  # sudo: the cost is part of what was taken
            kept = {**(baseline.content or {}), **(baseline.money or {})}
            baseline.is_altered = baseline.digest != self._digest(kept)

    @api.depends("content", "money")
    @api.depends_context("uid", "lang")
    def _compute_content_text(self):
        for baseline in self:
            baseline.content_text = "\n".join(
                f"{label}: {text}" for label, text in baseline._labelled_content()
            )

    @api.depends("content", "money", "requirement_id.baseline_ids")
    @api.depends_context("uid", "lang")
    def _compute_difference(self):
        for baseline in self:
            before = baseline.requirement_id.baseline_ids.filtered(
                lambda other, number=baseline.number: other.number == number - 1
            )
            baseline.difference = (
                self._compare(before._labelled_content(), baseline._labelled_content())
                if before
                else False
            )

    # === Taking ===

    @api.model
    def _take(self, requirements):
        """Take a baseline of each requirement.

        :return: the new baselines
        """
        now = fields.Datetime.now()
        vals_list = []
        for requirement in requirements:
            content, money = self._content(requirement), self._money(requirement)
            vals_list.append(
                {
                    "requirement_id": requirement.id,
                    "number": max(requirement.baseline_ids.mapped("number"), default=0)
                    + 1,
                    "taken_at": now,
                    "user_id": self.env.uid,
                    "content": content,
                    "money": money,
                    "digest": self._digest({**content, **money}),
                }
            )
        # sudo: nobody has the right to write evidence
        return guard.with_token(self).sudo().create(vals_list)

    @api.model
    def _content(self, requirement):
        """What is frozen, as plain data: field name to text, times by their cell."""
        # sudo: the services are named whatever the reader may see later
        # In no language: the same, whoever takes it.
        requirement = requirement.sudo().with_context(lang=None)
        return {
            "partner_id": requirement.partner_id.display_name or "",
            "service_ids": ", ".join(sorted(requirement.service_ids.mapped("name"))),
            "new_service": requirement.new_service or "",
            "need": html2plaintext(requirement.need or "").strip(),
            "calendar_id": requirement.calendar_id.name or "",
            "tz": requirement.tz or "",
            "workload": requirement.workload or "",
            "availability_wished": f"{requirement.availability_wished:.3f}",
            "availability_feasible": f"{requirement.availability_feasible:.3f}",
            "target_ids": {
                f"{target.itsm_kind},{target.priority},{target.metric}": [
                    target.wished_minutes,
                    target.feasible_minutes,
                    target.note or "",
                ]
                for target in requirement.target_ids
            },
        }

    @api.model
    def _money(self, requirement):
        """What is frozen of the cost, as plain data: field name to text."""
        # sudo: the cost is frozen, whoever takes the baseline
        requirement = requirement.sudo()
        currency = requirement.currency_id
        cost = requirement.cost_estimate
        return {
            "cost_estimate": (
                f"{cost:.{currency.decimal_places}f} {currency.name}" if cost else ""
            ),
            "cost_note": requirement.cost_note or "",
        }

    @api.model
    def _digest(self, content):
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    # === Reading ===

    def _labelled_content(self):
        """As `_labelled`, of what the reader may see of the baseline."""
        self.ensure_one()
        content = self.content or {}
        if self._has_field_access(self._fields["money"], "read"):
            content = {**content, **(self.money or {})}
        return self._labelled(content)

    @api.model
    def _labelled(self, content):
        """List of ``(label, text)`` of what is filled in, in the reader's language."""
        requirement = self.env["itsm.level.requirement"]
        targets = self.env["itsm.level.requirement.target"]
        words = self.env["itsm.agreement.target"]._duration_text
        choices = [
            dict(targets._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        ]
        labelled = []
        for name, text in (content or {}).items():
            if name != "target_ids":
                label = requirement._fields[name]._description_string(self.env)
                # No availability is no promise of 0 %.
                labelled.append((label, "" if text == "0.000" else text))
                continue
            for cell, (wished, feasible, note) in sorted(text.items()):
                label = ", ".join(
                    choice.get(key, key)
                    for choice, key in zip(choices, cell.split(","), strict=True)
                )
                times = self.env._(
                    "wished %(wished)s, feasible %(feasible)s",
                    wished=words(wished),
                    feasible=words(feasible),
                )
                labelled.append((label, f"{times} {note}".strip()))
        return [(label, text) for label, text in labelled if text]

    @api.model
    def _compare(self, before, after):
        """Lines of what was added, removed and changed between two contents.

        :param list before: as `_labelled_content`
        :param list after: as before
        """
        old, new = dict(before), dict(after)
        lines = []
        for label in [*old, *(label for label in new if label not in old)]:
            if old.get(label) != new.get(label):
                lines.append(f"{label}: {old.get(label, '–')} → {new.get(label, '–')}")
        return "\n".join(lines)
