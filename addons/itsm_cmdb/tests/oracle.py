# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Impact worked out without the code under test: plain Python, one round after another.

Ids are any hashable values.
"""

from dataclasses import dataclass


@dataclass
class Edge:
    """A relation: *impact* as its type says, *group* the redundancy or None."""

    source: object
    target: object
    impact: str
    start: object = None
    end: object = None
    group: object = None

    def holds(self, day):
        return (self.start is None or self.start <= day) and (
            self.end is None or self.end >= day
        )

    def ways(self):
        """``(cause, affected)``"""
        if self.impact in ("forward", "both"):
            yield self.source, self.target
        if self.impact in ("backward", "both"):
            yield self.target, self.source


@dataclass
class Group:
    """A redundancy of *item*: *required* of its members must be up."""

    item: object
    required: int


def down(roots, edges, groups, gone, day):
    """``{affected: round in which it fell}``; the roots fall in round 0.

    :param edges: list of Edge
    :param groups: ``{key: Group}``
    :param gone: what takes no part
    """
    edges = [edge for edge in edges if edge.holds(day)]
    fallen = {root: 0 for root in roots}
    number = 0
    while True:
        number += 1
        new = set()
        for edge in edges:
            for cause, affected in edge.ways():
                if cause not in fallen or cause in gone:
                    continue
                group = groups.get(edge.group)
                if group and group.item == affected:
                    members = {
                        other
                        for member in edges
                        if member.group == edge.group
                        for other in (member.source, member.target)
                        if other != affected
                    }
                    up = [m for m in members if m not in gone and m not in fallen]
                    if len(up) >= group.required:
                        continue
                new.add(affected)
        new = {item for item in new if item not in fallen and item not in gone}
        if not new:
            return fallen
        fallen.update(dict.fromkeys(new, number))


def up(roots, edges, gone, day):
    """``{possible cause: level}``; whoever is a member counts."""
    edges = [edge for edge in edges if edge.holds(day)]
    reached = {root: 0 for root in roots}
    frontier = set(roots)
    level = 0
    while frontier:
        level += 1
        frontier = {
            cause
            for edge in edges
            for cause, affected in edge.ways()
            if affected in frontier and affected not in gone
            if cause not in reached and cause not in gone
        }
        reached.update(dict.fromkeys(frontier, level))
    return reached
