# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..tools import guard
from .itsm_action import ACTIVE

ACTIVITY_DO = "itsm_base.mail_activity_type_action"
ACTIVITY_CHECK = "itsm_base.mail_activity_type_action_check"


class ItsmAction(models.Model):
    """The steps of an action: who may take them, and what they need (MS-29, MS-53)."""

    _inherit = "itsm.action"

    # === Actions ===

    def action_start(self):
        """The owner is at work.

        :raise UserError: if an action is not open
        """
        self._check_step("open")
        self._set_step({"state": "progress"})

    def action_done(self):
        """Say that the actions are done; note and evidence are there.

        :raise UserError: naming what is missing
        """
        self._check_step(*ACTIVE)
        for action in self:
            missing = [
                name for name in ("evidence_note", "attachment_ids") if not action[name]
            ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be done yet: fill in %(fields)s. They show "
                        "whoever checks it what was done.",
                        name=action.name,
                        fields=self._labels(missing),
                    )
                )
        self._check_files()
        self._set_step(
            {
                "state": "done",
                "done_by_id": self.env.uid,
                "done_at": fields.Datetime.now(),
            }
        )
        self._log_evidence()

    def action_check_effective(self):
        """Decide that the actions helped.

        :raise UserError: if something is missing
        :raise AccessError: if the user owns the action or did it
        """
        self._check_effectiveness("effective")

    def action_check_not_effective(self):
        """Decide that the actions did not help; a follow-up of each is opened.

        :return: action that shows the follow-ups
        :raise UserError: if something is missing
        :raise AccessError: if the user owns the action or did it
        """
        self._check_effectiveness("not_effective")
        follow_ups = self._create_follow_ups()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.itsm_action_action"
        )
        if len(follow_ups) == 1:
            action.update(
                res_id=follow_ups.id, view_mode="form", views=[(False, "form")]
            )
        else:
            action["domain"] = [("id", "in", follow_ups.ids)]
        return action

    def action_cancel(self):
        """Give the actions up; the reason is there.

        :raise UserError: without a reason
        """
        self._check_step(*ACTIVE)
        for action in self:
            if not action.cancel_reason:
                raise UserError(
                    self.env._(
                        "%(name)s: write down the reason to give it up first.",
                        name=action.name,
                    )
                )
        self._set_step({"state": "cancelled"})

    def action_reopen(self):
        """Take actions up again that were said to be done, or given up, by mistake.

        Who had done them, or why they were given up, stays in the chatter.

        :raise AccessError: if the user is no manager
        """
        self.check_access("write")
        if not self.env.user.has_group("itsm_base.itsm_group_manager"):
            raise AccessError(
                self.env._("Only a manager takes an action up again. Ask one.")
            )
        self._check_step("done", "cancelled")
        self._message_log_batch(
            {
                action.id: self.env._(
                    "Taken up again; it had been done by %(user)s on %(time)s.",
                    user=action.done_by_id.name,
                    time=format_datetime(self.env, action.done_at),
                )
                if action.state == "done"
                else self.env._(
                    "Taken up again; it had been given up: %(reason)s",
                    reason=action.cancel_reason,
                )
                for action in self
            }
        )
        self._set_step(
            {
                "state": "progress",
                "done_by_id": False,
                "done_at": False,
                "cancel_reason": False,
            }
        )

    def action_open_origin(self):
        """Return an action with the record that the action follows from."""
        self.ensure_one()
        if not (self.res_model in self.env and self.res_id):
            raise UserError(self.env._("The action follows from no record."))
        origin = self.env[self.res_model].browse(self.res_id).exists()
        if not origin:
            raise UserError(
                self.env._("The record that the action follows from is not there.")
            )
        origin.check_access("read")
        return origin.get_formview_action()

    def action_take_kpi_value(self):
        """Take the latest figure of the KPI: before it is done the value before, then
        the value after.

        :raise UserError: if there is no figure
        """
        self.ensure_one()
        value = self.env["itsm.kpi.value"].search(
            Domain("kpi_id", "=", self.kpi_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("no_data", "=", False)
            & Domain("is_latest", "=", True)
            & Domain("period_end", "<=", fields.Date.context_today(self)),
            order="period_end desc",
            limit=1,
        )
        if not value:
            raise UserError(
                self.env._(
                    "%(name)s: the KPI has no figure yet. Enter the value by hand.",
                    name=self.name,
                )
            )
        when = "before" if self.state in ACTIVE else "after"
        self.write(
            {f"value_{when}": value.value, f"value_{when}_date": value.period_end}
        )

    # === Business methods ===

    def _check_files(self):
        """Refuse files of other records: they may be changed there.

        :raise UserError: naming the file
        """
        for action in self:
            for file in action.sudo().attachment_ids:  # sudo: whose they are
                if (file.res_model, file.res_id) != (self._name, action.id):
                    raise UserError(
                        self.env._(
                            "%(file)s belongs to another record. Upload it here, so "
                            "that it stays as it is.",
                            file=file.name,
                        )
                    )

    def _set_step(self, vals):
        """Write protected fields, and the activities that follow from them."""
        guard.with_token(self).write(vals)
        self._sync_activities()

    def _check_effectiveness(self, verdict):
        self._check_step("done")
        for action in self:
            if not action.needs_check:
                raise UserError(
                    self.env._(
                        "%(name)s is a correction: it is closed, nothing is checked.",
                        name=action.name,
                    )
                )
            if not action.can_judge:
                raise AccessError(
                    self.env._(
                        "%(name)s: whether it helped is checked by somebody other than "
                        "the owner and whoever did it. Ask a colleague.",
                        name=action.name,
                    )
                )
            if (
                action.checker_id
                and action.checker_id != self.env.user
                and not self.env.user.has_group("itsm_base.itsm_group_manager")
            ):
                raise AccessError(
                    self.env._(
                        "%(name)s: %(checker)s checks whether it helped, or a manager.",
                        name=action.name,
                        checker=action.checker_id.name,
                    )
                )
            missing = ["check_note"] if not action.check_note else []
            if action.measure:
                missing += [
                    name
                    for name in ("value_before_date", "value_after_date")
                    if not action[name]
                ]
            if missing:
                raise UserError(
                    self.env._(
                        "%(name)s cannot be decided yet: fill in %(fields)s.",
                        name=action.name,
                        fields=self._labels(missing),
                    )
                )
        self._set_step(
            {
                "state": verdict,
                "checked_by_id": self.env.uid,
                "checked_at": fields.Datetime.now(),
            }
        )

    def _create_follow_ups(self):
        """Open the next attempt: same matter, same owner, as many days as the first."""
        today = fields.Date.context_today(self)
        vals_list = []
        for action, vals in zip(self, self.copy_data(), strict=True):
            days = (action.due_date - action.create_date.date()).days
            vals_list.append(
                {
                    **vals,
                    "name": self.env._("Follow-up: %(name)s", name=action.name),
                    "previous_id": action.id,
                    "due_date": fields.Date.add(today, days=max(days, 7)),
                    "value_before": action.value_after,
                    "value_before_date": action.value_after_date,
                }
            )
        # sudo: whoever checks need not be allowed to write actions down for others,
        # nor to see what they follow from
        return guard.with_token(self.sudo()).create(vals_list).with_env(self.env)

    def _log_evidence(self):
        """Keep in the chatter which files there were, and what they held.

        A file can be replaced by one of the same name; its checksum tells.
        """
        bodies = {}
        for action in self:
            # sudo: named for the record, whoever uploaded them
            files = action.sudo().attachment_ids
            bodies[action.id] = self.env._(
                "Evidence: %(files)s",
                files=[f"{file.name} ({file.checksum[:12]})" for file in files],
            )
        self._message_log_batch(bodies)

    def _sync_activities(self):
        """Give owner and checker the activity that their step needs, nobody else.

        In one batch; nothing in history (`mail_activity_automation_skip`).
        """
        if guard.is_silent(self) or self.env.context.get(
            "mail_activity_automation_skip"
        ):
            return
        do = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY_DO)
        check = self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY_CHECK)
        if not (do and check):
            return
        wanted = {}
        for action in self:
            if not action.active:
                continue
            if action.state in ACTIVE:
                wanted[action.id, do] = (action.owner_id.id, action.due_date)
            elif action.state == "done" and action.needs_check and action.checker_id:
                wanted[action.id, check] = (
                    action.checker_id.id,
                    action.check_date or action.due_date,
                )
        # sudo: activities follow the action, whoever changes it
        activities = self.env["mail.activity"].sudo()
        activities = activities.with_context(mail_activity_quick_update=True)
        gone = activities.browse()
        for activity in activities.search(
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("activity_type_id", "in", [do, check])
            & Domain("automated", "=", True)
        ):
            key = (activity.res_id, activity.activity_type_id.id)
            if wanted.get(key) == (activity.user_id.id, activity.date_deadline):
                del wanted[key]
            else:
                gone |= activity
        gone.unlink()
        names = {action.id: action.name for action in self}
        model_id = self.env["ir.model"]._get_id(self._name)
        activities.create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": res_id,
                    "activity_type_id": type_id,
                    "user_id": user_id,
                    "date_deadline": deadline,
                    "summary": names[res_id],
                    "automated": True,
                }
                for (res_id, type_id), (user_id, deadline) in wanted.items()
            ]
        )
