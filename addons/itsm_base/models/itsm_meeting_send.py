# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import guard

REPORT = "itsm_base.itsm_meeting_report"
TEMPLATE = "itsm_base.mail_template_itsm_meeting_minutes"


class ItsmMeeting(models.Model):
    """Minutes: printed on the form, mailed, kept as they were sent (MS-36)."""

    _inherit = "itsm.meeting"

    # === Business methods ===

    def _send_minutes(self):
        """Freeze, print and mail the minutes of one meeting, and keep what was sent."""
        self.ensure_one()
        if not self.notes and not self.line_ids.filtered(
            lambda line: line.result or line.decision
        ):
            raise UserError(
                self.env._(
                    "%(name)s: there are no minutes yet. Write down a result or a "
                    "decision of a topic, or notes.",
                    name=self.name,
                )
            )
        # sudo: addresses and languages of the participants, whom the user invited
        partners = self.sudo().partner_ids
        reached = partners.filtered("email_normalized")
        if not reached:
            raise UserError(
                self.env._(
                    "%(name)s: none of the participants has an e-mail address.",
                    name=self.name,
                )
            )
        sent_at = fields.Datetime.now()
        meeting = guard.with_token(self)
        meeting.write({"state": "sent", "revision": self.revision + 1})
        files = self.env["ir.attachment"]
        for (lang, guests), audience in self._minutes_audiences(reached).items():
            file = self._create_minutes_file(lang, guests)
            files |= file
            self._mail_minutes(audience, file, lang, guests)
        # sudo: evidence has no other writer than this method
        minutes_model = guard.with_token(self.env["itsm.meeting.minutes"].sudo())
        minutes_model.create(
            {
                "meeting_id": self.id,
                "revision": self.revision,
                "reason": self.correction_reason if self.revision > 1 else False,
                "sent_at": sent_at,
                "user_id": self.env.uid,
                "partner_ids": [fields.Command.set(reached.ids)],
                "unreached_ids": [fields.Command.set((partners - reached).ids)],
                "attachment_ids": [fields.Command.set(files.ids)],
                "checksums": "\n".join(
                    f"{file.checksum} {file.name}" for file in files
                ),
            }
        )
        meeting.write({"correction_reason": False})
        self._log_minutes(partners)
        if partners - reached:
            self._message_log(
                body=self.env._(
                    "Not reached, as there is no e-mail address: %(names)s",
                    names=(partners - reached).mapped("display_name"),
                )
            )

    def _minutes_audiences(self, partners):
        """Who gets the same file: language, and guest or colleague.

        A colleague works in the company of the meeting; everybody else is a guest, also
        a user of another company.

        :return: ``{(lang, is_guest): partners}``
        """
        installed = [code for code, _name in self.env["res.lang"].get_installed()]
        # sudo: who works where does not depend on who sends
        users = self.env["res.users"].sudo()
        colleagues = users.search(
            Domain("partner_id", "in", partners.ids)
            & Domain("share", "=", False)
            & Domain("company_ids", "in", self.company_id.ids)
        ).partner_id
        audiences = {}
        for partner in partners:
            lang = partner.lang if partner.lang in installed else self.env.lang
            key = (lang, partner not in colleagues)
            audiences[key] = audiences.get(key, partner.browse()) | partner
        return audiences

    def _create_minutes_file(self, lang, guests):
        """The minutes as an attachment of the meeting.

        :param str lang: language of labels; what people wrote stays as they wrote it
        :param bool guests: without what is internal
        """
        meeting = self.with_context(lang=lang, itsm_minutes_for_guests=guests)
        report = self.env.ref(REPORT).sudo()  # sudo: set-up
        content = meeting.env["ir.actions.report"]._itsm_form_pdf(report, meeting)
        return self.env["ir.attachment"].create(
            {
                "name": meeting._minutes_file_name(lang, guests),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _minutes_file_name(self, lang, guests):
        name = self.env._(
            "Minutes %(date)s %(name)s r%(revision)s",
            date=fields.Date.to_string(self._minutes_date()),
            name=self.name,
            revision=self.revision,
        )
        name = "".join(char if char not in '\\/:*?"<>|\n\r\t' else "-" for char in name)
        tags = [lang, self.env._("guests")] if guests else [lang]
        return f"{name} ({', '.join(tags)}).pdf"

    def _mail_minutes(self, partners, file, lang, guests):
        """One mail to each of *partners*; guests get no link into the system."""
        template = self.env.ref(TEMPLATE).sudo()  # sudo: set-up
        template = template.with_context(lang=lang, itsm_minutes_for_guests=guests)
        template.send_mail(
            self.id,
            email_values={
                "recipient_ids": [fields.Command.set(partners.ids)],
                "attachment_ids": [fields.Command.link(file.id)],
                "email_to": False,
            },
        )

    # === What is printed ===

    def _minutes_for_guests(self):
        return bool(self.env.context.get("itsm_minutes_for_guests"))

    def _minutes_lines(self):
        """Topics that the reader of the minutes may see."""
        self.ensure_one()
        if self._minutes_for_guests():
            return self.line_ids.filtered(lambda line: not line.internal)
        return self.line_ids

    def _minutes_actions(self):
        """Actions that follow from the meeting, and those that it spoke about.

        Guests read of those that are linked to topics they may read. Personal ones are
        in the minutes of personal meetings only.
        """
        self.ensure_one()
        # sudo: printed for the participants, whoever presses the button
        meeting = self.sudo()
        actions = meeting._minutes_lines().action_ids
        if not self._minutes_for_guests():
            actions |= meeting.action_ids
        if not meeting.restricted:
            actions = actions.filtered(lambda action: not action.restricted)
        return actions.sorted(lambda action: (action.due_date, action.id))

    def _minutes_people(self, absent):
        """Names of those who were there, or were not.

        :rtype: list[str]
        """
        self.ensure_one()
        meeting = self.sudo()  # sudo: names are printed for every reader
        people = meeting.absent_partner_ids
        if not absent:
            people = meeting.partner_ids - people
        return [partner.name or partner.display_name for partner in people]

    def _minutes_tz(self):
        """Zone in which the times of the minutes are printed, the same for everybody.

        :rtype: str
        """
        self.ensure_one()
        meeting = self.sudo()  # sudo: a zone is no secret
        calendar = meeting.company_id.resource_calendar_id
        return meeting.organizer_id.tz or calendar.tz or "UTC"

    def _minutes_date(self):
        """Day of the meeting in that zone.

        :rtype: datetime.date
        """
        meeting = self.with_context(tz=self._minutes_tz())
        return fields.Datetime.context_timestamp(meeting, self.start).date()

    def _minutes_url(self):
        """Address of the meeting for colleagues."""
        self.ensure_one()
        return f"{self.get_base_url()}/odoo/itsm-meetings/{self.id}"

    def _itsm_form_data(self):
        data = super()._itsm_form_data()
        data.update(
            title=self.env._("Minutes: %(name)s", name=self.name),
            code=self.kind_id.code.upper(),
            version=self.env._("Revision %(number)s", number=self.revision or 1),
            confidentiality=(
                self.env._("Confidential")
                if self.restricted
                else self.env._("Internal")
                if not self._minutes_for_guests()
                else ""
            ),
            is_draft=self.state not in ("sent", "closed"),
        )
        return data
