# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging
from datetime import timedelta

from psycopg2.errors import OperationalError

from odoo import api, fields, models

_logger = logging.getLogger(__name__)

#: Tickets that one slice of the scheduled action closes.
CLOSED_AT_ONCE = 100
#: When a ticket that could not be closed is tried again.
NEXT_TRY = timedelta(days=1)


class HelpdeskTicket(models.Model):
    """Resolved tickets of which nobody says anything are closed (INC-22).

    The day is set when a ticket is resolved, so that the mail can name it; tickets
    that were resolved before the installation, and imported ones, have none.
    """

    _inherit = "helpdesk.ticket"

    auto_close_at = fields.Datetime(
        string="Closes by Itself",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="If the requester says nothing until then. Working days of the company.",
    )

    def _itsm_protected_fields(self):
        return (*super()._itsm_protected_fields(), "auto_close_at")

    def _itsm_after_create(self, now):
        result = super()._itsm_after_create(now)
        # sudo: a user may create a ticket that he may not see afterwards
        self.sudo()._itsm_set_auto_close(now)
        return result

    def _itsm_milestones(self, old, new, now):
        vals = super()._itsm_milestones(old, new, now)
        if new.state == "resolved" and old.state != "resolved":
            if not self.is_history:
                vals["auto_close_at"] = self.company_id._itsm_auto_close_at(now)
        elif self.auto_close_at and new.state != "resolved":
            vals["auto_close_at"] = False
        return vals

    def _itsm_auto_close_day(self):
        """The last day on which the requester is heard, in the company's zone.

        :rtype: datetime.date
        """
        self.ensure_one()
        # sudo: the mail is written in whoever's name
        tz = self.sudo().company_id.resource_calendar_id.tz or "UTC"
        ends = self.auto_close_at - timedelta(seconds=1)
        return fields.Datetime.context_timestamp(self.with_context(tz=tz), ends).date()

    def _itsm_set_auto_close(self, now):
        """Begin to wait anew: the count of working days starts at *now*."""
        waiting = self.filtered(
            lambda ticket: (
                not ticket.is_history and ticket._itsm_effective_state() == "resolved"
            )
        )
        waiting._itsm_write_derived(
            {
                ticket.id: {"auto_close_at": ticket.company_id._itsm_auto_close_at(now)}
                for ticket in waiting
            }
        )

    def message_post(self, **kwargs):
        message = super().message_post(**kwargs)
        if self._itsm_is_customer_word(message):
            # He did say something: somebody is to read it first.
            # sudo: who answers need not be allowed to write the ticket
            self.sudo()._itsm_set_auto_close(fields.Datetime.now())
        return message

    @api.model
    def _cron_itsm_auto_close(self):
        """Close what has waited long enough (scheduled), oldest first.

        A holiday entered meanwhile moves the day when the ticket is looked at. A ticket
        that cannot be closed is tried again a day later and stops no other.
        """
        cron = self.env["ir.cron"]
        domain = [
            ("auto_close_at", "<=", fields.Datetime.now()),
            ("stage_id.itsm_state", "=", "resolved"),
            ("duplicate_id", "=", False),
            ("is_history", "in", (False, None)),
        ]
        while True:
            due = self.search(domain, order="auto_close_at, id", limit=CLOSED_AT_ONCE)
            due = due.try_lock_for_update(allow_referencing=True)
            if not due:
                return
            due._itsm_auto_close()
            left = self.search_count(domain)
            if not cron._commit_progress(len(due), remaining=left):
                return

    def _itsm_auto_close(self):
        """Close tickets for which nobody spoke up, as far as it is time."""
        now = fields.Datetime.now()
        moved = {}
        due = self.browse()
        for ticket in self:
            since = ticket.auto_close_at
            again = ticket._itsm_auto_close_again(since)
            if again != since:
                moved[ticket.id] = {"auto_close_at": again}
            if again and again <= now:
                due |= ticket
        self._itsm_write_derived(moved)
        for company, tickets in due.grouped("company_id").items():
            tickets.with_company(company)._itsm_auto_close_guarded(now)

    def _itsm_auto_close_again(self, planned):
        """The day as the calendar says it now; never earlier than it was *planned*."""
        self.ensure_one()
        again = self.company_id._itsm_auto_close_at(self.resolved_at or planned)
        return max(again, planned) if again else again

    def _itsm_auto_close_guarded(self, now):
        """Close together or, if that fails, one by one; failures are noted."""
        try:
            with self.env.cr.savepoint():
                self._itsm_confirm("automatic", self.env["res.partner"])
                self.env.flush_all()
        except OperationalError:
            raise  # somebody saved the same rows: the transaction is tried again
        except Exception as error:
            if len(self) > 1:
                for ticket in self:
                    ticket._itsm_auto_close_guarded(now)
                return
            _logger.exception("Ticket %s was not closed by itself", self.number)
            self._itsm_write_derived({self.id: {"auto_close_at": now + NEXT_TRY}})
            self._message_log(
                body=self.env._(
                    "The ticket could not be closed by itself: %(error)s It is tried "
                    "again tomorrow.",
                    error=error,
                )
            )
