# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class ItsmContact(models.Model):
    """Contacts that the desk answered at once have an interaction and no ticket."""

    _inherit = "itsm.contact"

    ticket_id = fields.Many2one(required=False)
    interaction_id = fields.Many2one(
        comodel_name="itsm.interaction",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _subject_known = models.Constraint(
        "CHECK(ticket_id IS NOT NULL OR interaction_id IS NOT NULL)",
        "A contact belongs to a ticket or to an interaction.",
    )

    def _auto_init(self):
        result = super()._auto_init()
        # itsm_base is loaded before this addon and wants the ticket to be there; what
        # failed then would be tried once more at the end, and warned of
        key = f"add_not_null:{self._table}:ticket_id"
        self.pool._constraint_queue.pop(key, None)
        return result

    @api.depends("ticket_id", "interaction_id")
    def _compute_display_name(self):
        for contact in self:
            about = contact.ticket_id or contact.interaction_id
            contact.display_name = about.display_name
