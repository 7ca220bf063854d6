# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..tools.matching import match


class ItsmService(models.Model):
    """The service levels of a service in short, as they are in force now (CAT-03)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service"

    level_summary = fields.Text(
        string="Service Levels",
        compute="_compute_level_summary",
        help="What is promised to customers who have no agreement of their own.",
    )

    # === Computes ===

    @api.depends_context("lang")
    def _compute_level_summary(self):
        levels = self._origin._level_summary()
        for service in self:
            service.level_summary = "\n".join(
                f"{row['kind']}, {row['priority']}: {row['metric']} {row['target']}"
                for row in levels.get(service._origin.id, ())
            )

    # === What is in force ===

    def _itsm_agreements(self, partner=None):
        """The SLA that is in force now for each of these services; constant queries.

        :param partner: ``res.partner``, possibly none: what holds for everybody
        :return: ``itsm.agreement`` in sudo by id of the service; services without one
            are left out
        :rtype: dict[int, itsm.agreement]
        """
        # sudo: what was promised for a service does not depend on who asks
        services = self.sudo()
        # sudo: as above
        agreements = self.env["itsm.agreement"].sudo()
        partners, above = [], (partner or self.env["res.partner"]).sudo()  # sudo: same
        while above:
            partners.append(above.id)
            above = above.parent_id
        now = fields.Datetime.now()
        found = {}
        for company, members in services.grouped("company_id").items():
            candidates, _plain = agreements._in_force_index(company.id, "sla")
            for service in members:
                path = [
                    int(part) for part in (service.parent_path or "").split("/")[:-1]
                ]
                candidate, _reason = match(
                    candidates,
                    partners,
                    path[::-1],
                    lambda tz: agreements._local_date(now, tz),
                    now,
                )
                if candidate:
                    found[service.id] = agreements.browse(candidate.id)
        return found

    def _level_summary(self, partner=None):
        summary = super()._level_summary(partner)
        found = self._itsm_agreements(partner)
        # sudo: as in _itsm_agreements
        agreements = self.env["itsm.agreement"].sudo().union(*found.values())
        rows = {
            agreement.id: agreement.target_ids._summary_rows()
            for agreement in agreements
        }
        for service_id, agreement in found.items():
            summary[service_id] = summary[service_id] + rows[agreement.id]
        return summary
