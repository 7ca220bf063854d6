# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ResCompany(models.Model):
    """How a company notifies."""

    _inherit = "res.company"

    itsm_quiet_hours = fields.Boolean(
        string="Wait for Working Hours",
        default=True,
        help="What is not urgent reaches colleagues in their working hours, or in "
        "those of the company. Urgent events, and everybody else, are not affected.",
    )
    itsm_digest_hour = fields.Float(
        string="Time of the Digest",
        default=8.0,
        help="In the zone of the recipient; on a day off at the next opening.",
    )
    itsm_digest_weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Day of the Weekly Digest",
        default="0",
    )

    _itsm_digest_hour_range = models.Constraint(
        "CHECK(itsm_digest_hour >= 0 AND itsm_digest_hour < 24)",
        "Time of the Digest: enter a time from 00:00 to 23:59.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        # sudo: whoever may create a company need not be allowed to configure it
        self.env["itsm.notification.setting"].sudo()._ensure(companies)
        return companies
