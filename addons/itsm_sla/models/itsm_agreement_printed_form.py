# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.tools import format_date

from .itsm_agreement_printed import PAPER_LANG


class ItsmAgreement(models.Model):
    """What the printed form asks of an agreement: language, head, foot, signatures."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    def _itsm_form_lang(self):
        asked = self.env.context.get(PAPER_LANG)
        installed = dict(self.env["res.lang"].get_installed())
        if isinstance(asked, str) and asked in installed:
            return asked
        supplier_lang = self.sudo().supplier_id.lang  # sudo: a language is no secret
        if self.kind == "uc" and supplier_lang in installed:
            return supplier_lang
        return super()._itsm_form_lang()

    def _itsm_form_data(self):
        return super()._itsm_form_data() | {
            "title": f"{self._paper_title()} {self.code or ''}".strip(),
            "code": self.code or "",
            "version": f"v{self.version}",
            "effective_date": self.date_start,
            # as in the text, which what was signed holds word by word
            "effective_text": format_date(
                self.env,
                self.date_start,
                lang_code=self._paper_kept().get("lang"),
            ),
            "is_draft": self._paper_is_draft(),
        }

    def _paper_is_draft(self):
        """Whether the paper is marked as a draft: it is not to be signed yet."""
        self.ensure_one()
        return self.state == "draft"

    def _itsm_form_signatures(self):
        """Signed in a block of its own (`_paper_signatures`)."""
        return []

    def _paper_signatures(self):
        """Who signs, in the order in which they are printed.

        Empty values are lines to be written on by hand.

        :return: dicts ``side`` and ``party`` (str), ``name``, ``function`` and
            ``date`` (str, may be empty), ``note`` (str)
        :rtype: list[dict]
        """
        self.ensure_one()
        blank = {"name": "", "function": "", "date": "", "note": ""}
        return [
            {"side": side, "party": party, **blank}
            for side, party in self._paper_sides()
        ]

    def _paper_sides(self):
        """The two sides and their names, the one that promises first.

        :rtype: list[tuple[str, str]]
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: who the parties are is printed
        company = agreement.company_id.name or ""
        if self.kind == "sla":
            customer = agreement.partner_id.commercial_partner_id.name
            return [
                (self.env._("Provider"), company),
                (self.env._("Customer"), customer or ""),
            ]
        if self.kind == "ola":
            return [
                (self.env._("Providing team"), agreement.team_id.name or ""),
                (self.env._("Receiving side"), company),
            ]
        supplier = agreement.supplier_id.commercial_partner_id.name
        return [
            (self.env._("Supplier"), supplier or ""),
            (self.env._("Receiving side"), company),
        ]
