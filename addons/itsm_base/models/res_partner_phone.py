# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.tools import SQL

#: Two numbers are the same if they end alike in so many digits.
PHONE_DIGITS = 10
LEAST_DIGITS = 6
#: The digits of a number without leading zeros, in SQL.
DIGITS = r"LTRIM(REGEXP_REPLACE(phone, '\D', '', 'g'), '0')"
#: By what of it the index finds it; longer numbers are compared as a whole then.
ENDING = 8


class ResPartner(models.Model):
    """Finding people by their telephone number (INC-01)."""

    _inherit = "res.partner"

    # An index of an expression: no column that would have to be filled at installation.
    _itsm_phone_idx = models.Index(f"(RIGHT({DIGITS}, {ENDING})) WHERE phone <> ''")

    @api.model
    def _itsm_by_phone(self, phone, company):
        """Active contacts with a number, with or without the country's code.

        :param str phone: as somebody wrote it; fewer than 6 digits find nobody
        :param company: ``res.company``; contacts of other companies are left out
        :return: at most two contacts; two mean that nobody is found for certain
        """
        digits = "".join(c for c in phone or "" if c in "0123456789").lstrip("0")
        if len(digits) < LEAST_DIGITS:
            return self.browse()
        self.flush_model(["phone", "active", "company_id"])
        rows = self.env.execute_query(self._itsm_phone_query(digits, company))
        return self.browse(row[0] for row in rows)

    @api.model
    def _itsm_phone_query(self, digits, company):
        """The statement that finds contacts by the digits of their number.

        :rtype: SQL
        """
        return SQL(
            """SELECT id
                 FROM res_partner
                WHERE RIGHT(%(known)s, %(ending)s) = RIGHT(%(digits)s, %(ending)s)
                  AND phone <> ''
                  AND active
                  AND (company_id IS NULL OR company_id = %(company)s)
                  AND (%(known)s = %(digits)s
                       OR LENGTH(%(known)s) >= %(enough)s
                      AND LENGTH(%(digits)s) >= %(enough)s
                      AND (RIGHT(%(known)s, LENGTH(%(digits)s)) = %(digits)s
                           OR RIGHT(%(digits)s, LENGTH(%(known)s)) = %(known)s))
                LIMIT 2""",
            known=SQL(DIGITS),
            ending=SQL(str(ENDING)),
            digits=digits,
            company=company.id,
            enough=PHONE_DIGITS,
        )
