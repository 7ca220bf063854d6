# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AccountAsset(models.Model):
    """Accounting names the configuration items of an asset (CFG-46).

    Who may write fixed assets says so, whoever may write the CMDB: only the link is
    written, and it is no part of the item's history or of its control.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "account.asset"

    itsm_ci_names = fields.Text(
        string="IT Assets",
        compute="_compute_itsm_ci_names",
        compute_sudo=True,
        groups="account.group_account_invoice,account.group_account_user",
        help="The configuration items of the asset: number, name and serial number.",
    )

    @api.depends("itsm_ci_ids.number", "itsm_ci_ids.name", "itsm_ci_ids.serial")
    def _compute_itsm_ci_names(self):
        for asset in self:
            asset.itsm_ci_names = "\n".join(
                ", ".join(filter(None, (item.number, item.name, item.serial)))
                for item in asset.with_context(active_test=False).itsm_ci_ids
            )

    def action_itsm_name_cis(self):
        """Open the dialog that names the configuration items of the asset."""
        self.ensure_one()
        self.check_access("write")
        # sudo: their numbers stand on the asset
        items = self.sudo().with_context(active_test=False).itsm_ci_ids
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Configuration Items of the Asset"),
            "res_model": "itsm.ci.asset.link",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_asset_id": self.id,
                "default_codes": "\n".join(items.mapped("number")),
            },
        }

    def _itsm_name_cis(self, codes):
        """Let the asset be exactly the configuration items that *codes* name.

        :param list codes: number, serial number or asset tag of each
        :raise AccessError: the user may not write the asset
        :raise UserError: a code names none, or several, or one of another asset
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: found by what stands on the thing; only the link is written
        every = self.env["itsm.ci"].sudo().with_context(active_test=False)
        known = every.search([("asset_id", "=", self.id)])
        items = every.browse()
        for code in codes:
            items |= self._itsm_find_ci(every, code)
        for item in items - known:
            if item.asset_id:
                raise UserError(
                    self.env._(
                        "%(item)s is the fixed asset %(asset)s. Take it out there "
                        "first.",
                        item=item.number,
                        asset=item.asset_id.display_name,
                    )
                    if item.asset_id.company_id == self.company_id
                    else self.env._(
                        "%(item)s is a fixed asset of another company.",
                        item=item.number,
                    )
                )
        (known - items).write({"asset_id": False})
        (items - known).write({"asset_id": self.id})

    def _itsm_find_ci(self, every, code):
        """The one that *code* names, of the company of the asset or of none.

        :param every: ``itsm.ci`` in sudo
        :param str code: number, serial number or asset tag
        :raise UserError: it names none, or several
        """
        mine = Domain("company_id", "in", (False, *self.company_id.ids))
        things = Domain("merged_into_id", "=", False) & Domain("service_id", "=", False)
        # what is linked already stays, whatever became of it
        things |= Domain("asset_id", "=", self.id)
        for name in ("number", "serial", "asset_tag"):
            found = every.search(mine & things & Domain(name, "=", code), limit=2)
            if len(found) == 1:
                return found
            if found:
                raise UserError(
                    self.env._(
                        "%(code)s names several configuration items. Enter the number "
                        "of the one that you mean.",
                        code=code,
                    )
                )
        raise UserError(
            self.env._(
                "No configuration item of the company has the number, serial number or "
                "asset tag %(code)s. Look at the label on the thing.",
                code=code,
            )
        )
