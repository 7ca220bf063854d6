# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.itsm_base.tools.kpi import plain

from .itsm_kpi import TAKEN_UP

METRICS = [
    ("response", "Answered"),
    ("pickup", "Taken up"),
    ("resolution", "Solved"),
]


class ItsmAgreementShare(models.Model):
    """Which share of the tickets of a month is in time (SLM-60).

    Times of single tickets (``itsm.agreement.target``) run in service hours, and each
    counts; a share is a promise about all tickets together: “70 % of the requests
    answered within 24 hours”. Its hours are those on the wall, from the report on: day
    and night, whatever the ticket waits for. They are counted as in the key figures K49
    and K50: answered is a public reply or the solution; taken up is out of the state
    New.

    Frozen with the agreement: another share is another version of it.
    """

    _name = "itsm.agreement.share"
    _description = "Share Target"
    _inherit = ["itsm.agreement.part.mixin", "itsm.ticket.cell.mixin"]
    _part_field = "share_ids"
    _order = "agreement_id, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    itsm_kind = fields.Selection(help="Empty: every kind.")
    priority = fields.Selection(help="Empty: every priority.")
    metric = fields.Selection(
        selection=METRICS,
        string="What",
        required=True,
        default="response",
        help="Answered: a public reply, or the solution. Taken up: the ticket has left "
        "the state New. Solved: it is solved and was not reopened.",
    )
    hours = fields.Integer(
        string="Within (hours)",
        required=True,
        default=24,
        aggregator=None,
        help="Hours on the wall since the report, day and night. Pauses count.",
    )
    percent = fields.Float(
        string="At least (%)",
        required=True,
        digits=False,
        default=90.0,
        aggregator=None,
        help="Of the tickets of a month, in the agreement's time zone. Read with all "
        "its decimals.",
    )

    _share_uniq = models.UniqueIndex(
        "(agreement_id, COALESCE(itsm_kind, ''), COALESCE(priority, ''), metric, "
        "hours)",
        "The agreement has two share targets for the same tickets and hours. Remove "
        "one.",
    )
    _hours_range = models.Constraint(
        "CHECK(hours BETWEEN 1 AND 8760)",
        "Within (hours): enter 1 to 8760 hours, a year.",
    )
    _percent_range = models.Constraint(
        "CHECK(percent > 0 AND percent <= 100)",
        "A share target lies above 0 and is at most 100 %.",
    )

    @api.constrains("agreement_id")
    def _check_kind(self):
        """A share is counted by the tickets of a customer's agreement."""
        for agreement in self.agreement_id:
            if agreement.kind != "sla":
                raise ValidationError(
                    self.env._(
                        "Share targets: %(agreement)s is no agreement with a customer. "
                        "Remove them.",
                        agreement=agreement.display_name,
                    )
                )

    @api.depends("itsm_kind", "priority", "metric", "hours", "percent")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line._label()}: {plain(line.percent)} %"

    def _label(self):
        """Which tickets, what, within how many hours, in words.

        :rtype: str
        """
        self.ensure_one()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        }
        what = self.env._(
            "%(metric)s within %(hours)s h",
            metric=labels["metric"].get(self.metric),
            hours=self.hours,
        )
        parts = [
            labels["itsm_kind"].get(self.itsm_kind) or self.env._("Every ticket"),
            labels["priority"].get(self.priority),
            what,
        ]
        return ", ".join(part for part in parts if part)

    def _is_kept(self, met, counted):
        """Whether a month keeps the promise, compared unrounded.

        :param int met: tickets in time
        :param int counted: all of them
        :return: None where nothing was counted
        :rtype: bool | None
        """
        self.ensure_one()
        if not counted:
            return None
        # as it is read: 99.9 is 999 of 1000
        return met * 100 >= Decimal(repr(self.percent)) * counted

    def _action_tickets(self, period):
        """Open the tickets that counted in a period and that the user may see.

        :param Period period: in the agreement's zone
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_share_verdict_action"
        )
        return action | {
            "name": self.env._(
                "%(target)s, %(month)s", target=self.display_name, month=period.label
            ),
            "domain": [
                ("share_id", "=", self.id),
                ("day", ">=", fields.Date.to_string(period.start)),
                ("day", "<=", fields.Date.to_string(period.end)),
            ],
            "context": {},
        }

    @api.model
    def _verdicts_sql(self, begins=None, stops=None):
        """The verdicts about tickets, one row for each ticket and share target.

        A ticket counts when its verdict fell: in time when it was done, late when its
        hours had run out. So the figures of a month are complete when it ends. Left
        out: cancelled, exempt, imported tickets and duplicates.

        Columns: ``id``, ``share_id``, ``agreement_id``, ``ticket_id``, ``company_id``,
        ``at``, ``day`` (in the agreement's zone), ``is_met``.

        :param datetime begins: nothing earlier is needed; naive UTC
        :param datetime stops: nothing from then on is needed
        :rtype: SQL
        """
        bounds = SQL()
        if begins:
            # a verdict falls between the report and the end of the hours
            bounds = SQL(
                """AND t.reported_at >= %s - make_interval(hours => l.hours)
                   AND t.reported_at < %s""",
                begins,
                stops,
            )
        return SQL(
            """SELECT v.share_id::bigint << 32 | v.ticket_id AS id, v.share_id,
                      v.agreement_id, v.ticket_id, v.company_id, v.at,
                      (v.at AT TIME ZONE 'UTC' AT TIME ZONE v.tz)::date AS day, v.is_met
                 FROM (SELECT l.id AS share_id, l.agreement_id, a.tz, a.company_id,
                              t.id AS ticket_id, m.done <= m.due IS TRUE AS is_met,
                              LEAST(m.done, m.due) AS at
                         FROM itsm_agreement_share l
                         JOIN itsm_agreement a ON a.id = l.agreement_id
                         JOIN helpdesk_ticket t ON t.agreement_id = l.agreement_id
                          AND (l.itsm_kind IS NULL OR l.itsm_kind = t.itsm_kind)
                          AND (l.priority IS NULL OR l.priority = t.priority)
                         JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                        CROSS JOIN LATERAL (
                              SELECT t.reported_at + make_interval(hours => l.hours)
                                         AS due,
                                     CASE l.metric
                                     WHEN 'response'
                                     THEN LEAST(t.first_response_at, t.resolved_at)
                                     WHEN 'pickup'
                                     THEN (SELECT MIN(e.time) FROM itsm_ticket_event e
                                            WHERE e.ticket_id = t.id
                                              AND e.state IN %(taken_up)s)
                                     ELSE t.resolved_at END AS done) m
                        WHERE a.is_template IS NOT TRUE AND a.state != 'draft'
                          AND t.duplicate_id IS NULL AND t.is_history IS NOT TRUE
                          AND t.clock_exempt IS NOT TRUE
                          AND s.itsm_state IS DISTINCT FROM 'cancelled'
                          AND (m.done <= m.due OR m.due < %(now)s)
                          %(bounds)s) v""",
            taken_up=TAKEN_UP,
            now=fields.Datetime.now(),
            bounds=bounds,
        )
