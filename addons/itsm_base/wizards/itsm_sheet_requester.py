# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import email_normalize

from ..tools.sheet import CHANGED, ERROR, NEW, SAME, Column
from ..tools.text_file import word


class ItsmSheetRequester(models.AbstractModel):
    """Customers and their people, with access to the portal where it is wanted.

    Nobody is written to: invitations are sent from the contact, when the desk is ready
    (design, Manners: history is silent).
    """

    _name = "itsm.sheet.requester"
    _inherit = "itsm.sheet"
    _description = "Sheet: Customers and Portal Users"

    _sheet_columns = (
        Column("name", ("Name", "姓名", "联系人"), required=True),
        Column("email", ("E-mail", "Email", "邮箱", "电子邮箱"), required=True),
        Column("customer", ("Customer", "Company", "客户", "单位", "公司")),
        Column("phone", ("Phone", "电话", "手机")),
        Column("lang", ("Language", "语言")),
        Column("portal", ("Portal", "Portal Access", "门户", "门户访问")),
    )

    @api.model
    def _sheet_check_access(self, company):
        self.env["res.partner"].check_access("create")
        self.env["res.partner"].check_access("write")

    @api.model
    def _sheet_compare(self, entries, company):
        self._sheet_refuse_twice(
            entries, lambda entry: email_normalize(entry.values.get("email") or "")
        )
        labels = {column.name: column.label for column in self._sheet_columns}
        emails = [email_normalize(e.values.get("email") or "") for e in entries]
        people = self.env["res.partner"].search(
            Domain("email_normalized", "in", [email for email in emails if email])
            & Domain("company_id", "in", [False, company.id])
        )
        people = people.grouped("email_normalized")
        customers = self._sheet_partners(
            [e.values["customer"] for e in entries if e.values.get("customer")], company
        )
        languages = {
            word(text): code
            for code, name in self.env["res.lang"].get_installed()
            for text in (code, name, code.split("_")[0])
        }
        users = self.env["res.users"].sudo()  # sudo: whether an address is a login
        users = users.with_context(active_test=False)
        logins = {
            user.login: user
            for user in users.search([("login", "in", [e for e in emails if e])])
        }
        for entry in entries:
            if entry.state == ERROR:
                continue
            try:
                self._compare_row(entry, people, customers, languages, logins, labels)
            except ValueError as error:
                entry.fail(str(error))

    def _compare_row(self, entry, people, customers, languages, logins, labels):
        values = entry.values
        if not values.get("name"):
            raise ValueError(
                self.env._("%(column)s: the cell is empty.", column=labels["name"])
            )
        email = email_normalize(values.get("email") or "")
        if not email:
            raise ValueError(
                self.env._(
                    "%(column)s: “%(value)s” is not an e-mail address.",
                    column=labels["email"],
                    value=values.get("email", ""),
                )
            )
        same = people.get(email, self.env["res.partner"])
        if len(same) > 1:
            raise ValueError(
                self.env._(
                    "%(column)s: %(count)s contacts have %(value)s. Merge them first.",
                    column=labels["email"],
                    count=len(same),
                    value=email,
                )
            )
        logged_in = same.sudo().user_ids  # sudo: whether the contact is a user
        if any(not user.share for user in logged_in):
            raise ValueError(
                self.env._(
                    "%(column)s: %(value)s is a colleague who works in Odoo, not a "
                    "portal user. Leave the row out.",
                    column=labels["email"],
                    value=email,
                )
            )
        vals = {"name": values["name"]}
        if not same:
            vals["email"] = email
        if values.get("phone"):
            vals["phone"] = values["phone"]
        if values.get("lang"):
            vals["lang"] = languages.get(word(values["lang"]))
            if not vals["lang"]:
                raise ValueError(
                    self.env._(
                        "%(column)s: “%(value)s” is not installed. Add it in the "
                        "settings, or leave the cell empty.",
                        column=labels["lang"],
                        value=values["lang"],
                    )
                )
        customer = values.get("customer")
        if customer and word(customer) in customers:
            parent = self._sheet_partner(customers, customer, labels["customer"])
            vals["parent_id"] = parent.id
        self._sheet_settle(entry, same, vals)
        if customer and word(customer) not in customers:
            entry.vals["new_customer"] = customer
            self._add(entry, self.env._("new customer %(name)s", name=customer))
        wants_portal = bool(values.get("portal")) and self._sheet_yes(
            values["portal"], labels["portal"]
        )
        if wants_portal and not logged_in:
            self._check_portal(email, logins, labels)
            entry.vals["portal"] = True
            self._add(entry, self.env._("access to the portal"))

    def _add(self, entry, text):
        entry.message = ", ".join(filter(None, [entry.message, text]))
        if entry.state == SAME:
            entry.state = CHANGED

    def _check_portal(self, email, logins, labels):
        if email in logins:
            raise ValueError(
                self.env._(
                    "%(column)s: %(value)s is the login of somebody else already.",
                    column=labels["email"],
                    value=email,
                )
            )
        if not self.env["res.users"].has_access("create"):
            raise ValueError(
                self.env._(
                    "%(column)s: only who may manage access rights can give access to "
                    "the portal. Write no, or ask an administrator to read the sheet.",
                    column=labels["portal"],
                )
            )

    @api.model
    def _sheet_write(self, entries, company):
        partners = self.env["res.partner"]
        names = {}
        for entry in entries:
            if "new_customer" in entry.vals:
                name = entry.vals["new_customer"]
                names.setdefault(word(name), name)
        made = partners.create(
            [
                {"name": name, "is_company": True, "company_id": False}
                for name in names.values()
            ]
        )
        customers = dict(zip(names, made, strict=True))
        created = []
        for entry in entries:
            vals = dict(entry.vals)
            vals.pop("portal", None)
            new_customer = vals.pop("new_customer", None)
            if new_customer:
                vals["parent_id"] = customers[word(new_customer)].id
            if entry.state == NEW:
                created.append((entry, vals))
            elif vals:
                entry.record.write(vals)
        new = partners.create([vals for _entry, vals in created])
        for (entry, _vals), partner in zip(created, new, strict=True):
            entry.record = partner
        self._grant(entries, company)

    def _grant(self, entries, company):
        """Make portal users, without a mail: they are invited from the contact."""
        people = [entry.record for entry in entries if entry.vals.get("portal")]
        if not people:
            return
        users = self.env["res.users"]
        if not users.has_access("create"):
            raise AccessError(
                self.env._("Only who may manage access rights makes portal users.")
            )
        users.with_context(no_reset_password=True).create(
            [
                {
                    "partner_id": person.id,
                    "login": person.email_normalized,
                    "company_id": company.id,
                    "company_ids": [(6, 0, company.ids)],
                    "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                }
                for person in people
            ]
        )
