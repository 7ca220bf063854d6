# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

#: Entered after the approval: what was done with the data.
WIPED = frozenset(
    {"wipe_method", "wiped_by", "wiped_on", "certificate", "certificate_name", "note"}
)


class ItsmCiScrappingLine(models.Model):
    """One asset that is scrapped, and the evidence that its data is gone (CFG-41)."""

    _name = "itsm.ci.scrapping.line"
    _description = "Asset to be Scrapped"
    _inherit = ["itsm.approval.line.mixin"]
    _order = "scrapping_id, id"
    _rec_name = "ci_id"
    _check_company_auto = True
    _approval_parent = "scrapping_id"

    scrapping_id = fields.Many2one(
        comodel_name="itsm.ci.scrapping",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="scrapping_id.company_id", store=True, precompute=True, index=True
    )
    state = fields.Selection(related="scrapping_id.state", store=True, index=True)
    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Asset",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('service_id', '=', False), ('state', '!=', 'cancelled')]",
    )
    serial = fields.Char(related="ci_id.serial")
    class_id = fields.Many2one(related="ci_id.class_id")
    needs_wipe = fields.Boolean(
        string="Held Data",
        compute="_compute_needs_wipe",
        store=True,
        precompute=True,
        help="The class says that such things hold data: the evidence is needed.",
    )
    wipe_method = fields.Selection(
        selection=[
            ("overwrite", "Overwritten"),
            ("crypto", "Key destroyed"),
            ("degauss", "Demagnetised"),
            ("shred", "Shredded"),
            ("removed", "Medium taken out and kept"),
            ("none", "Never held data"),
        ],
        string="How the Data Was Wiped",
        copy=False,
    )
    wiped_by = fields.Char(copy=False, help="Person or company that did it.")
    wiped_on = fields.Date(copy=False)
    certificate = fields.Binary(
        copy=False, attachment=True, help="Certificate or log of the wiping."
    )
    certificate_name = fields.Char(copy=False, export_string_translation=False)
    note = fields.Char()

    _once = models.Constraint(
        "UNIQUE(scrapping_id, ci_id)", "This asset is named already."
    )

    @api.depends("ci_id")
    def _compute_needs_wipe(self):
        for line in self:
            line.needs_wipe = line._holds_data()

    def _holds_data(self):
        """Whether the class says now that such things hold data."""
        self.ensure_one()
        ci_class = self.sudo().ci_id.class_id  # sudo: what it is, seen or not
        return bool(ci_class) and ci_class._inherited("holds_data")

    @api.constrains("ci_id")
    def _check_ci_id(self):
        for line in self:
            item = line.ci_id
            if item.service_id or item.state == "cancelled":
                raise ValidationError(
                    self.env._(
                        "%(item)s cannot be scrapped: it stands for a service, or is "
                        "gone already.",
                        item=item.display_name,
                    )
                )

    @api.constrains("wiped_on")
    def _check_wiped_on(self):
        today = fields.Date.context_today(self)
        for line in self:
            if line.wiped_on and line.wiped_on > today:
                raise ValidationError(
                    self.env._(
                        "%(item)s: the data cannot have been wiped on a day to come.",
                        item=line.ci_id.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_not_over()
        for line, vals in zip(lines, vals_list, strict=True):
            if "needs_wipe" in vals:
                line._check_needs_wipe(vals["needs_wipe"], line.needs_wipe)
        return lines

    def write(self, vals):
        self.check_access("write")  # before a refusal that names the record
        self._check_not_over()
        if "needs_wipe" in vals and not guard.has_token(self.env):
            for line in self:
                line._check_needs_wipe(vals["needs_wipe"], line.needs_wipe)
            # what it is follows from the asset, which may change with it
            vals = {name: vals[name] for name in vals if name != "needs_wipe"}
        result = super().write(vals)
        self._check_not_over()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self._check_not_over()

    def _approval_unlocked_fields(self):
        return super()._approval_unlocked_fields() | WIPED

    def _check_needs_wipe(self, value, right):
        """Refuse to say by hand whether the asset held data.

        :raise UserError: naming the asset
        """
        if bool(value) != bool(right) and not guard.has_token(self.env):
            raise UserError(
                self.env._(
                    "%(item)s: whether it held data is said by its class, not entered.",
                    item=self.ci_id.display_name,
                )
            )

    def _check_not_over(self):
        """Nothing of what is over is changed.

        :raise UserError: naming the scrapping
        """
        if guard.has_token(self.env):
            return
        for scrapping in self.scrapping_id:
            if scrapping.state in ("done", "cancelled"):
                raise UserError(scrapping._fixed_message())

    # === Evidence ===

    def _check_wiped(self):
        """What held data is shown to be wiped.

        :raise UserError: naming the first asset and what is missing
        """
        self.flush_recordset(["certificate"])
        # sudo: only whether there is a certificate
        files = self.env["ir.attachment"].sudo()
        files = files.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", "certificate"),
                ("res_id", "in", self.ids),
            ]
        )
        certified = set(files.mapped("res_id"))
        for line in self:
            # the class may hold data since the line was written
            if not (line.needs_wipe or line._holds_data()):
                continue
            method = line.wipe_method
            missing = [
                line._fields[name]._description_string(self.env)
                for name in ("wipe_method", "wiped_by", "wiped_on")
                if not line[name]
            ]
            if method != "none" and line.id not in certified:
                missing.append(
                    line._fields["certificate"]._description_string(self.env)
                )
            if method == "none" and not line.note:
                missing.append(line._fields["note"]._description_string(self.env))
            if missing:
                raise UserError(
                    self.env._(
                        "%(item)s held data. Enter the evidence that it is wiped: "
                        "%(missing)s.",
                        item=line.ci_id.display_name,
                        missing=", ".join(missing),
                    )
                )
