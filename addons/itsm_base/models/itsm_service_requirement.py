# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmServiceRequirement(models.Model):
    """What a new, existing or changed service has to do for somebody (CAT-11)."""

    _name = "itsm.service.requirement"
    _description = "Requirement of a Service"
    _inherit = ["itsm.approval.line.mixin"]
    _order = "service_id, sequence, id"
    _approval_parent = "service_id"
    _check_company_auto = True

    service_id = fields.Many2one(
        comodel_name="itsm.service", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="service_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    name = fields.Char(string="Requirement", required=True, translate=True)
    kind = fields.Selection(
        selection=[
            ("function", "What it does"),
            ("level", "Service level"),
            ("capacity", "Capacity"),
            ("continuity", "Availability and continuity"),
            ("security", "Information security"),
            ("law", "Law and regulation"),
            ("other", "Other"),
        ],
        required=True,
        default="function",
    )
    source = fields.Selection(
        selection=[
            ("organisation", "Organisation"),
            ("customer", "Customer"),
            ("user", "Users"),
            ("other", "Other interested party"),
        ],
        string="Whose",
        required=True,
        default="customer",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    state = fields.Selection(
        selection=[
            ("open", "To be met"),
            ("met", "Met"),
            ("dropped", "Given up"),
        ],
        string="Status",
        required=True,
        default="open",
        copy=True,
    )
    note = fields.Text(string="Remark")
