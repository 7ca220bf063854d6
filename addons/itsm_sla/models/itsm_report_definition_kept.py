# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.exceptions import ValidationError

#: What the reports of a row are about, and for whom.
KEPT = ("family", "agreement_id", "period", "company_id", "document_kind_id")


class ItsmReportDefinition(models.Model):
    """What reports were made of a row stays: they go on being about the same."""

    _inherit = "itsm.report.definition"

    def write(self, vals):
        names = [name for name in KEPT if name in vals]
        if names:
            self._check_kept({name: vals[name] for name in names})
        return super().write(vals)

    def _check_kept(self, wanted):
        """Refuse that reports, written or not, come to be about something else.

        A later version of the same agreement is the same agreement.

        :param dict wanted: values of `KEPT`
        :raise ValidationError: naming field and row
        """
        changed = {
            definition: name
            for definition in self
            for name, value in wanted.items()
            if definition._is_other(name, value)
        }
        # sudo: whether there are any counts, whoever may see them
        reports = self.env["itsm.service.report"].sudo()
        made = reports.search(
            [("definition_id", "in", [definition.id for definition in changed])],
            limit=1,
        )
        if made:
            definition = made.definition_id
            name = changed[definition]
            raise ValidationError(
                self.env._(
                    "%(field)s: reports were made of “%(name)s” already. Make a row of "
                    "its own for others.",
                    field=self._fields[name]._description_string(self.env),
                    name=definition.name,
                )
            )

    def _is_other(self, name, value):
        """Whether a value is another one than that of the row."""
        self.ensure_one()
        own = self[name]
        if not isinstance(own, models.BaseModel):
            return (own or False) != (value or False)
        if name == "agreement_id" and own and value:
            return value not in own.sudo()._versions().ids  # sudo: ids only
        return own.id != (value or False)
