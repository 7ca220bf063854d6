# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketNature(models.Model):
    """What a contact is by nature: fault, consultation, complaint … (INC-03, INC-04).

    Finer than the kind, which decides the process: several natures make an incident.
    """

    _name = "itsm.ticket.nature"
    _inherit = ["itsm.archive.mixin"]
    _description = "Nature of a Ticket"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short name for imports and reports, for example FAULT.")
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
        help="Proposed on new tickets of this nature.",
    )
    description = fields.Char(
        translate=True, help="Tells the agents when to use this nature."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(code) WHERE code IS NOT NULL",
        "Another nature has this code. Choose a different code.",
    )

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("helpdesk.ticket", "nature_id"),
            ("itsm.interaction", "nature_id"),
        ]
