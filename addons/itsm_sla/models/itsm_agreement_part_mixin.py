# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ItsmAgreementPartMixin(models.AbstractModel):
    """Lines of an agreement that are frozen while it is in force.

    A model names the one2many field of the agreement (`_part_field`) and adds it to
    ``itsm.agreement._frozen_fields()``.
    """

    _name = "itsm.agreement.part.mixin"
    _description = "Frozen Part of an Agreement"
    _part_field = None

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._check_not_frozen()
        return parts

    def write(self, vals):
        self.check_access("write")
        self._check_not_frozen()
        result = super().write(vals)
        # moved to another agreement
        self._check_not_frozen()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        """Raise ``UserError`` if an agreement of these parts is in force."""
        self.agreement_id._check_not_frozen({self._part_field})
