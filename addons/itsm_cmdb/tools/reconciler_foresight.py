# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What control would refuse of a dry run, for `reconciler.Reconciler`."""

from .control import REFUSE
from .reconciler_entry import Entry


class Foresight:
    """The same questions as a write asks, for a batch and without writing."""

    def _refusing(self):
        """Ids of classes that refuse what this source says; none if it counts."""
        items = self.env["itsm.ci"]
        if self.write or items._source_that_counts(self.source.id):
            return frozenset()
        return items._control_scope(REFUSE)

    def _foresee(self, entries):
        """Say of rows, new and changed, that they would be refused (CFG-17)."""
        refusing = self._refusing()
        if not refusing:
            return
        items = self.env["itsm.ci"]
        known, parts = [], []
        for entry in entries:
            if entry.outcome == "changed" and entry.known in refusing:
                known.append(entry)
            elif entry.outcome == "new" and entry.vals["class_id"] in refusing:
                state = entry.vals.get("state") or entry.ci_class.first_state
                vals = {**entry.vals, "state": state}
                parts.append((entry, items._new_entries([vals])))
        records = items.browse([entry.item for entry in known])
        for entry, record in zip(known, records, strict=True):
            parts.append((entry, record._changed_entries(entry.vals)))
        self._foretell(parts)

    def _foretell(self, parts):
        """Entries that would be refused fail, in the words of the refusal.

        :param list parts: ``(entry, what it would write for control)``
        """
        said = self.env["itsm.ci"]._would_refuse([part for _entry, part in parts])
        for place, reason in said.items():
            entry = parts[place][0]
            entry.refused = True
            entry.fail(self.env._("Would be refused: %(reason)s", reason=reason))

    def _foresee_relations(self, tries):
        """The same of relations that would be recorded or ended.

        :param list tries: entries; their ``vals`` are snapshots, before and after
        """
        if not tries or not self._refusing():
            return
        items = self.env["itsm.ci"]
        relations = self.env["itsm.ci.relation"]
        lines = [relations._record_lines(*attempt.vals) for attempt in tries]
        groups = items._facts_of([line for part in lines for line in part])
        self._foretell(
            [
                (attempt, [(line, items._groups_of(line, groups)) for line in part])
                for attempt, part in zip(tries, lines, strict=True)
            ]
        )

    @staticmethod
    def _attempt_of(entry, values, vals):
        """One relation of a row, told by itself."""
        attempt = Entry(entry.number, None)
        attempt.key, attempt.item = entry.key, entry.item
        attempt.values, attempt.vals = values, vals
        return attempt

    @staticmethod
    def _relation_snapshot(type_id, source_id, target_id, end=None):
        """A relation as control asks for it; an end that is not there yet is None."""
        return {
            "type": type_id,
            "source": source_id,
            "target": target_id,
            "end": end,
        }
