# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""A key that only code can hold.

Some columns are evidence (when a ticket was first answered, how often it was
reopened, that it came from an import). They may be written by the code that
establishes the fact and by nobody else: not by a form, an import or a remote call,
and not with ``sudo()`` either, which many customisations use lightly.

The key is a plain ``object()`` in the context. Contexts that arrive by RPC are JSON, so
no client can send it, and identity cannot be forged.
"""

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

_CONTEXT_KEY = "itsm_guard_token"
_TOKEN = object()
_SILENCE_KEY = "itsm_silence"
#: Context of an x2many field that people write on a record written with the key: what
#: its commands do to the other records, they do without the key.
FIELD_CONTEXT = {_CONTEXT_KEY: False}
#: In the context of what the mail gateway does; unforgeable for the same reason.
MAIL = object()
#: In the context (``itsm_automatic``) of what runs by itself in somebody's name: what
#: it posts is no reply of a person.
AUTOMATIC = object()
#: Under the context key ``itsm_clock_source``: clocks are worked out again from the log
#: as a correction, which may move what was recorded of them.
CORRECTION = object()


def with_token(target):
    """Return *target* able to write protected fields.

    :param target: ``Environment`` or recordset
    :return: the same kind of object, whose context holds the key
    """
    env = _env_of(target)
    return _replace_context(target, {**env.context, _CONTEXT_KEY: _TOKEN})


def without_token(target):
    """Return *target* without the key; *target* itself if it does not hold it.

    :param target: ``Environment`` or recordset
    :return: the same kind of object
    """
    env = _env_of(target)
    if _CONTEXT_KEY not in env.context:
        return target
    context = {k: v for k, v in env.context.items() if k != _CONTEXT_KEY}
    return _replace_context(target, context)


def silence(target):
    """Return *target* under which nobody is told: for history, imports, bulk loads.

    Only code can ask for it. Odoo's own ``tracking_disable`` can be sent by a client,
    and silences nothing of ours.

    :param target: ``Environment`` or recordset
    :return: the same kind of object
    """
    env = _env_of(target)
    return _replace_context(target, {**env.context, _SILENCE_KEY: _TOKEN})


def is_silent(target):
    """Tell whether nobody is told of what *target* does.

    :param target: ``Environment`` or recordset
    :rtype: bool
    """
    return _env_of(target).context.get(_SILENCE_KEY) is _TOKEN


def is_uninstalling(target):
    """Tell whether an addon is being uninstalled.

    Odoo says so by a key in the context, which a remote call can send as well: it
    counts from a system administrator only, who may uninstall.

    :param target: ``Environment`` or recordset
    :rtype: bool
    """
    env = _env_of(target)
    return bool(env.context.get(MODULE_UNINSTALL_FLAG)) and env.user._is_system()


def has_token(target):
    """Tell whether *target* may write protected fields.

    :param target: ``Environment`` or recordset
    :rtype: bool
    """
    return _env_of(target).context.get(_CONTEXT_KEY) is _TOKEN


def _is_records(target):
    return hasattr(target, "with_env")


def _env_of(target):
    return target.env if _is_records(target) else target


def _replace_context(target, context):
    env = _env_of(target)(context=context)
    return target.with_env(env) if _is_records(target) else env
