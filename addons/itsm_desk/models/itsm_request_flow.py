# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools.approval import trusted

from .itsm_request import ASKED, AT_WORK, OVER

#: The field by which the shipped step names the approvers of the department.
DEPARTMENT_FIELD = "department_approver_ids"


class ItsmRequest(models.Model):
    """From the draft to the approval, and every way to the end (REQ-05, REQ-06)."""

    _inherit = "itsm.request"

    # === Buttons ===

    def action_submit(self):
        """Submit drafts: tickets are made, and the approvals are asked for.

        :raise AccessError: the user may not write them
        :raise UserError: no line, or something that is not offered to the requester
        :raise ValidationError: an answer is missing or wrong
        """
        self.check_access("write")
        for request in trusted(self):
            request._submit()
        return True

    def action_request_approval(self):
        """Submit a draft; ask (again) for the approval of what was submitted."""
        self.check_access("write")
        for request in trusted(self):
            if request.state == "draft":
                request._submit()
            else:
                request._ask_approval()
        return True

    def action_cancel(self):
        """Ask for the reason and cancel the request."""
        self.ensure_one()
        return self.env["itsm.request.reason"]._open("cancel", self)

    def action_confirm(self):
        """Note that the requester is content: ticket and request are closed.

        :raise AccessError: the user may not write the tickets
        :raise UserError: one of these is not delivered
        """
        self.check_access("write")
        self._check_delivered()
        self.ticket_id.action_confirm()
        return True

    def action_open_ticket(self):
        """Open the ticket of the request."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [(False, "form")],
        }

    def _open_form(self):
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    # === Submitting ===

    def _submit(self):
        """Submit one draft; the caller knows that the user may.

        :raise UserError: see `action_submit`
        """
        self.ensure_one()
        # sudo: a user of the portal writes nothing by himself
        request = self.sudo()
        if request.state != "draft":
            raise UserError(
                self.env._("%(name)s was submitted already.", name=self.display_name)
            )
        if not request.line_ids:
            raise UserError(
                self.env._(
                    "Say what is wanted first: %(name)s has no line.",
                    name=self.display_name,
                )
            )
        request.line_ids._check_entitled()
        request.line_ids._check_answers()
        deciding = request.department_id._deciding_for(request._requesting_users())
        request._store(
            {
                "state": "department" if deciding else "submitted",
                "submitted_at": fields.Datetime.now(),
                "deciding_department_id": deciding.id,
                "needs_department": bool(deciding),
            }
        )
        request.line_ids._store({"state": "waiting"})
        request._make_ticket()
        if not deciding:
            request._approval_post(
                self.env._(
                    "The department has nobody else who approves: this step is left "
                    "out."
                )
                if request.department_id
                else self.env._(
                    "The requester belongs to no department: its approval is left out."
                )
            )
        request.with_env(self.env)._ask_approval(strict=False)

    def _ask_approval(self, strict=True):
        """Ask for the approvals; without a step to decide the request is approved.

        What is not in the catalogue is never approved by itself. If a step cannot be
        decided by anybody the request stays submitted, and its ticket says why: the
        requester can do nothing about it.

        :param bool strict: raise instead
        """
        self.ensure_one()
        request = self.sudo()  # sudo: the caller knows that the user may
        if request.state not in ASKED:
            raise UserError(
                self.env._(
                    "%(name)s does not wait for an approval.", name=self.display_name
                )
            )
        if not request.has_project and not request._approval_definitions():
            request._approval_post(self.env._("No approval is needed."))
            request._approve()
            return
        try:
            with self.env.cr.savepoint():
                request._approval_request()
        except UserError as error:
            if strict:
                raise
            request._approval_post(
                self.env._(
                    "The approval could not be asked for. %(error)s", error=error
                )
            )
            request.ticket_id._message_log(
                body=self.env._(
                    "The approval of the request could not be asked for. %(error)s",
                    error=error,
                )
            )
            return
        request._follow_steps()
        request.ticket_id._itsm_wait_for_approval()

    def _follow_steps(self):
        """Say whether the department decides now, or somebody after it."""
        for request in self:
            pending = request.review_ids.filtered(lambda r: r.status == "pending")
            names = pending.definition_id.reviewer_field_id.mapped("name")
            state = "department" if DEPARTMENT_FIELD in names else "submitted"
            if request.state in ASKED and request.state != state:
                request._store({"state": state})

    # === What the approvals say ===

    def _approval_go_on(self, verdict):
        result = super()._approval_go_on(verdict)
        self._follow_steps()
        return result

    def _approval_approved(self):
        result = super()._approval_approved()
        self._approve()
        return result

    def _approval_rejected(self):
        result = super()._approval_rejected()
        decision = self.decision_ids.filtered(lambda d: d.decision == "no")
        reason = decision.sorted("id")[-1:].comment
        self._end("rejected", reason)
        self.env["itsm.notification.event"]._notify("request_rejected", self)
        return result

    def _approval_ended(self):
        result = super()._approval_ended()
        if self.state == "department":
            self._store({"state": "submitted"})
        return result

    def _approve(self):
        """The request is approved: its lines are fulfilled; ``self`` in sudo."""
        self._store({"state": "approved", "approved_at": fields.Datetime.now()})
        self.ticket_id._itsm_go_on_after_approval()
        self._begin_fulfilment()

    # === Ends ===

    def _withdraw(self, reason, partner=None):
        """Take a request back before anybody works on it (by the requester).

        :param str reason: plain text, may be empty
        :param partner: ``res.partner`` who does so
        :raise UserError: it is too late
        """
        for request in self:
            if request.state not in ("draft", *ASKED, "approved"):
                raise UserError(
                    self.env._(
                        "%(name)s cannot be taken back any more: it is worked on, or "
                        "over. Write to the service desk instead.",
                        name=request.display_name,
                    )
                )
            request._cancel(
                reason or self.env._("Taken back by the requester."), partner
            )

    def _cancel(self, reason, partner=None):
        """Cancel a request that is not over.

        :param str reason: plain text
        :param partner: ``res.partner`` of the requester if he said so himself
        :raise UserError: no reason, or over already
        """
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the request is cancelled."))
        if self.state not in ("draft", *ASKED, *AT_WORK):
            raise UserError(
                self.env._(
                    "%(name)s is delivered or over, so it cannot be cancelled.",
                    name=self.display_name,
                )
            )
        request = self.sudo()  # sudo: the caller knows that the user may
        if request.approval_state == "waiting":
            request._approval_end_round()
        request._end("cancelled", reason, partner)

    def _end(self, state, reason, partner=None):
        """End requests without delivery; ``self`` in sudo.

        :param str state: rejected or cancelled
        """
        for request in self:
            request._store(
                {
                    "state": state,
                    "end_reason": reason,
                    "finished_at": fields.Datetime.now(),
                }
            )
            lines = request.line_ids.filtered(
                lambda line: line.state in ("draft", "waiting", "fulfilment")
            )
            lines._store({"state": "cancelled"})
            lines.task_ids._cancel()
            states = request._fields["state"]
            label = dict(states._description_selection(request._requester_env()))[state]
            body = plaintext2html(f"{label}: {reason}" if reason else label)
            if partner:
                request.message_post(body=body, author_id=partner.id)
            else:
                request._approval_post(body)
            if request.submitted_at:
                # An application that was never sent takes no ticket with it.
                request.ticket_id._itsm_end_with_request(body, partner)

    def _check_delivered(self):
        """Raise ``UserError`` if one of these is not delivered."""
        for request in self:
            if request.state != "delivered":
                raise UserError(
                    self.env._(
                        "%(name)s is not delivered, so there is nothing to confirm.",
                        name=request.display_name,
                    )
                )

    # === The requester's word, for the portal ===

    def _check_requester(self, user):
        """Raise ``AccessError`` if a user is not the requester of all of these."""
        for request in self:
            # sudo: a user of the portal may not read every contact
            if request.sudo().partner_id != user.sudo().partner_id:
                raise AccessError(
                    self.env._("Only the requester may do this with a request.")
                )

    def _unfinished(self):
        """Those of these that are neither delivered nor over."""
        return self.filtered(lambda r: r.state not in ("delivered", *OVER))
