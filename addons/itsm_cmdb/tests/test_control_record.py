# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime, timedelta

import psycopg2
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.itsm_base.tools import guard

from .common_control import ControlCommon


@tagged("post_install", "-at_install")
class TestUnauthorised(ControlCommon):
    """CFG-02, CFG-17: what was not authorised is recorded, told, and decided."""

    def _commit(self):
        """What happens before a transaction is committed."""
        self.cr.flush()

    # === Recording ===

    def test_form(self):
        """CFG-17: a form in a class that records: saved, and listed with old, new,
        user and origin."""
        with Form(self.noted) as form:
            form.serial = "N2"
        change = self._changes(self.noted)
        self.assertEqual(
            (change.attribute, change.old_value, change.new_value),
            ("serial", "N1", "N2"),
        )
        self.assertEqual(change.user_id, self.ci_owner)
        self.assertEqual(change.origin, "system")
        self.assertEqual(change.history_id.new_value, "N2")
        self.assertEqual(change.class_id, self.class_leaf_2)
        self.assertEqual(change.company_id, self.company)
        self.assertEqual(change.state, "new")
        self.assertEqual(
            (change.attribute_name, change.old_text, change.new_text),
            ("Serial Number", "N1", "N2"),
        )

    def test_ways(self):
        """CFG-17: assignment, sudo, one key, `_write`, archiving, a step, a class."""
        item = self.noted
        item.hostname = "h"
        item.sudo().asset_tag = "t"
        item.write({"attributes": {"t_int": 4}})
        self.env.flush_all()
        item._write({"version": "9"})
        item.active = False
        self.env.flush_all()
        item.active = True
        item.action_test()
        free = self.class_base.copy(
            {"code": "t_free", "parent_id": self.class_base.id, "control": "free"}
        )
        item.with_user(self.ci_manager).class_id = free
        self.assertCountEqual(
            self._unauthorised(item),
            [
                ("asset_tag", None, "t"),
                ("hostname", None, "h"),
                ("attributes.t_int", None, 4),
                ("version", None, "9"),
                ("active", True, False),
                ("active", False, True),
                ("class_id", self.class_leaf_2.id, free.id),
                ("state", "use", "test"),
            ],
        )

    def test_import(self):
        """CFG-17: a file; what it adds and what it changes."""
        items = self.env["itsm.ci"].with_user(self.ci_manager)
        items = items.with_context(import_file=True)
        found = items.load(
            ["id", "name", "class_id/.id"],
            [["__import__.t_1", "a", str(self.class_leaf_2.id)]],
        )
        item = items.browse(found["ids"])
        items.load(["id", "serial"], [["__import__.t_1", "x"]])
        value = {"name": "a", "class": self.class_leaf_2.id}
        self.assertEqual(
            self._unauthorised(item),
            [("creation", None, value), ("serial", None, "x")],
        )
        self.assertEqual(set(self._changes(item).mapped("origin")), {"import"})

    def test_relations(self):
        """CFG-17: made, ended and deleted, from the other side too."""
        self.noted.write(
            {
                "relation_source_ids": [
                    Command.create(
                        {"type_id": self.rel_forward.id, "target_id": self.free.id}
                    )
                ]
            }
        )
        relation = self.noted.relation_source_ids
        relation.date_end = "2030-01-01"
        self.env.flush_all()
        relation.unlink()
        self.env["itsm.ci.redundancy"].create({"name": "r", "ci_id": self.noted.id})
        found = [
            (name, bool(old), bool(new))
            for name, old, new in self._unauthorised(self.noted)
        ]
        self.assertEqual(
            found,
            [
                ("relation", False, True),
                ("relation", True, True),
                ("relation", True, False),
                ("redundancy", False, True),
            ],
        )
        self.assertIn("free", self._changes(self.noted)[0].new_text)

    def test_file(self):
        """CFG-17: a swapped file."""
        file = self.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"one",
                "res_model": "itsm.ci",
                "res_id": self.noted.id,
            }
        )
        old = file.checksum
        file.raw = b"two"
        new = file.checksum
        file.unlink()
        self.assertEqual(
            [
                (name, before["checksum"], after and after["checksum"])
                for name, before, after in self._unauthorised(self.noted)
            ],
            [("attachment", old, new), ("attachment", new, None)],
        )

    def test_link(self):
        """CFG-17: an attached link that is led elsewhere."""
        link = self.env["ir.attachment"].create(
            {
                "name": "plan",
                "type": "url",
                "url": "https://one.example.com",
                "res_model": "itsm.ci",
                "res_id": self.noted.id,
            }
        )
        link.url = "https://two.example.com"
        self.assertEqual(
            [
                (name, before["url"], after["url"])
                for name, before, after in self._unauthorised(self.noted)
            ],
            [("attachment", "https://one.example.com", "https://two.example.com")],
        )

    def test_authorised(self):
        """CFG-17: what is authorised is not listed."""
        self._authorise(self.noted)
        self.noted.serial = "N2"
        self.assertEqual(self._unauthorised(self.noted), [])

    def test_two_users(self):
        """CFG-17: two users in one transaction, one of them authorised."""
        self._authorise(self.noted, user_ids=self.ci_owner.ids)
        self.noted.serial = "N2"
        self.env.flush_all()
        self.noted.with_user(self.ci_manager).serial = "N3"
        self.assertEqual(self._unauthorised(self.noted), [("serial", "N2", "N3")])
        self.assertEqual(self._changes(self.noted).user_id, self.ci_manager)

    def test_catalogue_then_user(self):
        """CFG-17: what a user writes is not covered by what the catalogue writes."""
        self.env.ref("itsm_cmdb.itsm_ci_class_service").control = "record"
        service = self.env["itsm.service"].create({"name": "S"})
        self.env.flush_all()
        service.ci_ids.serial = "x"
        service.name = "S two"
        self.env.flush_all()
        self.assertIn(("serial", None, "x"), self._unauthorised(service.ci_ids))

    # === Evidence ===

    def test_evidence(self):
        """CFG-17: nobody writes or deletes it."""
        self.noted.serial = "N2"
        change = self._changes(self.noted)
        for user in (self.env.user, self.ci_manager):
            record = change.with_user(user)
            for act in (
                lambda r=record: r.write({"state": "explained"}),
                lambda r=record: r.unlink(),
                lambda r=record: r.copy(),
            ):
                with self.assertRaises(AccessError), self.cr.savepoint():
                    act()
        with self.assertRaises(UserError), self.cr.savepoint():
            self.noted.with_user(self.ci_manager).unlink()

    def test_decide(self):
        """CFG-02: a configuration manager says what became of it, once."""
        self.noted.write({"serial": "N2", "hostname": "h"})
        changes = self._changes(self.noted)
        for user in (self.ci_owner, self.ci_auditor, self.ci_reader):
            with self.assertRaises(AccessError):
                changes.with_user(user).action_decide("explained", "Because.")
        mine = changes.with_user(self.ci_manager)
        for state, reason in (("explained", " "), ("new", "x"), ("reverted", False)):
            with self.assertRaises(ValidationError):
                mine.action_decide(state, reason)
        action = mine[0].action_explain()
        context = action["context"]
        wizard = self.env["itsm.ci.unauthorised.decide"].with_user(self.ci_manager)
        with freeze_time("2026-05-01 10:00:00"):
            form = Form(wizard.with_context(**context))
            form.reason = "Repair at night."
            form.save().action_confirm()
        self.assertEqual(changes.mapped("state"), ["explained", "new"])
        self.assertEqual(changes[0].decided_by_id, self.ci_manager)
        self.assertEqual(changes[0].decided_at, datetime(2026, 5, 1, 10))
        self.assertEqual(changes[0].reason, "Repair at night.")
        with self.assertRaises(UserError):
            mine.action_decide("reverted", "Again.")
        mine[1].action_decide("reverted", "Set back.")
        self.assertEqual(changes[1].state, "reverted")
        # whose own change it is may say so too, and it shows
        self.assertFalse(any(changes.mapped("is_self_decided")))
        self.noted.with_user(self.ci_manager).serial = "N3"
        own = self._changes(self.noted) - changes
        self.assertFalse(own.is_self_decided)
        own.with_user(self.ci_manager).action_decide("explained", "Mine.")
        self.assertTrue(own.is_self_decided)
        ours = [("id", "in", (changes | own).ids)]
        for found, wanted in ((own, True), (changes, False)):
            domain = [*ours, ("is_self_decided", "=", wanted)]
            self.assertEqual(own.search(domain), found)

    def test_companies(self):
        """Another company sees nothing of it."""
        company, manager = self._company_2()
        self.noted.serial = "N2"
        change = self._changes(self.noted)
        self.assertFalse(change.with_user(manager).search([("id", "=", change.id)]))
        with self.assertRaises(AccessError):
            change.with_user(manager).action_decide("explained", "x")
        self.assertEqual(change.with_user(self.ci_reader).ci_name, "noted")

    def test_price(self):
        """Who sees no prices does not see them here."""
        thing = self.env["itsm.ci.control.field"]
        self.class_leaf_2.control_field_ids = thing.search(
            [("code", "=", "purchase_price")]
        )
        self.noted.sudo().purchase_price = 12.0
        change = self._changes(self.noted)
        self.assertEqual(change.with_user(self.ci_reader).new_text, "(hidden)")
        with self.assertRaises(AccessError):
            change.with_user(self.ci_manager).read(["new_value"])

    # === Telling ===

    def _incidents(self):
        domain = [("name", "like", "Unauthorised change of")]
        return self.env["helpdesk.ticket"].search(domain)

    def test_incident(self):
        """CFG-02: one incident for all of a class that is saved together."""
        self.class_leaf_2.control_incident = "yes"
        items = self.env["itsm.ci"].create(
            [self._ci_vals(f"i{n}", self.class_leaf_2) for n in range(25)]
        )
        self._commit()
        incident = self._incidents()
        self.assertEqual(len(incident), 1)
        self.assertEqual(incident.itsm_kind, "incident")
        self.assertEqual(incident.ci_ids, items)
        self.assertIn("and 22 more", incident.name)
        self.assertIn("i19", incident.description)
        self.assertNotIn("i20", incident.description)
        items.write({"serial": "x"})
        self._commit()
        self.assertEqual(self._incidents(), incident)
        changes = self.env["itsm.ci.unauthorised"].search([("ci_id", "in", items.ids)])
        self.assertEqual(len(changes), 50)
        self.assertEqual(changes.ticket_id, incident)

    def test_no_incident(self):
        """Manners: none unless the class asks for it, and none in silence."""
        self.noted.serial = "N2"
        self._commit()
        self.assertFalse(self._incidents())
        self.class_leaf_2.control_incident = "yes"
        guard.silence(self.noted).serial = "N3"
        self._commit()
        self.assertFalse(self._incidents())
        self.assertEqual(len(self._unauthorised(self.noted)), 2)
        logs = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ci_unauthorised")]
        )
        self.assertEqual(len(logs.mapped("res_id")), len(logs))

    def test_markup(self):
        """Names with markup are harmless in the incident."""
        self.class_leaf_2.control_incident = "yes"
        self.noted.name = "<b>x</b>"
        self.env.flush_all()
        self._ci("<script>alert(1)</script>", self.class_leaf_2)
        self._commit()
        self.assertNotIn("<script>", self._incidents().description)

    def test_context(self):
        """Defaults of the client's context do not reach the incident."""
        self.class_leaf_2.control_incident = "yes"
        self.noted.with_context(default_name="x", default_itsm_kind="request").write(
            {"serial": "N2"}
        )
        self._commit()
        self.assertEqual(self._incidents().itsm_kind, "incident")

    def test_broken_incident(self):
        """An incident that cannot be opened does not stop the save."""
        self.class_leaf_2.control_incident = "yes"

        def broken(*_args):
            raise ValueError("no")

        changes = type(self.env["itsm.ci.unauthorised"])
        self.patch(changes, "_prepare_incident", broken)
        self.noted.serial = "N2"
        with mute_logger("odoo.addons.itsm_cmdb.models.itsm_ci_unauthorised"):
            self._commit()
        self.assertEqual(self._unauthorised(self.noted), [("serial", "N1", "N2")])

    def test_alert(self):
        """CFG-02: configuration managers of the company are told once for a batch,
        and who holds the role of the change manager."""
        _company, foreign = self._company_2()
        self.env["itsm.role.holder"].create(
            {
                "role_id": self.env.ref("itsm_base.itsm_role_change_manager").id,
                "company_id": self.company.id,
                "user_id": self.ci_auditor.id,
            }
        )
        items = self.noted.sudo() | self._ci("noted 2", self.class_leaf_2)
        self._commit()
        before = self.env["itsm.notification.log"].search([])
        items.write({"hostname": "h"})
        self._commit()
        logs = self.env["itsm.notification.log"].search([]) - before
        told = logs.filtered(lambda log: log.outcome != "suppressed").user_id
        self.assertIn(self.ci_manager, told)
        self.assertIn(self.ci_auditor, told)
        self.assertNotIn(foreign, logs.user_id)
        self.assertEqual(len(set(logs.mapped("res_id"))), 1)
        self.assertEqual(logs[0].extra["count"], 2)

    def test_told(self):
        """CFG-17: who waits for the end of quiet hours is counted as waiting."""
        self.noted.serial = "N2"
        self._commit()
        change = self._changes(self.noted).with_user(self.ci_manager)
        logs = self.env["itsm.notification.log"].sudo()
        logs = logs.search(
            [("res_model", "=", change._name), ("res_id", "=", change.id)]
        )
        logs = guard.with_token(logs)
        logs.write({"outcome": "suppressed"})
        self.assertEqual(change.told, "0")
        self.assertGreater(len(logs), 1)
        logs[0].outcome = "waiting"
        change.invalidate_recordset(["told"])
        self.assertEqual(change.told, "1 waiting")
        logs[1].outcome = "sent"
        change.invalidate_recordset(["told"])
        self.assertEqual(change.told, "1, 1 waiting")

    # === What people see ===

    def test_item(self):
        """CFG-18: under control, in change, by what; searched for; counted."""
        item = self.strict
        self.assertEqual((item.control_mode, item.in_change), ("refuse", False))
        self.assertEqual(self.free.control_mode, "free")
        ordered = self._ci("o", self.class_leaf_2, state="ordered")
        self.assertEqual(ordered.control_mode, "free")
        self.assertEqual(self.noted.control_mode, "record")
        record = self._authorise(self.strict)
        by_class = self._authorise(classes=self.class_leaf_2)
        self.env.invalidate_all()
        self.assertTrue(item.in_change)
        self.assertEqual(item.authority_text, record.display_name)
        self.assertEqual(self.noted.authority_text, by_class.display_name)
        found = self.env["itsm.ci"].search([("in_change", "=", True)])
        self.assertIn(self.noted, found)
        self.assertIn(item, found)
        self.assertNotIn(self.strict_2, found)
        rest = self.env["itsm.ci"].search([("in_change", "=", False)])
        self.assertEqual(rest & found, rest.browse())
        self.assertIn(self.strict_2, rest)
        by_class.with_user(self.ci_manager).action_withdraw()
        self.noted.serial = "N2"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.noted.unauthorised_count, 1)
        action = self.noted.action_view_unauthorised()
        changes = self.env["itsm.ci.unauthorised"].search(action["domain"])
        self.assertEqual(changes, self._changes(self.noted))
        asked = self.strict.action_authorise()
        self.assertEqual(asked["context"]["default_ci_ids"], self.strict.ids)

    def test_as_of(self):
        """CFG-16: how an item was, although a file of it was swapped."""
        moment = datetime(2026, 5, 1, 12)
        with freeze_time(moment - timedelta(hours=1)):
            self.noted.serial = "N2"
            file = self.env["ir.attachment"].create(
                {"name": "a", "raw": b"1", "res_model": "itsm.ci"}
                | {"res_id": self.noted.id}
            )
            self.env.flush_all()
        self.cr.execute(
            "UPDATE itsm_ci SET create_date = '2026-01-01' WHERE id = %s",
            [self.noted.id],
        )
        with freeze_time(moment + timedelta(hours=1)):
            file.raw = b"2"
            self.noted.serial = "N3"
            self.env.flush_all()
        values = self.noted._as_of(moment)[self.noted]
        self.assertEqual(values["serial"], "N2")
        self.assertNotIn("attachment", values)

    # === KPI ===

    def test_kpi(self):
        """K58: counted by month of the company, with its records; decided ones too."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        kpi = self.env.ref("itsm_cmdb.itsm_kpi_k58")
        # 31 March 15:59 UTC is 23:59 in Shanghai, a minute later it is April
        for moment, serial in (
            (datetime(2026, 3, 31, 15, 59), "a"),
            (datetime(2026, 3, 31, 16, 0), "b"),
            (datetime(2026, 4, 30, 15, 59), "c"),
            (datetime(2026, 4, 30, 16, 0), "d"),
        ):
            with freeze_time(moment):
                self.noted.serial = serial
                self.env.flush_all()
        changes = self._changes(self.noted)
        changes[1].with_user(self.ci_manager).action_decide("explained", "x")
        with freeze_time(datetime(2026, 5, 20)):
            kpi._compute_values(date(2026, 4, 1), date(2026, 4, 30), self.company)
            value = self.env["itsm.kpi.value"].search(
                [
                    ("kpi_id", "=", kpi.id),
                    ("company_id", "=", self.company.id),
                    ("period_start", "=", "2026-04-01"),
                ]
            )
            self.assertEqual(value.numerator, 2)
            self.assertEqual(value._drill("numerator")[0], changes[1:3])


@tagged("post_install", "-at_install")
class TestAuthorisation(ControlCommon):
    """CFG-17: a configuration manager's recorded word."""

    def _draft(self, user, **vals):
        now = fields.Datetime.now()
        return (
            self.env["itsm.ci.authorisation"]
            .with_user(user)
            .create(
                {
                    "name": "d",
                    "reason": "r",
                    "ci_ids": self.strict.ids,
                    "date_start": now,
                    "date_end": now + timedelta(hours=1),
                    **vals,
                }
            )
        )

    def test_steps(self):
        """CFG-17: an owner asks, a manager approves and withdraws; who and when."""
        draft = self._draft(self.ci_owner)
        self.assertTrue(draft.number.startswith("AUT-"))
        for act in (draft.action_approve, draft.action_withdraw):
            with self.assertRaises(AccessError):
                act()
        mine = draft.with_user(self.ci_manager)
        with freeze_time(draft.date_start):
            mine.action_approve()
        self.assertEqual(mine.approved_by_id, self.ci_manager)
        self.assertEqual(mine.approved_at, draft.date_start)
        self.assertFalse(mine.is_self_approved)
        self.assertTrue(mine.is_open)
        self.assertIn(mine, mine.search([("is_open", "=", True)]))
        with self.assertRaises(UserError):
            mine.action_approve()
        mine.action_withdraw()
        self.assertEqual(mine.withdrawn_by_id, self.ci_manager)
        self.assertFalse(mine.is_open)
        with self.assertRaises(UserError):
            mine.action_withdraw()

    def _told(self, code, record):
        """Who was told of *record*, by the log."""
        logs = self.env["itsm.notification.log"].sudo()
        return logs.search(
            [
                ("event_id.code", "=", code),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
            ]
        ).partner_id

    def test_asked(self):
        """CFG-17: asking tells the managers of the company; the answer, who asked."""
        _company, manager_2 = self._company_2()
        draft = self._draft(self.ci_owner)
        self.assertFalse(self._told("ci_authorisation_asked", draft))
        draft.action_ask()
        self.assertEqual((draft.state, draft.asked_by_id), ("asked", self.ci_owner))
        told = self._told("ci_authorisation_asked", draft)
        self.assertIn(self.ci_manager.partner_id, told)
        self.assertFalse(told & (manager_2 | self.ci_owner).partner_id)
        with self.assertRaisesRegex(UserError, "Back to Draft"):
            draft.reason = "another"
        for act in (draft.action_refuse, draft.action_approve):
            with self.assertRaises(AccessError):
                act()
        draft.action_back()
        draft.reason = "better"
        draft.action_ask()
        mine = draft.with_user(self.ci_manager)
        self.assertEqual(
            mine.action_refuse()["res_model"], "itsm.ci.authorisation.refuse"
        )
        self.assertEqual(mine.state, "asked")
        wizard = self.env["itsm.ci.authorisation.refuse"].with_user(self.ci_manager)
        wizard.create(
            {"authorisation_ids": mine.ids, "reason": "Month end."}
        ).action_confirm()
        self.assertEqual((mine.state, mine.answer), ("refused", "Month end."))
        self.assertEqual(
            self._told("ci_authorisation_answered", mine), self.ci_owner.partner_id
        )
        self._refused(lambda: self.strict.write({"serial": "a"}), "Ask")
        for act in (mine.action_approve, mine.action_ask, mine.action_withdraw):
            with self.assertRaises(UserError):
                act()
        approved = self._draft(self.ci_owner)
        approved.action_ask()
        approved.with_user(self.ci_manager).action_approve()
        self.assertEqual(
            self._told("ci_authorisation_answered", approved), self.ci_owner.partner_id
        )
        self.strict.serial = "a"

    def _shown(self, record):
        """The record as the button of a form that is open now sends it."""
        manager = record.with_user(self.ci_manager)
        arch = etree.fromstring(manager.get_view(view_type="form")["arch"])
        (button,) = arch.findall(".//button[@name='action_approve']")
        names = {"content_key": manager.content_key}
        return manager.with_context(**safe_eval(button.get("context"), names))

    def test_approved_as_shown(self):
        """CFG-17: while it is asked for it does not change; taken back, changed and
        asked for again, or changed as a draft, it is not approved from an old
        screen."""
        draft = self._draft(self.ci_owner)
        draft.action_ask()
        with self.assertRaisesRegex(UserError, "Back to Draft"):
            draft.ci_ids = self.strict | self.noted
        now = fields.Datetime.now()
        old = self._shown(draft)
        for vals in (
            {"ci_ids": [Command.link(self.noted.id)]},
            {"class_ids": [Command.link(self.class_other.id)]},
            {"user_ids": [Command.link(self.ci_owner.id)]},
            {"date_end": now + timedelta(days=9)},
            {"reason": "another"},
        ):
            old = self._shown(draft)
            draft.action_back()
            draft.write(vals)
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, "Reload the page"):
                old.action_approve()
            draft.action_ask()
            with self.assertRaisesRegex(UserError, "Reload the page"):
                old.action_approve()
            self.assertEqual(draft.state, "asked")
        # asked for again as it was: nothing else is approved
        old = self._shown(draft)
        draft.action_back()
        draft.action_ask()
        old.action_approve()
        self.assertEqual(draft.state, "approved")
        # by RPC one has just read it
        other = self._draft(self.ci_owner)
        other.with_user(self.ci_manager).action_approve()
        self.assertEqual(other.state, "approved")

    def test_asked_wrong(self):
        """CFG-17: an empty one is not asked for, nor that of somebody else."""
        empty = self._draft(self.ci_owner, ci_ids=False)
        with self.assertRaisesRegex(ValidationError, "names nothing"):
            empty.action_ask()
        with self.assertRaises(AccessError):
            self._draft(self.ci_manager).with_user(self.ci_owner).action_ask()

    def test_forged(self):
        """CFG-17: neither state nor approver can be written, by no way."""
        draft = self._draft(self.ci_owner)
        forged = {
            "state": "approved",
            "approved_by_id": self.ci_manager.id,
            "approved_at": fields.Datetime.now(),
            "asked_by_id": self.ci_owner.id,
            "answer": "forged",
        }
        for user in (self.ci_owner, self.ci_manager, self.env.user):
            for name, value in forged.items():
                with self.assertRaises(UserError), self.cr.savepoint():
                    draft.with_user(user).write({name: value})
                with self.assertRaises(UserError), self.cr.savepoint():
                    self._draft(user, **{name: value})
        tricked = self.env["itsm.ci.authorisation"].with_user(self.ci_owner)
        tricked = tricked.with_context(
            default_state="approved", default_approved_by_id=self.ci_manager.id
        )
        vals = {"name": "x", "reason": "r", "date_end": "2099-01-01"}
        record = tricked.create(vals)
        self.assertEqual((record.state, record.approved_by_id.id), ("draft", False))

    def test_fixed(self):
        """CFG-17: once decided it stays as it is, for managers and for root."""
        company, _manager = self._company_2()
        record = self._authorise(self.strict)
        for vals in (
            {"date_end": "2099-01-01"},
            {"ci_ids": [Command.link(self.strict_2.id)]},
            {"class_ids": [Command.link(self.class_leaf.id)]},
            {"user_ids": [Command.clear()]},
            {"reason": "x"},
            {"company_id": company.id},
        ):
            for user in (self.ci_manager, self.env.user):
                with self.assertRaises(UserError), self.cr.savepoint():
                    record.with_user(user).write(vals)
        with self.assertRaises(UserError), self.cr.savepoint():
            record.unlink()
        record.active = False
        draft = self._draft(self.ci_owner)
        draft.unlink()

    def test_rights(self):
        """Who may ask, change, see; two companies."""
        with self.assertRaises(AccessError):
            self._draft(self.ci_reader)
        with self.assertRaises(AccessError):
            self._draft(self.ci_auditor)
        draft = self._draft(self.ci_owner)
        with self.assertRaises(AccessError), self.cr.savepoint():
            draft.with_user(self.ci_owner_2).write({"name": "x"})
        self.assertEqual(draft.with_user(self.ci_auditor).name, "d")
        company, manager = self._company_2()
        with self.assertRaises(AccessError):
            draft.with_user(manager).action_approve()
        with self.assertRaises(UserError):
            self._draft(manager, company_id=company.id)

    def test_bad_input(self):
        """Windows and contents that make no sense."""
        now = fields.Datetime.now()
        with (
            self.assertRaises(psycopg2.IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._draft(self.ci_owner, date_end=now - timedelta(hours=1))
            self.env.flush_all()
        draft = self._draft(
            self.ci_manager,
            date_start=now - timedelta(hours=2),
            date_end=now - timedelta(hours=1),
        )
        with self.assertRaises(ValidationError):
            draft.action_approve()
        empty = self._draft(self.ci_manager, ci_ids=[])
        with self.assertRaises(ValidationError):
            empty.action_approve()

    def test_by_himself(self):
        """CFG-17: who authorises himself is allowed to, and shown."""
        self.assertTrue(self._authorise(self.strict).is_self_approved)
        draft = self._draft(self.ci_owner, user_ids=self.ci_manager.ids)
        draft.with_user(self.ci_manager).action_approve()
        self.assertTrue(draft.is_self_approved)
        found = draft.search([("is_self_approved", "=", True)])
        self.assertIn(draft, found)

    def test_queries(self):
        """Authority of many costs as many statements as of one."""
        for _number in range(3):
            self._authorise(self.strict, classes=self.class_leaf_2)
        items = self.env["itsm.ci"].search([("class_id", "=", self.class_leaf.id)])
        items -= self.strict
        counts = []
        for found in (items[:1], items | self.noted.with_env(self.env)):
            changes = [
                self.env["itsm.ci"]._change_of(item._fact(), "serial") for item in found
            ]
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            items._authority_for(changes, fields.Datetime.now())
            counts.append(self.cr.sql_log_count - start)
        self.assertEqual(*counts)
