# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Documents about people are for those who lead them.
CLOSED = ("confidential", "secret")


class ItsmDocumentKind(models.Model):
    """The month of the desk by person, which only leads read (DSK-06, DSK-09, D45)."""

    _inherit = "itsm.document.kind"

    source = fields.Selection(
        selection_add=[("desk_people", "Work of the people of the service desk")],
        ondelete={"desk_people": "set default"},
    )

    @api.constrains("source", "confidentiality")
    def _check_desk_people(self):
        for kind in self:
            if kind.source == "desk_people" and kind.confidentiality not in CLOSED:
                raise ValidationError(
                    self.env._(
                        "%(kind)s has figures of persons: its confidentiality is "
                        "“Confidential” or “Strictly confidential”.",
                        kind=kind.display_name,
                    )
                )

    def _body_template(self):
        if self.source == "desk_people":
            return "itsm_desk.itsm_document_body_desk_people"
        return super()._body_template()
