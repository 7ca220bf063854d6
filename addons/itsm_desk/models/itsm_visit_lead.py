# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class ItsmVisit(models.Model):
    """What a desk lead looks at: site service, hand-over, comments (DSK-19)."""

    _inherit = "itsm.visit"

    supervised_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Looked at by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    supervised_at = fields.Datetime(string="Looked at", readonly=True, copy=False)
    supervision_note = fields.Text(
        string="Remark of the Lead", copy=False, groups="base.group_user"
    )
    needs_lead = fields.Boolean(
        string="For the Lead",
        compute="_compute_needs_lead",
        search="_search_needs_lead",
        help="Overdue, not signed, not handed over, or with a comment of the customer, "
        "and not looked at yet (DSK-19).",
    )

    def _needs_lead_domain(self):
        """Visits that a lead has to look at, in the words of `needs_lead`."""
        now = fields.Datetime.now()
        overdue = Domain("state", "=", "planned") & Domain("planned_start", "<", now)
        comment = Domain("customer_comment", "not in", (False, ""))
        return (
            Domain("state", "!=", "cancelled")
            & Domain("supervised_at", "=", False)
            & (
                overdue
                | Domain("state", "=", "done")
                | Domain("handover", "=", "open")
                | comment
            )
        )

    @api.depends(
        "state", "planned_start", "supervised_at", "handover", "customer_comment"
    )
    def _compute_needs_lead(self):
        found = self.filtered_domain(self._needs_lead_domain())
        for visit in self:
            visit.needs_lead = visit in found

    def _search_needs_lead(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._needs_lead_domain()

    def action_supervise(self):
        """A desk lead has looked at the visit (DSK-19).

        :raise AccessError: not a desk lead
        """
        self.check_access("write")
        if not self.env.user.has_group("itsm_base.itsm_group_lead"):
            raise AccessError(self.env._("Only a desk lead supervises visits."))
        self._step(supervised_by_id=self.env.uid, supervised_at=fields.Datetime.now())
        return True
