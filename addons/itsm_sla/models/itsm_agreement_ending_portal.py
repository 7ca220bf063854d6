# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .itsm_agreement_termination import OPEN


class ItsmAgreement(models.Model):
    """What named signers see of the end of an agreement, in sudo (SLM-27)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _portal_can_ask_end(self):
        """Whether the other party can ask for the end of this agreement now."""
        self.ensure_one()
        return bool(
            self.state == "active"
            and self._bound()
            and not self.termination_ids.filtered(lambda t: t.state in OPEN)
        )

    def _portal_termination(self):
        """The newest request that the other party sees.

        His own whatever became of it; one of the company's once it is decided.

        :rtype: itsm.agreement.termination
        """
        self.ensure_one()
        return self.termination_ids.filtered(
            lambda t: t.side == "other" or t.state in ("approved", "terminated")
        )[:1]
