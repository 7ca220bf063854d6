# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .common import SHANGHAI, SlaCommon

HOUR = 3600
NOW = "2026-03-02 08:00"  # a Monday


class ChainCommon(SlaCommon):
    zone = SHANGHAI

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.role = cls.env.ref("itsm_base.itsm_role_service_level_manager")
        cls.role_user = cls._create_user(
            "itsm-slm-holder", "itsm_sla.itsm_group_sla_manager"
        )
        cls.role.holder_ids = [
            Command.clear(),
            Command.create({"user_id": cls.role_user.id, "company_id": cls.company.id}),
        ]
        cls.supplier = cls.env["res.partner"].create({"name": "Supplier"})
        cls.line_1 = cls._leg("Line 1", "ola", 240, team_id=cls.team.id)
        cls.line_2 = cls._leg("Line 2", "ola", 360, team_id=cls.team_2.id)
        cls.uc = cls._leg("Parts", "uc", 240, supplier_id=cls.supplier.id)

    @classmethod
    def _resolution(cls, minutes, kind="incident", priority="3"):
        return Command.create(
            {
                "itsm_kind": kind,
                "priority": priority,
                "metric": "resolution",
                "minutes": minutes,
            }
        )

    @classmethod
    def _leg(cls, name, kind, minutes, **vals):
        """An OLA or UC in force that solves critical incidents within minutes."""
        return cls._create_agreement(
            name=name,
            kind=kind,
            target_ids=[cls._resolution(minutes)],
            **{"date_start": "2025-01-01", **vals},
        )

    def _sla(self, minutes, legs, calendar=None, active=True, **vals):
        """An SLA on a path; active ones past the rule."""
        sla = self._draft_agreement(
            name="Promise",
            calendar_id=(calendar or self.calendar).id,
            target_ids=[self._resolution(minutes)],
            **{"date_start": "2026-01-01", **vals},
        )
        if active:
            sla.action_activate()
        sla.support_ids = [
            Command.create({"supporting_id": leg.id, "sequence": n})
            for n, leg in enumerate(legs)
        ]
        return sla

    def _check(self, slas, wall=NOW):
        with self.at(wall):
            slas._chain_check()
        slas.invalidate_recordset()
        return slas.gap_ids

    def _mode(self, code, mode):
        self.env.ref(f"itsm_sla.itsm_enforcement_rule_{code}").setting_ids.filtered(
            lambda s: s.company_id == self.company
        ).mode = mode


