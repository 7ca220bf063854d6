# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.itsm_base.tools.kpi import plain


class ItsmAgreementAvailability(models.Model):
    """How available a service has to be under an agreement (AVC-01).

    Frozen with the agreement: another target is another version of it.
    """

    _name = "itsm.agreement.availability"
    _description = "Availability Target"
    _inherit = ["itsm.agreement.part.mixin"]
    _part_field = "availability_ids"
    _order = "agreement_id, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    service_id = fields.Many2one(
        comodel_name="itsm.service",
        required=True,
        index=True,
        ondelete="restrict",
        help="Of the agreement's services, or one of their offerings.",
    )
    sequence = fields.Integer(default=10)
    has_target = fields.Boolean(
        string="Promised",
        default=True,
        help="Without a promise availability is measured and reported only.",
    )
    target = fields.Float(
        string="Target (%)",
        digits=False,
        default=99.9,
        aggregator=None,
        help="Per month, of the agreement's service hours. Read with all its decimals.",
    )
    warning_percent = fields.Float(
        string="Warn below (%)",
        digits=False,
        default=25.0,
        aggregator=None,
        help="Share of the month's allowance: when less of it is left, those who "
        "answer for the agreement are warned. 0: only when it is used up.",
    )
    counts_degraded = fields.Boolean(
        string="Degraded Counts as Down",
        help="Time in which the service was degraded counts like time in which it was "
        "down.",
    )
    counts_offerings = fields.Boolean(
        string="Outages of Offerings Count",
        default=True,
        help="The service counts as down when one of its offerings is. What it is part "
        "of always takes it along.",
    )

    _service_uniq = models.UniqueIndex(
        "(agreement_id, service_id)",
        "The agreement has two availability targets for one service. Remove one.",
    )
    _target_range = models.Constraint(
        "CHECK(NOT has_target OR (target > 0 AND target <= 100))",
        "An availability target lies above 0 and is at most 100 %.",
    )
    _warning_range = models.Constraint(
        "CHECK(COALESCE(warning_percent, 0) BETWEEN 0 AND 100)",
        "The warning level lies between 0 and 100 % of the allowance.",
    )

    @api.depends("service_id", "target", "has_target")
    def _compute_display_name(self):
        for line in self:
            name = line.service_id.display_name or ""
            if line.has_target:
                name = f"{name}: {plain(line.target)} %"
            line.display_name = name

    @api.constrains("service_id", "agreement_id")
    def _check_service(self):
        for line in self.sudo():  # sudo: what holds does not depend on who saves
            agreement, service = line.agreement_id, line.service_id
            if agreement.company_id and service.company_id != agreement.company_id:
                raise ValidationError(
                    self.env._(
                        "Service: %(service)s belongs to another company than "
                        "%(agreement)s. Choose one of its own.",
                        service=service.display_name,
                        agreement=agreement.display_name,
                    )
                )
            path = {int(part) for part in service.parent_path.split("/")[:-1]}
            if agreement.service_ids and path.isdisjoint(agreement.service_ids.ids):
                raise ValidationError(
                    self.env._(
                        "Service: %(service)s is none of the services of "
                        "%(agreement)s. Add it there, or choose one of them.",
                        service=service.display_name,
                        agreement=agreement.display_name,
                    )
                )
