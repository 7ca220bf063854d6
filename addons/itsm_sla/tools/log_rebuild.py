# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a ticket's past was, as far as its traces tell: no ORM.

A trace is what one message says about tracked fields, old and new value. The past is
read backwards from today's values: what has no trace is taken to have been so always,
and what does not fit is said.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class Gone:
    """A value that a trace names and that does not exist any more."""

    __slots__ = ("name",)

    def __init__(self, name):
        self.name = name

    def __eq__(self, other):
        return isinstance(other, Gone) and self.name == other.name

    def __hash__(self):
        return hash(self.name)

    def __repr__(self):
        return f"Gone({self.name!r})"


class Trace(NamedTuple):
    """The tracked changes of one message: name of a fact to (old, new)."""

    time: datetime
    message_id: int
    user_id: int | None
    changes: dict


class Doubt(NamedTuple):
    """Something that could not be known: ``what`` is a kind, ``name`` a fact.

    - ``gap``: it changed without a trace between ``since`` and ``until``;
    - ``before``: what it was before ``until`` left no trace;
    - ``now``: it changed without a trace after ``since``; taken as of today;
    - ``gone``: ``value`` does not exist any more.
    """

    what: str
    name: str
    since: Any = None
    until: Any = None
    value: Any = None


@dataclass
class Past:
    """The facts at the beginning, and how they moved."""

    first: dict
    moves: list = field(default_factory=list)  # (time, message_id, user_id, changes)
    doubts: list = field(default_factory=list)


def past_of(current, traces, created, now, changed_at=None, known=None):
    """Work out the past from today's values and traces.

    :param dict current: today's value of each fact
    :param traces: list of `Trace` in order
    :param created: when the ticket was created
    :param now: when the past ends
    :param dict changed_at: when a fact changed last, where the ticket says so itself
    :param dict known: the facts at the beginning, where a log tells them already
    :rtype: Past
    """
    changed_at = changed_at or {}
    past = Past({})
    moves = {}
    for name, value in current.items():
        chain = [trace for trace in traces if name in trace.changes]
        last_change = changed_at.get(name)
        if known is not None:
            at, seen = known[name], created
        elif chain:
            at, seen = chain[0].changes[name][0], created
        elif value and last_change and last_change > created:
            # It says when it changed, but not from what.
            at, seen = None, created
            past.doubts.append(Doubt("before", name, until=last_change))
        else:
            at, seen = value, created
        past.first[name] = at
        for trace in chain:
            old, new = trace.changes[name]
            if old != at:
                past.doubts.append(Doubt("gap", name, seen, trace.time))
            at, seen = new, trace.time
            moves.setdefault((trace.time, trace.message_id), (trace.user_id, {}))[1][
                name
            ] = new
        if at != value and not (isinstance(at, Gone) and not value):
            moment = last_change if last_change and last_change > seen else now
            if moment == now:
                past.doubts.append(Doubt("now", name, seen))
            moves.setdefault((moment, 0), (None, {}))[1][name] = value
    past.moves = [
        (time, message_id, user_id, changes)
        for (time, message_id), (user_id, changes) in sorted(
            moves.items(), key=lambda item: item[0]
        )
    ]
    values = [*past.first.items()]
    for *_move, changes in past.moves:
        values += changes.items()
    for name, value in dict.fromkeys(values):
        if isinstance(value, Gone):
            past.doubts.append(Doubt("gone", name, value=value.name))
    return past
