# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import format_date, is_html_empty

from ..tools import guard
from ..tools.period import Period
from ..tools.timeline import NoWorkingTime

#: Nobody is told by mail or made a follower one by one: the activity tells.
SILENT = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
}


class ItsmDuty(models.Model):
    """How duties are made, and how their due days follow the settings."""

    _inherit = "itsm.duty"

    # === Making duties ===

    @api.model
    def _create_wanted(self, wanted, timelines):
        """Create duties that do not exist yet, all in one batch, with activities.

        :param list wanted: ``(definition, company, period of work, subject or None)``
        :param dict timelines: ``Timeline`` by id of the company
        :return: the new duties
        :rtype: itsm.duty
        """
        rows = [(*item, item[0]._concerned(item[1], item[2])) for item in wanted]
        existing = self._existing_keys(rows)
        rows = [
            row
            for row in rows
            if self._key(row[0], row[1], row[4], row[3]) not in existing
        ]
        if not rows:
            return self.browse()
        definitions = self.env["itsm.duty.definition"].union(*(row[0] for row in rows))
        companies = self.env["res.company"].union(*(row[1] for row in rows))
        holders = definitions.role_id._holders_by_role(companies)
        processes = self._processes_by_code(definitions.process_id, companies)
        nobody = self.env["res.users"]
        users = [
            row[0]._responsible_of(
                row[3], holders.get((row[0].role_id.id, row[1].id), nobody)
            )
            for row in rows
        ]
        # Read at once what is asked of each below.
        nobody.union(*users).mapped("company_ids")
        vals_list = []
        for (definition, company, work, subject, period), user in zip(
            rows, users, strict=True
        ):
            last_day = definition._due_rule(company, work.kind).last_day(
                work, timelines[company.id]
            )
            if not user.active or company not in user.company_ids:
                user = nobody
            process = processes.get((definition.process_id.code, company.id))
            # The scheduled action has no language: that of the company.
            lang = company.partner_id.lang or self.env.lang
            about = subject is not None and subject.with_context(lang=lang)
            if about and about._name == "itsm.process":
                process = about.id
            vals_list.append(
                {
                    "definition_id": definition.id,
                    "company_id": company.id,
                    "process_id": process,
                    "role_id": definition.role_id.id,
                    "user_id": user.id,
                    "period": period.kind,
                    "period_start": period.start,
                    "period_end": period.end,
                    "work_start": work.start,
                    "due_date": last_day,
                    "due_at": self._due_at(timelines[company.id], last_day),
                    "res_model": about and about._name,
                    "res_id": about and about.id,
                    "subject_name": about and about.display_name,
                    "evidence_required": definition.evidence_required,
                    "checklist": self._checklist(definition, user.lang or lang),
                }
            )
        duties = self.sudo().with_context(**SILENT)  # sudo: only code makes duties
        duties = guard.with_token(duties).create(vals_list)
        duties._schedule_activities()
        return duties

    @api.model
    def _checklist(self, definition, lang):
        """The points of the definition, in the language of who does it."""
        checklist = definition.with_context(lang=lang or self.env.lang).checklist
        return False if is_html_empty(checklist) else checklist

    @api.model
    def _due_at(self, timeline, last_day):
        """The midnight that ends the last day in time, naive UTC."""
        return Period("day", last_day).bounds_utc(timeline.spec.tz)[1]

    @api.model
    def _key(self, definition, company, period, subject):
        about = (subject._name, subject.id) if subject is not None else (False, 0)
        return definition.id, company.id, period.kind, period.start, *about

    @api.model
    def _existing_keys(self, rows):
        """The keys of the duties that exist already, in one query."""
        duties = self.sudo().with_context(active_test=False)  # sudo: of all companies
        if not rows:
            return set()
        starts = [row[4].start for row in rows]
        found = duties.search_fetch(
            [
                ("definition_id", "in", {row[0].id for row in rows}),
                ("company_id", "in", {row[1].id for row in rows}),
                ("period_start", ">=", min(starts)),
                ("period_start", "<=", max(starts)),
            ],
            [
                "definition_id",
                "company_id",
                "period",
                "period_start",
                "res_model",
                "res_id",
            ],
        )
        return {
            (
                duty.definition_id.id,
                duty.company_id.id,
                duty.period,
                duty.period_start,
                duty.res_model,
                duty.res_id,
            )
            for duty in found
        }

    @api.model
    def _processes_by_code(self, processes, companies):
        """Ids of the processes with these codes, by code and id of the company."""
        if not processes:
            return {}
        processes_sudo = self.env["itsm.process"].sudo()  # sudo: of all companies
        found = processes_sudo.search_fetch(
            [
                ("code", "in", processes.mapped("code")),
                ("company_id", "in", companies.ids),
            ],
            ["code", "company_id"],
        )
        return {(process.code, process.company_id.id): process.id for process in found}

    # === Activities ===

    def _activities(self):
        """The activities that tell the responsible of these duties."""
        activities = self.env["mail.activity"].sudo()  # sudo: the system's own
        return activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        )

    def _schedule_activities(self):
        """Tell who is responsible by an activity, in one batch without a mail each."""
        if self.env.context.get("mail_activity_automation_skip"):
            return
        duties = self.filtered(lambda duty: duty.user_id and duty.state == "open")
        if not duties:
            return
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        names = {}
        for lang in set(duties.user_id.mapped("lang")):
            for duty in duties.with_context(lang=lang):
                names[duty.id, lang] = duty.display_name
        activities = self.env["mail.activity"].sudo()  # sudo: planned for others
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": duty.id,
                    "res_name": names[duty.id, duty.user_id.lang],
                    "user_id": duty.user_id.id,
                    "date_deadline": duty.due_date,
                    "summary": names[duty.id, duty.user_id.lang],
                    "automated": True,
                }
                for duty in duties
            ]
        )

    # === Due days ===

    @api.model
    def _recompute_due(self, domain):
        """Work out the due days of open duties again (CAL-06).

        Each change is noted in the chatter of the duty; done and waived duties stay as
        they were judged. A company without a usable calendar keeps its due days.

        :param list domain: which open duties
        :return: the duties whose due day changed
        :rtype: itsm.duty
        """
        duties = self.with_context(active_test=False).search(
            [("state", "=", "open"), *domain]
        )
        timelines, _problems = duties.company_id._itsm_duty_timelines()
        changes = {}
        for duty in duties:
            timeline = timelines.get(duty.company_id.id)
            if not timeline:
                continue
            rule = duty.definition_id._due_rule(duty.company_id, duty.period)
            try:
                day = rule.last_day(Period(duty.period, duty.work_start), timeline)
            except NoWorkingTime:
                continue
            due_at = self._due_at(timeline, day)
            if (day, due_at) != (duty.due_date, duty.due_at):
                changes.setdefault((day, due_at), []).append(duty.id)
        changed = self.browse()
        bodies = {}
        for (day, due_at), ids in changes.items():
            group = self.browse(ids)
            for duty in group:
                # The scheduled action has no language: that of the company.
                lang = self.env.lang or duty.company_id.partner_id.lang
                env = self.with_context(lang=lang).env
                bodies[duty.id] = env._(
                    "Due day changed from %(old)s to %(new)s, as settings or holidays "
                    "changed.",
                    old=format_date(env, duty.due_date),
                    new=format_date(env, day),
                )
            group._by_code().with_context(tracking_disable=True).write(
                {"due_date": day, "due_at": due_at}
            )
            changed |= group
        if changed:
            changed._message_log_batch(bodies)
            changed._move_activities()
        return changed

    def _move_activities(self):
        """Give the activities the due day of their duty, one write for each day."""
        days = {duty.id: duty.due_date for duty in self}
        activities = self._activities()
        for day, group in activities.grouped(lambda a: days[a.res_id]).items():
            group.write({"date_deadline": day})
