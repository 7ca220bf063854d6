# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.clock import DayTarget
from ..tools.fold import LEG_METRICS

METRICS = [
    ("response", "Response"),
    ("resolution", "Resolution"),
    ("update", "Next update"),
    ("emergency", "Emergency response"),
]


class ItsmAgreementTarget(models.Model):
    _name = "itsm.agreement.target"
    _inherit = "itsm.ticket.cell.mixin"
    _description = "Service Level Target"
    _order = "agreement_id, itsm_kind, priority desc, metric"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    level_id = fields.Many2one(
        comodel_name="itsm.agreement.level",
        string="Temporary Level",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: what the agreement promises on all other days.",
    )
    itsm_kind = fields.Selection(required=True, default="incident")
    priority = fields.Selection(required=True, default="1")
    metric = fields.Selection(selection=METRICS, required=True, default="resolution")
    minutes = fields.Integer(
        string="Target (minutes)",
        help="Working minutes of the agreement's calendar.",
    )
    days = fields.Integer(
        string="Working Day",
        help="Instead of minutes: the n-th working day after the day of the start.",
    )
    day_hour = fields.Float(
        string="By",
        help="Time of day in the zone in which the service hours are read. After "
        "closing time it means closing time.",
    )

    _level_cell_uniq = models.UniqueIndex(
        "(agreement_id, COALESCE(level_id, 0), itsm_kind, priority, metric)",
        "The agreement has two targets for the same kind, priority and metric. "
        "Remove one.",
    )
    _minutes_positive = models.Constraint(
        "CHECK(COALESCE(minutes, 0) > 0 OR COALESCE(days, 0) > 0)",
        "A target needs a time of at least one minute. Enter a positive number, or "
        "clear the target if nothing is promised.",
    )
    _days_bounded = models.Constraint(
        "CHECK(days IS NULL OR days BETWEEN 0 AND 250)",
        "The working day of a target lies between the 1st and the 250th.",
    )
    _day_hour_range = models.Constraint(
        "CHECK(day_hour IS NULL OR (day_hour >= 0 AND day_hour <= 24))",
        "The time of day of a target lies between 00:00 and 24:00.",
    )
    _minutes_bounded = models.Constraint(
        "CHECK(minutes <= 525600)",
        "A target is at most 525600 minutes, a year around the clock. Enter a smaller "
        "number.",
    )

    @api.constrains("metric", "agreement_id")
    def _check_metric(self):
        for target in self:
            if target.agreement_id.kind == "sla" or target.metric in LEG_METRICS:
                continue
            labels = dict(self._fields["metric"]._description_selection(self.env))
            raise ValidationError(
                self.env._(
                    "%(metric)s is promised to customers only: clear it in "
                    "%(agreement)s, or make it an SLA.",
                    metric=labels[target.metric],
                    agreement=target.agreement_id.display_name,
                )
            )

    @api.constrains("minutes", "days", "day_hour")
    def _check_one_way(self):
        for target in self:
            if target.days and target.minutes:
                raise ValidationError(
                    self.env._(
                        "%(target)s: enter minutes, or a working day with a time of "
                        "day, not both.",
                        target=target.display_name,
                    )
                )
            if target.days and not target.day_hour:
                raise ValidationError(
                    self.env._(
                        "%(target)s: enter the time of day until which it is promised, "
                        "for example 16:00.",
                        target=target.display_name,
                    )
                )

    def _promise(self):
        """What the fold measures: working seconds, or a `DayTarget`."""
        self.ensure_one()
        if self.days:
            return DayTarget(self.days, round(self.day_hour * 60))
        return self.minutes * 60

    @api.constrains("level_id", "agreement_id")
    def _check_level(self):
        for target in self:
            agreement = target.level_id.agreement_id
            if agreement and agreement != target.agreement_id:
                raise ValidationError(
                    self.env._(
                        "Agreement: %(level)s belongs to %(agreement)s. Choose that "
                        "one.",
                        level=target.level_id.display_name,
                        agreement=agreement.display_name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            if vals.get("level_id") and not vals.get("agreement_id"):
                level = self.env["itsm.agreement.level"].browse(vals["level_id"])
                vals["agreement_id"] = level.agreement_id.id
        targets = super().create(vals_list)
        targets._check_not_frozen()
        self.agreement_id._mark_changed()
        return targets

    def write(self, vals):
        self.check_access("write")
        self._check_not_frozen()
        result = super().write(vals)
        self._check_not_frozen()
        self.agreement_id._mark_changed()
        return result

    def unlink(self):
        self.agreement_id._mark_changed()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self._check_not_frozen()

    def _check_not_frozen(self):
        """Targets in force, and those of a level that has begun, stay as they are."""
        base = self.filtered(lambda target: not target.level_id)
        base.agreement_id._check_not_frozen({"target_ids"})
        self.level_id._check_not_begun({"target_ids"})

    @api.depends("itsm_kind", "priority", "metric", "minutes", "days", "day_hour")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        }
        for target in self:
            if target.days:
                minutes = round(target.day_hour * 60)
                promise = self.env._(
                    "working day %(days)s by %(time)s",
                    days=target.days,
                    time=f"{minutes // 60:02}:{minutes % 60:02}",
                )
            else:
                promise = self._duration_text(target.minutes)
            target.display_name = "{}, {}, {}: {}".format(
                labels["itsm_kind"].get(target.itsm_kind),
                labels["priority"].get(target.priority),
                labels["metric"].get(target.metric),
                promise,
            )

    @api.model
    def _duration_text(self, minutes):
        """Working time in words: “8 h”, “1 h 30 min”.

        :param int minutes: not negative
        """
        hours, minutes = divmod(minutes, 60)
        if hours and minutes:
            return self.env._(
                "%(hours)s h %(minutes)s min", hours=hours, minutes=minutes
            )
        if hours:
            return self.env._("%(hours)s h", hours=hours)
        return self.env._("%(minutes)s min", minutes=minutes)
