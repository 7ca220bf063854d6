# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What columns and values of well-known systems are called, after `word`: no ORM.

ServiceNow, Jira, iTop, GLPI and their Chinese versions.
"""

#: What a column is called: first come, first served.
COLUMN_WORDS = {
    "number": (
        *("number", "ticketnumber", "ticketno", "ticketid", "ticket", "ticketref"),
        *("incidentnumber", "incidentid", "incident", "caseid", "casenumber"),
        *("issuekey", "key", "ref", "reference", "id"),
        *("工单号", "工单编号", "事件编号", "事件单号", "事件号", "单号", "编号"),
    ),
    "time": (
        *("sysupdatedat", "sysupdatedon", "eventtime", "eventdate", "timestamp"),
        *("updatedat", "updatedon", "updated", "changedat", "changed", "modified"),
        *("lastupdate", "lastupdated", "datemod", "datetime", "time"),
        *("事件时间", "更新时间", "变更时间", "修改时间", "操作时间", "时间"),
    ),
    "order": (
        *("sysmodcount", "modcount", "updateno", "sequence", "seq", "order", "step"),
        *("revision",),
        *("序号", "顺序", "更新次数", "修改次数"),
    ),
    "state": (
        *("incidentstate", "state", "status", "ticketstatus", "operationalstatus"),
        *("stage", "状态", "工单状态", "事件状态", "阶段"),
    ),
    "opened": (
        *("openedat", "opened", "reportedat", "reported", "opendate", "startdate"),
        *("createdat", "createdon", "created", "syscreatedon", "syscreatedat"),
        *("creationdate", "date"),
        *("报告时间", "报障时间", "受理时间", "登记时间", "提交时间", "创建时间"),
        *("开单时间",),
    ),
    "priority": ("priority", "prio", "优先级", "优先级别"),
    "impact": ("impact", "影响度", "影响", "影响范围"),
    "urgency": ("urgency", "紧急度", "紧急程度", "紧急"),
    "team": (
        *("assignmentgroup", "assignedgroup", "supportgroup", "team", "teamid"),
        *("group", "queue", "处理组", "支持组", "服务组", "工作组", "团队", "小组"),
    ),
    "assignee": (
        *("assignedto", "assignee", "agent", "agentid", "technician", "resolver"),
        *("owner", "处理人", "受理人", "工程师", "负责人", "经办人"),
    ),
    "customer": (
        *("customer", "callerid", "caller", "requester", "requestedfor", "reporter"),
        *("client", "org", "orgid", "organization", "company", "account"),
        *("客户", "客户名称", "报告人", "报障人", "请求人", "申请人", "用户"),
    ),
    "service": (
        *("service", "serviceid", "businessservice", "servicename"),
        *("服务", "服务名称", "业务服务", "服务目录"),
    ),
    "category": (
        *("category", "itilcategory", "itilcategoriesid", "component"),
        *("类别", "分类", "事件分类", "工单分类"),
    ),
    "title": (
        *("shortdescription", "title", "summary", "subject", "name"),
        *("标题", "主题", "摘要", "概要", "简述"),
    ),
    "kind": (
        *("kind", "type", "tickettype", "issuetype", "tasktype", "finalclass"),
        *("sysclassname", "类型", "工单类型", "单据类型"),
    ),
    "resolved": (
        *("resolvedat", "resolved", "resolutiondate", "resolutiontime", "solvedat"),
        *("solvedate", "解决时间",),
    ),
    "closed": ("closedat", "closed", "closedate", "closeddate", "关闭时间", "结单时间"),
    "verdict": ("madesla", "slamet", "metsla", "insla", "是否达标", "是否按时", "达标"),
    "responded": (
        *("respondedat", "responded", "firstresponseat", "firstresponse"),
        *("firstresponsetime", "firstresponsedate", "firstreplyat", "responseat"),
        *("响应时间", "首次响应时间", "首次响应", "首次回复时间"),
    ),
    "paused": (
        *("pausedminutes", "pauseminutes", "minutespaused", "pausedmin", "paused"),
        *("onholdminutes", "holdminutes", "waitingminutes", "pendingminutes"),
        *("暂停分钟", "暂停分钟数", "暂停时长分钟", "暂停时间分钟", "暂停时长"),
        *("挂起分钟", "挂起分钟数", "挂起时长分钟", "挂起时间分钟", "挂起时长"),
    ),
}  # fmt: skip

#: What a state is called: state and, for pauses, the code of the pause reason.
STATE_WORDS = {
    **dict.fromkeys(
        ("new", "todo", "reported", "registered", "submitted", "logged", "unassigned")
        + ("新建", "新", "待受理", "待处理", "未受理", "已提交", "已登记", "待分派"),
        ("new", ""),
    ),
    **dict.fromkeys(
        ("active", "inprogress", "workinprogress", "assigned", "accepted", "started")
        + ("processing", "processingassigned", "processingplanned", "dispatched")
        + ("escalated", "escalatedtto", "escalatedttr", "underinvestigation", "open")
        + ("处理中", "进行中", "已受理", "已分派", "已派单", "已接单", "解决中"),
        ("open", ""),
    ),
    **dict.fromkeys(
        ("awaitinguserinfo", "awaitinguser", "awaitingcaller", "awaitingcustomer")
        + ("awaitinguserinformation", "awaitingevidence", "awaitinginformation")
        + ("pendingcustomer", "pendinguser", "waitingforcustomer", "waitingforuser")
        + ("waitingforreporter", "customerpending", "needinfo")
        + ("等待用户", "待用户确认", "等待客户", "待客户反馈", "待用户反馈"),
        ("paused", "USER"),
    ),
    **dict.fromkeys(
        ("awaitingvendor", "awaitingsupplier", "pendingvendor", "pendingsupplier")
        + ("waitingforvendor", "waitingforsupplier", "waitingforthirdparty")
        + ("等待供应商", "待供应商", "等待厂商", "待厂商"),
        ("paused", "SUPP"),
    ),
    **dict.fromkeys(
        ("awaitingchange", "pendingchange", "waitingforchange", "waitingforapproval")
        + ("等待变更", "待变更"),
        ("paused", "CHANGE"),
    ),
    **dict.fromkeys(
        ("awaitingproblem", "pending", "onhold", "hold", "waiting", "suspended")
        + ("paused", "stalled", "blocked", "挂起", "暂停", "等待", "等待问题", "搁置"),
        ("paused", "OTHER"),
    ),
    **dict.fromkeys(
        (
            "resolved",
            "solved",
            "done",
            "fixed",
            "completed",
            "已解决",
            "解决",
            "已完成",
        ),
        ("resolved", ""),
    ),
    **dict.fromkeys(
        ("closed", "closedcomplete", "closedsuccessful", "已关闭", "关闭", "已结案")
        + ("已结单", "结单"),
        ("closed", ""),
    ),
    **dict.fromkeys(
        ("cancelled", "canceled", "rejected", "duplicate", "withdrawn", "declined")
        + ("closedskipped", "wontdo", "wontfix", "invalid")
        + ("已取消", "取消", "已撤销", "撤销", "作废", "驳回", "已驳回", "重复"),
        ("cancelled", ""),
    ),
    # ServiceNow writes the number of a state that was deleted.
    "100": ("keep", ""),
}
#: Levels from 1 (highest) to 4 (lowest), for priority, impact and urgency alike.
LEVEL_WORDS = {
    "1": ("critical", "veryhigh", "highest", "urgent", "blocker", "major", "emergency")
    + ("p1", "s1", "紧急", "特急", "非常高", "很高", "重大", "一级", "致命", "极高"),
    "2": ("high", "p2", "s2", "高", "二级", "严重", "较高"),
    "3": ("medium", "moderate", "normal", "average", "p3", "s3", "中", "三级", "一般")
    + ("中等", "普通"),
    "4": ("low", "verylow", "lowest", "minor", "trivial", "planning", "p4", "p5", "s4")
    + ("低", "四级", "五级", "较低", "轻微", "很低"),
}
KIND_WORDS = {
    "incident": ("incident", "inc", "fault", "failure", "bug", "事件", "故障", "异常"),
    "request": ("request", "servicerequest", "userrequest", "req", "ritm")
    + ("sctask", "screquest", "请求", "服务请求", "需求", "服务申请"),
}
YES_WORDS = ("true", "yes", "y", "1", "met", "ok", "是", "达标", "按时")
NO_WORDS = ("false", "no", "n", "0", "missed", "breached", "否", "未达标", "超时")
