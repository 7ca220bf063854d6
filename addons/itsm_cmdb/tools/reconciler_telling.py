# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What is told of the rows of a source, for `reconciler.Reconciler`."""

from .properties import is_empty

#: Rows that a person is told about, of each kind.
TOLD = 2000
#: What becomes of rows that make nothing.
LOST = ("error", "ask", "skipped")


class Telling:
    """Counts, and the lines of the log."""

    def _tell(self, entries):
        shown = []
        for entry in entries:
            self.counts[entry.outcome] += 1
            if not self.write and entry.outcome in LOST:
                self.lost.add(entry.number)
            self._tell_refused(entry, entry.message)
            self.counts["blocked"] += len(entry.blocked)
            if entry.outcome == "unchanged" and not entry.blocked:
                continue
            self._told[entry.outcome] += 1
            if self._told[entry.outcome] <= TOLD:
                shown.append(entry)
        old_texts = self._old_texts(shown)
        for entry in shown:
            self._tell_entry(entry, old_texts)

    def _tell_entry(self, entry, old_texts):
        common = {"row": entry.number, "key": entry.key, "ci_id": entry.item}
        for column, other in entry.blocked:
            self.findings.append(
                {
                    **common,
                    "kind": "claimed",
                    "what": column.line._label(),
                    "new": self._shown(column, entry),
                    "message": self.env._(
                        "%(other)s owns it and comes first.", other=other.name
                    ),
                }
            )
        if entry.outcome == "changed":
            for column, old, _new in entry.changes:
                self.findings.append(
                    {
                        **common,
                        "kind": "changed",
                        "what": column.line._label(),
                        "old": old_texts.get((column, repr(old)), ""),
                        "new": self._shown(column, entry),
                    }
                )
        elif entry.outcome in ("error", "ask", "skipped"):
            self.findings.append(
                {
                    **common,
                    "kind": entry.outcome,
                    "message": entry.message,
                    "candidates": [c[0] for c in entry.candidates],
                }
            )
        elif entry.outcome in ("new", "linked"):
            name = str(entry.vals.get("name") or "")
            self.findings.append({**common, "kind": entry.outcome, "new": name})

    def _shown(self, column, entry):
        if self._is_hidden(column):
            return self.env._("(hidden)")
        value = column.text(entry.cells.get(column.name))
        if isinstance(value, list):
            value = ", ".join(str(part) for part in value)
        return "" if value is None else str(value)[:500]

    def _is_hidden(self, column):
        return bool(
            not column.code and self.env["itsm.ci"]._fields[column.target].groups
        )

    def _old_texts(self, entries):
        """``{(column, value): text}`` of what was there before; constant queries."""
        items = self.env["itsm.ci"]
        pairs = {
            (column, repr(old)): (column, old)
            for entry in entries
            if entry.outcome == "changed"
            for column, old, _new in entry.changes
        }
        wanted = {
            (column.comodel, old)
            for column, old in pairs.values()
            if column.comodel and not is_empty(old)
        }
        texts = items._record_texts(wanted)
        result = {}
        for key, (column, old) in pairs.items():
            if self._is_hidden(column):
                result[key] = self.env._("(hidden)")
            elif column.code:
                attribute = column.line.attribute_id
                result[key] = items._attribute_text(attribute, old, texts)
            else:
                field = items._fields[column.target]
                result[key] = items._field_text(field, old, texts)
        return result

    def _tell_refused(self, entry, message):
        """Note a row, or a relation of it, that control refuses or would refuse."""
        if entry.refused and self.write:
            self.tally.refuse(entry, message)
        elif entry.refused:
            self.counts["refused"] += 1

    def _tell_relation(self, entry, line, text, problem):
        self.counts["relation_error"] += 1
        self._tell_refused(entry, problem)
        self._told["relation"] += 1
        if self._told["relation"] <= TOLD:
            self.findings.append(
                {
                    "row": entry.number,
                    "key": entry.key,
                    "ci_id": entry.item,
                    "kind": "relation",
                    "what": line.column,
                    "new": self._plain(text),
                    "message": self.env._(
                        "%(column)s: “%(value)s”: %(problem)s.",
                        column=line.column,
                        value=self._plain(text),
                        problem=problem.rstrip("."),
                    ),
                }
            )
