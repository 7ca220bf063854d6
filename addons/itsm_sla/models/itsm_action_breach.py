# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ItsmAction(models.Model):
    """Actions that repeated breaches proposed know their series (SLM-63)."""

    _inherit = "itsm.action"

    breach_service_id = fields.Many2one(
        comodel_name="itsm.service",
        string="Service of the Breaches",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    breach_cause_id = fields.Many2one(
        comodel_name="itsm.breach.cause",
        string="Cause of the Breaches",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    @property
    def _step_new(self):
        return super()._step_new | {
            "breach_service_id": False,
            "breach_cause_id": False,
        }

    @api.model
    def _open_of_series(self, agreements, causes):
        """Actions that are not closed, by what `itsm.breach.rule._series` gives.

        :param agreements: ``itsm.agreement``, all versions
        :param causes: ``itsm.breach.cause``
        :rtype: dict
        """
        actions = self.search(
            Domain("res_model", "=", "itsm.agreement")
            & Domain("res_id", "in", agreements.ids)
            & Domain("breach_cause_id", "in", causes.ids)
            & Domain("is_closed", "=", False),
            order="id",
        )
        origins = {agreement.id: agreement for agreement in agreements}
        return {
            (
                action.company_id.id,
                origins[action.res_id].code or action.res_id,
                action.breach_service_id.id,
                action.breach_cause_id.id,
            ): action
            for action in actions
        }
