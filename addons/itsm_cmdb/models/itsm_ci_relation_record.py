# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_record import RELATION

#: What of a relation has a history, and what a line of it calls it.
COLUMNS = {
    "type_id": "type",
    "source_id": "source",
    "target_id": "target",
    "date_start": "start",
    "date_end": "end",
    "redundancy_id": "redundancy",
}


class ItsmCiRelation(models.Model):
    """The history of relations: when one was made the relation itself says."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.relation"

    def write(self, vals):
        self.env["itsm.ci"]._note_writer(self)
        return super().write(vals)

    def _write_multi(self, vals_list):
        if not COLUMNS.keys() & set().union(*vals_list):
            return super()._write_multi(vals_list)
        before = self._snapshots(self.ids)
        result = super()._write_multi(vals_list)
        after = self._snapshots(self.ids)
        self._record(
            (before[number], after[number])
            for number in before
            if before[number] != after[number]
        )
        return result

    # at_uninstall: the history goes with the addon
    @api.ondelete(at_uninstall=True)
    def _unlink_recorded(self):
        if guard.is_uninstalling(self):
            return
        self.flush_recordset()
        self._record((old, None) for old in self._snapshots(self.ids).values())

    @api.model
    def _snapshots(self, ids, column="id"):
        """``{id: what the line of history keeps}`` as the table has them."""
        columns = [
            SQL("%s, to_jsonb(%s)", name, SQL.identifier(column_name))
            for column_name, name in COLUMNS.items()
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, jsonb_build_object('id', id, 'created', create_date,"
                " %(columns)s) FROM %(table)s WHERE %(column)s = ANY(%(ids)s)",
                columns=SQL(", ").join(columns),
                table=SQL.identifier(self._table),
                column=SQL.identifier(column),
                ids=list(ids),
            )
        )
        return dict(rows)

    @api.model
    def _record(self, changes):
        items = self.env["itsm.ci"]
        vals_list = []
        for old, new in changes:
            known = new or old
            ends = known["source"], known["target"]
            writer = items._writer(known["id"], self._name) if new else {}
            vals_list.append(
                {
                    "ci_id": ends[0],
                    "other_ci_id": ends[1],
                    "attribute": RELATION,
                    "old_value": old,
                    "new_value": new,
                    **writer,
                }
            )
            if new and (old["source"], old["target"]) != ends:
                # those that it led to before see it too
                vals_list.append(
                    {
                        **vals_list[-1],
                        "ci_id": old["source"],
                        "other_ci_id": old["target"],
                    }
                )
        self.env["itsm.ci"]._write_history(vals_list)

    @api.model
    def _history_line_words(self, line, texts):
        """What a line of history about a relation says: ``(what, before, after)``."""
        said = []
        # sudo: said below as far as the user may know
        for value in (line.sudo().old_value, line.sudo().new_value):
            said.append(self._snapshot_text(value, texts) if value else "")
        return (self.env._("Relation"), *said)

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
