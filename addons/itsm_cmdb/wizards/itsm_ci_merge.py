# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ..models.itsm_ci_record import HISTORY_FIELDS
from ..models.itsm_ci_service import OF_SERVICE
from ..tools.properties import is_empty, same

#: At most so many at once: people look at each.
MOST = 20
#: What is not chosen: it is the same for all, or follows the one that stays.
NOT_CHOSEN = {
    "merged_into_id",
    "attributes",
    "class_id",
    "company_id",
    "active",
    "state",
    "currency_id",
}


class ItsmCiMerge(models.TransientModel):
    """Merge configuration items: which one stays, and whose values it has."""

    _name = "itsm.ci.merge"
    _description = "Merge Configuration Items"

    ci_ids = fields.Many2many(
        comodel_name="itsm.ci",
        relation="itsm_ci_merge_ci_rel",
        column1="merge_id",
        column2="ci_id",
        string="Configuration Items",
        readonly=True,
    )
    duplicate_id = fields.Many2one(comodel_name="itsm.ci.duplicate", readonly=True)
    keep_id = fields.Many2one(
        comodel_name="itsm.ci",
        string="Stays",
        required=True,
        domain="[('id', 'in', ci_ids)]",
        context={"itsm_ci_number": True},
    )
    line_ids = fields.One2many(
        comodel_name="itsm.ci.merge.line", inverse_name="merge_id", string="Values"
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        ids = self.env.context.get("active_ids")
        if self.env.context.get("active_model") == "itsm.ci" and ids:
            items = self.env["itsm.ci"].browse(ids)
            values |= self._values_for(items)
        return values

    @api.model
    def _open_for(self, items, duplicate=None):
        """The wizard for these items, as an action.

        :raise UserError: they cannot be merged
        """
        items = items.filtered("active")
        values = self._values_for(items)
        wizard = self.create({**values, "duplicate_id": duplicate and duplicate.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Merge Configuration Items"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    @api.model
    def _values_for(self, items):
        if len(items) > MOST:
            raise UserError(
                self.env._("At most %(count)s are merged at once.", count=MOST)
            )
        # a service stays, then what most refers to, then the oldest
        counts = dict.fromkeys(items, 0)
        for item in items:
            counts[item] = len(item._relations_of())
        ordered = items.sorted(
            lambda item: (not item.service_id, -counts[item], item.id)
        )
        keep = ordered[:1]
        items._check_merge(keep)
        return {
            "ci_ids": [Command.set(items.ids)],
            "keep_id": keep.id,
            "line_ids": self._lines_for(items, keep),
        }

    @api.model
    def _lines_for(self, items, keep):
        """A line for each value in which they differ."""
        vals_list = []
        for name, values in self._offered(items, keep).items():
            chosen = keep
            if is_empty(values[keep]) and not self._is_boolean(keep, name):
                chosen = next(item for item in items if not is_empty(values[item]))
            vals_list.append({"name": name, "from_id": chosen.id})
        return [Command.clear(), *(Command.create(vals) for vals in vals_list)]

    @api.model
    def _is_boolean(self, item, name):
        """Whether “no” is a value of it as good as “yes”."""
        if name.startswith("attributes."):
            code = name.removeprefix("attributes.")
            attribute = item.class_id._attribute_map().get(code)
            return bool(attribute) and attribute.kind == "boolean"
        return item._fields[name].type == "boolean"

    @api.model
    def _offered(self, items, keep):
        """As `_differing`, without what follows the service that *keep* stands for."""
        found = self._differing(items)
        hidden = OF_SERVICE if keep.service_id else ()
        return {name: values for name, values in found.items() if name not in hidden}

    @api.model
    def _differing(self, items):
        """``{name: {item: stored value}}`` of fields and attributes that differ."""
        items.flush_recordset()
        stored = items._stored_values(HISTORY_FIELDS)
        found = {}
        for name in HISTORY_FIELDS:
            field = items._fields[name]
            if name in NOT_CHOSEN or not items._has_field_access(field, "write"):
                continue
            values = {item: stored[item.id][name] for item in items}
            if any(not same(values[items[0]], v) for v in values.values()):
                found[name] = values
        attributes = {item: stored[item.id]["attributes"] or {} for item in items}
        for code in sorted(set().union(*attributes.values())):
            values = {item: attributes[item].get(code) for item in items}
            if any(not same(values[items[0]], v) for v in values.values()):
                found[f"attributes.{code}"] = values
        return found

    @api.onchange("keep_id")
    def _onchange_keep_id(self):
        if self.keep_id and self.ci_ids:
            items = self.ci_ids._origin
            self.line_ids = self._lines_for(items, self.keep_id._origin)

    def action_merge(self):
        """Merge them.

        :raise UserError: they cannot be merged; the message says why
        """
        self.ensure_one()
        keep, items = self.keep_id, self.ci_ids
        items._check_merge(keep)
        differing = self._offered(items, keep)
        known = keep.class_id._attribute_map()
        vals = {}
        for line in self.line_ids:
            if line.name not in differing or line.from_id not in items:
                continue
            value = differing[line.name][line.from_id]
            if same(value, differing[line.name][keep]):
                continue
            value = False if value is None else value
            if not line.name.startswith("attributes."):
                vals[line.name] = value
                if line.name == "purchase_price":
                    # an amount is one of its currency
                    vals["currency_id"] = line.from_id.currency_id.id
                continue
            code = line.name.removeprefix("attributes.")
            if code in known:
                vals.setdefault("attributes", {})[code] = value
        items._merge_into(keep, vals)
        return {
            "type": "ir.actions.act_window",
            "res_model": "itsm.ci",
            "res_id": keep.id,
            "views": [(False, "form")],
        }


class ItsmCiMergeLine(models.TransientModel):
    """One value in which they differ, and whose it is afterwards."""

    _name = "itsm.ci.merge.line"
    _description = "Merge Configuration Items: Value"

    merge_id = fields.Many2one(
        comodel_name="itsm.ci.merge", required=True, ondelete="cascade"
    )
    ci_ids = fields.Many2many(related="merge_id.ci_ids")
    name = fields.Char(string="Field", required=True, readonly=True)
    label = fields.Char(compute="_compute_texts", string="What", compute_sudo=False)
    values = fields.Text(compute="_compute_texts", compute_sudo=False)
    from_id = fields.Many2one(
        comodel_name="itsm.ci",
        required=True,
        ondelete="cascade",
        domain="[('id', 'in', ci_ids)]",
        context={"itsm_ci_number": True},
    )

    @api.depends("name", "merge_id.ci_ids")
    def _compute_texts(self):
        items = self.env["itsm.ci"]
        codes = [
            line.name.removeprefix("attributes.")
            for line in self
            if (line.name or "").startswith("attributes.")
        ]
        attributes = self.env["itsm.ci.attribute"].with_context(active_test=False)
        attributes = {a.code: a for a in attributes.search([("code", "in", codes)])}
        for merge, lines in self.grouped("merge_id").items():
            merged = merge.ci_ids._origin
            differing = merge._differing(merged) if merged else {}
            for line in lines:
                values = differing.get(line.name, {})
                code = (line.name or "").removeprefix("attributes.")
                attribute = attributes.get(code)
                field = items._fields.get(line.name)
                comodel = attribute.comodel if attribute else field.comodel_name
                wanted = {(comodel, v) for v in values.values() if v and comodel}
                texts = items._record_texts(wanted)
                said = []
                for item in merged:
                    value = values.get(item)
                    text = (
                        items._attribute_text(attribute, value, texts)
                        if attribute
                        else items._field_text(field, value, texts)
                    )
                    if text and line.name == "purchase_price":
                        text = f"{text} {item.currency_id.name or ''}".strip()
                    said.append(f"{item.number}: {text or '–'}")
                line.label = (
                    attribute.name if attribute else field._description_string(self.env)
                )
                line.values = "\n".join(said)
