# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ..tools import guard


class ItsmDuty(models.Model):
    """What people do with duties: do, hand over, waive, reopen."""

    _inherit = "itsm.duty"

    # === Actions ===

    def action_done(self):
        """Note that the duties are done now, by the present user (CAL-10).

        :raise UserError: evidence is required and there is none, or it is not open
        """
        return self._done(fields.Datetime.now())

    def action_take(self):
        """Make oneself responsible for duties of one's roles that nobody has.

        :raise UserError: somebody is responsible already, or it is not open
        """
        self.check_access("write")
        self._check_open()
        taken = self.filtered("user_id")
        if taken:
            raise UserError(
                self.env._(
                    "%(duty)s has somebody responsible already. Let him hand it over.",
                    duty=taken[0].display_name,
                )
            )
        self._give(self.env.user)
        return True

    def action_reassign(self, user_id, reason=None):
        """Hand duties over to somebody else: the responsible, or a lead.

        :param int user_id: id of the ``res.users`` who gets them
        :param str reason: shown with the change
        :raise UserError: he cannot get them
        """
        self.check_access("write")
        self._check_open()
        user = self.env["res.users"].browse(user_id).exists()
        if not self.env.user.has_group("itsm_base.itsm_group_lead"):
            others = self.filtered(lambda duty: duty.user_id not in self.env.user)
            if others:
                self._check_group("itsm_base.itsm_group_lead")
        user_sudo = user.sudo()  # sudo: companies and groups of a user are hidden
        if not user_sudo.active or not user_sudo.has_group("base.group_user"):
            raise UserError(
                self.env._("Choose somebody of the organisation who is active.")
            )
        if self.company_id - user_sudo.company_ids:
            raise UserError(
                self.env._(
                    "%(user)s has no access to %(company)s. Choose somebody else, or "
                    "let an administrator add the company to the user.",
                    user=user_sudo.name,
                    company=(self.company_id - user_sudo.company_ids)[0].name,
                )
            )
        self._give(user, reason)
        return True

    def action_waive(self, reason):
        """Let duties of this period be, for a reason; leads and managers.

        :param str reason: why it need not be done
        :raise AccessError: the user is no lead
        :raise UserError: no reason, or it is not open
        """
        self.check_access("write")
        self._check_group("itsm_base.itsm_group_lead")
        self._check_open()
        self._by_code().write(
            {
                "state": "waived",
                "waived_by_id": self.env.uid,
                "waive_reason": self._reason(reason),
            }
        )
        self._activities().unlink()
        return True

    def action_reopen(self, reason):
        """Open duties again that were done or waived, for a reason; managers.

        :param str reason: why it was not done after all
        :raise AccessError: the user is no manager
        :raise UserError: no reason, or it is open
        """
        self.check_access("write")
        self._check_group("itsm_base.itsm_group_manager")
        reason = self._reason(reason)
        if any(duty.state == "open" for duty in self):
            raise UserError(self.env._("Only what is done or waived can be reopened."))
        labels = dict(self._fields["status"]._description_selection(self.env))
        self._message_log_batch(
            {
                duty.id: self.env._(
                    "Reopened; it was: %(status)s%(when)s. Reason: %(reason)s",
                    status=labels[duty.status],
                    when=f" {format_datetime(self.env, duty.done_at)}"
                    f" ({duty.done_by_id.name})"
                    if duty.done_at
                    else "",
                    reason=reason,
                )
                for duty in self
            }
        )
        duties = self._by_code()
        for duty in duties:
            duty.reopened_count += 1
        duties.write(
            {
                "active": True,
                "state": "open",
                "done_at": False,
                "done_by_id": False,
                "waived_by_id": False,
                "waive_reason": False,
            }
        )
        self._schedule_activities()
        return True

    def action_open_subject(self):
        """Open the record that the duty is about."""
        self.ensure_one()
        return self._open(self.res_model, self.res_id)

    def action_open_evidence(self):
        """Open the record that is the evidence."""
        self.ensure_one()
        return self._open(self.evidence_model, self.evidence_res_id)

    def action_act(self):
        """Ask for what a button needs: whom, or why; key ``act`` in the context."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Duties"),
            "res_model": "itsm.duty.act",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_act": self.env.context.get("act"),
                "default_duty_ids": [fields.Command.set(self.ids)],
            },
        }

    # === Business methods ===

    def _done(self, when, evidence=None):
        """Note that the duties were done; what other addons call with their record.

        :param datetime when: naive UTC, not in the future
        :param evidence: a record (report, minutes …) that is the evidence
        :raise UserError: evidence is required and there is none, or it is not open
        """
        self.check_access("write")
        self._check_open()
        vals = {"state": "done", "done_at": when, "done_by_id": self.env.uid}
        if evidence:
            vals.update(evidence_model=evidence._name, evidence_res_id=evidence.id)
        else:
            for duty in self:
                if duty.evidence_required and not (
                    (duty.evidence_note or "").strip() or duty.evidence_ids
                ):
                    raise UserError(
                        self.env._(
                            "%(duty)s needs evidence. Write into its note what was "
                            "done, or add a file.",
                            duty=duty.display_name,
                        )
                    )
        self._by_code().write(vals)
        self._activities().unlink()
        return True

    def _by_code(self):
        """These duties, writable by code after the caller has checked who asks."""
        return guard.with_token(self.sudo())  # sudo: fields that nobody writes by hand

    def _check_open(self):
        for duty in self:
            if duty.state != "open":
                raise UserError(
                    self.env._("%(duty)s is not open.", duty=duty.display_name)
                )

    def _reason(self, reason):
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Give a reason; it is kept with the duty."))
        return reason.strip()

    def _give(self, user, reason=None):
        """Make somebody responsible, his activity included."""
        self._by_code().write({"user_id": user.id})
        activities = self._activities().with_context(mail_activity_quick_update=True)
        activities.write({"user_id": user.id})
        without = self.browse(set(self.ids) - set(activities.mapped("res_id")))
        without._schedule_activities()
        if reason and reason.strip():
            self._message_log_batch(dict.fromkeys(self.ids, reason.strip()))

    def _open(self, model, res_id):
        if not model or model not in self.env:
            raise UserError(self.env._("The record does not exist any more."))
        return {
            "type": "ir.actions.act_window",
            "res_model": model,
            "res_id": res_id,
            "views": [(False, "form")],
        }
