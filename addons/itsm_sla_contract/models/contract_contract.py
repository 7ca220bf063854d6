# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

READERS = "helpdesk_mgmt.group_helpdesk_user_own"
#: What an agreement follows.
FOLLOWED = frozenset(
    {
        *("active", "date_start", "date_end", "is_terminated", "terminate_date"),
        *("contract_line_ids", "contract_line_fixed_ids"),
    }
)


class ContractContract(models.Model):
    """A contract knows the agreements that are part of it (SLM-17)."""

    _inherit = "contract.contract"

    itsm_agreement_count = fields.Integer(
        string="Agreements", compute="_compute_itsm_agreement_count", groups=READERS
    )
    itsm_compliance = fields.Char(
        string="Kept Last Month",
        compute="_compute_itsm_compliance",
        groups=READERS,
        help="Targets met of targets measured in the last month, under all agreements "
        "of the contract that you may read.",
    )

    # === Computes ===

    def _itsm_agreements(self):
        """The agreements that name these contracts, as far as the user reads them.

        :rtype: itsm.agreement
        """
        # sudo: the link is no field for every reader; what he may read is filtered
        agreements = self.env["itsm.agreement"].sudo()
        found = agreements.search([("contract_id", "in", self.ids)])
        return found.sudo(False)._filtered_access("read")

    def _compute_itsm_agreement_count(self):
        # sudo: as above
        of_contract = self._itsm_agreements().sudo().grouped("contract_id")
        counts = {contract.id: len(own) for contract, own in of_contract.items()}
        for contract in self:
            contract.itsm_agreement_count = counts.get(contract.id, 0)

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_itsm_compliance(self):
        agreements = self._itsm_agreements()
        figures = agreements._contract_compliance()
        for contract in self:
            met, measured = figures.get(contract.id, (0, 0))
            contract.itsm_compliance = agreements._compliance_text(met, measured)

    # === Constraints ===

    @api.constrains("partner_id", "company_id", "contract_type")
    def _check_itsm_agreements(self):
        # sudo: agreements of which accounting need not know
        agreements = self.env["itsm.agreement"].sudo().with_context(active_test=False)
        for agreement in agreements.search([("contract_id", "in", self.ids)]):
            if agreement._contract_differs():
                contract = self.browse(agreement.contract_id.id)
                raise ValidationError(
                    self.env._(
                        "%(contract)s is the contract of a service level agreement "
                        "with its customer: customer, company and kind stay as they "
                        "are. Make another contract.",
                        contract=contract.display_name,
                    )
                )

    # === CRUD ===

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & FOLLOWED:
            self.env["itsm.agreement"]._contract_changed(self)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_agreed(self):
        # sudo: agreements of which accounting need not know
        agreements = self.env["itsm.agreement"].sudo().with_context(active_test=False)
        found = agreements.search([("contract_id", "in", self.ids)], limit=1)
        if found:
            raise UserError(
                self.env._(
                    "%(contract)s is the contract of a service level agreement: "
                    "archive it instead of deleting it.",
                    contract=self.browse(found.contract_id.id).display_name,
                )
            )

    # === Actions ===

    def action_view_itsm_agreements(self):
        """Open the agreements of this contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_agreement_action"
        )
        domain = Domain("id", "in", self._itsm_agreements().ids)
        return action | {"domain": list(domain), "context": {"create": False}}
