# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Which records rows of a source mean, for `reconciler.Reconciler`: set-based."""

from odoo.tools import SQL

from odoo.addons.itsm_base.tools.text_file import word


class Matching:
    """Looking up: records that cells name, links, and keys of identification."""

    # --- records that cells name ---

    def _resolve(self, entries):
        """Look up the records that cells name, one query for each kind."""
        for column in self.columns:
            if not column.comodel:
                continue
            texts = {
                str(value).strip()
                for entry in entries
                if (value := column.text(entry.cells.get(column.name)))
                and isinstance(value, str | int)
            }
            texts = {t for t in texts if t and t.casefold() not in column.records}
            if texts:
                found = getattr(self, "_find_" + column.comodel.replace(".", "_"))
                if column.comodel != "itsm.ci":
                    # an item may still be made by a later row
                    column.records |= dict.fromkeys(t.casefold() for t in texts)
                column.records |= found(column, texts)

    def _find_res_users(self, _column, texts):
        users = self.env["itsm.sheet"]._sheet_users(texts)
        return {text: user.id for text, user in users.items()}

    def _find_res_partner(self, _column, texts):
        company = self.source.company_id or self.env["res.company"]
        sheet = self.env["itsm.sheet"]
        partners = sheet._sheet_partners(texts, company)
        found = {}
        for text in texts:
            same_name = partners.get(word(text), self.env["res.partner"])
            same_name = sheet._sheet_called(same_name, text)
            same_name = same_name.filtered("is_company") or same_name
            if len(same_name) == 1:
                found[text.casefold()] = same_name.id
        return found

    def _find_itsm_ci(self, column, texts):
        """Items by number, host name, external ID or name: the first that is one."""
        rows = self._items_called(
            ("number", "hostname", "external_id", "asset_tag", "name"), texts
        )
        places = None
        if column.target == "location_id":
            classes = self.env["itsm.ci.class"].search([("is_place", "=", True)])
            places = set(classes.ids)
        found = {}
        for text, by in rows.items():
            for ids in by.values():
                ids = [i for i, class_id in ids if not places or class_id in places]
                if ids:
                    if len(ids) == 1:
                        found[text] = ids[0]
                    break
        return found

    def _items_called(self, names, texts):
        """``{text: {field: [(id, class), …]}}`` of active items in the companies."""
        texts = list({text.casefold() for text in texts})
        found = {}
        for name in names:
            query = SQL(
                "SELECT v.text, c.id, c.class_id FROM unnest(%s::text[]) v(text)"
                " JOIN itsm_ci c ON lower(%s) = v.text WHERE %s",
                texts,
                SQL.identifier("c", name),
                self._scope(),
            )
            for text, item_id, class_id in self.env.execute_query(query):
                by = found.setdefault(text, {})
                by.setdefault(name, []).append((item_id, class_id))
        return found

    def _scope(self):
        """Which items are looked at: active ones, of the company and of all."""
        if not self.company_id:
            return SQL("c.active AND c.company_id IS NULL")
        return SQL(
            "c.active AND (c.company_id = %s OR c.company_id IS NULL)", self.company_id
        )

    # --- recognising ---

    def _find_links(self, entries):
        """The items that the source knows by the keys of the rows."""
        by_key = {}
        for entry in entries:
            if not entry.key:
                continue
            first = by_key.setdefault(entry.key, entry)
            if first is not entry and not entry.outcome and self._writes():
                entry.fail(
                    self.env._(
                        "The same key as row %(row)s: %(key)s.",
                        row=first.number,
                        key=entry.key,
                    )
                )
        rows = self.env.execute_query(
            SQL(
                """SELECT l.key, l.id, l.ci_id, l.is_alias, c.active, c.company_id,
                          c.class_id, l.token,
                          (SELECT min(o.id) FROM itsm_ci_source_link o
                                        WHERE o.ci_id = l.ci_id
                                          AND o.source_id = l.source_id
                                          AND NOT COALESCE(o.is_alias, false))
                     FROM itsm_ci_source_link l JOIN itsm_ci c ON c.id = l.ci_id
                    WHERE l.source_id = %s AND l.key = ANY(%s)""",
                self.source.id,
                list(by_key),
            )
        )
        links = {row[0]: row[1:] for row in rows}
        for entry in entries:
            if not entry.key or entry.key not in links:
                continue
            link, item, alias, active, company, class_id, token, first = links[
                entry.key
            ]
            if self.is_late and token != self.token:
                if not entry.outcome:
                    entry.fail(
                        self.env._("The source has named this since: nothing changed."),
                        "skipped",
                    )
                continue
            entry.link = link
            if entry.outcome:
                continue
            entry.item = item
            entry.known = class_id
            if alias or (first and first != link):
                entry.fail(
                    self.env._("The source names this item by another key too."),
                    "skipped",
                )
            elif not active:
                entry.fail(
                    self.env._(
                        "The configuration item is archived; the row changes nothing."
                    ),
                    "skipped",
                )
            elif company != self.company_id:
                entry.fail(
                    self.env._(
                        "The configuration item has moved to another company: remove "
                        "it from the known items."
                    )
                )

    def _writes(self):
        """Whether rows say something about items, not about relations only."""
        return any(column.precedence != "never" for column in self.columns)

    def _identify(self, entries):
        """The candidates of rows that the source has not named before, key by key."""
        for rule, columns in self.rules:
            asked = []
            for entry in entries:
                if entry.candidates:
                    continue
                values = self._rule_values(entry, rule, columns)
                if values:
                    asked.append((entry, values))
            if not asked:
                continue
            for number, item_id, class_id, company in self._matches(columns, asked):
                entry = asked[number - 1][0]
                if rule.same_class and not self._fits(class_id, entry.ci_class):
                    continue
                entry.candidates.append((item_id, class_id, company))

    def _fits(self, class_id, ci_class):
        other = self.env["itsm.ci.class"].browse(class_id)
        return bool(ci_class) and self._is_below(other, ci_class)

    def _matches(self, columns, asked):
        """``(number, item, class, company)`` for each that has the values of a row."""
        arrays, conditions = [], []
        for place, column in enumerate(columns):
            arrays.append(
                SQL("%s::text[]", [str(values[place]) for _entry, values in asked])
            )
            value = SQL.identifier("v", f"v{place}")
            name = SQL.identifier("c", column.target)
            if column.code:
                conditions.append(
                    SQL("lower(c.attributes ->> %s) = lower(%s)", column.code, value)
                )
            elif column.kind in ("char", "text"):
                conditions.append(SQL("lower(%s) = lower(%s)", name, value))
            else:
                conditions.append(SQL("%s = %s::int", name, value))
        names = [SQL.identifier(f"v{place}") for place in range(len(columns))]
        return self.env.execute_query(
            SQL(
                "SELECT v.number, c.id, c.class_id, c.company_id"
                " FROM unnest(%s) WITH ORDINALITY v(%s, number)"
                " JOIN itsm_ci c ON %s WHERE %s ORDER BY 1, 2",
                SQL(", ").join(arrays),
                SQL(", ").join(names),
                SQL(" AND ").join(conditions),
                self._scope(),
            )
        )
