# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Date
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .service_report_common import APRIL, ServiceReportCommon

#: kind, priority, what, hours, per cent
SHARES = (
    ("request", False, "response", 24, 70.0),
    (False, False, "pickup", 72, 90.0),
    (False, "2", "resolution", 48, 33.3),
)


class ShareCommon(ServiceReportCommon):
    """An agreement with three share targets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shared = cls._create_agreement(
            name="With shares",
            partner_id=cls.customer_2.id,
            share_ids=[
                Command.create(
                    {
                        "itsm_kind": kind,
                        "priority": priority,
                        "metric": metric,
                        "hours": hours,
                        "percent": percent,
                    }
                )
                for kind, priority, metric, hours, percent in SHARES
            ],
        )
        cls.answered, cls.taken_up, cls.solved = cls.shared.share_ids
        cls.share_report = cls._create_definition(
            name="Shares",
            agreement_id=cls.shared.id,
            partner_ids=[Command.set(cls.customer_2.ids)],
        )

    def _request(self, wall, **vals):
        vals = {"itsm_kind": "request", "partner_id": self.requester_2.id, **vals}
        return self._report(wall, **vals)

    def _rows(self, report):
        return self._section(report, "targets")["shares"]


@tagged("post_install", "-at_install")
class TestShareTarget(ShareCommon):
    """Shares of tickets in time, month by month (SLM-60)."""

    def _build(self):
        """About 60 tickets around March, random by a fixed seed."""
        random = Random(60)
        first = self.utc("2026-02-24 00:00")
        tickets = self.env["helpdesk.ticket"]
        for index in range(60):
            reported = first + timedelta(minutes=random.randrange(38 * 1440))
            ticket = self._request(
                f"{reported:%Y-%m-%d %H:%M}",
                itsm_kind=random.choice(["incident", "request"]),
                priority=random.choice("23"),
                partner_id=(self.requester if index % 12 == 7 else self.requester_2).id,
            )
            tickets |= ticket

            def after(hours, reported=reported):
                moment = reported + timedelta(minutes=random.randrange(hours * 60))
                return f"{moment + timedelta(hours=2):%Y-%m-%d %H:%M}"

            if index % 3:
                self._reply(after(40), ticket)
            if index % 5:
                self._move(after(100), ticket, "open")
            if index % 4:
                self._move(after(90), ticket, "resolved")
            if index % 14 == 9:
                self._move(after(120), ticket, "cancelled")
        guard.with_token(tickets[8]).is_history = True
        guard.with_token(tickets[10]).clock_exempt = True
        tickets[11].active = False
        guard.with_token(tickets[13]).duplicate_id = tickets[14]
        self.env.flush_all()
        return tickets

    def _oracle(self, line, now):
        """``(month, in time, ticket)`` of each ticket that counts for a target."""
        for ticket in (
            self.env["helpdesk.ticket"]
            .with_context(active_test=False)
            .search([("agreement_id", "=", line.agreement_id.id)])
        ):
            if ticket.is_history or ticket.duplicate_id or ticket.clock_exempt:
                continue
            if ticket.stage_id.itsm_state == "cancelled":
                continue
            if line.itsm_kind and ticket.itsm_kind != line.itsm_kind:
                continue
            if line.priority and ticket.priority != line.priority:
                continue
            moments = [ticket.resolved_at]
            if line.metric == "response":
                moments.append(ticket.first_response_at)
            if line.metric == "pickup":
                moments = [
                    event.time
                    for event in ticket.event_ids
                    if event.state in ("open", "paused", "resolved", "closed")
                ]
            done = min((moment for moment in moments if moment), default=None)
            due = ticket.reported_at + timedelta(hours=line.hours)
            in_time = bool(done) and done <= due
            if not in_time and due >= now:
                continue
            local = (done if in_time else due).replace(tzinfo=ZoneInfo("UTC"))
            local = local.astimezone(ZoneInfo(self.zone))
            yield (local.year, local.month), in_time, ticket

    def test_brute_force(self):
        """SLM-60, REP-04: each row of a quarter is what counting ticket by ticket in
        the agreement's zone says, and so are the tickets behind it; the months are
        those of K02 and of the compliance columns."""
        self._build()
        now = self.utc(APRIL)
        report = self._make_report(definition=self.share_report)
        with self.at(APRIL):
            report.action_compute()
            rows = self._rows(report)
            self.assertEqual(len(rows), 3)
            results = self.env["itsm.target.result"].search(
                [("agreement_id", "=", self.shared.id), ("metric", "=", "share")]
            )
            seen = {(r.share_id, (r.day.year, r.day.month)): r.is_met for r in results}
        self.assertFalse([key for key in seen if key[1] == (2026, 4)], "not over")
        for row, line in zip(rows, self.shared.share_ids, strict=True):
            found = list(self._oracle(line, now))
            march = [found_one for found_one in found if found_one[0] == (2026, 3)]
            for name, wanted in (("met", True), ("late", False)):
                tickets = {t.id for _m, in_time, t in march if in_time == wanted}
                self.assertEqual(row[name]["value"], len(tickets), row["name"])
                with self.at(APRIL):
                    behind = self._behind(row[name])
                self.assertEqual(set(behind.ids), tickets, row["name"])
            self.assertTrue(row["met"]["value"] and row["late"]["value"])
            met = row["met"]["value"]
            kept = met * 1000 >= round(line.percent * 10) * len(march)
            self.assertEqual(row["is_met"], kept)
            self.assertEqual(row["counted"], len(march))
            for month in {found_one[0] for found_one in found} - {(2026, 4)}:
                verdicts = [one[1] for one in found if one[0] == month]
                kept = sum(verdicts) * 1000 >= round(line.percent * 10) * len(verdicts)
                self.assertEqual(seen.pop((line, month)), kept, month)
        self.assertFalse(seen)
        missed = sum(row["is_met"] is False for row in rows)
        self.assertEqual(self._section(report, "targets")["shares_missed"], missed)

    def test_quarter(self):
        """SLM-60: a quarter has a row for each month; nothing counted is no data and
        breaks no promise."""
        self._request("2026-02-02 10:00", priority="3")
        definition = self.share_report.copy({"name": "Quarter", "period": "quarter"})
        report = self._make_report(day="2026-01-01", definition=definition)
        with self.at(APRIL):
            report.action_compute()
        rows = self._rows(report)
        self.assertEqual(
            [(row["month"], row["counted"], row["is_met"]) for row in rows[:3]],
            [("2026-01", 0, None), ("2026-02", 1, False), ("2026-03", 0, None)],
        )
        self.assertEqual(rows[0]["share"], "no data")
        self.assertEqual(self._section(report, "targets")["shares_missed"], 2)
        self.assertIn("(2 times)", " ".join(report.sudo().content["abnormal"]["en_US"]))

    def test_edges(self):
        """SLM-60: the last second is in time; whose hours end with the month is late
        in the next one; who is not late yet does not count; a solution answers."""
        in_time = self._request("2026-03-10 10:00")
        self._move("2026-03-11 10:00", in_time, "resolved")
        late = self._request("2026-03-10 10:00")
        self._reply("2026-03-11 10:01", late)
        turn = self._request("2026-03-31 00:00")
        waiting = self._request("2026-04-02 10:01")
        with self.at(APRIL):
            verdicts = self.env["itsm.share.verdict"].search(
                [("share_id", "=", self.answered.id)], order="day, id"
            )
            self.assertEqual(
                [(v.ticket_id, v.is_met, v.day) for v in verdicts],
                [
                    (in_time, True, Date.to_date("2026-03-11")),
                    (late, False, Date.to_date("2026-03-11")),
                    (turn, False, Date.to_date("2026-04-01")),
                ],
            )
            self.assertEqual(verdicts[0].action_open_ticket()["res_id"], in_time.id)
        with self.at("2026-04-03 10:02"):
            self.assertIn(waiting, self.env["itsm.share.verdict"].search([]).ticket_id)

    def test_unrounded(self):
        """Manners, Periods: 999 of 1000 reach 99.9 %, 66.66 % are no 66.67 %."""
        line = self.answered.new({"percent": 99.9})
        self.assertTrue(line._is_kept(999, 1000))
        self.assertFalse(line._is_kept(998, 1000))
        line.percent = 66.67
        self.assertFalse(line._is_kept(2, 3))
        self.assertIsNone(line._is_kept(0, 0))

    def test_counts_with_targets(self):
        """K02, compliance columns: the month of a share is one target, once it is over;
        a plan against it starts with its words and its target."""
        self._request("2026-03-10 10:00", priority="3")
        results = self.env["itsm.target.result"].with_user(self.sla_manager)
        domain = [("agreement_id", "=", self.shared.id), ("metric", "=", "share")]
        with self.at("2026-03-31 23:59"):
            self.assertFalse(results.search(domain))
        with self.at("2026-04-01 00:00"):
            found = results.search(domain)
            self.assertEqual(found.share_id, self.answered + self.taken_up)
            self.assertEqual(found.mapped("is_met"), [False, False])
            action = found[0].action_open_source()
            self.assertEqual(
                self.env[action["res_model"]].search_count(action["domain"]), 1
            )
            context = found[0].action_improve()["context"]
            self.assertEqual(context["default_measure"], "manual")
            self.assertEqual(context["default_target"], found[0].share_id.percent)
            kpi = self.env.ref("itsm_sla.itsm_kpi_k02")
            kpi._compute_values(
                Date.to_date("2026-03-01"), Date.to_date("2026-03-01"), self.company
            )
            value = self.env["itsm.kpi.value"].search(
                [("kpi_id", "=", kpi.id), ("company_id", "=", self.company.id)],
                order="id desc",
                limit=1,
            )
            self.assertEqual((value.numerator, value.denominator), (0, 2))
            self.shared.invalidate_recordset()
            self.assertEqual(self.shared.compliance_year, "0.0 % (0/2)")

    def test_constant_queries(self):
        """Design, Speed: the number of statements does not depend on the number of
        tickets or targets."""
        report = self._make_report(definition=self.share_report).sudo()
        asked = []
        for number in (0, 1, 8):  # the first round is not counted
            for hour in range(number):
                self._request(f"2026-03-11 {hour + 8:02}:00")
            with self.at(APRIL):
                self.env.flush_all()
                self.env.invalidate_all()
                report._period()
                before = self.env.cr.sql_log_count
                report._count_shares()
                asked.append(self.env.cr.sql_log_count - before)
        self.assertEqual(asked[1], asked[2])

    # === The agreement ===

    def test_frozen(self):
        """SLM-24, SLM-60: share targets of an agreement in force stay; its next version
        takes them over and changes them; a supplement does not."""
        with self.assertRaises(UserError):
            self.answered.hours = 48
        with self.assertRaises(UserError):
            self.answered.unlink()
        with self.assertRaises(UserError):
            self.shared.share_ids = [Command.create({"metric": "resolution"})]
        version = self.shared.browse(self.shared.action_new_version()["res_id"])
        self.assertEqual(len(version.share_ids), 3)
        version.share_ids[0].percent = 80
        self.assertEqual(self.answered.percent, 70)
        supplement = self.shared.browse(self.shared.action_new_supplement()["res_id"])
        self.assertFalse(supplement.share_ids)

    def test_bad_input(self):
        """SLM-60: no hours, more than 100 %, the same twice, an OLA: refused."""
        draft = self._draft_agreement()
        line = {"agreement_id": draft.id, "metric": "response", "hours": 24}
        shares = self.env["itsm.agreement.share"]
        shares.create(line)
        for bad in ({"hours": 0}, {"percent": 0}, {"percent": 100.5}, {}):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                shares.create({**line, **bad})
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            draft.write({"kind": "ola", "team_id": self.team.id})
        with self.assertRaises(AccessError):
            shares.with_user(self.lead).create({**line, "hours": 12})

    def test_paper(self):
        """D02, SLM-60: the paper has a table of the shares; without any it says what it
        said before."""
        section = self.shared._paper_target()
        self.assertEqual(
            section["tables"][-1]["rows"][0],
            ["Service request, Answered within 24 h", "70 %"],
        )
        section = self.agreement._paper_target()
        self.assertNotIn("Share", " ".join(t["title"] for t in section["tables"]))

    def test_restricted_readers(self):
        """Manners, who sees what: helpdesk users without the agent's role read no
        verdicts."""
        verdicts = self.env["itsm.share.verdict"]
        with self.assertRaises(AccessError):
            verdicts.with_user(self.helpdesk_user).search([])
        self._request("2026-03-10 10:00")
        with self.at(APRIL):
            self.assertEqual(len(verdicts.with_user(self.agent).search([])), 3)
