# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmAgreement(models.Model):
    """One person answers for an agreement as long as it is in force (SLM-70).

    New versions keep him; whoever is named instead of him is tracked.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    owner_id = fields.Many2one(tracking=True)

    def write(self, vals):
        if "owner_id" in vals and not vals["owner_id"]:
            self.filtered(lambda a: a.state == "active")._enforce_owner()
        return super().write(vals)

    def action_activate(self):
        """Put drafts in force.

        :raises ValidationError: rule ``agreement_owner``
        """
        self.check_access("write")
        self.filtered(lambda a: not a.owner_id)._enforce_owner()
        return super().action_activate()

    def _enforce_owner(self):
        if self:
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_owner",
                self,
                lambda agreement: self.env._(
                    "Service Level Manager: name the one person who answers for "
                    "%(agreement)s as long as it is in force.",
                    agreement=agreement.display_name,
                ),
            )
