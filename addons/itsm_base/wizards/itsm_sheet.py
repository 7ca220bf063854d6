# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, email_normalize

from ..tools.sheet import CHANGED, ERROR, NEW, SAME
from ..tools.text_file import fold, word

YES = ("yes", "y", "true", "1", "x", "是", "有", "对")
NO = ("no", "n", "false", "0", "否", "无", "不")


class ItsmSheet(models.AbstractModel):
    """A kind of sheet of master data: its columns, and what its rows become.

    A sheet names records by what people know them by, never by database id. An empty
    cell leaves a value as it is. Reading a sheet a second time changes nothing.

    Models ``itsm.sheet.<kind>`` inherit this; `itsm.sheet.import` offers them.
    """

    _name = "itsm.sheet"
    _description = "Sheet of Master Data"

    #: The `odoo.addons.itsm_base.tools.sheet.Column` s.
    _sheet_columns = ()

    @api.model
    def _sheet_check_access(self, company):
        """Raise ``AccessError`` unless the user may write what the sheet holds."""
        raise NotImplementedError(self._name)

    @api.model
    def _sheet_compare(self, entries, company):
        """Say of each entry what it would change: state, message, record and vals.

        Writes nothing. An entry that cannot be done fails with a message that names the
        column and the remedy.
        """
        raise NotImplementedError(self._name)

    @api.model
    def _sheet_write(self, entries, company):
        """Do what `_sheet_compare` said of these entries, all new or changed."""
        raise NotImplementedError(self._name)

    # === For the sheets ===

    @api.model
    def _sheet_users(self, texts):
        """Active internal users by what names them: login, e-mail address or name.

        :return: dict of the text, folded, to ``res.users``; two people of one name are
            left out
        """
        texts = [text for text in texts if text]
        emails = [email for email in map(email_normalize, texts) if email]
        users = self.env[
            "res.users"
        ].sudo()  # sudo: colleagues, to name them in a sheet
        users = users.search(
            Domain("share", "=", False)
            & (
                Domain("login", "in", [*texts, *emails])
                | Domain("email_normalized", "in", emails)
                | Domain("name", "in", texts)
            )
        )
        found = {}
        for names in (
            lambda user: user.name,
            lambda user: user.email_normalized,
            lambda user: user.login,
        ):
            # folded, not as words: a.b@ and ab@ are two people
            folded = users.grouped(lambda user, n=names: (n(user) or "").casefold())
            for key, same in folded.items():
                if key and len(same) == 1:
                    found[key] = same.sudo(False)
                else:
                    found.pop(key, None)
        return found

    @api.model
    def _sheet_user(self, users, text, label):
        """The user that a cell names.

        :raise ValueError: nobody, or more than one
        """
        user = users.get(text.casefold())
        if not user:
            raise ValueError(
                self.env._(
                    "%(column)s: no active user “%(value)s”. Write the login or e-mail "
                    "address of a user of Odoo, or create the user first.",
                    column=label,
                    value=text,
                )
            )
        return user

    @api.model
    def _sheet_teams(self, company):
        """Teams of the company or of all, by `fold` of their names: there are few."""
        teams = self.env["helpdesk.ticket.team"].search_fetch(
            [("company_id", "in", [False, company.id])],
            ["name", "user_ids", "user_id", "alias_id"],
            order="company_id, id",
        )
        return teams.grouped(lambda team: fold(team.name))

    @api.model
    def _sheet_called(self, records, text):
        """Of records of one name those that are written as the cell, if there are."""
        return records.filtered(lambda record: record.name == text) or records

    @api.model
    def _sheet_partners(self, texts, company):
        """Customers by name, for `_sheet_partner`: companies before contacts."""
        names = list({text.strip().lower() for text in texts})
        partners = self.env["res.partner"].search(
            # one pass over all names, whatever their case
            Domain.custom(
                to_sql=lambda model, alias, query: SQL(
                    "lower(btrim(%s)) = ANY(%s)",
                    model._field_to_sql(alias, "name", query),
                    names,
                )
            )
            & Domain("company_id", "in", [False, company.id]),
            order="is_company desc, id",
        )
        return partners.grouped(lambda partner: word(partner.name))

    @api.model
    def _sheet_partner(self, partners, text, label):
        """The customer that a cell names.

        :raise ValueError: nobody, or more than one
        """
        same = partners.get(word(text), self.env["res.partner"])
        same = self._sheet_called(same, text)
        same = same.filtered("is_company") or same
        if len(same) == 1:
            return same
        if same:
            message = self.env._(
                "%(column)s: %(count)s contacts are called “%(value)s”. Rename one, or "
                "merge them.",
                column=label,
                count=len(same),
                value=text,
            )
        else:
            message = self.env._(
                "%(column)s: no contact “%(value)s”. Create it first, or correct the "
                "name.",
                column=label,
                value=text,
            )
        raise ValueError(message)

    @api.model
    def _sheet_choice(self, field, text, label, words=()):
        """The key of a selection that a cell names, by key or label.

        :param field: the field of a model
        :param words: dict of key to further words
        :raise ValueError: none of them
        """
        wanted = word(text)
        options = field._description_selection(self.env)
        plain = dict(field._description_selection(self.env(context={"lang": "en_US"})))
        for key, name in options:
            known = (key, name, plain.get(key), *dict(words).get(key, ()))
            if wanted in map(word, known):
                return key
        raise ValueError(
            self.env._(
                "%(column)s: “%(value)s” is none of %(options)s.",
                column=label,
                value=text,
                options=[name for _key, name in options],
            )
        )

    @api.model
    def _sheet_yes(self, text, label):
        """Whether a cell says yes.

        :raise ValueError: neither yes nor no
        """
        if word(text) in YES:
            return True
        if word(text) in NO:
            return False
        raise ValueError(
            self.env._(
                "%(column)s: “%(value)s” is neither yes nor no.",
                column=label,
                value=text,
            )
        )

    @api.model
    def _sheet_settle(self, entry, record, vals):
        """Compare what a row wants with a record, for an entry without an error.

        :param record: the record that the row names, or empty
        :param dict vals: what the row says of it, as for ``write``; x2many as records
        """
        entry.record = record
        if not record:
            entry.state, entry.vals = NEW, vals
            return
        entry.vals = {
            name: value
            for name, value in vals.items()
            if self._sheet_differs(record, name, value)
        }
        entry.state = CHANGED if entry.vals else SAME
        entry.message = ", ".join(
            record._fields[name]._description_string(self.env) for name in entry.vals
        )

    @api.model
    def _sheet_differs(self, record, name, value):
        """Whether a field of a record has another value than a sheet wants."""
        if record._fields[name].type == "many2one":
            return record[name].id != value
        return record[name] != value

    @api.model
    def _sheet_vals(self, vals):
        """Values for ``create`` and ``write``: records of x2many fields as commands."""
        return {
            name: [(6, 0, value.ids)] if isinstance(value, models.BaseModel) else value
            for name, value in vals.items()
        }

    @api.model
    def _sheet_refuse_twice(self, entries, key):
        """Let rows fail that name the same thing as a row before.

        :param key: function of an entry; empty keys are passed over
        """
        seen = {}
        for entry in entries:
            name = key(entry)
            if not name or entry.state == ERROR:
                continue
            if name in seen:
                entry.fail(
                    self.env._(
                        "The same as row %(row)s. Keep one of them.", row=seen[name]
                    )
                )
            else:
                seen[name] = entry.number
