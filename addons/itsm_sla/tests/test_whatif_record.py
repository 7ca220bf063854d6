# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from ..models import itsm_whatif_work
from ..tools.bulk import copy_rows, insert_rows
from .whatif_common import NOW, WhatifCommon


@tagged("post_install", "-at_install")
class TestWhatifRecord(WhatifCommon):
    """Issue 6, design 9: scenarios as records, and the runs that work them out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (60, 240), "3": (15, 120)})

    # === The record ===

    def test_frozen(self):
        """Design, Manners: figures belong to what was chosen; nobody writes them."""
        self._five()
        scenario = self._ask(
            self.agreement, targets=[("incident", "2", "resolution", 60)]
        )
        with self.assertRaisesRegex(UserError, "Change the Question"):
            scenario.wish_percent = 50
        with self.assertRaisesRegex(UserError, "Change the Question"):
            scenario.target_ids.minutes = 61
        with self.assertRaisesRegex(UserError, "Change the Question"):
            scenario.target_ids.unlink()
        for vals in ({"state": "draft"}, {"ticket_count": 7}, {"moment": False}):
            with self.assertRaisesRegex(UserError, "buttons"):
                scenario.sudo().write(vals)
        for records in (scenario.line_ids, scenario.month_ids, scenario.answer_ids):
            with self.assertRaises(AccessError):
                records[0].sudo().write({"metric": "response"})
            with self.assertRaises(AccessError):
                records[0].sudo().unlink()
        scenario.name = "Another word for it"
        scenario.action_draft()
        self.assertEqual(scenario.state, "draft")
        self.assertFalse(scenario.line_ids | scenario.line_ids)
        scenario.wish_percent = 50
        copy = scenario.copy()
        self.assertEqual(copy.target_ids.minutes, 60)
        self.assertEqual(
            (copy.state, copy.name), ("draft", "Another word for it (copy)")
        )

    def test_evidence_and_deletion(self):
        """MS-29: what was known when the agreement was activated stays."""
        self._five()
        self.agreement.action_terminate()
        draft = self._draft_agreement()
        self.patch(self.env.cr, "_now", self.utc("2026-04-15 11:00"))
        seen, other = self._ask(draft), self._scenario(draft)
        with self.at("2026-04-15 11:00"):
            draft.action_activate()
        for refused in (seen.unlink, seen.action_draft, seen.action_compute):
            with self.assertRaisesRegex(UserError, "evidence"):
                refused()
        later = self._scenario(draft, scope="choice")
        with self.at("2026-04-15 12:00"):
            later.action_compute()
            later.run_id._work_inline()
        lines = later.line_ids
        self.assertTrue(lines)
        (later | other).unlink()
        self.assertFalse(lines.exists())
        self.assertTrue(seen.line_ids)

    def test_resumed_after_activation(self):
        """MS-29: what was not worked out when the agreement was put in force, with a
        first day dated back, is no evidence, and speaks of the time since."""
        tickets = self._five()
        self.agreement.action_terminate()
        self.patch(self.env.cr, "_now", self.utc("2026-04-15 11:00"))
        draft = self._draft_agreement(date_start="2026-03-01")
        begun, waiting, seen = (self._scenario(draft) for _number in range(3))
        self._work_out(seen)
        with self.at(NOW), patch.object(itsm_whatif_work, "AT_ONCE", 2):
            (begun | waiting).mapped(lambda scenario: scenario.action_compute())
            run = guard.with_token(begun.run_id.sudo())
            run._do_slice(run._job_of_owner())
            for scenario in begun | waiting:
                scenario.action_run_cancel()
            run._work_slice()
        self.assertEqual(run.state, "cancelled")
        with self.at("2026-04-15 11:00"):
            draft.action_activate()
        with self.at("2026-04-15 12:00"):
            for scenario in begun | waiting:
                scenario.action_run_resume()
                scenario.run_id._work_inline()
        self.env.invalidate_all()
        for scenario in begun | waiting:
            self.assertEqual(scenario.state, "computed")
            self.assertEqual(scenario.moment, self.utc("2026-04-15 12:00"))
            self.assertEqual(scenario.ticket_count, len(tickets))
            self.assertEqual(len(scenario.line_ids), 2 * len(tickets))
            log = "".join(scenario.run_id.line_ids.mapped("message"))
            self.assertIn("put in force meanwhile", log)
        (begun | waiting).unlink()
        with self.assertRaisesRegex(UserError, "evidence"):
            seen.unlink()

    def test_clocks_of_servers_differ(self):
        """MS-29: begun after the activation by a server whose clock is behind."""
        self._five()
        guard.with_token(self.agreement).activated_at = self.utc("2026-04-15 10:05")
        scenario = self._ask(self.agreement)
        self.assertEqual(scenario.moment, self.utc("2026-04-15 10:05:01"))
        scenario.unlink()

    def test_retention(self):
        """GDPR 5: old scenarios go by a rule, those that were decided by never."""
        self._five()
        self.agreement.action_terminate()
        draft = self._draft_agreement()
        self.patch(self.env.cr, "_now", self.utc("2026-04-15 11:00"))
        seen = self._ask(draft)
        other = self._ask(self._draft_agreement())
        fresh = self._ask(self._draft_agreement())
        with self.at("2026-04-15 11:00"):
            draft.action_activate()
        self.env.flush_all()
        self.cr.execute(
            "UPDATE itsm_whatif SET write_date = '2020-01-01' WHERE id = ANY(%s)",
            [(seen | other).ids],
        )
        self.env.invalidate_all()
        rule = self.env["itsm.retention.rule"].create(
            {
                "kind": "whatif",
                "action": "delete",
                "months": 36,
                "company_id": self.company.id,
                "enabled": True,
            }
        )
        self.assertEqual(rule.preview_count, 1)
        rule.action_run()
        rule.run_id._work_inline()
        self.assertEqual((seen | other | fresh).exists(), seen | fresh)

    def test_zero_is_stored(self):
        """A float of 0 written in bulk is 0 and not nothing; text stays as it is."""
        scenario = self._scenario(self.agreement)
        ticket = self._report("2026-03-23 09:00")
        names = ("whatif_id", "company_id", "ticket_id", "compliance")
        rows = [
            (scenario.id, self.company.id, ticket.id, v) for v in (0.0, None, False)
        ]
        lines = insert_rows(self.env["itsm.whatif.line"].sudo(), names, rows)
        self.env.cr.execute(
            "SELECT compliance FROM itsm_whatif_line WHERE id = ANY(%s) ORDER BY id",
            [lines.ids],
        )
        self.assertEqual(self.env.cr.fetchall(), [(0.0,), (None,), (None,)])
        # The same by COPY; what is a sign there is text here.
        odd = "a\tb\\N\nc\r"
        self.env.flush_all()
        copy_rows(
            self.env["itsm.run.line"].sudo(),
            ("run_id", "time", "level", "message"),
            [(self._run().id, self.utc(NOW), "info", text) for text in (odd, "")],
        )
        lines = self.env["itsm.run.line"].search([], order="id desc", limit=2)
        self.assertEqual(lines.mapped("message"), ["", odd])
        self.assertEqual(lines.create_uid, self.env.user)

    def _run(self):
        scenario = self._scenario(self.agreement)
        self._five()
        with self.at(NOW):
            scenario.action_compute()
        return scenario.run_id

    # === The run ===

    def test_slices_cancel_resume(self):
        """Issue 6: cancelled half-way and resumed it says what it says in one go."""
        tickets = self._five()
        whole = self._figures_of(self._ask(self.agreement))
        scenario = self._scenario(self.agreement)
        with self.at(NOW), patch.object(itsm_whatif_work, "AT_ONCE", 2):
            scenario.action_compute()
            run = guard.with_token(scenario.run_id.sudo())
            run._do_slice(run._job_of_owner())
            self.assertEqual((run.done, run.total), (2, 5))
            run.action_cancel()
            run._work_slice()
            self.assertEqual((run.state, scenario.state), ("cancelled", "computing"))
            self.assertEqual(len(scenario.line_ids.ticket_id), 2)
            self.assertFalse(scenario.summary)
            with self.assertRaises(UserError):
                scenario.wish_percent = 50
            scenario.action_run_resume()
            run._work_inline()
        self.env.invalidate_all()
        self.assertEqual((run.done, scenario.state), (5, "computed"))
        self.assertEqual(scenario.ticket_count, len(tickets))
        self.assertEqual(self._figures_of(scenario), whole)

    def _figures_of(self, scenario):
        names = ("itsm_kind", "priority", "metric", "met", "decided")
        return [
            scenario.line_ids.sorted(lambda x: (x.ticket_id.id, x.metric)).mapped(
                lambda x: (x.ticket_id.id, x.metric, x.status, x.used_seconds)
            ),
            scenario.month_ids.mapped(lambda m: [m[name] for name in names]),
            scenario.answer_ids.mapped(lambda a: [a.minutes, *(a[n] for n in names)]),
        ]

    def test_edited_meanwhile(self):
        """Design 9: figures speak of one agreement, though it is edited meanwhile."""
        self._five()
        draft = self._draft_agreement()
        scenario = self._scenario(draft)
        with self.at(NOW), patch.object(itsm_whatif_work, "AT_ONCE", 2):
            scenario.action_compute()
            run = guard.with_token(scenario.run_id.sudo())
            run._do_slice(run._job_of_owner())
            draft.target_ids.write({"minutes": 30})
            run._work_inline()
        self.env.invalidate_all()
        self.assertEqual(set(scenario.line_ids.mapped("target_seconds")), {1800})
        self.assertEqual(len(scenario.line_ids), 10)
        self.assertIn("worked out anew", "".join(run.line_ids.mapped("message")))
        self.assertEqual(scenario.ticket_count, 5)

    def test_no_log(self):
        """Issue 6: tickets older than the installation are left out and counted."""
        kept, gone = self._five()[:2]
        self.env.flush_all()
        self.cr.execute("DELETE FROM itsm_ticket_event WHERE ticket_id = %s", [gone.id])
        self.env.invalidate_all()
        scenario = self._ask(
            self.agreement, ticket_domain=f"[('id', 'in', {(kept | gone).ids})]"
        )
        self.assertEqual((scenario.ticket_count, scenario.skipped_count), (1, 1))
        self.assertEqual(scenario.line_ids.ticket_id, kept)
        self.assertIn("no event log", scenario.run_id.line_ids[-1:].message)

    def test_queries_per_slice(self):
        """Design, Speed: a slice takes as many queries for 40 tickets as for 4."""

        def queries(count):
            tickets = self.env["helpdesk.ticket"]
            with self.at("2026-03-23 09:00"):
                tickets = tickets.create([self._ticket_vals() for _n in range(count)])
            self._move("2026-03-23 11:00", tickets, "closed")
            scenario = self._scenario(
                self.agreement,
                ticket_domain=f"[('id', 'in', {tickets.ids})]",
                candidate_calendar_ids=self.calendar_24x7.ids,
            )
            with self.at(NOW):
                scenario.action_compute()
                run = guard.with_token(scenario.run_id.sudo())
                job = run._job_of_owner()
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                job._run_slice(run)
                return self.cr.sql_log_count - before

        queries(4)  # fills shared caches
        few, many = queries(4), queries(40)
        self.assertEqual(few, many)
        self.assertLess(many, 60)
