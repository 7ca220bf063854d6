# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo data of the desk itself: people, roster, work, self-assessment, roles."""

import random
from datetime import datetime, time, timedelta

import pytz

from odoo import fields
from odoo.fields import Command

from . import chinese
from .desk_words import WORDS
from .helpdesk_ticket_demo import SILENT

#: Support line and assignment of each team.
LINES = {
    "desk": ("1", "propose"),
    "network": ("2", "propose"),
    "application": ("2", "automatic"),
}
#: Skills: who has them, and the services that need them.
SKILLS = {
    "windows": (("agent", "lead"), ("desktop_hardware",)),
    "network": (("engineer",), ("network",)),
    "erp": (("engineer2",), ("erp",)),
    "chinese": (("engineer2",), ()),
}
ROLES = {
    "itsm_base.itsm_role_security_manager": "manager",
    "itsm_desk.itsm_role_it_management": "manager",
}
#: Restricted tickets that the manager handles.
HANDLED = ("security", "complaint")


class Teller:
    """Where demo records come from: the moment, the words, the people."""

    #: What is said, by key: English, Chinese.
    words = WORDS

    def __init__(self, env):
        self.env = env(su=True, context={**env.context, **SILENT})
        self.now = fields.Datetime.now().replace(microsecond=0)
        self.random = random.Random(5)
        self.in_china = chinese.wanted(env)
        self.company = self.ref("base.main_company")

    def ref(self, xmlid):
        return self.env.ref(xmlid if "." in xmlid else f"itsm.{xmlid}")

    def say(self, key):
        """A text of the demo data in the language of the demo company."""
        return self.words[key][self.in_china]

    def user(self, login):
        return self.ref(f"res_users_{login}")

    def team(self, name):
        return self.ref(f"helpdesk_ticket_team_{name}")

    def partner(self, name):
        return self.ref(f"res_partner_{name}")

    def by(self, records, login):
        """The records in the hands of a demo user, with his rights only."""
        user = self.user(login)
        context = {**self.env.context, "lang": user.lang or "en_US"}
        return records.with_env(self.env(user=user.id, su=False, context=context))

    def ago(self, **kwargs):
        return self.now - timedelta(**kwargs)


class DeskPeople(Teller):
    """Lines, skills, roster, roles and the work of the desk."""

    def load(self):
        self._roles()
        self._teams()
        self._skills()
        self._roster()
        self._work()
        self._assessment()

    def _roles(self):
        handling = [self.ref(f"itsm_desk.itsm_group_{name}").id for name in HANDLED]
        self.user("manager").group_ids = [Command.link(group) for group in handling]
        self.env["itsm.role.holder"].create(
            [
                {
                    "role_id": self.ref(role).id,
                    "user_id": self.user(login).id,
                    "company_id": self.company.id,
                }
                for role, login in ROLES.items()
            ]
        )

    def _teams(self):
        for name, (line, method) in LINES.items():
            self.team(name).write({"support_line": line, "assign_method": method})

    def _skills(self):
        for name, (logins, services) in SKILLS.items():
            skill = self.env["itsm.skill"].create(
                {
                    "name": self.say(f"skill_{name}"),
                    "user_ids": [Command.set([self.user(u).id for u in logins])],
                }
            )
            for service in services:
                self.ref(f"itsm_service_{service}").skill_ids |= skill

    # --- roster ----------------------------------------------------------------------

    def _roster(self):
        """Three weeks: two at the desk in turn, one on call at night."""
        team = self.team("desk")
        zone = pytz.timezone(team._itsm_zone())
        today = pytz.utc.localize(self.now).astimezone(zone).date()
        monday = today - timedelta(days=today.weekday() + 7)

        def at(day, hour):
            moment = datetime.combine(day, time(hour % 24))
            moment += timedelta(days=hour // 24)
            local = zone.localize(moment, is_dst=False)
            return local.astimezone(pytz.utc).replace(tzinfo=None)

        rows = []
        for number in range(21):
            day = monday + timedelta(days=number)
            week = number // 7
            early, late = ("agent", "lead") if week % 2 else ("lead", "agent")
            if day.weekday() < 5:
                rows.append((early, at(day, 8), at(day, 14), "desk"))
                rows.append((late, at(day, 12), at(day, 18), "desk"))
            rows.append(("manager", at(day, 18), at(day, 24), "on_call"))
        shifts = self.by(self.env["itsm.shift"], "lead").create(
            [
                {
                    "user_id": self.user(login).id,
                    "team_id": team.id,
                    "start": start,
                    "end": end,
                    "kind": kind,
                }
                for login, start, end, kind in rows
            ]
        )
        # sudo: the roster was published by the system
        self._exchange(shifts.sudo())

    def _exchange(self, shifts):
        """The agent asks the lead to take a shift of next week."""
        agent, lead = self.user("agent"), self.user("lead")
        mine = shifts.filtered(lambda s: s.user_id == agent and s.start > self.now)
        theirs = shifts.filtered(lambda s: s.user_id == lead and s.start > self.now)
        exchange = self.by(self.env["itsm.shift.exchange"], "agent").create(
            {
                "shift_id": mine[-1].id,
                "colleague_id": lead.id,
                "return_shift_id": theirs[-2].id,
                "reason": self.say("exchange"),
            }
        )
        exchange.with_context(mail_activity_automation_skip=False).action_ask()

    # --- work ------------------------------------------------------------------------

    def _work(self):
        """What people of the desk worked on tickets of the last days."""
        tickets = self.env["helpdesk.ticket"].search(
            [
                ("user_id.login", "in", ("agent", "engineer", "engineer2")),
                ("company_id", "=", self.company.id),
                ("reported_at", ">", self.ago(days=10)),
            ],
            order="reported_at, id",
            limit=12,
        )
        for ticket in tickets:
            login = ticket.user_id.login
            self.by(self.env["itsm.work.log"], login).create(
                {
                    "ticket_id": ticket.id,
                    "user_id": ticket.user_id.id,
                    "date": max(ticket.reported_at, self.ago(days=9)).date(),
                    "minutes": 5 * self.random.randint(2, 14),
                    "note": self.say(
                        self.random.choice(("log_remote", "log_call", "log_site"))
                    ),
                }
            )

    def _assessment(self):
        """The self-assessment of the last quarter."""
        assessment = self.by(self.env["itsm.desk.assessment"], "lead").create(
            {
                "team_id": self.team("desk").id,
                "company_id": self.company.id,
                "remark": self.say("assessment"),
            }
        )
        roster = self.ref("itsm_desk.itsm_desk_criterion_roster")
        for line in assessment.line_ids:
            line.score = "2" if line.criterion_id == roster else "4"
            if line.criterion_id == roster:
                line.remark = self.say("remark_roster")
        assessment.action_done()
