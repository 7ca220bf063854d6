# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class ItsmReportDefinition(models.Model):
    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.report.definition"

    abnormal_below = fields.Float(
        string="Abnormal below (%)",
        default=90.0,
        digits=False,
        aggregator=None,
        tracking=True,
        help="A report in which fewer promises of one kind were kept in time goes to "
        "the management representative before it is approved. 0: never for that.",
    )

    _abnormal_range = models.Constraint(
        "CHECK(COALESCE(abnormal_below, 0) BETWEEN 0 AND 100)",
        "Abnormal below: enter a percentage between 0 and 100.",
    )
