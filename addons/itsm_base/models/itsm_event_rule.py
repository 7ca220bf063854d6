# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import fnmatch
import re

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, ValidationError

from .itsm_event import SEVERITIES
from .itsm_priority_rule import IMPACTS, PRIORITIES, URGENCIES

#: Longest pattern; what it is compared with is bounded too.
PATTERN_SIZE = 255


class ItsmEventRule(models.Model):
    """Which events become which incident. The first rule that fits is taken.

    A rule without a company holds for all companies. It is written by managers who
    work in all of them, and by nobody else.
    """

    _name = "itsm.event.rule"
    _inherit = "itsm.shared.mixin"
    _description = "Monitoring Event Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        # and not set null: then it would hold for all companies
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="Empty: for all companies. Only managers who work in all of them may "
        "write such a rule.",
    )
    source = fields.Char(
        size=PATTERN_SIZE,
        help="Of the system that sends; * stands for any characters, ? for one. Empty: "
        "every source.",
    )
    key = fields.Char(
        size=PATTERN_SIZE,
        help="What the event is about, with * and ?, for example disk.*. Empty: every "
        "key.",
    )
    contains = fields.Char(
        string="Text Contains",
        size=PATTERN_SIZE,
        help="Words in summary or message, upper and lower case alike.",
    )
    min_severity = fields.Selection(
        selection=[pair for pair in SEVERITIES if pair[0] != "0"],
        string="From Severity",
        required=True,
        default="1",
        help="Events below it fall to the next rule.",
    )
    action = fields.Selection(
        selection=[("incident", "Incident"), ("ignore", "Leave out")],
        required=True,
        default="incident",
    )
    recovery = fields.Selection(
        selection=[
            ("propose", "Ask a person to resolve"),
            ("resolve", "Resolve the ticket"),
            ("nothing", "Only note it"),
        ],
        string="On Recovery",
        required=True,
        default="propose",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        domain="[('state', 'in', ('live', 'changing', 'retiring'))]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Whose agreement holds for the incident.",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    category_id = fields.Many2one(
        comodel_name="helpdesk.ticket.category",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
    )
    impact = fields.Selection(selection=IMPACTS)
    urgency = fields.Selection(selection=URGENCIES)
    priority = fields.Selection(
        selection=PRIORITIES,
        help="Empty: from impact and urgency by the priority matrix.",
    )

    @api.constrains("company_id", "service_id", "team_id", "category_id")
    def _check_company_of_rule(self):
        for rule in self:
            companies = rule.service_id.company_id | rule.team_id.company_id
            companies |= rule.category_id.company_id
            if companies and not rule.company_id:
                raise ValidationError(
                    self.env._(
                        "Company: %(rule)s names a service, team or category of "
                        "%(company)s. Choose this company.",
                        rule=rule.name,
                        company=companies[0].name,
                    )
                )

    @api.constrains("source", "key", "contains")
    def _check_patterns(self):
        for rule in self:
            for pattern in (rule.source, rule.key, rule.contains):
                if pattern and len(pattern) > PATTERN_SIZE:
                    raise ValidationError(
                        self.env._(
                            "%(rule)s: a pattern is at most %(size)s characters long.",
                            rule=rule.name,
                            size=PATTERN_SIZE,
                        )
                    )

    # === Access ===

    @api.model
    def _shared_error(self, record_sudo):
        return AccessError(
            self.env._(
                "A rule without a company holds for all companies: only managers who "
                "work in all of them may change it. Make a rule of your company with a "
                "lower number; it is taken first."
            )
        )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        # what it has become must be allowed too: another company's
        self.check_access("write")
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === Business methods ===

    @api.model
    @tools.ormcache("company_id")
    def _matchers(self, company_id):
        """The rules of a company in order, ready to be compared; kept in memory.

        :param int company_id: id of a ``res.company``
        :return: tuple of ``(id, matches)``; ``matches(event)`` takes an ``EventIn``
        """
        # sudo: which rule fits does not depend on who sends
        rules = self.sudo().search([("company_id", "in", [False, company_id])])
        return tuple((rule.id, rule._matcher()) for rule in rules)

    def _matcher(self):
        """A function that compares; it holds plain values and no records."""
        self.ensure_one()
        source, key = self._glob(self.source), self._glob(self.key)
        words = (self.contains or "").casefold()
        lowest = self.min_severity

        def matches(event):
            return (
                event.severity >= lowest
                and (not source or source(event.source))
                and (not key or key(event.key))
                and (
                    not words
                    or words in event.summary.casefold()
                    or words in event.message.casefold()
                )
            )

        return matches

    @api.model
    def _glob(self, pattern):
        """A function that compares with a pattern; only * and ? mean anything."""
        pattern = (pattern or "").strip().replace("[", "[[]")
        if not pattern:
            return None
        return re.compile(fnmatch.translate(pattern), re.IGNORECASE).match

    def _prepare_ticket(self, company, event):
        """Values of the incident for an event; texts are escaped, whatever they hold.

        :param event: ``EventIn``
        """
        self.ensure_one()
        vals = {
            "company_id": company.id,
            "itsm_kind": "incident",
            "service_id": self.service_id.id,
            "partner_id": self.partner_id.id,
            "partner_name": self.partner_id.name,
            "partner_email": self.partner_id.email,
            "team_id": self.team_id.id,
            "category_id": self.category_id.id,
            "impact": self.impact,
            "urgency": self.urgency,
            # nobody is assigned because he has sent it
            "user_id": False,
            "reported_at": event.time,
        }
        if self.priority:
            vals["priority"] = self.priority
            vals["priority_reason"] = self.env._("Event rule %(rule)s", rule=self.name)
        return vals
