# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.itsm_base.tools import guard

#: In the context of a check, a repair or a merge; no client can send the object.
DECIDED = {"itsm_ci_spare_decided": object()}
SPARE_STATES = [
    ("good", "Good"),
    ("bad", "Bad"),
    ("repair", "Sent for repair"),
    ("returned", "Returned, not yet checked"),
]


class ItsmCiClass(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.class"

    is_spare = fields.Boolean(
        string="Spare Parts",
        tracking=True,
        help="Configuration items of this class and of those below it are kept to "
        "replace others: they are good, bad or away for repair.",
    )

    @api.model
    def _spare_ids(self):
        """Ids of the classes of spare parts, with those below them; two queries.

        :rtype: list[int]
        """
        # sudo: definitions are the same for all
        classes = self.sudo().with_context(active_test=False)
        return classes.search(self._said_domain("is_spare")).ids


class ItsmCi(models.Model):
    """Spare parts: good, bad, away for repair, back from it (CFG-44)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    is_spare = fields.Boolean(
        string="Spare Part", compute="_compute_is_spare", search="_search_is_spare"
    )
    spare_state = fields.Selection(
        selection=SPARE_STATES,
        string="Condition",
        index="btree_not_null",
        copy=False,
        help="Of a spare part. Follows from checks and repairs; it is not entered.",
    )
    spare_checked_on = fields.Date(
        string="Last Checked", compute="_compute_spare_checked_on"
    )
    repair_ids = fields.One2many(
        comodel_name="itsm.ci.repair",
        inverse_name="ci_id",
        string="Repairs",
        readonly=True,
    )
    spare_check_ids = fields.One2many(
        comodel_name="itsm.ci.spare.check",
        inverse_name="ci_id",
        string="Usability Checks",
        readonly=True,
    )

    @api.depends("class_id")
    def _compute_is_spare(self):
        spare = set(self.env["itsm.ci.class"]._spare_ids())
        for item in self:
            item.is_spare = item.class_id.id in spare

    def _search_is_spare(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("class_id", "in", self.env["itsm.ci.class"]._spare_ids())]

    @api.depends("spare_check_ids.checked_on")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_spare_checked_on(self):
        checks = self.env["itsm.ci.spare.check"]
        days = dict(
            checks._read_group(
                [("ci_id", "in", self.ids)], ["ci_id"], ["checked_on:max"]
            )
        )
        for item in self:
            item.spare_checked_on = days.get(item._origin, False)

    @api.constrains("spare_state", "class_id")
    def _check_spare(self):
        for item in self:
            if item.spare_state and not item.is_spare:
                raise ValidationError(
                    self.env._(
                        "%(name)s is no spare part: only those are good or bad. Give "
                        "it a class of spare parts, or leave the condition empty.",
                        name=item.name,
                    )
                )

    # === Said by checks and repairs only (MNT-10) ===

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_spare_decided():
            for vals in vals_list:
                if vals.get("spare_state"):
                    self.browse().check_access("create")
                    raise self._spare_error(vals.get("name") or "")
            # a default of the context is no check either
            vals_list = [{**vals, "spare_state": False} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if "spare_state" in vals and not self._is_spare_decided():
            self.check_access("write")  # before a refusal that names the record
            for item in self:
                if not vals["spare_state"] and not item.is_spare:
                    # what is no spare part any more is neither good nor bad
                    continue
                if (item.spare_state or False) != (vals["spare_state"] or False):
                    raise self._spare_error(item.name)
        # sudo: only whether there is anything to be emptied
        if "class_id" in vals and any(item.spare_state for item in self.sudo()):
            if vals["class_id"] not in self.env["itsm.ci.class"]._spare_ids():
                # what is no spare part any more is neither good nor bad
                vals = {**vals, "spare_state": False}
        return super().write(vals)

    @api.model
    def _is_spare_decided(self):
        """Whether a check, a repair, a merge or loaded data says the condition."""
        [(key, decided)] = DECIDED.items()
        return (
            self.env.context.get(key) is decided
            or guard.has_token(self.env)
            or guard.is_silent(self.env)
            # the system loads data; nobody can be logged in as the system
            or self.env.uid == SUPERUSER_ID
        )

    @api.model
    def _spare_error(self, name):
        return UserError(
            self.env._(
                "%(name)s: the condition of a spare part follows from its checks and "
                "repairs and is not entered. Record a check: “Checked: Usable” or "
                "“Checked: Not Usable”.",
                name=name,
            )
        )

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ci.maintenance.order", "ci_ids"),
            ("itsm.ci.maintenance.result", "ci_id"),
            ("itsm.ci.repair", "ci_id"),
            ("itsm.ci.spare.check", "ci_id"),
        ]

    def action_spare_good(self):
        """Record that spare parts were checked and are usable (MNT-10)."""
        return self._record_check(True)

    def action_spare_bad(self):
        """Record that spare parts were checked and are not usable (MNT-10)."""
        return self._record_check(False)

    def _record_check(self, usable):
        """One check of each, today; the condition follows.

        :raise UserError: one is no spare part, or is away for repair
        """
        self._check_spare_here()
        self.env["itsm.ci.spare.check"].create(
            [{"ci_id": item.id, "is_usable": usable} for item in self]
        )
        return True

    def _check_spare_here(self):
        """Refuse to check what is no spare part, or is away for repair.

        :raise UserError: naming the first
        """
        for item in self:
            if not item.is_spare or item.spare_state == "repair":
                raise UserError(
                    self.env._(
                        "%(name)s cannot be checked: only spare parts that are here "
                        "are.",
                        name=item.name,
                    )
                )

    def action_repair(self):
        """Open a new return for repair of this configuration item."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Repair"),
            "res_model": "itsm.ci.repair",
            "view_mode": "form",
            "context": {
                "default_ci_id": self.id,
                "default_supplier_id": self.supplier_id.id,
            },
        }

    def action_view_maintenance(self):
        """Open the work orders that are about this configuration item."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_maintenance_order_action"
        )
        return {**action, "domain": [("ci_ids", "in", self.ids)], "context": {}}
