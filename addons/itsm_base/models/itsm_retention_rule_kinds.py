# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class Kind(NamedTuple):
    """What a retention rule can be about; addons register theirs in `_kinds`."""

    label: str
    #: name of the model
    model: str
    #: what may be done with it, of anonymise, archive, delete
    actions: tuple


class ItsmRetentionRule(models.Model):
    """What retention rules can be about; addons add their own kinds."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.retention.rule"

    @api.model
    def _kinds(self):
        """What rules can be about: dict of key to `Kind`.

        For each key there is a method ``_retention_<key>(before)`` that returns the
        domain of the records of this rule's company that were closed or ended before
        that moment (naive UTC datetime).
        """
        return {
            "contact": Kind(
                self.env._("Contacts whose last ticket was closed"),
                "res.partner",
                ("anonymise",),
            ),
            "ticket": Kind(
                self.env._("Tickets that were closed"), "helpdesk.ticket", ("archive",)
            ),
            "ticket_file": Kind(
                self.env._("Files on tickets that were closed"),
                "ir.attachment",
                ("delete",),
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
        """Persons whose tickets are all of this company and closed for so long."""
        return (
            Domain("is_company", "=", False)
            & Domain("active", "=", True)
            & Domain("company_id", "in", [False, self.company_id.id])
            & Domain(
                "id",
                "in",
                SQL(
                    """(SELECT ticket.partner_id
                          FROM helpdesk_ticket ticket
                          JOIN helpdesk_ticket_stage stage
                            ON stage.id = ticket.stage_id
                         WHERE ticket.partner_id IS NOT NULL
                      GROUP BY ticket.partner_id
                        HAVING bool_and(ticket.company_id = %s AND stage.closed
                                        AND ticket.closed_date IS NOT NULL
                                        AND ticket.closed_date < %s))""",
                    self.company_id.id,
                    before,
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
