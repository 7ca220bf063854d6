# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.approval import is_silent

STATES = {
    "no": "none",
    "waiting": "waiting",
    "pending": "waiting",
    "validated": "approved",
    "rejected": "rejected",
}


class ItsmApprovalMixin(models.AbstractModel):
    """Records that are approved in steps, by people who did not ask for it (design 8).

    A model inherits this mixin and says by the attributes of ``base_tier_validation``
    what its states mean:

    - ``_state_field``: a plain stored selection (no compute, no related);
    - ``_state_from``: states before the approval, the first one being the beginning;
    - ``_cancel_state``: the state of what is given up.

    Every other state is a later one: it needs the approval, whoever writes it and by
    whatever way. Writing a state never asks for an approval and never decides one.

    While a record waits for a decision and after it is approved, it is locked: fields
    (except ``_approval_unlocked_fields``), lines (``itsm.approval.line.mixin``) and
    files. Going back to the beginning ends the approval. Nothing that was decided is
    ever deleted.

    Hooks, called in sudo: ``_approval_requested``, ``_approval_approved``,
    ``_approval_rejected``, ``_approval_ended``. The steps are records of
    ``tier.definition``; without a matching one nothing is approved.
    """

    _name = "itsm.approval.mixin"
    _inherit = ["tier.validation", "mail.thread", "mail.activity.mixin"]
    _description = "Record that is Approved"

    # The views are our own, see itsm_approval_view.py.
    _tier_validation_manual_config = True

    review_ids = fields.One2many(
        domain=lambda self: [("model", "=", self._name), ("is_past", "=", False)],
    )
    past_review_ids = fields.One2many(
        comodel_name="tier.review",
        inverse_name="res_id",
        string="Earlier Rounds",
        domain=lambda self: [("model", "=", self._name), ("is_past", "=", True)],
        bypass_search_access=True,
    )
    decision_ids = fields.One2many(
        comodel_name="itsm.approval.decision",
        inverse_name="res_id",
        string="Decisions",
        domain=lambda self: [("model", "=", self._name)],
        bypass_search_access=True,
    )
    approval_state = fields.Selection(
        selection=[
            ("none", "Not asked for"),
            ("waiting", "Waiting for approval"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
        ],
        string="Approval",
        compute="_compute_approval_state",
        store=True,
        copy=False,
        index=True,
    )
    approval_message = fields.Text(compute="_compute_approval_message")
    can_decide = fields.Boolean(
        string="Waiting for Me",
        compute="_compute_can_decide",
        search="_search_can_decide",
    )

    # === Computes ===

    @api.depends("review_ids", "review_ids.status", "review_ids.is_past")
    def _compute_validation_status(self):
        return super()._compute_validation_status()

    @api.depends("validation_status")
    def _compute_approval_state(self):
        for record in self:
            record.approval_state = STATES.get(record.validation_status, "none")

    @api.depends("approval_state")
    def _compute_need_validation(self):
        for record in self:
            record.need_validation = (
                isinstance(record.id, int)
                and record.approval_state in ("none", "rejected")
                and record._check_state_from_condition()
            )

    @api.depends("review_ids.status", "review_ids.is_past", "decision_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        reviews = self.review_ids
        standing = reviews._approval_standing(self.env.user)
        for record in self:
            record.can_decide = any(
                standing[review.id][0] for review in record.review_ids._origin
            )

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self.env["tier.review"]._approval_mine(Domain("model", "=", self._name))
        return Domain("id", "in", mine.mapped("res_id"))

    @api.depends("can_decide")
    @api.depends_context("uid")
    def _compute_can_review(self):
        for record in self:
            record.can_review = record.can_decide

    @api.model
    def _search_can_review(self, operator, value):
        return self._search_can_decide(operator, value)

    @api.depends("review_ids.status", "review_ids.is_past", "decision_ids")
    @api.depends_context("lang")
    def _compute_approval_message(self):
        """What is waited for, in a sentence a step. For one record, not for lists."""
        for record in self:
            lines = []
            for review in record.review_ids._origin.sudo():  # names of who is asked
                if review.status == "pending":
                    lines.append(record._approval_step_message(review))
            record.approval_message = "\n".join(lines)

    def _approval_step_message(self, review):
        voters = review._approval_voters()
        if not voters:
            return self.env._(
                "“%(step)s”: nobody is left who may decide. Take the request back, or "
                "have others named for the step.",
                step=review.name,
            )
        names = ", ".join(voters[:5].mapped("name"))
        if len(voters) > 5:
            names = self.env._(
                "%(names)s and %(count)s more", names=names, count=len(voters) - 5
            )
        yes = len(review.decision_ids.filtered(lambda d: d.decision == "yes"))
        if review.approval_rule == "number":
            return self.env._(
                "“%(step)s” waits for: %(names)s (%(yes)s of %(needed)s approvals).",
                step=review.name,
                names=names,
                yes=yes,
                needed=review._approval_needed(),
            )
        if review.approval_rule == "all":
            return self.env._(
                "“%(step)s” waits for all of: %(names)s.", step=review.name, names=names
            )
        return self.env._(
            "“%(step)s” waits for: %(names)s.", step=review.name, names=names
        )

    # === What the record says ===

    def _get_company(self):
        """The company whose steps, roles and working days hold.

        Without one on the record that of whoever asks for the approval: it must not
        depend on the company in which somebody happens to work when he decides.
        """
        name = self._tier_validation_company_field
        company = name in self._fields and self[name]
        if company:
            return company
        # sudo: the company of the requester, whoever asks
        requester = self.sudo().review_ids[:1].requested_by or self.env.user.sudo()
        return requester.company_id

    def _approval_requesters(self, review):
        """Who never decides: who asked for the approval and who made the record.

        :param review: ``tier.review``
        :rtype: res.users
        """
        return review.sudo().requested_by | self.sudo().create_uid  # whoever asks

    def _approval_admits(self, user):
        """Whether somebody may decide at all: users of the organisation.

        A model may admit users of the portal, who decide on the page behind the link of
        the mail. Called in sudo.

        :param user: ``res.users``
        :rtype: bool
        """
        return not user.share

    def _approval_url(self):
        """Where the page for deciding leads to the whole record.

        :rtype: str
        """
        self.ensure_one()
        return f"/odoo/{self._name}/{self.id}"

    def _approval_readers(self, users):
        """Those of these users who can read the record; who cannot decides nothing.

        :param users: ``res.users``
        :rtype: res.users
        """
        self.ensure_one()
        return users.filtered(
            lambda user: (
                self.with_user(user)
                .with_context(allowed_company_ids=user._get_company_ids())
                .has_access("read")
            )
        )

    def _approval_is_silent(self):
        """Whether nobody is told about the approval (history, imports).

        Said by code (`tools.approval.silently`), never by a key of a remote call.
        """
        return is_silent(self)

    def _approval_page_html(self):
        """What is to be approved as a page for the eye, without scripts or links.

        Shown on the page behind the mail's link. Empty by default.

        :rtype: str
        """
        self.ensure_one()
        return ""

    def _approval_summary_fields(self):
        """Names of the fields that the page for deciding shows.

        :rtype: list[str]
        """
        return [
            name
            for name in (self._rec_name, self._tier_validation_company_field)
            if name and name in self._fields
        ]
