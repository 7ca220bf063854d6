# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import guard
from ..tools.approval import trusted, unmatched


class TierReview(models.Model):
    """When a step is decided, and how that is kept (design 8)."""

    _inherit = "tier.review"

    # === Who is needed ===

    def _approval_needed(self):
        """How many approvals the rule needs at the least."""
        self.ensure_one()
        return max(self.quorum, 1) if self.approval_rule == "number" else 1

    def _approval_check_role(self):
        """Refuse a step that a role decides which nobody holds.

        :raise UserError: naming role and company, and where it is filled
        """
        self.ensure_one()
        role = self.definition_id.role_id
        company = self._approval_records()[self.id]._get_company()
        if self.review_type == "role" and not role._holders(company):
            raise UserError(
                self.env._(
                    "Approval step “%(step)s” is decided by the role “%(role)s”, which "
                    "nobody holds in %(company)s. A manager says who holds it under "
                    "Configuration > Management > Roles; at least one of them must be "
                    "somebody else than who asks.",
                    step=self.name,
                    role=role.name,
                    company=company.name,
                )
            )

    def _approval_check_feasible(self):
        """Refuse a request whose steps cannot be decided by those who may.

        :raise UserError: naming the step and what to set up
        """
        demands = []
        for review in self:
            voters = review._approval_voters()
            if not voters:
                review._approval_check_role()
                raise UserError(
                    self.env._(
                        "Approval step “%(step)s” has nobody who may decide. Whoever "
                        "asks or made the record never decides, and who decides must "
                        "be able to read it. Name others under Configuration > "
                        "Management > Approval Steps.",
                        step=review.name,
                    )
                )
            needed = review._approval_needed()
            if len(voters) < needed:
                raise UserError(
                    self.env._(
                        "Approval step “%(step)s” needs %(needed)s people, but only "
                        "%(count)s may decide: %(names)s. Name more people or a "
                        "smaller number under Configuration > Management > Approval "
                        "Steps.",
                        step=review.name,
                        needed=needed,
                        count=len(voters),
                        names=", ".join(voters.mapped("name")),
                    )
                )
            if not review.definition_id.allow_same_person:
                demands.append((review.name, needed, set(voters.ids)))
        left = unmatched(demands)
        if left:
            raise UserError(
                self.env._(
                    "Each approval step is decided by different people, and there are "
                    "not enough of them for: %(steps)s. Name more people under "
                    "Configuration > Management > Approval Steps, or allow the same "
                    "person there.",
                    steps=", ".join(left),
                )
            )

    # === The decision ===

    def _approval_lock(self):
        """Wait for others who decide about the same record at this moment.

        What they have decided meanwhile fails this transaction with a serialization
        error, after which Odoo tries the request again.
        """
        self.flush_model(["status", "decision_count"])
        self.env.cr.execute(
            SQL(
                "SELECT id FROM tier_review WHERE id IN %s FOR NO KEY UPDATE",
                tuple(self.ids),
            ),
            log_exceptions=False,  # expected, and tried again
        )

    def _approval_verdict(self):
        """What the decisions so far and the rule make of this step.

        :return: ``approved``, ``rejected`` or None
        """
        self.ensure_one()
        decisions = self.decision_ids.mapped("decision")
        yes, no = decisions.count("yes"), decisions.count("no")
        needed = self._approval_needed()
        if no and self.approval_rule in ("all", "first"):
            return "rejected"
        if self.approval_rule != "all" and yes >= needed:
            return "approved"
        left = len(self._approval_voters())
        if self.approval_rule == "all" and yes:
            return None if left else "approved"
        return "rejected" if yes + left < needed else None

    def _approval_decide(self, decision, comment, channel):
        """Keep the decision of the present user about these steps.

        :param str decision: yes, no or abstain
        :param str comment: a rejection needs one
        :param str channel: where it was made: form, list, page or api
        :raise AccessError: he may not read one of the records
        :raise UserError: he may not decide one of them, or gives no reason
        """
        comment = (comment or "").strip()
        if decision not in ("yes", "no", "abstain"):
            raise UserError(self.env._("Choose to approve, to reject or to abstain."))
        if decision == "no" and not comment:
            raise UserError(
                self.env._("Say why you reject it: the requester needs the reason.")
            )
        reviews = trusted(self)
        records = reviews._approval_records()
        for review in reviews:
            record = records.get(review.id)
            if record is None:
                raise UserError(review._approval_reason("closed"))
            record = record.with_user(self.env.user)
            record.check_access("read")
            # sudo: deciding is no right to write the record; checked above and below
            (review.sudo() | record.sudo().review_ids)._approval_lock()
            principal = review._approval_check_standing()[review.id]
            # sudo: as above
            review._approval_keep(record.sudo(), decision, comment, channel, principal)

    def _approval_keep(self, record, decision, comment, channel, principal):
        self.ensure_one()
        # The token and sudo: decisions and reviews are written by nobody else.
        review = guard.with_token(self.sudo())
        # sudo: as above
        guard.with_token(self.env["itsm.approval.decision"].sudo()).create(
            {
                "model": review.model,
                "res_id": review.res_id,
                "record_name": record.display_name or str(record.id),
                "company_id": record._get_company().id,
                "review_id": review.id,
                "definition_id": review.definition_id.id,
                "name": review.name,
                "round": review.approval_round,
                "sequence": review.sequence,
                "user_id": self.env.uid,
                "for_user_id": principal.id,
                "requester_id": review.requested_by.id,
                "decision": decision,
                "comment": comment,
                "channel": channel,
                "time": fields.Datetime.now(),
            }
        )
        review.invalidate_recordset(["decision_ids", "can_decide"])
        review.decision_count += 1
        record._approval_note_decision(self, decision, comment, principal)
        verdict = review._approval_verdict()
        if verdict:
            review.write(
                {
                    "status": verdict,
                    "done_by": self.env.uid,
                    "reviewed_date": fields.Datetime.now(),
                }
            )
        record._approval_go_on(verdict)
