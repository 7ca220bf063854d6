# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Codes of the processes that every customer gets; all others may be left out (MS-07).
MANDATORY = frozenset({"DSK", "INC", "BRM", "SEC", "SUP", "FIN"})


class ItsmAgreementProcess(models.Model):
    """Whether a process is used for a customer: one row of the tailoring (MS-07).

    What is left out needs a reason; a requirement of ISO/IEC 20000-1 that is left out
    cannot be certified, which the agreement says (decision A10).
    """

    _name = "itsm.agreement.process"
    _description = "Process Used for an Agreement"
    _inherit = ["itsm.agreement.part.mixin"]
    _part_field = "process_ids"
    _order = "agreement_id, sequence, id"
    _rec_name = "process_id"
    _check_company_auto = True

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="agreement_id.company_id")
    process_id = fields.Many2one(
        comodel_name="itsm.process",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    sequence = fields.Integer(related="process_id.sequence", store=True)
    mandatory = fields.Boolean(
        compute="_compute_mandatory", help="Part of every complete service."
    )
    used = fields.Boolean(default=True)
    reason = fields.Char(
        translate=True, help="Why the process is not used for this customer."
    )

    _process_uniq = models.UniqueIndex(
        "(agreement_id, process_id)", "The process is in the table already."
    )

    @api.depends("process_id.code")
    def _compute_mandatory(self):
        for line in self:
            line.mandatory = line.process_id.code in MANDATORY

    @api.constrains("used", "reason", "process_id")
    def _check_used(self):
        for line in self:
            if line.used:
                continue
            if line.mandatory:
                raise ValidationError(
                    self.env._(
                        "%(process)s belongs to every complete service and cannot be "
                        "left out.",
                        process=line.process_id.display_name,
                    )
                )
            if not (line.reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "Reason: say why %(process)s is not used for this customer.",
                        process=line.process_id.display_name,
                    )
                )
