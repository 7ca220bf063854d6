# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmProcessInterface(models.Model):
    """What passes from one process to another, and what comes back.

    One end may be empty: every process of the company.
    """

    _name = "itsm.process.interface"
    _description = "Interface between Processes"
    _order = "company_id, process_from_id, process_to_id, id"
    _rec_name = "passes"
    _check_company_auto = True

    process_from_id = fields.Many2one(
        comodel_name="itsm.process",
        string="From",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: every process.",
    )
    process_to_id = fields.Many2one(
        comodel_name="itsm.process",
        string="To",
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
        help="Empty: every process.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    passes = fields.Char(
        string="What Passes", required=True, translate=True, help="Input of the other."
    )
    returns = fields.Char(string="What Comes Back", translate=True)

    _ends_differ = models.Constraint(
        "CHECK(process_from_id IS NULL OR process_to_id IS NULL"
        " OR process_from_id != process_to_id)",
        "An interface leads from one process to another one.",
    )

    @api.depends("process_from_id.company_id", "process_to_id.company_id")
    def _compute_company_id(self):
        for interface in self:
            process = interface.process_from_id or interface.process_to_id
            interface.company_id = process.company_id

    @api.constrains("process_from_id", "process_to_id", "passes")
    def _check_ends(self):
        for interface in self:
            if not (interface.process_from_id or interface.process_to_id):
                raise ValidationError(
                    self.env._(
                        "Interface %(name)s: name the process that it leads from or "
                        "the process that it leads to. Only one of the two may be "
                        "every process.",
                        name=interface.passes,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if not {"process_from_id", "process_to_id"}.isdisjoint(vals):
            # Odoo asks the record rule before: the new ends have their own owners.
            self.check_access("write")
        return result
