# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..tools.tracking import always_tracked
from .itsm_enforcement_rule import MODES

#: Of the few rules and companies there are.
EVERY = Domain.TRUE


class ItsmEnforcementSetting(models.Model):
    """What a company wants done where a rule is broken (design, Manners).

    One for each company and rule; the system makes them, managers choose the mode. Who
    chose what and when is tracked.
    """

    _name = "itsm.enforcement.setting"
    _inherit = ["mail.thread"]
    _description = "Enforcement Setting"
    _order = "company_id, sequence, id"
    _rec_name = "name"

    rule_id = fields.Many2one(
        comodel_name="itsm.enforcement.rule",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(related="rule_id.name")
    code = fields.Char(related="rule_id.code")
    description = fields.Text(related="rule_id.description")
    sequence = fields.Integer(related="rule_id.sequence", store=True)
    mode = fields.Selection(
        selection=MODES,
        required=True,
        default="record",
        tracking=True,
        help="Off: the rule is not looked at.\n"
        "Record: nobody is stopped or told; what would have been stopped is listed.\n"
        "Warn: it goes through, the person is told, and it is listed.\n"
        "Block: the person is stopped and told how to mend it; that is listed too.",
    )
    block_from = fields.Date(
        tracking=True,
        help="Until that day the rule warns only. Empty: it blocks at once. The day "
        "begins in the zone of the company's working time.",
    )
    mode_now = fields.Selection(
        selection=MODES, string="Today", compute="_compute_mode_now"
    )
    finding_count = fields.Integer(
        string="Findings", compute="_compute_finding_count", aggregator=None
    )

    _rule_company_uniq = models.Constraint(
        "UNIQUE(rule_id, company_id)", "This company has a setting for the rule."
    )

    # === Computes ===

    @api.depends("mode", "block_from")
    def _compute_mode_now(self):
        rules = self.env["itsm.enforcement.rule"]
        for setting in self:
            later = setting.block_from and setting.block_from > rules._today(
                setting.company_id
            )
            waits = setting.mode == "block" and later
            setting.mode_now = "warn" if waits else setting.mode

    def _compute_finding_count(self):
        counts = self.env["itsm.enforcement.finding"]._read_group(
            [
                ("rule_id", "in", self.rule_id.ids),
                ("company_id", "in", self.company_id.ids),
            ],
            ["rule_id", "company_id"],
            ["__count"],
        )
        counts = {(rule.id, company.id): count for rule, company, count in counts}
        for setting in self:
            key = setting.rule_id.id, setting.company_id.id
            setting.finding_count = counts.get(key, 0)

    # === Constraints ===

    @api.constrains("mode", "block_from")
    def _check_block_from(self):
        for setting in self:
            if setting.block_from and setting.mode != "block":
                raise ValidationError(
                    self.env._(
                        "Block From: %(rule)s does not block. Choose the mode Block, "
                        "or leave the day empty.",
                        rule=setting.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        settings = super().create(vals_list)
        self.env.registry.clear_cache()
        return settings

    def write(self, vals):
        self.check_access("write")
        if {"rule_id", "company_id"} & set(vals):
            raise UserError(
                self.env._(
                    "The rule and the company of a setting stay as they are. Change "
                    "its mode, or open the setting of the other company."
                )
            )
        if vals.get("mode", "block") != "block":
            vals = {"block_from": False, **vals}
        result = super(ItsmEnforcementSetting, always_tracked(self)).write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _create_missing(self, rules=None, companies=None):
        """Give companies the settings that they do not have yet.

        :param rules: ``itsm.enforcement.rule``; default: all
        :param companies: ``res.company``; default: all
        :return: the created settings
        """
        # sudo: installing an addon and creating a company need no right to configure
        rules = (rules or self.env["itsm.enforcement.rule"].search(EVERY)).sudo()
        # sudo: companies that the user does not see as well
        companies = companies or self.env["res.company"].sudo().search(EVERY)
        settings = self.sudo().with_context(mail_create_nolog=True)  # sudo: as above
        existing = {
            (setting.rule_id.id, setting.company_id.id)
            for setting in settings.search(
                [("rule_id", "in", rules.ids), ("company_id", "in", companies.ids)]
            )
        }
        return settings.create(
            [
                {
                    "rule_id": rule.id,
                    "company_id": company.id,
                    "mode": rule.default_mode,
                }
                for company in companies
                for rule in rules
                if (rule.id, company.id) not in existing
            ]
        )

    # === Actions ===

    def action_open_findings(self):
        """Open what this rule would have stopped, or has stopped, in the company."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_enforcement_finding_action"
        )
        action["domain"] = [
            ("rule_id", "=", self.rule_id.id),
            ("company_id", "=", self.company_id.id),
        ]
        return action
