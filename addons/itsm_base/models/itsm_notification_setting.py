# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .itsm_notification_audience import CHANNELS


class ItsmNotificationSetting(models.Model):
    """Whether and how a company tells one recipient role of an event."""

    _name = "itsm.notification.setting"
    _description = "Notification Setting"
    _order = "event_sequence, event_id, audience_id, id"
    _rec_name = "audience_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    audience_id = fields.Many2one(
        comodel_name="itsm.notification.audience",
        string="Recipient",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    event_id = fields.Many2one(
        related="audience_id.event_id", store=True, index=True, string="Event"
    )
    event_sequence = fields.Integer(related="event_id.sequence", store=True)
    description = fields.Char(related="event_id.description")
    model_id = fields.Many2one(related="event_id.model_id")
    mandatory = fields.Boolean(related="event_id.mandatory")
    urgent = fields.Boolean(related="event_id.urgent")
    own_way = fields.Boolean(related="audience_id.own_way")
    enabled = fields.Boolean(string="On")
    channel = fields.Selection(
        selection=CHANNELS,
        required=True,
        default="inbox",
        help="Mail: in the language of the recipient, one for each batch.\n"
        "Activity: a to-do on the record; colleagues only.\n"
        "In Odoo: the inbox of colleagues who handle notifications in Odoo, an "
        "activity for those who handle them by mail.",
    )
    digest = fields.Boolean(
        help="Not at once, but collected in the recipient's daily or weekly mail. "
        "Urgent events are told at once all the same."
    )
    template_id = fields.Many2one(
        comodel_name="mail.template",
        ondelete="set null",
        domain="[('model_id', '=', model_id)]",
        help="Empty: the template of the event.",
    )

    _once = models.Constraint(
        "UNIQUE(company_id, audience_id)",
        "The company has a setting for this recipient already.",
    )

    @api.constrains("enabled", "digest", "audience_id")
    def _check_mandatory(self):
        for setting in self:
            if setting.mandatory and (not setting.enabled or setting.digest):
                raise ValidationError(
                    self.env._(
                        "%(event)s must be told at once. It can be sent another way, "
                        "but it cannot be switched off or put into the digest.",
                        event=setting.event_id.name,
                    )
                )

    @api.constrains("template_id", "audience_id")
    def _check_template_id(self):
        for setting in self:
            template_sudo = setting.template_id.sudo()  # sudo: for managers too
            if template_sudo and template_sudo.model_id != setting.model_id:
                raise ValidationError(
                    self.env._(
                        "Template: %(template)s is not about %(model)s. Choose "
                        "another.",
                        template=template_sudo.name,
                        model=setting.model_id.sudo().name,  # sudo: name of a model
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        settings = super().create(vals_list)
        self.env.registry.clear_cache()
        return settings

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _ensure(self, companies, audiences=None):
        """Give each company the settings that it does not have yet, as shipped.

        :param companies: ``res.company``
        :param audiences: ``itsm.notification.audience``; by default all
        :return: the created settings
        """
        if audiences is None:
            audiences = self.env["itsm.notification.audience"].search(Domain.TRUE)
        existing = {
            (setting.company_id.id, setting.audience_id.id)
            for setting in self.search([("company_id", "in", companies.ids)])
        }
        return self.create(
            [
                {
                    "company_id": company.id,
                    "audience_id": audience.id,
                    "enabled": audience.default_enabled or audience.event_id.mandatory,
                    "channel": audience.default_channel,
                    "digest": audience.default_digest
                    and not audience.event_id.mandatory,
                }
                for company in companies
                for audience in audiences
                if (company.id, audience.id) not in existing
            ]
        )
