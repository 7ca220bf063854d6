# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Chinese is complete: our strings, our records, and what we show of helpdesk_mgmt."""

import re
from collections import Counter
from pathlib import Path

import polib
from lxml import etree

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import TranslationModuleReader

ADDONS = (
    "itsm_base",
    "itsm_cmdb",
    "itsm_cmdb_sla",
    "itsm_desk",
    "itsm_desk_purchase",
    "itsm_desk_timesheet",
    "itsm_sla",
    "itsm_sla_contract",
    "itsm",
)
#: helpdesk_mgmt has no Chinese of its own: ours carries its models and views.
TRANSLATED = (*ADDONS, "helpdesk_mgmt")
#: Placeholders of Python, JavaScript and mail templates, and elements of markup.
PLACEHOLDER = re.compile(r"%\(\w+\)[sdf]|%[sdf%]|\{\{.*?\}\}|</?\w+|t-out=\"[^\"]*\"")
#: Words that are the same in Chinese, and examples of what has to be typed.
SAME = re.compile(
    r"\{\{.*?\}\}|<[^>]*>|[\w.@]+\.(?:csv|xlsx|ics|com)\b"
    r"|(?<![A-Za-z])(?:SQL Server|SLA|OLA|UC|CSV|XLSX|ICS"
    r"|IT|ITSM|VIP|ISO/IEC|ID|UTC|UTF|GB|KiB|MiB|SLM|MAIL|SOLVED|USER|HTTP|JSON|Python"
    r"|Font [Aa]wesome|fa-tasks|EMail|jobs|KPI|OA|API|PDF|ODS|XML|XLS|ZIP|RPC|SHA|SQL"
    r"|Excel"
    r"|CMDB|CI|CAB|PIR|OpenDocument|Odoo|Debian|wkhtmltopdf|Asia/Shanghai|Europe/Paris"
    r"|INC|IP|MS|object\.[\w\[\]:.()\"-]+|configuration_manager|zabbix|mail-server"
    r"|SRV-|lon-srv-014|memory_gb|TB|kW|Mbit/s|RAID|MySQL|Oracle|PostgreSQL|SQL Server"
    r"|SVG|disk|phone|wechat|FAULT|websocket|Chinese, Simplified|English \(US\)"
    r")(?![A-Za-z])"
)
LATIN = re.compile(r"[A-Za-z]{2}")


def is_foreign(text):
    """Whether English is left in a text that should be Chinese."""
    return bool(LATIN.search(SAME.sub(" ", text or "")))


def po_files():
    for addon in ADDONS:
        for folder in ("i18n", "i18n_extra"):
            path = Path(get_module_path(addon), folder, "zh_CN.po")
            if path.exists():
                yield addon, path


