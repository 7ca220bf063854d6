# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon

MON, LATER = "2026-03-23 10:00", "2026-03-23 11:00"


@tagged("post_install", "-at_install")
class TestLifecycleMerge(LifecycleCommon):
    """Merge and split lose neither words nor clocks (issue 5 “Incidents”)."""

    def setUp(self):
        super().setUp()
        self.target = self._open()
        self.ticket = self._open(name="The same")
        self.colleague = self._create_user("merge-colleague", "base.group_portal")
        self.colleague.partner_id.parent_id = self.customer
        self.ticket.message_subscribe(self.colleague.partner_id.ids)

    def _attach(self, ticket, name):
        return self.env["ir.attachment"].create(
            {"name": name, "raw": b"x", "res_model": ticket._name, "res_id": ticket.id}
        )

    def _says(self, wall, ticket, body, **kwargs):
        with self.at(wall):
            return ticket.with_user(self.portal_user).message_post(
                body=body,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **kwargs,
            )

    def _merge(self, tickets=None, target=None, user=None, wall=LATER, reason="Same"):
        with self.at(wall):
            (tickets or self.ticket).with_user(user or self.agent)._itsm_merge_into(
                (target or self.target).with_user(user or self.agent), reason
            )
            self._flush_tracking()

    # === Merge ===

    def test_keeps_everything(self):
        """Messages, files, followers, log rows and clocks are all there afterwards."""
        file = self._attach(self.ticket, "log.txt")
        inline = self._attach(self.ticket, "screen.png")
        said = self._says(
            "2026-03-23 10:20", self.ticket, "I wrote", attachment_ids=inline.ids
        )
        note = self.ticket._message_log(body="Tracked")
        rows = self._log(self.ticket)
        clocks = self.ticket.clock_ids
        self._merge()
        self.assertEqual(said.res_id, self.target.id)
        self.assertEqual((file | inline).mapped("res_id"), [self.target.id] * 2)
        self.assertEqual(note.res_id, self.ticket.id)
        self.assertIn(self.colleague.partner_id, self.target.message_partner_ids)
        self.assertIn(self.requester, self.target.message_partner_ids)
        self.assertLess(rows, self._log(self.ticket))
        self.assertEqual(self.ticket.clock_ids, clocks)
        self.assertEqual(set(clocks.mapped("phase")), {"cancelled"})
        self.assertEqual(self._clocks(self.ticket).used_seconds, 3600)
        self.assertEqual(self._clocks(self.target).phase, "running")

    def test_is_duplicate(self):
        """It ends as a duplicate of the other: cancelled, and both say so."""
        self._merge()
        self.assertEqual(self.ticket.duplicate_id, self.target)
        self.assertEqual(self.ticket.itsm_state, "cancelled")
        self.assertTrue(self.ticket.active)
        code = self.env.ref("itsm_base.itsm_closing_code_duplicate")
        self.assertEqual(self.ticket.closing_code_id, code)
        self.assertIn(self.target.number, self.ticket.message_ids[0].body)
        self.assertIn("Merged with it", "".join(self.target.message_ids.mapped("body")))

    def test_told(self):
        """The requester learns the number under which it goes on; no “closed”."""
        self.stage_cancelled.mail_template_id = self.env.ref(
            "helpdesk_mgmt.closed_ticket_template"
        )
        self._merge()
        self.assertEqual(
            self._told("ticket_merged", self.ticket),
            [(self.ticket.id, self.requester.id, "sent", "at_once")],
        )
        mails = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.requester.ids)]
        )
        self.assertEqual(len(mails), 1)
        self.assertIn(self.target.number, mails.body_html)

    def test_late_change(self):
        """Design 2: merging a breached ticket needs a reason and is counted."""
        self.assertEqual(self.ticket.late_change_count, 0)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._merge(wall="2026-03-24 10:00", reason="")
        self.assertFalse(self.ticket.duplicate_id)
        self._merge(wall="2026-03-24 10:00", reason="Reported twice")
        self.assertEqual(self.ticket.late_change_count, 1)
        row = self._log(self.ticket).filtered("is_late_change")
        self.assertEqual((row.what, row.note), ("cancelled", "Reported twice"))

    def test_children_and_duplicates_move(self):
        """What belonged to the merged ticket belongs to the other."""
        child = self._open(parent_id=self.ticket.id)
        earlier = self._open()
        self._merge(earlier, self.ticket)
        self.target.parent_id = self.ticket
        self._merge()
        self.assertEqual(child.parent_id, self.target)
        self.assertEqual(earlier.duplicate_id, self.target)
        self.assertFalse(self.target.parent_id)

    def test_place_in_the_family(self):
        """INC-44: who goes on takes the place of the parents that are merged into it;
        the children between them hang on it then."""
        top, child = self._open(), self._open()
        self.ticket.parent_id = top
        child.parent_id = self.ticket
        self.target.parent_id = child
        self._merge()
        self.assertEqual(self.target.parent_id, top)
        self.assertEqual(child.parent_id, self.target)
        # a duplicate of an affected ticket is affected; of two parents none is chosen
        affected, other, alone = (self._open() for _i in range(3))
        affected.parent_id = top
        self._merge(affected, alone)
        self.assertEqual(alone.parent_id, top)
        affected, affected_2, alone = (self._open() for _i in range(3))
        affected.parent_id, affected_2.parent_id = top, other
        self._merge(affected | affected_2, alone)
        self.assertFalse(alone.parent_id)
        # a parent merged together with its child keeps it
        third, fourth, goal = self._open(), self._open(), self._open()
        fourth.parent_id = third
        self._merge(third | fourth, goal)
        self.assertEqual(fourth.parent_id, third)
        self.assertFalse(goal.child_ids)

    def test_activities_move(self):
        """What was planned on the merged ticket is still to be done."""
        activity = self.ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id, summary="Call back"
        )
        self._merge()
        self.assertEqual(activity.res_id, self.target.id)
        self.assertEqual(self.target.activity_ids, activity)
        self.assertFalse(self.ticket.activity_ids)

    def test_refused(self):
        """Bad input: another customer's, over, itself, a duplicate, another company."""
        foreign = self._open(partner_id=self.requester_2.id)
        with self.assertRaisesRegex(UserError, "several customers.*Parent Ticket"):
            self._merge(foreign)
        with self.assertRaisesRegex(UserError, "at least one"):
            self._merge(self.target)
        over = self._open()
        self._resolve(LATER, over)
        for pair in ((over, self.target), (self.target, over)):
            with self.assertRaisesRegex(UserError, "is over"):
                self._merge(*pair)
        self._merge()
        with self.assertRaisesRegex(UserError, "is over"):
            self._merge(self._open(), self.ticket)
        company = self.env["res.company"].create({"name": "Other"})
        theirs = self._create_ticket(
            company_id=company.id, team_id=False, stage_id=self.stage_open.id
        )
        self.manager.company_ids |= company
        with self.assertRaisesRegex(UserError, "another company"):
            both = {"allowed_company_ids": (self.company | company).ids}
            theirs.with_user(self.manager).with_context(**both)._itsm_merge_into(
                self.target.with_user(self.manager).with_context(**both), "x"
            )

    def test_rights(self):
        """Who may not write one of the tickets merges nothing."""
        self.helpdesk_user.helpdesk_team_ids = self.team
        mine = self._open(user_id=self.helpdesk_user.id)
        with self.assertRaises(AccessError):
            self._merge(self.ticket, mine, user=self.helpdesk_user)
        with self.assertRaises(AccessError):
            self.env["itsm.ticket.merge"].with_user(self.portal_user).create({})

    def test_wizard_many(self):
        """Three tickets into one, from the list."""
        third = self._open()
        wizard = (
            self.env["itsm.ticket.merge"]
            .with_user(self.agent)
            .with_context(
                active_model="helpdesk.ticket",
                active_ids=(self.ticket | third | self.target).ids,
            )
            .create({"target_id": self.target.id, "reason": "Same"})
        )
        action = wizard.action_merge()
        self.assertEqual(action["res_id"], self.target.id)
        self.assertEqual((self.ticket | third).mapped("duplicate_id"), self.target)
        alone = wizard.create(
            {"ticket_ids": self.target.ids, "target_id": self.target.id, "reason": "x"}
        )
        with self.assertRaisesRegex(UserError, "another ticket"):
            alone.action_merge()

    # === Split ===

    def _split(self, messages, **vals):
        wizard = (
            self.env["itsm.ticket.split"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_id": self.ticket.id,
                    "message_ids": [Command.set(messages.ids)],
                    "name": "Something else",
                    "itsm_kind": "request",
                    **vals,
                }
            )
        )
        with self.at("2026-03-23 15:00"):
            action = wizard.action_split()
        return self.env["helpdesk.ticket"].browse(action["res_id"])

    def test_split(self):
        """The chosen messages move; the new clocks start when it was said."""
        first = self._says("2026-03-23 10:20", self.ticket, "No mail at all")
        second = self._says("2026-03-23 11:20", self.ticket, "And a new mouse")
        file = self._attach(self.ticket, "form.pdf")
        second.with_env(self.env).attachment_ids = file
        before = self._clocks(self.ticket).deadline
        ticket = self._split(second)
        self.assertEqual(ticket.split_from_id, self.ticket)
        self.assertEqual(ticket.partner_id, self.requester)
        self.assertEqual(ticket.itsm_kind, "request")
        self.assertEqual(ticket.service_id, self.service)
        self.assertEqual(second.res_id, ticket.id)
        self.assertEqual(file.res_id, ticket.id)
        self.assertEqual(first.res_id, self.ticket.id)
        self.assertIn("And a new mouse", ticket.description)
        self.assertEqual(ticket.reported_at, self.utc("2026-03-23 11:20"))
        clock = self._clocks(ticket)
        # 11:20 and four hours of work with a break at noon
        self.assertClock(clock, started_at="2026-03-23 11:20")
        self.assertEqual(clock.deadline, self.utc("2026-03-23 16:20"))
        self.assertEqual(self._clocks(self.ticket).deadline, before)
        self.assertIn(ticket.number, self.ticket.message_ids[0].body)

    def test_split_refused(self):
        """Bad input: another ticket's messages, and what the system noted."""
        foreign = self._says("2026-03-23 10:20", self.target, "Elsewhere")
        note = self.ticket._message_log(body="Tracked")
        for messages in (foreign, note, foreign.browse()):
            with self.assertRaisesRegex(UserError, "of this ticket"):
                self.ticket.with_user(self.agent)._itsm_split(messages, {"name": "x"})
        self.assertEqual(foreign.res_id, self.target.id)

    # === Change of kind ===

    def test_change_kind(self):
        """The other kind's target applies from the start; who, what and why stay."""
        wizard = (
            self.env["itsm.ticket.kind"]
            .with_user(self.agent)
            .create(
                {
                    "ticket_ids": self.ticket.ids,
                    "itsm_kind": "request",
                    "reason": "Wants a new one",
                }
            )
        )
        with self.at(LATER):
            wizard.action_confirm()
        self.assertEqual(self.ticket.itsm_kind, "request")
        self.assertEqual(self._log(self.ticket)[-1].what, "kind")
        self.assertEqual(self._log(self.ticket)[-1].note, "Wants a new one")
        body = self.ticket.message_ids[0].body
        self.assertIn("from Incident to Service request", body)
        self.assertIn("Wants a new one", body)
        with self.assertRaisesRegex(UserError, "already"):
            wizard.action_confirm()

    def test_change_kind_over(self):
        """What is over keeps its kind."""
        self._resolve(LATER, self.ticket)
        with self.assertRaisesRegex(UserError, "is over"):
            self.ticket.with_user(self.agent)._itsm_change_kind("request", "x")

    def test_change_kind_of_application(self):
        """A request that was applied for does not become an incident under way."""
        self.ticket.itsm_kind = "request"
        self.ticket.with_user(self.agent).action_make_service_request()
        with self.assertRaisesRegex(UserError, "application"):
            self.ticket.with_user(self.agent)._itsm_change_kind("incident", "x")
        self.assertEqual(self.ticket.itsm_kind, "request")


