# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import html

from odoo.tests import HttpCase, new_test_user, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestPortalCatalogue(ItsmCommon, HttpCase):
    """The catalogue of the portal: everything that is offered to one, nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["itsm.service"].search([]).write({"state": "retired"})
        services = cls.env["itsm.service"]
        cls.mail, cls.secret, cls.idea = services.create(
            [
                {
                    "name": "Catalogue mail",
                    "state": "live",
                    "summary": "Letters <b>and</b> more",
                    "audience": "Staff",
                    "price": 77.25,
                    "cost": 55.5,
                },
                {
                    "name": "Catalogue secret",
                    "state": "live",
                    "partner_ids": cls.customer_2.ids,
                },
                {"name": "Catalogue idea", "state": "design"},
            ]
        )
        cls.box, cls.ending, cls.hidden = services.create(
            [
                {
                    "name": "Catalogue box",
                    "state": "live",
                    "parent_id": cls.mail.id,
                    "is_hot": True,
                },
                {
                    "name": "Catalogue list",
                    "state": "retiring",
                    "parent_id": cls.mail.id,
                },
                {
                    "name": "Catalogue hidden",
                    "state": "live",
                    "parent_id": cls.secret.id,
                },
            ]
        )

    def _page(self, url, code=200):
        response = self.url_open(url)
        self.assertEqual(response.status_code, code)
        return response.text

    def test_list(self):
        """CAT-07, CAT-08: grouped by family, hot ones first, only one's own."""
        self.authenticate(self.portal_user.login, self.portal_user.login)
        tree = html.fromstring(self._page("/my/services"))
        hot = tree.xpath("//section[@id='itsm_hot']//a/@href")
        self.assertEqual(hot, [f"/my/services/{self.box.id}"])
        families = tree.xpath("//section[contains(@class, 'o_itsm_family')]")
        self.assertEqual(
            [family.get("data-family") for family in families], [str(self.mail.id)]
        )
        shown = {
            int(link.rsplit("/", 1)[1])
            for link in tree.xpath("//a[contains(@class, 'o_itsm_service')]/@href")
        }
        self.assertEqual(shown, {self.mail.id, self.box.id, self.ending.id})
        text = html.tostring(tree).decode()
        self.assertIn("Letters &lt;b&gt;and", text)
        self.assertIn("Ends soon", text)
        for name in "secret", "hidden", "idea":
            self.assertNotIn(f"Catalogue {name}", text)
        for figure in "77.25", "55.5":
            self.assertNotIn(figure, text)

    def test_search(self):
        """CAT-07: all words have to be found; what is typed is harmless."""
        self.authenticate(self.portal_user.login, self.portal_user.login)

        def found(words):
            tree = html.fromstring(
                self.url_open("/my/services", params={"search": words}).content
            )
            return {
                int(link.rsplit("/", 1)[1])
                for link in tree.xpath("//a[contains(@class, 'o_itsm_service')]/@href")
            }

        self.assertEqual(found("BOX"), {self.box.id})
        self.assertEqual(found("mail box"), {self.box.id})
        self.assertEqual(found("letters"), {self.mail.id})
        self.assertFalse(found("secret"))
        self.assertFalse(found("box zebra"))
        for words in ("%", "'\"><script>alert(1)</script>", "x" * 5000, "\\"):
            response = self.url_open("/my/services", params={"search": words})
            self.assertEqual(response.status_code, 200)
            self.assertNotIn("<script>alert(1)", response.text)
        self.assertEqual(
            self.url_open("/my/services?search=a&search=b").status_code, 200
        )

    def test_detail(self):
        """CAT-02, CAT-08, CAT-17: what the catalogue says, without price and cost."""
        self.authenticate(self.portal_user.login, self.portal_user.login)
        page = self._page(f"/my/services/{self.box.id}")
        self.assertIn("Staff", page)  # of the service that it is part of
        self.assertIn(f"/my/services/{self.box.id}/request", page)
        page = self._page(f"/my/services/{self.mail.id}")
        self.assertIn(f"/my/services/{self.ending.id}", page)
        self.assertNotIn("77.25", page)
        self.assertNotIn("55.5", page)

    def test_not_found(self):
        """CAT-08, bad input: others' services are 404, as what does not exist."""
        self.authenticate(self.portal_user.login, self.portal_user.login)
        missing = max(self.env["itsm.service"].search([]).ids) + 1000
        for service_id in (
            self.secret.id,
            self.hidden.id,
            self.idea.id,
            missing,
            0,
            2**40,
        ):
            with self.subTest(service_id=service_id):
                self._page(f"/my/services/{service_id}", code=404)
        self._page("/my/services/x", code=404)
        self.authenticate(self.portal_user_2.login, self.portal_user_2.login)
        self._page(f"/my/services/{self.hidden.id}")
        self.authenticate(None, None)
        self.assertIn("/web/login", self.url_open("/my/services").url)

    def test_department(self):
        """CAT-08: services of a department are for its people and those below it."""
        departments = self.env["itsm.department"]
        sales = departments.create({"name": "Sales", "partner_id": self.customer.id})
        inside = departments.create(
            {
                "name": "Inside sales",
                "partner_id": self.customer.id,
                "parent_id": sales.id,
            }
        )
        stock = departments.create({"name": "Stock", "partner_id": self.customer.id})
        self.mail.department_ids = sales
        services = self.env["itsm.service"].with_context(
            allowed_company_ids=self.company.ids
        )
        for department, expected in (
            (departments, False),
            (stock, False),
            (sales, True),
            (inside, True),
        ):
            self.requester.itsm_department_id = department
            entitled = services._itsm_entitled(self.requester)
            with self.subTest(department=department.name):
                self.assertEqual(self.mail in entitled, expected)
                self.assertEqual(self.box in entitled, expected)
        self.requester.itsm_department_id = stock
        self.mail.partner_ids = self.customer
        self.assertIn(self.mail, services._itsm_entitled(self.requester))

    def test_constant_queries(self):
        """Speed: the page takes a constant number of queries."""
        user = new_test_user(self.env, "cat-portal-3", "base.group_portal")
        self.authenticate(user.login, user.login)
        families = self.env["itsm.service"].create(
            [{"name": f"F{number}", "state": "live"} for number in range(5)]
        )

        def measure():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._page("/my/services")
            return self.cr.sql_log_count - before

        measure()
        few = measure()
        self.env["itsm.service"].create(
            [
                {"name": f"O{number}", "state": "live", "parent_id": family.id}
                for family in families
                for number in range(20)
            ]
        )
        self.assertLessEqual(measure(), few + 2)
