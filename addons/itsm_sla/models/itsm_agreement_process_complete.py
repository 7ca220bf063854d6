# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import ValidationError

from .itsm_agreement_process import MANDATORY


class ItsmAgreement(models.Model):
    """A table of processes is put to signature whole (MS-07)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _check_signable(self):
        result = super()._check_signable()
        tables = self.filtered(lambda a: a.state == "draft" and a.process_ids)
        if tables:
            tables._check_processes()
        return result

    def _check_processes(self):
        """Refuse tables in which a process is missing that everybody gets.

        :raise ValidationError: naming agreement and processes
        """
        # sudo: which processes a company has, whoever signs
        processes = self.env["itsm.process"].sudo()
        mandatory = processes.search(
            [("company_id", "in", self.company_id.ids), ("code", "in", list(MANDATORY))]
        ).grouped("company_id")
        for agreement in self.sudo():  # sudo: as above
            own = mandatory.get(agreement.company_id, processes)
            missing = own - agreement.process_ids.process_id
            if missing:
                raise ValidationError(
                    self.env._(
                        "%(agreement)s: the table of processes lacks %(processes)s, "
                        "which belong to every complete service. Press “Add the "
                        "processes of the company”.",
                        agreement=agreement.display_name,
                        processes=", ".join(missing.mapped("display_name")),
                    )
                )
