# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_spare import DECIDED


class ItsmCiSpareCheck(models.Model):
    """That a spare part was tried, and whether it can be used (MNT-10, K71).

    Entered once and never changed: a wrong one is followed by another.
    """

    _name = "itsm.ci.spare.check"
    _description = "Usability Check of a Spare Part"
    _order = "checked_on desc, id desc"
    _check_company_auto = True
    _allow_sudo_commands = False

    ci_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Spare Part",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('is_spare', '=', True), ('spare_state', '!=', 'repair')]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    checked_on = fields.Date(
        required=True, index=True, default=fields.Date.context_today
    )
    checked_by_id = fields.Many2one(
        comodel_name="res.users",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    is_usable = fields.Boolean(string="Usable", default=True)
    note = fields.Char(help="How it was tried, or what is wrong with it.")

    @api.depends("ci_id", "checked_on")
    def _compute_display_name(self):
        for check in self:
            check.display_name = f"{check.ci_id.display_name}, {check.checked_on}"

    @api.constrains("checked_on")
    def _check_day(self):
        for check in self:
            if check.checked_on > fields.Date.context_today(check):
                raise ValidationError(
                    self.env._("A check was done today or before. Enter its day.")
                )

    @api.constrains("ci_id")
    def _check_part(self):
        for check in self:
            if not check.ci_id.is_spare:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no spare part. Choose one.",
                        name=check.ci_id.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # the company of the part decides whose figure it is
        parts = self.env["itsm.ci"].browse(
            vals["ci_id"] for vals in vals_list if vals.get("ci_id")
        )
        companies = {part.id: part.company_id.id for part in parts}
        for vals in vals_list:
            company = companies.get(vals.get("ci_id"))
            if company:
                vals["company_id"] = company
        # the system loads data; nobody can be logged in as the system
        trusted = guard.has_token(self) or self.env.uid == SUPERUSER_ID
        if not trusted:
            for vals in vals_list:
                vals["checked_by_id"] = self.env.uid
        checks = super().create(vals_list)
        if not trusted:
            checks.ci_id._check_spare_here()
        checks._follow()
        return checks

    def _follow(self):
        """The condition of the parts is what their last check says."""
        # sudo: a later check counts, whoever may see it
        every = self.sudo().search(
            [("ci_id", "in", self.ci_id.ids)], order="checked_on, id"
        )
        last = {check.ci_id: check for check in every}
        for part, check in last.items():
            if check not in self or part.spare_state == "repair":
                continue
            state = "good" if check.is_usable else "bad"
            # sudo: who may record a check may say what came of it
            part = self.env["itsm.ci"].browse(part.id).sudo()
            part.with_context(**DECIDED).spare_state = state

    def write(self, vals):
        self._check_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_except_kept(self):
        if not guard.is_uninstalling(self):
            self._check_kept()

    def _check_kept(self):
        if not guard.has_token(self.env):
            raise UserError(
                self.env._(
                    "A check stays as it was recorded. If it was wrong, check the part "
                    "again."
                )
            )
