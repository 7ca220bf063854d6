# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date

from freezegun import freeze_time

from odoo.fields import Command
from odoo.tests import tagged

from .common import ItsmCommon
from .kpi_common import KpiCommon


@tagged("post_install", "-at_install")
class TestCatalogueDocument(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.service"].search([]).write({"state": "retired"})
        cls.env["res.lang"]._activate_lang("zh_CN")
        hours = cls.env["resource.calendar"].create(
            {
                "name": "Office",
                "tz": "Asia/Shanghai",
                "attendance_ids": [Command.clear()]
                + [
                    Command.create(
                        {
                            "name": "x",
                            "dayofweek": day,
                            "day_period": "morning",
                            "hour_from": start,
                            "hour_to": stop,
                        }
                    )
                    for day in "012345"
                    for start, stop in ((9, 12), (13, 18))
                    if day != "5" or start == 9
                ],
            }
        )
        cls.mail = cls.env["itsm.service"].create(
            {
                "name": "Mail",
                "code": "M",
                "summary": "Letters",
                "audience": "Staff",
                "delivery_method": "Remote",
                "calendar_id": hours.id,
                "state": "live",
                "team_ids": [Command.create({"team_id": cls.team.id})],
            }
        )
        cls.box, cls.secret = cls.env["itsm.service"].create(
            [
                {"name": "Box", "state": "retiring", "parent_id": cls.mail.id},
                {
                    "name": "Secret",
                    "state": "live",
                    "partner_ids": cls.customer_2.ids,
                },
            ]
        )
        cls.mail.with_context(lang="zh_CN").write(
            {"name": "邮件", "summary": "收发信件"}
        )

    def _document(self, **vals):
        return self.env["itsm.document"].create(
            {
                "kind_id": self.env.ref("itsm_base.itsm_document_kind_d01").id,
                "lang": "en_US",
                **vals,
            }
        )

    def test_content(self):
        """D01: services and offerings with what the catalogue says, by family."""
        document = self._document()
        document.action_fill()
        families = document.content["families"]
        self.assertEqual([family["name"] for family in families], ["Mail", "Secret"])
        mail, box = families[0]["services"]
        self.assertEqual(
            (mail["summary"], mail["audience"], mail["delivery"], mail["state"]),
            ("Letters", "Staff", "Remote", ""),
        )
        self.assertEqual(
            mail["hours"],
            "Mon, Tue, Wed, Thu, Fri 09:00–12:00, 13:00–18:00; Sat 09:00–12:00 "
            "(Asia/Shanghai)",
        )
        self.assertEqual(mail["teams"], [{"line": "1st line", "name": "Service Desk"}])
        self.assertEqual(
            (box["name"], box["audience"], box["hours"], box["state"]),
            ("Box", "Staff", mail["hours"], "Being retired"),
        )

    def test_customer(self):
        """D01, CAT-08: a customer's catalogue has only what is offered to him."""
        document = self._document(partner_id=self.customer.id)
        document.action_fill()
        names = [family["name"] for family in document.content["families"]]
        self.assertEqual(names, ["Mail"])
        self.assertEqual(document.content["families"][0]["services"][0]["teams"], [])
        self.assertNotIn("Secret", str(document.content))

    def test_printed(self):
        """D01: it prints in Chinese and English, as a draft and with markup escaped."""
        self.mail.audience = "<script>alert(1)</script>"
        for lang, words in (
            ("zh_CN", ("邮件", "收发信件")),
            ("en_US", ("Mail", "Letters")),
        ):
            document = self._document(lang=lang)
            document.action_fill()
            html, _kind = self.env["ir.actions.report"]._render_qweb_html(
                "itsm_base.report_itsm_document", document.ids
            )
            text = html.decode()
            for word in words:
                self.assertIn(word, text)
            self.assertNotIn("<script>alert", text)


@tagged("post_install", "-at_install")
class TestCatalogueKpi(KpiCommon):
    """CAT-18: the key figures of the catalogue."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what was there before is on offer in none of the periods
        cls.env["itsm.service"].search([]).write({"state": "retired"})
        cls.env.flush_all()
        cls.cr.execute("UPDATE itsm_service SET offered_at = NULL, version_id = NULL")
        cls.cr.execute("DELETE FROM itsm_service_version")
        cls.env.invalidate_all()
        whole = {
            "summary": "Letters",
            "audience": "Staff",
            "delivery_method": "Remote",
            "calendar_id": cls.company.resource_calendar_id.id,
        }
        cls.approved = cls._offer("Approved", "2026-02-10 09:00", **whole)
        cls.approved.version_id._publish("published")
        cls.bare = cls._offer("Bare", "2026-01-05 09:00")
        cls.ended = cls._offer("Ended", "2026-01-01 09:00", **whole)
        with freeze_time(cls.utc("2026-03-20 09:00")):
            cls.ended.state = "retired"
        cls._offer("Later", "2026-04-02 09:00", **whole)
        cls.env.flush_all()

    @classmethod
    def _offer(cls, name, moment, **vals):
        with freeze_time(cls.utc(moment)):
            return cls.env["itsm.service"].create(
                {"name": name, "state": "live", **vals}
            )

    def test_figures(self):
        """CAT-18: on offer at the end of the quarter: two, one approved, one complete;
        three versions were published in it, one with approval."""
        quarter = date(2026, 1, 1), date(2026, 3, 31)
        for code, expected in (
            ("CAT.1", (2, None)),
            ("CAT.2", (1, 2)),
            ("CAT.3", (1, 2)),
            ("CAT.4", (1, 3)),
        ):
            kpi = self._shipped(code)
            self._compute(kpi, *quarter)
            value = self._value(kpi, quarter[0])
            with self.subTest(code=code):
                self.assertEqual(value.numerator, expected[0])
                if expected[1]:
                    self.assertEqual(value.denominator, expected[1])
                self.assertEqual(kpi.process_code, "CAT")
