# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError

from odoo.addons.itsm_base.tools import guard


class ItsmRequestPartMixin(models.AbstractModel):
    """What says how far a request has come is written by its acts only (REQ-08).

    Not by forms, imports, remote calls, defaults of a context or stored ones. A model
    names the fields in ``_request_protected``; its state begins as the field says.
    """

    _name = "itsm.request.part.mixin"
    _description = "Part of a Service Request"
    _request_protected = frozenset()

    @api.model
    def default_get(self, fields):
        names = [
            name
            for name in fields
            if name not in self._request_protected or name == "state"
        ]
        defaults = super().default_get(names)
        if "state" in defaults:
            defaults["state"] = self._request_first_state()
        return defaults

    @api.model_create_multi
    def create(self, vals_list):
        first = self._request_first_state()
        for vals in vals_list:
            if vals.get("state") == first:
                del vals["state"]
            self._check_protected(vals)
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")  # before a refusal that says more
        self._check_protected(vals)
        return super().write(vals)

    def _request_first_state(self):
        """The state in which a record begins."""
        return self._fields["state"].default(self)

    def _check_protected(self, vals):
        """Raise ``AccessError`` if values say how far a record has come."""
        names = self._request_protected & vals.keys()
        if names and not guard.has_token(self.env):
            labels = [
                self._fields[name]._description_string(self.env)
                for name in sorted(names)
            ]
            raise AccessError(
                self.env._(
                    "%(fields)s: a request goes on by its buttons, and what they do is "
                    "kept as evidence. Leave it out.",
                    fields=", ".join(labels),
                )
            )

    def _store(self, vals):
        """Write what only the acts of a request write."""
        # sudo: each act checks by itself who may do it
        guard.with_token(self.sudo()).write(vals)
