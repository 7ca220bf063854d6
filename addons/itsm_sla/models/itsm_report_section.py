# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

#: What a report is about: a time that is over, that lasts, or that comes (REP-09).
NATURES = [
    ("reactive", "After the fact"),
    ("proactive", "Warning and forecast"),
    ("schedule", "Plan of what comes"),
]


class ItsmReportSection(models.Model):
    """A section that a service report can have (REP-04).

    Addons ship a record with each section that they add. The code is the one that
    reports name their sections by.
    """

    _name = "itsm.report.section"
    _description = "Section of a Service Report"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, readonly=True)
    code = fields.Char(required=True, readonly=True)
    sequence = fields.Integer(default=10, readonly=True)
    nature = fields.Selection(
        selection=NATURES,
        string="Reports",
        default="reactive",
        readonly=True,
        help="Reports of which nature can have it. Empty: all.",
    )

    _code_uniq = models.UniqueIndex("(code)", "A section has this code already.")

    @api.model
    def _codes_known(self):
        """The codes of all sections, in their order.

        :rtype: list[str]
        """
        return self.search_fetch([], ["code"]).mapped("code")
