# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ..tools import escalation
from .common import SlaCommon

#: Monday. Resolution of "2" within 4 h of Mon-Fri 09-12 and 13-18: late after 15:00.
MON = "2026-03-23 10:00"


class EscalationCommon(SlaCommon):
    """No rule but those of the test; a ticket of priority "2" has 4 h."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.escalation.rule"].search([]).active = False
        cls.agreement = cls._create_agreement(
            {"3": (0, 120), "2": (0, 240), "1": (0, 480)}
        )
        cls.messages = cls.env["mail.mail"].search([])

    @classmethod
    def _rule(cls, **vals):
        """A rule that has always been in force: at 50 %, tells the team leader."""
        return cls.env["itsm.escalation.rule"].create(
            {
                "name": "Test rule",
                "moment": "percent",
                "percent": 50,
                "tell_team_leader": not any(
                    name in vals
                    for name in (
                        "tell_assignee", "tell_owner", "tell_desk_leads",
                        "tell_user_ids", "tell_leg_leader", "raise_line", "to_team_id",
                        "to_user_id", "to_priority", "run_action", "warn_customer",
                    )
                ),
                "since": False,
                **vals,
            }
        )  # fmt: skip

    def _instant(self, rule, clock):
        """When the rule comes due on a stored clock, as the scheduler reads it."""
        resolver = self.env["itsm.agreement"]._clock_resolver()
        return escalation.instant(rule._step(), clock._as_fold(clock._rules(resolver)))

    def _alerts(self, tickets):
        return self.env["itsm.clock.alert"].search(
            [("ticket_id", "in", tickets.ids)], order="id"
        )

    def _told(self, tickets):
        """``(name of the rule, outcome)`` of what was logged, by time due."""
        alerts = self._alerts(tickets).sorted(lambda a: (a.due, a.rule_id.sequence))
        return [(alert.rule_id.name, alert.outcome) for alert in alerts]

    def _activities(self, tickets):
        return self.env["mail.activity"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "in", tickets.ids)]
        )

    def _mails(self):
        return self.env["mail.mail"].search([]) - self.messages

    def _notes(self, ticket):
        return ticket.message_ids.filtered(
            lambda m: "Escalation rule" in (m.body or "")
        )
