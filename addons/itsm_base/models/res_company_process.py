# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models


class ResCompany(models.Model):
    """Each company has its processes."""

    _inherit = "res.company"

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._itsm_create_processes()
        return companies

    def _itsm_create_processes(self):
        """Give each company the processes of the main company that it has not (MS-03).

        Copies, with translations, control points and interfaces between them; without
        the people, who are named by the company.

        :return: the created ``itsm.process`` records
        """
        main = self.env.ref("base.main_company", raise_if_not_found=False)
        # sudo: whoever may create a company need not be allowed to set up processes
        process_model = self.env["itsm.process"].sudo()
        created = process_model.browse()
        if not main or not self - main:
            return created
        process_model = process_model.with_context(tracking_disable=True)
        shipped = process_model.search([("company_id", "=", main.id)])
        there = {
            (process.company_id.id, process.code)
            for process in process_model.with_context(active_test=False).search(
                [("company_id", "in", self.ids)]
            )
        }
        for company in self - main:
            copies = {
                process.id: process.copy({"company_id": company.id})
                for process in shipped
                if (company.id, process.code) not in there
            }
            self._itsm_copy_interfaces(shipped, copies)
            created = created.concat(*copies.values())
        return created

    def _itsm_copy_interfaces(self, shipped, copies):
        """Join copies of processes as their originals are joined.

        :param shipped: the originals, in sudo
        :param dict copies: ``{id of the original: copy}``
        """
        for interface in shipped.interface_ids | shipped.interface_in_ids:
            ends = {}
            for name in ("process_from_id", "process_to_id"):
                if interface[name]:
                    ends[name] = copies.get(interface[name].id)
            if all(ends.values()):
                interface.copy({name: copy.id for name, copy in ends.items()})
