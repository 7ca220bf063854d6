# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..tools.catalogue import OFFERED
from ..tools.due import DUE_DAYS, DueRule
from ..tools.period import MONTHS, midnight_utc

#: Fields that say who answers for a record, the first that is set counts.
OWNER_FIELDS = ("owner_id", "manager_id", "user_id")


class ItsmDutyDefinition(models.Model):
    """What follows from a definition: periods, due days, subjects, who does it."""

    _inherit = "itsm.duty.definition"

    def _work_kind(self, company):
        """How often it is done in a company: a kind of period (A1)."""
        self.ensure_one()
        if self.period == "quarter" and company.itsm_duty_quarter_months == "every":
            return "month"
        return self.period

    def _concerned(self, company, work):
        """The period that is the matter of what is done in ``work`` (A1).

        :param company: ``res.company``
        :param Period work: the period of work
        :rtype: Period
        """
        self.ensure_one()
        concerns = self.concerns
        if concerns == "company":
            concerns = (
                company.itsm_duty_concerns if self.period in MONTHS else "current"
            )
        return work.previous() if concerns == "previous" else work

    def _due_rule(self, company, kind):
        """By when a duty of a kind of period is due in a company (CAL-01 to CAL-05).

        :param company: ``res.company``
        :param str kind: the kind of its period
        :rtype: odoo.addons.itsm_base.tools.due.DueRule
        """
        self.ensure_one()
        included = company.itsm_duty_day_included
        shift = company.itsm_duty_holiday_shift
        if self.due_rule == "working_days":
            return DueRule("working_days", self.due_working_days)
        if self.due_rule == "day":
            return DueRule("day", self.due_day, self.due_month - 1, included, shift)
        if kind in DUE_DAYS:
            return DueRule("day", DUE_DAYS[kind], shift=shift)
        # A quarterly duty that is done every month keeps the day of quarterly duties.
        rule = "quarter" if self.period == "quarter" and kind == "month" else kind
        return DueRule(
            "day", company[f"itsm_duty_{rule}_day"], included=included, shift=shift
        )

    def _duty_subjects(self, company, works, tz):
        """What the duties of some periods are about; a hook for other addons.

        The records of the company that existed when a period of work began, so that it
        does not matter when the duties are made.

        :param company: ``res.company``
        :param list works: ``Period`` of work
        :param str tz: the zone in which they begin
        :return: the records by period
        :rtype: dict[Period, recordset]
        """
        self.ensure_one()
        records = self.env[self.subject_model].search(
            self._duty_subject_domain(company)
        )
        found = {}
        for work in works:
            begin = midnight_utc(tz, work.start)
            found[work] = records.browse(
                record.id for record in records if record.create_date < begin
            )
        return found

    def _duty_subject_domain(self, company):
        """Which records a duty per record is about; a hook for other addons.

        :param company: ``res.company``
        :rtype: list
        """
        self.ensure_one()
        domain = [("company_id", "in", [False, company.id])]
        if self.subject_model == "itsm.service":
            domain.append(("state", "in", OFFERED))
        return domain

    def _responsible_of(self, subject, holders):
        """Who does a duty.

        :param subject: the record it is about, possibly none
        :param holders: ``res.users`` who hold the role
        :rtype: res.users
        """
        self.ensure_one()
        if self.responsible == "user":
            return self.user_id
        if self.responsible == "subject" and subject:
            for field_name in OWNER_FIELDS:
                if field_name in subject._fields and subject[field_name]:
                    return subject[field_name]
        return holders[:1]
