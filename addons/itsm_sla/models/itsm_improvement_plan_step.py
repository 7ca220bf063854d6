# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import is_html_empty

from odoo.addons.itsm_base.tools import guard


class ItsmImprovementPlan(models.Model):
    """The steps of a service improvement plan (SLM-47, SLM-50)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.improvement.plan"

    def action_measure_before(self):
        """Measure how it is before anything is done; as often as wanted.

        :raise UserError: nothing was measured in the period
        """
        self._check_step("draft")
        for plan in self:
            plan._store_measured("before")

    def action_start(self):
        """Start plans whose figure before is known; what was agreed is kept.

        :raise UserError: naming what is missing
        """
        self._check_step("draft")
        today = fields.Date.context_today(self)
        for plan in self:
            plan._check_ready()
            vals = {
                "state": "running",
                "revision": plan.revision + 1,
                "started_on": plan.started_on or today,
            }
            guard.with_token(plan).write(vals)
        self.env["itsm.improvement.plan.revision"]._take(self)
        guard.with_token(self).write({"revision_reason": False})

    def action_revise(self):
        """Change running plans: back to draft; what was agreed before is kept.

        :raise UserError: without a reason
        """
        self._check_step("running")
        for plan in self:
            if not (plan.revision_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(plan)s: write down first why the plan is revised. It is "
                        "kept with the revision.",
                        plan=plan.display_name,
                    )
                )
        guard.with_token(self).write({"state": "draft"})

    def action_measure_after(self):
        """Measure how it is now; as often as wanted.

        :raise UserError: nothing was measured in the period
        """
        self._check_step("running")
        for plan in self:
            plan._store_measured("after")

    def action_finish(self):
        """End plans: the figure after says whether the target was reached.

        :raise UserError: naming what is missing
        """
        self._check_step("running")
        for plan in self:
            plan._check_finished()
            reached = plan.value_after >= plan.target
            if plan.direction == "down":
                reached = plan.value_after <= plan.target
            plan._end("reached" if reached else "not_reached")

    def action_cancel(self):
        """Give plans up.

        :raise UserError: without a reason
        """
        self._check_step("draft", "running")
        for plan in self:
            if not (plan.cancel_reason or "").strip():
                raise UserError(
                    self.env._(
                        "%(plan)s: write down first why it is given up.",
                        plan=plan.display_name,
                    )
                )
            plan._end("cancelled")

    # === Business methods ===

    def _end(self, state):
        guard.with_token(self).write(
            {
                "state": state,
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )

    def _check_ready(self):
        """Refuse to start without need, date, figure before, and an action."""
        self.ensure_one()
        missing = []
        if is_html_empty(self.need):
            missing.append(self.env._("what is not good enough"))
        if not self.date_due:
            missing.append(self.env._("until when the effect shall show"))
        if not self.before_at:
            missing.append(self.env._("the figure before (Measure Before)"))
        if not self.action_ids:
            missing.append(self.env._("at least one action, with its owner"))
        if missing:
            raise UserError(
                self.env._(
                    "%(plan)s cannot start yet. Missing: %(missing)s.",
                    plan=self.display_name,
                    missing="; ".join(missing),
                )
            )

    def _check_finished(self):
        """Refuse to end while actions are open or nothing was measured."""
        self.ensure_one()
        if not self.after_at:
            raise UserError(
                self.env._(
                    "%(plan)s: measure what came of it first (Measure After), or give "
                    "it up with a reason.",
                    plan=self.display_name,
                )
            )
        if is_html_empty(self.result):
            raise UserError(
                self.env._(
                    "%(plan)s: write down what came of it.", plan=self.display_name
                )
            )
        # sudo: an action hidden from the user, or put away, is open all the same
        actions = self.sudo().with_context(active_test=False).action_ids
        # done is enough: whether it helped is what the figure after says
        still_open = actions.filtered(
            lambda action: action.state in ("open", "progress")
        )
        if still_open:
            raise UserError(
                self.env._(
                    "%(plan)s cannot end: %(count)s of its actions are not done, for "
                    "example %(action)s. Do them or give them up first.",
                    plan=self.display_name,
                    count=len(still_open),
                    action=still_open[0].name,
                )
            )

    # === Paper (D11) ===

    def _form_actions(self):
        """The actions that are printed: all but personal ones."""
        self.ensure_one()
        # sudo: printed for all concerned, whoever presses the button
        actions = self.sudo().action_ids
        return actions.filtered(lambda action: not action.restricted).sorted(
            lambda action: (action.due_date, action.id)
        )

    def _measure_words(self):
        """What is measured, in one line."""
        self.ensure_one()

        def label(name):
            labels = dict(self._fields[name]._description_selection(self.env))
            return labels.get(self[name])

        what = [label("measure")]
        if self.measure == "compliance":
            what += [label("metric"), label("itsm_kind"), label("priority")]
        elif self.measure == "kpi":
            what = [self.sudo().kpi_id.display_name]  # sudo: its name
        elif self.measure == "manual":
            what = [self.manual_name]
        return ", ".join(filter(None, what))

    def _itsm_form_data(self):
        data = super()._itsm_form_data()
        data.update(
            code=self.code or "",
            version=self.env._("Revision %(number)s", number=self.revision or 1),
            confidentiality=self.env._("Internal"),
            is_draft=self.state == "draft",
        )
        return data
