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
            missing = shipped.filtered(
                lambda process, company=company: (company.id, process.code) not in there
            )
            made = missing.copy({"company_id": company.id})
            self._itsm_copy_interfaces(
                shipped, dict(zip(missing.ids, made, strict=True))
            )
            created += made
        return created

    def _itsm_copy_interfaces(self, shipped, copies):
        """Join copies of processes as their originals are joined.

        :param shipped: the originals, in sudo
        :param dict copies: ``{id of the original: copy}``
        """
        interfaces = shipped.interface_ids | shipped.interface_in_ids
        originals, vals_list = interfaces.browse(), []
        for interface, vals in zip(interfaces, interfaces.copy_data(), strict=True):
            ends = {
                name: copies.get(interface[name].id)
                for name in ("process_from_id", "process_to_id")
                if interface[name]
            }
            if all(ends.values()):
                originals += interface
                vals_list.append(vals | {name: copy.id for name, copy in ends.items()})
        # as copy() does, which takes one default for all
        for original, copy in zip(originals, interfaces.create(vals_list), strict=True):
            original.copy_translations(copy)
