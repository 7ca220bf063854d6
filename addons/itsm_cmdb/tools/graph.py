# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What of an impact is drawn: groups of many, classes left out, the nearest first."""

from collections import defaultdict


class Drawn:
    """Which node of the picture stands for which configuration item.

    A node is known by a configuration item: itself, or the first of a group.

    :ivar dict node: ``{id: id of its node}``, only of those that are drawn
    :ivar dict groups: ``{id of a node: ids of its members}``, only of groups
    :ivar dict level: ``{id of a node: level}``, nearest first
    :ivar dict anchor: ``{id: id of the node from which one comes to what it reached}``
    :ivar int left_out: how many are not drawn, as they are beyond the limit
    """

    def __init__(self, impact, class_of, hidden=(), threshold=0, opened=(), limit=2000):
        """Choose what is drawn.

        :param Impact impact: what was found
        :param dict class_of: ``{id: class}``
        :param hidden: classes that are not drawn; roots always are
        :param int threshold: more than so many of one class, at one level, reached from
            one node become one node; 0: never
        :param opened: first ones of groups that are drawn one by one all the same
        :param int limit: nodes at most
        """
        self.node = {}
        self.groups = {}
        self.level = {}
        self.anchor = {}
        self.left_out = 0
        hidden, opened = set(hidden), set(opened)
        for level, items in impact.levels().items():
            buckets = defaultdict(list)
            for item in items:
                before = impact.before.get(item, (None,))[0]
                anchor = self.anchor.get(before)
                if level and class_of.get(item) in hidden:
                    self.anchor[item] = anchor
                else:
                    # roots stand by themselves
                    key = (anchor, class_of.get(item)) if level else item
                    buckets[key].append(item)
            for members in buckets.values():
                if not threshold or len(members) <= threshold or members[0] in opened:
                    for item in members:
                        self._draw(level, [item], limit)
                else:
                    self._draw(level, members, limit)

    def _draw(self, level, members, limit):
        first = members[0]
        if len(self.level) >= limit:
            self.left_out += len(members)
            # what lies behind is farther still
            self.anchor.update(dict.fromkeys(members))
            return
        self.level[first] = level
        if len(members) > 1:
            self.groups[first] = members
        for item in members:
            self.node[item] = self.anchor[item] = first
