# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from ..models.itsm_major_communication import AUDIENCES, CHANNELS
from ..models.itsm_major_incident import DECLARED


class ItsmMajorCommunicate(models.TransientModel):
    """Tell customers, colleagues or management how a major incident stands."""

    _name = "itsm.major.communicate"
    _description = "Communicate a Major Incident"

    major_id = fields.Many2one(
        comodel_name="itsm.major.incident",
        string="Major Incident",
        required=True,
        ondelete="cascade",
    )
    audience = fields.Selection(selection=AUDIENCES, required=True, default="customers")
    channel = fields.Selection(
        selection=CHANNELS,
        required=True,
        default="mail",
        help="Mail is sent; everything else is only written down.",
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        domain="[('model', '=', 'itsm.major.incident')]",
        help="Subject and text to begin with.",
    )
    subject = fields.Char(compute="_compute_text", store=True, readonly=False)
    body = fields.Html(
        string="Text", compute="_compute_text", store=True, readonly=False
    )
    partner_ids = fields.Many2many(
        comodel_name="res.partner",
        string="Recipients",
        compute="_compute_partner_ids",
        store=True,
        readonly=False,
        help="Each gets a mail of his own and sees no other.",
    )

    address_text = fields.Text(
        string="Known by Address only",
        compute="_compute_address_text",
        help="Requesters who are no contact yet. They get the mail, too, and a contact "
        "is made of each address.",
    )

    @api.depends("template_id", "major_id")
    def _compute_text(self):
        for wizard in self:
            template, major = wizard.template_id, wizard.major_id
            if template and major:
                texts = {
                    name: template._render_field(name, major.ids)[major.id]
                    for name in ("subject", "body_html")
                }
                wizard.subject = texts["subject"]
                wizard.body = texts["body_html"]
            else:
                wizard.subject = wizard.subject or major.display_name
                wizard.body = wizard.body or False

    @api.depends("audience", "major_id")
    def _compute_partner_ids(self):
        for wizard in self:
            major = wizard.major_id
            partners = self.env["res.partner"]
            if major and wizard.audience == "customers":
                partners = major._customer_partners()
            elif major and wizard.audience == "internal":
                partners = major._colleague_partners()
            elif major and wizard.audience == "management":
                partners = major._management_partners()
            wizard.partner_ids = partners

    @api.depends("audience", "channel", "major_id")
    def _compute_address_text(self):
        for wizard in self:
            by_mail = wizard.audience == "customers" and wizard.channel == "mail"
            wizard.address_text = (
                by_mail
                and wizard.major_id
                and "\n".join(wizard.major_id._customer_addresses())
            )

    def action_send(self):
        """Tell, and write it down."""
        self.ensure_one()
        partners = self.partner_ids
        if self.address_text:
            self.major_id._check_may_step(*DECLARED)  # before contacts are made
            partners |= self.major_id._customers_by_address()
        self.major_id._communicate(
            {
                "audience": self.audience,
                "channel": self.channel,
                "subject": self.subject,
                "body": self.body,
            },
            partners,
        )
        return {"type": "ir.actions.act_window_close"}
