# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools.bulk import insert_rows

#: By how far the clock is: the notification event.
EVENTS = {
    "in_time": "clock_escalated",
    "at_risk": "clock_at_risk",
    "breached": "clock_breached",
}
NOTICE_NAMES = (
    "event_id",
    "event_code",
    "company_id",
    "res_model",
    "res_id",
    "partner_id",
    "user_id",
    "audience_id",
    "channel",
    "time",
    "sent_at",
    "outcome",
    "reason",
    "note",
)


class ItsmClockAlert(models.Model):
    """Alerts as notifications: switched off where they are, and written down."""

    _inherit = "itsm.clock.alert"

    @api.model
    def _plan_notices(self, fired):
        """Leave out who does not want to be told, or is not to be by the company.

        The alerts tell by their own activities and mails, as the rule says and many at
        a time; whether somebody is told is a notification like all others.

        :param list fired: ``(rule, Escalation, due, level)``; those who are not told
            move from ``users`` to ``muted``
        :return: by code of the event: values of log rows, and the tickets
        :rtype: dict[str, tuple[list, recordset]]
        """
        notices = {}
        events = self.env["itsm.notification.event"]
        groups = {}
        for rule, escalation, _due, level in fired:
            key = EVENTS[level], "activity" if rule.by_activity else "mail"
            groups.setdefault(key, []).append((rule, escalation))
        for (code, channel), items in groups.items():
            rows, tickets = notices.setdefault(code, ([], set()))
            pairs = [
                (escalation.ticket, user.partner_id)
                for _rule, escalation in items
                for user in escalation.users
            ]
            planned = iter(events._plan_own_way(code, pairs, channel) if pairs else ())
            for rule, escalation in items:
                tickets.add(escalation.ticket.id)
                for user in escalation.users:
                    row = next(planned)
                    if row:
                        rows.append(dict(row, note=rule.name))
                        if row["outcome"] != "sent":
                            escalation.muted |= user
                escalation.users -= escalation.muted
        return notices

    @api.model
    def _write_notices(self, notices):
        """Write down who was told, and tell the other roles that a company wants told.

        :param dict notices: as `_plan_notices` returns it
        """
        events = self.env["itsm.notification.event"]
        for code, (rows, ticket_ids) in notices.items():
            insert_rows(
                self.env["itsm.notification.log"],
                NOTICE_NAMES,
                [tuple(row.get(name) for name in NOTICE_NAMES) for row in rows],
            )
            tickets = self.env["helpdesk.ticket"].browse(sorted(ticket_ids))
            tickets = tickets.filtered(
                lambda ticket, code=code: events._tells_others(
                    code, ticket.company_id or self.env.company
                )
            )
            if tickets:
                told = {(row["res_id"], row["partner_id"]) for row in rows}
                events._notify(code, tickets, told=told)
