# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL


class ItsmAnonymisation(models.Model):
    """Where personal data are, and what becomes of them.

    A place has a key: `_places` names it, ``_find_<key>()`` returns the model and the
    domain of its records, ``_clear_<key>(records)`` changes some of them (in sudo).
    The contact itself is last: until then its name and addresses are what is looked
    for. Texts are changed by SQL, so that nothing is tracked or told. The words are
    made in `itsm_anonymisation_words.py`, places without a text of the ticket are in
    `itsm_anonymisation_traces.py`.
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
            ("scheduled", self.env._("Messages to be sent later: words in the text")),
            ("notification", self.env._("Notices: addresses")),
            ("activity", self.env._("Activities on his tickets: words")),
            ("file", self.env._("Files: words in their names")),
            ("told", self.env._("Log of notifications: words in remarks")),
            ("event", self.env._("Monitoring events of his tickets: words")),
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

    # === Tickets ===

    def _find_ticket(self):
        columns = "partner_email", "email_cc"
        naming = self._naming("helpdesk_ticket", *columns)
        domain = Domain("partner_id", "in", self._persons().ids)
        return "helpdesk.ticket", domain | Domain("id", "in", naming)

    @api.model
    def _ticket_texts(self):
        """Columns of tickets with texts that people write; addons add theirs."""
        return ["name", "description", "email_cc", "reported_reason", "priority_reason"]

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
                texts=self._scrubbed(*self._ticket_texts()),
            ),
        )
        self._scrub_json(records, "properties")

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
        to_person = SQL(
            """(SELECT mail_message_id FROM mail_notification
                 WHERE res_partner_id = ANY(%(persons)s)
                 UNION SELECT mail_message_id FROM mail_mail
                 WHERE id IN %(naming)s)""",
            persons=persons,
            naming=self._naming("mail_mail", "email_to", "email_cc"),
        )
        return "mail.message", (
            Domain("author_id", "in", persons)
            | Domain("partner_ids", "in", persons)
            | on_tickets
            | on_person
            | Domain("id", "in", naming)
            | Domain("id", "in", to_person)
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

        # what Odoo translated of it; it is made again if somebody asks
        translations = records.env["mail.message.translation"]
        translations.search([("message_id", "in", records.ids)]).unlink()

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
        about = SQL(
            "(SELECT id FROM mail_message "
            "WHERE model = 'helpdesk.ticket' AND res_id IN %s)",
            self._own_tickets(),
        )
        return "mail.mail", (
            Domain("recipient_ids", "in", self._persons().ids)
            | Domain("id", "in", naming)
            | Domain("mail_message_id", "in", about)
        )

    def _clear_mail(self, records):
        columns = "email_to", "email_cc", "body_html", "headers", "failure_reason"
        self._update(records, self._scrubbed(*columns))

    def _find_scheduled(self):
        return "mail.scheduled.message", self._of_tickets("model")

    def _clear_scheduled(self, records):
        self._update(records, self._scrubbed("subject", "body"))

    def _find_notification(self):
        return "mail.notification", Domain(
            "res_partner_id", "in", self._persons().ids
        ) & (
            Domain("mail_email_address", "!=", False)
            | Domain("failure_reason", "!=", False)
        )

    def _clear_notification(self, records):
        self._update(records, SQL("mail_email_address = NULL, failure_reason = NULL"))
