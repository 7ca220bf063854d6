# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .major_common import MajorCommon
from .restriction_common import RestrictionCommon

APRIL = "2026-04-03 10:00"


class DeskReportCommon:
    """A monthly report about the agreement of the tests."""

    @classmethod
    def _make_definition(cls):
        # some of the classes beside have one in force already
        if not getattr(cls, "agreement", None):
            cls.agreement = cls._create_agreement()
        cls.definition = cls.env["itsm.report.definition"].create(
            {
                "name": "Monthly report",
                "agreement_id": cls.agreement.id,
                "author_id": cls.agent.id,
                "partner_ids": [Command.set(cls.agent.partner_id.ids)],
                "delivery": "odoo",
                "lang": "en_US",
            }
        )

    def _worked_out(self):
        with self.at(APRIL):
            report = (
                self.env["itsm.service.report"]
                .with_user(self.agent)
                .create(
                    {
                        "definition_id": self.definition.id,
                        "period_start": "2026-03-01",
                    }
                )
            )
            report.action_compute()
        return report

    def _section(self, report, code):
        sections = report.sudo().content["languages"]["en_US"]["sections"]
        return next(part["data"] for part in sections if part["code"] == code)


@tagged("post_install", "-at_install")
class TestServiceReportRestricted(DeskReportCommon, RestrictionCommon):
    """SEC-05: restricted tickets are counted in a report and never named."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_definition()

    def test_restricted(self):
        """A security incident counts in every figure; neither number nor subject is in
        the snapshot, the page or the drill-down of who may not see it."""
        secret = self._secret(priority="2")
        plain = self._report("2026-03-23 10:00")
        self._run_scheduler("2026-03-24 18:00")
        self.assertTrue(secret.breach_ids)
        report = self._worked_out()
        breaches = self._section(report, "breaches")
        self.assertEqual(
            breaches["total"]["value"], len(secret.breach_ids | plain.breach_ids)
        )
        self.assertEqual({r["ticket"] for r in breaches["rows"]}, {plain.number})
        self.assertEqual(breaches["unlisted"], len(secret.breach_ids))
        self.assertEqual(breaches["security"]["value"], 1)
        self.assertEqual(self._section(report, "workload")["reported"]["value"], 2)
        text = json.dumps(report.sudo().content, ensure_ascii=False)
        for word in (secret.number, secret.name, "zugangsdaten"):
            self.assertNotIn(word, text)
            self.assertNotIn(word, report.content_html)
        self.assertIn(plain.number, text)
        tickets = self.env["helpdesk.ticket"]
        for key, expected in (
            ("workload.reported", plain),
            ("breaches.total", plain),
            ("breaches.security", tickets),
        ):
            action = report.with_user(self.agent_2)
            with self.subTest(key):
                # who reads the report drills with his own rights
                found = report.with_user(self.manager).action_drill(key)
                self.assertEqual(
                    tickets.with_user(self.manager).search(found["domain"]), expected
                )
        self.assertTrue(action)
        found = report.action_drill("breaches.security")
        self.assertEqual(
            tickets.with_user(self.officer).search(found["domain"]), secret
        )


@tagged("post_install", "-at_install")
class TestServiceReportDesk(DeskReportCommon, MajorCommon):
    """Majors, satisfaction and effort of a report, by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._make_definition()

    def test_empty(self):
        """REP-04: without any of it the sections say so."""
        report = self._worked_out()
        self.assertEqual(self._section(report, "majors")["number"], 0)
        section = self._section(report, "satisfaction")
        self.assertEqual((section["answered"], section["mean"]), (0, "no data"))
        self.assertIn("no major incident was declared", report.content_html)
        self.assertIn("nobody rated a ticket", report.content_html)

    def test_majors(self):
        """REP-04: major incidents of the period with the tickets of the report; one
        whose parent is restricted counts and is not named; the report is abnormal."""
        major = self._declared()
        secret = self._declared(wall="2026-03-25 10:10", service_id=self.service_2.id)
        guard.with_token(secret).write({"declared_at": self.utc("2026-03-25 10:10")})
        later = self._declared(service_id=self.offering.id)
        guard.with_token(later).write({"declared_at": self.utc("2026-04-01 00:00")})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET restriction = 'security' WHERE id = %s",
            [secret.ticket_id.id],
        )
        self.env.invalidate_all()
        report = self._worked_out()
        section = self._section(report, "majors")
        self.assertEqual((section["number"], section["unlisted"]), (2, 1))
        [row] = section["rows"]
        self.assertEqual(row["ticket"], major.ticket_id.number)
        self.assertEqual(row["declared"], "2026-03-23 10:10")
        self.assertEqual(row["restored"], "–")
        self.assertEqual(row["tickets"]["value"], 1)
        behind = self.env["helpdesk.ticket"].search(row["tickets"]["domain"])
        self.assertEqual(behind, major.ticket_id)
        text = json.dumps(report.sudo().content, ensure_ascii=False)
        self.assertNotIn(secret.ticket_id.number, text)
        self.assertNotIn(major.name, text)
        reasons = report.sudo().content["abnormal"]["en_US"]
        self.assertIn("Major incidents: 2.", reasons)

    def test_satisfaction(self):
        """REP-04: answers given in March about tickets of the agreement: 5, 5, 1 are
        2 of 3 satisfied (66.66 %), mean 3.66 (cut off); April's does not count."""
        tickets = [self._incident(f"2026-03-0{day} 10:00") for day in (3, 4, 5, 6)]
        for ticket, rate, day in zip(
            tickets,
            (5, 5, 1, 3),
            ("2026-03-10", "2026-03-31", "2026-03-12", "2026-04-01"),
            strict=True,
        ):
            with self.at(f"{day} 00:30"):
                ticket._itsm_rate(rate, "", self.requester)
                self.env.flush_all()
        report = self._worked_out()
        section = self._section(report, "satisfaction")
        self.assertEqual(section["answered"], 3)
        self.assertEqual([r["number"]["value"] for r in section["rows"]], [2, 0, 1])
        self.assertEqual(
            [r["share"] for r in section["rows"]], ["66.66 %", "0.00 %", "33.33 %"]
        )
        self.assertEqual(section["mean"], "3.66")
        behind = self.env["helpdesk.ticket"].search(
            section["rows"][0]["number"]["domain"]
        )
        self.assertEqual(behind, tickets[0] | tickets[1])

    def test_effort(self):
        """REP-04, resource use: minutes logged in March on tickets of the agreement,
        as hours; those of other months do not count."""
        ticket = self._incident("2026-03-03 10:00")
        with self.at("2026-04-02 10:00"):
            self.env["itsm.work.log"].create(
                [
                    {
                        "ticket_id": ticket.id,
                        "user_id": self.agent.id,
                        "date": day,
                        "minutes": minutes,
                        "note": "Work",
                    }
                    for day, minutes in (
                        ("2026-03-03", 50),
                        ("2026-03-31", 50),
                        ("2026-04-01", 60),
                    )
                ]
            )
        report = self._worked_out()
        effort = self._section(report, "workload")["effort"]
        self.assertEqual((effort["value"], effort["text"]), (100, "1.66"))
        self.assertEqual(self.env["helpdesk.ticket"].search(effort["domain"]), ticket)
