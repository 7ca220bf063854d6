# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmTicketCellMixin(models.AbstractModel):
    """Rows about one ticket kind and priority: the choices are those of tickets."""

    _name = "itsm.ticket.cell.mixin"
    _description = "Row About a Ticket Kind and Priority"

    itsm_kind = fields.Selection(
        selection=lambda self: self._selection_of_ticket("itsm_kind"),
        string="Ticket Kind",
    )
    priority = fields.Selection(
        selection=lambda self: self._selection_of_ticket("priority")
    )

    def _selection_of_ticket(self, name):
        """Values and labels of a selection of tickets, in the user's language.

        :param str name: of the field
        :rtype: list[tuple]
        """
        field = self.env["helpdesk.ticket"]._fields[name]
        return field._description_selection(self.env)
