# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from odoo.addons.itsm_base.models.ir_attachment import CONTENT_FIELDS
from odoo.addons.itsm_base.tools import guard

from ..tools.control import FREE
from .itsm_ci_control_field import ATTACHMENT


class IrAttachment(models.Model):
    """Files of a configuration item under control: none is swapped unseen (CFG-17).

    A file may be added; replaced, renamed, moved or deleted it is a change.
    """

    _inherit = "ir.attachment"

    def write(self, vals):
        if not CONTENT_FIELDS & vals.keys():
            return super().write(vals)
        before = self._itsm_ci_files()
        if before:
            self.check_access("write")  # before a refusal that names the record
            self.env["itsm.ci"]._refuse_lines(self._itsm_ci_lines(before, {}))
        result = super().write(vals)
        if before:
            after = self._itsm_ci_files()
            changed = {key: old for key, old in before.items() if after.get(key) != old}
            lines = self._itsm_ci_lines(changed, after)
            self.env["itsm.ci"]._write_history(lines)
        return result

    # at_uninstall: the guard knows better than a key in the context
    @api.ondelete(at_uninstall=True)
    def _unlink_recorded(self):
        if guard.is_uninstalling(self):
            return
        lines = self._itsm_ci_lines(self._itsm_ci_files(), {})
        self.env["itsm.ci"]._write_history(lines)

    def _itsm_ci_files(self):
        """``{(file id, item id): what a line of history keeps}`` of those that are
        under control."""
        items = self.env["itsm.ci"]
        if not items._control_scope():
            return {}
        # sudo: control does not ask who may read
        files = self.sudo().filtered(lambda f: f.res_model == "itsm.ci" and f.res_id)
        if not files:
            return {}
        # sudo: as above
        known = items.sudo().browse(files.mapped("res_id")).exists()
        known = {item.id for item in known if self._itsm_is_controlled(item.class_id)}
        return {
            (file.id, file.res_id): {
                "name": file.name,
                "checksum": file.checksum,
                # a link has no checksum
                "type": file.type,
                "url": file.url,
            }
            for file in files
            if file.res_id in known
        }

    @api.model
    def _itsm_is_controlled(self, ci_class):
        control = ci_class._control_of(ci_class.id)
        return control.mode != FREE and ATTACHMENT in control.things

    @api.model
    def _itsm_ci_lines(self, before, after):
        """Values of lines of history of files that were changed."""
        return [
            {
                "ci_id": key[1],
                "attribute": ATTACHMENT,
                "old_value": old,
                "new_value": after.get(key),
            }
            for key, old in before.items()
        ]
