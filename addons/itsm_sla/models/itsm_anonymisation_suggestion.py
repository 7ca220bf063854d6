# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain


class ItsmAnonymisation(models.Model):
    """Words about a person in what he suggested; the suggestion stays."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

    @api.model
    def _places(self):
        # The contact stays last: its name is what is looked for.
        *places, contact = super()._places()
        place = ("suggestion", self.env._("Suggestions of the person: words"))
        return [*places, place, contact]

    def _find_suggestion(self):
        of_person = Domain("partner_id", "in", self._persons().ids)
        return "itsm.service.suggestion", of_person

    def _clear_suggestion(self, records):
        self._update(records, self._scrubbed("name", "description", "answer"))
