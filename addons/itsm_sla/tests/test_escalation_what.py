# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.helpdesk_ticket_escalation import HelpdeskTicket
from .escalation_common import MON, EscalationCommon

HALF = "2026-03-23 12:01"  # just after 50 % of 4 h
ACT = "odoo.addons.itsm_sla.models.itsm_escalation_rule_act"


@tagged("post_install", "-at_install")
class TestEscalationWhat(EscalationCommon):
    """INC-20, INC-30: what a rule tells and changes."""

    # === Telling ===

    def test_roles(self):
        """INC-30: each role, each person once, by mail and activity."""
        self.team_2.user_id = self.manager
        everybody = self._rule(
            name="everybody",
            tell_team_leader=True,
            tell_assignee=True,
            tell_owner=True,
            tell_desk_leads=True,
            tell_user_ids=(self.agent_2 | self.lead).ids,
        )
        ticket = self._report(MON, user_id=self.agent.id)
        self._run_scheduler(HALF)
        alert = self._alerts(ticket)
        expected = (
            self.lead | self.agent | self.sla_manager | self.agent_2 | self.manager
        )
        self.assertLessEqual(set(expected), set(alert.user_ids))
        self.assertEqual(alert.user_id, self.lead)
        self.assertFalse(alert.user_ids & self.portal_user)
        self.assertEqual(alert.rule_id, everybody)
        activities = self._activities(ticket)
        self.assertEqual(activities.user_id, alert.user_ids)
        self.assertEqual(len(activities), len(alert.user_ids))
        for user in expected:
            mails = self._mails().filtered(
                lambda m, user=user: m.email_to == user.email_formatted
            )
            self.assertEqual(len(mails), 1, user.name)
            self.assertIn("everybody", mails.body_html)
        self.assertLessEqual(
            expected.partner_id, ticket.message_follower_ids.partner_id
        )

    def test_followers(self):
        """INC-30: who is told follows the ticket as by any activity, and once."""
        self._rule(tell_user_ids=(self.agent_2 | self.lead).ids)
        ticket, other = self._report(MON), self._report(MON)
        other.message_subscribe(self.agent_2.partner_id.ids)
        own = other.message_follower_ids.subtype_ids[:1]
        other.message_follower_ids.subtype_ids = own
        self._run_scheduler(HALF)
        by_hand = self._report(MON)
        by_hand.message_subscribe(self.agent_2.partner_id.ids)
        expected = by_hand.message_follower_ids.filtered(
            lambda f: f.partner_id == self.agent_2.partner_id
        ).subtype_ids
        self.assertTrue(expected)
        for follower in ticket.message_follower_ids.filtered(
            lambda f: f.partner_id in (self.agent_2 | self.lead).partner_id
        ):
            self.assertEqual(follower.subtype_ids, expected)
        # what somebody chose for himself stays
        followers = other.message_follower_ids
        self.assertEqual(
            followers.filtered(
                lambda f: f.partner_id == self.agent_2.partner_id
            ).subtype_ids,
            own,
        )
        self.assertIn(self.lead.partner_id, followers.partner_id)

    def test_by_activity_or_mail(self):
        """INC-30: by activity only, by mail only."""
        self._rule(name="activity", by_mail=False)
        self._rule(name="mail", by_activity=False, tell_owner=True)
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertEqual(self._activities(ticket).user_id, self.lead)
        self.assertEqual(self._mails().email_to, self.sla_manager.email_formatted)

    def test_nobody(self):
        """INC-30: nobody to tell is said; who may not work there is not told."""
        self._rule(tell_assignee=True)
        other_company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "itsm-stranger",
            "itsm_base.itsm_group_agent",
            company_id=other_company.id,
            company_ids=[(6, 0, other_company.ids)],
        )
        for vals in {"tell_user_ids": stranger.ids}, {"to_user_id": stranger.id}:
            with self.assertRaises(ValidationError):
                self._rule(**vals)
        stranger.company_ids |= self.env.company
        self._rule(name="stranger", tell_user_ids=stranger.ids, sequence=20)
        stranger.company_ids = other_company
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertEqual(
            self._told(ticket), [("Test rule", "nobody"), ("stranger", "nobody")]
        )
        self.assertFalse(self._mails())

    def test_told_only_is_no_note(self):
        """INC-30: what was only told is in the list of escalations, not in the chat."""
        rule = self._rule()
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertFalse(self._notes(ticket))
        self.assertEqual(ticket.escalation_count, 1)
        action = ticket.action_view_escalations()
        self.assertEqual(
            self.env["itsm.clock.alert"].search(action["domain"]).rule_id, rule
        )

    # === The ticket ===

    def test_raise_line(self):
        """INC-20: raised to the 2nd line at x %, to the 3rd at another, not further."""
        self._rule(name="second", raise_line=True, support_line="1")
        self._rule(name="third", raise_line=True, support_line="2", percent=75)
        self._rule(name="last", raise_line=True, percent=90)
        ticket = self._report(MON)
        self.assertEqual(ticket.support_line, "1")
        self._run_scheduler(HALF)
        self.assertEqual(ticket.support_line, "2")
        self._run_scheduler("2026-03-23 14:01")
        self.assertEqual(ticket.support_line, "3")
        self._run_scheduler("2026-03-23 14:37")
        self.assertEqual(ticket.support_line, "3")
        self.assertEqual(
            self._told(ticket),
            [("second", "done"), ("third", "done"), ("last", "done")],
        )
        self.assertIn("2nd line", self._alerts(ticket)[0].note)
        self.assertIn("last support line", self._alerts(ticket)[2].note)

    def test_shipped_second_line(self):
        """INC-20: the shipped example, off until it is switched on."""
        rule = self.env.ref("itsm_sla.itsm_escalation_rule_second_line")
        self.assertFalse(rule.active)
        with self.at("2026-03-20 10:00"):
            rule.active = True
        ticket = self._report(MON)
        on_second = self._report(MON, support_line="2")
        self._run_scheduler(HALF)
        self.assertEqual(ticket.support_line, "2")
        self.assertEqual(on_second.support_line, "2")
        self.assertFalse(self._alerts(on_second))
        self.assertEqual(self._activities(ticket).user_id, self.lead)

    def test_reassign(self):
        """INC-30: another team and user; who is told is the new team's leader."""
        self.team_2.user_id = self.manager
        self._rule(
            to_team_id=self.team_2.id, to_user_id=self.agent_2.id, tell_team_leader=True
        )
        ticket = self._report(MON, user_id=self.agent.id)
        self._run_scheduler(HALF)
        self.assertEqual(ticket.team_id, self.team_2)
        self.assertEqual(ticket.user_id, self.agent_2)
        self.assertEqual(self._alerts(ticket).user_id, self.manager)
        self.assertEqual(self._told(ticket), [("Test rule", "done")])
        note = self._alerts(ticket).note
        for name in (self.team_2.name, self.agent_2.name, self.manager.name):
            self.assertIn(name, note)

    def test_reassign_to_who_has_left(self):
        """INC-30: a ticket is not given to who has left; the rest of the rule works."""
        self._rule(to_user_id=self.agent_2.id, raise_line=True)
        ticket = self._report(MON, user_id=self.agent.id)
        self.agent_2.active = False
        self._run_scheduler(HALF)
        self.assertEqual((ticket.user_id, ticket.support_line), (self.agent, "2"))
        self.assertEqual(self._told(ticket), [("Test rule", "failed")])
        self.assertIn("Not assigned to", self._alerts(ticket).note)

    def test_portal_users(self):
        """INC-30: customers' users are neither told nor given tickets."""
        for vals in (
            {"tell_user_ids": self.portal_user.ids},
            {"to_user_id": self.portal_user.id},
        ):
            with self.assertRaises(ValidationError):
                self._rule(**vals)

    def test_priority_and_clocks(self):
        """INC-30: a priority raised by a rule is a save: log and clocks follow."""
        rule = self._rule(name="VIP", to_priority="3")
        self._rule(name="breach", moment="breach", sequence=20)
        ticket = self._report(MON)
        clock = self._clocks(ticket)
        # 90 % used: people would be asked for a reason
        rule.write({"percent": 90, "since": False})
        self._run_scheduler("2026-03-23 14:37")
        self.assertEqual(ticket.priority, "3")
        # 2 h from 10:00 are over: breached by the change, and told
        self.assertClock(clock, target_seconds=7200, breached_at="2026-03-23 14:37")
        self.assertEqual(self._told(ticket), [("VIP", "done")])
        event = self._log(ticket).filtered(lambda e: e.what == "priority")
        self.assertEqual((event.priority, event.note), ("3", "Escalation rule VIP"))
        self._run_scheduler("2026-03-23 14:38")
        self.assertEqual(self._told(ticket), [("VIP", "done"), ("breach", "told")])

    def test_priority_is_never_lowered(self):
        """INC-30: a ticket that has a higher priority keeps it."""
        self._rule(to_priority="1")
        ticket = self._report(MON)
        self._run_scheduler(HALF)
        self.assertEqual(ticket.priority, "2")
        self.assertIn("Nothing to change", self._alerts(ticket).note)

    def test_matrix_priority(self):
        """INC-30: against the matrix the rule is the reason."""
        self._rule(name="VIP", to_priority="3")
        ticket = self._report(MON, impact="3", urgency="3", priority="1")
        self._run_scheduler("2026-03-23 15:01")
        self.assertEqual(ticket.priority, "3")
        self.assertEqual(ticket.priority_reason, "Escalation rule VIP")

    def test_work_is_over(self):
        """INC-30: a solved ticket is left as it is; a missed target is still told."""
        self._rule(moment="breach", raise_line=True, tell_team_leader=True)
        ticket = self._report(MON)
        self._move("2026-03-23 15:30", ticket, "resolved")
        self._run_scheduler("2026-03-23 15:31")
        self.assertEqual(ticket.support_line, "1")
        self.assertEqual(self._alerts(ticket).user_id, self.lead)
        self.assertIn("is over", self._alerts(ticket).note)

    def test_note(self):
        """INC-30: one internal note a ticket: what fired, what was passed over."""
        self._rule(name="quarter", percent=25)
        self._rule(name="half", raise_line=True)
        self._rule(name="half, team", to_team_id=self.team_2.id, sequence=20)
        ticket = self._report(MON)
        ticket.message_subscribe((self.agent | self.agent_2).partner_id.ids)
        notified = self.env["mail.notification"].search_count([])
        self._run_scheduler(HALF)
        note = self._notes(ticket)
        self.assertEqual(len(note), 1)
        for text in ("half", "half, team", "Passed over: quarter", "2nd line"):
            self.assertIn(text, note.body)
        self.assertTrue(note.subtype_id.internal)
        self.assertEqual(self.env["mail.notification"].search_count([]), notified)
        self.assertFalse(self._mails())

    def test_batch(self):
        """Design, Speed: what a rule changes is saved at once for a whole batch."""
        self._rule(raise_line=True)
        with self.at(MON):
            tickets = self.env["helpdesk.ticket"].create(
                [self._ticket_vals(priority="2")] * 20
            )
        sizes = []
        save = HelpdeskTicket._escalation_write

        def spy(records, vals, rule):
            sizes.append(len(records))
            return save(records, vals, rule)

        with patch.object(HelpdeskTicket, "_escalation_write", spy):
            self._run_scheduler(HALF)
        self.assertEqual(sizes, [20])
        self.assertEqual(set(tickets.mapped("support_line")), {"2"})
        self.assertEqual(set(self._alerts(tickets).mapped("outcome")), {"done"})

    def test_one_fails(self):
        """INC-30: what fails on one ticket is said there and stops nothing else."""
        self._rule(raise_line=True, tell_team_leader=True)
        tickets = self.env["helpdesk.ticket"]
        for _index in range(3):
            tickets |= self._report(MON)
        bad = tickets[1]
        save = HelpdeskTicket._escalation_write

        def fail(records, vals, rule):
            if bad in records:
                raise ValidationError("The line is closed")  # pylint: disable=translation-required
            return save(records, vals, rule)

        with (
            patch.object(HelpdeskTicket, "_escalation_write", fail),
            mute_logger(ACT),
        ):
            self._run_scheduler(HALF)
        self.assertEqual((tickets - bad).mapped("support_line"), ["2", "2"])
        self.assertEqual(bad.support_line, "1")
        self.assertEqual(self._told(bad), [("Test rule", "failed")])
        self.assertIn("The line is closed", self._alerts(bad).note)
        self.assertIn("The line is closed", self._notes(bad).body)
        self.assertEqual(self._activities(bad).user_id, self.lead)

    # === The rule itself ===

    def test_constraints(self):
        """INC-30: a rule says when and what; wrong ones are refused with a remedy."""
        rules = self.env["itsm.escalation.rule"]
        for vals in (
            {"tell_team_leader": False},
            {"by_mail": False, "by_activity": False},
            {"warn_customer": True, "clock_kind": "ola"},
            {"warn_customer": True, "customer_template_id": False},
        ):
            with self.subTest(**vals), self.assertRaises(ValidationError):
                rules.create({"name": "Wrong", "tell_team_leader": True, **vals})

    def test_sentence_and_form(self):
        """INC-30: the form says the rule in words."""
        with Form(self.env["itsm.escalation.rule"]) as form:
            form.name = "At 60"
            form.percent = 60
            form.raise_line = True
        rule = form.record
        self.assertIn("Resolution, 60 % used", rule.sentence)
        self.assertIn("next support line", rule.sentence.lower())
        self.assertEqual(rule.copy().name, "At 60 (copy)")

    # === Preview ===

    def test_preview(self):
        """INC-30: what would fire on open tickets, without changing anything."""
        rule = self._rule(raise_line=True, tell_team_leader=True, active=False)
        coming = self._report("2026-03-23 11:30")
        past = self._report(MON)
        paused = self._report(MON)
        self._move("2026-03-23 10:30", paused, "paused")
        done = self._report(MON)
        self._move("2026-03-23 11:00", done, "resolved")
        tickets = coming | past | paused | done
        before = tickets.clock_ids.read()
        with self.at("2026-03-23 12:30"):
            action = rule.with_user(self.sla_manager).action_preview()
        lines = (
            self.env["itsm.escalation.preview"]
            .with_user(self.sla_manager)
            .search(action["domain"])
            .filtered(lambda line: line.ticket_id in tickets)
        )
        self.assertEqual(
            {(line.ticket_id, line.state, line.instant) for line in lines},
            {
                (past, "past", self.utc("2026-03-23 12:00")),
                (coming, "coming", self.utc("2026-03-23 14:30")),
                (paused, "waits", False),
            },
        )
        what = lines.filtered(lambda line: line.ticket_id == past).what
        self.assertIn("2nd line", what)
        self.assertIn(self.lead.name, what)
        self.assertEqual(tickets.clock_ids.read(), before)
        self.assertFalse(self._alerts(tickets))
        self.assertEqual(set(tickets.mapped("support_line")), {"1"})

    def test_preview_of_the_silent(self):
        """INC-30: where nobody is told it says so, below what will happen."""
        rule = self._rule(raise_line=True, tell_team_leader=True)
        archived = self._report(MON)
        self._write("2026-03-23 10:10", archived, self.manager, active=False)
        exempt = self._report(MON)
        with self.at("2026-03-23 10:20"):
            exempt.with_user(self.lead)._clock_set_exempt(True, "Flood")
        past = self._report("2026-03-23 10:05")
        coming = self._report("2026-03-23 11:30")
        tickets = archived | exempt | past | coming
        with self.at("2026-03-23 12:30"):
            action = rule.with_user(self.sla_manager).action_preview()
            lines = self.env["itsm.escalation.preview"].search(action["domain"])
        lines = lines.filtered(lambda line: line.ticket_id in tickets)
        self.assertEqual(lines[:2].mapped("ticket_id").ids, [past.id, coming.id])
        self.assertEqual(set(lines[2:].ticket_id), set(archived | exempt))
        self.assertEqual(set(lines[2:].mapped("state")), {"silent"})
        for line in lines[2:]:
            self.assertNotIn(self.lead.name, line.what)
            self.assertIn("nobody is told", line.what)
        self.assertIn(self.lead.name, lines[0].what)
