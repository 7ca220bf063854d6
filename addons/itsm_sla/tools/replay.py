# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Folding many tickets again and saying what differs: no ORM, plain rows.

A log row is a tuple of `HEAD` and the columns of facts, a stored clock a `Stored`. The
same reading of a log serves one ticket on the screen and a hundred thousand in a run.
"""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, NamedTuple

from .clock import identity_of, status_of
from .fold import OVER

#: What every log row begins with; the columns of facts follow.
HEAD = ("ticket_id", "time", "sequence", "step", "what", "reported_at")
STATE_FACTS = ("state", "pause_reason_id")


class Stored(NamedTuple):
    """A stored clock as far as a replay compares it; the columns in this order."""

    id: int
    ticket_id: int
    kind: str
    metric: str
    leg_team_id: int | None
    leg_partner_id: int | None
    cycle: int
    agreement_id: int
    calendar_id: int | None
    tz: str
    service_id: int | None
    phase: str
    target_seconds: int
    used_seconds: int
    started_at: Any
    running_since: Any
    deadline: Any
    at_risk_at: Any
    breached_at: Any
    stopped_at: Any
    overrun_seconds: int

    @property
    def identity(self):
        """What tells the clocks of one ticket apart, as `Clock.identity`."""
        return identity_of(
            self.kind, self.metric, self.leg_team_id, self.leg_partner_id, self.cycle
        )

    @property
    def is_open(self):
        return self.phase in ("running", "paused")

    @property
    def values(self):
        """What is compared of it."""
        return Values._make(self[FIRST_VALUE:])


#: Where the values that are compared begin in a `Stored`.
FIRST_VALUE = Stored._fields.index("agreement_id")


class Values(NamedTuple):
    """What is compared of a clock, stored or folded."""

    agreement_id: int
    calendar_id: int | None
    tz: str
    service_id: int | None
    phase: str
    target: int
    used: int
    started_at: Any
    running_since: Any
    deadline: Any
    at_risk_at: Any
    breached_at: Any
    stopped_at: Any
    overrun: int

    def status(self, now):
        """What the clock shows at ``now`` (naive UTC)."""
        return status_of(
            self.phase, self.breached_at, self.deadline, self.at_risk_at, now
        )

    @property
    def key(self):
        """A short text that two equal clocks have in common."""
        return hashlib.md5(
            repr(tuple(self)).encode(), usedforsecurity=False
        ).hexdigest()


@dataclass(slots=True)
class Difference:
    """One clock that is not what the log says.

    ``change`` is ``changed``, ``new`` (it was not there) or ``withdrawn`` (the log
    makes no such clock). ``clock`` is the fold's, None when withdrawn.
    """

    identity: tuple
    change: str
    clock_id: int | None
    before: Values | None
    after: Values | None
    clock: Any = None

    @property
    def key(self):
        """What both sides say of the clock after the replay, as text."""
        return self.after.key if self.after else self.change

    def effect(self, now):
        """The one word that a service level manager looks for."""
        late = ("breached", "missed")
        was_late = bool(self.before) and self.before.status(now) in late
        is_late = bool(self.after) and self.after.status(now) in late
        if was_late != is_late:
            return "newly_late" if is_late else "no_longer_late"
        before = self.before and self.before.deadline
        after = self.after and self.after.deadline
        if before and after and before != after:
            return "earlier" if after < before else "later"
        return "other"


# --- reading a log -------------------------------------------------------------------


def log_layout(columns, stated):
    """Where each kind of row keeps the facts that it states.

    :param dict columns: column of a row to its name in the fold, in the order of the
        rows after `HEAD`
    :param dict stated: kind of row to the columns that it states
    :return: kind of row to ``[(name in the fold, position)]``
    """
    position = {name: len(HEAD) + i for i, name in enumerate(columns)}
    return {
        what: [(columns[name], position[name]) for name in names]
        for what, names in stated.items()
    }


def steps_of(rows, layout):
    """The rows of one ticket as steps ``(time, [(what, values)])`` of `TicketFold`.

    Rows of one time, sequence and step are one change. A corrected reported time
    replaces the first.

    :param rows: tuples in the order of time, sequence and id
    :param layout: as `log_layout` returns it
    """
    corrected = None
    groups = {}
    for row in rows:
        _ticket_id, time, sequence, step, what, reported_at = row[:6]
        if what == "corrected" and reported_at:
            corrected = reported_at
        groups.setdefault((time, sequence, step), []).append(row)
    steps = []
    for (time, _sequence, _step), group in groups.items():
        content = []
        for row in group:
            what = row[4]
            facts = {name: row[position] or None for name, position in layout[what]}
            if what == "reported" and corrected:
                # Only the report moves: what was done at its first time stays.
                steps.append((corrected, [(what, facts)]))
                if corrected < time and facts["state"] != "new":
                    done = {name: facts[name] for name in STATE_FACTS}
                    facts.update(state="new", pause_reason_id=None)
                    state = done["state"]
                    content.append((state if state in OVER else "state", done))
            else:
                content.append((what, facts))
        if content:
            steps.append((time, content))
    return steps


# --- comparing -----------------------------------------------------------------------


def stored_values(stored, now):
    """The compared values of a `Stored`, as time has made them until ``now``.

    The scheduler may not have come by yet: a running clock past its deadline is late
    all the same.
    """
    values = stored.values
    if (
        values.breached_at is None
        and values.phase == "running"
        and values.deadline
        and now > values.deadline
    ):
        return values._replace(breached_at=values.deadline)
    return values


def folded_values(clock):
    """The compared values of the fold's `Clock`."""
    rules = clock.rules
    return Values(
        rules.agreement_id,
        rules.calendar_id or None,
        rules.tz,
        rules.service_id or None,
        clock.phase,
        clock.target,
        clock.used,
        clock.started_at,
        clock.running_since,
        clock.deadline,
        clock.at_risk_at,
        clock.breached_at,
        clock.stopped_at,
        clock.overrun,
    )


