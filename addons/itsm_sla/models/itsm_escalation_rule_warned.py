# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmEscalationRule(models.Model):
    """A rule that has warned customers keeps that it did."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.escalation.rule"

    def _warn_customers(self, escalations):
        known = {id(escalation): escalation.failed for escalation in escalations}
        result = super()._warn_customers(escalations)
        tickets = self.env["helpdesk.ticket"]
        for escalation in escalations:
            over = escalation.ticket._itsm_effective_state() in (
                "resolved",
                "closed",
                "cancelled",
            )
            if not over and escalation.failed == known[id(escalation)]:
                tickets |= escalation.ticket
        tickets._clock_mark_warned()
        return result
