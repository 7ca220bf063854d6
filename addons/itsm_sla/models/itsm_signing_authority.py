# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .itsm_agreement_signature import KINDS


class ItsmSigningAuthority(models.Model):
    """Who may sign which agreements for a company, up to which amount (SLM-74)."""

    _name = "itsm.signing.authority"
    _description = "Signing Authority"
    _inherit = ["mail.thread", "itsm.archive.mixin"]
    _order = "company_id, kind, amount_max, id"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    role_id = fields.Many2one(
        comodel_name="itsm.role",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Whoever holds the role in the company on the day of signing.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
        help="One person instead of a role.",
    )
    kind = fields.Selection(
        selection=KINDS,
        string="Agreements",
        required=True,
        default="sla",
        tracking=True,
    )
    side = fields.Selection(
        selection=[
            ("provider", "Signs for the company"),
            ("proxy", "Signs for the customer as proxy"),
        ],
        string="In Whose Name",
        required=True,
        default="provider",
        tracking=True,
        help="A proxy, for example sales in the first months with a new customer, "
        "signs for a time only and with the approval of the management "
        "representative.",
    )
    is_unlimited = fields.Boolean(string="Any Amount", tracking=True)
    amount_max = fields.Monetary(
        string="Up to (per Year)",
        tracking=True,
        help="Yearly amount of the agreement. 0: only agreements without an amount.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    date_end = fields.Date(
        string="Until", tracking=True, help="Last day. Empty: until it is archived."
    )

    _dates_ordered = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)",
        "Signing authority: it ends before it begins.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount_max >= 0)", "Signing authority: the amount cannot be negative."
    )

    @api.depends("role_id.name", "user_id.name", "kind", "side")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for authority in self:
            who = authority.user_id.name or authority.role_id.name or ""
            authority.display_name = f"{who}: {kinds.get(authority.kind, '')}"

    @api.constrains("role_id", "user_id", "company_id")
    def _check_who(self):
        for authority in self:
            # sudo: companies of a user are hidden
            user_sudo = authority.user_id.sudo()
            if bool(user_sudo) == bool(authority.role_id):
                raise ValidationError(
                    self.env._(
                        "Signing authority: name a role or a person, one of the two."
                    )
                )
            if user_sudo and (
                user_sudo.share or authority.company_id not in user_sudo.company_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s and cannot sign for it.",
                        user=user_sudo.name,
                        company=authority.company_id.name,
                    )
                )

    # === What signing asks ===

    def _archive_references(self):
        return [("itsm.agreement.signature", "authority_id")]

    @api.model
    def _of(self, user, agreement, side):
        """The authorities that a person has for an agreement, whatever its amount.

        Those with the highest amount first.

        :param user: ``res.users``
        :param agreement: ``itsm.agreement``
        :param str side: provider or proxy
        :rtype: itsm.signing.authority, in sudo
        """
        agreement.ensure_one()
        company = agreement.company_id
        today = agreement._today()
        # sudo: who may sign is the same for everybody
        roles = self.env["itsm.role"].sudo()._role_ids_of(user).get(company.id, [])
        mine = Domain("user_id", "=", user.id) | Domain("role_id", "in", roles)
        domain = mine & Domain(
            [
                ("company_id", "=", company.id),
                ("kind", "=", agreement.kind),
                ("side", "=", side),
                ("date_start", "<=", today),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", today),
            ]
        )
        found = self.sudo().search(domain)  # sudo: as above
        return found.sorted(lambda a: (not a.is_unlimited, -a.amount_max))

    def _covers(self, agreement):
        """Whether this authority is enough for the yearly amount of an agreement.

        An amount in another currency counts at the rate of the day.
        """
        self.ensure_one()
        if self.is_unlimited:
            return True
        agreement = agreement.sudo()  # sudo: not everybody sees the amount
        currency = agreement.currency_id or self.currency_id
        amount = currency._convert(
            agreement.amount, self.currency_id, self.company_id, agreement._today()
        )
        return self.currency_id.compare_amounts(amount, self.amount_max) <= 0
