# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Service Desk: Timesheets",
    "summary": "The work log of tickets becomes lines of timesheets",
    "version": "19.0.1.5.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_desk", "hr_timesheet"],
    "auto_install": True,
    "data": ["views/itsm_service_views.xml", "views/itsm_work_log_views.xml"],
}
