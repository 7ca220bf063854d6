# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Demo data of what became of service levels: outages, breaches, credits, reports."""

from datetime import timedelta

from odoo.fields import Command, Domain

from odoo.addons.itsm_base.tools.period import midnight_utc

from .level_demo import LevelTeller

#: Causes of late tickets, in turn; the last ones have not been explained yet.
CAUSES = (
    *("staff", "dispatch", "staff", "supplier", "staff", "dispatch", "knowledge"),
    *("staff", "customer", "dispatch"),
)
UNEXPLAINED = 4


class LevelOutages(LevelTeller):
    """Outages of last month, whose availability is closed, and one to decide on."""

    def load(self):
        confirmed = self._confirmed()
        self.by(confirmed, "sla").action_confirm()
        start = self.ago(hours=4)
        self._outage("proposed", "network", start, 75, leg="supplier", cause="network")
        self._close_month()

    def _outage(self, key, service, start, minutes, cause, login="agent", **vals):
        if vals.get("leg") == "supplier":
            vals["leg_partner_id"] = self.partner("supplier").id
        note = f"outage_{key}_note"
        return self.by(self.env["itsm.outage"], login).create(
            {
                "name": self.say(f"outage_{key}"),
                "service_id": self.ref(f"itsm_service_{service}").id,
                "company_id": self.company.id,
                "date_start": start,
                "date_stop": start + timedelta(minutes=minutes),
                "cause_id": self.env.ref(f"itsm_sla.itsm_outage_cause_{cause}").id,
                "note": note in self.words and self.say(note),
                **vals,
            }
        )

    def _confirmed(self):
        applications = {
            "leg": "team",
            "leg_team_id": self.team("application").id,
            "login": "engineer2",
        }
        erp, mail = self.agreement("harbour_erp"), self.agreement("default")
        return (
            self._outage(
                "erp", "erp", self._open(erp, 8, 50), 50, "software", **applications
            )
            | self._outage(
                *("slow", "erp", self._open(erp, 14, 95), 95, "capacity"),
                effect="degraded",
                **applications,
            )
            | self._outage(
                *("planned", "erp", self._open(erp, 19, 120), 120, "change"),
                planned=True,
                **applications,
            )
            | self._outage("mail", "mail", self._open(mail, 10, 5), 5, "capacity")
        )

    def _open(self, agreement, day, minutes):
        """A time of last month that lies in the hours of an agreement, as a whole.

        :param int day: of the month, the first that is tried
        """
        timeline = agreement.calendar_id._itsm_timeline(agreement.tz, self.company)
        month = self.last_month(agreement)
        for number in range(month.days):
            date = month.start + timedelta(days=(day - 1 + number) % month.days)
            start = midnight_utc(agreement.tz, date) + timedelta(hours=10)
            stop = start + timedelta(minutes=minutes)
            if timeline.elapsed(start, stop) == minutes * 60:
                return start
        return midnight_utc(agreement.tz, month.start) + timedelta(hours=10)

    def _close_month(self):
        agreements = self.env["itsm.agreement"].search(
            [
                ("company_id", "=", self.company.id),
                ("state", "=", "active"),
                ("availability_ids", "!=", False),
            ]
        )
        rows = self.env["itsm.availability"]
        for agreement in agreements:
            month = self.last_month(agreement).start
            found = rows._compute_months(agreement, month.replace(day=1))
            over = found.filtered(lambda row, month=month: row.month == month)
            self.by(over, "sla").action_freeze()


class LevelBreaches(LevelTeller):
    """Why promises were missed, and what a customer gets back for it."""

    def load(self):
        self._explain()
        day = self.last_month(self.agreement("harbour_erp")).start
        wizard = self.by(self.env["itsm.credit.compute"], "sla").create({"day": day})
        wizard.action_confirm()

    def _explain(self):
        """The desk lead has explained all but the latest."""
        breaches = self.env["itsm.breach"].search(
            [("company_id", "=", self.company.id), ("state", "=", "to_explain")],
            order="breached_at, id",
        )
        groups = dict.fromkeys(CAUSES, breaches.browse())
        for number, breach in enumerate(breaches[:-UNEXPLAINED]):
            groups[CAUSES[number % len(CAUSES)]] |= breach
        for name, group in groups.items():
            cause = self.env.ref(f"itsm_sla.itsm_breach_cause_{name}")
            leg = None
            if name == "supplier":
                leg = {
                    "responsible": "supplier",
                    "responsible_team_id": False,
                    "responsible_partner_id": self.partner("supplier").id,
                }
            self.by(group, "lead")._explain(cause, self.say(f"breach_{name}"), leg)


class LevelReports(LevelTeller):
    """The control matrix in use, a published report, and a draft (REP-10, REP-11)."""

    def load(self):
        internal = self.ref("itsm_sla.itsm_report_definition_d07")
        shipped = internal | self.ref("itsm_sla.itsm_report_definition_d09")
        self.by(shipped, "sla").action_unarchive()
        self._publish(self._define())
        self._draft(internal)

    def _define(self):
        """Last month's report was owed: the row is as old as the agreement."""
        harbour = self.agreement("harbour")
        emma = self.partner("harbour_emma")
        definition = self.by(self.env["itsm.report.definition"], "sla").create(
            {
                "name": self.say("definition"),
                "sequence": 1,
                "family": "sla",
                "company_id": self.company.id,
                "agreement_id": harbour.id,
                "author_id": self.user("lead").id,
                "reviewer_id": self.user("sla").id,
                "approver_id": self.user("manager").id,
                "partner_ids": [Command.set((emma | harbour.partner_id).ids)],
                "delivery": "both",
                "lang": self.in_china and "zh_CN",
            }
        )
        definition._accept(emma, "noted", self.say("accepted"))
        # sudo: duties are made by the system
        scope = definition.sudo().duty_definition_id.scope_ids
        scope.date_from = self.last_month(harbour).start
        scope._generate(None)
        return definition

    def _report(self, definition, login, conclusions):
        return self.by(self.env["itsm.service.report"], login).create(
            {
                "definition_id": definition.id,
                "conclusion_ids": [
                    Command.create({"kind": kind, "name": self.say(word)})
                    for kind, word in conclusions
                ],
            }
        )

    def _publish(self, definition):
        report = self._report(
            definition, "lead", [("conclusion", "conclusion"), ("risk", "risk")]
        )
        report.action_write()
        self.by(report, "sla").action_review()
        manager = self.by(report, "manager")
        if manager.is_abnormal:
            manager.action_represent()
        manager.action_approve()
        report.action_publish()
        domain = Domain("report_id", "=", report.id) & Domain("state", "=", "waiting")
        # sudo: reports are sent by the system
        self.env["itsm.report.delivery"].search(domain)._deliver(report.sudo())

    def _draft(self, definition):
        report = self._report(definition, "sla", [("conclusion", "quality")])
        report.action_compute()
