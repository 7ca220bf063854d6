# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import csv
import hashlib
import io
import json
import time
from itertools import chain, islice

from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import MAGIC_COLUMNS

from odoo.addons.itsm_base.tools import guard, text_file
from odoo.addons.itsm_base.tools.text_file import Unreadable

from ..tools import bulk, ci_rows
from ..tools.ci_rows import heading
from ..tools.reconciler import BATCH, Reconciler
from .itsm_ci_import_line import LAST_RANK, RANKS

#: A file with fewer rows is worked off at once.
INLINE_ROWS = 500
#: Seconds that a slice may take before the next one begins.
SLICE = 2.0
PREVIEW = 8
#: How the counts of the work are kept.
COUNTS = {
    "new": "new_count",
    "changed": "changed_count",
    "unchanged": "unchanged_count",
    "linked": "linked_count",
    "skipped": "skipped_count",
    "ask": "ask_count",
    "error": "error_count",
    "blocked": "blocked_count",
    "related": "related_count",
    "ended": "ended_count",
    "relation_error": "relation_error_count",
    "vanished": "vanished_count",
}
#: Lines of one kind that are kept.
KEPT = 5000
#: What an import makes grow, and by what it counts.
GROWING = {
    "itsm.ci": "new",
    "itsm.ci.source.link": "new",
    "itsm.ci.relation": "related",
}
#: Filters of the log that a number of the form opens.
SHOWN = ("errors", "asked", "new", "changed", "relations")
#: Columns of a line of the log that a finding fills.
LOGGED = ("row", "key", "kind", "what", "old", "new", "message")


