# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import ast
from collections.abc import Collection

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

EQUALITY = ("=", "!=", "in", "not in")


class ItsmKpi(models.Model):
    """Which tickets a KPI is about, and which person (DSK-09).

    Figures about a named employee are for him and his lead: the record rules of the
    values. A filter that names an assignee makes a figure of that kind.
    """

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.kpi"

    ticket_filter = fields.Char(
        string="Only Tickets",
        tracking=True,
        help="Counts only tickets that match, as whoever wrote the filter sees them.",
    )
    # Whose rights the filter is read with; kept by create() and write().
    filter_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Filter Written by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    person_id = fields.Many2one(
        comodel_name="res.users",
        string="About",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
        help="The employee whose work is measured. Only this person, leads and "
        "managers see the figures. Empty: about nobody in particular.",
    )

    @api.constrains("ticket_filter", "person_id")
    def _check_ticket_filter(self):
        tickets = self.env["helpdesk.ticket"]
        for kpi in self.filtered("ticket_filter"):
            try:
                domain = kpi._ticket_filter()
                domain.validate(tickets)
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the filter of tickets cannot be read. Choose the "
                        "conditions again. (%(error)s)",
                        kpi=kpi.display_name,
                        error=str(error),
                    )
                ) from error
            if not kpi.person_id and kpi._names_assignee(domain):
                raise ValidationError(
                    self.env._(
                        "%(kpi)s: the filter names an assignee. Say who the KPI is "
                        "About, so that only he and his lead see the figures.",
                        kpi=kpi.display_name,
                    )
                )

    def _ticket_filter(self):
        """The filter of tickets.

        :rtype: Domain
        :raise ValueError, SyntaxError: it is no domain
        """
        self.ensure_one()
        return Domain(ast.literal_eval(self.ticket_filter or "[]"))

    @api.model
    def _names_assignee(self, domain):
        """Whether a domain tells tickets of one assignee from those of another."""
        for condition in domain.iter_conditions():
            name, *path = condition.field_expr.split(".")
            if name != "user_id":
                continue
            value = condition.value
            single = isinstance(value, str) or not isinstance(value, Collection)
            asked = [value] if single else value
            # “without an assignee” and “with one” name nobody
            if path or condition.operator not in EQUALITY or any(asked):
                return True
        return False

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {
                **vals,
                "filter_user_id": self.env.uid if vals.get("ticket_filter") else False,
            }
            for vals in vals_list
        ]
        return super().create(vals_list)

    def write(self, vals):
        vals = dict(vals)
        vals.pop("filter_user_id", None)
        if "person_id" in vals:
            # What was measured of one person is shown to no other.
            self.filtered(
                lambda kpi: kpi.person_id and kpi.person_id.id != vals["person_id"]
            )._check_not_measured()
        if "ticket_filter" in vals:
            vals["filter_user_id"] = self.env.uid if vals["ticket_filter"] else False
        return super().write(vals)
