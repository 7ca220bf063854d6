# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ItsmAnonymisation(models.Model):
    """Addresses to which service reports were sent; that they were sent stays."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

    @api.model
    def _places(self):
        # The contact stays last: its name is what is looked for.
        *places, contact = super()._places()
        place = ("report_delivery", self.env._("Service reports sent to him: address"))
        return [*places, place, contact]

    def _find_report_delivery(self):
        of_person = Domain("partner_id", "in", self._persons().ids)
        return "itsm.report.delivery", of_person & Domain("email", "!=", False)

    def _clear_report_delivery(self, records):
        self._update(records, SQL("email = NULL"))
