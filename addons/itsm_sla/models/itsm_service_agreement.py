# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.catalogue import OFFERED

from .itsm_service_mismatch import READERS


class ItsmService(models.Model):
    """Which agreements are about a service, and services without any (SLM-16)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    sla_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="SLAs",
        compute="_compute_sla_ids",
        groups=READERS,
        help="Service level agreements in force that cover the service: they name it, "
        "or what it is part of, or every service.",
    )
    without_sla = fields.Boolean(
        string="Offered without an SLA",
        compute="_compute_sla_ids",
        search="_search_without_sla",
        groups=READERS,
    )

    # === Computes ===

    @api.depends("state", "parent_id", "company_id")
    def _compute_sla_ids(self):
        covering = self._origin._itsm_covering()
        for service in self:
            slas = covering.get(service._origin.id, self.env["itsm.agreement"])
            slas = slas.filtered(lambda agreement: agreement.kind == "sla")
            service.sla_ids = slas.with_env(self.env)._filtered_access("read")
            service.without_sla = service.state in OFFERED and not slas

    def _search_without_sla(self, operator, value):
        if operator != "in":
            return NotImplemented
        offered = self.with_context(active_test=False).search(
            [("state", "in", OFFERED)]
        )
        return Domain("id", "in", offered._itsm_uncovered().ids)

    # === What covers what ===

    def _itsm_uncovered(self):
        """Those of these services that no SLA covers; constant queries.

        :rtype: itsm.service
        """
        covering = self._itsm_covering()
        return self.filtered(
            lambda service: (
                "sla"
                not in covering.get(service.id, self.env["itsm.agreement"]).mapped(
                    "kind"
                )
            )
        )

    def _itsm_covering(self, parts=False):
        """The agreements in force that cover these services; constant queries.

        An agreement covers what it names and everything that is part of that; an SLA
        that names nothing covers every service of its company. One whose first day is
        still to come counts as well.

        :param bool parts: also those that name a part of the service only
        :return: ``itsm.agreement`` in sudo by id of the service
        :rtype: dict[int, itsm.agreement]
        """
        # sudo: what was promised for a service does not depend on who asks
        services = self.sudo()
        agreements = self.env["itsm.agreement"].sudo()  # sudo: as above
        agreements = agreements.search(
            [
                ("company_id", "in", services.company_id.ids),
                ("state", "=", "active"),
                ("is_template", "=", False),
            ]
        ).filtered(lambda a: not a.superseded_on or a.superseded_on > a._today())
        every, naming, inside = {}, {}, {}
        for agreement in agreements:
            if not agreement.service_ids and agreement.kind == "sla":
                every.setdefault(agreement.company_id.id, set()).add(agreement.id)
            for named in agreement.service_ids:
                naming.setdefault(named.id, set()).add(agreement.id)
                if parts:
                    for above in self._itsm_path(named):
                        inside.setdefault(above, set()).add(agreement.id)
        return {
            service.id: agreements.browse(
                sorted(
                    set().union(
                        every.get(service.company_id.id, ()),
                        inside.get(service.id, ()),
                        *(naming.get(id_, ()) for id_ in self._itsm_path(service)),
                    )
                )
            )
            for service in services
        }

    @api.model
    def _itsm_path(self, service):
        """Ids of a service and of all that it is part of."""
        return [int(part) for part in (service.parent_path or "").split("/")[:-1]]
