# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""From the rows of a file to the rows of the event log: no ORM.

A row of the file says how the ticket stood after something happened; a row of the log
says what happened. So each row is compared with the one before it. What a row does not
say (unknown) stays as it was.
"""

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from ..models.itsm_ticket_event import COLUMNS, STATED

#: Column of the log, in the order in which the facts of one row are logged, and `what`.
FACT_ROWS = (
    ("partner_id", "customer"),
    ("itsm_kind", "kind"),
    ("service_id", "service"),
    ("priority", "priority"),
    ("team_id", "team"),
    ("assignee_id", "assignee"),
)
LEVELS = ("error", "skip", "warning", "difference", "info")
#: Facts that may be a name nobody here knows: it is kept as the note of the log row.
NAMED_FACTS = ("team_id", "assignee_id")
ENDED = ("resolved", "closed", "cancelled")
#: What only compared columns say.
EXTRA_TIMES = {"resolved", "closed"}


@dataclass(slots=True)
class FileRow:
    """One row of the file that could be read.

    ``facts`` holds only what the row says: columns of the log, with ids for many2ones;
    ``team_id`` and ``assignee_id`` are ``(id or None, name)``. ``digest`` stands for
    the text of the row's facts, whatever they were mapped to.
    """

    row: int
    number: str
    time: datetime
    opened: datetime
    order: float | None
    facts: dict
    digest: str
    extra: dict = field(default_factory=dict)  # title, category, impact, resolved …

    @property
    def moment(self):
        return (self.time, self.order is not None, self.order or 0.0)

    def as_json(self):
        """All but row, number and time, for `from_json`."""
        return {
            "opened": self.opened.isoformat(),
            "order": self.order,
            "facts": self.facts,
            "digest": self.digest,
            "extra": {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in self.extra.items()
                if value is not None and value != ""
            },
        }

    @classmethod
    def from_json(cls, row, number, time, content):
        extra = content["extra"]
        for name in EXTRA_TIMES & extra.keys():
            extra[name] = datetime.fromisoformat(extra[name])
        facts = content["facts"]
        for name in NAMED_FACTS:
            if name in facts:
                facts[name] = tuple(facts[name])
        return cls(
            row=row,
            number=number,
            time=time,
            opened=datetime.fromisoformat(content["opened"]),
            order=content["order"],
            facts=facts,
            digest=content["digest"],
            extra=extra,
        )

    @property
    def key(self):
        """What tells this row from others of the same ticket, as JSON."""
        return [self.time.isoformat(), self.order, self.digest]


def moment_of(key):
    """`FileRow.moment` of a stored key."""
    time, order, _digest = key
    return (datetime.fromisoformat(time), order is not None, order or 0.0)


def sort_rows(rows):
    """Rows of one ticket in the order in which things happened.

    By time, because clocks cannot run backwards; within the same time by the order
    column; else as in the file.

    :return: ``(rows, doubtful)``: doubtful are rows whose time is later than that of a
        row which the order column puts after them
    """
    rows = sorted(rows, key=lambda row: row.moment)
    ordered = [row for row in rows if row.order is not None]
    doubtful = [
        later for earlier, later in pairwise(ordered) if later.order < earlier.order
    ]
    return rows, doubtful


def new_rows(rows, known):
    """Which rows of a ticket come on top of those imported before.

    :param rows: sorted `FileRow`s of the file
    :param list known: keys of the rows imported before, in order
    :return: the new rows, or None if they cannot be put behind the known ones
    """
    keys = [row.key for row in rows]
    if keys[: len(known)] == known:
        return rows[len(known) :]
    left = list(known)
    fresh = []
    for row in rows:
        if row.key in left:
            left.remove(row.key)
        else:
            fresh.append(row)
    last = max(moment_of(key) for key in known)
    if any(row.moment <= last for row in fresh):
        return None
    return fresh


@dataclass
class Builder:
    """Makes log rows of the file's rows.

    :param dict stages: state to stage id
    :param str response: what counts as the response: progress, assignee or none
    :param dict defaults: facts of rows that never say anything else
    :param dict notes: texts for the note of the log rows ``reported`` and ``reply``,
        and for ``paused`` a function of the minutes
    """

    stages: dict
    response: str
    defaults: dict
    notes: dict

    def build(self, rows, opened):
        """The log of a new ticket: list of dicts for `itsm.ticket.event`."""
        first = self.defaults | (rows[0].facts if rows else {})
        facts = {name: first.get(name) for name, _what in FACT_ROWS}
        facts["assignee_id"] = (None, None)
        team = first.get("team_id") or (None, None)
        # A team that is a mere name is told by the first row, with the name as note.
        facts["team_id"] = team if team[0] else (None, None)
        facts["priority"] = facts["priority"] or "1"
        facts["state"], facts["pause_reason_id"] = "new", None
        reported = self._event("reported", opened, 0, facts)
        reported["note"] = self.notes["reported"]
        return [reported, *self.extend(rows, facts, 1, responded=False)]

    def extend(self, rows, facts, sequence, responded):
        """Log rows for *rows* of a ticket that stands as *facts* say."""
        facts = dict(facts)
        events = []
        for position, row in enumerate(rows, start=sequence):
            whats = []
            for name, what in FACT_ROWS:
                value = row.facts.get(name)
                if value is not None and value != facts[name]:
                    facts[name] = value
                    whats.append(what)
            what = self._move(row.facts, facts)
            if what:
                whats.append(what)
            if not responded and self._responds(row.facts):
                responded = True
                whats.append("reply")
            events += [self._event(what, row.time, position, facts) for what in whats]
            if whats and row.extra.get("paused"):
                events[-1]["note"] = self.notes["paused"](row.extra["paused"])
        return events

    @staticmethod
    def _move(said, facts):
        """Take over state and pause reason; return what that is called, or None."""
        state = said.get("state")
        if not state:
            return None
        old = facts["state"], facts["pause_reason_id"]
        new = state, said.get("pause_reason_id") if state == "paused" else None
        facts["state"], facts["pause_reason_id"] = new
        if old == new:
            return None
        if state in ENDED and state != old[0]:
            return state
        return "reopened" if old[0] in ENDED else "state"

    def _responds(self, said):
        if self.response == "progress":
            return said.get("state") == "open"
        return self.response == "assignee" and bool(said.get("assignee_id"))

    def _event(self, what, time, sequence, facts):
        event = {"what": what, "time": time, "sequence": sequence}
        for name in STATED[what]:
            value = facts.get(name)
            if name in NAMED_FACTS:
                value, text = value or (None, None)
                if text and not value:
                    event["note"] = text
            elif name == "state":
                event["stage_id"] = self.stages.get(value, False)
            event[name] = value or False
        if what == "reply":
            event["note"] = self.notes["reply"]
        return event


def steps_of(events):
    """Log rows as steps of `TicketFold`: one step for each row of the file."""
    steps = []
    last = None
    for event in events:
        moment = event["time"], event["sequence"]
        if moment != last:
            steps.append((event["time"], []))
            last = moment
        facts = {COLUMNS[name]: event[name] or None for name in STATED[event["what"]]}
        steps[-1][1].append((event["what"], facts))
    return steps


def facts_of(events):
    """How the ticket stands after *events*, for `Builder.extend`."""
    facts = {}
    for event in events:
        for name in STATED[event["what"]]:
            value = event[name] or None
            if name in NAMED_FACTS:
                text = event.get("note") if event["what"] != "reported" else None
                value = (value, None if value else text or None)
            facts[name] = value
    return facts


def ticket_values(events):
    """Values of the ticket that follow from its log."""
    vals = {
        "first_response_at": False,
        "first_assigned_at": False,
        "assigned_date": False,
        "resolved_at": False,
        "reopened_at": False,
        "reopened_count": 0,
        "closed_date": False,
    }
    state = None
    for event in events:
        what, time = event["what"], event["time"]
        for name in STATED[what]:
            if name != "state":
                vals["user_id" if name == "assignee_id" else name] = event[name]
        if what == "reply":
            vals["first_response_at"] = vals["first_response_at"] or time
        elif what == "assignee":
            vals["first_assigned_at"] = vals["first_assigned_at"] or time
            vals["assigned_date"] = event["assignee_id"] and time
        if "state" not in STATED[what]:
            continue
        state = event["state"]
        vals["stage_id"] = event["stage_id"]
        vals["last_stage_update"] = time
        if what == "reopened":
            vals.update(
                resolved_at=False,
                reopened_at=time,
                reopened_count=vals["reopened_count"] + 1,
            )
        if state in ("resolved", "closed") and not vals["resolved_at"]:
            vals["resolved_at"] = time
        if state not in ("closed", "cancelled"):
            vals["closed_date"] = False
        elif not vals["closed_date"]:
            vals["closed_date"] = time
    return vals


def from_record(event):
    """A stored row of the log as `Builder` makes them.

    :param event: one `itsm.ticket.event`
    """
    names = {"what", "time", "sequence", "stage_id", "note", *STATED[event.what]}
    return {name: getattr(event[name], "id", event[name]) for name in names}


@dataclass
class Plan:
    """What an import would do to one ticket."""

    number: str
    action: str = "created"  # created, extended, unchanged, skip
    rows: list = field(default_factory=list)  # new `FileRow`s
    every: list = field(default_factory=list)  # all of them, for comparing
    known: list = field(default_factory=list)  # log rows there already
    events: list = field(default_factory=list)  # log rows to write
    vals: dict = field(default_factory=dict)  # values of the ticket
    fold: object = None
    ticket: object = None


class Findings:
    """Collects what there is to say, in the order in which it is shown."""

    def __init__(self):
        self.lines = []

    def add(self, level, reason, row=0, number="", text=""):
        self.lines.append(
            {
                "sequence": LEVELS.index(level),
                "level": level,
                "row": row,
                "number": number[:64],
                "reason": reason,
                "text": text,
            }
        )

    def count(self, level):
        return sum(line["level"] == level for line in self.lines)
