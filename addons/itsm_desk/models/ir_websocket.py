# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .helpdesk_ticket_wall import WALL_CHANNEL


class IrWebsocket(models.AbstractModel):
    """Wall screens of people of the desk hear that tickets changed."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        # What the client asks for are strings; what Odoo adds are records.
        is_wall = WALL_CHANNEL in channels
        channels = [channel for channel in channels if channel != WALL_CHANNEL]
        channels = super()._build_bus_channel_list(channels)
        group = "helpdesk_mgmt.group_helpdesk_user_own"
        if is_wall and self.env.user.has_group(group):
            # sudo: the group is only the address of the messages
            channels.append((self.env.ref(group).sudo(), WALL_CHANNEL))
        return channels
