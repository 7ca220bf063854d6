# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

ROLES = [
    ("owner", "Owner"),
    ("assignee", "Assignee"),
    ("team_leader", "Team leader"),
    ("team", "Team members"),
    ("requester", "Requester"),
    ("participants", "Participants"),
    ("checker", "Checker"),
    ("process", "Process owner and manager"),
    ("manager", "Manager"),
    ("holder", "Holders of a role"),
]
CHANNELS = [
    ("mail", "Mail"),
    ("activity", "Activity"),
    ("inbox", "In Odoo"),
]


class ItsmNotificationAudience(models.Model):
    """A recipient role that an event offers, with what is set when it is new."""

    _name = "itsm.notification.audience"
    _description = "Recipient Role of a Notification"
    _order = "event_id, sequence, id"
    _rec_name = "role"

    event_id = fields.Many2one(
        comodel_name="itsm.notification.event",
        required=True,
        index=True,
        ondelete="cascade",
    )
    role = fields.Selection(
        selection=ROLES,
        string="Recipient",
        required=True,
        help="In what role somebody is concerned; the record says who that is.",
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        index="btree_not_null",
        ondelete="cascade",
        help="Whose holders are told.",
    )
    sequence = fields.Integer(default=10)
    default_enabled = fields.Boolean(string="On from the Start")
    default_channel = fields.Selection(
        selection=CHANNELS, required=True, default="inbox"
    )
    default_digest = fields.Boolean(string="In the Digest from the Start")
    own_way = fields.Boolean(
        string="In a Way of Its Own",
        help="How they are told is decided elsewhere, for example by an escalation "
        "rule; here it is switched on or off.",
    )

    _role_uniq = models.UniqueIndex(
        "(event_id, role, COALESCE(role_id, 0))",
        "The event offers this recipient role already.",
    )

    @api.depends("role", "role_id")
    def _compute_display_name(self):
        label = dict(self._fields["role"]._description_selection(self.env))
        for audience in self:
            if audience.role == "holder":
                audience.display_name = audience.role_id.display_name
            else:
                audience.display_name = label.get(audience.role, "")

    @api.constrains("role", "role_id")
    def _check_role_id(self):
        for audience in self:
            if (audience.role == "holder") != bool(audience.role_id):
                raise ValidationError(
                    self.env._(
                        "Role: choose one for the recipients “Holders of a role”, and "
                        "none for others."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        audiences = super().create(vals_list)
        # sudo: shipped with an addon, whoever installs it
        self.env["itsm.notification.setting"].sudo()._ensure(
            self.env["res.company"]
            .sudo()
            .search(Domain.TRUE),  # sudo: of every company
            audiences,
        )
        self.env.registry.clear_cache()
        return audiences

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
