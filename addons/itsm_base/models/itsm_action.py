# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

KINDS = [
    ("correction", "Correction"),
    ("corrective", "Corrective action"),
    ("preventive", "Preventive action"),
    ("improvement", "Improvement"),
]
STATES = [
    ("open", "Open"),
    ("progress", "In Progress"),
    ("done", "Done"),
    ("effective", "Verified Effective"),
    ("not_effective", "Not Effective"),
    ("cancelled", "Cancelled"),
]
#: States in which the owner is at work.
ACTIVE = ("open", "progress")


class ItsmAction(models.Model):
    """Something somebody does about something, and whether it helped.

    Corrections, corrective and preventive actions, improvements, of any record of any
    addon (`itsm.action.mixin`). What may be written when is in
    ``itsm_action_guard.py``, the steps in ``itsm_action_step.py``.
    """

    _name = "itsm.action"
    _description = "Action"
    _inherit = [
        "itsm.archive.mixin",
        "itsm.step.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "due_date, id"
    _check_company_auto = True

    name = fields.Char(string="Action", required=True, tracking=True)
    kind = fields.Selection(
        selection=KINDS,
        required=True,
        default="corrective",
        index=True,
        tracking=True,
        help="Correction: puts the matter right now. Corrective action: takes away the "
        "cause. Preventive action: takes away what could become a cause. Improvement: "
        "makes better what works.",
    )
    state = fields.Selection(
        selection=STATES,
        required=True,
        default="open",
        readonly=True,
        index=True,
        tracking=True,
    )
    description = fields.Html(string="What to Do")
    cause = fields.Html(help="Why it happened, as far as it is known.")
    res_model = fields.Char(string="Model of the Origin", index=True)
    res_id = fields.Many2oneReference(
        string="Record of the Origin",
        model_field="res_model",
        index="btree_not_null",
    )
    origin = fields.Reference(
        selection="_selection_origin",
        compute="_compute_origin",
        inverse="_inverse_origin",
        help="What the action follows from.",
    )
    origin_name = fields.Char(
        string="Follows from",
        compute="_compute_origin_name",
        help="Empty if you may not see it.",
    )
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Sees to it that it is done.",
    )
    due_date = fields.Date(required=True, index=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    active = fields.Boolean(default=True, tracking=True)
    restricted = fields.Boolean(
        string="Personal",
        help="Only the owner, the checker, who wrote it down and managers see it.",
        tracking=True,
    )
    # What shows that it was done
    evidence_note = fields.Text(
        string="What Was Done", copy=False, help="In words; needed to be done."
    )
    # restrict: a file that is evidence cannot be deleted
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Evidence",
        copy=False,
        ondelete="restrict",
        help="Files that show it; needed to be done.",
    )
    done_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    done_at = fields.Datetime(string="Done on", readonly=True, copy=False)
    # Did it help?
    needs_check = fields.Boolean(
        compute="_compute_needs_check",
        store=True,
        help="A correction is closed when it is done; the others when their "
        "effectiveness was checked.",
    )
    checker_id = fields.Many2one(
        comodel_name="res.users",
        string="Checked by",
        index="btree_not_null",
        domain="[('share', '=', False), ('id', '!=', owner_id)]",
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Who checks whether it helped; never the owner and never who did it. "
        "Empty: any other person who may write the action.",
    )
    check_date = fields.Date(
        string="Check due",
        compute="_compute_check_date",
        store=True,
        readonly=False,
        tracking=True,
        copy=False,
        help="Until when it is checked; proposed: thirty days after the due date.",
    )
    check_note = fields.Text(
        string="What the Check Showed", copy=False, help="Needed to decide."
    )
    checked_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Effectiveness Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    checked_at = fields.Datetime(string="Checked on", readonly=True, copy=False)
    kpi_id = fields.Many2one(
        comodel_name="itsm.kpi",
        string="KPI",
        index="btree_not_null",
        ondelete="restrict",
        help="What is measured before and after.",
    )
    measure = fields.Char(
        compute="_compute_measure",
        store=True,
        readonly=False,
        help="What is measured, in words; empty if nothing is.",
    )
    unit = fields.Char(compute="_compute_measure", store=True, readonly=False)
    value_before = fields.Float(digits=False, aggregator=None, copy=False)
    value_before_date = fields.Date(
        string="Measured before on",
        copy=False,
        help="Without a date there is no value.",
    )
    value_after = fields.Float(digits=False, aggregator=None, copy=False)
    value_after_date = fields.Date(
        string="Measured after on", copy=False, help="Without a date there is no value."
    )
    cancel_reason = fields.Char(string="Reason to Give up", copy=False, tracking=True)
    previous_id = fields.Many2one(
        comodel_name="itsm.action",
        string="Follow-up of",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The action that did not help.",
    )
    follow_up_ids = fields.One2many(
        comodel_name="itsm.action", inverse_name="previous_id", string="Follow-ups"
    )
    is_closed = fields.Boolean(
        string="Closed", compute="_compute_is_closed", store=True, index=True
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Not done by the due date, or done and not checked by the check date.",
    )

    _origin_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # === Computes ===

    @api.model
    def _selection_origin(self):
        """Models whose records actions can follow from."""
        return [
            (name, self.env["ir.model"]._get(name).sudo().name)  # sudo: a label
            for name in sorted(self.env.registry)
            if not self.env[name]._abstract
            and (field := self.env[name]._fields.get("action_ids"))
            and field.comodel_name == self._name
            and getattr(field, "inverse_name", None) == "res_id"
        ]

    @api.depends("res_model", "res_id")
    def _compute_origin(self):
        offered = dict(self._selection_origin())
        for action in self:
            action.origin = (
                f"{action.res_model},{action.res_id}"
                if action.res_id and action.res_model in offered
                else False
            )

    def _inverse_origin(self):
        for action in self:
            origin = action.origin
            action.write(
                {
                    "res_model": origin._name if origin else False,
                    "res_id": origin.id if origin else False,
                }
            )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_origin_name(self):
        self.origin_name = False
        for model_name, actions in self.grouped("res_model").items():
            if not model_name or model_name not in self.env:
                continue
            origins = self.env[model_name].browse(set(actions.mapped("res_id")))
            names = {
                origin.id: origin.display_name
                for origin in origins.exists()._filtered_access("read")
            }
            for action in actions:
                action.origin_name = names.get(action.res_id)

    @api.depends("kind")
    def _compute_needs_check(self):
        for action in self:
            action.needs_check = action.kind != "correction"

    @api.depends("due_date")
    def _compute_check_date(self):
        for action in self:
            if action.due_date:
                action.check_date = fields.Date.add(action.due_date, days=30)

    @api.depends("kpi_id")
    def _compute_measure(self):
        units = dict(
            self.env["itsm.kpi"]._fields["unit"]._description_selection(self.env)
        )
        for action in self:
            if action.kpi_id:
                action.measure = action.kpi_id.name
                action.unit = units.get(action.kpi_id.unit)

    @api.depends("state", "needs_check")
    def _compute_is_closed(self):
        for action in self:
            action.is_closed = action.state in (
                "effective",
                "not_effective",
                "cancelled",
            ) or (action.state == "done" and not action.needs_check)

    @api.depends("state", "due_date", "check_date", "needs_check")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for action in self:
            if action.state in ACTIVE:
                due = action.due_date
            elif action.state == "done" and action.needs_check:
                due = action.check_date
            else:
                due = False
            action.is_overdue = bool(due and due < today)

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        overdue = (Domain("state", "in", ACTIVE) & Domain("due_date", "<", today)) | (
            Domain("state", "=", "done")
            & Domain("needs_check", "=", True)
            & Domain("check_date", "<", today)
        )
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    # === Constraints ===

    @api.constrains("owner_id", "checker_id")
    def _check_people(self):
        # sudo: whose user is whose does not depend on who asks
        for action in self.sudo():
            customers = (action.owner_id | action.checker_id).filtered("share")
            if customers:
                raise ValidationError(
                    self.env._(
                        "%(user)s is no user of the organisation and can neither do "
                        "nor check %(name)s. Choose a colleague.",
                        user=customers[0].name,
                        name=action.name,
                    )
                )

    @api.constrains("owner_id", "checker_id")
    def _check_checker_id(self):
        for action in self:
            if action.checker_id and action.checker_id == action.owner_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s: whether it helped is checked by somebody other than "
                        "the owner. Choose another person, or leave the checker empty.",
                        name=action.name,
                    )
                )

    # === CRUD ===

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if not (default or {}).get("name"):
            for action, vals in zip(self, vals_list, strict=True):
                vals["name"] = self.env._("%(name)s (copy)", name=action.name)
        return vals_list

    def _archive_kept(self):
        user = self.env.user
        manager = user.has_group("itsm_base.itsm_group_manager")
        # A mistake is deleted by who made it: who was given an action gives it up.
        used = self.filtered(
            lambda action: (
                action.state != "open"
                or action.evidence_note
                or action.attachment_ids
                or not (manager or action.create_uid == user)
            )
        )
        return super()._archive_kept() | used

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.action", "previous_id"),
            ("itsm.meeting.line", "action_ids"),
        ]
