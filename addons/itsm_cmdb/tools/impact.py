# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a breadth-first search over relations found."""

from collections import defaultdict


class Impact:
    """Configuration items that were reached, nearest first.

    :ivar dict depth: ``{id: level}``; the roots are at level 0
    :ivar dict before: ``{id: (id of the one it was reached from, id of the relation)}``
    :ivar dict redundancy: ``{id: redundancy}`` of those that a failed redundancy hit
    """

    def __init__(self, roots):
        self.roots = list(roots)
        self.depth = dict.fromkeys(roots, 0)
        self.before = {}
        self.redundancy = {}

    def add(self, level, rows):
        """Take the rows of one level; return the ids that are new.

        :param rows: ``(id, id before, id of relation, id of redundancy or None)``
        """
        new = []
        for item, before, relation, redundancy in rows:
            if item in self.depth:
                continue
            self.depth[item] = level
            self.before[item] = (before, relation)
            if redundancy:
                self.redundancy[item] = redundancy
            new.append(item)
        return new

    @property
    def reached(self):
        """Ids of what was reached, without the roots, nearest first."""
        return [item for item, level in self.depth.items() if level]

    def path(self, item):
        """A shortest path: ids from a root to *item*, both included."""
        path = [item]
        while path[-1] in self.before:
            path.append(self.before[path[-1]][0])
        return path[::-1]

    def levels(self):
        """``{level: [id, …]}``"""
        levels = defaultdict(list)
        for item, level in self.depth.items():
            levels[level].append(item)
        return dict(levels)
