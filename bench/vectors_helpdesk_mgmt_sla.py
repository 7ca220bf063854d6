# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What OCA ``helpdesk_mgmt_sla`` says to the acceptance vectors of docs/comparison.md.

    python bench/vectors_helpdesk_mgmt_sla.py [DATABASE]

Each vector that can be expressed there is run in a database with that addon alone, at
its own times, and rolled back. Prints one line for each: what was wanted, what it says.
Hours 09–12 and 13–18, Monday to Friday, in UTC; Monday is 2026-03-23; 4 hours to the
stage Done; the stage Awaiting is to be ignored; unless said.
"""

import contextlib
import sys
from datetime import datetime

from common import configure, ensure_database
from freezegun import freeze_time

OFFICE = ((9, 12), (13, 18))
VECTORS = []
PARTLY = "partly"


def vector(number, wanted):
    """A vector: the decorated method returns what is said, and whether as wanted."""

    def add(method):
        VECTORS.append((number, wanted, method))
        return method

    return add


class Case:
    """One vector's world, made anew and rolled back."""

    def __init__(self, env):
        self.env = env
        self.calendar = self.make_calendar()
        self.team = env["helpdesk.ticket.team"].create(
            {
                "name": "Desk",
                "use_sla": True,
                "resource_calendar_id": self.calendar.id,
            }
        )
        self.customer = env["res.partner"].create({"name": "Customer"})
        env["helpdesk.sla"].search([]).active = False

    def stage(self, name):
        return self.env.ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{name}")

    def make_calendar(self, tz="UTC", hours=OFFICE, days=range(5)):
        return self.env["resource.calendar"].create(
            {
                "name": f"Hours {tz}",
                "tz": tz,
                "attendance_ids": [(5, 0, 0)]
                + [
                    (
                        0,
                        0,
                        {
                            "name": "hours",
                            "dayofweek": str(day),
                            "hour_from": start,
                            "hour_to": stop,
                            "day_period": "morning" if stop <= 12 else "afternoon",
                        },
                    )
                    for day in days
                    for start, stop in hours
                ],
            }
        )

    def sla(self, hours=4, stage="done", **values):
        return self.env["helpdesk.sla"].create(
            {
                "name": f"{hours} h",
                "team_ids": [(6, 0, self.team.ids)],
                "stage_id": self.stage(stage).id,
                "hours": hours,
                "ignore_stage_ids": [(6, 0, self.stage("awaiting").ids)],
                **values,
            }
        )

    @contextlib.contextmanager
    def at(self, when):
        """At this moment, which the transaction's own time follows."""
        kept = self.env.cr._now
        self.env.cr._now = datetime.fromisoformat(when)
        with freeze_time(when):
            yield
            self.env.flush_all()
            self.env.invalidate_all()
        self.env.cr._now = kept

    def report(self, when, **values):
        with self.at(when):
            return self.env["helpdesk.ticket"].create(
                {
                    "name": "Ticket",
                    "description": "d",
                    "team_id": self.team.id,
                    "partner_id": self.customer.id,
                    "stage_id": self.stage("new").id,
                    **values,
                }
            )

    def move(self, when, ticket, stage):
        with self.at(when):
            ticket.stage_id = self.stage(stage)

    def status(self, when, ticket):
        """The states of the ticket's lines as its users see them then."""
        with self.at(when):
            return ", ".join(
                "expired" if line.expired else line.state
                for line in ticket.ticket_sla_ids
            )


def due(ticket):
    return ", ".join(
        f"{line.deadline:%a %d %b %H:%M}" for line in ticket.ticket_sla_ids
    )


