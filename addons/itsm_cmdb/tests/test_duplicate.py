# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_import import ImportCommon


@tagged("post_install", "-at_install")
class TestDuplicate(ImportCommon):
    """CFG-26: duplicates are found, looked at, and merged without losing anything."""

    def _find(self, user=None):
        groups = self.env["itsm.ci.duplicate"].with_user(user or self.ci_manager)
        groups.action_find()
        return groups.search([("state", "=", "open")])

    def _wizard(self, items, user=None):
        action = items.with_user(user or self.ci_manager).action_merge()
        return (
            self.env["itsm.ci.merge"]
            .with_user(user or self.ci_manager)
            .browse(action["res_id"])
        )

    # === Finding ===

    def test_rules(self):
        """Each rule finds its own; case, blanks and signs of names do not count."""
        pairs = {
            "serial": self._ci("a1", serial="X-1") | self._ci("a2", serial=" x-1 "),
            "asset_tag": self._ci("b1", asset_tag="T1")
            | self._ci("b2", asset_tag="t1"),
            "hostname": self._ci("c1", hostname="H.x") | self._ci("c2", hostname="h.X"),
            "external_id": self._ci("d1", external_id="7")
            | self._ci("d2", external_id="7"),
            "name": self._ci("Main Server-01") | self._ci("main_server 01"),
        }
        self._ci("Main Server-01", self.class_leaf_2)
        self._ci("a3", serial="X-1", state="cancelled")
        self._ci("a4", serial="X-1", active=False)
        self._ci("e1", serial="")
        self._ci("e2", serial="")
        found = {group.rule: group.ci_ids for group in self._find()}
        self.assertEqual(found, pairs)

    def test_distinct(self):
        """That they are not the same is remembered until another one joins them."""
        items = self._ci("a", serial="1") | self._ci("b", serial="1")
        group = self._find()
        group.action_distinct()
        self.assertEqual((group.state, group.user_id), ("distinct", self.ci_manager))
        self.assertFalse(self._find())
        items[1].hostname = items[0].hostname = "same"
        self.assertFalse(self._find())
        items |= self._ci("c", serial="1")
        self.assertEqual(self._find().ci_ids, items)
        group.action_reopen()
        self.assertIn(group.rule, self._find().mapped("rule"))

    def test_access(self):
        """Only configuration managers look and say; nobody writes a group by hand."""
        self._ci("a", serial="1")
        self._ci("b", serial="1")
        group = self._find()
        for user in (self.ci_reader, self.ci_owner, self.ci_auditor):
            with self.assertRaises(AccessError):
                self._find(user)
            with self.assertRaises(AccessError):
                group.with_user(user).action_distinct()
            with self.assertRaises(AccessError):
                group.ci_ids.with_user(user).action_merge()
            with self.assertRaises(AccessError):
                group.ci_ids.with_user(user)._merge_into(group.ci_ids[0])
        with self.assertRaises(AccessError):
            group.state = "merged"

    def test_companies(self):
        """Those of two companies are no duplicates and are not merged."""
        company, manager = self._company_2()
        one = self._ci("a", serial="1")
        two = self._ci("b", serial="1", company_id=company.id)
        self.assertFalse(self._find())
        self.assertFalse(self._find(manager))
        with self.assertRaisesRegex(UserError, "different companies"):
            (one | two)._merge_into(one)
        with self.assertRaises(AccessError):
            (one | two).with_user(self.ci_manager)._merge_into(one)

    # === Merging ===

    def test_values(self):
        """The wizard shows what differs and takes over what is chosen."""
        keep = self._ci("keep", serial="S", version="1", attributes={"t_int": 1})
        gone = self._ci(
            "gone",
            serial="S",
            version="2",
            hostname="h",
            attributes={"t_int": 2, "t_text": "x"},
        )
        self._relate(keep, self._ci("other"))
        wizard = self._wizard(keep | gone)
        self.assertEqual(wizard.keep_id, keep)
        lines = {line.name: line for line in wizard.line_ids}
        self.assertEqual(
            {name: line.from_id for name, line in lines.items()},
            {
                "name": keep,
                "version": keep,
                "hostname": gone,
                "attributes.t_int": keep,
                "attributes.t_text": gone,
            },
        )
        self.assertEqual(lines["attributes.t_int"].label, "Name of t_int")
        self.assertIn(f"{gone.number}: 2", lines["attributes.t_int"].values)
        lines["attributes.t_int"].from_id = gone
        wizard.action_merge()
        self.assertEqual((keep.name, keep.version, keep.hostname), ("keep", "1", "h"))
        self.assertEqual(self._raw(keep), {"t_int": 2, "t_text": "x"})
        self.assertEqual(
            (gone.active, gone.state, gone.merged_into_id), (False, "cancelled", keep)
        )

    def test_relations(self):
        """Relations go over, doubles and those between the two are dropped."""
        keep, gone, up, down = (self._ci(n) for n in ("keep", "gone", "up", "down"))
        both = self._relate(keep, down)
        self._relate(gone, down)
        between = self._relate(gone, keep, self.rel_both)
        moved = self._relate(up, gone)
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual(keep._relations_of(), both | moved)
        self.assertEqual(moved.target_id, keep)
        self.assertFalse(gone._relations_of() | between.exists())
        lines = [line[0] for line in self._lines(gone)]
        self.assertEqual(lines.count("relation"), 2)
        self.assertIn("merged_into_id", lines)

    def test_redundancy(self):
        """A redundancy and its members go over together."""
        keep, gone = self._ci("keep"), self._ci("gone")
        power = [self._ci("p1"), self._ci("p2")]
        group = self.env["itsm.ci.redundancy"].create(
            {"name": "power", "ci_id": gone.id, "required": 1}
        )
        members = [self._relate(item, gone, redundancy_id=group.id) for item in power]
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual(group.ci_id, keep)
        for member in members:
            self.assertEqual((member.target_id, member.redundancy_id), (keep, group))
        # one of two supplies fails: it holds
        self.assertNotIn(keep, power[0]._impact().reached)

    def test_members_merged(self):
        """Two members of a redundancy that are one: not more are asked than are."""
        top, one, two = self._ci("top"), self._ci("one"), self._ci("two")
        group = self.env["itsm.ci.redundancy"].create(
            {"name": "pair", "ci_id": top.id, "required": 1}
        )
        for item in (one, two):
            self._relate(item, top, redundancy_id=group.id)
        group.required = 2
        (one | two).with_user(self.ci_manager)._merge_into(one)
        self.assertEqual((len(group.relation_ids), group.required), (1, 1))

    def test_tickets_places_attributes(self):
        """Tickets, what stands in it and what points to it go over."""
        self.attribute["t_ci"] = self.env["itsm.ci.attribute"].create(
            {
                "class_id": self.class_base.id,
                "name": "Points to",
                "code": "t_ci",
                "kind": "many2one",
                "comodel": "itsm.ci",
            }
        )
        keep, gone = (self._ci(n, self.class_place) for n in ("keep", "gone"))
        inside = self._ci("inside", location_id=gone.id, attributes={"t_ci": gone.id})
        one, two = (self._create_ticket(name=name) for name in ("one", "two"))
        one.ci_ids = gone
        two.ci_ids = keep | gone
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual((one.ci_ids, two.ci_ids), (keep, keep))
        self.assertEqual(inside.location_id, keep)
        self.assertEqual(self._raw(inside)["t_ci"], keep.id)

    def test_location_of_the_other(self):
        """What stood in the other one stands where that stood, not in itself."""
        site = self._ci("site", self.class_place)
        gone = self._ci("gone", self.class_place, location_id=site.id)
        keep = self._ci("keep", self.class_place, location_id=gone.id)
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual(keep.location_id, site)

    def test_history(self):
        """CFG-16: the history of both is shown with the one that stays."""
        keep, gone = self._ci("keep"), self._ci("gone")
        gone.name = "gone 2"
        self.env.flush_all()
        before = self._lines(gone)
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual(self._lines(gone)[: len(before)], before)
        action = keep.with_user(self.ci_reader).action_view_history()
        lines = self.env["itsm.ci.history"].search(action["domain"])
        self.assertIn("gone 2", lines.mapped("new_text"))
        self.assertEqual(keep.history_count, len(lines))
        self.assertIn(gone, keep.merged_ids)

    def test_sources(self):
        """A source knows one item by two keys then; the second changes nothing."""
        rows = [
            {"ID": "a", "Name": "alpha", "Serial": "S-1"},
            {"ID": "b", "Name": "beta", "Serial": "S-2"},
        ]
        self._done(rows)
        keep, gone = self._item(serial="S-1"), self._item(serial="S-2")
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        links = self.source.link_ids
        self.assertEqual(links.ci_id, keep)
        self.assertEqual(
            {link.key: link.is_alias for link in links}, {"a": False, "b": True}
        )
        for _index in range(2):
            record = self._done(rows, is_complete=True)
            self.assertEqual(self._counts(record), {"unchanged": 1, "skipped": 1})
        self.assertEqual(set(links.mapped("state")), {"seen"})
        self.assertEqual(keep.name, "alpha")

    def test_refused(self):
        """Into itself, twice, services, archived ones, by RPC: refused."""
        one, two, three = (self._ci(n) for n in ("one", "two", "three"))
        with self.assertRaisesRegex(UserError, "two different"):
            one._merge_into(one)
        with self.assertRaisesRegex(UserError, "two different"):
            (one | two)._merge_into(three)
        (one | two)._merge_into(one)
        with self.assertRaisesRegex(UserError, "merged already"):
            (one | two)._merge_into(two)
        with self.assertRaisesRegex(UserError, "stays archived"):
            two.with_user(self.ci_manager).active = True
        with self.assertRaises(AccessError):
            three.with_user(self.ci_manager).merged_into_id = one
        made = self.env["itsm.ci"].with_user(self.ci_manager)
        made = made.create(self._ci_vals("x", merged_into_id=one.id))
        self.assertFalse(made.merged_into_id)
        service = self.env["itsm.service"].create({"name": "T service"})
        item = self.env["itsm.ci"].search([("service_id", "=", service.id)])
        with self.assertRaisesRegex(UserError, "stands for a service"):
            (item | three)._merge_into(three)
        wizard = self._wizard(item | three)
        self.assertEqual(wizard.keep_id, item)
        with self.assertRaises(AccessError):
            wizard.with_user(
                self._create_user("m2", "itsm_cmdb.itsm_group_ci_manager")
            ).action_merge()

    def test_wizard_of_list(self):
        """From the list: the chosen ones are in it, with what they differ in."""
        items = self._ci("a", serial="1") | self._ci("b", serial="2")
        wizard = (
            self.env["itsm.ci.merge"]
            .with_user(self.ci_manager)
            .with_context(active_model="itsm.ci", active_ids=items.ids)
            .create({})
        )
        self.assertEqual(wizard.ci_ids, items)
        self.assertEqual(set(wizard.line_ids.mapped("name")), {"name", "serial"})

    def test_group_is_settled(self):
        """A group is done once one of it is left."""
        items = self._ci("a", serial="1") | self._ci("b", serial="1")
        group = self._find()
        action = group.action_merge()
        wizard = self.env["itsm.ci.merge"].browse(action["res_id"])
        wizard.with_user(self.ci_manager).action_merge()
        self.assertEqual((group.state, group.user_id), ("merged", self.ci_manager))
        self.assertEqual(len(items.filtered("active")), 1)

    def test_three(self):
        """Several become one."""
        items = self._ci("a") | self._ci("b") | self._ci("c")
        other = self._ci("other")
        for item in items:
            self._relate(item, other)
        items.with_user(self.ci_manager)._merge_into(items[1])
        self.assertEqual(items.filtered("active"), items[1])
        self.assertEqual(len(other._relations_of()), 1)
        self.assertEqual(items[1].merged_ids, items[0] | items[2])

    def test_command(self):
        """An x2many command is no way around."""
        items = self._ci("a") | self._ci("b")
        with self.assertRaises(AccessError):
            items[0].with_user(self.ci_manager).write(
                {"merged_ids": [Command.link(items[1].id)]}
            )
            self.env.flush_all()
