# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

#: How many records of one kind are offered; more make no agenda.
OFFERED = 30


class ItsmMeeting(models.Model):
    """What comes onto the agenda: standing topics, and what addons offer."""

    _inherit = "itsm.meeting"

    # === Actions ===

    def action_propose_agenda(self):
        """Add what the addons offer and what is not on the agenda yet.

        :raise AccessError: if the user may not write the meeting
        :raise UserError: if the minutes were sent
        """
        self.check_access("write")
        self._check_not_frozen()
        vals_list = []
        for meeting in self:
            there = set(meeting.line_ids.mapped("key"))
            sequence = max(meeting.line_ids.mapped("sequence"), default=0)
            for vals in meeting._itsm_agenda_lines():
                if vals["key"] not in there:
                    there.add(vals["key"])
                    sequence += 1
                    vals_list.append(
                        {**vals, "meeting_id": meeting.id, "sequence": sequence}
                    )
        self.env["itsm.meeting.line"].create(vals_list)

    # === Hooks ===

    def _itsm_agenda_lines(self):
        """What is offered for the agenda of a meeting; addons add theirs.

        Read with the rights of the user, who sees only what he may see. Called for one
        meeting; a personal meeting is offered only what was agreed in its series.

        :return: values of ``itsm.meeting.line``, each with a ``key`` that stays the
            same for the same matter (``"model,id"``), in the order of the agenda
        :rtype: list[dict]
        """
        self.ensure_one()
        lines = self._agenda_of_actions()
        if not self.restricted:
            lines += self._agenda_of_duties() + self._agenda_of_kpis()
        return lines

    # === Business methods ===

    def _add_standing_topics(self):
        """Give new meetings without an agenda the topics of their kind."""
        empty = self.filtered(lambda meeting: not meeting.line_ids)
        lang = self.env.lang
        self.env["itsm.meeting.line"].create(
            [
                {
                    "meeting_id": meeting.id,
                    "sequence": topic.sequence,
                    "name": topic.with_context(lang=lang).name,
                    "minutes": topic.minutes,
                    "internal": topic.internal,
                    "key": f"{topic._name},{topic.id}",
                }
                # sudo: the agenda of a kind is no secret to whoever uses it
                for meeting in empty
                for topic in meeting.kind_id.sudo().topic_ids
            ]
        )

    def _series(self):
        """This meeting and those before it."""
        self.ensure_one()
        self.flush_model(["previous_id"])
        rows = self.env.execute_query(
            SQL(
                """WITH RECURSIVE series (id) AS (
                       SELECT %s::integer
                        UNION
                       SELECT meeting.previous_id
                         FROM itsm_meeting meeting
                         JOIN series ON series.id = meeting.id
                        WHERE meeting.previous_id IS NOT NULL
                   )
                   SELECT id FROM series""",
                self.id,
            )
        )
        return self.browse(row[0] for row in rows)

    def _agenda_of_actions(self, others=True):
        """Open actions of the series, then the overdue ones of process or company.

        :param bool others: also those that do not follow from the series
        """
        actions = self.env["itsm.action"]
        still_open = Domain("is_closed", "=", False)
        company = Domain("company_id", "=", self.company_id.id)
        series = self._series()
        of_series = actions.search(
            still_open
            & Domain("res_model", "=", self._name)
            & Domain("res_id", "in", series.ids),
            limit=OFFERED,
        )
        # What was agreed with the guests may be read by them, and nothing else.
        # sudo: the topics of the series that the user goes on with
        open_to_guests = of_series.filtered(
            lambda action: any(
                line.meeting_id in series and not line.internal
                for line in action.sudo().meeting_line_ids
            )
        )
        more = actions.browse()
        if others and not self.restricted:
            domain = still_open & company & Domain("restricted", "=", False)
            if self.process_id:
                domain &= Domain("process_id", "=", self.process_id.id)
            else:
                domain &= Domain("is_overdue", "=", True)
            more = actions.search(domain, limit=OFFERED) - of_series
        return [
            {
                "key": f"{action._name},{action.id}",
                "name": self.env._(
                    "%(name)s (action of %(owner)s, due %(date)s)",
                    owner=action.owner_id.name,
                    date=fields.Date.to_string(action.due_date),
                    name=action.name,
                ),
                "presenter_id": action.owner_id.partner_id.id,
                "action_ids": [Command.set(action.ids)],
                "internal": action not in open_to_guests,
            }
            for action in of_series | more
        ]

    def _agenda_of_duties(self):
        """Overdue duties of the process, or of the company."""
        domain = Domain("company_id", "=", self.company_id.id) & Domain(
            "status", "=", "overdue"
        )
        if self.process_id:
            domain &= Domain("process_id", "=", self.process_id.id)
        return [
            {
                "key": f"{duty._name},{duty.id}",
                "name": self.env._(
                    "%(name)s (duty overdue since %(date)s)",
                    date=fields.Date.to_string(duty.due_date),
                    name=duty.display_name,
                ),
                "presenter_id": duty.user_id.partner_id.id,
                "internal": True,
            }
            for duty in self.env["itsm.duty"].search(domain, limit=OFFERED)
        ]

    def _agenda_of_kpis(self):
        """KPIs of the process whose latest figure is short of the target.

        Not those about one person: all participants read the agenda.
        """
        if not self.process_id:
            return []
        kpis = self.process_id.kpi_ids.filtered(lambda kpi: not kpi.person_id)
        kpis = kpis.with_company(self.company_id)
        return [
            {
                "key": f"{kpi._name},{kpi.id},{kpi.latest_value_id.id}",
                "name": self.env._(
                    "%(kpi)s in %(period)s: %(value)s",
                    kpi=kpi.display_name,
                    period=kpi.latest_period,
                    value=kpi.latest_text,
                ),
                "presenter_id": self.process_id.manager_id.partner_id.id,
                "internal": True,
            }
            for kpi in kpis[:OFFERED]
            if kpi.latest_status in ("warning", "bad")
        ]
