# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from odoo.addons.itsm_sla.tests.common import SlaCommon


class RequestCommon(SlaCommon):
    """A customer's department with an approver, and items with questions and steps.

    The calendar of the company is that of the tests: Monday to Friday, Paris.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar
        cls.requests = cls.env["itsm.request"]
        cls.requester.email = "requester@example.com"
        # The customer's own manager, a user of the portal.
        cls.portal_manager = cls._create_user("itsm-portal-boss", "base.group_portal")
        cls.portal_manager.partner_id.parent_id = cls.customer
        cls.department = cls.env["itsm.department"].create(
            {
                "name": "Sales",
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "approver_ids": [Command.set(cls.portal_manager.ids)],
            }
        )
        services = cls.env["itsm.service"]
        cls.laptop, cls.account = services.create(
            [
                {
                    "name": "Laptop",
                    "code": "T-LAP",
                    "state": "live",
                    "parent_id": cls.service.id,
                    "approval_required": True,
                    "request_type": "equipment",
                    "request_days": 2,
                    "price": 900,
                    "cost": 700,
                },
                {
                    "name": "Account",
                    "code": "T-ACC",
                    "state": "live",
                    "parent_id": cls.service.id,
                    "request_type": "permission",
                },
            ]
        )
        cls.env["itsm.question"].create(
            [
                {
                    "service_id": cls.laptop.id,
                    "name": "Size of the screen",
                    "code": "size",
                    "kind": "integer",
                    "required": True,
                    "has_minimum": True,
                    "minimum": 10,
                    "has_maximum": True,
                    "maximum": 20,
                },
                {
                    "service_id": cls.laptop.id,
                    "name": "Remark",
                    "code": "remark",
                    "kind": "text",
                },
            ]
        )
        cls.question = cls.laptop.question_ids.filtered(lambda q: q.code == "size")
        cls.env["itsm.fulfilment.step"].create(
            [
                {
                    "service_id": cls.laptop.id,
                    "name": name,
                    "sequence": number,
                    "team_id": team.id,
                    "instruction": f"<p>How to: {name}</p>",
                }
                for name, number, team in (
                    ("Order", 10, cls.team),
                    ("Prepare desk", 10, cls.team_2),
                    ("Install", 20, cls.team),
                )
            ]
        )
        # Steps as they are shipped, whatever the database holds.
        cls.env["tier.definition"].search(
            [("model", "=", "itsm.request")]
        ).active = False
        cls.tier_department, cls.tier_item, cls.tier_project = (
            cls.env.ref(f"itsm_desk.itsm_request_tier_{name}")
            for name in ("department", "item", "project")
        )
        (cls.tier_department | cls.tier_item | cls.tier_project).active = True

    @classmethod
    def _line(cls, service, quantity=1, **answers):
        """Command of a line with answers by code of the question."""
        questions = {question.code: question for question in service.question_ids}
        commands = []
        for code, value in answers.items():
            question = questions[code]
            vals = {"question_id": question.id, f"value_{question.kind}": value}
            commands.append(Command.create(vals))
        return Command.create(
            {
                "service_id": service.id,
                "quantity": quantity,
                "answer_ids": commands,
            }
        )

    @classmethod
    def _wish(cls, text="A robot that files papers"):
        return Command.create({"kind": "project", "wish": text})

    def _draft(self, *lines, user=None, **vals):
        """A draft that an agent enters for the requester."""
        return self.requests.with_user(user or self.agent).create(
            {
                "partner_id": self.requester.id,
                "line_ids": list(lines),
                **vals,
            }
        )

    def _submitted(self, *lines, user=None, **vals):
        request = self._draft(*lines, user=user, **vals)
        request.action_submit()
        return request.with_env(self.env)

    def _work(self, tasks, user=None):
        tasks.with_user(user or self.agent).action_done()
        self.env.flush_all()
