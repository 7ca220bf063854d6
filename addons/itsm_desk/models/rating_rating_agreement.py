# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import midnight_utc


class RatingRating(models.Model):
    """How the tickets under an agreement were rated (SLM-44, SLM-77)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "rating.rating"

    @api.model
    def _itsm_of_agreements(self, versions, first, last):
        """Sum and number of the ratings of a time; one statement.

        Cancelled tickets, duplicates and imported history do not count; archived and
        restricted ones do. Under an OLA or UC are the tickets on which its team or
        supplier worked.

        :param versions: versions of one agreement
        :param date first: in the agreement's zone
        :param date last: the last day that counts
        :return: ``(sum, number)``
        :rtype: tuple[int, int]
        """
        agreement = versions[:1]
        begins = midnight_utc(agreement.tz or "UTC", first)
        stops = midnight_utc(agreement.tz or "UTC", fields.Date.add(last, days=1))
        tickets = Domain("agreement_id", "in", versions.ids)
        if agreement.kind != "sla":
            own = Domain("agreement_id", "in", versions.ids)
            tickets = Domain("clock_ids", "any", own & Domain("is_history", "=", False))
        tickets &= Domain("duplicate_id", "=", False)
        tickets &= Domain("is_history", "=", False)
        tickets &= Domain("stage_id.itsm_state", "!=", "cancelled")
        # sudo: figures are the same, whoever asks
        everything = self.env["helpdesk.ticket"].sudo()
        scope = everything.with_context(active_test=False)._search(tickets)
        [[total, number]] = self.sudo()._read_group(  # sudo: as above
            Domain("consumed", "=", True)
            & Domain("rated_on", ">=", begins)
            & Domain("rated_on", "<", stops)
            & Domain("res_model", "=", everything._name)
            & Domain("res_id", "in", scope),
            [],
            ["rating:sum", "__count"],
        )
        return int(total or 0), number
