# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Reading the answer to a question: text that came from a form or a remote call.

Nothing is guessed: what is not exactly of the kind that was asked for is refused.
"""

import math
import re
import unicodedata
from datetime import date, datetime

#: Kinds of answers that can have limits on both sides.
LIMITED = ("char", "text", "integer", "float", "date")
#: The most characters of an answer, whatever the question says.
LONGEST = {"char": 255, "text": 10000}
#: The largest file in MiB, whatever the question says.
FILE_MEGABYTES = 10
#: What the columns of whole numbers hold.
INTEGERS = range(-(2**31), 2**31)
#: What stands for yes and no, in small letters.
YES, NO = ("1", "on", "true", "yes"), ("0", "off", "false", "no")

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_FLOAT = re.compile(r"[+-]?([0-9]{1,15}(\.[0-9]{0,9})?|\.[0-9]{1,9})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# control characters except tab and line ends; lone surrogates
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class AnswerError(ValueError):
    """An answer that is not of the kind that was asked for; the text is a key."""


def parse(kind, raw):
    """Read an answer.

    :param str kind: see ``itsm.question.kind``; not ``file`` and ``selection``
    :param raw: what was sent; str, or already of the kind
    :return: the value, or None if nothing was answered
    :raise AnswerError: it is not of that kind
    """
    if kind == "boolean":
        return _boolean(raw)
    if raw is None or raw is False:
        return None
    if isinstance(raw, str):
        raw = raw.strip()
        if not raw:
            return None
    return {
        "char": _text,
        "text": _text,
        "integer": _integer,
        "float": _float,
        "date": _date,
    }[kind](raw)


def _boolean(raw):
    if raw is None or isinstance(raw, bool):
        return bool(raw)
    word = str(raw).strip().lower() if isinstance(raw, str | int) else None
    if word in YES:
        return True
    if word in NO or word == "":
        return False
    raise AnswerError("boolean")


def _text(raw):
    if not isinstance(raw, str):
        raise AnswerError("text")
    if _UNPRINTABLE.search(raw):
        raise AnswerError("unprintable")
    return raw.replace("\r\n", "\n")


def _digits(raw):
    """Digits as Chinese keyboards write them, too."""
    return unicodedata.normalize("NFKC", raw) if isinstance(raw, str) else str(raw)


def _integer(raw):
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        raise AnswerError("integer")
    text = _digits(raw)
    if not _INTEGER.fullmatch(text) or int(text) not in INTEGERS:
        raise AnswerError("integer")
    return int(text)


def _float(raw):
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise AnswerError("float")
    if isinstance(raw, str):
        text = _digits(raw)
        if not _FLOAT.fullmatch(text):
            raise AnswerError("float")
        return float(text)
    if not math.isfinite(raw) or abs(raw) >= 1e15:
        raise AnswerError("float")
    return float(raw)


def _date(raw):
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if not isinstance(raw, str) or not _DATE.fullmatch(_digits(raw)):
        raise AnswerError("date")
    try:
        return date.fromisoformat(_digits(raw))
    except ValueError as error:
        raise AnswerError("date") from error


def measure(kind, value, today):
    """What the limits of a question are compared with.

    :param value: see `parse`
    :param datetime.date today: of the request
    :return: number of characters, the number itself, or days from today
    """
    if kind in ("char", "text"):
        return len(value)
    if kind == "date":
        return (value - today).days
    return value


def read_file(raw, megabytes):
    """Read the file of an answer.

    :param raw: None, an upload of a form (``filename`` and ``read()``), or a dict with
        ``name`` and ``content`` (bytes)
    :param float megabytes: the largest, in MiB
    :return: ``(name, content)``, or None if there is no file
    :raise AnswerError: not a file, without a name, empty, or too large
    """
    if raw is None or raw is False or raw == "":
        return None
    limit = int(megabytes * 1024 * 1024)
    if isinstance(raw, dict):
        name, content = raw.get("name"), raw.get("content")
    elif hasattr(raw, "filename") and hasattr(raw, "read"):
        if not raw.filename:
            return None
        # one byte more than allowed is enough to refuse it
        name, content = raw.filename, raw.read(limit + 1)
    else:
        raise AnswerError("file")
    if not isinstance(name, str) or not isinstance(content, bytes):
        raise AnswerError("file")
    name = re.split(r"[/\\]", _UNPRINTABLE.sub("", name))[-1].strip()[-255:]
    if not name:
        raise AnswerError("file")
    if not content:
        raise AnswerError("file_empty")
    if len(content) > limit:
        raise AnswerError("file_large")
    return name, content
