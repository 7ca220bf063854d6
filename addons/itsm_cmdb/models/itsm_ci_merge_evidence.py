# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCi(models.Model):
    """What is done stays with the record it names; the one that stays leads to it.

    Sheets, scrappings, work orders, repairs, baselines and audits of what was merged
    are counted and opened with the configuration item that stands for it (CFG-26).
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    scrapping_count = fields.Integer(
        string="Scrappings", compute="_compute_scrapping_count"
    )
    repair_count = fields.Integer(
        string="Number of Repairs", compute="_compute_repair_count"
    )

    # === Counting ===

    def _ids_with_merged(self):
        """These and what was merged into them; one query for each level.

        :return: dict: id → set of ids, the own one among them
        """
        # sudo: the past of an item is read by who reads it
        items = self.env["itsm.ci"].sudo().with_context(active_test=False)
        merged, part = {}, set(self.ids)
        while part:
            rows = items.search_fetch(
                [("merged_into_id", "in", list(part))], ["merged_into_id"]
            )
            for row in rows:
                merged.setdefault(row.merged_into_id.id, set()).add(row.id)
            part = set(rows.ids) - merged.keys()
        found = {}
        for item_id in self.ids:
            found[item_id], part = {item_id}, {item_id}
            while part:
                part = set().union(*(merged.get(one, ()) for one in part))
                found[item_id] |= part
        return found

    def _count_with_merged(self, model_name, parent="id"):
        """Records about these or what was merged into them, as the user sees them.

        :param str model_name: model with a field ``ci_id``
        :param str parent: what is counted, each once
        :return: dict: id of a configuration item → number; constant queries
        """
        known = self._ids_with_merged()
        rows = self.env[model_name]._read_group(
            [("ci_id", "in", list(set().union(*known.values())))],
            ["ci_id"],
            [f"{parent}:array_agg"],
        )
        ids = {item.id: set(counted) for item, counted in rows}
        return {
            item_id: len(set().union(*(ids.get(one, ()) for one in all_ids)))
            for item_id, all_ids in known.items()
        }

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_handover_count(self):
        counts = self._count_with_merged("itsm.ci.handover.line", "handover_id")
        for item in self:
            item.handover_count = counts.get(item._origin.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_baseline_count(self):
        baselines = self._count_with_merged("itsm.ci.baseline.line", "baseline_id")
        audits = self._count_with_merged("itsm.ci.audit.line")
        for item in self:
            item.baseline_count = baselines.get(item._origin.id, 0)
            item.audit_count = audits.get(item._origin.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_scrapping_count(self):
        counts = self._count_with_merged("itsm.ci.scrapping.line", "scrapping_id")
        for item in self:
            item.scrapping_count = counts.get(item._origin.id, 0)

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_repair_count(self):
        counts = self._count_with_merged("itsm.ci.repair")
        for item in self:
            item.repair_count = counts.get(item._origin.id, 0)

    # === What people open ===

    def _opened_with_merged(self, action, name, **context):
        """An action limited to what is about this item or what was merged into it."""
        return {
            **action,
            "domain": [(name, "in", sorted(self._ids_with_merged()[self.id]))],
            "context": context,
        }

    def action_view_handovers(self):
        action = super().action_view_handovers()
        return self._opened_with_merged(action, "line_ids.ci_id")

    def action_view_maintenance(self):
        action = super().action_view_maintenance()
        return self._opened_with_merged(action, "ci_ids")

    def action_view_baselines(self):
        action = super().action_view_baselines()
        return self._opened_with_merged(action, "line_ids.ci_id", active_test=False)

    def action_view_audits(self):
        action = super().action_view_audits()
        return self._opened_with_merged(action, "ci_id")

    def action_view_scrappings(self):
        """Open the scrappings that name this or what was merged into it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_scrapping_action"
        )
        return self._opened_with_merged(action, "line_ids.ci_id")

    def action_view_repairs(self):
        """Open the repairs of this and of what was merged into it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_repair_action"
        )
        return self._opened_with_merged(action, "ci_id")
