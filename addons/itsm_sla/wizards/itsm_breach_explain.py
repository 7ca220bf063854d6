# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..models.itsm_breach_cause import RESPONSIBLE


class ItsmBreachExplain(models.TransientModel):
    """Say for one or many breaches why they happened, and who is responsible."""

    _name = "itsm.breach.explain"
    _description = "Explain Breaches"

    breach_ids = fields.Many2many(
        comodel_name="itsm.breach", string="Breaches", required=True
    )
    cause_id = fields.Many2one(comodel_name="itsm.breach.cause", required=True)
    as_proposed = fields.Boolean(
        string="Responsible as Proposed",
        default=True,
        help="Each breach keeps the leg that the clocks propose, unless the cause says "
        "who is responsible.",
    )
    responsible = fields.Selection(selection=RESPONSIBLE)
    responsible_team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
    )
    responsible_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Responsible Supplier"
    )
    note = fields.Text(
        string="What Happened", help="Empty: what was written before stays."
    )
    breach_count = fields.Integer(compute="_compute_breach_count")

    @api.depends("breach_ids")
    def _compute_breach_count(self):
        for wizard in self:
            wizard.breach_count = len(wizard.breach_ids)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        context = self.env.context
        if (
            "breach_ids" in fields
            and not defaults.get("breach_ids")
            and context.get("active_model") == "itsm.breach"
        ):
            defaults["breach_ids"] = context.get("active_ids", [])
        return defaults

    def action_confirm(self):
        """Record the explanation."""
        self.ensure_one()
        leg = None
        if not self.as_proposed and self.responsible:
            leg = {
                "responsible": self.responsible,
                "responsible_team_id": self.responsible == "team"
                and self.responsible_team_id.id,
                "responsible_partner_id": self.responsible == "supplier"
                and self.responsible_partner_id.id,
            }
        self.breach_ids._explain(self.cause_id, (self.note or "").strip(), leg)
        return {"type": "ir.actions.act_window_close"}
