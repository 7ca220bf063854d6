# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.fields import Domain

#: What kind of thing an offering gives (REQ-02, REQ-10, REQ-11).
REQUEST_TYPES = [
    ("equipment", "Equipment"),
    ("software", "Software"),
    ("permission", "Permission change"),
    ("data", "Data change"),
    ("guidance", "Operating guidance"),
    ("consulting", "Technical consultation"),
    ("information", "Information and questions"),
    ("repair", "Repair or replacement"),
    ("other", "Other"),
]


class ItsmService(models.Model):
    """What is needed to request an offering and to deliver it (REQ-02, REQ-12)."""

    _inherit = "itsm.service"

    request_type = fields.Selection(
        selection=REQUEST_TYPES,
        tracking=True,
        help="What kind of request it is; counted in the report of requests.",
    )
    fulfilment_step_ids = fields.One2many(
        comodel_name="itsm.fulfilment.step",
        inverse_name="service_id",
        string="Fulfilment Steps",
        copy=True,
        help="Without steps those of the service above hold; without any there is one "
        "task for the team of the ticket.",
    )
    request_days = fields.Integer(
        string="Delivered within (working days)",
        aggregator=None,
        tracking=True,
        help="From the approval; 0 means that no day is promised.",
    )

    _request_days_positive = models.Constraint(
        "CHECK(request_days >= 0)",
        "Delivered within: days cannot be negative. Enter 0 if no day is promised.",
    )

    def _archive_references(self):
        return [*super()._archive_references(), ("itsm.request.line", "service_id")]

    def _itsm_first_team(self):
        """The team of the first line of a service, or of what it is part of.

        :rtype: helpdesk.ticket.team
        """
        service = self.sudo()  # sudo: who works on a ticket depends on no reader
        while service:
            first = service.team_ids.filtered(lambda line: line.line == "1")[:1]
            if first:
                return first.team_id
            service = service.parent_id
        return self.env["helpdesk.ticket.team"].sudo()  # sudo: likewise

    def _fulfilment_steps(self):
        """Steps by which each of these is delivered: its own, or those above it.

        :return: dict of service id to ``itsm.fulfilment.step`` in order
        """
        # sudo: how something is delivered does not depend on who asks for it
        services = self.sudo()
        paths = {
            service.id: [int(part) for part in service.parent_path.split("/") if part]
            for service in services
        }
        steps = self.env["itsm.fulfilment.step"].sudo()  # sudo: likewise
        found = steps.search(
            Domain(
                "service_id", "in", list({i for path in paths.values() for i in path})
            )
        ).grouped("service_id")
        by_id = {service.id: lines for service, lines in found.items()}
        return {
            service_id: next(
                (by_id[i] for i in reversed(path) if i in by_id), steps.browse()
            )
            for service_id, path in paths.items()
        }
