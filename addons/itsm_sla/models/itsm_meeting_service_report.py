# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmMeeting(models.Model):
    """Meetings that analyse a service report (REP-03)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.meeting"

    service_report_id = fields.Many2one(
        comodel_name="itsm.service.report",
        string="About the Report",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('state', '!=', 'draft')]",
    )

    @api.constrains("service_report_id")
    def _check_service_report_id(self):
        for meeting in self:
            report = meeting.service_report_id
            if not report:
                continue
            if report.sudo().state == "draft":  # sudo: seen or not, it counts
                raise ValidationError(
                    self.env._(
                        "%(report)s is a draft: a meeting is held about what was "
                        "written.",
                        report=report.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        meetings = super().create(vals_list)
        # Who plans the meeting names the report to all participants.
        meetings.service_report_id.check_access("read")
        return meetings

    def write(self, vals):
        result = super().write(vals)
        if vals.get("service_report_id"):
            self.service_report_id.check_access("read")
        return result

    def _itsm_agenda_lines(self):
        lines = super()._itsm_agenda_lines()
        report = self.service_report_id
        if report and report.has_access("read"):
            lines += report._agenda_lines()
        return lines
