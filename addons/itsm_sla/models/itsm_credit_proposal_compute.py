# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import Period, local_date

#: The scheduled action looks at so many finished months for corrections.
MONTHS_BACK = 3


class ItsmCreditProposal(models.Model):
    """Working out a month: once, again before the decision, and after it."""

    _inherit = "itsm.credit.proposal"

    @api.model
    def _cron_credits(self):
        """Propose the credits of finished months (scheduled daily).

        The last three months are looked at, so that what was corrected late becomes a
        correction; a month that is computed twice stays as it is.
        """
        # sudo: the scheduler works for all companies
        clauses = self.env["itsm.agreement.credit"].sudo()
        agreements = clauses.search(
            [("agreement_id.state", "!=", "draft")]
        ).agreement_id.filtered(lambda a: a.kind == "sla" and not a.is_template)
        now = fields.Datetime.now()
        months = {}
        for agreement in agreements:
            month = Period.of("month", local_date(agreement.tz or "UTC", now))
            for _back in range(MONTHS_BACK):
                month = month.previous()
                if agreement.date_start and month.end < agreement.date_start:
                    break
                months.setdefault(month.start, agreements.browse())
                months[month.start] |= agreement
        for day in sorted(months):
            self.sudo()._compute_month(months[day], day)  # sudo: as above

    @api.model
    def _compute_month(self, agreements, day):
        """Work out what agreements owe for a finished month.

        Before a decision the proposal is replaced; if nothing is due any more it goes.
        After a decision a correction is proposed with the difference to all that was
        decided: a rejected proposal counts as decided with what it said, so that only
        changed facts come up again. Corrections use the monthly amount that counted
        the first time.

        :param agreements: ``itsm.agreement``
        :param datetime.date day: first day of the month
        :return: the undecided proposals
        :raises UserError: the month is not over in an agreement's time zone
        """
        now = fields.Datetime.now()
        # sudo: amounts follow from all breaches, also of tickets the user cannot see
        agreements = agreements.sudo()
        period = Period("month", day)
        for agreement in agreements:
            if period.bounds_utc(agreement.tz or "UTC")[1] > now:
                raise UserError(
                    self.env._(
                        "%(month)s is not over yet for %(agreement)s. Choose a "
                        "finished month.",
                        month=period.label,
                        agreement=agreement.display_name,
                    )
                )
        clauses = agreements.credit_ids
        known = self.sudo().search(  # sudo: as above
            Domain("agreement_id", "in", agreements.ids) & Domain("month", "=", day),
            order="revision",
        )
        facts = clauses._month_facts(agreements, day)
        amounts = clauses._monthly_amounts(day)
        found = known.browse()
        for agreement in agreements:
            mine = known.filtered(
                lambda p, agreement=agreement: p.agreement_id == agreement
            )
            found |= mine._replace(agreement, day, facts[agreement.id], amounts, now)
        return found.with_env(self.env)

    def _replace(self, agreement, day, facts, amounts, now):
        """The undecided proposal of one agreement and month, made or made anew.

        :param agreement: ``itsm.agreement`` in sudo; ``self``: all its proposals of the
            month, by revision
        :param dict amounts: of the month, by clause, as `_monthly_amounts` returns them
        """
        decided = self.filtered(lambda proposal: proposal.state != "proposed")
        undecided = self - decided
        then = {line.credit_id: line.monthly_amount for line in decided.line_ids}
        company = agreement.company_id
        lang = company.partner_id.lang or self.env.lang
        lines = []
        for clause in agreement.credit_ids.with_context(lang=lang):
            amount = then.get(clause, amounts[clause])
            lines += clause._lines_of_month(facts, amount)
        if decided:
            lines = self.with_context(lang=lang)._difference(lines, decided)
        vals = [
            {**line._asdict(), "sequence": position}
            for position, line in enumerate(lines)
        ]
        if undecided and undecided._says(vals):
            return undecided
        proposals = guard.with_token(self)
        if not lines:
            proposals.browse(undecided.ids).unlink()
            return self.browse()
        currency = agreement.credit_ids[:1].currency_id or decided[:1].currency_id
        total = currency.round(sum(line.amount for line in lines))
        values = {"total": total, "computed_at": now}
        if undecided:
            proposal = proposals.browse(undecided.ids)
            proposal.line_ids.unlink()
            proposal.write(values)
        else:
            proposal = proposals.create(
                {
                    "agreement_id": agreement.id,
                    "company_id": company.id,
                    "partner_id": agreement.partner_id.id,
                    "month": day,
                    "revision": max(decided.mapped("revision"), default=-1) + 1,
                    "currency_id": currency.id,
                    **values,
                }
            )
        proposal.line_ids.create(
            [{**line, "proposal_id": proposal.id} for line in vals]
        )
        return proposal.with_env(self.env)

    def _says(self, vals):
        """Whether this proposal has these lines already, whatever the language."""
        names = ("credit_id", "kind", "reference", "base", "amount")

        def key(line):
            return tuple(
                round(line[name], 3) if isinstance(line[name], float) else line[name]
                for name in names
            )

        mine = [
            {
                "credit_id": line.credit_id.id,
                "kind": line.kind,
                "reference": line.reference or "",
                "base": line.base,
                "amount": line.amount,
            }
            for line in self.line_ids
        ]
        return sorted(map(key, mine)) == sorted(map(key, vals))

    @api.model
    def _difference(self, lines, decided):
        """Lines of a correction: what is due now less what was decided on.

        :param list lines: of the month as it is worked out now
        :param decided: all decided proposals of the month
        """
        before = {}
        for line in decided.line_ids:
            key = line.credit_id, line.kind, line.reference or ""
            before[key] = before.get(key, 0.0) + line.amount
        clauses = self.env["itsm.agreement.credit"]
        decided = decided.with_env(self.env)  # the language of the company
        result = []
        for line in lines:
            clause = clauses.browse(line.credit_id)
            old = before.pop((clause, line.kind, line.reference), 0.0)
            result += self._line_of_difference(line, clause, old)
        gone = {
            (line.credit_id, line.kind, line.reference or ""): line
            for line in decided.line_ids
        }
        for key, old in before.items():
            line = gone[key]
            result += self._line_of_difference(
                line.credit_id._line_of_nothing(line), line.credit_id, old
            )
        return result

    @api.model
    def _line_of_difference(self, line, clause, old):
        """``[line]`` with the difference to what was decided, or ``[]``."""
        currency = clause.currency_id
        amount = currency.round(line.amount - old)
        if currency.is_zero(amount):
            return []
        if not old:
            return [line]
        formula = clause.env._(
            "%(formula)s Decided before: %(before)s.",
            formula=line.formula,
            before=currency.format(old),
        )
        return [line._replace(amount=amount, formula=formula)]
