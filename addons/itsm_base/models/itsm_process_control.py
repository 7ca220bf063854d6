# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmProcessControl(models.Model):
    """A line of the quality control table of a process (MS-52)."""

    _name = "itsm.process.control"
    _description = "Control Point of a Process"
    _order = "process_id, sequence, id"
    _check_company_auto = True

    process_id = fields.Many2one(
        comodel_name="itsm.process",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="process_id.company_id", store=True, index=True, precompute=True
    )
    sequence = fields.Integer(default=10)
    name = fields.Char(
        string="Control Item", required=True, translate=True, help="What is controlled."
    )
    method = fields.Char(
        translate=True,
        help="How it is controlled, for example by sampling ten tickets.",
    )
    frequency = fields.Selection(
        selection=[
            ("case", "Each case"),
            ("day", "Daily"),
            ("week", "Weekly"),
            ("month", "Monthly"),
            ("quarter", "Quarterly"),
            ("half", "Half-yearly"),
            ("year", "Yearly"),
        ],
        required=True,
        default="month",
    )
    responsible = fields.Selection(
        selection=[
            ("owner", "Process owner"),
            ("manager", "Process manager"),
            ("user", "Named person"),
        ],
        required=True,
        default="manager",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Named Person",
        domain="[('share', '=', False)]",
        check_company=True,
        ondelete="restrict",
        copy=False,
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="At Present",
        compute="_compute_responsible_id",
        help="Who that is now.",
    )
    record = fields.Char(
        translate=True, help="The record that shows that it was controlled."
    )

    @api.depends(
        "responsible", "user_id", "process_id.owner_id", "process_id.manager_id"
    )
    def _compute_responsible_id(self):
        for control in self:
            if control.responsible == "user":
                control.responsible_id = control.user_id
            elif control.responsible == "owner":
                control.responsible_id = control.process_id.owner_id
            else:
                control.responsible_id = control.process_id.manager_id

    @api.constrains("responsible", "user_id")
    def _check_user_id(self):
        for control in self:
            if control.responsible == "user" and not control.user_id:
                raise ValidationError(
                    self.env._(
                        "Control point %(name)s: choose the named person, or let the "
                        "process owner or manager be responsible.",
                        name=control.name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if "process_id" in vals:
            # Odoo asks the record rule before: the new process has its own owner.
            self.check_access("write")
        return result
