# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Service Levels",
    "summary": "Service level agreements with response and resolution clocks",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_base"],
    "data": [
        "security/itsm_groups.xml",
        "security/ir.model.access.csv",
        "security/itsm_agreement_rules.xml",
        "security/resource_calendar_rules.xml",
        "security/itsm_clock_rules.xml",
        "security/itsm_history_import_rules.xml",
        "data/ir_sequence_data.xml",
        "data/ir_cron_data.xml",
        "data/resource_calendar_data.xml",
        "data/itsm_agreement_data.xml",
        "data/mail_templates.xml",
        "report/itsm_clock_report_views.xml",
        "views/itsm_clock_templates.xml",
        "views/itsm_clock_views.xml",
        "views/itsm_ticket_event_views.xml",
        "views/itsm_clock_alert_views.xml",
        "views/itsm_agreement_views.xml",
        "views/helpdesk_ticket_views.xml",
        "wizards/itsm_agreement_activate_views.xml",
        "views/itsm_menus.xml",
        "views/itsm_history_import_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_sla/static/src/components/**/*",
        ],
        "web.assets_tests": [
            "itsm_sla/static/tests/tours/*.js",
        ],
        "web.assets_unit_tests": [
            "itsm_sla/static/tests/*.test.js",
        ],
    },
}
