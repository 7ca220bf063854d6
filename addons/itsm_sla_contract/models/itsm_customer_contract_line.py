# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL, sql


class ItsmCustomerContractLine(models.Model):
    """The lines of customers' contracts without quantities and prices.

    See ``itsm.customer.contract``. Sections and notes are no lines.
    """

    _name = "itsm.customer.contract.line"
    _description = "Line of a Customer Contract"
    _auto = False
    _order = "contract_id, sequence, id"
    _depends = {
        "contract.contract": ["contract_type", "company_id", "active"],
        "contract.line": [
            *("contract_id", "sequence", "name", "display_type"),
            *("date_start", "date_end", "is_canceled"),
        ],
    }

    contract_id = fields.Many2one(comodel_name="itsm.customer.contract", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    active = fields.Boolean(readonly=True)
    sequence = fields.Integer(readonly=True)
    name = fields.Text(string="Description", readonly=True)
    date_start = fields.Date(string="From", readonly=True)
    date_end = fields.Date(string="Until", readonly=True)
    is_canceled = fields.Boolean(string="Cancelled", readonly=True)

    def init(self):
        # A view and no query of the model: agreements are grouped and sorted by it.
        sql.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
            CREATE VIEW %s AS
            SELECT line.id, line.contract_id, c.company_id, c.active, line.sequence,
                   line.name, line.date_start, line.date_end, line.is_canceled
              FROM contract_line line
              JOIN contract_contract c ON c.id = line.contract_id
             WHERE c.contract_type = 'sale' AND line.display_type IS NULL
            """,
                SQL.identifier(self._table),
            )
        )

    @api.depends("name")
    def _compute_display_name(self):
        for line in self:
            line.display_name = (line.name or "").split("\n")[0]
