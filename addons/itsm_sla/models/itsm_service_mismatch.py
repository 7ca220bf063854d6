# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.catalogue import OFFERED

#: Who is told what agreements promise.
READERS = "itsm_base.itsm_group_catalogue,itsm_sla.itsm_group_sla_manager"


class ItsmService(models.Model):
    """Where the catalogue and the agreements say different things (CAT-12)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    agreement_mismatch = fields.Text(
        string="Catalogue and Agreements",
        compute="_compute_agreement_mismatch",
        groups=READERS,
        help="Where the entry in the catalogue and the agreements in force differ.",
    )
    has_agreement_mismatch = fields.Boolean(
        string="Differs from Agreements",
        compute="_compute_agreement_mismatch",
        search="_search_has_agreement_mismatch",
        groups=READERS,
    )

    # === Computes ===

    @api.depends("state", "calendar_id", "partner_ids", "parent_id")
    @api.depends_context("lang")
    def _compute_agreement_mismatch(self):
        found = self._origin._itsm_agreement_mismatches()
        for service in self:
            messages = found.get(service._origin.id, [])
            service.agreement_mismatch = "\n".join(messages)
            service.has_agreement_mismatch = bool(messages)

    def _search_has_agreement_mismatch(self, operator, value):
        if operator != "in":
            return NotImplemented
        # worked out for the catalogue as a whole
        # pylint: disable-next=no-search-all
        services = self.with_context(active_test=False).search([])
        found = services._itsm_agreement_mismatches()
        return Domain("id", "in", [id_ for id_, messages in found.items() if messages])

    # === What differs ===

    def _itsm_agreement_mismatches(self):
        """What differs between these services and the SLAs in force; constant queries.

        - an offered service that no SLA covers;
        - an SLA that names a service which is not offered, or other service hours than
          the catalogue tells, or a customer who is not entitled to the service.

        :return: messages by id of the service
        :rtype: dict[int, list[str]]
        """
        # sudo: told to who keeps the catalogue or the agreements, see READERS
        services = self.sudo()
        # sudo: as above
        agreements = self.env["itsm.agreement"].sudo()
        covered = services._itsm_agreements()
        named = agreements.search(
            [
                ("kind", "=", "sla"),
                ("state", "=", "active"),
                ("is_template", "=", False),
                ("service_ids", "in", services.ids),
            ]
        )
        entitled = {}
        for (company, partner), members in named.grouped(
            lambda agreement: (agreement.company_id, agreement.partner_id)
        ).items():
            if partner:
                offered = members.service_ids.with_context(
                    allowed_company_ids=company.ids
                )._itsm_entitled(partner)
                entitled[company, partner] = set(offered.ids)
        by_service = {}
        for agreement in named:
            for service in agreement.service_ids:
                by_service.setdefault(service.id, []).append(agreement)
        return {
            service.id: service._itsm_mismatches_of(
                covered.get(service.id), by_service.get(service.id, ()), entitled
            )
            for service in services
        }

    def _itsm_mismatches_of(self, covered, agreements, entitled):
        """Messages about one service, see `_itsm_agreement_mismatches`.

        :param covered: ``itsm.agreement`` that holds for everybody, or None
        :param agreements: those that name the service
        :param dict entitled: ids of the services of a customer, by company and customer
        :rtype: list[str]
        """
        self.ensure_one()
        if self.state not in OFFERED:
            return [
                self.env._(
                    "%(agreement)s is in force, and the service is not offered.",
                    agreement=agreement.display_name,
                )
                for agreement in agreements
            ]
        messages = []
        if not covered and not agreements:
            messages.append(
                self.env._("No service level agreement is in force for the service.")
            )
        hours = self._itsm_effective("calendar_id")
        for agreement in agreements:
            if hours and agreement.calendar_id and agreement.calendar_id != hours:
                messages.append(
                    self.env._(
                        "%(agreement)s promises “%(promised)s”, the catalogue tells "
                        "“%(told)s”.",
                        agreement=agreement.display_name,
                        promised=agreement.calendar_id.name,
                        told=hours.name,
                    )
                )
            key = agreement.company_id, agreement.partner_id
            if agreement.partner_id and self.id not in entitled[key]:
                messages.append(
                    self.env._(
                        "%(agreement)s is made with %(customer)s, to whom the "
                        "catalogue does not offer the service.",
                        agreement=agreement.display_name,
                        customer=agreement.partner_id.name,
                    )
                )
        return messages
