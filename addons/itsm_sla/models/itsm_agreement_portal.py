# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmAgreement(models.Model):
    """What named signers of the other party see in the portal (SLM-68)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _portal_domain(self, user):
        """Domain of the agreements that a user of the portal may see.

        Who is named as a signer, as long as he belongs to the other party, from the
        day on which it was put to signature.

        :param user: ``res.users``
        :rtype: list
        """
        partner = user.partner_id.sudo()  # sudo: his own firm
        firm = partner.commercial_partner_id.id
        return [
            ("is_template", "=", False),
            ("signer_ids", "in", partner.ids),
            ("paper_ids", "!=", False),
            "|",
            "&",
            ("kind", "=", "sla"),
            ("partner_id.commercial_partner_id", "=", firm),
            "&",
            ("kind", "=", "uc"),
            ("supplier_id.commercial_partner_id", "=", firm),
        ]

    def _portal_paper(self):
        """The paper that the other party reads: what is to be or was signed.

        While the draft is changed there is none, unless it is in force.

        :rtype: itsm.agreement.paper
        """
        self.ensure_one()
        paper = self._current_paper()
        if self.state == "draft" and self._missing_departments():
            return paper.browse()
        return paper

    def _portal_can_sign(self):
        """Whether the other party can sign now: departments have countersigned.

        A proxy is replaced by the customer's own signature at any time.
        """
        self.ensure_one()
        self._signing_refresh()
        if self.state == "terminated" or not self._portal_paper():
            return False
        return not (self._party_has_signed() or self._missing_departments())
