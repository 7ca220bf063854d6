# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What the demo desk says: English, and Chinese for the Chinese demo company."""

WORDS = {
    # People
    "skill_windows": ("Windows workstations", "Windows 桌面"),
    "skill_network": ("Switches and routers", "交换机与路由器"),
    "skill_erp": ("ERP order entry", "ERP 订单录入"),
    "skill_chinese": ("Chinese", "中文"),
    "exchange": ("Dentist in the morning", "上午看牙医"),
    "log_remote": ("Looked at the log files at a distance", "远程查看日志文件"),
    "log_call": ("Call with the user, settings compared", "与用户通话,核对设置"),
    "log_site": ("On the spot: cable and port tested", "现场测试线缆和端口"),
    "assessment": (
        "Answer times are good; the roster has gaps at lunch time.",
        "响应时间良好;午间排班有空缺。",
    ),
    "remark_roster": ("Nobody at the desk from 12 to 13.", "12 点至 13 点无人值守。"),
    # Tickets
    "parent": ("No scanning in three branches", "三个网点无法扫描"),
    "child_1": ("Scanner of the counter is not found", "柜台扫描仪找不到"),
    "child_2": ("Scans do not arrive in the folder", "扫描件未到共享文件夹"),
    "resolved": ("Screen flickers after the update", "更新后屏幕闪烁"),
    "solution": (
        "The driver of the screen was replaced by the version before.",
        "已将显示驱动恢复到前一版本。",
    ),
    "hasty": ("Mouse pointer jumps on the second screen", "鼠标在第二屏上跳动"),
    "escalated": ("Orders disappear after approval", "审批后订单消失"),
    "escalated_why": (
        "The log points to the interface; the desk cannot read its code.",
        "日志指向接口程序,服务台无法进一步分析。",
    ),
    "security": (
        "Mail with a false invoice, password entered",
        "收到假发票邮件,已输入密码",
    ),
    "complaint": (
        "Unfriendly answer on the telephone",
        "电话答复态度生硬",
    ),
    "complaint_text": (
        "I was told to read the manual and the call was ended.",
        "对方让我自己看手册,然后挂断了电话。",
    ),
    "visit": ("Network socket in meeting room 3 is dead", "三号会议室网口不通"),
    "visit_done": (
        "Socket replaced, port 14 tested with 1 Gbit/s.",
        "已更换网络面板,14 号端口测试为千兆。",
    ),
    "visit_next": ("Replace the docking station of the branch", "更换网点的扩展坞"),
    "visit_task": (
        "Bring docking station type B and a long cable.",
        "携带 B 型扩展坞和长线缆。",
    ),
    "comment": ("Quick and clean, thank you.", "又快又好,谢谢。"),
    # Interactions
    "call_new": ("Cannot open the order list", "打不开订单列表"),
    "call_new_note": (
        "White page since this morning, colleagues too.",
        "今早起页面空白,同事也一样。",
    ),
    "call_answered": ("How do I book a meeting room?", "怎样预订会议室?"),
    "call_answer": (
        "In the calendar: choose the room as a participant.",
        "在日历中把会议室选为参会者。",
    ),
    # Major incidents
    "major": ("ERP cannot be reached by any branch", "所有网点无法访问 ERP"),
    "major_child": ("Order entry shows an empty page", "订单录入页面空白"),
    "major_why": (
        "All branches, counter business stands still.",
        "涉及所有网点,柜面业务停办。",
    ),
    "major_impact": (
        "Counter business of all branches of the bank stands still.",
        "该行所有网点的柜面业务停办。",
    ),
    "major_subject": ("ERP: we work on the disturbance", "ERP 故障处理通报"),
    "major_body": (
        "Since this morning the ERP cannot be reached. The database is being moved to "
        "the second data centre.",
        "今早起 ERP 无法访问,正在将数据库切换到备用机房。",
    ),
    "past_major": ("Line of the head office down", "总部专线中断"),
    "past_impact": ("Nobody in the head office could telephone.", "总部全部电话中断。"),
    "past_minutes": (
        "The carrier cut the fibre; the second line did not take over.",
        "运营商挖断光缆,备用线路未自动切换。",
    ),
    "past_cause": (
        "Fibre cut; failover was never tested.",
        "光缆被挖断;切换从未演练。",
    ),
    "past_lessons": (
        "The failover has to be tested each quarter.",
        "应每季度演练线路切换。",
    ),
    "past_action": (
        "Test the failover of the lines each quarter",
        "每季度演练线路切换",
    ),
    # Requests
    "department": ("Branch business", "网点业务部"),
    "request_why": ("A new colleague begins on Monday.", "新同事下周一入职。"),
    "request_why_2": ("Two machines broke down.", "两台设备已损坏。"),
    "answer_1": ("The counter program of the branch", "网点柜面系统"),
    "answer_2": ("The programs for evaluating large tables", "大型报表分析软件"),
    "approved": ("Needed, budget is there.", "确有需要,预算已安排。"),
    # Duties and events
    "duty_note": (
        "Report read line by line with the desk lead.",
        "已与服务台组长逐项核对报告。",
    ),
    "event": ("Free space on the ERP server below 5 %", "ERP 服务器可用空间低于 5%"),
}
