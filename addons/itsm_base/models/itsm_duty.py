# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import guard
from ..tools.period import Period

STATUSES = [
    ("open", "Open"),
    ("overdue", "Overdue"),
    ("done", "Done"),
    ("late", "Done late"),
    ("waived", "Waived"),
]
#: What who does the duty writes while it is open.
EVIDENCE = {"evidence_note", "evidence_ids", "checklist"}
#: Written by whoever may write the duty; everything else is written by code.
EDITABLE = {*EVIDENCE, "active", "message_main_attachment_id"}


class ItsmDuty(models.Model):
    """Something that is to be done for one period, by a day (design 7).

    Made by the system once per definition, company, period and record it is about;
    done, waived, reopened and handed over by the buttons. What was done when and by
    whom is evidence: only code writes it, nobody deletes it. Whether a duty is overdue
    or was late is read against `due_at`, never stored.

    Requirements: CAL-01 to CAL-06, CAL-10, CAL-11.
    """

    _name = "itsm.duty"
    _inherit = ["itsm.evidence.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Duty"
    _order = "due_at, id"
    _rec_names_search = ["definition_id", "subject_name"]
    # Who may see a duty may comment on it.
    _mail_post_access = "read"
    _check_company_auto = True

    definition_id = fields.Many2one(
        comodel_name="itsm.duty.definition",
        string="Duty",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    description = fields.Text(related="definition_id.description")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    active = fields.Boolean(default=True, copy=False)
    period = fields.Selection(
        selection=[
            ("day", "Day"),
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("half", "Half-year"),
            ("year", "Year"),
        ],
        required=True,
        readonly=True,
    )
    period_start = fields.Date(
        string="Period from", required=True, readonly=True, index=True
    )
    period_end = fields.Date(
        string="Period to",
        required=True,
        readonly=True,
        help="Last day of the period that the duty is about.",
    )
    period_label = fields.Char(string="Period Name", compute="_compute_period_label")
    work_start = fields.Date(
        string="To Be Done from",
        required=True,
        readonly=True,
        help="First day of the period in which the work is done.",
    )
    due_date = fields.Date(
        string="Due",
        required=True,
        readonly=True,
        index=True,
        help="The last day in time.",
    )
    due_at = fields.Datetime(
        string="Late from",
        required=True,
        readonly=True,
        index=True,
        help="The midnight that ends the due day in the time zone of the company's "
        "working hours. A duty done before it is in time.",
    )
    res_model = fields.Char(string="Model of the Subject", readonly=True)
    res_id = fields.Many2oneReference(
        string="Subject", model_field="res_model", readonly=True
    )
    subject_name = fields.Char(
        string="About",
        readonly=True,
        help="The record that the duty is about, as it was called when the duty was "
        "made.",
    )
    state = fields.Selection(
        selection=[("open", "Open"), ("done", "Done"), ("waived", "Waived")],
        required=True,
        readonly=True,
        default="open",
        index=True,
        tracking=True,
    )
    status = fields.Selection(
        selection=STATUSES,
        compute="_compute_status",
        search="_search_status",
        help="Read against the present moment.",
    )
    is_mine = fields.Boolean(
        string="Mine or of My Roles",
        compute="_compute_is_mine",
        search="_search_is_mine",
    )
    evidence_required = fields.Boolean(readonly=True)
    checklist = fields.Html(copy=False)
    evidence_note = fields.Text(
        string="Note", copy=False, help="What was done, or where it is recorded."
    )
    evidence_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="itsm_duty_evidence_rel",
        column1="duty_id",
        column2="attachment_id",
        string="Files",
        # a file that is evidence cannot be deleted
        ondelete="restrict",
        context=guard.FIELD_CONTEXT,
        copy=False,
    )
    evidence_model = fields.Char(readonly=True)
    evidence_res_id = fields.Many2oneReference(
        string="Evidence Record", model_field="evidence_model", readonly=True
    )
    done_at = fields.Datetime(string="Done on", readonly=True, copy=False)
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        readonly=True,
        ondelete="restrict",
        copy=False,
    )
    waived_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Waived by",
        readonly=True,
        ondelete="restrict",
        copy=False,
    )
    waive_reason = fields.Text(readonly=True, copy=False, tracking=True)
    reopened_count = fields.Integer(
        string="Reopened", readonly=True, copy=False, aggregator=None
    )

    # Whatever runs at the same moment: one duty per period (CAL-10).
    _period_uniq = models.UniqueIndex(
        "(definition_id, company_id, period, period_start,"
        " COALESCE(res_model, ''), COALESCE(res_id, 0))",
        "This duty has been made already.",
    )

    # === Computes ===

    @api.depends("definition_id", "period", "period_start", "subject_name")
    def _compute_display_name(self):
        for duty in self:
            duty_sudo = duty.sudo()  # sudo: the name of a readable duty, no more
            parts = [duty_sudo.definition_id.name, duty.period_label]
            duty.display_name = " – ".join(
                part for part in [*parts, duty.subject_name] if part
            )

    @api.depends("period", "period_start")
    def _compute_period_label(self):
        for duty in self:
            duty.period_label = (
                duty.period
                and duty.period_start
                and Period.of(duty.period, duty.period_start).label
            )

    @api.depends("state", "due_at", "done_at")
    def _compute_status(self):
        now = fields.Datetime.now()
        for duty in self:
            if duty.state == "done":
                late = duty.done_at and duty.due_at and duty.done_at >= duty.due_at
                duty.status = "late" if late else "done"
            elif duty.state == "open" and duty.due_at and duty.due_at <= now:
                duty.status = "overdue"
            else:
                duty.status = duty.state

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s IN %s", self._status_sql(alias), tuple(value)
            ),
            predicate=lambda duty: duty.status in value,
        )

    @api.model
    def _status_sql(self, alias):
        """The status as SQL, for filters, groups and the analysis (CAL-11)."""
        return SQL(
            """CASE WHEN %(state)s = 'done' AND %(done_at)s >= %(due_at)s THEN 'late'
                    WHEN %(state)s = 'open' AND %(due_at)s <= %(now)s THEN 'overdue'
                    ELSE %(state)s END""",
            state=self._field_to_sql(alias, "state"),
            done_at=self._field_to_sql(alias, "done_at"),
            due_at=self._field_to_sql(alias, "due_at"),
            now=fields.Datetime.now(),
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        # Lists and boards are grouped by status, which is not stored.
        if field_expr == "status":
            self._check_field_access(self._fields["status"], "read")
            return self._status_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.depends("user_id", "role_id", "company_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        roles = self.env["itsm.role"]._role_ids_of(self.env.user)
        for duty in self:
            duty.is_mine = (
                duty.user_id == self.env.user
                or duty.role_id.id in roles.get(duty.company_id.id, ())
            )

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        roles = self.env["itsm.role"]._role_ids_of(self.env.user)
        return Domain("user_id", "=", self.env.uid) | Domain.OR(
            Domain("company_id", "=", company_id) & Domain("role_id", "in", role_ids)
            for company_id, role_ids in roles.items()
        )

    # === Evidence ===

    def write(self, vals):
        if guard.has_token(self.env) or not vals.keys() <= EDITABLE:
            return super().write(vals)
        if EVIDENCE & vals.keys() and any(duty.state != "open" for duty in self):
            raise UserError(
                self.env._(
                    "The evidence of a duty that is done or waived stays as it is. A "
                    "manager can reopen it, with a reason."
                )
            )
        if "active" in vals:
            self._check_archive(vals["active"])
        return super(ItsmDuty, guard.with_token(self)).write(vals)

    def _check_archive(self, active):
        """Managers and leads put away what is finished; nothing open is hidden."""
        self._check_group("itsm_base.itsm_group_lead")
        if not active and any(duty.state == "open" for duty in self):
            raise UserError(
                self.env._(
                    "An open duty cannot be archived. Do it, or waive it with a reason."
                )
            )

    def _evidence_message(self, operation):
        if operation == "unlink":
            return self.env._(
                "Duties are evidence and cannot be deleted. Archive those that are "
                "done; waive those that are not to be done."
            )
        if operation == "create":
            return self.env._(
                "Duties are made by the system from duty definitions. Add a definition "
                "instead."
            )
        return self.env._(
            "What a duty says is evidence and cannot be edited. Use its buttons: Done, "
            "Hand Over, Waive, Reopen."
        )

    def _check_group(self, group):
        if not self.env.su and not self.env.user.has_group(group):
            group_sudo = self.env.ref(group).sudo()  # sudo: only its name is told
            raise AccessError(
                self.env._("Only %(group)s may do this.", group=group_sudo.full_name)
            )
