# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from .itsm_ci_state import STATES

CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class ItsmCiClass(models.Model):
    """What kind of thing a configuration item is (CFG-09 to CFG-13).

    Classes form a tree; a class has the attributes, the numbering, the naming rule and
    the states of the classes above it unless it says otherwise.
    """

    _name = "itsm.ci.class"
    _description = "CI Class"
    _inherit = [
        "mail.thread",
        "itsm.archive.mixin",
        "itsm.shared.mixin",
        "itsm.ci.definition.mixin",
    ]
    _parent_store = True
    _order = "complete_name, id"
    _rec_name = "complete_name"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True, tracking=True)
    complete_name = fields.Char(
        string="Full Name",
        compute="_compute_complete_name",
        store=True,
        recursive=True,
        export_string_translation=False,
    )
    display_name = fields.Char(recursive=True)
    code = fields.Char(
        required=True,
        tracking=True,
        help="For imports and interfaces: small letters, digits and underscores.",
    )
    parent_id = fields.Many2one(
        comodel_name="itsm.ci.class",
        string="Kind of",
        index=True,
        ondelete="restrict",
        tracking=True,
        help="Its attributes and rules hold for this class too.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many(
        comodel_name="itsm.ci.class", inverse_name="parent_id", string="Subclasses"
    )
    description = fields.Text(
        translate=True, help="What belongs to this class and what does not."
    )
    is_abstract = fields.Boolean(
        string="Only Groups Others",
        tracking=True,
        help="No configuration item is of this class itself, only of classes below.",
    )
    is_location = fields.Boolean(
        string="Location",
        tracking=True,
        help="Configuration items of this class and of those below it are places where "
        "others stand.",
    )
    has_capacity = fields.Boolean(
        string="Capacity Is Planned",
        tracking=True,
        help="Configuration items of this class and of those below it have a capacity "
        "that is watched.",
    )
    number_prefix = fields.Char(
        tracking=True,
        help="Begins the numbers of its configuration items, for example SRV-. Empty: "
        "as the class above.",
    )
    number_sequence_id = fields.Many2one(
        comodel_name="ir.sequence",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    name_pattern = fields.Char(
        string="Naming Rule",
        tracking=True,
        help="Regular expression that the whole name must match, for example "
        "[a-z]{3}-\\d{4}. Empty: as the class above.",
    )
    name_hint = fields.Char(
        string="Naming Rule in Words",
        translate=True,
        help="Told to who gives a name that does not fit.",
    )
    state_ids = fields.Many2many(
        comodel_name="itsm.ci.state",
        string="States",
        help="States that its configuration items can have. Empty: as the class above.",
    )
    first_state = fields.Selection(
        selection=STATES,
        default="use",
        required=True,
        tracking=True,
        help="State of a new configuration item unless another is given.",
    )
    attribute_ids = fields.One2many(
        comodel_name="itsm.ci.attribute", inverse_name="class_id", string="Attributes"
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True, tracking=True)
    ci_count = fields.Integer(
        string="Configuration Items",
        compute="_compute_ci_count",
        help="Of this class and those below it.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "Another class has this code. Choose a different code."
    )

    # === Computes ===

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        # stored in English: the order is the same for all
        for ci_class in self.with_context(lang="en_US"):
            name = ci_class.name or ""
            above = ci_class.parent_id.complete_name
            ci_class.complete_name = f"{above} / {name}" if above else name

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for ci_class in self:
            ci_class.display_name = ci_class.name or ""

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_ci_count(self):
        counts = dict(self.env["itsm.ci"]._read_group([], ["class_id"], ["__count"]))
        for ci_class in self:
            path = ci_class.parent_path
            ci_class.ci_count = sum(
                count
                for other, count in counts.items()
                if path and other.parent_path.startswith(path)
            )

    # === Rules ===

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._(
                    "A class cannot be a kind of itself. Choose another class above."
                )
            )

    def _check_not_below(self, parent):
        """Say it in words of the CMDB before the tree finds that it turns in a circle.

        :param parent: the class that is to stand above
        :raise ValidationError: it is below one of these
        """
        for ci_class in self - parent:
            if (parent.parent_path or "").startswith(ci_class.parent_path or "-"):
                raise ValidationError(
                    self.env._(
                        "%(name)s cannot be a kind of %(parent)s: %(parent)s is below "
                        "it. Choose another class above.",
                        name=ci_class.name,
                        parent=parent.name,
                    )
                )
        if parent in self:
            raise ValidationError(
                self.env._(
                    "A class cannot be a kind of itself. Choose another class above."
                )
            )

    @api.constrains("code")
    def _check_code(self):
        for ci_class in self:
            if not CODE.fullmatch(ci_class.code or ""):
                raise ValidationError(
                    self.env._(
                        "“%(code)s” cannot be the code of a class: begin with a small "
                        "letter, then small letters, digits and underscores.",
                        code=ci_class.code,
                    )
                )

    @api.constrains("name_pattern")
    def _check_name_pattern(self):
        for ci_class in self.filtered("name_pattern"):
            try:
                re.compile(ci_class.name_pattern)
            except re.error as error:
                raise ValidationError(
                    self.env._(
                        "The naming rule of %(name)s is no regular expression: "
                        "%(error)s",
                        name=ci_class.name,
                        error=error,
                    )
                ) from error

    @api.constrains("is_abstract")
    def _check_abstract(self):
        abstract = self.filtered("is_abstract")
        # sudo: configuration items of all companies count
        items = self.env["itsm.ci"].sudo().with_context(active_test=False)
        found = items.search([("class_id", "in", abstract.ids)], limit=1)
        if found:
            raise ValidationError(
                self.env._(
                    "%(ci_class)s has configuration items, %(ci)s for one: it cannot "
                    "be a class that only groups others. Give them another class "
                    "first.",
                    ci_class=found.class_id.name,
                    ci=found.display_name,
                )
            )

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        if not guard.has_token(self.env):
            if any(vals.get("number_sequence_id") for vals in vals_list):
                raise self._sequence_error()
            # said here: neither the context nor a default of the user says another
            vals_list = [{**vals, "number_sequence_id": False} for vals in vals_list]
        classes = super().create(vals_list)
        classes._make_sequences()
        return classes

    def write(self, vals):
        if "number_sequence_id" in vals and not guard.has_token(self.env):
            raise self._sequence_error()
        if "code" in vals:
            self._check_code_free(vals["code"])
        if vals.get("parent_id"):
            self._check_not_below(self.browse(vals["parent_id"]))
        result = super().write(vals)
        if "number_prefix" in vals:
            self._make_sequences()
        return result

    def unlink(self):
        # sudo: numbers of a class go with it
        sequences = self.sudo().number_sequence_id
        result = super().unlink()
        sequences.unlink()
        return result

    # at_uninstall: the guard knows better than a key in the context
    @api.ondelete(at_uninstall=True)
    def _unlink_except_of_services(self):
        if guard.is_uninstalling(self):
            return
        needed = self.env.ref(
            "itsm_cmdb.itsm_ci_class_service", raise_if_not_found=False
        )
        if needed in self:
            raise UserError(
                self.env._(
                    "Services of the catalogue become configuration items of the "
                    "class %(name)s: it is kept. Archive it instead of deleting it.",
                    name=needed.name,
                )
            )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for ci_class, vals in zip(self, vals_list, strict=True):
            vals.setdefault("attribute_ids", False)
            if "code" not in (default or {}):
                vals["code"] = self._free_code(ci_class.code)
            if "name" not in (default or {}):
                vals["name"] = self.env._("%(name)s (copy)", name=ci_class.name)
        return vals_list

    def _free_code(self, code):
        # sudo: a code is taken, whoever may see the class
        taken = self.sudo().with_context(active_test=False)
        taken = set(taken.search([("code", "=like", f"{code}%")]).mapped("code"))
        number = 2
        while f"{code}_{number}" in taken:
            number += 1
        return f"{code}_{number}"

    def _check_code_free(self, code):
        """Interfaces know a class with configuration items by its code."""
        # sudo: configuration items of all companies count
        changed = self.sudo().filtered(lambda c: c.code != code)
        used = changed._archive_kept()
        if used:
            raise UserError(
                self.env._(
                    "%(name)s is in use: imports and interfaces know it by its code. "
                    "Make another class instead.",
                    name=used[0].name,
                )
            )

    def _archive_references(self):
        return [("itsm.ci", "class_id")]

    def _make_sequences(self):
        """A row of numbers for each class with a prefix of its own."""
        # sudo: who may make classes need not have a right to sequences
        for ci_class in self.sudo():
            prefix = ci_class.number_prefix
            sequence = ci_class.number_sequence_id
            if prefix and not sequence:
                # with the key: it is written here and nowhere else
                guard.with_token(ci_class).number_sequence_id = sequence.create(
                    {
                        "name": f"CI {ci_class.code}",
                        "implementation": "standard",
                        "prefix": prefix.replace("%", "%%"),
                        "padding": 5,
                        "company_id": False,
                    }
                )
            elif prefix:
                sequence.prefix = prefix.replace("%", "%%")

    def _sequence_error(self):
        return AccessError(
            self.env._(
                "A class gets its row of numbers by itself: enter what its numbers "
                "begin with instead."
            )
        )

    # === What others ask ===

    def _path(self):
        """The classes from the top of the tree down to this one."""
        self.ensure_one()
        ids = [int(part) for part in (self.parent_path or "").split("/") if part]
        return self.browse(ids) or self

    def _inherited(self, field_name):
        """The value of this class or of the nearest one above that has one."""
        self.ensure_one()
        for ci_class in reversed(self.sudo()._path()):  # sudo: rules, seen or not
            if ci_class[field_name]:
                return ci_class[field_name]
        return self[field_name]

    @api.model
    def _said_domain(self, field_name):
        """Classes that say yes, and those below them.

        :rtype: Domain
        """
        # sudo: definitions are the same for all; an archived one holds below it, too
        classes = self.sudo().with_context(active_test=False)
        said = classes.search([(field_name, "=", True)])
        return Domain("id", "child_of", said.ids) if said else Domain.FALSE

    def _number_sequence(self):
        """The row of numbers of the nearest class, upwards, that has a prefix.

        :rtype: ir.sequence
        """
        self.ensure_one()
        # sudo: a number is drawn for whoever may make the item
        path = self.sudo()._path()
        return path.filtered("number_prefix")[-1:].number_sequence_id

    def _is_kind_of(self, classes):
        """Whether this class is one of *classes* or below one of them."""
        self.ensure_one()
        above = set(self._path().ids)
        return not above.isdisjoint(classes.ids)

    def action_view_items(self):
        """Open the configuration items of the class and of those below it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        return {
            **action,
            "domain": [("class_id", "child_of", self.id)],
            "context": {"default_class_id": self.id},
        }
