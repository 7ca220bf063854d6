# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import json
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, freeze_time, tagged
from odoo.tools import mute_logger

from odoo.addons.itsm_base.tools import guard

from .common_control import ControlCommon


@tagged("post_install", "-at_install")
class TestControl(ControlCommon):
    """CFG-17: what is under control changes only under authority, by whatever way."""

    # === What is refused ===

    def test_form(self):
        """CFG-17: a form; the message names item, field and what helps."""

        def act():
            with Form(self.strict) as form:
                form.serial = "S2"

        self._refused(act, "strict", "Serial Number", "Authorisations")

    def test_list_edit(self):
        """CFG-17: several in one write: both are named, also in sudo and for root."""
        both = self.strict | self.strict_2.with_user(self.ci_owner)
        for items in (both, both.sudo(), both.with_env(self.env)):
            self._refused(
                lambda items=items: items.write({"environment": "test"}),
                "strict (",
                "strict 2 (",
            )

    def test_import(self):
        """CFG-17: a file: its rows are refused with the reason, nothing is changed."""
        items = self.env["itsm.ci"].with_user(self.ci_manager)
        items = items.with_context(import_file=True)
        self.env["ir.model.data"].create(
            {
                "module": "__import__",
                "name": "t_strict",
                "model": "itsm.ci",
                "res_id": self.strict.id,
            }
        )
        found = items.load(["id", "serial"], [["__import__.t_strict", "S2"]])
        self.assertFalse(found["ids"])
        self.assertIn("under control", found["messages"][0]["message"])
        found = items.load(["name", "class_id/.id"], [["new", str(self.class_leaf.id)]])
        self.assertFalse(found["ids"])
        self.assertIn("cannot be added", found["messages"][0]["message"])
        self.env.invalidate_all()
        self.assertEqual(self.strict.serial, "S1")

    def test_scheduled(self):
        """CFG-17: a scheduled action, which runs as root."""
        cron = self.env["ir.cron"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("itsm.ci"),
                "state": "code",
                "code": f"model.browse({self.strict.id}).write({{'serial': 'S2'}})",
            }
        )
        self._refused(lambda: cron.ir_actions_server_id.run(), "Serial Number")

    def test_attribute_key(self):
        """CFG-17: one key of the attributes; one that is not under control is free."""
        write = self.strict.write
        self._refused(lambda: write({"attributes": {"t_int": 2}}), "Name of t_int")
        self._refused(
            lambda: write({"attributes": [{"name": "t_int", "value": 2}]}), "t_int"
        )
        write({"attributes": {"t_int": 1}})
        self.attribute["t_text"].is_controlled = False
        write({"attributes": {"t_text": "x"}})
        self.assertEqual(self._raw(self.strict)["t_text"], "x")
        self._refused(
            lambda: write({"attributes": {"t_text": "y", "t_int": 3}}), "Name of t_int"
        )
        self.assertEqual(self._unauthorised(self.strict), [])

    def test_other_side(self):
        """CFG-17: x2many commands of the item, of a redundancy, of the other item."""
        other = self._ci("other", self.class_other, owner_id=self.ci_owner.id)
        kind = self.rel_forward.id
        new = {"type_id": kind, "target_id": other.id}
        self._refused(
            lambda: self.strict.write({"relation_source_ids": [Command.create(new)]}),
            "Relation",
        )
        back = {"type_id": kind, "source_id": self.strict.id}
        self._refused(
            lambda: other.write({"relation_target_ids": [Command.create(back)]}),
            "strict (",
        )
        relation = self.relation.id
        for command in (
            Command.update(relation, {"date_end": "2030-01-01"}),
            Command.delete(relation),
        ):
            self._refused(
                lambda c=command: self.strict.write({"relation_source_ids": [c]}),
                "Relation",
            )
        self._refused(
            lambda: self.strict.write(
                {"redundancy_ids": [Command.create({"name": "r"})]}
            ),
            "Redundancy",
        )

    def test_archive(self):
        """CFG-17: archiving by the button and by a write."""
        other = self.strict_2.with_user(self.ci_owner)
        self._refused(other.action_archive, "Active")
        self._refused(lambda: self.strict.write({"active": False}), "Active")

    def test_company(self):
        """CFG-17: another company, or all of them."""
        manager = self.strict.with_user(self.ci_manager)
        self._refused(lambda: manager.write({"company_id": False}), "Company")

    def test_class(self):
        """CFG-17: to a class that is free, and from one to a class that refuses."""
        manager = self.strict.with_user(self.ci_manager)
        manager = manager.with_context(itsm_ci_loss_seen=True)
        to_free = {"class_id": self.class_other.id}
        self._refused(lambda: manager.write(to_free), "CI Class")
        free = self.free.with_user(self.ci_manager)
        self._refused(lambda: free.write({"class_id": self.class_leaf.id}), "CI Class")

    def test_state(self):
        """CFG-17, CFG-18: a step of its life; what was only ordered is free until it
        is received."""
        self._refused(self.strict.action_dismantle, "State")
        self._refused(lambda: self.strict.write({"state": "test"}), "State")
        ordered = self._ci("ordered", state="ordered", owner_id=self.ci_owner.id)
        ordered.serial = "any"
        self._refused(ordered.with_user(self.ci_owner).action_receive, "State")
        self._authorise(ordered)
        ordered.with_user(self.ci_owner).action_receive()
        self.env.flush_all()

    def test_creation(self):
        """CFG-17: adding by any way, a copy, and an item in a form."""
        items = self.env["itsm.ci"]
        self._refused(lambda: self._ci("new"), "new", "added")
        default = items.with_context(default_class_id=self.class_leaf.id)
        self._refused(lambda: default.name_create("new"), "added")
        self._refused(self.strict.copy, "added")
        vals = self._ci_vals("second")
        free = self._ci_vals("first", self.class_other)
        self._refused(lambda: items.create([free, vals]), "second")
        self.assertEqual(self._ci("free 2", self.class_other).state, "use")

    def test_creation_by_context(self):
        """CFG-17: class by a default of the context, and flags a client can send."""
        items = self.env["itsm.ci"].with_user(self.ci_manager)
        tricks = {
            "default_class_id": self.class_leaf.id,
            "itsm_guard_token": True,
            "itsm_silence": True,
            "install_mode": True,
            "module": "base",
            "import_file": True,
            "_force_unlink": True,
            "default_authority": "itsm.ci.authorisation,1",
        }
        tricked = items.with_context(**tricks)
        self._refused(lambda: tricked.create({"name": "x"}), "added")
        strict = self.strict.with_context(**tricks)
        self._refused(lambda: strict.write({"serial": "x"}), "Serial")

    def test_deletion(self):
        """CFG-17: nothing under control is deleted, with or without authority."""
        item = self.strict_2.with_user(self.ci_manager)
        self._refused(item.unlink)
        self._authorise(item)
        self._refused(item.unlink)

    def test_relation(self):
        """CFG-17: a relation is made, led elsewhere, ended, deleted, made again."""
        relations = self.env["itsm.ci.relation"].with_user(self.ci_owner)
        relation = self.relation.with_user(self.ci_owner)
        vals = {
            "type_id": self.rel_both.id,
            "source_id": self.strict.id,
            "target_id": self.free.id,
        }
        self._refused(lambda: relations.create(vals), "strict (", "Relation")
        context = {f"default_{name}": value for name, value in vals.items()}
        self._refused(lambda: relations.with_context(**context).create({}))
        self._refused(lambda: relation.write({"target_id": self.free.id}))
        self._refused(relation.action_end_today)
        self._refused(relation.unlink)
        self._refused(relation.sudo().unlink)
        authorisation = self._authorise(self.strict | self.strict_2)
        relation.unlink()
        again = self._relate(self.strict, self.strict_2)
        self.assertTrue(again.exists())
        line = self.env["itsm.ci.history"].search(
            [("ci_id", "=", self.strict.id), ("attribute", "=", "relation")], limit=1
        )
        self.assertEqual(line.authority, authorisation)
        self.assertEqual(self._unauthorised(), [])

    def test_relation_both_ends(self):
        """CFG-17: both ends need authority; the refusal names the one without."""
        self._authorise(self.strict)
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            self.relation.action_end_today()
        self.assertIn("strict 2 (", str(caught.exception))
        self.assertNotIn("strict (", str(caught.exception))

    def test_relation_note(self):
        """CFG-17: a note on a relation, and a type that is not under control."""
        self.relation.note = "seen"
        self.rel_none.is_controlled = False
        free = self._relate(self.strict, self.strict_2, self.rel_none)
        free.date_end = "2030-01-01"
        free.unlink()
        self.env.flush_all()
        kind = {"type_id": self.rel_none.id}
        self._refused(lambda: self.relation.write(kind), "Relation")

    def test_redundancy(self):
        """CFG-17: a redundancy decides how far a failure travels."""
        self._authorise(self.strict)
        redundancy = self.env["itsm.ci.redundancy"].create(
            {"name": "power", "ci_id": self.strict.id}
        )
        self.env.flush_all()
        self._no_authority()
        self._refused(lambda: redundancy.write({"required": 2}), "Redundancy")
        self._refused(redundancy.unlink, "Redundancy")
        redundancy.name = "supplies"
        self.env.flush_all()

    def _no_authority(self):
        self.env["itsm.ci.authorisation"].search(
            [("state", "=", "approved")]
        ).with_user(self.ci_manager).action_withdraw()
        self.env.flush_all()

    def test_file(self):
        """CFG-17: a file is added freely; swapped, renamed, moved or deleted it is
        refused."""
        vals = {"name": "plan.txt", "raw": b"one", "res_model": "itsm.ci"}
        files = self.env["ir.attachment"].with_user(self.ci_manager)
        file = files.create({**vals, "res_id": self.strict.id})
        for change in (
            {"raw": b"two"},
            {"datas": "dHdv"},
            {"name": "other.txt"},
            {"res_id": self.free.id},
        ):
            self._refused(lambda c=change: file.write(c), "Attached file")
        self._refused(file.unlink, "Attached file")
        self.assertEqual(file.raw, b"one")
        file.description = "any"
        authorisation = self._authorise(self.strict)
        file.raw = b"two"
        lines = self._lines(self.strict, "attachment")
        self.assertEqual([line[1]["name"] for line in lines], ["plan.txt"])
        line = self.env["itsm.ci.history"].search([("ci_id", "=", self.strict.id)])[0]
        self.assertEqual(line.authority, authorisation)
        self.assertEqual(line.old_text, "plan.txt")

    def test_columns(self):
        """CFG-17: past write(), where the ORM writes columns; nothing is stored even
        where somebody goes on after the error."""
        self._refused(lambda: self.strict._write({"serial": "S2"}), "Serial")
        with mute_logger("odoo.sql_db"):
            try:
                self.strict._write({"serial": "S2"})
            except UserError:
                caught = True
        self.assertTrue(caught)
        self.cr.execute("SELECT serial FROM itsm_ci WHERE id = %s", [self.strict.id])
        self.assertEqual(self.cr.fetchone(), ("S1",))

    def test_others_not_lost(self):
        """CFG-17: what else is to be stored is not lost where somebody goes on."""
        self.free.serial = "kept"
        self.strict.sudo().description = "kept too"
        try:
            self.strict.serial = "S2"
        except UserError:
            caught = True
        self.assertTrue(caught)
        self.env.flush_all()
        self.cr.execute("SELECT serial FROM itsm_ci WHERE id = %s", [self.free.id])
        self.assertEqual(self.cr.fetchone(), ("kept",))
        self.cr.execute("SELECT serial FROM itsm_ci WHERE id = %s", [self.strict.id])
        self.assertEqual(self.cr.fetchone(), ("S1",))

    def test_same_value(self):
        """CFG-26: writing what is there already needs no authority."""
        self.strict.write(
            {
                "name": "strict",
                "serial": "S1",
                "active": True,
                "state": "use",
                "class_id": self.class_leaf.id,
                "attributes": {"t_int": 1, "t_bool": False},
            }
        )
        self.env.flush_all()

    def test_not_controlled_fields(self):
        """CFG-17: what a class does not name is free; a class may name others."""
        self.strict.user_partner_id = self.customer
        self.env.flush_all()
        things = self.env["itsm.ci.control.field"]
        serial = things.search([("code", "=", "serial")])
        self.class_base.control_field_ids = things.search(
            [("code", "=", "warranty_end")]
        )
        self.strict.serial = "S3"
        warranty = {"warranty_end": "2030-01-01"}
        self._refused(lambda: self.strict.write(warranty), "Warranty")
        self.class_leaf.control_field_ids = serial
        self._refused(lambda: self.strict.write({"serial": "S4"}), "Serial")
        self.strict.write(warranty)
        self.env.flush_all()

    def test_catalogue(self):
        """CFG-15, CFG-17: what follows the service catalogue needs no authority; by
        itself the item of a service does."""
        ci_class = self.env.ref("itsm_cmdb.itsm_ci_class_service")
        ci_class.control = "refuse"
        service = self.env["itsm.service"].create({"name": "S one"})
        other = self.env["itsm.service"].create(
            {"name": "S two", "parent_id": service.id}
        )
        service.name = "S three"
        other.parent_id = False
        other.active = False
        self.env.flush_all()
        self.assertEqual(service.ci_ids.name, "S three")
        self._refused(lambda: service.ci_ids.write({"serial": "x"}), "Serial")
        self.assertEqual(self._unauthorised(service.ci_ids), [])
        other.unlink()
        self.env.flush_all()

    def test_no_control(self):
        """Manners: where nothing is under control nothing more is asked."""
        self.class_base.control = False
        self.class_leaf_2.control = False
        shipped = self.env["itsm.ci.class"].search([("control", "!=", False)])
        shipped.control = False
        self.assertFalse(self.env["itsm.ci.copy"].search([]))
        self.strict.serial = "a"
        self.env.flush_all()
        asked = []
        for model_name, method in (
            ("itsm.ci.copy", "_differing"),
            ("itsm.ci.copy", "_keep"),
            ("itsm.ci", "_authority_for"),
        ):
            self.patch(
                type(self.env[model_name]), method, lambda *args: asked.append(args)
            )
        self.strict.serial = "b"
        self.relation.date_end = "2030-01-01"
        self._ci("new")
        self.env.flush_all()
        self.assertEqual(asked, [])

    def test_free_costs_nothing(self):
        """Manners: an item of a free class costs no statement more than without."""
        counts = []
        for mode in ("refuse", False):
            if not mode:
                controlled = self.env["itsm.ci.class"].search([("control", "!=", mode)])
                controlled.control = False
            for serial in ("a", "b"):
                self.env.flush_all()
                self.env.invalidate_all()
                self.env["itsm.ci.class"]._control_rules()
                start = self.cr.sql_log_count
                self.free.with_user(self.ci_owner).serial = f"{mode}{serial}"
                self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_names_of_things(self):
        """CFG-02: what can be under control is found by its name."""
        things = self.env["itsm.ci.control.field"].with_user(self.ci_manager)
        for words, code in (("serial num", "serial"), ("attached", "attachment")):
            found = things.name_search(words)
            self.assertEqual(things.browse(found[0][0]).code, code)
            self.assertEqual(len(found), 1)

    # === Modes ===

    def test_inherited(self):
        """CFG-02: what a class leaves empty is as in the class above."""
        self.class_leaf.control = "free"
        self.strict.serial = "S2"
        self.env.flush_all()
        self.assertEqual(self.class_leaf.control_now, "free")
        self.class_leaf.control = False
        self.assertEqual(self.class_leaf.control_now, "refuse")
        self.class_base.control = False
        self.assertEqual(self.class_leaf.control_now, "free")
        self.assertEqual(self.class_leaf_2.control_now, "record")
        self.class_leaf.parent_id = self.class_leaf_2
        self.assertEqual(self.class_leaf.control_now, "record")

    def test_refused_from(self):
        """Manners: until the day it is only recorded; the day of the company."""
        self.class_base.refuse_from = "2026-05-02"
        calendar = self.company.resource_calendar_id
        # 2026-05-01 16:30 UTC is the 2nd in Shanghai and the 1st in Los Angeles
        with freeze_time(datetime(2026, 5, 1, 16, 30)):
            calendar.tz = "America/Los_Angeles"
            self.assertEqual(self.class_leaf.control_now, "record")
            self.strict.serial = "S2"
            self.env.flush_all()
            self.assertEqual(self._unauthorised(self.strict), [("serial", "S1", "S2")])
            calendar.tz = "Asia/Shanghai"
            self._refused(lambda: self.strict.write({"serial": "S3"}), "Serial")

    def test_states(self):
        """CFG-18: which states are under control can be chosen; states are given."""
        manager = self.env["itsm.ci.state"].with_user(self.ci_manager)
        use = manager.search([("code", "=", "use")])
        use.is_controlled = False
        self.strict.serial = "S2"
        self.env.flush_all()
        with self.assertRaises(AccessError):
            use.name = "x"
        with self.assertRaises(AccessError):
            use.with_user(self.ci_owner).is_controlled = True

    # === Authority ===

    def test_authorised(self):
        """CFG-17, CFG-20: under an authorisation it goes, and history names it."""
        authorisation = self._authorise(self.strict)
        self.strict.write({"serial": "S2", "attributes": {"t_int": 2}})
        self.env.flush_all()
        lines = self.env["itsm.ci.history"].search([("ci_id", "=", self.strict.id)])
        self.assertEqual(len(lines), 2)
        self.assertEqual({line.authority for line in lines}, {authorisation})
        self.assertEqual(authorisation.change_count, 2)
        action = authorisation.action_view_changes()
        found = self.env["itsm.ci.history"].search(action["domain"])
        self.assertEqual(found, lines)
        self.assertEqual(self._unauthorised(), [])
        other = self.strict_2.with_user(self.ci_owner)
        self._refused(lambda: other.write({"serial": "x"}), "strict 2")

    def test_window(self):
        """CFG-17: from its first moment until before its last."""
        start = datetime(2026, 6, 1, 20, 0)
        with freeze_time(start - timedelta(days=1)):
            self._authorise(
                self.strict, date_start=start, date_end=start + timedelta(hours=2)
            )

        def at(moment, serial):
            with freeze_time(moment):
                self.strict.write({"serial": serial})
                self.env.flush_all()

        early, late = start - timedelta(seconds=1), start + timedelta(hours=2)
        self._refused(lambda: at(early, "a"))
        at(start, "b")
        at(late - timedelta(seconds=1), "c")
        self._refused(lambda: at(late, "d"))

    def test_not_approved(self):
        """CFG-17: drafts and withdrawn ones authorise nothing; archived ones do."""
        draft = self.env["itsm.ci.authorisation"].create(
            {
                "name": "d",
                "reason": "r",
                "ci_ids": self.strict.ids,
                "date_end": fields.Datetime.now() + timedelta(hours=1),
            }
        )
        self._refused(lambda: self.strict.write({"serial": "a"}))
        draft.with_user(self.ci_manager).action_approve()
        draft.active = False
        self.strict.write({"serial": "a"})
        self.env.flush_all()
        draft.with_user(self.ci_manager).action_withdraw()
        self._refused(lambda: self.strict.write({"serial": "b"}))

    def test_people(self):
        """CFG-17: only for whom it names; nobody becomes another by sudo."""
        self._authorise(self.strict, user_ids=self.ci_manager.ids)
        self._refused(lambda: self.strict.write({"serial": "a"}))
        self._refused(lambda: self.strict.sudo().write({"serial": "a"}))
        self.strict.with_user(self.ci_manager).write({"serial": "a"})
        self.env.flush_all()

    def test_classes(self):
        """CFG-17: for whole classes and those below, new ones too; of its company."""
        self._authorise(classes=self.class_base)
        self.strict.serial = "a"
        self.assertTrue(self._ci("new"))
        shared = self._ci("shared", company_id=False)
        shared.serial = "b"
        company, manager = self._company_2()
        self.env.flush_all()
        foreign = self._ci_vals("foreign", company_id=company.id)
        items = self.env["itsm.ci"].with_user(manager)
        self._refused(lambda: items.create(foreign), "foreign")
        self._authorise(classes=self.class_leaf, user=manager, company_id=company.id)
        self.assertTrue(items.create(foreign))

    def test_manager_too(self):
        """CFG-17: configuration managers need a recorded authorisation as well."""
        item = self.strict.with_user(self.ci_manager)
        self._refused(lambda: item.write({"serial": "a"}))
        record = self._authorise(self.strict)
        item.serial = "a"
        self.env.flush_all()
        self.assertTrue(record.is_self_approved)

    def test_hook(self):
        """CFG-37: another addon authorises by `_authority_for`."""
        ticket = self._create_ticket(name="Change")
        self.patch(
            type(self.env["itsm.ci.history"]),
            "_selection_authority",
            lambda self: [("helpdesk.ticket", "Change")],
        )
        asked = []

        def authority(_self, changes, moment):
            asked.append(changes)
            self.assertEqual(moment, fields.Datetime.now())
            return {c: ticket for c in changes if c.ci_id == self.strict.id}

        self.patch(type(self.env["itsm.ci"]), "_authority_for", authority)
        with freeze_time(datetime(2026, 6, 1)):
            self.strict.write({"serial": "a"})
            self.env.flush_all()
        self.assertEqual(asked[-1][0].attribute, "serial")
        self.assertEqual(asked[-1][0].user_id, self.ci_owner.id)
        self.cr.execute("SELECT authority_key FROM itsm_ci_history ORDER BY id DESC")
        self.assertEqual(self.cr.fetchone()[0], f"helpdesk.ticket,{ticket.id}")

    # === Who may write which class ===

    def test_group(self):
        """CFG-02: of those who may write items only a group, and managers; denied as
        well as granted, on other rights too."""
        group = self.env["res.groups"].create({"name": "Network people"})
        self.class_base.write({"control": False, "write_group_id": group.id})
        self.class_leaf_2.control = False
        with self.assertRaises(AccessError) as caught, self.cr.savepoint():
            self.strict.write({"serial": "a"})
        self.assertIn("Network people", str(caught.exception))
        with self.assertRaises(AccessError), self.cr.savepoint():
            self.env["itsm.ci"].with_user(self.ci_owner).create(
                self._ci_vals("mine", owner_id=self.ci_owner.id)
            )
        self.assertFalse(self.strict.has_access("write"))
        self.assertTrue(self.strict.has_access("read"))
        self.assertTrue(self.free.with_user(self.ci_owner).has_access("write"))
        self.strict.with_user(self.ci_manager).write({"serial": "b"})
        self.ci_owner.group_ids += group
        self.strict.write({"serial": "c"})
        foreign = self._ci("foreign", owner_id=self.ci_owner_2.id)
        with self.assertRaises(AccessError), self.cr.savepoint():
            foreign.with_user(self.ci_owner).write({"serial": "d"})
        self.env.flush_all()

    def test_group_other_class(self):
        """CFG-02: nobody takes one to a class that he may not write."""
        group = self.env["res.groups"].create({"name": "Network people"})
        self.class_base.control = False
        self.class_leaf.write({"write_group_id": group.id})
        free = self.free.with_user(self.ci_owner)
        with self.assertRaises(AccessError), self.cr.savepoint():
            free.write({"class_id": self.class_leaf.id})
        self.ci_owner.group_ids += group
        free.write({"class_id": self.class_leaf.id})

    # === What a stranger learns ===

    def test_hidden(self):
        """A refusal names nothing that the user may not read."""
        company, manager = self._company_2()
        vals = {
            "type_id": self.rel_forward.id,
            "source_id": self.strict.id,
            "target_id": self.strict_2.id,
        }
        relations = self.env["itsm.ci.relation"].with_user(manager)
        with self.assertRaises(UserError) as caught, self.cr.savepoint():
            relations.create(vals)
        self.assertNotIn("strict", str(caught.exception))
        with self.assertRaises(AccessError) as caught, self.cr.savepoint():
            self.strict.with_user(manager).write({"serial": "a"})
        self.assertNotIn("under control", str(caught.exception))
        with self.assertRaises(AccessError) as caught, self.cr.savepoint():
            self.strict.with_user(self.ci_owner_2).write({"serial": "a"})

    # === Batches ===

    def test_queries(self):
        """A batch costs as many statements as one, refused, recorded or authorised."""
        self._authorise(classes=self.class_leaf_2)
        counts = []
        for size in (1, 2, 60):
            vals = [self._ci_vals(f"i{n}", self.class_leaf_2) for n in range(size)]
            items = self.env["itsm.ci"].create(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            start = self.cr.sql_log_count
            items.write({"serial": "x"})
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        self._no_authority()
        counts = []
        for size in (1, 2, 60):
            items = self.env["itsm.ci"].search(
                [("class_id", "=", self.class_leaf_2.id)], limit=size
            )
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            start = self.cr.sql_log_count
            items.write({"serial": f"y{size}"})
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])
        self.assertEqual(len(self._unauthorised()), 63)

    # === Restoring, merging ===

    def test_token_is_not_enough(self):
        """The key of evidence opens nothing but what follows the catalogue."""
        item = guard.with_token(self.strict.sudo())
        self._refused(lambda: item.write({"serial": "a"}), "Serial")