def differences(clocks, stored, now, verdicts=False):
    """What the stored clocks of a ticket are not, compared with the folded ones.

    :param clocks: the fold's clocks at ``now``
    :param stored: list of `Stored`
    :param now: naive UTC datetime
    :param verdicts: whether clocks that are finished may change too; met and missed
        are final otherwise
    :return: list of `Difference`
    """
    found = []
    by_identity = {clock.identity: clock for clock in clocks}
    for row in stored:
        clock = by_identity.pop(row.identity, None)
        if not verdicts and not row.is_open:
            continue
        before = stored_values(row, now)
        if clock is not None:
            after = folded_values(clock)
            if after != before:
                found.append(
                    Difference(row.identity, "changed", row.id, before, after, clock)
                )
        elif row.phase != "cancelled" or before.breached_at:
            found.append(Difference(row.identity, "withdrawn", row.id, before, None))
    for identity, clock in by_identity.items():
        found.append(
            Difference(identity, "new", None, None, folded_values(clock), clock)
        )
    return found


# --- what it was worked out with -----------------------------------------------------


def digest(*things):
    """A short text for rules, timelines and other plain data; equal for equal data."""
    return hashlib.md5(
        repr([_plain(thing) for thing in things]).encode(), usedforsecurity=False
    ).hexdigest()


def _plain(thing):
    """``thing`` in a form whose text does not depend on the process."""
    spec = getattr(thing, "spec", None)
    if is_dataclass(spec):
        return _plain(spec)
    if is_dataclass(thing):
        return [(f.name, _plain(getattr(thing, f.name))) for f in fields(thing)]
    if isinstance(thing, dict):
        return sorted((repr(_plain(k)), _plain(v)) for k, v in thing.items())
    if isinstance(thing, (set, frozenset)):
        return sorted(repr(_plain(item)) for item in thing)
    if isinstance(thing, (list, tuple)):
        return [_plain(item) for item in thing]
    if thing is None or isinstance(thing, (bool, int, float, str)):
        return thing
    if hasattr(thing, "isoformat"):
        return thing.isoformat()
    return type(thing).__name__
