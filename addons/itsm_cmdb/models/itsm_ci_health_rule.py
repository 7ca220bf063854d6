# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from .itsm_ci_state import GONE

KINDS = [
    ("orphan", "Orphan: no relation and no location"),
    ("stale", "Stale: neither changed nor audited for long"),
    ("duplicate", "Duplicate: serial number, asset tag or host name of another"),
    ("incomplete", "Incomplete: a required attribute is missing"),
    ("relation", "A relation is missing"),
    ("warranty", "Warranty is over"),
]
#: Findings that are opened at most.
LISTED = 20000
#: What two things do not have in common.
IDENTIFYING = ("serial", "asset_tag", "hostname")


class ItsmCiHealthRule(models.Model):
    """What a good record is not, checked every day (CFG-14, CFG-29).

    A rule is a domain: what is counted, listed and opened is found by the same.
    """

    _name = "itsm.ci.health.rule"
    _description = "Health Check of the CMDB"
    _inherit = ["itsm.archive.mixin", "itsm.shared.mixin", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, tracking=True)
    kind = fields.Selection(selection=KINDS, required=True, tracking=True)
    description = fields.Text(translate=True, help="What to do about what it finds.")
    class_ids = fields.Many2many(
        comodel_name="itsm.ci.class",
        string="Classes",
        help="With those below. Empty: all.",
    )
    days = fields.Integer(
        default=180, tracking=True, help="Stale after so many days without a change."
    )
    relation_type_id = fields.Many2one(
        comodel_name="itsm.ci.relation.type",
        string="Relation",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="Each of the classes has one of this type, as its first or its second.",
    )
    tolerance = fields.Float(
        string="Tolerance (%)",
        company_dependent=True,
        digits=(5, 2),
        help="Beyond this share people are told. Of your present company.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    result_ids = fields.One2many(
        comodel_name="itsm.ci.health.result", inverse_name="rule_id", readonly=True
    )
    finding_count = fields.Integer(
        string="Found Now",
        compute="_compute_finding_count",
        help="Configuration items that you may see.",
    )
    last_text = fields.Char(string="Last Check", compute="_compute_last_text")

    _days_positive = models.Constraint(
        "CHECK(kind <> 'stale' OR days > 0)", "Enter one day or more."
    )

    # === Computes ===

    @api.depends("kind", "class_ids", "days", "relation_type_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_finding_count(self):
        items = self.env["itsm.ci"]
        for rule in self:
            rule.finding_count = items.search_count(rule._finding_domain())

    @api.depends("result_ids.percent")
    @api.depends_context("company")
    def _compute_last_text(self):
        latest = {}
        for result in self.env["itsm.ci.health.result"].search(
            [("rule_id", "in", self.ids), ("company_id", "=", self.env.company.id)],
            order="date",
        ):
            latest[result.rule_id.id] = result
        for rule in self:
            result = latest.get(rule._origin.id)
            rule.last_text = (
                f"{result.date}: {result.found} / {result.total}" if result else False
            )

    # === Rules ===

    @api.constrains("kind", "relation_type_id")
    def _check_relation_type_id(self):
        for rule in self:
            if rule.kind == "relation" and not rule.relation_type_id:
                raise ValidationError(
                    self.env._(
                        "%(name)s: choose the relation that is asked for.",
                        name=rule.name,
                    )
                )

    @api.constrains("tolerance")
    def _check_tolerance(self):
        for rule in self:
            if not 0 <= rule.tolerance <= 100:
                raise ValidationError(
                    self.env._("A tolerance lies between 0 and 100 per cent.")
                )

    @api.model
    def _shared_free_fields(self):
        return super()._shared_free_fields() | {"tolerance"}

    def _archive_references(self):
        return [("itsm.ci.health.result", "rule_id")]

    # === What a rule finds ===

    def _population_domain(self):
        """What the rule looks at: what is not gone, of its classes.

        :rtype: Domain
        """
        self.ensure_one()
        domain = Domain("state", "not in", GONE)
        if self.kind == "warranty":
            domain = Domain("state", "=", "use") & Domain("warranty_end", "!=", False)
        elif self.kind == "incomplete":
            domain = Domain("state", "=", "use")
        if self.class_ids:
            domain &= Domain("class_id", "child_of", self.class_ids.ids)
        return domain

    def _finding_domain(self):
        """What the rule finds; nothing while it is of no kind yet.

        :rtype: Domain
        """
        self.ensure_one()
        if not self.kind:
            return Domain.FALSE
        return self._population_domain() & getattr(self, f"_finding_{self.kind}")()

    def _finding_orphan(self):
        related = self._related_domain()
        holds_others = self._condition(
            "EXISTS (SELECT FROM itsm_ci inside"
            " WHERE inside.location_id = %(ci)s.id AND inside.active)"
        )
        return Domain("location_id", "=", False) & ~related & ~holds_others

    def _related_domain(self, kinds=None):
        """Has a relation that holds today, of a type if one is given."""
        holds = Domain("is_valid", "=", True)
        if kinds:
            holds &= Domain("type_id", "in", kinds.ids)
        # any!: a relation counts, whoever may see it
        return Domain("relation_source_ids", "any!", holds) | Domain(
            "relation_target_ids", "any!", holds
        )

    def _finding_stale(self):
        since = fields.Datetime.subtract(fields.Datetime.now(), days=self.days)
        seen = Domain("counted_at", ">=", since) & Domain(
            "result", "in", ("ok", "different")
        )
        return Domain("write_date", "<", since) & ~Domain(
            "audit_line_ids", "any!", seen
        )

    def _finding_duplicate(self):
        """Of what belongs to one company, or to all."""
        text = """%(ci)s.id IN (
            SELECT twin.id FROM (
                SELECT id, COUNT(*) OVER (
                           PARTITION BY company_id, lower(btrim(%(name)s))) AS number
                  FROM itsm_ci
                 WHERE btrim(%(name)s) <> '' AND active AND state <> ALL (%(gone)s)
                   ) twin
             WHERE twin.number > 1)"""
        return Domain.OR(
            self._condition(text, name=SQL.identifier(name), gone=list(GONE))
            for name in IDENTIFYING
        )

    def _finding_incomplete(self):
        """Without a value of an attribute that its class, or one above, requires."""
        # sudo: what a class asks of its items is no secret
        attributes = self.env["itsm.ci.attribute"].sudo()
        classes = self.env["itsm.ci.class"].sudo().with_context(active_test=False)
        by_class = attributes.search(
            [("required", "=", True), ("kind", "!=", "boolean")]
        ).grouped("class_id")
        required = [
            (ci_class.id, attribute.code)
            for ci_class in classes.search([])
            for above, own in by_class.items()
            if ci_class.parent_path.startswith(above.parent_path)
            for attribute in own
        ]
        if not required:
            return Domain.FALSE
        values = SQL(", ").join(SQL("(%s, %s)", *pair) for pair in required)
        return self._condition(
            """EXISTS (
                SELECT FROM (VALUES %(values)s) AS asked (class_id, code)
                 WHERE asked.class_id = %(ci)s.class_id
                   AND COALESCE(%(ci)s.attributes -> asked.code, 'null')
                       IN ('null', 'false', '""', '[]'))""",
            values=values,
        )

    def _finding_relation(self):
        return ~self._related_domain(self.relation_type_id)

    def _finding_warranty(self):
        return Domain("warranty_end", "<", fields.Date.context_today(self))

    @api.model
    def _condition(self, text, **values):
        """A condition on the table of configuration items.

        :param str text: code; ``%(ci)s`` stands for the table
        """

        def to_sql(_model, alias, _query):
            return SQL(text, ci=SQL.identifier(alias), **values)

        return Domain.custom(to_sql=to_sql)

    def action_view_findings(self):
        """Open what the rule finds now."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        items = self.env["itsm.ci"].search(self._finding_domain(), limit=LISTED)
        return {
            **action,
            "name": self.name,
            "domain": [("id", "in", items.ids)],
            "context": {},
        }

    def action_view_results(self):
        """Open the trend."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_health_result_action"
        )
        return {**action, "domain": [("rule_id", "=", self.id)], "context": {}}

    def action_check(self):
        """Check now."""
        self.check_access("write")
        self._check_health()
