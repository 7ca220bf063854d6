# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

from .itsm_service_report_facts import CACHE, FactsCache

#: Sections that say amounts of money.
MONEY = frozenset({"credits"})
#: Who sees amounts of money; as on proposals of service credits.
MONEY_GROUPS = ("itsm_sla.itsm_group_sla_manager", "itsm_base.itsm_group_finance")


class ItsmServiceReport(models.Model):
    """The snapshot: worked out once, kept with its checksum, read ever after.

    ``content``: ``format``, ``computed_at``, ``period`` (label, start, end, zone),
    ``own`` (the numbers of the period for later trends), ``abnormal`` (what makes the
    report abnormal, by language), ``languages``: by language ``header`` and
    ``sections``, a list of ``code``, ``title``, ``data``. Figures are dicts with
    ``value``, ``text`` and, where records stand behind them, ``model``, ``domain`` and
    ``key``.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    content_html = fields.Html(
        string="Figures",
        compute="_compute_content_html",
        sanitize=False,  # rendered from our own templates
        exportable=False,
    )

    # === Working out ===

    def _report_sections(self):
        """The codes of the sections, in their order.

        Those of the definition, or all that an installed addon makes.

        :rtype: list[str]
        """
        self.ensure_one()
        # sudo: names of sections are no secret
        known = self.env["itsm.report.section"].sudo()._codes_known()
        # sudo: as above
        chosen = self.definition_id.sudo()._section_codes() or known
        return [code for code in chosen if hasattr(self, f"_section_{code}")]

    def _compute_content(self):
        """Work the figures out, in every installed language; nothing is stored.

        What is dear to count is counted once; the number of statements does not depend
        on the number of tickets.

        :return: plain data, see the class
        :rtype: dict
        :raise UserError: the report cannot be made about its period now
        """
        self.ensure_one()
        self._check_period_over()
        self._check_in_force()
        period = self._period()
        # A report is worked out with all that counts, whoever asks for it.
        # sudo: figures are the same, whoever makes the report
        report = self.sudo().with_context(**{CACHE: FactsCache()})
        now = fields.Datetime.now()
        languages, abnormal = {}, {}
        for code, _name in self.env["res.lang"].get_installed():
            in_words = report.with_context(lang=code)
            sections = in_words._make_sections(*in_words._days())
            languages[code] = {
                "header": in_words._make_header(),
                "sections": sections,
            }
            abnormal[code] = in_words._abnormal_reasons(
                in_words._add_judged(sections, in_words._days())
            )
        rows = report._once_for_all_languages("trend", report._trend_rows)
        return {
            "format": 1,
            "computed_at": fields.Datetime.to_string(now),
            "period": {
                "kind": period.kind,
                "label": period.label,
                "start": period.start.isoformat(),
                "end": period.end.isoformat(),
                "days": [day.isoformat() for day in report._days()],
                "zone": self._zone(),
            },
            "own": rows[-1],
            "abnormal": abnormal,
            "languages": languages,
        }

    def _make_sections(self, first, last):
        codes = self._report_sections()
        titles = {
            section.code: section.name
            # sudo: names of sections are no secret
            for section in self.env["itsm.report.section"].sudo().search([])
        }
        sections = []
        for code in codes:
            data = getattr(self, f"_section_{code}")(first, last)
            self._key_figures(data, code)
            sections.append(
                {"code": code, "title": titles.get(code, code), "data": data}
            )
        return sections

    @api.model
    def _key_figures(self, data, path):
        """Give each figure with records behind it the key by which it is opened."""
        if isinstance(data, dict):
            if "domain" in data and "value" in data:
                data["key"] = path
                return
            for name, value in data.items():
                self._key_figures(value, f"{path}.{name}")
        elif isinstance(data, list):
            for position, value in enumerate(data):
                self._key_figures(value, f"{path}.{position}")

    def _make_header(self):
        """What the head of the report says (REP-06)."""
        definition = self.definition_id
        agreement = self.agreement_id
        first, last = self._days()
        return {
            "title": definition.name,
            "identity": self.name or "",
            "period": self.period_label,
            "first": first.isoformat(),
            "last": last.isoformat(),
            "notes": self._in_force_notes(),
            "zone": self._zone(),
            "agreement": agreement.display_name or "",
            "customer": self.partner_id.display_name or "",
            "company": self.company_id.name,
            "purpose": definition.purpose or "",
            "audience": ", ".join(definition._audience().mapped("display_name")),
            "sources": definition.data_sources or "",
        }

    def _judged_sections(self):
        """Sections that decide whether the report is abnormal, printed or not; addons
        add those that they judge.

        :rtype: list[str]
        """
        return ["targets", "availability", "workload"]

    def _add_judged(self, sections, days):
        """The data of the sections by code, with those that are judged and not printed.

        :param days: first and last day of the report
        :rtype: dict
        """
        data = {section["code"]: section["data"] for section in sections}
        for code in self._of_nature(self._judged_sections()):
            if code not in data:
                data[code] = getattr(self, f"_section_{code}")(*days)
        return data

    def _abnormal_reasons(self, sections):
        """Why the management representative has to see the report first (REP-11).

        :param dict sections: data of the sections by code, in the language of `env`
        :return: sentences; empty: nothing is abnormal
        :rtype: list[str]
        """
        reasons = []
        floor = self.definition_id.abnormal_below
        for total in sections.get("targets", {}).get("totals", []):
            met, decided = total["met"]["value"], total["decided"]
            if decided and 100 * met < floor * decided:
                reasons.append(
                    self.env._(
                        "%(metric)s: %(share)s in time, less than %(floor)s %%.",
                        metric=total["metric"],
                        share=total["compliance"],
                        floor=f"{floor:g}",
                    )
                )
        missed = sections.get("availability", {}).get("missed")
        if missed:
            reasons.append(
                self.env._(
                    "Availability was below its target (%(number)s times).",
                    number=missed,
                )
            )
        over = sections.get("workload", {}).get("over")
        if over:
            reasons.append(
                self.env._(
                    "More work came in than was agreed (%(number)s times).",
                    number=over,
                )
            )
        return reasons

    def _store_content(self):
        """Keep what was worked out now, with its checksum; only of drafts."""
        for report in self:
            content = report._compute_content()
            # sudo: figures are written by code only
            guard.with_token(report.sudo()).write(
                {
                    "content": content,
                    "content_hash": self._digest(content),
                    "computed_at": content["computed_at"],
                }
            )

    @api.model
    def _digest(self, content):
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    @api.depends("content", "content_hash")
    def _compute_is_altered(self):
        for report in self:
            content = report.sudo().content  # sudo: its checksum only
            report.is_altered = bool(
                report.content_hash and report.content_hash != self._digest(content)
            )

    # === Reading ===

    def _reading_lang(self, lang=None):
        """The language in which the kept figures are read.

        :param str lang: wished; default that of the environment
        :rtype: str
        """
        self.ensure_one()
        languages = (self.sudo().content or {}).get("languages", {})  # sudo: its keys
        definition = self.definition_id.sudo()  # sudo: its language only
        wished = (lang, self.env.lang, definition.lang, "en_US", *languages)
        return next((code for code in wished if code in languages), "en_US")

    def _read_content(self, lang=None):
        """The kept figures in one language, as far as the reader may see them.

        Amounts of money are for finance and service level managers; in sudo, as for
        the customer himself, everything is there.

        :param str lang: wished language
        :return: ``header`` and ``sections``; empty while nothing was worked out
        :rtype: dict
        """
        self.ensure_one()
        content_sudo = self.sudo().content or {}  # sudo: checked below
        chosen = content_sudo.get("languages", {}).get(self._reading_lang(lang))
        if not chosen:
            return {}
        if self.env.su or any(self.env.user.has_group(name) for name in MONEY_GROUPS):
            return chosen
        return {
            **chosen,
            "sections": [
                section
                for section in chosen["sections"]
                if section["code"] not in MONEY
            ],
        }

    @api.model
    def _section_template(self, code):
        """The template of a section; addons name those of their own sections.

        What was kept of an addon that is gone is named, and no longer shown.
        """
        name = f"itsm_sla.report_section_{code}"
        data = self.env["ir.model.data"].sudo()  # sudo: whether there is a template
        if data._xmlid_to_res_id(name, raise_if_not_found=False):
            return name
        return "itsm_sla.report_section_gone"

    @api.depends("content", "content_hash")
    @api.depends_context("lang", "uid")
    def _compute_content_html(self):
        qweb = self.env["ir.qweb"]
        for report in self:
            content = report._read_content() if report.id else {}
            report.content_html = content and qweb._render(
                "itsm_sla.service_report_sections",
                {"doc": report, "content": content, "drill": True},
            )

    def action_drill(self, key):
        """Open the records behind a figure, those that the reader may see (issue 6).

        They are found as they are now: what was corrected since, or deleted, shows in
        the list and not in the figure.

        :param str key: of the figure
        :return: action
        :raise UserError: the report has no such figure
        """
        self.ensure_one()
        self.check_access("read")
        sections = self._read_content().get("sections", [])
        figure = next(
            (
                found
                for section in sections
                if str(key).split(".")[0] == section["code"]
                for found in [self._find_figure(section["data"], key)]
                if found
            ),
            None,
        )
        if not figure:
            raise UserError(
                self.env._("The report has no such figure. Open the report again.")
            )
        return {
            "type": "ir.actions.act_window",
            "name": f"{self.display_name}: {figure['text']}",
            "res_model": figure["model"],
            "domain": figure["domain"],
            "context": {"active_test": False, "create": False},
            "views": [(False, "list"), (False, "form")],
        }

    @api.model
    def _find_figure(self, data, key):
        """The figure with a key, somewhere in the data of a section."""
        if isinstance(data, dict):
            if data.get("key") == key:
                return data
            data = data.values()
        elif not isinstance(data, list):
            return None
        for value in data:
            found = self._find_figure(value, key)
            if found:
                return found
        return None
