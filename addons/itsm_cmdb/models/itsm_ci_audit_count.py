# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard

from ..tools import bulk

#: Lines that the screen lists.
SHOWN = 60
#: Longest text that is noted.
LONGEST = 500


class ItsmCiAudit(models.Model):
    """Counting: by the screen, by buttons, by whoever may (CFG-29, CFG-40)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    can_count = fields.Boolean(compute="_compute_can_count")

    @api.depends("state", "counter_ids")
    @api.depends_context("uid")
    def _compute_can_count(self):
        user = self.env.user
        entitled = user.has_group("itsm_cmdb.itsm_group_ci_auditor") or user.has_group(
            "itsm_cmdb.itsm_group_ci_manager"
        )
        for audit in self:
            audit.can_count = audit.state == "counting" and (
                entitled or user in audit.counter_ids
            )

    def _check_counting(self):
        """Refuse to count where it is not the time, or by somebody else.

        :raise UserError: the audit is not being counted
        :raise AccessError: the user does not count
        """
        self.check_access("read")
        for audit in self:
            if audit.state != "counting":
                raise UserError(
                    self.env._(
                        "%(name)s: counting has not begun, or is over.",
                        name=audit.display_name,
                    )
                )
            if not audit.can_count:
                raise AccessError(
                    self.env._(
                        "You do not count in %(name)s. Ask the auditor to add you to "
                        "those who count.",
                        name=audit.display_name,
                    )
                )

    # === The screen ===

    def read_count(self, search=""):
        """What the screen for counting shows.

        :param str search: a part of a name, number or place; empty: what is left
        :return: ``title``, ``counts`` by result, ``lines`` (the first of them)
        :rtype: dict
        :raise UserError: the audit is not being counted
        """
        self.ensure_one()
        self._check_counting()
        domain = Domain("audit_id", "=", self.id)
        text = search.strip() if isinstance(search, str) else ""
        if text:
            domain &= Domain("ci_id", "ilike", text)
        else:
            domain &= Domain("result", "=", "pending")
            domain &= Domain("id", "not in", self._left_out_lines().ids)
        lines = self.env["itsm.ci.audit.line"].search(domain, limit=SHOWN, order="id")
        if text:
            # what was merged is found by its own name, too
            lines = lines._counted_lines()
        return {
            "title": self.display_name,
            "counts": {
                "total": self.line_count,
                "pending": self.pending_count,
                "ok": self.passed_count,
                "different": self.different_count,
                "unrecorded": self.unrecorded_count,
            },
            "lines": [line._count_row() for line in lines],
        }

    def find_count(self, code):
        """What a code that was read or typed stands for.

        :param str code: number, serial number, asset tag, host name or external ID
        :return: ``message`` for people and ``cards``: what may be meant, none if it is
            not in the audit; ``code``
        :rtype: dict
        """
        self.ensure_one()
        self._check_counting()
        code = code.strip()[:LONGEST] if isinstance(code, str) else ""
        if not code:
            return {"message": self.env._("Scan or type a code."), "cards": []}
        items = self.env["itsm.ci"].with_context(active_test=False)
        exact = re.sub(r"([\\%_])", r"\\\1", code)
        same = Domain.OR(
            Domain(name, "=ilike", exact) for name in items._identity_fields()
        )
        found = items.search(same, limit=SHOWN)
        # the codes of what was merged are those of the one that stays, and back
        known = found._stands_for()._ids_with_merged()
        known = set(found.ids).union(*known.values())
        lines = self.env["itsm.ci.audit.line"].search(
            [("audit_id", "=", self.id), ("ci_id", "in", list(known))]
        )
        lines = lines._counted_lines()
        message = ""
        if lines:
            if len(lines) > 1:
                message = self.env._(
                    "Several have this code: choose which one it is. The others may "
                    "be duplicates."
                )
        elif found:
            message = self.env._(
                "%(name)s is recorded, but is not part of this audit.",
                name=found[0].display_name,
            )
        else:
            message = self.env._(
                "Nothing with the code %(code)s is recorded. Note it as found.",
                code=code,
            )
        return {
            "code": code,
            "message": message,
            "is_known": bool(found),
            "cards": [line._count_card() for line in lines],
        }

    def count_line(self, line_id, result, differences=None, note="", scanned=""):
        """Note what was found of one line; what was noted before is replaced.

        :param int line_id: id of a line of this audit
        :param str result: ok, different or missing
        :param dict differences: of what differs, what was found, by field
        :return: what `read_count` gives
        :raise UserError: no such line, or nothing is said to differ
        """
        self.ensure_one()
        self._check_counting()
        line = self.env["itsm.ci.audit.line"].search(
            [("audit_id", "=", self.id), ("id", "=", line_id), ("ci_id", "!=", False)]
        )
        if not line or result not in ("ok", "different", "missing"):
            raise UserError(self.env._("This is not a part of the audit."))
        line = line._counted_lines()
        rows = []
        if result == "different":
            rows = line._checked_differences(differences)
        self._count_lines(line, result, rows, note, scanned)
        return self.read_count()

    def check_found(self, line_id, name, found):
        """Whether what somebody wrote names something that is recorded.

        :param int line_id: id of a line of this audit
        :param str name: a field of its card
        :param str found: what was written
        :return: why not, empty if it does
        :rtype: str
        :raise UserError: no such line or field
        """
        self.ensure_one()
        self._check_counting()
        line = self.env["itsm.ci.audit.line"].search(
            [("audit_id", "=", self.id), ("id", "=", line_id), ("ci_id", "!=", False)]
        )
        if not line or name not in line._count_fields() or not isinstance(found, str):
            raise UserError(self.env._("This is not a part of the audit."))
        return line._unknown_text(name, found[:LONGEST])

    def count_unrecorded(self, found, scanned=""):
        """Note a thing that is there and that the CMDB does not know.

        :param str found: what it is, and where
        :param str scanned: the code that was read, if there is one
        :return: what `read_count` gives
        :raise UserError: nothing is said about it
        """
        self.ensure_one()
        self._check_counting()
        found = found.strip()[:LONGEST] if isinstance(found, str) else ""
        if not found:
            raise UserError(self.env._("Write down what it is, and where."))
        code = scanned.strip()[:LONGEST] if isinstance(scanned, str) else ""
        self._note_unrecorded([(found, code)], self.env.uid)
        return self.read_count()

    def _note_unrecorded(self, things, user_id=False):
        """A line and a difference for each thing that is not recorded.

        :param list things: ``(what was found, code)``
        """
        # sudo: lines are written by code only
        lines = guard.with_token(self.env["itsm.ci.audit.line"].sudo()).create(
            [
                {
                    "audit_id": self.id,
                    "company_id": self.company_id.id,
                    "result": "unrecorded",
                    "found": found,
                    "scanned": code,
                    "counted_by_id": user_id,
                    "counted_at": fields.Datetime.now(),
                }
                for found, code in things
            ]
        )
        self._add_differences(
            {"line_id": line.id, "kind": "unrecorded", "found": line.found}
            for line in lines
        )

    # === What is written ===

    def _count_lines(
        self, lines, result, rows=(), note="", scanned="", is_counted=True
    ):
        """Note a result of lines of this audit.

        :param lines: itsm.ci.audit.line
        :param str result: ok, different or missing
        :param rows: of what differs: dicts ``attribute``, ``expected``, ``found``
        :param bool is_counted: the user looked; else nobody did
        """
        self.ensure_one()
        self._check_counting()
        if not lines:
            return
        # sudo: lines are written by code only, after the check above
        lines = guard.with_token(lines.sudo()).browse(lines.ids)
        differences = lines.env["itsm.ci.audit.difference"]
        differences.search([("line_id", "in", lines.ids)]).unlink()
        lines.write(
            {
                "result": result,
                "counted_by_id": is_counted and self.env.uid,
                "counted_at": fields.Datetime.now(),
                "note": note.strip()[:LONGEST] if isinstance(note, str) else False,
                "scanned": scanned[:LONGEST] if isinstance(scanned, str) else False,
            }
        )
        if result == "missing":
            rows = [{"kind": "missing"}]
        self._add_differences(
            # what is looked at after a merge is the one that stays
            {"line_id": line.id, "ci_id": ci_id, "kind": "field", **row}
            for line in lines
            for ci_id in line.ci_id._stands_for().ids
            for row in rows
        )

    def _add_differences(self, rows):
        """Write differences of this audit by one statement."""
        empty = dict.fromkeys(
            ("ci_id", "attribute", "expected", "found_value", "found")
        )
        bulk.insert(
            self.env["itsm.ci.audit.difference"],
            [
                {
                    **empty,
                    **row,
                    "audit_id": self.id,
                    "company_id": self.company_id.id,
                    "state": "open",
                }
                for row in rows
            ],
        )
