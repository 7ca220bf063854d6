# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: Channels that helpdesk_mgmt ships, by the code that other systems use for them.
SHIPPED = {
    "portal": "helpdesk_mgmt.helpdesk_ticket_channel_web",
    "mail": "helpdesk_mgmt.helpdesk_ticket_channel_email",
    "phone": "helpdesk_mgmt.helpdesk_ticket_channel_phone",
    "other": "helpdesk_mgmt.helpdesk_ticket_channel_other",
}


class HelpdeskTicketChannel(models.Model):
    """Where contacts come from (INC-05)."""

    _inherit = "helpdesk.ticket.channel"

    itsm_code = fields.Char(
        string="Code",
        copy=False,
        help="By this name other systems log contacts, for example phone or wechat.",
    )

    _itsm_code_uniq = models.UniqueIndex(
        "(itsm_code, COALESCE(company_id, 0)) WHERE itsm_code IS NOT NULL",
        "Another channel has this code. Choose a different code.",
    )

    @api.model
    def _itsm_name_shipped(self):
        """Give the channels of helpdesk_mgmt their codes; those that have one keep it.

        Called by data on each update: their own data are not updated.
        """
        for code, xmlid in SHIPPED.items():
            channel = self.env.ref(xmlid, raise_if_not_found=False)
            if channel and not channel.itsm_code:
                taken = self.with_context(active_test=False).search_count(
                    [
                        ("itsm_code", "=", code),
                        ("company_id", "=", channel.company_id.id),
                    ]
                )
                if not taken:
                    channel.itsm_code = code

    @api.model
    def _itsm_codes(self, company):
        """The codes by which other systems may log contacts of a company, sorted.

        Those that are shipped are known everywhere: helpdesk_mgmt gives its channels to
        the first company, and the others need not make them again.

        :param company: ``res.company``
        :rtype: list[str]
        """
        # sudo: that a code exists is no secret in its company
        channels = self.sudo().search(
            [("itsm_code", "!=", False), ("company_id", "in", [False, company.id])]
        )
        return sorted({*channels.mapped("itsm_code"), *SHIPPED})

    @api.model
    def _itsm_by_code(self, code, company):
        """The channel of a company with a code: its own, else the one of all.

        :param str code: the code
        :param company: ``res.company``
        :return: a channel in sudo; empty if the company has none
        """
        # sudo: where a contact came from does not depend on who logs it
        return self.sudo().search(
            [("itsm_code", "=", code), ("company_id", "in", [False, company.id])],
            order="company_id, id",
            limit=1,
        )
