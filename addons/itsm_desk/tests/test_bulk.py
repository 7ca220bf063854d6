# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.base.models.ir_actions_report import IrActionsReport
from odoo.addons.itsm_base.tools import guard

from ..models import itsm_ticket_bulk
from .lifecycle_common import LifecycleCommon

NOW = "2026-03-23 14:00"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj "
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000053 00000 n \n"
    b"0000000103 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n164\n%%EOF"
)


@tagged("post_install", "-at_install")
class TestBulk(LifecycleCommon):
    def _bulk(self, tickets, operation, user=None, **vals):
        user = user or self.agent
        bulk = self.env["itsm.ticket.bulk"].with_user(user)
        return bulk.create({"operation": operation, "selected": tickets.ids, **vals})

    def _apply(self, tickets, operation, user=None, **vals):
        with self.at(NOW):
            bulk = self._bulk(tickets, operation, user, **vals)
            bulk.action_apply()
            self._flush_tracking()
        return bulk

    def _results(self, bulk):
        return {line.number: (line.state, line.message) for line in bulk.line_ids}

    def _tickets(self, count, **vals):
        tickets = self.env["helpdesk.ticket"]
        for _i in range(count):
            tickets |= self._open(**vals)
        return tickets

    def test_from_the_list(self):
        """Issue 5, Pace: the action of the list takes what was ticked, and shows."""
        tickets = self._tickets(2)
        action = self.env.ref("itsm_desk.itsm_ticket_bulk_action_assign")
        self.assertEqual(action.binding_model_id.model, "helpdesk.ticket")
        model = self.env["itsm.ticket.bulk"].with_user(self.agent)
        form = Form(
            model.with_context(
                active_model="helpdesk.ticket",
                active_ids=tickets.ids,
                default_operation="assign",
            )
        )
        self.assertEqual(form.ticket_count, 2)
        form.user_id = self.agent_2
        bulk = form.save()
        shown = bulk.action_apply()
        self.assertEqual(tickets.user_id, self.agent_2)
        self.assertEqual((shown["res_id"], shown["target"]), (bulk.id, "new"))
        self.assertEqual((bulk.state, bulk.ok_count, bulk.error_count), ("done", 2, 0))
        # chosen elsewhere: nothing
        self.assertEqual(model.create({"operation": "assign"}).ticket_count, 0)

    def test_assign(self):
        """Issue 5, Pace: team and assignee of many tickets; what is empty stays."""
        tickets = self._tickets(3)
        bulk = self._apply(tickets, "assign", user_id=self.agent_2.id)
        self.assertEqual(bulk.ok_count, 3)
        self.assertEqual(tickets.user_id, self.agent_2)
        self.assertEqual(tickets.team_id, self.team)
        bulk = self._apply(tickets, "assign", team_id=self.team_2.id)
        self.assertEqual(bulk.ok_count, 3)
        self.assertEqual(tickets.team_id, self.team_2)
        self.assertEqual(tickets.user_id, self.agent_2)
        with self.assertRaisesRegex(UserError, "team, an assignee"):
            self._apply(tickets, "assign")

    def test_classify(self):
        """Issue 5, Pace: only what was chosen is set; the matrix gives the priority."""
        category = self.env["helpdesk.ticket.category"].create({"name": "Bulk"})
        tickets = self._tickets(2)
        late = self._apply(tickets, "classify", impact="1", urgency="1")
        self.assertEqual(late.error_count, 2)
        self.assertIn("Late Change", late.line_ids[0].message)
        bulk = self._apply(
            tickets,
            "classify",
            category_id=category.id,
            impact="1",
            urgency="1",
            late_reason="All of them concern the same server",
        )
        self.assertEqual(bulk.ok_count, 2, self._results(bulk))
        self.assertEqual(tickets.category_id, category)
        self.assertEqual(tickets.service_id, self.service)
        self.assertEqual(set(tickets.mapped("priority")), {"3"})
        with self.assertRaisesRegex(UserError, "at least one"):
            self._apply(tickets, "classify")

    def test_pause_and_resume(self):
        """Issue 5, Pace: pause with a reason; who is not paused fails at resuming."""
        tickets = self._tickets(3)
        bulk = self._apply(tickets[:2], "pause", pause_reason_id=self.pause_reason.id)
        self.assertEqual(bulk.ok_count, 2)
        self.assertEqual(tickets.mapped("itsm_state"), ["paused", "paused", "open"])
        with self.assertRaisesRegex(UserError, "Pause Reason"):
            self._apply(tickets, "pause")
        bulk = self._apply(tickets, "resume")
        self.assertEqual((bulk.ok_count, bulk.error_count), (2, 1))
        state, message = self._results(bulk)[tickets[2].number]
        self.assertEqual(state, "error")
        self.assertIn("not paused", message)
        self.assertEqual(set(tickets.mapped("itsm_state")), {"open"})

    def test_resolve_with_failures(self):
        """Issue 5, Pace: a list of results, not the first error; the others are done.

        One ticket is over, one is incomplete, which the company's rule blocks.
        """
        self._set_mode("close_complete", "block")
        tickets = self._tickets(4)
        over, incomplete = tickets[1], tickets[2]
        self._resolve("2026-03-23 11:00", over)
        incomplete.urgency = False
        bulk = self._apply(
            tickets,
            "resolve",
            solution="<p>Server started again</p>",
            closing_code_id=self.closing_code.id,
        )
        self.assertEqual((bulk.ok_count, bulk.error_count), (2, 2))
        results = self._results(bulk)
        self.assertIn("over already", results[over.number][1])
        self.assertIn("Urgency", results[incomplete.number][1])
        done = tickets[0] | tickets[3]
        self.assertEqual(set(done.mapped("itsm_state")), {"resolved"})
        self.assertEqual(done.closing_code_id, self.closing_code)
        self.assertTrue(
            all("started again" in text for text in done.mapped("solution"))
        )
        self.assertEqual(incomplete.itsm_state, "open")
        # errors first
        self.assertEqual(bulk.line_ids.mapped("state"), ["error", "error", "ok", "ok"])
        # each requester of a solved ticket was told once, of the failed none
        told = [row[0] for row in self._told("ticket_resolved", tickets)]
        self.assertEqual(sorted(told), sorted([*done.ids, over.id]))

    def test_out_of_sight(self):
        """Issue 5, Bad input: tickets out of sight fail, their number untold."""
        own = self._open(user_id=self.helpdesk_user.id)
        secret = self._open(user_id=self.agent.id)
        bulk = self._apply(
            own | secret,
            "pause",
            self.helpdesk_user,
            pause_reason_id=self.pause_reason.id,
        )
        results = self._results(bulk)
        self.assertEqual(results[own.number], ("ok", False))
        self.assertNotIn(secret.number, results)
        self.assertIn("may not see it", results[str(secret.id)][1])
        self.assertEqual(secret.itsm_state, "open")
        with self.assertRaises(AccessError):
            self._bulk(own, "resume", self.employee)
        with self.assertRaises(AccessError):
            self._bulk(own, "resume", self.portal_user)

    def test_results_are_own(self):
        """Issue 5, Pace: results are read by who did it, and written by nobody."""
        tickets = self._tickets(1)
        bulk = self._apply(tickets, "assign", user_id=self.agent_2.id)
        line = bulk.line_ids
        for user in (self.agent_2, self.manager):
            self.assertFalse(self.env["itsm.ticket.bulk"].with_user(user).search([]))
            with self.assertRaises(AccessError):
                line.with_user(user).read(["number"])
        with self.assertRaises(AccessError):
            line.with_user(self.agent).write({"state": "error"})
        with self.assertRaisesRegex(UserError, "done already"):
            bulk.write({"operation": "resume"})
        with self.assertRaisesRegex(UserError, "done already"):
            bulk.action_apply()
        with self.assertRaisesRegex(UserError, "by the system"):
            self._bulk(tickets, "assign", state="done")
        self.assertEqual(line.action_open_ticket()["res_id"], tickets.id)

    def test_bad_selection(self):
        """Issue 5, Bad input: no list of ids is refused; a deleted one fails."""
        for selected in ([], False, {"a": 1}, ["1"], [True], "12"):
            bulk = (
                self.env["itsm.ticket.bulk"]
                .with_user(self.agent)
                .create({"operation": "resume", "selected": selected})
            )
            with self.assertRaises(UserError):
                bulk.action_apply()
        ticket = self._open()
        bulk = self._apply(ticket, "assign", user_id=self.agent_2.id)
        gone = self.env["helpdesk.ticket"].browse(2**31 - 1)
        bulk = self._apply(ticket | ticket | gone, "assign", user_id=self.agent.id)
        self.assertEqual((bulk.ok_count, bulk.error_count), (1, 1))

    def test_run(self):
        """Issue 5, Pace: above the limit a run does it in slices, with its progress."""
        tickets = self._tickets(7)
        self._resolve("2026-03-23 11:00", tickets[3])
        with (
            patch.object(itsm_ticket_bulk, "AT_ONCE", 5),
            patch.object(itsm_ticket_bulk, "TOGETHER", 3),
        ):
            bulk = self._apply(tickets, "pause", pause_reason_id=self.pause_reason.id)
            self.assertEqual((bulk.state, bulk.run_id.state), ("working", "waiting"))
            self.assertEqual(bulk.run_id.total, 7)
            self.assertEqual(set(bulk.line_ids.mapped("state")), {"waiting"})
            with self.at(NOW):
                bulk.run_id.sudo()._work_inline()
        self.env.invalidate_all()
        self.assertEqual((bulk.state, bulk.run_id.state), ("done", "done"))
        self.assertEqual(bulk.run_id.done, 7)
        self.assertEqual((bulk.ok_count, bulk.error_count), (6, 1))
        self.assertEqual(set((tickets - tickets[3]).mapped("itsm_state")), {"paused"})

    def test_run_in_two_companies(self):
        """Issue 5, Pace: a run reaches the companies that were chosen, as the same
        change does at once; not those that were not."""
        company = self.env["res.company"].create({"name": "Other"})
        self.agent.company_ids |= company
        mine = self._tickets(1)
        theirs = self._create_ticket(
            company_id=company.id, team_id=False, stage_id=self.stage_open.id
        )
        for chosen, count in ((self.company | company, 2), (self.company, 1)):
            bulk = self._bulk(mine | theirs, "assign", user_id=self.agent_2.id)
            with patch.object(itsm_ticket_bulk, "AT_ONCE", 0):
                bulk.with_context(allowed_company_ids=chosen.ids).action_apply()
            self.assertEqual(bulk.state, "working")
            bulk.run_id.sudo()._work_inline()
            self.env.invalidate_all()
            self.assertEqual((bulk.state, bulk.ok_count), ("done", count))

    def test_run_cancelled(self):
        """Design 9: what was not reached when a run was stopped says so."""
        tickets = self._tickets(3)
        with patch.object(itsm_ticket_bulk, "AT_ONCE", 2):
            bulk = self._apply(tickets, "assign", user_id=self.agent_2.id)
        bulk.run_id.with_user(self.agent).action_cancel()
        self.assertEqual((bulk.state, bulk.error_count), ("done", 3))
        self.assertEqual(tickets.user_id, self.agent)

    def test_queries(self):
        """Issue 5, Pace: saved together; queries by ticket are the save's."""

        def queries(count):
            tickets = self._tickets(count)
            bulk = self._bulk(tickets, "pause", pause_reason_id=self.pause_reason.id)
            bulk = bulk.with_context(tracking_disable=True)
            self._flush_tracking()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            bulk.action_apply()
            self._flush_tracking()
            self.assertEqual(bulk.ok_count, count)
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(12) - queries(2), 10 * 4)

    def test_print(self):
        """Issue 5, Pace: one file of what can be printed; the rest is named."""
        tickets = self._tickets(3)

        def render(report, ref, res_ids=None, data=None):
            if res_ids == tickets[1].ids:
                raise UserError("No paper")  # pylint: disable=translation-required
            return PDF, "pdf"

        with patch.object(IrActionsReport, "_render_qweb_pdf", render):
            bulk = self._apply(tickets, "print")
        self.assertEqual((bulk.ok_count, bulk.error_count), (2, 1))
        self.assertEqual(self._results(bulk)[tickets[1].number], ("error", "No paper"))
        [file] = bulk.file_ids
        self.assertEqual(file.mimetype, "application/pdf")
        self.assertEqual(file.raw.count(b"/Type /Page\n"), 2, file.raw[:600])
        self.assertEqual(file.with_user(self.agent).raw, file.raw)
        with self.assertRaises(AccessError):
            file.with_user(self.agent_2).read(["raw"])

    def test_print_many(self):
        """Issue 5, Pace: a print takes a second for each ticket, so that more than a
        few are printed by a run, in files of its slices."""
        tickets = self._tickets(3)
        with (
            patch.object(itsm_ticket_bulk, "PRINTED_AT_ONCE", 2),
            patch.object(
                IrActionsReport, "_render_qweb_pdf", lambda *a, **k: (PDF, "pdf")
            ),
        ):
            bulk = self._apply(tickets, "print")
            self.assertEqual(bulk.state, "working")
            bulk.run_id.sudo()._work_inline()
        self.env.invalidate_all()
        self.assertEqual((bulk.state, bulk.ok_count), ("done", 3))
        # two in the first, which was put together; one in the second, as it is
        first, second = bulk.file_ids.sorted("id").mapped("raw")
        self.assertEqual(first.count(b"/Type /Page\n"), 2)
        self.assertEqual(second, PDF)

    def test_results_are_evidence(self):
        """Bad input: nobody writes results, also not of a draft."""
        bulk = self._bulk(self._tickets(1), "assign", user_id=self.agent.id)
        for vals in ({"state": "done"}, {"line_ids": []}, {"file_ids": []}):
            with self.subTest(vals), self.assertRaisesRegex(UserError, "by the system"):
                bulk.write(vals)

    def test_old_ones_go(self):
        """Design, Manners: results are kept for thirty days, runs in hand longer."""
        tickets = self._tickets(1)
        bulk = self._apply(tickets, "assign", user_id=self.agent_2.id)
        working = self._bulk(tickets, "assign", user_id=self.agent_2.id)
        guard.with_token(working).state = "working"
        bulks = bulk | working
        old = fields.Datetime.now() - timedelta(days=31)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE itsm_ticket_bulk SET create_date = %s WHERE id IN %s",
            [old, tuple(bulks.ids)],
        )
        bulks.invalidate_recordset()
        self.env["itsm.ticket.bulk"]._gc_bulk()
        self.assertEqual(bulks.exists(), working)
        self.assertTrue(tickets.exists())
