# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import html
import json
import re

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_split

#: Shorter names would be found inside other words.
SHORTEST_NAME = 2
#: Digits; fewer would be found inside other numbers.
SHORTEST_PHONE = 6
#: Pattern that no text has.
NOTHING = r"\Z."
#: Between the words of a name and the digits of a number, as patterns.
BLANKS = "(?:[[:space:]\u00a0]|&nbsp;|&#160;)+"
SEPARATORS = "[[:space:]\u00a0()./-]*"
#: Tables that point to contacts and in which this addon family says what becomes of it,
#: or in which it is no use of the contact; prefixes end with an underscore.
OWN_TABLES = (
    "base_",
    "bus_",
    "calendar_",
    "discuss_",
    "helpdesk_",
    "ir_",
    "itsm_anonymisation",
    "itsm_clock",
    "itsm_contact",
    "itsm_contact_identity",
    "itsm_history_import",
    "itsm_notification_log",
    "itsm_replay_line",
    "itsm_ticket_event",
    "mail_",
    "portal_",
    "res_company",
    "res_partner",
    "res_partner_res_partner_category_rel",
    "res_users",
    "res_users_settings_volumes",
    "sms_",
    "snailmail_",
)


class ItsmAnonymisation(models.Model):
    """Who the person is, by which words a text names him, and how they are replaced."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.anonymisation"

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

    def _known_addresses(self):
        """Mail addresses of the person as ``(his alone, those of others as well)``.

        A contact of the same name is the same person, entered twice.
        """
        found = set()
        for text in [*self._persons().mapped("email"), *self._users().mapped("login")]:
            found.update(address.lower() for address in email_split(text or ""))
        # sudo: contacts that the manager may not see have their addresses as well
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        others = partners.search(
            Domain("email_normalized", "in", sorted(found))
            & Domain("id", "not in", self._persons().ids)
        )
        names = {(name or "").casefold() for name in self._persons().mapped("name")}
        shared = {
            other.email_normalized
            for other in others
            if (other.name or "").casefold() not in names
        }
        return found - shared, found & shared

    def _addresses(self):
        """Pattern (PostgreSQL) of the mail addresses that are his alone, or None."""
        found, _shared = self._known_addresses()
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
            for form in sorted({name, html.escape(name), html.escape(name, False)}):
                parts = [re.escape(part) for part in form.split()]
                word = BLANKS.join(parts)
                if form[0].isascii():
                    word = rf"(?<![[:alnum:]]){word}(?![[:alnum:]])"
                patterns.append(word)
        for phone in set(self._persons().mapped("phone")):
            digits = re.sub(r"\D", "", phone or "", flags=re.ASCII)
            if len(digits) >= SHORTEST_PHONE:
                number = SEPARATORS.join(digits)
                patterns.append(rf"(?<![0-9])\+?{number}(?![0-9])")
        return "|".join(pattern for pattern in patterns if pattern) or NOTHING

    # === Replaced ===

    def _replaced(self, text):
        """SQL: a text without the person's words.

        :param SQL text: column or expression
        """
        return SQL(
            "regexp_replace(%s, %s, %s, 'gi')",
            text,
            self._words(),
            self._alias().replace("\\", "\\\\"),
        )

    def _scrubbed(self, *columns):
        """SQL that assigns the columns without the person's words."""
        return SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), self._replaced(SQL.identifier(name)))
            for name in columns
        )

    def _scrub_json(self, records, column):
        """Take the person's words out of the texts in a JSON column.

        Texts only: a number that looks like his is a number.
        """
        records.flush_model()
        table, name = SQL.identifier(records._table), SQL.identifier(column)
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %s FROM %s WHERE id = ANY(%s) AND %s IS NOT NULL",
                name,
                table,
                records.ids,
                name,
            )
        )
        texts = set()
        for _id, value in rows:
            self._in_texts(value, lambda text: texts.add(text) or text)
        changed = dict(
            self.env.execute_query(
                SQL(
                    "SELECT held.text, %s FROM unnest(%s::text[]) AS held(text)",
                    self._replaced(SQL("held.text")),
                    sorted(texts),
                )
            )
        )
        values = [
            (record_id, json.dumps(new))
            for record_id, value in rows
            if (new := self._in_texts(value, changed.__getitem__)) != value
        ]
        if values:
            self.env.cr.execute(
                SQL(
                    """UPDATE %s AS kept SET %s = new.value::jsonb
                         FROM unnest(%s::int[], %s::text[]) AS new(id, value)
                        WHERE kept.id = new.id""",
                    table,
                    name,
                    [record_id for record_id, _value in values],
                    [value for _id, value in values],
                )
            )
        records.invalidate_model()

    def _in_texts(self, value, change):
        """A JSON value with each of its texts changed by a function."""
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [self._in_texts(item, change) for item in value]
        if isinstance(value, dict):
            return {key: self._in_texts(item, change) for key, item in value.items()}
        return value

    # === Where ===

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

    @api.model
    def _used_elsewhere(self):
        """Columns of other applications that point to contacts.

        An order, an invoice or a contract needs its party. Nobody knows here what
        becomes of them: they are counted for the manager, and retention leaves such
        contacts alone.

        :return: list of ``(table, column)``
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT relation.relname, attribute.attname
                     FROM pg_constraint reference
                     JOIN pg_class relation ON relation.oid = reference.conrelid
                     JOIN pg_attribute attribute
                       ON attribute.attrelid = reference.conrelid
                      AND attribute.attnum = reference.conkey[1]
                    WHERE reference.contype = 'f'
                      AND reference.confrelid = 'res_partner'::regclass
                 ORDER BY 1, 2"""
            )
        )
        prefixes = tuple(name for name in OWN_TABLES if name.endswith("_"))
        return [
            (table, column)
            for table, column in rows
            if table not in OWN_TABLES and not table.startswith(prefixes)
        ]

    def _elsewhere_count(self):
        """How many records of other applications point to the person."""
        persons = self._persons().ids
        return sum(
            self.env.execute_query(
                SQL(
                    "SELECT COUNT(*) FROM %s WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    persons,
                )
            )[0][0]
            for table, column in self._used_elsewhere()
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
