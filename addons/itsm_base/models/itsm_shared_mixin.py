# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError


class ItsmSharedMixin(models.AbstractModel):
    """A definition that companies share, changed by who works in all of them only.

    A record rule cannot tell who works in all companies. Where there is one company
    nothing changes for anybody.
    """

    _name = "itsm.shared.mixin"
    _description = "Definition That Companies Share"

    def _shared_records(self):
        """Those of the records that hold for all companies.

        Without a field ``company_id`` all of them do.
        """
        if "company_id" not in self._fields:
            return self
        return self.filtered(lambda record: not record.company_id)

    @api.model
    def _shared_free_fields(self):
        """Names of fields that hold parts of single companies, with their own rights.

        :rtype: set[str]
        """
        return set()

    def _check_shared(self):
        """Refuse shared ones to who does not work in all companies.

        :raise AccessError: naming one of them
        """
        if self.env.su:
            return
        # sudo: whom a definition belongs to counts, seen or not
        shared_sudo = self.sudo()._shared_records()
        if shared_sudo and self._works_elsewhere():
            raise self._shared_error(shared_sudo[0])

    @api.model
    def _works_elsewhere(self):
        """Whether there are companies in which the user does not work."""
        # sudo: that there are other companies counts, whoever may see them
        companies = self.env["res.company"].sudo()
        mine = self.env.user._get_company_ids()
        return bool(companies.search_count([("id", "not in", mine)], limit=1))

    @api.model
    def _shared_error(self, record_sudo):
        return AccessError(
            self.env._(
                "%(record)s holds for all companies: only who works in all of them may "
                "change it. Ask such a manager.",
                record=record_sudo.display_name,
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_shared()
        return records

    def write(self, vals):
        if vals.keys() <= self._shared_free_fields():
            return super().write(vals)
        self.check_access("write")  # before a refusal that names the record
        self._check_shared()
        result = super().write(vals)
        # what it has become must be allowed too: everybody's
        self._check_shared()
        return result

    def unlink(self):
        self.check_access("unlink")  # before a refusal that names the record
        self._check_shared()
        return super().unlink()
