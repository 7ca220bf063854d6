# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Relations that rows of a source name, for `reconciler.Reconciler`."""

from odoo import fields
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.text_file import word

from .ci_rows import EXTRA, heading, parts
from .properties import WrongValueError
from .reconciler_entry import Entry


class Relations:
    """The part of the work that begins once all items are there."""

    def relate(self, rows):
        """Record the relations that a batch of rows names; all items are there.

        :param list rows: as `work`
        """
        self.env.flush_all()
        entries = []
        for number, cells in rows:
            if EXTRA in cells:
                continue  # refused: who knows what is under which heading
            entry = Entry(number, cells)
            for column in self.columns if not self.key_name else ():
                try:
                    entry.values[column] = column.kept(cells.get(column.name))
                except WrongValueError:
                    entry.values[column] = None
            entry.key = self._key(entry)
            entries.append(entry)
        keys = self._keys_of({entry.key for entry in entries if entry.key})
        # rows of a second key change nothing, as in `work`
        entries = [e for e in entries if not keys.get(e.key, (None, False))[1]]
        if self.is_late:
            # nor what the source has named since
            entries = [
                e for e in entries if e.key in keys and keys[e.key][2] == self.token
            ]
        for entry in entries:
            entry.item = keys.get(entry.key, (None, False))[0]
        for line in self.source.relation_ids:
            self._relate_line(line, entries)
        if self.write:
            self.env.flush_all()
            self.env.invalidate_all()

    def _keys_of(self, keys):
        """``{key: (item, whether the source has another key before it, the pass that
        named it)}`` of what the source knows; archived ones are left out."""
        rows = self.env.execute_query(
            SQL(
                """SELECT l.key, l.ci_id, COALESCE(l.is_alias, false)
                          OR EXISTS (SELECT FROM itsm_ci_source_link o
                                      WHERE o.ci_id = l.ci_id
                                        AND o.source_id = l.source_id AND o.id < l.id
                                        AND NOT COALESCE(o.is_alias, false)),
                          l.token
                     FROM itsm_ci_source_link l JOIN itsm_ci c ON c.id = l.ci_id
                    WHERE l.source_id = %s AND l.key = ANY(%s) AND c.active""",
                self.source.id,
                list(keys),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def _types(self):
        if "types" not in self.__dict__:
            kinds = self.env["itsm.ci.relation.type"].search([])
            self.types = {kind.code: kind for kind in kinds}
            self.types |= {word(kind.code): kind for kind in kinds}
        return self.types

    def _relate_line(self, line, entries):
        name, type_name = heading(line.column), heading(line.type_column or "")
        named = []
        for entry in entries:
            cell = entry.cells.get(name)
            try:
                texts = parts(cell)
            except ValueError:
                self._tell_relation(
                    entry, line, str(cell), self.env._("no list of texts")
                )
                continue
            kind = line.type_id
            said = entry.cells.get(type_name) if type_name else None
            if said and texts:
                kind = self._types().get(str(said)) or self._types().get(
                    word(str(said))
                )
                if not kind:
                    self._tell_relation(
                        entry, line, str(said), self.env._("no such relation")
                    )
                    continue
            if texts and not kind:
                self._tell_relation(
                    entry, line, ", ".join(texts), self.env._("no relation is named")
                )
                continue
            if entry.item or texts:
                named.append((entry, kind, texts, name in entry.cells))
        targets = self._targets(line, {t for _e, _k, texts, _c in named for t in texts})
        wanted, whole, coming = {}, {}, []
        for entry, kind, texts, has_cell in named:
            missing = False
            for text in texts:
                ids = targets.get(self._folded(line, text), ())
                if len(ids) == 1 and entry.item:
                    pair = self._ends_of(line, entry.item, ids[0])
                    wanted.setdefault((kind.id, *pair), (entry, text))
                elif len(ids) > 1:
                    missing = True
                    self._tell_relation(
                        entry, line, text, self.env._("several have this name")
                    )
                elif not ids and not self._is_made(
                    line.match, self._folded(line, text)
                ):
                    missing = True
                    self._tell_relation(entry, line, text, self.env._("not known"))
                elif not self.write and self._will_be(entry):
                    # one of the two is made by this very import
                    ends = self._ends_of(line, entry.item, ids[0] if ids else None)
                    change = None, self._relation_snapshot(kind.id, *ends)
                    coming.append(self._attempt_of(entry, text, change))
            if has_cell and not missing and entry.item:
                whole.setdefault(entry.item, entry)
        self._settle_relations(line, wanted, whole)
        self._foresee_made(line, coming)

    def _folded(self, line, text):
        return text if line.match == "key" else text.casefold()

    def _targets(self, line, texts):
        """``{text: [item, …]}`` of the other ends."""
        if not texts:
            return {}
        if line.match == "key":
            # by a second key too
            return {key: [found[0]] for key, found in self._keys_of(texts).items()}
        rows = self._items_called((line.match,), texts)
        return {
            text: [item for item, _class in by[line.match]] for text, by in rows.items()
        }

    def _is_in_file(self, match, text):
        """Whether a dry run may expect a row of that name."""
        return not self.write and text in self._values_in_file(match, frozenset())

    def _is_made(self, match, text):
        """Whether a row of that name is made, once a dry run has looked at them all."""
        return not self.write and text in self._values_in_file(match, self.lost)

    def _will_be(self, entry):
        """Whether the item of a row is there, or is made by it or one of its key."""
        if entry.item:
            return True
        if self.key_name:
            return self._is_made("key", entry.key)
        return entry.number not in self.lost

    def _values_in_file(self, match, lost):
        """What the rows of the file are called, without the lost ones; kept."""
        key = match, bool(lost)
        if key not in self._file_values:
            names = [c.name for c in self.columns if c.target == match]
            if match == "key" and self.key_name:
                names = [self.key_name]
            self._file_values[key] = {
                said if match == "key" else said.casefold()
                for number, cells in (self.file_rows() if self.file_rows else ())
                if names and number not in lost
                if (said := str(cells.get(names[0]) or "").strip())
            }
        return self._file_values[key]

    @staticmethod
    def _ends_of(line, item, other):
        return (item, other) if line.end == "source" else (other, item)

    def _settle_relations(self, line, wanted, whole):
        """Record what is missing; end what the source recorded and names no more."""
        end = "source_id" if line.end == "source" else "target_id"
        ids = {key[1] if line.end == "source" else key[2] for key in wanted}
        ids |= whole.keys()
        if not ids:
            return
        today = fields.Date.context_today(self.source)
        rows = self.env.execute_query(
            SQL(
                """SELECT id, type_id, source_id, target_id, import_source_id,
                          date_end IS NULL AND COALESCE(date_start <= %s, true)
                     FROM itsm_ci_relation WHERE %s = ANY(%s)
                      AND (date_end IS NULL OR date_end >= %s)""",
                today,
                SQL.identifier(end),
                list(ids),
                today,
            )
        )
        there = {row[1:4] for row in rows}
        new = [
            (key, entry, text)
            for key, (entry, text) in wanted.items()
            if key not in there
        ]
        self.counts["relations_same"] += len(wanted) - len(new)
        if line.ends and self._writes():
            gone = [
                row
                for row in rows
                if row[4] == self.source.id
                and row[1] == line.type_id.id
                and row[5]
                and row[2 if line.end == "source" else 3] in whole
                and row[1:4] not in wanted
            ]
            self._end_relations(line, gone, whole, today)
        if not self.write:
            self._foresee_made(
                line,
                [
                    self._attempt_of(entry, text, (None, self._relation_snapshot(*key)))
                    for key, entry, text in new
                ],
            )
            return
        tries = []
        for key, entry, text in new:
            vals = {
                "type_id": key[0],
                "source_id": key[1],
                "target_id": key[2],
                "import_source_id": self.source.id,
            }
            tries.append(self._attempt_of(entry, text, vals))
        self._attempt(tries, self._make_relations)
        self._count_made(line, tries)

    def _foresee_made(self, line, tries):
        """Relations that a dry run would record."""
        self._foresee_relations(tries)
        self._count_made(line, tries)

    def _count_made(self, line, tries):
        for attempt in tries:
            if attempt.outcome == "error":
                self._tell_relation(attempt, line, attempt.values, attempt.message)
            else:
                self.counts["related"] += 1

    def _end_relations(self, line, gone, whole, today):
        """End what is named no more; what cannot be is told with the row.

        A dry run ends nothing, and says what would be refused.
        """
        mine, other = (2, 3) if line.end == "source" else (3, 2)
        tries = []
        for row in gone:
            old = self._relation_snapshot(*row[1:4])
            change = {"id": row[0]} if self.write else (old, {**old, "end": today})
            tries.append(self._attempt_of(whole[row[mine]], row[other], change))

        def end(part):
            relations = self.env["itsm.ci.relation"]
            relations.browse([a.vals["id"] for a in part]).write({"date_end": today})

        if self.write:
            self._attempt(tries, end)
        else:
            self._foresee_relations(tries)
        refused = [attempt for attempt in tries if attempt.outcome == "error"]
        self.counts["ended"] += len(tries) - len(refused)
        texts = self.env["itsm.ci"]._record_texts(
            {("itsm.ci", attempt.values) for attempt in refused}
        )
        for attempt in refused:
            text = texts["itsm.ci", attempt.values]
            self._tell_relation(attempt, line, text, attempt.message)

    def _make_relations(self, tries):
        relations = self.env["itsm.ci.relation"]
        relations.create([attempt.vals for attempt in tries])
