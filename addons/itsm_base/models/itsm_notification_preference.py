# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmNotificationPreference(models.Model):
    """What a person wants of an event, where it differs from his company."""

    _name = "itsm.notification.preference"
    _description = "Notification Preference"
    _order = "user_id, event_id, id"
    _rec_name = "event_id"
    # Saved from the preferences form, which Odoo writes with all rights: what a user
    # may do to these records stays decided by his own.
    _allow_sudo_commands = False

    user_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.uid,
    )
    event_id = fields.Many2one(
        comodel_name="itsm.notification.event",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('mandatory', '=', False)]",
    )
    mode = fields.Selection(
        selection=[
            ("on", "As my company has set it"),
            ("digest", "In my digest"),
            ("off", "Not at all"),
        ],
        required=True,
        default="digest",
    )

    _once = models.Constraint(
        "UNIQUE(user_id, event_id)",
        "You have said already what you want of this event.",
    )

    @api.constrains("event_id", "mode")
    def _check_mandatory(self):
        for preference in self:
            if preference.event_id.mandatory and preference.mode != "on":
                raise ValidationError(
                    self.env._(
                        "%(event)s must be told at once and cannot be switched off.",
                        event=preference.event_id.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "user_id" in vals:
            # Odoo asks the record rule before: nobody decides for somebody else.
            self.check_access("write")
        return result
