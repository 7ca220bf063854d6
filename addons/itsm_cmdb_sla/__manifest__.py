# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Configuration Management: Service Levels",
    "summary": "From configuration items to agreements, planned interruptions, revenue",
    "version": "19.0.1.5.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_cmdb", "itsm_sla"],
    "data": [
        "security/ir.model.access.csv",
        "security/itsm_ci_impact_rules.xml",
        "wizards/itsm_ci_impact_views.xml",
        "views/itsm_ci_maintenance_order_views.xml",
        "views/itsm_ci_maintenance_reason_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "auto_install": True,
}