@tagged("post_install", "-at_install")
class TestChain(ChainCommon):
    """Design 3: the path behind an SLA, and where it does not suffice."""

    # === The examples of the design ===

    def test_uc_fits(self):
        """Design 3: UC office hours 4 h under SLA 24×7 72 h fits; under 67 h not: by
        hand Friday 18:00 to Monday 14:00 are 68 h."""
        sla = self._sla(72 * 60, self.uc, self.calendar_24x7)
        self.assertFalse(self._check(sla))
        self.assertEqual(sla.chain_state, "aligned")
        tight = self._sla(
            67 * 60, self.uc, self.calendar_24x7, partner_id=self.customer.id
        )
        gap = self._check(tight)
        self.assertEqual(
            (gap.what, gap.needed_seconds, gap.promised_seconds, gap.gap_seconds),
            ("time", 68 * HOUR, 67 * HOUR, HOUR),
        )
        self.assertEqual(gap.supporting_id, self.uc)
        self.assertEqual(gap.target_id, self.uc.target_ids)
        self.assertEqual(
            (gap.needed_text, gap.promised_text, gap.gap_text), ("68 h", "67 h", "1 h")
        )
        self.assertEqual(tight.chain_state, "gap")
        self.assertEqual(tight.gap_count, 1)

    def test_sum_does_not_fit(self):
        """Design 3: OLA 4 h + OLA 6 h under SLA 8 h does not fit.

        By hand: from Thursday after 16:00 on it is promised on Friday after 16:00, and
        two hours more end on Monday after 09:00: 65 h later.
        """
        sla = self._sla(8 * 60, self.line_1 | self.line_2)
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.metric), ("time", "resolution"))
        self.assertEqual(gap.worst_start, self.utc("2026-03-05 16:01"))
        self.assertEqual(gap.gap_seconds, 65 * HOUR)
        self.assertEqual(gap.worst_start_text, "Thu 2026-03-05 16:01")
        self.assertEqual(gap.supporting_id, self.line_2)
        # The first that does not fit is that of Monday: 8 h are until 18:00, and 10 h
        # (without the hour at noon) end on Tuesday at 11:00.
        self.assertEqual(gap.first_start, self.utc("2026-03-02 09:00"))
        self.assertEqual(gap.first_start_text, "Mon 2026-03-02 09:00")
        lines = gap.explanation.splitlines()
        self.assertEqual(
            lines[0],
            f"A ticket of Mon 2026-03-02 09:00 ({sla.tz}) is promised within 9 h and "
            "takes 26 h.",
        )
        self.assertIn("Mon 2026-03-02 09:00 – Mon 2026-03-02 14:00", lines[1])
        self.assertIn("Mon 2026-03-02 14:00 – Tue 2026-03-03 11:00", lines[2])
        self.assertEqual(
            lines[3],
            f"The worst: A ticket of Thu 2026-03-05 16:01 ({sla.tz}) is promised "
            "within 24 h and takes 89 h.",
        )
        # each alone fits
        sla.support_ids[1].unlink()
        self.assertFalse(self._check(sla))
        self.assertEqual(gap.state, "closed")
        self.assertEqual(gap.closed_because, "vanished")

    def test_response_each_alone(self):
        """Design 3: response targets are compared one by one; the first leg must have
        one."""
        respond = {"itsm_kind": "incident", "priority": "3", "metric": "response"}
        line = self._create_agreement(
            kind="ola",
            team_id=self.team.id,
            service_ids=[Command.set(self.service.ids)],
            target_ids=[Command.create({**respond, "minutes": 30})],
        )
        other = self._create_agreement(
            kind="uc",
            supplier_id=self.env["res.partner"].create({"name": "Other"}).id,
            target_ids=[Command.create({**respond, "minutes": 40})],
        )
        sla = self._draft_agreement(
            service_ids=[Command.set(self.service.ids)],
            target_ids=[Command.create({**respond, "minutes": 45})],
            support_ids=[
                Command.create({"supporting_id": a.id, "sequence": n})
                for n, a in enumerate((line, other))
            ],
        )
        self.assertFalse(self._check(sla))
        sla.target_ids.minutes = 35
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.supporting_id), ("time", other))
        sla.support_ids[0].supporting_id = self.line_1
        found = self._check(sla) - gap
        self.assertEqual(
            [(g.what, g.supporting_id) for g in found if g.what == "target"],
            [("target", self.line_1)],
        )

    def test_two_zones_and_summer_time(self):
        """Design 1, 3: UC in Paris under an SLA around the clock. By hand: Friday
        18:00 to Monday 14:00 is 69 h when summer time ends on 25 October."""
        uc = self._leg(
            "Paris",
            "uc",
            240,
            supplier_id=self.customer_2.id,
            calendar_id=self.calendar_paris.id,
            tz="Europe/Paris",
        )
        sla = self._sla(68 * 60, uc, self.calendar_24x7)
        gap = self._check(sla)
        self.assertEqual(gap.needed_seconds, 69 * HOUR)
        self.assertLessEqual(gap.worst_start, datetime(2026, 10, 25, 23))
        self.assertGreaterEqual(gap.worst_start, datetime(2026, 10, 23, 10))

    def test_first_example(self):
        """SLM-22: a gap is told by the first ticket that it concerns, in the SLA's
        zone, and not only by the worst one months ahead.

        By hand: the four hours after Friday 17:00 in Paris end on Monday after 13:00,
        68 h later, the hour at noon included; 69 h in October.
        """
        uc = self._leg(
            "Paris",
            "uc",
            240,
            supplier_id=self.customer_2.id,
            calendar_id=self.calendar_paris.id,
            tz="Europe/Paris",
        )
        sla = self._sla(67 * 60, uc, self.calendar_24x7, tz="Europe/Paris")
        gap = self._check(sla)
        self.assertEqual(gap.first_start, datetime(2026, 3, 6, 16, 1))
        self.assertEqual(gap.gap_seconds, 2 * HOUR)
        self.assertGreaterEqual(gap.worst_start, datetime(2026, 10, 23, 10))
        lines = gap.explanation.splitlines()
        self.assertEqual(
            lines[0],
            "A ticket of Fri 2026-03-06 17:01 (Europe/Paris) is promised within 67 h "
            "and takes 68 h.",
        )
        self.assertIn("Fri 2026-03-06 17:01 – Mon 2026-03-09 13:01", lines[1])
        self.assertIn("2026-10-2", lines[2])
        self.assertIn("takes 69 h", lines[2])
        # what was found before first starts were kept, is told by the worst
        guard.with_token(gap).first_start = False
        self.assertIn("2026-10-2", gap.explanation.splitlines()[0])

    # === Other gaps ===

    def test_missing_target(self):
        """SLM-22: a leg that promises nothing for a priority is named."""
        sla = self._sla(8 * 60, self.line_1, active=False)
        sla.target_ids = [self._resolution(600, priority="2")]
        gap = self._check(sla)
        self.assertEqual(
            (gap.what, gap.priority, gap.supporting_id), ("target", "2", self.line_1)
        )

    def test_missing_agreement(self):
        """SLM-22: what no link stands behind is named, by service and priority."""
        sla = self._sla(
            8 * 60,
            self.line_1,
            active=False,
            service_ids=[Command.set((self.service | self.service_draft).ids)],
        )
        sla.support_ids.service_ids = self.service
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.service_id), ("agreement", self.service_draft))
        sla.support_ids.service_ids = False
        sla.support_ids.priority = "1"
        gaps = self._check(sla).filtered(lambda g: g.state == "open")
        self.assertEqual(set(gaps.mapped("what")), {"agreement"})
        self.assertEqual(gaps.service_id, self.service | self.service_draft)

    def test_service_not_covered(self):
        """SLM-22: an OLA of other services stands behind nothing of this one."""
        self.line_1.action_terminate()
        line = self._leg(
            "Mail only",
            "ola",
            240,
            team_id=self.team.id,
            service_ids=[Command.set(self.service.ids)],
        )
        sla = self._sla(
            8 * 60,
            line,
            active=False,
            service_ids=[Command.set((self.offering | self.service_draft).ids)],
        )
        gap = self._check(sla)
        # the offering is part of the service
        self.assertEqual((gap.what, gap.service_id), ("service", self.service_draft))

    def test_path_of_a_service(self):
        """SLM-22: an offering goes to the supplier as well; its path is compared for
        itself."""
        sla = self._sla(5 * 60, self.line_1 | self.uc, active=False)
        sla.support_ids[1].service_ids = self.offering
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.service_id), ("time", self.offering))

    def test_validity(self):
        """Design 3: the next 12 months or the SLA's end are covered."""
        uc = self._leg(
            "Half a year", "uc", 60, supplier_id=self.customer_2.id,
            date_end="2026-08-31",
        )  # fmt: skip
        sla = self._sla(8 * 60, uc)
        gap = self._check(sla)
        self.assertEqual(
            (gap.what, gap.uncovered_from, gap.supporting_id),
            ("validity", date(2026, 9, 1), uc),
        )
        # up to its own end it is covered
        short = self._sla(
            8 * 60, uc, partner_id=self.customer.id, date_end="2026-08-31"
        )
        self.assertFalse(self._check(short))
        # a successor closes the gap
        with self.at(NOW):
            version = self.env["itsm.agreement"].browse(
                uc.action_new_version()["res_id"]
            )
            version.date_start = "2026-09-01"
            version.action_activate()
        self.assertFalse(self._check(sla))
        self.assertEqual(gap.closed_because, "vanished")

    def test_terminated_and_draft(self):
        """Design 3: what is terminated or not signed yet is no support."""
        sla = self._sla(8 * 60, self.line_1)
        with self.at(NOW):
            self.line_1.action_terminate()
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.uncovered_from), ("validity", date(2026, 3, 3)))
        draft = self._draft_agreement(
            kind="ola", team_id=self.team.id, target_ids=[self._resolution(600)]
        )
        sla.support_ids.supporting_id = draft
        gaps = self._check(sla)
        # the draft shows what it would do, too
        self.assertEqual(set(gaps.mapped("what")), {"validity", "time"})

    def test_successor_with_another_target(self):
        """Design 3: from its first day on the next version of a leg counts."""
        sla = self._sla(8 * 60, self.line_1)
        with self.at(NOW):
            action = self.line_1.action_new_version()
            version = self.env["itsm.agreement"].browse(action["res_id"])
            version.date_start = "2026-06-01"
            version.target_ids.minutes = 9 * 60
            version.action_activate()
        self.assertTrue(sla.chain_stale)
        gap = self._check(sla)
        self.assertEqual(gap.what, "time")
        self.assertGreaterEqual(gap.worst_start, self.utc("2026-06-01 00:00"))
        self.assertEqual(gap.target_id, version.target_ids)

    def _successor(self, agreement, first_day, **vals):
        """The next version of an agreement, in force from a day on."""
        with self.at(NOW):
            version = agreement.browse(agreement.action_new_version()["res_id"])
            version.write({"date_start": first_day, **vals})
            version.action_activate()
        return version

    def test_superseded_version(self):
        """SLM-22: what an earlier version lacked is no gap once the next holds."""
        sla = self._sla(8 * 60, self.line_1, active=False)
        sla.target_ids = [self._resolution(600, priority="2")]
        self._successor(
            self.line_1,
            "2026-03-10",
            target_ids=[self._resolution(240, priority="2")],
        )
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.supporting_id), ("target", self.line_1))
        self._check(sla, "2026-03-10 08:00")
        self.assertEqual((gap.state, gap.closed_because), ("closed", "vanished"))
        self.assertEqual(sla.chain_state, "aligned")

    def test_version_after_the_horizon(self):
        """SLM-22: what begins after the SLA has ended lacks nothing of it."""
        closed = self._create_calendar("Closed", SHANGHAI)
        self._successor(self.line_1, "2026-09-01", calendar_id=closed.id)
        closed.attendance_ids.unlink()
        sla = self._sla(8 * 60, self.line_1, date_end="2026-08-31")
        self.assertFalse(self._check(sla))
        self.assertEqual(sla.chain_state, "aligned")
        sla.date_end = "2026-09-30"
        self.assertEqual(set(self._check(sla).mapped("what")), {"hours"})

    def test_services_of_each_version(self):
        """SLM-22: a version in force that leaves the service out is named, although
        the next one covers it."""
        line = self._leg(
            "Mail only",
            "ola",
            240,
            team_id=self.team.id,
            partner_id=self.customer.id,
            service_ids=[Command.set(self.service.ids)],
        )
        both = self.service | self.service_draft
        self._successor(line, "2026-06-01", service_ids=[Command.set(both.ids)])
        sla = self._sla(
            8 * 60,
            line,
            active=False,
            service_ids=[Command.set(self.service_draft.ids)],
        )
        gap = self._check(sla)
        self.assertEqual((gap.what, gap.service_id), ("service", self.service_draft))
        self._check(sla, "2026-06-01 08:00")
        self.assertEqual(gap.state, "closed")

    def test_nothing_compared(self):
        """SLM-22: without targets or hours, or superseded, nothing is supported."""
        bare = self._sla(8 * 60, self.line_1, active=False)
        bare.target_ids.unlink()
        without_hours = self._sla(8 * 60, self.line_1, active=False)
        without_hours.calendar_id = False
        closed = self._create_calendar("Closed", SHANGHAI)
        closed.attendance_ids.unlink()
        never = self._sla(8 * 60, self.line_1, closed, active=False)
        over = self._sla(8 * 60, self.line_1)
        self._check(over)
        self.assertEqual(over.chain_state, "aligned")
        self._successor(over, "2026-03-10")
        slas = bare | without_hours | never | over
        self.assertFalse(self._check(slas, "2026-03-11 08:00"))
        for sla in slas:
            self.assertEqual(sla.chain_state, "unchecked")
            self.assertFalse(sla.chain_stale)

    def test_temporary_level(self):
        """SLM-26: another target of the SLA for some days is compared there."""
        sla = self._sla(8 * 60, self.line_1)
        self.assertFalse(self._check(sla))
        with self.at(NOW):
            self.env["itsm.agreement.level"].create(
                {
                    "agreement_id": sla.id,
                    "name": "Closing",
                    "date_from": "2026-04-06",
                    "date_to": "2026-04-07",
                    "reason": "Agreed",
                    "target_ids": [self._resolution(120)],
                }
            )
        self.assertTrue(sla.chain_stale)
        gap = self._check(sla)
        self.assertGreaterEqual(gap.worst_start, self.utc("2026-04-06 00:00"))
        self.assertLess(gap.worst_start, self.utc("2026-04-08 00:00"))

    # === Bad input ===

    def test_bad_links(self):
        """SLM-22: only OLAs and UCs of the same company stand behind an SLA."""
        sla = self._sla(8 * 60, self.line_1, active=False)
        other = self._draft_agreement(partner_id=self.customer.id)
        template = self._draft_agreement(
            kind="ola", is_template=True, team_id=self.team.id
        )
        company = self.env["res.company"].create({"name": "Elsewhere"})
        abroad = self._draft_agreement(
            kind="ola", company_id=company.id, calendar_id=False, team_id=False,
            pause_reason_ids=False, target_ids=[],
        )  # fmt: skip
        supports = self.env["itsm.agreement.support"]
        for one, two in (
            (sla, sla),  # itself
            (sla, other),
            (sla, template),
            (self.line_1, self.uc),  # only SLAs have a path: no circle can arise
            (self.line_1, self.line_1),
            (self._draft_agreement(is_template=True), self.line_1),
        ):
            with self.subTest(one=one.display_name), self.assertRaises(ValidationError):
                supports.create({"agreement_id": one.id, "supporting_id": two.id})
        with self.assertRaises(UserError):
            supports.create({"agreement_id": sla.id, "supporting_id": abroad.id})
        with self.assertRaises(ValidationError):
            sla.kind = "uc"
        draft = self._draft_agreement(kind="ola", team_id=self.team_2.id)
        sla.support_ids.supporting_id = draft
        with self.assertRaises(ValidationError):
            draft.kind = "sla"
        with self.assertRaisesRegex(UserError, "stands behind"):
            draft.unlink()

    def test_two_companies(self):
        """Manners: another company's paths and gaps are not seen."""
        sla = self._sla(60, self.line_1)
        gap = self._check(sla)
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "itsm-elsewhere",
            "itsm_sla.itsm_group_sla_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        domain = [("id", "in", gap.ids)]
        self.assertFalse(gap.with_user(stranger).search(domain))
        for record in (gap, sla.support_ids):
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["company_id"])
        self.assertTrue(gap.with_user(self.agent).search(domain))

    def test_gaps_are_evidence(self):
        """Manners: nobody writes gaps, a manager neither; agents change no path."""
        sla = self._sla(60, self.line_1)
        gap = self._check(sla)
        for user in (self.agent, self.sla_manager, self.manager):
            for records in (gap.with_user(user), gap.with_user(user).sudo()):
                with self.assertRaises(AccessError):
                    records.write({"state": "closed"})
                with self.assertRaises(AccessError):
                    records.unlink()
        with self.assertRaises(AccessError):
            sla.support_ids.with_user(self.agent).unlink()
        with self.assertRaises(AccessError):
            sla.with_user(self.agent).action_chain_check()
        with self.assertRaises(AccessError):
            gap.with_user(self.portal_user).read(["state"])

    # === Speed ===

    def test_clock_stands_still_with_the_supplier(self):
        """SLM-22: an SLA that pauses while the supplier works loses no time to his leg:
        4 h of line 1 and 4 h of the UC do not fit into 5 h, line 1 alone does."""
        sla = self._sla(5 * 60, self.line_1 | self.uc)
        self.assertEqual(self._check(sla).what, "time")
        sla = self._sla(
            5 * 60,
            self.line_1 | self.uc,
            partner_id=self.customer.id,
            pause_with_supplier=True,
        )
        self.assertFalse(self._check(sla))
        self.assertEqual(sla.chain_state, "aligned")
        # What line 1 takes alone still counts, and the UC must be in force.
        sla = self._sla(
            3 * 60,
            self.line_1 | self.uc,
            partner_id=self.customer_2.id,
            pause_with_supplier=True,
        )
        gap = self._check(sla)
        self.assertEqual(gap.supporting_id, self.line_1)

    def test_taken_from_the_path(self):
        """SLM-22: who takes a link with a gap away leaves a trace; a draft that is
        deleted afterwards takes its gaps along without colliding."""
        drafts = self._draft_agreement(
            name="Night shift", kind="ola", team_id=self.team.id
        ) | self._draft_agreement(name="Day shift", kind="ola", team_id=self.team_2.id)
        sla = self._sla(8 * 60, drafts, active=False)
        gaps = self._check(sla)
        self.assertEqual(gaps.supporting_id, drafts)
        sla.support_ids.unlink()
        text = sla.message_ids[0].body
        self.assertIn("Night shift", text)
        self.assertIn("Day shift", text)
        drafts.unlink()
        self.assertEqual(gaps.mapped("closed_because"), ["vanished"] * len(gaps))

    def test_explained_in_constant_queries(self):
        """SLM-22: the list of gaps asks no query per row."""
        counts = []
        for n in (1, 1, 4):  # the first fills the caches of languages
            slas = self.env["itsm.agreement"]
            for _i in range(n):
                slas |= self._sla(8 * 60, self.line_1 | self.line_2, active=False)
            gaps = self.env["itsm.agreement.gap"].browse(self._check(slas).ids)
            self.assertEqual(len(gaps), n)
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            gaps.mapped("explanation")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_constant_queries(self):
        """Speed: checking 200 SLAs takes as many queries as checking 20."""
        slas = self.env["itsm.agreement"]
        partners = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(220)]
        )
        vals = self._sla(60, self.line_1 | self.uc, active=False).copy_data()[0]
        slas = self.env["itsm.agreement"].create(
            [dict(vals, partner_id=partner.id) for partner in partners]
        )
        self.env.flush_all()

        def count(some):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some._chain_check()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self.line_1.calendar_id._itsm_timeline()
        few, many = count(slas[:20]), count(slas[20:])
        self.assertLessEqual(many, few + 8)  # INSERTs go 100 rows at a time
        self.assertEqual(len(slas.gap_ids), 220)
        again, once_more = count(slas[:20]), count(slas[20:])
        self.assertLessEqual(once_more, again + 4)


