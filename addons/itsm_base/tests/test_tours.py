# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestTours(HttpCase):
    """Issue 4: the first day and documents, as people click through them."""

    # Wide enough for every menu.
    browser_size = "1920x1080"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.company = cls.env["res.company"].create(
            {"name": "Tour Company", "country_id": cls.env.ref("base.es").id}
        )
        cls.company.partner_id.tz = "Europe/Madrid"
        cls.manager = cls._create_user("Tour Manager", "itsm_base.itsm_group_manager")

    @classmethod
    def _create_user(cls, name, group):
        return new_test_user(
            cls.env,
            login=name.lower().replace(" ", "-"),
            groups=f"base.group_user,{group}",
            name=name,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Asia/Shanghai",
        )

    def _services(self):
        return self.env["itsm.service"].search([("company_id", "=", self.company.id)])

    def test_setup(self):
        """Issue 4, First day: a step is left out, taken up, gone into and done."""
        self.start_tour("/odoo", "itsm_base_setup", login=self.manager.login)
        service = self._services()
        self.assertEqual((service.code, service.state), ("TOUR-MAIL", "live"))
        skipped = self.env["itsm.setup.skip"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(skipped.step_id.mapped("code"), ["people"])
        self.assertTrue(self.env.ref("itsm_base.itsm_setup_menu").active)

    def test_sheet(self):
        """Issue 4, First day: the example is downloaded, uploaded, imported, again."""
        self.start_tour("/odoo", "itsm_base_sheet", login=self.manager.login)
        services = self._services()
        self.assertEqual(len(services), 9)
        self.assertEqual(services.create_uid, self.manager)

    def test_document(self):
        """Design, Paper: made, printed as a draft, filled and given to approval."""
        writer = self._create_user("Tour Writer", "itsm_base.itsm_group_lead")
        kind = self.env["itsm.document.kind"].create(
            {"code": "TOUR", "name": "Tour notice"}
        )
        self.start_tour(
            "/odoo/itsm-documents", "itsm_base_document", login=writer.login
        )
        document = self.env["itsm.document"].search([("kind_id", "=", kind.id)])
        self.assertRegex(document.number, r"^TOUR-\d{4}-0001$")
        self.assertEqual((document.version, document.state), (1, "in_approval"))
        self.assertEqual(document.prepared_by_id, writer)
        self.assertEqual(document.review_ids.mapped("name"), ["Review", "Approval"])
        self.assertFalse(document.decision_ids)
