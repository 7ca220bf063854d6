# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import html
import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_split

#: Shorter names would be found inside other words.
SHORTEST_NAME = 2
SHORTEST_PHONE = 6
#: Pattern that no text has.
NOTHING = r"\Z."
#: What of a contact is about the person. Country, language and zone stay for counts.
CLEARED = (
    "barcode",
    "category_id",
    "city",
    "comment",
    "company_name",
    "company_registry",
    "email",
    "function",
    "image_1920",
    "industry_id",
    "partner_latitude",
    "partner_longitude",
    "phone",
    "ref",
    "state_id",
    "street",
    "street2",
    "vat",
    "website",
    "zip",
)


class ItsmAnonymisation(models.Model):
    """Where personal data are, and what becomes of them.

    A place has a key: `_places` names it, ``_find_<key>()`` returns the model and the
    domain of its records, ``_clear_<key>(records)`` changes some of them (in sudo).
    The contact itself is last: until then its name and addresses are what is looked
    for. Texts are changed by SQL, so that nothing is tracked or told.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

    @api.model
    def _places(self):
        """The places as ``(key, label)``, in the order in which they are changed."""
        return [
            ("ticket", self.env._("Tickets: name, addresses, words in the text")),
            ("message", self.env._("Messages: sender, addresses, words in the text")),
            ("tracking", self.env._("Tracked changes that name the person")),
            ("mail", self.env._("Mails: addresses, words in the text")),
            ("notification", self.env._("Notices: addresses")),
            ("finding", self.env._("What rules found on his tickets: words")),
            ("follower", self.env._("Records followed")),
            ("device", self.env._("Devices used to log in")),
            ("user", self.env._("Users: login, signature; archived")),
            ("contact", self.env._("Contact and its addresses")),
        ]

    def _place_records(self, key):
        """The model of a place, for all its records."""
        # sudo: the person is forgotten everywhere, whatever the manager may read
        model = self.env[getattr(self, f"_find_{key}")()[0]].sudo()
        return model.with_context(active_test=False)

    def _place_domain(self, key):
        return Domain(getattr(self, f"_find_{key}")()[1])

    # === The person ===

    def _persons(self):
        """The contact and addresses below it, in sudo."""
        # sudo: the manager of the desk need not be allowed to write contacts
        person = self.partner_id.sudo().with_context(active_test=False)
        return person | person.child_ids.filtered(
            lambda child: not child.is_company and child.type != "contact"
        )

    def _users(self):
        return self._persons().user_ids

    def _alias(self):
        """What the person is called from now on."""
        return self.env._("Anonymised person %(id)s", id=self.partner_id.id)

    def _addresses(self):
        """Pattern (PostgreSQL) of his mail addresses, or None."""
        found = set()
        for text in [*self._persons().mapped("email"), *self._users().mapped("login")]:
            found.update(email_split(text or ""))
        if not found:
            return None
        words = "|".join(re.escape(address) for address in sorted(found))
        # whole addresses only: li@x.com is no part of wangli@x.com
        return rf"(?<![[:alnum:]._%+-])({words})(?![[:alnum:]-]|\.[[:alnum:]])"

    def _words(self):
        """Pattern of his names, addresses and numbers in a text."""
        patterns = [self._addresses()]
        for name in set(self._persons().mapped("name")):
            if len(name or "") < SHORTEST_NAME:
                continue
            for form in {name, html.escape(name), html.escape(name, quote=False)}:
                word = re.escape(form)
                if form[0].isascii():
                    word = rf"(?<![[:alnum:]]){word}(?![[:alnum:]])"
                patterns.append(word)
        for phone in set(self._persons().mapped("phone")):
            if len(phone or "") >= SHORTEST_PHONE:
                patterns.append(rf"(?<![0-9]){re.escape(phone)}(?![0-9])")
        return "|".join(pattern for pattern in patterns if pattern) or NOTHING

    def _scrubbed(self, *columns):
        """SQL that assigns the columns without the person's words."""
        words, alias = self._words(), self._alias()
        return SQL(", ").join(
            SQL(
                "%(column)s = regexp_replace(%(column)s, %(words)s, %(alias)s, 'gi')",
                column=SQL.identifier(column),
                words=words,
                alias=alias.replace("\\", "\\\\"),
            )
            for column in columns
        )

    def _naming(self, table, *columns):
        """Ids (SQL) of rows with one of his addresses in a column."""
        addresses = self._addresses()
        return SQL(
            "(SELECT id FROM %s WHERE %s)",
            SQL.identifier(table),
            SQL(" OR ").join(
                SQL("%s ~* %s", SQL.identifier(column), addresses) for column in columns
            )
            if addresses
            else SQL("FALSE"),
        )

    def _own_tickets(self):
        return SQL(
            "(SELECT id FROM helpdesk_ticket WHERE partner_id = ANY(%s))",
            self._persons().ids,
        )

    def _update(self, records, assignments):
        """Change rows without tracking, and without touching who wrote them last."""
        records.flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)",
                SQL.identifier(records._table),
                assignments,
                records.ids,
            )
        )
        records.invalidate_model()

    # === Tickets ===

    def _find_ticket(self):
        columns = "partner_email", "email_cc"
        naming = self._naming("helpdesk_ticket", *columns)
        domain = Domain("partner_id", "in", self._persons().ids)
        return "helpdesk.ticket", domain | Domain("id", "in", naming)

    def _clear_ticket(self, records):
        alias, addresses = self._alias(), self._addresses()
        own = SQL("partner_id = ANY(%s)", self._persons().ids)
        if addresses:
            own = SQL("(%s OR partner_email ~* %s)", own, addresses)
        self._update(
            records,
            SQL(
                """partner_name = CASE WHEN %(own)s THEN %(alias)s
                                       ELSE partner_name END,
                   partner_email = CASE WHEN %(own)s THEN NULL
                                        ELSE partner_email END,
                   %(texts)s""",
                own=own,
                alias=alias,
                texts=self._scrubbed("name", "description", "email_cc"),
            ),
        )

    # === Messages, tracked changes, mails ===

    def _find_message(self):
        persons = self._persons().ids
        naming = self._naming(
            "mail_message",
            "email_from",
            "reply_to",
            "incoming_email_to",
            "incoming_email_cc",
            "outgoing_email_to",
        )
        on_tickets = Domain("model", "=", "helpdesk.ticket") & Domain(
            "res_id", "in", self._own_tickets()
        )
        on_person = Domain("model", "=", "res.partner") & Domain(
            "res_id", "in", persons
        )
        return "mail.message", (
            Domain("author_id", "in", persons)
            | on_tickets
            | on_person
            | Domain("id", "in", naming)
        )

    def _clear_message(self, records):
        own = SQL("author_id = ANY(%s)", self._persons().ids)
        if self._addresses():
            own = SQL("(%s OR email_from ~* %s)", own, self._addresses())
        self._update(
            records,
            SQL(
                "email_from = CASE WHEN %s THEN %s ELSE email_from END, %s",
                own,
                self._alias(),
                self._scrubbed(
                    "subject",
                    "body",
                    "reply_to",
                    "incoming_email_to",
                    "incoming_email_cc",
                    "outgoing_email_to",
                ),
            ),
        )

    def _find_tracking(self):
        return "mail.tracking.value", Domain(
            "id",
            "in",
            SQL(
                """(
                SELECT value.id
                  FROM mail_tracking_value value
                  JOIN mail_message message ON message.id = value.mail_message_id
                  LEFT JOIN ir_model_fields field ON field.id = value.field_id
                 WHERE (message.model = 'res.partner'
                        AND message.res_id = ANY(%(own)s))
                    OR (message.model = 'helpdesk.ticket'
                        AND message.res_id IN %(tickets)s)
                    OR (field.relation = 'res.partner'
                        AND (value.old_value_integer = ANY(%(own)s)
                             OR value.new_value_integer = ANY(%(own)s)))
                    OR (field.relation = 'res.users'
                        AND (value.old_value_integer = ANY(%(users)s)
                             OR value.new_value_integer = ANY(%(users)s)))
                )""",
                own=self._persons().ids,
                users=self._users().ids,
                tickets=self._own_tickets(),
            ),
        )

    def _clear_tracking(self, records):
        """Names by what they point to; on the contact itself everything."""
        sides = SQL(", ").join(
            SQL(
                """%(char)s = CASE
                     WHEN mail_message_id IN %(contact)s AND %(char)s <> ''
                     THEN %(alias)s
                     WHEN (%(integer)s = ANY(%(persons)s) AND field_id IN %(partner)s)
                       OR (%(integer)s = ANY(%(users)s) AND field_id IN %(user)s)
                     THEN %(alias)s
                     ELSE regexp_replace(%(char)s, %(words)s, %(alias)s, 'gi') END,
                   %(text)s = CASE
                     WHEN mail_message_id IN %(contact)s AND %(text)s <> ''
                     THEN %(alias)s
                     ELSE regexp_replace(%(text)s, %(words)s, %(alias)s, 'gi') END""",
                char=SQL.identifier(f"{side}_value_char"),
                text=SQL.identifier(f"{side}_value_text"),
                integer=SQL.identifier(f"{side}_value_integer"),
                persons=self._persons().ids,
                users=self._users().ids,
                alias=self._alias(),
                words=self._words(),
                contact=SQL(
                    "(SELECT id FROM mail_message WHERE model = 'res.partner' "
                    "AND res_id = ANY(%s))",
                    self._persons().ids,
                ),
                partner=SQL(
                    "(SELECT id FROM ir_model_fields WHERE relation = 'res.partner')"
                ),
                user=SQL(
                    "(SELECT id FROM ir_model_fields WHERE relation = 'res.users')"
                ),
            )
            for side in ("old", "new")
        )
        self._update(records, sides)

    def _find_mail(self):
        naming = self._naming("mail_mail", "email_to", "email_cc")
        return "mail.mail", (
            Domain("recipient_ids", "in", self._persons().ids)
            | Domain("id", "in", naming)
        )

    def _clear_mail(self, records):
        columns = "email_to", "email_cc", "body_html", "headers", "failure_reason"
        self._update(records, self._scrubbed(*columns))

    def _find_notification(self):
        return "mail.notification", Domain(
            "res_partner_id", "in", self._persons().ids
        ) & (
            Domain("mail_email_address", "!=", False)
            | Domain("failure_reason", "!=", False)
        )

    def _clear_notification(self, records):
        self._update(records, SQL("mail_email_address = NULL, failure_reason = NULL"))

    def _find_finding(self):
        return "itsm.enforcement.finding", (
            Domain("res_model", "=", "helpdesk.ticket")
            & Domain("res_id", "in", self._own_tickets())
        )

    def _clear_finding(self, records):
        # Evidence stays; only what the record was called is not his name any more.
        self._update(records, self._scrubbed("record_name", "message"))

    def _find_follower(self):
        return "mail.followers", Domain("partner_id", "in", self._persons().ids)

    def _clear_follower(self, records):
        records.unlink()

    # === Users and contact ===

    def _find_device(self):
        return "res.device.log", Domain("user_id", "in", self._users().ids)

    def _clear_device(self, records):
        # Nobody may delete them otherwise; where somebody logged in is personal.
        self.env.cr.execute(
            SQL("DELETE FROM res_device_log WHERE id = ANY(%s)", records.ids)
        )
        records.invalidate_model()

    def _find_user(self):
        return "res.users", Domain("id", "in", self._users().ids)

    def _clear_user(self, records):
        records.write({"active": False})
        # By SQL: Odoo would write a mail to the person about his new login.
        self._update(
            records,
            SQL("login = 'anonymised-' || id, signature = NULL, password = NULL"),
        )
        self.env.registry.clear_cache()

    def _find_contact(self):
        return "res.partner", Domain("id", "in", self._persons().ids)

    def _clear_contact(self, records):
        """The person at last: afterwards nothing tells who it was."""
        accounts = records.env["itsm.contact.identity"]
        accounts.search([("partner_id", "in", records.ids)]).unlink()
        values = dict.fromkeys(CLEARED, False)
        values = {name: value for name, value in values.items() if name in records}
        values |= {"name": self._alias(), "active": False}
        # active_test: Odoo looks for users of theirs that are still there
        context = {"tracking_disable": True, "active_test": True}
        records.with_context(**context).write(values)

    def _file_count(self):
        """Files of the contact and of his tickets; what is in them nobody knows."""
        # sudo: files are counted, not read
        files = self.env["ir.attachment"].sudo()
        on_tickets = Domain("res_model", "=", "helpdesk.ticket") & Domain(
            "res_id", "in", self._own_tickets()
        )
        on_person = Domain("res_model", "=", "res.partner") & Domain(
            "res_id", "in", self._persons().ids
        )
        return files.search_count(
            (on_tickets | on_person) & Domain("res_field", "=", False)
        )
