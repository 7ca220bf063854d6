# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmMeetingTopic(models.Model):
    """A topic that stands on the agenda of each meeting of a kind."""

    _name = "itsm.meeting.topic"
    _description = "Standing Topic of a Kind of Meeting"
    _order = "kind_id, sequence, id"

    kind_id = fields.Many2one(
        comodel_name="itsm.meeting.kind", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Topic", required=True, translate=True)
    minutes = fields.Integer(help="Time for it, in minutes.")
    internal = fields.Boolean(
        help="Not in the minutes that guests of other companies get."
    )
