# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools.due import working_date
from ..tools.period import Period, local_date

_logger = logging.getLogger(__name__)

#: How many periods of a scope are worked in one transaction.
BATCH = 100
#: How often it is tried again when somebody saved the same rows.
TRIES = 5


class ItsmDutyScope(models.Model):
    """Where a duty definition holds: a company, from a day on.

    It remembers up to which day duties have been made, so that the daily action makes
    what is missing after a stop of any length, and nothing twice (CAL-10).
    """

    _name = "itsm.duty.scope"
    _description = "Company of a Duty Definition"
    _order = "company_id, id"

    definition_id = fields.Many2one(
        comodel_name="itsm.duty.definition",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
    )
    date_from = fields.Date(
        string="First Day",
        required=True,
        default=fields.Date.context_today,
        help="Duties are made for periods that begin on this day or later. An earlier "
        "day makes those of the past as well, also overdue ones.",
    )
    generated_to = fields.Date(
        string="Made up to",
        readonly=True,
        copy=False,
        help="Last day of the last period of work for which duties were made.",
    )

    _company_uniq = models.UniqueIndex(
        "(definition_id, company_id)", "The company is in the list already."
    )

    # === CRUD ===

    def write(self, vals):
        if "date_from" in vals and "generated_to" not in vals:
            # What lies between is looked at again; what exists is not made twice.
            vals = dict(vals, generated_to=False)
        result = super().write(vals)
        if "company_id" in vals:
            # Odoo asks the record rule before: nothing goes to a foreign company.
            self.check_access("write")
        return result

    @api.depends("definition_id", "company_id")
    def _compute_display_name(self):
        for scope in self:
            scope.display_name = f"{scope.definition_id.name} ({scope.company_id.name})"

    # === The scheduled action ===

    @api.model
    def _cron_generate(self):
        """Make the duties whose period has begun (scheduled, daily; CAL-10).

        Catches up after a stop of any length, some periods in each transaction. A
        company in which no duties can be made does not stand in the way of others.
        """
        cron = self.env["ir.cron"]
        skipped = {}
        tries = 0
        while True:
            try:
                scopes = self._of_active().filtered(lambda s: s.id not in skipped)
                count, remaining, problems = scopes._generate(BATCH)
                left = cron._commit_progress(count, remaining=int(remaining))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Odoo's transactions keep their snapshot: only a new one can go on.
                self.env.cr.rollback()
                self.env.invalidate_all()
                tries += 1
                if tries >= TRIES:
                    raise
                continue
            tries = 0
            skipped.update(problems)
            if not (remaining and left):
                break
        for message in dict.fromkeys(skipped.values()):
            _logger.warning("%s", message)
        # Holidays may have been entered since the duties were made.
        duties = self.env["itsm.duty"].sudo()  # sudo: of all companies
        duties._recompute_due([])
        duties._tell_overdue()

    @api.model
    def _of_active(self):
        """The scopes of definitions in use, of all companies."""
        scopes = self.sudo()  # sudo: the scheduled action works for all companies
        return scopes.search(
            [("definition_id.active", "=", True), ("company_id.active", "=", True)]
        )

    def _generate(self, limit):
        """Make the duties of periods of work that have begun.

        :param limit: most periods to be worked for each scope, ``None`` for all
        :return: how many duties were made, whether periods are left, and what was in
            the way by id of the scope
        :rtype: tuple[int, bool, dict[int, str]]
        """
        timelines, wrong = self.company_id._itsm_duty_timelines()
        problems = {
            scope.id: wrong[scope.company_id.id]
            for scope in self
            if scope.company_id.id in wrong
        }
        scopes = self.filtered(lambda scope: scope.company_id.id in timelines)
        plan, more = scopes._plan(timelines, limit)
        if not plan:
            return 0, False, problems
        # Who comes second finds the rows taken, or fails on the new cursor and tries
        # again: nobody makes the same duties from an old snapshot.
        held = self.browse(scope.id for scope in plan).try_lock_for_update()
        plan = {scope: works for scope, works in plan.items() if scope in held}
        try:
            with self.env.cr.savepoint():
                count = self._make(plan, timelines)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.info("Duties are made one by one after a failure", exc_info=True)
            count = 0
            for scope, works in plan.items():
                try:
                    with self.env.cr.savepoint():
                        count += self._make({scope: works}, timelines)
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    raise
                except Exception as error:
                    # One that fails (a hook of another addon) does not stop the rest;
                    # its periods stay for the next time.
                    _logger.exception("Duties of %s", scope.display_name)
                    problems[scope.id] = f"{scope.display_name}: {error}"
        remaining = any(scope in plan and scope.id not in problems for scope in more)
        return count, remaining, problems

    def _plan(self, timelines, limit):
        """Which periods of work have begun and were not looked at yet.

        :return: periods of work by scope, and the scopes that have more of them
        :rtype: tuple[dict[recordset, list[Period]], recordset]
        """
        now = fields.Datetime.now()
        plan = {}
        more = self.browse()
        for scope in self:
            tz = timelines[scope.company_id.id].spec.tz
            today = local_date(tz, now)
            day = scope.date_from
            if scope.generated_to:
                day = max(day, scope.generated_to + timedelta(days=1))
            kind = scope.definition_id._work_kind(scope.company_id)
            work = Period.from_day(kind, day)
            works = []
            while work.start <= today and (limit is None or len(works) < limit):
                works.append(work)
                work = work.next()
            if works:
                plan[scope] = works
            if work.start <= today:
                more += scope
        return plan, more

    def _make(self, plan, timelines):
        """Make the duties of some periods of work and remember that they were made.

        :param dict plan: periods of work by scope
        :param dict timelines: by id of the company
        :return: how many duties were made
        :rtype: int
        """
        duties = self.env["itsm.duty"]
        wanted = []
        for scope, works in plan.items():
            definition, company = scope.definition_id, scope.company_id
            timeline = timelines[company.id]
            subjects = {}
            if definition.subject_model:
                subjects = definition._duty_subjects(company, works, timeline.spec.tz)
            for work in works:
                if (
                    work.kind == "day"
                    and company.itsm_duty_holiday_shift
                    and working_date(timeline, work.start) != work.start
                ):
                    continue  # nobody is there, and the next day has its own
                for subject in subjects.get(work, [None]):
                    wanted.append((definition, company, work, subject))
        made = duties._create_wanted(wanted, timelines)
        for scope, works in plan.items():
            scope.generated_to = works[-1].end
        return len(made)
