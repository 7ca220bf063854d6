# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmTicketAnswer(models.TransientModel):
    """Choose a prepared answer, look at it, and go on writing (DSK-12)."""

    _name = "itsm.ticket.answer"
    _description = "Prepared Answer"

    ticket_id = fields.Many2one(
        comodel_name="helpdesk.ticket", required=True, readonly=True
    )
    fitting_ids = fields.Many2many(
        comodel_name="mail.template", compute="_compute_fitting_ids"
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Answer",
        required=True,
        domain="[('id', 'in', fitting_ids)]",
    )
    subject = fields.Char(compute="_compute_text")
    body = fields.Html(compute="_compute_text", sanitize=True)

    @api.depends("ticket_id")
    def _compute_fitting_ids(self):
        templates = self.env["mail.template"]
        for wizard in self:
            domain = templates._itsm_answer_domain(wizard.ticket_id)
            wizard.fitting_ids = templates.search(domain)

    @api.depends("ticket_id", "template_id")
    def _compute_text(self):
        for wizard in self:
            template, ticket = wizard.template_id, wizard.ticket_id
            if not (template and ticket):
                wizard.subject = wizard.body = False
                continue
            wizard.subject = template._render_field(
                "subject", ticket.ids, compute_lang=True
            )[ticket.id]
            wizard.body = template._render_field(
                "body_html", ticket.ids, compute_lang=True
            )[ticket.id]

    def action_write(self):
        """Open the mail with the chosen answer, ready to be changed and sent.

        :return: an action
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Answer"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": "helpdesk.ticket",
                "default_res_ids": self.ticket_id.ids,
                "default_template_id": self.template_id.id,
                "default_composition_mode": "comment",
                "default_subtype_xmlid": "mail.mt_comment",
                "default_partner_ids": self.ticket_id.partner_id.ids,
            },
        }
