# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo requests, duties, events in, contacts and documents."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.fields import Command

from odoo.addons.itsm_base.tools import guard

from .desk_demo import Teller


class DeskRequests(Teller):
    """Departments of a customer, and what its people ask for."""

    def load(self):
        self._department()
        self._waiting()
        self._partly()
        self._duties()
        self._event()
        self._contacts()

    def _department(self):
        """The customer's own manager decides in the portal."""
        people = self.partner("harbour_emma") | self.partner("harbour_oliver")
        department = self.env["itsm.department"].create(
            {
                "name": self.say("department"),
                "company_id": self.company.id,
                "partner_id": self.partner("harbour").id,
                "approver_ids": [Command.set(self.user("customer").ids)],
            }
        )
        people.itsm_department_id = department

    def _request(self, why, lines):
        """A draft of Oliver's that the agent has entered for him.

        :param str why: word of the reason
        :param list lines: code of the model, number, word of the programs
        """
        laptop = self.ref("itsm_service_desktop_laptop")
        wanted = fields.Date.today() + timedelta(days=21)
        questions = {
            question: self.ref(f"itsm_question_laptop_{question}")
            for question in ("model", "programs", "screens")
        }
        commands = []
        for model, quantity, use in lines:
            answers = [
                {"question_id": questions["model"].id, "value_char": model},
                {"question_id": questions["programs"].id, "value_text": self.say(use)},
                {"question_id": questions["screens"].id, "value_integer": 1},
            ]
            commands.append(
                Command.create(
                    {
                        "service_id": laptop.id,
                        "quantity": quantity,
                        "answer_ids": [Command.create(vals) for vals in answers],
                    }
                )
            )
        return self.by(self.env["itsm.request"], "agent").create(
            {
                "partner_id": self.partner("harbour_oliver").id,
                "company_id": self.company.id,
                "reason": self.say(why),
                "wanted_date": wanted,
                "line_ids": commands,
            }
        )

    def _waiting(self):
        """Emma has to approve it."""
        self._request("request_why", [("light", 1, "answer_1")]).action_submit()

    def _partly(self):
        """Approved by department and lead; the first of two lines is delivered."""
        lines = [("light", 1, "answer_1"), ("strong", 1, "answer_2")]
        request = self._request("request_why_2", lines)
        request.action_submit()
        for login in ("customer", "lead"):
            self.by(request, login)._approval_decide("yes", self.say("approved"))
        self.by(request.line_ids[0], "lead").action_deliver()

    # --- duties ----------------------------------------------------------------------

    def _duties(self):
        """Reports of the last two months: made and controlled, but for one control."""
        begin = fields.Date.today() - relativedelta(months=1, day=1)
        for name, login in (("desk_summary", "lead"), ("report_control", "sla")):
            scope = self.ref(f"itsm_duty_scope_{name}")
            scope.date_from = begin - relativedelta(months=1)
            scope._generate(None)
            duties = self.env["itsm.duty"].search(
                [
                    ("definition_id", "=", scope.definition_id.id),
                    ("company_id", "=", self.company.id),
                    ("due_at", "<", self.now),
                    ("state", "=", "open"),
                ],
                order="period_start desc, id",
            )
            for duty in duties[1:] if name == "report_control" else duties:
                duty.evidence_note = self.say("duty_note")
                self.by(duty, login)._done(duty.due_at - timedelta(days=1))

    # --- what comes in ---------------------------------------------------------------

    def _event(self):
        """Two messages of the monitoring: one makes an incident, one joins it."""
        events = self.env["itsm.event"].with_company(self.company)
        # The group of the intake is given to nobody in the demo company.
        root = self.env.ref("base.user_root")
        group = self.env.ref("itsm_base.itsm_group_event_source")
        root.group_ids |= group
        events.ingest(
            [
                {
                    "source": "monitoring",
                    "key": "disk.erp-01",
                    "severity": severity,
                    "summary": self.say("event"),
                    "time": fields.Datetime.to_string(self.ago(minutes=minutes)) + "Z",
                }
                for severity, minutes in (("major", 50), ("critical", 20))
            ]
        )
        root.group_ids -= group

    def _contacts(self):
        """Somebody called, and wrote, about tickets that are worked on."""
        tickets = self.env["helpdesk.ticket"].search(
            [
                ("company_id", "=", self.company.id),
                ("stage_id.itsm_state", "=", "open"),
                ("partner_id", "!=", False),
                ("reported_at", "!=", False),
                ("restriction", "=", False),
            ],
            order="reported_at desc, id",
            limit=4,
        )
        channels = self.env["helpdesk.ticket.channel"]
        guard.with_token(self.env["itsm.contact"]).create(
            [
                {
                    "company_id": self.company.id,
                    "ticket_id": ticket.id,
                    "channel_id": channels._itsm_by_code(code, self.company).id,
                    "channel_code": code,
                    "partner_id": ticket.partner_id.id,
                    "user_id": self.user("agent").id,
                    "time": ticket.reported_at,
                    "is_first": True,
                }
                for ticket, code in zip(
                    tickets, ("phone", "mail", "phone", "phone"), strict=False
                )
            ]
        )


class DeskPapers(Teller):
    """What is issued about the months, when their figures are known."""

    def load(self):
        """The summary of last month was issued; that of this month is a draft."""
        this_month = fields.Date.today().replace(day=1)
        issued = self._summary(this_month - relativedelta(months=1))
        self.by(issued, "lead").action_request_approval()
        for login in ("manager", "sla", "manager"):
            document = self.by(issued, login)
            if document.state == "in_approval" and document.can_decide:
                document._approval_decide("yes", False)
        self._summary(this_month)

    def _summary(self, month):
        document = self.by(self.env["itsm.document"], "lead").create(
            {
                "kind_id": self.ref("itsm_base.itsm_document_kind_d45").id,
                "company_id": self.company.id,
                "period_start": month,
            }
        )
        document.action_fill()
        return document
