# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Key figures: what is measured over a span of time, and how a figure is judged.

Pure Python; the records are in ``models/itsm_kpi*.py``. Figures are computed and
compared unrounded. They are shown cut off, always to the worse side: 94.96 % is not
95 %, and 5.04 % is not 5 % where less is better (design, Manners, periods).
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from typing import NamedTuple

GOOD, WARNING, BAD, NO_DATA, NO_TARGET = (
    "good",
    "warning",
    "bad",
    "no_data",
    "no_target",
)
#: As many digits as the largest float has, and those after its point.
WIDE = Context(prec=400)


class Span(NamedTuple):
    """One period of one company.

    Dates are inclusive and the company's own; ``begins`` and ``stops`` are the same in
    naive UTC, half-open. ``moment`` is the end of the span, or now while it lasts: what
    stands at the end of a period is counted as of it.
    """

    company_id: int
    start: date
    end: date
    begins: datetime
    stops: datetime
    moment: datetime


class Facts(NamedTuple):
    """What a measure counts: records of one model, each at a moment.

    :param str model: name of the model
    :param Domain counted: which records count
    :param str at: datetime field that puts a record into a period; of a stock (what is
        open at the end), the field since when it is open
    :param Domain hit: which of them are the numerator of a share
    :param str amount: number field whose mean is asked for
    :param tuple until: of a stock, fields of which the earliest ends it
    :param timedelta age: of a stock, open for longer than that
    :param bool closing: the moment is the end of something, not its beginning; at
        midnight it belongs to the day before
    :param str ticket: many2one to the ticket whose company counts; empty: the model has
        a company itself
    :param bool days: ``at`` is a day of the company, no moment
    """

    model: str
    counted: object
    at: str
    hit: object = None
    amount: str = ""
    until: tuple = ()
    age: timedelta = timedelta()
    closing: bool = False
    ticket: str = ""
    days: bool = False


class Figure(NamedTuple):
    """What a measure found for a span; ``value`` is None where there is no data."""

    numerator: float | None
    denominator: float | None
    value: float | None
    facts: Facts | None = None


def share(hits, counted, facts=None):
    """The share of *hits* in *counted*, in per cent; nothing counted is no data."""
    value = 100 * hits / counted if counted else None
    return Figure(hits, counted, value, facts)


def mean(total, counted, scale=1, facts=None):
    """The mean of *counted* amounts that sum up to *total*, in units of *scale*.

    One division, so that the result is the nearest number there is.
    """
    value = total / (counted * scale) if counted else None
    return Figure(total / scale, counted, value, facts)


def number(counted, facts=None):
    """A plain count. None at all is a figure: zero."""
    return Figure(counted, None, float(counted), facts)


def judge(value, direction, target=None, warning=None):
    """How good *value* is.

    :param float value: unrounded; None: no data
    :param str direction: ``up`` (more is better), ``down``, or ``none``
    :param float target: reached with exactly this value; None: there is none
    :param float warning: not reached, but no worse than this: a warning
    :rtype: str
    """
    if value is None:
        return NO_DATA
    if target is None or direction == "none":
        return NO_TARGET
    if warning is None:
        warning = target
    if direction == "down":
        value, target, warning = -value, -target, -warning
    if value >= target:
        return GOOD
    return WARNING if value >= warning else BAD


def compare(value, previous, direction):
    """The trend from *previous* to *value*.

    :rtype: str
    :return: ``better``, ``worse``, ``same``; ``up`` or ``down`` where no direction is
        the better one; ``none`` if one of them has no data
    """
    if value is None or previous is None:
        return "none"
    if value == previous:
        return "same"
    up = value > previous
    if direction == "none":
        return "up" if up else "down"
    return "better" if up == (direction == "up") else "worse"


def cut(value, digits, direction="up"):
    """*value* with so many decimals, cut off to the worse side.

    :rtype: Decimal
    """
    rounding = ROUND_CEILING if direction == "down" else ROUND_FLOOR
    return _meant(value).quantize(
        Decimal(1).scaleb(-digits), rounding=rounding, context=WIDE
    )


def plain(value):
    """*value* with all its decimals and no exponent: 95, 99.95, 10000000.

    :rtype: str
    """
    text = f"{_meant(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _meant(value):
    """The shortest notation of the float: 28.7 is meant, not 28.699999999999999."""
    return Decimal(repr(float(value)))
