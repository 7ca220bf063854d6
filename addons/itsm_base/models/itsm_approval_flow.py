# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import guard
from ..tools.approval import NEW_STEP, trusted
from .itsm_approval_decision import DECISIONS
from .tier_review_notice import ACTIVITY

#: Context of the buttons: the steps that the form showed.
SHOWN = "itsm_approval_shown"


class ItsmApprovalMixin(models.AbstractModel):
    """How an approval goes: asked for, decided step by step, ended (design 8)."""

    _inherit = "itsm.approval.mixin"

    # === Buttons, also called by other addons ===

    def action_request_approval(self):
        """Ask for the approval of these records.

        :raise AccessError: the user may not write them
        :raise UserError: wrong state, no step, nobody who may decide; says what to do
        """
        self.check_access("write")
        for record in trusted(self):
            record._approval_request()
        return True

    def action_approve(self, comment=None):
        """Approve the step of these records that waits for the user.

        :param str comment: kept with the decision
        :raise UserError: he may not decide; the message says why
        """
        return self._approval_decide("yes", comment)

    def action_reject(self, comment=None):
        """Reject the step of these records that waits for the user.

        :param str comment: the reason, which the requester reads; required
        :raise UserError: he may not decide, or gives no reason
        """
        return self._approval_decide("no", comment)

    def action_abstain(self, comment=None):
        """Abstain from the step of these records that waits for the user.

        :param str comment: kept with the decision
        :raise UserError: he may not decide; the message says why
        """
        return self._approval_decide("abstain", comment)

    def action_restart_approval(self):
        """Take the request back; what was decided stays in the history.

        :raise AccessError: the user may not write the records
        :raise UserError: there is no request, or the record has gone on
        """
        self.check_access("write")
        for record in self:
            if record.approval_state == "none":
                raise UserError(
                    self.env._(
                        "Approval was not asked for %(name)s.", name=record.display_name
                    )
                )
            if not record._check_state_from_condition():
                raise UserError(
                    self.env._(
                        "%(name)s has gone on since it was approved. Set it back to "
                        "the beginning instead: that ends the approval.",
                        name=record.display_name,
                    )
                )
            record._approval_end_round()
        return True

    def action_open_approve(self):
        """Open the dialog with the comment to approve."""
        return self._approval_open_dialog("yes")

    def action_open_reject(self):
        """Open the dialog with the reason to reject."""
        return self._approval_open_dialog("no")

    def action_open_abstain(self):
        """Open the dialog with the comment to abstain."""
        return self._approval_open_dialog("abstain")

    def _approval_open_dialog(self, decision):
        self.check_access("read")
        self._approval_check_shown()
        return self._approval_my_steps()._approval_open_dialog(decision, channel="form")

    # === The names of the bare engine lead to the same ===

    def request_validation(self):
        """See `action_request_approval`; returns the steps, as the engine does."""
        self.action_request_approval()
        return self.review_ids

    def validate_tier(self):
        """See `action_approve`."""
        return self.action_approve()

    def reject_tier(self):
        """Open the dialog: a rejection needs a reason."""
        return self.action_open_reject()

    def restart_validation(self):
        """See `action_restart_approval`."""
        return self.action_restart_approval()

    def _validate_tier(self, tiers=False):
        self.action_approve()

    def _rejected_tier(self, tiers=False):
        # A rejection without a reason is refused, with what is missing.
        self.action_reject()

    # === Asking ===

    def _approval_definitions(self):
        """The steps whose condition the record meets, in their natural order.

        :rtype: tier.definition
        """
        self.ensure_one()
        # sudo: steps hold for everybody, whoever may read their set-up
        definitions = self.env["tier.definition"].sudo()
        company = self._get_company()
        definitions = definitions.search(
            Domain("model", "=", self._name)
            & Domain("company_id", "in", [False, company.id]),
            order="sequence, id",
        )
        record = self.sudo()  # conditions may name fields the requester cannot read
        return definitions.filtered(
            lambda definition: bool(record.evaluate_tier(definition))
        )

    def _approval_check_request(self):
        self.ensure_one()
        name = self.display_name
        if self.approval_state == "waiting":
            raise UserError(
                self.env._("%(name)s waits for approval already.", name=name)
            )
        if self.approval_state == "approved":
            raise UserError(self.env._("%(name)s is approved already.", name=name))
        if not self._check_state_from_condition():
            raise UserError(
                self.env._(
                    "Approval of %(name)s can only be asked for at the beginning. Set "
                    "it back first.",
                    name=name,
                )
            )

    def _approval_request(self):
        self._approval_check_request()
        definitions = self._approval_definitions()
        if not definitions:
            raise UserError(
                self.env._(
                    "No approval step is set up for %(model)s “%(name)s” in "
                    "%(company)s, so nobody could approve it. A manager adds one under "
                    "Configuration > Management > Approval Steps.",
                    model=self._description,
                    name=self.display_name,
                    company=self._get_company().name,
                )
            )
        record = self.sudo()  # asking is a right of who may write; reviews are closed
        if record.review_ids:
            record._approval_end_round(silent=True)
        number = 1 + max(record.past_review_ids.mapped("approval_round"), default=0)
        ranks = sorted(set(definitions.mapped("sequence")))
        reviews = guard.with_token(record.env["tier.review"]).create(
            [
                {
                    **record._prepare_tier_review_vals(
                        definition, ranks.index(definition.sequence) + 1
                    ),
                    # named, so that no default that somebody has stored decides
                    **NEW_STEP,
                    "approval_round": number,
                    "approval_rule": definition.approval_rule or "any",
                    "quorum": definition.quorum,
                }
                for definition in definitions
            ]
        )
        reviews = record.env["tier.review"].browse(reviews.ids)
        record._approval_invalidate()
        reviews._approval_check_calendar(record)
        reviews._approval_check_feasible()
        record._approval_post(
            record.env._("%(user)s asks for approval.", user=self.env.user.name)
        )
        reviews.filtered(lambda review: review.sequence == 1)._approval_promote(record)
        record._approval_invalidate()
        record._update_counter({"review_created": True})
        record._approval_requested()

    def _approval_invalidate(self):
        """The engine's one2many by (model, id) does not follow new rows by itself."""
        self.invalidate_recordset(["review_ids", "past_review_ids", "decision_ids"])
        self.env.add_to_compute(self._fields["validation_status"], self)
        self.env.add_to_compute(self._fields["approval_state"], self)

    # === Deciding ===

    def _approval_my_steps(self):
        """The step of each of these that waits for the user: the first one.

        :raise UserError: there is none; the message says why
        """
        steps = self.env["tier.review"]
        for record in self:
            reviews = record.sudo().review_ids.sudo(False)  # rules must not hide steps
            standing = reviews._approval_standing(self.env.user)
            mine = reviews.filtered(lambda r, found=standing: found[r.id][0])
            if not mine:
                # sudo: whether there is one, whoever is asked
                pending = reviews.sudo().filtered(lambda r: r.status == "pending")
                if not pending:
                    raise UserError(
                        self.env._(
                            "Nothing waits for a decision about %(name)s.",
                            name=record.display_name,
                        )
                    )
                reason = standing[pending[0].id][1]
                raise UserError(pending[0]._approval_reason(reason))
            steps |= mine[0]
        return steps

    def _approval_check_shown(self):
        """Refuse to decide from a form that was opened in an earlier round.

        Within a round the content is locked; between two it may have changed.

        :raise UserError: naming the record
        """
        shown = self.env.context.get(SHOWN)
        if not isinstance(shown, list):
            return
        # sudo: whether a round is over, whoever may read its steps
        reviews = self.env["tier.review"].sudo()
        past = reviews.search(
            Domain("model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("id", "in", [step for step in shown if isinstance(step, int)])
            & Domain("is_past", "=", True),
            limit=1,
        )
        if past:
            record = self.browse(past.res_id)
            raise UserError(
                self.env._(
                    "%(name)s was taken back since you opened it, and may have "
                    "changed. Reload the page, look at it once more, and decide then.",
                    name=record.display_name,
                )
            )

    def _approval_decide(self, decision, comment, channel="api"):
        self.check_access("read")
        self._approval_check_shown()
        records = trusted(self)
        records._approval_my_steps()._approval_decide(decision, comment, channel)
        return True

    def _approval_go_on(self, verdict):
        """What follows from the verdict on a step.

        :param verdict: ``approved``, ``rejected`` or None; ``self`` is in sudo
        """
        self.ensure_one()
        self._approval_invalidate()
        is_open = Domain("status", "in", ("waiting", "pending"))
        left = self.review_ids.filtered_domain(is_open)
        if verdict == "rejected":
            guard.with_token(left).write({"status": "cancel"})
            self._approval_finish("rejected")
        elif verdict and not left:
            self._approval_finish("approved")
        else:
            # of whoever has decided, or was stood in for, and of who need not any more
            pending = left.filtered(lambda review: review.status == "pending")
            self._approval_close_activities(keep=pending)
            if not pending:
                first = min(left.mapped("sequence"))
                left.filtered(
                    lambda review: review.sequence == first
                )._approval_promote(self)
                self._approval_invalidate()
        self._update_counter({"review_deleted": True})

    def _approval_finish(self, verdict):
        self._approval_invalidate()
        self._approval_close_activities()
        if verdict == "approved":
            text = self.env._("%(name)s is approved.", name=self.display_name)
        else:
            text = self.env._("%(name)s is rejected.", name=self.display_name)
        self._approval_tell_requester(self.review_ids[:1], text)
        if verdict == "approved":
            self._approval_approved()
        else:
            self._approval_rejected()

    def _approval_end_round(self, silent=False):
        """Put the steps of the present round into the history, open ones cancelled."""
        self.ensure_one()
        # sudo: checked by who calls; reviews are closed to users
        record = trusted(self).sudo()
        reviews = guard.with_token(record.review_ids)
        if not reviews:
            return
        reviews.filtered(lambda review: review.status in ("waiting", "pending")).write(
            {
                "status": "cancel",
                "done_by": self.env.uid,
                "reviewed_date": fields.Datetime.now(),
            }
        )
        reviews.write({"is_past": True})
        record._approval_invalidate()
        record._approval_close_activities()
        if not silent:
            record._approval_post(
                record.env._("%(user)s ends the approval.", user=self.env.user.name)
            )
            record._approval_ended()
        record._update_counter({"review_deleted": True})

    # === Telling ===

    def _approval_post(self, body):
        """A note in the thread, by the user who acts."""
        self.message_post(
            body=body,
            author_id=self.env.user.partner_id.id,
            subtype_xmlid="mail.mt_note",
        )

    def _approval_note_decision(self, review, decision, comment, principal):
        """Keep the decision in the thread and tell the person who was stood in for."""
        label = dict(DECISIONS)[decision]
        labels = self.env["itsm.approval.decision"]._fields["decision"]
        label = dict(labels._description_selection(self.env)).get(decision, label)
        values = {
            "step": review.sudo().name,  # named in the thread of the record
            "decision": label,
            "user": self.env.user.name,
            "person": principal.sudo().name,  # likewise
        }
        if principal == self.env.user:
            line = self.env._("%(step)s: %(decision)s by %(user)s.", **values)
        else:
            line = self.env._(
                "%(step)s: %(decision)s by %(user)s in the name of %(person)s.",
                **values,
            )
        body = Markup("<p>%s</p>") % line
        if comment:
            body += Markup("<blockquote>%s</blockquote>") % comment
        self._approval_post(body)
        if principal != self.env.user and not self._approval_is_silent():
            self.message_notify(
                # sudo: whom he decided for is told
                partner_ids=principal.sudo().partner_id.ids,
                subject=self.display_name,
                body=body,
            )

    def _approval_tell_requester(self, review, text):
        """Tell who asked for the approval how it stands."""
        requester = review.sudo().requested_by  # who it was is no secret to the system
        if requester and requester != self.env.user and not self._approval_is_silent():
            self.message_notify(
                partner_ids=requester.partner_id.ids,
                subject=self.display_name,
                body=text,
            )

    def _approval_close_activities(self, keep=()):
        """Take away what reminds of the approval, except for those of some steps."""
        activities = self.activity_search([ACTIVITY])
        for review in keep:
            users = review._approval_told()[0]
            activities = activities.filtered(
                lambda activity, users=users: activity.user_id not in users
            )
        activities.unlink()

    # === Hooks ===

    def _approval_requested(self):
        """Called in sudo after approval was asked for one record."""

    def _approval_approved(self):
        """Called in sudo after the last step of one record is approved."""

    def _approval_rejected(self):
        """Called in sudo after a step of one record is rejected."""

    def _approval_ended(self):
        """Called in sudo after a request was taken back or an approval has ended."""
