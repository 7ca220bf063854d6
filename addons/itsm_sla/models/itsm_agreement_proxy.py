# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard


class ItsmAgreementProxy(models.Model):
    """Somebody of the company signs for the customer, for a time (SLM-18).

    Asked for by who has the authority to, and approved by the management
    representative: only then there is a signature.
    """

    _name = "itsm.agreement.proxy"
    _description = "Proxy Signature"
    _inherit = ["itsm.approval.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _state_from = ["draft", "in_approval"]
    _state_to = ["approved"]
    _cancel_state = "cancelled"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    paper_id = fields.Many2one(
        comodel_name="itsm.agreement.paper",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="For",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Signer",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    authority_id = fields.Many2one(
        comodel_name="itsm.signing.authority", readonly=True, ondelete="restrict"
    )
    role_name = fields.Char(string="Function", readonly=True)
    reason = fields.Text(required=True, readonly=True)
    valid_until = fields.Date(
        string="Counts Until",
        required=True,
        readonly=True,
        help="Last day; by then the customer has to sign himself.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("in_approval", "With the management representative"),
            ("approved", "Signed"),
            ("cancelled", "Given up"),
        ],
        required=True,
        default="draft",
        readonly=True,
        index=True,
        tracking=True,
    )

    @api.depends("agreement_id", "user_id")
    def _compute_display_name(self):
        for proxy in self:
            proxy.display_name = self.env._(
                "%(user)s signs %(agreement)s for %(customer)s",
                user=proxy.user_id.name,
                agreement=proxy.agreement_id.display_name,
                customer=proxy.partner_id.display_name,
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_system()
        return super().create(vals_list)

    def write(self, vals):
        own = {name for name in vals if name in self._own_fields()}
        if own:
            self._check_system()
        return super().write(vals)

    @api.model
    def _own_fields(self):
        """Names of the fields that only the system writes."""
        return {
            "agreement_id",
            "paper_id",
            "partner_id",
            "user_id",
            "authority_id",
            "role_name",
            "reason",
            "valid_until",
            "state",
        }

    def _check_system(self):
        """Raise ``AccessError`` for who does not hold the token."""
        if not guard.has_token(self.env):
            raise AccessError(
                self.env._(
                    "A proxy signature is asked for on the agreement: press “Sign” "
                    "there."
                )
            )

    # === Approval ===

    def _approval_requesters(self, review):
        # sudo: who signs never approves it, whoever asks
        return super()._approval_requesters(review) | self.sudo().user_id

    def _approval_summary_fields(self):
        return [
            *super()._approval_summary_fields(),
            "agreement_id",
            "partner_id",
            "user_id",
            "valid_until",
            "reason",
        ]

    def _approval_requested(self):
        result = super()._approval_requested()
        guard.with_token(self).state = "in_approval"
        return result

    def _approval_approved(self):
        result = super()._approval_approved()
        for proxy in self:
            proxy._check_current()
            self.env["itsm.agreement.signature"]._add(
                proxy.paper_id,
                {
                    "side": "customer",
                    "way": "proxy",
                    "user_id": proxy.user_id.id,
                    "partner_id": proxy.partner_id.id,
                    "name": proxy.user_id.name,
                    "role_name": proxy.role_name,
                    "authority_id": proxy.authority_id.id,
                    "proxy_id": proxy.id,
                    "valid_until": proxy.valid_until,
                    # the approver's address is not the signer's
                    "address": False,
                },
            )
            guard.with_token(proxy).state = "approved"
        return result

    def _check_current(self):
        """Refuse to approve what is no longer what was asked for.

        :raise UserError: the paper is void, the customer has signed himself, or the
            last day has passed
        """
        self.ensure_one()
        agreement = self.agreement_id
        if not self.paper_id.is_current:
            raise UserError(
                self.env._(
                    "%(agreement)s was changed after the proxy signature was asked "
                    "for: reject it. It is asked for anew under the new paper.",
                    agreement=agreement.display_name,
                )
            )
        if agreement._party_has_signed():
            raise UserError(
                self.env._(
                    "%(customer)s has signed %(agreement)s meanwhile: reject the proxy "
                    "signature, it is not needed any more.",
                    customer=self.partner_id.display_name,
                    agreement=agreement.display_name,
                )
            )
        if agreement._party_refusal():
            raise UserError(
                self.env._(
                    "%(customer)s has refused to sign %(agreement)s meanwhile: reject "
                    "the proxy signature.",
                    customer=self.partner_id.display_name,
                    agreement=agreement.display_name,
                )
            )
        if self.valid_until < agreement._today():
            raise UserError(
                self.env._(
                    "The last day of the proxy signature has passed: reject it.",
                )
            )

    def _approval_rejected(self):
        result = super()._approval_rejected()
        guard.with_token(self).state = "draft"
        return result

    def _approval_ended(self):
        result = super()._approval_ended()
        guard.with_token(self.filtered(lambda p: p.state == "in_approval")).write(
            {"state": "draft"}
        )
        return result
