# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import guard

#: Written by the system only.
PROTECTED_FIELDS = frozenset(
    {
        "number",
        "version",
        "previous_id",
        "state",
        "content",
        "prepared_by_id",
        "prepared_at",
        "approved_at",
        "withdrawn_on",
        "file",
        "sha256",
        "issued_page",
    }
)
#: What a new document says of itself.
NEW = {
    "state": "draft",
    "version": 1,
    **dict.fromkeys(PROTECTED_FIELDS - {"state", "version"}, False),
}
#: What stays open whatever the state is.
UNLOCKED_FIELDS = frozenset({"active"})
#: What the figures are filled for: another value makes them those of something else.
FILLED_FOR_FIELDS = frozenset(
    {"period_start", "company_id", "lang", "partner_id", "res_model", "res_id"}
)


class ItsmDocument(models.Model):
    """What of a document the system alone writes, and what stays as it was issued."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.document"

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        # without this a context key default_x would be a way around the guard
        defaults = super().default_get(fields)
        return defaults | {
            name: NEW[name] for name in PROTECTED_FIELDS & defaults.keys()
        }

    @api.model_create_multi
    def create(self, vals_list):
        self._check_protected(vals_list, before=NEW)
        documents = super().create(vals_list)
        secured = guard.with_token(documents)
        for document in secured:
            document._align_period()
            if not document.number:
                day = fields.Date.context_today(document)
                document.number = document.kind_id._next_number(
                    document.company_id, day
                )
        return guard.without_token(secured)

    def write(self, vals):
        self._check_protected([vals])
        if guard.has_token(self.env):
            return super().write(vals)
        self._check_unlocked(vals)
        self._check_kind(vals)
        filled = self.filtered("is_filled")
        before = {document: document._filled_for() for document in filled}
        result = super().write(vals)
        if "period_start" in vals:
            guard.with_token(self)._align_period()
        filled.filtered(
            lambda document: document._filled_for() != before[document]
        )._empty()
        return result

    def _filled_for(self):
        """What the figures were read for; of another period they would be wrong.

        :rtype: tuple
        """
        self.ensure_one()
        return tuple(self[name] for name in sorted(FILLED_FOR_FIELDS))

    def _empty(self):
        """Take the figures out of drafts: they have to be filled again."""
        guard.with_token(self).write(
            {"content": False, "prepared_by_id": False, "prepared_at": False}
        )

    def _check_kind(self, vals):
        """Raise ``UserError`` for another kind: the number is one of its kind."""
        if "kind_id" not in vals:
            return
        for document in self:
            if document.kind_id.id != vals["kind_id"]:
                raise UserError(
                    self.env._(
                        "%(document)s: its number belongs to its kind, which cannot be "
                        "changed. Make a document of the other kind, and delete this "
                        "draft.",
                        document=document.display_name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        for document in self.sudo():  # sudo: what was decided counts, seen or not
            if document.state != "draft" or document.decision_ids:
                raise UserError(
                    self.env._(
                        "%(document)s was given to approval or issued and is kept as "
                        "evidence. Withdraw or archive it instead.",
                        document=document.display_name,
                    )
                )

    def _check_protected(self, vals_list, before=()):
        """Raise ``AccessError`` for what the system writes, without its token.

        :param list vals_list: values to be written
        :param dict before: values that may be said again
        """
        if guard.has_token(self.env):
            return
        names = {
            name
            for vals in vals_list
            for name in PROTECTED_FIELDS & vals.keys()
            if name not in before or vals[name] != before[name]
        }
        if names:
            raise AccessError(
                self.env._(
                    "%(field)s: the system writes this part of a document. Fill the "
                    "document, request its approval, or make a new version.",
                    field=self._fields[min(names)]._description_string(self.env),
                )
            )

    def _check_unlocked(self, vals):
        """Raise ``UserError`` for a change of a document that is not a draft."""
        names = {
            name
            for name in vals.keys() - UNLOCKED_FIELDS
            if name in self._locked_fields()
        }
        for document in self if names else ():
            if document.state != "draft":
                raise UserError(
                    self.env._(
                        "%(document)s is not a draft any more. Make a new version to "
                        "change it.",
                        document=document.display_name,
                    )
                )

    def _locked_fields(self):
        """Fields that a document is made of; they change in a draft only."""
        return {
            "kind_id",
            "name",
            "company_id",
            "period_start",
            "lang",
            "partner_id",
            "res_model",
            "res_id",
            "confidentiality",
            "effective_date",
            "body",
        }
