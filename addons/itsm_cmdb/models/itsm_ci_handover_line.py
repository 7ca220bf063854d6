# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

#: What people say of a thing that changes hands, besides its condition.
ENTERED = frozenset({"accessories", "remark"})


class ItsmCiHandoverLine(models.Model):
    """One thing on a hand-over sheet, as it was called when it was signed (CFG-38)."""

    _name = "itsm.ci.handover.line"
    _description = "Thing on a Hand-over Sheet"
    _order = "handover_id, sequence, id"
    _check_company_auto = True

    handover_id = fields.Many2one(
        comodel_name="itsm.ci.handover",
        string="Sheet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="handover_id.company_id", store=True, precompute=True, index=True
    )
    sequence = fields.Integer(default=10)
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Configuration Item",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('class_id.is_place', '=', False), ('service_id', '=', False),"
        " ('state', '!=', 'cancelled')]",
    )
    name = fields.Char(
        string="Description", compute="_compute_item", store=True, precompute=True
    )
    number = fields.Char(compute="_compute_item", store=True, precompute=True)
    serial = fields.Char(
        string="Serial Number", compute="_compute_item", store=True, precompute=True
    )
    asset_tag = fields.Char(compute="_compute_item", store=True, precompute=True)
    condition = fields.Selection(
        selection=[
            ("new", "Brand new"),
            ("good", "Good"),
            ("worn", "Worn"),
            ("damaged", "Damaged"),
            ("missing", "Missing parts"),
        ],
        required=True,
        default="good",
    )
    accessories = fields.Char(help="What goes with it: power supply, bag, keys.")
    remark = fields.Char()
    holder_before_id = fields.Many2one(
        comodel_name="res.partner",
        string="Had It Before",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    # of the sheet, for the list by configuration item
    partner_id = fields.Many2one(related="handover_id.partner_id")
    kind = fields.Selection(related="handover_id.kind")
    date = fields.Date(related="handover_id.date")
    state = fields.Selection(related="handover_id.state")

    _once = models.Constraint(
        "UNIQUE(handover_id, ci_id)",
        "The sheet names this configuration item already.",
    )

    @api.depends("ci_id")
    def _compute_item(self):
        self._note_item()

    def _note_item(self):
        """Take down how the item is called now."""
        for line in self:
            item = line.ci_id
            names = [item.name, item.version]
            # what was received is called after its model
            if (item.model_name or "").lower() not in (item.name or "").lower():
                names.insert(1, item.model_name)
            line.name = ", ".join(filter(None, names))
            line.number = item.number
            line.serial = item.serial
            line.asset_tag = item.asset_tag

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_open()
        return lines

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the sheet
        if vals.get("holder_before_id") and not guard.has_token(self.env):
            raise UserError(
                self.env._("Who had it before is noted by the button of the sheet.")
            )
        self._check_open()
        result = super().write(vals)
        if "handover_id" in vals:
            self._check_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_fixed(self):
        self._check_open()

    def _check_open(self):
        """Only a draft is changed.

        :raise UserError: naming the sheet
        """
        if guard.has_token(self.env):
            return
        for sheet in self.handover_id:
            if sheet.state != "draft":
                raise UserError(sheet._fixed_message())
