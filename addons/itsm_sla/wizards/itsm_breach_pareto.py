# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.itsm_base.tools.period import Period

from ..models.itsm_agreement_target import METRICS
from ..models.itsm_breach_cause import RESPONSIBLE


class ItsmBreachPareto(models.TransientModel):
    """Causes of breaches, the most frequent first, with their running share (SLM-63).

    What is counted is what the reader may see.
    """

    _name = "itsm.breach.pareto"
    _description = "Pareto of Causes"
    _transient_max_hours = 24.0

    date_from = fields.Date(
        string="From Month",
        required=True,
        default=lambda self: self._default_first() - relativedelta(months=11),
        help="Any day of the first month.",
    )
    date_to = fields.Date(
        string="To Month",
        required=True,
        default=lambda self: self._default_first(),
        help="Any day of the last month.",
    )
    service_ids = fields.Many2many(comodel_name="itsm.service", string="Services")
    partner_ids = fields.Many2many(comodel_name="res.partner", string="Customers")
    agreement_ids = fields.Many2many(
        comodel_name="itsm.agreement",
        string="Agreements",
        domain="[('kind', '=', 'sla'), ('is_template', '=', False)]",
    )
    metric = fields.Selection(selection=METRICS)
    responsible = fields.Selection(selection=RESPONSIBLE)
    with_history = fields.Boolean(string="With Imported History")
    line_ids = fields.One2many(
        comodel_name="itsm.breach.pareto.line", inverse_name="pareto_id", readonly=True
    )
    total = fields.Integer(string="Breaches", readonly=True)

    _dates_ordered = models.Constraint(
        "CHECK(date_to >= date_from)",
        "To Month lies before From Month: exchange them.",
    )

    @api.model
    def _default_first(self):
        return Period.of("month", fields.Date.context_today(self)).start

    def _compute_display_name(self):
        for pareto in self:
            pareto.display_name = self.env._("Pareto of Causes")

    @api.model_create_multi
    def create(self, vals_list):
        paretos = super().create(vals_list)
        for pareto in paretos:
            pareto._count()
        return paretos

    def write(self, vals):
        result = super().write(vals)
        if set(vals) - {"line_ids", "total"}:
            for pareto in self:
                pareto._count()
        return result

    @api.model
    def action_open(self):
        """Open the Pareto of the last twelve months."""
        return self.create({})._action_form()

    def _action_form(self):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_breach_pareto_action"
        )
        return action | {"res_id": self.id}

    def action_refresh(self):
        """Count again; the form has been saved before."""
        self.ensure_one()
        self._count()
        return True

    def _domain(self):
        """Domain of the breaches that are counted."""
        self.ensure_one()
        domain = (
            Domain("active", "=", True)
            & Domain("exempt", "=", False)
            & Domain("month", ">=", Period.of("month", self.date_from).start)
            & Domain("month", "<=", Period.of("month", self.date_to).start)
        )
        if not self.with_history:
            domain &= Domain("is_history", "=", False)
        if self.service_ids:
            domain &= Domain("service_id", "child_of", self.service_ids.ids)
        if self.partner_ids:
            partners = self.partner_ids.commercial_partner_id
            domain &= Domain("commercial_partner_id", "in", partners.ids)
        if self.agreement_ids:
            domain &= Domain("agreement_id", "in", self.agreement_ids.ids)
        for name in ("metric", "responsible"):
            if self[name]:
                domain &= Domain(name, "=", self[name])
        return domain

    def _count(self):
        """Count by cause, in one query; what is not explained yet comes last."""
        self.ensure_one()
        rows = self.env["itsm.breach"]._read_group(
            self._domain(), ["cause_id"], ["__count", "overrun_seconds:sum"]
        )
        rows.sort(key=lambda row: (not row[0], -row[1], row[0].sequence, row[0].id))
        total = sum(number for _cause, number, _seconds in rows)
        before = 0
        vals_list = []
        for position, (cause, number, seconds) in enumerate(rows):
            before += number
            vals_list.append(
                {
                    "pareto_id": self.id,
                    "sequence": position,
                    "cause_id": cause.id,
                    "number": number,
                    "overrun_hours": (seconds or 0) / 3600,
                    # cut off: 79.96 % is not 80 %; all of them are 100 %
                    "share": number * 1000 // total / 10,
                    "cumulative": before * 1000 // total / 10,
                }
            )
        self.line_ids.unlink()
        self.env["itsm.breach.pareto.line"].create(vals_list)
        self.total = total

    def action_view_breaches(self):
        """Open all breaches that are counted."""
        self.ensure_one()
        return self._action_breaches(self._domain())

    def _action_breaches(self, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_breach_action"
        )
        return action | {"domain": list(domain), "context": {}}
