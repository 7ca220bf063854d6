# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The demo company in Chinese: names, zone, currency, holidays, tickets.

For a database whose administrator reads Chinese when the demo data is loaded, as
``./dev run --lang zh_CN`` makes it.
"""

import base64
import logging

from odoo.exceptions import UserError
from odoo.tools import file_open

from odoo.addons.itsm_base.tools import guard

_logger = logging.getLogger(__name__)

LANG = "zh_CN"
ZONE = "Asia/Shanghai"
#: Names that cannot be translated, by external identifier.
NAMES = {
    "base.main_partner": "灯塔信息技术服务有限公司",
    "itsm.res_partner_user_agent": "陈静",
    "itsm.res_partner_user_engineer": "周强",
    "itsm.res_partner_user_engineer2": "陈宇",
    "itsm.res_partner_user_lead": "林芳",
    "itsm.res_partner_user_sla": "郑凯",
    "itsm.res_partner_user_manager": "何颖",
    "itsm.res_partner_harbour": "海港银行",
    "itsm.res_partner_harbour_emma": "王敏",
    "itsm.res_partner_harbour_oliver": "赵磊",
    "itsm.res_partner_tianhe": "天河精密制造有限公司",
    "itsm.res_partner_tianhe_li": "李伟",
    "itsm.res_partner_tianhe_zhang": "张敏",
    "itsm.res_partner_meadow": "绿野医院",
    "itsm.res_partner_supplier": "北联通信运营商",
    "itsm.resource_calendar_guangzhou": "广州工厂 08:30–12:00、13:30–18:00",
    "itsm.resource_calendar_london": "银行营业时间 08:00–18:00",
}
#: Names that are translated.
TRANSLATED = {
    "itsm.itsm_service_desktop": "桌面服务",
    "itsm.itsm_service_desktop_hardware": "电脑硬件",
    "itsm.itsm_service_desktop_office": "办公软件",
    "itsm.itsm_service_mail": "邮件与协作",
    "itsm.itsm_service_network": "网络管理服务",
    "itsm.itsm_service_network_wifi": "无线接入",
    "itsm.itsm_service_erp": "ERP 业务系统",
    "itsm.itsm_service_erp_print": "单据与标签打印",
    "itsm.itsm_service_database": "数据库服务",
    "itsm.itsm_service_fax": "传真网关",
    "itsm.itsm_service_ai": "智能助手",
    "itsm.itsm_service_internet": "互联网服务",
    "itsm.itsm_service_internet_line": "互联网专线",
    "itsm.itsm_service_security": "安全管理服务",
    "itsm.itsm_service_security_firewall": "防火墙策略变更",
    "itsm.itsm_service_datacentre": "数据中心服务",
    "itsm.itsm_service_datacentre_server": "虚拟服务器",
    "itsm.itsm_service_desktop_laptop": "新笔记本电脑",
    "itsm.itsm_question_laptop_model": "需要哪种机型?",
    "itsm.itsm_question_laptop_programs": "需要哪些软件?",
    "itsm.itsm_question_laptop_screens": "需要几台外接显示器?",
    "itsm.itsm_question_laptop_light": "轻薄型",
    "itsm.itsm_question_laptop_strong": "高性能型",
    "itsm.itsm_shift_template_early": "早班",
    "itsm.itsm_shift_template_late": "晚班",
    "itsm.itsm_shift_template_on_call": "值守",
    "itsm.helpdesk_ticket_team_desk": "服务台",
    "itsm.helpdesk_ticket_team_network": "网络与基础设施组",
    "itsm.helpdesk_ticket_team_application": "应用组",
    "itsm.agreement_demo_default": "灯塔标准服务承诺",
    "itsm.agreement_demo_harbour": "海港银行 – 全部服务",
    "itsm.agreement_demo_harbour_erp": "海港银行 – ERP 全天候",
    "itsm.agreement_demo_tianhe": "天河精密 – 工厂服务",
    "itsm.agreement_demo_meadow": "绿野医院 – 网络(协商中)",
    "itsm.agreement_demo_ola_desk": "服务台 – 一线承诺",
    "itsm.agreement_demo_ola_network": "网络组 – 二线承诺",
    "itsm.agreement_demo_ola_application": "应用组 – 二线承诺",
    "itsm.agreement_demo_uc_northline": "北联通信 – 线路支持合同",
}
FUNCTIONS = {
    "itsm.res_partner_user_agent": "服务台坐席",
    "itsm.res_partner_user_engineer": "网络工程师",
    "itsm.res_partner_user_engineer2": "应用工程师",
    "itsm.res_partner_user_lead": "服务台组长",
    "itsm.res_partner_user_sla": "服务级别经理",
    "itsm.res_partner_user_manager": "IT 服务经理",
    "itsm.res_partner_harbour_emma": "支行行长",
    "itsm.res_partner_harbour_oliver": "运营总监",
    "itsm.res_partner_tianhe_li": "生产计划员",
    "itsm.res_partner_tianhe_zhang": "质量工程师",
}
SUBJECTS = {
    "desktop_hardware": [
        "笔记本接扩展坞后无法开机",
        "第二块屏幕黑屏",
        "电池鼓包,需要更换",
    ],
    "desktop_office": [
        "更新后表格宏被拦截",
        "启动时提示许可证过期",
        "无法打印到共享打印机",
    ],
    "mail": ["发给一家供应商的邮件被退回", "日历与手机不同步", "共享文件夹显示旧文件"],
    "network": ["分支机构断网", "每天早上网速很慢", "机房交换机噪音大"],
    "erp": ["订单录入保存时卡死", "夜间接口未运行", "月结报表报错中断"],
    "erp_print": ["发货标签重复打印", "标签打印机打出空白"],
    "database": ["主从延迟超过一小时", "昨晚备份失败"],
}
REQUESTS = {
    "desktop_hardware": ["为新同事申请笔记本", "呼叫中心申请耳麦"],
    "mail": ["申请项目邮箱", "申请财务共享文件夹权限"],
    "erp": ["订单录入新增用户", "调整审批额度"],
}

#: What the catalogue says of services, in Chinese.
SUMMARIES = {
    "itsm.itsm_service_desktop": "办公电脑的安装、更新与支持。",
    "itsm.itsm_service_desktop_hardware": "台式机、笔记本与外设的维修和更换。",
    "itsm.itsm_service_desktop_laptop": "按标准配置交付一台新笔记本电脑。",
    "itsm.itsm_service_desktop_office": "办公软件的安装与使用指导。",
    "itsm.itsm_service_mail": "邮箱、日历、会议与共享文件夹。",
    "itsm.itsm_service_network": "分支机构的线路、路由器与交换机。",
    "itsm.itsm_service_network_wifi": "办公区与访客的无线接入。",
    "itsm.itsm_service_erp": "在我方平台上运行客户的 ERP,含备份与监控。",
    "itsm.itsm_service_erp_print": "发货标签与单据的打印。",
    "itsm.itsm_service_database": "生产数据库的运行维护。",
    "itsm.itsm_service_internet": "办公场所的互联网出口与域名。",
    "itsm.itsm_service_internet_line": "新开或调整互联网专线带宽。",
    "itsm.itsm_service_security": "防火墙、入侵检测与安全事件的监控。",
    "itsm.itsm_service_security_firewall": "新增、修改或删除防火墙策略。",
    "itsm.itsm_service_datacentre": "机柜、供电、制冷与虚拟服务器。",
    "itsm.itsm_service_datacentre_server": "按申请的规格交付一台虚拟服务器。",
}


def wanted(env):
    """Whether the administrator reads Chinese."""
    return env.ref("base.user_admin").lang == LANG


def rename(env):
    """Make the demo company a Chinese one, before it has tickets."""
    chinese = env(context={**env.context, "lang": LANG, "tracking_disable": True})

    def records(names):
        for xmlid, name in names.items():
            record = chinese.ref(xmlid, raise_if_not_found=False)
            if record:
                yield xmlid, record, name

    company = chinese.ref("base.main_company")
    try:
        with env.cr.savepoint():
            company.write({"currency_id": chinese.ref("base.CNY").id})
            company.currency_id.active = True
    except UserError:
        # the demo data of accounting has entries already, which keep their currency
        _logger.info("The demo company keeps %s", company.currency_id.name)
    company.partner_id.write(
        {
            "country_id": chinese.ref("base.cn").id,
            "city": "上海",
            "street": False,
            "zip": False,
        }
    )
    for xmlid, record, name in records(NAMES):
        vals = {"name": name, "tz": ZONE}
        if record._name == "res.partner":
            vals["lang"] = LANG
            if xmlid in FUNCTIONS:
                vals["function"] = FUNCTIONS[xmlid]
        record.write(vals)
    company.resource_calendar_id.tz = ZONE
    for _xmlid, record, name in records(TRANSLATED):
        record.write({"name": name})
    for _xmlid, record, summary in records(SUMMARIES):
        record.write({"summary": summary})
    _move_agreements(chinese)
    _holidays(
        chinese,
        company.resource_calendar_id
        | chinese.ref("itsm.resource_calendar_guangzhou")
        | chinese.ref("itsm.resource_calendar_london"),
    )


def _holidays(env, calendars):
    """The public holidays and make-up days of the filled example.

    Working time by working time: what runs around the clock runs on holidays, too.
    """
    with file_open("itsm_base/static/example/holidays_zh.csv", "rb") as example:
        content = base64.b64encode(example.read())
    for calendar in calendars:
        wizard = env["itsm.holiday.import"].create(
            {
                "company_id": env.ref("base.main_company").id,
                "calendar_id": calendar.id,
                "tz": ZONE,
                "file": content,
                "filename": "holidays_zh.csv",
            }
        )
        wizard.action_preview()
        wizard.action_import()


def _move_agreements(env):
    """Agreements into the zone; what is in force takes no edits, so it is not then."""
    demo = env["ir.model.data"].search(
        [("module", "=", "itsm"), ("model", "=", "itsm.agreement")]
    )
    agreements = env["itsm.agreement"].browse(demo.mapped("res_id"))
    for agreement in agreements:
        state = agreement.state
        guarded = guard.with_token(agreement)
        guarded.state = "draft"
        guarded.tz = ZONE
        guarded.state = state
