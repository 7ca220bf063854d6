# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError

from ..tools import guard


class ItsmEvidenceMixin(models.AbstractModel):
    """Records that are evidence: code that holds the token writes them, nobody else.

    Access rights, ``sudo()``, import, x2many commands and remote calls do not open
    them (design, Manners: evidence survives).
    """

    _name = "itsm.evidence.mixin"
    _description = "Evidence"
    # No x2many command of a privileged parent may reach them.
    _allow_sudo_commands = False

    @api.model_create_multi
    def create(self, vals_list):
        self._check_evidence("create")
        return super().create(vals_list)

    def write(self, vals):
        self._check_evidence("write")
        return super().write(vals)

    # at_uninstall: the guard knows better than a key in the context.
    @api.ondelete(at_uninstall=True)
    def _unlink_except_evidence(self):
        if not guard.is_uninstalling(self):
            self._check_evidence("unlink")

    def _check_evidence(self, operation):
        """Raise ``AccessError`` unless the caller holds the token.

        :param str operation: ``create``, ``write`` or ``unlink``
        """
        if not guard.has_token(self.env):
            raise AccessError(self._evidence_message(operation))

    def _evidence_message(self, operation):
        """What to tell who tried, with the remedy; models say it in their words."""
        return self.env._(
            "%(model)s: these records are evidence. They are written by the system "
            "only and never changed.",
            model=self._description,
        )
