# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading what other systems send: monitoring events and contacts.

Nothing here trusts what comes in: types are checked, texts are bounded and cleaned of
what a database cannot store, and every refusal says what was wrong.
"""

import math
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

#: What the source calls a severity, and which of ours it is.
SEVERITIES = {
    "critical": "5",
    "disaster": "5",
    "fatal": "5",
    "emergency": "5",
    "major": "4",
    "high": "4",
    "error": "4",
    "minor": "3",
    "average": "3",
    "warning": "2",
    "warn": "2",
    "info": "1",
    "information": "1",
    "ok": "0",
    "clear": "0",
    "cleared": "0",
    "normal": "0",
    "recovery": "0",
    "recovered": "0",
    "resolved": "0",
    "up": "0",
}
RECOVERED = "0"
#: What of an event is looked at.
NAMES = frozenset({"source", "key", "severity", "summary", "message", "time", "id"})
SOURCE_SIZE = 64
KEY_SIZE = 255
ID_SIZE = 255
SUMMARY_SIZE = 255
MESSAGE_SIZE = 10_000
#: Clocks of two machines differ; what is later than this is an error of the source.
SKEW = timedelta(minutes=5)


class BadInput(ValueError):
    """What was sent cannot be used.

    :ivar str code: ``type``, ``missing``, ``long``, ``severity``, ``time``,
        ``future``, ``sender``
    :ivar dict values: what the message names
    """

    def __init__(self, code, **values):
        super().__init__(code)
        self.code = code
        self.values = values


class EventIn(NamedTuple):
    """One event as it was understood."""

    source: str
    key: str
    severity: str
    summary: str
    message: str
    time: datetime
    uid: str

    @property
    def recovery(self):
        return self.severity == RECOVERED


def clean(text):
    """Return *text* without what a database or a browser cannot store.

    No NUL and other control characters but tab and line feed, no lone surrogates.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f"))
    return text.encode("utf-8", "replace").decode("utf-8").strip()


def text_of(data, name, size, required=False, cut=False):
    """Return the text *name* of *data*, cleaned; empty if it is not there.

    :param int size: longest allowed
    :param bool cut: shorten what is longer instead of refusing it
    :raise BadInput: it is missing, no text, or too long
    """
    value = data.get(name)
    if value is None or value is False:
        value = ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        raise BadInput("type", name=name)
    is_long = len(value) > 2 * size
    # what is thrown away need not be cleaned first
    value = clean(value[: 2 * size])
    if required and not value:
        raise BadInput("missing", name=name)
    if len(value) <= size and not is_long:
        return value
    if not cut:
        raise BadInput("long", name=name, size=size)
    return value[: size - 1] + "…"


def time_of(data, name, now):
    """Return the moment *name* of *data* as naive UTC of whole seconds.

    ISO 8601 with an offset or “Z” (without one it is UTC), or seconds since 1970;
    *now* if it is not there.

    :raise BadInput: it is neither, or lies in the future
    """
    value = data.get(name)
    if value is None or value is False or value == "":
        return now
    try:
        if isinstance(value, bool):
            raise ValueError
        if isinstance(value, int | float):
            if not math.isfinite(value):
                raise ValueError
            moment = datetime.fromtimestamp(value, UTC)
        elif isinstance(value, str) and len(value) <= 40:
            moment = datetime.fromisoformat(value.strip())
            moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
        else:
            raise ValueError
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput("time", name=name) from error
    moment = moment.replace(tzinfo=None, microsecond=0)
    if moment > now + SKEW:
        raise BadInput("future", name=name)
    if moment.year < 2000:
        raise BadInput("time", name=name)
    return min(moment, now)


def read_event(data, now):
    """Understand one event as it was sent.

    :param data: anything; a dict with ``source``, ``key``, ``severity``, and if wanted
        ``summary``, ``message``, ``time`` and ``id``; other names are not looked at
    :param datetime now: naive UTC of whole seconds
    :rtype: EventIn
    :raise BadInput: it cannot be used
    """
    if not isinstance(data, dict):
        raise BadInput("type", name="event")
    source = text_of(data, "source", SOURCE_SIZE, required=True)
    key = text_of(data, "key", KEY_SIZE, required=True)
    named = text_of(data, "severity", 32, required=True).lower()
    if named not in SEVERITIES:
        raise BadInput("severity", value=named)
    message = text_of(data, "message", MESSAGE_SIZE, cut=True)
    summary = text_of(data, "summary", SUMMARY_SIZE, cut=True)
    if not summary:
        summary = message.partition("\n")[0][:SUMMARY_SIZE].strip() or key
    return EventIn(
        source,
        key,
        SEVERITIES[named],
        " ".join(summary.split()),
        message,
        time_of(data, "time", now),
        text_of(data, "id", ID_SIZE),
    )
