# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Small helpers of the approvals that need no recordset of their own."""


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
