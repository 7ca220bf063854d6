# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo tickets with a past: an event log each, folded into clocks, silently."""

import random
from datetime import timedelta

from odoo import fields

from odoo.addons.itsm_base.tools import guard

from . import chinese

SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
}
SUBJECTS = {
    "desktop_hardware": [
        "Notebook does not start after docking",
        "Second screen stays black",
        "Battery swells, replacement needed",
    ],
    "desktop_office": [
        "Spreadsheet macro blocked after update",
        "Licence expired message at start",
        "Cannot print to the shared printer",
    ],
    "mail": [
        "Mails to one supplier come back",
        "Calendar does not synchronise with phone",
        "Shared folder shows old files",
    ],
    "network": [
        "Branch has no connection",
        "Line is slow every morning",
        "Switch in the server room is loud",
    ],
    "erp": [
        "Order entry hangs when saving",
        "Nightly interface did not run",
        "Month-end report stops with an error",
    ],
    "erp_print": ["Shipping labels are printed twice", "Label printer prints blanks"],
    "database": ["Replication lag above one hour", "Backup failed last night"],
}
REQUESTS = {
    "desktop_hardware": ["New notebook for a colleague", "Headset for the call centre"],
    "mail": ["Mailbox for a project", "Access to the finance folder"],
    "erp": ["New user in order entry", "Change of approval limits"],
}
TEAMS = ("desk", "network", "application")
# Tickets that are being worked on: what a viewer sees on the first screen.
# customer, service, impact, urgency, age in hours, what happened (hours before now)
LIVE = [
    # breached and still open, around the clock
    ("harbour_oliver", "erp", "1", "1", 5, [("reply", 4.9), ("open", 4.8)]),
    # at risk
    ("harbour_oliver", "erp", "2", "2", 3.3, [("reply", 3.2), ("open", 3.1)]),
    # running
    ("harbour_emma", "erp", "3", "3", 2, [("reply", 1.5), ("open", 1.4)]),
    # waiting for the requester
    (
        "harbour_emma",
        "erp_hosting",
        "3",
        "3",
        26,
        [("reply", 25.5), ("open", 25), ("paused", 23)],
    ),
    # new, nobody answered
    ("harbour_emma", "desktop_office", "3", "2", 0.1, []),
    ("tianhe_li", "erp", "2", "2", 0.2, []),
    ("tianhe_zhang", "erp_print", "3", "3", 30, [("reply", 28), ("paused", 27)]),
    ("tianhe_li", "database", "1", "1", 50, [("reply", 49.8), ("open", 49)]),
    # met and missed today
    ("harbour_oliver", "erp", "1", "1", 9, [("reply", 8.9), ("resolved", 7.5)]),
    ("harbour_oliver", "erp", "1", "2", 8, [("reply", 7.9), ("resolved", 1)]),
    # reopened
    (
        "harbour_oliver",
        "erp",
        "3",
        "3",
        30,
        [("reply", 29.5), ("resolved", 26), ("open", 1)],
    ),
    # cancelled
    ("harbour_emma", "desktop_hardware", "4", "4", 20, [("cancelled", 19)]),
    # passed on to the network team, and by it to the carrier
    (
        "harbour_emma",
        "network",
        "2",
        "2",
        3,
        [("reply", 2.9), ("open", 2.8), ("team:network", 2.5), ("supplier", 1.5)],
    ),
    ("harbour_oliver", "network", "2", "3", 6, [("reply", 5.8), ("team:network", 5)]),
    # a customer without an agreement of his own: the default
    ("meadow", "mail", "3", "3", 4, [("reply", 3.5), ("open", 3)]),
]


def load_tickets(env):
    """Create the demo tickets; no mail, activity or notification is made."""
    DemoTickets(env).load()


