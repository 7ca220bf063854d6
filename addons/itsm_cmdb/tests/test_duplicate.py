# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

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

    def test_address(self):
        """The address of the list looks for them as the menu does."""
        self._ci("a", serial="1")
        self._ci("b", serial="1")
        self.env.flush_all()
        found = (
            self.env["ir.actions.actions"]
            .sudo()
            .search([("path", "=", "itsm-ci-duplicates")])
        )
        self.assertEqual(found.type, "ir.actions.server")
        menu = self.env.ref("itsm_cmdb.itsm_ci_duplicate_menu")
        self.assertEqual(menu.action.id, found.id)
        action = menu.action.with_user(self.ci_manager).run()
        # the server's path is taken where the window has none: so is a bookmark's
        self.assertFalse(action["path"])
        groups = self.env[action["res_model"]].search([("state", "=", "open")])
        self.assertIn(2, groups.mapped("ci_count"))

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

    def test_shared(self):
        """What belongs to all companies is merged by who works in all of them, and
        all that hangs on it goes over, whichever companies are ticked."""
        company, _manager = self._company_2()
        shared = {"company_id": False}
        keep = self._ci("keep", self.class_place, **shared)
        gone = self._ci("gone", self.class_place, **shared)
        theirs = self._ci("theirs", location_id=gone.id, company_id=company.id)
        relation = self._relate(gone, theirs)
        group = self.env["itsm.ci.redundancy"].create(
            {"name": "pair", "ci_id": theirs.id, "required": 1}
        )
        relation.redundancy_id = group
        with self.assertRaises(AccessError):
            (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        with self.assertRaises(AccessError):
            (keep | gone).with_user(self.ci_manager).action_merge()
        items = (keep | gone).with_user(self._everywhere())
        items = items.with_context(allowed_company_ids=self.env.company.ids)
        items._merge_into(keep.with_env(items.env))
        self.assertEqual((relation.source_id, theirs.location_id), (keep, keep))
        self.assertEqual(relation.redundancy_id, group)
        self.assertFalse(gone._relations_of())

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

    def test_relation_dates(self):
        """The same relation without end from two days: the earlier one counts."""
        keep, gone, third = (self._ci(n) for n in ("keep", "gone", "third"))
        ends = [self._ci(f"end {index}") for index in range(3)]
        days = [
            ("2026-02-01", "2026-01-01", "2026-01-01"),
            ("2026-01-01", "2026-02-01", "2026-01-01"),
            ("2026-01-01", False, False),
        ]
        for end, (one, two, _day) in zip(ends, days, strict=True):
            self._relate(keep, end, date_start=one)
            self._relate(gone, end, date_start=two)
        # between the two that go
        self._relate(third, ends[0], date_start="2026-01-15")
        (keep | gone | third).with_user(self.ci_manager)._merge_into(keep)
        self.env.flush_all()
        for end, (_one, _two, day) in zip(ends, days, strict=True):
            relation = end._relations_of()
            self.assertEqual(relation.source_id, keep)
            self.assertEqual(relation.date_start, fields.Date.to_date(day) or False)

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

    def test_points_to_itself(self):
        """An attribute of what stays that pointed to the other one is cleared."""
        self.env["itsm.ci.attribute"].create(
            {
                "class_id": self.class_base.id,
                "name": "Points to",
                "code": "t_ci",
                "kind": "many2one",
                "comodel": "itsm.ci",
            }
        )
        gone = self._ci("gone")
        keep = self._ci("keep", attributes={"t_ci": gone.id})
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertFalse(self._raw(keep).get("t_ci"))
        # neither by a value that is taken over
        other = self._ci("other", attributes={"t_ci": keep.id})
        vals = {"attributes": {"t_ci": keep.id}}
        (keep | other).with_user(self.ci_manager)._merge_into(keep, vals)
        self.assertFalse(self._raw(keep).get("t_ci"))

    def test_price_and_currency(self):
        """A price is taken over with its currency; a “no” is no missing value."""
        euro, dollar = self.env.ref("base.EUR"), self.env.ref("base.USD")
        keep = self._ci("keep", currency_id=euro.id, attributes={"t_bool": False})
        gone = self._ci(
            "gone",
            currency_id=dollar.id,
            purchase_price=100,
            portal_visible=True,
            attributes={"t_bool": True},
        )
        self.ci_manager.group_ids += self.env.ref("itsm_base.itsm_group_finance")
        self._relate(keep, self._ci("other"))
        wizard = self._wizard(keep | gone)
        lines = {line.name: line for line in wizard.line_ids}
        self.assertEqual(wizard.keep_id, keep)
        self.assertEqual(lines["portal_visible"].from_id, keep)
        self.assertEqual(lines["attributes.t_bool"].from_id, keep)
        lines["purchase_price"].from_id = gone
        self.assertIn("USD", lines["purchase_price"].values)
        wizard.action_merge()
        self.assertEqual((keep.purchase_price, keep.currency_id), (100, dollar))
        self.assertFalse(keep.portal_visible)

    def test_service_stays(self):
        """What follows the service is not offered; the merge passes."""
        service = self.env["itsm.service"].create({"name": "T service"})
        item = self.env["itsm.ci"].search([("service_id", "=", service.id)])
        other = self._ci("other", company_id=item.company_id.id, criticality="1")
        other.hostname = "h"
        wizard = self._wizard(item | other, self._everywhere())
        names = set(wizard.line_ids.mapped("name"))
        self.assertIn("hostname", names)
        self.assertFalse(names & {"name", "criticality", "protection_level"})
        # nor taken over if somebody asks for it all the same
        wizard.line_ids.create(
            {"merge_id": wizard.id, "name": "name", "from_id": other.id}
        )
        wizard.action_merge()
        self.assertEqual((item.name, item.hostname), ("T service", "h"))

    def _everywhere(self):
        """A manager who works in all companies."""
        return self._create_user(
            "ci-manager-everywhere",
            "itsm_cmdb.itsm_group_ci_manager",
            company_ids=[Command.set(self.env["res.company"].search([]).ids)],
        )

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

    def test_second_key(self):
        """A second key does not vanish and cannot be dismantled: the item is there."""
        rows = [
            {"ID": "a", "Name": "alpha", "Serial": "S-1"},
            {"ID": "b", "Name": "beta", "Serial": "S-2"},
        ]
        self.source.write({"on_vanished": "propose", "missing_runs": 1})
        self._done(rows)
        self._done(rows[:1], is_complete=True)
        alias = self.source.link_ids.filtered(lambda link: link.key == "b")
        self.assertEqual(alias.state, "proposed")
        keep, gone = self._item(serial="S-1"), self._item(serial="S-2")
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual((alias.is_alias, alias.state), (True, "seen"))
        record = self._import(rows[:1], is_complete=True)
        self.assertEqual(record.vanished_count, 0)
        record.action_import()
        self.assertEqual((record.vanished_count, alias.state), (0, "seen"))
        guard.with_token(alias).state = "missing"
        with self.assertRaises(UserError):
            alias.with_user(self.ci_manager).action_dismantle()
        self.assertNotEqual(keep.state, "dismantled")
        # recognised by what it has under a third key: the first key is given up
        record = self._done([{**rows[0], "ID": "c"}])
        self.assertEqual(self._counts(record), {"unchanged": 1})
        keys = {link.key: link.is_alias for link in self.source.link_ids}
        self.assertEqual(keys, {"b": True, "c": False})

    def test_relations_of_second_key(self):
        """Rows of a second key make and end no relations, but are found as ends."""
        source = self._source(
            "t_alias", {"Name": "name", "Serial": "serial"}, key_column="Name"
        )
        self.env["itsm.ci.source.relation"].create(
            {
                "source_id": source.id,
                "column": "Needs",
                "type_id": self.rel_backward.id,
                "match": "key",
                "ends": True,
            }
        )
        rows = [
            {"Name": "a", "Serial": "1", "Needs": "c"},
            {"Name": "b", "Serial": "2", "Needs": "d"},
            {"Name": "c", "Serial": "3", "Needs": ""},
            {"Name": "d", "Serial": "4", "Needs": "b"},
        ]
        self._done(rows, source)
        keep, gone = self._item(serial="1"), self._item(serial="2")
        other = self._item(serial="4")
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        end = keep._relations_of().filtered(lambda r: r.source_id == keep)
        end.filtered(lambda r: r.target_id == other).unlink()
        for _index in range(2):
            record = self._done(rows, source)
            self.assertEqual((record.related_count, record.ended_count), (0, 0))
            self.assertEqual(record.relation_error_count, 0)
        self.assertEqual(
            {(r.source_id, r.target_id) for r in keep._relations_of()},
            {(keep, self._item(serial="3")), (other, keep)},
        )

    def test_references(self):
        """Plans, reservations and places of plans follow the one that stays."""
        licence = self.env["itsm.ci"]._licence_class()
        keep, gone = self._ci("keep", licence), self._ci("gone", licence)
        reservation = self.env["itsm.ci.licence.reservation"].create(
            {"ci_id": gone.id, "reason": "new people"}
        )
        plans = self.env["itsm.ci.maintenance.plan"].create(
            [
                {"name": "one", "ci_ids": [Command.set(gone.ids)]},
                {"name": "two", "ci_ids": [Command.set((keep | gone).ids)]},
            ]
        )
        plans[0].action_archive()
        (keep | gone).with_user(self.ci_manager)._merge_into(keep)
        self.assertEqual(reservation.ci_id, keep)
        self.assertEqual([plan.ci_ids for plan in plans], [keep, keep])
        self.assertEqual(keep._stands_for() | gone._stands_for(), keep)

    def test_open_papers(self):
        """What is handed over or away for repair is finished first; drafts are not
        asked for."""
        keep, gone = self._ci("keep"), self._ci("gone")
        sheet = self.env["itsm.ci.handover"].create(
            {
                "partner_id": self.portal_user.partner_id.id,
                "line_ids": [Command.create({"ci_id": gone.id})],
            }
        )
        sheet.action_present()
        repair = self.env["itsm.ci.repair"].create(
            {
                "ci_id": gone.id,
                "fault": "dead",
                "supplier_id": self.env["res.partner"].create({"name": "Shop"}).id,
            }
        )
        repair.action_send()
        items = (keep | gone).with_user(self.ci_manager)
        with self.assertRaisesRegex(UserError, sheet.number):
            items._merge_into(keep)
        with self.assertRaisesRegex(UserError, sheet.number):
            self._wizard(items).action_merge()
        sheet.action_draft()
        with self.assertRaisesRegex(UserError, repair.number):
            items._merge_into(keep)
        repair.action_return_good()
        items._merge_into(keep)
        self.assertEqual(gone.merged_into_id, keep)

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
