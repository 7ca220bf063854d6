# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ItsmAnonymisation(models.Model):
    """Words in the log of his tickets, and what imports of histories kept of the file.

    The facts of the log, its times and people stay: clocks are worked out from them.
    """

    _inherit = "itsm.anonymisation"

    @api.model
    def _places(self):
        # The contact stays last: its name is what is looked for.
        *places, contact = super()._places()
        return [
            *places,
            ("log", self.env._("Log of his tickets: words in reasons")),
            ("alert", self.env._("Alerts on his tickets: words in remarks")),
            ("import_line", self.env._("Imported histories: what was said of rows")),
            ("import_row", self.env._("Imported histories: rows as read")),
            contact,
        ]

    @api.model
    def _ticket_texts(self):
        return [*super()._ticket_texts(), "agreed_action"]

    def _find_log(self):
        of_tickets = Domain("ticket_id", "in", self._own_tickets())
        return "itsm.ticket.event", of_tickets & Domain("note", "!=", False)

    def _clear_log(self, records):
        self._update(records, self._scrubbed("note"))

    def _find_alert(self):
        of_tickets = Domain("ticket_id", "in", self._own_tickets())
        return "itsm.clock.alert", of_tickets & Domain("note", "!=", False)

    def _clear_alert(self, records):
        self._update(records, self._scrubbed("note"))

    def _imported(self, table):
        """Ids (SQL) of rows of imports that are about one of his tickets."""
        return SQL(
            """(SELECT held.id
                  FROM %s held
                  JOIN itsm_history_import_ticket link
                    ON link.import_id = held.import_id AND link.number = held.number
                 WHERE link.ticket_id IN %s)""",
            SQL.identifier(table),
            self._own_tickets(),
        )

    def _find_import_line(self):
        imported = self._imported("itsm_history_import_line")
        return "itsm.history.import.line", Domain("id", "in", imported)

    def _clear_import_line(self, records):
        self._update(records, self._scrubbed("text", "reason"))

    def _find_import_row(self):
        imported = self._imported("itsm_history_import_row")
        return "itsm.history.import.row", Domain("id", "in", imported)

    def _clear_import_row(self, records):
        self._scrub_json(records, "content")
