# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models

from odoo.addons.itsm_base.tools.kpi import plain
from odoo.addons.itsm_base.tools.period import Period


class ItsmCiImpact(models.TransientModel):
    """The impact goes on to agreements, customers and revenue (CFG-25)."""

    _inherit = "itsm.ci.impact"

    agreement_ids = fields.One2many(
        comodel_name="itsm.ci.impact.agreement",
        inverse_name="impact_id",
        string="Agreements",
        readonly=True,
    )
    agreement_count = fields.Integer(compute="_compute_agreement_count")
    revenue_text = fields.Char(
        string="Recurring Revenue at Stake",
        readonly=True,
        groups="itsm_base.itsm_group_finance",
        help="Per month, before taxes: recurring lines of the contracts behind these "
        "agreements, each line once.",
    )

    @api.depends("agreement_ids")
    def _compute_agreement_count(self):
        for wizard in self:
            wizard.agreement_count = len(wizard.agreement_ids)

    def _work_out(self):
        result = super()._work_out()
        for wizard in self:
            wizard._work_out_agreements()
        return result

    def _work_out_agreements(self):
        """Keep the agreements that are at stake, as far as the user may read them.

        Constant queries, whatever the number of services and agreements.
        """
        self.ensure_one()
        lines_sudo = self.sudo().agreement_ids  # sudo: nobody writes lines
        lines_sudo.unlink()
        agreements = self.env["itsm.agreement"]
        stakes = {}
        if self.direction == "down":
            owners = self.partner_ids - self.service_ids.partner_ids
            stakes = agreements._at_stake(self.service_ids, owners, self.date)
        agreements = agreements.union(*stakes)
        # read at once what is asked of each below
        promised = agreements.availability_ids
        promised.mapped("service_id.name")
        agreements.mapped("partner_id")
        revenue = agreements._revenue_parts(self.date)
        lines = {
            agreement: agreement._targets_at_stake(services)
            for agreement, services in stakes.items()
        }
        left = self._left(agreements)
        # sudo: as above
        lines_sudo.create(
            [
                self._agreement_values(
                    agreement,
                    services,
                    lines[agreement],
                    left,
                    revenue.get(agreement.id, {}),
                )
                for agreement, services in stakes.items()
            ]
        )
        # sudo: kept for who may see it
        self.sudo().revenue_text = self._revenue_summary(revenue)

    def _left(self, agreements):
        """How many minutes services may still be down in the month of the day.

        :return: minutes by id of agreement and service
        :rtype: dict[tuple, float]
        """
        rows = self.env["itsm.availability"]
        if not agreements or not rows.has_access("read"):
            return {}
        found = rows.search(
            [
                ("agreement_id", "in", agreements.ids),
                ("month", "=", Period.of("month", self.date).start),
                ("is_latest", "=", True),
                ("has_target", "=", True),
            ]
        )
        return {
            (row.agreement_id.id, row.service_id.id): row.remaining_minutes
            for row in found
        }

    def _agreement_values(self, agreement, services, targets, left, parts):
        promised = targets.filtered("has_target")
        minutes = [
            left[agreement.id, line.service_id.id]
            for line in promised
            if (agreement.id, line.service_id.id) in left
        ]
        amounts = list(parts.values())
        return {
            "impact_id": self.id,
            "agreement_id": agreement.id,
            "partner_id": agreement.partner_id.id,
            "service_ids": [fields.Command.set(services.ids)],
            "targets": ", ".join(
                f"{line.service_id.display_name} {plain(line.target)} %"
                for line in promised
            ),
            "has_left": bool(minutes),
            "left_minutes": min(minutes, default=0.0),
            "currency_id": amounts[0][1].id if amounts else False,
            "revenue": float(max(sum(amount for amount, _currency in amounts), 0)),
        }

    @api.model
    def _revenue_summary(self, revenue):
        """The sums by currency, each line of a contract once."""
        parts = {}
        for agreement_parts in revenue.values():
            parts.update(agreement_parts)
        sums = {}
        for amount, currency in parts.values():
            sums[currency] = sums.get(currency, 0) + amount
        return " + ".join(
            currency.format(float(max(amount, 0)))
            for currency, amount in sorted(sums.items(), key=lambda row: row[0].name)
        )
