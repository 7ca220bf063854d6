# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


class ItsmServiceDependency(models.Model):
    """One service needs another one, or does the same (CAT-10).

    What needs something is never needed by it, at whatever distance.
    """

    _name = "itsm.service.dependency"
    _description = "Dependency of a Service"
    _inherit = ["itsm.approval.line.mixin"]
    _order = "service_id, kind, id"
    _approval_parent = "service_id"
    _check_company_auto = True
    _rec_name = "depends_on_id"

    service_id = fields.Many2one(
        comodel_name="itsm.service", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="service_id.company_id", store=True)
    kind = fields.Selection(
        selection=[("needs", "Needs"), ("duplicates", "Does the same as")],
        required=True,
        default="needs",
    )
    depends_on_id = fields.Many2one(
        comodel_name="itsm.service",
        string="Other Service",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    note = fields.Char(string="Remark")

    _pair_uniq = models.UniqueIndex(
        "(service_id, kind, depends_on_id)",
        "The service names this dependency already.",
    )

    # === Constraints ===

    @api.constrains("service_id", "depends_on_id", "kind")
    def _check_cycle(self):
        """Refuse a service that needs itself, and duplicates of itself.

        :raise ValidationError: naming the way round
        """
        for line in self:
            if line.service_id == line.depends_on_id:
                raise ValidationError(
                    self.env._(
                        "Dependencies: %(service)s can neither need nor duplicate "
                        "itself. Choose another service.",
                        service=line.service_id.display_name,
                    )
                )
        needs = self.filtered(lambda line: line.kind == "needs")
        if not needs:
            return
        edges = self._edges_from(needs.depends_on_id.ids)
        for line in needs:
            way = self._way(edges, line.depends_on_id.id, line.service_id.id)
            if way:
                # sudo: the way round is named to who may write one end of it
                names = (
                    self.env["itsm.service"].sudo().browse([line.service_id.id, *way])
                )
                raise ValidationError(
                    self.env._(
                        "Dependencies: %(way)s. A service cannot need itself, directly "
                        "or through others. Take one of these dependencies away.",
                        way=" → ".join(service.display_name for service in names),
                    )
                )

    @api.model
    def _edges_from(self, service_ids):
        """All that these services need, at whatever distance: one query.

        :param list service_ids: ids of ``itsm.service``
        :return: ids of the needed services by id
        :rtype: dict[int, list[int]]
        """
        self.flush_model(["service_id", "depends_on_id", "kind"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE reached(id) AS (
                    SELECT unnest(%s)
                     UNION
                    SELECT dependency.depends_on_id
                      FROM itsm_service_dependency dependency
                      JOIN reached ON reached.id = dependency.service_id
                     WHERE dependency.kind = 'needs'
                )
                SELECT dependency.service_id, dependency.depends_on_id
                  FROM itsm_service_dependency dependency
                  JOIN reached ON reached.id = dependency.service_id
                 WHERE dependency.kind = 'needs'
                 ORDER BY dependency.id
                """,
                list(service_ids),
            )
        )
        edges = defaultdict(list)
        for service_id, needed_id in rows:
            edges[service_id].append(needed_id)
        return edges

    @api.model
    def _way(self, edges, start, goal):
        """The shortest way along edges, both ends included; empty if there is none.

        :rtype: list[int]
        """
        before, level = {start: None}, [start]
        while level and goal not in before:
            following = []
            for node in level:
                for needed in edges.get(node, ()):
                    if needed not in before:
                        before[needed] = node
                        following.append(needed)
            level = following
        if goal not in before:
            return []
        way = [goal]
        while before[way[-1]] is not None:
            way.append(before[way[-1]])
        return way[::-1]
