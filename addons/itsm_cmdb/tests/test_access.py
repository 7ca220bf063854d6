# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from .common import CmdbCommon

#: Models of the addon that people read.
MODELS = (
    "itsm.ci",
    "itsm.ci.state",
    "itsm.ci.class",
    "itsm.ci.attribute",
    "itsm.ci.attribute.option",
    "itsm.ci.relation",
    "itsm.ci.relation.type",
    "itsm.ci.redundancy",
    "itsm.ci.history",
    "itsm.ci.impact",
    "itsm.ci.impact.line",
)


@tagged("post_install", "-at_install")
class TestAccess(CmdbCommon):
    """Who may do what (CFG-01, CFG-04, CFG-05, CFG-16, CFG-21)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own, cls.foreign, cls.nobodys = cls.env["itsm.ci"].create(
            [
                cls._ci_vals("own", owner_id=cls.ci_owner.id),
                cls._ci_vals("foreign", owner_id=cls.ci_owner_2.id),
                cls._ci_vals("nobody's"),
            ]
        )
        cls.relation = cls._relate(cls.own, cls.foreign)
        cls.relation_2 = cls._relate(cls.foreign, cls.nobodys)

    def _refused(self, act):
        with self.assertRaises(AccessError), self.cr.savepoint():
            act()
            self.env.flush_all()
        self.env.invalidate_all(flush=False)

    # === Said before, and in words ===

    def test_can_write(self):
        """CFG-05: who may not change it is told who may, before and when he tries."""
        items = self.own | self.foreign | self.nobodys

        def may(user):
            self.env.invalidate_all()
            return items.with_user(user).mapped("can_write")

        self.assertEqual(may(self.ci_owner), [True, False, False])
        self.assertEqual(may(self.ci_manager), [True, True, True])
        self.assertEqual(may(self.ci_reader), [False, False, False])
        self.assertTrue(self.env["itsm.ci"].with_user(self.ci_owner).new().can_write)
        owner = re.escape(self.foreign.owner_id.name)
        with self.assertRaisesRegex(AccessError, f"Only {owner}, the owner of foreign"):
            self.foreign.with_user(self.ci_owner).name = "x"
        with self.assertRaisesRegex(AccessError, "nobody's has no owner"):
            self.nobodys.with_user(self.ci_reader).name = "x"
        self.own.company_id = self.env.company
        _company, manager_2 = self._company_2()
        with self.assertRaises(AccessError) as caught:
            self.own.with_user(manager_2).name = "x"
        self.assertNotIn(self.ci_owner.name, str(caught.exception))

    def test_can_write_queries(self):
        """Constant queries for any number of items."""
        counts = []
        for number in (2, 50):
            items = self.env["itsm.ci"].create(
                [self._ci_vals(f"q{i}") for i in range(number)]
            )
            self.env.flush_all()
            items = items.with_user(self.ci_owner)
            items.mapped("can_write")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items.mapped("can_write")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # === Who gets in ===

    def test_outsiders(self):
        """Portal, public, employees and helpdesk users without right get nothing."""
        public = self.env.ref("base.public_user")
        users = (self.portal_user, public, self.employee, self.helpdesk_user)
        for user in users:
            for model_name in (*MODELS, "itsm.ci.class.change"):
                model = self.env[model_name].with_user(user)
                for operation in ("read", "write", "create", "unlink"):
                    self.assertFalse(
                        model.has_access(operation), (user.login, model_name, operation)
                    )
            self._refused(lambda user=user: self.own.with_user(user).read(["name"]))
            self._refused(lambda user=user: self.own.with_user(user).search([]))

    def test_readers(self):
        """Reader and agent (who is one) read all, and change nothing."""
        self.own.version = "2"
        self.env.flush_all()
        for user in (self.ci_reader, self.agent, self.ci_auditor):
            for model_name in MODELS:
                self.env[model_name].with_user(user).search([]).read()
            item = self.own.with_user(user)
            self.assertEqual(item.version, "2")
            self.assertTrue(item.history_ids)
            for act in (
                lambda item=item: item.write({"name": "x"}),
                lambda item=item: item.write({"attributes": {"t_int": 1}}),
                lambda item=item: item.action_dismantle(),
                lambda item=item: item.create(self._ci_vals()),
                lambda item=item: item.copy(),
                lambda item=item: item.unlink(),
            ):
                self._refused(act)
            relation = self.relation.with_user(user)
            for act in (
                lambda relation=relation: relation.write({"note": "x"}),
                lambda relation=relation: relation.action_end_today(),
                lambda relation=relation: relation.unlink(),
                lambda relation=relation: relation.copy({"type_id": self.rel_none.id}),
            ):
                self._refused(act)
            for record in (self.class_leaf, self.attribute["t_int"], self.rel_both):
                self._refused(
                    lambda record=record, user=user: record.with_user(user).write(
                        {"name": "x"}
                    )
                )
            change = self.env["itsm.ci.class.change"].with_user(user)
            self._refused(
                lambda change=change: change.create(
                    {"ci_ids": self.own.ids, "class_id": self.class_leaf_2.id}
                )
            )

    def test_roles(self):
        """Three roles with distinct rights (CFG-01); who implies whom."""
        reader = "itsm_cmdb.itsm_group_ci_reader"
        self.assertFalse(self.ci_auditor.has_group("itsm_cmdb.itsm_group_ci_owner"))
        self.assertFalse(self.ci_owner.has_group("itsm_cmdb.itsm_group_ci_manager"))
        for user in (self.agent, self.ci_auditor, self.ci_owner, self.ci_manager):
            self.assertTrue(user.has_group(reader))
        self.assertFalse(self.agent.has_group("itsm_cmdb.itsm_group_ci_owner"))
        self.assertTrue(self.manager.has_group("itsm_cmdb.itsm_group_ci_manager"))

    # === Owner ===

    def test_owner(self):
        """An owner keeps his own items, and no others (CFG-04)."""
        own = self.own.with_user(self.ci_owner)
        own.write({"version": "2", "attributes": {"t_int": 1}})
        own.action_test()
        made = own.create(self._ci_vals("made", owner_id=self.ci_owner.id))
        self.assertEqual(made.owner_id, self.ci_owner)
        self._refused(own.unlink)
        # nobody named: it is his own
        made = own.create(self._ci_vals("made too"))
        self.assertEqual(made.owner_id, self.ci_owner)
        for other in (self.ci_manager.id, False):
            vals = self._ci_vals("for another", owner_id=other)
            self._refused(lambda vals=vals: own.create(vals))
        for env in (self.env(user=self.ci_manager), own.sudo().env):
            self.assertFalse(env["itsm.ci"].create(self._ci_vals("none")).owner_id)
        for item in (self.foreign, self.nobodys):
            item = item.with_user(self.ci_owner)
            self.assertEqual(item.name, item.sudo().name)
            self._refused(lambda item=item: item.write({"version": "2"}))
            self._refused(lambda item=item: item.write({"owner_id": self.ci_owner.id}))
            self._refused(lambda item=item: item.action_test())
        self._refused(
            lambda: (
                (self.own | self.foreign)
                .with_user(self.ci_owner)
                .write({"version": "3"})
            )
        )

    def test_owner_relations(self):
        """An owner of one end keeps the relation (CFG-04)."""
        relations = self.env["itsm.ci.relation"].with_user(self.ci_owner)
        made = relations.create(
            {
                "type_id": self.rel_none.id,
                "source_id": self.nobodys.id,
                "target_id": self.own.id,
            }
        )
        made.date_end = "2030-01-01"
        made.unlink()
        self.relation.with_user(self.ci_owner).note = "x"
        self.relation.with_user(self.ci_owner_2).note = "y"
        self._refused(
            lambda: self.relation_2.with_user(self.ci_owner).write({"note": "x"})
        )
        self._refused(self.relation_2.with_user(self.ci_owner).unlink)
        self._refused(
            lambda: relations.create(
                {
                    "type_id": self.rel_none.id,
                    "source_id": self.foreign.id,
                    "target_id": self.nobodys.id,
                }
            )
        )

    def test_owner_leads_relation_elsewhere(self):
        """His relation does not become one between two items of others."""
        relation = self.relation.with_user(self.ci_owner)
        self._refused(
            lambda: relation.write(
                {"source_id": self.nobodys.id, "target_id": self.foreign.id}
            )
        )
        relation.target_id = self.nobodys

    def test_owner_redundancies(self):
        """Redundancies of his items, that stay of his items."""
        redundancies = self.env["itsm.ci.redundancy"].with_user(self.ci_owner)
        mine = redundancies.create({"name": "R", "ci_id": self.own.id})
        mine.name = "S"
        self._refused(lambda: mine.write({"ci_id": self.foreign.id}))
        self._refused(
            lambda: redundancies.create({"name": "R", "ci_id": self.foreign.id})
        )
        theirs = mine.sudo().create({"name": "R", "ci_id": self.foreign.id})
        self._refused(lambda: theirs.with_user(self.ci_owner).write({"required": 2}))

    # === Manager ===

    def test_manager(self):
        """A configuration manager keeps all, and the definitions (CFG-02)."""
        items = (self.own | self.foreign | self.nobodys).with_user(self.ci_manager)
        items.write({"version": "2", "attributes": {"t_int": 1}})
        self.own.purchase_price = 5.0
        self.assertFalse(items[0].copy().sudo().purchase_price)
        self.assertEqual(self.own.copy().purchase_price, 5.0)
        self.relation_2.with_user(self.ci_manager).note = "x"
        self.relation_2.with_user(self.ci_manager).unlink()
        self.class_leaf.with_user(self.ci_manager).name = "Renamed"
        self.attribute["t_int"].with_user(self.ci_manager).unit = "GB"
        self.rel_both.with_user(self.ci_manager).name = "Renamed"
        made = self.class_leaf.with_user(self.ci_manager).create(
            {"name": "New", "code": "t_new", "number_prefix": "NEW-"}
        )
        item = items.create({"name": "x", "class_id": made.id})
        self.assertEqual(item.number, "NEW-00001")
        item.state = "cancelled"
        made_too = items.create({"name": "x", "class_id": made.id, "state": "ordered"})
        made_too.unlink()
        self._refused(
            lambda: (
                self.env["itsm.ci.state"]
                .with_user(self.ci_manager)
                .search([], limit=1)
                .write({"name": "x"})
            )
        )

    # === What nobody writes by remote call ===

    def test_fixed_by_rpc(self):
        """Number, origin and service are refused or left out, whoever asks."""
        for user in (self.ci_owner, self.ci_manager, self.manager):
            own = self.own.with_user(user)
            for vals in (
                {"number": "X-1"},
                {"origin": "api"},
                {"service_id": self.service.id},
            ):
                with self.assertRaises(UserError):
                    own.write(vals)
                with self.assertRaises(UserError):
                    own.web_save(vals, {"name": {}})
            made = own.create(
                self._ci_vals(
                    "made", number="X-1", origin="api", owner_id=self.ci_owner.id
                )
            )
            self.assertNotEqual(made.number, "X-1")
            self.assertEqual(made.origin, "system")

    def test_price(self):
        """The price is for who may see money."""
        self.own.purchase_price = 5.0
        for user in (self.ci_reader, self.ci_owner, self.ci_manager):
            item = self.own.with_user(user)
            self.assertNotIn("purchase_price", item.read()[0])
            self._refused(lambda item=item: item.read(["purchase_price"]))
            self._refused(lambda item=item: item.search([("purchase_price", ">", 1)]))
        both = self._create_user(
            "ci-money",
            "itsm_cmdb.itsm_group_ci_reader,itsm_base.itsm_group_finance",
        )
        self.assertEqual(self.own.with_user(both).purchase_price, 5.0)

    # === Companies ===

    def test_companies(self):
        """Who works in one company neither sees nor changes what is another's."""
        company, manager_2 = self._company_2()
        theirs = self._ci("theirs", company_id=company.id)
        shared = self._ci("shared", company_id=False)
        relation = self._relate(theirs, shared)
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "R", "ci_id": theirs.id}
        )
        theirs.version = "2"
        relation.date_end = "2030-01-01"
        self.env.flush_all()
        for user in (self.ci_reader, self.ci_manager, self.agent):
            items = self.env["itsm.ci"].with_user(user)
            self.assertNotIn(theirs, items.search([]))
            self.assertIn(shared, items.search([]))
            self._refused(lambda user=user: theirs.with_user(user).read(["name"]))
            self._refused(lambda user=user: relation.with_user(user).read(["type_id"]))
            self._refused(lambda user=user: redundancy.with_user(user).read(["name"]))
            lines = self.env["itsm.ci.history"].with_user(user)
            self.assertFalse(lines.search([("ci_id", "=", theirs.id)]))
            self.assertFalse(shared.with_user(user).relation_target_ids)
            self.assertEqual(shared.with_user(user).relation_count, 0)
        seen = theirs.with_user(manager_2)
        self.assertEqual(seen.version, "2")
        seen.version = "3"
        self.assertEqual(seen.relation_source_ids, relation)
        self._refused(lambda: self.own.with_user(manager_2).read(["name"]))
        made = seen.create(self._ci_vals("made"))
        self.assertEqual(made.company_id, company)

    def test_history_of_both_companies(self):
        """A line about a relation does not name an item of another company."""
        company, _manager = self._company_2()
        theirs = self._ci("secret", company_id=company.id)
        shared = self._ci("shared", company_id=False)
        relation = self._relate(shared, theirs)
        relation.date_end = "2030-01-01"
        self.env.flush_all()
        self.assertEqual(len(shared.history_ids), 1)
        self.env.invalidate_all()
        self.assertFalse(shared.with_user(self.ci_reader).history_ids)
        self.assertEqual(shared.with_user(self.ci_reader).history_count, 0)

    def test_wizard_of_another(self):
        """Nobody reads, changes or confirms the assistant of somebody else."""
        action = self.own.with_user(self.ci_reader).action_impact()
        wizard = self.env["itsm.ci.impact"].browse(action["res_id"])
        line = wizard.line_ids[:1]
        self.assertTrue(line)
        self.assertTrue(line.with_user(self.ci_reader).path)
        for user in (self.agent, self.ci_manager):
            other = wizard.with_user(user)
            self._refused(lambda other=other: other.read(["total"]))
            self._refused(lambda other=other: other.write({"depth": 1}))
            self._refused(lambda other=other: other.action_again())
            self._refused(lambda other=other: other.action_confirm())
            self._refused(lambda user=user: line.with_user(user).read(["path"]))

    def test_wizard_of_what_is_hidden(self):
        """The assistant is no way around the rules of items."""
        company, _manager = self._company_2()
        theirs = self._ci("theirs", company_id=company.id)
        wizards = self.env["itsm.ci.impact"].with_user(self.ci_reader)
        self._refused(lambda: wizards.create({"ci_ids": theirs.ids}))

    def test_wizard_of_a_ticket(self):
        """The assistant tells nobody the title of a ticket he may not read (CFG-25)."""
        # without a right to the service desk one reads what one has asked oneself
        secret = self._create_ticket(name="Secret")
        known = self._create_ticket(partner_id=self.ci_reader.partner_id.id)
        self.assertFalse(secret.with_user(self.ci_reader).has_access("read"))
        self.assertTrue(known.with_user(self.ci_reader).has_access("read"))
        wizards = self.env["itsm.ci.impact"].with_user(self.ci_reader)
        vals = {"ci_ids": self.own.ids}
        self._refused(lambda: wizards.create({**vals, "ticket_id": secret.id}))
        self._refused(
            lambda: wizards.with_context(default_ticket_id=secret.id).create(vals)
        )
        spec = {"ticket_id": {"fields": {"display_name": {}}}}
        self._refused(
            lambda: wizards.with_context(default_ticket_id=secret.id).onchange(
                {}, [], spec
            )
        )
        wizard = wizards.create(vals)
        self._refused(lambda: wizard.write({"ticket_id": secret.id}))
        self._refused(
            lambda: wizard.web_save({"ticket_id": secret.id}, {"ticket_id": {}})
        )
        wizard.write({"ticket_id": known.id})
        self.assertEqual(wizard.ticket_id, known)

    def test_owner_moves_company(self):
        """An owner moves his item only to a company where he works (CFG-04)."""
        company, _manager = self._company_2()
        own = self._ci("mine", owner_id=self.ci_owner.id)
        self._refused(
            lambda: own.with_user(self.ci_owner).write({"company_id": company.id})
        )
        self.assertEqual(own.company_id, self.company)
        both = self._create_user(
            "ci-owner-both",
            "itsm_cmdb.itsm_group_ci_owner",
            company_id=self.company.id,
            company_ids=[Command.set((self.company | company).ids)],
        )
        own.owner_id = both
        mine = own.with_user(both).with_context(
            allowed_company_ids=(self.company | company).ids
        )
        mine.company_id = company
        self.assertEqual(own.company_id, company)
        mine.company_id = False
        self.assertFalse(own.company_id)

    def test_new_users(self):
        """A user without any group of the service desk has no right."""
        user = new_test_user(self.env, "plain-one", groups="base.group_user")
        self._refused(lambda: self.own.with_user(user).action_impact())
        self._refused(lambda: self.own.with_user(user)._as_of("2026-01-01"))
