# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .helpdesk_ticket_lifecycle import AT_WORK


class Load(NamedTuple):
    """People of a team and tickets by part."""

    people: int
    counts: dict

    @property
    def per_person(self):
        """Open tickets for each person; False if there is nobody."""
        return self.counts["open"] / self.people if self.people else False


class HelpdeskTicketTeam(models.Model):
    """Size of a team against its load (DSK-02, DSK-03).

    Counted are the tickets that the reader may see; duplicates and imported history
    are left out.
    """

    _inherit = "helpdesk.ticket.team"

    load_people = fields.Integer(
        string="People",
        compute="_compute_load",
        help="Members of the team who can log in.",
    )
    load_open = fields.Integer(string="Open Tickets", compute="_compute_load")
    load_per_person = fields.Float(
        string="Open per Person", compute="_compute_load", digits=(16, 1)
    )
    load_unassigned = fields.Integer(string="Without Assignee", compute="_compute_load")
    load_breached = fields.Integer(string="Breached", compute="_compute_load")

    @api.depends_context("uid", "allowed_company_ids")
    @api.depends("user_ids")
    def _compute_load(self):
        load = self._itsm_load(self._itsm_load_domain())
        for team in self:
            row = load[team._origin.id]
            team.load_people = row.people
            team.load_open = row.counts["open"]
            team.load_per_person = row.per_person
            team.load_unassigned = row.counts["unassigned"]
            team.load_breached = row.counts["breached"]

    @api.model
    def _itsm_load_domain(self):
        """What is open: the load of the desk."""
        return (
            Domain("duplicate_id", "=", False)
            & Domain("is_history", "=", False)
            & Domain("stage_id.itsm_state", "in", AT_WORK)
        )

    @api.model
    def _itsm_load_parts(self):
        """The parts of the load that are counted, by name."""
        return {
            "open": Domain.TRUE,
            "unassigned": Domain("user_id", "=", False),
            "breached": Domain("clock_status", "in", ["breached"]),
        }

    def _itsm_load(self, at_work):
        """The load of each team by its id, and of no team under False.

        A constant number of queries, whatever the number of teams.

        :param Domain at_work: the tickets that are counted, with the reader's rights
        :return: dict of `Load`
        """
        tickets = self.env["helpdesk.ticket"]
        parts = self._itsm_load_parts()
        ids = [*self._origin.ids, False]
        counts = {team_id: dict.fromkeys(parts, 0) for team_id in ids}
        query = tickets._search(at_work & Domain("team_id", "in", ids))
        if not query.is_empty():
            team = tickets._field_to_sql(query.table, "team_id", query)
            query.groupby = team
            # sudo: which tickets count is decided above; who reads one reads its clocks
            facts = tickets.sudo()
            columns = [
                SQL(
                    "COUNT(*) FILTER (WHERE %s)",
                    part.optimize_full(facts)._to_sql(facts, query.table, query),
                )
                for part in parts.values()
            ]
            for team_id, *row in self.env.execute_query(query.select(team, *columns)):
                counts[team_id or False] = dict(zip(parts, row, strict=True))
        # sudo: how many people a team has is no secret to who may read the team
        people = {team.id: len(team.user_ids) for team in self._origin.sudo()}
        return {
            team_id: Load(people.get(team_id, 0), row)
            for team_id, row in counts.items()
        }

    def action_open_load(self):
        """Open the tickets of the team; the context key ``load`` names the part.

        :return: the action; the list has as many records as the figure says
        """
        self.ensure_one()
        part = self.env.context.get("load")
        domain = self._itsm_load_domain() & Domain("team_id", "=", self.id)
        domain &= self._itsm_load_parts().get(part, Domain.TRUE)
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "helpdesk.ticket",
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
            "domain": list(domain),
        }
