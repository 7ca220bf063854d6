# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
import zipfile
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import workbook
from .sheet_common import SheetCommon


@tagged("post_install", "-at_install")
class TestSheet(SheetCommon):
    """Issue 4, First day: sheets of master data with their filled examples."""

    def _services(self):
        return {
            service.code: service
            for service in self.env["itsm.service"].search(
                [("company_id", "=", self.company.id)]
            )
        }

    def test_services_example(self):
        """Each example loads without an error; a second time nothing changes."""
        for language in ("en", "zh"):
            with self.subTest(language=language):
                company = self.company
                data = self._example("itsm_base", f"services_{language}.csv")
                wizard = self._import("service", data)
                self.assertEqual(set(self._states(wizard).values()), {"new"})
                services = self._services()
                self.assertEqual(
                    sorted(services),
                    [
                        *("MAIL", "MAIL-BOX", "MAIL-LIST", "NET", "NET-VPN"),
                        *("NET-WIFI", "WORK", "WORK-PC", "WORK-PRINT"),
                    ],
                )
                self.assertEqual(services["NET-VPN"].parent_id, services["NET"])
                self.assertEqual(services["NET-VPN"].state, "proposed")
                self.assertEqual(services["NET"].criticality, "1")
                self.assertEqual(services["WORK-PRINT"].criticality, "4")
                self.assertEqual(services["MAIL"].company_id, company)
                before = services["MAIL"].write_date
                again = self._import("service", data)
                self.assertEqual(set(self._states(again).values()), {"same"})
                self.assertEqual(services["MAIL"].write_date, before)
                self.env["itsm.service"].browse(
                    [service.id for service in reversed(list(services.values()))]
                ).sorted("parent_path", reverse=True).unlink()

    def test_services_change(self):
        """A corrected sheet changes what it says, and empty cells nothing."""
        self._import(
            "service", self._csv("Code,Name,Criticality", "A,One,High", "B,Two,")
        )
        one = self._services()["A"]
        wizard = self._import(
            "service",
            self._csv("Code,Name,Part of,Criticality", "A,One,,Low", "B,Zwei,A,"),
        )
        self.assertEqual(self._states(wizard), {2: "changed", 3: "changed"})
        services = self._services()
        self.assertEqual(services["A"], one)
        self.assertEqual(one.criticality, "4")
        self.assertEqual(services["B"].name, "Zwei")
        self.assertEqual(services["B"].parent_id, one)
        self.assertEqual(services["B"].criticality, "3")

    def test_services_errors(self):
        """Bad rows say what is wrong with which column; the others are read."""
        customers = self.env["res.partner"].create(
            [{"name": "Twice Ltd", "is_company": True}] * 2
        )
        wizard = self._import(
            "service",
            self._csv(
                "Code,Name,Part of,Owner,Criticality,Customers,State,Colour",
                "A,One,,,,,,red",
                "A,Again,,,,,,",
                "C,Circle,D,,,,,",
                "D,Circle,C,,,,,",
                "E,Orphan,NOWHERE,,,,,",
                "F,Owner,,nobody@example.com,,,,",
                "G,Level,,,enormous,,,",
                "H,Customer,,,,Twice Ltd,,",
                "I,Customer,,,,Unknown & Sons,,",
                ",Nameless,,,,,,",
                "J,Good,A,sheet-manager,high,,live,",
            ),
        )
        self.assertEqual(
            self._states(wizard),
            {2: "new", **dict.fromkeys(range(3, 12), "error"), 12: "new"},
        )
        messages = self._messages(wizard)
        self.assertIn("row 2", messages[3])
        for number, words in {
            4: "part of itself",
            5: "part of itself",
            6: "NOWHERE",
            7: "nobody@example.com",
            8: "enormous",
            9: "2 contacts",
            10: "Unknown & Sons",
            11: "Code",
        }.items():
            self.assertIn(words, messages[number])
        self.assertEqual(wizard.unknown_columns, "Colour")
        services = self._services()
        self.assertEqual(sorted(services), ["A", "J"])
        self.assertEqual(services["J"].owner_id, self.manager)
        self.assertEqual(services["J"].state, "live")
        self.assertTrue(customers)

    def test_services_error_of_parent(self):
        """A row whose parent has an error is not read either, nor what is below it."""
        self._import("service", self._csv("Code,Name", "OLD,Old"))
        wizard = self._import(
            "service",
            self._csv(
                "Code,Name,Part of,Owner",
                "C,Below,B,",
                "B,Middle,A,",
                "A,Top,,nobody@example.com",
                "OLD,Old,,nobody@example.com",
                "N,New,OLD,",
            ),
        )
        self.assertEqual(
            self._states(wizard),
            {**dict.fromkeys((2, 3, 4, 5), "error"), 6: "new"},
        )
        self.assertIn("“B”", self._messages(wizard)[2])
        services = self._services()
        self.assertEqual(sorted(services), ["N", "OLD"])
        self.assertEqual(services["N"].parent_id, services["OLD"])

    def test_services_description(self):
        """A description of several lines is the same when it is read again."""
        data = self._csv(
            "Code,Name,Description",
            '"A",One,"First line\nsecond <b>line</b> & more\n\nsee https://x.example/a"',
        )
        self._import("service", data)
        again = self._preview("service", data)
        self.assertEqual(self._states(again), {2: "same"}, self._messages(again))

    def test_requesters_example(self):
        """Customers, contacts and portal users without a mail; again: no change."""
        granter = self._user(
            "sheet-granter",
            "itsm_base.itsm_group_manager",
            "base.group_erp_manager",
            "base.group_partner_manager",
        )
        mails = self.env["mail.mail"].search_count([])
        messages = self.env["mail.message"].search_count(
            [("message_type", "=", "email_outgoing")]
        )
        data = self._example("itsm_base", "requesters_en.csv")
        wizard = self._import("requester", data, granter)
        self.assertEqual(set(self._states(wizard).values()), {"new"})
        people = self.env["res.partner"].search(
            [("email", "like", "@northwind.example")]
        )
        self.assertEqual(len(people), 2)
        self.assertEqual(people.parent_id.name, "Northwind Trading")
        self.assertEqual(people.user_ids.mapped("share"), [True, True])
        self.assertEqual(people.user_ids.company_ids, self.company)
        laura = self.env["res.partner"].search([("email", "like", "laura.stone@")])
        self.assertFalse(laura.user_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertEqual(
            self.env["mail.message"].search_count(
                [("message_type", "=", "email_outgoing")]
            ),
            messages,
        )
        again = self._preview("requester", data, granter)
        self.assertEqual(set(self._states(again).values()), {"same"})

    def test_requesters_errors(self):
        """A colleague, an address that is none, portal access without the right."""
        clerk = self._user(
            "sheet-clerk", "itsm_base.itsm_group_manager", "base.group_partner_manager"
        )
        wizard = self._import(
            "requester",
            self._csv(
                "Name,E-mail,Customer,Language,Portal",
                "Boss,sheet-manager@example.com,,,no",
                "Nobody,not an address,,,no",
                "Tongue,tongue@customer.example,,tlh,no",
                "Wish,wish@customer.example,,,yes",
                "Good,good@customer.example,Customer Ltd,,no",
            ),
            clerk,
        )
        self.assertEqual(
            self._states(wizard),
            {2: "error", 3: "error", 4: "error", 5: "error", 6: "new"},
        )
        self.assertIn("administrator", self._messages(wizard)[5])
        good = self.env["res.partner"].search([("email", "=", "good@customer.example")])
        self.assertEqual(good.parent_id.name, "Customer Ltd")
        self.assertFalse(good.user_ids)

    def test_requesters_customer_case(self):
        """A customer who exists is found whatever the case and blanks of the name."""
        customer = self.env["res.partner"].create(
            {"name": "Case Trading Ltd ", "is_company": True}
        )
        clerk = self._user(
            "sheet-case", "itsm_base.itsm_group_manager", "base.group_partner_manager"
        )
        data = self._csv(
            "Name,E-mail,Customer", "Ann,ann@case.example,CASE trading ltd"
        )
        self._import("requester", data, clerk)
        ann = self.env["res.partner"].search([("email", "=", "ann@case.example")])
        self.assertEqual(ann.parent_id, customer)
        again = self._preview("requester", data, clerk)
        self.assertEqual(self._states(again), {2: "same"})

    def test_requesters_new_customer_once(self):
        """A new customer whose name is written in two ways is one; again: no change."""
        clerk = self._user(
            "sheet-once", "itsm_base.itsm_group_manager", "base.group_partner_manager"
        )
        data = self._csv(
            "Name,E-mail,Customer",
            "Ann,ann@once.example,Once Only Ltd",
            "Ben,ben@once.example,once only ltd.",
        )
        self._import("requester", data, clerk)
        people = self.env["res.partner"].search([("email", "like", "@once.example")])
        self.assertEqual(len(people), 2)
        self.assertEqual(people.parent_id.mapped("name"), ["Once Only Ltd"])
        again = self._preview("requester", data, clerk)
        self.assertEqual(self._states(again), {2: "same", 3: "same"})

    def test_workbook(self):
        """An XLSX workbook reads as the CSV; one with merged cells says which."""
        wizard = self._preview(
            "service", self._book(["Code", "Name"], ["A", "One"], ["B", "Two"])
        )
        self.assertEqual(self._states(wizard), {2: "new", 3: "new"})
        with self.assertRaisesRegex(UserError, "merged cells: A2:A3"):
            self._preview(
                "service",
                self._book(
                    ["Code", "Name"], ["A", "One"], [None, "Two"], merge="A2:A3"
                ),
            )

    def test_merged_bomb(self):
        """A range of 17 billion merged cells costs no more than any other."""
        data = self._book(["Code", "Name"], ["A", "One"], merge="A2:A3")
        book = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(data)) as old,
            zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in old.namelist():
                new.writestr(name, old.read(name).replace(b"A2:A3", b"A1:XFD1048576"))
        with self.assertRaisesRegex(UserError, "merged cells: A1:XFD1048576"):
            self._preview("service", book.getvalue())

    def test_wide_blank_rows(self):
        """Rows that are blank but as wide as a sheet can be are not read for hours."""
        rows = (["Code", "Name"], ["A", "One"])
        with patch.object(workbook, "MAX_CELLS", 4):
            self._preview("service", self._book(*rows))
            with self.assertRaisesRegex(UserError, "more than 250 columns"):
                self._preview("service", self._book(*rows, ["", "x"]))

    def test_users_by_address(self):
        """Addresses that differ by a dot are two people."""
        users = self.env["res.users"].create(
            [
                {"name": "Dotted", "login": "sheet.d1@example.com"},
                {"name": "Plain", "login": "plain", "email": "sheetd1@example.com"},
            ]
        )
        found = self.env["itsm.sheet"]._sheet_users(
            {"Sheet.D1@example.com", "sheetd1@example.com"}
        )
        self.assertEqual(found["sheet.d1@example.com"], users[0])
        self.assertEqual(found["sheetd1@example.com"], users[1])

    def test_bad_files(self):
        """Each bad file gets a sentence with the remedy, and nothing is written."""
        for data, words in (
            (b"", "Choose a CSV or XLSX"),
            (b"Code,Name\n", "no rows"),
            (b"Colour,Size\nred,1\n", "Code"),
            (b"PK\x03\x04 damaged", "workbook that cannot be read"),
            (b"\xd0\xcf\x11\xe0 old", "old format"),
            (b"Code,Name\n" + b"A,x\n" * 5001, "more than 5000 rows"),
            (b"x" * (2 * 1024 * 1024 + 1), "too big"),
            ("代码,名称\nA,邮件\n".encode("gb18030"), None),
            ("代码,名称\nA,邮件\n".encode("utf-16"), None),
        ):
            with self.subTest(start=data[:20]):
                if words is None:
                    wizard = self._preview("service", data)
                    self.assertEqual(self._states(wizard), {2: "new"})
                    continue
                with self.assertRaisesRegex(UserError, words):
                    self._preview("service", data)
        self.assertFalse(self._services())

    def test_access(self):
        """Agents read no sheets; a company that is not in hand is refused."""
        agent = self._user("sheet-agent", "itsm_base.itsm_group_agent")
        with self.assertRaises(AccessError):
            self._preview("service", self._csv("Code,Name", "A,One"), agent)
        other = self.env["res.company"].create({"name": "Other Sheet Company"})
        wizard = self._preview("service", self._csv("Code,Name", "A,One"))
        wizard.company_id = other
        with self.assertRaises(AccessError):
            wizard.action_import()

    def test_formula_cell(self):
        """Design, In and out: a cell that was escaped for a spreadsheet is itself."""
        self._import("service", self._csv("Code,Name", "A,'=1+1"))
        self.assertEqual(self._services()["A"].name, "=1+1")

    def test_query_count(self):
        """A sheet of 60 rows is compared with as many queries as one of 6."""

        def count(rows):
            data = self._csv(
                "Code,Name,Part of,Owner",
                *(f"Q{i},Service {i},Q0,sheet-manager" for i in range(1, rows)),
                "Q0,Service 0,,",
            )
            self._preview("service", data)  # caches
            before = self.env.cr.sql_log_count
            self._preview("service", data)
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(count(60), count(6) + 2)
