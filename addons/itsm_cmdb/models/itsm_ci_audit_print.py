# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

from ..tools.sheet_file import workbook


class ItsmCiAudit(models.Model):
    """The audit on paper (D29) and as a list to count by (D30)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    def _itsm_form_data(self):
        form = super()._itsm_form_data()
        return {
            **form,
            "title": self.env._("Configuration audit report"),
            "code": f"D29 {self.number or ''}".strip(),
            "effective_date": self.closed_at and self._itsm_form_date(self.closed_at),
            "is_draft": self.state != "closed",
        }

    def _itsm_form_signatures(self):
        self.ensure_one()
        # sudo: names under a report
        audit = self.sudo()
        checkers = audit.difference_ids.checked_by_id
        rows = [(self.env._("Auditor"), audit.auditor_id.name, False)]
        if checkers:
            names = ", ".join(checkers.mapped("name"))
            rows.append((self.env._("Spot check"), names, False))
        rows.append(
            (
                self.env._("Closed"),
                audit.closed_by_id.name or "",
                audit.closed_at and self._itsm_form_date(audit.closed_at),
            )
        )
        return [{"role": role, "name": name, "date": day} for role, name, day in rows]

    def _report_facts(self):
        """What the report prints, in the language of the form.

        Differences of what the reader may not see are counted and not named.

        :rtype: dict
        """
        self.ensure_one()
        differences = self.env["itsm.ci.audit.difference"].search(
            [("audit_id", "=", self.id)], order="ci_id, id"
        )
        lines = self.env["itsm.ci.audit.line"].search([("audit_id", "=", self.id)])
        causes = {}
        for difference in differences:
            name = difference.cause_id.name or self.env._("not explained yet")
            causes[name] = causes.get(name, 0) + 1
        classes = {}
        for line in lines.filtered("is_audited"):
            counts = classes.setdefault(line.class_name or "", [0, 0])
            counts[0] += 1
            counts[1] += line.result != "ok"
        return {
            "differences": differences,
            "left_out": lines.filtered(lambda line: line.result == "pending")
            - self._left_out_lines(),
            "hidden": self.difference_count - len(differences),
            "checked": differences.filtered("checked_at"),
            "causes": sorted(causes.items(), key=lambda item: (-item[1], item[0])),
            "classes": [
                (
                    name,
                    audited,
                    different,
                    self._percent_text(different, audited, "down"),
                )
                for name, (audited, different) in sorted(classes.items())
            ],
        }

    def _workbook(self):
        """The list to count by with what was found, and the differences.

        Its first sheet can be filled in and read as a list to compare with.

        :return: ``(filename, content)``
        """
        self.ensure_one()
        lines = self.env["itsm.ci.audit.line"].search(
            [("audit_id", "=", self.id)], order="ci_id, id"
        )
        results = dict(lines._fields["result"]._description_selection(self.env))
        head = [
            self.env._("Number"),
            self.env._("Name"),
            self.env._("Class"),
            self.env._("Model"),
            self.env._("Serial Number"),
            self.env._("Asset Tag"),
            self.env._("Host Name"),
            self.env._("Used By"),
            self.env._("Location"),
            self.env._("Attributes"),
            self.env._("Result"),
            self.env._("Found"),
            self.env._("Note"),
        ]
        attributes = lines._attribute_texts()
        rows = [
            [
                line.number,
                line.label,
                line.class_name,
                line.model_text,
                line.serial,
                line.asset_tag,
                line.hostname,
                line.used_by,
                line.place,
                attributes[line.id],
                results[line.result] if line.result != "pending" else "",
                line.found,
                line.note,
            ]
            for line in lines
        ]
        sheets = [(self.env._("List"), head, rows)]
        differences = self.env["itsm.ci.audit.difference"].search(
            [("audit_id", "=", self.id)], order="ci_id, id"
        )
        if differences:
            sheets.append(differences._sheet())
        return f"{self.number or self.id}.xlsx", workbook(sheets)
