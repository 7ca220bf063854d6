# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.itsm_cmdb.hooks import post_init_hook

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestService(CmdbCommon):
    """Services are configuration items too (CFG-15)."""

    def test_creation(self):
        """A new service has one item at once, silently."""
        service = self.env["itsm.service"].create(
            {"name": "Payroll", "code": "T-PAY", "criticality": "1"}
        )
        item = service.ci_ids
        self.assertEqual(len(item), 1)
        self.assertEqual(item.name, "Payroll")
        self.assertEqual(item.criticality, "1")
        self.assertEqual(item.company_id, service.company_id)
        self.assertEqual(item.class_id.code, "service")
        self.assertEqual(item.state, "use")
        self.assertEqual(item.origin, "system")
        self.assertRegex(item.number, r"^SVC-\d{5}$")
        self.assertFalse(item.message_ids)
        self.assertEqual(service.action_view_ci()["res_id"], item.id)

    def test_creation_by_designer(self):
        """Who designs services needs no right to the CMDB."""
        designer = self._create_user("designer", "itsm_base.itsm_group_catalogue")
        services = self.env["itsm.service"].with_user(designer)
        service = services.create({"name": "A", "code": "T-A"})
        service.name = "B"
        self.assertEqual(service.sudo().ci_ids.name, "B")

    def test_creation_in_one_call(self):
        """Many services in one call, each its item."""
        services = self.env["itsm.service"].create(
            [{"name": f"S{n}", "code": f"T-S{n}"} for n in range(5)]
        )
        self.assertEqual(
            [service.ci_ids.name for service in services],
            [f"S{n}" for n in range(5)],
        )

    def test_installation(self):
        """Services that were there, archived ones too, get their item once."""
        live, archived = self.env["itsm.service"].create(
            [{"name": "L", "code": "T-L"}, {"name": "X", "code": "T-X"}]
        )
        archived.active = False
        items = self.env["itsm.ci"].with_context(active_test=False)
        domain = [("service_id", "in", (live | archived).ids)]
        found = items.search(domain)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci SET service_id = NULL WHERE id = ANY(%s)", [found.ids]
        )
        self.env.invalidate_all()
        post_init_hook(self.env)
        made = items.search(domain)
        self.assertEqual(len(made), 2)
        self.assertFalse(made & found)
        self.assertEqual(
            {item.service_id: item.active for item in made},
            {live: True, archived: False},
        )
        post_init_hook(self.env)
        self.assertEqual(items.search(domain), made)

    def test_follows(self):
        """Name, criticality and archive follow, with a line of history each."""
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        item = service.ci_ids
        self.env.flush_all()
        service.name = "B"
        service.criticality = "1"
        self.env.flush_all()
        service.active = False
        self.assertEqual((item.name, item.criticality, item.active), ("B", "1", False))
        self.assertEqual(
            sorted(self._lines(item)),
            [("active", True, False), ("criticality", "3", "1"), ("name", "A", "B")],
        )
        service.active = True
        self.assertTrue(item.active)

    def test_deletion(self):
        """A service that nothing refers to goes with its item."""
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        item = service.ci_ids
        service.unlink()
        self.assertFalse(item.exists())

    def test_deletion_with_offering(self):
        """The relation that the catalogue made goes too."""
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        offering = service.create({"name": "B", "code": "T-B", "parent_id": service.id})
        items = service.ci_ids | offering.ci_ids
        self.assertTrue(offering.ci_ids.relation_source_ids)
        offering.unlink()
        service.unlink()
        self.assertFalse(items.exists() - items.exists().filtered("history_ids"))

    def test_deletion_of_one_with_a_past(self):
        """One that was renamed can still be deleted; its item stays, cancelled."""
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        item = service.ci_ids
        other = self._ci()
        self._relate(item, other)
        self.env.flush_all()
        service.name = "B"
        self.env.flush_all()
        service.unlink()
        self.assertTrue(item.exists())
        self.assertFalse(item.service_id)
        self.assertFalse(item.active)
        self.assertIn(item.state, ("dismantled", "cancelled"))
        self.assertEqual(self._lines(item)[0], ("name", "A", "B"))

    def test_item_is_not_deleted_alone(self):
        """Who deletes the item leaves its service without: refused."""
        item = self.service.ci_ids
        with self.assertRaises(UserError):
            item.with_user(self.ci_manager).unlink()

    def test_parent(self):
        """An offering needs its service; a change of parent changes that."""
        relation = self.offering.ci_ids.relation_source_ids
        self.assertEqual(relation.target_id, self.service.ci_ids)
        self.assertTrue(relation.is_catalogue)
        impact = self.service.ci_ids._impact()
        self.assertIn(self.offering.ci_ids.id, impact.depth)
        self.offering.parent_id = self.service_draft
        relation = self.offering.ci_ids.relation_source_ids
        self.assertEqual(relation.target_id, self.service_draft.ci_ids)

    def test_company(self):
        """A service that changes company takes its item along."""
        company, _manager = self._company_2()
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        service.company_id = company
        self.assertEqual(service.ci_ids.company_id, company)

    def test_markup(self):
        """Markup in the name of a service is text in its item."""
        service = self.env["itsm.service"].create({"name": "<b>%s</b>", "code": "T-M"})
        self.assertEqual(service.ci_ids.display_name, "<b>%s</b>")
