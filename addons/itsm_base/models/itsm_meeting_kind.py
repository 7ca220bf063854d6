# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmMeetingKind(models.Model):
    """A kind of meeting: weekly desk meeting, service review, management review …"""

    _name = "itsm.meeting.kind"
    _description = "Kind of Meeting"
    _inherit = ["itsm.shared.mixin", "itsm.archive.mixin"]
    _order = "sequence, name, id"
    _rec_names_search = ["name", "code"]

    code = fields.Char(required=True, help="For other addons and imports.")
    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What the meeting is for, who comes, what comes out of it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: every company."
    )
    duration = fields.Float(
        string="Duration (hours)",
        default=1.0,
        required=True,
        help="Proposed for new meetings.",
    )
    interval_days = fields.Integer(
        string="Every (days)",
        default=7,
        required=True,
        help="How long after a meeting the next one is proposed.",
    )
    restricted = fields.Boolean(
        string="Personal",
        help="Only participants and managers see these meetings, what follows from "
        "them, and what they are about in the calendar.",
    )
    topic_ids = fields.One2many(
        comodel_name="itsm.meeting.topic",
        inverse_name="kind_id",
        string="Standing Agenda",
        copy=True,
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another kind of meeting has this code. Choose a different one."
    )

    @api.constrains("duration", "interval_days")
    def _check_positive(self):
        for kind in self:
            if kind.duration <= 0 or kind.interval_days <= 0:
                raise ValidationError(
                    self.env._(
                        "%(name)s: duration and days between meetings are more than "
                        "zero.",
                        name=kind.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("restricted"):
            # sudo: meetings of every company and of people one does not know
            meetings = self.env["itsm.meeting"].sudo().with_context(active_test=False)
            meetings = meetings.search([("kind_id", "in", self.ids)])
            meetings._take_along()
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for kind, vals in zip(self, vals_list, strict=True):
            if not (default or {}).get("name"):
                vals["name"] = self.env._("%(name)s (copy)", name=kind.name)
            if not (default or {}).get("code"):
                vals["code"] = f"{kind.code}_copy"
        return vals_list

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.meeting", "kind_id")]
