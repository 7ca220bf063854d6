# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools

# Levels run from 1 (highest) to 4 (lowest); helpdesk.ticket.priority runs the other way
# from "3" (highest) to "0".
IMPACTS = [("1", "Very high"), ("2", "High"), ("3", "Medium"), ("4", "Low")]
URGENCIES = [("1", "Urgent"), ("2", "High"), ("3", "Medium"), ("4", "Low")]
PRIORITIES = [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Critical")]


class ItsmPriorityRule(models.Model):
    _name = "itsm.priority.rule"
    _description = "Priority by Impact and Urgency"
    _order = "company_id, impact, urgency, id"
    _rec_name = "priority"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    impact = fields.Selection(selection=IMPACTS, required=True, readonly=True)
    urgency = fields.Selection(selection=URGENCIES, required=True, readonly=True)
    priority = fields.Selection(selection=PRIORITIES, required=True)

    _impact_urgency_uniq = models.Constraint(
        "UNIQUE(company_id, impact, urgency)",
        "A company has one priority for each pair of impact and urgency.",
    )

    @api.depends("impact", "urgency", "priority")
    def _compute_display_name(self):
        label = self._itsm_selection_label
        for rule in self:
            rule.display_name = self.env._(
                "Impact %(impact)s, urgency %(urgency)s: %(priority)s",
                impact=label("impact", rule.impact),
                urgency=label("urgency", rule.urgency),
                priority=label("priority", rule.priority),
            )

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === Actions ===

    def action_reset_to_default(self):
        """Give the current company the shipped matrix again (INC-12), all rows of it.

        Tickets keep the priority they have.

        :raise AccessError: if the user may not write priority rules
        """
        rules = self.search([("company_id", "=", self.env.company.id)])
        rules.check_access("write")
        self.env.company._itsm_create_priority_rules()
        default = self._default_matrix()
        for priority, _label in PRIORITIES:
            rules.filtered(
                lambda rule, priority=priority: (
                    rule.priority != priority
                    and default[rule.impact, rule.urgency] == priority
                )
            ).write({"priority": priority})
        return True

    # === Business methods ===

    @api.model
    def _default_matrix(self):
        """Return the shipped matrix: level = floor((impact + urgency) / 2).

        :rtype: dict[tuple[str, str], str]
        """
        return {
            (impact, urgency): str(4 - (int(impact) + int(urgency)) // 2)
            for impact, _ilabel in IMPACTS
            for urgency, _ulabel in URGENCIES
        }

    @api.model
    @tools.ormcache("company_id")
    def _get_matrix(self, company_id):
        """Return the matrix of a company; empty if the company has none.

        :param int company_id: id of the company
        :rtype: dict[tuple[str, str], str]
        """
        # sudo: the priority of a ticket does not depend on who looks at it
        rules = self.sudo().search_fetch(
            [("company_id", "=", company_id)], ["impact", "urgency", "priority"]
        )
        return {(rule.impact, rule.urgency): rule.priority for rule in rules}

    def _itsm_selection_label(self, field_name, value):
        """Return the translated label of a value of one of the selection fields."""
        selection = self._fields[field_name]._description_selection(self.env)
        return dict(selection).get(value, "")
