# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import freeze_time

from .common import SlaCommon


class ReportRoundCommon(SlaCommon):
    """A customer with two portal users, an agreement, a monthly report about it.

    The service level manager writes, the lead reviews, the manager approves.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.resource_calendar_id = cls.calendar_paris
        roles = cls.env["itsm.role"]
        roles |= cls.env.ref("itsm_base.itsm_role_management_representative")
        roles.holder_ids.unlink()
        cls.acme, cls.bolt = cls.env["res.partner"].create(
            [{"name": "Acme", "is_company": True}, {"name": "Bolt", "is_company": True}]
        )
        cls.ann = cls._reader("ann", cls.acme)
        cls.adam = cls._reader("adam", cls.acme)
        cls.bob = cls._reader("bob", cls.bolt)
        cls.agreement = cls._create_agreement(name="Acme SLA", partner_id=cls.acme.id)
        cls.row = cls._row()

    @classmethod
    def _reader(cls, name, customer):
        user = cls._create_user(f"itsm-report-{name}", "base.group_portal")
        user.partner_id.write({"parent_id": customer.id, "name": name.title()})
        return user

    @classmethod
    def _row(cls, **vals):
        return cls.env["itsm.report.definition"].create(
            {
                "name": "Service report",
                "company_id": cls.company.id,
                "agreement_id": cls.agreement.id,
                "author_id": cls.sla_manager.id,
                "reviewer_id": cls.lead.id,
                "approver_id": cls.manager.id,
                "partner_ids": [Command.set(cls.ann.partner_id.ids)],
                **vals,
            }
        )

    @classmethod
    def _written(cls, row=None, month="2026-02-01", now="2026-03-05 10:00"):
        with freeze_time(cls.utc(now)):
            report = (
                cls.env["itsm.service.report"]
                .with_user(cls.sla_manager)
                .create(
                    {
                        "definition_id": (row or cls.row).id,
                        "period_start": month,
                        "conclusion_ids": [Command.create({"name": "=1+1 is fine"})],
                    }
                )
            )
            report.action_write()
        return report

    @classmethod
    def _published(cls, row=None, month="2026-02-01", now="2026-03-05 10:00"):
        report = cls._written(row, month, now)
        return cls._publish(report, now)

    @classmethod
    def _publish(cls, report, now="2026-03-05 10:00"):
        with freeze_time(cls.utc(now)):
            report.with_user(cls.lead).action_review()
            if report.is_abnormal:
                report.with_user(cls.manager).action_represent()
            report.with_user(cls.manager).action_approve()
            action = report.with_user(cls.manager).action_publish()
            if action:
                # promises were missed and nobody said why: it is published anyway
                question = cls.env[action["res_model"]].with_user(cls.manager)
                question = question.with_context(**action["context"]).create({})
                question.action_publish()
        return report
