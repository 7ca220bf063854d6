# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmFulfilmentStep(models.Model):
    """How an offering is delivered: one step of the work (REQ-07, REQ-08, REQ-12).

    Steps with the same number are worked on at the same time; the next number begins
    when all steps before it are done.
    """

    _name = "itsm.fulfilment.step"
    _description = "Fulfilment Step"
    _order = "service_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(string="Step", required=True, translate=True)
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    company_id = fields.Many2one(
        related="service_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(
        string="No.",
        required=True,
        default=10,
        aggregator=None,
        help="Steps with the same number are worked on at the same time.",
    )
    team_id = fields.Many2one(
        comodel_name="helpdesk.ticket.team",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who does it. Empty: the team of the request's ticket.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
        check_company=True,
        help="Gets the task at once. Empty: somebody of the team takes it.",
    )
    instruction = fields.Html(
        translate=True, help="How it is done; shown to whoever works on the task."
    )
    active = fields.Boolean(default=True)

    _sequence_positive = models.Constraint(
        "CHECK(sequence >= 0)", "The number of a step cannot be negative."
    )
