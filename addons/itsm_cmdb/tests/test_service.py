# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

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
        # it is planned only
        self.assertEqual(item.state, "test")
        self.assertEqual(item.origin, "system")
        self.assertRegex(item.number, r"^SVC-\d{5}$")
        self.assertFalse(item.message_ids)
        self.assertEqual(service.action_view_ci()["res_id"], item.id)

    def test_state(self):
        """CFG-15: planned is in test, offered is in use, retired is dismantled and
        takes no part in impact; what comes back to life is in use again."""
        service, other = self.env["itsm.service"].create(
            [{"name": f"S{n}", "code": f"T-S{n}"} for n in range(2)]
        )
        seen = []
        for state in (
            *("proposed", "design", "transition", "live", "changing", "retiring"),
            *("retired", "live", "proposed", "retired"),
        ):
            service.state = state
            seen.append(service.ci_ids.state)
        self.assertEqual(
            seen,
            [*["test"] * 3, *["use"] * 3, "dismantled", "use", "test", "dismantled"],
        )
        self.assertEqual(other.ci_ids.state, "test")
        server = self._ci()
        for item in (service | other).ci_ids:
            self._relate(server, item)
        self.assertEqual(server._impact().reached, other.ci_ids.ids)
        # made in that state at once
        live = self.env["itsm.service"].create(
            {"name": "L", "code": "T-LIVE", "state": "live"}
        )
        self.assertEqual(live.ci_ids.state, "use")

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
        """Who deletes the item of a service leaves that without: refused."""
        service = self.env["itsm.service"].create({"name": "Alone", "code": "T-A"})
        item = service.ci_ids
        self.assertFalse(item.relation_source_ids | item.relation_target_ids)
        for user in (self.ci_manager, self.env.ref("base.user_admin")):
            with self.assertRaisesRegex(UserError, "stands for a service"):
                item.with_user(user).unlink()
            with self.assertRaisesRegex(UserError, "stands for a service"):
                item.with_user(user).sudo().unlink()
        self.assertEqual(service.ci_ids, item)
        # the service takes it along
        service.unlink()
        self.assertFalse(item.exists())

    def test_item_is_not_changed_alone(self):
        """What follows the service is changed there, the rest by its owner (CFG-15)."""
        service = self.env["itsm.service"].create({"name": "Alone", "code": "T-A"})
        item = service.ci_ids
        company, _manager = self._company_2()
        plain = self._ci("plain")
        for vals in (
            {"name": "B"},
            {"class_id": self.class_leaf.id},
            {"company_id": company.id},
            {"company_id": False},
            {"criticality": "1"},
            {"active": False},
            {"state": "dismantled"},
        ):
            for user in (self.ci_manager, self.env.ref("base.user_admin")):
                with (
                    self.subTest(vals=vals, user=user.login),
                    self.assertRaisesRegex(UserError, "follows the service"),
                ):
                    item.with_user(user).write(vals)
                with self.assertRaisesRegex(UserError, "follows the service"):
                    (plain | item).with_user(user).sudo().write(vals)
        mine = item.with_user(self.ci_manager)
        with self.assertRaises(UserError):
            mine.action_dismantle()
        with self.assertRaises(UserError):
            mine.action_archive()
        mine.write(
            {
                "name": "Alone",
                "class_id": item.class_id.id,
                "company_id": item.company_id.id,
                "criticality": item.criticality,
                "active": True,
                "state": item.state,
                "owner_id": self.ci_owner.id,
                "version": "2",
            }
        )
        self.assertEqual((item.owner_id, item.version), (self.ci_owner, "2"))
        # of the others nothing is held back
        (plain | item).with_user(self.ci_manager).write({"name": "Alone"})
        self.assertEqual(plain.name, "Alone")

    # === Definitions of the CMDB ===

    def test_definitions_do_not_stop_services(self):
        """Whatever the CMDB asks of a service's item, the service is made (CFG-15)."""
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        kind = self.env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
        self.env["itsm.ci.attribute"].create(
            {
                "class_id": ci_class.id,
                "name": "Must",
                "code": "t_must",
                "kind": "char",
                "required": True,
            }
        )
        setting = self.env["itsm.enforcement.setting"].search(
            [
                ("rule_id.code", "=", "ci_incomplete"),
                ("company_id", "=", self.company.id),
            ]
        )
        setting.write({"mode": "block", "block_from": False})
        state = self.env["itsm.ci.state"].search([("code", "=", "dismantled")])
        ci_class.write({"name_pattern": r"\d+", "state_ids": [Command.set(state.ids)]})
        kind.write(
            {
                "source_class_ids": [Command.set(self.class_leaf.ids)],
                "target_class_ids": [Command.set(self.class_leaf.ids)],
                "max_sources": 1,
                "max_targets": 1,
            }
        )
        ci_class.active = False
        kind.active = False
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        service.state = "live"
        offerings = service.create(
            [
                {"name": f"O{n}", "code": f"T-O{n}", "parent_id": service.id}
                for n in range(3)
            ]
        )
        self.assertEqual(service.ci_ids.class_id, ci_class)
        self.assertEqual(service.ci_ids.state, "use")
        relations = offerings.ci_ids.relation_source_ids
        self.assertEqual(len(relations), 3)
        self.assertEqual(relations.target_id, service.ci_ids)
        service.write({"name": "B", "criticality": "1"})
        self.assertEqual(service.ci_ids.name, "B")
        # nor what is written of them as it is, by an import for instance
        service.ci_ids.with_user(self.ci_manager).write(
            {"name": "B", "class_id": ci_class.id, "state": "use", "version": "2"}
        )
        self.assertEqual(service.ci_ids.version, "2")
        # what people record keeps the rules
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._ci("no number", ci_class)
        one, two = self._ci(ci_class=self.class_other), self._ci()
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._relate(one, two, kind)

    def test_only_groups_others(self):
        """A class of services that only groups others stops no service either."""
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ci_class SET is_abstract = true WHERE id = %s", [ci_class.id]
        )
        self.env.invalidate_all()
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        self.assertEqual(service.ci_ids.class_id, ci_class)

    def test_definitions_are_kept(self):
        """The class and the relation that services need cannot be deleted."""
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        kind = self.env.ref("itsm_cmdb.itsm_ci_relation_type_depends_on")
        self.env.flush_all()
        # nothing refers to them
        self.env.cr.execute(
            "UPDATE itsm_ci SET class_id = %s WHERE class_id = %s",
            [self.class_other.id, ci_class.id],
        )
        self.env.cr.execute(
            "DELETE FROM itsm_ci_relation WHERE type_id = %s", [kind.id]
        )
        self.env.cr.execute(
            "DELETE FROM itsm_ci_relation_type_target_rel WHERE class_id = %s",
            [ci_class.id],
        )
        self.env.invalidate_all()
        for record in (ci_class, kind):
            for context in ({}, {"_force_unlink": True}):
                with self.assertRaisesRegex(UserError, "it is kept"):
                    record.with_user(self.ci_manager).with_context(**context).unlink()
        # another goes
        self.class_leaf_2.with_user(self.ci_manager).unlink()
        self.assertFalse(self.class_leaf_2.exists())

    # === Name ===

    def test_language(self):
        """The item is named in the language of the main company, whoever writes."""
        self.env["res.lang"]._activate_lang("zh_CN")
        main = self.env["res.company"]._get_main_company()
        main.partner_id.lang = "en_US"
        services = self.env["itsm.service"]
        service = services.create({"name": "Payroll", "code": "T-A"})
        item = service.ci_ids
        self.env.flush_all()
        service.with_context(lang="zh_CN").name = "工资"
        service.with_context(lang="zh_CN").criticality = "1"
        self.assertEqual(item.name, "Payroll")
        self.assertEqual(self._lines(item), [("criticality", "3", "1")])
        main.partner_id.lang = "zh_CN"
        # only what was written is written
        service.with_context(lang="en_US").criticality = "2"
        self.assertEqual(item.name, "Payroll")
        service.with_context(lang="en_US").name = "Pay"
        self.assertEqual(item.name, "工资")
        service.update_field_translations("name", {"zh_CN": "薪资"})
        self.assertEqual(item.name, "薪资")
        # one that has no name in that language has its name in English
        other = services.with_context(lang="en_US").create(
            {"name": "Mail", "code": "T-B"}
        )
        self.assertEqual(other.ci_ids.name, "Mail")
        main.partner_id.lang = False
        service.with_context(lang="zh_CN").name = "工资"
        self.assertEqual(item.name, "Pay")

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

    def test_parent_is_changed_in_catalogue(self):
        """CFG-15: a relation from the catalogue is neither ended, led elsewhere nor
        deleted, by owner or manager; its note is theirs."""
        relation = self.offering.ci_ids.relation_source_ids
        items = relation.source_id | relation.target_id
        items.owner_id = self.ci_owner
        other = self._ci("other", owner_id=self.ci_owner.id, company_id=False)
        for user in (self.ci_owner, self.ci_manager):
            mine = relation.with_user(user)
            for act in (
                mine.unlink,
                mine.action_end_today,
                mine.sudo().unlink,
                lambda mine=mine: mine.write({"date_start": "2026-01-01"}),
                lambda mine=mine: mine.write({"date_end": "2026-01-01"}),
                lambda mine=mine: mine.write({"type_id": self.rel_none.id}),
                lambda mine=mine: mine.write({"source_id": other.id}),
                lambda mine=mine: mine.write({"target_id": other.id}),
                lambda mine=mine: mine.source_id.write(
                    {"relation_source_ids": [Command.delete(mine.id)]}
                ),
            ):
                with (
                    self.assertRaisesRegex(UserError, "service catalogue"),
                    self.cr.savepoint(),
                ):
                    act()
            mine.note = f"by {user.login}"
            # one that people made is theirs
            kind = self.rel_none if user == self.ci_owner else self.rel_both
            self._relate(other, relation.source_id, kind).with_user(user).unlink()
        self.offering.parent_id = False
        self.assertFalse(relation.exists())

    def test_catalogue_in_views(self):
        """CFG-15: what comes from the catalogue is read-only in lists."""
        arch = self.env["itsm.ci.relation"].get_view(view_type="list")["arch"]
        tree = etree.fromstring(arch)
        names = tree.xpath("//field[@readonly='is_catalogue']/@name")
        self.assertEqual(
            set(names), {"type_id", "source_id", "target_id", "date_start", "date_end"}
        )
        self.assertTrue(tree.xpath("//field[@name='is_catalogue']"))
        with Form(self.offering.ci_ids.with_user(self.ci_manager)) as form:
            with form.relation_source_ids.edit(0) as line:
                with self.assertRaises(AssertionError):
                    line.date_end = "2026-01-01"
                line.redundancy_id = self.env["itsm.ci.redundancy"]

    def test_company(self):
        """A service that changes company takes its item along."""
        company, _manager = self._company_2()
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        service.company_id = company
        self.assertEqual(service.ci_ids.company_id, company)

    def test_company_of_service_and_offering(self):
        """A service and its offerings change company together."""
        company, _manager = self._company_2()
        service = self.env["itsm.service"].create({"name": "A", "code": "T-A"})
        offering = service.create({"name": "B", "code": "T-B", "parent_id": service.id})
        both = service | offering
        both.write({"company_id": company.id})
        self.assertEqual(both.ci_ids.company_id, company)
        self.assertEqual(both.ci_ids.mapped("name"), ["A", "B"])
        both.write({"company_id": self.company.id, "name": "C", "criticality": "1"})
        self.assertEqual(both.ci_ids.company_id, self.company)
        self.assertEqual(both.ci_ids.mapped("name"), ["C", "C"])
        self.assertEqual(both.ci_ids.mapped("criticality"), ["1", "1"])

    def test_markup(self):
        """Markup in the name of a service is text in its item."""
        service = self.env["itsm.service"].create({"name": "<b>%s</b>", "code": "T-M"})
        self.assertEqual(service.ci_ids.display_name, "<b>%s</b>")
