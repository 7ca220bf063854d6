# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.itsm_base.tools import guard

#: What follows from the row and the period, and is written by nobody.
DERIVED = frozenset(
    {"agreement_id", "partner_id", "company_id", "period_end", "is_abnormal"}
)
#: What decides which report it is.
PLACE = frozenset({"definition_id", "period_start"})


class ItsmServiceReport(models.Model):
    """What a report is about: decided by its row and its period, and kept."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.service.report"

    first_written_at = fields.Datetime(
        string="First Written on",
        readonly=True,
        copy=False,
        help="Stays when the report is returned to its author: from then on it is "
        "evidence.",
    )
    next_ids = fields.One2many(
        comodel_name="itsm.service.report",
        inverse_name="previous_id",
        string="Corrected by",
        readonly=True,
    )

    # === CRUD ===

    @api.model
    def default_get(self, fields):
        # A default of the context decides nothing.
        return super().default_get([name for name in fields if name not in DERIVED])

    @api.model_create_multi
    def create(self, vals_list):
        self._check_derived({name for vals in vals_list for name in vals})
        return super().create(vals_list)

    def write(self, vals):
        self._check_derived(vals.keys())
        if not PLACE & vals.keys():
            return super().write(vals)
        for report in self:  # each in the periods of its own row
            place = report._place()
            super(ItsmServiceReport, report).write(dict(vals))
            if report._place() != place:
                report._check_may_move()
        return True

    def _check_derived(self, names):
        """Refuse what follows from the row and the period.

        :param names: names of fields that somebody wants to write
        :raise UserError: naming the fields
        """
        derived = DERIVED & set(names)
        if derived and not guard.has_token(self):
            raise UserError(
                self.env._(
                    "%(fields)s: follows from the report and its period. Choose these.",
                    fields=", ".join(
                        self._fields[name]._description_string(self.env)
                        for name in sorted(derived)
                    ),
                )
            )

    def _place(self):
        """Which report it is: its row and the first day of its period."""
        return self.definition_id, self.period_start

    def _check_may_move(self):
        """Refuse to move what is evidence of one row and period.

        :raise UserError: it is a revision, or was written once
        """
        self.ensure_one()
        if self.revision or self.first_written_at:
            raise UserError(
                self.env._(
                    "%(report)s stays about its period: it is a correction, or was "
                    "written before. Make another report.",
                    report=self.display_name,
                )
            )

    def _check_same_period(self, vals):
        """The first day of the period is kept, whichever of its days was entered."""
        definition = self.env["itsm.report.definition"].browse(
            vals.get("definition_id") or self[:1].definition_id.id
        )
        day = fields.Date.to_date(vals["period_start"])
        vals["period_start"] = definition._period_of(day).start

    def _archive_kept(self):
        return self.filtered(
            lambda report: (
                report.state != "draft" or report.revision or report.first_written_at
            )
        )

    # === Business methods ===

    def _is_replaced(self):
        """Whether a correction of the report was published.

        :rtype: bool
        """
        self.ensure_one()
        return any(report.published_at for report in self.next_ids)
