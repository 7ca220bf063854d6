# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL, sql


class ItsmCustomerContract(models.Model):
    """The contracts of customers as service level managers see them: without prices.

    Contracts themselves are read by accounting alone, and so are their lines, prices
    and messages. The rows of this view of the database have the contracts' own ids;
    nothing is stored twice. Agreements point to it (SLM-17).
    """

    _name = "itsm.customer.contract"
    _description = "Customer Contract"
    _auto = False
    _order = "code, name, id"
    _rec_names_search = ["name", "code", "partner_id"]
    _depends = {
        "contract.contract": [
            *("name", "code", "partner_id", "commercial_partner_id", "company_id"),
            *("active", "contract_type", "date_start", "date_end"),
            *("is_terminated", "terminate_date"),
        ],
        "contract.line": [
            *("contract_id", "date_start", "display_type", "is_canceled"),
        ],
    }

    name = fields.Char(readonly=True)
    code = fields.Char(string="Reference", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner", string="Organisation", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    active = fields.Boolean(readonly=True)
    date_start = fields.Date(
        string="From", readonly=True, help="First day of its first line."
    )
    date_end = fields.Date(
        string="Until", readonly=True, help="Last day; empty: no end is agreed."
    )
    is_terminated = fields.Boolean(string="Terminated", readonly=True)
    terminate_date = fields.Date(string="Terminated on", readonly=True)
    line_ids = fields.One2many(
        comodel_name="itsm.customer.contract.line",
        inverse_name="contract_id",
        string="Lines",
        readonly=True,
        context={"active_test": False},
    )
    agreement_ids = fields.One2many(
        comodel_name="itsm.agreement",
        inverse_name="contract_id",
        string="Agreements",
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("upcoming", "Not begun"),
            ("running", "Running"),
            ("ended", "Ended"),
            ("terminated", "Terminated"),
            ("archived", "Archived"),
        ],
        compute="_compute_state",
    )

    def init(self):
        # A view and no query of the model: agreements are grouped and sorted by it.
        sql.drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                """
            CREATE VIEW %s AS
            SELECT c.id, c.name, c.code, c.partner_id, c.commercial_partner_id,
                   c.company_id, c.active, c.date_end, c.is_terminated,
                   c.terminate_date, COALESCE(line.date_start, c.date_start)
                       AS date_start
              FROM contract_contract c
              LEFT JOIN (
                    SELECT contract_id, MIN(date_start) AS date_start
                      FROM contract_line
                     WHERE display_type IS NULL AND is_canceled IS NOT TRUE
                     GROUP BY contract_id
                   ) line ON line.contract_id = c.id
             WHERE c.contract_type = 'sale'
            """,
                SQL.identifier(self._table),
            )
        )

    @api.depends("name", "code", "partner_id")
    def _compute_display_name(self):
        for contract in self:
            parts = [contract.code, contract.name]
            # sudo: the customer's name, where the contract has none of its own
            contract.display_name = (
                " ".join(part for part in parts if part)
                or contract.sudo().partner_id.display_name
            )

    @api.depends("active", "is_terminated", "terminate_date", "date_start", "date_end")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for contract in self:
            if contract.is_terminated:
                contract.state = "terminated"
            elif contract.date_end and contract.date_end < today:
                contract.state = "ended"
            elif not contract.active:
                contract.state = "archived"
            elif contract.date_start and contract.date_start > today:
                contract.state = "upcoming"
            else:
                contract.state = "running"
