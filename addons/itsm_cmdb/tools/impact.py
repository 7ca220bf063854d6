# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What a breadth-first search over relations found."""

from collections import defaultdict, namedtuple

#: A redundancy that lost members and still holds: what it keeps going, the level at
#: which that would have been hit, one member that is lost, and numbers of members.
Spared = namedtuple("Spared", "redundancy item level before required members left")


class Impact:
    """Configuration items that were reached, nearest first.

    :ivar dict depth: ``{id: level}``; the roots are at level 0
    :ivar dict before: ``{id: (id of the one it was reached from, id of the relation)}``
    :ivar dict redundancy: ``{id: redundancy}`` of those that a failed redundancy hit
    :ivar dict held: ``{redundancy: (level, row)}`` of those that held when a member
        of theirs was reached, see `add`; how it ends, `spared` says
    :ivar set hidden: ids that were reached and that the user may not see: never shown
    """

    def __init__(self, roots):
        self.roots = list(roots)
        self.depth = dict.fromkeys(roots, 0)
        self.before = {}
        self.redundancy = {}
        self.held = {}
        self.hidden = set()

    def add(self, level, rows):
        """Take the rows of one level; return the ids that are new.

        A redundancy fails when fewer of its members than it requires are left.

        :param rows: ``(id, way, redundancy, required, members)``; the way is the id of
            the relation × 2³² + the id of the item before; the last three are None
            where no redundancy stands between
        """
        depth = self.depth
        ways, protected = {}, []
        for row in rows:
            if row[0] in depth:
                continue
            if row[2] is None:
                ways[row[0]] = row[1]
            elif self._holds(row):
                self.held.setdefault(row[2], (level, row))
            else:
                protected.append(row)
        # what needs no redundancy to fail comes first
        for item, way, redundancy, _required, _members in sorted(
            protected, key=lambda row: (row[0], row[2])
        ):
            if item not in ways:
                ways[item] = way
                self.redundancy[item] = redundancy
        new = sorted(ways)
        # only now: before, none of the level counts as down
        for item in new:
            way = ways[item]
            depth[item] = level
            self.before[item] = (way & 0xFFFFFFFF, way >> 32)
        return new

    def _holds(self, row):
        if row[2] is None:
            return False
        left = sum(member not in self.depth for member in row[4])
        return left >= row[3]

    @property
    def failed(self):
        """Ids of all that was reached, roots and hidden ones too: never shown."""
        return self.depth.keys() | self.hidden

    @property
    def spared(self):
        """`Spared` of each redundancy that lost members and holds, nearest first.

        What was reached another way is not spared, nor what fails one level farther
        than was looked.
        """
        failed = self.failed
        found = []
        for redundancy, (level, row) in self.held.items():
            item, way, _redundancy, required, members = row
            left = sum(member not in failed for member in members)
            if item not in failed and left >= required:
                found.append(
                    Spared(
                        redundancy,
                        item,
                        level,
                        way & 0xFFFFFFFF,
                        required,
                        len(members),
                        left,
                    )
                )
        return sorted(found, key=lambda one: (one.level, one.item, one.redundancy))

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
