# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import guard


class ItsmArchiveMixin(models.AbstractModel):
    """Records that become evidence, and are then archived instead of deleted (MS-29).

    A model says which of its records must be kept, by naming what refers to them
    (`_archive_references`) or by a rule of its own (`_archive_kept`), and may say it in
    its own words (`_archive_message`). Others can be deleted: a draft, an entry made
    by mistake. Uninstalling the addon asks nobody.
    """

    _name = "itsm.archive.mixin"
    _description = "Archived, not Deleted"

    # at_uninstall: the guard knows better than a key in the context.
    @api.ondelete(at_uninstall=True)
    def _unlink_except_kept(self):
        if guard.is_uninstalling(self):
            return
        # sudo: evidence counts, whoever may see it
        kept = self.sudo()._archive_kept()
        if kept:
            raise UserError(self.browse(kept.ids)._archive_message())

    def _archive_kept(self):
        """Those of these records (in sudo) that must not be deleted.

        Default: what `_archive_references` names refers to them. Constant queries.
        """
        used = set()
        for model_name, field_name in self._archive_references():
            model = self.env[model_name].with_context(active_test=False)
            domain = Domain(field_name, "in", self.ids)
            for (record,) in model._read_group(domain, [field_name]):
                used.add(record.id)
        return self.filtered(lambda record: record.id in used)

    def _archive_references(self):
        """List of ``(model, many2one or many2many field)`` that make evidence of it."""
        return []

    def _archive_message(self):
        """What to tell who tried, with the remedy; ``self`` are the kept records."""
        values = {"name": self[:1].sudo().display_name}  # sudo: named, as it was found
        if "active" in self._fields:
            return self.env._(
                "%(name)s is used by records that are kept as evidence. Archive it "
                "instead of deleting it.",
                **values,
            )
        return self.env._(
            "%(name)s is kept as evidence and cannot be deleted.", **values
        )
