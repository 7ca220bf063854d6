# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from datetime import date

import pytz

from odoo import api, models

from odoo.addons.itsm_base.tools.sheet import CHANGED, ERROR, NEW, SAME, Column
from odoo.addons.itsm_base.tools.text_file import fold, word

KINDS = {
    "sla": ("SLA", "服务级别协议"),
    "ola": ("OLA", "运营级别协议"),
    "uc": ("UC", "支持合同"),
}
TICKET_KINDS = {"incident": ("事件",), "request": ("服务请求", "请求")}
PRIORITIES = {
    "3": ("P1", "紧急", "Critical"),
    "2": ("P2", "高", "High"),
    "1": ("P3", "中", "Medium"),
    "0": ("P4", "低", "Low"),
}
METRICS = {
    "response": ("响应",),
    "resolution": ("解决",),
    "update": ("进展通报", "下次更新"),
    "emergency": ("应急响应",),
}
MINUTES = re.compile(
    r"(?:(?P<hours>\d+(?:\.\d+)?)\s*(?:h|hours?|小时))?\s*"
    r"(?:(?P<minutes>\d+)\s*(?:m|min|minutes?|分钟?)?)?",
    re.IGNORECASE,
)
DAYS = re.compile(
    r"(?P<days>\d+)\s*(?:d|days?|working days?|天|个?工作日)\s*"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})",
    re.IGNORECASE,
)
#: What a target takes at most, see its constraints.
MAX_MINUTES, MAX_DAYS = 525_600, 250
#: Columns that say something of the agreement, not of the target.
HEAD = ("kind", "party", "services", "date_start", "date_end", "tz", "calendar")


