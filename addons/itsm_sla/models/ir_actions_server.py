# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError

RELEASE_FIELDS = frozenset({"itsm_released", "itsm_run_as_ids"})


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    itsm_released = fields.Boolean(
        string="Released for Escalation",
        copy=False,
        help="Escalation rules may run this action, with the rights of the user that "
        "the rule names. Only a system administrator releases actions.",
    )

    itsm_run_as_ids = fields.Many2many(
        comodel_name="res.users",
        relation="itsm_server_action_run_as_rel",
        column1="action_id",
        column2="user_id",
        string="Released for the Rights Of",
        copy=False,
        domain="[('share', '=', False)]",
        help="With whose rights escalation rules may run this action. Only a system "
        "administrator enters them.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if any(vals.get(name) for vals in vals_list for name in RELEASE_FIELDS):
            self._check_itsm_release()
        return super().create(vals_list)

    def write(self, vals):
        if not RELEASE_FIELDS.isdisjoint(vals):
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
