# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import SQL, format_date, format_datetime, html2plaintext

from odoo.addons.itsm_base.tools import guard

from ..tools.properties import is_empty, same
from .itsm_ci_control_field import ATTACHMENT
from .itsm_ci_history import PREFIX

#: In the context of what is printed once and kept for every reader.
FOR_EVERYBODY = "itsm_ci_for_everybody"
#: What of a configuration item has a history: every stored column that says
#: something about it.
HISTORY_FIELDS = (
    "name",
    "class_id",
    "version",
    "state",
    "active",
    "company_id",
    "owner_id",
    "partner_id",
    "user_partner_id",
    "location_id",
    "environment",
    "criticality",
    "supplier_id",
    "manufacturer_id",
    "model_name",
    "serial",
    "asset_tag",
    "hostname",
    "external_id",
    "currency_id",
    "purchase_date",
    "purchase_price",
    "warranty_end",
    "end_of_life",
    "description",
    "attributes",
    "spare_state",
    "portal_visible",
    "protection_level",
    "merged_into_id",
)
RELATION = "relation"
REDUNDANCY = "redundancy"
#: Records that have a history as a whole.
RECORDS = (RELATION, REDUNDANCY)
#: A whole configuration item that was added or removed.
CREATION = "creation"
DELETION = "deletion"
#: Of these a line names the thing, and no value.
SPECIAL = (ATTACHMENT, CREATION, DELETION)
#: What says whether a configuration item is under control.
FACTS = ("name", "class_id", "state", "company_id", "service_id")


