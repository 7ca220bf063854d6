# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "IT Service Management",
    "summary": "IT service management by ISO/IEC 20000-1: all addons of the family",
    "version": "19.0.1.4.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_base", "itsm_cmdb", "itsm_desk", "itsm_sla"],
    "demo": [
        "demo/res_partner_demo.xml",
        "demo/res_users_demo.xml",
        "demo/helpdesk_ticket_team_demo.xml",
        "demo/itsm_service_demo.xml",
        "demo/itsm_catalogue_demo.xml",
        "demo/resource_calendar_demo.xml",
        "demo/itsm_agreement_demo.xml",
        "demo/itsm_shift_template_demo.xml",
        "demo/itsm_duty_demo.xml",
        "demo/itsm_process_demo.xml",
        "demo/itsm_ci_demo.xml",
        "demo/itsm_ci_import_demo.xml",
    ],
    "post_init_hook": "post_init_hook",
    "application": True,
}
