# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmRole(models.Model):
    """A function in the service organisation, such as configuration manager.

    Who holds it is said per company, in order: the first holder is the one who is
    asked, the others stand in for him. Duties, approvals and notifications name roles
    and not people, so that nothing has to be edited when somebody leaves.
    """

    _name = "itsm.role"
    _inherit = ["itsm.shared.mixin", "mail.thread"]
    _description = "Role"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="A short name for imports and for other addons; it is not translated.",
    )
    description = fields.Text(translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    holder_ids = fields.One2many(
        comodel_name="itsm.role.holder", inverse_name="role_id", string="Holders"
    )
    is_vacant = fields.Boolean(
        string="Vacant",
        compute="_compute_is_vacant",
        search="_search_is_vacant",
        help="Nobody holds the role in the company you work in.",
    )

    _code_uniq = models.UniqueIndex("(code)", "A role with this code exists already.")

    # === Computes ===

    @api.depends("holder_ids.user_id.active", "holder_ids.company_id")
    @api.depends_context("company")
    def _compute_is_vacant(self):
        holders = self._holders_by_role(self.env.company)
        for role in self:
            role.is_vacant = not holders.get((role._origin.id, self.env.company.id))

    def _search_is_vacant(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [
            (
                "holder_ids",
                "not any",
                [
                    ("company_id", "=", self.env.company.id),
                    ("user_id.active", "=", True),
                ],
            )
        ]

    # === CRUD ===

    @api.model
    def _shared_free_fields(self):
        return super()._shared_free_fields() | {"holder_ids"}

    def unlink(self):
        result = super().unlink()
        # The database deletes recipient roles of notifications with it.
        self.env.registry.clear_cache()
        return result

    # === Business methods ===

    def _holders(self, company):
        """Who holds this role in a company: active users, the first is asked first.

        :param company: ``res.company``
        :rtype: res.users
        """
        self.ensure_one()
        return self._holders_by_role(company).get(
            (self.id, company.id), self.env["res.users"]
        )

    def _holders_by_role(self, companies):
        """Who holds these roles in some companies, in one query.

        :param companies: ``res.company``
        :return: active users in order by ``(role id, company id)``; a role without
            holders has no key
        :rtype: dict[tuple[int, int], res.users]
        """
        holders = self.env["itsm.role.holder"].sudo()  # sudo: the same for all users
        found = holders._read_group(
            [
                ("role_id", "in", self.ids),
                ("company_id", "in", companies.ids),
                ("user_id.active", "=", True),
            ],
            ["role_id", "company_id"],
            ["id:recordset"],
        )
        everybody = holders.browse(
            holder_id for _role, _company, group in found for holder_id in group._ids
        )
        everybody.fetch(["user_id", "sequence"])
        return {
            (role.id, company.id): group.sorted(
                lambda h: (h.sequence, h.id)
            ).user_id.with_env(self.env)
            for role, company, group in found
        }

    @api.model
    def _role_ids_of(self, user):
        """The roles that a user holds, by company.

        :param user: ``res.users``
        :return: ids of roles by id of the company
        :rtype: dict[int, list[int]]
        """
        holders = self.env["itsm.role.holder"].sudo()  # sudo: record rules ask this
        groups = holders._read_group(
            [("user_id", "=", user.id)], ["company_id"], ["role_id:array_agg"]
        )
        return {company.id: role_ids for company, role_ids in groups}
