# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

AUDIENCES = [
    ("customers", "Customers"),
    ("internal", "Service organisation"),
    ("management", "Management"),
    ("units", "Subordinate units"),
]
CHANNELS = [
    ("mail", "Mail"),
    ("phone", "Telephone"),
    ("chat", "Messenger"),
    ("meeting", "Meeting or call"),
    ("notice", "Notice (portal, screen, board)"),
]


class ItsmMajorCommunication(models.Model):
    """What was told to whom in a major incident, and whether it was in time.

    Added by the dialog, never changed.
    """

    _name = "itsm.major.communication"
    _description = "Communication of a Major Incident"
    _inherit = ["itsm.evidence.mixin"]
    _order = "time desc, id desc"
    _rec_name = "subject"

    major_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Major Incident",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="major_id.company_id", store=True, precompute=True
    )
    time = fields.Datetime(required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    audience = fields.Selection(selection=AUDIENCES, required=True, readonly=True)
    channel = fields.Selection(selection=CHANNELS, required=True, readonly=True)
    subject = fields.Char(required=True, readonly=True)
    body = fields.Html(string="Text", readonly=True)
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_major_communication_partner_rel",
        string="Recipients",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    unreached_partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_major_communication_unreached_rel",
        string="Not Reached",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Recipients who had no e-mail address.",
    )
    due_at = fields.Datetime(
        string="Was Due",
        readonly=True,
        help="Until when it had to be told. Empty: nothing was due.",
    )
    is_late = fields.Boolean(string="Late", readonly=True)

    def _evidence_message(self, operation):
        return self.env._(
            "What was communicated stays as it was. Press “Communicate” to tell more."
        )
