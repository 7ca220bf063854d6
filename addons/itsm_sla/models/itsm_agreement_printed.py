# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import html_sanitize, is_html_empty

from odoo.addons.itsm_base.tools import guard

from .itsm_agreement_clause import SECTIONS

REPORT = "itsm_sla.itsm_agreement_paper_report"
#: The language of the paper, in the context while it is printed.
PAPER_LANG = "itsm_paper_lang"
#: Who reads what an agreement costs.
MONEY_GROUPS = ("itsm_base.itsm_group_finance", "itsm_sla.itsm_group_sla_manager")
#: Headings under which an agreement must say something before it is signed (SLM-05,
#: SLM-11 to SLM-13); they are printed even while they are empty.
HEADINGS = {
    "sla": (
        *("parties", "validity", "authorisation", "communication", "contact"),
        *("scope", "hours", "interruption", "duty", "priority", "escalation", "fault"),
        *("complaint", "target", "key_system", "workload", "report", "security"),
        *("financial", "housekeeping", "exception", "availability_review"),
    ),
    "ola": (
        *("parties", "validity", "communication", "contact", "scope", "hours"),
        *("escalation", "fault", "target", "division", "housekeeping"),
    ),
    "uc": (
        *("parties", "validity", "authorisation", "communication", "contact"),
        *("scope", "hours", "escalation", "fault", "target", "report", "security"),
        *("financial", "housekeeping"),
    ),
}


