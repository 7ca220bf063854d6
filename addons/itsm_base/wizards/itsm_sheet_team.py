# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools.sheet import CHANGED, ERROR, NEW, SAME, Column
from ..tools.text_file import fold


class ItsmSheetTeam(models.AbstractModel):
    """Teams and their members: a row for each member of a team."""

    _name = "itsm.sheet.team"
    _inherit = "itsm.sheet"
    _description = "Sheet: Teams and Members"

    _sheet_columns = (
        Column("team", ("Team", "团队", "服务组", "小组"), required=True),
        Column("member", ("Member", "成员", "工程师")),
        Column("leader", ("Leader", "Is Leader", "组长", "是否组长")),
        Column("alias", ("Mail Address", "Alias", "邮箱", "邮件地址")),
    )

    @api.model
    def _sheet_check_access(self, company):
        self.env["helpdesk.ticket.team"].check_access("create")
        self.env["helpdesk.ticket.team"].check_access("write")

    @api.model
    def _sheet_compare(self, entries, company):
        self._sheet_refuse_twice(
            entries,
            lambda entry: (
                fold(entry.values.get("team")),
                fold(entry.values.get("member")),
            ),
        )
        teams = self._sheet_teams(company)
        users = self._sheet_users({e.values.get("member") for e in entries})
        labels = {column.name: column.label for column in self._sheet_columns}
        taken = self._taken_aliases(entries)
        made, given = set(), {}
        for entry in entries:
            if entry.state == ERROR:
                continue
            try:
                team = self._team_of(entry, teams, labels["team"])
                changes = self._compare_member(entry, team, company, users, labels)
                changes += self._compare_alias(
                    entry, team, company, (taken, given), labels["alias"]
                )
            except ValueError as error:
                entry.fail(str(error))
                continue
            name = team or fold(entry.values["team"])
            entry.record = team
            entry.state = NEW if not team else CHANGED if changes else SAME
            entry.message = ", ".join(changes) if team else ""
            if entry.state == NEW and name in made:
                entry.message = self.env._("Another member of the new team")
            made.add(name)
            if "alias" in entry.vals:
                given["team", name] = given["address", entry.vals["address"]] = entry

    def _team_of(self, entry, teams, label):
        """The team that a row names, empty if it is new.

        :raise ValueError: none is named, or more than one has the name
        """
        name = entry.values.get("team")
        if not name:
            raise ValueError(self.env._("%(column)s: the cell is empty.", column=label))
        same = teams.get(fold(name), self.env["helpdesk.ticket.team"])
        same = self._sheet_called(same, name)
        if len(same) > 1:
            raise ValueError(
                self.env._(
                    "%(column)s: %(count)s teams are called “%(value)s”. Rename one.",
                    column=label,
                    count=len(same),
                    value=name,
                )
            )
        return same

    def _compare_member(self, entry, team, company, users, labels):
        """What a row changes of the people of a team: list of labels.

        :raise ValueError: the member cannot be one
        """
        values, changes = entry.values, []
        if not values.get("member"):
            if values.get("leader"):
                raise ValueError(
                    self.env._(
                        "%(column)s: name the member in the same row.",
                        column=labels["leader"],
                    )
                )
            return changes
        user = self._sheet_user(users, values["member"], labels["member"])
        companies = user.sudo().company_ids  # sudo: where a colleague may work
        if company not in companies:
            raise ValueError(
                self.env._(
                    "%(column)s: %(user)s may not work in %(company)s. Allow the "
                    "company on the user first.",
                    column=labels["member"],
                    user=user.name,
                    company=company.name,
                )
            )
        entry.vals["member"] = user
        if user not in team.user_ids:
            changes.append(labels["member"])
        if values.get("leader") and self._sheet_yes(values["leader"], labels["leader"]):
            entry.vals["leader"] = user
            if team.user_id != user:
                changes.append(labels["leader"])
        return changes

    # === Mail addresses ===

    def _alias_name(self, text):
        """A mail address as Odoo keeps it: the part before the @, or "".

        As it is kept, or every reading would change it.
        """
        aliases = self.env["mail.alias"]
        local = (text or "").split("@")[0].strip()
        if not aliases._is_encodable(local):
            return ""
        return aliases._sanitize_alias_name(local) or ""

    def _taken_aliases(self, entries):
        """Aliases that have the names of a sheet, by name and domain."""
        names = {self._alias_name(entry.values.get("alias")) for entry in entries}
        aliases = self.env["mail.alias"].sudo()  # sudo: whether an address is taken
        found = aliases.search([("alias_name", "in", list(names - {""}))])
        return {(alias.alias_name, alias.alias_domain_id): alias for alias in found}

    def _compare_alias(self, entry, team, company, known, label):
        """What a row changes of the address of a team: list of labels.

        :param known: aliases that exist, as `_taken_aliases`, and the rows before that
            give an address, by ``("team", name)`` and by ``("address", address)``
        :raise ValueError: the address is none, or cannot be given to the team
        """
        text = entry.values.get("alias")
        if not text:
            return []
        name = self._alias_name(text)
        if not name:
            raise ValueError(
                self.env._(
                    "%(column)s: “%(value)s” is not a mail address. Write Latin "
                    "letters and digits, such as servicedesk.",
                    column=label,
                    value=text,
                )
            )
        taken, given = known
        holder = (team.alias_id or company).sudo()  # sudo: to read the mail domain
        domain = holder.alias_domain_id
        address = f"{name}@{domain.name}" if domain else name
        before = given.get(("team", team or fold(entry.values["team"])))
        if before and before.vals["address"] != address:
            raise ValueError(
                self.env._(
                    "%(column)s: row %(row)s gives the team another address. Keep one "
                    "of them.",
                    column=label,
                    row=before.number,
                )
            )
        other = given.get(("address", address))
        if other and other is not before:
            raise ValueError(
                self.env._(
                    "%(column)s: %(address)s is given to another team by row %(row)s.",
                    column=label,
                    address=address,
                    row=other.number,
                )
            )
        if name in (domain.bounce_alias, domain.catchall_alias):
            raise ValueError(
                self.env._(
                    "%(column)s: %(address)s is kept for answers and bounces of all "
                    "mail. Choose another address.",
                    column=label,
                    address=address,
                )
            )
        alias = taken.get((name, domain))
        if alias and alias != team.alias_id:
            raise ValueError(
                self.env._(
                    "%(column)s: %(address)s is taken already. Choose another address, "
                    "or free it where it is used.",
                    column=label,
                    address=address,
                )
            )
        entry.vals.update(alias=name, address=address)
        return [label] if team.alias_name != name else []

    # === Writing ===

    @api.model
    def _sheet_write(self, entries, company):
        teams = self.env["helpdesk.ticket.team"]
        by_team = {}
        for entry in entries:
            key = entry.record or fold(entry.values["team"])
            by_team.setdefault(key, []).append(entry)
        for rows in by_team.values():
            team = rows[0].record
            if not team:
                team = teams.create(
                    {"name": rows[0].values["team"], "company_id": company.id}
                )
            vals = {}
            members = self.env["res.users"].union(
                *(row.vals.get("member", self.env["res.users"]) for row in rows)
            )
            if members - team.user_ids:
                vals["user_ids"] = [(4, user.id) for user in members - team.user_ids]
            for row in rows:
                if row.vals.get("leader") and team.user_id != row.vals["leader"]:
                    vals["user_id"] = row.vals["leader"].id
                if row.vals.get("alias") and team.alias_name != row.vals["alias"]:
                    vals["alias_name"] = row.vals["alias"]
            if vals:
                team.write(vals)
