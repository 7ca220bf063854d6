# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Configuration Management: Fixed Assets",
    "summary": "Fixed assets of accounting and configuration items know each other",
    "version": "19.0.1.5.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_cmdb", "account_asset_management"],
    "data": [
        "security/ir.model.access.csv",
        "security/itsm_ci_asset_link_rules.xml",
        "wizards/itsm_ci_asset_link_views.xml",
        "views/account_asset_views.xml",
        "views/itsm_ci_views.xml",
    ],
    "auto_install": True,
}
