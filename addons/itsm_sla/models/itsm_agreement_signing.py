# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

#: In the context (``itsm_for_signature``) while the paper for signature is printed.
FOR_SIGNATURE = object()
#: Signatures that bind: a proxy that has expired still froze what was signed.
BINDING = ("valid", "expired")


class ItsmAgreement(models.Model):
    """How far an agreement is signed, read from the evidence (SLM-19, 20, 24)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    amount = fields.Monetary(
        string="Yearly Amount",
        tracking=True,
        groups="itsm_base.itsm_group_finance,itsm_sla.itsm_group_sla_manager",
        help="What the agreement is worth in a year; decides who may sign it.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
    )
    signer_ids = fields.Many2many(
        comodel_name="res.partner",
        relation="itsm_agreement_signer_rel",
        string="Signers of the Other Party",
        check_company=True,
        help="Contacts of the customer or supplier who read the agreement in the "
        "portal and sign it there. Nobody else of the customer sees it.",
    )
    paper_ids = fields.One2many(
        comodel_name="itsm.agreement.paper",
        inverse_name="agreement_id",
        string="Papers",
        readonly=True,
    )
    signature_ids = fields.One2many(
        comodel_name="itsm.agreement.signature",
        inverse_name="agreement_id",
        string="Signatures",
        readonly=True,
    )
    countersign_ids = fields.One2many(
        comodel_name="itsm.agreement.countersign",
        inverse_name="agreement_id",
        string="Countersignatures",
        copy=True,
    )
    proxy_ids = fields.One2many(
        comodel_name="itsm.agreement.proxy",
        inverse_name="agreement_id",
        string="Proxy Signatures",
        readonly=True,
    )
    signing_state = fields.Selection(
        selection=[
            ("draft", "Not put to signature"),
            ("review", "In review"),
            ("countersigned", "Countersigned"),
            ("signed", "Signed"),
        ],
        string="Signing",
        compute="_compute_signing_state",
        search="_search_signing_state",
        help="In review: put to signature, departments still have to countersign. "
        "Countersigned: company and other party can sign. Signed: both have. Any "
        "change of the draft makes all signatures invalid.",
    )
    signing_missing = fields.Text(
        string="Still Missing", compute="_compute_signing_state"
    )
    can_sign = fields.Boolean(compute="_compute_can_sign")

    # === Computes ===

    @api.model
    def _signing_depends(self):
        """Names of the fields on which the validity of signatures depends."""
        names = ["state", "paper_ids", "paper_content"]
        return [*names, *sorted(self._signed_fields())]

    @api.depends(
        lambda self: ["signature_ids", "countersign_ids", *self._signing_depends()]
    )
    def _compute_signing_state(self):
        # sudo: how far it is signed does not depend on who reads, nor on whether he
        # asks for what is archived, too
        agreements = self.sudo().with_context(active_test=True)
        latest = agreements._origin._latest_papers()
        for agreement in agreements:
            origin = agreement._origin
            paper = latest.get(origin.id)
            if not paper or not paper.is_current:
                agreement.signing_state = "draft"
                agreement.signing_missing = False
                continue
            missing = origin._missing_signatures()
            agreement.signing_missing = "\n".join(text for _what, text in missing)
            what = {what for what, _text in missing}
            agreement.signing_state = (
                "review"
                if "department" in what
                else "countersigned"
                if what
                else "signed"
            )

    def _search_signing_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Only what was ever put to signature is looked at one by one.
        # sudo: as above
        agreements = self.sudo().with_context(active_test=False)
        begun = agreements.search([("paper_ids", "!=", False)])
        found = begun.filtered(lambda agreement: agreement.signing_state in value)
        domain = Domain("id", "in", found.ids)
        if "draft" in value:
            never = agreements.env["itsm.agreement.paper"]._search([])
            domain |= Domain("id", "not in", never.subselect("agreement_id"))
        return domain

    @api.depends("signing_state", "countersign_ids", "kind", "owner_id")
    @api.depends_context("uid")
    def _compute_can_sign(self):
        for agreement in self:
            agreement.can_sign = bool(
                agreement._origin and agreement._origin._sign_seats()
            )

    # === Constraints ===

    @api.constrains("signer_ids", "partner_id", "supplier_id", "kind")
    def _check_signers(self):
        for agreement in self:
            # sudo: contacts of whom the reader may not know
            firm = agreement.sudo()._signing_party().commercial_partner_id
            # sudo: as above
            strangers = agreement.sudo().signer_ids.filtered(
                lambda partner, firm=firm: partner.commercial_partner_id != firm
            )
            if strangers:
                raise ValidationError(
                    self.env._(
                        "Signers of the Other Party: %(names)s do not belong to the "
                        "customer or supplier of %(agreement)s.",
                        names=", ".join(strangers.mapped("name")),
                        agreement=agreement.display_name,
                    )
                )

    @api.constrains("amount")
    def _check_amount(self):
        for agreement in self:
            if agreement.sudo().amount < 0:  # sudo: not everybody sees it
                raise ValidationError(
                    self.env._("Yearly Amount: it cannot be negative.")
                )

    # === What signing asks ===

    def _is_signed(self):
        """Whether everybody has signed what the agreement says now.

        :rtype: bool
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: as above
        agreement._signing_refresh()
        if not agreement._current_paper():
            return False
        return not agreement._missing_signatures(BINDING)

    def _signing_refresh(self):
        """Forget what was read of validity in this transaction: lines may differ."""
        self.paper_ids.invalidate_recordset(["is_altered", "is_current"], flush=False)
        self.signature_ids.invalidate_recordset(["state"], flush=False)
        self.countersign_ids.invalidate_recordset(["state"], flush=False)
        self.invalidate_recordset(
            ["signing_state", "signing_missing", "can_sign"], flush=False
        )

    def _signing_party(self):
        """The other party: customer or supplier; empty for an OLA or everybody.

        :rtype: res.partner
        """
        self.ensure_one()
        if self.kind == "sla":
            return self.partner_id
        return self.supplier_id if self.kind == "uc" else self.env["res.partner"]

    def _signing_lang(self):
        """Language of the paper: that of the other side."""
        self.ensure_one()
        return self.sudo()._itsm_form_lang() or "en_US"  # sudo: only a language

    def _signing_content(self, lang):
        """What the paper says, the same whoever asks.

        :param str lang: language of the paper
        :return: plain data
        :rtype: dict
        """
        self.ensure_one()
        # sudo: the content does not depend on who reads
        agreement = self.sudo().with_company(self.company_id)
        agreement = agreement.with_context(active_test=True)
        return agreement._paper_content(lang)

    def _paper_is_draft(self):
        # The paper for signature bears no mark of a draft; only code asks for it.
        if self.env.context.get("itsm_for_signature") is FOR_SIGNATURE:
            return False
        return super()._paper_is_draft()

    def _paper_signatures(self):
        """Who has signed is printed by name; the paper for signature has blanks."""
        rows = super()._paper_signatures()
        if self.env.context.get("itsm_for_signature") is FOR_SIGNATURE:
            return rows
        # sudo: signatures are printed for every reader
        binding = self.sudo().signature_ids.filtered(
            lambda s: s.decision == "signed" and s.state in BINDING
        )
        by_side = {signature.side: signature for signature in binding}
        sides = {"sla": ("provider", "customer"), "uc": ("customer", "provider")}
        # OLA: the team that promises countersigns as a department.
        order = sides.get(self.kind, ("department", "provider"))
        for row, side in zip(rows, order, strict=False):
            signature = by_side.get(side)
            if signature:
                row.update(signature.with_context(lang=self.env.lang)._printed())
        return rows

    def _current_paper(self):
        """The paper that says what the agreement says; empty if there is none.

        A draft is compared with its paper. From activation on what was promised is
        frozen, names of people and services on it may change: then it is what the
        agreement said when it came into force that is compared.

        :rtype: itsm.agreement.paper, in sudo
        """
        self.ensure_one()
        papers = self.env["itsm.agreement.paper"].sudo()  # sudo: as above
        paper = self._latest_papers().get(self.id, papers)
        if not paper or paper.is_altered:
            return papers
        return paper if self._still_says(paper) else papers

    def _current_papers(self):
        """`_current_paper` of each of these agreements, with constant queries.

        :return: id of the agreement to its paper; those without one are left out
        :rtype: dict
        """
        latest = self._latest_papers()
        return {
            agreement.id: latest[agreement.id]
            for agreement in self
            if agreement.id in latest
            and not latest[agreement.id].is_altered
            and agreement._still_says(latest[agreement.id])
        }

    def _latest_papers(self):
        """The latest paper of each of these agreements, read together.

        :return: id of the agreement to its paper, in sudo
        :rtype: dict
        """
        latest = {}
        # sudo: as above
        for paper in self.sudo().paper_ids.sorted("number"):
            latest[paper.agreement_id.id] = paper.id
        papers = self.env["itsm.agreement.paper"].sudo().browse(latest.values())
        return dict(zip(latest, papers, strict=True))

    def _still_says(self, paper):
        """Whether the agreement says what its latest paper says; see `_current_paper`.

        :param paper: ``itsm.agreement.paper`` in sudo, not altered
        :rtype: bool
        """
        self.ensure_one()
        if self.state == "draft":
            content = self._signing_content(paper.lang)
        else:
            # sudo: kept with the money
            content = (self.sudo().paper_content or {}).get(paper.lang)
            if not content:
                # The language of the paper was not installed any more.
                return True
        return paper._digest(content) == paper.digest

    def _party_has_signed(self):
        """Whether the other party itself has signed the current paper, not a proxy.

        :rtype: bool
        """
        self.ensure_one()
        return bool(
            self.sudo().signature_ids.filtered(  # sudo: as above
                lambda signature: (
                    signature.side == "customer"
                    and signature.decision == "signed"
                    and signature.way != "proxy"
                    and signature.state == "valid"
                )
            )
        )

    def _party_refusal(self):
        """The refusal of the other party to sign the current paper, if it stands.

        :rtype: itsm.agreement.signature, in sudo
        """
        self.ensure_one()
        return self.sudo().signature_ids.filtered(  # sudo: as above
            lambda s: s.side == "customer" and s.state == "refused"
        )[:1]

    def _missing_departments(self):
        """Which departments have not countersigned yet, a sentence each.

        :rtype: list[str]
        """
        self.ensure_one()
        return [
            self.env._(
                "%(seat)s has to countersign: %(people)s",
                seat=seat.display_name,
                people=seat.signer_text or self.env._("nobody is named for it"),
            )
            for seat in self.sudo().countersign_ids  # sudo: as above
            if seat.state != "signed"
        ]

    def _missing_signatures(self, states=("valid",)):
        """What is missing under the current paper.

        :param states: of signatures that count
        :return: pairs of what (department, provider, customer) and a sentence
        :rtype: list
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: as above
        missing = [("department", text) for text in self._missing_departments()]
        sides = {
            signature.side
            for signature in agreement.signature_ids
            if signature.decision == "signed" and signature.state in states
        }
        if "provider" not in sides:
            missing.append(
                (
                    "provider",
                    self.env._(
                        "%(company)s has to sign", company=agreement.company_id.name
                    ),
                )
            )
        party = agreement._signing_party()
        if party and "customer" not in sides:
            refusal = agreement._party_refusal()
            missing.append(
                (
                    "customer",
                    self.env._(
                        "%(party)s refused to sign: %(reason)s",
                        party=party.display_name,
                        reason=refusal.reason,
                    )
                    if refusal
                    else self.env._("%(party)s has to sign", party=party.display_name),
                )
            )
        return missing

    def action_activate(self):
        """Put drafts in force; what is not signed breaks ``agreement_signature``.

        :raise ValidationError: the rule blocks
        """
        self.check_access("write")
        self._signing_enforce()
        return super().action_activate()

    def _signing_enforce(self):
        """Tell, or refuse, that these are put in force without all signatures."""
        drafts = self.filtered(lambda a: a.state == "draft" and not a.is_template)
        messages = {}
        for agreement in drafts:
            agreement.sudo()._signing_refresh()  # sudo: evidence, seen or not
            if agreement.signing_state == "signed":
                continue
            messages[agreement.id] = self.env._(
                "%(agreement)s is put in force without being signed: %(missing)s",
                agreement=agreement.display_name,
                missing=agreement.signing_missing
                or self.env._("put it to signature first."),
            )
        if messages:
            self.env["itsm.enforcement.rule"]._enforce(
                "agreement_signature", drafts.browse(messages), messages
            )
