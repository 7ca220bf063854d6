# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import plaintext2html

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.due import DueRule, working_date
from odoo.addons.itsm_base.tools.period import Period, local_date
from odoo.addons.itsm_base.tools.timeline import NoWorkingTime

_logger = logging.getLogger(__name__)

#: Plans that the scheduled action works in one transaction.
BATCH = 50
#: Orders of one plan that are made at once; the rest follow in the next batch.
MOST = 50


class ItsmCiMaintenancePlan(models.Model):
    """How plans make work orders: one for each period, once (MNT-01).

    Days are those of the rules of duties (`tools/due.py`) and of the calendar that says
    what a holiday is for the company's duties.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.maintenance.plan"

    def _begin(self):
        """Begin today: nothing is made for what lies before (design: Manners)."""
        for plan in self:
            today = plan._today()
            if plan.date_from < today:
                plan.date_from = today
            plan.made_to = False

    def _today(self):
        """The date in the company's zone."""
        self.ensure_one()
        zone = self.env["itsm.kpi"]._kpi_zone(
            self.company_id.sudo()  # sudo: the zone is no secret
        )
        return local_date(zone, fields.Datetime.now())

    # === Days ===

    def _next_period(self, period=None):
        """The period after one that was worked, or the first.

        :rtype: Period
        """
        self.ensure_one()
        if period:
            return period.shift(self.every)
        if self.made_to:
            made = Period.of(self.period, self.made_to)
            if made.start == self.made_to and self.made_to >= self.date_from:
                return made.shift(self.every)
        return Period.from_day(self.period, self.date_from)

    def _planned_day(self, period, timeline):
        """The local date for which the work of a period is planned.

        :param Timeline timeline: says what a holiday is; None: every day counts
        :return: None for a day on which nothing is planned
        :rtype: datetime.date | None
        :raise NoWorkingTime: the calendar has none
        """
        self.ensure_one()
        shift = self.working_days_only and timeline is not None
        if self.period == "day":
            if shift and working_date(timeline, period.start) != period.start:
                return None
            return period.start
        if self.due_rule == "working_days" and timeline is not None:
            rule = DueRule("working_days", self.due_working_days)
        else:
            number = self.due_day if self.due_rule == "day" else self.due_working_days
            rule = DueRule("day", number, month=self.due_month - 1, shift=shift)
        return rule.last_day(period, timeline)

    def _window(self, day, zone):
        """From when until when the work of a day is planned, naive UTC."""
        self.ensure_one()
        minutes = round(self.hour_start * 60)
        local = datetime.combine(day, time(minutes // 60 % 24, minutes % 60))
        begins = pytz.timezone(zone).localize(local, is_dst=False)
        begins = begins.astimezone(pytz.utc).replace(tzinfo=None)
        return begins, begins + timedelta(minutes=round(self.duration * 60))

    def _plan_next(self):
        """Work out on which day the next order of each is made."""
        timelines, _problems = self.company_id._itsm_duty_timelines()
        for plan in self:
            next_on = False
            if plan.state == "running" and plan.active:
                timeline = timelines.get(plan.company_id.id)
                period = plan._next_period()
                try:
                    day = plan._planned_day(period, timeline) or period.start
                except NoWorkingTime:
                    day = period.start
                next_on = day - timedelta(days=plan.lead_days)
            if plan.next_on != next_on:
                plan.next_on = next_on

    def _due_periods(self, timeline):
        """Periods whose order is to be made by now.

        :return: list of ``(Period, planned day or None)``
        """
        self.ensure_one()
        today = self._today()
        found = []
        period = self._next_period()
        while len(found) < MOST:
            day = self._planned_day(period, timeline)
            if (day or period.start) - timedelta(days=self.lead_days) > today:
                break
            found.append((period, day))
            period = self._next_period(period)
        return found

    def _foreseen(self, year):
        """Days on which the plan falls in a year, from what is not made yet.

        :param Period year: the year
        :return: list of ``(day, Period)``; empty if the plan is not running
        """
        self.ensure_one()
        if self.state != "running":
            return []
        timelines, _problems = self.company_id._itsm_duty_timelines()
        timeline = timelines.get(self.company_id.id)
        found = []
        period = self._next_period()
        try:
            while period.start <= year.end:
                day = self._planned_day(period, timeline)
                if day and year.contains(day):
                    found.append((day, period))
                period = self._next_period(period)
        except NoWorkingTime:
            return found
        return found

    # === Making orders ===

    @api.model
    def _cron_make_orders(self):
        """Make the work orders that are due to be made (scheduled, daily).

        Catches up after a stop of any length; one plan that fails does not stop the
        others.
        """
        cron = self.env["ir.cron"]
        failed = set()
        while True:
            plans = self._to_make(failed)[:BATCH]
            before = {plan.id: plan.next_on for plan in plans}
            plans._make_orders()
            # what somebody else works on, or what failed, is left to the next run
            failed.update(p.id for p in plans if p.next_on == before[p.id])
            remaining = len(self._to_make(failed))
            left = cron._commit_progress(len(plans), remaining=remaining)
            if not (remaining and left):
                break

    @api.model
    def _to_make(self, failed):
        """Running plans of which an order is to be made today."""
        plans = self.sudo().search(  # sudo: the scheduled action works for all
            [
                ("state", "=", "running"),
                ("next_on", "<=", fields.Date.today() + timedelta(days=1)),
                ("company_id.active", "=", True),
                ("id", "not in", list(failed)),
            ]
        )
        return plans.filtered(lambda plan: plan.next_on <= plan._today())

    def action_make_orders(self):
        """Make what is due to be made now, as the daily action does."""
        self.check_access("write")
        running = self.filtered(lambda plan: plan.state == "running")
        # sudo: code makes orders
        orders, problems = running.sudo()._make_orders()
        message = self.env._("%(count)s work orders have been made.", count=len(orders))
        if not orders and not problems:
            message = self.env._(
                "No work order was to be made now: it is made so many days ahead as "
                "the plan says, if the plan is running."
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if problems else "success",
                "message": "\n".join([message, *problems.values()]),
                "sticky": bool(problems),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _make_orders(self):
        """Make the orders of periods that are due to be made; each period once.

        :return: the new orders, and what was in the way by id of the plan
        :rtype: tuple[itsm.ci.maintenance.order, dict[int, str]]
        """
        orders = self.env["itsm.ci.maintenance.order"]
        problems = {}
        timelines, wrong = self.company_id._itsm_duty_timelines()
        for plan in self.try_lock_for_update():
            if not plan.env.lang:
                # the scheduled action has no language: that of the company
                lang = plan.company_id.partner_id.lang
                plan = plan.with_context(lang=lang)
            timeline = timelines.get(plan.company_id.id)
            if not timeline and (
                plan.working_days_only or plan.due_rule == "working_days"
            ):
                problems[plan.id] = wrong.get(plan.company_id.id, "")
                plan._note_problem(problems[plan.id])
                continue
            try:
                with self.env.cr.savepoint():
                    orders |= plan._make_due(timeline).with_env(self.env)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:
                _logger.exception("Work orders of %s", plan.display_name)
                problems[plan.id] = f"{plan.display_name}: {error}"
                plan._note_problem(str(error))
            else:
                plan._note_problem(False)
        return orders, problems

    def _note_problem(self, problem):
        """Show what is in the way of plans, and tell the managers when it begins.

        :param problem: str, or False once nothing is in the way
        """
        changed = self.filtered(lambda plan: (plan.problem or False) != problem)
        new = changed.filtered(lambda plan: not plan.problem)
        # sudo: noted by code
        guard.with_token(changed.sudo()).problem = problem
        if not problem:
            if changed:
                changed._drop_activities()
                changed._tell_people()
            return
        summary = self.env._("The plan makes no work orders")
        self._tell_managers(summary, dict.fromkeys(new, problem))

    @api.model
    def _tell_managers(self, summary, notes):
        """Ask who mends plans to do so, silent where history is loaded.

        :param str summary: what is to be done
        :param dict notes: why, as plain text, by plan
        """
        if not notes or guard.is_silent(self.env):
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"].sudo()  # sudo: planned for others
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": plan.id,
                    "res_name": plan.display_name,
                    "user_id": user.id,
                    "date_deadline": plan._today(),
                    "summary": summary,
                    "note": plaintext2html(note),
                    "automated": True,
                }
                for plan, note in notes.items()
                for user in plan._managers()
            ]
        )

    def _drop_activities(self):
        """Nobody has to mend these plans any more."""
        activities = self.env["mail.activity"].sudo()  # sudo: the system's own
        activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        ).unlink()

    def _managers(self):
        """Who mends the plan: who scheduled it, else all managers of its company.

        :rtype: res.users, in sudo
        """
        self.ensure_one()
        managers = self.env["res.users"]._itsm_ci_managers(self.company_id)
        # sudo: who scheduled it, whoever may see users
        return managers & self.sudo().scheduled_by_id or managers

    def _make_due(self, timeline):
        """The orders of one plan; constant queries whatever it is about."""
        self.ensure_one()
        orders = self.env["itsm.ci.maintenance.order"]
        found = self._due_periods(timeline)
        if not found:
            self._plan_next()
            return orders
        starts = [period.start for period, _day in found]
        made = {
            order.period_start
            for order in orders.sudo().search_fetch(  # sudo: of whoever may see them
                [("plan_id", "=", self.id), ("period_start", "in", starts)],
                ["period_start"],
            )
        }
        items = self.env["itsm.ci"].search(self._ci_domain())
        wanted = [(p, day) for p, day in found if day and p.start not in made]
        if self._is_about_items and not items:
            if wanted:
                self._message_log(
                    body=self.env._(
                        "No work order for %(periods)s: no configuration item is in "
                        "use that the plan is about.",
                        periods=", ".join(period.label for period, _day in wanted),
                    )
                )
            wanted = []
        zone = self.env["itsm.kpi"]._kpi_zone(self.company_id)
        zone = timeline.spec.tz if timeline else zone
        people = self._people(items) if wanted else {}
        orders = guard.with_token(orders.with_context(tracking_disable=True)).create(
            [
                {**self._order_vals(period, day, items, zone), **people}
                for period, day in wanted
            ]
        )
        self.made_to = starts[-1]
        self._plan_next()
        return orders.with_env(self.env)

    def _order_vals(self, period, day, items, zone):
        """Values of the order of a period.

        :param Period period: the period
        :param datetime.date day: the planned local date
        :param items: ``itsm.ci`` that it is about
        :param str zone: time zone of the window
        """
        begins, ends = self._window(day, zone)
        # the scheduled action has no language: that of the company
        lang = self.user_id.lang or self.company_id.partner_id.lang
        return {
            "name": self.with_context(lang=lang).name,
            "plan_id": self.id,
            "company_id": self.company_id.id,
            "kind": self.kind,
            "period_start": period.start,
            "planned_start": begins,
            "planned_end": ends,
            "ci_ids": [fields.Command.set(items.ids)],
            "location_id": self.location_id.id,
            "partner_id": self.partner_id.id,
            "team_id": self.team_id.id,
            "interrupts": self.interrupts,
        }
