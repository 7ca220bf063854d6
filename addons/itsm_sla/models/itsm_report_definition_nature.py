# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .itsm_report_section import NATURES


class ItsmReportDefinition(models.Model):
    """Reports after the fact, warnings, and plans (REP-09).

    The nature decides the sections and the period: a report after the fact is about a
    period that is over; a warning about one that lasts, as it stands when it is worked
    out; a plan about one that lasts or comes next.
    """

    _inherit = "itsm.report.definition"

    nature = fields.Selection(
        selection=NATURES,
        required=True,
        default="reactive",
        tracking=True,
        help="After the fact: what was reached in a period that is over. Warning: what "
        "is at risk in the present period, and where it leads. Plan: what is planned "
        "for the period that comes.",
    )

    @api.constrains("nature", "document_kind_id", "section_ids")
    def _check_nature(self):
        for definition in self:
            if definition.document_kind_id and definition.nature != "reactive":
                raise ValidationError(
                    self.env._(
                        "“%(name)s” is made as a document: documents are made after "
                        "the fact.",
                        name=definition.name,
                    )
                )
            for section in definition.section_ids:
                if section.nature not in (False, definition.nature):
                    raise ValidationError(
                        self.env._(
                            "“%(name)s”: the section %(section)s belongs to reports of "
                            "another nature. Remove it.",
                            name=definition.name,
                            section=section.name,
                        )
                    )

    def write(self, vals):
        if "nature" in vals:
            self._check_nature_kept(vals["nature"])
        return super().write(vals)

    def _check_nature_kept(self, nature):
        """Refuse another nature where reports were made: they stay comparable.

        :param str nature: the wished one
        :raise ValidationError: naming the row
        """
        others = self.filtered(lambda definition: definition.nature != nature)
        # sudo: whether there are any counts, whoever may see them
        reports = self.env["itsm.service.report"].sudo()
        made = reports.with_context(active_test=False).search(
            [("definition_id", "in", others.ids)], limit=1
        )
        if made:
            raise ValidationError(
                self.env._(
                    "Nature: reports were made of “%(name)s” already. Make a row of "
                    "its own for reports of another nature.",
                    name=made.definition_id.name,
                )
            )

    # === Business methods ===

    def _default_period(self):
        """The period that a report made now is about.

        :rtype: odoo.addons.itsm_base.tools.period.Period
        """
        self.ensure_one()
        last = self._last_period()
        if self.nature == "reactive":
            return last
        present = last.next()
        return present if self.nature == "proactive" else present.next()

    def _terms(self):
        terms = super()._terms()
        # what customers accepted before there was a choice stays accepted
        if self.nature != "reactive":
            terms["nature"] = self.nature
        return terms

    def _prepare_duty(self):
        """Warnings and plans are owed in the period that they are about."""
        vals = super()._prepare_duty()
        if self.nature != "reactive":
            vals["concerns"] = "current"
        return vals

    @api.depends("deadline_days", "period", "company_id", "nature")
    def _compute_due_text(self):
        result = super()._compute_due_text()
        for definition in self.filtered(lambda row: row.nature != "reactive"):
            definition.due_text = self.env._(
                "Day %(day)s of the period", day=definition._due_day()
            )
        return result

    def _as_matrix_row(self):
        row = super()._as_matrix_row()
        if self.nature != "reactive":
            labels = dict(self._fields["nature"]._description_selection(self.env))
            row["name"] = f"{row['name']} ({labels[self.nature]})"
        return row
