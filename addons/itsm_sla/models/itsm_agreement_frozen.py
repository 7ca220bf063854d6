# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError

#: What the paper says besides what clocks are made of: frozen once it is signed.
PAPER_FIELDS = frozenset(
    {
        "name",
        "date_end",
        "clauses",
        "amount",
        "currency_id",
        "availability_review_id",
    }
)


class ItsmAgreement(models.Model):
    """A signed agreement is changed by a new version only (SLM-24)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    @api.model
    def _signed_fields(self):
        """Names of the fields that a signed agreement keeps.

        :rtype: frozenset[str]
        """
        return self._frozen_fields() | PAPER_FIELDS

    def _check_not_frozen(self, names):
        result = super()._check_not_frozen(names)
        if names & self._signed_fields():
            for agreement in self._bound()[:1]:
                raise UserError(agreement._signed_message())
        return result

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # Goes past write(): a translated name is on the paper, too.
        self._check_not_frozen({field_name})
        return super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )

    def _signed_message(self):
        return self.env._(
            "%(agreement)s is signed: it is changed by a new version only. Press “New "
            "version”, change that one and have it signed.",
            agreement=self.display_name,
        )

    def _bound(self):
        """Those of these that company and other party have signed: they are frozen.

        Whatever they say now: a line that was just added must not open what it is
        added to. A new paper, made because something outside of the agreement was
        renamed, opens it. Two queries.
        """
        if not self.ids:
            return self.browse()
        # sudo: evidence counts, whoever may see it
        papers = self.env["itsm.agreement.paper"].sudo()
        newest = papers._read_group(
            [("agreement_id", "in", self.ids)], ["agreement_id"], ["id:max"]
        )
        if not newest:
            return self.browse()
        rows = papers.env["itsm.agreement.signature"]._read_group(
            [
                ("paper_id", "in", [paper_id for _agreement, paper_id in newest]),
                ("decision", "=", "signed"),
            ],
            ["agreement_id", "side"],
        )
        signed = {(agreement.id, side) for agreement, side in rows}
        return self.filtered(
            lambda agreement: (
                (agreement.id, "provider") in signed
                and (
                    not agreement.sudo()._signing_party()  # sudo: as above
                    or (agreement.id, "customer") in signed
                )
            )
        )

    def _archive_kept(self):
        kept = super()._archive_kept()
        return kept | self.filtered("paper_ids")
