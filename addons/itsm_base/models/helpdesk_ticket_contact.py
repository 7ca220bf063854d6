# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup
from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize

from ..tools import guard
from ..tools.event_input import BadInput, text_of, time_of

TEXT_SIZE = 50_000
SHORT = 255
#: In the database; another refusal of the database is no contact that came twice.
REFERENCE_INDEX = "itsm_contact_reference_uniq"
#: What may be sent of a person.
PERSON = ("external_id", "email", "phone", "name")


class HelpdeskTicket(models.Model):
    """Logging that somebody got in touch, by whatever channel (INC-01, INC-05)."""

    _inherit = "helpdesk.ticket"

    @api.model
    def itsm_log_contact(
        self,
        channel,
        text,
        subject=None,
        requester=None,
        reference=None,
        ticket=None,
        kind="incident",
        time=None,
    ):
        """Log that somebody got in touch, whatever the channel: one call for all.

        For agents, and over HTTP (``POST /json/2/helpdesk.ticket/itsm_log_contact``)
        for users of the group *Event source*: a telephone system, WeChat or WeCom, an
        OA, a scanner of paper forms. It goes to the company of the user.

        :param str channel: code of the channel: phone, mail, wechat, oa, portal,
            monitoring, paper, other, or one of your own
        :param str text: what was said; plain text, at most 50,000 characters are kept
        :param str subject: title of a new ticket; by default the first line
        :param dict requester: what is known of the person: ``external_id`` (his
            account in the channel, `itsm.contact.identity`), ``email``, ``phone``,
            ``name``. The first of the three that belongs to exactly one person
            decides; nothing of him is given back
        :param str reference: of the message in the other system; the same reference
            again changes nothing and gives the ticket it became
        :param str ticket: number of an open ticket to add it to; if it is not a ticket
            of this person's organisation, a new ticket is made and the number noted
        :param str kind: incident or request
        :param time: when it was, as in ``itsm.event.ingest``; by default now
        :return: dict with ``status`` (created, joined, ignored), ``ticket`` (number),
            and ``message`` if the ticket that was named could not be taken
        :raise AccessError: the user may not log contacts
        :raise UserError: a value cannot be used

        Requirements: INC-01, INC-05.
        """
        self._itsm_check_may_log()
        company = self.env.company  # raises if the context names another's
        now = fields.Datetime.now()
        call = {
            "channel": channel,
            "text": text,
            "subject": subject,
            "reference": reference,
            "ticket": ticket,
            "kind": kind,
            "time": time,
        }
        try:
            values = {
                "channel": text_of(call, "channel", 64, required=True),
                "text": text_of(call, "text", TEXT_SIZE, required=True, cut=True),
                "subject": text_of(call, "subject", SHORT, cut=True),
                "reference": text_of(call, "reference", SHORT),
                "ticket": text_of(call, "ticket", 64),
                "kind": text_of(call, "kind", 16) or "incident",
                "time": time_of(call, "time", now),
            }
            person = self._itsm_read_requester(requester)
        except BadInput as error:
            message = self.env["itsm.event"]._bad_input_message(error)
            raise UserError(message) from error
        self._itsm_check_contact(values, company)
        tickets = self.with_env(self.env["itsm.event"]._intake_env(company))
        answer = tickets._itsm_take_contact(values, person, company)
        if answer["status"] == "created" and values["ticket"]:
            answer["message"] = self.env._(
                "Ticket %(number)s is not an open ticket of this person's "
                "organisation: a new ticket was made.",
                number=values["ticket"],
            )
        return answer

    @api.model
    def _itsm_check_may_log(self):
        if not (
            self.env.user.has_group("itsm_base.itsm_group_event_source")
            or self.has_access("create")
        ):
            raise AccessError(
                self.env._(
                    "Only agents and users of the group “Event source” may log "
                    "contacts. Ask an administrator."
                )
            )

    @api.model
    def _itsm_check_contact(self, values, company):
        codes = self.env["helpdesk.ticket.channel"]._itsm_codes(company)
        if values["channel"] not in codes:
            raise UserError(
                self.env._(
                    "channel “%(channel)s” is not known. Send one of: %(codes)s.",
                    channel=values["channel"],
                    codes=", ".join(codes),
                )
            )
        if values["kind"] not in ("incident", "request"):
            raise UserError(self.env._("kind: send incident or request."))

    @api.model
    def _itsm_read_requester(self, requester):
        """What was sent of the person, cleaned.

        :raise BadInput: it is no dict, or a value is no text
        """
        if not requester:
            requester = {}
        if not isinstance(requester, dict):
            raise BadInput("type", name="requester")
        unknown = sorted(map(str, requester.keys() - set(PERSON)))
        if unknown:
            raise UserError(
                self.env._(
                    "requester: %(names)s is not known. Send some of: %(known)s.",
                    names=", ".join(unknown)[:255],
                    known=", ".join(PERSON),
                )
            )
        return {name: text_of(requester, name, SHORT) for name in PERSON}

    # From here on in sudo, with the context of `_intake_env`.

    @api.model
    def _itsm_take_contact(self, values, person, company):
        code = values["channel"]
        contacts = guard.with_token(self.env["itsm.contact"])
        if values["reference"]:
            known = contacts.search(
                [
                    ("company_id", "=", company.id),
                    ("channel_code", "=", code),
                    ("reference", "=", values["reference"]),
                ]
            )
            if known:
                return {"status": "ignored", "ticket": known.ticket_id.number}
        channel = self.env["helpdesk.ticket.channel"]._itsm_by_code(code, company)
        partner, notes = self._itsm_find_requester(channel, person, company)
        ticket = self._itsm_find_open(values["ticket"], partner, company)
        joined = bool(ticket)
        try:
            with self.env.cr.savepoint():
                if joined:
                    ticket._itsm_add_contact(values, partner)
                else:
                    vals = self._itsm_contact_ticket(values, person, partner, company)
                    ticket = self.create([{**vals, "channel_id": channel.id}])
                    ticket._itsm_note_contact(values, notes)
                contact = contacts.create(
                    [
                        {
                            "company_id": company.id,
                            "ticket_id": ticket.id,
                            "channel_code": code,
                            "channel_id": channel.id,
                            "reference": values["reference"] or False,
                            "partner_id": partner.id,
                            "user_id": self.env.uid,
                            "time": values["time"],
                            "is_first": not joined,
                        }
                    ]
                )
                contact.flush_recordset()
        except IntegrityError as error:
            if error.diag.constraint_name != REFERENCE_INDEX:
                raise
            raise UserError(
                self.env._("This contact is being logged already. Send it again.")
            ) from error
        return {"status": "joined" if joined else "created", "ticket": ticket.number}

    @api.model
    def _itsm_find_requester(self, channel, person, company):
        """Who got in touch, if exactly one person fits.

        :return: ``(res.partner, notes for the agents)``
        """
        partners = self.env["res.partner"]
        notes = []
        if person["external_id"] and channel:
            identity = self.env["itsm.contact.identity"].search(
                [
                    ("channel_id", "=", channel.id),
                    ("external_id", "=", person["external_id"]),
                    ("company_id", "in", [False, company.id]),
                ]
            )
            if identity.partner_id.active:
                return identity.partner_id, notes
        for name, found in (
            ("email", self._itsm_partners_by_email(person["email"], company)),
            ("phone", partners._itsm_by_phone(person["phone"], company)),
        ):
            if len(found) == 1:
                return found, notes
            if found:
                notes.append(
                    self.env._(
                        "Several contacts have %(value)s: choose the right one.",
                        value=person[name],
                    )
                )
        return partners, notes

    @api.model
    def _itsm_partners_by_email(self, email, company):
        email = email_normalize(email or "")
        if not email:
            return self.env["res.partner"]
        of_company = ("company_id", "in", [False, company.id])
        return self.env["res.partner"].search(
            [("email_normalized", "=", email), of_company], limit=2
        )

    @api.model
    def _itsm_find_open(self, number, partner, company):
        """The open ticket that somebody may add to: one of his organisation."""
        if not number or not partner:
            return self.browse()
        ticket = self.search(
            [("number", "=", number), ("company_id", "=", company.id)], limit=1
        )
        closed = self.env["helpdesk.ticket.stage"]._itsm_closed_states()
        if (
            ticket
            and ticket.commercial_partner_id == partner.commercial_partner_id
            and ticket._itsm_effective_state() not in closed
        ):
            return ticket
        return self.browse()

    def _itsm_add_contact(self, values, partner):
        """What the requester says, on his ticket and in his name."""
        self.ensure_one()
        self.message_post(
            body=self._itsm_plain(values["text"]),
            author_id=partner.id,
            email_from=partner.email_formatted or False,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    @api.model
    def _itsm_contact_ticket(self, values, person, partner, company):
        subject = values["subject"] or values["text"].partition("\n")[0][:SHORT]
        return {
            "name": " ".join(subject.split()),
            "description": self._itsm_plain(values["text"]),
            "company_id": company.id,
            "itsm_kind": values["kind"],
            "partner_id": partner.id,
            "partner_name": partner.name or person["name"],
            "partner_email": partner.email or email_normalize(person["email"]),
            "user_id": False,
            "reported_at": values["time"],
        }

    def _itsm_note_contact(self, values, notes):
        """Notes for the agents that the requester does not see."""
        self.ensure_one()
        if values["ticket"]:
            notes = [
                *notes,
                self.env._(
                    "The number %(number)s was named; it is no open ticket of this "
                    "person's organisation.",
                    number=values["ticket"],
                ),
            ]
        if notes:
            self._message_log(body=Markup("<br/>").join(notes))

    @api.model
    def _itsm_plain(self, text):
        """Text of somebody else as HTML that shows it as it is."""
        return Markup("<p>%s</p>") % Markup("<br/>").join(text.split("\n"))
