# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command

from .common import SlaCommon

#: When the reports of March 2026 are made, in Paris.
APRIL = "2026-04-03 10:00"
MARCH = "2026-03-01"


class ServiceReportCommon(SlaCommon):
    """A monthly report to a customer, with an author, a reviewer and an approver."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.breach.rule"].search([]).active = False
        cls.agreement = cls._create_agreement(partner_id=cls.customer.id)
        cls.author = cls._create_user("report-author", "itsm_base.itsm_group_agent")
        cls.reviewer = cls._create_user(
            "report-reviewer", "itsm_sla.itsm_group_sla_manager"
        )
        cls.approver = cls._create_user("report-approver", "itsm_base.itsm_group_agent")
        cls.representative = cls._create_user(
            "report-representative", "itsm_base.itsm_group_agent"
        )
        role = cls.env.ref("itsm_base.itsm_role_management_representative")
        role.holder_ids.unlink()
        cls.env["itsm.role.holder"].create(
            {
                "role_id": role.id,
                "company_id": cls.company.id,
                "user_id": cls.representative.id,
            }
        )
        cls.definition = cls._create_definition()

    @classmethod
    def _create_definition(cls, **vals):
        return cls.env["itsm.report.definition"].create(
            {
                "name": "Monthly report",
                "family": "sla",
                "agreement_id": cls.agreement.id,
                "company_id": cls.company.id,
                "period": "month",
                "author_id": cls.author.id,
                "reviewer_id": cls.reviewer.id,
                "approver_id": cls.approver.id,
                "partner_ids": [Command.set(cls.customer.ids)],
                "delivery": "portal",
                "lang": "en_US",
                "abnormal_below": 0,
                **vals,
            }
        )

    def _make_report(self, day=MARCH, wall=APRIL, definition=None, user=None, **vals):
        """A draft about the period of a day, with a conclusion."""
        with self.at(wall):
            return (
                self.env["itsm.service.report"]
                .with_user(user or self.author)
                .create(
                    {
                        "definition_id": (definition or self.definition).id,
                        "period_start": day,
                        "conclusion_ids": [
                            Command.create({"name": "Nothing has to be done."})
                        ],
                        **vals,
                    }
                )
            )

    def _written(self, wall=APRIL, **kwargs):
        report = self._make_report(wall=wall, **kwargs)
        with self.at(wall):
            report.action_write()
        return report

    def _publish(self, report, wall=APRIL):
        """The steps from written to published."""
        with self.at(wall):
            report.with_user(self.reviewer).action_review()
            if report.is_abnormal:
                report.with_user(self.representative).action_represent()
            report.with_user(self.approver).action_approve()
            action = report.with_user(self.author).action_publish()
            if action:
                # promises were missed and nobody said why: it is published anyway
                question = self.env[action["res_model"]].with_user(self.author)
                question = question.with_context(**action["context"]).create({})
                question.action_publish()
        self.env.flush_all()
        return report

    def _published(self, **kwargs):
        return self._publish(self._written(**kwargs))

    def _section(self, report, code, lang="en_US"):
        """The kept data of a section."""
        sections = report.sudo().content["languages"][lang]["sections"]
        return next(section["data"] for section in sections if section["code"] == code)

    def _behind(self, figure):
        """The records behind a figure, without the rights of anybody."""
        model = self.env[figure["model"]].with_context(active_test=False)
        return model.search(figure["domain"])
