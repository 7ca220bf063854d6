# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

from ..tools.catalogue import OFFERED


class ItsmDocument(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    def _content_service_catalogue(self):
        """What the company offers (D01): to one customer, or to everybody.

        Customers and prices are not printed: the catalogue of one customer shows him
        nothing about others, nor which team works for him. Without a customer all
        services are printed, as the catalogue of the organisation.

        :return: ``families``, each with ``name``, ``services`` (the service itself
            first) with ``name``, ``code``, ``version``, ``is_offering``, ``state``,
            ``summary``, ``audience``, ``delivery``, ``hours``, ``owner``, ``teams``
            and ``levels``
        :rtype: dict
        """
        self.ensure_one()
        # sudo: what is on offer to a customer is no matter of who prints it
        services = self.env["itsm.service"].sudo()
        if self.partner_id:
            domain = services.with_company(self.company_id)._itsm_entitled_domain(
                self.partner_id
            )
        else:
            domain = Domain("state", "in", OFFERED)
        domain &= Domain("company_id", "=", self.company_id.id)
        found = services.search(domain)
        states = dict(services._fields["state"]._description_selection(self.env))
        levels = found._level_summary(self.partner_id)
        families = found.grouped(lambda service: service._itsm_family())
        return {
            "families": [
                {
                    "name": family.name,
                    "services": [
                        {
                            "name": service.name,
                            "code": service.code or "",
                            "version": service.version,
                            "is_offering": bool(service.parent_id),
                            "state": ""
                            if service.state == "live"
                            else states[service.state],
                            "summary": service.summary or "",
                            "audience": service._itsm_effective("audience") or "",
                            "delivery": service._itsm_effective("delivery_method")
                            or "",
                            "hours": service._itsm_hours_text(),
                            "owner": service.owner_id.name or "",
                            "teams": [
                                {
                                    "line": line._line_label(),
                                    "name": line.team_id.name,
                                }
                                for line in service.team_ids
                                if not self.partner_id
                            ],
                            "levels": levels[service.id],
                        }
                        for service in members.sorted(
                            lambda service: (
                                service.parent_path.count("/"),
                                service.sequence,
                                service.name,
                            )
                        )
                    ],
                }
                for family, members in sorted(
                    families.items(),
                    key=lambda item: (item[0].sequence, item[0].name, item[0].id),
                )
            ]
        }
