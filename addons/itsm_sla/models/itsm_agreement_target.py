# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

METRICS = [("response", "Response"), ("resolution", "Resolution")]


class ItsmAgreementTarget(models.Model):
    _name = "itsm.agreement.target"
    _description = "Service Level Target"
    _order = "agreement_id, itsm_kind, priority desc, metric"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    itsm_kind = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["itsm_kind"]
            ._description_selection(self.env)
        ),
        string="Ticket Kind",
        required=True,
        default="incident",
    )
    priority = fields.Selection(
        selection=lambda self: (
            self.env["helpdesk.ticket"]
            ._fields["priority"]
            ._description_selection(self.env)
        ),
        required=True,
        default="1",
    )
    metric = fields.Selection(selection=METRICS, required=True, default="resolution")
    minutes = fields.Integer(
        string="Target (minutes)",
        required=True,
        help="Working minutes of the agreement's calendar.",
    )

    _cell_uniq = models.Constraint(
        "UNIQUE(agreement_id, itsm_kind, priority, metric)",
        "The agreement has two targets for the same kind, priority and metric. "
        "Remove one.",
    )
    _minutes_positive = models.Constraint(
        "CHECK(minutes > 0)",
        "A target needs a time of at least one minute. Enter a positive number, or "
        "clear the target if nothing is promised.",
    )

    _minutes_bounded = models.Constraint(
        "CHECK(minutes <= 525600)",
        "A target is at most 525600 minutes, a year around the clock. Enter a smaller "
        "number.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        targets.agreement_id._check_not_frozen({"target_ids"})
        self.agreement_id._mark_changed()
        return targets

    def write(self, vals):
        self.agreement_id._check_not_frozen({"target_ids"})
        result = super().write(vals)
        self.agreement_id._check_not_frozen({"target_ids"})
        self.agreement_id._mark_changed()
        return result

    def unlink(self):
        self.agreement_id._mark_changed()
        return super().unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_frozen(self):
        self.agreement_id._check_not_frozen({"target_ids"})

    @api.depends("itsm_kind", "priority", "metric", "minutes")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("itsm_kind", "priority", "metric")
        }
        for target in self:
            target.display_name = "{}, {}, {}: {} min".format(
                labels["itsm_kind"].get(target.itsm_kind),
                labels["priority"].get(target.priority),
                labels["metric"].get(target.metric),
                target.minutes,
            )
