# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.addons.itsm_sla.tests.common import SlaCommon

SOLUTION = "<p>Mailbox moved to the other server</p>"


class LifecycleCommon(SlaCommon):
    """Tickets with an agreement; companies whose rules the test sets itself.

    The calendar of the company is that of the tests: Monday to Friday, Paris.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls.company.itsm_auto_close_days = 5
        cls.company.itsm_reopen_days = 7
        cls.agreement = cls._create_agreement()
        cls.logs = cls.env["itsm.notification.log"]
        cls.findings = cls.env["itsm.enforcement.finding"]
        cls.requester.email = "requester@example.com"

    # === What people do ===

    def _resolve(self, wall, tickets, user=None, **vals):
        """Resolve at a wall clock time with solution and closing code."""
        vals = {
            "solution": SOLUTION,
            "closing_code_id": self.closing_code.id,
            **vals,
        }
        with self.at(wall):
            tickets.with_user(user or self.agent)._itsm_resolve(vals)
            self._flush_tracking()

    def _open(self, wall="2026-03-23 10:00", **vals):
        """A ticket in progress, complete as DSK-16 wants it."""
        return self._report(
            wall,
            **{
                "stage_id": self.stage_open.id,
                "user_id": self.agent.id,
                "itsm_kind": "incident",
                "service_id": self.service.id,
                "impact": "2",
                "urgency": "2",
                "priority_reason": "As the test wants it",
                **vals,
            },
        )

    # === What is seen ===

    def _told(self, code, tickets):
        """Who was told of an event: (ticket, partner, outcome, reason)."""
        rows = self.logs.search(
            [("event_code", "=", code), ("res_id", "in", tickets.ids)], order="id"
        )
        return [
            (row.res_id, row.partner_id.id, row.outcome, row.reason) for row in rows
        ]

    def _set_mode(self, code, mode, company=None):
        rule = self.env["itsm.enforcement.rule"].search([("code", "=", code)])
        settings = rule.setting_ids.filtered(
            lambda setting: setting.company_id == (company or self.company)
        )
        settings.write({"mode": mode, "block_from": False})

    def _found(self, code, tickets):
        """Tickets for which the rule was broken, as ids in the order of finding."""
        return self.findings.search(
            [
                ("rule_code", "=", code),
                ("res_model", "=", "helpdesk.ticket"),
                ("res_id", "in", tickets.ids),
            ],
            order="id",
        ).mapped("res_id")
