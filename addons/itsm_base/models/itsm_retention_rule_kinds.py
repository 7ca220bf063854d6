# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import guard


class Kind(NamedTuple):
    """What a retention rule can be about; addons register theirs in `_kinds`."""

    label: str
    #: name of the model
    model: str
    #: what may be done with it, of anonymise, archive, delete
    actions: tuple
    #: records of one slice of a run
    batch: int = 0


class ItsmRetentionRule(models.Model):
    """What retention rules can be about; addons add their own kinds."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.retention.rule"

    @api.model
    def _kinds(self):
        """What rules can be about: dict of key to `Kind`.

        For each key there is a method ``_retention_<key>(before)`` that returns the
        domain of the records of this rule's company that were closed or ended before
        that moment (naive UTC datetime). Where people can be anonymised,
        ``_anonymise_<key>(records, run)`` does it (records in sudo) and returns how
        many it left alone.
        """
        return {
            "contact": Kind(
                self.env._("Contacts whose last ticket was closed"),
                "res.partner",
                ("anonymise",),
                batch=5,  # persons take many queries each
            ),
            "ticket": Kind(
                self.env._("Tickets that were closed"), "helpdesk.ticket", ("archive",)
            ),
            "ticket_file": Kind(
                self.env._("Files on tickets that were closed"),
                "ir.attachment",
                ("delete",),
            ),
            "notification": Kind(
                self.env._("Log of notifications: who was told"),
                "itsm.notification.log",
                ("anonymise",),
            ),
            "run": Kind(self.env._("Runs that ended"), "itsm.run", ("archive",)),
        }

    @api.model
    def _selection_kind(self):
        return [(key, kind.label) for key, kind in self._kinds().items()]

    def _closed_tickets(self, before):
        """Ids (SQL) of the company's tickets that were closed before a moment."""
        return SQL(
            """(SELECT ticket.id
                  FROM helpdesk_ticket ticket
                  JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id
                 WHERE ticket.company_id = %s AND stage.closed
                   AND ticket.closed_date < %s)""",
            self.company_id.id,
            before,
        )

    def _retention_contact(self, before):
        """Persons whose tickets are all of this company and closed for so long.

        An address below a person is that person. Who is in the records of other
        applications (an order, an invoice, a contract) is left alone.
        """
        elsewhere = SQL("").join(
            SQL(
                " AND NOT EXISTS (SELECT FROM %s WHERE %s = person.id)",
                SQL.identifier(table),
                SQL.identifier(column),
            )
            for table, column in self.env["itsm.anonymisation"]._used_elsewhere()
        )
        return (
            Domain("is_company", "=", False)
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain(
                "id",
                "in",
                SQL(
                    """(
                    SELECT person.id
                      FROM res_partner person
                     WHERE COALESCE(person.type, 'contact') = 'contact'
                       AND person.id IN (
                        SELECT CASE WHEN COALESCE(contact.type, 'contact') <> 'contact'
                                     AND contact.parent_id IS NOT NULL
                                     AND contact.is_company IS NOT TRUE
                                    THEN contact.parent_id ELSE contact.id END
                          FROM helpdesk_ticket ticket
                          JOIN res_partner contact ON contact.id = ticket.partner_id
                     LEFT JOIN helpdesk_ticket_stage stage
                            ON stage.id = ticket.stage_id
                      GROUP BY 1
                        HAVING bool_and(COALESCE(ticket.company_id = %s AND stage.closed
                                                 AND ticket.closed_date < %s, FALSE)))
                       %s)""",
                    self.company_id.id,
                    before,
                    elsewhere,
                ),
            )
            & Domain(
                "id",
                "not in",
                SQL(
                    """(SELECT partner_id FROM res_users
                         WHERE (active AND NOT share) OR id = ANY(%s)
                         UNION SELECT partner_id FROM res_company)""",
                    self.env["itsm.anonymisation"]._system_users().ids,
                ),
            )
        )

    def _anonymise_contact(self, records, run):
        """Anonymise persons, one by one, each with its evidence."""
        left = 0
        for person in records:
            try:
                with self.env.cr.savepoint():
                    anonymisation = self.env["itsm.anonymisation"].create(
                        {
                            "partner_id": person.id,
                            "company_id": self.company_id.id,
                            "reason": self.env._(
                                "Retention: %(months)s months", months=self.months
                            ),
                        }
                    )
                    anonymisation._check_person()
                    anonymisation._count()
                    anonymisation._begin()
                    anonymisation._work_all()
            except UserError as error:
                left += 1
                self._say_kept(person, error, run)
        return left

    def _retention_notification(self, before):
        """Rows that say whom something reached, or how it failed."""
        told = Domain("partner_id", "!=", False) | Domain("user_id", "!=", False)
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("time", "<", before)
            & Domain("outcome", "not in", ("waiting", "digest"))
            & (told | Domain("note", "!=", False) | Domain("extra", "!=", False))
        )

    def _anonymise_notification(self, records, run):
        """Forget who was told; that somebody was, when, why and how stays."""
        nobody = dict.fromkeys(("partner_id", "user_id", "note", "extra"), False)
        guard.with_token(records).write(nobody)
        return 0

    def _retention_ticket(self, before):
        return Domain("active", "=", True) & Domain(
            "id", "in", self._closed_tickets(before)
        )

    def _retention_ticket_file(self, before):
        return (
            Domain("res_model", "=", "helpdesk.ticket")
            & Domain("res_field", "=", False)
            & Domain("res_id", "in", self._closed_tickets(before))
        )

    def _retention_run(self, before):
        return (
            Domain("active", "=", True)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("state", "in", ("done", "failed", "cancelled", "undone"))
            & Domain("finished_at", "<", before)
        )