@tagged("post_install", "-at_install", "standard")
class TestTranslation(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        modules = cls.env["ir.module.module"].search([("state", "=", "installed")])
        modules._update_translations("zh_CN")
        cls.zh = cls.env(context=dict(cls.env.context, lang="zh_CN"))

    # === The files ===

    def test_every_entry_is_translated(self):
        """Issue 2, section 5: each entry is translated and keeps its placeholders."""
        files = list(po_files())
        self.assertGreaterEqual(len(files), 4)
        for _addon, path in files:
            for entry in polib.pofile(str(path)):
                with self.subTest(path.parent.parent.name, term=entry.msgid[:60]):
                    self.assertTrue(entry.translated())
                    self.assertEqual(
                        Counter(PLACEHOLDER.findall(entry.msgid)),
                        Counter(PLACEHOLDER.findall(entry.msgstr)),
                    )
                    self.assertEqual(
                        entry.msgid.endswith("\n"), entry.msgstr.endswith("\n")
                    )

    def test_no_term_is_missing(self):
        """Issue 2, section 5: the files hold every term that the addons have now."""
        known = {}
        for addon, path in po_files():
            terms = known.setdefault(addon, set())
            terms |= {entry.msgid for entry in polib.pofile(str(path))}
        for row in TranslationModuleReader(self.env.cr, modules=list(ADDONS)):
            module, source = row[0], row[4]
            with self.subTest(module, term=source[:60]):
                self.assertIn(source, known[module], "run ./dev i18n and translate")

    def test_extra_terms_exist(self):
        """Each term of i18n_extra finds its record, and the record has the term."""
        for _addon, path in po_files():
            if path.parent.name != "i18n_extra":
                continue
            for entry in polib.pofile(str(path)):
                for occurrence, _line in entry.occurrences:
                    if occurrence.startswith("code:"):
                        continue
                    with self.subTest(occurrence):
                        _kind, name, xmlid = occurrence.split(":")
                        model, field_name = name.split(",")
                        record = self.env.ref(xmlid).with_context(lang="en_US")
                        self.assertEqual(record._name, model)
                        field = record._fields[field_name]
                        terms = field.get_trans_terms(record[field_name])
                        self.assertIn(entry.msgid, terms)

    # === What the user sees ===

    def test_ticket_form(self):
        """Issue 2, section 5: the labels of the ticket form, by name."""
        labels = self.zh["helpdesk.ticket"].fields_get(attributes=["string"])
        expected = {
            "number": "工单编号",
            "name": "标题",
            "itsm_kind": "类型",
            "service_id": "服务",
            "team_id": "团队",
            "user_id": "处理人",
            "impact": "影响度",
            "urgency": "紧急度",
            "priority": "优先级",
            "priority_reason": "优先级原因",
            "stage_id": "阶段",
            "pause_reason_id": "暂停原因",
            "closing_code_id": "关闭代码",
            "support_line": "支持线",
            "reported_at": "报告时间",
            "first_response_at": "首次响应",
            "resolved_at": "解决时间",
            "partner_id": "联系人",
            "category_id": "类别",
            "channel_id": "渠道",
            "agreement_id": "协议",
            "clock_summary": "计时器",
            "clock_deadline": "最近截止时间",
        }
        self.assertEqual({name: labels[name]["string"] for name in expected}, expected)

    def test_selections(self):
        """INC-07: priorities, impact, urgency, kinds and lines in Chinese."""
        ticket = self.zh["helpdesk.ticket"].fields_get(attributes=["selection"])
        levels = {"3": "紧急", "2": "高", "1": "中", "0": "低"}
        self.assertEqual(dict(ticket["priority"]["selection"]), levels)
        self.assertEqual(
            dict(ticket["impact"]["selection"]),
            {"1": "非常高", "2": "高", "3": "中", "4": "低"},
        )
        self.assertEqual(
            dict(ticket["urgency"]["selection"]),
            {"1": "紧急", "2": "高", "3": "中", "4": "低"},
        )
        self.assertEqual(
            dict(ticket["itsm_kind"]["selection"]),
            {"incident": "事件", "request": "服务请求"},
        )
        self.assertEqual(
            [label[:2] for _key, label in ticket["support_line"]["selection"]],
            ["一线", "二线", "三线"],
        )
        # the same English word, another meaning
        service = self.zh["itsm.service"].fields_get(["criticality"])
        self.assertEqual(dict(service["criticality"]["selection"])["1"], "关键")
        clock = self.zh["itsm.clock"].fields_get(["status"])["status"]["selection"]
        self.assertEqual(
            dict(clock),
            {
                "running": "运行中",
                "at_risk": "临近超时",
                "paused": "已暂停",
                "breached": "已超时",
                "met": "达标",
                "missed": "未达标",
                "handed_over": "已移交",
                "cancelled": "已取消",
                "exempt": "豁免",
            },
        )

    def test_records(self):
        """Issue 2, section 5: names of stages, menus, groups and the like."""
        for xmlid, name in (
            ("helpdesk_mgmt.helpdesk_ticket_stage_new", "新建"),
            ("helpdesk_mgmt.helpdesk_ticket_stage_in_progress", "处理中"),
            ("helpdesk_mgmt.helpdesk_ticket_stage_awaiting", "等待中"),
            ("itsm_base.helpdesk_ticket_stage_resolved", "已解决"),
            ("helpdesk_mgmt.helpdesk_ticket_stage_done", "已完成"),
            ("helpdesk_mgmt.helpdesk_ticket_stage_cancelled", "已取消"),
            ("helpdesk_mgmt.helpdesk_ticket_stage_rejected", "已拒绝"),
            ("itsm_base.itsm_pause_reason_supplier", "等待供应商"),
            ("itsm_base.itsm_closing_code_workaround", "变通方案"),
            ("itsm_base.itsm_menu_root", "IT 服务"),
            ("itsm_base.helpdesk_ticket_menu_incident", "事件"),
            ("itsm_sla.itsm_agreement_menu", "协议"),
            ("itsm_sla.itsm_clock_menu", "计时器"),
            ("itsm_sla.itsm_group_sla_manager", "服务级别经理"),
            ("itsm_sla.itsm_agreement_template_default", "服务中心默认"),
            ("base.module_itsm_sla", "ITSM 服务级别"),
        ):
            record = self.zh.ref(xmlid)
            field = "shortdesc" if record._name == "ir.module.module" else "name"
            self.assertEqual(record[field], name, xmlid)

    def test_every_record(self):
        """Issue 2, section 5: no translatable text of a record is English."""
        checked = 0
        domain = [("module", "in", TRANSLATED)]
        data = self.env["ir.model.data"].search(domain)
        for model, items in data.grouped("model").items():
            names = [
                name
                for name, field in self.env[model]._fields.items()
                if field.translate and field.store
            ]
            for item in items:
                record = self.zh[model].browse(item.res_id).exists()
                if not names or not record or self._is_technical(record, item.name):
                    continue
                for name in names:
                    field = record._fields[name]
                    for term in field.get_trans_terms(record[name] or ""):
                        checked += 1
                        with self.subTest(item.complete_name, field=name):
                            self._check(field.get_text_content(term))
        self.assertGreater(checked, 1000)

    def _is_technical(self, record, name):
        """Whether nobody reads it: internal fields; and names of zones stay."""
        if record._name == "ir.model.fields":
            field = self.env[record.model]._fields.get(record.name)
            return field is None or not field.export_string_translation
        return "__tz__" in name

    def _check(self, text):
        self.assertFalse(is_foreign(text), f"not Chinese: {text!r}")

    def test_every_view(self):
        """Issue 2, section 5: no text of a view, label or help is English."""
        for model in self._models():
            arch_db = self.env["ir.ui.view"]._fields["arch_db"]
            for view_type in self._view_types(model):
                with self.subTest(model._name, view=view_type):
                    arch = model.get_view(False, view_type)["arch"]
                    for term in arch_db.get_trans_terms(arch):
                        self._check(arch_db.get_text_content(term))
                    for node in etree.fromstring(arch).iter("field"):
                        self._check_field(model, node.get("name"))

    def _models(self):
        """Return the models whose views are ours or made of ours."""
        names = [
            name
            for name in sorted(self.env.registry)
            if name.startswith(("itsm.", "helpdesk.ticket"))
        ]
        return [self.zh[name] for name in names if not self.env[name]._abstract]

    def _view_types(self, model):
        views = self.env["ir.ui.view"].search(
            [("model", "=", model._name), ("mode", "=", "primary")]
        )
        return set(views.mapped("type")) - {"qweb"}

    def _check_field(self, model, name):
        field = model._fields.get(name)  # fields of lists inside a form have their own
        if field is None or name in ("id", "display_name"):
            return
        description = field.get_description(self.zh, ["string", "help", "selection"])
        texts = [description.get("string"), description.get("help")]
        if name != "tz":
            texts += [label for _key, label in description.get("selection") or ()]
        for text in texts:
            self._check(text)
