# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import html2plaintext, plaintext2html

from ..tools.sheet import ERROR, NEW, Column

LEVELS = {"1": ("关键",), "2": ("高",), "3": ("中",), "4": ("低",)}
STATES = {
    "proposed": ("Draft", "拟定", "草稿"),
    "design": ("设计中",),
    "transition": ("转换中", "交付中"),
    "live": ("在用", "上线"),
    "changing": ("变更中",),
    "retiring": ("退役中",),
    "retired": ("退役",),
}
#: Texts that are taken over as they are.
TEXTS = ("summary", "audience", "delivery_method", "description")


class ItsmSheetService(models.AbstractModel):
    """The service catalogue: a row for each service or offering (CAT)."""

    _name = "itsm.sheet.service"
    _inherit = "itsm.sheet"
    _description = "Sheet: Service Catalogue"

    _sheet_columns = (
        Column("code", ("Code", "代码", "服务代码", "编号"), required=True),
        Column("name", ("Name", "名称", "服务名称"), required=True),
        Column("parent", ("Part of", "Part of (code)", "上级", "上级代码", "所属服务")),
        Column("owner", ("Service Owner", "Owner", "服务负责人", "负责人")),
        Column("criticality", ("Criticality", "重要程度", "关键程度", "重要性")),
        Column("customers", ("Customers", "客户")),
        Column("state", ("State", "Status", "状态")),
        Column("summary", ("Overview", "概述", "服务概述")),
        Column("audience", ("Audience", "对象", "服务对象")),
        Column("delivery_method", ("Delivery", "交付方式")),
        Column("description", ("Description", "说明", "描述")),
    )

    @api.model
    def _sheet_check_access(self, company):
        self.env["itsm.service"].check_access("create")
        self.env["itsm.service"].check_access("write")

    @api.model
    def _sheet_compare(self, entries, company):
        self._sheet_refuse_twice(entries, lambda entry: entry.values.get("code"))
        codes = {entry.values.get("code") for entry in entries}
        codes |= {entry.values.get("parent") for entry in entries}
        services = self.env["itsm.service"].with_context(active_test=False)
        known = {
            service.code: service
            for service in services.search(
                [("company_id", "=", company.id), ("code", "in", list(codes - {None}))]
            )
        }
        parents = {
            entry.values.get("code"): entry.values.get("parent")
            for entry in entries
            if entry.state != ERROR
        }
        users = self._sheet_users({e.values.get("owner") for e in entries})
        names = [n for entry in entries for n in self._customers(entry)]
        partners = self._sheet_partners(names, company)
        for entry in entries:
            if entry.state == ERROR:
                continue
            try:
                vals = self._vals(entry, known, parents, users, partners)
            except ValueError as error:
                entry.fail(str(error))
            else:
                record = known.get(entry.values["code"], services)
                self._sheet_settle(entry, record, vals)
        self._refuse_orphans(entries, known)

    def _refuse_orphans(self, entries, known):
        """Let rows fail whose parent would come from a row with an error."""
        label = next(c.label for c in self._sheet_columns if c.name == "parent")
        failed = {e.values.get("code") for e in entries if e.state == ERROR}
        failed -= {e.values.get("code") for e in entries if e.state != ERROR}
        failed -= {None, *known}
        rows = entries
        while rows:
            rows = [
                entry
                for entry in entries
                if entry.state != ERROR and entry.values.get("parent") in failed
            ]
            for entry in rows:
                failed |= {entry.values["code"]} - {*known}
                entry.fail(self._no_parent(label, entry.values["parent"]))

    def _no_parent(self, label, code):
        return self.env._(
            "%(column)s: no service has the code “%(value)s”, neither here nor "
            "in the catalogue.",
            column=label,
            value=code,
        )

    def _customers(self, entry):
        cell = entry.values.get("customers", "").replace("；", ";")
        return [name.strip() for name in cell.split(";") if name.strip()]

    def _vals(self, entry, known, parents, users, partners):
        values = entry.values
        labels = {column.name: column.label for column in self._sheet_columns}
        fields = self.env["itsm.service"]._fields
        for name in ("code", "name"):
            if not values.get(name):
                raise ValueError(
                    self.env._("%(column)s: the cell is empty.", column=labels[name])
                )
        vals = {"code": values["code"], "name": values["name"]}
        if values.get("parent"):
            self._check_parent(values["code"], known, parents, labels["parent"])
            vals["parent"] = values["parent"]
        if values.get("owner"):
            user = self._sheet_user(users, values["owner"], labels["owner"])
            vals["owner_id"] = user.id
        for name, words in (("criticality", LEVELS), ("state", STATES)):
            if values.get(name):
                vals[name] = self._sheet_choice(
                    fields[name], values[name], labels[name], words
                )
        if values.get("customers"):
            vals["partner_ids"] = self.env["res.partner"].union(
                *(
                    self._sheet_partner(partners, name, labels["customers"])
                    for name in self._customers(entry)
                )
            )
        vals.update({name: values[name] for name in TEXTS if values.get(name)})
        return vals

    def _check_parent(self, code, known, parents, label):
        """The parent is in the sheet or in the catalogue, and no circle is made."""
        parent, passed = parents[code], {code}
        if parent not in known and parent not in parents:
            raise ValueError(self._no_parent(label, parent))
        while parent:
            if parent in passed:
                raise ValueError(
                    self.env._(
                        "%(column)s: a service cannot be part of itself, directly or "
                        "through its offerings.",
                        column=label,
                    )
                )
            passed.add(parent)
            above = known[parent].parent_id.code if parent in known else None
            parent = parents.get(parent) or above

    @api.model
    def _sheet_differs(self, record, name, value):
        if name == "parent":
            return record.parent_id.code != value
        if name == "description":
            # both as HTML tells it: links and blank lines come back in another way
            wanted = html2plaintext(plaintext2html(value))
            return html2plaintext(record.description or "") != wanted
        return super()._sheet_differs(record, name, value)

    @api.model
    def _sheet_settle(self, entry, record, vals):
        # The parent is a code here: it may be made by another row.
        wanted = dict(vals)
        parent = wanted.pop("parent", None)
        result = super()._sheet_settle(entry, record, wanted)
        if parent and (not record or self._sheet_differs(record, "parent", parent)):
            entry.vals["parent"] = parent
            if record:
                entry.state = "changed"
                label = record._fields["parent_id"]._description_string(self.env)
                entry.message = ", ".join(filter(None, [entry.message, label]))
        return result

    @api.model
    def _sheet_write(self, entries, company):
        parents, created, states = {}, [], {}
        services = self.env["itsm.service"]
        for entry in entries:
            vals = self._sheet_vals(entry.vals)
            parent = vals.pop("parent", None)
            if parent:
                parents[entry.values["code"]] = parent
            if "description" in vals:
                vals["description"] = plaintext2html(vals["description"])
            if entry.state == NEW:
                # published below, once it is known what each is part of
                states[entry.values["code"]] = vals.pop("state", "proposed")
                created.append({**vals, "company_id": company.id})
            elif vals:
                entry.record.write(vals)
        services.create(created)
        codes = {*parents, *parents.values(), *states}
        by_code = {
            service.code: service
            for service in services.with_context(active_test=False).search(
                [("company_id", "=", company.id), ("code", "in", list(codes))]
            )
        }
        for code, parent in parents.items():
            by_code[code].parent_id = by_code[parent]
        for state in set(states.values()) - {"proposed"}:
            services.union(
                *(by_code[code] for code, wanted in states.items() if wanted == state)
            ).write({"state": state})
