# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmCiMaintenanceOrder(models.Model):
    """The inspection report on paper (D43)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.maintenance.order"

    def _itsm_form_data(self):
        return {
            **super()._itsm_form_data(),
            "code": self.number or "",
            "effective_date": self.reported_at
            and self._itsm_form_date(self.reported_at),
            "is_draft": self.state in ("planned", "progress"),
        }

    def _itsm_form_signatures(self):
        order = self.sudo()  # sudo: signatures are printed for every reader
        rows = [
            (self.env._("Reported By"), order.reported_by_id, order.reported_at),
            (self.env._("Reviewed By"), order.reviewed_by_id, order.reviewed_at),
        ]
        return [
            {
                "role": role,
                "name": user.name or "",
                "date": time and self._itsm_form_date(time),
            }
            for role, user, time in rows
        ]

    def _form_defects(self):
        """What was not OK, to be printed."""
        return self.result_ids.filtered(lambda result: result.outcome == "nok")

    def _form_results(self):
        """The check list by configuration item, to be printed.

        :return: dicts ``item`` (its name) and ``results``
        :rtype: list[dict]
        """
        return [
            # sudo: what was checked is named to who may read the report
            {"item": item.sudo().display_name or "", "results": results}
            for item, results in self.result_ids.grouped("ci_id").items()
        ]

    def _form_points(self):
        """The points of the plan while nothing is laid out yet."""
        if self.result_ids or self.state != "planned":
            return self.env["itsm.ci.maintenance.check"]
        return self.plan_id.check_ids
