# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

#: What follows the service, of those that stand for one.
OF_SERVICE = frozenset(
    {
        "name",
        "class_id",
        "company_id",
        "criticality",
        "protection_level",
        "active",
        "state",
    }
)


class ItsmCi(models.Model):
    """What stands for a service follows it, and is not changed by itself (CFG-15)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def write(self, vals):
        # before the rules of the class: they do not judge what nobody may change here
        if OF_SERVICE & vals.keys() and not guard.has_token(self.env):
            vals = self._without_service_values(vals)
        return super().write(vals)

    def _without_service_values(self, vals):
        """What follows the service is changed there: a write of the same passes.

        :raise UserError: naming the configuration item and the field
        """
        items = self.filtered("service_id")
        if not items:
            return vals
        names = OF_SERVICE & vals.keys()
        for name in sorted(names):
            field = self._fields[name]
            for item in items:
                present = field.convert_to_cache(item[name], item)
                if field.convert_to_cache(vals[name], item) != present:
                    raise UserError(
                        self.env._(
                            "%(name)s stands for a service of the catalogue: "
                            "“%(field)s” follows the service and is not changed here.",
                            name=item.name,
                            field=field._description_string(self.env),
                        )
                    )
        if items != self:
            return vals
        return {name: value for name, value in vals.items() if name not in names}
