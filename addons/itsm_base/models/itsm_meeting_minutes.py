# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmMeetingMinutes(models.Model):
    """Minutes as they were sent: which revision, when, by whom, to whom, the files.

    Evidence: written when minutes are sent, never changed (MS-29, MS-36).
    """

    _name = "itsm.meeting.minutes"
    _inherit = ["itsm.evidence.mixin"]
    _description = "Minutes of a Meeting"
    _order = "meeting_id, revision desc"

    meeting_id = fields.Many2one(
        comodel_name="itsm.meeting",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="meeting_id.company_id", store=True, precompute=True
    )
    revision = fields.Integer(required=True, readonly=True, aggregator=None)
    reason = fields.Char(
        readonly=True, help="Why the revision before had to be corrected."
    )
    sent_at = fields.Datetime(string="Sent on", required=True, readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Sent by",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_meeting_minutes_partner_rel",
        string="Sent to",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
    )
    unreached_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_meeting_minutes_unreached_rel",
        string="Not Reached",
        readonly=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Participants without an e-mail address.",
    )
    attachment_ids = fields.Many2many(
        comodel_name="ir.attachment",
        string="Files",
        readonly=True,
        ondelete="restrict",
        help="One for each language, and for guests one without internal topics.",
    )

    checksums = fields.Text(
        readonly=True, help="SHA-1 of the files as they were sent, and their names."
    )

    _once = models.UniqueIndex(
        "(meeting_id, revision)", "Each revision of the minutes is sent once."
    )

    def _compute_display_name(self):
        for minutes in self:
            minutes.display_name = self.env._(
                "%(meeting)s, revision %(revision)s",
                meeting=minutes.meeting_id.display_name,
                revision=minutes.revision,
            )
