# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class ItsmCi(models.Model):
    """Who may change a configuration item, said before and when it is refused."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    can_write = fields.Boolean(compute="_compute_can_write", compute_sudo=False)

    @api.depends("owner_id", "class_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can_write(self):
        # what is new is entered by who may
        stored = self._origin
        may = stored._filtered_access("write")
        for item in self:
            item.can_write = not item._origin or item._origin in may

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if not result or operation != "write":
            return result
        forbidden, make = result
        return forbidden, lambda: forbidden._owner_error() or make()

    def _owner_error(self):
        """Who changes the first of these that the user may read, as an error."""
        item = self._filtered_access("read")[:1]
        # sudo: a name of a person who is responsible is no secret
        owner = item.sudo().owner_id
        if not item or owner == self.env.user:
            return None
        if not owner:
            return AccessError(
                self.env._(
                    "%(name)s has no owner: only a configuration manager changes it. "
                    "Ask one of them.",
                    name=item.name,
                )
            )
        return AccessError(
            self.env._(
                "Only %(owner)s, the owner of %(name)s, or a configuration manager "
                "changes it. Ask one of them.",
                owner=owner.name,
                name=item.name,
            )
        )
