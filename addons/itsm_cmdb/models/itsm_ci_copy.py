# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import JsonValue
from .itsm_ci_record import CREATION, DELETION, HISTORY_FIELDS

_logger = logging.getLogger(__name__)

#: How many ids are compared at a time.
SLICE = 5000
#: What copies are kept of.
COPIED = ("itsm.ci", "itsm.ci.relation", "itsm.ci.redundancy")
#: Both ends of a line of history.
ENDS = ("ci_id", "other_ci_id")
#: Where the next comparison begins.
POSITION = "itsm_cmdb.compared"


class ItsmCiCopy(models.Model):
    """What was last written through the system of what is under control.

    What the tables hold and the copy does not came past the system: by SQL, by a merge
    of contacts, by a restored dump. It is found when somebody writes the same record,
    and by a comparison each day (CFG-16, CFG-17). A copy is kept where history is
    written, by the same statements; nobody else writes it.
    """

    _name = "itsm.ci.copy"
    _description = "Copy of What Is Under Control"
    _inherit = "itsm.evidence.mixin"
    _log_access = False

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Integer(required=True, readonly=True)
    content = JsonValue(readonly=True)

    _record_uniq = models.UniqueIndex("(res_model, res_id)")

    # === Keeping ===

    @api.model
    def _content_sql(self, model_name):
        """What is kept of a row of the model's table, which is called ``t``."""
        if model_name != "itsm.ci":
            return self.env[model_name]._snapshot_sql("t")
        columns = [
            # to_jsonb: dates, numbers and texts alike become what JSON can hold
            SQL("%s, to_jsonb(%s)", name, SQL.identifier("t", name))
            for name in HISTORY_FIELDS
        ]
        return SQL("jsonb_build_object(%s)", SQL(", ").join(columns))

    @api.model
    def _scope_sql(self, model_name):
        """Condition on ``t``: it is, or belongs to, what is under control."""
        scope = list(self.env["itsm.ci"]._copied_scope())
        if model_name == "itsm.ci":
            return SQL("t.class_id = ANY(%s)", scope)
        ends = {
            "itsm.ci.relation": SQL("(t.source_id, t.target_id)"),
            "itsm.ci.redundancy": SQL("(t.ci_id)"),
        }[model_name]
        return SQL(
            "EXISTS (SELECT FROM itsm_ci AS c WHERE c.id IN %s"
            " AND c.class_id = ANY(%s))",
            ends,
            scope,
        )

    @api.model
    def _keep(self, model_name, ids=None):
        """Copy what the table has; None: of all that is under control."""
        some = SQL("TRUE") if ids is None else SQL("t.id = ANY(%s)", list(ids))
        self.env.execute_query(
            SQL(
                """INSERT INTO %(copies)s AS k (res_model, res_id, content)
                    SELECT %(model)s, t.id, %(content)s
                      FROM %(table)s AS t
                     WHERE %(some)s AND %(scope)s
               ON CONFLICT (res_model, res_id)
                 DO UPDATE SET content = EXCLUDED.content
                     WHERE k.content IS DISTINCT FROM EXCLUDED.content
                 RETURNING id""",
                copies=SQL.identifier(self._table),
                model=model_name,
                content=self._content_sql(model_name),
                table=SQL.identifier(self.env[model_name]._table),
                some=some,
                scope=self._scope_sql(model_name),
            )
        )
        self.invalidate_model()

    @api.model
    def _forget(self, model_name, ids):
        """The records are deleted: nothing is left to compare."""
        self.env.execute_query(
            SQL(
                "DELETE FROM %s WHERE res_model = %s AND res_id = ANY(%s) RETURNING id",
                SQL.identifier(self._table),
                model_name,
                list(ids),
            )
        )
        self.invalidate_model()

    @api.model
    def _fit(self, item_ids=None):
        """Keep copies of what is under control now, and of nothing else.

        :param item_ids: of configuration items whose class has changed; None: all, when
            classes have
        """
        for model_name in COPIED:
            table = SQL.identifier(self.env[model_name]._table)
            self.env[model_name].flush_model()
            some = self._of_items_sql(model_name, item_ids)
            self.env.execute_query(
                SQL(
                    """DELETE FROM %(copies)s AS k USING %(table)s AS t
                        WHERE k.res_model = %(model)s AND k.res_id = t.id
                          AND %(some)s AND NOT %(scope)s RETURNING k.id""",
                    copies=SQL.identifier(self._table),
                    table=table,
                    model=model_name,
                    some=some,
                    scope=self._scope_sql(model_name),
                )
            )
            rows = self.env.execute_query(
                SQL(
                    """SELECT t.id FROM %(table)s AS t
                        WHERE %(some)s AND %(scope)s AND NOT EXISTS (
                            SELECT FROM %(copies)s AS k
                             WHERE k.res_model = %(model)s AND k.res_id = t.id)""",
                    copies=SQL.identifier(self._table),
                    table=table,
                    model=model_name,
                    some=some,
                    scope=self._scope_sql(model_name),
                )
            )
            if rows:
                self._keep(model_name, [row[0] for row in rows])
        self.invalidate_model()

    @api.model
    def _of_items_sql(self, model_name, item_ids):
        """Condition on ``t``: it is one of some configuration items, or of theirs."""
        if item_ids is None:
            return SQL("TRUE")
        ids = list(item_ids)
        if model_name == "itsm.ci":
            return SQL("t.id = ANY(%s)", ids)
        if model_name == "itsm.ci.redundancy":
            return SQL("t.ci_id = ANY(%s)", ids)
        return SQL("(t.source_id = ANY(%s) OR t.target_id = ANY(%s))", ids, ids)

    # === Comparing ===

    @api.model
    def _compare_relations(self, item_ids):
        """Compare what belongs to some configuration items."""
        for model_name in COPIED[1:]:
            rows = self.env.execute_query(
                SQL(
                    "SELECT t.id FROM %s AS t WHERE %s",
                    SQL.identifier(self.env[model_name]._table),
                    self._of_items_sql(model_name, item_ids),
                )
            )
            if rows:
                self._compare(model_name, [row[0] for row in rows])

    @api.model
    def _compare_all(self):
        """Compare all that is under control."""
        for model_name in COPIED:
            self.env[model_name].flush_model()
            self._compare(model_name)

    @api.model
    def _compare(self, model_name, ids=None, span=None):
        """Find what came past the system, write it down, and copy it.

        :param ids: of records; None: all
        :param tuple span: first and last id instead
        :return: number of records that differed
        """
        rows = self._differing(model_name, ids, span)
        if not rows:
            return 0
        if model_name == "itsm.ci":
            self._found_items(rows)
        else:
            self._found_records(model_name, rows)
        there = [res_id for res_id, _old, new in rows if new is not None]
        gone = [res_id for res_id, _old, new in rows if new is None]
        if there:
            self._keep(model_name, there)
            # taken to a class that is free: found once
            left = self._differing(model_name, there)
            gone += [row[0] for row in left]
        if gone:
            self._forget(model_name, gone)
        # what was read before it was found out
        self.env[model_name].browse(there).invalidate_recordset(flush=False)
        return len(rows)

    @api.model
    def _differing(self, model_name, ids=None, span=None):
        """``[(id, content of the copy, content of the table)]``; None: there is none.

        Keys that only one of them has, because a field is new, are no difference.
        """

        def some(column):
            column = SQL.identifier(*column)
            if ids is not None:
                return SQL("%s = ANY(%s)", column, list(ids))
            if span is not None:
                return SQL("%s BETWEEN %s AND %s", column, *span)
            return SQL("TRUE")

        return self.env.execute_query(
            SQL(
                """SELECT COALESCE(k.res_id, r.id), k.content, r.content
                     FROM (SELECT t.id, %(content)s AS content, %(scope)s AS is_in
                             FROM %(table)s AS t WHERE %(of_table)s) AS r
                FULL JOIN (SELECT c.res_id, c.content FROM %(copies)s AS c
                            WHERE c.res_model = %(model)s AND %(of_copies)s) AS k
                       ON k.res_id = r.id
                    WHERE k.content IS DISTINCT FROM r.content
                      AND (k.res_id IS NOT NULL OR r.is_in)
                 ORDER BY 1""",
                content=self._content_sql(model_name),
                scope=self._scope_sql(model_name),
                table=SQL.identifier(self.env[model_name]._table),
                of_table=some(("t", "id")),
                copies=SQL.identifier(self._table),
                model=model_name,
                of_copies=some(("c", "res_id")),
            )
        )

    @api.model
    def _found_items(self, rows):
        """Write down what came past the system of configuration items."""
        items = self.env["itsm.ci"]
        lines, wholes, groups = [], [], {}
        for item_id, old, new in rows:
            groups[item_id] = [
                items._stored_fact(item_id, content)
                for content in (old, new)
                if content is not None
            ]
            if old is None:
                wholes.append(
                    {
                        "ci_id": item_id,
                        "attribute": CREATION,
                        "new_value": {"name": new["name"], "class": new["class_id"]},
                    }
                )
            elif new is None:
                wholes.append(
                    {
                        "ci_id": item_id,
                        "attribute": DELETION,
                        "old_value": {"name": old["name"], "class": old["class_id"]},
                    }
                )
            else:
                known = {name: old[name] for name in old.keys() & new.keys()}
                lines += [
                    {
                        "ci_id": item_id,
                        "attribute": name,
                        "old_value": before,
                        "new_value": after,
                    }
                    for name, before, after in items._differences(known, new)
                ]
        self._write_found(lines, wholes, groups)

    @api.model
    def _found_records(self, model_name, rows):
        """Write down what came past the system of relations or redundancies."""
        records = self.env[model_name]
        lines, wholes = [], []
        for _record_id, old, new in rows:
            found = records._record_lines(old, new)
            # that one was made is in no line of history
            (wholes if old is None else lines).extend(found)
        ends = {vals.get(end) for vals in lines + wholes for end in ENDS}
        # sudo: evidence, whoever may read it
        items = self.env["itsm.ci"].sudo().browse(sorted(filter(None, ends))).exists()
        groups = {item.id: [item._fact()] for item in items}

        def is_known(vals):
            return all(not vals.get(end) or vals[end] in groups for end in ENDS)

        lines = [vals for vals in lines if is_known(vals)]
        wholes = [vals for vals in wholes if is_known(vals)]
        self._write_found(lines, wholes, groups)

    @api.model
    def _write_found(self, lines, wholes, groups):
        """Lines of history, and what of all that is under control.

        :param list lines: values of lines of history
        :param list wholes: of what has no line: what was added, or is gone
        :param dict groups: facts by id of the configuration item
        """
        items = self.env["itsm.ci"]
        fixed = {
            "time": fields.Datetime.now(),
            "user_id": self.env.ref("base.user_root").id,
            "origin": "unknown",
        }
        lines = [{**vals, **fixed} for vals in lines]
        wholes = [{**vals, **fixed} for vals in wholes]
        history = items._create_lines(lines) if lines else []
        every = [*lines, *wholes]
        needs = items._needs([(vals, items._groups_of(vals, groups)) for vals in every])
        found = {}
        for need in needs:
            found.setdefault(need.index, need)
        self.env["itsm.ci.unauthorised"]._record(
            [
                (every[index], need, history[index] if index < len(lines) else None)
                for index, need in found.items()
            ],
            guard.is_silent(self.env),
        )

    # === Each day ===

    @api.model
    def _cron_compare(self):
        """Compare all that is under control, in slices (scheduled, daily).

        Where it had to stop it goes on the next time.
        """
        if not self.env["itsm.ci"]._copied_scope():
            return
        # sudo: the position is nobody's business
        parameters = self.env["ir.config_parameter"].sudo()
        cron = self.env["ir.cron"]
        slices = self._slices()
        begin = min(int(parameters.get_param(POSITION) or 0), len(slices))
        for number in range(begin, len(slices)):
            model_name, span = slices[number]
            found = self._compare(model_name, span=span)
            if found:
                _logger.warning(
                    "%s of %s were changed past the system", found, model_name
                )
            parameters.set_param(POSITION, str(number + 1))
            if not cron._commit_progress(1, remaining=len(slices) - number - 1):
                break
        else:
            parameters.set_param(POSITION, "0")

    @api.model
    def _slices(self):
        """``[(model, (first id, last id))]`` of all there is to compare."""
        slices = []
        for model_name in COPIED:
            self.env[model_name].flush_model()
            first, last = self.env.execute_query(
                SQL(
                    """SELECT MIN(id), MAX(id)
                         FROM (SELECT id FROM %s UNION ALL
                               SELECT res_id FROM %s WHERE res_model = %s) AS ids""",
                    SQL.identifier(self.env[model_name]._table),
                    SQL.identifier(self._table),
                    model_name,
                )
            )[0]
            if last:
                slices += [
                    (model_name, (begin, begin + SLICE - 1))
                    for begin in range(first, last + 1, SLICE)
                ]
        return slices
