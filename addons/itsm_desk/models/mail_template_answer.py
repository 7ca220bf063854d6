# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain


class MailTemplate(models.Model):
    """Answers that agents send again and again: mail templates of tickets (DSK-12)."""

    _inherit = "mail.template"

    itsm_is_answer = fields.Boolean(
        string="Answer to Tickets",
        help="Offered to agents who answer a ticket, in the language of the requester.",
    )
    itsm_service_ids = fields.Many2many(
        comodel_name="itsm.service",
        relation="itsm_answer_service_rel",
        column1="template_id",
        column2="service_id",
        string="Services",
        help="Offered for tickets about these services and their offerings; empty: for "
        "all.",
    )

    def _itsm_answer_domain(self, tickets):
        """The templates that fit tickets: of their service, or of none.

        :param tickets: ``helpdesk.ticket``
        :rtype: Domain
        """
        # sudo: the tree of services does not depend on who may read the catalogue
        services = tickets.sudo().service_id
        path = {
            int(service_id)
            for service in services
            for service_id in (service.parent_path or "").split("/")
            if service_id
        }
        fits = Domain("itsm_service_ids", "=", False) | Domain(
            "itsm_service_ids", "in", list(path)
        )
        return Domain("itsm_is_answer", "=", True) & fits
