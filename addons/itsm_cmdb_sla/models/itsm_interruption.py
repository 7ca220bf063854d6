# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmInterruption(models.Model):
    """Whoever was asked to have maintenance agreed, until it is decided (MNT-05)."""

    _inherit = "itsm.interruption"

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("agreed", "cancelled"):
            self._asked_to_agree().unlink()
        elif vals.get("state") == "planned":
            # taken back: it has to be agreed anew
            orders = self.env["itsm.ci.maintenance.order"].sudo()  # sudo: who is asked
            orders = orders.search([("interruption_id", "in", self.ids)])
            orders._not_agreed()._ask_to_agree()
        return result

    def _asked_to_agree(self):
        """Activities of those who were asked to agree.

        :rtype: mail.activity, in sudo
        """
        activities = self.env["mail.activity"].sudo()  # sudo: the system's own
        return activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("automated", "=", True),
            ]
        )
