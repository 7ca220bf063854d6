# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Lists with one row for each ticket: when it was opened, responded, resolved, closed.

Such a row is read as the events that it tells. It says how long a ticket was paused and
not when: the pause is laid directly before the solution, in minutes on the wall clock,
and never before the response. Where other pauses were meant the verdict may differ; the
log of the ticket says so.
"""

import math
from dataclasses import replace
from datetime import timedelta

#: Columns with a point in time, in the order in which things happen.
TIMES = ("opened", "responded", "resolved", "closed")
#: Facts that belong to whoever works on the ticket: known when work began.
WORKER_FACTS = ("assignee_id",)


def problem_of(reader, cells):
    """What makes a row useless, as a sentence, or None.

    :param reader: `RowReader`
    """
    env = reader.env
    earlier = None
    for meaning in TIMES:
        text = reader.cell(cells, meaning)
        if not text and meaning != "opened":
            continue
        column = reader.header[reader.positions[meaning]]
        if not text:
            return env._("%(column)s is empty.", column=column)
        moment = reader.time(text)
        if not moment:
            return env._(
                "%(column)s: “%(value)s” is not a date with a time of day. Check "
                "the Date Format.",
                column=column,
                value=text,
            )
        if moment > reader.now:
            return env._("%(column)s lies in the future.", column=column)
        if earlier and moment < earlier[1]:
            return env._(
                "%(column)s is earlier than %(earlier)s.",
                column=column,
                earlier=earlier[0],
            )
        earlier = column, moment
    text = reader.cell(cells, "paused")
    if text and minutes_of(text) is None:
        return env._(
            "%(column)s: “%(value)s” is not a number of minutes.",
            column=reader.header[reader.positions["paused"]],
            value=text,
        )
    return None


def minutes_of(text):
    """Minutes as a number that is not negative, or None."""
    try:
        minutes = float(text.replace(" ", "").replace(",", "."))
    except ValueError:
        return None
    return minutes if math.isfinite(minutes) and 0 <= minutes < 10**7 else None


def rows_of(reader, base, cells):
    """The events of one row of the list, as `FileRow`s of one ticket.

    :param reader: `RowReader`
    :param base: `FileRow` with what the row says, without a state
    """
    times = {name: reader.time(reader.cell(cells, name)) for name in TIMES}
    opened, responded = times["opened"], times["responded"]
    resolved, closed = times["resolved"], times["closed"]
    worker = {n: base.facts[n] for n in WORKER_FACTS if n in base.facts}
    facts = {n: v for n, v in base.facts.items() if n not in worker}
    rows = []

    def add(time, state, **said):
        first = not rows
        rows.append(
            replace(
                base,
                time=time,
                facts={**(facts if first else {}), "state": state, **said},
                # One row of the list, several events: each must be told apart.
                digest=f"{base.digest}:{state}",
            )
        )

    add(opened, "new", pause_reason_id=None)
    if responded:
        add(responded, "open", pause_reason_id=None)
    end = resolved or closed
    minutes = minutes_of(reader.cell(cells, "paused") or "0") or 0
    if minutes and not end:
        reader.findings.add(
            "warning",
            reader.env._(
                "Paused minutes: the ticket is not resolved, and when it was paused is "
                "not known. They do not count."
            ),
            base.row,
            base.number,
        )
    elif minutes:
        # Whole minutes of the list; seconds would only look exact.
        begin = end - timedelta(seconds=round(minutes * 60))
        earliest = responded or opened
        if begin < earliest:
            reader.findings.add(
                "warning",
                reader.env._(
                    "Paused minutes: longer than the time before the solution. The "
                    "pause begins with the response, or with the opening."
                ),
                base.row,
                base.number,
            )
            begin = earliest
        if begin < end:
            add(begin, "paused", pause_reason_id=reader.pause_reason_id)
            rows[-1].extra = {**base.extra, "paused": minutes}
            reader.paused += 1
    state = reader.values.get(("state", reader.cell(cells, "state")), (False,))[0]
    if end and state == "cancelled":
        add(end, "cancelled", pause_reason_id=None)
    else:
        if resolved:
            add(resolved, "resolved", pause_reason_id=None)
        if closed:
            add(closed, "closed", pause_reason_id=None)
    if worker:
        rows[min(1, len(rows) - 1)].facts.update(worker)
    return rows


def is_flat(meanings):
    """Whether columns of these meanings are those of a list."""
    meanings = set(meanings)
    told = meanings & {"responded", "paused"}
    return bool(told or ("time" not in meanings and meanings & {"resolved", "closed"}))


def missing(meanings):
    """Meanings that a list needs and does not have."""
    needed = [name for name in ("number", "opened") if name not in meanings]
    if "resolved" not in meanings and "closed" not in meanings:
        needed.append("resolved")
    return needed
