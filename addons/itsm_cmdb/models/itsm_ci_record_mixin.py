# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.control import REFUSE


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
    #: Names in a snapshot of the configuration items that it belongs to.
    _record_owners = ()
    #: What lines of the history call it.
    _record_attribute = ""

    @api.model_create_multi
    def create(self, vals_list):
        self._check_new(vals_list)
        records = super().create(vals_list)
        records._record_new()
        return records

    def write(self, vals):
        self._check_refused(vals)
        self.env["itsm.ci"]._note_writer(self)
        return super().write(vals)

    def unlink(self):
        ids = self.ids
        result = super().unlink()
        if self.env["itsm.ci"]._copied_scope():
            self.env["itsm.ci.copy"]._forget(self._name, ids)
        return result

    def _write_multi(self, vals_list):
        if not self._record_columns.keys() & set().union(*vals_list):
            return super()._write_multi(vals_list)
        before = self._snapshots(self._ids)
        with self.env["itsm.ci"]._under_control(self, self._ids):
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
    def _snapshots(self, ids, column="id", only=None):
        """``{id: what the line of history keeps}`` as the table has them.

        :param SQL only: a further condition on the table, called ``t``
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(snapshot)s FROM %(table)s AS t"
                " WHERE %(column)s = ANY(%(ids)s) AND %(only)s",
                only=only or SQL("TRUE"),
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
        vals_list, notes = [], []
        for old, new in changes:
            writer, note = {}, items._present_note()
            if new:
                writer = items._take_writer(new["id"], self._name)
                note = items._take_note(self._name, new["id"])
            lines = self._record_lines(old, new)
            vals_list += [{**vals, **writer} for vals in lines]
            notes += [note] * len(lines)
        items._write_history(vals_list, notes=notes)

    @api.model
    def _record_lines(self, old, new):
        """Lines of one change: values, without who and when."""
        return [
            {
                **ends,
                "attribute": self._record_attribute,
                "old_value": old,
                "new_value": new,
            }
            for ends in self._record_ends(old, new)
        ]

    # === Control ===

    @api.model
    def _check_new(self, vals_list):
        """Refuse new ones without authority, before anything is stored.

        :raise UserError: naming what is refused
        """
        items = self.env["itsm.ci"]
        if not items._control_scope(REFUSE) or guard.has_token(self.env):
            return
        self.browse().check_access("create")
        default = self.default_get(list(self._record_columns))
        lines = []
        for vals in vals_list:
            new = self._planned({**default, **vals})
            if all(new.get(name) for name in self._record_owners):
                lines += self._record_lines(None, new)
        items._refuse_lines(lines)

    def _check_refused(self, vals):
        """Refuse what is not authorised before anything is stored.

        :raise UserError: naming what is refused
        """
        items = self.env["itsm.ci"]
        names = self._record_columns.keys() & vals.keys()
        if not names or not items._control_scope(REFUSE) or guard.has_token(self.env):
            return
        self.check_access("write")  # before a refusal that names the record
        lines = []
        for record in self.sudo():  # sudo: control does not ask who may read
            old = record._planned({})
            new = record._planned(vals)
            if old != new:
                lines += self._record_lines(old, new)
        items._refuse_lines(lines)

    def _planned(self, vals):
        """A snapshot of what is written over what there is, as far as control asks."""
        result = {}
        for column, name in self._record_columns.items():
            field = self._fields[column]
            value = self[column]
            if column in vals:
                value = field.convert_to_record(
                    field.convert_to_cache(vals[column], self, validate=False), self
                )
            result[name] = value.id if field.relational else value
        return result

    def _record_new(self):
        """Write down those that were added without authority, and keep copies."""
        items = self.env["itsm.ci"]
        if not items._copied_scope():
            return
        # a copy is taken of what the table has
        self.flush_recordset(list(self._record_columns))
        copies = self.env["itsm.ci.copy"]
        copies._keep(self._name, self.ids)
        if not items._control_scope() or guard.has_token(self.env):
            return
        found = self._snapshots(self._ids, only=copies._scope_sql(self._name))
        lines = [
            line for new in found.values() for line in self._record_lines(None, new)
        ]
        if not lines:
            return
        groups = items._facts_of(lines)
        items._write_unauthorised(
            [(vals, items._groups_of(vals, groups)) for vals in lines]
        )

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
