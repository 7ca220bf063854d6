# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .helpdesk_ticket_similar import PARAMETER, THRESHOLD


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    itsm_category_depth = fields.Integer(
        related="company_id.itsm_category_depth", readonly=False
    )
    itsm_similar_threshold = fields.Float(
        string="Similar Tickets From",
        config_parameter=PARAMETER,
        default=THRESHOLD,
        digits=(3, 2),
        help="How much of what is typed a title names at least, from 0.1 (hardly "
        "anything) to 1 (all of it).",
    )

    @api.constrains("itsm_similar_threshold")
    def _check_itsm_similar_threshold(self):
        for settings in self:
            if not 0.1 <= settings.itsm_similar_threshold <= 1:
                raise ValidationError(
                    self.env._("Similar Tickets From: enter a value from 0.1 to 1.")
                )
