# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: What wall screens listen to; the message says nothing but that something changed.
WALL_CHANNEL = "itsm_desk.wall"


class HelpdeskTicket(models.Model):
    """Wall screens hear that tickets changed, once for many changes."""

    _inherit = "helpdesk.ticket"

    def _itsm_facts_created(self):
        result = super()._itsm_facts_created()
        self._itsm_tell_wall()
        return result

    def _itsm_facts_changed(self, changes):
        result = super()._itsm_facts_changed(changes)
        self._itsm_tell_wall()
        return result

    def _itsm_tell_wall(self):
        """Tell the wall screens when the transaction ends; history changes nothing."""
        # Emptied together with the messages that wait for the end of the transaction.
        waiting = self.env.cr.precommit.data
        if waiting.get(WALL_CHANNEL) or not any(
            not ticket.is_history for ticket in self
        ):
            return
        waiting[WALL_CHANNEL] = True
        # sudo: the group is only the address of the message
        group = self.env.ref("helpdesk_mgmt.group_helpdesk_user_own").sudo()
        # who is not in the group cannot listen, see ir.websocket
        self.env["bus.bus"]._sendone((group, WALL_CHANNEL), WALL_CHANNEL, {})
