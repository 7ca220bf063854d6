# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import models


class ItsmDocument(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    def _content_kpi_catalogue(self):
        """The KPIs of the company as they are defined today (D41, REP-34).

        :return: ``groups`` with ``name`` (of the process) and ``rows`` with ``code``,
            ``name``, ``formula``, ``source``, ``unit``, ``target``, ``warning``,
            ``period`` and ``owner``
        :rtype: dict
        """
        self.ensure_one()
        kpis = self.env["itsm.kpi"].search([("active", "=", True)])
        processes = kpis._kpi_processes()
        groups = defaultdict(list)
        for kpi in kpis.filtered(lambda kpi: kpi._kpi_companies(self.company_id)):
            # sudo: names of a process and its owner are printed for every reader
            process_sudo = (
                kpi.process_id.sudo()
                or processes.get((self.company_id.id, kpi.process_code))
                or self.env["itsm.process"]
            ).with_env(self.env(su=True))
            groups[process_sudo].append(self._kpi_row(kpi, process_sudo))
        return {
            "groups": [
                {"name": process.name or "", "rows": groups[process]}
                for process in sorted(groups, key=lambda p: (not p, p.sequence, p.name))
            ]
        }

    def _kpi_row(self, kpi, process_sudo):
        """What is printed of one KPI, in the language of the document."""

        def label(name):
            selection = kpi._fields[name]._description_selection(self.env)
            return dict(selection).get(kpi[name]) or ""

        warning = ""
        if kpi.has_target and kpi.warning != kpi.target:
            warning = kpi._plain_text(kpi.warning)
        return {
            "code": kpi.code,
            "name": kpi.name,
            "formula": kpi.formula,
            "source": kpi.data_source or label("source"),
            "unit": label("unit"),
            "target": kpi.target_text or "",
            "warning": warning,
            "period": label("period"),
            # sudo: names of users are printed for every reader
            "owner": (kpi.owner_id.sudo() or process_sudo.owner_id).name or "",
        }