class ItsmSheetAgreement(models.AbstractModel):
    """Agreements with their targets: a row for each target (SLM-05).

    Agreements are made as drafts: activating them stays a decision of somebody who sees
    what it means for open tickets.
    """

    _name = "itsm.sheet.agreement"
    _inherit = "itsm.sheet"
    _description = "Sheet: Agreements and Targets"

    _sheet_columns = (
        Column("name", ("Agreement", "协议", "协议名称"), required=True),
        Column("kind", ("Kind", "Type", "协议类型", "类型")),
        Column("party", ("Party", "Customer", "对方", "客户", "供应商", "团队")),
        Column("services", ("Services", "Service Codes", "服务", "服务代码")),
        Column("date_start", ("From", "Valid From", "生效日期", "起始日期")),
        Column("date_end", ("Until", "Valid Until", "截止日期", "结束日期")),
        Column("tz", ("Time Zone", "时区")),
        Column("calendar", ("Service Hours", "服务时间")),
        Column("itsm_kind", ("Ticket Kind", "工单类型"), required=True),
        Column("priority", ("Priority", "优先级"), required=True),
        Column("metric", ("Metric", "指标"), required=True),
        Column("target", ("Target", "目标", "目标值"), required=True),
    )

    @api.model
    def _sheet_check_access(self, company):
        self.env["itsm.agreement"].check_access("create")
        self.env["itsm.agreement"].check_access("write")

    @api.model
    def _sheet_compare(self, entries, company):
        labels = {column.name: column.label for column in self._sheet_columns}
        self._sheet_refuse_twice(
            entries,
            lambda entry: (
                fold(entry.values.get("name")),
                *(
                    word(entry.values.get(name))
                    for name in ("itsm_kind", "priority", "metric")
                ),
            ),
        )
        lookup = self._lookup(entries, company)
        heads = {}
        for entry in entries:
            if entry.state == ERROR:
                continue
            try:
                self._read_row(entry, heads, lookup, labels)
            except ValueError as error:
                entry.fail(str(error))
        for entry in entries:
            head = heads.get(fold(entry.values.get("name")), {})
            if entry.state != ERROR and "vals" not in head:
                try:
                    self._read_head(entry.values["name"], head, lookup, labels)
                except ValueError as error:
                    entry.fail(str(error))
        failed = {
            fold(entry.values.get("name")) for entry in entries if entry.state == ERROR
        }
        for entry in entries:
            if entry.state != ERROR and fold(entry.values["name"]) in failed:
                # Half an agreement would promise something else than the sheet.
                entry.fail(
                    self.env._("Another row of this agreement has an error: mend it.")
                )
            elif entry.state != ERROR:
                self._settle_row(entry, heads[fold(entry.values["name"])])

    def _lookup(self, entries, company):
        """What the cells name, read once for all rows."""

        def cells(name):
            return list({e.values[name] for e in entries if e.values.get(name)})

        agreements = self.env["itsm.agreement"].search(
            [
                ("company_id", "=", company.id),
                ("is_template", "=", False),
                ("state", "!=", "terminated"),
                ("superseded_on", "=", False),
            ],
            order="version desc, id desc",
        )
        calendars = self.env["resource.calendar"].search(
            [("company_id", "in", [False, company.id])]
        )
        services = self.env["itsm.service"].search(
            [("company_id", "=", company.id), ("code", "!=", False)]
        )
        return {
            "agreements": agreements.grouped(lambda record: fold(record.name)),
            "calendars": calendars.grouped(lambda record: fold(record.name)),
            "teams": self._sheet_teams(company),
            "services": {service.code: service for service in services},
            "partners": self._sheet_partners(cells("party"), company),
        }

    def _read_row(self, entry, heads, lookup, labels):
        values = entry.values
        for column in self._sheet_columns:
            if column.required and not values.get(column.name):
                raise ValueError(
                    self.env._("%(column)s: the cell is empty.", column=column.label)
                )
        name = fold(values["name"])
        head = heads.setdefault(name, {})
        for column in HEAD:
            text = values.get(column)
            if text and head.setdefault(column, text) != text:
                raise ValueError(
                    self.env._(
                        "%(column)s: a row above says “%(other)s” of the same "
                        "agreement. Write the same, or leave the cell empty.",
                        column=labels[column],
                        other=head[column],
                    )
                )
        fields = self.env["itsm.agreement.target"]._fields
        entry.vals = {
            key: self._sheet_choice(fields[key], values[key], labels[key], words)
            for key, words in (
                ("itsm_kind", TICKET_KINDS),
                ("priority", PRIORITIES),
                ("metric", METRICS),
            )
        }
        entry.vals.update(self._read_target(values["target"], labels["target"]))

    def _read_head(self, name, values, lookup, labels):
        """What the rows of an agreement say of it, and the agreement if it exists.

        :param dict values: what the cells say, to which ``vals`` and ``record`` are
            added
        """
        agreements = self.env["itsm.agreement"]
        found = lookup["agreements"].get(fold(name), agreements)
        found = self._sheet_called(found, name)[:1]
        vals = self._head(values, found, lookup, labels)
        if not found:
            vals["name"] = name
        values.update(vals=vals, record=found)

    def _head(self, values, agreement, lookup, labels):
        agreements = self.env["itsm.agreement"]
        kind = agreement.kind or "sla"
        if values.get("kind"):
            kind = self._sheet_choice(
                agreements._fields["kind"], values["kind"], labels["kind"], KINDS
            )
        vals = {"kind": kind}
        party = values.get("party")
        if party and kind == "ola":
            vals["team_id"] = self._one(
                lookup["teams"].get(fold(party)), party, labels["party"]
            ).id
        elif party:
            name = "supplier_id" if kind == "uc" else "partner_id"
            partner = self._sheet_partner(lookup["partners"], party, labels["party"])
            vals[name] = partner.id
        if values.get("calendar"):
            vals["calendar_id"] = self._one(
                lookup["calendars"].get(fold(values["calendar"])),
                values["calendar"],
                labels["calendar"],
            ).id
        if values.get("tz"):
            if values["tz"] not in pytz.all_timezones_set:
                raise ValueError(
                    self.env._(
                        "%(column)s: “%(value)s” is no time zone: write Asia/Shanghai "
                        "or Europe/Paris.",
                        column=labels["tz"],
                        value=values["tz"],
                    )
                )
            vals["tz"] = values["tz"]
        for name in ("date_start", "date_end"):
            if values.get(name):
                vals[name] = self._date(values[name], labels[name])
        if values.get("services"):
            vals["service_ids"] = self._services(values["services"], lookup, labels)
        return vals

    def _one(self, records, text, label):
        records = records and self._sheet_called(records, text)
        if records is not None and len(records) == 1:
            return records
        raise ValueError(
            self.env._(
                "%(column)s: there is no “%(value)s” in the company, or more than one. "
                "Correct the name, or create it first.",
                column=label,
                value=text,
            )
        )

    def _date(self, text, label):
        try:
            return date.fromisoformat(text.replace("/", "-")[:10])
        except ValueError as error:
            raise ValueError(
                self.env._(
                    "%(column)s: “%(value)s” is not a date: write 2026-10-01.",
                    column=label,
                    value=text,
                )
            ) from error

    def _services(self, text, lookup, labels):
        codes = [code.strip() for code in text.replace("；", ";").split(";")]
        services = self.env["itsm.service"]
        for code in filter(None, codes):
            if code not in lookup["services"]:
                raise ValueError(
                    self.env._(
                        "%(column)s: no service has the code “%(value)s”.",
                        column=labels["services"],
                        value=code,
                    )
                )
            services |= lookup["services"][code]
        return services

    def _read_target(self, text, label):
        """Minutes, or a working day with a time of day."""
        match = DAYS.fullmatch(text.strip())
        if match:
            days, minute = int(match["days"]), int(match["minute"])
            hour = int(match["hour"]) + minute / 60
            if 0 < days <= MAX_DAYS and minute < 60 and 0 < hour <= 24:
                return {"days": days, "day_hour": hour, "minutes": 0}
        match = MINUTES.fullmatch(text.strip())
        if match:
            minutes = round(float(match["hours"] or 0) * 60)
            minutes += int(match["minutes"] or 0)
            if 0 < minutes <= MAX_MINUTES:
                return {"minutes": minutes, "days": 0, "day_hour": 0}
        raise ValueError(
            self.env._(
                "%(column)s: “%(value)s” is no target: write 30 min, 4 h, or for the "
                "second working day by four o'clock 2 d 16:00.",
                column=label,
                value=text,
            )
        )

    def _settle_row(self, entry, head):
        """Compare a target, and with its first row what the agreement says."""
        agreement, target = head["record"], entry.vals
        entry.record = agreement
        entry.vals = {"head": head["vals"], "target": target}
        if not agreement:
            entry.state = NEW
            return
        changes = [
            agreement._fields[name]._description_string(self.env)
            for name, value in head["vals"].items()
            if self._sheet_differs(agreement, name, value)
        ]
        mine = self._target(agreement, target)
        if not mine or any(mine[name] != value for name, value in target.items()):
            changes.append(
                self.env["itsm.agreement"]
                ._fields["target_ids"]
                ._description_string(self.env)
            )
        entry.state = CHANGED if changes else SAME
        entry.message = ", ".join(changes)
        if changes and agreement.state != "draft":
            entry.fail(
                self.env._(
                    "%(agreement)s is in force and says otherwise (%(changes)s). Make "
                    "a new version, then read the sheet again.",
                    agreement=agreement.display_name,
                    changes=changes,
                )
            )

    def _target(self, agreement, target):
        return agreement.target_ids.filtered(
            lambda mine: all(
                mine[name] == target[name]
                for name in ("itsm_kind", "priority", "metric")
            )
        )

    @api.model
    def _sheet_write(self, entries, company):
        by_name = {}
        for entry in entries:
            by_name.setdefault(fold(entry.values["name"]), []).append(entry)
        for rows in by_name.values():
            agreement, head = rows[0].record, rows[0].vals["head"]
            targets = []
            for row in rows:
                target = row.vals["target"]
                mine = self._target(agreement, target)
                targets.append((1, mine.id, target) if mine else (0, 0, target))
            vals = {**self._sheet_vals(head), "target_ids": targets}
            if agreement:
                agreement.write(vals)
            else:
                self.env["itsm.agreement"].create({**vals, "company_id": company.id})
