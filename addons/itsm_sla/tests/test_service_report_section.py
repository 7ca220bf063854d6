# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from datetime import timedelta
from random import Random

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .service_report_common import APRIL, ServiceReportCommon

KINDS = {"incident": "Incident", "request": "Service request"}


@tagged("post_install", "-at_install")
class TestServiceReportSection(ServiceReportCommon):
    """Each section of a monthly report against counting record by record (issue 6).

    About 70 tickets between December 2025 and April 2026, random by a fixed seed:
    some on the edges of the months, solved or not, exempt, cancelled, archived,
    duplicates, of another customer, imported. The oracle reads the stored tickets,
    clocks and breaches one by one and shares no query with the report.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_agreement = cls._create_agreement(partner_id=cls.customer_2.id)
        cls.channel = cls.env["helpdesk.ticket.channel"].search([], limit=1)
        cls.cause = cls.env.ref("itsm_sla.itsm_breach_cause_technical")
        test = cls("test_targets")
        test.env = cls.env
        test._build_year()
        cls.env.flush_all()
        report = test._make_report()
        with test.at(APRIL):
            report.action_compute()
        cls.report = report
        cls.begins = cls.utc("2026-03-01 00:00")
        cls.stops = cls.utc("2026-04-01 00:00")
        cls.everything = cls.env["helpdesk.ticket"].with_context(active_test=False)

    def _build_year(self):
        random = Random(20260331)
        reported = [
            # the edges of March in Paris; summer time begins on the 29th
            "2026-02-28 23:59",
            "2026-03-01 00:00",
            "2026-03-31 23:59",
            "2026-04-01 00:00",
        ]
        first = self.utc("2025-12-10 08:00")
        reported += [
            (first + timedelta(minutes=random.randrange(112 * 1440))).strftime(
                "%Y-%m-%d %H:%M"
            )
            for _index in range(66)
        ]
        tickets = []
        for index, wall in enumerate(reported):
            vals = {
                "itsm_kind": random.choice(["incident", "request"]),
                "priority": random.choice("0123"),
                "service_id": random.choice([self.service.id, False]),
                "channel_id": random.choice([self.channel.id, False]),
            }
            if index % 11 == 5:
                vals["partner_id"] = self.requester_2.id
            tickets.append(self._report(wall, **vals))
        walls = {
            ticket: self.utc(wall)
            for ticket, wall in zip(tickets, reported, strict=True)
        }
        for index, ticket in enumerate(tickets):
            after = walls[ticket] + timedelta(minutes=random.randrange(3, 4 * 1440))
            wall = (after + timedelta(hours=1)).strftime("%Y-%m-%d %H:%M")
            if index % 4 != 3:
                self._move(wall, ticket, "resolved")
            if index % 13 == 6:
                self._move(wall, ticket, "cancelled")
        self._run_scheduler("2026-04-02 09:00")
        tickets[9].active = False
        tickets[10].active = False
        guard.with_token(tickets[12]).write({"is_history": True})
        clocks = guard.with_token(
            self.env["itsm.clock"].search([("ticket_id", "in", tickets[12].ids)])
        )
        clocks.write({"is_history": True})
        breaches = self.env["itsm.breach"].search(
            [("ticket_id", "in", [ticket.id for ticket in tickets])], order="id"
        )
        guard.with_token(breaches.filtered(lambda b: b.ticket_id == tickets[12])).write(
            {"is_history": True}
        )
        # a third of the late ones is explained
        with self.at("2026-04-02 10:00"):
            breaches[::3].with_user(self.lead)._explain(self.cause)
        exempt = self.env["itsm.breach"].search(
            [("breached_at", ">=", self.utc("2026-03-05 00:00"))], limit=2
        )
        guard.with_token(exempt.clock_id).write({"exempt": True})
        guard.with_token(exempt).write({"exempt": True})
        self.env.flush_all()

    # === The oracle ===

    def _counted_tickets(self):
        return [
            ticket
            for ticket in self.everything.search([])
            if ticket.agreement_id == self.agreement
            and not ticket.duplicate_id
            and not ticket.is_history
            and ticket.stage_id.itsm_state != "cancelled"
        ]

    def _verdict_of(self, clock):
        """``(verdict, moment)`` of a clock, or None."""
        if clock.kind != "sla" or clock.is_history:
            return None
        if clock.agreement_id != self.agreement or clock.phase == "cancelled":
            return None
        if clock.breached_at:
            return "missed", clock.breached_at
        if clock.phase == "running" and clock.deadline < self.utc(APRIL):
            return "missed", clock.deadline
        if clock.phase == "stopped":
            return "met", clock.stopped_at
        return None

    def _verdicts(self, begins, stops):
        found = []
        for clock in self.env["itsm.clock"].search([]):
            verdict = self._verdict_of(clock)
            if verdict and begins <= verdict[1] < stops:
                what = "exempt" if clock.exempt else verdict[0]
                found.append((what, clock))
        return found

    def _month_bounds(self, year, month):
        begins = self.utc(f"{year}-{month:02}-01 00:00")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        return begins, self.utc(f"{year}-{month:02}-01 00:00")

    # === Sections ===

    def test_targets(self):
        """REP-04: met and missed by kind, priority and metric, their sums, the share
        cut off, and the tickets behind each figure."""
        expected, behind = {}, {}
        for what, clock in self._verdicts(self.begins, self.stops):
            ticket = clock.ticket_id
            labels = dict(ticket._fields["priority"]._description_selection(self.env))
            metrics = {"response": "Response", "resolution": "Resolution"}
            key = (
                KINDS[ticket.itsm_kind],
                labels[ticket.priority],
                metrics[clock.metric],
            )
            expected.setdefault(key, Counter())[what] += 1
            behind.setdefault((*key, what), set()).add(ticket.id)
        self.assertGreater(len(expected), 6)
        section = self._section(self.report, "targets")
        rows = {
            (row["kind"], row["priority"], row["metric"]): row
            for row in section["rows"]
        }
        for key, row in rows.items():
            cell = expected.pop(key, Counter())
            for what in ("met", "missed", "exempt"):
                self.assertEqual(row[what]["value"], cell[what], (key, what))
                self.assertEqual(
                    set(self._behind(row[what]).ids),
                    behind.get((*key, what), set()),
                    (key, what),
                )
            decided = cell["met"] + cell["missed"]
            self.assertEqual(row["decided"], decided)
            if not decided:
                self.assertEqual(row["compliance"], "no data")
            else:
                # cut off: hundredths of a per cent, whole division
                hundredths = 10000 * cell["met"] // decided
                self.assertEqual(
                    row["compliance"], f"{hundredths // 100}.{hundredths % 100:02} %"
                )
        self.assertFalse(expected, "no verdict is left over")
        # every promised cell has a row, also without a verdict: 2 kinds x 4 x 2
        self.assertEqual(len(rows), 16)
        for total in section["totals"]:
            of_metric = [r for r in rows.values() if r["metric"] == total["metric"]]
            for what in ("met", "missed", "exempt"):
                self.assertEqual(
                    total[what]["value"], sum(row[what]["value"] for row in of_metric)
                )

    def test_breaches(self):
        """REP-04, SLM-38: missed promises, causes, legs; as many as in the targets."""
        missed = [
            clock
            for what, clock in self._verdicts(self.begins, self.stops)
            if what == "missed"
        ]
        section = self._section(self.report, "breaches")
        self.assertGreater(len(missed), 10)
        self.assertEqual(section["total"]["value"], len(missed))
        self.assertEqual(
            set(self._behind(section["total"]).ids), {c.ticket_id.id for c in missed}
        )
        targets = self._section(self.report, "targets")["totals"]
        self.assertEqual(
            section["total"]["value"], sum(t["missed"]["value"] for t in targets)
        )
        causes = Counter()
        for clock in missed:
            breach = self.env["itsm.breach"].search([("clock_id", "=", clock.id)])
            causes[breach.cause_id.name or "Not explained"] += 1
        self.assertEqual(len(causes), 2)
        self.assertEqual(
            {row["name"]: row["number"]["value"] for row in section["causes"]}, causes
        )
        self.assertEqual(
            sum(row["number"]["value"] for row in section["legs"]), len(missed)
        )
        for row in [*section["causes"], *section["legs"]]:
            self.assertLessEqual(
                len(self._behind(row["number"])), row["number"]["value"]
            )
            self.assertTrue(self._behind(row["number"]))
        self.assertEqual(len(section["rows"]), len(missed))
        self.assertEqual(section["unlisted"], 0)
        self.assertCountEqual(
            [row["ticket"] for row in section["rows"]],
            [clock.ticket_id.number for clock in missed],
        )

    def test_workload(self):
        """REP-22, REP-32: reported, solved, open and cancelled; by kind and priority,
        channel and service; sums equal totals, and each figure its tickets."""
        section = self._section(self.report, "workload")
        counted = self._counted_tickets()
        reported = [t for t in counted if self.begins <= t.reported_at < self.stops]
        solved = [
            t
            for t in counted
            if t.resolved_at and self.begins <= t.resolved_at < self.stops
        ]
        still_open = [
            t
            for t in counted
            if t.reported_at < self.stops
            and not (t.resolved_at and t.resolved_at < self.stops)
        ]
        for name, tickets in (
            ("reported", reported),
            ("solved", solved),
            ("open", still_open),
        ):
            self.assertTrue(tickets)
            self.assertEqual(section[name]["value"], len(tickets), name)
            self.assertEqual(
                set(self._behind(section[name]).ids), {t.id for t in tickets}, name
            )
        cancelled = [
            ticket
            for ticket in self.everything.search([])
            if ticket.agreement_id == self.agreement
            and ticket.stage_id.itsm_state == "cancelled"
            and not ticket.is_history
            and self.begins <= ticket.reported_at < self.stops
        ]
        self.assertEqual(section["cancelled"]["value"], len(cancelled))
        labels = dict(
            self.everything._fields["priority"]._description_selection(self.env)
        )
        for row in section["matrix"]:
            of_row = [t for t in reported if labels[t.priority] == row["priority"]]
            self.assertEqual(row["total"]["value"], len(of_row))
            for kind, cell in zip(KINDS, row["cells"], strict=True):
                tickets = [t for t in of_row if t.itsm_kind == kind]
                self.assertEqual(cell["value"], len(tickets))
                self.assertEqual(set(self._behind(cell).ids), {t.id for t in tickets})
        for name, field in (("channels", "channel_id"), ("services", "service_id")):
            expected = Counter(t[field].display_name or "Not said" for t in reported)
            self.assertEqual(
                {row["name"]: row["number"]["value"] for row in section[name]}, expected
            )
            for row in section[name]:
                self.assertEqual(
                    len(self._behind(row["number"])), row["number"]["value"]
                )

    def test_trends(self):
        """REP-07: six months, each against counting it by itself."""
        rows = self._section(self.report, "trends")["rows"]
        months = [(2025, 10), (2025, 11), (2025, 12), (2026, 1), (2026, 2), (2026, 3)]
        self.assertEqual(
            [row["period"] for row in rows], [f"{y}-{m:02}" for y, m in months]
        )
        counted = self._counted_tickets()
        in_force = self.utc(f"{self.agreement.date_start} 00:00")
        for (year, month), row in zip(months, rows, strict=True):
            begins, stops = self._month_bounds(year, month)
            verdicts = Counter(what for what, _c in self._verdicts(begins, stops))
            came_in = [t for t in counted if begins <= t.reported_at < stops]
            expected = {
                "reported": len(came_in),
                "incident": sum(t.itsm_kind == "incident" for t in came_in),
                "request": sum(t.itsm_kind == "request" for t in came_in),
                "solved": sum(
                    bool(t.resolved_at and begins <= t.resolved_at < stops)
                    for t in counted
                ),
                "open": sum(
                    t.reported_at < stops
                    and not (t.resolved_at and t.resolved_at < stops)
                    for t in counted
                ),
                "met": verdicts["met"],
                "missed": verdicts["missed"],
            }
            self.assertEqual({name: row[name] for name in expected}, expected)
            for name, value in expected.items():
                figure = row["figures"][name]
                self.assertEqual(figure["value"], value)
                if stops <= in_force:
                    # before the agreement: nothing was counted, nothing to open
                    self.assertEqual((value, figure.get("model")), (0, None))
                    continue
                found = len(self._behind(figure))
                if name in ("met", "missed"):
                    # a ticket may have two promises
                    self.assertLessEqual(found, value)
                    self.assertEqual(bool(found), bool(value))
                else:
                    self.assertEqual(found, value)

    def test_of_the_company(self):
        """REP-02: without an agreement, all SLAs of the company together."""
        definition = self._create_definition(
            family="internal",
            agreement_id=False,
            partner_ids=[Command.set(self.author.partner_id.ids)],
        )
        # the zone of the company decides; here the same
        self.company.resource_calendar_id.tz = self.zone
        report = self._make_report(definition=definition)
        with self.at(APRIL):
            report.action_compute()
        missed = 0
        for agreement in (self.agreement, self.other_agreement):
            self.agreement, kept = agreement, self.agreement
            found = self._verdicts(self.begins, self.stops)
            missed += sum(what == "missed" for what, _clock in found)
            self.agreement = kept
        section = self._section(report, "breaches")
        self.assertEqual(section["total"]["value"], missed)
        self.assertGreater(
            section["total"]["value"],
            self._section(self.report, "breaches")["total"]["value"],
        )

    def test_quarter(self):
        """REP-27: a quarter counts by month; months add up to the quarter."""
        definition = self._create_definition(period="quarter")
        report = self._make_report(day="2026-02-11", definition=definition)
        self.assertEqual(str(report.period_start), "2026-01-01")
        self.assertEqual(str(report.period_end), "2026-03-31")
        self.assertEqual(report.period_label, "2026 Q1")
        with self.at(APRIL):
            report.action_compute()
        section = self._section(report, "workload")
        self.assertEqual(
            [row["month"] for row in section["months"]],
            ["2026-01", "2026-02", "2026-03"],
        )
        counted = self._counted_tickets()
        for month, row in enumerate(section["months"], start=1):
            begins, stops = self._month_bounds(2026, month)
            for kind, cell in zip(KINDS, row["cells"], strict=True):
                tickets = {
                    t.id
                    for t in counted
                    if begins <= t.reported_at < stops and t.itsm_kind == kind
                }
                self.assertEqual(cell["value"], len(tickets))
                self.assertEqual(set(self._behind(cell).ids), tickets)
        self.assertEqual(
            sum(cell["value"] for row in section["months"] for cell in row["cells"]),
            section["reported"]["value"],
        )

    def test_languages_agree(self):
        """Figures are the same in each language; only words differ (REP-29)."""
        self.env["res.lang"]._activate_lang("zh_CN")
        report = self._make_report(definition=self._create_definition(name="Second"))
        with self.at(APRIL):
            report.action_compute()

        def figures(data):
            if isinstance(data, dict):
                if "domain" in data:
                    return [(data["key"], data["value"], data["domain"])]
                data = data.values()
            elif not isinstance(data, list):
                return []
            return [figure for value in data for figure in figures(value)]

        for code in ("targets", "breaches", "workload", "trends"):
            english = figures(self._section(report, code))
            self.assertTrue(english)
            self.assertEqual(figures(self._section(report, code, "zh_CN")), english)

    def test_constant_queries(self):
        """Ten times the tickets cost not one query more (issue 6, Speed)."""

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            with self.at(APRIL):
                self.report._compute_content()
            return self.env.cr.sql_log_count - before

        queries()
        few = queries()
        for number in range(20):
            self._report(f"2026-03-{10 + number % 5} 10:{number + 10}")
        self._run_scheduler("2026-04-02 09:00")
        queries()
        self.assertLessEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestServiceReportOther(ServiceReportCommon):
    """Availability, credits, changes: sections about few records, by hand."""

    def test_availability(self):
        """AVC-04: the stored months, with the outages behind the failures."""
        self.agreement.action_terminate()
        self.agreement = self._create_agreement(
            partner_id=self.customer.id,
            calendar_id=self.calendar_24x7.id,
            availability_ids=[
                Command.create({"service_id": self.service.id, "target": 99.9})
            ],
        )
        outage = self.env["itsm.outage"].create(
            {
                "name": "Mail is down",
                "service_id": self.service.id,
                "date_start": self.utc("2026-03-10 10:00"),
                "date_stop": self.utc("2026-03-10 11:00"),
                "state": "confirmed",
            }
        )
        with self.at(APRIL):
            self.env["itsm.availability"]._compute_months(self.agreement)
        report = self._written(
            definition=self._create_definition(agreement_id=self.agreement.id)
        )
        section = self._section(report, "availability")
        [row] = [r for r in section["rows"] if r["month"] == "2026-03"]
        # March 2026 in Paris has 743 h; one is missing: 742/743 = 99.865… %
        self.assertEqual(row["agreed_hours"], "743.00")
        self.assertEqual(row["percent"], "99.865 %")
        self.assertEqual(row["status"], "missed")
        self.assertEqual(row["figure"]["value"], 1)
        self.assertEqual(self._behind(row["figure"]), outage)
        self.assertEqual([o["name"] for o in section["outages"]], ["Mail is down"])
        trend = self._section(report, "trends")["rows"][-1]
        self.assertEqual(trend["available"], "99.865 %")
        # REP-11: a missed availability target makes the report abnormal
        self.assertTrue(report.is_abnormal)
        self.assertIn("Availability", report.abnormal_reason)

    def _two_outages(self, **vals):
        """An outage of a service without a target, and one of the service with one."""
        return self.env["itsm.outage"].create(
            [
                {
                    "name": name,
                    "service_id": service.id,
                    "date_start": self.utc("2026-03-10 10:00"),
                    "date_stop": self.utc("2026-03-10 12:30"),
                    "state": "confirmed",
                    "cause_id": self.env.ref("itsm_sla.itsm_outage_cause_network").id,
                    "leg": "team",
                    "leg_team_id": self.team.id,
                    **vals,
                }
                for name, service in (
                    ("Print is down", self.service_draft),
                    ("Mail is down", self.service),
                )
            ]
        )

    def test_outage_without_target(self):
        """AVC-05, REP-04: outages of services without an availability target are
        listed with length, cause and who is responsible; there is no percentage."""
        self.agreement.action_terminate()
        self.agreement = self._create_agreement(
            partner_id=self.customer.id,
            calendar_id=self.calendar_24x7.id,
            availability_ids=[
                Command.create({"service_id": self.service.id, "target": 99.0})
            ],
        )
        without, _with = self._two_outages()
        others = self._two_outages(partner_ids=[Command.set(self.customer_2.ids)])
        proposed = self._two_outages(state="proposed")
        with self.at(APRIL):
            self.env["itsm.availability"]._compute_months(self.agreement)
        report = self._written(
            definition=self._create_definition(agreement_id=self.agreement.id)
        )
        section = self._section(report, "availability")
        self.assertEqual([o["name"] for o in section["outages"]], ["Mail is down"])
        untargeted = section["untargeted"]
        self.assertEqual(self._behind(untargeted["number"]), without)
        self.assertNotIn(without, others | proposed)
        [row] = untargeted["rows"]
        self.assertEqual(
            (row["name"], row["hours"], row["cause"], row["leg"], row["party"]),
            ("Print is down", "2.50", "Network", "Team of the company", self.team.name),
        )
        self.assertNotIn("percent", row)
        html = str(report.content_html)
        self.assertIn("Outages of services without an availability target", html)
        self.assertIn("No target", html)

    def test_outage_without_any_target(self):
        """AVC-05: of an agreement that promises no availability at all, too; only the
        services that it covers, only unplanned, only in the period."""
        covered = self._create_agreement(
            partner_id=self.customer_2.id,
            service_ids=[Command.set(self.service_draft.ids)],
        )
        outage, _mail = self._two_outages()
        self._two_outages(planned=True, note="Agreed with Acme")
        self._two_outages(
            date_start=self.utc("2026-02-10 10:00"),
            date_stop=self.utc("2026-02-10 12:30"),
        )
        report = self._written(
            definition=self._create_definition(
                agreement_id=covered.id,
                partner_ids=[Command.set(self.customer_2.ids)],
            )
        )
        section = self._section(report, "availability")
        self.assertFalse(section["rows"])
        self.assertEqual(self._behind(section["untargeted"]["number"]), outage)
        self.assertEqual(section["missed"], 0)

    def test_credits(self):
        """SLM-64: decided credits only; amounts are for finance and service level
        managers, and for the customer (Manners, money)."""
        self.agreement.action_terminate()
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.agreement = self._create_agreement(
            partner_id=self.customer.id,
            credit_currency_id=euro.id,
            credit_ids=[
                Command.create(
                    {
                        "name": "§ 1",
                        "measure": "ticket",
                        "amount_kind": "fixed",
                        "amount": 50,
                    }
                )
            ],
        )
        late = self._report("2026-03-23 10:00")
        self._move("2026-03-23 17:00", late, "resolved")
        with self.at(APRIL):
            proposal = self.env["itsm.credit.proposal"]._compute_month(
                self.agreement, self.report_day()
            )
        definition = self._create_definition(agreement_id=self.agreement.id)
        undecided = self._make_report(definition=definition)
        with self.at(APRIL):
            undecided.action_compute()
        self.assertFalse(self._section(undecided, "credits")["rows"])
        with self.at(APRIL):
            proposal.with_user(self.sla_manager)._accept()
            undecided.action_compute()
        section = self._section(undecided, "credits")
        [row] = section["rows"]
        self.assertEqual(row["amount"], euro.format(proposal.total))
        self.assertGreater(proposal.total, 0)
        self.assertEqual(self._behind(row["tickets"]), late)
        self.assertEqual(section["totals"], [{"amount": row["amount"]}])

        def codes(report):
            return [part["code"] for part in report._read_content()["sections"]]

        self.assertNotIn("credits", codes(undecided.with_user(self.author)))
        self.assertNotIn("€", undecided.with_user(self.author).content_html)
        self.assertIn("credits", codes(undecided.with_user(self.reviewer)))
        self.assertIn("credits", codes(undecided.sudo()))

    def report_day(self):
        return self.utc("2026-03-01 12:00").date()

    def test_changes(self):
        """REP-09: interruptions of the period and of the next, versions, levels."""
        interruptions = self.env["itsm.interruption"]
        for name, start, stop, state in (
            ("Before", "2026-02-10 08:00", "2026-02-10 09:00", "agreed"),
            ("During", "2026-03-10 08:00", "2026-03-10 09:00", "agreed"),
            ("Not agreed", "2026-03-11 08:00", "2026-03-11 09:00", "planned"),
            ("Coming", "2026-04-30 22:00", "2026-04-30 23:00", "agreed"),
            ("Later", "2026-05-01 08:00", "2026-05-01 09:00", "agreed"),
        ):
            with self.at("2026-02-01 10:00"):
                interruptions.create(
                    {
                        "name": name,
                        "company_id": self.company.id,
                        "date_start": self.utc(start),
                        "date_stop": self.utc(stop),
                        "state": state,
                    }
                )
        section = self._section(self._written(), "changes")
        self.assertEqual([row["name"] for row in section["interruptions"]], ["During"])
        self.assertEqual([row["name"] for row in section["coming"]], ["Coming"])
        self.assertEqual(section["interruptions"][0]["start"], "2026-03-10 08:00")
        self.assertFalse(section["versions"])
        definition = self._create_definition(name="January")
        january = self._section(
            self._written(day="2026-01-01", definition=definition), "changes"
        )
        self.assertEqual([row["day"] for row in january["versions"]], ["2026-01-01"])

    def test_new_version(self):
        """A version that takes over within the period: both count, each its tickets."""
        before = self._report("2026-03-02 10:00")
        with self.at("2026-03-10 10:00"):
            action = self.agreement.action_new_version()
            version = self.env["itsm.agreement"].browse(action["res_id"])
            version.date_start = "2026-03-16"
            version.action_activate()
        after = self._report("2026-03-18 10:00")
        self.assertEqual(before.agreement_id, self.agreement)
        self.assertEqual(after.agreement_id, version)
        report = self._written()
        section = self._section(report, "workload")
        self.assertEqual(section["reported"]["value"], 2)
        self.assertEqual(self._behind(section["reported"]), before | after)
        self.assertEqual(
            [row["name"] for row in self._section(report, "changes")["versions"]],
            [version.display_name],
        )

    def test_empty(self):
        """REP-04: nothing happened; every section stands there and says so."""
        report = self._written()
        codes = [
            part["code"]
            for part in report.sudo().content["languages"]["en_US"]["sections"]
        ]
        for code in (
            *("targets", "breaches", "workload", "availability", "changes"),
            *("trends", "credits", "conclusions"),
        ):
            self.assertIn(code, codes)
        html = report.content_html
        self.assertIn("no promise was missed", html)
        self.assertIn("No availability was measured", html)
        self.assertEqual(
            self._section(report, "trends")["rows"][-1]["compliance"], "no data"
        )
