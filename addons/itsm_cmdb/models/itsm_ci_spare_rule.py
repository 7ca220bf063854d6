# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class ItsmCiSpareRule(models.Model):
    """How many good spare parts of a kind are kept in stock (CFG-44)."""

    _name = "itsm.ci.spare.rule"
    _description = "Spare Parts in Stock"
    _order = "class_id, model_name, id"
    _check_company_auto = True

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["itsm.ci.class"].browse(
            self.env["itsm.ci.class"]._spare_ids()[:1]
        ),
        help="Spare parts of this class and of those below it.",
    )
    model_name = fields.Char(string="Model", help="Empty: any model.")
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('class_id.is_place', '=', True)]",
        help="Empty: wherever they are.",
    )
    minimum = fields.Integer(
        string="Minimum Stock",
        required=True,
        default=1,
        help="As many good ones there should be at any time.",
    )
    replaces = fields.Char(help="What they replace.")
    active = fields.Boolean(default=True)
    good_count = fields.Integer(string="Good", compute="_compute_counts")
    bad_count = fields.Integer(string="Bad", compute="_compute_counts")
    repair_count = fields.Integer(string="Away for Repair", compute="_compute_counts")
    unchecked_count = fields.Integer(string="Not Checked", compute="_compute_counts")
    missing_count = fields.Integer(
        string="Missing", compute="_compute_counts", search="_search_missing_count"
    )

    _minimum_check = models.Constraint(
        "CHECK (minimum BETWEEN 0 AND 100000)",
        "The minimum stock lies between 0 and 100,000.",
    )

    @api.depends("class_id", "model_name", "location_id")
    def _compute_display_name(self):
        for rule in self:
            parts = (
                rule.class_id.display_name,
                rule.model_name,
                rule.location_id.display_name,
            )
            rule.display_name = ", ".join(filter(None, parts))

    @api.depends("class_id", "model_name", "location_id", "minimum", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_counts(self):
        groups = self._stock()
        items = self.env["itsm.ci"].browse(
            {location.id for location, *_rest in groups} - {False}
        )
        above = items._locations_above() if items else {}
        classes = {g[1].id: g[1] for g in groups}
        paths = {
            id_: {int(part) for part in (c.parent_path or "").split("/")[:-1]}
            for id_, c in classes.items()
        }
        for rule in self:
            counts = dict.fromkeys(("good", "bad", "repair", "returned", False), 0)
            for location, ci_class, model_name, company, state, count in groups:
                if (
                    rule.class_id.id in paths[ci_class.id]
                    and (not rule.model_name or rule.model_name == model_name)
                    and (
                        not rule.location_id
                        or rule.location_id.id in above.get(location.id, ())
                    )
                    and (not company or company == rule.company_id)
                ):
                    counts[state] += count
            rule.good_count = counts["good"]
            rule.bad_count = counts["bad"]
            rule.repair_count = counts["repair"]
            rule.unchecked_count = counts["returned"] + counts[False]
            rule.missing_count = max(rule.minimum - counts["good"], 0)

    @api.model
    def _stock(self):
        """What is in stock by place, class, model, company and condition; one query."""
        return self.env["itsm.ci"]._read_group(
            self._stock_domain(),
            ["location_id", "class_id", "model_name", "company_id", "spare_state"],
            ["__count"],
        )

    @api.model
    def _stock_domain(self):
        """Spare parts that are in stock: not in use, not gone.

        :rtype: Domain
        """
        return Domain("is_spare", "=", True) & Domain(
            "state", "in", ("received", "test")
        )

    def _search_missing_count(self, operator, value):
        if operator not in (">", ">=", "=", "!=", "<", "<=", "in"):
            return NotImplemented
        # the rules of the user's companies: few
        names = ("class_id", "model_name", "location_id", "minimum", "company_id")
        rules = self.search_fetch([], names)
        matches = {
            ">": lambda n: n > value,
            ">=": lambda n: n >= value,
            "<": lambda n: n < value,
            "<=": lambda n: n <= value,
            "=": lambda n: n == value,
            "!=": lambda n: n != value,
            "in": lambda n: n in value,
        }[operator]
        return [("id", "in", [r.id for r in rules if matches(r.missing_count)])]

    def action_view_parts(self):
        """Open the parts that are counted."""
        self.ensure_one()
        domain = self._stock_domain()
        domain &= Domain("class_id", "child_of", self.class_id.id)
        domain &= Domain("company_id", "in", [False, self.company_id.id])
        if self.model_name:
            domain &= Domain("model_name", "=", self.model_name)
        if self.location_id:
            domain &= Domain("location_id", "child_of", self.location_id.id)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_spare_action"
        )
        return {**action, "domain": list(domain), "context": {}}


class ItsmCi(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def _locations_above(self):
        """``{id: set of ids}`` of these places and all that they stand in.

        One query for each storey: campus, building, room, rack.
        """
        # sudo: where a place is, whoever may see it
        above = {item.id: {item.id} for item in self}
        level = {item.id: item.sudo().location_id.id for item in self}
        while any(level.values()):
            places = self.sudo().browse(set(level.values()) - {False})  # sudo: as above
            parents = {place.id: place.location_id.id for place in places}
            for start, place in level.items():
                if place:
                    above[start].add(place)
            level = {start: parents.get(place, False) for start, place in level.items()}
        return above
