# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from odoo.addons.itsm_base.models.itsm_priority_rule import IMPACTS, URGENCIES


class HelpdeskTicketTeam(models.Model):
    """What a mail to the address of a team becomes (DSK-01, INC-05)."""

    _inherit = "helpdesk.ticket.team"

    mail_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Mail Becomes",
        help="Empty: an incident.",
    )
    mail_service_id = fields.Many2one(
        comodel_name="itsm.service",
        string="Service of Mails",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the only service that is offered to the sender; if there are "
        "several the ticket waits to be classified.",
    )
    mail_impact = fields.Selection(selection=IMPACTS, string="Impact of Mails")
    mail_urgency = fields.Selection(selection=URGENCIES, string="Urgency of Mails")
    mail_channel_id = fields.Many2one(
        comodel_name="helpdesk.ticket.channel",
        string="Channel of Mails",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Empty: the channel for e-mail.",
    )

    def _mail_defaults(self, partner):
        """What a new mail to this team becomes, before anybody has looked at it.

        :param partner: ``res.partner`` of the sender, possibly none
        :return: values of a ticket
        :rtype: dict
        """
        team = self.sudo()  # sudo: set-up, read for whoever sends mail
        channel = team.mail_channel_id or self.env.ref(
            "helpdesk_mgmt.helpdesk_ticket_channel_email", raise_if_not_found=False
        )
        company = team.company_id or self.env.company
        vals = {
            "itsm_kind": team.mail_kind or "incident",
            "service_id": team._mail_service(partner, company).id,
            "channel_id": channel and channel.id,
            "company_id": company.id,
        }
        if team.mail_impact:
            vals["impact"] = team.mail_impact
        if team.mail_urgency:
            vals["urgency"] = team.mail_urgency
        return vals

    def _mail_service(self, partner, company):
        """The service a mail is about: of the address, else the only one offered.

        :rtype: itsm.service
        """
        services = self.env["itsm.service"].with_company(company)
        services = services.with_context(allowed_company_ids=company.ids)
        mine = self.mail_service_id
        if mine.state in ("live", "changing", "retiring"):
            return mine
        if not partner:
            return services.browse()
        # sudo: what is offered to the sender does not depend on who runs the gateway
        offered = services._itsm_entitled(partner).sudo()
        top = offered.filtered(lambda service: not service.parent_id)
        return top if len(top) == 1 else services.browse()