@tagged("post_install", "-at_install")
class TestControlHttp(ControlCommon, HttpCase):
    """CFG-17 over Odoo's JSON-2 API."""

    def _post(self, method, body):
        user = self.ci_owner
        keys = self.env["res.users.apikeys"].with_user(user)
        until = datetime.now() + timedelta(days=0.5)
        key = keys._generate(None, "test", until)
        return self.url_open(
            f"/json/2/itsm.ci/{method}",
            data=json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {key}",
            },
        )

    @mute_logger("odoo.http")
    def test_json2(self):
        """CFG-17: refused with the reason; recorded with its origin."""
        body = {"ids": self.strict.ids, "vals": {"serial": "S2"}}
        answer = self._post("write", body)
        self.assertEqual(answer.status_code, 422)
        self.assertIn("under control", answer.json()["message"])
        body["context"] = {"itsm_guard_token": True, "import_file": True}
        self.assertEqual(self._post("write", body).status_code, 422)
        self.env.invalidate_all()
        self.assertEqual(self.strict.serial, "S1")
        answer = self._post("write", {"ids": self.noted.ids, "vals": {"serial": "N2"}})
        self.assertEqual(answer.status_code, 200)
        change = self._changes(self.noted)
        self.assertEqual(change.origin, "api")
        self.assertEqual(change.user_id, self.ci_owner)
