# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import models
from odoo.exceptions import UserError

#: In the context: the language that was asked for.
LANG = "itsm_report_lang"


class ItsmServiceReport(models.Model):
    """The report on paper (D06, REP-29)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def _pdf(self, lang=None):
        """The report as PDF, with all that its audience is told.

        The caller has checked who may have it.

        :param str lang: language; default that of the definition, else of the customer
        :return: ``(filename, content)``
        :rtype: tuple[str, bytes]
        :raise UserError: nothing was worked out yet, or the server cannot print
        """
        self.ensure_one()
        # sudo: the audience of a report is told its amounts
        report = self.sudo().with_context(**{LANG: lang})
        report._check_worked_out()
        form = self.env.ref("itsm_sla.itsm_service_report_report")
        content = report.env["ir.actions.report"]._itsm_form_pdf(form, report)
        return report._file_name("pdf"), content

    def _file_name(self, extension):
        """Name of the file of a report, safe on every system.

        :param str extension: without a dot
        :rtype: str
        """
        self.ensure_one()
        words = [self.name, self.period_label.replace(" ", "")]
        if self.revision:
            words.append(f"R{self.revision}")
        name = re.sub(r"[^\w.-]+", "_", "_".join(filter(None, words)))
        return f"{name}.{extension}"

    def _check_worked_out(self):
        """Refuse to show what has no figures yet, or not those that were written.

        :raise UserError: saying what to do
        """
        for report in self:
            if not report.content_hash:
                raise UserError(
                    self.env._(
                        "%(report)s has no figures yet: press “Work Out”.",
                        report=report.display_name,
                    )
                )
            if report.is_altered:
                raise UserError(
                    self.env._(
                        "%(report)s: the kept figures were changed after the report "
                        "was written; their checksum is not %(digest)s any more. "
                        "Restore them from a backup.",
                        report=report.display_name,
                        digest=report.content_hash,
                    )
                )

    # === The printed form ===

    def _itsm_form_lang(self):
        self.ensure_one()
        definition = self.definition_id.sudo()  # sudo: languages are no secret
        installed = dict(self.env["res.lang"].get_installed())
        wished = (
            self.env.context.get(LANG),
            definition.lang,
            self.sudo().partner_id.lang,  # sudo: as above
        )
        return next(
            (lang for lang in wished if lang in installed), super()._itsm_form_lang()
        )

    def _itsm_form_page_values(self):
        """What the template prints: figures as kept, in the language of the form."""
        self._check_worked_out()
        return self._read_content(self._itsm_form_lang())

    def _itsm_form_data(self):
        day = self.published_at and self._itsm_form_date(self.published_at)
        return super()._itsm_form_data() | {
            "title": self.display_name,
            "code": self.name or "",
            "version": f"R{self.revision}",
            "effective_date": day or False,
            "is_draft": self.state in ("draft", "written", "reviewed"),
        }

    def _itsm_form_signatures(self):
        self.ensure_one()
        report = self.sudo()  # sudo: signatures are printed for every reader
        steps = [
            (self.env._("Prepared"), report.written_by_id, report.written_at),
            (self.env._("Reviewed"), report.reviewed_by_id, report.reviewed_at),
        ]
        if report.is_abnormal:
            steps.append(
                (
                    self.env._("Management representative"),
                    report.representative_id,
                    report.representative_at,
                )
            )
        steps.append(
            (self.env._("Approved"), report.approved_by_id, report.approved_at)
        )
        return [
            {
                "role": role,
                "name": user.name or "",
                "date": moment and self._itsm_form_date(moment),
            }
            for role, user, moment in steps
        ]