@tagged("post_install", "-at_install")
class TestLifecycleKindClocks(LifecycleCommon):
    """A change of kind works clocks out again, in both directions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        targets = cls.agreement.target_ids
        cls.env.cr.execute(
            "UPDATE itsm_agreement_target SET minutes = 600 WHERE id = ANY(%s)",
            [
                targets.filtered(
                    lambda t: t.itsm_kind == "request" and t.metric == "resolution"
                ).ids
            ],
        )
        cls.env.invalidate_all()
        cls.env.registry.clear_cache()

    def test_both_ways(self):
        """Incident 4 h, request 10 h: the deadline follows, a breach stays."""
        ticket = self._open()
        # Monday 10:00 and 4 h with a break at noon; 10 h are 7 on Monday, 3 on Tuesday
        self.assertClock(self._clocks(ticket), deadline="2026-03-23 15:00")
        with self.at(LATER):
            ticket.with_user(self.agent)._itsm_change_kind("request", "Wish")
        self.assertClock(
            self._clocks(ticket), deadline="2026-03-24 12:00", started_at=MON
        )
        with self.at("2026-03-23 17:00"):
            ticket.with_user(self.agent)._itsm_change_kind("incident", "Fault")
        clock = self._clocks(ticket)
        self.assertClock(clock, deadline="2026-03-23 15:00")
        # Six hours used of four: breached at the change, and it stays so.
        self.assertEqual(clock.breached_at, self.utc("2026-03-23 17:00"))
        with self.at("2026-03-23 17:30"):
            ticket.with_user(self.agent)._itsm_change_kind("request", "Wish again")
        self.assertTrue(self._clocks(ticket).breached_at)
