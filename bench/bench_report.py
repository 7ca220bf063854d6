# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The service report of a month over 100,000 tickets of one agreement.

    python bench/bench_report.py [DATABASE [TICKETS]]

Made by SQL: tickets under one agreement, all reported in last month, with two clocks
each and a breach for every seventh clock, and as many again in the five months before,
so that the trend counts twice as many. Measured:

1. all sections, in both languages where Chinese is installed;
2. each section alone;
3. the page that is read and printed.
"""

import sys
import time

from common import configure, ensure_database, report

NUMBERS = [int(text) for text in sys.argv[1:] if text.isdigit()]
TICKETS = NUMBERS[0] if NUMBERS else 100_000


def environment(database):
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    cr = Registry(database).cursor()
    return api.Environment(cr, SUPERUSER_ID, {})


def prepare(env):
    """An agreement, its report and its tickets, once for each database.

    :return: the definition of the report
    """
    definition = env["itsm.report.definition"].search([("name", "=", "Report bench")])
    if definition:
        return definition
    from odoo.fields import Command

    agreement = env["itsm.agreement"].create(
        {
            "name": "Report bench",
            "tz": "Europe/Paris",
            "calendar_id": env.ref("itsm_sla.resource_calendar_24x7").id,
            "date_start": "2020-01-01",
            "partner_id": env["res.partner"].create({"name": "Report bench"}).id,
            "target_ids": [
                Command.create(
                    {
                        "itsm_kind": kind,
                        "priority": priority,
                        "metric": metric,
                        "minutes": 60,
                    }
                )
                for kind in ("incident", "request")
                for priority in "0123"
                for metric in ("response", "resolution")
            ],
        }
    )
    agreement.action_activate()
    definition = env["itsm.report.definition"].create(
        {
            "name": "Report bench",
            "family": "sla",
            "agreement_id": agreement.id,
            "author_id": env.ref("base.user_admin").id,
            "partner_ids": [Command.set(agreement.partner_id.ids)],
        }
    )
    services = env["itsm.service"].create(
        [
            {"name": f"Report bench {n}", "code": f"RB{n}", "state": "live"}
            for n in range(25)
        ]
    )
    team = env["helpdesk.ticket.team"].create({"name": "Report bench"})
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO helpdesk_ticket
            (number, name, description, company_id, stage_id, team_id, itsm_kind,
             priority, active, sequence, reported_at, resolved_at, agreement_id,
             agreement_reason, service_id, user_id, create_date, write_date,
             create_uid, write_uid)
        SELECT 'R' || i, 'Report bench ' || i, 'd', %(company)s,
               CASE WHEN i %% 10 = 0 THEN %(stage_open)s ELSE %(stage)s END, %(team)s,
               CASE WHEN i %% 4 = 0 THEN 'request' ELSE 'incident' END,
               (i %% 4)::text, true, 10, t.at,
               CASE WHEN i %% 10 > 0 THEN t.at + (i %% 900) * interval '1 minute' END,
               %(agreement)s, 'default', (%(services)s)[1 + i %% 25], 2, t.at, t.at,
               1, 1
          FROM generate_series(1, 2 * %(tickets)s) i,
               LATERAL (SELECT CASE WHEN i <= %(tickets)s
                    THEN %(month)s::timestamp - interval '1 month'
                         + (i - 1) * interval '27 days' / %(tickets)s
                    ELSE %(month)s::timestamp - interval '6 months'
                         + (i - %(tickets)s - 1) * interval '149 days' / %(tickets)s
                    END AS at) t
        """,
        {
            "company": env.company.id,
            "stage": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_done").id,
            "stage_open": env.ref("helpdesk_mgmt.helpdesk_ticket_stage_in_progress").id,
            "team": team.id,
            "agreement": agreement.id,
            "services": services.ids,
            "month": first_of_month(),
            "tickets": TICKETS,
        },
    )
    env.cr.execute(
        """
        INSERT INTO itsm_clock
            (ticket_id, company_id, kind, metric, cycle, agreement_id, phase,
             target_seconds, used_seconds, started_at, stopped_at, breached_at,
             overrun_seconds, create_uid, write_uid, create_date, write_date)
        SELECT t.id, t.company_id, 'sla', m.metric, 1, t.agreement_id, 'stopped',
               3600, 1800 + t.id % 3600, t.reported_at,
               t.reported_at + interval '2 hours',
               CASE WHEN t.id % 7 = 0 THEN t.reported_at + interval '1 hour' END,
               t.id % 3600, 1, 1, t.create_date, t.create_date
          FROM helpdesk_ticket t, (VALUES ('response'), ('resolution')) m(metric)
         WHERE t.name LIKE 'Report bench %'
        """
    )
    env.cr.execute(
        """
        INSERT INTO itsm_breach
            (clock_id, ticket_id, company_id, agreement_id, metric, itsm_kind, priority,
             service_id, breached_at, month, overrun_seconds, state, cause_id,
             responsible, active, create_uid, write_uid, create_date, write_date)
        SELECT c.id, c.ticket_id, c.company_id, c.agreement_id, c.metric, t.itsm_kind,
               t.priority, t.service_id, c.breached_at,
               date_trunc('month', c.breached_at)::date, c.overrun_seconds,
               'explained', %s, 'team', true, 1, 1, c.create_date, c.create_date
          FROM itsm_clock c
          JOIN helpdesk_ticket t ON t.id = c.ticket_id
         WHERE c.breached_at IS NOT NULL AND t.name LIKE 'Report bench %%'
        """,
        [env.ref("itsm_sla.itsm_breach_cause_technical").id],
    )
    for table in ("helpdesk_ticket", "itsm_clock", "itsm_breach"):
        env.cr.execute(f"ANALYZE {table}")
    env.cr.commit()
    return definition


def first_of_month():
    from datetime import date

    return date.today().replace(day=1).isoformat()


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_report"
    ensure_database(database, "itsm_desk")
    env = environment(database)
    definition = prepare(env)
    service_report = env["itsm.service.report"].search(
        [("definition_id", "=", definition.id)], limit=1
    ) or env["itsm.service.report"].create({"definition_id": definition.id})
    env.flush_all()
    result = {
        "tickets": env["helpdesk.ticket"].search_count(
            [("name", "=like", "Report bench %")]
        ),
        "languages": len(env["res.lang"].get_installed()),
    }

    def measure(label, function, *args):
        env.invalidate_all()
        queries, began = env.cr.sql_log_count, time.perf_counter()
        found = function(*args)
        env.flush_all()
        result[f"{label}_seconds"] = round(time.perf_counter() - began, 2)
        result[f"{label}_queries"] = env.cr.sql_log_count - queries
        return found

    period = service_report._period()
    measure("first_time", service_report._compute_content)
    content = measure("report", service_report._compute_content)
    for code in service_report._report_sections():
        section = getattr(service_report, f"_section_{code}")
        measure(f"section_{code}", section, period.start, period.end)
    service_report._store_content()
    measure("page", lambda: service_report.content_html)
    sections = content["languages"]["en_US"]["sections"]
    data = {section["code"]: section["data"] for section in sections}
    result["reported"] = data["workload"]["reported"]["value"]
    result["missed"] = data["breaches"]["total"]["value"]
    report(result)
    env.cr.rollback()


if __name__ == "__main__":
    main()
