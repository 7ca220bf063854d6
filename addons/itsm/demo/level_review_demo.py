# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo reviews of agreements and improvement plans."""

import logging
from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command

from .level_demo import LevelTeller

_logger = logging.getLogger(__name__)


class LevelReviews(LevelTeller):
    """A review that is done, with minutes, and one to come (SLM-41 to SLM-46)."""

    def load(self):
        self._done()
        self._planned()

    def _weekday(self, days):
        """So many days from today; on a weekend the Friday before."""
        day = self.today() + timedelta(days=days)
        return day - timedelta(days=max(day.weekday() - 4, 0))

    def _review(self, agreement, days, **vals):
        return self.by(self.env["itsm.agreement.review"], "sla").create(
            {
                "agreement_id": agreement.id,
                "planned_on": self._weekday(days),
                **vals,
            }
        )

    def _done(self):
        review = self._review(
            self.agreement("harbour"),
            -18,
            expectation_ids=[Command.create({"name": self.say("expectation")})],
        )
        review.action_plan_meeting()
        meeting = review.meeting_id
        meeting.line_ids[:1].write(
            {
                "result": self.say("review_result"),
                "decision": self.say("review_decision"),
            }
        )
        meeting.action_hold()
        try:
            with self.env.cr.savepoint():
                meeting.action_send_minutes()
        except UserError as error:
            # a server that cannot print: the review waits for its minutes
            _logger.info("The demo minutes were not sent: %s", error)
            return
        review.write(
            {
                "satisfaction": "4",
                "satisfaction_by_id": self.partner("harbour_oliver").id,
                "satisfaction_note": self.say("review_note"),
                "summary": self.html("review_summary"),
            }
        )
        review.action_close()

    def _planned(self):
        """The agreement of the plant is past its end."""
        self._review(self.agreement("tianhe"), 12, occasion="term")


class LevelPlans(LevelTeller):
    """An improvement plan that runs, and one that has reached its target (SLM-47)."""

    def load(self):
        self._running()
        self._finished()

    def _plan(self, key, **vals):
        return self.by(self.env["itsm.improvement.plan"], "sla").create(
            {
                "name": self.say(key),
                "company_id": self.company.id,
                "agreement_id": self.agreement("harbour").id,
                "need": self.html(f"{key}_need"),
                **vals,
            }
        )

    def _action(self, plan, key, login, days):
        return self.by(self.env["itsm.action"], "sla").create(
            {
                "name": self.say(f"{key}_action"),
                "kind": "improvement",
                "owner_id": self.user(login).id,
                "due_date": self.today() + timedelta(days=days),
                "company_id": self.company.id,
                "res_model": plan._name,
                "res_id": plan.id,
            }
        )

    def _running(self):
        today = self.today()
        plan = self._plan(
            "plan",
            cause=self.html("plan_cause"),
            measure="compliance",
            metric="response",
            target=98,
            before_from=today - timedelta(days=90),
            before_to=today - timedelta(days=16),
            date_due=today + timedelta(days=60),
        )
        plan.action_measure_before()
        self._action(plan, "plan", "lead", 20)
        plan.action_start()

    def _finished(self):
        today = self.today()
        plan = self._plan(
            "done",
            measure="manual",
            manual_name=self.say("done_measure"),
            unit="%",
            target=80,
            manual_before=67,
            before_from=today - timedelta(days=120),
            before_to=today - timedelta(days=91),
            date_due=today + timedelta(days=5),
        )
        plan.action_measure_before()
        action = self.by(self._action(plan, "done", "lead", -30), "lead")
        plan.action_start()
        evidence = self.by(self.env["ir.attachment"], "lead").create(
            {
                "name": "calls.csv",
                "raw": b"month;within 20 s\n1;67\n2;84\n",
                "res_model": action._name,
                "res_id": action.id,
            }
        )
        action.write(
            {
                "evidence_note": self.say("done_evidence"),
                "attachment_ids": [Command.link(evidence.id)],
            }
        )
        action.action_done()
        plan.write(
            {
                "manual_after": 84,
                "after_from": today - timedelta(days=40),
                "after_to": today - timedelta(days=11),
                "result": self.html("done_result"),
            }
        )
        plan.action_measure_after()
        plan.action_finish()
