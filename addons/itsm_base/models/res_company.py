# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._itsm_create_priority_rules()
        self.env["itsm.enforcement.setting"]._create_missing(companies=companies)
        return companies

    def _itsm_create_priority_rules(self):
        """Give each company the priority rules it does not have yet (INC-07, INC-12).

        :return: the created ``itsm.priority.rule`` records
        """
        # sudo: whoever may create a company need not be allowed to configure tickets
        rule_model = self.env["itsm.priority.rule"].sudo()
        existing = {
            (rule.company_id.id, rule.impact, rule.urgency)
            for rule in rule_model.search([("company_id", "in", self.ids)])
        }
        return rule_model.create(
            [
                {
                    "company_id": company.id,
                    "impact": impact,
                    "urgency": urgency,
                    "priority": priority,
                }
                for company in self
                for (impact, urgency), priority in rule_model._default_matrix().items()
                if (company.id, impact, urgency) not in existing
            ]
        )
