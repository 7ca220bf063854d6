# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCi(models.Model):
    """In which baselines and audits a configuration item is (CFG-22, CFG-24)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    baseline_line_ids = fields.One2many(
        comodel_name="itsm.ci.baseline.line",
        inverse_name="ci_id",
        string="In Baselines",
        readonly=True,
    )
    audit_line_ids = fields.One2many(
        comodel_name="itsm.ci.audit.line",
        inverse_name="ci_id",
        string="In Audits",
        readonly=True,
    )
    baseline_count = fields.Integer(
        string="Baselines", compute="_compute_baseline_count"
    )
    audit_count = fields.Integer(string="Audits", compute="_compute_baseline_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_baseline_count(self):
        domain = [("ci_id", "in", self.ids)]
        counts = [
            dict(self.env[name]._read_group(domain, ["ci_id"], ["__count"]))
            for name in ("itsm.ci.baseline.line", "itsm.ci.audit.line")
        ]
        for item in self:
            item.baseline_count = counts[0].get(item, 0)
            item.audit_count = counts[1].get(item, 0)

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ci.baseline.line", "ci_id"),
            ("itsm.ci.audit.line", "ci_id"),
        ]

    def _without_baseline(self, since, states=("taken", "approved")):
        """Those of which no baseline was taken since a moment (CFG-24).

        What a release asks before it is deployed. A baseline of an earlier state
        (*State As Of* before the moment) does not count. One query.

        :param datetime since: naive UTC
        :param tuple states: states of baselines that count
        :rtype: itsm.ci
        """
        # sudo: that there is one counts, whoever may see it
        lines = self.env["itsm.ci.baseline.line"].sudo()
        rows = lines._read_group(
            [
                ("ci_id", "in", self.ids),
                ("baseline_id.state", "in", states),
                ("baseline_id.moment", ">=", since),
            ],
            ["ci_id"],
        )
        return self - self.browse(item.id for (item,) in rows)

    @api.model
    def _difference_words(self, rows):
        """What differences say in the user's language; constant queries.

        :param list rows: dicts ``ci_id``, ``attribute`` (none: of the item itself),
            ``old``, ``new`` (JSON values as the history has them)
        :return: ``(what, before, after)`` of each
        :rtype: list[tuple]
        """
        history = self.env["itsm.ci.history"]
        lines = [
            history.new(
                {
                    "ci_id": row["ci_id"],
                    "attribute": row["attribute"],
                    "old_value": row["old"],
                    "new_value": row["new"],
                }
            )
            if row["attribute"]
            else history
            for row in rows
        ]
        words = self._history_words(history.concat(*lines))
        return [words.get(line, ("", "", "")) for line in lines]

    def action_view_baselines(self):
        """Open the baselines that hold this configuration item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_baseline_action"
        )
        return {
            **action,
            "domain": [("line_ids.ci_id", "=", self.id)],
            "context": {"active_test": False},
        }

    def action_view_audits(self):
        """Open what audits found of this configuration item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_audit_line_action"
        )
        return {**action, "domain": [("ci_id", "=", self.id)], "context": {}}
