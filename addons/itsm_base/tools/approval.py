# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Small helpers of the approvals that need no recordset of their own."""

#: A step of which nothing is decided yet.
NEW_STEP = {
    "status": "waiting",
    "is_past": False,
    "decision_count": 0,
    **dict.fromkeys(
        (
            "comment",
            "done_by",
            "due_date",
            "last_reminder_date",
            "pending_at",
            "remind_at",
            "reviewed_date",
        ),
        False,
    ),
}
#: What a remote call may say about how it is answered, and nothing more.
PLAIN_KEYS = {"allowed_company_ids", "lang", "tz", "uid"}
_SILENT = object()


def is_approval_model(env, name):
    """Whether records of a model are decided about by the approvals of this addon.

    :param env: ``odoo.api.Environment``
    :param str name: name of a model, or nothing
    :rtype: bool
    """
    registry = env.registry
    mixin = registry.get("itsm.approval.mixin")
    return bool(
        name
        and mixin is not None
        and name in registry
        and issubclass(registry[name], mixin)
    )


def unmatched(demands):
    """Steps that cannot all find different people.

    :param list demands: ``(step, count, people)``: how many different people a step
        needs, and the set of those who could decide it; nobody takes part twice
    :return: the steps that are left without, in order
    :rtype: list
    """
    seats = [
        (step, people) for step, count, people in demands for _seat in range(count)
    ]
    taken = {}  # person: seat

    def place(seat, seen):
        for person in seats[seat][1]:
            if person in seen:
                continue
            seen.add(person)
            if person not in taken or place(taken[person], seen):
                taken[person] = seat
                return True
        return False

    left = [seats[seat][0] for seat in range(len(seats)) if not place(seat, set())]
    return list(dict.fromkeys(left))


def trusted(records):
    """Return records without what a remote call can put into the context.

    Defaults, switches of the thread and the like would decide who hears of an approval
    and what is written about it. Languages, zones and companies stay, and keys that
    only code can hold: a plain ``object()`` does not come by a remote call.

    :param records: a recordset
    :return: the same records
    """
    context = {
        key: value
        for key, value in records.env.context.items()
        if key in PLAIN_KEYS or type(value) is object
    }
    return records.with_env(records.env(context=context))


def silently(records):
    """Return records about whose approval nobody is told (history, imports).

    :param records: a recordset
    :return: the same records
    """
    return records.with_context(itsm_approval_silent=_SILENT)


def is_silent(records):
    """Whether code, and not a remote call, has asked for silence.

    :param records: a recordset
    :rtype: bool
    """
    return records.env.context.get("itsm_approval_silent") is _SILENT
