# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import fields, models
from odoo.tools import format_date

from ..tools.answer import (
    FILE_MEGABYTES,
    LONGEST,
    AnswerError,
    measure,
    parse,
    read_file,
)


class ItsmQuestion(models.Model):
    """Reading the answer to one question."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.question"

    def _read_answer(self, raw):
        """The answer as it is kept; None if there is none.

        :param raw: see `itsm.service._itsm_check_answers`
        :rtype: dict | None
        :raise AnswerError: the answer cannot be kept; the text is a key
        """
        self.ensure_one()
        answer = getattr(self, f"_read_answer_{self.kind}", self._read_answer_value)(
            raw
        )
        if not answer:
            if self.required:
                raise AnswerError("required")
            return None
        return {"question_id": self.id, "kind": self.kind, **answer}

    def _read_answer_value(self, raw):
        value = parse(self.kind, raw)
        if value is None:
            return None
        size = measure(self.kind, value, fields.Date.context_today(self))
        if size > LONGEST.get(self.kind, size):
            raise AnswerError("long")
        if (self.has_minimum and size < self.minimum) or (
            self.has_maximum and size > self.maximum
        ):
            raise AnswerError("limits")
        if self.kind == "date":
            display = format_date(self.env, value)
        elif self.kind == "float":
            display = f"{value:.9f}".rstrip("0").rstrip(".")
        else:
            display = str(value)
        return {f"value_{self.kind}": value, "display": display}

    def _read_answer_boolean(self, raw):
        value = parse("boolean", raw)
        if self.required and not value:
            raise AnswerError("required")
        display = self.env._("Yes") if value else self.env._("No")
        return {"value_boolean": value, "display": display}

    def _read_answer_selection(self, raw):
        code = parse("char", raw)
        if code is None:
            return None
        option = self.option_ids.filtered(lambda option: option.code == code)
        if not option:
            raise AnswerError("selection")
        return {"value_char": code, "display": option.name}

    def _read_answer_file(self, raw):
        found = read_file(raw, self._file_megabytes())
        if found is None:
            return None
        name, content = found
        return {
            "value_file": base64.b64encode(content),
            "value_file_name": name,
            "display": name,
        }

    def _file_megabytes(self):
        """The largest file that answers the question, in MiB."""
        return min(self.maximum if self.has_maximum else FILE_MEGABYTES, FILE_MEGABYTES)

    # === What is wrong ===

    def _answer_message(self, key):
        """What is wrong with an answer, and what helps.

        :param str key: of `AnswerError`
        :rtype: str
        """
        self.ensure_one()
        name = self.name
        if key == "required" and self.kind == "boolean":
            return self.env._("%(question)s: this has to be a yes.", question=name)
        if key == "required":
            return self.env._("%(question)s: an answer is needed.", question=name)
        if key == "limits":
            return self._limits_message()
        messages = {
            "boolean": self.env._("%(question)s: answer yes or no.", question=name),
            "integer": self.env._(
                "%(question)s: enter a whole number, for example 12.", question=name
            ),
            "float": self.env._(
                "%(question)s: enter a number, for example 12.5.", question=name
            ),
            "date": self.env._(
                "%(question)s: enter a date, for example 2026-03-31.", question=name
            ),
            "selection": self.env._(
                "%(question)s: choose one of the options.", question=name
            ),
            "text": self.env._("%(question)s: enter a text.", question=name),
            "unprintable": self.env._(
                "%(question)s: the text has characters that cannot be kept. Type it "
                "instead of pasting it.",
                question=name,
            ),
            "long": self.env._(
                "%(question)s: at most %(count)s characters.",
                question=name,
                count=LONGEST.get(self.kind),
            ),
            "file": self.env._("%(question)s: attach a file.", question=name),
            "file_empty": self.env._(
                "%(question)s: the file is empty. Attach another one.", question=name
            ),
            "file_large": self.env._(
                "%(question)s: the file is too large, at most %(size)s MB.",
                question=name,
                size=f"{self._file_megabytes():g}",
            ),
        }
        return messages[key]

    def _limits_message(self):
        values = {
            "question": self.name,
            "minimum": f"{self.minimum:g}",
            "maximum": f"{self.maximum:g}",
        }
        if self.kind == "date":
            today = fields.Date.context_today(self)
            values["minimum"] = self._limit_date(today, self.minimum)
            values["maximum"] = self._limit_date(today, self.maximum)
        if self.kind in ("char", "text"):
            if self.has_minimum and self.has_maximum:
                return self.env._(
                    "%(question)s: from %(minimum)s to %(maximum)s characters.",
                    **values,
                )
            if self.has_minimum:
                return self.env._(
                    "%(question)s: at least %(minimum)s characters.", **values
                )
            return self.env._("%(question)s: at most %(maximum)s characters.", **values)
        if self.has_minimum and self.has_maximum:
            return self.env._(
                "%(question)s: from %(minimum)s to %(maximum)s.", **values
            )
        if self.kind == "date" and self.has_minimum:
            return self.env._("%(question)s: %(minimum)s or later.", **values)
        if self.kind == "date":
            return self.env._("%(question)s: %(maximum)s or earlier.", **values)
        if self.has_minimum:
            return self.env._("%(question)s: %(minimum)s or more.", **values)
        return self.env._("%(question)s: %(maximum)s or less.", **values)

    def _limit_date(self, today, days):
        day = fields.Date.add(today, days=int(days))
        return format_date(self.env, day)
