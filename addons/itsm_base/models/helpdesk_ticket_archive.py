# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..tools import guard

RULE = "archive_open_ticket"


class HelpdeskTicket(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "helpdesk.ticket"

    def write(self, vals):
        if "active" in vals and not vals["active"] and not guard.has_token(self):
            self._itsm_check_archive()
        return super().write(vals)

    def _itsm_check_archive(self):
        """Do what the company wants where open tickets are put out of sight.

        :raise ValidationError: if it blocks that
        """
        self.check_access("write")
        closed = self.env["helpdesk.ticket.stage"]._itsm_closed_states()
        still_open = self.filtered(
            lambda ticket: (
                ticket.active and ticket._itsm_effective_state() not in closed
            )
        )
        if still_open:
            self.env["itsm.enforcement.rule"]._enforce(
                RULE,
                still_open,
                lambda ticket: self.env._(
                    "Ticket %(ticket)s is archived while it is open: nobody sees it "
                    "any more, and its clocks run on. Solve and close it, or cancel it "
                    "with a reason.",
                    ticket=ticket.display_name,
                ),
            )
