# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.models.itsm_priority_rule import PRIORITIES

from ..tools.escalation import AFTER, AT_RISK, BEFORE, BREACH, PERCENT
from .itsm_agreement_target import METRICS

#: What a rule applies to and when: after a change of it the past is left alone.
TIMING_FIELDS = frozenset(
    {
        "active",
        "company_id",
        "agreement_ids",
        "clock_kind",
        "metric",
        "itsm_kind",
        "for_critical",
        "for_high",
        "for_medium",
        "for_low",
        "support_line",
        "moment",
        "percent",
        "minutes",
        "also_past",
    }
)


class ItsmEscalationRule(models.Model):
    """When a clock comes to an instant, something is done, once (INC-30)."""

    _name = "itsm.escalation.rule"
    _inherit = ["itsm.run.job", "itsm.archive.mixin"]
    _description = "Escalation Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index="btree_not_null",
        default=lambda self: self.env.company,
        help="Empty: every company.",
    )

    # For which clocks and tickets
    agreement_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="Agreements",
        check_company=True,
        domain="[('is_template', '=', False)]",
        help="Empty: every agreement. Later versions of an agreement are meant too.",
    )
    clock_kind = fields.Selection(
        selection=[
            ("any", "Any clock"),
            ("sla", "SLA: promised to the customer"),
            ("ola", "OLA: promised by a team"),
            ("uc", "UC: promised by a supplier"),
        ],
        string="Clocks",
        required=True,
        default="sla",
    )
    metric = fields.Selection(
        selection=[("any", "Any target"), *METRICS],
        string="Target",
        required=True,
        default="resolution",
    )
    itsm_kind = fields.Selection(
        selection=[("incident", "Incident"), ("request", "Service request")],
        string="Only Tickets of Kind",
        help="Empty: both. A filter is judged when the rule comes due.",
    )
    for_critical = fields.Boolean(string="Critical")
    for_high = fields.Boolean(string="High")
    for_medium = fields.Boolean(string="Medium")
    for_low = fields.Boolean(string="Low")
    support_line = fields.Selection(
        selection=lambda self: self._selection_support_line(),
        string="Only Tickets On",
        help="Empty: every support line.",
    )

    # When
    moment = fields.Selection(
        selection=[
            (PERCENT, "at a share of the target"),
            (AT_RISK, "when the agreement calls the target at risk"),
            (BEFORE, "working minutes before the deadline"),
            (BREACH, "at the breach"),
            (AFTER, "working minutes after the deadline"),
        ],
        string="When",
        required=True,
        default=PERCENT,
    )
    percent = fields.Integer(
        string="Share of the Target (%)",
        default=75,
        help="1 to 1000. Above 100: after the deadline, when that much working time "
        "was used.",
    )
    minutes = fields.Integer(
        string="Working Minutes", help="Counted in the agreement's service hours."
    )
    since = fields.Datetime(
        string="In Force Since",
        copy=False,
        readonly=True,
        help="What was past by then on a clock is left alone and logged as passed "
        "over. Empty: no limit.",
    )
    also_past = fields.Boolean(
        string="Also for Clocks Already Past",
        copy=False,
        help="Fires also on clocks that were past its instant when the rule was added "
        "or changed.",
    )

    # What: tell
    tell_team_leader = fields.Boolean(
        string="Leader of the Ticket's Team",
        help="Or of the team above, or else the owner of the agreement.",
    )
    tell_leg_leader = fields.Boolean(
        string="Leader of the Team that Promised",
        help="OLA: the leader of the team whose clock it is, else of the ticket's.",
    )
    tell_assignee = fields.Boolean(string="Assigned User")
    tell_owner = fields.Boolean(string="Owner of the Agreement")
    tell_desk_leads = fields.Boolean(string="Desk Leads")
    tell_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_escalation_rule_tell_user_rel",
        string="These Users",
        domain="[('share', '=', False)]",
    )
    by_activity = fields.Boolean(default=True)
    by_mail = fields.Boolean(
        default=True,
        help="One mail for each person and turn of the scheduler, with all tickets.",
    )

    # What: the customer
    warn_customer = fields.Boolean(
        string="Warn the Customer",
        help="A mail to the ticket's contact in his language: the time agreed cannot "
        "be kept, and what is done about it.",
    )
    customer_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Mail to the Customer",
        domain="[('model', '=', 'helpdesk.ticket')]",
        default=lambda self: self.env.ref(
            "itsm_sla.mail_template_customer_warning", raise_if_not_found=False
        ),
        ondelete="restrict",
    )
    customer_action = fields.Text(
        string="Action Proposed to the Customer",
        translate=True,
        help="What the mail says is done about it, or is to be agreed. The ticket's "
        "own Action Agreed comes first.",
    )

    # What: the ticket
    raise_line = fields.Boolean(
        string="Raise to the Next Support Line",
        help="1st to 2nd, 2nd to 3rd line.",
    )
    to_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        string="Give to Team",
        check_company=True,
        ondelete="restrict",
    )
    to_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Assign To",
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    to_priority = fields.Selection(
        selection=PRIORITIES,
        string="Raise Priority To",
        help="A ticket that has this priority or a higher one keeps it.",
    )

    # What: a released server action
    run_action = fields.Boolean(string="Run a Server Action")
    server_action_id = fields.Many2one(
        comodel_name="ir.actions.server",
        domain="[('itsm_released', '=', True), ('state', '=', 'code'), "
        "('model_id.model', '=', 'helpdesk.ticket')]",
        ondelete="set null",
        help="Released by a system administrator.",
    )
    run_as_id = fields.Many2one(
        comodel_name="res.users",
        string="Run With the Rights Of",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        help="The action may do what this user may do, and nothing else.",
    )

    sentence = fields.Char(compute="_compute_sentence", help="The rule in words.")
    health = fields.Selection(
        selection=[
            ("works", "Working"),
            ("broken", "Not working"),
            ("off", "Switched off"),
        ],
        string="State",
        compute="_compute_health",
        search="_search_health",
        help="Not working: part of what the rule should do fails whenever it fires.",
    )
    problem = fields.Char(
        compute="_compute_health", help="Why the rule does not work, and the remedy."
    )
    alert_ids = fields.One2many(
        comodel_name="itsm.clock.alert", inverse_name="rule_id", readonly=True
    )
    alert_count = fields.Integer(compute="_compute_alert_count")

    _percent_range = models.Constraint(
        "CHECK(moment != 'percent' OR percent BETWEEN 1 AND 1000)",
        "Share of the Target must lie between 1 and 1000 %.",
    )
    _minutes_range = models.Constraint(
        "CHECK(minutes >= 0 AND (minutes > 0 OR moment NOT IN ('before', 'after')))",
        "Working Minutes: enter how many before or after the deadline.",
    )

    # === Computes ===

    @api.model
    def _selection_support_line(self):
        field = self.env["helpdesk.ticket"]._fields["support_line"]
        return field._description_selection(self.env)

    @api.depends(
        "moment",
        "percent",
        "minutes",
        "metric",
        "clock_kind",
        "tell_team_leader",
        "tell_leg_leader",
        "tell_assignee",
        "tell_owner",
        "tell_desk_leads",
        "tell_user_ids",
        "warn_customer",
        "raise_line",
        "to_team_id",
        "to_user_id",
        "to_priority",
        "run_action",
    )
    @api.depends_context("lang")
    def _compute_sentence(self):
        for rule in self:
            rule.sentence = self.env._(
                "%(when)s: %(what)s",
                when=rule._when_label(),
                what=", ".join(rule._what_labels()) or "–",
            )

    def _when_label(self):
        """When the rule comes due, in words."""
        self.ensure_one()
        metrics = dict(self._fields["metric"]._description_selection(self.env))
        values = {
            "target": metrics.get(self.metric, ""),
            "percent": self.percent,
            "minutes": self.minutes,
        }
        if self.moment == PERCENT:
            return self.env._("%(target)s, %(percent)s %% used", **values)
        if self.moment == BEFORE:
            return self.env._(
                "%(target)s, %(minutes)s working minutes before the deadline", **values
            )
        if self.moment == AFTER:
            return self.env._(
                "%(target)s, %(minutes)s working minutes after the deadline", **values
            )
        if self.moment == AT_RISK:
            return self.env._("%(target)s, at risk", **values)
        if self.minutes:
            return self.env._(
                "%(target)s, %(minutes)s working minutes after the breach", **values
            )
        return self.env._("%(target)s, breached", **values)

    def _what_labels(self):
        """What the rule does, in words."""
        self.ensure_one()

        def label(name):
            return self._fields[name]._description_string(self.env)

        told = [
            label(name)
            for name in (
                "tell_team_leader",
                "tell_leg_leader",
                "tell_assignee",
                "tell_owner",
                "tell_desk_leads",
            )
            if self[name]
        ]
        # sudo: names in the rule's own sentence
        told += self.sudo().tell_user_ids.mapped("name")
        labels = []
        if self.raise_line:
            labels.append(label("raise_line"))
        for name in ("to_team_id", "to_user_id"):
            if self[name]:
                # sudo: as above
                value = self.sudo()[name].display_name
                labels.append(f"{label(name)} {value}")
        if self.to_priority:
            priorities = dict(
                self._fields["to_priority"]._description_selection(self.env)
            )
            labels.append(f"{label('to_priority')} {priorities[self.to_priority]}")
        if told:
            labels.append(self.env._("tell %(who)s", who=", ".join(told)))
        if self.warn_customer:
            labels.append(label("warn_customer"))
        if self.run_action:
            labels.append(label("run_action"))
        return labels

    @api.depends(
        "active",
        "run_action",
        "server_action_id",
        "run_as_id.active",
        "to_user_id.active",
        "to_team_id.active",
        "tell_user_ids.active",
    )
    @api.depends_context("lang")
    def _compute_health(self):
        for rule in self:
            rule.problem = rule._problem() or False
            if not rule.active:
                rule.health = "off"
            else:
                rule.health = "broken" if rule.problem else "works"

    def _search_health(self, operator, value):
        if operator != "in":
            return NotImplemented
        # There are some dozens of rules.
        rules = self.with_context(active_test=False).search(Domain.TRUE)
        return [("id", "in", rules.filtered(lambda rule: rule.health in value).ids)]

    def _problem(self):
        """Why part of the rule fails whenever it fires, in words, or None."""
        self.ensure_one()
        if self.run_action:
            problem = self._server_action_problem()
            if problem:
                return problem
        # sudo: whether somebody has left does not depend on who asks
        rule = self.sudo()
        if rule.to_user_id and not rule.to_user_id.active:
            return self.env._(
                "Assign To: %(user)s has left. Choose somebody else.",
                user=rule.to_user_id.name,
            )
        if rule.to_team_id and not rule.to_team_id.active:
            return self.env._(
                "Give to Team: %(team)s is archived. Choose another team.",
                team=rule.to_team_id.name,
            )
        if not rule._what_labels():
            return self.env._(
                "Everybody whom the rule tells has left. Choose somebody else."
            )
        return None

    def _compute_alert_count(self):
        counts = dict(
            self.env["itsm.clock.alert"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.alert_count = counts.get(rule, 0)

    # === Constraints ===

    @api.constrains(
        "tell_team_leader",
        "tell_leg_leader",
        "tell_assignee",
        "tell_owner",
        "tell_desk_leads",
        "tell_user_ids",
        "by_activity",
        "by_mail",
        "warn_customer",
        "raise_line",
        "to_team_id",
        "to_user_id",
        "to_priority",
        "run_action",
    )
    def _check_does_something(self):
        for rule in self:
            if not rule._what_labels():
                raise ValidationError(
                    self.env._(
                        "%(rule)s does nothing: choose whom it tells or what it "
                        "changes.",
                        rule=rule.name,
                    )
                )
            if rule._tells() and not (rule.by_activity or rule.by_mail):
                raise ValidationError(
                    self.env._(
                        "%(rule)s: choose By Activity, By Mail or both.", rule=rule.name
                    )
                )

    @api.constrains("warn_customer", "customer_template_id", "clock_kind")
    def _check_warn_customer(self):
        for rule in self.filtered("warn_customer"):
            if rule.clock_kind != "sla":
                raise ValidationError(
                    self.env._(
                        "Warn the Customer: only clocks that were promised to the "
                        "customer concern him. Set Clocks to SLA."
                    )
                )
            template = rule.customer_template_id
            if not template or template.model != "helpdesk.ticket":
                raise ValidationError(
                    self.env._("Mail to the Customer: choose a template for tickets.")
                )

    @api.constrains("run_action", "server_action_id", "run_as_id")
    def _check_server_action(self):
        for rule in self.filtered("run_action"):
            problem = rule._server_action_problem()
            if problem:
                raise ValidationError(problem)

    def _server_action_problem(self):
        """Why the server action may not run, in words, or None."""
        self.ensure_one()
        # sudo: whether an action is released does not depend on who asks
        action = self.sudo().server_action_id
        if not action:
            return self.env._(
                "Server Action: none is chosen, or it was deleted. Choose a released "
                "one."
            )
        if "active" in action._fields and not action.active:
            return self.env._(
                "Server Action: %(action)s is archived.", action=action.name
            )
        if not action.itsm_released:
            return self.env._(
                "Server Action: %(action)s is not released. Ask a system "
                "administrator to release it, or choose another.",
                action=action.name,
            )
        # Odoo runs other types with more rights than those of the user.
        if action.state != "code" or action.model_id.model != "helpdesk.ticket":
            return self.env._(
                "Server Action: %(action)s is not code for tickets. Actions of other "
                "types do not keep to the rights of a user.",
                action=action.name,
            )
        # sudo: as above
        user = self.sudo().run_as_id
        if not user or not user.active or user.share:
            return self.env._(
                "Run With the Rights Of: choose an active user of the company."
            )
        if user._is_superuser() or any(
            user.has_group(name)
            for name in ("base.group_system", "base.group_erp_manager")
        ):
            return self.env._(
                "Run With the Rights Of: %(user)s is a system administrator or manages "
                "access rights. Choose a user with no more rights than the action "
                "needs.",
                user=user.name,
            )
        if user not in action.itsm_run_as_ids:
            return self.env._(
                "Run With the Rights Of: %(action)s is not released for the rights of "
                "%(user)s. Ask a system administrator to enter the user on the action.",
                action=action.name,
                user=user.name,
            )
        return None

    @api.constrains("tell_user_ids", "to_user_id", "company_id")
    def _check_users(self):
        """Only users of the provider, who work in the rule's company."""
        for rule in self.sudo():  # sudo: users' companies, whoever makes the rule
            for user in rule.tell_user_ids | rule.to_user_id:
                if user.share:
                    raise ValidationError(
                        self.env._(
                            "%(user)s is not an internal user: choose somebody of the "
                            "desk.",
                            user=user.name,
                        )
                    )
                if rule.company_id and rule.company_id not in user.company_ids:
                    raise ValidationError(
                        self.env._(
                            "%(user)s does not work in %(company)s: choose somebody "
                            "else, or allow the company on the user.",
                            user=user.name,
                            company=rule.company_id.name,
                        )
                    )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        vals_list = [
            {"since": False if vals.get("also_past") else now, **vals}
            for vals in vals_list
        ]
        rules = super().create(vals_list)
        rules._check_shared()
        rules._mark_changed()
        rules._look_again()
        return rules

    def write(self, vals):
        self._check_shared()
        timing = not TIMING_FIELDS.isdisjoint(vals)
        if timing and "since" not in vals:
            for also_past, rules in self.grouped(
                lambda rule: vals.get("also_past", rule.also_past)
            ).items():
                since = False if also_past else fields.Datetime.now()
                super(ItsmEscalationRule, rules).write({"since": since})
        result = super().write(vals)
        self._check_shared()
        self._mark_changed()
        if timing:
            self._look_again()
        return result

    def unlink(self):
        self._check_shared()
        self._mark_changed()
        return super().unlink()

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.clock.alert", "rule_id")]

    def _archive_message(self):
        return self.env._(
            "An escalation rule that has fired is evidence: archive it instead of "
            "deleting it."
        )

    def _check_shared(self):
        """A rule of every company is changed by who may work in every company.

        :raise AccessError: naming the rule and the remedy
        """
        shared = self.filtered(lambda rule: not rule.company_id)
        if not shared or self.env.su:
            return
        if self.env.user.has_group("itsm_base.itsm_group_manager"):
            return
        # sudo: companies that the user does not see count
        others = self.env["res.company"].sudo()
        if others.search_count([("id", "not in", self.env.user.company_ids.ids)]):
            raise AccessError(
                self.env._(
                    "%(rule)s holds for every company. Make a copy for your company, "
                    "or ask an ITSM manager.",
                    rule=shared[0].name,
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for rule, vals in zip(self, vals_list, strict=True):
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=rule.name)
        return vals_list

    # === Actions ===

    def action_preview(self):
        """Show on which open clocks the rule would fire and when; changes nothing."""
        self.ensure_one()
        self.check_access("read")
        return self.env["itsm.escalation.preview"]._open(self)

    def action_view_alerts(self):
        """Open what the rule has done so far."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_clock_alert_action"
        )
        return action | {"domain": [("rule_id", "=", self.id)], "context": {}}
