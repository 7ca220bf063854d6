# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Similar-ticket hints over 100,000 tickets while somebody types.

    python bench/bench_hint.py [DATABASE [TICKETS]]

Titles are put together from things, faults and places in English and Chinese, as people
write them, with user names, room and error numbers. What is typed is the beginning of
another such title, cut anywhere from the fifth character on. Measured is the whole
call that the form makes, as an agent and as an engineer who sees the tickets of his own
teams only: the median, the 95th percentile (wanted: under 50 ms) and the number of
queries.
"""

import random
import statistics
import sys
import time

from common import configure, ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000
CALLS = 300
MARK = "HINT"

THINGS = (
    "Printer;Label printer;Laptop;Docking station;Second monitor;Headset;Keyboard;"
    "Outlook;Shared mailbox;Calendar of the team;Distribution list;Spam filter;VPN;"
    "Wi-Fi;Guest network;Switch;Firewall rule;Network drive;OneDrive;SharePoint page;"
    "Intranet;Web shop;Order entry;Warehouse terminal;Barcode scanner;Badge reader;"
    "Time sheet;Payroll run;SAP;Purchase request;Invoice archive;CRM;Customer portal;"
    "Data warehouse;Monthly report;Excel macro;Database;Backup job;Test server;Citrix;"
    "Virtual desktop;Video conference;Projector;Desk phone;Mobile phone;SIM card;"
    "User account;Password;Two-factor app;Certificate;Browser;PDF reader;Licence;"
    "打印机;邮箱;考勤系统;营销系统;OA审批流程;台式电脑;笔记本;无线网络;财务软件;视频会议;"
    "门禁系统;数据库;备份任务;报表系统;采购系统;人力资源系统;移动终端;电话;显示器;共享文件夹"
).split(";")
FAULTS = (
    "does not start;is very slow;cannot connect;shows error {n};freezes when saving;"
    "asks for the password again and again;is offline since this morning;broken;"
    "needs replacement;access denied;not found after the update;prints blank pages;"
    "loses the connection;is full;keeps restarting;has no sound;expired;"
    "cannot open attachments;locked after three attempts;rights for folder {n};"
    "wrong totals;duplicates since yesterday;not synchronised;please install;"
    "new one for {u};does not send;does not receive;blue screen;battery swollen;"
    "cable missing;licence missing;timeout;Chinese characters garbled;stuck at {n} %;"
    "wrong address;cannot log in;how do I set it up;move to room {n};"
    "无法登录;报错{n};运行很慢;无法打印;需要重新安装;连接不上;密码过期;打不开附件;"
    "数据不一致;申请权限;需要更换;显示乱码;没有声音;经常死机;无法同步;收不到邮件;"
    "断网;流程卡住;配置新电脑;忘记密码"
).split(";")
PLACES = (
    "in building {n};for {u};in room {n};on PC-{n};since Monday;after the update;"
    "at the customer's site;in Lyon;in Shanghai;in the warehouse;during month end;"
    "for the whole department;urgent;second floor;{u} called;asset {n};;;;;;"
    "三楼{n}室;请尽快处理;全部门;新员工{u};上海分公司;工号{n}"
).split(";")
PEOPLE = (
    "Miller;Dupont;Garcia;Novak;Wang Fang;Zhang Wei;Li Na;Kim;Haddad;Olsen;Schmidt;"
    "Rossi;Kowalski;Brown;Tanaka;王芳;张伟;李娜;刘洋;陈静;Ms Okafor;Mr Singh;van Dijk"
).split(";")


def title(rng):
    parts = (rng.choice(THINGS), rng.choice(FAULTS), rng.choice(PLACES))
    text = " ".join(part for part in parts if part)
    return text.format(n=rng.randint(1, 9999), u=rng.choice(PEOPLE))


def typed(rng):
    text = title(rng)
    return text[: rng.randint(min(5, len(text)), len(text))]


def environment(database):
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    cr = Registry(database).cursor()
    return api.Environment(cr, SUPERUSER_ID, {})


def prepare(env):
    """Tickets by SQL, and the two users, once for each database."""
    tickets = env["helpdesk.ticket"].with_context(active_test=False)
    if tickets.search_count([("number", "=like", f"{MARK}%")], limit=1):
        return
    from odoo.tools import SQL

    rng = random.Random(20260323)
    team, other = env["helpdesk.ticket.team"].create(
        [{"name": "Hint bench"}, {"name": "Hint bench 2"}]
    )
    stages = env["helpdesk.ticket.stage"].search([]).ids
    for login, group in (
        ("hint-agent", "itsm_base.itsm_group_agent"),
        ("hint-engineer", "itsm_desk.itsm_group_engineer"),
    ):
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "group_ids": [(6, 0, [env.ref(group).id])],
                "helpdesk_team_ids": [(6, 0, [other.id])],
            }
        )
    env.flush_all()
    for start in range(0, TICKETS, 5000):
        rows = [
            SQL(
                "(%s, %s, 'd', %s, %s, %s, 'incident', '1', true, 10, 'default')",
                f"{MARK}{index}",
                title(rng),
                env.company.id,
                stages[index % len(stages)],
                other.id if index % 20 == 0 else team.id,
            )
            for index in range(start, min(start + 5000, TICKETS))
        ]
        env.cr.execute(
            SQL(
                """INSERT INTO helpdesk_ticket
                       (number, name, description, company_id, stage_id, team_id,
                        itsm_kind, priority, active, sequence, agreement_reason)
                   VALUES %s""",
                SQL(", ").join(rows),
            )
        )
    env.cr.commit()
    env.cr.execute("ANALYZE helpdesk_ticket")
    env.cr.commit()


def measure(env, login):
    """Milliseconds of each call, queries of the last one, hints per call."""
    user = env["res.users"].search([("login", "=", login)])
    tickets = env(user=user.id, su=False)["helpdesk.ticket"]
    rng = random.Random(7)
    times, hints = [], []
    tickets.itsm_similar_tickets("warm up")
    for _call in range(CALLS):
        text = typed(rng)
        tickets.env.invalidate_all()
        before = env.cr.sql_log_count
        start = time.perf_counter()
        found = tickets.itsm_similar_tickets(text)
        times.append((time.perf_counter() - start) * 1000)
        hints.append(len(found["tickets"]))
        queries = env.cr.sql_log_count - before
    times.sort()
    return {
        f"{login} median ms": round(statistics.median(times), 1),
        f"{login} p95 ms": round(times[int(CALLS * 0.95)], 1),
        f"{login} largest ms": round(times[-1], 1),
        f"{login} queries": queries,
        f"{login} hints": round(statistics.mean(hints), 2),
        f"{login} without hint": hints.count(0),
    }


def main():
    names = [text for text in sys.argv[1:] if not text.isdigit()]
    database = names[0] if names else "bench_hint"
    ensure_database(database, "itsm_desk")
    env = environment(database)
    prepare(env)
    result = {"tickets": TICKETS}
    result.update(measure(env, "hint-agent"))
    result.update(measure(env, "hint-engineer"))
    env.cr.rollback()
    env.cr.close()
    report(result)


if __name__ == "__main__":
    main()