@tagged("post_install", "-at_install")
class TestChainLife(ChainCommon):
    """Re-checking, waiving, activation, notification, K05."""

    def _run_cron(self, wall=NOW):
        with self.at(wall), self.enter_registry_test_mode():
            self.env.ref("itsm_sla.ir_cron_chain").method_direct_trigger()
        self.env.invalidate_all()

    # === Checked again ===

    def test_marked_and_checked(self):
        """SLM-22: whatever changes a link, the chain is checked again by itself."""
        sla = self._sla(5 * 60, self.line_1)
        calendar = self._create_calendar("Own", SHANGHAI)
        draft = self._draft_agreement(
            kind="ola",
            team_id=self.team_2.id,
            calendar_id=calendar.id,
            date_start="2027-01-01",
            target_ids=[self._resolution(60)],
        )
        sla.support_ids = [Command.create({"supporting_id": draft.id, "sequence": 9})]
        changes = {
            "target": lambda: draft.target_ids.write({"minutes": 30}),
            "new target": lambda: draft.write(
                {"target_ids": [self._resolution(60, priority="1")]}
            ),
            "validity": lambda: draft.write({"date_end": "2030-01-01"}),
            "services": lambda: draft.write({"service_ids": self.service.ids}),
            "hours": lambda: calendar.attendance_ids[0].write({"hour_to": 11}),
            "hour gone": lambda: calendar.attendance_ids[0].unlink(),
            "leave": lambda: self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": calendar.id,
                    "date_from": "2026-05-01 00:00:00",
                    "date_to": "2026-05-02 00:00:00",
                }
            ),
            "make-up day": lambda: self.env["itsm.working.day"].create(
                {
                    "name": "Make-up",
                    "date": "2026-05-09",
                    "calendar_id": calendar.id,
                    "company_id": self.company.id,
                    "pattern": "0",
                }
            ),
            "leave of all": lambda: self.env["resource.calendar.leaves"].create(
                {
                    "name": "Holiday",
                    "calendar_id": False,
                    "company_id": self.company.id,
                    "date_from": "2026-06-01 00:00:00",
                    "date_to": "2026-06-02 00:00:00",
                }
            ),
            "state": lambda: draft.action_activate(),
            "path": lambda: sla.support_ids[1].unlink(),
        }
        other = self._sla(
            72 * 60, self.uc, self.calendar_24x7, partner_id=self.customer.id
        )
        for what, change in changes.items():
            self._check(sla | other)
            self.assertFalse(sla.chain_stale)
            change()
            self.env.flush_all()
            sla.invalidate_recordset()
            with self.subTest(what=what):
                self.assertTrue(sla.chain_stale)
                # a link of another chain does not concern it
                if what != "leave of all":
                    self.assertFalse(other.chain_stale)
        self._run_cron()
        self.assertFalse(sla.chain_stale)
        self.assertEqual(sla.chain_checked_at, self.utc(NOW))

    def test_cron_daily_and_lost_path(self):
        """SLM-22: everything once a day; without a path no gap stays open."""
        sla = self._sla(60, self.line_1)
        gap = self._check(sla)
        self._run_cron("2026-03-03 08:00")
        self.assertEqual(sla.chain_checked_at, self.utc("2026-03-03 08:00"))
        sla.support_ids.unlink()
        self._run_cron("2026-03-03 09:00")
        self.assertEqual((gap.state, gap.closed_because), ("closed", "ended"))
        self.assertEqual(sla.chain_state, "none")

    # === Activation ===

    def test_activation_is_stopped(self):
        """SLM-22, design 3: gaps block signing unless waived with a reason."""
        sla = self._sla(60, self.line_1, active=False)
        draft = sla.with_user(self.sla_manager)
        with self.assertRaisesRegex(ValidationError, "is not supported"):
            draft.action_activate()
        self.assertEqual(sla.state, "draft")
        gap = self._check(sla)
        gap.with_user(self.role_user)._waive("Line 1 always has a spare", None)
        with self.at(NOW):
            draft.action_activate()
        self.assertEqual(sla.state, "active")

    def test_activation_is_only_recorded(self):
        """Manners: a company may have it recorded only."""
        self._mode("agreement_gap", "record")
        sla = self._sla(60, self.line_1, active=False)
        sla.action_activate()
        self.assertEqual(sla.state, "active")
        finding = self.env["itsm.enforcement.finding"].search(
            [("rule_code", "=", "agreement_gap"), ("res_id", "=", sla.id)]
        )
        self.assertEqual(len(finding), 1)

    def test_no_path_no_rule(self):
        """Manners: an SLA without a declared path is activated as before."""
        sla = self._draft_agreement()
        sla.action_activate()
        self.assertEqual((sla.state, sla.chain_state), ("active", "none"))

    # === Waivers ===

    def test_who_waives(self):
        """SLM-74: the holder of the role or a manager of IT services, with a reason."""
        gap = self._check(self._sla(60, self.line_1))
        for user in (self.sla_manager, self.agent, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                gap.with_user(user)._waive("Because", None)
        with self.assertRaises(AccessError):
            gap.with_user(self.agent).action_waive()
        wizard = self.env["itsm.agreement.gap.waive"]
        with self.assertRaises(AccessError):
            wizard.with_user(self.agent).create({"reason": "x", "gap_ids": gap.ids})
        as_other = wizard.with_user(self.sla_manager).create(
            {"reason": "x", "gap_ids": [Command.set(gap.ids)]}
        )
        with self.assertRaises(AccessError):
            as_other.action_confirm()
        with self.assertRaisesRegex(UserError, "say why"):
            gap.with_user(self.role_user)._waive("  ", None)
        with self.assertRaisesRegex(UserError, "later day"):
            gap.with_user(self.role_user)._waive("x", date(2020, 1, 1))
        self.assertEqual(gap.state, "open")
        for user in (self.role_user, self.manager):
            with self.subTest(user=user.login):
                mine = self._check(
                    self._sla(60, self.line_1, active=False, owner_id=user.id)
                )
                wizard.with_user(user).create(
                    {"reason": "A spare", "gap_ids": [Command.set(mine.ids)]}
                ).action_confirm()
                self.assertEqual(mine.state, "waived")
                self.assertEqual(
                    (mine.waived_by_id, mine.waiver_reason), (user, "A spare")
                )
                with self.assertRaisesRegex(UserError, "Only open"):
                    mine.with_user(user)._waive("Again", None)

    def test_own_agreement(self):
        """Design 8: where the company says so, who made the SLA does not decide."""
        sla = self._sla(60, self.line_1, active=False)
        mine = sla.with_user(self.role_user).copy({"partner_id": self.customer.id})
        gap = self._check(mine.with_env(self.env))
        self._mode("agreement_gap_own", "block")
        with self.assertRaisesRegex(ValidationError, "somebody else"):
            gap.with_user(self.role_user)._waive("Mine", None)
        gap.with_user(self.manager)._waive("Not mine", None)
        self.assertEqual(gap.state, "waived")

    def test_reopened(self):
        """SLM-22: a gap that grows, or whose waiver expires, is open again."""
        sla = self._sla(60, self.line_1, active=False)
        gap = self._check(sla)
        gap.with_user(self.role_user)._waive("A spare", None)
        seconds = gap.gap_seconds
        self.assertEqual(sla.chain_state, "waived")
        self.assertEqual(self._check(sla), gap)  # as large as it was
        self.assertEqual(gap.state, "waived")
        sla.target_ids.minutes = 90
        self._check(sla)
        self.assertEqual(gap.state, "waived")  # smaller
        sla.target_ids.minutes = 30
        new = self._check(sla)
        self.assertEqual((gap.state, gap.closed_because), ("closed", "grown"))
        self.assertEqual(
            (new.state, new.previous_id, gap.waived_seconds), ("open", gap, seconds)
        )
        with self.at(NOW):
            new.with_user(self.role_user)._waive("For a while", date(2026, 3, 4))
        self._run_cron("2026-03-04 17:00")
        self.assertEqual(new.state, "waived")
        self._run_cron("2026-03-05 17:00")
        self.assertEqual((new.state, new.closed_because), ("closed", "expired"))
        self.assertEqual(sla.gap_ids.previous_id, new)
        self.assertEqual(sla.chain_state, "gap")

    def test_waived_validity(self):
        """Design 3: passing days do not grow a gap in validity, an earlier end does."""
        uc = self._leg(
            "Year", "uc", 60, supplier_id=self.customer_2.id, date_end="2026-12-31"
        )
        sla = self._sla(8 * 60, uc)
        gap = self._check(sla)
        gap.with_user(self.role_user)._waive("Will be renewed", None)
        self.assertEqual(self._check(sla, "2026-06-01 10:00"), gap)
        self.assertEqual(gap.state, "waived")
        uc.date_end = "2026-11-30"
        new = self._check(sla, "2026-06-01 11:00")
        self.assertEqual(gap.closed_because, "grown")
        self.assertEqual(new.uncovered_from, date(2026, 12, 1))

    # === Told, counted ===

    def test_told_once(self):
        """SLM-22: a new gap of an SLA in force is told to its manager, once."""
        logs = self.env["itsm.notification.log"]
        domain = [("event_code", "=", "agreement_gap_found")]
        draft = self._sla(60, self.line_1, active=False)
        self._check(draft)
        self.assertFalse(logs.search([*domain, ("res_id", "=", draft.id)]))
        sla = self._sla(60, self.line_1, partner_id=self.customer.id)
        self._check(sla)
        told = logs.search([*domain, ("res_id", "=", sla.id)])
        self.assertEqual(
            told.partner_id, (self.sla_manager | self.role_user).partner_id
        )
        self._check(sla)
        self.assertEqual(logs.search_count([*domain, ("res_id", "=", sla.id)]), 2)

    def test_k05(self):
        """K05: of three SLAs in force one is supported; a waived gap is a gap."""
        supported = self._sla(8 * 60, self.line_1)
        waived = self._sla(60, self.line_1, partner_id=self.customer.id)
        self._sla(60, [], partner_id=self.customer_2.id)
        self._sla(8 * 60, self.line_1, active=False)  # a draft does not count
        gap = self._check(supported | waived)
        gap.with_user(self.role_user)._waive("A spare", None)
        slas = supported.search([("kind", "=", "sla"), ("state", "=", "active")])
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_agreement SET activated_at = '2026-01-05' WHERE id = ANY(%s)",
            [slas.ids],
        )
        self.env.invalidate_all()
        kpi = self.env.ref("itsm_sla.itsm_kpi_k05")
        with self.at("2026-04-02 10:00"):
            kpi._compute_values(date(2026, 1, 1), date(2026, 1, 1), self.company)
            self.env.flush_all()
        value = self.env["itsm.kpi.value"].search(
            [
                ("kpi_id", "=", kpi.id),
                ("company_id", "=", self.company.id),
                ("period_start", "=", "2026-01-01"),
                ("is_latest", "=", True),
            ]
        )
        self.assertEqual((value.numerator, value.denominator), (1, 3))
        for state, expected in (
            ("aligned", supported),
            ("waived", waived),
            ("gap", slas.browse()),
            ("none", slas - supported - waived),
        ):
            with self.subTest(state=state):
                found = slas.search(
                    [("id", "in", slas.ids), ("chain_state", "=", state)]
                )
                self.assertEqual(found, expected)
                self.assertEqual(set(expected.mapped("chain_state")) - {state}, set())

    def test_new_version_keeps_path(self):
        """SLM-22: a new version, and a copy, has the path of the old one."""
        sla = self._sla(8 * 60, self.line_1 | self.line_2)
        with self.at(NOW):
            version = sla.browse(sla.action_new_version()["res_id"])
        self.assertEqual(version.support_ids.supporting_id, self.line_1 | self.line_2)
        self.assertFalse(version.chain_checked_at)
        self.assertEqual(version.chain_state, "unchecked")
