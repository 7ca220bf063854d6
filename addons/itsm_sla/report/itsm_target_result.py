# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.period import Period

from ..models.itsm_agreement_target import METRICS


class ItsmTargetResult(models.Model):
    """Every target that was measured: clocks that stopped, months of availability and
    of shares.

    A view of the database; nothing is stored twice. Clocks of exempt tickets, cancelled
    clocks and legs that were handed over have no result. A month of availability has
    one when it is over, or as soon as it is missed; a month of a share when it is over.
    """

    _name = "itsm.target.result"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Measured Target"
    _auto = False
    _order = "measured_at desc, id desc"
    _rec_name = "agreement_id"

    agreement_id = fields.Many2one(comodel_name="itsm.agreement", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    kind = fields.Selection(
        selection=[("sla", "SLA"), ("ola", "OLA"), ("uc", "UC")], readonly=True
    )
    metric = fields.Selection(
        selection=[
            *METRICS,
            ("availability", "Availability"),
            ("share", "Share of tickets in time"),
        ],
        readonly=True,
    )
    ticket_id = fields.Many2one(comodel_name="helpdesk.ticket", readonly=True)
    availability_id = fields.Many2one(comodel_name="itsm.availability", readonly=True)
    share_id = fields.Many2one(
        comodel_name="itsm.agreement.share", string="Share Target", readonly=True
    )
    service_id = fields.Many2one(comodel_name="itsm.service", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    itsm_kind = fields.Selection(readonly=True)
    priority = fields.Selection(readonly=True)
    is_history = fields.Boolean(string="Imported History", readonly=True)
    measured_at = fields.Datetime(
        string="Measured",
        readonly=True,
        help="When the clock stopped; of availability and of shares an instant in the "
        "middle of the month.",
    )
    day = fields.Date(readonly=True, help="The same in the agreement's time zone.")
    is_met = fields.Boolean(string="Met", readonly=True)
    is_threatened = fields.Boolean(
        string="Threatened",
        readonly=True,
        help="Met, but the clock had passed the agreement's level of risk.",
    )
    measured = fields.Integer(string="# Measured", readonly=True)
    met = fields.Integer(string="# Met", readonly=True)
    missed = fields.Integer(string="# Missed", readonly=True)
    threatened = fields.Integer(string="# Threatened", readonly=True)
    compliance = fields.Float(
        string="Compliance (%)",
        aggregator="avg",
        readonly=True,
        help="Targets met, of targets measured.",
    )

    _depends = {
        "itsm.clock": [
            "agreement_id",
            "breached_at",
            "company_id",
            "exempt",
            "is_history",
            "kind",
            "metric",
            "phase",
            "stopped_at",
            "target_seconds",
            "ticket_id",
            "used_seconds",
        ],
        "itsm.agreement": ["at_risk_percent", "partner_id", "tz"],
        "itsm.agreement.share": ["percent"],
        "itsm.share.verdict": ["day", "is_met", "share_id"],
        "itsm.availability": [
            "agreed_seconds",
            "agreement_id",
            "company_id",
            "counted_at",
            "is_latest",
            "kind",
            "measured_seconds",
            "month",
            "partner_id",
            "service_id",
            "status",
        ],
        "helpdesk.ticket": [
            "commercial_partner_id",
            "itsm_kind",
            "priority",
            "service_id",
        ],
    }

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT r.*, 1 AS measured, r.is_met::int AS met,
                   (NOT r.is_met)::int AS missed,
                   r.is_threatened::int AS threatened,
                   CASE WHEN r.is_met THEN 100.0 ELSE 0.0 END AS compliance
              FROM (
                SELECT c.id::bigint * 3 AS id, c.agreement_id, c.company_id, c.kind,
                       c.metric, c.ticket_id, NULL::integer AS availability_id,
                       NULL::integer AS share_id, t.service_id,
                       t.commercial_partner_id AS partner_id,
                       t.itsm_kind, t.priority, c.is_history,
                       c.stopped_at AS measured_at,
                       (c.stopped_at AT TIME ZONE 'UTC' AT TIME ZONE a.tz)::date
                           AS day,
                       c.breached_at IS NULL AS is_met,
                       c.breached_at IS NULL
                           AND c.used_seconds::bigint * 100
                               >= c.target_seconds::bigint * a.at_risk_percent
                           AS is_threatened
                  FROM itsm_clock c
                  JOIN itsm_agreement a ON a.id = c.agreement_id
                  JOIN helpdesk_ticket t ON t.id = c.ticket_id
                 WHERE c.phase = 'stopped' AND c.exempt IS NOT TRUE
                 UNION ALL
                SELECT v.id::bigint * 3 + 1, v.agreement_id, v.company_id, v.kind,
                       'availability', NULL, v.id, NULL, v.service_id, v.partner_id,
                       NULL, NULL, FALSE, v.counted_at, v.month,
                       v.status != 'missed', FALSE
                  FROM itsm_availability v
                 WHERE v.is_latest
                   AND (v.status = 'missed'
                        OR v.status IN ('met', 'at_risk')
                           AND v.measured_seconds >= v.agreed_seconds)
                 UNION ALL
                SELECT (l.id::bigint * 10000 + m.number) * 3 + 2, m.agreement_id,
                       a.company_id, a.kind, 'share', NULL, NULL, l.id, NULL,
                       a.partner_id, l.itsm_kind, l.priority, FALSE,
                       (m.month + interval '15 days') AT TIME ZONE a.tz
                           AT TIME ZONE 'UTC',
                       m.month::date,
                       m.met * 100 >= l.percent::numeric * m.counted, FALSE
                  -- By agreement, so that a search for some reads theirs only.
                  FROM (SELECT d.share_id, d.agreement_id, d.month,
                               COUNT(*) AS counted,
                               COUNT(*) FILTER (WHERE d.is_met) AS met,
                               (EXTRACT(YEAR FROM d.month)::int - 1990) * 12
                                   + EXTRACT(MONTH FROM d.month)::int AS number
                          FROM (SELECT v.share_id, v.agreement_id, v.is_met,
                                       date_trunc('month', v.day::timestamp) AS month
                                  FROM (%(verdicts)s) v) d
                         GROUP BY d.share_id, d.agreement_id, d.month) m
                  JOIN itsm_agreement_share l ON l.id = m.share_id
                  JOIN itsm_agreement a ON a.id = m.agreement_id
                 WHERE (m.month + interval '1 month') AT TIME ZONE a.tz
                           AT TIME ZONE 'UTC' <= %(now)s) r""",
            verdicts=self.env["itsm.agreement.share"]._verdicts_sql(),
            now=fields.Datetime.now(),
        )

    def action_open_source(self):
        """Open the ticket, the month of availability or the tickets of the share that
        were measured."""
        self.ensure_one()
        if self.share_id:
            return self.share_id._action_tickets(Period.of("month", self.day))
        return (self.ticket_id or self.availability_id).get_formview_action()

    def action_improve(self):
        """Return the form of an improvement plan for a target that was missed.

        :raise UserError: it was met
        """
        self.ensure_one()
        if self.is_met:
            raise UserError(
                self.env._("This target was met: there is nothing to improve.")
            )
        period = Period.of("month", self.day)
        defaults = {
            "default_measure": "compliance",
            "default_metric": self.metric,
            "default_itsm_kind": self.itsm_kind,
            "default_priority": self.priority,
            "default_before_from": fields.Date.to_string(period.start),
            "default_before_to": fields.Date.to_string(period.end),
        }
        if self.share_id:
            # measured by hand: what a plan measures itself are single tickets
            defaults.update(
                default_measure="manual",
                default_manual_name=self.share_id._label(),
                default_metric=False,
                default_itsm_kind=False,
                default_priority=False,
                default_unit="%",
                default_target=self.share_id.percent,
            )
        if self.availability_id:
            defaults.update(
                default_measure="availability",
                default_metric=False,
                default_service_id=self.service_id.id,
                default_target=self.availability_id.target,
            )
        return self.agreement_id._improvement_form(defaults)
