# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""500 SLAs with what supports them, and a year of availability of 200 SLAs.

    python bench/bench_levels.py [database]

1. chain: each SLA promises a solution in 40 hours around the clock for a service of its
   own and rests on two OLAs and a UC in office hours; all 500 are compared for the
   twelve months to come, first with nothing known, then again;
2. availability: 200 of the SLAs promise 99.9 % of a service each; 2,400 confirmed
   outages lie in the last twelve months, which are worked out at once, then again.

Everything is taken back at the end.
"""

import sys
from datetime import date, datetime, timedelta

from common import configure, ensure_database, report, timed

DATABASE = sys.argv[1] if len(sys.argv) > 1 else "bench_levels"
SLAS = 500
AVAILABLE = 200
OUTAGES = 2400
HOUR = 60


def target(minutes):
    """One resolution target for every incident."""
    return (0, 0, {"metric": "resolution", "minutes": minutes})


def first_of_month(months_ago):
    """The first day of the month so long ago."""
    number = date.today().year * 12 + date.today().month - 1 - months_ago
    return date(number // 12, number % 12 + 1, 1)


def prepare(env):
    """The legs, the SLAs on them and their services; nothing else is in force."""
    agreements = env["itsm.agreement"]
    agreements.search([("state", "=", "active")]).active = False
    around = env.ref("itsm_sla.resource_calendar_24x7")
    office = env["resource.calendar"].search([("id", "!=", around.id)], limit=1)
    teams = env["helpdesk.ticket.team"].create([{"name": "Line 1"}, {"name": "Line 2"}])
    supplier = env["res.partner"].create({"name": "Supplier", "is_company": True})
    start = first_of_month(14)
    common = {"tz": "Asia/Shanghai", "date_start": start, "company_id": env.company.id}
    legs = agreements.create(
        [
            *(
                {
                    **common,
                    "name": f"OLA {team.name}",
                    "kind": "ola",
                    "team_id": team.id,
                    "calendar_id": office.id,
                    "target_ids": [target(8 * HOUR)],
                }
                for team in teams
            ),
            {
                **common,
                "name": "UC",
                "kind": "uc",
                "supplier_id": supplier.id,
                "calendar_id": office.id,
                "target_ids": [target(16 * HOUR)],
            },
        ]
    )
    services = env["itsm.service"].create(
        [
            {"name": f"Service {number}", "code": f"BL-{number}", "state": "live"}
            for number in range(SLAS)
        ]
    )
    customers = env["res.partner"].create(
        [{"name": f"Customer {number}", "is_company": True} for number in range(SLAS)]
    )
    slas = agreements.create(
        [
            {
                **common,
                "name": f"SLA {number}",
                "kind": "sla",
                "partner_id": customers[number].id,
                "calendar_id": around.id,
                "service_ids": [(6, 0, services[number].ids)],
                "target_ids": [target(40 * HOUR)],
                "support_ids": [
                    (0, 0, {"supporting_id": leg.id, "sequence": place})
                    for place, leg in enumerate(legs)
                ],
                "availability_ids": [
                    (0, 0, {"service_id": services[number].id, "target": 99.9})
                ]
                if number < AVAILABLE
                else [],
            }
            for number in range(SLAS)
        ]
    )
    # In force as they are: gaps, signatures and papers are not what is measured.
    rules = env["itsm.enforcement.rule"].search([])
    rules.setting_ids.mode = "off"
    (legs | slas).action_activate()
    begin = datetime.combine(first_of_month(12), datetime.min.time())
    step = (datetime.now() - timedelta(days=2) - begin) / OUTAGES
    env["itsm.outage"].create(
        [
            {
                "name": f"Outage {number}",
                "service_id": services[number % AVAILABLE].id,
                "date_start": (begin + number * step).replace(microsecond=0),
                "date_stop": (begin + number * step).replace(microsecond=0)
                + timedelta(minutes=5 + number % 90),
                "state": "confirmed",
            }
            for number in range(OUTAGES)
        ]
    )
    env.flush_all()
    return slas


def counted(env, result, name, function):
    """Note seconds and queries of one call with empty caches."""
    env.flush_all()
    env.invalidate_all()
    before = env.cr.sql_log_count
    result[f"{name}, s"] = round(timed(function), 2)
    env.flush_all()
    result[f"{name}, queries"] = env.cr.sql_log_count - before


def measure(env):
    """All figures of one run."""
    slas = prepare(env)
    result = {"slas": len(slas), "outages": OUTAGES}
    counted(env, result, "chain of all", slas._chain_check)
    result["gaps"] = len(slas.gap_ids)
    counted(env, result, "chain again", slas._chain_check)
    available, first = slas[:AVAILABLE], first_of_month(12)
    months = env["itsm.availability"]
    counted(
        env, result, "a year", lambda: months._compute_months(available, first=first)
    )
    result["months worked out"] = months.search_count(
        [("agreement_id", "in", available.ids)]
    )
    counted(
        env, result, "again", lambda: months._compute_months(available, first=first)
    )
    return result


def main():
    ensure_database(DATABASE, "itsm_sla")
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(DATABASE).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
        env = env(user=env.ref("base.user_admin"))
        result = measure(env)
        cr.rollback()
    report(result)


if __name__ == "__main__":
    main()
