# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, ormcache

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import AttributeValues
from .itsm_ci_state import STATES

#: Where a change came from.
ORIGINS = [
    ("screen", "Screen"),
    ("import", "Import"),
    ("api", "Interface"),
    ("system", "System"),
    ("unknown", "Unknown: past the system"),
]


class ItsmCi(models.Model):
    """A configuration item: what a service is made of (CFG-15).

    Its history, relations and impact are in the files beside this one.
    """

    _name = "itsm.ci"
    _description = "Configuration Item"
    _inherit = ["mail.thread", "mail.activity.mixin", "itsm.archive.mixin"]
    _order = "name, id"
    _rec_names_search = [
        "name",
        "number",
        "serial",
        "asset_tag",
        "hostname",
        "external_id",
    ]
    _check_company_auto = True

    number = fields.Char(
        readonly=True,
        copy=False,
        help="Identifies the configuration item for good.",
    )
    name = fields.Char(required=True, index="trigram")
    class_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="CI Class",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_abstract', '=', False)]",
    )
    attributes = AttributeValues(definition="class_id.definition")
    version = fields.Char(help="Release, model revision or edition of a document.")
    state = fields.Selection(
        selection=STATES,
        required=True,
        index=True,
        copy=False,
        default=False,
        help="Dismantled and cancelled ones take no part in impact any more.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
        help="Empty: seen by all companies.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="CI Owner",
        index="btree_not_null",
        ondelete="restrict",
        default=lambda self: self._default_owner(),
        domain="[('share', '=', False)]",
        help="Keeps the record right, and its relations.",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whose it is, if not ours.",
    )
    user_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Used By",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The person who works with it.",
    )
    location_id = fields.Many2one(
        comodel_name="itsm.ci",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('class_id.is_place', '=', True)]",
        help="The site, room or rack in which it stands.",
    )
    environment = fields.Selection(
        selection=[
            ("production", "Production"),
            ("acceptance", "Acceptance"),
            ("test", "Test"),
            ("development", "Development"),
            ("training", "Training"),
            ("recovery", "Disaster recovery"),
        ],
        index="btree_not_null",
    )
    criticality = fields.Selection(
        selection=[("1", "Critical"), ("2", "High"), ("3", "Medium"), ("4", "Low")],
        default="3",
        help="How much hangs on it.",
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who sold it, or keeps it running under a contract.",
    )
    manufacturer_id = fields.Many2one(
        comodel_name="res.partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    model_name = fields.Char(string="Model")
    serial = fields.Char(string="Serial Number", index="btree_not_null")
    asset_tag = fields.Char(index="btree_not_null", help="What its label says.")
    hostname = fields.Char(string="Host Name", index="btree_not_null")
    external_id = fields.Char(
        string="External ID",
        index="btree_not_null",
        copy=False,
        help="What another system calls it.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
    )
    purchase_date = fields.Date(string="Bought On")
    purchase_price = fields.Monetary(groups="itsm_base.itsm_group_finance")
    warranty_end = fields.Date(help="Last day of the warranty.")
    end_of_life = fields.Date(
        help="Last day on which the manufacturer supports it, or on which it is to be "
        "replaced."
    )
    description = fields.Html()
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The service of the catalogue that this configuration item stands for.",
    )
    origin = fields.Selection(
        selection=ORIGINS, readonly=True, copy=False, string="Recorded By Way Of"
    )

    _number_uniq = models.Constraint(
        "UNIQUE(number)", "Another configuration item has this number."
    )
    _service_uniq = models.UniqueIndex(
        "(service_id) WHERE service_id IS NOT NULL",
        "The service has a configuration item already.",
    )

    open_ticket_count = fields.Integer(compute="_compute_open_ticket_count")

    # === Computes ===

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_open_ticket_count(self):
        tickets = self.env["helpdesk.ticket"]
        counts = {}
        if tickets.has_access("read"):
            domain = [("ci_ids", "in", self.ids), ("stage_id.closed", "=", False)]
            counts = dict(tickets._read_group(domain, ["ci_ids"], ["__count"]))
        for item in self:
            item.open_ticket_count = counts.get(item, 0)

    @api.depends("name", "number")
    @api.depends_context("itsm_ci_number")
    def _compute_display_name(self):
        for item in self:
            name = item.name or ""
            if self.env.context.get("itsm_ci_number") and item.number:
                name = f"{item.number} {name}"
            item.display_name = name

    @api.model
    def _search_display_name(self, operator, value):
        # a whole number or serial that somebody typed or scanned comes first
        if operator == "ilike" and isinstance(value, str):
            exact = [Domain(name, "=", value) for name in self._identity_fields()]
            if self.search_count(Domain.OR(exact), limit=1):
                return Domain.OR(exact)
        return super()._search_display_name(operator, value)

    @api.model
    def _identity_fields(self):
        """Columns by which people and sources recognise a configuration item."""
        return ("number", "serial", "asset_tag", "hostname", "external_id")

    @api.onchange("class_id")
    def _onchange_class_id(self):
        # a form shows it before it is saved
        if not self._origin and self.class_id:
            self.state = self.class_id.first_state

    # === Rules ===

    @api.constrains("class_id", "name")
    def _check_name(self):
        if guard.has_token(self.env):
            # no definition of the CMDB stops the catalogue of services
            return
        for ci_class, items in self.grouped("class_id").items():
            if ci_class.is_abstract:
                raise ValidationError(
                    self.env._(
                        "%(ci_class)s only groups others: choose one of the classes "
                        "below it.",
                        ci_class=ci_class.name,
                    )
                )
            pattern = ci_class._inherited("name_pattern")
            for item in items:
                if pattern and not re.fullmatch(pattern, item.name or ""):
                    raise ValidationError(
                        self.env._(
                            "“%(name)s” does not follow the naming rule of %(ci_class)s"
                            ": %(rule)s",
                            name=item.name,
                            ci_class=ci_class.name,
                            rule=ci_class._inherited("name_hint") or pattern,
                        )
                    )

    @api.constrains("location_id")
    def _check_location(self):
        if self._has_cycle("location_id"):
            raise ValidationError(
                self.env._("Nothing stands in itself. Choose another location.")
            )
        for item in self:
            if item.location_id and not item.location_id.class_id.is_place:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no location: choose a site, room or rack.",
                        name=item.location_id.name,
                    )
                )

    @api.constrains("purchase_date", "warranty_end", "end_of_life")
    def _check_dates(self):
        for item in self:
            bought = item.purchase_date
            for date in (item.warranty_end, item.end_of_life):
                if bought and date and date < bought:
                    raise ValidationError(
                        self.env._(
                            "%(name)s was bought on %(bought)s: warranty and end of "
                            "life cannot lie before.",
                            name=item.name,
                            bought=format_date(self.env, bought),
                        )
                    )

    @api.model
    def _default_owner(self):
        """Who may make only what is his own makes his own."""
        user = self.env.user
        makes_own = (
            not self.env.su
            and user.has_group("itsm_cmdb.itsm_group_ci_owner")
            and not user.has_group("itsm_cmdb.itsm_group_ci_manager")
        )
        return makes_own and user

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        # the class says what else a new one has
        default = self.default_get(["class_id", "service_id"])
        vals_list = [{**default, **vals} for vals in vals_list]
        self._check_services(vals_list)
        classes = self.env["itsm.ci.class"]
        origin = self._present_origin()
        for vals in vals_list:
            ci_class = classes.browse(vals.get("class_id"))
            if not vals.get("state") and ci_class:
                vals["state"] = ci_class.first_state
            vals["origin"] = origin
            vals.pop("number", None)
        self._prepare_attributes(vals_list)
        self._check_new(vals_list)
        self._give_numbers(vals_list)
        items = super().create(vals_list)
        items._check_states()
        return items

    @api.model
    def default_get(self, fields):
        # Odoo looks at each field of each new one; few of them can have a default.
        # An addon that adds one declares it (`default=`), or imports do not see it.
        able = self._names_with_default()
        return super().default_get([name for name in fields if name in able])

    @api.model
    def _add_missing_default_values(self, values):
        # as an import has them: it asked once for a batch
        if self._names_with_default() <= values.keys():
            return dict(values)
        return super()._add_missing_default_values(values)

    @api.model
    def _names_with_default(self):
        """Names of the fields that have a default for this user, in this context."""
        own = self.env["ir.default"]._get_model_defaults(self._name).keys()
        asked = [name[8:] for name in self.env.context if name.startswith("default_")]
        return self._fields_with_default().union(own, asked)

    @api.model
    @ormcache()
    def _fields_with_default(self):
        """Names of the fields that have a default by their declaration."""
        return frozenset(
            name
            for name, field in self._fields.items()
            if field.default or field.inherited
        )

    def _check_company(self, fnames=None):
        # Odoo becomes superuser for each record and field: once is enough
        return super(ItsmCi, self.sudo())._check_company(fnames)

    def copy_data(self, default=None):
        hidden = {}
        if not self._has_field_access(self._fields["purchase_price"], "read"):
            hidden["purchase_price"] = None
        vals_list = super().copy_data({**(default or {}), **hidden})
        for item, vals in zip(self, vals_list, strict=True):
            for name in hidden:
                vals.pop(name, None)
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=item.name)
            # what identifies one thing does not identify another
            for name in ("serial", "asset_tag", "hostname"):
                if name not in (default or {}):
                    vals[name] = False
            vals["attributes"] = item._fitting_attributes()
        return vals_list

    def _check_services(self, vals_list):
        """A service gets its configuration item by itself, nobody gives it one."""
        if guard.has_token(self.env):
            return
        if any(vals.get("service_id") for vals in vals_list):
            raise UserError(
                self.env._(
                    "Services have their configuration item already: add the service to"
                    " the catalogue instead."
                )
            )

    def _archive_kept(self):
        """All but what was only ordered, and what nothing refers to.

        That of a service goes with the service, whatever its state, and not alone.
        """
        of_services = self.filtered("service_id")
        kept = (self - of_services).filtered(lambda item: item.state != "ordered")
        if not guard.has_token(self.env):
            kept |= of_services
        return kept | super()._archive_kept()

    def _archive_references(self):
        return [
            ("itsm.ci.relation", "source_id"),
            ("itsm.ci.relation", "target_id"),
            ("itsm.ci", "location_id"),
            ("itsm.ci.redundancy", "ci_id"),
            ("itsm.ci.history", "ci_id"),
            ("itsm.ci.history", "other_ci_id"),
            ("helpdesk.ticket", "ci_ids"),
        ]

    def _archive_message(self):
        item = self[0].sudo()  # sudo: named, as it was found
        if item.service_id:
            return self.env._(
                "%(name)s stands for a service of the catalogue and goes with it: "
                "archive or delete the service instead.",
                name=item.name,
            )
        return self.env._(
            "%(name)s has a past: it is kept. Cancel or dismantle it and archive it.",
            name=item.name,
        )

    def _give_numbers(self, vals_list):
        """A number for each from the sequence of its class, one query a sequence."""
        by_class, by_sequence = {}, {}
        for vals in vals_list:
            if vals.get("class_id"):
                by_class.setdefault(vals["class_id"], []).append(vals)
        for class_id, drawn in by_class.items():
            sequence = self.env["itsm.ci.class"].browse(class_id)._number_sequence()
            by_sequence.setdefault(sequence, []).extend(drawn)
        for sequence, drawn in by_sequence.items():
            if not sequence:
                # sudo: as above
                sequence = self.env.ref("itsm_cmdb.itsm_ci_sequence").sudo()
            numbers = self._free_numbers(sequence, len(drawn))
            for vals, number in zip(drawn, numbers, strict=True):
                vals["number"] = number

    def _free_numbers(self, sequence, count):
        """The next *count* numbers of a sequence that no configuration item has.

        Another class may have had the same prefix.
        """
        numbers = []
        draw = count
        while len(numbers) < count:
            if sequence.implementation == "standard" and not sequence.use_date_range:
                # as ir.sequence draws one, for all at once
                rows = self.env.execute_query(
                    SQL(
                        "SELECT nextval(%s::regclass) FROM generate_series(1, %s)",
                        f"ir_sequence_{sequence.id:03d}",
                        draw,
                    )
                )
                prefix, suffix = sequence._get_prefix_suffix()
                digits = sequence.padding
                drawn = [f"{prefix}{row[0]:0{digits}d}{suffix}" for row in sorted(rows)]
            else:
                drawn = [sequence.next_by_id() for _index in range(draw)]
            # sudo: a number is taken, whoever may see the item
            items = self.sudo().with_context(active_test=False)
            found = items._read_group([("number", "in", drawn)], ["number"])
            taken = {number for (number,) in found}
            numbers += [number for number in drawn if number not in taken]
            draw *= 2
        return numbers[:count]

    # === What people open ===

    def action_view_tickets(self):
        """Open the tickets about this configuration item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        return {
            **action,
            "domain": [("ci_ids", "in", self.ids)],
            "context": {"default_ci_ids": self.ids},
        }

    def action_view_history(self):
        """Open the history of this configuration item and of its relations."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_history_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("ci_id", "=", self.id),
                ("other_ci_id", "=", self.id),
            ],
            "context": {},
        }
