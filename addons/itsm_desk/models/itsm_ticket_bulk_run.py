# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.itsm_base.tools import guard

#: Days after which a bulk change and its results are deleted.
KEPT_DAYS = 30


class ItsmTicketBulk(models.Model):
    """Changes of very many tickets are made by a run, in slices (design 9)."""

    _inherit = "itsm.ticket.bulk"

    # === The run ===

    def _run_slice(self, run):
        """Change the next group of tickets, in the companies that were chosen."""
        size = self._group_size()
        # Those that the user has lost since then are not asked for.
        # sudo: a run sees its own company only
        chosen = self.sudo().company_ids & self.env.user.company_ids
        companies = self.company_id | chosen
        bulk = self.with_context(allowed_company_ids=companies.ids)
        waiting = bulk.env["itsm.ticket.bulk.line"].search(
            [("bulk_id", "=", self.id), ("state", "=", "waiting")],
            order="id",
            limit=size,
        )
        bulk._work(waiting)
        return len(waiting), len(waiting) < size

    def _run_finished(self, run):
        guard.with_token(self).state = "done"
        if self.error_count:
            run._log(
                self.env._(
                    "%(count)s tickets failed; the results say why.",
                    count=self.error_count,
                ),
                "warning",
            )

    def _run_cancelled(self, run):
        waiting = self.line_ids.filtered(lambda line: line.state == "waiting")
        # sudo: results are written by code only
        waiting.sudo().write(
            {"state": "error", "message": self.env._("Stopped before its turn.")}
        )
        guard.with_token(self).state = "done"

    @api.autovacuum
    def _gc_bulk(self):
        """Delete what was done long ago; the tickets keep their own history."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        old = self.search(
            [("create_date", "<", limit), ("state", "!=", "working")], limit=1000
        )
        old.unlink()
