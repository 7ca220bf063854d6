# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models

from ..tools.pdf_form import font_families, html_lang
from ..tools.period import local_date


class Base(models.AbstractModel):
    # What the printed form asks any record that is printed on it. Models answer in
    # their own words by overriding; nothing is asked of a model whose reports are not
    # printed on the form. No docstring: Odoo would keep it as that of each model.
    _inherit = "base"

    def _itsm_form_lang(self):
        """The language in which the record is printed.

        Its own (`lang`), that of its partner, that of the reader.

        :return: code of an installed language
        :rtype: str
        """
        self.ensure_one()
        record_sudo = self.sudo()  # sudo: the language of a partner is no secret
        asked = [record_sudo.lang] if "lang" in self._fields else []
        partner_field = self._fields.get("partner_id")
        if partner_field and partner_field.comodel_name == "res.partner":
            asked.append(record_sudo.partner_id.lang)
        asked += [self.env.lang, self.env.user.lang]
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        return next((code for code in asked if code in installed), installed[0])

    def _itsm_form_html_lang(self):
        """The language of the form as HTML wants it (``zh-CN``); fonts follow it."""
        return html_lang(self._itsm_form_lang())

    def _itsm_form_fonts(self):
        """Fonts of the form, as CSS, in the order in which they are tried."""
        return font_families(self._itsm_form_lang())

    def _itsm_form_data(self):
        """What the form prints around the text of the record.

        Called in the language of the form.

        :return: ``title`` (str), ``code`` (str), ``version`` (str), ``confidentiality``
            (str), ``effective_date`` (date or False; ``effective_text`` where the
            text of the record prints dates in another way than 2026-03-31),
            ``is_draft`` (bool), ``company`` (``res.company``), ``signatures`` (list,
            see `_itsm_form_signatures`)
        :rtype: dict
        """
        self.ensure_one()
        company = self.company_id if "company_id" in self._fields else None
        state = "approval_state" in self._fields and self.approval_state
        if state in (False, "none") and "state" in self._fields:
            is_draft = self.state == "draft"
        else:
            is_draft = bool(state) and state != "approved"
        return {
            "title": self.display_name,
            "code": "",
            "version": "",
            "confidentiality": "",
            "effective_date": False,
            "is_draft": is_draft,
            "company": company or self.env.company,
            "signatures": self._itsm_form_signatures(),
        }

    def _itsm_form_signatures(self):
        """Who prepared, reviewed and approved the record, from its decisions.

        Lines without a name are to be signed by hand, or were not decided yet.

        :return: dicts ``role``, ``name`` and ``date`` (date or False) in the order in
            which they signed; empty for a record that is not approved by anybody
        :rtype: list[dict]
        """
        self.ensure_one()
        if "decision_ids" not in self._fields:
            return []
        record_sudo = self.sudo()  # sudo: signatures are printed for every reader
        reviews = record_sudo.review_ids
        decisions = record_sudo.decision_ids.filtered(
            lambda decision: (
                decision.review_id in reviews and decision.decision == "yes"
            )
        ).sorted("time")
        planned = reviews or record_sudo._approval_definitions()
        steps = sorted(set(planned.mapped("sequence")))
        approved = decisions.filtered(lambda step: step.sequence == max(steps))
        rows = [(self.env._("Prepared"), [record_sudo._itsm_form_prepared()])]
        for role, given, is_signed in (
            (self.env._("Reviewed"), decisions - approved, len(steps) > 1),
            (self.env._("Approved"), approved, bool(steps)),
        ):
            if is_signed:
                signed = [(self._itsm_form_signer(step), step.time) for step in given]
                rows.append((role, signed or [("", False)]))
        return [
            {
                "role": role,
                "name": signer if isinstance(signer, str) else signer.name or "",
                "date": time and self._itsm_form_date(time),
            }
            for role, signed in rows
            for signer, time in signed
        ]

    def _itsm_form_signer(self, decision):
        """The name under a decision; a substitute signs with his own."""
        if not decision.is_substitute:
            return decision.user_id.name
        return self.env._(
            "%(substitute)s for %(person)s",
            substitute=decision.user_id.name,
            person=decision.for_user_id.name,
        )

    def _itsm_form_prepared(self):
        """Who prepared the record and when: who asked for its approval.

        :return: ``res.users`` and naive UTC, either may be empty
        :rtype: tuple
        """
        self.ensure_one()
        review = self.review_ids[:1]
        return review.requested_by, review.create_date

    def _itsm_form_date(self, instant):
        """The date of an instant in the zone of the company of the record.

        :param datetime.datetime instant: naive UTC
        :rtype: datetime.date
        """
        company = self.company_id if "company_id" in self._fields else None
        # sudo: the zone of a company is no secret
        zone = self.env["itsm.kpi"]._kpi_zone((company or self.env.company).sudo())
        return local_date(zone, instant)

    def _itsm_form_moment(self, instant, zone=None):
        """An instant as the form prints dates: the same in every language.

        :param datetime.datetime instant: naive UTC
        :param str zone: time zone; default that of the company of the record
        :return: such as ``2026-03-31 14:05``
        :rtype: str
        """
        company = self.company_id if "company_id" in self._fields else None
        # sudo: the zone of a company is no secret
        zone = zone or self.env["itsm.kpi"]._kpi_zone(
            (company or self.env.company).sudo()
        )
        local = fields.Datetime.context_timestamp(self.with_context(tz=zone), instant)
        return local.strftime("%Y-%m-%d %H:%M")

    def _itsm_form_paperformat(self):
        """The paper of this record, if it is not that of its report.

        :rtype: report.paperformat
        """
        self.ensure_one()
        return self.env["report.paperformat"]

    def _itsm_form_file(self):
        """The file that was frozen for the record, if there is one.

        :return: content of the PDF, or None to print the record as it is now
        :rtype: bytes | None
        """
        self.ensure_one()
        return None
