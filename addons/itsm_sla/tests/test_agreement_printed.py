# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tests.pdf_common import SIMPLIFIED, PdfCase
from odoo.addons.itsm_base.tools import guard, pdf_form

from .common import SlaCommon

#: The 17 headings of SLM-05, but parties and the catalogue of SLM-11.
SEVENTEEN = (
    *("validity", "authorisation", "communication", "contact", "hours"),
    *("interruption", "duty", "priority", "escalation", "complaint", "target"),
    *("workload", "report", "financial", "housekeeping", "exception"),
    "availability_review",
)


@tagged("post_install", "-at_install")
class TestAgreementPrinted(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.template = cls.env.ref("itsm_sla.itsm_agreement_template_standard")
        cls.customer = cls.env["res.partner"].create(
            {"name": "海港银行", "is_company": True, "lang": "zh_CN", "city": "上海"}
        )
        cls.agreement = cls._from(cls.template, partner_id=cls.customer.id)

    @classmethod
    def _from(cls, template, **vals):
        """What the button “New agreement” makes of a template, completed."""
        user = template.with_user(cls.sla_manager)
        user = user.with_company(cls.company)
        action = user.action_new_from_template()
        agreement = cls.env["itsm.agreement"].browse(action["res_id"])
        agreement.write(
            {
                "name": "Managed desktop",
                "date_start": "2026-01-01",
                "date_end": "2026-12-31",
                "service_ids": [Command.set(cls.service.ids)],
                **vals,
            }
        )
        return agreement

    def _section(self, agreement, code, lang="en_US"):
        sections = agreement._paper_content(lang)["sections"]
        return next((row for row in sections if row["code"] == code), None)

    # === What it says ===

    def test_headings_of_a_new_agreement(self):
        """SLM-03, SLM-05, SLM-13: from the template it says something everywhere."""
        content = self.agreement._paper_content("en_US")
        said = {row["code"] for row in content["sections"] if row["clauses"]}
        codes = [row["code"] for row in content["sections"]]
        self.assertEqual([code for code in SEVENTEEN if code not in codes], [])
        self.assertLessEqual({"fault", "key_system", "security", "scope"}, said)
        self.assertEqual(self.agreement.paper_missing, "")
        self.assertEqual(
            [row["code"] for row in content["sections"]],
            [
                code
                for code, _label in self.agreement._paper_headings()
                if code in codes
            ],
        )

    def test_every_template_is_complete(self):
        """SLM-03: an OLA and a UC are as complete, but for the division of work."""
        team = self.env["helpdesk.ticket.team"].create({"name": "Network"})
        ola = self._from(
            self.env.ref("itsm_sla.itsm_agreement_template_ola"), team_id=team.id
        )
        self.assertEqual(ola.paper_missing, "")
        uc = self._from(
            self.env.ref("itsm_sla.itsm_agreement_template_uc"),
            supplier_id=self.customer.id,
        )
        self.assertEqual(uc.paper_missing, "")
        self.assertEqual(uc._itsm_form_lang(), "zh_CN")

    def test_missing_headings(self):
        """SLM-05, SLM-13: an empty heading is printed, named, and found."""
        self.agreement.clause_ids.filtered(
            lambda clause: clause.section in ("complaint", "security")
        ).unlink()
        self.assertEqual(
            self.agreement.paper_missing, "Complaints, Responsibility for security"
        )
        self.assertEqual(self._section(self.agreement, "complaint")["clauses"], [])
        self.assertFalse(self._section(self.agreement, "other"))
        rule = self.env.ref("itsm_sla.itsm_enforcement_rule_agreement_headings")
        setting = self.env["itsm.enforcement.setting"].search(
            [("rule_id", "=", rule.id), ("company_id", "=", self.company.id)]
        )
        setting.mode = "block"
        with self.assertRaisesRegex(ValidationError, "Complaints"):
            self.agreement._check_signable()
        self.agreement.action_add_clauses()
        self.assertFalse(self.agreement.paper_missing)
        self.agreement._check_signable()

    def test_own_clause_of_the_template_wins(self):
        """SLM-03: under its headings only what the template says itself."""
        template = self.template.copy({"is_template": True})
        self.assertFalse(template.clause_ids, "a copied template stays as it is")
        template.clause_ids = [
            Command.create({"section": "complaint", "body": "<p>Call Eve.</p>"})
        ]
        agreement = self._from(template)
        complaint = self._section(agreement, "complaint")
        self.assertEqual(
            complaint["clauses"], [{"name": "", "body": "<p>Call Eve.</p>"}]
        )
        self.assertTrue(self._section(agreement, "security")["clauses"])

    def test_targets_of_the_paper(self):
        """SLM-11, SLM-15: promised times by kind and priority, worked out by hand."""
        table = self._section(self.agreement, "target")["tables"][0]
        self.assertEqual(
            table["head"], ["Ticket", "Priority", "Response", "Resolution"]
        )
        self.assertEqual(table["rows"][0], ["Incident", "Critical", "2:00 h", "8:00 h"])
        self.assertEqual(len(table["rows"]), 8)

    def test_same_for_every_reader(self):
        """SLM-18: the content depends on the language only; money is for few."""
        self.agreement.credit_ids = [
            Command.create(
                {
                    "name": "§ 7",
                    "measure": "ticket",
                    "amount_kind": "fixed",
                    "amount": 777.0,
                }
            )
        ]
        reader = self._create_user("paper-agent", "itsm_base.itsm_group_agent")
        theirs = self.agreement.with_user(reader)
        content = self.agreement.with_user(self.sla_manager)._paper_content("en_US")
        self.assertEqual(theirs._paper_content("en_US"), content)
        self.assertEqual(
            theirs._paper_hash("en_US"), self.agreement._paper_hash("en_US")
        )
        self.assertIn("777", json.dumps(content, ensure_ascii=False))
        printed = json.dumps(theirs._paper_printed(), ensure_ascii=False)
        self.assertNotIn("777", printed)
        manager = self.agreement.with_user(self.sla_manager)._paper_printed()
        self.assertIn("777", json.dumps(manager, ensure_ascii=False))
        with self.assertRaises(AccessError):
            theirs.read(["paper_content"])

    def test_hash(self):
        """SLM-18: the SHA-256 of the sorted content; each change changes it."""
        content = self.agreement._paper_content("en_US")
        plain = json.dumps(
            content, sort_keys=True, ensure_ascii=False, separators=(",", ":")
        )
        digest = hashlib.sha256(plain.encode()).hexdigest()
        self.assertEqual(self.agreement._paper_hash("en_US"), digest)
        self.assertNotEqual(self.agreement._paper_hash("zh_CN"), digest)
        self.agreement.clause_ids[0].name = "Preamble"
        self.assertNotEqual(self.agreement._paper_hash("en_US"), digest)

    def test_kept_when_in_force(self):
        """SLM-05: names and calendars that change later change no agreement."""
        self.agreement.action_activate()
        before = self.agreement._paper_content("zh_CN")
        self.customer.name = "Another bank"
        self.agreement.calendar_id.name = "Other hours"
        self.service.name = "Another service"
        self.assertEqual(self.agreement._paper_content("zh_CN"), before)
        self.assertIn("海港银行", json.dumps(before, ensure_ascii=False))
        with self.assertRaises(AccessError):
            self.agreement.paper_content = {}
        with self.assertRaises(AccessError):
            self.agreement.copy({"paper_content": {"zh_CN": {}}})
        with self.assertRaises(UserError):
            self.agreement.clause_ids[0].body = "<p>Free of charge</p>"
        with self.assertRaises(UserError):
            self.agreement.clause_ids[0].copy()

    def test_new_version_copies_clauses(self):
        """SLM-05: a new version begins with the same words, in each language."""
        clause = self.agreement.clause_ids.filtered(lambda c: c.section == "complaint")
        clause.with_context(lang="zh_CN").body = "<p>投诉请致电。</p>"
        self.agreement.action_activate()
        action = self.agreement.action_new_version()
        version = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertEqual(len(version.clause_ids), len(self.agreement.clause_ids))
        body = self._section(version, "complaint", "zh_CN")["clauses"][0]["body"]
        self.assertIn("投诉请致电。", body)
        facts = dict(self._section(version, "validity")["facts"])
        self.assertEqual(facts["Takes over from"], f"{self.agreement.code} v1")

    def test_markup_is_harmless(self):
        """Manners: names with markup are text, scripts in clauses are gone."""
        self.agreement.name = "<script>alert(1)</script>"
        self.agreement.clause_ids[
            0
        ].body = "<p onclick='x()'>Fair<script>steal()</script></p>"
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "itsm_sla.report_itsm_agreement_paper", self.agreement.ids
        )
        text = html.decode()
        self.assertIn("&lt;script&gt;alert(1)", text)
        self.assertNotIn("steal()", text)
        self.assertNotIn("onclick", text)

    def test_clause_needs_text(self):
        """SLM-05: a clause without words is none."""
        with self.assertRaisesRegex(ValidationError, "write down what is agreed"):
            self.agreement.clause_ids = [
                Command.create({"section": "other", "body": "<p><br></p>"})
            ]

    def test_reader_changes_nothing(self):
        """SLM-48: agents read clauses, service level managers write them."""
        reader = self._create_user("paper-reader", "itsm_base.itsm_group_agent")
        clause = self.agreement.clause_ids[0].with_user(reader)
        self.assertTrue(clause.body)
        with self.assertRaises(AccessError):
            clause.body = "<p>Mine</p>"
        with self.assertRaises(AccessError):
            self.agreement.with_user(reader).action_add_clauses()

    def test_other_company_does_not_read(self):
        """Two companies: lines are the company's of the agreement, standards all's."""
        company = self.env["res.company"].create({"name": "Other provider"})
        user = self._create_user(
            "paper-other",
            "itsm_sla.itsm_group_sla_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        with self.assertRaises(AccessError):
            self.agreement.clause_ids[0].with_user(user).read(["body"])
        standard = self.env.ref("itsm_sla.itsm_agreement_clause_sla_complaint")
        self.assertTrue(standard.with_user(user).body)

    def test_queries_do_not_grow(self):
        """Manners: clauses, contacts and services cost no query each."""
        self.agreement._paper_content("en_US")

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.agreement._paper_content("en_US")
            return self.env.cr.sql_log_count - before

        few = count()
        self.agreement.clause_ids = [
            Command.create({"section": "other", "body": f"<p>{n}</p>"})
            for n in range(40)
        ]
        self.agreement.contact_ids = [
            Command.create({"name": f"Person {n}"}) for n in range(40)
        ]
        self.assertLessEqual(count(), few + 2)

    # === The file ===

    def test_address(self):
        """SLM-05: parts of an address that are not known leave nothing behind."""
        self.customer.write(
            {"city": "Guangzhou", "country_id": self.env.ref("base.cn").id}
        )
        english = self.agreement.with_context(lang="en_US")
        name, *rest = english._paper_party(self.customer.with_env(english.env))
        self.assertEqual(name, self.customer.name)
        [address] = rest
        self.assertNotIn(",,", address.replace(" ", ""))
        self.assertEqual(set(address.split(", ")), {"Guangzhou", "China"})

    def test_pdf(self):
        """D02: a PDF in Chinese and in English, with an embedded simplified font."""
        if not pdf_form.program():
            self.skipTest("wkhtmltopdf is not installed")
        pages = {}
        for lang in ("en_US", "zh_CN"):
            name, content = self.agreement._paper(lang)
            self.assertEqual(name, f"{self.agreement.code} Managed desktop v1.pdf")
            reader = PdfCase._read(content)
            pages[lang] = "".join(PdfCase._squeezed(reader))
            fonts = PdfCase._fonts(reader)
            self.assertTrue(all(fonts.values()), "every font is embedded")
        self.assertTrue(any(part in name for name in fonts for part in SIMPLIFIED))
        text = pages["en_US"]
        self.assertIn("ServiceLevelAgreement", text)
        self.assertIn("DRAFT", text)
        for number, section in enumerate(
            self.agreement._paper_content("en_US")["sections"], 1
        ):
            heading = f"{number}.{section['title']}".replace(" ", "")
            self.assertIn(heading, text)
        self.assertIn("海港银行", pages["zh_CN"])
        self.assertIn("草稿", pages["zh_CN"])

    def test_one_date_format(self):
        """D02: head and foot print dates as the text does, in the language of the text
        that was kept when the agreement came into force."""
        form = self.env.ref("itsm_sla.itsm_agreement_paper_report")

        def page(lang):
            agreement = self.agreement._paper_in(lang)
            reports = agreement.env["ir.actions.report"]
            page = reports._itsm_form_page(form, agreement)
            return page["html"] + page["foot"]

        for lang, day in (("en_US", "01/01/2026"), ("zh_CN", "2026/01/01")):
            self.assertGreaterEqual(page(lang).count(day), 2, "text and foot")
            self.assertNotIn("2026-01-01", page(lang))
        self.agreement.action_activate()
        kept = guard.with_token(self.agreement)
        kept.paper_content = {"en_US": kept.paper_content["en_US"]}
        self.assertGreaterEqual(page("zh_CN").count("01/01/2026"), 2)
        self.assertNotIn("2026/01/01", page("zh_CN"))

    def test_pdf_in_force_is_no_draft(self):
        """D02: what is in force bears no mark of a draft."""
        if not pdf_form.program():
            self.skipTest("wkhtmltopdf is not installed")
        self.agreement.action_activate()
        _name, content = self.agreement._paper("en_US")
        text = "".join(PdfCase._squeezed(PdfCase._read(content)))
        self.assertNotIn("DRAFT", text)
        self.assertIn("Signatures", text)
