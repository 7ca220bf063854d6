# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools import guard
from ..tools.approval import is_approval_model


class TierReview(models.Model):
    """One step of one request for approval.

    The bare engine lets every internal user write, create and delete these. For
    records of models that inherit ``itsm.approval.mixin`` they are written by the code
    that holds the token, and never deleted: a request that is made again begins
    another round. Reviews of other models stay as they are.
    """

    _name = "tier.review"
    _inherit = ["tier.review", "itsm.approval.access.mixin"]

    # Never deleted, so asked for in ever larger tables.
    definition_id = fields.Many2one(index=True)
    is_itsm = fields.Boolean(
        compute="_compute_is_itsm",
        search="_search_is_itsm",
        export_string_translation=False,
    )
    approval_round = fields.Integer(string="Round", readonly=True, aggregator=None)
    is_past = fields.Boolean(
        string="Earlier Round",
        readonly=True,
        help="The request was taken back, rejected and made again, or the approval "
        "ended because the record went back to the beginning.",
    )
    # As it was when approval was asked for; a change of the step holds from then on.
    approval_rule = fields.Selection(
        selection=[
            ("any", "One of them approves"),
            ("first", "The first of them decides"),
            ("number", "A number of them approve"),
            ("all", "All of them approve"),
        ],
        string="Rule",
        readonly=True,
    )
    quorum = fields.Integer(
        string="Number of Approvals", readonly=True, aggregator=None
    )
    pending_at = fields.Datetime(string="Waiting since", readonly=True)
    due_date = fields.Date(readonly=True, index="btree_not_null")
    remind_at = fields.Datetime(
        string="Next Reminder", readonly=True, index="btree_not_null"
    )
    # Conflicts on purpose when two people decide at the same moment.
    decision_count = fields.Integer(string="Decisions", readonly=True, aggregator=None)
    decision_ids = fields.One2many(
        comodel_name="itsm.approval.decision", inverse_name="review_id", readonly=True
    )
    record_name = fields.Char(string="About", compute="_compute_record_name")
    record_type = fields.Char(string="Kind", compute="_compute_record_name")
    is_overdue = fields.Boolean(
        string="Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    can_decide = fields.Boolean(
        string="Waiting for Me",
        compute="_compute_can_decide",
        search="_search_can_decide",
    )

    _pending_idx = models.Index("(model, res_id) WHERE status = 'pending'")

    # === Computes ===

    @api.depends("model")
    def _compute_is_itsm(self):
        for review in self:
            review.is_itsm = is_approval_model(self.env, review.model)

    def _search_is_itsm(self, operator, value):
        if operator != "in":
            return NotImplemented
        names = self.env["tier.definition"]._itsm_approval_models()
        return Domain("model", "in", names)

    @api.depends("model", "res_id")
    @api.depends_context("uid", "lang")
    def _compute_record_name(self):
        """Names of records that the user may read; a query or two for each model."""
        self.record_name = self.record_type = False
        for name, reviews in self.filtered("res_id").grouped("model").items():
            if name not in self.env:
                continue
            reviews.record_type = self.env["ir.model"]._get(name).sudo().name  # a label
            records = self.env[name].with_context(active_test=False)
            if not records.has_access("read"):
                continue
            records = records.search([("id", "in", reviews.mapped("res_id"))])
            names = {record.id: record.display_name for record in records}
            for review in reviews:
                review.record_name = names.get(review.res_id)

    @api.depends("due_date", "status")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for review in self:
            review.is_overdue = bool(
                review.status == "pending"
                and review.due_date
                and review.due_date < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("status", "=", "pending") & Domain("due_date", "<", today)

    @api.depends("status", "is_past", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        standing = self._approval_standing(self.env.user)
        for review in self:
            review.can_decide = bool(standing[review._origin.id][0])

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("id", "in", self._approval_mine().ids)

    def _get_reviewers(self):
        # Whom the counter in the top bar and the texts name. Who may decide is worked
        # out when somebody decides.
        if not self.is_itsm:
            return super()._get_reviewers()
        people = self._approval_candidates().get(self.id, self.env["res.users"])
        return people | self.env["itsm.substitute"]._for_people(people).substitute_id

    @api.model
    def _get_reviewer_fields(self):
        return [
            *super()._get_reviewer_fields(),
            "definition_id.role_id.holder_ids.user_id",
        ]

    def _can_review_value(self):
        if not self.is_itsm:
            return super()._can_review_value()
        return self.status == "pending" and not self.is_past

    # === CRUD: nobody but the engine ===

    @api.model_create_multi
    def create(self, vals_list):
        reviews = super().create(vals_list)
        # Afterwards, so that no default of a context names another model.
        reviews._check_forged()
        return reviews

    def write(self, vals):
        self._check_forged()
        result = super().write(vals)
        if "model" in vals:
            self._check_forged()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_itsm(self):
        self._check_forged()

    def _check_forged(self):
        """Raise ``AccessError`` if these are of a model of ours and no token is held.

        Neither access rights nor ``sudo()`` open them, nor commands of an import or of
        a form that holds them.
        """
        if guard.has_token(self.env):
            return
        if any(review.is_itsm for review in self.sudo()):  # only to know the model
            raise AccessError(
                self.env._(
                    "Approvals are evidence: they are decided with the buttons of the "
                    "record, in “My Approvals” or by the link in the mail, and cannot "
                    "be written or deleted."
                )
            )

    def _update_review_status(self):
        # The turn of a step comes when the step before it is decided, whatever the
        # context says and whoever looks.
        return super(
            TierReview, self.filtered(lambda review: not review.is_itsm)
        )._update_review_status()

    # === Buttons ===

    def action_open_record(self):
        """Open the record that is decided about.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_open_approve(self):
        """Ask for a comment and approve these steps, one or many at once."""
        return self._approval_open_dialog("yes")

    def action_open_reject(self):
        """Ask for the reason and reject these steps, one or many at once."""
        return self._approval_open_dialog("no")

    def action_open_abstain(self):
        """Ask for a comment and abstain from these steps, one or many at once."""
        return self._approval_open_dialog("abstain")

    def _approval_open_dialog(self, decision, channel="list"):
        """The dialog with the comment for these steps.

        :param str decision: yes, no or abstain
        :param str channel: form or list
        :return: an action
        :rtype: dict
        """
        self.check_access("read")
        if not self:
            raise UserError(self.env._("Choose what you want to decide first."))
        self._approval_check_standing()
        dialog = self.env["itsm.approval.decide"].create(
            {
                "decision": decision,
                "channel": channel,
                "review_ids": [fields.Command.set(self.ids)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": dialog._title(),
            "res_model": dialog._name,
            "res_id": dialog.id,
            "views": [(False, "form")],
            "target": "new",
        }