class DemoTickets:
    """Builds tickets and their logs; the same every time but for the date."""

    def __init__(self, env):
        self.env = guard.with_token(env(su=True, context={**env.context, **SILENT}))
        self.now = fields.Datetime.now()
        self.random = random.Random(19)
        self.stages = {
            name: self._ref(f"helpdesk_mgmt.helpdesk_ticket_stage_{xmlid}")
            for name, xmlid in {
                "new": "new",
                "open": "in_progress",
                "paused": "awaiting",
                "closed": "done",
                "cancelled": "cancelled",
            }.items()
        }
        self.stages["resolved"] = self._ref("itsm_base.helpdesk_ticket_stage_resolved")
        self.teams = {
            name: self._ref(f"itsm.helpdesk_ticket_team_{name}") for name in TEAMS
        }
        self.carrier = self._ref("itsm.res_partner_supplier")
        self.subjects, self.requests = SUBJECTS, REQUESTS
        self.in_china = chinese.wanted(env)
        if self.in_china:
            self.subjects, self.requests = chinese.SUBJECTS, chinese.REQUESTS
        self.agents = {
            "desk": self._ref("itsm.res_users_agent"),
            "network": self._ref("itsm.res_users_engineer"),
            "application": self._ref("itsm.res_users_engineer2"),
        }

    def _ref(self, xmlid):
        return self.env.ref(xmlid)

    def load(self):
        self._take_into_force()
        scripts = [self._live(*row) for row in LIVE]
        scripts += [self._past() for _number in range(160)]
        self.make(scripts)

    def make(self, scripts):
        """Make tickets of what happened to them.

        :param list scripts: dicts as those of `_past`; they are put in order of time
        :return: ``helpdesk.ticket`` in that order
        """
        scripts.sort(key=lambda script: script["reported_at"])
        tickets = self.env["helpdesk.ticket"].create(
            [self._prepare(script) for script in scripts]
        )
        guard.with_token(tickets).write({"is_history": False})
        rows = []
        for ticket, script in zip(tickets, scripts, strict=True):
            rows += self._log(ticket, script)
        self.env["itsm.ticket.event"]._append(rows, "demo")
        tickets.invalidate_recordset(["event_ids"])
        tickets._clock_refold("reported")
        tickets.clock_ids._silence(self.now)
        return tickets

    def _take_into_force(self):
        """The chain of agreements was in force when the tickets' past happened."""
        agreements = self.env["itsm.agreement"].search([("kind", "in", ("ola", "uc"))])
        for agreement in agreements.filtered(lambda a: a.state == "active"):
            guard.with_token(agreement).activated_at = agreement.date_start

    # --- scripts: what happened to a ticket ------------------------------------------

    def _live(self, partner, service, impact, urgency, age, steps):
        service = {"erp_hosting": "erp"}.get(service, service)
        ago = lambda hours: self.now - timedelta(hours=hours)  # noqa: E731
        return {
            "partner": partner,
            "service": service,
            "kind": "incident",
            "impact": impact,
            "urgency": urgency,
            "reported_at": ago(age),
            "steps": [(ago(hours), what) for what, hours in steps],
        }

    def _past(self):
        """A ticket of the last three months, reported in daytime and closed."""
        pick = self.random.choice
        partner = pick(
            ["harbour_emma", "harbour_oliver", "tianhe_li", "tianhe_zhang", "meadow"]
        )
        kind = pick(["incident"] * 3 + ["request"])
        subjects = self.subjects if kind == "incident" else self.requests
        services = [
            name
            for name in subjects
            if not (partner == "meadow" and name in ("erp", "erp_print", "database"))
            and not (
                partner.startswith("harbour") and name in ("erp_print", "database")
            )
            and not (partner.startswith("tianhe") and name == "network")
        ]
        east = self.in_china or partner.startswith("tianhe")
        morning = 1 if east else 8  # UTC
        reported = (self.now - timedelta(days=self.random.randint(3, 90))).replace(
            hour=morning + self.random.randint(0, 7),
            minute=self.random.randint(0, 59),
            second=0,
        )
        while reported.weekday() > 4:
            reported -= timedelta(days=1)
        hours = min(self.random.expovariate(1 / 5) + 0.3, 60)
        steps = [(0.02 + self.random.expovariate(1 / 0.5), "reply")]
        if self.random.random() < 0.3:
            steps += [(steps[0][0] + 0.1, "paused"), (steps[0][0] + 20, "open")]
            hours += 20
        service = pick(services)
        if self._team_of(service) != "desk":
            # The first line passes it on.
            steps.append((steps[-1][0] + 0.3, f"team:{self._team_of(service)}"))
            if service == "network" and self.random.random() < 0.5:
                steps.append((steps[-1][0] + 0.4, "supplier"))
                answered = steps[-1][0] + self.random.uniform(0.2, 1.2)
                steps.append((answered, "supplier_reply"))
                back = answered + self.random.uniform(1, 12)
                steps.append((back, "supplier back"))
        steps += [(max(hours, steps[-1][0] + 0.2), "resolved")]
        steps += [(steps[-1][0] + self.random.uniform(1, 48), "closed")]
        end = self.now - timedelta(minutes=5)
        return {
            "partner": partner,
            "service": service,
            "kind": kind,
            "impact": pick("12333344"),
            "urgency": pick("12233334"),
            "reported_at": reported,
            "steps": [
                (min(reported + timedelta(minutes=int(h * 60)), end), what)
                for h, what in steps
            ],
        }

    # --- records ---------------------------------------------------------------------

    def _team_of(self, service):
        if service == "network":
            return "network"
        if service in ("erp", "erp_print", "database"):
            return "application"
        return "desk"

    def _last_team(self, script):
        """The team that has the ticket now."""
        moves = [what[5:] for _time, what in script["steps"] if what[:5] == "team:"]
        return moves[-1] if moves else self._first_team(script)

    def _first_team(self, script):
        """The team that took the call: the desk if it was passed on later."""
        if any(what[:5] == "team:" for _time, what in script["steps"]):
            return "desk"
        return self._team_of(script["service"])

    def _prepare(self, script):
        incident = script["kind"] == "incident"
        subjects = self.subjects if incident else self.requests
        partner = self._ref(f"itsm.res_partner_{script['partner']}")
        team = self._last_team(script)
        reached = {what: time for time, what in script["steps"]}
        states = [what for _time, what in script["steps"] if what in self.stages]
        state = states[-1] if states else "new"
        over = state in ("resolved", "closed")
        subject = self.random.choice(subjects[script["service"]])
        reopened = "resolved" in states and state == "open"
        return {
            "name": subject,
            "description": f"<p>{subject}.</p>",
            "company_id": self._ref("base.main_company").id,
            "partner_id": partner.id,
            "partner_name": partner.name,
            "partner_email": partner.email,
            "itsm_kind": script["kind"],
            "service_id": self._ref(f"itsm.itsm_service_{script['service']}").id,
            "impact": script["impact"],
            "urgency": script["urgency"],
            "reported_at": script["reported_at"],
            "team_id": self.teams[team].id,
            "user_id": self.agents[team].id if script["steps"] else False,
            "supplier_id": script["steps"]
            and script["steps"][-1][1] == "supplier"
            and self.carrier.id,
            "support_line": "1" if team == "desk" else "2",
            "stage_id": self.stages[state].id,
            "pause_reason_id": state == "paused"
            and self._ref("itsm_base.itsm_pause_reason_requester").id,
            "first_response_at": reached.get("reply"),
            "first_assigned_at": reached.get("reply"),
            "resolved_at": reached.get("resolved") if over else False,
            "closing_code_id": over
            and self._ref(
                "itsm_base.itsm_closing_code_"
                + self.random.choice(["solved"] * 6 + ["workaround", "not_solved"])
            ).id,
            "closed_date": reached.get(state)
            if state in ("closed", "cancelled")
            else False,
            "reopened_at": reached.get("open") if reopened else False,
            "reopened_count": int(reopened),
            # history while it is made: no clock may start from "now"
            "is_history": True,
        }

    def _log(self, ticket, script):
        """The rows of one ticket's log."""
        first = ticket._prepare_event("reported", script["reported_at"])
        first.update(
            state="new",
            stage_id=self.stages["new"].id,
            pause_reason_id=False,
            assignee_id=False,
            supplier_id=False,
            team_id=self.teams[self._first_team(script)].id,
        )
        rows = [first]
        over = False
        agent = self.agents[self._first_team(script)]
        for time, what in script["steps"]:
            row = {"ticket_id": ticket.id, "time": time}
            if what == "reply":
                rows.append({**row, "what": "assignee", "assignee_id": agent.id})
                rows.append({**row, "what": "reply"})
                continue
            if what[:5] == "team:":
                agent = self.agents[what[5:]]
                team = self.teams[what[5:]]
                rows.append({**row, "what": "team", "team_id": team.id})
                rows.append({**row, "what": "assignee", "assignee_id": agent.id})
                continue
            if what == "supplier_reply":
                rows.append({**row, "what": what})
                continue
            if what in ("supplier", "supplier back"):
                holder = self.carrier.id if what == "supplier" else False
                rows.append({**row, "what": "supplier", "supplier_id": holder})
                continue
            row = {
                "ticket_id": ticket.id,
                "time": time,
                "what": what
                if what in ("resolved", "closed", "cancelled")
                else "state",
                "state": what,
                "stage_id": self.stages[what].id,
                "pause_reason_id": what == "paused"
                and self._ref("itsm_base.itsm_pause_reason_requester").id,
            }
            if over and row["what"] == "state":
                row["what"] = "reopened"
            over = row["what"] in ("resolved", "closed", "cancelled")
            rows.append(row)
        agent = self.agents[self._first_team(script)]
        return [{**row, "user_id": agent.id} for row in rows]
