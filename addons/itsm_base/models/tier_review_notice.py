# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools import guard
from ..tools.period import local_date, midnight_utc
from ..tools.timeline import NoWorkingTime

_logger = logging.getLogger(__name__)

ACTIVITY = "itsm_base.mail_activity_type_approval"
#: Steps reminded in one transaction.
BATCH = 50


class TierReview(models.Model):
    """When a step is due, and who is told that it waits for him."""

    _inherit = "tier.review"

    # === Dates ===

    def _approval_timeline(self, record):
        """Working time of the company of a record, or None without usable hours."""
        company = record._get_company()
        calendar = company.resource_calendar_id
        if not calendar:
            return None
        try:
            timeline = calendar._itsm_timeline(company=company)
            timeline.add(fields.Datetime.now(), 0)
        except NoWorkingTime:
            return None
        return timeline

    def _approval_check_calendar(self, record):
        """Refuse a request with due dates that cannot be worked out.

        :raise UserError: naming the step, the company and the remedy
        """
        dated = self.filtered(
            lambda review: (
                review.definition_id.due_days or review.definition_id.remind_days
            )
        )
        if dated and not self._approval_timeline(record):
            raise UserError(
                self.env._(
                    "Approval step “%(step)s” is due after working days, but the "
                    "working hours of %(company)s do not say which days those are. "
                    "Enter fixed working hours for the company, or no days in the "
                    "step.",
                    step=dated[0].name,
                    company=record._get_company().name,
                )
            )

    @api.model
    def _approval_working_day(self, timeline, start, days):
        """The local date of the n-th working day after an instant.

        Day 0 is the local date of the instant itself; as for targets, a day that has
        no working time left counts for the next one that has.

        :param Timeline timeline: working time of a company
        :param datetime start: naive UTC
        :param int days: n
        :rtype: datetime.date
        """
        zone = str(timeline.tz)
        day = local_date(zone, timeline.add(start, 0))
        for _n in range(days):
            tomorrow = midnight_utc(zone, fields.Date.add(day, days=1))
            day = local_date(zone, timeline.add(tomorrow, 0))
        return day

    def _approval_dates(self, record, since):
        """Due date and first reminder of this step.

        :param datetime since: naive UTC from which the step waits
        :return: values for ``due_date`` and ``remind_at``
        :rtype: dict
        """
        definition = self.definition_id
        days = definition.due_days or definition.remind_days
        timeline = days and self._approval_timeline(record)
        if not timeline:
            return {"due_date": False, "remind_at": False}
        day = self._approval_working_day(timeline, since, days)
        return {
            "due_date": definition.due_days and day,
            "remind_at": timeline.add(midnight_utc(str(timeline.tz), day), 0),
        }

    # === It is their turn ===

    def _approval_promote(self, record):
        """Let these steps of a record wait for a decision, and tell who may decide.

        :param record: the record, in sudo
        """
        now = fields.Datetime.now()
        for review in guard.with_token(self.sudo()):  # reviews are written here only
            review.write(
                {
                    "status": "pending",
                    "pending_at": now,
                    **review._approval_dates(record, now),
                }
            )
            self.env.add_to_compute(self._fields["reviewer_ids"], review)
        for review in self:
            review._approval_tell(record)

    def _approval_told(self):
        """Who is asked to decide this step now: those who may, and who stands in.

        :return: users, and the persons they stand in for by id of the user
        :rtype: tuple[res.users, dict[int, res.users]]
        """
        self.ensure_one()
        voters = self._approval_voters()
        absences = self.env["itsm.substitute"]._for_people(voters)
        persons = {}
        for user in absences.substitute_id - voters:
            person, _reason = self._approval_standing(user)[self.id]
            if person and self.id in self._approval_readable_by(user):
                persons[user.id] = person
        stand_ins = absences.substitute_id.filtered(lambda user: user.id in persons)
        return voters | stand_ins, persons

    def _approval_tell(self, record, reminder=False):
        """Activity and mail for those who may decide this step.

        One mail for each language; the activity is made once and stays until the step
        is decided.

        :param record: the record, in sudo
        :param bool reminder: said once before
        """
        self.ensure_one()
        if record._approval_is_silent():
            return
        users, persons = self._approval_told()
        if not users:
            record._approval_tell_requester(
                self,
                self.env._(
                    "Nobody is left who may decide “%(step)s” of %(name)s. Take the "
                    "request back, or have others named for the step.",
                    step=self.name,
                    name=record.display_name,
                ),
            )
            return
        quiet = record.with_context(mail_activity_quick_update=True)
        have = quiet.activity_search([ACTIVITY]).user_id
        # Users of the portal have no activities: they get the mail.
        for user in (users - have).filtered(lambda user: not user.share):
            quiet.activity_schedule(
                ACTIVITY,
                date_deadline=self.due_date or fields.Date.context_today(self),
                summary=self.with_context(lang=user.lang).name,
                user_id=user.id,
            )
        for lang, group in users.grouped("lang").items():
            review = self.with_context(lang=lang)
            named = record.with_context(lang=lang)
            body = self.env["ir.qweb"]._render(
                "itsm_base.approval_mail",
                {
                    "record": named,
                    "review": review,
                    "reminder": reminder,
                    "stand_ins": [
                        (user, persons[user.id]) for user in group if user.id in persons
                    ],
                    "url": review._approval_url(),
                },
                lang=lang,
                minimal_qcontext=True,
            )
            named.message_notify(
                partner_ids=group.partner_id.ids,
                subject=review._approval_subject(named, reminder),
                body=body,
                email_layout_xmlid="mail.mail_notification_light",
            )

    def _approval_url(self):
        """The link to the page on which this step is decided.

        :rtype: str
        """
        self.ensure_one()
        return f"{self.get_base_url()}/itsm/approval/{self.id}"

    def _approval_subject(self, record, reminder):
        values = {"name": record.display_name, "step": self.name}
        if reminder:
            return self.env._("Reminder: please decide %(name)s – %(step)s", **values)
        return self.env._("Please decide: %(name)s – %(step)s", **values)

    # === Reminders ===

    @api.model
    def _cron_remind(self):
        """Remind who has not decided what is due; once for each interval.

        One step after the other, so that one that fails leaves the others alone.
        """
        domain = (
            Domain("is_itsm", "=", True)
            & Domain("status", "=", "pending")
            & Domain("is_past", "=", False)
            & Domain("remind_at", "<=", fields.Datetime.now())
        )
        due = self.search(domain, limit=BATCH, order="remind_at, id")
        for review in due:
            try:
                with self.env.cr.savepoint():
                    review._approval_remind()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # somebody decides at this moment; the next run looks again
                _logger.info("Reminder of approval step %s: busy", review.id)
            except Exception:
                _logger.exception("Reminder of approval step %s failed", review.id)
                # not again before tomorrow, so that the others get their turn
                later = fields.Datetime.add(fields.Datetime.now(), days=1)
                guard.with_token(review).remind_at = later
        self.env["ir.cron"]._commit_progress(
            len(due), remaining=self.search_count(domain)
        )

    def _approval_remind(self):
        """Remind of this step and say when to do so again."""
        self.ensure_one()
        review = guard.with_token(self)
        record = self._approval_records().get(self.id)
        timeline = record is not None and self._approval_timeline(record)
        days = self.definition_id.remind_days
        if not timeline or not days:
            review.remind_at = False
        else:
            now = fields.Datetime.now()
            day = self._approval_working_day(timeline, now, days)
            review.remind_at = timeline.add(midnight_utc(str(timeline.tz), day), 0)
        if record is not None:
            # who may decide can have changed since the step began to wait
            self.env.add_to_compute(self._fields["reviewer_ids"], self)
            self._approval_tell(record, reminder=True)