class ItsmCiImport(models.Model):
    """The file and the work: dry run and import, each a run."""

    # What an import is and its work: a file each.
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.import"

    # === The file ===

    def _upload_limits(self):
        return ci_rows.MAX_BYTES, ci_rows.MAX_ROWS

    def _upload_messages(self, error):
        return super()._upload_messages(error) | {
            "json": lambda: self.env._(
                "“File” is no proper JSON, see its line %(line)s. Numbers that are "
                "none (NaN, Infinity) and very deep nesting are not read.",
                line=error.details["line"],
            ),
            "objects": lambda: self.env._(
                "“File”: JSON must be a list of objects, one for each configuration "
                "item, or an object with such a list under “rows”."
            ),
            "twice": lambda: self.env._(
                "“File” has two columns of one name: %(columns)s. Rename one.",
                columns=", ".join(error.details["columns"]),
            ),
        }

    def _read_file(self):
        """Bring the file into the form that is read from then on."""
        self.ensure_one()
        record = self.with_context(bin_size=False)
        if record.content:
            return
        data = self._upload_bytes(record.file)
        with self._upload_reading():
            if not data:
                raise Unreadable("empty")
            form, content = ci_rows.normal_form(data)
        guard.with_token(self).write(
            {"form": form, "content": base64.b64encode(content)}
        )

    def _open_table(self):
        """Headings and rows of the file, from the first.

        :raise UserError: why it cannot be read
        """
        data = self._normal_data()
        with self._upload_reading():
            columns, rows = ci_rows.open_table(self.form, data)
        return columns, self._readable(rows)

    def _open_rows(self, skip=0):
        """Rows of the file after so many, as `_open_table`."""
        data = self._normal_data()
        with self._upload_reading():
            rows = ci_rows.open_rows(self.form, data, skip)
        return self._readable(rows)

    def _normal_data(self):
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).content)

    def _readable(self, rows):
        with self._upload_reading():
            yield from rows

    def _scan(self):
        """Read the whole file once.

        :return: number of rows
        :raise UserError: it cannot be read, or columns of recognition are missing
        """
        self.ensure_one()
        self._read_file()
        columns, rows = self._open_table()
        self._check_columns(columns)
        first = list(islice(rows, PREVIEW))
        if not first:
            with self._upload_reading():
                raise Unreadable("empty")
        source = self.source_id
        key = heading(source.key_column) if source.key_column else None
        twice, seen, count = {}, {}, 0
        for number, cells in chain(first, rows):
            count += 1
            said = str(cells.get(key) or "").strip() if key else ""
            if said and seen.setdefault(said, number) != number:
                twice[number] = seen[said]
        writes = any(line.precedence != "never" for line in source.field_ids)
        guard.with_token(self).write(
            {
                "preview": {
                    "columns": columns[:30],
                    "rows": [
                        [number, *(self._cell(cells, c) for c in columns[:30])]
                        for number, cells in first
                    ],
                    # the second row of a key is an error, wherever the slices end
                    "twice": list(twice.items())[:KEPT] if writes else [],
                }
            }
        )
        return count

    @api.model
    def _cell(self, cells, column):
        value = cells.get(heading(column))
        if isinstance(value, list):
            value = ", ".join(map(str, value))
        # a JSON column takes neither
        text = "" if value is None else str(value)[:100].replace("\x00", "")
        return text.encode(errors="replace").decode()

    def _check_columns(self, columns):
        """What recognises rows must be in the file; the rest is told."""
        source = self.source_id
        known = {heading(column) for column in columns}
        needed = [source.key_column] if source.key_column else []
        missing = [column for column in needed if heading(column) not in known]
        if not source.key_column and not any(
            heading(line.column) in known for line in source.key_ids.field_ids
        ):
            missing = source.key_ids.field_ids.mapped("column")
        if missing:
            raise UserError(
                self.env._(
                    "“File” has no column %(columns)s, by which %(origin)s recognises "
                    "its rows. It has: %(there)s.",
                    columns=", ".join(f"“{column}”" for column in missing),
                    origin=source.name,
                    there=", ".join(columns),
                )
            )

    def _tell_columns(self):
        """Say which columns are missing and which mean nothing."""
        source = self.source_id
        columns, _rows = self._open_table()
        used = [
            *source.field_ids.mapped("column"),
            *source.relation_ids.mapped("column"),
            *(c for c in source.relation_ids.mapped("type_column") if c),
            *(c for c in (source.key_column, source.class_column) if c),
        ]
        known = {heading(column) for column in columns}
        means = {heading(column) for column in used}
        missing = [column for column in used if heading(column) not in known]
        unused = [column for column in columns if heading(column) not in means]
        lines = []
        if missing:
            lines.append(
                self.env._(
                    "Columns of the source that the file does not have: %(columns)s. "
                    "What they say stays as it is.",
                    columns=", ".join(dict.fromkeys(missing)),
                )
            )
        if unused:
            lines.append(
                self.env._(
                    "Columns of the file that mean nothing in the source: %(columns)s.",
                    columns=", ".join(unused),
                )
            )
        findings = [{"kind": "info", "message": message} for message in lines]
        if source.on_none == "create" and not source.key_ids:
            message = self.env._(
                "No key of identification: every row that this source has not named "
                "before becomes a new item."
            )
            findings.append({"kind": "warning", "message": message})
        self._log(findings)

    @api.depends("preview")
    def _compute_preview_html(self):
        for record in self:
            preview = record.preview or {}
            head = Markup().join(
                Markup("<th>%s</th>") % text
                for text in ["#", *preview.get("columns", ())]
            )
            body = Markup().join(
                Markup("<tr>%s</tr>")
                % Markup().join(Markup("<td>%s</td>") % cell for cell in row)
                for row in preview.get("rows", ())
            )
            table = Markup(
                '<table class="table table-sm"><thead><tr>%s</tr></thead>'
                "<tbody>%s</tbody></table>"
            )
            record.preview_html = table % (head, body) if preview else False

    @api.depends("line_ids")
    def _compute_rejected_file(self):
        for record in self:
            stream = io.StringIO()
            writer = csv.writer(stream)
            writer.writerow(
                [self.env._("Row"), self.env._("Key"), self.env._("Problem")]
            )
            for line in record.line_ids:
                if line.kind in ("error", "relation", "ask") and not line.is_worked:
                    cells = (str(line.row), line.key or "", line.message or "")
                    writer.writerow(map(text_file.escape_cell, cells))
            data = ("\ufeff" + stream.getvalue()).encode()
            record.rejected_file = base64.b64encode(data)

    # === Actions ===

    def action_check(self):
        """Compare the file with what is there, and change nothing (CFG-26).

        :raise UserError: file or source cannot be used; the message names the remedy
        """
        self._check_may_import()
        for record in self:
            if record.state in ("partial", "done"):
                raise UserError(
                    self.env._("%(name)s is imported already.", name=record.name)
                )
            record._start("check", self.env._("Dry run of %(name)s", name=record.name))
        return True

    def action_import(self):
        """Do what the dry run said.

        :raise UserError: there was none, or something changed since
        """
        self._check_may_import()
        for record in self:
            if record.state != "checked" or record.checked != record._signature():
                raise UserError(
                    self.env._(
                        "File or source of %(name)s have changed since the dry run, or "
                        "there was none. Press Dry Run, look at it, and import then.",
                        name=record.name,
                    )
                )
            record._start("apply", self.env._("Import of %(name)s", name=record.name))
        return True

    def action_import_ask(self):
        """As `action_import`, once it is confirmed that questions are left open."""
        self.ensure_one()
        self._check_may_import()
        if self.state == "checked" and self.question_count:
            return self.env["itsm.ci.confirm"]._ask(import_id=self.id)
        return self.action_import()

    def _open_text(self):
        """What becomes of questions without an answer, before the import."""
        return self.env._(
            "%(count)s of %(total)s rows need an answer and have none. They are left "
            "out; you can answer and import them afterwards. Import the others now?",
            count=self.question_count,
            total=self.row_count,
        )

    def _answered(self):
        """Questions that were answered and not worked yet."""
        return self.question_ids.filtered(
            lambda line: line.decision and not line.is_worked
        )

    def action_import_answers(self):
        """Do what was decided of rows that the import had left out.

        Only these rows are worked, once; the same checks as for the import hold.

        :raise UserError: nothing was answered, or file or source changed since
        """
        self._check_may_import()
        for record in self:
            lines = record._answered()
            if record.state != "done" or not lines:
                raise UserError(
                    self.env._(
                        "%(name)s: answer a question first, see Questions.",
                        name=record.name,
                    )
                )
            if record.checked != record._signature():
                raise UserError(
                    self.env._(
                        "The source of %(name)s has changed since the dry run. Load "
                        "the file again to answer what was left.",
                        name=record.name,
                    )
                )
            record._start_answers(lines)
        return True

    def _start_answers(self, lines):
        self.ensure_one()
        if self._run_active():
            raise UserError(self._busy_message())
        self.source_id._check_ready()
        before = self.run_id
        position = before.sudo().position or {}  # sudo: noted by the run itself
        rows = sorted(set(lines.mapped("row")))
        # it stays imported: whoever may import goes on if this run does not end
        run = self._run_start(
            self.env._("Answered rows of %(name)s", name=self.name),
            self.row_count * (2 if self.source_id.relation_ids else 1),
            {
                "mode": "answers",
                "phase": "items",
                "row": 0,
                "rows": rows,
                # one pass over the file: two rows of it are not one item
                "token": position.get("token") or f"import:{before.id}",
                "signature": self.checked,
            },
        )
        if self.row_count <= INLINE_ROWS:
            run._work_inline()
            self.invalidate_recordset()

    def action_rejected(self):
        """Download the rows in error with their reasons, as CSV."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/rejected_file"
            "?filename=rejected.csv&download=true",
        }

    def action_view_items(self):
        """Open the configuration items that the log names."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_action"
        )
        ids = self.line_ids.ci_id.ids
        return {**action, "domain": [("id", "in", ids)], "context": {}}

    def action_view_lines(self):
        """Open the log."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_cmdb.itsm_ci_import_line_action"
        )
        shown = self.env.context.get("itsm_ci_import_shown")
        context = {f"search_default_{shown}": 1} if shown in SHOWN else {}
        return {**action, "domain": [("import_id", "=", self.id)], "context": context}

    def action_propose_columns(self):
        """Add the columns of the file that are called as fields or attributes are.

        Codes count, and names in the user's language and in English. What the source
        has already stays.

        :return: a message that says how many there are now, and what comes next
        :raise UserError: the file cannot be read
        """
        self._check_may_import()
        for record in self:
            record._read_file()
            columns, _rows = record._open_table()
            record.source_id._propose_columns(columns)
        source = self.source_id[:1]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "%(origin)s has %(columns)s columns and %(keys)s keys of "
                    "identification now. Look at them in the source, then press Dry "
                    "Run.",
                    origin=source.name,
                    columns=len(source.field_ids),
                    keys=len(source.key_ids),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _start(self, mode, name):
        self.ensure_one()
        if self._run_active():
            raise UserError(self._busy_message())
        self.source_id._check_ready()
        # sudo: the log is written by code only
        lines = self.env["itsm.ci.import.line"].sudo()
        lines.search([("import_id", "=", self.id), ("decision", "=", False)]).unlink()
        count = self._scan()
        total = count * (2 if self.source_id.relation_ids else 1)
        vals = dict.fromkeys(COUNTS.values(), 0)
        if mode == "check":
            vals |= {"row_count": count, "checked": False, "state": "draft"}
        else:
            vals["state"] = "partial"
        guard.with_token(self).write(vals)
        self._tell_columns()
        run = self._run_start(
            name,
            total,
            {
                "mode": mode,
                "phase": "items",
                "row": 0,
                "signature": self._signature(),
            },
        )
        if count <= INLINE_ROWS:
            run._work_inline()
            self.invalidate_recordset()

    def _signature(self):
        """What a dry run is made of, in short."""
        self.ensure_one()
        source = self.source_id
        parts = [self.is_complete]
        for records in (
            source,
            source.key_ids,
            source.field_ids,
            source.field_ids.value_ids,
            source.relation_ids,
        ):
            names = sorted(
                name
                for name, field in records._fields.items()
                if field.store
                and field.type != "one2many"
                and name not in ("worked_at", *MAGIC_COLUMNS[1:])
            )
            parts += [
                [str(record[name]) for name in names] for record in records.sorted("id")
            ]
        digest = hashlib.sha1(json.dumps(parts).encode(), usedforsecurity=False)
        digest.update(self.with_context(bin_size=False).file or b"")
        return digest.hexdigest()

    # === The run ===

    def _run_slice(self, run):
        """Batches of rows for some seconds; see `itsm.run.job`."""
        self._check_may_import()
        position = dict(run.position)
        source = self.source_id
        source._work_lock()
        writes = position["mode"] != "check"
        only = set(position["rows"]) if position["mode"] == "answers" else None
        work = Reconciler(
            source,
            position.get("token") or f"import:{run.id}",
            writes,
            decisions=self._decisions(),
            file_rows=self._open_rows,
            is_late=only is not None,
        )
        twice = dict(self.preview.get("twice", ()))
        waiting = self._waiting(position)
        work.waits = not position.get("is_last")
        work.lost = self._numbers(position.get("lost", ()))
        start = time.monotonic()
        rows = self._open_rows(position["row"])
        done, finished = 0, False
        while True:
            batch = list(islice(rows, BATCH))
            read = len(batch)
            position["row"] += read
            if only is not None:
                batch = [row for row in batch if row[0] in only]
            if position["phase"] == "late":
                # counted before
                work.work([row for row in batch if row[0] in waiting])
            else:
                done += read
            if position["phase"] == "items":
                self._work_items(work, batch, twice)
            elif position["phase"] == "relations":
                work.relate(batch)
            self._put_off(work, position)
            if read < BATCH:
                finished = self._next_phase(position)
                break
            if time.monotonic() - start > SLICE:
                break
        if finished and self.is_complete and only is None:
            work.finish()
        self._note(work)
        failed = {f["row"] for f in work.findings if f["kind"] == "error"}
        failed &= work.decisions.keys()
        position["failed"] = sorted(failed.union(position.get("failed", ())))
        if writes:
            for name, kind in GROWING.items():
                bulk.analyse(self.env[name], work.counts[kind])
            self._note_control(run, work, position)
        else:
            refused = position.get("refused", 0) + work.counts["refused"]
            position["refused"] = refused
            position["lost"] = self._ranges(sorted(work.lost))
        run.position = position
        return done, finished

    def _next_phase(self, position):
        """Go on to the rows that were put off, then to the relations.

        :return: whether that was all
        """
        if position["phase"] != "relations" and position.get("late"):
            # if none could be done the last time, their problems are told
            is_last = position["late"] == position.get("waiting")
            waiting = position.pop("late")
            position.update(phase="late", row=0, waiting=waiting, is_last=is_last)
            return False
        if position["phase"] != "relations" and self.source_id.relation_ids:
            position.update(phase="relations", row=0)
            return False
        return True

    @api.model
    def _put_off(self, work, position):
        """Bookmark the rows that wait for later ones, as ranges of numbers."""
        numbers = (number for number, _cells in work.late)
        position["late"] = self._ranges(numbers, position.get("late", []))
        work.late = []

    @api.model
    def _ranges(self, numbers, ranges=()):
        """Numbers of rows as ``[[first, last], …]``, after those that are there."""
        ranges = list(ranges)
        for number in numbers:
            if ranges and ranges[-1][1] + 1 == number:
                ranges[-1][1] = number
            else:
                ranges.append([number, number])
        return ranges

    @api.model
    def _waiting(self, position):
        """Numbers of the rows that are worked once more."""
        if position["phase"] != "late":
            return set()
        return self._numbers(position["waiting"])

    @api.model
    def _numbers(self, ranges):
        """The numbers that `_ranges` has noted: a set."""
        return {n for first, last in ranges for n in range(first, last + 1)}

    def _work_items(self, work, batch, twice):
        second = [row for row in batch if row[0] in twice]
        for number, cells in second:
            work.counts["error"] += 1
            work.lost.add(number)
            work.findings.append(
                {
                    "row": number,
                    "key": self._cell(cells, self.source_id.key_column),
                    "kind": "error",
                    "message": self.env._(
                        "The same key as row %(row)s.", row=twice[number]
                    ),
                }
            )
        work.work([row for row in batch if row[0] not in twice])

    def _decisions(self):
        return {
            line.row: (line.decision, line.chosen_ci_id.id) for line in self._decided()
        }

    def _decided(self):
        domain = [("import_id", "=", self.id), ("decision", "!=", False)]
        return self.env["itsm.ci.import.line"].search(domain)

    def _note(self, work):
        """Counts and log of what was worked."""
        vals = {name: self[name] + work.counts[kind] for kind, name in COUNTS.items()}
        guard.with_token(self).write(vals)
        self._log(work.findings)

    def _log(self, findings):
        # sudo: the log is written by code only
        lines = self.env["itsm.ci.import.line"].sudo()
        kept = dict(
            lines._read_group([("import_id", "=", self.id)], ["kind"], ["__count"])
        )
        decided = set(self._decided().mapped("row"))
        plain, asking = [], []
        for finding in findings:
            kind = finding["kind"]
            kept[kind] = kept.get(kind, 0) + 1
            if kept[kind] > KEPT or kind == "ask" and finding["row"] in decided:
                continue
            vals = {
                "import_id": self.id,
                **{name: finding.get(name) for name in LOGGED},
                "rank": RANKS.get(kind, LAST_RANK),
                "ci_id": finding.get("ci_id") or None,
            }
            if finding.get("candidates"):
                vals["candidate_ids"] = finding["candidates"][:50]
                asking.append(vals)
            else:
                plain.append(vals)
        bulk.insert(lines, plain)
        guard.with_token(lines).create(asking)
        self.invalidate_recordset(["line_ids", "question_ids"], flush=False)

    def _run_finished(self, run):
        record = guard.with_token(self)
        if run.position["mode"] == "check":
            record.write({"state": "checked", "checked": run.position["signature"]})
            if run.position.get("refused"):
                run._log(self._refused_text(run.position["refused"]), "warning")
        else:
            # sudo: the log is written by code only
            worked = guard.with_token(self._worked(run.position).sudo())
            worked.write({"is_worked": True})
            left = self.ask_count
            if run.position["mode"] == "answers":
                left = max(left - len(worked), 0)
            record.write({"state": "done", "ask_count": left})
        said = self.env._(
            "New: %(new)s, changed: %(changed)s, unchanged: %(same)s, errors: "
            "%(errors)s, to be decided: %(asked)s, new relations: %(relations)s.",
            new=self.new_count,
            changed=self.changed_count,
            same=self.unchanged_count,
            errors=self.error_count + self.relation_error_count,
            asked=self.ask_count,
            relations=self.related_count,
        )
        run._log(said)
        self._tell_control(run)

    def _worked(self, position):
        """Questions whose answer was carried out; what failed can be answered anew."""
        failed = set(position.get("failed", ()))
        rows = position.get("rows")
        return self._decided().filtered(
            lambda line: (
                not line.is_worked
                and line.row not in failed
                and (rows is None or line.row in rows)
            )
        )

    def _run_cancelled(self, run):
        result = super()._run_cancelled(run)
        # what was done before is done
        self._tell_control(run)
        return result

    def _refused_text(self, count):
        """What a dry run found that control would refuse, in a sentence."""
        return self.env._(
            "%(count)s rows or relations would be refused: they change what is under "
            "control, %(origin)s does not count as authority, and no authorisation "
            "covers them. The log names each.",
            count=count,
            origin=self.source_id.name,
        )

    def _note_control(self, run, work, position):
        """Add up what of a slice was under control."""
        authorised = position.get("authorised", 0) + work.tally.authorised
        position["authorised"] = authorised
        self.source_id._note_pass(work, f"import:{run.id}", self)

    def _tell_control(self, run):
        """Say in the log what was changed under control, and tell the managers."""
        position = run.position or {}
        if position.get("mode") == "check":
            return
        source = self.source_id
        if source.is_authority or position.get("authorised"):
            run._log(
                self.env._(
                    "Changed under control, with %(origin)s as the authority: "
                    "%(count)s values.",
                    origin=source.name,
                    count=position.get("authorised", 0),
                )
            )
        met = source._pass_of(f"import:{run.id}")
        if met:
            run._log(met._said(), "warning")
            met._tell()
