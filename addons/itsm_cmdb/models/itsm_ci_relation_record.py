# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .itsm_ci_record import RELATION


class ItsmCiRelation(models.Model):
    """The history of relations: when one was made the relation itself says."""

    # pylint: disable=consider-merging-classes-inherited
    _name = "itsm.ci.relation"
    _inherit = ["itsm.ci.relation", "itsm.ci.record.mixin"]

    _record_columns = {
        "type_id": "type",
        "source_id": "source",
        "target_id": "target",
        "date_start": "start",
        "date_end": "end",
        "redundancy_id": "redundancy",
    }
    _record_known = {"create_date": "created"}
    _record_owners = ("source", "target")
    _record_attribute = RELATION

    @api.model
    def _record_ends(self, old, new):
        known = new or old
        snapshots = [known]
        if new and old and self._ends(old) != self._ends(new):
            # those that it led to before see it too
            snapshots.append(old)
        return [
            {"ci_id": snapshot["source"], "other_ci_id": snapshot["target"]}
            for snapshot in snapshots
        ]

    @api.model
    def _ends(self, snapshot):
        return snapshot["source"], snapshot["target"]

    @api.model
    def _record_name(self):
        return self.env._("Relation")

    @api.model
    def _snapshot_text(self, value, texts):
        items = self.env["itsm.ci"]
        text = " ".join(
            (
                texts["itsm.ci", value["source"]],
                texts["itsm.ci.relation.type", value["type"]],
                texts["itsm.ci", value["target"]],
            )
        )
        if value.get("start") or value.get("end"):
            start = items._plain_text("date", value.get("start")) or "…"
            end = items._plain_text("date", value.get("end")) or "…"
            text = f"{text} ({start} – {end})"
        return text
