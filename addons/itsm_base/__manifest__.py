# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Base",
    "summary": "Service catalogue, incidents and service requests, priority matrix",
    "version": "19.0.1.1.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["helpdesk_mgmt", "resource", "portal"],
    # vobject reads iCalendar files of holidays; Odoo itself requires it.
    "external_dependencies": {"python": ["vobject"]},
    # Enterprise Helpdesk defines helpdesk.ticket too: the two cannot share a database.
    "excludes": ["helpdesk"],
    "data": [
        "security/itsm_groups.xml",
        "security/ir.model.access.csv",
        "security/ir_model_access.xml",
        "security/itsm_working_day_rules.xml",
        "security/resource_calendar_rules.xml",
        "security/itsm_service_rules.xml",
        "security/itsm_priority_rule_rules.xml",
        "security/itsm_pause_reason_rules.xml",
        "security/itsm_run_rules.xml",
        "data/helpdesk_ticket_stage_data.xml",
        "data/ir_cron_data.xml",
        "data/itsm_pause_reason_data.xml",
        "data/itsm_closing_code_data.xml",
        "views/helpdesk_ticket_templates.xml",
        "views/helpdesk_ticket_views.xml",
        "views/helpdesk_ticket_stage_views.xml",
        "views/itsm_service_views.xml",
        "views/itsm_priority_rule_views.xml",
        "views/itsm_pause_reason_views.xml",
        "views/itsm_closing_code_views.xml",
        "views/itsm_menus.xml",
        "views/itsm_working_day_views.xml",
        "views/itsm_run_views.xml",
        "wizards/itsm_holiday_import_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "itsm_base/static/src/components/**/*",
        ],
        "web.assets_unit_tests": [
            "itsm_base/static/tests/*.test.js",
        ],
    },
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
