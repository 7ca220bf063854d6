# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.impact import Impact
from .itsm_ci_state import GONE


class ItsmCi(models.Model):
    """Impact: what fails with these, and what these may fail with (CFG-25).

    A breadth-first search by level, one statement each, whatever the number of items:
    nearest first, shortest paths, redundancies applied between the levels.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

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
        frontier = impact.roots
        level = 0
        while frontier and (depth is None or level < depth):
            level += 1
            rows = self.env.execute_query(
                self._level_sql(direction, frontier, list(impact.depth), date)
            )
            frontier = impact.add(level, rows)
        return impact

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
        seen = set(self.browse(impact.reached)._filtered_access("read").ids)
        for item in impact.reached:
            if item not in seen:
                del impact.depth[item]
                impact.before.pop(item, None)
        for item, (before, _relation) in list(impact.before.items()):
            if before not in impact.depth:
                del impact.before[item]

    # === The statement of one level ===

    @api.model
    @tools.ormcache("direction")
    def _impact_types(self, direction):
        """Ids of types along which one goes from source to target, and back."""
        # sudo: which way a failure travels does not depend on who asks
        types = self.env["itsm.ci.relation.type"].sudo()
        types = types.with_context(active_test=False).search([])
        along = {"down": "forward", "up": "backward"}[direction]
        against = {"down": "backward", "up": "forward"}[direction]
        return (
            types.filtered(lambda t: t.impact in (along, "both")).ids,
            types.filtered(lambda t: t.impact in (against, "both")).ids,
        )

    def _level_sql(self, direction, frontier, reached, date):
        """Rows ``(id, before, relation, redundancy)`` next to the frontier."""
        forward, backward = self._impact_types(direction)
        relation = self.env["itsm.ci.relation"]
        edges = SQL(
            """
            SELECT r.target_id AS hit, r.source_id AS by, r.id, r.redundancy_id
              FROM frontier f JOIN itsm_ci_relation r ON r.source_id = f.id
             WHERE r.type_id = ANY(%(forward)s) AND %(valid)s
             UNION ALL
            SELECT r.source_id, r.target_id, r.id, r.redundancy_id
              FROM frontier f JOIN itsm_ci_relation r ON r.target_id = f.id
             WHERE r.type_id = ANY(%(backward)s) AND %(valid)s""",
            forward=forward,
            backward=backward,
            valid=relation._valid_sql("r", date),
        )
        return SQL(
            """
            WITH frontier AS (SELECT unnest(%(frontier)s::int[]) AS id),
            reached AS (SELECT unnest(%(reached)s::int[]) AS id),
            edge AS MATERIALIZED (%(edges)s),
            hit AS (%(hits)s)
            SELECT DISTINCT ON (hit.hit) hit.hit, hit.by, hit.id, hit.redundancy_id
              FROM hit
              JOIN itsm_ci item ON item.id = hit.hit
             WHERE item.active AND item.state <> ALL(%(gone)s)
               AND NOT EXISTS (SELECT FROM reached WHERE reached.id = hit.hit)
             ORDER BY hit.hit, hit.by, hit.id""",
            frontier=frontier,
            reached=reached,
            edges=edges,
            hits=self._hits_sql(direction, date),
            gone=list(GONE),
        )

    def _hits_sql(self, direction, date):
        if direction == "up":
            return SQL("SELECT hit, by, id, redundancy_id FROM edge")
        # A redundancy whose member was just reached fails when too few live members
        # are left; the last member that went leads the path.
        return SQL(
            """
            SELECT e.hit, e.by, e.id, NULL::int AS redundancy_id
              FROM edge e LEFT JOIN itsm_ci_redundancy g ON g.id = e.redundancy_id
             WHERE g.id IS NULL OR g.ci_id <> e.hit
             UNION ALL
            SELECT touched.ci_id, touched.by, touched.id, touched.redundancy_id
              FROM (
                SELECT g.id AS redundancy_id, g.ci_id, g.required,
                       (array_agg(e.by ORDER BY e.id))[1] AS by,
                       min(e.id) AS id
                  FROM edge e JOIN itsm_ci_redundancy g
                    ON g.id = e.redundancy_id AND g.ci_id = e.hit
                 GROUP BY g.id
              ) touched
             WHERE touched.required > (
                SELECT count(DISTINCT member.id)
                  FROM itsm_ci_relation r
                  JOIN itsm_ci member ON member.id = CASE
                       WHEN r.source_id = touched.ci_id THEN r.target_id
                       ELSE r.source_id END
                 WHERE r.redundancy_id = touched.redundancy_id AND %(valid)s
                   AND member.active AND member.state <> ALL(%(gone)s)
                   AND NOT EXISTS (SELECT FROM reached WHERE reached.id = member.id)
             )""",
            valid=self.env["itsm.ci.relation"]._valid_sql("r", date),
            gone=list(GONE),
        )

    # === What people open ===

    def action_impact(self):
        """Open the impact of these configuration items."""
        if not self:
            raise UserError(self.env._("Choose at least one configuration item."))
        wizard = self.env["itsm.ci.impact"].create({"ci_ids": self.ids})
        return wizard._action_open()
