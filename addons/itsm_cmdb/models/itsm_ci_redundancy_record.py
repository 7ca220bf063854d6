# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_record import REDUNDANCY

#: What of a redundancy has a history, and what a line of it calls it.
COLUMNS = {"ci_id": "ci", "required": "required"}


class ItsmCiRedundancy(models.Model):
    """The history of redundancies: they decide how far a failure travels (CFG-07)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.redundancy"

    def write(self, vals):
        self.env["itsm.ci"]._note_writer(self)
        return super().write(vals)

    def _write_multi(self, vals_list):
        if not COLUMNS.keys() & set().union(*vals_list):
            return super()._write_multi(vals_list)
        before = self._snapshots()
        result = super()._write_multi(vals_list)
        after = self._snapshots()
        self._record(
            (old, after[number])
            for number, old in before.items()
            if any(old[name] != after[number][name] for name in COLUMNS.values())
        )
        return result

    # at_uninstall: the history goes with the addon
    @api.ondelete(at_uninstall=True)
    def _unlink_recorded(self):
        if guard.is_uninstalling(self):
            return
        self.flush_recordset()
        self._record((old, None) for old in self._snapshots().values())

    def _snapshots(self):
        """``{id: what the line of history keeps}`` as the table has them."""
        columns = [
            SQL("%s, %s", name, SQL.identifier(column_name))
            for column_name, name in COLUMNS.items()
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, jsonb_build_object('id', id, 'name', name, %(columns)s)"
                " FROM %(table)s WHERE id = ANY(%(ids)s)",
                columns=SQL(", ").join(columns),
                table=SQL.identifier(self._table),
                ids=list(self._ids),
            )
        )
        return dict(rows)

    @api.model
    def _record(self, changes):
        """A line for who depends on it, and one for who did before."""
        items = self.env["itsm.ci"]
        vals_list = []
        for old, new in changes:
            writer = items._writer(new["id"], self._name) if new else {}
            owners = {old["ci"], new["ci"]} if new else {old["ci"]}
            vals_list += [
                {
                    "ci_id": item_id,
                    "attribute": REDUNDANCY,
                    "old_value": old,
                    "new_value": new,
                    **writer,
                }
                for item_id in sorted(owners)
            ]
        items._write_history(vals_list)

    @api.model
    def _history_line_words(self, line, texts):
        """What a line about a redundancy says: ``(what, before, after)``."""
        said = []
        # sudo: said below as far as the user may know
        for value in (line.sudo().old_value, line.sudo().new_value):
            said.append(self._snapshot_text(value, texts) if value else "")
        return (self.env._("Redundancy"), *said)

    @api.model
    def _snapshot_text(self, value, texts):
        return self.env._(
            "%(name)s of %(ci)s: %(required)s must be up",
            name=value["name"],
            ci=texts["itsm.ci", value["ci"]],
            required=value["required"],
        )
