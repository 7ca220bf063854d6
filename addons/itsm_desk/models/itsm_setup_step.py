# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from .res_users_sight import RESTRICTION_GROUPS


class ItsmSetupStep(models.Model):
    """Who handles what only few may see (SEC-05, BRM-29)."""

    _inherit = "itsm.setup.step"

    def _status_restricted(self, company):
        users = self.env["res.users"].sudo()  # sudo: how many have a group, not who
        counts = {
            restriction: users.search_count(
                [
                    ("all_group_ids", "in", self.env.ref(group).ids),
                    ("company_ids", "in", company.ids),
                    ("share", "=", False),
                ]
            )
            for restriction, group in RESTRICTION_GROUPS.items()
        }
        return all(counts.values()), self.env._(
            "%(person)s people handle complaints, %(security)s security incidents",
            **counts,
        )

    def _open_restricted(self):
        return self.env["ir.actions.act_window"]._for_xml_id("base.action_res_users")
