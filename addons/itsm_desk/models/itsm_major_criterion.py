# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.itsm_base.models.itsm_priority_rule import PRIORITIES


class Criterion(NamedTuple):
    """A criterion as plain values, kept in memory for each company."""

    criterion_id: int
    same_by: str
    threshold: int
    window: timedelta
    priority: str | bool
    criticality: str | bool
    nature_ids: frozenset
    service_ids: frozenset

    def key(self, fact):
        """What makes *fact* similar to others; None if it says too little.

        :param TicketFact fact: plain values of a ticket
        :return: ``(service id, category id)``, 0 for what does not matter
        """
        service = fact.service_id if self.same_by != "category" else 0
        category = fact.category_id if self.same_by != "service" else 0
        complete = (self.same_by == "category" or service) and (
            self.same_by == "service" or category
        )
        return (service, category) if complete else None

    def matches(self, fact):
        """Whether a ticket counts for this criterion, but for the number.

        :param TicketFact fact: plain values of a ticket
        :rtype: bool
        """
        if self.priority and fact.priority < self.priority:
            return False
        if self.criticality and not (
            fact.criticality and fact.criticality <= self.criticality
        ):
            return False
        if self.nature_ids and fact.nature_id not in self.nature_ids:
            return False
        if self.service_ids and fact.service_id not in self.service_ids:
            return False
        return self.threshold == 1 or self.key(fact) is not None


class ItsmMajorCriterion(models.Model):
    """When tickets are proposed as a major incident (INC-39, INC-42).

    Each company has its own: what is large for a unit may be small for the head office
    (INC-40). Conditions are all to be met.
    """

    _name = "itsm.major.criterion"
    _description = "Criterion of Major Incidents"
    _inherit = ["itsm.archive.mixin", "mail.thread"]
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    threshold = fields.Integer(
        string="Incidents",
        required=True,
        default=1,
        tracking=True,
        aggregator=None,
        help="So many similar incidents. 1: each incident that meets the conditions.",
    )
    minutes = fields.Integer(
        string="Within (Minutes)",
        default=30,
        tracking=True,
        aggregator=None,
        help="Reported within so many minutes, on the wall.",
    )
    same_by = fields.Selection(
        selection=[
            ("service", "The same service"),
            ("category", "The same category"),
            ("both", "The same service and category"),
        ],
        string="Similar if",
        required=True,
        default="service",
        tracking=True,
    )
    priority = fields.Selection(
        selection=PRIORITIES,
        string="Priority at Least",
        tracking=True,
        help="Empty: any priority.",
    )
    criticality = fields.Selection(
        selection=[("1", "Critical"), ("2", "High"), ("3", "Medium"), ("4", "Low")],
        string="Criticality of the Service at Least",
        tracking=True,
        help="Empty: any service, or none.",
    )
    nature_ids = fields.Many2many(
        comodel_name="itsm.ticket.nature",
        string="Natures",
        ondelete="restrict",
        help="Empty: any nature.",
    )
    service_ids = fields.Many2many(
        comodel_name="itsm.service",
        string="Services",
        ondelete="restrict",
        check_company=True,
        help="Empty: any service.",
    )
    update_minutes = fields.Integer(
        string="Communicate Every (Minutes)",
        aggregator=None,
        help="Proposed for what this criterion finds. 0: as the company says.",
    )
    proposed_at = fields.Datetime(string="Last Proposal", readonly=True, copy=False)

    _threshold_positive = models.Constraint(
        "CHECK(threshold >= 1)", "At least one incident makes a major incident."
    )
    _minutes_positive = models.Constraint(
        "CHECK(threshold = 1 OR COALESCE(minutes, 0) >= 1)",
        "Enter within how many minutes the incidents are reported: 1 or more.",
    )
    _update_minutes_positive = models.Constraint(
        "CHECK(COALESCE(update_minutes, 0) >= 0)",
        "The time until the next communication cannot be negative.",
    )

    @api.constrains("threshold", "priority", "criticality", "nature_ids", "service_ids")
    def _check_conditions(self):
        for criterion in self:
            if criterion.threshold == 1 and not (
                criterion.priority
                or criterion.criticality
                or criterion.nature_ids
                or criterion.service_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(criterion)s: every incident would be a major one. Enter a "
                        "number of incidents, or a condition.",
                        criterion=criterion.name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        criteria = super().create(vals_list)
        self.env.registry.clear_cache()
        return criteria

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.major.incident", "criterion_id")]

    # === Use ===

    @api.model
    @tools.ormcache("company_id")
    def _criteria_of(self, company_id):
        """The criteria of a company in order, as plain values.

        :param int company_id: the company
        :rtype: tuple[Criterion]
        """
        # sudo: what is proposed does not depend on who saves a ticket
        criteria = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            Criterion(
                criterion.id,
                criterion.same_by,
                criterion.threshold,
                timedelta(minutes=criterion.minutes or 0),
                criterion.priority,
                criterion.criticality,
                frozenset(criterion.nature_ids.ids),
                frozenset(criterion.service_ids.ids),
            )
            for criterion in criteria
        )

    def _note_proposal(self, now):  # pylint: disable=missing-return
        """Note that these have proposed something.

        Of two transactions that do so at the same moment the second waits here, fails
        with a serialization error, and Odoo runs it again: then it finds the proposal
        of the first. So there is one, however many tickets come at once.

        :param datetime now: naive UTC
        """
        # sudo: noted by the system, whoever saved the tickets. No condition changes, so
        # the cache of the criteria stays.
        # pylint: disable-next=super-method-mismatch
        super(ItsmMajorCriterion, self.sudo()).write({"proposed_at": now})

    @api.model
    def _create_shipped(self, companies=None):
        """Give companies that have no criterion the shipped ones (INC-42).

        :param companies: ``res.company``; default: all
        :return: the created criteria
        """
        # sudo: whoever may create a company need not be allowed to configure tickets
        criteria = self.sudo().with_context(active_test=False)
        if companies is None:
            # sudo: all of them
            # pylint: disable-next=no-search-all
            companies = self.env["res.company"].sudo().search([])
        have = criteria.search([("company_id", "in", companies.ids)]).company_id
        created = criteria.create(
            [
                {**vals, "company_id": company.id}
                for company in companies - have
                for vals in self._shipped()
            ]
        )
        for lang, _name in self.env["res.lang"].get_installed():
            # each company has its rows in the same order
            names = [vals["name"] for vals in self.with_context(lang=lang)._shipped()]
            for index, criterion in enumerate(created.with_context(lang=lang)):
                # where there is no translation yet, the name stays open for one
                if criterion.name != names[index % len(names)]:
                    criterion.name = names[index % len(names)]
        return created

    @api.model
    def _shipped(self):
        """Values of the criteria that a company begins with."""
        return [
            {
                "name": self.env._("Critical incident of a critical service"),
                "sequence": 10,
                "threshold": 1,
                "priority": "3",
                "criticality": "1",
                "update_minutes": 30,
            },
            {
                "name": self.env._("Five incidents of one service within 30 minutes"),
                "sequence": 20,
                "threshold": 5,
                "minutes": 30,
                "same_by": "service",
            },
        ]
