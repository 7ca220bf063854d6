# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools.mail import is_html_empty


class MailMessage(models.Model):
    """What only tells of fields that somebody may not read is no message to him.

    Odoo hides the values and shows the rest as “This message has been removed”.
    """

    _inherit = "mail.message"

    @api.model
    def _message_fetch(self, domain, *, thread=None, **kwargs):
        if thread:
            hidden = self._itsm_hidden_tracking(thread)
            domain = Domain(True if domain is None else domain)
            domain &= Domain("id", "not in", hidden.ids)
        return super()._message_fetch(domain, thread=thread, **kwargs)

    @api.model
    def _itsm_hidden_tracking(self, thread):
        """Messages of a record of which nothing is left for the present user.

        :param thread: one record
        """
        names = [
            name
            for name, field in thread._fields.items()
            if field.groups and not thread._has_field_access(field, "read")
        ]
        if not names:
            return self.browse()
        # sudo: tracked values are the administrators'; only ids leave this method
        values = (
            self.env["mail.tracking.value"]
            .sudo()
            .search(
                [
                    ("mail_message_id.model", "=", thread._name),
                    ("mail_message_id.res_id", "=", thread.id),
                    ("field_id.name", "in", names),
                ]
            )
        )
        return values.mail_message_id.filtered(
            lambda message: (
                is_html_empty(message.body)
                and not message.attachment_ids
                and not message.subtype_id.description
                and not message.tracking_value_ids._filter_has_field_access(self.env)
            )
        )
