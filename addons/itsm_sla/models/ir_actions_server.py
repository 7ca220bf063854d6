# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    itsm_released = fields.Boolean(
        string="Released for Escalation",
        copy=False,
        help="Escalation rules may run this action, with the rights of the user that "
        "the rule names. Only a system administrator releases actions.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get("itsm_released") for vals in vals_list):
            self._check_itsm_release()
        return super().create(vals_list)

    def write(self, vals):
        if "itsm_released" in vals:
            self._check_itsm_release()
        return super().write(vals)

    def _check_itsm_release(self):
        """Refuse to release or withdraw unless the user is a system administrator.

        ``sudo()`` in somebody's code does not make the user one.

        :raise AccessError: for everybody else
        """
        if not self.env.user._is_superuser() and not self.env.user.has_group(
            "base.group_system"
        ):
            raise AccessError(
                self.env._(
                    "Released for Escalation: only a system administrator releases "
                    "server actions. Ask an administrator."
                )
            )
