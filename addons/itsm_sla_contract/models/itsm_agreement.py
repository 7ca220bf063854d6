# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import sql

#: Who sees which contract is behind an agreement; of its prices nothing.
CONTRACT_GROUPS = (
    "itsm_sla.itsm_group_sla_manager,itsm_base.itsm_group_finance,"
    "account.group_account_invoice"
)
LINK_FIELDS = frozenset({"contract_id", "contract_line_ids"})
LINE_TABLE = "itsm_agreement_contract_line_rel"


class ItsmAgreement(models.Model):
    """The customer's contract that an agreement is part of (SLM-17).

    The contract of a UC comes with supplier management.
    """

    _inherit = "itsm.agreement"

    contract_id = fields.Many2one(
        comodel_name="itsm.customer.contract",
        string="Customer Contract",
        index="btree_not_null",
        tracking=True,
        groups=CONTRACT_GROUPS,
        domain="[('company_id', '=', company_id), "
        "('commercial_partner_id', '=', contract_firm_id)]",
        help="The contract that the agreement is part of: of the same customer and "
        "company.",
    )
    contract_line_ids = fields.Many2many(
        comodel_name="itsm.customer.contract.line",
        relation=LINE_TABLE,
        column1="agreement_id",
        column2="line_id",
        string="Contract Lines",
        context={"active_test": False},
        groups=CONTRACT_GROUPS,
        domain="[('contract_id', '=', contract_id), ('is_canceled', '=', False)]",
        help="What the customer pays for these services. Empty: the whole contract. "
        "The lines that follow them are included.",
    )
    contract_firm_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Customer Organisation"
    )

    contract_is_frozen = fields.Boolean(compute="_compute_contract_is_frozen")

    def init(self):
        # Odoo makes no foreign keys to a view; contracts and lines are kept all the
        # same, whatever deletes them.
        for table, column, other in (
            (self._table, "contract_id", "contract_contract"),
            (LINE_TABLE, "line_id", "contract_line"),
        ):
            sql.fix_foreign_key(self.env.cr, table, column, other, "id", "restrict")
        return super().init()

    # === Computes ===

    @api.depends("signing_state", "state")
    def _compute_contract_is_frozen(self):
        frozen = self._origin._contract_frozen()
        for agreement in self:
            agreement.contract_is_frozen = agreement._origin in frozen

    # === Onchange ===

    @api.onchange("partner_id", "company_id", "kind")
    def _onchange_contract_party(self):
        if self.contract_id and self._contract_differs():
            self.contract_id = False

    @api.onchange("contract_id")
    def _onchange_contract_id(self):
        self.contract_line_ids = self.contract_line_ids.filtered(
            lambda line: line.contract_id == self.contract_id
        )

    # === Constraints ===

    @api.constrains(
        *("contract_id", "contract_line_ids", "partner_id", "company_id", "kind"),
        "is_template",
    )
    def _check_contract(self):
        # sudo: whoever changes the agreement
        for agreement in self.sudo():
            contract = agreement.contract_id
            if contract and agreement._contract_differs():
                raise ValidationError(
                    self.env._(
                        "Customer Contract: %(agreement)s names a contract that is not "
                        "one of its customer with its company. Choose another one; "
                        "only an SLA with a customer has a contract.",
                        agreement=agreement.display_name,
                    )
                )
            if agreement.contract_line_ids.contract_id - contract:
                raise ValidationError(
                    self.env._(
                        "Contract Lines: choose lines of the contract that "
                        "%(agreement)s names.",
                        agreement=agreement.display_name,
                    )
                )

    def _contract_differs(self):
        """Whether the contract cannot be that of this agreement."""
        self.ensure_one()
        # sudo: of what the user may have no right to see
        agreement = self.sudo()
        contract = agreement._contract()
        return (
            agreement.is_template
            or agreement.kind != "sla"
            or not agreement.partner_id
            or contract.contract_type != "sale"
            or contract.company_id != agreement.company_id
            or contract.commercial_partner_id
            != agreement.partner_id.commercial_partner_id
        )

    # === The contract itself ===

    def _contract(self):
        """The contracts of these agreements, archived or not.

        :rtype: contract.contract, in sudo
        """
        # sudo: contracts are read by accounting alone
        contracts = self.env["contract.contract"].sudo()
        # sudo: as above
        return contracts.browse(self.sudo().contract_id.ids)

    def action_view_contract(self):
        """Open the contract, for who may read it."""
        self.ensure_one()
        contract = self._contract().sudo(False)
        contract.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "contract.contract",
            "res_id": contract.id,
            "views": [(contract.get_formview_id(), "form")],
            "context": {"default_contract_type": "sale"},
        }

    # === Paper and portal ===

    def _check_not_frozen(self, names):
        result = super()._check_not_frozen(names)
        if names & LINK_FIELDS:
            for agreement in self._contract_frozen()[:1]:
                raise UserError(agreement._signed_message())
        return result

    def _contract_frozen(self):
        """Those of these whose signed paper says which contract they are part of.

        One that is in force and names none may be given one later: the paper that it
        keeps does not change by it.
        """
        return self._bound().filtered(
            # sudo: as above
            lambda agreement: agreement.state == "draft" or agreement.sudo().contract_id
        )

    def _signing_depends(self):
        return [*super()._signing_depends(), *sorted(LINK_FIELDS)]

    def _paper_validity(self):
        """D02 names the contract that it belongs to."""
        part = super()._paper_validity()
        contract = self.contract_id
        if contract:
            names = [contract.display_name]
            names += [f"– {line.display_name}" for line in self.contract_line_ids]
            part["facts"].append([self.env._("Part of the contract"), "\n".join(names)])
        return part

    def _portal_contract(self):
        """The contract, if the user of the portal may see it.

        :rtype: contract.contract, with the user's rights
        """
        self.ensure_one()
        return self._contract().sudo(False)._filtered_access("read")
