# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ItsmAgreementWorkload(models.Model):
    """How much work an agreement is made for (SLM-05, workload limits).

    Tickets are counted by the system, month by month; users, sites and the like are
    limits in words that people look after.
    """

    _name = "itsm.agreement.workload"
    _description = "Workload Limit"
    _inherit = ["itsm.agreement.part.mixin", "itsm.ticket.cell.mixin"]
    _part_field = "workload_ids"
    _order = "agreement_id, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="itsm.agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    measure = fields.Selection(
        selection=[
            ("ticket", "Tickets per month"),
            ("user", "Users"),
            ("site", "Sites"),
            ("other", "Something else"),
        ],
        required=True,
        default="ticket",
        help="Tickets are counted; the others are only written down.",
    )
    name = fields.Char(
        string="In Words",
        translate=True,
        help="What exactly is limited, for what the system does not count.",
    )
    itsm_kind = fields.Selection(help="Empty: every kind.")
    priority = fields.Selection(help="Empty: every priority.")
    limit = fields.Integer(required=True, aggregator=None, help="At most this many.")

    _limit_positive = models.Constraint(
        'CHECK("limit" > 0)', "A workload limit is a positive number."
    )

    @api.constrains("measure", "name", "itsm_kind", "priority")
    def _check_measure(self):
        for line in self:
            if line.measure == "ticket":
                continue
            if line.itsm_kind or line.priority:
                raise ValidationError(
                    self.env._(
                        "Ticket Kind, Priority: %(line)s does not count tickets. Leave "
                        "them empty.",
                        line=line.display_name,
                    )
                )
            if line.measure == "other" and not (line.name or "").strip():
                raise ValidationError(
                    self.env._("In Words: say what the workload limit is about.")
                )

    @api.depends("measure", "name", "itsm_kind", "priority", "limit")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line._label()}: {line.limit}"

    def _label(self):
        """What is limited, in words.

        :rtype: str
        """
        self.ensure_one()
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("measure", "itsm_kind", "priority")
        }
        parts = [
            labels["measure"].get(self.measure),
            labels["itsm_kind"].get(self.itsm_kind),
            labels["priority"].get(self.priority),
            self.name,
        ]
        return ", ".join(part for part in parts if part)
