# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .history_common import HEADER, HistoryCommon


@tagged("post_install", "-at_install")
class TestHistoryReconcile(HistoryCommon):
    """Section 3: reconciliation by ticket number, undo, companies, access, silence."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._draft_agreement()

    def _facts(self, ticket):
        clocks = ticket.clock_ids.sorted("metric")
        return (
            [(e.time, e.sequence, e.what, e.value) for e in self._log(ticket)],
            [(c.metric, c.phase, c.used_seconds, c.breached_at) for c in clocks],
            [ticket.stage_id, ticket.resolved_at, ticket.closed_date, ticket.priority],
        )

    def test_twice(self):
        """Section 3: importing twice changes nothing."""
        self._import(self.small, agreement_id=self.agreement.id)
        tickets = self._ticket("T-1") | self._ticket("T-2") | self._ticket("T-3")
        before = [self._facts(ticket) for ticket in tickets]
        again = self._import(self.small, agreement_id=self.agreement.id)
        self.assertEqual(again.unchanged_count, 3)
        self.assertFalse(again.link_ids)
        self.assertEqual([self._facts(ticket) for ticket in tickets], before)
        self.assertEqual(len(self._ticket("T-1")), 1)

    def test_longer(self):
        """Section 3: a longer file, or the rest alone, adds only what is new."""
        lines = self.small.splitlines(keepends=True)
        whole = self._import(self.small, agreement_id=self.agreement.id)
        expected = self._facts(self._ticket("T-2"))
        whole.action_undo()
        for name, rest in (
            ("longer", self.small),
            ("rest", "".join([lines[0], *lines[8:]])),
        ):
            with self.subTest(name=name):
                first = self._import("".join(lines[:8]), agreement_id=self.agreement.id)
                ticket = self._ticket("T-2")
                self.assertEqual(ticket.itsm_state, "paused")
                self.assertEqual(self._clocks(ticket).phase, "paused")
                kept = self._log(ticket)
                before = self._facts(ticket)
                second = self._import(rest)
                self.assertEqual((second.extended_count, second.created_count), (1, 1))
                self.assertEqual(self._log(ticket)[: len(kept)], kept)
                # Under the agreement of the first import, although none was chosen.
                self.assertEqual(self._facts(ticket)[1:], expected[1:])
                self.assertEqual(
                    [event[0::2] for event in self._facts(ticket)[0]],
                    [event[0::2] for event in expected[0]],
                )
                self.assertTrue(all(self._clocks(ticket).mapped("is_history")))
                # The first cannot be undone before the second.
                first.action_undo()
                self.assertEqual(first.state, "imported")
                self.assertIn(
                    "undo that import first", str(self._reasons(first, "skip"))
                )
                self.assertFalse(self._ticket("T-1"))
                second.action_undo()
                self.env.invalidate_all()
                self.assertEqual(self._facts(ticket), before)
                first.action_undo()
                self.assertEqual(first.state, "undone")
                self.assertFalse(self._ticket("T-2"))

    def test_longer_stage(self):
        """Section 3: what is stored because of the stage follows a longer file."""
        self._import(self.small, agreement_id=self.agreement.id)
        ticket = self._ticket("T-3")
        self.assertTrue(ticket.unattended)
        row = self.small.splitlines()[-1].replace("16:05,0,New", "17:00,1,Active")
        longer = self._import(f"{self.small}{row}\n")
        self.assertEqual((longer.extended_count, longer.unchanged_count), (1, 2))
        self.assertFalse(ticket.unattended)
        self.assertEqual(ticket.first_response_at, self.utc("2026-03-05 17:00"))
        longer.action_undo()
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertTrue(ticket.unattended)
        self.assertFalse(ticket.first_response_at)

    def test_conflict(self):
        """Section 3: a corrected past is reported and changes nothing."""
        self._import(self.small, agreement_id=self.agreement.id)
        before = self._facts(self._ticket("T-2"))
        for changed in (
            self.small.replace(
                "02-03-2026 12:00,2,Awaiting", "02-03-2026 12:01,2,Awaiting"
            ),
            self.small.replace("T-2,02-03-2026 10:00", "T-2,02-03-2026 10:01"),
        ):
            again = self._import(changed, agreement_id=self.agreement.id)
            self.assertEqual((again.skip_count, again.unchanged_count), (1, 2))
            self.assertIn("Undo the earlier import", str(self._reasons(again, "skip")))
            self.assertEqual(self._facts(self._ticket("T-2")), before)

    def test_live_ticket(self):
        """Section 3: the number of a live ticket is reported and left alone."""
        live = self._create_ticket(number="T-1")
        self.env.flush_all()
        self.env.invalidate_all()
        before = live.read()
        history = self._import(self.small, agreement_id=self.agreement.id)
        self.assertEqual((history.created_count, history.skip_count), (2, 1))
        self.assertEqual(self._reasons(history, "skip")[0][1], "T-1")
        live.invalidate_recordset()
        self.assertEqual(live.read(), before)
        self.assertEqual(self._ticket("T-1"), live)

    def test_same_moment(self):
        """Two people import one file at once: the second one fails as a whole."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        link = history.sudo().link_ids[0]
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            link.copy()
            self.env.flush_all()

    def test_undo(self):
        """Section 3: undo leaves nothing, and the file can be imported again."""
        models = ("helpdesk.ticket", "itsm.ticket.event", "itsm.clock")
        before = {model: self.env[model].search([]).ids for model in models}
        history = self._import(self.small, agreement_id=self.agreement.id)
        history.action_undo()
        self.env.flush_all()
        self.env.invalidate_all()
        after = {model: self.env[model].search([]).ids for model in models}
        self.assertEqual(after, before)
        self.assertEqual(history.state, "undone")
        history.action_preview()
        history.action_import()
        self.assertEqual(history.created_count, 3)

    def test_undo_touched(self):
        """Section 3: what somebody touched since is kept, and the log says why."""
        touches = {
            "field": lambda ticket: ticket.with_user(self.agent).write({"name": "New"}),
            "state": lambda ticket: self._move("2026-03-16 10:00", ticket, "open"),
            "message": lambda ticket: self._reply("2026-03-16 10:00", ticket),
            "activity": lambda ticket: ticket.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.agent.id
            ),
            "attachment": lambda ticket: self.env["ir.attachment"].create(
                {"name": "x", "res_model": ticket._name, "res_id": ticket.id}
            ),
        }
        for name, touch in touches.items():
            with self.subTest(name=name):
                text = self.small.replace("T-", f"{name}-")
                history = self._import(text, agreement_id=self.agreement.id)
                touched = self._ticket(f"{name}-2")
                touch(touched)
                self.env.flush_all()
                history.action_undo()
                self.assertEqual(history.state, "imported")
                self.assertEqual(history.link_ids.ticket_id, touched)
                self.assertTrue(touched.exists().clock_ids)
                self.assertFalse(self._ticket(f"{name}-1"))
                lines = self._reasons(history, "skip")
                self.assertEqual([line[1] for line in lines], [f"{name}-2"])
                again = self._import(text, agreement_id=self.agreement.id)
                self.assertEqual(again.created_count, 2)

    def test_delete(self):
        """Manners: an import with tickets is not deleted; without, it is."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        with self.assertRaisesRegex(UserError, "Undo first"):
            history.unlink()
        history.action_undo()
        history.unlink()
        self.assertFalse(history.exists())

    def test_two_companies(self):
        """Section 5: two companies: the same numbers side by side, nothing crosses."""
        other = self.env["res.company"].create({"name": "Other Provider"})
        both = self._create_user(
            "itsm-both",
            "itsm_sla.itsm_group_sla_manager",
            company_ids=[Command.set((self.company | other).ids)],
        )
        self._import(self.small, agreement_id=self.agreement.id)
        mine = self._facts(self._ticket("T-1"))
        theirs = self._new(self.small, user=both, company_id=other.id)
        only_mine = theirs.with_context(allowed_company_ids=self.company.ids)
        with self.assertRaises(AccessError):
            only_mine.action_preview()
        theirs = theirs.with_context(allowed_company_ids=(self.company | other).ids)
        with self.assertRaises(UserError):
            theirs.agreement_id = self.agreement
            self.env.flush_all()
        theirs = theirs.browse(theirs.id)
        theirs.agreement_id = False
        theirs.action_preview()
        self.assertEqual(theirs.created_count, 3)
        theirs.action_import()
        self.assertEqual(self._ticket("T-1", other).company_id, other)
        self.assertEqual(self._facts(self._ticket("T-1")), mine)
        seen = self.env["itsm.history.import"].with_user(self.sla_manager).search([])
        self.assertNotIn(theirs.id, seen.ids)

    def test_access(self):
        """Section 5: only service level managers import; the log cannot be edited."""
        history = self._import(self.small, agreement_id=self.agreement.id)
        for user in (self.agent, self.lead, self.helpdesk_user, self.portal_user):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._new(self.small, user=user)
                with self.assertRaises(AccessError):
                    history.with_user(user).action_undo()
                with self.assertRaises(AccessError):
                    history.with_user(user).line_ids.mapped("reason")
        with self.assertRaises(AccessError):
            history.link_ids.write({"number": "X"})
        with self.assertRaises(AccessError):
            history.link_ids.unlink()
        with self.assertRaises(AccessError):
            self.env["itsm.history.import.line"].with_user(self.sla_manager).create(
                {"import_id": history.id, "level": "info", "reason": "x"}
            )

    def test_silent(self):
        """Manners: no message, follower, activity, number or next event; flag set."""
        self.company.helpdesk_mgmt_ticket_auto_assign = True
        self.team.message_subscribe(self.agent.partner_id.ids)
        sequence = self.env.ref("helpdesk_mgmt.helpdesk_ticket_sequence")
        number = sequence.number_next_actual
        models = ("mail.message", "mail.mail", "mail.activity", "mail.followers")
        before = {model: self.env[model].search_count([]) for model in models}
        text = self.small.replace("Group A", "Service Desk").replace(
            "Resolver 1", self.agent.login
        )
        history = self._import(text, agreement_id=self.agreement.id)
        self._flush_tracking()
        after = {model: self.env[model].search_count([]) for model in models}
        self.assertEqual(after, before)
        tickets = history.link_ids.ticket_id
        self.assertEqual(len(tickets.filtered("is_history")), 3)
        self.assertFalse(any(tickets.clock_ids.mapped("next_event_at")))
        self.assertTrue(all(tickets.clock_ids.mapped("is_history")))
        sequence.invalidate_recordset()
        self.assertEqual(sequence.number_next_actual, number)
        self.assertNotIn(self.sla_manager, tickets.user_id)

    def test_batch(self):
        """Speed: the queries of an import do not grow with its tickets."""

        def rows(start, count):
            return HEADER + "".join(
                f"B-{n},2026-03-02 09:00,2026-03-02 {9 + hour}:10,{state},2 - High\n"
                for n in range(start, start + count)
                for hour, state in enumerate(("New", "Active", "Resolved", "Closed"))
            )

        def measure(start, count):
            history = self._preview(rows(start, count), agreement_id=self.agreement.id)
            self.env.flush_all()
            self.env.invalidate_all()
            begin = self.cr.sql_log_count
            history.action_import()
            self.env.flush_all()
            imported = self.cr.sql_log_count - begin
            self.env.invalidate_all()
            begin = self.cr.sql_log_count
            history.action_undo()
            self.env.flush_all()
            return imported, self.cr.sql_log_count - begin

        measure(0, 5)  # caches
        few, many = measure(100, 5), measure(200, 80)
        self.assertEqual(few, many)
