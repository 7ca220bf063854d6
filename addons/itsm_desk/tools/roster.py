# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Who gets which shift, and which hours nobody covers. Pure Python, no database.

Times are naive UTC, intervals half-open ``(start, end)``.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple


class Slot(NamedTuple):
    """A shift that has to be given to people.

    :param key: what it is a shift of (of a kind: who keeps it for a week)
    :param week: shifts of the same key and week go to the same person; None: any
    :param int people: how many are needed
    :param tuple candidates: who may have it, in the order in which they take turns
    """

    key: object
    start: datetime
    end: datetime
    week: object
    people: int
    candidates: tuple


def merge(intervals):
    """Join intervals that touch or overlap.

    :rtype: list[tuple]
    """
    joined = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif end > start:
            joined.append((start, end))
    return joined


def subtract(wanted, covered):
    """What of *wanted* is in none of *covered*.

    :rtype: list[tuple]
    """
    gaps = []
    covered = merge(covered)
    for begin, stop in merge(wanted):
        start = begin
        for other_start, other_end in covered:
            if other_end <= start or other_start >= stop:
                continue
            if other_start > start:
                gaps.append((start, other_start))
            start = max(start, other_end)
        if start < stop:
            gaps.append((start, stop))
    return gaps


def clip(intervals, start, end):
    """The parts of intervals between *start* and *end*, joined.

    :rtype: list[tuple]
    """
    return merge(
        (max(begin, start), min(stop, end))
        for begin, stop in intervals
        if begin < end and stop > start
    )


def seconds(intervals):
    """How long disjoint intervals are together, in seconds.

    :rtype: int
    """
    return int(
        sum((end - start for start, end in intervals), timedelta()).total_seconds()
    )


def plan(slots, busy, planned=None, kept=None):
    """Give slots to people: who keeps the week, then who has least, in turn.

    :param list slots: `Slot`, in the order in which they are filled
    :param dict busy: lists of intervals in which somebody cannot, by person
    :param dict planned: seconds that somebody has already in the period, by person
    :param dict kept: who has slots of a key and week already, lists by ``(key, week)``
    :return: ``(slot, person)`` for what could be given; ``(slot, how many)`` missing
    :rtype: tuple[list, list]
    """
    busy = defaultdict(list, {person: list(times) for person, times in busy.items()})
    load = defaultdict(int, planned or {})
    keepers = defaultdict(list, {key: list(who) for key, who in (kept or {}).items()})
    last = {}
    given, missing = [], []
    for slot in slots:
        length = int((slot.end - slot.start).total_seconds())
        free = [
            person
            for person in slot.candidates
            if not any(
                start < slot.end and end > slot.start for start, end in busy[person]
            )
        ]
        keep = keepers[slot.key, slot.week] if slot.week is not None else []
        order = {person: place for place, person in enumerate(slot.candidates)}
        free.sort(
            key=lambda person, keep=keep, order=order: (
                person not in keep,
                load[person],
                last.get(person, datetime.min),
                order[person],
            )
        )
        chosen = free[: slot.people]
        for person in chosen:
            given.append((slot, person))
            busy[person].append((slot.start, slot.end))
            load[person] += length
            last[person] = slot.end
            if slot.week is not None and person not in keep:
                keepers[slot.key, slot.week].append(person)
        if len(chosen) < slot.people:
            missing.append((slot, slot.people - len(chosen)))
    return given, missing
