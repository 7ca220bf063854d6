# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_signature import KINDS

#: What an authority says; it stays once somebody has signed with it.
SAID = frozenset(
    {
        *("company_id", "role_id", "user_id", "kind", "side"),
        *("is_unlimited", "amount_max", "date_start"),
    }
)
#: What it gives; a change of it is a grant of its own, but for what gives less.
GIVEN = SAID | {"date_end", "active"}


class ItsmSigningAuthority(models.Model):
    """Who may sign which agreements for a company, up to which amount (SLM-74).

    Nobody gives himself one, administrators included: what somebody has granted counts
    for himself only once somebody else has confirmed it.
    """

    _name = "itsm.signing.authority"
    _description = "Signing Authority"
    _inherit = ["mail.thread", "itsm.archive.mixin", "itsm.step.mixin"]
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
    granted_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Granted by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="Who entered it or gave more by it last. It never counts for himself.",
    )
    granted_at = fields.Datetime(string="Granted", readonly=True, copy=False)
    confirmed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Confirmed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        tracking=True,
        help="Somebody else who stands behind it: then it counts for who granted it, "
        "too, for example as a holder of the role.",
    )
    confirmed_at = fields.Datetime(string="Confirmed", readonly=True, copy=False)

    _step_new = {
        "granted_by_id": False,
        "granted_at": False,
        "confirmed_by_id": False,
        "confirmed_at": False,
    }

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

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        authorities = super().create(vals_list)
        authorities._check_others()
        authorities._note_grant()
        return authorities

    def write(self, vals):
        names = GIVEN & vals.keys()
        if not names:
            return super().write(vals)
        before = {authority: authority._said(names) for authority in self}
        own = self._own()
        result = super().write(vals)
        changed = {
            authority: {
                name: said[name] for name in names if authority[name] != said[name]
            }
            for authority, said in before.items()
        }
        # sudo: signatures count, whoever may see them
        frozen = self.filtered(lambda a: SAID & changed[a].keys()).sudo()
        used = frozen and frozen._archive_kept()
        if used:
            raise UserError(
                self.env._(
                    "%(authority)s: somebody has signed with it, so it stays as it "
                    "was. Let it end, and make another one.",
                    authority=used[0].display_name,
                )
            )
        granted = self.filtered(lambda a: a._gives_more(changed[a]))
        (granted & own)._check_others(own)
        granted._check_others()
        granted._note_grant()
        return result

    def _gives_more(self, before):
        """Whether a change gives more than before: not if it only ends it.

        :param dict before: what was changed, with the value before
        """
        self.ensure_one()
        more = before.keys() - {"date_end", "active"}
        was = before.get("date_end")
        if "date_end" in before and (not self.date_end or was and self.date_end > was):
            more.add("date_end")
        if "active" in before and self.active:
            more.add("active")
        return bool(more)

    def _own(self):
        """Those of these that name the user himself."""
        return self.filtered(lambda authority: authority.user_id == self.env.user)

    def _check_others(self, own=None):
        """Refuse to give oneself authority, whatever rights one has.

        :param own: those that name the user; default: as they are now
        :raise AccessError: naming what another person has to do
        """
        if self._own() if own is None else own & self:
            raise AccessError(
                self.env._(
                    "Nobody gives himself authority to sign, administrators included. "
                    "Let another manager of IT services enter it."
                )
            )

    def _note_grant(self):
        """Note that the user stands behind what these say now."""
        guard.with_token(self).write(
            {
                "granted_by_id": self.env.uid,
                "granted_at": fields.Datetime.now(),
                "confirmed_by_id": False,
                "confirmed_at": False,
            }
        )

    def action_confirm(self):
        """Confirm what somebody else has granted.

        :raise AccessError: the user may not keep authorities, has granted it himself,
            or would confirm his own
        """
        self.check_access("write")
        self._check_others()
        if self.filtered(lambda a: a.granted_by_id == self.env.user):
            raise AccessError(
                self.env._(
                    "You have granted it yourself: let another manager of IT services "
                    "confirm it."
                )
            )
        guard.with_token(self).write(
            {"confirmed_by_id": self.env.uid, "confirmed_at": fields.Datetime.now()}
        )

    def _said(self, names):
        """What these fields say."""
        self.ensure_one()
        return {name: self[name] for name in names}

    # === What signing asks ===

    def _archive_references(self):
        return [
            ("itsm.agreement.signature", "authority_id"),
            ("itsm.agreement.proxy", "authority_id"),
        ]

    @api.model
    def _of(self, user, agreement, side):
        """The authorities that a person has for an agreement, whatever its amount.

        Those with the highest amount first. What he has granted himself, or has by a
        role to which he has named himself, is none.

        :param user: ``res.users``
        :param agreement: ``itsm.agreement``
        :param str side: provider or proxy
        :rtype: itsm.signing.authority, in sudo
        """
        found = self._entered(user, agreement, side)
        holders = self.env["itsm.role.holder"].sudo()  # sudo: the same for everybody
        given = holders.search(
            [
                ("user_id", "=", user.id),
                ("company_id", "=", agreement.company_id.id),
                ("named_by_id", "!=", user.id),
            ]
        )
        return found.filtered(
            lambda a: (
                a._is_vouched_for(user) and (a.user_id or a.role_id in given.role_id)
            )
        )

    @api.model
    def _entered(self, user, agreement, side):
        """The same with what he has given himself: it counts for nothing.

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

    def _is_vouched_for(self, user):
        """Whether somebody else than this user stands behind it."""
        self.ensure_one()
        confirmer = self.confirmed_by_id
        return self.granted_by_id != user or bool(confirmer and confirmer != user)

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
