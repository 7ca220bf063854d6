# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.due import MOST_WORKING_DAYS

PERIODS = [
    ("day", "Every day"),
    ("week", "Every week"),
    ("month", "Every month"),
    ("quarter", "Every quarter"),
    ("half", "Every half-year"),
    ("year", "Every year"),
]
#: What due days of open duties follow from.
DUE_FIELDS = {"due_rule", "due_day", "due_month", "due_working_days"}


class ItsmDutyDefinition(models.Model):
    """What has to be done again and again: what, who, how often, by when (design 7).

    In each company that it holds for (`itsm.duty.scope`) it makes one duty for each
    period, or one for each record, such as each process.

    Requirements: CAL-01 to CAL-06, CAL-10.
    """

    _name = "itsm.duty.definition"
    _inherit = ["mail.thread"]
    _description = "Duty Definition"
    _order = "sequence, name, id"

    name = fields.Char(string="What", required=True, translate=True, tracking=True)
    description = fields.Text(
        translate=True, help="What has to be done, and what it is good for."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The process that the duty belongs to. Duties of other companies go to "
        "their process with the same code.",
    )
    responsible = fields.Selection(
        selection=[
            ("role", "The holder of a role"),
            ("user", "A person"),
            ("subject", "The owner of what it is about"),
        ],
        string="Done by",
        required=True,
        default="role",
        tracking=True,
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Its first holder in the company is responsible; all holders see the "
        "duty and may do it.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    period = fields.Selection(
        selection=PERIODS,
        string="How Often",
        required=True,
        default="month",
        tracking=True,
    )
    concerns = fields.Selection(
        selection=[
            ("company", "As the company says"),
            ("previous", "The period before"),
            ("current", "The period itself"),
        ],
        required=True,
        default="company",
        tracking=True,
        help="What is due in April is about March, or about April. By the company's "
        "setting months and longer are about the period before (unless changed), days "
        "and weeks about themselves.",
    )
    due_rule = fields.Selection(
        selection=[
            ("company", "By the day that the company says"),
            ("day", "By a day of its own"),
            ("working_days", "Within a number of working days"),
        ],
        string="Due",
        required=True,
        default="company",
        tracking=True,
    )
    due_day = fields.Integer(
        string="Day",
        default=10,
        tracking=True,
        help="The n-th day of the month, or of the week. In a shorter month its last "
        "day.",
    )
    due_month = fields.Integer(
        string="Month",
        default=1,
        tracking=True,
        help="1 is the first month of the period in which the work is done.",
    )
    due_working_days = fields.Integer(
        string="Working Days",
        default=5,
        tracking=True,
        help="Counted from the start of the period in which the work is done; the "
        "first working day is 1.",
    )
    evidence_required = fields.Boolean(
        tracking=True,
        help="The duty is done only with a note, a file or a record as evidence.",
    )
    checklist = fields.Html(
        translate=True,
        help="Copied to each duty, where the points are ticked off.",
    )
    subject_model = fields.Selection(
        selection="_selection_subject_model",
        string="One for Each",
        tracking=True,
        help="One duty for each of these records in each period. Empty: one duty for "
        "the company.",
    )
    scope_ids = fields.One2many(
        comodel_name="itsm.duty.scope",
        inverse_name="definition_id",
        string="Companies",
        default=lambda self: self._default_scope_ids(),
        copy=False,
    )
    duty_count = fields.Integer(compute="_compute_duty_count")
    problem = fields.Text(
        compute="_compute_problem",
        help="Why no duties are made, and what to do about it.",
    )

    _due_check = models.Constraint(
        "CHECK (due_rule <> 'day' OR"
        " (due_day BETWEEN 1 AND 31 AND due_month BETWEEN 1 AND 24))",
        "A day of its own lies between 1 and 31, its month between 1 and 24.",
    )
    _working_days_check = models.Constraint(
        f"CHECK (due_rule <> 'working_days'"
        f" OR due_working_days BETWEEN 1 AND {MOST_WORKING_DAYS})",
        f"The number of working days lies between 1 and {MOST_WORKING_DAYS}.",
    )

    # === Defaults ===

    @api.model
    def _default_scope_ids(self):
        return [fields.Command.create({"company_id": self.env.company.id})]

    @api.model
    def _selection_subject_model(self):
        """What a duty can be about; a hook for other addons.

        :return: ``(model, label)`` pairs
        """
        process, service = self.env._("Process"), self.env._("Service")
        return [("itsm.process", process), ("itsm.service", service)]

    # === Computes ===

    def _compute_duty_count(self):
        counts = dict(
            self.env["itsm.duty"]._read_group(
                [("definition_id", "in", self.ids)], ["definition_id"], ["__count"]
            )
        )
        for definition in self:
            definition.duty_count = counts.get(definition._origin, 0)

    @api.depends(
        "active",
        "scope_ids.company_id.itsm_duty_calendar_id",
        "scope_ids.company_id.resource_calendar_id",
    )
    def _compute_problem(self):
        companies = self.scope_ids.company_id
        _timelines, problems = companies._itsm_duty_timelines()
        groups = (
            self.env["itsm.duty.scope"]
            .sudo()  # sudo: companies that one does not see are companies all the same
            ._read_group([("definition_id", "in", self.ids)], ["definition_id"])
        )
        somewhere = {definition.id for (definition,) in groups}
        for definition in self:
            found = [
                problems[company.id]
                for company in definition.scope_ids.company_id
                if company.id in problems
            ]
            if not definition.scope_ids and definition._origin.id not in somewhere:
                found.append(
                    self.env._(
                        "No duties are made: the list of companies is empty. Add the "
                        "company that it holds for."
                    )
                )
            definition.problem = "\n".join(found) if definition.active else False

    # === Constraints ===

    @api.constrains("responsible", "role_id", "user_id", "subject_model")
    def _check_responsible(self):
        """Somebody is named who does it."""
        for definition in self:
            if definition.responsible == "role" and not definition.role_id:
                message = self.env._(
                    "“%(name)s”: choose the role whose holder does it.",
                    name=definition.name,
                )
            elif definition.responsible == "user" and not definition.user_id:
                message = self.env._(
                    "“%(name)s”: choose the person who does it.", name=definition.name
                )
            elif definition.responsible == "subject" and not definition.subject_model:
                message = self.env._(
                    "“%(name)s”: choose what the duty is about, or let the holder of a "
                    "role do it.",
                    name=definition.name,
                )
            else:
                continue
            raise ValidationError(message)

    @api.constrains("due_rule", "due_day", "period")
    def _check_due_day(self):
        """A week has seven days."""
        for definition in self:
            most = {"day": 1, "week": 7}.get(definition.period)
            if definition.due_rule == "day" and most and definition.due_day > most:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: the day lies between 1 and %(most)s.",
                        name=definition.name,
                        most=most,
                    )
                )

    # === CRUD ===

    def write(self, vals):
        archived = self.filtered(lambda definition: not definition.active)
        result = super().write(vals)
        if vals.get("active") and archived:
            archived._start()
        if DUE_FIELDS & vals.keys():
            duties = self.env["itsm.duty"].sudo()  # sudo: duties of all companies
            duties._recompute_due([("definition_id", "in", self.ids)])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        """What duties were made from is archived, never deleted."""
        duties = self.env["itsm.duty"].sudo()  # sudo: evidence of all companies
        duties = duties.with_context(active_test=False)
        if duties.search_count([("definition_id", "in", self.ids)], limit=1):
            raise UserError(
                self.env._(
                    "Duties have been made from this definition; they are evidence. "
                    "Archive it instead: no more duties are made then."
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "name" not in (default or {}):
            for definition, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=definition.name)
        return vals_list

    # === Actions ===

    def action_generate(self):
        """Make the duties that are due to be made now, as the daily action does.

        :return: an action that says how many were made and what was in the way
        """
        self.check_access("write")
        scopes = self.filtered("active").scope_ids  # in companies of the user
        scopes_sudo = scopes.sudo()  # sudo: only code makes duties
        count, _remaining, problems = scopes_sudo._generate(limit=None)
        message = self.env._("%(count)s duties have been made.", count=count)
        if not count and not problems:
            message = self.env._(
                "No duty was to be made now: the duty of a period is made when the "
                "period begins, from the First Day under Companies on. An earlier "
                "First Day makes those of past periods too."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if count and not problems else "warning",
                "message": "\n".join([message, *dict.fromkeys(problems.values())]),
                "sticky": bool(problems),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_duties(self):
        """Open the duties that were made from this definition."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_duty_action"
        )
        action["domain"] = [("definition_id", "=", self.id)]
        action["context"] = {"active_test": False}
        return action

    # === Business methods ===

    def _start(self):
        """Begin today: no duty is made for what lies before (design: Manners)."""
        today = fields.Date.context_today(self)
        past = self.scope_ids.filtered(lambda scope: scope.date_from < today)
        past.date_from = today
        empty = self.filtered(lambda definition: not definition.scope_ids)
        self.env["itsm.duty.scope"].create(
            [
                {"definition_id": definition.id, "company_id": company.id}
                for definition in empty
                for company in self.env.companies
            ]
        )
