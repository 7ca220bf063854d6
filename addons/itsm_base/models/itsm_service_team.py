# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmServiceTeam(models.Model):
    """Which team supports a service in which line (CAT-08)."""

    _name = "itsm.service.team"
    _description = "Support Team of a Service"
    _inherit = ["itsm.approval.line.mixin"]
    _order = "service_id, line, sequence, id"
    _approval_parent = "service_id"
    _check_company_auto = True
    _rec_name = "team_id"

    service_id = fields.Many2one(
        comodel_name="itsm.service", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="service_id.company_id", store=True)
    line = fields.Selection(
        selection=[("1", "1st line"), ("2", "2nd line"), ("3", "3rd line")],
        required=True,
        default="1",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    sequence = fields.Integer(default=10)

    _team_uniq = models.UniqueIndex(
        "(service_id, line, team_id)", "The team supports the service in this line."
    )

    def _line_label(self):
        """The line in words."""
        self.ensure_one()
        labels = self._fields["line"]._description_selection(self.env)
        return dict(labels)[self.line]
