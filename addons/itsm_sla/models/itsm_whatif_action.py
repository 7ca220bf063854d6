# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.itsm_base.tools import guard
from odoo.addons.itsm_base.tools.period import local_date, midnight_utc

#: Deleted with a scenario, and when it is worked out again.
RESULTS = ("itsm.whatif.line", "itsm.whatif.month", "itsm.whatif.answer")


class ItsmWhatif(models.Model):
    """What people do with a scenario, and which tickets it is about."""

    # pylint: disable=consider-merging-classes-inherited
    _inherit = "itsm.whatif"

    taken_count = fields.Integer(string="Tickets Taken", compute="_compute_taken")
    taken_text = fields.Char(
        string="Takes",
        compute="_compute_taken",
        help="Those that you may read are counted here.",
    )

    # === Actions ===

    def action_compute(self):
        """Start the run that works the scenario out; no clock is touched.

        :raises ValidationError: targets or hours are missing or without working time,
            or the period is not over
        :raises UserError: there is no such ticket, or a run works on it already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_can_run()
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        total = tickets.search_count(self._domain())
        if not total:
            raise UserError(
                self.env._(
                    "%(scenario)s: no ticket was reported in this period that it would "
                    "take. Choose a longer period, fewer conditions, or tickets of "
                    "customers and services.",
                    scenario=self.name,
                )
            )
        run = self._run_start(self.env._("What-if: %(name)s", name=self.name), total)
        run._log(self.env._("No clock is changed: past tickets are counted again."))
        self._forget_results()
        guard.with_token(self).write(
            {"state": "computing", "computed_id": self.env.uid}
        )
        return True

    def action_draft(self):
        """Forget the figures, so that something else can be asked.

        :raises UserError: a run works on it
        """
        self.check_access("write")
        kept = self.sudo()._archive_kept()  # sudo: evidence counts, whoever may see it
        if kept:
            raise UserError(self.browse(kept.ids)._archive_message())
        for scenario in self:
            if scenario._run_active():
                raise UserError(
                    self.env._(
                        "%(scenario)s is being worked out. Cancel the run first.",
                        scenario=scenario.name,
                    )
                )
        self._forget_results()
        guard.with_token(self).write({"state": "draft"})
        return True

    def action_view_lines(self):
        """Open the tickets, filtered by the button's context."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_sla.itsm_whatif_line_action"
        )
        return action | {
            "domain": [("whatif_id", "=", self.id)],
            "context": dict(self.env.context),
        }

    def _check_can_run(self):
        """Raise what is missing before a prediction can be made."""
        self.ensure_one()
        agreement = self.agreement_id
        kept = self.sudo()._archive_kept()  # sudo: evidence counts, whoever may see it
        if kept:
            raise UserError(self._archive_message())
        missing = []
        # sudo: the calendar may belong to others: only whether it has hours is asked
        calendars = (self.calendar_id or agreement.calendar_id).sudo()
        if not calendars:
            missing.append(
                self.env._("Service Hours: choose some here or in the agreement.")
            )
        if not agreement.target_ids and not self.target_ids:
            missing.append(
                self.env._("Targets: enter at least one here or in the agreement.")
            )
        if agreement.kind == "ola" and not agreement.team_id:
            missing.append(self.env._("Providing Team: an OLA needs the team."))
        if agreement.kind == "uc" and not agreement.supplier_id:
            missing.append(self.env._("Supplier: a UC needs the supplier."))
        today = local_date(agreement.tz, fields.Datetime.now())
        if self.date_to >= today:
            missing.append(
                self.env._(
                    "Reported Until: %(date)s is not over yet. Choose an earlier day.",
                    date=self.date_to,
                )
            )
        if missing:
            raise ValidationError("\n".join([self.name, *missing]))
        # sudo: as above
        (calendars | self.candidate_calendar_ids.sudo())._itsm_check_usable()

    def _forget_results(self):
        self.env.flush_all()
        for name in RESULTS:
            model = self.env[name]
            # Past unlink: nothing points at hundreds of thousands of lines.
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE whatif_id = ANY(%s)",
                    SQL.identifier(model._table),
                    self.ids,
                )
            )
            model.invalidate_model(flush=False)
        self.invalidate_recordset(
            ["line_ids", "month_ids", "answer_ids", "calendar_answer_ids"], flush=False
        )
        for scenario in guard.with_token(self):
            # Clocks of servers differ: what begins after the activation is dated so.
            moment = fields.Datetime.now()
            activated_at = scenario.agreement_id.activated_at
            if activated_at:
                later = activated_at.replace(microsecond=0) + timedelta(seconds=1)
                moment = max(moment, later)
            scenario.write(
                {
                    "ticket_count": 0,
                    "skipped_count": 0,
                    "fingerprint": False,
                    "moment": moment,
                }
            )

    def action_view_tickets(self):
        """Open the tickets that are taken, those that the user may read."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "itsm_base.helpdesk_ticket_action_all"
        )
        return action | {
            "name": self.env._("Tickets of %(scenario)s", scenario=self.name),
            "domain": list(self._domain()),
            "context": {"active_test": False, "create": False},
        }

    # === Which tickets ===

    @api.depends(
        *("state", "company_id", "agreement_id", "date_from", "date_to", "scope"),
        *("partner_ids", "service_ids", "itsm_kind", "origin", "ticket_domain"),
    )
    @api.depends_context("uid", "lang")
    def _compute_taken(self):
        """Which tickets are taken, in words and numbers, before they are counted."""
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        for scenario in self:
            scenario.taken_count, scenario.taken_text = 0, False
            if scenario.state != "draft" or not (
                scenario.agreement_id
                and scenario.scope
                and scenario.date_from
                and scenario.date_to
            ):
                continue
            try:
                domain = scenario._domain()
            except (SyntaxError, ValueError):
                # A filter that is being typed; saving says what is wrong with it.
                continue
            scenario.taken_count = tickets.search_count(domain)
            scenario.taken_text = scenario._taken_in_words(domain)

    def _taken_in_words(self, domain):
        """Which tickets are taken, as a sentence; how many are of other agreements."""
        self.ensure_one()
        tickets = self.env["helpdesk.ticket"].with_context(active_test=False)
        # sudo: the agreement of a readable scenario
        agreement = self.agreement_id._origin.sudo()
        words = {"count": self.taken_count, "agreement": agreement.name}
        if self.scope == "agreement":
            return self.env._(
                "%(count)s tickets that %(agreement)s covered, in any of its versions.",
                **words,
            )
        others = 0
        if self.taken_count:
            mine = Domain("agreement_id", "in", [*self._versions().ids, False])
            others = tickets.search_count(domain & ~mine)
        if agreement.kind == "sla" and others:
            return self.env._(
                "%(count)s tickets of these customers and services, whichever "
                "agreement they were under; %(others)s of them were under another "
                "agreement than %(agreement)s.",
                **words,
                others=others,
            )
        return self.env._(
            "%(count)s tickets of these customers and services, whichever agreement "
            "they were under.",
            **words,
        )

    def _covered_domain(self):
        """Domain of the tickets that the agreement covered, in any version.

        Of an SLA those under it; of an OLA or UC those with a clock of it.
        """
        self.ensure_one()
        versions = self._versions()
        if self.agreement_id.kind == "sla":
            return Domain("agreement_id", "in", versions.ids)
        return Domain("clock_ids", "any", [("agreement_id", "in", versions.ids)])

    def _domain(self):
        """Domain of the tickets that are counted again.

        Exempt tickets are left out of what was achieved, and so they are here.
        """
        self.ensure_one()
        tz = self.agreement_id.tz
        start = midnight_utc(tz, self.date_from)
        stop = midnight_utc(tz, self.date_to + relativedelta(days=1))
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("clock_exempt", "!=", True)
        domain &= (
            Domain("reported_at", ">=", start) & Domain("reported_at", "<", stop)
        ) | (
            Domain("reported_at", "=", False)
            & Domain("create_date", ">=", start)
            & Domain("create_date", "<", stop)
        )
        if self.scope == "agreement":
            domain &= self._covered_domain()
        if self.partner_ids:
            domain &= Domain("partner_id", "child_of", self.partner_ids.ids)
        if self.service_ids:
            domain &= Domain("service_id", "child_of", self.service_ids.ids)
        if self.itsm_kind:
            domain &= Domain("itsm_kind", "=", self.itsm_kind)
        if self.origin != "all":
            imported = self.origin == "imported"
            domain &= Domain("is_history", "=" if imported else "!=", True)
        return domain & Domain(self._filter())
