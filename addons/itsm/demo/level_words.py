# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What demo people say about service levels: English, and Chinese."""

WORDS = {
    # Requirements
    "collected": ("Support of the plant on Saturdays", "工厂周六支持"),
    "collected_need": (
        "The plant works every other Saturday and cannot reach anybody then.",
        "工厂隔周周六生产,届时联系不到任何人。",
    ),
    "analysed": ("Wireless of the wards back within two hours", "病区无线两小时内恢复"),
    "analysed_need": (
        "Doctors read findings on tablets; without wireless they walk to the office.",
        "医生用平板查看检查结果,无线中断时只能回办公室。",
    ),
    "analysed_analysis": (
        "Possible in service hours with a spare access point on each floor.",
        "每层备一台接入点,服务时间内可以做到。",
    ),
    "baselined": ("Labels are printed in the night shift", "夜班标签打印保障"),
    "baselined_need": (
        "Without labels nothing is shipped; the night shift has no spare printer.",
        "没有标签就无法发货,夜班没有备用打印机。",
    ),
    "baselined_analysis": (
        "Two hours are feasible on call; one hour would need somebody on the spot.",
        "值守方式两小时可行;一小时需要驻场人员。",
    ),
    "agreed": ("Internet access of the branches", "网点互联网接入"),
    "agreed_need": (
        "All branches advise over video; a dead line closes the counter.",
        "各网点都用视频办理业务,线路中断就要停柜。",
    ),
    "agreed_analysis": (
        "Service desk, network team and carrier together need seven hours at most.",
        "服务台、网络组与运营商合计最多需要七小时。",
    ),
    "agreed_workload": (
        "12 branches, about 5 tickets a month",
        "12 个网点,每月约 5 单",
    ),
    "rejected": ("Somebody on the spot within an hour", "一小时内到场"),
    "rejected_need": (
        "Every branch wants to see somebody within an hour, day and night.",
        "各网点希望全天候一小时内有人到场。",
    ),
    "rejected_why": (
        "It would cost more than all other services together; the bank agrees.",
        "费用超过其余服务总和,银行已认可不再要求。",
    ),
    # Agreements
    "clause": (
        "As described in the service catalogue and agreed in the talks.",
        "按服务目录及双方洽谈结果执行。",
    ),
    "contact_desk": ("Service desk, escalation", "服务台与升级联系人"),
    "contact_customer": ("Decisions of the customer", "客户方决策联系人"),
    "in_hours": ("In service hours", "服务时间内"),
    "internal_note": ("Asked for by the operations of the bank", "由银行运营部提出"),
    "talk_1": (
        "Six hours instead of eight when a branch is down",
        "网点中断时八小时改为六小时",
    ),
    "talk_1_answer": (
        "The carrier needs four hours; eight stay, with a report each hour.",
        "运营商需要四小时,仍为八小时,但每小时通报一次。",
    ),
    "talk_2": ("Review of the levels twice a year", "每半年回顾一次服务级别"),
    "talk_2_answer": ("Agreed.", "同意。"),
    "draft_1": ("Critical incidents solved within four hours", "特急事件四小时内解决"),
    "draft_1_answer": (
        "Not with the contract of the carrier as it is; we ask him for two hours.",
        "现有运营商合同做不到,我们正与其协商改为两小时。",
    ),
    "draft_2": (
        "Until then six hours, and four from January on",
        "在此之前六小时,明年起四小时",
    ),
    "waiver": (
        "The clinic has a second line; the carrier offers a new contract.",
        "医院另有备用线路,运营商正在提供新合同。",
    ),
    "role_manager": ("Manager of IT services", "IT 服务经理"),
    "whatif": ("Four hours for the network of the clinic?", "医院网络四小时能做到吗?"),
    # Months
    "outage_erp": ("ERP could not be reached", "ERP 无法访问"),
    "outage_erp_note": (
        "The connection pool of the application server was used up.",
        "应用服务器连接池耗尽。",
    ),
    "outage_mail": ("Mails were not delivered", "邮件无法投递"),
    "outage_mail_note": ("The disk of the queue was full.", "队列磁盘已满。"),
    "outage_slow": ("ERP answered slowly", "ERP 响应缓慢"),
    "outage_planned": ("Maintenance of the ERP database", "ERP 数据库维护"),
    "outage_planned_note": (
        "Agreed with the head of operations of the bank.",
        "已与银行运营总监商定。",
    ),
    "outage_proposed": ("Line of a branch was down", "网点线路中断"),
    "breach_staff": ("Two colleagues ill, nobody to stand in.", "两人病假,无人顶替。"),
    "breach_dispatch": (
        "It lay with the desk before it came to the right team.",
        "在服务台停留过久才转到正确的组。",
    ),
    "breach_supplier": ("The carrier answered too late.", "运营商答复过晚。"),
    "breach_knowledge": ("Nobody knew the interface.", "无人熟悉该接口。"),
    "breach_customer": (
        "The branch could not be entered for a day.",
        "一整天无法进入网点。",
    ),
    "definition": ("Service report for Harbour Bank", "海港银行服务报告"),
    "accepted": ("Minutes of the kick-off meeting", "启动会会议纪要"),
    "conclusion": (
        "Incidents of high priority were passed on too late; the desk gets a rule for "
        "it.",
        "高优先级事件转派过晚,服务台将制定转派规则。",
    ),
    "risk": (
        "The licence of the ERP connector ends next quarter.",
        "ERP 连接器许可证将于下季度到期。",
    ),
    "quality": ("Quality of all services: to be discussed.", "各项服务质量:待讨论。"),
    # Reviews and plans
    "review_result": (
        "Most promises were kept; critical incidents take too long.",
        "多数承诺达成,特急事件处理仍偏慢。",
    ),
    "review_decision": (
        "The desk passes critical incidents on within ten minutes.",
        "服务台十分钟内转派特急事件。",
    ),
    "review_note": (
        "Friendly and quick, but critical cases need more people.",
        "态度好、响应快,但特急情况人手不足。",
    ),
    "review_summary": (
        "The agreement stays as it is; one improvement plan was agreed.",
        "协议保持不变,商定一项改进计划。",
    ),
    "expectation": ("Solve critical incidents faster", "更快解决特急事件"),
    "plan": ("Answer tickets of the bank in time", "按时响应银行的工单"),
    "plan_need": (
        "Too many tickets waited for their first answer longer than promised.",
        "过多工单首次响应超过承诺时间。",
    ),
    "plan_cause": (
        "In the morning one person answers calls and tickets at once.",
        "上午一人既接电话又处理工单。",
    ),
    "plan_action": (
        "Pass on critical incidents within ten minutes",
        "十分钟内转派特急事件",
    ),
    "done": ("Answer calls faster", "更快接听来电"),
    "done_need": (
        "A third of the callers waited longer than 20 seconds.",
        "三分之一的来电等待超过 20 秒。",
    ),
    "done_measure": ("Calls answered within 20 seconds (%)", "20 秒内接听的来电(%)"),
    "done_action": (
        "Second person at the desk from 8 to 10",
        "8 点至 10 点增加一名坐席",
    ),
    "done_evidence": (
        "Roster changed; the figures of the telephone system are attached.",
        "已调整排班,附电话系统数据。",
    ),
    "done_result": (
        "Callers wait less; the second person stays.",
        "来电等待缩短,增派坐席继续保留。",
    ),
}