class ItsmAgreement(models.Model):
    """The agreement on paper: what it says and how it is printed (D02, D03).

    What each heading says beside its clauses is put together by
    ``itsm_agreement_printed_section.py`` and ``itsm_agreement_printed_terms.py``.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.agreement"

    clause_ids = fields.One2many(
        comodel_name="itsm.agreement.clause",
        inverse_name="agreement_id",
        string="Clauses",
        copy=True,
    )
    paper_content = fields.Json(
        readonly=True,
        copy=False,
        groups="itsm_sla.itsm_group_sla_manager",
        help="What the paper said when the agreement came into force, by language.",
    )
    paper_missing = fields.Text(
        string="Missing on Paper", compute="_compute_paper_missing"
    )

    # === Computes ===

    @api.depends(
        *("kind", "state", "is_template", "date_start", "owner_id", "calendar_id"),
        *("clause_ids.section", "clauses", "target_ids", "availability_ids"),
        *("contact_ids", "service_ids", "workload_ids", "division_ids"),
        *("indicator_ids", "credit_ids", "availability_review_id", "share_ids"),
    )
    @api.depends_context("lang")
    def _compute_paper_missing(self):
        for agreement in self:
            missing = []
            if agreement._origin.state == "draft" and not agreement.is_template:
                missing = agreement._origin._paper_missing()
            agreement.paper_missing = ", ".join(missing)

    @api.model
    def _frozen_fields(self):
        return super()._frozen_fields() | {"clause_ids"}

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("paper_content"):
                self._check_life(["paper_content"])
        return super().create(vals_list)

    def write(self, vals):
        if "paper_content" in vals:
            self._check_life(["paper_content"])
        return super().write(vals)

    def copy(self, default=None):
        copies = super().copy(default)
        pairs = zip(self, copies, strict=True)
        made = [new.id for old, new in pairs if old.is_template > new.is_template]
        self.browse(made)._from_template()
        return copies

    def _from_template(self):
        """Complete new agreements that were copied from a template (SLM-03)."""
        self._paper_add_clauses()

    # === Actions ===

    def action_add_clauses(self):
        """Add the standard clauses under the headings that have none."""
        self.check_access("write")
        self._paper_add_clauses()
        return True

    def action_print_paper(self):
        """Print agreements in the language of the other side."""
        return self.env.ref(REPORT).report_action(self, config=False)

    def action_activate(self):
        result = super().action_activate()
        self._paper_keep()
        return result

    # === The paper ===

    def _paper(self, lang=None):
        """Print the agreement (D02, D03).

        :param str lang: language of the paper; empty: that of the other side
        :return: name of the file, and the PDF
        :rtype: tuple[str, bytes]
        :raise UserError: the program that prints is missing or fails
        """
        self.ensure_one()
        self.check_access("read")
        agreement = self._paper_in(lang)
        report = self.env.ref(REPORT).sudo()  # sudo: set-up
        content = agreement.env["ir.actions.report"]._itsm_form_pdf(report, agreement)
        return agreement._paper_file_name(), content

    def _paper_in(self, lang=None):
        """The agreement in the language of its paper.

        :param str lang: an installed language; empty or not installed: that of the
            other side
        """
        self.ensure_one()
        # What is archived is on no paper, whatever the reader asked for.
        agreement = self.with_context(active_test=True)
        if lang:
            agreement = agreement.with_context(**{PAPER_LANG: lang})
        return agreement.with_context(lang=agreement._itsm_form_lang())

    def _paper_file_name(self):
        name = " ".join(filter(None, [self.code, self.name, f"v{self.version}"]))
        name = "".join(char if char not in '\\/:*?"<>|\n\r\t' else "-" for char in name)
        return f"{name}.pdf"

    def _paper_content(self, lang=None):
        """Everything that is printed of the agreement but its signatures.

        It does not depend on who asks, only on the language. What the paper said when
        the agreement came into force stays: a calendar or a name that is changed later
        changes no agreement.

        :param str lang: as for `_paper`
        :return: data that can be kept as JSON, always in the same order: ``lang``,
            ``title``, ``kind``, ``code``, ``name``, ``version`` and ``sections``, each
            with ``code``, ``title``, ``facts`` (pairs), ``tables`` (``title``,
            ``head``, ``rows``), ``clauses`` (``name``, ``body`` as HTML), ``notes``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: what is printed of an agreement does not depend on who prints it
        agreement = self._paper_in(lang).sudo()
        return agreement._paper_kept() or agreement._paper_content_now()

    def _paper_kept(self):
        """What the paper said when the agreement came into force, in the language of
        `env` if it was kept in it; empty for a draft.

        :rtype: dict
        """
        self.ensure_one()
        # sudo: the caller has checked who reads
        kept = self.state != "draft" and self.sudo().paper_content
        if not kept:
            return {}
        # A language that was installed later has no paper of its own.
        for lang in (self.env.lang, "en_US"):
            if lang in kept:
                return kept[lang]
        return kept[min(kept)]

    def _paper_printed(self):
        """`_paper_content` without the money, for readers who may not see it.

        :rtype: dict
        """
        content = self._paper_content()
        user = self.env.user
        if self.env.su or any(user.has_group(group) for group in MONEY_GROUPS):
            return content
        hidden = {
            "facts": [],
            "tables": [],
            "clauses": [],
            "notes": [self.env._("Not shown: only finance and those who sign see it.")],
        }
        return content | {
            "sections": [
                section | hidden if section["code"] == "financial" else section
                for section in content["sections"]
            ]
        }

    def _paper_hash(self, lang=None):
        """SHA-256 of what `_paper_content` says, as hexadecimal digits."""
        content = self._paper_content(lang)
        text = json.dumps(
            content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()

    def _paper_content_now(self):
        """`_paper_content` as it would be printed now, in the language of `env`."""
        self.ensure_one()
        sections = [
            self._paper_section(code, label) for code, label in self._paper_headings()
        ]
        return {
            "lang": self.env.lang,
            "title": self._paper_title(),
            "kind": self.kind,
            "code": self.code or "",
            "name": self.name,
            "version": self.version,
            "sections": [
                section
                for section in sections
                if section["code"] in HEADINGS[self.kind] or self._paper_says(section)
            ],
        }

    def _paper_headings(self):
        """Every heading, as pairs of code and label in the language of `env`."""
        section = self.env["itsm.agreement.clause"]._fields["section"]
        return section._description_selection(self.env)

    def _paper_title(self):
        labels = {
            "sla": self.env._("Service Level Agreement"),
            "ola": self.env._("Operational Level Agreement"),
            "uc": self.env._("Underpinning Contract"),
        }
        return labels[self.kind]

    def _paper_section(self, code, label):
        """What is printed under one heading.

        :param str code: of `SECTIONS`
        :param str label: the heading
        :rtype: dict
        """
        part = getattr(self, f"_paper_{code}", dict)()
        written = [
            {"name": clause.name or "", "body": str(clause.body)}
            for clause in self.clause_ids
            if clause.section == code
        ]
        return {
            "code": code,
            "title": label,
            "facts": part.get("facts", []),
            "tables": [table for table in part.get("tables", []) if table["rows"]],
            "clauses": part.get("clauses", []) + written,
            "notes": part.get("notes", []),
        }

    @api.model
    def _paper_says(self, section):
        """Whether something was agreed under a heading; notes alone do not count."""
        return bool(section["facts"] or section["tables"] or section["clauses"])

    def _paper_missing(self):
        """Headings under which nothing is said yet; empty: it may be signed.

        :return: the headings, in the language of `env`
        :rtype: list[str]
        """
        self.ensure_one()
        agreement = self.sudo()  # sudo: whether something is missing is no secret
        labels = dict(self._paper_headings())
        return [
            labels[code]
            for code, _label in SECTIONS
            if code in HEADINGS[self.kind]
            and not self._paper_says(agreement._paper_section(code, labels[code]))
        ]

    def _paper_missing_message(self, headings):
        """What to tell who puts an incomplete agreement to signature.

        :param list headings: see `_paper_missing`
        :rtype: str
        """
        self.ensure_one()
        return self.env._(
            "%(agreement)s is not complete: nothing is agreed under %(headings)s. Add "
            "clauses on the page “Terms”.",
            agreement=self.display_name,
            headings=", ".join(headings),
        )

    def _paper_keep(self):
        """Keep what the paper says in every installed language, from now on."""
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for agreement in self:
            agreement_sudo = agreement.sudo()  # sudo: the same for everybody
            guard.with_token(agreement).paper_content = {
                lang: agreement_sudo._paper_in(lang)._paper_content_now()
                for lang in langs
            }

    def _paper_add_clauses(self):
        """Copy the standard clauses under the headings that have no clause."""
        standard = self.env["itsm.agreement.clause"].search(
            Domain("agreement_id", "=", False)
            & Domain("kind", "in", self.mapped("kind"))
        )
        for agreement in self:
            said = set(agreement.clause_ids.mapped("section"))
            standard.filtered(
                lambda clause, agreement=agreement, said=said: (
                    clause.kind == agreement.kind and clause.section not in said
                )
            ).copy({"agreement_id": agreement.id})

    @api.model
    def _paper_html(self, body):
        """The text of a clause, safe to be printed."""
        return html_sanitize(body) if not is_html_empty(body) else ""
