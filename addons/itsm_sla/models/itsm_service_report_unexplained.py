# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

#: Code of the rule about it.
RULE = "report_unexplained"


class ItsmServiceReport(models.Model):
    """Publishing a report whose missed promises nobody has explained (SLM-38).

    The rule `report_unexplained` says what happens: off; record; warn, which asks to
    confirm; block, from a date.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    def _unexplained_domain(self):
        """Missed promises of the periods of these reports that nobody has explained.

        :rtype: Domain
        """
        unexplained = Domain("cause_id", "=", False)
        return Domain.OR(
            Domain(report._breaches_domain(report._span(*report._days()))) & unexplained
            for report in self
        )

    def _unexplained_counts(self):
        """How many missed promises a report says are not explained, and now.

        :return: what the kept figures say, what is so now; the same where the report
            does not print it
        :rtype: tuple[int, int]
        """
        self.ensure_one()
        # sudo: the number counts, whoever may see the breaches
        now = self.env["itsm.breach"].sudo().search_count(self._unexplained_domain())
        sections = self.sudo()._read_content().get("sections", [])  # sudo: as above
        for section in sections:
            if section["code"] == "breaches":
                return section["data"].get("unexplained", now), now
        return now, now

    def _unexplained_message(self):
        """What is wrong with a report, and how to mend it; empty if nothing is.

        :rtype: str
        """
        self.ensure_one()
        if self._nature() != "reactive":
            return ""
        said, now = self._unexplained_counts()
        if now:
            return self.env._(
                "%(report)s: %(number)s missed promises are not explained. Explain "
                "them, return the report to its author and have it written again.",
                report=self.display_name,
                number=now,
            )
        if said:
            return self.env._(
                "%(report)s says that %(number)s missed promises are not explained. "
                "They have been since: return the report to its author and have it "
                "written again.",
                report=self.display_name,
                number=said,
            )
        return ""

    def _unexplained_messages(self):
        """Messages of those of these reports that have any, by their id.

        :rtype: dict[int, str]
        """
        found = {report.id: report._unexplained_message() for report in self}
        return {report_id: text for report_id, text in found.items() if text}

    def _ask_unexplained(self):
        """The question to confirm before these reports are published, if there is one.

        :return: action, or None
        """
        rules = self.env["itsm.enforcement.rule"]
        asked = self.filtered(
            lambda report: rules._mode_of(RULE, report.company_id) == "warn"
        )
        if not asked._unexplained_messages():
            return None
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_service_report_publish_action"
        )
        return action | {"context": {"default_report_ids": self.ids}}

    def _enforce_explained(self):
        """Keep, or refuse, that these are published with unexplained promises.

        :raise ValidationError: the rule blocks
        """
        messages = self._unexplained_messages()
        if messages:
            self.env["itsm.enforcement.rule"]._enforce(
                RULE, self.browse(messages), messages
            )
