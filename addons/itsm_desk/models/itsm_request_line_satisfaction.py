# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.exceptions import UserError

#: The faces of the survey of tickets, for one item.
MARKS = [("5", "Satisfied"), ("3", "Okay"), ("1", "Not satisfied")]


class ItsmRequestLine(models.Model):
    """How content the requester is with each item that he got (REQ-13)."""

    _inherit = "itsm.request.line"

    satisfaction = fields.Selection(
        selection=MARKS,
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What the requester says about the item, after the request was closed.",
    )

    def _can_rate(self):
        """Those of these that the requester can still give a mark."""
        return self.filtered(
            lambda line: (
                line.state == "delivered"
                and line.request_id.state == "closed"
                and not line.satisfaction
            )
        )

    def _rate(self, marks):
        """Keep the marks of the requester; the caller knows that it is him.

        :param dict marks: keys of `MARKS` by id of a line
        :raise UserError: a line is not his to rate (any more), or there is no such mark
        """
        lines = self._can_rate()
        known = dict(MARKS)
        if (
            not marks
            or marks.keys() - set(lines.ids)
            or set(marks.values()) - set(known)
        ):
            raise UserError(
                self.env._(
                    "Choose how satisfied you are with an item that you have got and "
                    "not rated yet."
                )
            )
        for line in lines.filtered(lambda line: line.id in marks):
            line._store({"satisfaction": marks[line.id]})
