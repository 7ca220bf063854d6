# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, models
from odoo.exceptions import UserError, ValidationError


class ResourceCalendar(models.Model):
    _name = "resource.calendar"
    _inherit = ["resource.calendar", "itsm.working.time.mixin"]

    @api.constrains("attendance_ids", "active")
    def _check_in_agreement(self):
        """Hours of an agreement in force are changed, not taken away."""
        # sudo: agreements of others count too
        agreements = self.env["itsm.agreement"].sudo()
        used = agreements.search(
            [("calendar_id", "in", self.ids), ("state", "=", "active")]
        )
        for agreement in used:
            calendar = agreement.calendar_id
            if calendar.active and calendar._itsm_attendances():
                continue
            raise ValidationError(
                self.env._(
                    "%(calendar)s is in use: clocks of %(agreement)s run in it. Leave "
                    "its hours and keep it active, or make a new version of the "
                    "agreement with another working time first.",
                    calendar=calendar.name,
                    agreement=agreement.display_name,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_agreement(self):
        # sudo: agreements of others count too
        agreement = (
            self.env["itsm.agreement"]
            .sudo()
            .with_context(active_test=False)
            .search([("calendar_id", "in", self.ids)], limit=1)
        )
        if agreement:
            raise UserError(
                self.env._(
                    "%(calendar)s is in use: %(agreement)s has it as “%(field)s”. "
                    "Choose another one there first, or archive the working time "
                    "instead of deleting it.",
                    calendar=agreement.calendar_id.name,
                    agreement=agreement.display_name,
                    field=agreement._fields["calendar_id"]._description_string(
                        self.env
                    ),
                )
            )

    def _itsm_calendars(self):
        self.ensure_one()
        return self._origin
