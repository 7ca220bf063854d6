# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorIncident(MajorCommon):
    """The way of a major incident, and who may take its steps."""

    def test_way(self):
        """INC-41, INC-42, table 2: proposed → declared → under control → restored →
        reviewed → closed, with who and when; management is informed twice."""
        major = self._declared()
        mine = major.with_user(self.incident_manager)
        self.assertRecordValues(
            major,
            [
                {
                    "state": "declared",
                    "declared_at": self.utc("2026-03-23 10:10"),
                    "declared_by_id": self.incident_manager.id,
                    "next_update_at": self.utc("2026-03-23 11:10"),
                    "informed_user_ids": self.leader.ids,
                }
            ],
        )
        told = self._told("major_declared", major)
        self.assertIn((major.id, self.leader.partner_id.id, "sent", "at_once"), told)
        with self.at("2026-03-23 10:40"):
            mine.action_control()
        with self.at("2026-03-23 12:00"):
            mine._restore(self.utc("2026-03-23 11:50"))
        self.assertRecordValues(
            major,
            [
                {
                    "state": "restored",
                    "controlled_at": self.utc("2026-03-23 10:40"),
                    "restored_at": self.utc("2026-03-23 11:50"),
                    "next_update_at": False,
                }
            ],
        )
        told = [row[1:] for row in self._told("major_restored", major)]
        self.assertIn((self.leader.partner_id.id, "sent", "at_once"), told)
        self._review(major)
        mine.write({"no_action_reason": "The disk was enlarged"})
        mine.action_review()
        self.assertEqual(major.state, "reviewed")
        self.assertEqual(major.reviewed_by_id, self.incident_manager)
        mine.action_close()
        self.assertEqual(major.state, "closed")
        with self.assertRaises(ValidationError):
            mine.write({"cause": "Something else"})

    def test_management_reads(self):
        """INC-42: a leader without any right at the desk reads what he was told of, not
        the others, and writes nothing."""
        other = self._proposed()
        major = self._declared()
        mine = major.with_user(self.leader)
        self.assertEqual(mine.impact_text, "No mail for anybody")
        with self.assertRaises(AccessError):
            other.with_user(self.leader).read(["impact_text"])
        with self.assertRaises(AccessError):
            mine.write({"impact_text": "All is well"})
        with self.assertRaises(AccessError):
            major.with_user(self.portal_user).read(["name"])
        with self.assertRaises(AccessError):
            major.with_user(self.employee).read(["name"])

    def test_declare_needs(self):
        """INC-42: manager, impact and the time of the next word are needed."""
        major = self._proposed()
        mine = major.with_user(self.incident_manager)
        mine.write({"impact_text": "  ", "manager_id": False, "update_minutes": 0})
        with self.assertRaises(UserError) as caught:
            mine.action_declare()
        for label in ("Major Incident Manager", "Impact", "Next Update"):
            self.assertIn(label, str(caught.exception))
        self.assertEqual(major.state, "proposed")

    def test_who_may(self):
        """INC-42, table 3: agents and leads propose and read; only the holder of the
        role, a manager, or who leads it take steps and write."""
        major = self._proposed()
        for user in (self.agent, self.lead, self.helpdesk_user):
            mine = major.with_user(user)
            self.assertEqual(mine.state, "proposed")
            self.assertFalse(mine.can_manage)
            for act in (
                mine.action_declare,
                mine.action_control,
                mine.action_close,
                lambda mine=mine: mine._refuse("No"),
                lambda mine=mine: mine.write({"impact_text": "Nothing"}),
            ):
                with self.assertRaises(AccessError):
                    act()
        self.assertTrue(major.with_user(self.manager).can_manage)
        major.with_user(self.incident_manager).manager_id = self.agent_2
        self.assertTrue(major.with_user(self.agent_2).can_manage)
        major.with_user(self.agent_2).impact_text = "Really bad"
        major.with_user(self.agent).message_post(body="What an agent has seen")

    def test_forged(self):
        """MS-29: states, times and tickets are written by the buttons only, also for
        managers and with sudo(); nothing is created or deleted by hand."""
        major = self._proposed()
        ticket = self._incident()
        for records in (major.with_user(self.manager), major.sudo()):
            for vals in (
                {"state": "closed"},
                {"declared_at": "2026-01-01 00:00:00"},
                {"informed_user_ids": [(4, self.agent.id)]},
                {"ticket_id": ticket.id},
                {"raised_to_id": major.id},
            ):
                with self.assertRaises(UserError):
                    records.write(vals)
        with self.assertRaises(AccessError):
            self.majors.with_user(self.manager).create({"name": "x"})
        with self.assertRaises(AccessError):
            self.majors.sudo().create({"name": "x", "ticket_id": ticket.id})
        with self.assertRaises(AccessError):
            ticket.sudo().write({"major_incident_id": major.id})
        with self.assertRaises(UserError):
            major.with_user(self.manager).unlink()
        with self.assertRaises(UserError):
            major.sudo().unlink()

    def test_order(self):
        """Table 2: no step is left out, none is taken twice."""
        mine = self._proposed().with_user(self.incident_manager)
        for act in (mine.action_control, mine.action_review, mine.action_close):
            with self.assertRaises(UserError):
                act()
        with self.assertRaises(UserError):
            mine._restore(self.utc("2026-03-23 10:30"))
        mine.write({"impact_text": "No mail"})
        mine.action_declare()
        for act in (mine.action_declare, lambda: mine._refuse("No")):
            with self.assertRaises(UserError):
                act()

    def test_restored_time(self):
        """INC-42: restored between the report and now; the interruption of the parent
        ticket ends then."""
        major = self._declared()
        major.ticket_id.interruption_start = self.utc("2026-03-23 09:50")
        mine = major.with_user(self.incident_manager)
        with self.at("2026-03-23 12:00"):
            for wrong in ("2026-03-23 09:00", "2026-03-23 12:01"):
                with self.assertRaises(UserError):
                    mine._restore(self.utc(wrong))
            mine._restore(self.utc("2026-03-23 11:30"))
        self.assertEqual(major.ticket_id.interruption_end, self.utc("2026-03-23 11:30"))

    def test_refuse(self):
        """INC-39: a proposal is refused with a reason, and its ticket goes on."""
        major = self._proposed()
        mine = major.with_user(self.incident_manager)
        with self.assertRaises(UserError):
            mine._refuse("  ")
        wizard = self.env["itsm.major.step"].with_user(self.incident_manager)
        wizard.create(
            {"major_id": major.id, "step": "refuse", "reason": "One user"}
        ).action_confirm()
        self.assertEqual((major.state, major.refuse_reason), ("refused", "One user"))
        self._move("2026-03-23 11:00", major.ticket_id, "closed")
        self.assertEqual(major.ticket_id.itsm_state, "closed")

    # === Tickets ===

    def test_children(self):
        """INC-44: at declaration the tickets become children; solving the parent
        solves them, with one word to each requester."""
        self._criterion(threshold=3)
        tickets = self._incident() | self._incident() | self._incident()
        major = tickets.major_incident_id
        mine = major.with_user(self.incident_manager)
        mine.write({"impact_text": "No mail"})
        mine.action_declare()
        children = tickets - major.ticket_id
        self.assertEqual(children.parent_id, major.ticket_id)
        self._resolve("2026-03-23 12:00", major.ticket_id)
        self.assertEqual(set(tickets.mapped("itsm_state")), {"resolved"})

    def test_join_and_leave(self):
        """INC-44: an agent joins open incidents and takes them out again; tickets that
        do not fit are refused."""
        major = self._declared()
        ticket = self._incident()
        wizard = self.env["itsm.major.propose"].with_user(self.agent)
        action = ticket.with_user(self.agent).action_propose_major()
        self.assertEqual(action["context"]["default_major_id"], major.id)
        wizard.with_context(**action["context"]).create({}).action_confirm()
        self.assertEqual(ticket.major_incident_id, major)
        self.assertEqual(ticket.parent_id, major.ticket_id)
        ticket.with_user(self.agent).action_leave_major()
        self.assertFalse(ticket.major_incident_id or ticket.parent_id)
        with self.assertRaises(UserError):
            major.ticket_id.with_user(self.agent).action_leave_major()
        closed = self._incident()
        self._move("2026-03-23 10:20", closed, "closed")
        for wrong in (closed, self._incident(itsm_kind="request"), major.ticket_id):
            with self.assertRaises(UserError):
                major.with_user(self.agent)._join(wrong.with_user(self.agent))
        with self.assertRaises(AccessError):
            major.with_user(self.portal_user)._join(ticket.with_user(self.portal_user))

    def test_propose_needs_reason(self):
        """INC-39: who proposes says why; a child is proposed by its parent."""
        ticket = self._incident()
        wizard = self.env["itsm.major.propose"].with_user(self.agent)
        with self.assertRaises(UserError):
            wizard.create({"ticket_ids": [(6, 0, ticket.ids)]}).action_confirm()
        child = self._incident(parent_id=ticket.id)
        with self.assertRaises(UserError):
            wizard.create(
                {"ticket_ids": [(6, 0, child.ids)], "reason": "Bad"}
            ).action_confirm()

    def test_merge(self):
        """INC-39: two proposals about one thing become one; nothing is lost."""
        major = self._declared()
        other = self._proposed()
        ticket = other.ticket_id
        wizard = self.env["itsm.major.step"].with_user(self.incident_manager)
        wizard.create(
            {"major_id": other.id, "step": "merge", "other_id": major.id}
        ).action_confirm()
        self.assertEqual(other.state, "refused")
        self.assertEqual(ticket.major_incident_id, major)
        self.assertEqual(ticket.parent_id, major.ticket_id)

    # === Closing ===

    def test_ticket_waits_for_review(self):
        """INC-42: the parent ticket can be resolved but neither closed nor cancelled
        before the review, whoever does it; a child can."""
        major = self._declared()
        ticket = major.ticket_id
        child = self._incident()
        major.with_user(self.agent)._join(child.with_user(self.agent))
        self._resolve("2026-03-23 11:00", ticket)
        self.assertEqual(set((ticket | child).mapped("itsm_state")), {"resolved"})
        for state in ("closed", "cancelled"):
            for user in (self.agent, self.manager):
                with self.assertRaises(UserError):
                    self._move("2026-03-23 11:05", ticket, state, user)
        with self.assertRaises(UserError):
            ticket.sudo().write({"stage_id": self.stage_closed.id})
        self._move("2026-03-23 11:05", child, "closed")
        self.assertEqual(child.itsm_state, "closed")
        ticket.invalidate_recordset()
        self.assertEqual(ticket.itsm_state, "resolved")

    def test_auto_close_waits(self):
        """INC-22, INC-42: the automatic close passes over it until the review."""
        major = self._restored()
        ticket = major.ticket_id
        self._resolve("2026-03-23 12:00", ticket)
        due = self._incident()
        self._resolve("2026-03-23 12:00", due)
        with self.at("2026-04-20 10:00"):
            (ticket | due).sudo()._itsm_auto_close()
        self.assertEqual(due.itsm_state, "closed")
        self.assertEqual(ticket.itsm_state, "resolved")
        self.assertEqual(ticket.auto_close_at, self.utc("2026-04-21 10:00"))

    def test_review_needs(self):
        """INC-42: a held meeting with minutes, cause, lessons, and an action or the
        reason why none follows."""
        major = self._restored()
        mine = major.with_user(self.incident_manager)
        with self.assertRaises(UserError) as caught:
            mine.action_review()
        for word in ("not held", "cause", "lessons", "action"):
            self.assertIn(word, str(caught.exception))
        meeting = self._review(major, minutes=False)
        with self.assertRaises(UserError) as caught:
            mine.action_review()
        self.assertIn("no minutes", str(caught.exception))
        self.assertNotIn("Enter the cause", str(caught.exception))
        self._token(meeting).write({"notes": "<p>We talked</p>"})
        action = self.env["itsm.action"].create(
            {
                "name": "Watch the disk",
                "due_date": "2026-04-30",
                "res_model": major._name,
                "res_id": major.id,
                "owner_id": self.agent.id,
            }
        )
        action.write({"cancel_reason": "Not now"})
        action.action_cancel()
        with self.assertRaises(UserError):
            mine.action_review()  # what was given up is no action
        action.copy({"due_date": "2026-04-30", "res_id": major.id})
        mine.action_review()
        self.assertEqual(major.state, "reviewed")
        self._resolve("2026-03-24 11:00", major.ticket_id)
        self._move("2026-03-24 11:05", major.ticket_id, "closed")
        self.assertEqual(major.ticket_id.itsm_state, "closed")

    def test_plan(self):
        """INC-45: the emergency plan is invoked from the major incident."""
        kind = self.env["itsm.document.kind"].create(
            {"code": "TP", "name": "Plan", "needs_approval": False}
        )
        plan = self.env["itsm.document"].create({"kind_id": kind.id, "name": "Mail"})
        major = self._declared()
        mine = major.with_user(self.incident_manager)
        with self.assertRaises(UserError):
            mine.action_invoke_plan()
        mine.plan_id = plan
        with self.at("2026-03-23 10:30"):
            mine.action_invoke_plan()
        self.assertEqual(major.plan_invoked_at, self.utc("2026-03-23 10:30"))
        self.assertEqual(major.plan_invoked_by_id, self.incident_manager)
        with self.assertRaises(UserError):
            mine.action_invoke_plan()

    def test_other_company(self):
        """INC-40: nobody sees or leads the major incidents of another company."""
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "itsm-elsewhere",
            "itsm_base.itsm_group_manager",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        major = self._proposed()
        with self.assertRaises(AccessError):
            major.with_user(stranger).read(["name"])
        with self.assertRaises(AccessError):
            major.with_user(stranger).action_declare()
        with self.assertRaises(UserError):
            major.with_user(self.incident_manager).manager_id = stranger
