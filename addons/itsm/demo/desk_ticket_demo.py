# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo tickets that tell a story: families, escalations, visits, major incidents."""

import base64
from datetime import timedelta

from odoo import fields
from odoo.tools import file_open, plaintext2html

from odoo.addons.itsm_base.models.itsm_enforcement_rule import OUTCOMES
from odoo.addons.itsm_base.tools import guard

from .desk_demo import Teller
from .helpdesk_ticket_demo import DemoTickets

#: A ticket: word of its subject, customer, service, impact, urgency, age in hours, and
#: what happened (hours before now), as in ``helpdesk_ticket_demo.LIVE``.
STORIES = {
    "parent": ("harbour_oliver", "desktop", "2", "2", 5, [("reply", 4.8), ("open", 4)]),
    "child_1": ("harbour_emma", "desktop", "3", "3", 4.5, [("reply", 4.4)]),
    "child_2": ("harbour_oliver", "desktop", "3", "3", 4, [("reply", 3.9)]),
    "resolved": (
        "harbour_emma",
        "desktop_hardware",
        "3",
        "3",
        28,
        [("reply", 27.5), ("open", 27), ("resolved", 3)],
    ),
    "hasty": (
        "tianhe_li",
        "desktop_hardware",
        "3",
        "3",
        25,
        [("reply", 24.8), ("open", 24), ("resolved", 20)],
    ),
    "escalated": ("harbour_oliver", "erp", "2", "3", 2.5, [("reply", 2.4)]),
    "visit": ("harbour_emma", "network", "3", "3", 50, [("reply", 49), ("open", 48)]),
    "visit_next": ("harbour_emma", "desktop_hardware", "3", "4", 7, [("reply", 6.5)]),
    "security": ("harbour_emma", "mail", "3", "2", 6, [("reply", 5.9), ("open", 5.5)]),
    "major": ("harbour_oliver", "erp", "1", "1", 3, [("reply", 2.9), ("open", 2.8)]),
    "major_child": ("harbour_emma", "erp", "2", "2", 2.8, [("reply", 2.7)]),
    "past_major": (
        "harbour_oliver",
        "network",
        "1",
        "1",
        24 * 32,
        [
            ("reply", 24 * 32 - 0.2),
            ("open", 24 * 32 - 0.5),
            ("resolved", 24 * 32 - 6),
            ("closed", 24 * 30),
        ],
    ),
}
NATURE = {"security": "security"}


class StoryTickets(DemoTickets):
    """Tickets with a past, told one by one."""

    def tell(self, tellers):
        """Make the tickets; a dict of them by the word of their subject."""
        scripts = []
        for word, (partner, service, *row) in STORIES.items():
            scripts.append({**self._live(partner, service, *row), "word": word})
        self.teller = tellers
        by_word = {}
        for script in scripts:
            by_word[script["word"]] = self.make([script])
        return by_word

    def _prepare(self, script):
        word = script["word"]
        # The subjects of a service that has none of its own are those of another.
        known = dict(script, service=script["service"])
        if known["service"] not in self.subjects:
            known["service"] = "desktop_hardware"
        vals = super()._prepare(known)
        nature = NATURE.get(word, "fault")
        vals.update(
            name=self.teller.say(word),
            description=plaintext2html(self.teller.say(word)),
            service_id=self._ref(f"itsm.itsm_service_{script['service']}").id,
            nature_id=self._ref(f"itsm_desk.itsm_ticket_nature_{nature}").id,
        )
        if vals["closing_code_id"]:
            vals.update(
                closing_code_id=self._ref("itsm_base.itsm_closing_code_solved").id,
                solution=plaintext2html(self.teller.say("solution")),
            )
        if word == "security":
            manager = self._ref("itsm.res_users_manager")
            vals.update(user_id=manager.id, restriction="security")
        return vals


