# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import bulk
from ..tools.sheet_file import workbook


class ItsmCiComparison(models.TransientModel):
    """A baseline compared with now or with another one (CFG-23)."""

    _name = "itsm.ci.comparison"
    _description = "Comparison of Baselines"

    baseline_id = fields.Many2one(
        comodel_name="itsm.ci.baseline",
        required=True,
        ondelete="cascade",
        domain="[('state', '!=', 'draft')]",
    )
    other_id = fields.Many2one(
        comodel_name="itsm.ci.baseline",
        string="With",
        ondelete="cascade",
        domain="[('state', '!=', 'draft'), ('id', '!=', baseline_id)]",
        help="Empty: with how it is now.",
    )
    compared_at = fields.Datetime(string="Compared On", readonly=True)
    line_ids = fields.One2many(
        comodel_name="itsm.ci.comparison.line",
        inverse_name="comparison_id",
        string="Differences",
        readonly=True,
    )
    added = fields.Integer(readonly=True)
    removed = fields.Integer(readonly=True)
    changed = fields.Integer(
        readonly=True,
        help="Configuration items that are there before and after, and differ in "
        "fields, attributes or relations.",
    )
    same = fields.Integer(string="Unchanged", readonly=True)
    hidden = fields.Integer(
        readonly=True,
        help="Configuration items that differ and that you may not see.",
    )
    is_altered = fields.Boolean(readonly=True)

    @api.depends("baseline_id", "other_id")
    def _compute_display_name(self):
        for comparison in self:
            comparison.display_name = self.env._(
                "%(one)s and %(other)s",
                one=comparison.baseline_id.number or "",
                other=comparison.other_id.number or self.env._("now"),
            )

    def write(self, vals):
        if {"baseline_id", "other_id"} & vals.keys():
            # what was found is not what these two differ in
            self.check_access("write")
            # sudo: lines are written by code only
            self.sudo().line_ids.unlink()
        return super().write(vals)

    def action_compare(self):
        """Compare, and show what differs.

        :raise UserError: nothing was taken yet, or both are the same
        """
        self.ensure_one()
        both = self.baseline_id | self.other_id
        both.check_access("read")
        if self.other_id == self.baseline_id:
            raise UserError(
                self.env._("Compare a baseline with another one, or with now.")
            )
        if any(not baseline.content_hash for baseline in both):
            raise UserError(self.env._("Take the baseline first: it is empty yet."))
        rows = self.baseline_id._differences(self.other_id)
        items = self.env["itsm.ci"].with_context(active_test=False)
        differing = items.browse({row["ci_id"] for row in rows})
        seen = set(differing._filtered_access("read").ids)
        shown = [row for row in rows if row["ci_id"] in seen]
        # sudo: lines are written by code only
        self.sudo().line_ids.unlink()
        lines = self.env["itsm.ci.comparison.line"]
        bulk.insert(lines, [{"comparison_id": self.id, **v} for v in self._said(shown)])
        items_of = {
            change: {row["ci_id"] for row in shown if row["change"] == change}
            for change in ("added", "removed", "changed")
        }
        items_of["changed"] -= items_of["added"] | items_of["removed"]
        known = self.env["itsm.ci.baseline.line"].search(
            [("baseline_id", "=", self.baseline_id.id)]
        )
        self.write(
            {
                "compared_at": fields.Datetime.now(),
                **{change: len(found) for change, found in items_of.items()},
                "same": len(set(known.ci_id.ids) - set(differing.ids)),
                "hidden": len(differing) - len(seen),
                "is_altered": any(baseline.is_altered for baseline in both),
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def _said(self, rows):
        """Differences as lines keep them, in the user's words."""
        items = self.env["itsm.ci"]
        names = items._record_texts({("itsm.ci", row["ci_id"]) for row in rows})
        words = items._difference_words(rows)
        for row, (what, old, new) in zip(rows, words, strict=True):
            name = names["itsm.ci", row["ci_id"]]
            if row["change"] == "added":
                what, new = self.env._("Configuration item"), name
            elif row["change"] == "removed":
                what, old = self.env._("Configuration item"), name
                new = self.env._("(archived, or not in the scope any more)")
                if self.other_id:
                    new = ""
            yield {
                "ci_id": row["ci_id"],
                "change": row["change"],
                "attribute": row["attribute"] or None,
                "what": what,
                "old_text": old or None,
                "new_text": new or None,
                "old_value": row["old"],
                "new_value": row["new"],
            }

    def action_view_lines(self):
        """Open the differences as a list, to be filtered and grouped."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "itsm.ci.comparison.line",
            "views": [(False, "list")],
            "domain": [("comparison_id", "=", self.id)],
        }

    def action_propose(self):
        """Propose to put back all that differs; see the lines."""
        self.ensure_one()
        return self.line_ids.action_propose()

    def action_workbook(self):
        """Download the differences as XLSX."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/itsm/ci-comparison/{self.id}/xlsx",
            "target": "download",
        }

    def _workbook(self):
        """The differences as a list: ``(filename, content)``."""
        self.ensure_one()
        lines = self.line_ids
        labels = dict(lines._fields["change"]._description_selection(self.env))
        names = ("change", "ci_id", "class_id", "owner_id", "what")
        head = [lines._fields[name]._description_string(self.env) for name in names]
        head += [self.baseline_id.number, self.other_id.number or self.env._("now")]
        rows = [
            [
                labels[line.change],
                line.ci_id.display_name,
                line.class_id.display_name,
                line.owner_id.display_name,
                line.what,
                line.old_text,
                line.new_text,
            ]
            for line in lines
        ]
        name = f"{self.baseline_id.number}-{self.other_id.number or 'now'}.xlsx"
        return name, workbook([(self.env._("Differences"), head, rows)])
