# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Control of changes, as plain values."""

from datetime import date
from typing import NamedTuple

#: What happens to a change without authority.
FREE, RECORD, REFUSE = "free", "record", "refuse"


#: Says of a `UserError` that control refuses; its class is what clients know.
_REFUSAL = "itsm_cmdb_refusal"


def refusal(error):
    """Mark an error as the refusal of a change without authority; returns it."""
    setattr(error, _REFUSAL, True)
    return error


def is_refusal(error):
    """Whether an error is the refusal of a change without authority."""
    return getattr(error, _REFUSAL, False)


class Control(NamedTuple):
    """How configuration items of one class are controlled (plain values).

    :param str mode: free, record or refuse
    :param date refuse_from: until that day what is refused is only recorded
    :param bool incident: an unauthorised change opens an incident
    :param frozenset things: fields, and attached files, that are under control
    :param int group_id: who may write, besides configuration managers
    """

    mode: str
    refuse_from: date | bool
    incident: bool
    things: frozenset
    group_id: int | bool


class Rules(NamedTuple):
    """What of the CMDB is under control (plain values).

    :param dict controls: `Control` by id of the class
    :param frozenset scope: ids of classes that are not free
    :param frozenset states: codes of states in which a configuration item is controlled
    :param frozenset free_codes: codes of attributes that are not
    :param frozenset free_types: ids of types of relations that are not
    :param bool has_groups: some class may not be written by everybody
    """

    controls: dict
    scope: frozenset
    states: frozenset
    free_codes: frozenset
    free_types: frozenset
    has_groups: bool


class Fact(NamedTuple):
    """A configuration item at the moment of a change, before or after it."""

    ci_id: int | bool
    name: str
    class_id: int
    state: str
    company_id: int | bool
    is_service: bool


class Change(NamedTuple):
    """One change that needs authority; see `_authority_for`.

    :param bool fills: a field or attribute gets a value that had none
    """

    ci_id: int | bool
    class_ids: tuple
    company_id: int | bool
    user_id: int
    attribute: str
    fills: bool = False


class Need(NamedTuple):
    """Line *index* needs authority for one configuration item."""

    index: int
    mode: str
    fact: Fact
    change: Change


class Note(NamedTuple):
    """How a record was written: with the key, and in silence."""

    exempt: bool
    silent: bool
