# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard


class ItsmCiRecordMixin(models.AbstractModel):
    """What has a history as a whole: a relation, a redundancy (CFG-07).

    A line keeps all of it before and after. When one was made it says itself.
    """

    _name = "itsm.ci.record.mixin"
    _description = "Recorded With Configuration Items"

    #: What of it has a history, and what a line of it calls it.
    _record_columns = {}
    #: Columns that a line keeps beside them: their change alone is none.
    _record_known = {}
    #: What lines of the history call it.
    _record_attribute = ""

    def write(self, vals):
        self.env["itsm.ci"]._note_writer(self)
        return super().write(vals)

    def _write_multi(self, vals_list):
        if not self._record_columns.keys() & set().union(*vals_list):
            return super()._write_multi(vals_list)
        before = self._snapshots(self._ids)
        result = super()._write_multi(vals_list)
        self._record_differences(before, self._snapshots(self._ids))
        return result

    # at_uninstall: the history goes with the addon
    @api.ondelete(at_uninstall=True)
    def _unlink_recorded(self):
        if guard.is_uninstalling(self):
            return
        self.flush_recordset()
        self._record((old, None) for old in self._snapshots(self._ids).values())

    @api.model
    def _record_differences(self, before, after):
        """Write down what differs of those that were and are there."""
        names = self._record_columns.values()
        self._record(
            (old, after[number])
            for number, old in before.items()
            if number in after
            and any(old[name] != after[number][name] for name in names)
        )

    @api.model
    def _snapshot_sql(self, alias):
        """What a line keeps of a row of the table, as an expression on *alias*."""
        columns = [
            SQL("%s, to_jsonb(%s)", name, SQL.identifier(alias, column_name))
            for column_name, name in {
                **self._record_known,
                **self._record_columns,
            }.items()
        ]
        return SQL(
            "jsonb_build_object('id', %s, %s)",
            SQL.identifier(alias, "id"),
            SQL(", ").join(columns),
        )

    @api.model
    def _snapshots(self, ids, column="id"):
        """``{id: what the line of history keeps}`` as the table has them."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(snapshot)s FROM %(table)s AS t"
                " WHERE %(column)s = ANY(%(ids)s)",
                snapshot=self._snapshot_sql("t"),
                table=SQL.identifier(self._table),
                column=SQL.identifier("t", column),
                ids=list(ids),
            )
        )
        return dict(rows)

    @api.model
    def _record(self, changes):
        """Lines of history for pairs of snapshots, before and after."""
        items = self.env["itsm.ci"]
        vals_list = []
        for old, new in changes:
            writer = items._writer(new["id"], self._name) if new else {}
            vals_list += [
                {
                    **ends,
                    "attribute": self._record_attribute,
                    "old_value": old,
                    "new_value": new,
                    **writer,
                }
                for ends in self._record_ends(old, new)
            ]
        items._write_history(vals_list)

    @api.model
    def _record_ends(self, old, new):
        """With which configuration items a line stands: values of lines.

        :return: list of dicts, one for each line
        """
        raise NotImplementedError

    @api.model
    def _history_line_words(self, line, texts):
        """What a line of history says: ``(what, before, after)``."""
        said = []
        # sudo: said below as far as the user may know
        for value in (line.sudo().old_value, line.sudo().new_value):
            said.append(self._snapshot_text(value, texts) if value else "")
        return (self._record_name(), *said)

    @api.model
    def _record_name(self):
        """What it is, for people."""
        return self._description
