# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models

from ..tools.sheet import CHANGED, ERROR, NEW, SAME, Column
from ..tools.text_file import word


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
                word(entry.values.get("team")),
                word(entry.values.get("member")),
            ),
        )
        teams = self._teams(entries, company)
        users = self._sheet_users({e.values.get("member") for e in entries})
        labels = {column.name: column.label for column in self._sheet_columns}
        made = set()
        for entry in entries:
            if entry.state == ERROR:
                continue
            try:
                self._compare_row(entry, company, teams, users, labels)
            except ValueError as error:
                entry.fail(str(error))
                continue
            if entry.state == NEW and word(entry.values["team"]) in made:
                entry.message = self.env._("Another member of the new team")
            made.add(word(entry.values["team"]))

    def _teams(self, entries, company):
        """Teams of the company or of all, by `word` of their names."""
        names = {entry.values.get("team") for entry in entries} - {None}
        teams = self.env["helpdesk.ticket.team"].search(
            [
                ("name", "in", list(names)),
                ("company_id", "in", [False, company.id]),
            ],
            order="company_id, id",
        )
        return teams.grouped(lambda team: word(team.name))

    def _compare_row(self, entry, company, teams, users, labels):
        values = entry.values
        if not values.get("team"):
            raise ValueError(
                self.env._("%(column)s: the cell is empty.", column=labels["team"])
            )
        same = teams.get(word(values["team"]), self.env["helpdesk.ticket.team"])
        if len(same) > 1:
            raise ValueError(
                self.env._(
                    "%(column)s: %(count)s teams are called “%(value)s”. Rename one.",
                    column=labels["team"],
                    count=len(same),
                    value=values["team"],
                )
            )
        entry.record, changes = same, []
        if values.get("member"):
            user = self._sheet_user(users, values["member"], labels["member"])
            # sudo: the companies of a colleague
            if company not in user.sudo().company_ids:
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
            if user not in same.user_ids:
                changes.append(labels["member"])
            if values.get("leader") and self._sheet_yes(
                values["leader"], labels["leader"]
            ):
                entry.vals["leader"] = user
                if same.user_id != user:
                    changes.append(labels["leader"])
        elif values.get("leader"):
            raise ValueError(
                self.env._(
                    "%(column)s: name the member in the same row.",
                    column=labels["leader"],
                )
            )
        if values.get("alias"):
            # as it is kept, or every reading would change it
            alias = values["alias"].split("@")[0]
            name = self.env["mail.alias"]._sanitize_alias_name(alias)
            entry.vals["alias"] = name
            if same.alias_name != name:
                changes.append(labels["alias"])
        entry.state = NEW if not same else CHANGED if changes else SAME
        entry.message = ", ".join(changes) if same else ""

    @api.model
    def _sheet_write(self, entries, company):
        teams = self.env["helpdesk.ticket.team"]
        by_team = {}
        for entry in entries:
            by_team.setdefault(word(entry.values["team"]), []).append(entry)
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
