# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_termination import OPEN


class ItsmAgreementTermination(models.Model):
    """The steps of a termination (SLM-27)."""

    _inherit = "itsm.agreement.termination"

    def _ask(self):
        """Note who asked and when, and tell those who decide."""
        now = fields.Datetime.now()
        for termination in guard.with_token(self):
            agreement = termination.sudo().agreement_id  # sudo: its zone only
            termination.write(
                {
                    "requested_by_id": self.env.uid,
                    "requested_at": now,
                    "requested_on": agreement._local_date(now, agreement.tz),
                }
            )
        self.env["itsm.notification.event"]._notify(
            "agreement_termination_requested", self
        )

    def action_approve(self):
        """Approve: the agreements and their supplements end after the last day.

        :raise AccessError: the user may not end one of the agreements
        :raise UserError: a last day has passed meanwhile
        :raise ValidationError: rules ``agreement_termination_own`` and
            ``agreement_termination_notice``
        """
        self._check_step("requested")
        self.agreement_id._check_may_terminate()
        self._check_last_day()
        enforce = self.env["itsm.enforcement.rule"]._enforce
        enforce(
            "agreement_termination_own",
            self.filtered(lambda t: t.requested_by_id == self.env.user),
            lambda termination: self.env._(
                "%(termination)s was asked for by yourself: let somebody else decide.",
                termination=termination.display_name,
            ),
        )
        enforce(
            "agreement_termination_notice",
            self.filtered("is_short_notice"),
            lambda termination: (
                f"{termination.display_name}: {termination.notice_text}"
            ),
        )
        self._decide("approved")
        for termination in self:
            termination.agreement_id._plan_end(termination.last_day)
        self._tell_decided()

    def action_refuse(self):
        """Refuse: the agreements stay in force.

        :raise AccessError: the user may not end one of the agreements
        :raise UserError: without a reason
        """
        self._check_step("requested")
        self.agreement_id._check_may_terminate()
        for termination in self:
            if not (termination.decision_note or "").strip():
                raise UserError(
                    self.env._(
                        "%(termination)s: enter the reason of the decision first.",
                        termination=termination.display_name,
                    )
                )
        self._decide("refused")
        self._close()
        self._tell_decided()

    def action_withdraw(self):
        """Take back what was asked for, or approved and not over yet.

        :raise AccessError: the user neither asked for it nor may end the agreement
        """
        self._check_step(*OPEN)
        foreign = self.filtered(lambda t: t.requested_by_id != self.env.user)
        foreign |= self.filtered(lambda t: t.state == "approved")
        foreign.agreement_id._check_may_terminate()
        approved = self.filtered(lambda t: t.state == "approved")
        guard.with_token(self).write({"state": "withdrawn"})
        self._close()
        for termination in approved:
            termination.agreement_id._unplan_end()
        self._tell_decided()

    def _terminated(self):
        """The agreements of these have ended."""
        decided = self.filtered("decided_by_id")
        (self - decided)._decide("terminated")
        guard.with_token(decided).write({"state": "terminated"})
        self._close()
        self.env["itsm.notification.event"]._notify("agreement_terminated", self)

    def _decide(self, state):
        guard.with_token(self).write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _close(self):
        guard.with_token(self).write({"ended_at": fields.Datetime.now()})

    def _tell_decided(self):
        self.env["itsm.notification.event"]._notify(
            "agreement_termination_decided", self
        )
