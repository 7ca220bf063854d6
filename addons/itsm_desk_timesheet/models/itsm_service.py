# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmService(models.Model):
    """On which project the work for a service is booked (INC-50)."""

    _inherit = "itsm.service"

    timesheet_project_id = fields.Many2one(
        comodel_name="project.project",
        string="Project of the Work",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('allow_timesheets', '=', True), ('is_template', '=', False)]",
        help="Work that is logged on tickets of the service becomes timesheets of this "
        "project. Empty: the one of the service above it; none: no timesheets.",
    )

    def _itsm_timesheet_project(self):
        """The project on which work for this service is booked; may be empty.

        :return: ``project.project``, in sudo
        """
        # sudo: where work is booked does not depend on who logs it
        service = self.sudo()
        while service and not service.timesheet_project_id:
            service = service.parent_id
        project = service.timesheet_project_id
        return project.filtered(lambda p: p.active and p.allow_timesheets)
