# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_class import CODE
from .itsm_ci_record import RELATION


class ItsmCiRelationType(models.Model):
    """What a relation says, and which way a failure travels along it (CFG-10)."""

    _name = "itsm.ci.relation.type"
    _description = "Type of Relation"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin", "itsm.ci.definition.mixin"]
    _order = "sequence, id"

    name = fields.Char(
        required=True,
        translate=True,
        help="Read from the first to the second: server “hosts” database.",
    )
    inverse_name = fields.Char(
        string="The Other Way",
        required=True,
        translate=True,
        help="Read from the second to the first: database “runs on” server.",
    )
    code = fields.Char(required=True, help="For imports and interfaces.")
    impact = fields.Selection(
        selection=[
            ("forward", "From the first to the second"),
            ("backward", "From the second to the first"),
            ("both", "Both ways"),
            ("none", "Not at all"),
        ],
        string="Failure Travels",
        required=True,
        default="forward",
        help="If the one fails, the other is affected.",
    )
    source_class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        relation="itsm_ci_relation_type_source_rel",
        column1="type_id",
        column2="class_id",
        ondelete="restrict",
        string="First: Classes",
        help="With the classes below them. Empty: any.",
    )
    target_class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        relation="itsm_ci_relation_type_target_rel",
        column1="type_id",
        column2="class_id",
        ondelete="restrict",
        string="Second: Classes",
        help="With the classes below them. Empty: any.",
    )
    max_targets = fields.Integer(
        string="At Most, per First",
        help="How many relations of this type one first may have at a time. 0: any "
        "number.",
    )
    max_sources = fields.Integer(
        string="At Most, per Second",
        help="How many relations of this type one second may have at a time. 0: any "
        "number.",
    )
    is_controlled = fields.Boolean(
        string="Under Control",
        default=True,
        help="Between configuration items under control such relations change only "
        "with an authorisation.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another type of relation has this code."
    )
    _max_positive = models.Constraint(
        "CHECK(max_targets >= 0 AND max_sources >= 0)",
        "The largest number of relations cannot be negative; 0 means any number.",
    )

    @api.constrains("code")
    def _check_code(self):
        for kind in self:
            if not CODE.fullmatch(kind.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” cannot be the code of a relation: begin with a "
                        "small letter, then small letters, digits and underscores.",
                        code=kind.code,
                    )
                )

    @api.constrains("impact")
    def _check_redundancies(self):
        # sudo: relations of all companies count
        relations = self.env["itsm.ci.relation"].sudo()
        relations.search(
            [("type_id", "in", self.ids), ("redundancy_id", "!=", False)]
        )._check_redundancy()

    @api.constrains("source_class_ids", "target_class_ids")
    def _check_relations_fit(self):
        for kind in self:
            for end, allowed in (
                ("source_id", kind.source_class_ids),
                ("target_id", kind.target_class_ids),
            ):
                if allowed:
                    fits = Domain(f"{end}.class_id", "child_of", allowed.ids)
                    kind._relations_with(~fits, limit=1)._check_classes()

    @api.constrains("max_targets", "max_sources")
    def _check_relations_few(self):
        for kind in self:
            for end, limit in (
                ("source_id", kind.max_targets),
                ("target_id", kind.max_sources),
            ):
                if limit:
                    # sudo: relations of all companies count
                    relations = self.env["itsm.ci.relation"].sudo()
                    rows = relations._read_group(
                        [("type_id", "=", kind.id)],
                        [end],
                        having=[("__count", ">", limit)],
                    )
                    ids = [item.id for (item,) in rows]
                    many = kind._relations_with(Domain(end, "in", ids))
                    many._check_at_most(kind, end, limit)

    def _relations_with(self, domain, limit=None):
        """Relations of this type to which a domain applies, in sudo.

        Those that the catalogue makes are not asked for classes and numbers.
        """
        # sudo: relations of all companies count, those of archived items too
        relations = self.env["itsm.ci.relation"].sudo().with_context(active_test=False)
        own = Domain("type_id", "=", self.id) & Domain("is_catalogue", "=", False)
        return relations.search(own & domain, limit=limit)

    def write(self, vals):
        if "code" in vals:
            # sudo: relations of all companies count
            changed = self.sudo().filtered(lambda t: t.code != vals["code"])
            used = changed._archive_kept()
            if used:
                raise UserError(
                    self.env._(
                        "%(name)s is in use: imports and interfaces know it by its "
                        "code. Make another type instead.",
                        name=used[0].name,
                    )
                )
        return super().write(vals)

    # at_uninstall: the guard knows better than a key in the context
    @api.ondelete(at_uninstall=True)
    def _unlink_except_of_services(self):
        if guard.is_uninstalling(self):
            return
        needed = self.env.ref(
            "itsm_cmdb.itsm_ci_relation_type_depends_on", raise_if_not_found=False
        )
        if needed in self:
            raise UserError(
                self.env._(
                    "“%(name)s” says what the services of the catalogue need: it is "
                    "kept. Archive it instead of deleting it.",
                    name=needed.name,
                )
            )

    def _archive_kept(self):
        """Those that a relation has, now or in the history."""
        named = self._ids_in_history()
        return super()._archive_kept() | self.filtered(lambda kind: kind.id in named)

    def _ids_in_history(self):
        """Which of these the history of relations names; one query."""
        history = self.env["itsm.ci.history"]
        history.flush_model(["attribute", "old_value", "new_value"])
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT (said.value ->> 'type')::int
                     FROM %(history)s AS line
               CROSS JOIN LATERAL
                          (VALUES (line.old_value), (line.new_value)) said(value)
                    WHERE line.attribute = %(relation)s
                      AND (said.value ->> 'type')::int = ANY(%(ids)s)""",
                history=SQL.identifier(history._table),
                relation=RELATION,
                ids=self.ids,
            )
        )
        return {row[0] for row in rows}

    def _archive_references(self):
        return [("itsm.ci.relation", "type_id")]
