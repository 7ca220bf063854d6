# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.http import request
from odoo.tools import format_date

from odoo.addons.itsm_base.tools import guard

#: Kinds of agreements in short; the same words everywhere.
KINDS = [("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")]


class ItsmAgreementSignature(models.Model):
    """Who signed which file of an agreement, when and from where (SLM-19, SLM-68).

    Append-only: a later signature of the same side replaces the one before, which
    stays. Whether one is valid is read, never stored.
    """

    _name = "itsm.agreement.signature"
    _description = "Signature of an Agreement"
    _inherit = ["itsm.evidence.mixin"]
    _order = "agreement_id, id desc"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="agreement_id.company_id", store=True, index=True
    )
    paper_id = fields.Many2one(
        comodel_name="itsm.agreement.paper",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    attachment_id = fields.Many2one(related="paper_id.attachment_id", string="File")
    sha256 = fields.Char(
        string="SHA-256",
        required=True,
        readonly=True,
        help="Of the file that was signed.",
    )
    side = fields.Selection(
        selection=[
            ("provider", "Company"),
            ("customer", "Other party"),
            ("department", "Department"),
        ],
        required=True,
        readonly=True,
        help="Other party: the customer of an SLA, the supplier of a UC.",
    )
    decision = fields.Selection(
        selection=[("signed", "Signed"), ("refused", "Refused")],
        required=True,
        readonly=True,
    )
    way = fields.Selection(
        selection=[
            ("own", "In Odoo"),
            ("portal", "In the portal"),
            ("proxy", "By proxy"),
            ("paper", "On paper"),
        ],
        required=True,
        readonly=True,
    )
    countersign_id = fields.Many2one(
        comodel_name="itsm.agreement.countersign",
        string="Countersignature",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    authority_id = fields.Many2one(
        comodel_name="itsm.signing.authority",
        string="By Authority",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    proxy_id = fields.Many2one(
        comodel_name="itsm.agreement.proxy",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Account",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="Who was logged in; on paper: who recorded the signature.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Signed for",
        readonly=True,
        ondelete="restrict",
        help="The party in whose name was signed.",
    )
    name = fields.Char(string="Name of the Signer", required=True, readonly=True)
    role_name = fields.Char(string="Function", readonly=True)
    time = fields.Datetime(required=True, readonly=True)
    read_at = fields.Datetime(
        string="Read",
        readonly=True,
        help="When the signer said that he had read the file.",
    )
    signed_on = fields.Date(
        string="Dated", readonly=True, help="On paper: the day that it bears."
    )
    address = fields.Char(
        string="IP Address",
        readonly=True,
        groups="itsm_sla.itsm_group_sla_manager",
        help="From which the account signed.",
    )
    reason = fields.Text(readonly=True, help="Why it was refused.")
    drawing = fields.Binary(string="Drawn Signature", readonly=True)
    scan_id = fields.Many2one(
        comodel_name="ir.attachment",
        readonly=True,
        ondelete="restrict",
        help="The paper as the other party signed it.",
    )
    valid_until = fields.Date(
        readonly=True, help="Proxy: the last day on which it counts."
    )
    state = fields.Selection(
        selection=[
            ("valid", "Valid"),
            ("refused", "Refused"),
            ("invalid", "Invalid"),
            ("expired", "Expired"),
            ("replaced", "Replaced"),
        ],
        compute="_compute_state",
        help="Invalid: the agreement or the file is no longer what was signed. "
        "Replaced: the same side has signed again.",
    )

    @api.depends("name", "side")
    def _compute_display_name(self):
        sides = dict(self._fields["side"]._description_selection(self.env))
        for signature in self:
            signature.display_name = f"{signature.name} ({sides[signature.side]})"

    @api.depends(
        "paper_id.is_current", "valid_until", "sha256", "agreement_id.signature_ids"
    )
    def _compute_state(self):
        # sudo: whether it is replaced does not depend on who reads
        for signature in self.sudo():
            agreement = signature.agreement_id
            later = agreement.signature_ids.filtered(
                lambda other, own=signature: (
                    other.id > own._origin.id and other._seat() == own._seat()
                )
            )
            if later:
                state = "replaced"
            elif (
                not signature.paper_id.is_current
                or signature.sha256 != signature.paper_id.sha256
            ):
                state = "invalid"
            elif signature.decision == "refused":
                state = "refused"
            elif signature.valid_until and signature.valid_until < agreement._today():
                state = "expired"
            else:
                state = "valid"
            signature.state = state

    def _seat(self):
        """What a later signature must share with this one to take its place."""
        self.ensure_one()
        return self.side, self.countersign_id.id

    def _said(self):
        """What the thread of the agreement says of it."""
        self.ensure_one()
        sides = dict(self._fields["side"]._description_selection(self.env))
        words = {
            "name": self.name,
            "side": self.countersign_id.display_name or sides[self.side],
            "number": self.paper_id.number,
        }
        if self.decision == "refused":
            return self.env._(
                "%(name)s refused paper %(number)s (%(side)s): %(reason)s",
                **words,
                reason=self.reason,
            )
        return self.env._(
            "%(name)s signed paper %(number)s (%(side)s). SHA-256 %(sha256)s",
            **words,
            sha256=self.sha256,
        )

    def _printed(self):
        """How it is printed on the agreement: name, function, date, note."""
        self.ensure_one()
        day = self.signed_on or self.agreement_id._local_date(
            self.time, self.agreement_id.tz
        )
        note = ""
        if self.way == "proxy":
            note = self.env._(
                "By proxy, counts until %(day)s",
                day=format_date(self.env, self.valid_until),
            )
        return {
            "name": self.name,
            "function": self.role_name or "",
            "date": format_date(self.env, day),
            "note": note,
        }

    @api.model
    def _add(self, paper, vals):
        """Keep a signature, or a refusal, under a paper.

        :param paper: ``itsm.agreement.paper`` that is current
        :param dict vals: side, way, name and what else is known
        :return: the signature, in sudo and without the token
        """
        # sudo: nobody has the right to write evidence
        secured = guard.with_token(self).sudo()
        # set by the web server, proxies according to its settings
        address = request.httprequest.remote_addr if request else False
        signature = secured.create(
            {
                "agreement_id": paper.agreement_id.id,
                "paper_id": paper.id,
                "sha256": paper.sha256,
                "decision": "signed",
                "user_id": self.env.uid,
                "time": fields.Datetime.now(),
                "address": address,
                **vals,
            }
        )
        return guard.without_token(signature)
