# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from .common import ItsmCommon


class EventCommon(ItsmCommon):
    """A source of events with its user, and two rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls._create_user(
            "itsm-source", "base.group_portal,itsm_base.itsm_group_event_source"
        )
        cls.env["itsm.event.rule"].search([]).active = False
        cls.rule_mail, cls.rule_rest = cls.env["itsm.event.rule"].create(
            [
                {
                    "name": "Mail",
                    "sequence": 1,
                    "company_id": cls.company.id,
                    "key": "mail/*",
                    "min_severity": "3",
                    "service_id": cls.service.id,
                    "partner_id": cls.customer.id,
                    "team_id": cls.team.id,
                    "impact": "1",
                    "urgency": "1",
                    "recovery": "resolve",
                },
                {
                    "name": "Rest",
                    "sequence": 2,
                    "company_id": cls.company.id,
                    "min_severity": "3",
                    "team_id": cls.team.id,
                    "impact": "3",
                    "urgency": "2",
                },
            ]
        )
        cls.company.itsm_event_flood = 0
        cls.events = cls.env["itsm.event"]
        cls.alarms = cls.env["itsm.event.alarm"]

    def _event(self, key="mail/queue", severity="critical", **vals):
        return {
            "source": "zabbix",
            "key": key,
            "severity": severity,
            "summary": "Queue is full",
            **vals,
        }

    def _ingest(self, *events, user=None, **context):
        events_of = self.events.with_user(user or self.source)
        result = events_of.with_context(**context).ingest(list(events))
        self.env.invalidate_all()
        return result

    def _statuses(self, results):
        return [result["status"] for result in results]

    def _ticket(self, result):
        return self.env["helpdesk.ticket"].search([("number", "=", result["incident"])])

    def _other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = self._create_user(
            "itsm-source-2",
            "base.group_portal,itsm_base.itsm_group_event_source",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        return other, user
