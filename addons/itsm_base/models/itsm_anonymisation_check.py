# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

#: Odoo works in their names or copies them.
SYSTEM_USERS = (
    "base.user_root",
    "base.public_user",
    "base.default_user",
    "base.template_portal_user_id",
)


class ItsmAnonymisation(models.Model):
    """Who may be forgotten, and by whom."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

    def _check_person(self):
        """Refuse who is needed, and data that the user may not reach.

        :raise UserError: with the remedy
        """
        self.ensure_one()
        self.partner_id.check_access("read")
        # sudo: the manager of the desk need not see users and companies
        person = self.partner_id.sudo().with_context(active_test=False)
        name = person.display_name
        if person.is_company:
            raise UserError(
                self.env._(
                    "%(name)s is a company and no person. Choose one of its contacts.",
                    name=name,
                )
            )
        persons = self._persons()
        users = persons.user_ids
        if users & self._system_users():
            raise UserError(
                self.env._("%(name)s belongs to the system and is needed.", name=name)
            )
        # sudo: companies that the user does not see count as well
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        if companies.search_count([("partner_id", "in", persons.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%(name)s is the address of one of your companies.", name=name
                )
            )
        if any(user.active and not user.share for user in users):
            raise UserError(
                self.env._(
                    "%(name)s is a user who can log in. Have an administrator archive "
                    "the user first.",
                    name=name,
                )
            )
        self._check_companies(person)

    @api.model
    def _system_users(self):
        """Users in whose names Odoo works, or whom it copies."""
        refs = (self.env.ref(ref, raise_if_not_found=False) for ref in SYSTEM_USERS)
        users = self.env["res.users"]
        return users.union(*(user for user in refs if user))

    def _check_companies(self, person):
        """The tickets of all companies change: the user must belong to each."""
        if self.env.su:
            return
        self.env.flush_all()  # places are looked for by SQL
        tickets = self._place_records("ticket")
        groups = tickets._read_group(self._place_domain("ticket"), ["company_id"])
        foreign = self.env["res.company"].union(*(company for (company,) in groups))
        foreign -= self.env.user.company_ids
        if foreign:
            raise UserError(
                self.env._(
                    "%(name)s has tickets in companies that you do not work in. Ask a "
                    "manager who belongs to all of them.",
                    name=person.display_name,
                )
            )
