# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.models.itsm_kpi_measure import INCIDENT, VALID
from odoo.addons.itsm_base.tools.period import local_date, midnight_utc

from .helpdesk_ticket_lifecycle import AT_WORK

#: Limits of the bars of the backlog's age, in days.
AGE_LIMITS = (0, 1, 3, 7, 30, None)
#: Days of the picture of intake and solutions, today included.
DAYS_SHOWN = 7
#: Days over which the rate of the first line is read, today included.
RATE_DAYS = 30
#: Teams on the screen; those with most to do come first.
TEAMS_SHOWN = 8


class ItsmWall(models.AbstractModel):
    """The figures of the wall screen (issue 5, Pictures; DSK-02, DSK-03, INC-23).

    Everything is counted with the rights of the reader: who may not see a ticket does
    not find it in a figure. Each figure carries the domain of the list behind it, and
    is the number of records of that list. Archived tickets, duplicates and imported
    history are left out.
    """

    _name = "itsm.wall"
    _description = "Wall Screen"

    # === For the screen ===

    @api.model
    @api.readonly
    def read_figures(self, filters=None):
        """All figures of the wall screen; a constant number of queries.

        :param dict filters: ``team_ids`` and ``company_ids``, lists of ids; an empty or
            missing list filters nothing. Unknown teams and companies are counted as
            they are: there is nothing behind them.
        :return: dict of plain values: ``now`` (UTC), ``zone`` in which a day is cut,
            ``tiles``, ``priorities``, ``ages``, ``days``, ``first_line``, ``teams``,
            ``choices`` of the filters. A figure is a dict with ``count`` and
            ``domain``, the list behind it.
        :raise AccessError: the user is not of the service desk
        :raise UserError: the filters are not what they should be
        """
        if not self.env.user.has_group("helpdesk_mgmt.group_helpdesk_user_own"):
            raise AccessError(
                self.env._("The wall screen is for people of the service desk.")
            )
        now = fields.Datetime.now()
        chosen = self._chosen(filters or {})
        company = self.env["res.company"].browse(chosen["company_ids"][:1])
        company = (company & self.env.companies) or self.env.company
        zone = self.env["itsm.kpi"]._kpi_zone(company)
        base = Domain("duplicate_id", "=", False) & Domain("is_history", "=", False)
        for name, ids in (
            ("team_id", chosen["team_ids"]),
            ("company_id", chosen["company_ids"]),
        ):
            if ids:
                base &= Domain(name, "in", ids)
        at_work = base & Domain("stage_id.itsm_state", "in", AT_WORK)
        return {
            "now": fields.Datetime.to_string(now),
            "zone": zone,
            **self._open_figures(at_work, now),
            **self._day_figures(base, now, zone),
            "teams": self._team_figures(at_work, chosen["team_ids"]),
            "choices": self._choices(),
        }

    # === What is open ===

    @api.model
    def _open_figures(self, at_work, now):
        """Tiles, priorities and ages of what is open: one statement."""
        late = Domain("clock_status", "in", ["breached"])
        parts = {
            "open": Domain.TRUE,
            "breached": late,
            "at_risk": Domain("clock_status", "in", ["at_risk"]),
            "unassigned": Domain("user_id", "=", False),
            "pause_overdue": Domain("pause_overdue", "=", True),
        }
        tickets = self.env["helpdesk.ticket"]
        priorities = tickets._fields["priority"]._description_selection(self.env)
        for value, _label in priorities:
            parts["priority", value] = Domain("priority", "=", value)
            parts["late", value] = Domain("priority", "=", value) & late
        for limits in pairwise(AGE_LIMITS):
            parts["age", limits] = self._aged(now, *limits)
        figures = self._figures(at_work, parts)
        words = self._open_words()
        return {
            "tiles": [
                {
                    "key": key,
                    "label": label,
                    "level": level if figures[key]["count"] else calm,
                    "word": word if figures[key]["count"] else nothing,
                    **figures[key],
                }
                for key, label, level, calm, word, nothing in words
            ],
            "priorities": [
                {
                    "key": value,
                    "label": label,
                    "late": figures["late", value],
                    **figures["priority", value],
                }
                for value, label in reversed(priorities)
            ],
            "ages": [
                {"key": start, "label": label, **figures["age", (start, stop)]}
                for (start, stop), label in zip(
                    pairwise(AGE_LIMITS), self._age_labels(), strict=True
                )
            ],
        }

    @api.model
    def _open_words(self):
        """Key, label, level, level of none, word, word of none: never colour alone."""
        return [
            ("open", self.env._("Open"), "plain", "plain", "", ""),
            (
                "breached",
                self.env._("Breached"),
                "danger",
                "success",
                self.env._("Too late: act now"),
                self.env._("None too late"),
            ),
            (
                "at_risk",
                self.env._("At risk"),
                "warning",
                "success",
                self.env._("Soon too late"),
                self.env._("None at risk"),
            ),
            (
                "unassigned",
                self.env._("Without assignee"),
                "warning",
                "success",
                self.env._("To be taken"),
                self.env._("All taken"),
            ),
            (
                "pause_overdue",
                self.env._("Paused too long"),
                "warning",
                "success",
                self.env._("Ask again"),
                self.env._("None to ask"),
            ),
        ]

    @api.model
    def _age_labels(self):
        return [
            self.env._("up to 1 day"),
            self.env._("1 to 3 days"),
            self.env._("3 to 7 days"),
            self.env._("7 to 30 days"),
            self.env._("over 30 days"),
        ]

    @api.model
    def _aged(self, now, start, stop):
        """Tickets reported at least *start* and less than *stop* days ago (INC-23)."""
        domain = Domain.TRUE
        if start:
            domain &= self._reported("<=", now - timedelta(days=start))
        if stop:
            domain &= self._reported(">", now - timedelta(days=stop))
        return domain

    @api.model
    def _reported(self, operator, moment):
        """Tickets by the time of report; those older than ITSM by their creation."""
        known = Domain("reported_at", operator, moment)
        unknown = Domain("reported_at", "=", False)
        return known | (unknown & Domain("create_date", operator, moment))

    # === What came and went ===

    @api.model
    def _day_figures(self, base, now, zone):
        """Intake and solutions by day, and the rate of the first line: one statement.

        Days are cut in *zone*; the rate is that of KPI K43 over `RATE_DAYS` days.
        """
        today = local_date(zone, now)
        parts = {}
        days = [today - timedelta(days=DAYS_SHOWN - 1 - i) for i in range(DAYS_SHOWN)]
        for day in days:
            start = midnight_utc(zone, day)
            stop = midnight_utc(zone, day + timedelta(days=1))
            parts["reported", day] = self._reported(">=", start) & self._reported(
                "<", stop
            )
            parts["solved", day] = Domain("resolved_at", ">=", start) & Domain(
                "resolved_at", "<", stop
            )
        since = midnight_utc(zone, today - timedelta(days=RATE_DAYS - 1))
        counted = INCIDENT & VALID & Domain("resolved_at", ">=", since)
        parts["rate_counted"] = counted
        parts["rate_hits"] = (
            counted
            & Domain("support_line", "=", "1")
            & self.env["itsm.kpi"]._kpi_solved()
        )
        recent = self._reported(">=", since) | Domain("resolved_at", ">=", since)
        figures = self._figures(base, parts, within=recent)
        return {
            "days": [
                {
                    "date": fields.Date.to_string(day),
                    "reported": figures["reported", day],
                    "solved": figures["solved", day],
                }
                for day in days
            ],
            "first_line": {
                "days": RATE_DAYS,
                "hits": figures["rate_hits"],
                "counted": figures["rate_counted"],
            },
        }

    # === Teams ===

    @api.model
    def _team_figures(self, at_work, team_ids):
        """Size of the teams against their load (DSK-03), the fullest first.

        Teams that have nothing to do are shown after those that have; tickets without
        a team come last.
        """
        teams = self.env["helpdesk.ticket.team"]
        teams = teams.search([("id", "in", team_ids)] if team_ids else [])
        load = teams._itsm_load(at_work)
        rows = [
            {
                "id": team.id,
                "name": team.name or self.env._("Without team"),
                "people": load[team.id].people,
                "per_person": load[team.id].per_person,
                **{
                    part: self._figure(
                        at_work & Domain("team_id", "=", team.id) & domain,
                        load[team.id].counts[part],
                    )
                    for part, domain in teams._itsm_load_parts().items()
                },
            }
            for team in [*teams, teams.browse()]
            if team or load[False].counts["open"]
        ]
        rows.sort(key=lambda row: (not row["id"], -row["open"]["count"], row["name"]))
        return {"shown": rows[:TEAMS_SHOWN], "more": len(rows[TEAMS_SHOWN:])}

    # === Filters ===

    @api.model
    def _chosen(self, filters):
        """The filters as lists of ids.

        :raise UserError: they are not
        """
        chosen = {}
        for name in ("team_ids", "company_ids"):
            ids = filters.get(name) if isinstance(filters, dict) else None
            if ids is None and isinstance(filters, dict):
                ids = []
            if not isinstance(ids, list) or any(
                isinstance(i, bool) or not isinstance(i, int) for i in ids
            ):
                raise UserError(
                    self.env._("Wall Screen: %(name)s is a list of numbers.", name=name)
                )
            chosen[name] = ids
        return chosen

    @api.model
    def _choices(self):
        """What may be filtered by: teams the reader sees, companies he has chosen."""
        teams = self.env["helpdesk.ticket.team"].search_fetch(
            [], ["name", "company_id"], order="sequence, name"
        )
        return {
            "teams": [{"id": team.id, "name": team.name} for team in teams],
            "companies": [
                {"id": company.id, "name": company.name}
                for company in self.env.companies
            ],
        }

    # === Counting ===

    @api.model
    def _figures(self, base, parts, within=None):
        """The figure of each part of *base*, counted by one statement.

        :param Domain base: what all parts have in common
        :param dict parts: `Domain` by key
        :param Domain within: what the tickets of all parts have in common besides, for
            the database; it changes no figure
        :return: dict of figures by key
        """
        tickets = self.env["helpdesk.ticket"]
        query = tickets._search(base & within if within is not None else base)
        if query.is_empty():
            counts = [0] * len(parts)
        else:
            # sudo: which tickets count is decided above; who reads one reads its clocks
            facts = tickets.sudo()
            columns = [
                SQL(
                    "COUNT(*) FILTER (WHERE %s)",
                    part.optimize_full(facts)._to_sql(facts, query.table, query),
                )
                for part in parts.values()
            ]
            [counts] = self.env.execute_query(query.select(*columns))
        return {
            key: self._figure(base & part, count)
            for (key, part), count in zip(parts.items(), counts, strict=True)
        }

    @api.model
    def _figure(self, domain, count):
        """A figure with the list behind it, as plain values."""
        return {"count": count, "domain": [self._plain(item) for item in domain]}

    @api.model
    def _plain(self, item):
        """A term of a domain as JSON has it."""
        if isinstance(item, str):
            return item
        name, operator, value = item
        if hasattr(value, "isoformat"):
            value = fields.Datetime.to_string(value)
        elif isinstance(value, Domain):
            value = [self._plain(term) for term in value]
        elif isinstance(value, (list, tuple, set, frozenset)) or (
            not isinstance(value, str) and hasattr(value, "__iter__")
        ):
            value = list(value)
        return [name, operator, value]
