# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

from odoo import api, fields, models
from odoo.exceptions import UserError


class ItsmAgreementSign(models.TransientModel):
    """The dialog in which somebody of the company signs (SLM-18, 19, 74, 76)."""

    _name = "itsm.agreement.sign"
    _description = "Sign an Agreement"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement", required=True, ondelete="cascade"
    )
    paper_id = fields.Many2one(
        comodel_name="itsm.agreement.paper", required=True, ondelete="cascade"
    )
    sha256 = fields.Char(related="paper_id.sha256")
    side = fields.Selection(
        selection=[
            ("department", "A department or committee"),
            ("provider", "The company"),
            ("customer", "The other party"),
        ],
        string="Sign For",
        required=True,
    )
    sides = fields.Char(
        compute="_compute_seats", help="The sides for which the user can sign."
    )
    ways = fields.Char(
        compute="_compute_seats", help="How the user can sign for the chosen side."
    )
    seat_ids = fields.Many2many(
        comodel_name="itsm.agreement.countersign",
        compute="_compute_seats",
        help="The departments for which the user can sign.",
    )
    countersign_id = fields.Many2one(
        comodel_name="itsm.agreement.countersign",
        string="Department",
        domain="[('id', 'in', seat_ids)]",
    )
    way = fields.Selection(
        selection=[
            ("own", "I sign"),
            ("proxy", "I sign as proxy, for a time"),
            ("paper", "It was signed on paper"),
        ],
        string="How",
        required=True,
        default="own",
        help="Proxy: counts only with the approval of the management representative.",
    )
    is_refused = fields.Boolean(
        string="I Refuse", help="The department does not agree; say what has to change."
    )
    reason = fields.Text()
    role_name = fields.Char(string="Function", help="As it stands under the name.")
    drawing = fields.Binary(string="Drawn Signature", attachment=False)
    valid_until = fields.Date(string="Counts Until")
    name = fields.Char(string="Name of the Signer")
    signed_on = fields.Date(string="Dated")
    scan = fields.Binary(attachment=False)
    scan_name = fields.Char()
    has_read = fields.Boolean(string="I have read the paper")

    @api.depends("agreement_id", "side")
    @api.depends_context("uid")
    def _compute_seats(self):
        for wizard in self:
            seats = wizard.agreement_id and wizard.agreement_id._sign_seats() or []
            wizard.sides = ",".join(dict.fromkeys(side for side, _seat in seats))
            wizard.seat_ids = [seat.id for _side, seat in seats if seat]
            ways = ["own"]
            if wizard.side == "customer":
                ways = wizard.agreement_id._sign_ways()
            wizard.ways = ",".join(ways)

    @api.onchange("side")
    def _onchange_side(self):
        self.way = self.ways.split(",")[0]

    def action_open_paper(self):
        """Show the file that is signed."""
        self.ensure_one()
        return self.paper_id.action_download()

    def action_confirm(self):
        """Sign, refuse or ask for the approval of a proxy signature.

        :raise AccessError: the user may not
        :raise UserError: something is missing or was changed
        """
        self.ensure_one()
        agreement, paper = self.agreement_id, self.paper_id
        agreement.check_access("read")
        if not self.has_read:
            raise UserError(
                self.env._("Open the paper and tick “I have read the paper”.")
            )
        read_at = fields.Datetime.now()
        more = {
            "role_name": self.role_name,
            "drawing": self.drawing,
            "read_at": read_at,
        }
        if self.side == "department":
            agreement._sign_department(
                self.countersign_id,
                paper,
                refusal=(self.reason or "") if self.is_refused else None,
                **more,
            )
        elif self.side == "provider":
            agreement._sign_provider(paper, **more)
        elif self.way == "paper":
            agreement._sign_paper(
                paper,
                self.name,
                self.signed_on,
                (self.scan_name, base64.b64decode(self.scan or b"")),
                role_name=self.role_name,
                read_at=read_at,
            )
        elif self.way == "proxy":
            agreement._ask_proxy(paper, self.reason, self.valid_until, self.role_name)
        else:
            raise UserError(
                self.env._(
                    "The other party signs in the portal, on paper, or by a proxy."
                )
            )
        return {"type": "ir.actions.act_window_close"}
