# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError


class ItsmServiceReport(models.Model):
    """The meeting that analyses the report, and its minutes (REP-03, D12)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    meeting_ids = fields.One2many(
        comodel_name="itsm.meeting",
        inverse_name="service_report_id",
        string="Meetings",
        readonly=True,
        copy=False,
    )
    meeting_count = fields.Integer(compute="_compute_meeting_count")

    def _compute_meeting_count(self):
        counts = dict(
            self.env["itsm.meeting"]._read_group(
                [("service_report_id", "in", self.ids)],
                ["service_report_id"],
                ["__count"],
            )
        )
        for report in self:
            report.meeting_count = counts.get(report._origin, 0)

    def action_plan_meeting(self):
        """Open a new service quality meeting about the report.

        Who made the report and the colleagues in its audience take part; customers are
        added by hand.

        :return: action
        :raise UserError: nothing was written yet
        """
        self.ensure_one()
        self.check_access("read")
        if self.state == "draft":
            raise UserError(
                self.env._(
                    "%(report)s is a draft: a meeting is held about what was written.",
                    report=self.display_name,
                )
            )
        report = self.sudo()  # sudo: colleagues who take part, whoever plans it
        people = report.written_by_id | report.reviewed_by_id | report.approved_by_id
        roles = report.definition_id.audience_role_ids
        holders = roles._holders_by_role(report.company_id)
        people |= people.union(*holders.values())
        participants = self.env.user.partner_id | people.sudo().partner_id  # sudo: same
        kind = self.env.ref("itsm_base.itsm_meeting_kind_service_quality")
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.meeting",
            "views": [(False, "form")],
            "context": {
                "default_kind_id": kind.id,
                "default_name": self.env._(
                    "%(meeting)s: %(report)s",
                    meeting=kind.name,
                    report=self.display_name,
                ),
                "default_service_report_id": self.id,
                "default_company_id": self.company_id.id,
                "default_partner_ids": [fields.Command.set(participants.ids)],
            },
        }

    def action_open_meetings(self):
        """Open the meetings about the report."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_meeting_action"
        )
        return action | {
            "domain": [("service_report_id", "=", self.id)],
            "context": {},
        }

    def _agenda_lines(self):
        """What the meeting speaks about: each section that has something, conclusions.

        :return: values of ``itsm.meeting.line``
        :rtype: list[dict]
        """
        self.ensure_one()
        content = self._read_content()
        # guests read of reports that are made for customers
        internal = self.definition_id.family != "sla"
        lines = [
            {
                "internal": internal,
                "key": f"{self._name},{self.id},{section['code']}",
                "name": self.env._(
                    "%(section)s in %(period)s",
                    section=section["title"],
                    period=self.period_label,
                ),
            }
            for section in content.get("sections", [])
            if section["code"] != "conclusions"
        ]
        for conclusion in self.conclusion_ids:
            lines.append(
                {
                    "internal": internal,
                    "key": f"{conclusion._name},{conclusion.id}",
                    "name": conclusion.name.splitlines()[0][:200],
                    "presenter_id": conclusion.owner_id.partner_id.id,
                    "action_ids": [fields.Command.set(conclusion.action_id.ids)],
                }
            )
        return lines
