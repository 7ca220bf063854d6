# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmCiConfirm(models.TransientModel):
    """Asks before a step, in words that say how many it leaves out.

    The step itself checks who may do it and when.
    """

    _name = "itsm.ci.confirm"
    _description = "Confirmation of a Step"

    import_id = fields.Many2one(
        comodel_name="itsm.ci.import", readonly=True, ondelete="cascade"
    )
    audit_id = fields.Many2one(
        comodel_name="itsm.ci.audit", readonly=True, ondelete="cascade"
    )
    text = fields.Text(compute="_compute_text", compute_sudo=False)

    @api.depends("import_id", "audit_id")
    @api.depends_context("lang", "uid")
    def _compute_text(self):
        for wizard in self:
            if wizard.audit_id:
                wizard.text = wizard.audit_id._uncounted_text()
            elif wizard.import_id:
                wizard.text = wizard.import_id._open_text()
            else:
                wizard.text = False

    @api.model
    def _ask(self, **values):
        """Open the question, for one of the records it can be about."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Please Confirm"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_confirm(self):
        """Do it, with the rights of the user."""
        self.ensure_one()
        if self.audit_id:
            self.audit_id.action_end_counting()
        elif self.import_id:
            self.import_id.action_import()
        return {"type": "ir.actions.act_window_close"}
