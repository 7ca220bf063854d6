# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmEscalationRule(models.Model):
    """Escalation tells nobody of a restricted ticket who may not read it (SEC-05)."""

    _inherit = "itsm.escalation.rule"

    def _fire(self, clocks):
        escalations = super()._fire(clocks)
        restricted = [e for e in escalations if e.users and e.ticket.restriction]
        if restricted:
            users = self.env["res.users"].union(*(e.users for e in restricted))
            tickets = self.env["helpdesk.ticket"].union(*(e.ticket for e in restricted))
            reading = tickets._itsm_reading_partners(users.partner_id)
            for escalation in restricted:
                allowed = reading[escalation.ticket.id]
                escalation.users = escalation.users.filtered(
                    lambda user, allowed=allowed: user.partner_id.id in allowed
                )
        return escalations