@vector(1, "open Mon 10:00, pending 11:00 to 14:00: due Mon 17:00")
def one_pause(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 11:00", ticket, "awaiting")
    case.move("2026-03-23 14:00", ticket, "in_progress")
    return f"due {due(ticket)}", due(ticket) == "Mon 23 Mar 17:00"


@vector(2, "pending 10:30 to 11:00 and 14:00 to 15:30: due Mon 17:00")
def two_pauses(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 10:30", ticket, "awaiting")
    case.move("2026-03-23 11:00", ticket, "in_progress")
    case.move("2026-03-23 14:00", ticket, "awaiting")
    case.move("2026-03-23 15:30", ticket, "in_progress")
    return f"due {due(ticket)}", due(ticket) == "Mon 23 Mar 17:00"


@vector(3, "closed on Wednesday from pending since Mon 11:00: met, then and later")
def closed_from_pending(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 11:00", ticket, "awaiting")
    case.move("2026-03-25 09:30", ticket, "done")
    then = case.status("2026-03-25 09:31", ticket)
    later = case.status("2026-05-01 10:00", ticket)
    return f"{then}; in May {later}", then == later == "accomplished"


@vector(4, "due passes while pending: not breached, shown as paused with 3 h left")
def due_while_pending(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 11:00", ticket, "awaiting")
    said = case.status("2026-03-27 16:00", ticket)
    shown = due(ticket)
    case.move("2026-03-27 16:00", ticket, "in_progress")
    resumed = case.status("2026-03-27 16:01", ticket)
    says = (
        f"{said} with the deadline {shown} in the past; resumed Fri 16:00: {resumed}, "
        f"due {due(ticket)}"
    )
    right = said == "on_hold" and resumed == "in_progress"
    return says, right and due(ticket) == "Mon 30 Mar 10:00" and PARTLY


def by_priority(case):
    case.sla(8, domain="[('priority', '=', '1')]")
    case.sla(2, domain="[('priority', '=', '3')]")


@vector(5, "8 h, 3 h worked, pending 1 h, raised to 2 h: breached now, overrun 1 h")
def raised(case):
    by_priority(case)
    ticket = case.report("2026-03-23 09:00", priority="1")
    case.move("2026-03-23 13:00", ticket, "awaiting")
    case.move("2026-03-23 14:00", ticket, "in_progress")
    with case.at("2026-03-23 14:00"):
        ticket.priority = "3"
    before = f"{case.status('2026-03-23 14:01', ticket)}, due {due(ticket)}"
    with case.at("2026-03-23 14:02"):
        ticket.refresh_sla()
    after = f"{case.status('2026-03-23 14:03', ticket)}, due {due(ticket)}"
    says = f"{before}; after the button Set SLA {after}, with 0 h used, no overrun"
    return says, False


@vector(6, "breached, then lowered: the breach stays in the history")
def lowered(case):
    by_priority(case)
    ticket = case.report("2026-03-23 09:00", priority="3")
    case.move("2026-03-23 12:00", ticket, "in_progress")
    before = case.status("2026-03-23 13:30", ticket)
    with case.at("2026-03-23 14:00"):
        ticket.priority = "1"
        ticket.refresh_sla()
    after = case.status("2026-03-23 14:01", ticket)
    return (
        f"{before}; after the button Set SLA {after}, the expired line is deleted",
        "expired" in after,
    )


@vector(7, "2 h used, done, reopened after 10 days: 2 h left, solved time not counted")
def reopened(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 12:00", ticket, "done")
    case.move("2026-04-02 14:00", ticket, "in_progress")
    said = case.status("2026-04-02 14:01", ticket)
    right = due(ticket) == "Thu 02 Apr 16:00" and said == "in_progress"
    return f"{said}, due {due(ticket)}", right


@vector(8, "holiday added afterwards: replay of open tickets on demand, logged")
def holiday(case):
    case.sla()
    ticket = case.report("2026-03-23 16:00")
    first = due(ticket)
    with case.at("2026-03-23 17:00"):
        case.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": case.calendar.id,
                "date_from": "2026-03-24 00:00:00",
                "date_to": "2026-03-24 23:59:59",
            }
        )
        ticket.refresh_sla()
    then = due(ticket)
    case.move("2026-03-23 17:30", ticket, "in_progress")
    says = f"due {first}, after the holiday on Tuesday and the button Set SLA {then}"
    return f"{says}, after the next change of stage {due(ticket)}; not logged", False


@vector(9, "zone of the requester, night of summer time: elapsed hours right")
def summer_time(case):
    case.team.resource_calendar_id = case.make_calendar(
        "Europe/Paris", hours=((0, 24),), days=range(7)
    )
    case.sla()
    # 23:00 in Paris; four hours later it is 04:00 there, 02:00 UTC
    ticket = case.report("2026-03-28 22:00")
    says = f"zone of the team's calendar only; due {due(ticket)} UTC"
    right = due(ticket) == "Sun 29 Mar 02:00"
    return f"{says} (4 elapsed hours: right)", right and PARTLY


@vector(10, "no calendar: 24×7 or a clear error when it is set up, not on the ticket")
def no_calendar(case):
    case.team.resource_calendar_id = False
    case.sla()
    try:
        ticket = case.report("2026-03-23 10:00")
    except Exception as error:  # whatever it is, it is the answer
        return f"the ticket cannot be created: {type(error).__name__}: {error}", False
    return f"a ticket, due {due(ticket) or 'never'}", False


@vector(
    11, "other company or customer, not in force: no clock, and the ticket says why"
)
def other_company(case):
    home = case.env.company
    other = case.env["res.company"].sudo().create({"name": "Other company"})
    case.sla(5, domain=f"[('partner_id', '!=', {case.customer.id})]")
    case.env["helpdesk.sla"].sudo().create(
        {
            "name": "4 h of the other company",
            "company_id": other.id,
            "team_ids": [(6, 0, case.team.ids)],
            "stage_id": case.stage("done").id,
            "hours": 4,
        }
    )
    got = []
    for companies in (home, home | other):
        case.env = case.env(
            context={**case.env.context, "allowed_company_ids": companies.ids}
        )
        ticket = case.report("2026-03-23 10:00", company_id=home.id)
        got.append(", ".join(ticket.ticket_sla_ids.mapped("name")) or "no clock")
    return (
        f"another customer's (by a domain): no clock; another company's: {got[0]}, but "
        f"{got[1]} if the user works in both; dates of validity are not expressible; "
        "no reason is given"
    ), False


@vector(12, "cancelled: not applicable, and not in the compliance figure")
def cancelled(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    case.move("2026-03-23 11:00", ticket, "cancelled")
    report = case.env["helpdesk.sla.report"].search([("ticket_id", "=", ticket.id)])
    counted = ", ".join(report.mapped("state")) or "not there"
    said = case.status("2026-03-23 11:01", ticket)
    return f"{said}; in its report {counted}", counted == "not there"


@vector(13, "15 minutes to the response: exact")
def quarter(case):
    sla = case.sla(0.25, "in_progress")
    ticket = case.report("2026-03-23 10:00")
    return (
        f"not expressible: hours are whole numbers (0.25 becomes {sla.hours}, "
        f"due {due(ticket)})"
    ), None


@vector(14, "4th working day by 16:00, with a pause")
def working_day(_case):
    return "not expressible: days and hours only", None


@vector(15, "response by the first public reply or by assignment, as agreed")
def response(case):
    case.sla(1, "in_progress")
    ticket = case.report("2026-03-23 10:00")
    with case.at("2026-03-23 10:10"):
        ticket.user_id = case.env.ref("base.user_admin")
        ticket.message_post(
            body="We look at it.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
    said = case.status("2026-03-23 10:11", ticket)
    case.move("2026-03-23 10:20", ticket, "in_progress")
    moved = case.status("2026-03-23 10:21", ticket)
    return f"replied and assigned: {said}; moved to In Progress: {moved}", False


@vector(
    16, "to another team, then to a supplier: OLA per team, UC per supplier, SLA on"
)
def legs(case):
    case.sla(4)
    team = case.team.copy({"name": "Second line"})
    case.sla(2, team_ids=[(6, 0, team.ids)])
    ticket = case.report("2026-03-23 10:00")
    with case.at("2026-03-23 11:00"):
        ticket.team_id = team
    before = ", ".join(ticket.ticket_sla_ids.mapped("name"))
    with case.at("2026-03-23 11:01"):
        ticket.refresh_sla()
    after = f"{', '.join(ticket.ticket_sla_ids.mapped('name'))}, due {due(ticket)}"
    return (
        f"after the change of team {before}; after the button Set SLA {after} (from "
        "the creation; the first team's line is deleted); suppliers are not expressible"
    ), False


@vector(17, "10,000 open tickets, target edited: recomputed in one set")
def policy(case):
    sla = case.sla()
    ticket = case.report("2026-03-23 10:00")
    with case.at("2026-03-23 11:00"):
        sla.hours = 2
        ticket.refresh_sla()
    first = due(ticket)
    case.move("2026-03-23 11:30", ticket, "in_progress")
    return (
        f"4 h to 2 h at 11:00: due {first} after the button Set SLA, {due(ticket)} "
        "after the next change of stage too: open tickets are never recomputed"
    ), False


@vector(18, "dating back and a due edited by hand: by role only, and audited")
def edited(case):
    case.sla()
    ticket = case.report("2026-03-23 10:00")
    user = case.env["res.users"].create(
        {
            "name": "Agent",
            "login": "vectors-agent",
            "group_ids": [
                (6, 0, case.env.ref("helpdesk_mgmt.group_helpdesk_user").ids)
            ],
        }
    )
    line = ticket.ticket_sla_ids.with_user(user)
    before = due(ticket)
    try:
        with case.at("2026-03-23 11:00"):
            line.write({"deadline": "2026-12-31 00:00:00"})
        said = f"an agent moves the deadline by RPC from {before} to {due(ticket)}"
    except Exception as error:  # whatever it is, it is the answer
        said = f"an agent may not write the deadline ({type(error).__name__})"
    return f"a reported time is not expressible; {said}, without a trace", False


def main():
    database = sys.argv[1] if len(sys.argv) > 1 else "itsm_bench_vectors"
    ensure_database(database, "helpdesk_mgmt_sla")
    configure()
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    cursor = Registry(database).cursor()
    env = api.Environment(cursor, SUPERUSER_ID, {})
    admin = env.ref("base.user_admin")
    # With the record rules of an administrator who works in his own company.
    context = {
        "lang": "en_US",
        "tracking_disable": True,
        "allowed_company_ids": admin.company_id.ids,
    }
    env = env(user=admin.id, context=context)
    for number, wanted, method in VECTORS:
        says, right = method(Case(env))
        words = {True: "as wanted", False: "otherwise", None: "not expressible"}
        verdict = words.get(right, right)
        print(f"{number:2} {verdict}\n   wanted: {wanted}\n   says:   {says}")
        cursor.rollback()
        env.invalidate_all()
        env.registry.clear_cache()
    cursor.close()


if __name__ == "__main__":
    main()
