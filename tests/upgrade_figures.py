# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the data of a database says, read by the code that is loaded.

Run by ``odoo shell``: first with the code of the previous landing, which writes every
stored field of every record to the file UPGRADE_BEFORE, then with the present code,
which reads the same names and writes UPGRADE_AFTER. Both read at the moment
UPGRADE_NOW, and both let our scheduled actions do what is due at that moment: the old
code before it reads, the new code after. What the old code has done, the new one must
not do again.
"""

import json
import os

from freezegun import freeze_time

#: Models of others whose records carry our data.
EXTENDED = (
    "helpdesk.ticket",
    "helpdesk.ticket.stage",
    "helpdesk.ticket.team",
    "resource.calendar",
    "resource.calendar.attendance",
    "resource.calendar.leaves",
)
#: Not stored, but what people see.
SEEN = {
    "helpdesk.ticket": ["itsm_state", "clock_status"],
    "itsm.agreement": ["overdue"],
    "itsm.clock": ["status"],
}
#: What nobody may be sent or given on account of an upgrade: notes and followers of
#: records that were there.
NOISE = (
    ("mail.message", "model", "res_id"),
    ("mail.activity", "res_model", "res_id"),
    ("mail.followers", "res_model", "res_id"),
)
#: What the scheduler writes; the demo data makes none of it when it is loaded again.
COUNTED = {
    # Odoo's calendar, a new dependency, brings demo meetings that invite people.
    "mail.mail": [("model", "!=", "calendar.event")],
    "itsm.ticket.event": [],
    "itsm.clock": [],
    "itsm.clock.alert": [],
}
NOT_DATA = {"id", "create_uid", "create_date", "write_uid", "write_date"}


def stored_fields(env):
    """``{model: [field, ...]}`` of what is kept in a column or relation table."""
    result = {}
    for model, cls in sorted(env.registry.items()):
        if cls._abstract or cls._transient or not cls._auto:
            continue
        if model.startswith("itsm.") or model in EXTENDED:
            result[model] = SEEN.get(model, []) + sorted(
                name
                for name, field in cls._fields.items()
                if name not in NOT_DATA
                and field.store
                and field.type not in ("binary", "one2many", "properties_definition")
            )
    return result


def plain(value):
    """A value of ``read`` as JSON has it; a many2one without the name."""
    if isinstance(value, tuple):
        return value[0]
    if isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list) and all(isinstance(part, int) for part in value):
        return sorted(value)
    return json.loads(json.dumps(value, default=str))


def read(env, names):
    """``{model: {id: {field: value}}}``; what does not exist any more is left out."""
    result = {}
    for model in names:
        if model not in env:
            continue
        have = [name for name in names[model] if name in env[model]._fields]
        rows = env[model].search([], order="id").read(have)
        result[model] = {
            row["id"]: {name: plain(row[name]) for name in have} for row in rows
        }
    return result


def rights(env):
    """The groups that each user has, with all they imply."""
    found = env["ir.model.data"].search([("model", "=", "res.groups")])
    names = {data.res_id: f"{data.module}.{data.name}" for data in found}
    return {
        user.login: sorted(names.get(i, str(i)) for i in user.all_group_ids.ids)
        for user in env["res.users"].search([])
    }


def run_scheduled_actions(env):
    """What is due now; commits."""
    found = env["ir.model.data"].search(
        [("model", "=", "ir.cron"), ("module", "=like", "itsm%")]
    )
    for cron in env["ir.cron"].browse(found.mapped("res_id")):
        cron.ir_actions_server_id.run()
    env.cr.commit()
    env.invalidate_all()


def count(env, records):
    """How much there is of what tells somebody something."""
    result = {
        model: env[model].search_count(domain) for model, domain in COUNTED.items()
    }
    for model, of_model, of_id in NOISE:
        result[model] = sum(
            env[model].search_count(
                [(of_model, "=", name), (of_id, "in", [int(key) for key in rows])]
            )
            for name, rows in records.items()
        )
    return result


def main(env):
    env = env(context={"active_test": False, "lang": "en_US", "tz": "UTC"})
    names, known = stored_fields(env), None
    target = os.environ["UPGRADE_BEFORE"]
    if os.path.exists(target):
        with open(target, encoding="utf-8") as file:
            old = json.load(file)
        names, known = old["names"], old["records"]
        target = os.environ["UPGRADE_AFTER"]
    with freeze_time(os.environ["UPGRADE_NOW"]):
        if not known:
            run_scheduled_actions(env)
        result = {"names": names, "records": read(env, names), "rights": rights(env)}
        if known:
            run_scheduled_actions(env)
        result["counts"] = count(env, known or result["records"])
    with open(target, "w", encoding="utf-8") as file:
        json.dump(result, file)


main(env)  # noqa: F821
