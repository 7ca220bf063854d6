# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Service Desk: Purchase",
    "summary": "Buy what a service request needs; deliver it when it is received",
    "version": "19.0.1.5.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_desk", "purchase"],
    "data": [
        "data/ir_cron_data.xml",
        "views/itsm_service_views.xml",
        "views/itsm_request_views.xml",
        "views/purchase_order_views.xml",
    ],
    "auto_install": True,
}
