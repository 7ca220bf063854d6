# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.kpi import cut, plain
from odoo.addons.itsm_base.tools.period import Period, local_date

HOUR = 3600
#: Decimals of percentages that are shown; cut off, never rounded up to the target.
DIGITS = 3
STATUSES = [
    ("met", "Met"),
    ("at_risk", "At risk"),
    ("missed", "Missed"),
    ("no_target", "No target"),
    ("no_data", "No data"),
]


class ItsmAvailability(models.Model):
    """Availability of one service in one month under one agreement (AVC-07, AVC-09).

    It follows the outages until the month is frozen; then it is evidence, and a
    correction is the next revision. How it comes about is in
    ``itsm_availability_compute.py``.
    """

    _name = "itsm.availability"
    _description = "Availability of a Month"
    _inherit = ["itsm.notification.mixin", "itsm.evidence.mixin"]
    _order = "month desc, agreement_id, service_id, revision desc, id desc"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")], required=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="restrict",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service", required=True, index=True, ondelete="restrict"
    )
    month = fields.Date(required=True, index=True, help="Its first day.")
    month_label = fields.Char(string="Period", compute="_compute_month_label")
    counted_at = fields.Datetime(
        required=True,
        help="An instant in the middle of the month, the same in every time zone.",
    )
    agreed_seconds = fields.Integer(
        string="Agreed (seconds)",
        help="Service hours of the month as far as the agreement was in force, without "
        "maintenance.",
    )
    measured_seconds = fields.Integer(
        string="Measured (seconds)", help="As much of the agreed time as has passed."
    )
    planned_seconds = fields.Integer(
        string="Maintenance (seconds)", help="Service hours that it took away."
    )
    down_seconds = fields.Integer(
        string="Down (seconds)",
        help="Union of the unplanned outages within the measured time.",
    )
    allowance_seconds = fields.Integer(
        string="Allowance (seconds)",
        aggregator=None,
        help="How long the service may be down in the whole month.",
    )
    agreed_hours = fields.Float(
        string="Agreed (hours)", digits=False, compute="_compute_hours", store=True
    )
    planned_hours = fields.Float(
        string="Maintenance (hours)", digits=False, compute="_compute_hours", store=True
    )
    down_hours = fields.Float(
        string="Down (hours)", digits=False, compute="_compute_hours", store=True
    )
    remaining_minutes = fields.Float(
        string="Left (minutes)",
        compute="_compute_remaining_minutes",
        help="What is left of the allowance; below zero it is exceeded.",
    )
    percent = fields.Float(
        string="Availability (%)",
        digits=False,
        aggregator="avg",
        help="Unrounded. Of the month so far while it lasts.",
    )
    percent_text = fields.Char(string="Available", compute="_compute_percent_text")
    has_target = fields.Boolean(string="Promised")
    target = fields.Float(string="Target (%)", digits=False, aggregator=None)
    status = fields.Selection(
        selection=STATUSES,
        required=True,
        index=True,
        help="While the month lasts: met if nothing else happens; at risk if less of "
        "the allowance is left than the warning level; missed when it is used up.",
    )
    failure_count = fields.Integer(
        string="Failures",
        help="Outages that overlap or follow each other at once are one failure. One "
        "that lasts over the turn of the month counts in both.",
    )
    mttr = fields.Float(
        string="MTTR (hours)",
        digits=False,
        aggregator=None,
        help="Mean time to repair: hours down for each failure.",
    )
    mtbf = fields.Float(
        string="MTBF (hours)",
        digits=False,
        aggregator=None,
        help="Mean time between failures: hours available for each failure.",
    )
    mtbsi = fields.Float(
        string="MTBSI (hours)",
        digits=False,
        aggregator=None,
        help="Mean time between service incidents: MTTR + MTBF.",
    )
    outage_ids = fields.Many2many(
        comodel_name="itsm.outage",
        relation="itsm_availability_outage_rel",
        column1="availability_id",
        column2="outage_id",
        string="Outages",
        context={"active_test": False},
        help="Those that made the service unavailable in the month.",
    )
    computed_at = fields.Datetime(string="As of")
    frozen = fields.Boolean(string="Closed", index=True)
    frozen_at = fields.Datetime(string="Closed On")
    revision = fields.Integer(default=1, aggregator=None)
    is_latest = fields.Boolean(string="Latest Revision", default=True, index=True)
    note = fields.Text(string="Reason", help="Why it was corrected.")
    user_id = fields.Many2one(
        comodel_name="res.users", string="Corrected by", ondelete="restrict"
    )
    at_risk_at = fields.Datetime(string="Warned")
    missed_at = fields.Datetime(string="Reported as Missed")

    _latest_once = models.UniqueIndex(
        "(agreement_id, service_id, month) WHERE is_latest",
        "The month has an availability of the service under the agreement already.",
    )
    _once = models.UniqueIndex(
        "(agreement_id, service_id, month, revision)",
        "The availability has this revision for the month already.",
    )
    _figure_idx = models.Index(
        "(company_id, service_id, month) WHERE is_latest AND kind = 'sla'"
    )

    # === Computes ===

    @api.depends("month")
    def _compute_month_label(self):
        for row in self:
            row.month_label = row.month and Period.of("month", row.month).label

    @api.depends("agreed_seconds", "planned_seconds", "down_seconds")
    def _compute_hours(self):
        for row in self:
            row.agreed_hours = row.agreed_seconds / HOUR
            row.planned_hours = row.planned_seconds / HOUR
            row.down_hours = row.down_seconds / HOUR

    @api.depends("allowance_seconds", "down_seconds", "has_target")
    def _compute_remaining_minutes(self):
        for row in self:
            left = row.allowance_seconds - row.down_seconds
            row.remaining_minutes = left / 60 if row.has_target else 0

    @api.depends("percent", "status")
    def _compute_percent_text(self):
        for row in self:
            row.percent_text = (
                "–" if row.status == "no_data" else f"{cut(row.percent, DIGITS)} %"
            )

    @api.depends("agreement_id", "service_id", "month")
    def _compute_display_name(self):
        for row in self:
            parts = (
                row.service_id.display_name,
                row.agreement_id.display_name,
                row.month_label,
            )
            row.display_name = ", ".join(part for part in parts if part)

    # === Evidence ===

    def _evidence_message(self, operation):
        return self.env._(
            "Availability is worked out from outages and service hours, and closed "
            "months are evidence: nobody writes them. Correct the outages; for a "
            "closed month use “Correct”."
        )

    # === Actions ===

    def action_view_outages(self):
        """Open the outages behind these figures that the user may see."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_outage_action"
        )
        return action | {
            # the ORM leaves out what the reader may not see
            "domain": [("id", "in", self.outage_ids.ids)],
            "context": {"active_test": False, "create": False},
        }

    def action_compute(self):
        """Work out these months again now, those that are not closed."""
        self.check_access("write")
        # sudo: a figure is the same whoever asks for it to be worked out
        self._compute_rows(self.sudo().filtered(lambda row: not row.frozen))

    def action_freeze(self):
        """Close months that are over before this happens by itself.

        :raise UserError: a month is not over yet
        """
        self.check_access("write")
        now = fields.Datetime.now()
        rows = self.sudo().filtered(lambda row: not row.frozen)  # sudo: as above
        for row in rows:
            period = Period.of("month", row.month)
            if period.end >= local_date(row.agreement_id.tz, now):
                raise UserError(
                    self.env._(
                        "%(month)s of %(service)s is not over yet: it is closed "
                        "afterwards.",
                        month=period.label,
                        service=row.service_id.display_name,
                    )
                )
        self._compute_rows(rows)
        guard.with_token(rows).write({"frozen": True, "frozen_at": now})

    def action_correct(self):
        """Ask for the reason, then work out the month again as its next revision."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_availability_correction_action"
        )
        return action | {"context": {"default_availability_id": self.id}}

    def _correct(self, reason):
        """The next revision of a closed month; the target stays what it was.

        :param str reason: why, kept with the revision
        :return: the revision
        :raise UserError: not closed, not the latest, or without a reason
        """
        self.ensure_one()
        self.check_access("write")
        if not self.frozen or not self.is_latest:
            raise UserError(
                self.env._(
                    "Only the latest revision of a closed month is corrected. A month "
                    "that is not closed follows the outages by itself."
                )
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Reason: say why the closed month was wrong."))
        # sudo: the figure is the same whoever asks for it
        old = guard.with_token(self.sudo())
        now = fields.Datetime.now()
        job = old._job_of_row()
        [(found, outage_ids)] = old._measure([job], now)
        target = old.target if old.has_target else None
        vals = {
            **old._prepare_key(job),
            **old._prepare_figures(job, found, now, target),
            "frozen": True,
            "frozen_at": now,
            "revision": old.revision + 1,
            "note": reason,
            "user_id": self.env.uid,
        }
        old.is_latest = False
        # Before the row that takes its place: a unique index looks at both.
        old.flush_recordset(["is_latest"])
        revision = old.create(vals)
        revision._link_outages({revision.id: outage_ids})
        return self.browse(revision.id)

    # === Notifications ===

    def _itsm_notification_recipients(self, role):
        if role == "owner":
            return {row.id: row.agreement_id.owner_id.partner_id for row in self}
        if role == "manager":
            return self._itsm_service_managers()
        return super()._itsm_notification_recipients(role)

    # === For reports ===

    def _as_section_row(self):
        """What a report prints of a month, in the language of the reader.

        :rtype: dict
        """
        self.ensure_one()
        labels = dict(self._fields["status"]._description_selection(self.env))
        hours = {
            name: str(cut(self[name], 2, "down" if name == "down_hours" else "up"))
            for name in ("agreed_hours", "planned_hours", "down_hours")
        }
        means = {
            name: str(cut(self[name], 2)) if self.failure_count else "–"
            for name in ("mttr", "mtbf", "mtbsi")
        }
        return {
            "month": self.month_label,
            "service": self.service_id.display_name,
            "percent": self.percent_text,
            "target": (
                f"{plain(self.target)} %"
                if self.has_target
                else self.env._("no target")
            ),
            "status": self.status,
            "label": labels[self.status],
            "failures": self.failure_count,
            "frozen": self.frozen,
            **hours,
            **means,
        }

    def _section_outages(self):
        """The outages behind these months that a report may name.

        Those of incidents that most people must not see are left out, whoever prints.

        :rtype: list[dict]
        """
        return self.outage_ids._as_section_rows(self.agreement_id[:1].tz or "UTC")
