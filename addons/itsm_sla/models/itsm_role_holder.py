# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard

#: Who holds which role where.
NAMES = frozenset({"role_id", "company_id", "user_id"})


class ItsmRoleHolder(models.Model):
    """Who named a holder: who names himself gets no authority to sign by it (SLM-74).

    Of holders from before this was noted only those who named themselves are known.
    """

    _name = "itsm.role.holder"
    _inherit = ["itsm.role.holder", "itsm.step.mixin"]

    named_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Named by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Who named himself signs nothing by the authority of the role.",
    )

    _step_new = {"named_by_id": False}

    @api.model_create_multi
    def create(self, vals_list):
        holders = super().create(vals_list)
        guard.with_token(holders).named_by_id = self.env.user
        return holders

    def write(self, vals):
        before = {holder: holder._named() for holder in self}
        result = super().write(vals)
        changed = self.filtered(lambda h: h._named() != before[h])
        if changed and NAMES & vals.keys():
            guard.with_token(changed).named_by_id = self.env.user
        return result

    def _named(self):
        """What the holder says."""
        self.ensure_one()
        return self.role_id, self.company_id, self.user_id
