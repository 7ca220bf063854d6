# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ..tools.impact import Impact
from .itsm_ci_state import GONE

#: What is gone, as the index `_gone_idx` has it.
GONE_SQL = SQL(
    "(gone.active IS NOT TRUE OR gone.state IN (%s))",
    SQL(", ").join(SQL("%s", state) for state in GONE),
)
#: A relation and the item that it leads from, as one number.
WAY = SQL("min(e.id::bigint << 32 | e.by)")
#: Redundancies that hold are named up to so many, and counted beyond.
NAMED = 3
#: Questions that are asked in one statement.
QUESTIONS = 100
#: No redundancy of the one that is hit stands behind the relation.
UNPROTECTED = SQL(
    "(e.redundancy_id IS NULL OR NOT EXISTS (SELECT FROM itsm_ci_redundancy g"
    " WHERE g.id = e.redundancy_id AND g.ci_id = e.hit))"
)


def _ids(ids):
    """One literal: a list would be parsed number by number, thousands of them."""
    return SQL("%s::int[]", f"{{{','.join(map(str, ids))}}}")


class ItsmCi(models.Model):
    """Impact: what fails with these, and what these may fail with (CFG-25).

    A breadth-first search by level, one statement each, whatever the number of items:
    nearest first, shortest paths, redundancies applied between the levels.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    _gone_idx = models.Index(
        "(id) WHERE active IS NOT TRUE OR state IN ('dismantled', 'cancelled')"
    )

    relation_source_ids = fields.One2many(
        comodel_name="itsm.ci.relation",
        inverse_name="source_id",
        string="Relations",
    )
    relation_target_ids = fields.One2many(
        comodel_name="itsm.ci.relation",
        inverse_name="target_id",
        string="Relations to It",
    )
    redundancy_ids = fields.One2many(
        comodel_name="itsm.ci.redundancy", inverse_name="ci_id", string="Redundancies"
    )
    relation_count = fields.Integer(
        string="Number of Relations", compute="_compute_relation_count"
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_relation_count(self):
        relations = self.env["itsm.ci.relation"]
        counts = {}
        for end in ("source_id", "target_id"):
            for item, count in relations._read_group(
                [(end, "in", self.ids), ("is_valid", "=", True)], [end], ["__count"]
            ):
                counts[item] = counts.get(item, 0) + count
        for item in self:
            item.relation_count = counts.get(item, 0)

    # === What is asked ===

    def _impact(self, direction="down", depth=None, date=None):
        """What fails with these configuration items, or what they may fail with.

        Down, an item that a redundancy protects is reached when too few of its members
        are left. Up, every member counts as a possible cause. What is dismantled,
        cancelled or archived is not reached and leads nowhere. Items that the user may
        not read are left out of the result, not of the search.

        :param str direction: ``down`` (who is affected), ``up`` (who may be the cause)
        :param int depth: levels at most; None: all
        :param date date: relations as they hold on this day; None: today
        :rtype: Impact
        """
        self.check_access("read")
        impact = self._search_impact(direction, depth, date)
        if not self.env.su:
            self._hide(impact)
        return impact

    def _search_impact(self, direction, depth=None, date=None):
        """As `_impact`, of everything, whoever may read it."""
        if direction not in ("down", "up"):
            raise ValueError(direction)
        self._flush_for_impact()
        date = date or fields.Date.context_today(self)
        impact = Impact(self.ids)
        # sudo: what is gone leads nowhere, whoever asks
        frontier = self.sudo().filtered(lambda i: i.active and i.state not in GONE).ids
        types = self._used_types(direction)
        level = 0
        while any(types) and frontier and (depth is None or level < depth):
            level += 1
            statement = self._level_sql(direction, types, frontier, date)
            rows = self.env.execute_query(statement)
            frontier = impact.add(level, rows)
        return impact

    @api.model
    def _search_impacts(self, questions):
        """What fails with each of several, as `_search_impact` finds it.

        One statement for each level of all of them, so constant queries.

        :param list questions: ``(itsm.ci, date)``, relations as they hold on that date
        :return: list of Impact, in the same order
        """
        self._flush_for_impact()
        impacts = [Impact(items.ids) for items, _date in questions]
        # sudo: what is gone leads nowhere, whoever asks
        roots = self.browse().union(*(items for items, _date in questions)).sudo()
        alive = set(roots.filtered(lambda i: i.active and i.state not in GONE).ids)
        types = self._used_types("down")
        frontiers = {
            number: [item for item in impact.roots if item in alive]
            for number, impact in enumerate(impacts)
        }
        level = 0
        while any(types) and any(frontiers.values()):
            level += 1
            left = [number for number, frontier in frontiers.items() if frontier]
            for part in split_every(QUESTIONS, left):
                statements = [
                    SQL(
                        "SELECT %s AS question, found.* FROM (%s) AS found",
                        number,
                        self._level_sql(
                            "down", types, frontiers[number], questions[number][1]
                        ),
                    )
                    for number in part
                ]
                rows = {number: [] for number in part}
                for number, *row in self.env.execute_query(
                    SQL(" UNION ALL ").join(statements)
                ):
                    rows[number].append(row)
                for number in part:
                    frontiers[number] = impacts[number].add(level, rows[number])
        return impacts

    def _flush_for_impact(self):
        self.flush_model(["active", "state"])
        relations = self.env["itsm.ci.relation"]
        relations.flush_model(
            ["type_id", "source_id", "target_id", "date_start", "date_end"]
            + ["redundancy_id"]
        )
        self.env["itsm.ci.redundancy"].flush_model(["ci_id", "required"])

    def _hide(self, impact):
        """Take out what the user may not read; paths end where they would lead in."""
        asked = {*impact.reached, *(row[0] for _level, row in impact.held.values())}
        query = self.with_context(active_test=False)._search([])
        query.add_where(
            SQL("%s = ANY(%s)", SQL.identifier(query.table, "id"), _ids(asked))
        )
        hidden = asked.difference(query)
        self._hide_held(impact, hidden)
        impact.hidden = hidden.intersection(impact.reached)
        if not impact.hidden:
            return
        for item in impact.hidden:
            del impact.depth[item]
            impact.before.pop(item, None)
        for item, (before, _relation) in list(impact.before.items()):
            if before not in impact.depth:
                del impact.before[item]

    @api.model
    def _hide_held(self, impact, hidden):
        """Take out redundancies, and what they keep going, that one may not read."""
        if not impact.held:
            return
        redundancies = self.env["itsm.ci.redundancy"].with_context(active_test=False)
        seen = set(redundancies._search([("id", "in", list(impact.held))]))
        impact.held = {
            redundancy: (level, row)
            for redundancy, (level, row) in impact.held.items()
            if redundancy in seen and row[0] not in hidden
        }

    @api.model
    def _spared_text(self, spared):
        """That a redundancy holds, in a sentence, and how much it can still lose.

        :param Spared spared: see ``Impact.spared``
        :rtype: str
        """
        values = {
            "ci": self.browse(spared.item).name,
            "required": spared.required,
            "members": spared.members,
            "left": spared.left,
            "reserve": spared.left - spared.required,
        }
        if values["reserve"]:
            return self.env._(
                "%(ci)s is not affected: %(required)s of %(members)s must be up, "
                "%(left)s are left; %(reserve)s in reserve.",
                **values,
            )
        if spared.left == 1:
            return self.env._(
                "%(ci)s is not affected: %(required)s of %(members)s must be up, "
                "%(left)s is left; no reserve.",
                **values,
            )
        return self.env._(
            "%(ci)s is not affected: %(required)s of %(members)s must be up, "
            "%(left)s are left; no reserve.",
            **values,
        )

    @api.model
    def _spared_summary(self, sentences):
        """The first of these sentences, and how many more there are: a list."""
        sentences = list(sentences)
        if len(sentences) <= NAMED:
            return sentences
        return [
            *sentences[:NAMED],
            self.env._(
                "%(count)s other redundancies lost members and hold.",
                count=len(sentences) - NAMED,
            ),
        ]

    # === The statement of one level ===

    @api.model
    @tools.ormcache("direction")
    def _impact_types(self, direction):
        """Ids of types along which one goes from source to target, and back."""
        # sudo: which way a failure travels does not depend on who asks
        types = self.env["itsm.ci.relation.type"].sudo()
        types = types.with_context(active_test=False).search([("impact", "!=", "none")])
        along = {"down": "forward", "up": "backward"}[direction]
        against = {"down": "backward", "up": "forward"}[direction]
        return (
            types.filtered(lambda t: t.impact in (along, "both")).ids,
            types.filtered(lambda t: t.impact in (against, "both")).ids,
        )

    def _used_types(self, direction):
        """As `_impact_types`, without those of which there is no relation.

        A way that nothing goes is not looked for at each item.
        """
        types = self._impact_types(direction)
        # from one type to the next in the index; the planner would read it whole
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE used AS (
                    (SELECT type_id AS id FROM itsm_ci_relation
                      ORDER BY type_id LIMIT 1)
                     UNION ALL
                    SELECT (SELECT r.type_id FROM itsm_ci_relation r
                             WHERE r.type_id > used.id
                             ORDER BY r.type_id LIMIT 1)
                      FROM used WHERE used.id IS NOT NULL
                )
                SELECT id FROM used"""
            )
        )
        used = {row[0] for row in rows}
        return tuple([number for number in ids if number in used] for ids in types)

    def _level_sql(self, direction, types, frontier, date):
        """Rows ``(id, way, redundancy, required, members)`` next to the frontier.

        The way is the smallest relation that leads there and the id it comes from, in
        one number: so it is an aggregate, and nothing is sorted. What was reached
        before comes again and is left out in Python: sending it each time costs more.
        OFFSET 0 and the double negation keep the planner at one index probe for each of
        the frontier; it would read the whole table at each level (tried: 6 × slower).
        """
        valid = self.env["itsm.ci.relation"]._valid_sql("r", date)
        edges = [
            SQL(
                """
                SELECT r.hit, f.id AS by, r.id, r.redundancy_id
                  FROM frontier f
            CROSS JOIN LATERAL (
                    SELECT %(there)s AS hit, r.id, r.redundancy_id
                      FROM itsm_ci_relation r
                     WHERE %(here)s = f.id
                       AND NOT r.type_id <> ALL(%(types)s) AND %(valid)s
                    OFFSET 0
                  ) r""",
                here=SQL.identifier("r", here),
                there=SQL.identifier("r", there),
                types=_ids(ids),
                valid=valid,
            )
            for here, there, ids in (
                ("source_id", "target_id", types[0]),
                ("target_id", "source_id", types[1]),
            )
            if ids
        ]
        return SQL(
            """
            WITH frontier AS (SELECT unnest(%(frontier)s) AS id),
            edge AS MATERIALIZED (%(edges)s)
            %(hits)s""",
            frontier=_ids(frontier),
            edges=SQL(" UNION ALL ").join(edges),
            hits=self._hits_sql(direction, valid),
        )

    def _hits_sql(self, direction, valid):
        plain = SQL(
            """
            SELECT h.hit, h.way, NULL::int, NULL::int, NULL::int[]
              FROM (
                SELECT e.hit, %(way)s AS way
                  FROM edge e
                 WHERE %(unprotected)s
                 GROUP BY e.hit
                OFFSET 0
              ) h
             WHERE NOT EXISTS (
                SELECT FROM itsm_ci gone WHERE gone.id = h.hit AND %(gone)s)""",
            way=WAY,
            gone=GONE_SQL,
            unprotected=UNPROTECTED if direction == "down" else SQL("TRUE"),
        )
        if direction == "up":
            return plain
        # Redundancies of which a member was just reached, with all that live.
        return SQL(
            """
            %(plain)s
             UNION ALL
            SELECT g.hit, g.way, g.id, g.required, ARRAY(
                SELECT DISTINCT member.id
                  FROM itsm_ci_relation r
                  JOIN itsm_ci member ON member.id = CASE
                       WHEN r.source_id = g.hit THEN r.target_id
                       ELSE r.source_id END
                 WHERE r.redundancy_id = g.id AND %(valid)s
                   AND NOT EXISTS (
                    SELECT FROM itsm_ci gone WHERE gone.id = member.id AND %(gone)s
                   )
             )
              FROM (
                SELECT e.redundancy_id AS id, e.hit, g.required, %(way)s AS way
                  FROM edge e
                  JOIN itsm_ci_redundancy g
                    ON g.id = e.redundancy_id AND g.ci_id = e.hit
                 WHERE NOT EXISTS (
                    SELECT FROM itsm_ci gone WHERE gone.id = e.hit AND %(gone)s)
                 GROUP BY e.redundancy_id, e.hit, g.required
                OFFSET 0
              ) g""",
            plain=plain,
            way=WAY,
            valid=valid,
            gone=GONE_SQL,
        )

    # === What people open ===

    def action_impact(self):
        """Open the impact of these configuration items."""
        if not self:
            raise UserError(self.env._("Choose at least one configuration item."))
        wizard = self.env["itsm.ci.impact"].create({"ci_ids": self.ids})
        return wizard._action_open()
