# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models
from odoo.fields import Domain

#: Audits that are under way.
BEGUN = ("counting", "differences", "correction", "check")


class ItsmCi(models.Model):
    """A merge while an audit is under way: it is often the correction of what the audit
    found, so it is not refused. The snapshot stays; counting and correcting go on with
    the one that stays (CFG-26, CFG-29)."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci"

    def _merge_referring(self, keep):
        result = super()._merge_referring(keep)
        # sudo: audits go on in every company, whoever may see them
        lines = self.env["itsm.ci.audit.line"].sudo()
        lines = lines.search(
            Domain("ci_id", "in", self.ids) & Domain("audit_id.state", "in", BEGUN)
        )
        bodies = {
            audit.id: self.env._(
                "%(gone)s: merged into %(keep)s. The snapshot stays as it is; what is "
                "counted and corrected from now on is %(keep)s.",
                gone=", ".join(found.ci_id.mapped("display_name")),
                keep=keep.display_name,
            )
            for audit, found in lines.grouped("audit_id").items()
        }
        if bodies:
            lines.audit_id._message_log_batch(bodies=bodies)
        return result


class ItsmCiAudit(models.Model):
    """Two lines of an audit that have become one thing."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit"

    def _merged_lines(self):
        """Which line is counted instead of which, where items were merged.

        One that was counted comes first, then that of the item that stays; of several
        that were merged the first. Those that wait are left out, and not missing.

        :return: ``{itsm.ci.audit.line: itsm.ci.audit.line}``, in sudo; constant queries
        """
        self.ensure_one()
        # sudo: what was merged counts, whoever may see it
        lines = self.env["itsm.ci.audit.line"].sudo()
        mine = Domain("audit_id", "=", self.id)
        merged = lines.search(mine & Domain("ci_id.merged_into_id", "!=", False))
        result = {}
        if not merged:
            return result
        families = merged.ci_id._stands_for()._ids_with_merged()
        heads = {one: head for head, ids in families.items() for one in ids}
        found = lines.search(mine & Domain("ci_id", "in", list(heads)))
        for head, same in found.grouped(lambda line: heads[line.ci_id.id]).items():
            first, *others = same.sorted(
                lambda line, head=head: (
                    line.result == "pending",
                    line.ci_id.id != head,
                    line.id,
                )
            )
            result.update(dict.fromkeys(others, first))
        return result

    def _left_out_lines(self):
        """Lines that wait for a thing that is counted with another line.

        Once counting is over, those that were left out then: what is merged later
        changes no figure.
        """
        self.ensure_one()
        lines = self.env["itsm.ci.audit.line"]
        if self.state == "counting":
            merged = self._merged_lines()
            return lines.browse([x.id for x in merged if x.result == "pending"])
        # sudo: as above
        found = lines.sudo().search(
            [("audit_id", "=", self.id), ("is_merged", "=", True)]
        )
        return lines.browse(found.ids)

    def _left_out_counts(self):
        """How many lines are left out, by id of the audit; no more queries for more
        audits, but for those that are counted and of which something was merged.

        :rtype: dict[int, int]
        """
        # sudo: figures are of all that was audited, seen or not
        lines = self.env["itsm.ci.audit.line"].sudo()
        counted = self.filtered(lambda audit: audit.state == "counting")
        over = Domain("audit_id", "in", (self - counted).ids)
        over = lines._read_group(
            over & Domain("is_merged", "=", True), ["audit_id"], ["__count"]
        )
        merged = lines._read_group(
            Domain("audit_id", "in", counted.ids)
            & Domain("ci_id.merged_into_id", "!=", False),
            ["audit_id"],
        )
        counts = {audit.id: count for audit, count in over}
        for (audit,) in merged:
            counts[audit.id] = len(audit._left_out_lines())
        return counts


class ItsmCiAuditLine(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.ci.audit.line"

    def _counted_lines(self):
        """These lines of one audit, and instead of merged ones those that count.

        One that was counted stands for itself: what was noted of both stays noted.
        """
        instead = self.audit_id._merged_lines() if self else {}
        return self.browse(
            dict.fromkeys(
                (instead.get(line, line) if line.result == "pending" else line).id
                for line in self
            )
        )
