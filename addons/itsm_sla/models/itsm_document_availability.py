# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError


class ItsmDocument(models.Model):
    """Initial availability review (D05) and availability report (D15)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    @api.model
    def _report_sources(self):
        return super()._report_sources() | {"availability_report"}

    def _content_availability_review(self):
        """How available the services of a draft were in the last twelve months (D05).

        Measured as the agreement would measure it: its service hours, its zone, what
        it counts. Without recorded outages it says that there are none.

        :return: ``agreement``, ``hours``, ``zone``, and ``services`` with ``service``,
            ``target``, ``months``, what was reached in all of them, and ``verdict``
        :rtype: dict
        :raise UserError: the document is not about an agreement
        """
        self.ensure_one()
        if self.res_model != "itsm.agreement":
            raise UserError(
                self.env._(
                    "This document is made from an agreement: open it and press "
                    "“Availability review”."
                )
            )
        agreement = self.env["itsm.agreement"].browse(self.res_id).exists()
        agreement.check_access("read")
        services = agreement._availability_baseline()
        for service in services:
            decided = [
                month for month in service["months"] if month["status"] != "no_data"
            ]
            met = sum(month["status"] == "met" for month in decided)
            service["verdict"] = self.env._(
                "Target reached in %(met)s of %(months)s months",
                met=met,
                months=len(decided),
            )
            service["doubt"] = not any(month["failures"] for month in decided)
            if service["doubt"]:
                service["verdict"] = self.env._(
                    "No outage was recorded in %(months)s months: find out whether "
                    "outages were noted then, before availability is promised",
                    months=len(decided),
                )
            service["gap"] = bool(service["target"]) and met < len(decided)
        return {
            "agreement": agreement.display_name,
            "hours": agreement.calendar_id.sudo().name or "",  # sudo: its name only
            "zone": agreement.tz,
            "services": services,
        }

    def _content_availability_report(self):
        """Availability of a month under the agreements of the company (D15, AVC-04).

        Of a document that is made for an agreement only that agreement, in all of its
        versions; of one that is made for a customer only what is promised to him.

        :return: ``agreements`` with ``name`` and what
            `_availability_section_data` gives
        :rtype: dict
        """
        self.ensure_one()
        period = self._period()
        domain = [
            ("company_id", "=", self.company_id.id),
            ("is_latest", "=", True),
            ("month", ">=", period.start),
            ("month", "<=", period.end),
        ]
        if self.res_model == "itsm.agreement":
            # sudo: all versions, whichever of them the reader may see
            agreement = self.env["itsm.agreement"].sudo().browse(self.res_id).exists()
            domain += [("agreement_id", "in", agreement._report_versions().ids)]
        elif self.partner_id:
            domain += [("kind", "=", "sla"), ("partner_id", "=", self.partner_id.id)]
        rows = self.env["itsm.availability"].search(
            domain, order="agreement_id, month, service_id, id"
        )
        return {
            "agreements": [
                {
                    "name": agreement.display_name,
                    "rows": [row._as_section_row() for row in own],
                    "outages": own._section_outages(),
                }
                for agreement, own in rows.grouped("agreement_id").items()
            ]
        }
