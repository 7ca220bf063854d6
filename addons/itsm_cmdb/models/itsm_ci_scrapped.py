# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from .itsm_ci_state import STEPS


class ItsmCi(models.Model):
    """What is scrapped, and the way there."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    scrapping_line_ids = fields.One2many(
        comodel_name="itsm.ci.scrapping.line", inverse_name="ci_id", readonly=True
    )

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.ci.scrapping.line", "ci_id")]

    def _scrapped_state(self):
        """The end of its life that class and life cycle allow; empty: it is there.

        :rtype: str | bool
        """
        self.ensure_one()
        known = self.class_id._inherited("state_ids").mapped("code")
        for state in ("cancelled", "dismantled"):
            if self.state == state:
                return False
            if (not known or state in known) and self.state in STEPS[state]:
                return state
        return False

    def action_scrap(self):
        """Open a new scrapping with these items."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci.scrapping",
            "view_mode": "form",
            "context": {
                "default_company_id": self.company_id[:1].id or self.env.company.id,
                "default_line_ids": [
                    fields.Command.create({"ci_id": item.id}) for item in self
                ],
            },
        }
