# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from .itsm_restricted_reference_mixin import TICKET


class MailTrackingValue(models.Model):
    """A child says which parent it got: its readers are others than the parent's."""

    _inherit = "mail.tracking.value"

    @api.model
    def _create_tracking_values(
        self, initial_value, new_value, col_name, col_info, record
    ):
        values = super()._create_tracking_values(
            initial_value, new_value, col_name, col_info, record
        )
        for name, value in (
            ("old_value_char", initial_value),
            ("new_value_char", new_value),
        ):
            # sudo: the number is no secret
            if getattr(value, "_name", None) == TICKET and value.sudo().restriction:
                values[name] = value.sudo().number  # sudo: as above
        return values
