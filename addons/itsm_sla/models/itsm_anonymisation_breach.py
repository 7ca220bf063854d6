# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmAnonymisation(models.Model):
    """Words about a person in what was said of breaches; the figures stay."""

    _inherit = "itsm.anonymisation"

    @api.model
    def _places(self):
        # The contact stays last: its name is what is looked for.
        *places, contact = super()._places()
        breach = ("breach", self.env._("Breaches of his tickets: words in notes"))
        return [*places, breach, contact]

    def _find_breach(self):
        of_tickets = Domain("ticket_id", "in", self._own_tickets())
        return "itsm.breach", of_tickets & Domain("note", "!=", False)

    def _clear_breach(self, records):
        self._update(records, self._scrubbed("note"))
