# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime, timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import mute_logger

from .common import SHANGHAI, SlaCommon


@tagged("post_install", "-at_install")
class TestAgreementTerms(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._draft_agreement(
            partner_id=cls.customer.id, service_ids=[Command.set(cls.service.ids)]
        )
        cls.network = cls.env["helpdesk.ticket.team"].create({"name": "Network"})
        cls.servers = cls.env["helpdesk.ticket.team"].create({"name": "Servers"})

    def _tables(self, agreement, code):
        agreement = agreement.with_context(lang="en_US")
        return getattr(agreement, f"_paper_{code}")()["tables"]

    # === Indicators ===

    def test_indicator_success(self):
        """SLM-15: success or failure is compared unrounded; no figure, no verdict."""
        least, most = self.env["itsm.agreement.indicator"].create(
            [
                {
                    "agreement_id": self.agreement.id,
                    "name": name,
                    "comparator": comparator,
                    "value": value,
                    "unit": unit,
                    "kind": kind,
                }
                for name, comparator, value, unit, kind in (
                    ("Solved in time", "min", 95, "%", "service"),
                    ("Hours without tills", "max", 2, "h", "business"),
                )
            ]
        )
        self.assertEqual(
            [least._is_success(value) for value in (95, 94.9999, None)],
            [True, False, None],
        )
        self.assertEqual(
            [most._is_success(value) for value in (2, 2.0001, 0)], [True, False, True]
        )
        self.assertEqual(least.display_name, "Solved in time: At least 95 %")

    def test_indicator_kinds_apart(self):
        """SLM-14: service level and business indicators are two tables."""
        self.agreement.indicator_ids = [
            Command.create({"name": "Solved in time", "value": 95}),
            Command.create({"name": "Turnover", "kind": "business", "value": 7}),
        ]
        tables = {
            table["title"]: [row[0] for row in table["rows"]]
            for table in self._tables(self.agreement, "target")
        }
        self.assertEqual(tables["Service level indicators"], ["Solved in time"])
        self.assertEqual(tables["Business indicators"], ["Turnover"])

    # === Contacts ===

    def test_contact_from_person(self):
        """SLM-05: name and number come from the person and stay as entered."""
        self.requester.phone = "+33 1"
        contact = self.env["itsm.agreement.contact"].create(
            {"agreement_id": self.agreement.id, "partner_id": self.requester.id}
        )
        self.assertEqual((contact.name, contact.phone), (self.requester.name, "+33 1"))
        contact.phone = "+33 2"
        self.agreement.action_activate()
        contact.phone = "+33 3"
        self.assertEqual(contact.phone, "+33 3", "people change while it lasts")

    # === Processes ===

    def test_tailoring_of_a_new_agreement(self):
        """MS-07: a new agreement uses every process of its company."""
        template = self.env.ref("itsm_sla.itsm_agreement_template_basic")
        action = template.with_user(self.sla_manager).action_new_from_template()
        agreement = self.env["itsm.agreement"].browse(action["res_id"])
        processes = self.env["itsm.process"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(agreement.process_ids.process_id, processes)
        self.assertTrue(all(agreement.process_ids.mapped("used")))
        codes = {
            line.process_id.code for line in agreement.process_ids if line.mandatory
        }
        self.assertEqual(codes, {"DSK", "INC", "BRM", "SEC", "SUP", "FIN"})
        self.assertFalse(agreement.certification_warning)
        agreement.action_add_processes()
        self.assertEqual(len(agreement.process_ids), len(processes))

    def test_tailoring(self):
        """MS-07, A10: left out with a reason and a warning, mandatory ones never."""
        self.agreement.action_add_processes()
        by_code = {line.process_id.code: line for line in self.agreement.process_ids}
        with self.assertRaisesRegex(ValidationError, "every complete service"):
            by_code["INC"].write({"used": False, "reason": "None happen"})
        with self.assertRaisesRegex(ValidationError, "say why"):
            by_code["REL"].write({"used": False, "reason": "  "})
        by_code["REL"].write({"used": False, "reason": "Done by the customer"})
        warning = self.agreement.certification_warning
        self.assertIn(by_code["REL"].process_id.name, warning)
        self.assertIn("ISO/IEC 20000-1", warning)
        part = self.agreement.with_context(lang="en_US")._paper_process()
        rows = {row[0]: row[1:] for row in part["tables"][0]["rows"]}
        self.assertEqual(
            rows[by_code["REL"].process_id.name], ["no", "Done by the customer"]
        )
        self.assertEqual(part["notes"], [warning])
        self.agreement.action_activate()
        with self.assertRaisesRegex(UserError, "in force"):
            by_code["REL"].used = True

    # === Division of work ===

    def _ola(self, *shares):
        return self._draft_agreement(
            minutes={"3": (15, 100)},
            kind="ola",
            team_id=self.network.id,
            division_ids=[
                Command.create({"team_id": team.id, "task": "Work", "share": share})
                for team, share in zip(
                    (self.network, self.servers), shares, strict=False
                )
            ],
        )

    def test_division_of_work(self):
        """SLM-75, D03: each team's part of each promised time, cut to the minute."""
        ola = self._ola(66.66, 33.34)
        people, times = self._tables(ola, "division")
        self.assertEqual(people["rows"][0][0], "Network")
        # 100 minutes: 66.66 and 33.34 of them
        self.assertEqual(times["head"][-2:], ["Network", "Servers"])
        self.assertEqual(
            times["rows"][0],
            ["Incident", "Critical", "1:40 h", "1:06 h", "0:33 h"],
        )
        self.assertEqual(len(times["rows"]), 2, "incidents and requests")

    def test_division_limits(self):
        """SLM-75: no more than the whole, and of OLAs only."""
        with self.assertRaisesRegex(ValidationError, "at most 100"):
            self._ola(60, 41)
        with self.assertRaisesRegex(ValidationError, "is no OLA"):
            self.agreement.division_ids = [
                Command.create({"team_id": self.network.id, "task": "W", "share": 1})
            ]
        ola = self._ola(60, 40)
        with self.assertRaises(ValidationError):
            ola.kind = "sla"
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            ola.division_ids[0].share = -1
            self.env.flush_all()

    # === Negotiation ===

    def _talk(self, **vals):
        rounds = self.env["itsm.agreement.negotiation"].with_user(self.sla_manager)
        return rounds.create(
            {"agreement_id": self.agreement.id, "proposal": "8 hours", **vals}
        )

    def test_negotiation_history(self):
        """SLM-03: rounds are numbered; the answer is entered once, by whom and when."""
        first, second = self._talk(), self._talk(side="receiver", proposal="4 hours")
        self.assertEqual((first.round, second.round), (1, 2))
        self.assertEqual(first.user_id, self.sla_manager)
        self.assertFalse(first.answered_at)
        first.write({"outcome": "counter", "answer": "Too slow"})
        self.assertEqual(first.answered_by_id, self.sla_manager)
        self.assertTrue(first.answered_at)
        with self.assertRaisesRegex(UserError, "has its answer"):
            first.write({"outcome": "accepted"})
        done = self._talk(outcome="accepted", answer="Yes")
        self.assertTrue(done.answered_at)

    def test_negotiation_is_append_only(self):
        """SLM-03: nobody rewrites, renumbers, moves or deletes a proposal."""
        talk = self._talk(round=9, user_id=self.agent.id)
        self.assertEqual((talk.round, talk.user_id), (1, self.sla_manager))
        other = self._draft_agreement(partner_id=self.customer_2.id)
        for vals in (
            {"proposal": "2 hours"},
            {"date": "2020-01-01"},
            {"agreement_id": other.id},
            {"user_id": self.agent.id},
            {"outcome": "accepted", "side": "receiver"},
            {"answer": "An answer without an outcome"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                talk.write(vals)
        with self.assertRaises(AccessError):
            talk.unlink()
        with self.assertRaisesRegex(UserError, "history is kept"):
            talk.sudo().unlink()
        with self.assertRaisesRegex(UserError, "was negotiated"):
            self.agreement.unlink()
        with self.assertRaises(AccessError):
            talk.with_user(self.agent).write({"outcome": "accepted"})
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.helpdesk_user).read(["negotiation_ids"])

    # === Supplements ===

    def _supplement(self, **vals):
        offering = self.env["itsm.service"].create(
            {"name": "Printing", "company_id": self.company.id}
        )
        return self._draft_agreement(
            partner_id=self.customer.id,
            service_ids=[Command.set(offering.ids)],
            base_agreement_id=self.agreement.id,
            **vals,
        )

    def test_supplement(self):
        """SLM-73: in force with its base only, printed with it, ends with it."""
        supplement = self._supplement()
        self.assertEqual(self.agreement.supplement_ids, supplement)
        with self.assertRaisesRegex(ValidationError, "is not in force"):
            supplement.action_activate()
        self.agreement.action_activate()
        supplement.service_ids = False
        with self.assertRaisesRegex(ValidationError, "say which services"):
            supplement.action_activate()
        supplement.service_ids = self.env["itsm.service"].create(
            {"name": "Scanning", "company_id": self.company.id}
        )
        supplement.action_activate()
        facts = dict(supplement.with_context(lang="en_US")._paper_validity()["facts"])
        self.assertIn(self.agreement.code, facts["Supplement to"])
        with self.assertRaisesRegex(UserError, "in force"):
            supplement.base_agreement_id = False
        self.agreement.action_terminate()
        self.assertEqual(supplement.state, "terminated")

    def test_supplement_outlives_a_version(self):
        """SLM-73: it goes on under the next version and ends with the last one."""
        self.agreement.action_activate()
        supplement = self._supplement()
        supplement.action_activate()
        action = self.agreement.action_new_version()
        version = self.env["itsm.agreement"].browse(action["res_id"])
        version.date_start = self.agreement._today() + timedelta(days=2)
        version.action_activate()
        self.assertEqual(version.supplement_count, 1)
        domain = version.action_view_supplements()["domain"]
        self.assertEqual(self.env["itsm.agreement"].search(domain), supplement)
        later = version.date_start + timedelta(days=3)
        with freeze_time(f"{later} 04:00:00"):
            second = self._supplement(name="Late", date_start=later)
            with self.assertRaisesRegex(ValidationError, "is not in force"):
                second.action_activate()
            self.agreement.action_terminate()
            self.assertEqual(supplement.state, "active", "version 2 is in force")
            version.action_terminate()
        self.assertEqual(supplement.state, "terminated")

    def test_circular_supplements(self):
        """SLM-73: an agreement is no supplement of itself, over any way round."""
        second = self._supplement()
        third = self._supplement(name="Third")
        third.base_agreement_id = second
        for base in (self.agreement, second, third):
            with (
                self.subTest(base=base.name),
                self.assertRaisesRegex(ValidationError, "supplement itself"),
            ):
                self.agreement.base_agreement_id = base

    def test_supplement_of_another_party(self):
        """SLM-73: a supplement keeps the party of its base."""
        supplement = self._supplement()
        with self.assertRaisesRegex(ValidationError, "same kind, company and party"):
            supplement.partner_id = self.customer_2

    def test_supplemented_by_another_party(self):
        """SLM-73: nor does the base take another party than its supplements."""
        self._supplement()
        with self.assertRaisesRegex(ValidationError, "same kind, company and party"):
            self.agreement.partner_id = self.customer_2

    def test_supplement_to_a_template(self):
        """SLM-73: a template is supplemented by nothing."""
        supplement = self._supplement()
        with self.assertRaises(ValidationError):
            supplement.base_agreement_id = self.env.ref(
                "itsm_sla.itsm_agreement_template_basic"
            )

    def test_new_supplement_by_button(self):
        """SLM-73: the button begins with the terms; effects are not taken along."""
        self.agreement.cost_delta = 5000
        self.agreement.action_activate()
        action = self.agreement.with_user(self.sla_manager).action_new_supplement()
        supplement = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(supplement.base_agreement_id, self.agreement)
        self.assertEqual(len(supplement.target_ids), len(self.agreement.target_ids))
        self.assertFalse(supplement.service_ids)
        self.assertFalse(supplement.cost_delta)
        with self.assertRaises(AccessError):
            self.agreement.with_user(self.agent).read(["cost_delta"])

    # === Renewal ===

    def _reminders(self, now):
        """Codes of what the scheduled action tells at ``now`` (UTC)."""
        logs = self.env["itsm.notification.log"]
        before = logs.search([]).ids
        self.env["itsm.agreement"]._cron_renewal(datetime.fromisoformat(now))
        found = logs.search([("id", "not in", before)])
        found = found.filtered(lambda log: log.res_id == self.agreement.id)
        return set(found.mapped("event_id.code"))

    def _in_force(self, **vals):
        self.agreement.write({"date_end": "2026-12-31", **vals})
        self.agreement.action_activate()

    def test_notice_date(self):
        """SLM-06: 90 days before the last day; no end or no notice, no day."""
        self.agreement.date_end = "2026-12-31"
        self.assertEqual(str(self.agreement.notice_date), "2026-10-02")
        self.agreement.notice_days = 0
        self.assertFalse(self.agreement.notice_date)
        self.agreement.write({"notice_days": 30, "date_end": False})
        self.assertFalse(self.agreement.notice_date)

    def test_reminded_once(self):
        """SLM-06: 30 days before the notice day, and when overdue; each once."""
        self._in_force()
        # notice by 2 October, so from 2 September on
        self.assertEqual(self._reminders("2026-09-01 12:00"), set())
        self.assertEqual(self._reminders("2026-09-02 12:00"), {"agreement_renewal_due"})
        self.assertEqual(self._reminders("2026-09-03 12:00"), set())
        self.assertEqual(self._reminders("2026-12-31 12:00"), set())
        self.assertEqual(self._reminders("2027-01-01 12:00"), {"agreement_overdue"})
        self.assertEqual(self._reminders("2027-01-02 12:00"), set())

    def test_reminded_of_another_end(self):
        """SLM-06: a later end brings its own reminder; long past ends bring none."""
        self._in_force()
        self._reminders("2026-09-02 12:00")
        self.agreement.date_end = "2027-12-31"
        self.assertEqual(self._reminders("2027-09-10 12:00"), {"agreement_renewal_due"})
        self.assertEqual(self._reminders("2028-03-01 12:00"), set())

    def test_reminder_in_the_zone_of_the_agreement(self):
        """SLM-06: it is 2 September in Shanghai at 16:00 UTC of the first."""
        self._in_force(tz=SHANGHAI)
        self.assertEqual(self._reminders("2026-09-01 15:59"), set())
        self.assertEqual(self._reminders("2026-09-01 16:00"), {"agreement_renewal_due"})

    def test_not_reminded(self):
        """SLM-06: drafts and what was taken over are nobody's renewal."""
        self.agreement.date_end = "2026-12-31"
        self.assertEqual(self._reminders("2026-09-02 12:00"), set())
        self.agreement.action_activate()
        with self.assertRaises(AccessError):
            self.agreement.renewal_reminded_for = "2026-10-02"
        with freeze_time("2026-06-01 08:00:00"):
            action = self.agreement.action_new_version()
            version = self.env["itsm.agreement"].browse(action["res_id"])
            version.date_start = "2026-07-01"
            version.action_activate()
        self.assertEqual(self._reminders("2026-09-02 12:00"), set())

    def test_overdue_stays_in_force(self):
        """SLM-06: past its end it is active and overdue, on paper it says so."""
        self._in_force()
        part = self.agreement.with_context(lang="en_US")._paper_validity()
        self.assertIn("stays valid until a new one", part["notes"][0])
        with freeze_time("2027-01-05 12:00:00"):
            self.agreement.invalidate_recordset(["overdue"])
            self.assertEqual(
                (self.agreement.state, self.agreement.overdue), ("active", True)
            )
