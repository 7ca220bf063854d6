# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.itsm_base.tools import guard

from ..tools.control import (
    FREE,
    RECORD,
    REFUSE,
    Change,
    Fact,
    Need,
    Note,
    refusal,
)
from ..tools.properties import is_empty, same
from .itsm_ci_history import PREFIX
from .itsm_ci_record import (
    CREATION,
    DELETION,
    HISTORY_FIELDS,
    RECORDS,
    RELATION,
)

WHOLE = (CREATION, DELETION)
SHOWN = 5
#: Which writes of a record are still to reach its table: all with the key, all silent.
PENDING = "itsm_ci_pending"


class ItsmCi(models.Model):
    """Nothing under control changes without authority (CFG-17).

    Authority is a record of the database, never the context. What is refused is refused
    when it is written, and once more where the ORM writes columns; what is recorded is
    recorded there, so no way through the ORM passes it.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    # === CRUD ===

    @api.model
    def _check_new(self, vals_list):
        """Refuse new ones without authority, before anything is stored.

        :param list vals_list: complete: with class and state
        :raise UserError: naming what is refused
        """
        if self._control_scope(REFUSE):
            self.browse().check_access("create")
            self._refuse(self._new_entries(vals_list))

    @api.model
    def _new_entries(self, vals_list):
        """What control asks of new ones, see `_needs`.

        :param list vals_list: complete: with class and state
        """
        with_key = guard.has_token(self.env)
        entries = []
        for vals in vals_list:
            if vals.get("class_id") and not (with_key and vals.get("service_id")):
                fact = Fact(
                    False,
                    vals.get("name") or "",
                    vals["class_id"],
                    vals.get("state"),
                    vals["company_id"] if "company_id" in vals else self.env.company.id,
                    False,
                )
                entries.append(({"attribute": CREATION, "new": vals}, [[fact]]))
        return entries

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._record_new()
        return items

    def _record_new(self):
        """Write down those that were added without authority, and keep copies."""
        scope = self._copied_scope()
        items = self.sudo()  # sudo: control does not ask who may read
        items = items.filtered(lambda item: item.class_id.id in scope)
        if not items:
            return
        self.env["itsm.ci.copy"]._keep(self._name, items.ids)
        if not self._control_scope():
            return
        if guard.has_token(self.env):
            items = items.filtered(lambda item: not item.service_id)
        items._write_unauthorised(
            [
                (
                    {
                        "ci_id": item.id,
                        "attribute": CREATION,
                        "new_value": {"name": item.name, "class": item.class_id.id},
                    },
                    [[item._fact()]],
                )
                for item in items
            ]
        )

    def write(self, vals):
        self._check_refused(vals)
        return super().write(vals)

    def _check_refused(self, vals):
        """Refuse what is not authorised before anything is stored.

        :raise UserError: naming configuration items and what would change
        """
        if vals.keys().isdisjoint(HISTORY_FIELDS) or not self._control_scope(REFUSE):
            return
        self.check_access("write")  # before a refusal that names the record
        self._refuse(self._changed_entries(vals))

    def _changed_entries(self, vals):
        """What control asks of a write, see `_needs`.

        :param dict vals: as given to `write`
        """
        names = [name for name in HISTORY_FIELDS if name in vals]
        with_key = guard.has_token(self.env)
        entries = []
        for item in self.sudo():  # sudo: control does not ask who may read
            if with_key and item.service_id:
                continue
            before = item._fact()
            after = before._replace(
                class_id=vals.get("class_id", before.class_id),
                state=vals.get("state", before.state),
            )
            entries += [
                (
                    {
                        "ci_id": item.id,
                        "attribute": name,
                        "old_value": item._present_value(name),
                    },
                    [[before, after]],
                )
                for name in item._changed_names(vals, names)
            ]
        return entries

    def _present_value(self, name):
        """What a field or attribute has now; none is None.

        :param str name: as lines of history have it
        """
        code = name.removeprefix(PREFIX)
        if code != name:
            return self._raw_attributes().get(code)
        if self._fields[name].type == "boolean":
            return self[name]
        return self[name] or None

    @api.model
    def _is_filling(self, vals):
        """Whether a line gives a value to a field or attribute that had none."""
        name = vals["attribute"]
        code = name.removeprefix(PREFIX)
        if code == name and (
            name not in HISTORY_FIELDS or self._fields[name].type == "boolean"
        ):
            return False
        return "old_value" in vals and is_empty(vals["old_value"])

    def _changed_names(self, vals, names):
        """What a write would change: names as lines of history have them."""
        self.ensure_one()
        for name in names:
            field = self._fields[name]
            if name == "attributes":
                present = self._raw_attributes()
                for code, value in self._plain_attributes(vals[name]).items():
                    if not same(present.get(code), value):
                        yield f"{PREFIX}{code}"
            elif field.convert_to_cache(vals[name], self) != field.convert_to_cache(
                self[name], self
            ):
                yield name

    def _archive_kept(self):
        """What is under control is archived: nothing under control is deleted."""
        rules = self.env["itsm.ci.class"]._control_rules()
        kept = self.filtered(
            lambda item: item.class_id.id in rules.scope and item.state in rules.states
        )
        if guard.has_token(self.env):
            kept = kept.filtered(lambda item: not item.service_id)
        return kept | super()._archive_kept()

    def _archive_references(self):
        return [
            *super()._archive_references(),
            ("itsm.ci.unauthorised", "ci_id"),
            ("itsm.ci.unauthorised", "other_ci_id"),
            ("itsm.ci.authorisation", "ci_ids"),
        ]

    def unlink(self):
        ids = self.ids if self._copied_scope() else []
        result = super().unlink()
        if ids:
            self.env["itsm.ci.copy"]._forget(self._name, ids)
        return result

    # === Who may write which class ===

    def _check_access(self, operation):
        result = super()._check_access(operation)
        if operation == "read" or self.env.su or not any(self._ids):
            return result
        classes = self.env["itsm.ci.class"]
        if not classes._control_rules().has_groups:
            return result
        user = self.env.user
        if user.has_group("itsm_cmdb.itsm_group_ci_manager"):
            return result
        mine = set(user._get_group_ids())
        # sudo: what class it is counts, seen or not
        others = self.sudo().filtered(
            lambda item: (
                (group := classes._control_of(item.class_id.id).group_id)
                and group not in mine
            )
        )
        others = self.browse(others.ids)
        if not others:
            return result
        if result:
            return result[0] | others, result[1]
        return others, others._group_error

    def _group_error(self):
        item = self[0].sudo()  # sudo: named to who may read it
        control = self.env["itsm.ci.class"]._control_of(item.class_id.id)
        # sudo: a name of a group is no secret
        group = self.env["res.groups"].sudo().browse(control.group_id)
        return AccessError(
            self.env._(
                "%(name)s is of the class %(ci_class)s: only %(group)s and "
                "configuration managers may write it. Ask one of them.",
                name=item.name,
                ci_class=item.class_id.name,
                group=group.full_name,
            )
        )

    # === Notes ===

    @api.model
    def _note_writer(self, records):
        result = super()._note_writer(records)
        pending = self.env.cr.cache.setdefault(PENDING, {})
        with_key, silent = guard.has_token(self.env), guard.is_silent(self.env)
        for record_id in records._ids:
            key = records._name, record_id
            known = pending.get(key, Note(True, True))
            pending[key] = Note(known.exempt and with_key, known.silent and silent)
        return result

    @api.model
    def _take_note(self, model_name, record_id):
        """How the record was written since its columns were last; told once."""
        pending = self.env.cr.cache.get(PENDING, {})
        note = pending.pop((model_name, record_id), None)
        return note or Note(False, guard.is_silent(self.env))

    @api.model
    def _present_note(self):
        """How this environment writes."""
        return Note(guard.has_token(self.env), guard.is_silent(self.env))

    # === What is under control ===

    @api.model
    def _copied_scope(self):
        """Ids of classes of whose configuration items copies are kept."""
        return self.env["itsm.ci.class"]._control_rules().scope

    @api.model
    def _control_scope(self, mode=None):
        """Ids of classes under control; empty while a module is installed or none is.

        :param str mode: only classes of this mode, whatever the day
        """
        if not self.env.registry.ready:
            return frozenset()
        rules = self.env["itsm.ci.class"]._control_rules()
        if mode:
            return frozenset(
                class_id
                for class_id in rules.scope
                if rules.controls[class_id].mode == mode
            )
        return rules.scope

    def _fact(self):
        """This configuration item as it is now."""
        self.ensure_one()
        item = self.sudo()  # sudo: control does not ask who may read
        return Fact(
            item.id,
            item.name,
            item.class_id.id,
            item.state,
            item.company_id.id,
            bool(item.service_id),
        )

    @api.model
    def _stored_fact(self, item_id, values):
        """One as `_stored_values` has it."""
        return Fact(
            item_id,
            values["name"],
            values["class_id"],
            values["state"],
            values["company_id"] or False,
            bool(values.get("service_id")),
        )

    @api.model
    def _needs(self, entries):
        """Which changes need authority.

        :param list entries: ``(values of a line of history, groups of `Fact`)``, a
            group for each configuration item that is concerned
        :return: list of `Need`
        """
        rules = self.env["itsm.ci.class"]._control_rules()
        modes = {}
        needs = []
        for index, (vals, groups) in enumerate(entries):
            for facts in groups:
                mode = self._mode_of(rules, vals, facts, modes)
                if mode != FREE:
                    change = self._change_of(
                        facts[-1],
                        vals["attribute"],
                        tuple(sorted({fact.class_id for fact in facts})),
                        vals.get("user_id"),
                        self._is_filling(vals),
                    )
                    needs.append(Need(index, mode, facts[0], change))
        return needs

    @api.model
    def _change_of(self, fact, attribute, class_ids=(), user_id=None, fills=False):
        """A change of one configuration item, by default of the present user."""
        return Change(
            fact.ci_id,
            class_ids or (fact.class_id,),
            fact.company_id,
            user_id or self.env.uid,
            attribute,
            fills,
        )

    @api.model
    def _mode_of(self, rules, vals, facts, modes):
        """The strictest mode of one configuration item; *modes* is kept for a batch."""
        if not any(fact.state in rules.states for fact in facts):
            return FREE
        strictest = FREE
        for fact in facts:
            control = rules.controls.get(fact.class_id)
            if not control or not self._is_thing(rules, control, vals):
                continue
            key = fact.class_id, fact.company_id
            if key not in modes:
                # sudo: which day it is there is no secret
                company = self.env["res.company"].sudo().browse(fact.company_id)
                modes[key] = self.env["itsm.ci.class"]._control_mode(
                    control, company or self.env.company
                )
            if modes[key] == REFUSE or strictest == FREE:
                strictest = modes[key]
        return strictest

    @api.model
    def _is_thing(self, rules, control, vals):
        """Whether what a line is about is under control in a class."""
        name = vals["attribute"]
        if name.startswith(PREFIX):
            return name.removeprefix(PREFIX) not in rules.free_codes
        if name == RELATION:
            kinds = {
                value["type"]
                for value in (vals.get("old_value"), vals.get("new_value"))
                if value
            }
            return not kinds <= rules.free_types
        return name in RECORDS or name in WHOLE or name in control.things

    # === Authority ===

    @api.model
    def _authority_for(self, changes, moment):
        """Under which authority changes happen; looked up in the database (CFG-17).

        Other addons add to it: ``found = super()…`` and then what *found* lacks.

        :param list changes: `Change`
        :param datetime moment: UTC
        :return: ``{change: record}`` of those that are authorised; constant queries
        """
        return self.env["itsm.ci.authorisation"]._authority_for(changes, moment)

    @api.model
    def _own_authority(self, vals):
        """The authority that a line brings with it, noted when it was written.

        :param dict vals: of the line; ``new``: values of an item that is to be created
        :return: a record, or None
        """
        return None

    @api.model
    def _refuse(self, entries):
        """Stop what a class refuses and nobody authorised.

        :raise UserError: naming configuration items and what would change
        """
        missing = self._refused_needs(entries)
        if missing:
            raise self._refusal(missing)

    @api.model
    def _refused_needs(self, entries):
        """What a class refuses and nobody authorised; constant queries.

        :return: list of `Need`
        """
        needs = [need for need in self._needs(entries) if need.mode == REFUSE]
        if not needs:
            return []
        changes = list(dict.fromkeys(need.change for need in needs))
        found = self._authority_for(changes, fields.Datetime.now())
        return [
            need
            for need in needs
            if need.change not in found
            and not self._own_authority(entries[need.index][0])
        ]

    @api.model
    def _would_refuse(self, parts):
        """What would be refused now, in the words of the refusal; writes nothing.

        :param list parts: for each write its entries, see `_needs`
        :return: ``{place in parts: text}``; constant queries
        """
        places = [place for place, part in enumerate(parts) for _entry in part]
        found = {}
        for need in self._refused_needs([entry for part in parts for entry in part]):
            found.setdefault(places[need.index], []).append(need)
        wanted = {place: self._refusal_wanted(needs) for place, needs in found.items()}
        named = self._refusal_names([pair for some in wanted.values() for pair in some])
        return {
            place: self._refusal_text(some, named) for place, some in wanted.items()
        }

    @api.model
    def _refusal(self, needs):
        wanted = self._refusal_wanted(needs)
        named = self._refusal_names(wanted[:SHOWN])
        return refusal(UserError(self._refusal_text(wanted, named)))

    @api.model
    def _refusal_wanted(self, needs):
        """``[(fact, attribute)]`` that is refused, each once."""
        return list(dict.fromkeys((need.fact, need.change.attribute) for need in needs))

    @api.model
    def _refusal_names(self, wanted):
        """What refusals say: ids of items that may be named, names of what changes."""
        ids = {fact.ci_id for fact, _attribute in wanted if fact.ci_id}
        readable = self.browse(sorted(ids))._filtered_access("read").ids
        # sudo: a name of a class is no secret; read together
        classes = self.env["itsm.ci.class"].sudo()
        classes.browse({fact.class_id for fact, _attribute in wanted}).fetch(["name"])
        return set(readable), self._thing_names({name for _fact, name in wanted})

    @api.model
    def _refusal_text(self, wanted, named):
        """Why it is refused.

        :param list wanted: see `_refusal_wanted`
        :param tuple named: see `_refusal_names`
        """
        readable, names = named
        more = len(wanted) - SHOWN
        wanted = wanted[:SHOWN]
        lines = []
        for fact, attribute in wanted:
            if fact.ci_id and fact.ci_id not in readable:
                fact = fact._replace(name=self.env._("(hidden)"))
            if attribute == CREATION:
                lines.append(
                    self.env._(
                        "%(ci)s (%(ci_class)s) cannot be added without authorisation.",
                        ci=fact.name,
                        ci_class=self._class_name(fact),
                    )
                )
            else:
                lines.append(
                    self.env._(
                        "%(ci)s (%(ci_class)s) is under control: %(what)s cannot be "
                        "changed without authorisation.",
                        ci=fact.name,
                        ci_class=self._class_name(fact),
                        what=names[attribute],
                    )
                )
        if more > 0:
            lines.append(self.env._("… and %(count)s more.", count=more))
        lines.append(
            self.env._(
                "Press “Ask for an Authorisation” on the configuration item (or CMDB → "
                "Control → Authorisations), then “Ask for It”. When a configuration "
                "manager has approved it, change it within its window."
            )
        )
        return "\n".join(lines)

    @api.model
    def _class_name(self, fact):
        # sudo: a name of a class is no secret
        return self.env["itsm.ci.class"].sudo().browse(fact.class_id).name

    @api.model
    def _thing_name(self, attribute):
        """What a line of history is about, for people."""
        return self._thing_names({attribute})[attribute]

    @api.model
    def _thing_names(self, attributes):
        """``{attribute of a line of history: what it is for people}``; one query."""
        codes = {
            attribute: attribute.removeprefix(PREFIX)
            for attribute in attributes
            if attribute.startswith(PREFIX)
        }
        # sudo: labels are no secret
        known = self.env["itsm.ci.attribute"].sudo().with_context(active_test=False)
        known = known.search([("code", "in", list(codes.values()))]) if codes else known
        labels = {attribute.code: attribute.name for attribute in known}
        names = {name: labels.get(code) or code for name, code in codes.items()}
        for attribute in attributes - codes.keys():
            if attribute in self._fields:
                names[attribute] = self._fields[attribute]._description_string(self.env)
            else:
                names[attribute] = self._special_name(attribute)
        return names

    # === Lines of history ===

    @api.model
    @contextmanager
    def _under_control(self, records, ids, is_moved=False):
        """Around a write of columns: what is refused leaves nothing behind.

        :param records: configuration items, relations or redundancies
        :param ids: of those that may be under control, before or after
        :param bool is_moved: their class may change
        """
        ids = list(ids) if self._copied_scope() else []
        if not ids:
            yield
            return
        copies = self.env["itsm.ci.copy"]
        # what came past the system is told apart from what is written now
        copies._compare(records._name, ids)
        if is_moved:
            copies._compare_relations(ids)
        if self._control_scope(REFUSE):
            with self.env.cr.savepoint(flush=False):
                yield
        else:
            yield
        copies._keep(records._name, ids)
        if is_moved:
            copies._fit(ids)

    @api.model
    def _control_lines(self, vals_list, groups, notes):
        """Find the authority of lines of history, or refuse them.

        :param list vals_list: values of lines, complete; the authority is added
        :param dict groups: facts by id of the configuration item; None: as they are
        :param list notes: `Note` for each line
        :return: `{index: Need}` of lines that are not authorised
        :raise UserError: naming what is refused
        """
        if not self._control_scope():
            return {}
        groups = self._facts_of(vals_list) if groups is None else groups
        entries = []
        for vals, note in zip(vals_list, notes, strict=True):
            found = self._groups_of(vals, groups)
            if note.exempt and self._is_of_catalogue(vals, found):
                found = []
            entries.append((vals, found))
        needs = self._needs(entries)
        return self._settle(needs, vals_list)

    @api.model
    def _settle(self, needs, vals_list):
        if not needs:
            return {}
        changes = list(dict.fromkeys(need.change for need in needs))
        found = self._authority_for(changes, fields.Datetime.now())
        for need in needs:
            own = need.change not in found and self._own_authority(
                vals_list[need.index]
            )
            if own:
                found[need.change] = own
        missing = [need for need in needs if need.change not in found]
        refused = [need for need in missing if need.mode == REFUSE]
        if refused:
            raise self._refusal(refused)
        result = {}
        for need in missing:
            result.setdefault(need.index, need)
        for need in needs:
            if need.index not in result:
                self._note_authority(vals_list[need.index], found[need.change])
        return result

    @api.model
    def _note_authority(self, vals, authority):
        """A line of history, or what is added, has this authority.

        :param dict vals: of the line; of what is added, nothing else is kept
        :param authority: a record
        """
        vals.setdefault("authority_key", f"{authority._name},{authority.id}")

    @api.model
    def _is_of_catalogue(self, vals, groups):
        """Whether what was written with the key follows the catalogue of services."""
        if vals["attribute"] == RELATION:
            return True
        return any(fact.is_service for facts in groups for fact in facts)

    @api.model
    def _groups_of(self, vals, groups):
        """The groups of facts of the configuration items of a line."""
        ends = dict.fromkeys((vals.get("ci_id"), vals.get("other_ci_id")))
        return [groups[end] for end in ends if end in groups]

    @api.model
    def _refuse_lines(self, lines):
        """Refuse lines of history that would be written; see `_refuse`."""
        groups = self._facts_of(lines)
        self._refuse([(vals, self._groups_of(vals, groups)) for vals in lines])

    @api.model
    def _facts_of(self, vals_list):
        """Facts of the configuration items of lines, as they are now."""
        ids = {vals.get(end) for vals in vals_list for end in ("ci_id", "other_ci_id")}
        # sudo: control does not ask who may read
        items = self.sudo().browse(sorted(filter(None, ids)))
        return {item.id: [item._fact()] for item in items}

    # === What was not authorised ===

    @api.model
    def _write_unauthorised(self, entries):
        """Write down what has no line of history: what was added.

        :param list entries: see `_needs`
        :raise UserError: naming what is refused
        """
        vals_list = [self._complete_line(vals) for vals, _groups in entries]
        groups = [found for _vals, found in entries]
        entries = list(zip(vals_list, groups, strict=True))
        missing = self._settle(self._needs(entries), vals_list)
        self.env["itsm.ci.unauthorised"]._record(
            [(vals_list[index], need, None) for index, need in missing.items()],
            guard.is_silent(self.env),
        )

    @api.model
    def _complete_line(self, vals):
        return {
            "time": fields.Datetime.now(),
            "user_id": self.env.uid,
            "origin": self._present_origin(),
            **vals,
        }

    # === What people see ===

    control_mode = fields.Selection(
        selection=[
            (FREE, "Free"),
            (RECORD, "Unauthorised changes are recorded"),
            (REFUSE, "Unauthorised changes are refused"),
        ],
        string="Control",
        compute="_compute_control",
        help="What happens to a change of it without authorisation today.",
    )
    authority_text = fields.Char(
        string="Authorised by",
        compute="_compute_control",
        help="Under what it may be changed at this moment.",
    )
    in_change = fields.Boolean(
        compute="_compute_control",
        search="_search_in_change",
        help="An approved authorisation is in its window.",
    )
    unauthorised_ids = fields.One2many(
        comodel_name="itsm.ci.unauthorised", inverse_name="ci_id", readonly=True
    )
    unauthorised_count = fields.Integer(
        string="Unauthorised Changes", compute="_compute_unauthorised_count"
    )

    @api.depends("class_id", "state", "company_id")
    @api.depends_context("uid", "lang", "tz")
    def _compute_control(self):
        rules = self.env["itsm.ci.class"]._control_rules()
        modes = {}
        asked = {}
        for item in self:
            item.update(
                {"control_mode": FREE, "authority_text": False, "in_change": False}
            )
            # what is being entered has no class yet
            if item._origin and item.class_id:
                fact = item._origin._fact()
                vals = {"attribute": CREATION}
                item.control_mode = self._mode_of(rules, vals, [fact], modes)
                if item.control_mode != FREE:
                    asked[item] = self._change_of(fact, CREATION)
        if asked:
            # as the search: only authorisations have a window
            found = self.env["itsm.ci.authorisation"]._authority_for(
                list(asked.values()), fields.Datetime.now()
            )
            for item, change in asked.items():
                if change in found:
                    item.in_change = True
                    # sudo: what it is called is no secret to who reads the item
                    item.authority_text = found[change].sudo().display_name

    def _search_in_change(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = self.env["itsm.ci.authorisation"]._domain_of_items()
        return domain if True in value else ~domain

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_unauthorised_count(self):
        # they are found where columns are written
        self.flush_model(list(HISTORY_FIELDS))
        counts = dict(
            self.env["itsm.ci.unauthorised"]._read_group(
                [("ci_id", "in", self.ids)], ["ci_id"], ["__count"]
            )
        )
        for item in self:
            item.unauthorised_count = counts.get(item, 0)

    def action_view_unauthorised(self):
        """Open the changes of this configuration item that nobody authorised."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_unauthorised_action"
        )
        ends = ["|", ("ci_id", "=", self.id), ("other_ci_id", "=", self.id)]
        return {**action, "domain": ends, "context": {}}

    def action_authorise(self):
        """Ask for an authorisation for these configuration items, or give it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Authorisation"),
            "res_model": "itsm.ci.authorisation",
            "views": [(False, "form")],
            "context": {
                "default_ci_ids": self.ids,
                "default_company_id": self.company_id[:1].id or self.env.company.id,
            },
        }
