# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""The field of a CI's attributes, and what a value must be to be one of them."""

import copy
import json
import math
import re
from datetime import date, datetime

from odoo import fields
from odoo.orm.fields_properties import Property
from odoo.tools import json_default
from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

#: What is wrong with a value, by type of the attribute.
WRONG = {
    "boolean": _lt("yes or no is wanted"),
    "char": _lt("a text is wanted"),
    "text": _lt("a text is wanted"),
    "integer": _lt("a whole number is wanted"),
    "float": _lt("a number is wanted"),
    "date": _lt("a date is wanted (year-month-day)"),
    "datetime": _lt("a date and time is wanted (UTC)"),
    "selection": _lt("one of the choices is wanted"),
    "tags": _lt("some of the choices are wanted"),
    "many2one": _lt("one record is wanted"),
}
#: PostgreSQL's integer.
INTEGER = range(-(2**31), 2**31)


class WrongValueError(ValueError):
    """A value that its attribute cannot hold.

    What is wrong is a text or one that is still to be translated: see `said`.
    """

    def said(self, env):
        """What is wrong, in the user's language."""
        reason = self.args[0]
        return reason if isinstance(reason, str) else env._(reason)


class JsonValue(fields.Json):
    """Any JSON value. Odoo's own takes 0 and false for none."""

    def convert_to_cache(self, value, record, validate=True):
        if value is None:
            return None
        return json.loads(json.dumps(value, default=json_default))

    def convert_to_record(self, value, record):
        return copy.deepcopy(value)


class AttributeValues(fields.Properties):
    """Properties in the language of who reads them, which keep what they are not told.

    Odoo's own take a dict for all values, so that naming one erases the others, and a
    list for a change of the definition. Here a write changes what it names, and the
    definition belongs to the class (design, 5).
    """

    def _get_properties_definition(self, record):
        container = record[self.definition_record]
        if container:
            # sudo: what a class asks of its CIs is no secret to who reads one
            return container.sudo()._definition_in(record.env.lang or "en_US")
        return None

    def _compute(self, records):
        """Defaults of a new CI; what a change of class keeps is up to the model."""
        for record in records.sudo():  # sudo: as Odoo's own; the CI may be new
            values = record._attributes_of_class()
            if not record.id:
                # the form shows them only if they differ from those before: none
                definition = self._get_properties_definition(record) or ()
                names = (attribute["name"] for attribute in definition)
                values = {**dict.fromkeys(names, False), **values}
            record[self.name] = values

    def _filter_not_equal(self, records, cache_value):
        # to Python 0 equals False and 1 equals True, here they are other values
        cache = self._get_cache(records.env)
        wanted = _dumped(cache_value)
        return records.browse(
            record_id
            for record_id in records._ids
            if record_id not in cache or _dumped(cache[record_id]) != wanted
        )

    def write(self, records, value):
        if isinstance(value, list):
            for definition in value:
                definition.pop("definition_changed", None)
            value = self._list_to_dict(self._without_names(value))
        return super().write(records, value)

    def _without_names(self, values):
        self._remove_display_name(values)
        return values


def _dumped(value):
    return json.dumps(value, sort_keys=True, default=json_default)


def is_empty(value):
    """Whether an attribute with *value* has none: “no” is none, 0 is one."""
    return value is None or value is False or value == "" or value == []


def same(one, two):
    """Whether two values of an attribute are one: 0 is not “no”, nor 1 “yes”."""
    if is_empty(one) or is_empty(two):
        return is_empty(one) and is_empty(two)
    return isinstance(one, bool) == isinstance(two, bool) and one == two


def plain(value):
    """What was given as attributes, as ``{code: value}``.

    :param value: dict, what the web client sends (a list of definitions with values),
        or what reading a CI gives
    :raise ValueError: something else
    """
    if not value:
        return {}
    if isinstance(value, Property):
        return dict(value._values)
    if isinstance(value, dict):
        return dict(value)
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        values = [dict(item) for item in value]
        fields.Properties._remove_display_name(values)
        return {
            item["name"]: item.get("value", False)
            for item in values
            if item.get("name") and not item.get("definition_deleted")
        }
    raise ValueError(value)


def checked(definition, value, exists):
    """The value as it is kept: JSON, ``False`` for none.

    Nothing is guessed: ``"forty"`` is no number and ``1`` is no yes.

    :param dict definition: of the attribute, as Odoo's properties have it
    :param value: what somebody gave
    :param exists: function of model name and id, whether there is such a record
    :raise WrongValueError: the attribute cannot hold it
    """
    kind = definition["type"]
    if value is None or value is False or value == "":
        return False
    found = _CHECKS[kind](definition, value, exists)
    if found is None:
        raise WrongValueError(WRONG[kind])
    return found


def _boolean(_definition, value, _exists):
    return True if value is True else None


def _text(_definition, value, _exists):
    if not isinstance(value, str) or "\x00" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        # half of a surrogate pair, which no JSON column takes
        return None
    return value


def _integer(_definition, value, _exists):
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if value in INTEGER else None


def _float(_definition, value, _exists):
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return value if math.isfinite(value) else None
    except OverflowError:
        return None


def _date(_definition, value, _exists):
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return fields.Date.to_string(value)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        return fields.Date.to_string(date.fromisoformat(value))
    except ValueError:
        return None


def _datetime(_definition, value, _exists):
    if isinstance(value, datetime) and not value.tzinfo:
        return fields.Datetime.to_string(value)
    if not isinstance(value, str) or len(value) != 19:
        return None
    try:
        return fields.Datetime.to_string(datetime.fromisoformat(value))
    except ValueError:
        return None


def _selection(definition, value, _exists):
    choices = {choice[0] for choice in definition.get("selection") or ()}
    return value if isinstance(value, str) and value in choices else None


def _tags(definition, value, _exists):
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        return None
    choices = {tag[0] for tag in definition.get("tags") or ()}
    return list(dict.fromkeys(value)) if choices.issuperset(value) else None


def _many2one(definition, value, exists):
    if isinstance(value, list | tuple) and len(value) == 2:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if exists(definition.get("comodel"), value) else None


_CHECKS = {
    "boolean": _boolean,
    "char": _text,
    "text": _text,
    "integer": _integer,
    "float": _float,
    "date": _date,
    "datetime": _datetime,
    "selection": _selection,
    "tags": _tags,
    "many2one": _many2one,
}
