# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
{
    "name": "ITSM Service Levels: Contracts",
    "summary": "The customer's contract behind a service level agreement",
    "version": "19.0.1.5.0",
    "development_status": "Beta",
    "category": "Services/IT Services",
    "author": "The ITSM for Odoo maintainers",
    "website": "https://github.com/itsm-odoo/itsm",
    "license": "AGPL-3",
    "depends": ["itsm_sla", "contract", "contract_termination"],
    "data": [
        "security/ir.model.access.csv",
        "security/itsm_customer_contract_rules.xml",
        "data/ir_cron_data.xml",
        "data/itsm_enforcement_rule_data.xml",
        "views/itsm_customer_contract_views.xml",
        "views/itsm_agreement_views.xml",
        "views/itsm_agreement_credit_views.xml",
        "views/contract_contract_views.xml",
        "views/portal_templates.xml",
    ],
    "demo": ["demo/contract_demo.xml"],
    "auto_install": True,
}
