# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api

LANG = "zh_CN"
#: English words whose Chinese was wrong for their place, and what it was.
WRONG = {
    "Accessories": "附件",
    "Approved": "批准",
    "Asked by": "询问人",
    "Away": "不在",
    "Bad": "差",
    "Build": "建立",
    "By": "由",
    "Condition": "条件",
    "Control": "受控",
    "Critical": "紧急",
    "Due": "到期",
    "First": "首次",
    "Form": "表单",
    "Gone": "已离开",
    "Good": "好",
    "Impact": "影响度",
    "In test": "测试",
    "In use": "使用",
    "Items": "项",
    "Late": "超时",
    "Model": "模型",
    "New": "新建",
    "Note": "提示",
    "Number by class and state": "按分类和状态的数量",
    "Number, RMA, part": "编号、返修编号、部件",
    "Open Tickets": "未关闭工单",
    "Orphans": "孤立",
    "Owner": "所有者",
    "Parts": "组成",
    "Period": "周期",
    "Plan": "安排",
    "Reference": "参考",
    "Scrapped": "报废",
    "Send": "发送",
    "Take Back": "撤回",
    "Take": "接手",
    "Taken Back": "执行撤销",
    "To Be Dismantled": "待停用",
    "Value": "数值",
    "Warranty Over": "已过保",
    "When": "时间",
    "Who": "谁",
    "Withdraw": "作废",
    "Without Owner": "无负责人",
    "any class": "任何分类",
}
#: Names in data of the addon; labels of fields are loaded anew with each upgrade.
NAMED = (
    "ir.ui.menu",
    "itsm.ci.attribute",
    "itsm.ci.attribute.option",
    "itsm.ci.class",
    "itsm.ci.health.rule",
    "itsm.ci.state",
)


def migrate(cr, version):
    """Wrong Chinese words are dropped: the right ones are loaded after this script.

    What somebody has translated in another way is left alone.
    """
    env = api.Environment(cr, SUPERUSER_ID, {"active_test": False})
    rename_medium(env)
    if env["res.lang"]._get_data(code=LANG):
        for name in NAMED:
            drop_names(env, name)
        drop_terms(env)


def records(env, model):
    """The records of a model that the addon has brought."""
    data = env["ir.model.data"].search(
        [("module", "=", "itsm_cmdb"), ("model", "=", model)]
    )
    return env[model].browse(data.mapped("res_id")).exists()


def rename_medium(env):
    """The attribute of libraries: “Medium” alone is also a criticality."""
    attribute = env.ref("itsm_cmdb.itsm_ci_attribute_medium", False)
    if attribute and attribute.with_context(lang="en_US").name == "Medium":
        env.cr.execute(
            """UPDATE itsm_ci_attribute
                  SET name = CASE WHEN name ->> 'zh_CN' = '中'
                                  THEN name - 'zh_CN' ELSE name END
                             || '{"en_US": "Storage Medium"}'::jsonb
                WHERE id = %s""",
            [attribute.id],
        )
        attribute.invalidate_recordset(["name"])


def drop_names(env, model):
    """Drop wrong names of records."""
    for record in records(env, model):
        english = record.with_context(lang="en_US").name
        if record.with_context(lang=LANG).name == WRONG.get(english):
            record.update_field_translations("name", {LANG: False})


def drop_terms(env):
    """Drop wrong terms of views."""
    for view in records(env, "ir.ui.view"):
        terms, _context = view.get_field_translations("arch_db", [LANG])
        wrong = {
            term["source"]: False
            for term in terms
            if term["value"] and term["value"] == WRONG.get(term["source"])
        }
        if wrong:
            view.update_field_translations("arch_db", {LANG: wrong})
