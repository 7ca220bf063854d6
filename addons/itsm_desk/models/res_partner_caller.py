# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.res_partner_phone import (
    DIGITS,
    ENDING,
    LEAST_DIGITS,
)

#: The most callers with a number that the desk chooses from.
CALLERS = 20


class ResPartner(models.Model):
    """Callers are found by their telephone number, too (INC-01, DSK-07)."""

    _inherit = "res.partner"

    @api.model
    def _search_display_name(self, operator, value):
        domain = super()._search_display_name(operator, value)
        if (
            not self.env.context.get("itsm_caller")
            or operator not in ("ilike", "like", "=")
            or not isinstance(value, str)
        ):
            return domain
        # Only finds: what is shown is searched with the rules of the user.
        return Domain(domain) | Domain("id", "in", self._itsm_caller_ids(value))

    @api.model
    def _itsm_caller_ids(self, phone):
        """Ids of contacts whose number ends as *phone* does, or the other way round.

        For somebody who chooses: unlike ``_itsm_by_phone`` it need not be certain.

        :param str phone: as somebody typed it; fewer than 6 digits find nobody
        :rtype: list[int]
        """
        digits = "".join(c for c in phone if c in "0123456789").lstrip("0")
        if len(digits) < LEAST_DIGITS:
            return []
        self.flush_model(["phone", "active"])
        rows = self.env.execute_query(
            SQL(
                """SELECT id
                     FROM res_partner
                    WHERE RIGHT(%(known)s, %(ending)s) = RIGHT(%(digits)s, %(ending)s)
                      AND phone <> ''
                      AND active
                      AND (RIGHT(%(known)s, LENGTH(%(digits)s)) = %(digits)s
                           OR RIGHT(%(digits)s, LENGTH(%(known)s)) = %(known)s)
                    LIMIT %(limit)s""",
                known=SQL(DIGITS),
                ending=SQL(str(ENDING)),
                digits=digits,
                limit=CALLERS,
            )
        )
        return [row[0] for row in rows]