class ItsmCi(models.Model):
    """The history of a configuration item, and how it was on a day (CFG-07, CFG-16).

    It is taken where the ORM writes columns, so nothing that goes through the ORM
    passes it: forms, imports, computed fields, commands from the other side.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    history_ids = fields.One2many(
        comodel_name="itsm.ci.history",
        inverse_name="ci_id",
        readonly=True,
    )
    history_count = fields.Integer(compute="_compute_history_count")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_history_count(self):
        # lines are made where columns are written
        self.flush_model(list(HISTORY_FIELDS))
        lines = self.env["itsm.ci.history"]
        counts = dict(
            lines._read_group([("ci_id", "in", self.ids)], ["ci_id"], ["__count"])
        )
        others = dict(
            lines._read_group(
                [("other_ci_id", "in", self.ids)], ["other_ci_id"], ["__count"]
            )
        )
        for item in self:
            item.history_count = counts.get(item, 0) + others.get(item, 0)

    # === Taking it down ===

    @api.model
    def _present_origin(self):
        """By which way a change comes; said for people, decides nothing."""
        if self.env.context.get("import_file"):
            return "import"
        if not request:
            return "system"
        path = request.httprequest.path
        return "screen" if path.startswith("/web/") else "api"

    def write(self, vals):
        self._note_writer(self)
        return super().write(vals)

    @api.model
    def _note_writer(self, records):
        """Who writes now, from where and when.

        Columns are written later, perhaps in another name.
        """
        notes = self.env.cr.cache.setdefault("itsm_ci_writer", {})
        note = {
            "user_id": self.env.uid,
            "origin": self._present_origin(),
            "time": fields.Datetime.now(),
        }
        notes.update(((records._name, record_id), note) for record_id in records._ids)

    @api.model
    def _take_writer(self, record_id, model_name="itsm.ci"):
        """What `_note_writer` noted of a record; told once: runs write very many."""
        notes = self.env.cr.cache.get("itsm_ci_writer", {})
        return notes.pop((model_name, record_id), {})

    def _write_multi(self, vals_list):
        written = set().union(*vals_list)
        names = [name for name in HISTORY_FIELDS if name in written]
        if not names:
            return super()._write_multi(vals_list)
        scope = self._copied_scope()
        if not scope:
            before = self._stored_values(names)
            result = super()._write_multi(vals_list)
            self._record_changes(before, self._stored_values(names))
            return result
        names = list(dict.fromkeys((*names, *FACTS)))
        before = self._stored_values(names)
        is_moved = "class_id" in written
        ids = [
            item_id
            for item_id, values in before.items()
            if is_moved or values["class_id"] in scope
        ]
        with self._under_control(self, ids, is_moved):
            result = super()._write_multi(vals_list)
            self._record_changes(before, self._stored_values(names))
        return result

    def _stored_values(self, names):
        """``{id: {name: JSON value}}`` as the table has them, without a flush."""
        columns = [
            # to_jsonb: dates, numbers and texts alike become what JSON can hold
            SQL("to_jsonb(%s)", SQL.identifier(name))
            for name in names
        ]
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(columns)s FROM %(table)s WHERE id = ANY(%(ids)s)",
                columns=SQL(", ").join(columns),
                table=SQL.identifier(self._table),
                ids=list(self._ids),
            )
        )
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    @api.model
    def _differences(self, old, new):
        """Which fields and attributes differ: ``[(attribute, before, after)]``."""
        for name, before in old.items():
            if name not in HISTORY_FIELDS:
                continue
            after = new.get(name)
            if name != "attributes":
                if before != after:
                    yield name, before, after
                continue
            before, after = before or {}, after or {}
            for code in sorted(before.keys() | after.keys()):
                one, two = before.get(code), after.get(code)
                # no value and “no” are the same to who looks at it
                if not same(one, two):
                    yield f"{PREFIX}{code}", one, two

    def _record_changes(self, old, new):
        writers = {item_id: self._take_writer(item_id) for item_id in old}
        vals_list = [
            {
                "ci_id": item_id,
                "attribute": name,
                "old_value": one,
                "new_value": two,
                **writers[item_id],
            }
            for item_id, before in old.items()
            for name, one, two in self._differences(before, new.get(item_id, {}))
        ]
        notes = {item_id: self._take_note(self._name, item_id) for item_id in old}
        groups = None
        if vals_list and self._control_scope():
            groups = {
                item_id: [
                    self._stored_fact(item_id, values[item_id]) for values in (old, new)
                ]
                for item_id in old
            }
        self._write_history(
            vals_list, groups, [notes[vals["ci_id"]] for vals in vals_list]
        )

    @api.model
    def _write_history(self, vals_list, groups=None, notes=None):
        """Rows of history by the present user, at this moment.

        What nobody authorised is written down as that too, or refused.

        :param dict groups: see `_control_lines`
        :param list notes: see `_control_lines`; default: as this environment is
        :raise UserError: naming what is refused
        """
        if not vals_list:
            return
        vals_list = [self._complete_line(vals) for vals in vals_list]
        if notes is None:
            notes = [self._present_note()] * len(vals_list)
        missing = self._control_lines(vals_list, groups, notes)
        lines = self._create_lines(vals_list)
        for silent in (False, True):
            self.env["itsm.ci.unauthorised"]._record(
                [
                    (vals_list[index], need, lines[index])
                    for index, need in missing.items()
                    if notes[index].silent == silent
                ],
                silent,
            )

    @api.model
    def _create_lines(self, vals_list):
        # sudo: evidence is written by code only
        history = guard.with_token(self.env["itsm.ci.history"].sudo())
        return history.create(vals_list)

    # === Reading it ===

    def _as_of(self, moment):
        """How these configuration items were at a moment.

        :param datetime moment: UTC
        :return: ``{item: values}``: stored values by field, ``attributes`` by code,
            ``relations`` as a list of dicts (type, source, target, start, end); items
            that were not recorded yet are left out
        """
        self.check_access("read")
        self.flush_recordset()
        stored = self._stored_values([*HISTORY_FIELDS, "create_date"])
        relations = self._relations_as_of(moment)
        result = {}
        for item in self:
            values = stored[item.id]
            created = fields.Datetime.to_datetime(
                values.pop("create_date").replace("T", " ").split(".")[0]
            )
            if created <= moment:
                values["attributes"] = {
                    code: value
                    for code, value in (values["attributes"] or {}).items()
                    if not is_empty(value)
                }
                values["relations"] = relations.get(item.id, [])
                result[item] = values
        domain = [
            ("ci_id", "in", [item.id for item in result]),
            ("time", ">", moment),
            ("attribute", "not in", (*RECORDS, ATTACHMENT)),
        ]
        # sudo: who reads an item reads its past
        for line in self.env["itsm.ci.history"].sudo().search(domain, order="id desc"):
            values = result[self.browse(line.ci_id.id)]
            if line.attribute.startswith(PREFIX):
                code = line.attribute.removeprefix(PREFIX)
                if is_empty(line.old_value):
                    values["attributes"].pop(code, None)
                else:
                    values["attributes"][code] = line.old_value
            else:
                values[line.attribute] = line.old_value
        return result

    def _relations_as_of(self, moment):
        """``{id: [relation, …]}`` as recorded at a moment, both ends.

        :param datetime moment: UTC
        """
        relations = self.env["itsm.ci.relation"]
        relations.flush_model()
        ids = set(self.ids)
        rows = {
            **relations._snapshots(ids, "source_id"),
            **relations._snapshots(ids, "target_id"),
        }
        domain = Domain("time", ">", moment) & Domain("attribute", "=", RELATION)
        ends = Domain("ci_id", "in", self.ids) | Domain("other_ci_id", "in", self.ids)
        # sudo: who reads an item reads its past
        lines = self.env["itsm.ci.history"].sudo()
        for line in lines.search(domain & ends, order="id desc"):
            rows[line.old_value["id"]] = line.old_value
        result = {}
        for row in rows.values():
            created = row["created"].replace("T", " ").split(".")[0]
            if fields.Datetime.to_datetime(created) > moment:
                continue
            for end in {row["source"], row["target"]} & ids:
                result.setdefault(end, []).append(row)
        return result

    # === In words ===

    @api.model
    def _history_words(self, lines):
        """``{line: (what, before, after)}`` in the user's language; batch."""
        result = {}
        every = {}
        codes = {
            line.attribute.removeprefix(PREFIX)
            for line in lines
            if line.attribute.startswith(PREFIX)
        }
        if codes:
            # sudo: labels are no secret; all: the class may have changed since
            found = self.env["itsm.ci.attribute"].sudo()
            found = found.with_context(active_test=False)
            every = {a.code: a for a in found.search([("code", "in", list(codes))])}
        texts = self._record_texts(self._references(lines, every))
        for line in lines:
            name = line.attribute
            # sudo: said below as far as the user may know
            old, new = line.sudo().old_value, line.sudo().new_value
            if name in SPECIAL:
                result[line] = (
                    self._special_name(name),
                    *((value or {}).get("name", "") for value in (old, new)),
                )
                continue
            if name == RELATION:
                relations = self.env["itsm.ci.relation"]
                words = relations._history_line_words(line, texts)
            elif name == REDUNDANCY:
                redundancies = self.env["itsm.ci.redundancy"]
                words = redundancies._history_line_words(line, texts)
            elif name.startswith(PREFIX):
                attribute = every.get(name.removeprefix(PREFIX))
                words = (
                    attribute.name if attribute else name.removeprefix(PREFIX),
                    self._attribute_text(attribute, old, texts),
                    self._attribute_text(attribute, new, texts),
                )
            else:
                field = self._fields.get(name)
                words = (
                    field._description_string(self.env) if field else name,
                    self._field_text(field, old, texts),
                    self._field_text(field, new, texts),
                )
            result[line] = words
        return result

    @api.model
    def _special_name(self, name):
        """What a line is about that is neither field nor attribute, for people."""
        return {
            RELATION: self.env._("Relation"),
            REDUNDANCY: self.env._("Redundancy"),
            ATTACHMENT: self.env._("Attached file"),
            CREATION: self.env._("Added"),
            DELETION: self.env._("Removed"),
        }.get(name, name)

    @api.model
    def _attribute_text(self, attribute, value, texts):
        kind = attribute.kind if attribute else None
        if value is None or value is False and kind != "boolean":
            return ""
        if not attribute:
            return str(value)
        if kind in ("selection", "tags"):
            options = attribute.with_context(active_test=False).option_ids
            names = {option.code: option.name for option in options}
            values = value if isinstance(value, list) else [value]
            return ", ".join(names.get(code, code) for code in values)
        if kind == "many2one":
            return texts[attribute.comodel, value]
        return self._plain_text(kind, value)

    @api.model
    def _field_text(self, field, value, texts):
        if value is None or value is False and (not field or field.type != "boolean"):
            return ""
        if field is None:
            return str(value)
        # in what is kept for every reader nothing is said that only some may know
        hidden = self.env.context.get(FOR_EVERYBODY)
        if field.groups and (hidden or not self.env.user.has_groups(field.groups)):
            return self.env._("(hidden)")
        if field.type == "many2one":
            return texts[field.comodel_name, value]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        return self._plain_text(field.type, value)

    @api.model
    def _plain_text(self, kind, value):
        if kind == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        if kind == "html":
            return html2plaintext(value)
        if kind == "date":
            return format_date(self.env, value)
        if kind == "datetime":
            return format_datetime(self.env, value)
        return str(value)

    @api.model
    def _references(self, lines, every):
        """``{(model, id)}`` of records that lines of history name.

        :param dict every: attributes by code
        """
        found = set()
        for line in lines.sudo():  # sudo: said as far as the user may know
            for value in (line.old_value, line.new_value):
                if not value or line.attribute in SPECIAL:
                    continue
                if line.attribute == RELATION:
                    found.add(("itsm.ci.relation.type", value["type"]))
                    found.add(("itsm.ci", value["source"]))
                    found.add(("itsm.ci", value["target"]))
                elif line.attribute == REDUNDANCY:
                    found.add(("itsm.ci", value["ci"]))
                elif line.attribute.startswith(PREFIX):
                    attribute = every.get(line.attribute.removeprefix(PREFIX))
                    if attribute and attribute.kind == "many2one":
                        found.add((attribute.comodel, value))
                else:
                    field = self._fields.get(line.attribute)
                    if field and field.type == "many2one":
                        found.add((field.comodel_name, value))
        return found

    @api.model
    def _record_texts(self, references):
        """``{(model, id): name}`` as the user may know them; constant queries."""
        ids = {}
        for model_name, record_id in references:
            ids.setdefault(model_name, []).append(record_id)
        texts = dict.fromkeys(references, self.env._("(deleted)"))
        for model_name, record_ids in ids.items():
            records = self.env[model_name].browse(sorted(record_ids)).exists()
            for record in records:
                texts[model_name, record.id] = self.env._("(hidden)")
            for record in records._filtered_access("read"):
                texts[model_name, record.id] = record.display_name
        return texts
