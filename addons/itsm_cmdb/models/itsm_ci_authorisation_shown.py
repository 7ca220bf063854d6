# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Context of the button: what the form showed, see ``content_key``.
SHOWN = "itsm_ci_authorisation_shown"


class ItsmCiAuthorisation(models.Model):
    """What a manager approves is what his screen showed (CFG-17)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.authorisation"

    # in sudo: what one may not read is part of it
    content_key = fields.Char(
        string="Checksum", compute="_compute_content_key", compute_sudo=True
    )

    @api.depends(lambda self: sorted(self._fixed_fields()))
    def _compute_content_key(self):
        for record in self:
            content = [
                sorted(record[name].ids)
                if record._fields[name].type in ("many2one", "many2many")
                else str(record[name] or "")
                for name in sorted(self._fixed_fields())
            ]
            text = json.dumps(content, ensure_ascii=False)
            record.content_key = hashlib.sha256(text.encode()).hexdigest()

    def action_approve(self):
        """Let what is named be changed within the window.

        :raise AccessError: the user is no configuration manager
        :raise UserError: it is decided already, or the form showed something else
        :raise ValidationError: it names nothing, or its window is over
        """
        self._check_manager()
        self._check_step("draft", "asked")
        shown = self.env.context.get(SHOWN)
        for record in self:
            if shown and record.content_key != shown:
                raise UserError(
                    self.env._(
                        "%(name)s was changed since you opened it. Reload the page, "
                        "look at it once more, and decide then.",
                        name=record.display_name,
                    )
                )
        return super().action_approve()
