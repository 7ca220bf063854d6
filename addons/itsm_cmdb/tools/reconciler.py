# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Rows of a source compared with the CMDB, and written: batch by batch.

What is there is read by a few statements for each batch and compared in memory; what
differs is written through the ORM, so that rules, rights and history hold.
"""

from collections import Counter

import psycopg2

from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.text_file import word

from .ci_rows import EXTRA, heading
from .ci_values import Column
from .control import is_refusal
from .properties import WrongValueError, is_empty, same
from .reconciler_control import Tally
from .reconciler_entry import Entry, Problem
from .reconciler_foresight import Foresight
from .reconciler_links import Links
from .reconciler_matching import Matching
from .reconciler_relations import Relations
from .reconciler_telling import Telling

#: Rows of one batch: a handful of statements each.
BATCH = 1000
MAX_KEY = 500
#: Fields of an item with a default that is the same for all of a batch.
DEFAULTS = ("active", "criticality", "currency_id")
#: In the context of what an import writes; no client can send one.
CONTEXT = "itsm_ci_import"


class Origin:
    """Says that an import writes, and for which source."""

    def __init__(self, source_id):
        self.source_id = source_id


class Reconciler(Matching, Links, Relations, Telling, Foresight):
    """The work on the rows of one source.

    :param source: `itsm.ci.source`; its environment is that of the work
    :param str token: names the pass over all rows of the source
    :param bool write: otherwise nothing is changed but the notes of what was compared
    :param dict decisions: row number → ``(decision, id of a configuration item)``
    :param bool is_late: what was decided after the pass is worked: what the source has
        named since is left alone
    :param file_rows: function that gives all rows of the source once more, as
        ``(number, cells)``: what relations of a dry run may lead to
    """

    def __init__(
        self, source, token, write, decisions=None, file_rows=None, is_late=False
    ):
        context = {
            "lang": source.env.lang,
            "tz": source.env.tz,
            "tracking_disable": True,
            "mail_create_nosubscribe": True,
            CONTEXT: Origin(source.id),
        }
        if source.company_id:
            context["allowed_company_ids"] = source.company_id.ids
        elif "allowed_company_ids" in source.env.context:
            context["allowed_company_ids"] = source.env.context["allowed_company_ids"]
        # its own: nothing that a client sends along counts
        self.source = guard.silence(source.with_env(source.env(context=context)))
        self.env = self.source.env
        self.token = token
        self.mark = "token" if write else "check_token"
        self.write = write
        self.decisions = decisions or {}
        self.file_rows = file_rows
        self.is_late = is_late
        #: What is under control and was changed, or was to be.
        self.tally = Tally(self.source) if write else None
        self.counts = Counter()
        self.findings = []
        #: Whether rows that name an item not there yet are put off, to `late`.
        self.waits = False
        self.late = []
        #: Numbers of rows of a dry run that become nothing: refused, wrong or asked.
        self.lost = set()
        self._told = Counter()
        self.company_id = source.company_id.id or None
        self.columns = [Column(line) for line in self.source.field_ids]
        self.key_name = heading(source.key_column) if source.key_column else None
        self.class_name = heading(source.class_column) if source.class_column else None
        by_line = {column.line.id: column for column in self.columns}
        self.rules = [
            (rule, [by_line[line.id] for line in rule.field_ids])
            for rule in self.source.key_ids
        ]
        self._classes = None
        self._below = {}
        self._codes = {}
        self._file_values = {}
        self._rivals = self._claiming()

    # === Items ===

    def work(self, rows, is_again=False):
        """Recognise, compare and – if asked – write a batch of rows.

        :param list rows: ``(number, {heading: value})``
        :param bool is_again: rows that named items which came in the same batch
        :return: the entries
        """
        self.env.flush_all()
        entries = [Entry(number, cells) for number, cells in rows]
        self._resolve(entries)
        for entry in entries:
            try:
                self._read(entry)
            except Problem as problem:
                entry.fail(str(problem))
        self._find_links(entries)
        self._identify([e for e in entries if not e.outcome and not e.item])
        self._decide([e for e in entries if not e.outcome])
        self._compare([e for e in entries if e.outcome == "known"])
        if self.write:
            self._create([e for e in entries if e.outcome == "new"])
            self._update([e for e in entries if e.outcome == "changed"])
        else:
            self._foresee(entries)
        # what they name may be there now
        again = [e for e in entries if e.again and (self.waits or not is_again)]
        entries = [e for e in entries if e not in again] if again else entries
        self._note_links(entries)
        self._tell(entries)
        rows = [(e.number, e.cells) for e in again]
        if is_again:
            self.late += rows
        elif rows:
            entries += self.work(rows, is_again=True)
        if self.write:
            self.env.flush_all()
            self.env.invalidate_all()
        return entries

    def work_late(self):
        """The rows that were put off, until no more of them can be done."""
        rows, before = self.late, 0
        while rows:
            # if none could be done the last time, their problems are told
            self.waits = len(rows) != before
            before, self.late = len(rows), []
            for first in range(0, len(rows), BATCH):
                self.work(rows[first : first + BATCH])
            rows = self.late

    # --- reading ---

    def _class_of(self, entry):
        text = entry.cells.get(self.class_name) if self.class_name else None
        if not text:
            return self.source.class_id
        if self._classes is None:
            classes = self.env["itsm.ci.class"].search([])
            self._classes = {}
            for env in (self.env, self.env(context={"lang": "en_US"})):
                for ci_class in classes.with_env(env):
                    self._classes[word(ci_class.name)] = classes.browse(ci_class.id)
            for ci_class in classes:
                self._classes[word(ci_class.code)] = ci_class
        found = self._classes.get(word(str(text)))
        if not found:
            raise Problem(
                self.env._(
                    "%(column)s: there is no class “%(value)s”. Write the code of a "
                    "class.",
                    column=self.source.class_column,
                    value=str(text),
                )
            )
        return found

    def _read(self, entry):
        """The values of a row, its key and its class.

        :raise Problem: naming columns and values
        """
        problems = []
        for column in self.columns:
            value = entry.cells.get(column.name)
            try:
                read = column.kept(value)
            except WrongValueError as error:
                if column.comodel == "itsm.ci" and self._is_coming(entry, value):
                    continue
                problems.append(self._wrong(column, value, error))
                continue
            entry.values[column] = read
        # before all problems are told: it is seen, however wrong it is
        entry.key = self._key(entry)
        if EXTRA in entry.cells:
            # a comma too many: who knows which cell is under which heading
            problems.append(
                self.env._(
                    "The row has more cells than the file has headings: %(cells)s. Put "
                    "them under a heading, or take them out.",
                    cells=", ".join(entry.cells[EXTRA])[:80],
                )
            )
        if problems:
            raise Problem(" ".join(problems))
        if not entry.key:
            raise Problem(
                self.env._(
                    "%(column)s: the row has no key.", column=self.source.key_column
                )
                if self.key_name
                else self.env._(
                    "None of the keys of identification is filled: %(columns)s.",
                    columns=", ".join(c.label for _r, cs in self.rules for c in cs),
                )
            )
        if len(entry.key) > MAX_KEY:
            raise Problem(
                self.env._("The key has more than %(count)s signs.", count=MAX_KEY)
            )
        entry.ci_class = self._class_of(entry)

    def _is_coming(self, entry, value):
        """Whether the item that a cell names may be made by a row of this pass."""
        entry.again = self.write
        names = ("number", "hostname", "external_id", "asset_tag", "name")
        return any(self._is_in_file(name, str(value).casefold()) for name in names)

    def _wrong(self, column, value, error):
        if column.comodel:
            return self.env._(
                "%(column)s: “%(value)s” is not known here, or it is the name of "
                "several.",
                column=column.label,
                value=self._plain(value),
            )
        return self.env._(
            "%(column)s: %(problem)s, not “%(value)s”.",
            column=column.label,
            problem=error.said(self.env),
            value=self._plain(value),
        )

    @staticmethod
    def _plain(value):
        """What was said, as a column can hold it."""
        text = str(value)[:1000].replace("\x00", "")
        return text.encode(errors="replace").decode()

    def _key(self, entry):
        if self.key_name:
            value = entry.cells.get(self.key_name)
            if isinstance(value, bool) or not isinstance(value, str | int):
                return None
            value = str(value).strip()
            return value if value and value == self._plain(value) else None
        for rule, columns in self.rules:
            values = self._rule_values(entry, rule, columns)
            if values:
                return " ".join(
                    f"{c.target}={str(v).casefold()}"
                    for c, v in zip(columns, values, strict=True)
                )
        return None

    def _rule_values(self, entry, rule, columns):
        """The values of a key of identification, empty unless all are there."""
        if rule.class_id and entry.ci_class:
            if not self._is_below(entry.ci_class, rule.class_id):
                return ()
        values = tuple(entry.values.get(column) for column in columns)
        return () if any(is_empty(value) for value in values) else values

    def _is_below(self, ci_class, above):
        key = ci_class.id, above.id
        if key not in self._below:
            self._below[key] = ci_class._is_kind_of(above)
        return self._below[key]

    # --- deciding ---

    def _decide(self, entries):
        """New, known, asked, passed over or wrong."""
        taken, pending = {}, {}
        others = self._other_links(entries)
        for entry in entries:
            try:
                self._decide_one(entry, taken, pending, others)
            except Problem as problem:
                entry.fail(str(problem))

    def _other_links(self, entries):
        """Other keys of the source for candidates: ``{item: (link, key, seen)}``."""
        ids = {c[0] for entry in entries for c in entry.candidates}
        chosen = (self.decisions.get(entry.number, (None, None)) for entry in entries)
        ids |= {item_id for _decision, item_id in chosen if item_id}
        if not ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT ci_id, id, key, %s FROM itsm_ci_source_link"
                " WHERE source_id = %s AND ci_id = ANY(%s)"
                # second keys are none of these; of several the first counts
                " AND NOT COALESCE(is_alias, false) ORDER BY id DESC",
                SQL.identifier(self.mark),
                self.source.id,
                list(ids),
            )
        )
        return {row[0]: (row[1], row[2], row[3] == self.token) for row in rows}

    def _decide_one(self, entry, taken, pending, others):
        source = self.source
        decision, chosen = self.decisions.get(entry.number, (None, None))
        if decision == "skip":
            entry.fail(self.env._("Passed over, as decided."), "skipped")
            return
        if entry.item:
            self._take(entry, taken)
            if source.on_one == "link":
                entry.outcome = "unchanged"
            return
        found = entry.candidates
        if decision == "use" and chosen:
            found = [c for c in found if c[0] == chosen] or self._chosen(chosen)
        elif decision == "create":
            found = []
        if len(found) > 1:
            entry.fail(
                self.env._("%(count)s configuration items match.", count=len(found)),
                "ask" if source.on_several == "ask" else "error",
            )
            return
        if found:
            item_id, class_id, company = found[0]
            if company != self.company_id:
                raise Problem(
                    self.env._(
                        "What matches belongs to all companies: only a source without "
                        "company changes it."
                    )
                )
            if item_id in others:
                link, key, seen = others[item_id]
                if seen:
                    raise Problem(
                        self.env._(
                            "What matches is what the source calls %(key)s: two rows "
                            "cannot be one configuration item.",
                            key=key,
                        )
                    )
                entry.link = link
            entry.item, entry.known = item_id, class_id
            self._take(entry, taken)
            if source.on_one == "link" and entry.outcome == "known":
                entry.outcome = "linked"
            return
        if decision != "create" and source.on_none != "create":
            entry.fail(
                self.env._("No configuration item matches."),
                "ask" if source.on_none == "ask" else "skipped",
            )
            return
        self._prepare_new(entry)
        for rule, columns in self.rules:
            values = self._rule_values(entry, rule, columns)
            if not values:
                continue
            key = (
                rule.id,
                rule.same_class and entry.ci_class.id,
                *(str(value).casefold() for value in values),
            )
            first = pending.setdefault(key, entry)
            if first is not entry and first.outcome == "new":
                raise Problem(
                    self.env._(
                        "The same %(columns)s as row %(row)s.",
                        columns=", ".join(column.label for column in columns),
                        row=first.number,
                    )
                )
        entry.outcome = "new"

    def _chosen(self, item_id):
        item = self.env["itsm.ci"].browse(item_id).exists()
        if not item or not item.active:
            raise Problem(self.env._("The chosen configuration item is gone."))
        return [(item.id, item.class_id.id, item.company_id.id or None)]

    def _take(self, entry, taken):
        first = taken.setdefault(entry.item, entry)
        if first is not entry and self._writes():
            raise Problem(
                self.env._(
                    "The same configuration item as row %(row)s.", row=first.number
                )
            )
        entry.outcome = "known"

    # --- comparing ---

    def _claiming(self):
        """Sources that come before this one: ``[(source, targets they own)]``."""
        mine = self.source._owned()
        found = []
        for other in self.source._rivals():
            claimed = set(other._owned()) & set(mine)
            if claimed and other._comes_before(self.source):
                found.append((other, claimed))
        return found

    def _claims(self, ids):
        """``{(item, target): source}`` of what others write."""
        if not self._rivals or not ids:
            return {}
        by_id = {other.id: (other, claimed) for other, claimed in self._rivals}
        rows = self.env.execute_query(
            SQL(
                "SELECT ci_id, source_id FROM itsm_ci_source_link"
                " WHERE source_id = ANY(%s) AND ci_id = ANY(%s) AND state = 'seen'"
                # rows of a second key write nothing
                " AND NOT COALESCE(is_alias, false)",
                list(by_id),
                list(ids),
            )
        )
        claims = {}
        for item_id, source_id in rows:
            other, claimed = by_id[source_id]
            for target in claimed:
                claims.setdefault((item_id, target), other)
        return claims

    def _known_codes(self, class_id):
        """Codes of the attributes that the class has, archived ones not."""
        if class_id not in self._codes:
            known = self.env["itsm.ci.class"].browse(class_id)._attribute_map()
            self._codes[class_id] = {c for c, a in known.items() if a.active}
        return self._codes[class_id]

    def _compare(self, entries):
        items = self.env["itsm.ci"].browse([entry.item for entry in entries])
        names = {c.target for c in self.columns if not c.code}
        if any(column.code for column in self.columns):
            names.add("attributes")
        stored = self._stored(items, sorted(names)) if items else {}
        claims = self._claims(items.ids)
        for entry in entries:
            try:
                self._compare_one(entry, stored[entry.item], claims)
            except Problem as problem:
                entry.fail(str(problem))

    def _stored(self, items, names):
        """``{id: {field: value}}`` as JSON would have them, in one statement."""
        columns = []
        for name in names:
            kind = items._fields[name].type
            column = SQL.identifier(name)
            if kind in ("date", "datetime"):
                column = SQL("%s::text", column)
            elif kind in ("float", "monetary"):
                column = SQL("%s::float8", column)
            columns.append(column)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM itsm_ci WHERE id = ANY(%s)",
                SQL(", ").join([SQL("id"), *columns]),
                list(items._ids),
            )
        )
        return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}

    def _compare_one(self, entry, stored, claims):
        wanted = entry.ci_class if self.class_name else None
        if wanted and not self._fits(entry.known, wanted):
            raise Problem(
                self.env._(
                    "The configuration item is of another class (%(ci_class)s) than "
                    "the row (%(wanted)s). Change its class, or the row.",
                    ci_class=self.env["itsm.ci.class"].browse(entry.known).name,
                    wanted=wanted.name,
                )
            )
        attributes = stored.get("attributes") or {}
        known = self._known_codes(entry.known)
        for column in self.columns:
            if column.precedence == "never" or column.target == "number":
                continue
            new = entry.values.get(column)
            if new is None:
                if not column.clears or column.name not in entry.cells:
                    continue
                new = False
            if column.code:
                old = attributes.get(column.code)
                if column.code not in known:
                    if is_empty(new):
                        continue
                    raise self._no_attribute(column, entry.known)
            else:
                old = stored[column.target]
            if same(old, new) or (column.precedence == "fills" and not is_empty(old)):
                continue
            other = claims.get((entry.item, column.target))
            if other:
                entry.blocked.append((column, other))
                continue
            entry.changes.append((column, old, new))
            if column.code:
                entry.vals.setdefault("attributes", {})[column.code] = new
            else:
                entry.vals[column.target] = new
        entry.outcome = "changed" if entry.vals else "unchanged"

    def _no_attribute(self, column, class_id):
        return Problem(
            self.env._(
                "%(column)s: %(ci_class)s has no attribute “%(attribute)s”.",
                column=column.label,
                ci_class=self.env["itsm.ci.class"].browse(class_id).name,
                attribute=column.line.attribute_id.name,
            )
        )

    def _prepare_new(self, entry):
        """What a new item gets.

        :raise Problem: class or name are missing, or an attribute does not fit
        """
        if not entry.ci_class:
            raise Problem(
                self.env._(
                    "A new configuration item needs a class: name one in the row, or "
                    "in the source."
                )
            )
        if entry.ci_class.is_abstract:
            raise Problem(
                self.env._(
                    "%(ci_class)s only groups others: choose one of the classes below "
                    "it.",
                    ci_class=entry.ci_class.name,
                )
            )
        vals = {"class_id": entry.ci_class.id, "company_id": self.company_id or False}
        known = self._known_codes(entry.ci_class.id)
        attributes = {}
        for column in self.columns:
            value = entry.values.get(column)
            if value is None and column.default:
                try:
                    value = column.kept(column.default)
                except WrongValueError as error:
                    raise Problem(self._wrong(column, column.default, error)) from error
            if value is None or column.target == "number":
                continue
            if not column.code:
                vals[column.target] = value
            elif column.code in known:
                attributes[column.code] = value
            elif not is_empty(value):
                raise self._no_attribute(column, entry.ci_class.id)
        if is_empty(vals.get("name")):
            raise Problem(
                self.env._("A new configuration item needs a name; the row has none.")
            )
        if attributes:
            vals["attributes"] = attributes
        entry.vals = vals

    # --- writing ---

    def _attempt(self, entries, do):
        """Do it for all; those that cannot be are found by halves."""
        if not entries:
            return
        before = self.tally.authorised
        try:
            with self.env.cr.savepoint():
                do(entries)
            return
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (UserError, psycopg2.Error) as error:
            self.tally.back_to(before)
            if len(entries) == 1:
                entries[0].refused = is_refusal(error)
                entries[0].fail(self._said(error))
                return
        middle = len(entries) // 2
        self._attempt(entries[:middle], do)
        self._attempt(entries[middle:], do)

    def _said(self, error):
        if isinstance(error, UserError):
            return str(error.args[0] if error.args else error)
        return self.env._(
            "The database refuses the row: %(error)s",
            error=getattr(error.diag, "message_primary", None) or type(error).__name__,
        )

    def _create(self, entries):
        items = self.env["itsm.ci"]

        # asked once; what others add to the model has its own for each
        default = items.default_get(DEFAULTS)

        def create(part):
            made = items.create([{**default, **entry.vals} for entry in part])
            for entry, item_id in zip(part, made._ids, strict=True):
                entry.item = item_id

        self._attempt(entries, create)
        for entry in entries:
            if entry.outcome == "error":
                entry.item = None

    def _update(self, entries):
        items = self.env["itsm.ci"]

        def update(part):
            groups = {}
            for entry in part:
                groups.setdefault(repr(entry.vals), []).append(entry)
            for group in groups.values():
                records = items.browse([entry.item for entry in group])
                records.write(group[0].vals)

        self._attempt(entries, update)
