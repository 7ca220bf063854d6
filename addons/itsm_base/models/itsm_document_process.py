# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class ItsmDocument(models.Model):
    _inherit = "itsm.document"

    def _content_process_roster(self):
        """The processes of the company, their people and control points (MS-03, MS-52).

        :return: ``rows`` with ``code``, ``name``, ``purpose``, ``owner``, ``manager``
            and ``controls``, each with ``name``, ``method``, ``frequency``,
            ``responsible`` and ``record``
        :rtype: dict
        """
        self.ensure_one()
        processes = self.env["itsm.process"].search(
            [("company_id", "=", self.company_id.id)]
        )
        controls = self.env["itsm.process.control"]
        frequencies = dict(
            controls._fields["frequency"]._description_selection(self.env)
        )
        roles = dict(controls._fields["responsible"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "code": process.code,
                    "name": process.name,
                    "purpose": process.purpose or "",
                    # sudo: names of users are printed for every reader
                    "owner": process.owner_id.sudo().name or "",
                    "manager": process.manager_id.sudo().name or "",
                    "controls": [
                        {
                            "name": control.name,
                            "method": control.method or "",
                            "frequency": frequencies[control.frequency],
                            "responsible": (
                                control.user_id.sudo().name  # sudo: as above
                                if control.responsible == "user"
                                else roles[control.responsible]
                            ),
                            "record": control.record or "",
                        }
                        for control in process.control_point_ids
                    ],
                }
                for process in processes
            ]
        }
