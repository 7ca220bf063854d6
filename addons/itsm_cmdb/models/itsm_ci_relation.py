# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci import ORIGINS

ENDS = {"source_id", "target_id"}
#: What of a relation follows the service catalogue.
CATALOGUE = ENDS | {"type_id", "date_start", "date_end"}


class ItsmCiRelation(models.Model):
    """What one configuration item has to do with another, and from when to when."""

    _name = "itsm.ci.relation"
    _description = "Relation of Configuration Items"
    _order = "type_id, id"
    _check_company_auto = True

    type_id = fields.Many2one(
        comodel_name="itsm.ci.relation.type",
        string="Relation",
        required=True,
        index=True,
        ondelete="restrict",
    )
    source_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="First",
        required=True,
        ondelete="restrict",
    )
    target_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Second",
        required=True,
        ondelete="restrict",
    )
    date_start = fields.Date(string="From", help="First day. Empty: always.")
    date_end = fields.Date(
        string="Until", help="Last day. Empty: until further notice."
    )
    redundancy_id = fields.Many2one(
        comodel_name="itsm.ci.redundancy",
        index="btree_not_null",
        ondelete="restrict",
        help="One of several that stand in for each other.",
    )
    note = fields.Char()
    origin = fields.Selection(
        selection=ORIGINS, readonly=True, copy=False, string="Recorded By Way Of"
    )
    is_catalogue = fields.Boolean(
        string="From the Catalogue",
        readonly=True,
        copy=False,
        help="It follows the service catalogue and is changed there.",
    )
    inverse_name = fields.Char(
        related="type_id.inverse_name", string="Relation, the Other Way"
    )
    source_class_id = fields.Many2one(
        related="source_id.class_id", string="Class of the First"
    )
    target_class_id = fields.Many2one(
        related="target_id.class_id", string="Class of the Second"
    )
    is_valid = fields.Boolean(
        string="Holds Today", compute="_compute_is_valid", search="_search_is_valid"
    )

    # all that impact reads of a relation: no page of the table is touched
    _source_idx = models.Index(
        "(source_id) INCLUDE"
        " (target_id, type_id, id, redundancy_id, date_start, date_end)"
    )
    _target_idx = models.Index(
        "(target_id) INCLUDE"
        " (source_id, type_id, id, redundancy_id, date_start, date_end)"
    )
    _open_uniq = models.UniqueIndex(
        "(type_id, source_id, target_id) WHERE date_end IS NULL",
        "The two have this relation already.",
    )
    _not_itself = models.Constraint(
        "CHECK(source_id <> target_id)",
        "A configuration item has no relation with itself.",
    )
    _dates = models.Constraint(
        "CHECK(date_end >= date_start)", "A relation cannot end before it begins."
    )

    # === Computes ===

    @api.depends("type_id", "source_id", "target_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for relation in self:
            relation.display_name = " ".join(
                (
                    relation.source_id.name or "",
                    relation.type_id.name or "",
                    relation.target_id.name or "",
                )
            )

    @api.depends("date_start", "date_end")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for relation in self:
            start, end = relation.date_start, relation.date_end
            relation.is_valid = (not start or start <= today) and (
                not end or end >= today
            )

    @api.model
    def _search_is_valid(self, operator, value):
        if operator != "in":
            return NotImplemented
        valid = self._valid_domain(fields.Date.context_today(self))
        return valid if True in value else ~valid

    @api.model
    def _valid_domain(self, date):
        """Relations that hold on a day."""
        return (Domain("date_start", "=", False) | Domain("date_start", "<=", date)) & (
            Domain("date_end", "=", False) | Domain("date_end", ">=", date)
        )

    # === Rules ===

    @api.constrains("type_id", "source_id", "target_id")
    def _check_classes(self):
        if guard.has_token(self.env):
            # no definition of the CMDB stops the catalogue of services
            return
        fits = {}
        for relation in self:
            kind = relation.type_id
            ends = (
                (relation.source_id, kind.source_class_ids, "source"),
                (relation.target_id, kind.target_class_ids, "target"),
            )
            for item, allowed, end in ends:
                key = kind, item.class_id, end
                if key not in fits:
                    fits[key] = not allowed or item.class_id._is_kind_of(allowed)
                if not fits[key]:
                    raise ValidationError(
                        self.env._(
                            "%(name)s is of the class %(ci_class)s. As the %(end)s of "
                            "“%(relation)s” only these fit: %(allowed)s.",
                            name=item.name,
                            ci_class=item.class_id.name,
                            end=self.env._("first")
                            if end == "source"
                            else self.env._("second"),
                            relation=kind.name,
                            allowed=", ".join(allowed.mapped("name")),
                        )
                    )

    @api.constrains("source_id", "target_id")
    def _check_companies(self):
        for relation in self.sudo():  # sudo: both ends count, seen or not
            one, two = relation.source_id.company_id, relation.target_id.company_id
            if one and two and one != two:
                raise ValidationError(
                    self.env._(
                        "%(one)s and %(other)s belong to different companies. Leave"
                        " the company of what both use empty.",
                        one=relation.source_id.name,
                        other=relation.target_id.name,
                    )
                )

    @api.constrains("type_id", "source_id", "target_id", "date_start", "date_end")
    def _check_cardinality(self):
        if guard.has_token(self.env):
            # no definition of the CMDB stops the catalogue of services
            return
        for kind, relations in self.grouped("type_id").items():
            for limit, end in (
                (kind.max_targets, "source_id"),
                (kind.max_sources, "target_id"),
            ):
                if limit:
                    relations._check_at_most(kind, end, limit)

    def _check_at_most(self, kind, end, limit):
        """At no time more than *limit* relations of the type at one end.

        :raise ValidationError: naming one that has too many
        """
        # sudo: what one may not see counts as well
        domain = [("type_id", "=", kind.id), (end, "in", self[end].ids)]
        for item, relations in self.sudo().search(domain).grouped(end).items():
            moments = {r.date_start for r in relations} | {False}
            for moment in moments:
                at = [r for r in relations if r._holds_on(moment)]
                if len(at) > limit:
                    raise ValidationError(
                        self.env._(
                            "%(name)s would have %(count)s relations “%(relation)s” at "
                            "a time; %(limit)s is the most. End the other one first.",
                            name=item.name,
                            count=len(at),
                            relation=kind.name
                            if end == "source_id"
                            else kind.inverse_name,
                            limit=limit,
                        )
                    )

    def _holds_on(self, date):
        """Whether it holds on a day; no day: whether it has always held."""
        self.ensure_one()
        if not date:
            return not self.date_start
        return (not self.date_start or self.date_start <= date) and (
            not self.date_end or self.date_end >= date
        )

    @api.constrains("redundancy_id", "source_id", "target_id", "type_id")
    def _check_redundancy(self):
        for relation in self.filtered("redundancy_id"):
            item = relation.redundancy_id.ci_id
            impact = relation.type_id.impact
            hit = {
                "forward": relation.target_id,
                "backward": relation.source_id,
                "both": relation.source_id | relation.target_id,
                "none": relation.browse().source_id,
            }[impact]
            if item not in hit:
                raise ValidationError(
                    self.env._(
                        "The redundancy “%(redundancy)s” is of %(item)s, which "
                        "“%(relation)s” does not affect.",
                        redundancy=relation.redundancy_id.name,
                        item=item.name,
                        relation=relation.display_name,
                    )
                )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        self._check_ends(vals_list)
        # one that was ended a moment ago must not stand in the way of the next
        self.flush_model(["type_id", "source_id", "target_id", "date_end"])
        origin = self.env["itsm.ci"]._present_origin()
        fixed = {"origin": origin}
        if not guard.has_token(self.env):
            # said here: the context says nothing else
            fixed["is_catalogue"] = False
        return super().create(
            [{**self._without_fixed(vals), **fixed} for vals in vals_list]
        )

    def write(self, vals):
        if CATALOGUE & vals.keys():
            self._check_catalogue()
        self._check_ends([vals])
        result = super().write(self._without_fixed(vals))
        if vals.keys() & ENDS:
            # an owner leads his own relations elsewhere, not those of others
            self.check_access("write")
        return result

    @api.model
    def _check_ends(self, vals_list):
        """Refuse ends that one may not read before another rule says their names.

        :raise AccessError: one of them is not to be read
        """
        ids = {vals[end] for vals in vals_list for end in ENDS if vals.get(end)}
        self.env["itsm.ci"].browse(ids).check_access("read")

    # at_uninstall: the guard knows better than a key in the context
    @api.ondelete(at_uninstall=True)
    def _unlink_except_catalogue(self):
        if not guard.is_uninstalling(self):
            self._check_catalogue()

    def _check_catalogue(self):
        """Refuse those that follow the service catalogue.

        :raise UserError: naming one
        """
        if guard.has_token(self.env):
            return
        # sudo: where it comes from counts, seen or not
        relation = self.sudo().filtered("is_catalogue")[:1]
        if relation:
            raise UserError(
                self.env._(
                    "“%(relation)s” comes from the service catalogue: change what the "
                    "service needs, or its parent, there.",
                    relation=relation.display_name,
                )
            )

    @api.model
    def _without_fixed(self, vals):
        """*vals* without what the system says: where it comes from."""
        fixed = {"origin"}
        if not guard.has_token(self.env):
            fixed.add("is_catalogue")
        return {name: value for name, value in vals.items() if name not in fixed}

    def action_end_today(self):
        """Today is the last day on which it holds."""
        self.date_end = fields.Date.context_today(self)

    @api.model
    def _valid_sql(self, alias, date):
        """Condition on a table alias: the relation holds on a day."""
        return SQL(
            "(%(a)s.date_start IS NULL OR %(a)s.date_start <= %(date)s)"
            " AND (%(a)s.date_end IS NULL OR %(a)s.date_end >= %(date)s)",
            a=SQL.identifier(alias),
            date=date,
        )
