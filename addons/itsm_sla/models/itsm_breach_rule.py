# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard


class ItsmBreachRule(models.Model):
    """When repeated breaches propose an action (SLM-38, SLM-63).

    A series are explained breaches of one agreement (all its versions), service and
    cause. As soon as so many of them, in none of which an action was proposed yet, lie
    within so many days, one action is proposed; later ones join it while it is open. A
    breach that is explained anew with another cause leaves it and counts in the other
    series.
    """

    _name = "itsm.breach.rule"
    _description = "Rule About Repeated Breaches"
    _order = "agreement_id, company_id, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        index=True,
        help="Empty: every company.",
    )
    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        domain="[('kind', '=', 'sla'), ('is_template', '=', False)]",
        help="Empty: every agreement. A rule about one agreement comes first, then one "
        "of the company; of equal ones the older.",
    )
    count = fields.Integer(
        string="Breaches", required=True, default=3, help="So many of one series."
    )
    days = fields.Integer(
        string="Within (days)", required=True, default=90, help="From first to last."
    )
    action_kind = fields.Selection(
        selection=[
            ("corrective", "Corrective action"),
            ("improvement", "Improvement"),
        ],
        required=True,
        default="corrective",
    )
    due_days = fields.Integer(
        string="Due After (days)", required=True, default=30, help="Of the action."
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner of the Action",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="Empty: the service level manager of the agreement.",
    )
    active = fields.Boolean(default=True)

    _count_sane = models.Constraint(
        "CHECK(count >= 2)",
        "Breaches: repeated means at least two. Enter 2 or more.",
    )
    _days_sane = models.Constraint(
        "CHECK(days >= 1)", "Within (days): enter at least one day."
    )
    _due_days_sane = models.Constraint(
        "CHECK(due_days >= 0)", "Due After (days): enter 0 or more."
    )

    @api.depends("agreement_id")
    def _compute_company_id(self):
        for rule in self:
            if rule.agreement_id:
                rule.company_id = rule.agreement_id.company_id

    @api.constrains("agreement_id")
    def _check_agreement_id(self):
        for rule in self:
            if rule.agreement_id and rule.agreement_id.kind != "sla":
                raise ValidationError(
                    self.env._(
                        "Agreement: breaches are those of promises to customers. "
                        "Choose an SLA."
                    )
                )

    # === Proposing ===

    @api.model
    def _propose(self, breaches):
        """Propose actions where breaches that were just explained complete a series.

        :param breaches: ``itsm.breach``
        :return: the new actions, in sudo
        """
        # sudo: a series counts whoever sees its tickets; the action names none of them
        env = self.sudo().env
        actions = env["itsm.action"]
        touched = breaches.sudo().filtered(  # sudo: as above
            lambda b: b.active and not b.exempt and b.cause_id.improvable
        )
        # few, and each is asked
        # pylint: disable-next=no-search-all
        rules = env["itsm.breach.rule"].search([]) if touched else self.browse()
        if not rules:
            return actions
        span = timedelta(days=max(rules.mapped("days")))
        agreements = env["itsm.agreement"].with_context(active_test=False)
        codes = [code for code in touched.agreement_id.mapped("code") if code]
        agreements = touched.agreement_id | agreements.search([("code", "in", codes)])
        found = env["itsm.breach"].search(
            Domain("agreement_id", "in", agreements.ids)
            & Domain("cause_id", "in", touched.cause_id.ids)
            & Domain("state", "=", "explained")
            & Domain("exempt", "=", False)
            & Domain("action_id", "=", False)
            & Domain("breached_at", ">=", min(touched.mapped("breached_at")) - span)
            & Domain("breached_at", "<=", max(touched.mapped("breached_at")) + span),
            order="breached_at, id",
        )
        known = actions._open_of_series(agreements, touched.cause_id)
        wanted = {self._series(breach) for breach in touched}
        vals_list, joined = [], []
        for key, free in found.grouped(self._series).items():
            if key not in wanted:
                continue
            if key in known:
                self._join(free & touched, known[key])
                continue
            rule = rules._rule_for(free[-1])
            run = rule._first_run(free) if rule else free.browse()
            if run:
                vals_list.append(rule._prepare_action(run))
                joined.append(run)
        # the series of an action is written by code only
        actions = guard.with_token(actions).create(vals_list)
        actions = guard.without_token(actions)
        for action, run in zip(actions, joined, strict=True):
            self._join(run, action)
        return actions

    @api.model
    def _series(self, breach):
        """What the breaches of a series have in common; `itsm.action._series`."""
        agreement = breach.agreement_id
        return (
            breach.company_id.id,
            agreement.code or agreement.id,
            breach.service_id.id,
            breach.cause_id.id,
        )

    @api.model
    def _join(self, breaches, action):
        if breaches:
            # Two who complete one series at once write the same rows: one of them is
            # tried again, and finds the action of the other.
            breaches._take_action(action)

    def _rule_for(self, breach):
        """The rule that holds for a breach, or none."""
        codes = breach.agreement_id
        fitting = self.filtered(
            lambda rule: (
                (not rule.company_id or rule.company_id == breach.company_id)
                and (
                    not rule.agreement_id
                    or rule.agreement_id == codes
                    or (rule.agreement_id.code and rule.agreement_id.code == codes.code)
                )
            )
        )
        return fitting.sorted(
            lambda rule: (not rule.agreement_id, not rule.company_id, rule.id)
        )[:1]

    def _first_run(self, breaches):
        """The first breaches, ordered by time, that are as many and close as needed."""
        self.ensure_one()
        span = timedelta(days=self.days)
        for position in range(len(breaches) - self.count + 1):
            run = breaches[position : position + self.count]
            if run[-1].breached_at - run[0].breached_at <= span:
                # all the later ones that lie within the same days
                last = run[0].breached_at + span
                return breaches[position:].filtered(
                    lambda breach, last=last: breach.breached_at <= last
                )
        return breaches.browse()

    def _prepare_action(self, breaches):
        """Values of the action; tickets are counted and not named."""
        self.ensure_one()
        last = breaches[-1]
        agreement = last.agreement_id
        company = last.company_id
        env = self.with_context(lang=company.partner_id.lang or self.env.lang).env
        service, cause = (
            record.with_env(env).display_name
            for record in (last.service_id, last.cause_id)
        )
        owner = self._owner_of(agreement, company)
        today = fields.Date.context_today(self)
        values = {
            "count": len(breaches),
            "days": (breaches[-1].breached_at - breaches[0].breached_at).days,
            "service": service or env._("no service"),
            "cause": cause,
            "agreement": agreement.with_env(env).display_name,
        }
        return {
            "name": env._("Repeated breaches: %(service)s, %(cause)s", **values),
            "kind": self.action_kind,
            "description": Markup("<p>%s</p>")
            % env._(
                "%(count)s promises of %(agreement)s were missed within %(days)s days "
                "for the same service and cause. Decide what takes the cause away, or "
                "give the action up with a reason.",
                **values,
            ),
            "cause": Markup("<p>%s</p>") % cause,
            "res_model": "itsm.agreement",
            "res_id": agreement.id,
            "company_id": company.id,
            "breach_service_id": last.service_id.id,
            "breach_cause_id": last.cause_id.id,
            "owner_id": owner.id,
            "due_date": today + timedelta(days=self.due_days),
        }

    def _owner_of(self, agreement, company):
        for user in (self.owner_id, agreement.owner_id):
            if user.active and not user.share and company in user.company_ids:
                return user
        return self.env.user
