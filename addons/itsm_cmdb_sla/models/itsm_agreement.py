# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain


class ItsmAgreement(models.Model):
    """Which agreements are at stake when services fail (CFG-25)."""

    _inherit = "itsm.agreement"

    @api.model
    def _at_stake(self, services, partners, day):
        """The SLAs in force on a day that cover services, or all that a customer has.

        An SLA covers the services that it names and what is part of them; one that
        names none covers every service of its company. Where a service has customers
        of its own, those of other customers are not at stake. Constant queries; what
        the user may not read is left out.

        :param services: ``itsm.service`` that fail
        :param partners: ``res.partner`` whose own configuration items fail
        :param date day: the day
        :return: the services that fail by agreement, empty where only the customer's
            own configuration items do
        :rtype: dict[itsm.agreement, itsm.service]
        """
        if not self.has_access("read") or not (services or partners):
            return {}
        return self._begun(day)._stakes(services, partners, day)

    @api.model
    def _begun(self, day):
        """The SLAs that the user may read and that began on a day or before."""
        return self.with_context(active_test=False).search(
            Domain("kind", "=", "sla")
            & Domain("is_template", "=", False)
            & Domain("state", "!=", "draft")
            & Domain("date_start", "<=", day)
        )

    def _stakes(self, services, partners, day):
        """Those of these SLAs that are at stake, see `_at_stake`.

        :rtype: dict[itsm.agreement, itsm.service]
        """
        found = self.filtered(lambda agreement: agreement._is_in_force(day))
        # one question follows another
        found = found.with_prefetch(self._prefetch_ids)
        # sudo: whose services they are, and what they are part of, is compared only
        services_sudo = services.sudo()
        paths = {s.id: self._service_path(s) for s in services_sudo}
        firms = {s.id: s.partner_ids.commercial_partner_id for s in services_sudo}
        own = partners.sudo().commercial_partner_id  # sudo: as above
        stakes = {}
        for agreement, agreement_sudo in zip(found, found.sudo(), strict=True):
            named = set(agreement_sudo.service_ids.ids)
            firm = agreement_sudo.partner_id.commercial_partner_id
            hit = [
                s.id
                for s in services_sudo
                if (
                    not named.isdisjoint(paths[s.id])
                    if named
                    else s.company_id in (agreement_sudo.company_id, s.company_id[:0])
                )
                and (not firm or not firms[s.id] or firm in firms[s.id])
            ]
            if hit or (firm and firm in own and not named):
                stakes[agreement] = services.browse(hit)
        return stakes

    def _is_in_force(self, day):
        """Whether the agreement is in force on a day; past its end date it stays so."""
        self.ensure_one()
        agreement = self.sudo()  # sudo: of one that the user may read
        last = agreement.terminated_on
        if agreement.superseded_on:
            before = agreement.superseded_on - timedelta(days=1)
            last = min(last, before) if last else before
        return agreement.date_start <= day and (not last or day <= last)

    @api.model
    def _service_path(self, service):
        """Ids of a service and of all that it is part of."""
        return {int(part) for part in (service.parent_path or "").split("/")[:-1]}

    def _targets_at_stake(self, services):
        """Availability targets of this agreement that the failure of services hits.

        A failed offering counts for its service as the target says; a failed service
        takes its offerings along.

        :rtype: itsm.agreement.availability
        """
        self.ensure_one()
        hit = set(services.ids)
        above = set()
        for service in services.sudo():  # sudo: what they are part of is compared only
            above |= self._service_path(service)
        return self.availability_ids.filtered(
            lambda line: (
                line.service_id.id in hit
                or (line.counts_offerings and line.service_id.id in above)
                # sudo: as above
                or not hit.isdisjoint(self._service_path(line.service_id.sudo()))
            )
        )
