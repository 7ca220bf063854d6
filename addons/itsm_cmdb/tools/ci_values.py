# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What a cell of a source means: texts as people and systems write them, or JSON."""

import re

from odoo.addons.itsm_base.tools.text_file import word
from odoo.addons.itsm_base.wizards.itsm_sheet import NO, YES

from .ci_rows import heading, parts
from .properties import INTEGER, WRONG, WrongValueError, _date, _datetime

WHOLE = re.compile(r"[+-]?\d{1,10}")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
#: Kinds of fields of a CI that are said as other kinds are.
SAME_KINDS = {"monetary": "float"}
#: How many different texts of a column are remembered.
REMEMBERED = 20_000


class Column:
    """One column of a source, ready to read its cells."""

    def __init__(self, line):
        self.line = line
        self.label = line.column
        self.name = heading(line.column)
        self.target = line._target()
        self.kind = SAME_KINDS.get(line._kind(), line._kind())
        self.code = line.attribute_id.code or None
        self.precedence = line.precedence
        self.clears = line.clears and line.precedence == "owns"
        self.words = {word(v.name): v.value or "" for v in line.value_ids}
        self.default = line.default_value or ""
        self.choices = self._choices()
        self.comodel = self._comodel()
        #: ids of records by text, filled by the reconciler
        self.records = {}
        self._known = {}

    def _choices(self):
        line = self.line
        if self.kind not in ("selection", "tags"):
            return {}
        known = {}
        codes = [code for code, _name in line.env["res.lang"].get_installed()]
        # the user's own language counts before the others
        for code in ("en_US", *codes, line.env.lang or "en_US"):
            env = line.env(context={"lang": code})
            if self.code:
                options = line.with_env(env).attribute_id.option_ids
                found = [(o.code, o.name) for o in options if o.active]
            else:
                field = env["itsm.ci"]._fields[line.target]
                found = field._description_selection(env)
            known |= {word(name): code for code, name in found}
            # a code counts before a name
            known |= {word(code): code for code, _name in found}
        return known

    def _comodel(self):
        if self.kind != "many2one":
            return None
        if self.code:
            return self.line.attribute_id.comodel
        return self.line.env["itsm.ci"]._fields[self.line.target].comodel_name

    def text(self, value):
        """The cell after the translations of the source."""
        if self.words and isinstance(value, str | int | float):
            return self.words.get(word(str(value)), value)
        return value

    def kept(self, value):
        """What is kept for a cell: a JSON value, ``None`` for an empty one.

        :raise WrongValueError: with what is wanted
        """
        if value is None or value == "":
            return None
        if isinstance(value, str) and self.kind != "many2one":
            if value not in self._known:
                if len(self._known) > REMEMBERED:
                    self._known.clear()
                self._known[value] = self._read(self.text(value))
            return self._known[value]
        return self._read(self.text(value))

    def _read(self, value):
        if value is None or value == "" or value == []:
            return None
        if isinstance(value, str):
            value = value.strip()
        found = getattr(self, f"_read_{self.kind}")(value)
        if found is None:
            raise WrongValueError(WRONG[self.kind])
        return found

    def _read_char(self, value):
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        value = str(value)
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
        return None if "\x00" in value else value

    _read_text = _read_char

    def _read_integer(self, value):
        if isinstance(value, str) and WHOLE.fullmatch(value):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        return value if value in INTEGER else None

    def _read_float(self, value):
        if isinstance(value, str) and NUMBER.fullmatch(value):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        # an attribute's own check knows infinity; so large a number is none
        return value if abs(value) < 1e300 else None

    def _read_boolean(self, value):
        if isinstance(value, bool):
            return value
        if word(str(value)) in YES:
            return True
        return False if word(str(value)) in NO else None

    def _read_date(self, value):
        if isinstance(value, str) and value.endswith(" 00:00:00"):
            # a day in a workbook
            value = value.removesuffix(" 00:00:00")
        return _date(None, value, None) if isinstance(value, str) else None

    def _read_datetime(self, value):
        if not isinstance(value, str):
            return None
        value = value.replace("T", " ").removesuffix("Z")
        if len(value) == 10:
            value = f"{value} 00:00:00"
        return _datetime(None, value, None)

    def _read_selection(self, value):
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        return self.choices.get(word(str(value)))

    def _read_tags(self, value):
        try:
            found = [self.choices.get(word(part)) for part in parts(value)]
        except ValueError:
            return None
        return None if None in found else list(dict.fromkeys(found))

    def _read_many2one(self, value):
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        return self.records.get(str(value).strip().casefold())