class DeskTickets(Teller):
    """What became of the tickets, by the acts of the people of the desk."""

    def load(self):
        self._natures()
        told = StoryTickets(self.env).tell(self)
        self._interactions()
        self._family(told)
        self._escalate(told["escalated"])
        self._close(told["hasty"])
        self._complain()
        self._visits(told)
        self._major(told)
        self._past_major(told["past_major"])

    def _natures(self):
        """What the tickets are, that nobody has said yet."""
        tickets = self.env["helpdesk.ticket"].search(
            [("company_id", "=", self.company.id), ("nature_id", "=", False)]
        )
        for kind, group in tickets.grouped("itsm_kind").items():
            nature = "application" if kind == "request" else "fault"
            guard.with_token(group).nature_id = self.ref(
                f"itsm_desk.itsm_ticket_nature_{nature}"
            )

    def _interactions(self):
        """A call that waits for a decision, and one that was answered at once."""
        calls = self.by(self.env["itsm.interaction"], "agent")
        calls.create(
            {
                "partner_id": self.partner("harbour_oliver").id,
                "subject": self.say("call_new"),
                "note": self.say("call_new_note"),
                "time": self.ago(minutes=6),
            }
        )
        answered = calls.create(
            {
                "partner_id": self.partner("harbour_emma").id,
                "subject": self.say("call_answered"),
                "answer": self.say("call_answer"),
                "time": self.ago(minutes=40),
            }
        )
        answered.action_answered()

    def _family(self, told):
        children = told["child_1"] | told["child_2"]
        guard.with_token(children).parent_id = told["parent"]

    def _escalate(self, ticket):
        """From the desk to the application team; the agent stays owner."""
        desk = {"team_id": self.team("desk").id, "user_id": self.user("agent").id}
        guard.with_token(ticket).write({**desk, "support_line": "1"})
        self.by(ticket, "agent")._itsm_escalate(
            "2",
            self.team("application"),
            self.say("escalated_why"),
            self.user("engineer2"),
        )

    def _close(self, ticket):
        """The agent closes what nobody has confirmed, which is recorded."""
        ticket = self.by(ticket.with_env(self.env), "agent")
        ticket.stage_id = ticket._itsm_stage_for("closed")
        if not self.env.registry.ready:  # an installation records nothing by itself
            rule = self.ref("itsm_desk.itsm_enforcement_rule_close_confirmation")
            guard.with_token(self.env["itsm.enforcement.finding"]).create(
                {
                    "rule_id": rule.id,
                    "rule_code": rule.code,
                    "company_id": self.company.id,
                    "res_model": ticket._name,
                    "res_id": ticket.id,
                    "record_name": ticket.display_name,
                    "user_id": self.user("agent").id,
                    "time": self.now,
                    "mode": "record",
                    "outcome": OUTCOMES["record"],
                    "message": ticket._itsm_message_confirmation(ticket),
                }
            )

    def _complain(self):
        kind = self.ref("itsm_desk.itsm_complaint_type_conduct")
        complaint = self.env["helpdesk.ticket"]._itsm_complain(
            self.partner("harbour_oliver"),
            {
                "subject": self.say("complaint"),
                "description": self.say("complaint_text"),
                "type": str(kind.id),
            },
        )
        complaint.user_id = self.user("manager")

    # --- visits ----------------------------------------------------------------------

    def _visits(self, told):
        """One visit was done and signed yesterday, one is planned for tomorrow."""
        done = self._visit("engineer", told["visit"], -1, "visit")
        done.action_arrive()
        done.work_done = self.say("visit_done")
        done.action_leave()
        guard.with_token(done).write(
            {
                "arrived_at": done.planned_start + timedelta(minutes=10),
                "left_at": done.planned_start + timedelta(minutes=55),
            }
        )
        with file_open("itsm_base/static/description/icon.png", "rb") as picture:
            signature = base64.b64encode(picture.read())
        done.write(
            {
                "customer_comment": self.say("comment"),
                "signed_by": self.partner("harbour_emma").name,
                "signature": signature,
            }
        )
        done.action_sign()
        planned = self._visit("agent", told["visit_next"], 1, "visit_next")
        planned.task = self.say("visit_task")

    def _visit(self, login, ticket, days, word):
        start = (self.now + timedelta(days=days)).replace(hour=9, minute=0, second=0)
        visits = self.by(self.env["itsm.visit"], login)
        return visits.with_context(mail_activity_automation_skip=False).create(
            {
                "ticket_id": ticket.id,
                "engineer_id": self.user(login).id,
                "planned_start": start,
                "planned_end": start + timedelta(hours=1),
                "task": self.say(word),
            }
        )

    # --- major incidents -------------------------------------------------------------

    def _major(self, told):
        """Declared this morning by the incident manager, told to the customers."""
        tickets = told["major"] | told["major_child"]
        major = self._propose(tickets, "major_why")
        major.write({"impact_text": self.say("major_impact"), "update_minutes": 60})
        major.action_declare()
        major._communicate(
            {
                "audience": "customers",
                "channel": "notice",
                "subject": self.say("major_subject"),
                "body": plaintext2html(self.say("major_body")),
            },
            major._customer_partners(),
        )
        # sudo: times are moved into the past, which nobody may
        guard.with_token(major.sudo()).write(
            {
                "proposed_at": self.ago(hours=2, minutes=45),
                "declared_at": self.ago(hours=2, minutes=40),
            }
        )

    def _past_major(self, ticket):
        """Restored and reviewed last month, with an action that is open."""
        reported = ticket.reported_at
        majors = guard.with_token(self.env["itsm.major.incident"])
        major = majors.create(
            {
                **majors._prepare_major(ticket, self.say("past_impact")),
                "proposed_by_id": self.user("agent").id,
            }
        )
        guard.with_token(ticket).major_incident_id = major
        major = self.by(major.with_env(self.env), "lead")
        major.write({"impact_text": self.say("past_impact"), "update_minutes": 60})
        major.action_declare()
        major._restore(reported + timedelta(hours=6))
        major.action_plan_review()
        # sudo: as above
        meeting = major.meeting_id.sudo()
        start = (reported + timedelta(days=3)).replace(hour=9, minute=0, second=0)
        guard.with_token(meeting).write(
            {
                "start": start,
                "state": "held",
                "notes": plaintext2html(self.say("past_minutes")),
            }
        )
        major.write(
            {
                "cause": self.say("past_cause"),
                "lessons": self.say("past_lessons"),
            }
        )
        self.env["itsm.action"].create(
            {
                "name": self.say("past_action"),
                "kind": "corrective",
                "owner_id": self.user("manager").id,
                "checker_id": self.user("sla").id,
                "due_date": fields.Date.today() + timedelta(days=14),
                "company_id": self.company.id,
                "res_model": major._name,
                "res_id": major.id,
            }
        )
        major.action_review()
        # sudo: times are moved into the past, which nobody may
        guard.with_token(major.sudo()).write(
            {
                "proposed_at": reported + timedelta(minutes=20),
                "declared_at": reported + timedelta(minutes=25),
                "reviewed_at": start + timedelta(hours=1),
                "next_update_at": False,
            }
        )

    def _propose(self, tickets, why):
        reported = self.by(tickets.with_env(self.env), "manager")
        major = reported.env["itsm.major.incident"]._propose(reported, self.say(why))
        major = self.by(major, "lead")
        major.manager_id = self.user("lead")
        return major
