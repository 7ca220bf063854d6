# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import freeze_time, tagged

from .common_asset import AssetCommon


@tagged("post_install", "-at_install")
class TestMergePapers(AssetCommon):
    """Papers that name what is merged (CFG-26): drafts move, open ones refuse, evidence
    stays and is reached from the one that stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keep = cls._ci("keep", state="use")
        cls.gone = cls._ci("gone", state="use")
        cls.items = (cls.keep | cls.gone).with_user(cls.ci_manager)

    def _merge(self):
        self.items._merge_into(self.keep)
        self.assertEqual(self.gone.merged_into_id, self.keep)

    def _refused(self, *said):
        """The merge is refused with these words, and nothing has moved."""
        with self.assertRaises(UserError) as refused, self.cr.savepoint():
            self.items._merge_into(self.keep)
        for word in said:
            self.assertIn(word, str(refused.exception))
        self.assertTrue(self.gone.active)
        self.assertFalse(self.gone.merged_into_id)

    @classmethod
    def _scrapping(cls, items, **vals):
        scrappings = cls.env["itsm.ci.scrapping"].with_user(cls.ci_manager)
        return scrappings.create(
            {
                "reason": "Too old",
                "line_ids": [Command.create({"ci_id": item.id}) for item in items],
                **vals,
            }
        )

    @classmethod
    def _order(cls, items, **vals):
        start = fields.Datetime.now() + timedelta(days=1)
        return cls.env["itsm.ci.maintenance.order"].create(
            {
                "name": "Check",
                "ci_ids": [Command.set(items.ids)],
                "planned_start": start,
                "planned_end": start + timedelta(hours=2),
                **vals,
            }
        )

    @classmethod
    def _repair(cls, item):
        supplier = cls.env["res.partner"].create({"name": "Shop"})
        return cls.env["itsm.ci.repair"].create(
            {"ci_id": item.id, "fault": "dead", "supplier_id": supplier.id}
        )

    def _opened(self, action):
        """What a reader finds behind a button."""
        records = self.env[action["res_model"]].with_user(self.ci_reader)
        records = records.with_context(**action["context"])
        return records.search(action["domain"])

    # === Scrapping ===

    def test_scrapping_draft(self):
        """A draft is about the one that stays, which it names once."""
        alone, both = self._scrapping(self.gone), self._scrapping(self.items)
        other = self._scrapping(self.laptop)
        self._merge()
        self.assertEqual(alone.line_ids.ci_id, self.keep)
        self.assertEqual(both.line_ids.mapped("ci_id"), self.keep)
        self.assertEqual((len(both.line_ids), both.line_count), (1, 1))
        self.assertEqual(other.line_ids.ci_id, self.laptop)
        for sheet in (alone, both):
            self.assertIn("gone", sheet.message_ids[0].body)
            self.assertIn("keep", sheet.message_ids[0].body)

    def test_scrapping_entries(self):
        """Of two lines of one draft the one with evidence stays."""
        sheet = self._scrapping(self.items)
        line = sheet.line_ids.filtered(lambda row: row.ci_id == self.gone)
        line.write({"wipe_method": "shred", "wiped_by": "Wiper Ltd"})
        self._merge()
        self.assertEqual(sheet.line_ids, line)
        self.assertEqual((line.ci_id, line.wiped_by), (self.keep, "Wiper Ltd"))

    def test_scrapping_does_not_fit(self):
        """What stands for a service cannot be scrapped: the draft is named."""
        service = self.env["itsm.service"].create({"name": "T service"})
        item = self.env["itsm.ci"].search([("service_id", "=", service.id)])
        gone = self._ci("gone 2", company_id=item.company_id.id)
        sheet = self._scrapping(gone)
        with self.assertRaisesRegex(UserError, sheet.number):
            (item | gone).sudo()._merge_into(item)
        sheet.line_ids.unlink()
        (item | gone).sudo()._merge_into(item)
        self.assertEqual(gone.merged_into_id, item)

    def test_scrapping_open(self):
        """One that waits for its approval or is approved refuses the merge; one of
        the item that stays does not."""
        sheet = self._scrapping(self.gone)
        sheet.action_request_approval()
        self.assertEqual(sheet.state, "in_approval")
        self._refused(sheet.number)
        sheet.with_user(self.manager).action_approve()
        self.assertEqual(sheet.state, "approved")
        self._refused(sheet.number)
        sheet.action_cancel()
        mine = self._scrapping(self.keep)
        mine.action_request_approval()
        self._merge()
        # what was given up stays as it was
        self.assertEqual(sheet.line_ids.ci_id, self.gone)
        self.assertEqual((mine.state, mine.line_ids.ci_id), ("in_approval", self.keep))

    def test_scrapping_done(self):
        """What was scrapped stays with its record and is reached from the other."""
        sheet = self._scrapping(self.gone | self.laptop)
        sheet.action_request_approval()
        sheet.with_user(self.manager).action_approve()
        sheet.action_done()
        self._merge()
        self.assertEqual(sheet.line_ids.ci_id, self.gone | self.laptop)
        self.assertEqual(self._opened(self.keep.action_view_scrappings()), sheet)
        self.assertEqual(self.keep.with_user(self.ci_reader).scrapping_count, 1)

    # === Hand-over ===

    def test_handover_draft(self):
        """Lines of drafts go over, each item once; texts follow; a place too."""
        self.keep.serial = "KEEP-1"
        alone, both = self._new_sheet(self.gone), self._new_sheet(self.items)
        shown = self._new_sheet(self.gone)
        shown.action_present()
        shown.action_draft()
        self._merge()
        for sheet in (alone, both, shown):
            self.assertEqual(sheet.line_ids.ci_id, self.keep)
            self.assertEqual(len(sheet.line_ids), 1)
            self.assertEqual(sheet.line_ids.serial, "KEEP-1")
            self.assertEqual(sheet.state, "draft")
        # it can be signed and done as any other
        alone.action_present()
        self.assertEqual(alone.line_ids.name, "keep")

    def test_handover_remark(self):
        """Of two lines of a draft the one on which something was entered stays."""
        sheet = self._new_sheet(self.items)
        line = sheet.line_ids.filtered(lambda row: row.ci_id == self.gone)
        line.accessories = "power supply"
        self._merge()
        self.assertEqual(sheet.line_ids, line)
        self.assertEqual(line.ci_id, self.keep)

    def test_handover_place(self):
        """The place of a draft follows; of one that waits it refuses the merge."""
        keep, gone = (self._ci(n, self.class_place) for n in ("hall", "room 9"))
        sheet = self._new_sheet(self.laptop, location_id=gone.id)
        sheet.action_present()
        items = (keep | gone).with_user(self.ci_manager)
        with self.assertRaisesRegex(UserError, sheet.number):
            items._merge_into(keep)
        sheet.action_draft()
        items._merge_into(keep)
        self.assertEqual(sheet.location_id, keep)

    def test_handover_signed(self):
        """A signed sheet refuses; done it keeps its seal and is reached."""
        sheet = self._signed(self.gone)
        self._refused(sheet.number)
        sheet.action_done()
        later = self._hand_over(self.keep)
        self._merge()
        self.assertEqual(sheet.line_ids.ci_id, self.gone)
        self.assertEqual((sheet.seal, sheet.line_ids.name), ("intact", "gone"))
        self.assertEqual(self._opened(self.keep.action_view_handovers()), sheet | later)
        self.assertEqual(self.keep.with_user(self.ci_reader).handover_count, 2)

    def test_handover_done_of_both(self):
        """A sheet that named both is one sheet of the one that stays."""
        self._hand_over(self.items)
        self._merge()
        self.assertEqual(self.keep.handover_count, 1)

    def _differences(self):
        """What the comparison of ledgers says of the one that stays."""
        differences = self.env["itsm.asset.difference"]
        differences._cron_compare()
        return differences.search(
            [("state", "=", "open"), ("ci_id", "in", self.items.ids)]
        )

    def test_signed_for_merged(self):
        """CFG-38, CFG-45: who signed for what was merged signed for the one that
        stays: he is no difference, and may return it."""
        self._hand_over(self.gone)
        self.items._merge_into(self.keep, {"user_partner_id": self.person.id})
        self.assertEqual(self.keep._signers(), {self.keep: self.person})
        self.assertFalse(self._differences())
        self.keep.user_partner_id = self.requester_2
        row = self._differences()
        self.assertEqual((row.kind, row.ci_id), ("holder_sheet", self.keep))
        self.assertEqual(row.detail, f"{self.person.name} ≠ {self.requester_2.name}")
        context = self.keep.action_take_back()["context"]
        self.assertEqual(context["default_partner_id"], self.person.id)
        back = self._hand_over(self.keep, "back")
        self.assertFalse(
            self.env["itsm.enforcement.finding"].search(
                [("rule_code", "=", "ci_holder"), ("res_id", "=", back.id)]
            )
        )
        self.assertFalse(self._differences())
        self.assertFalse(self.keep._signers())

    def test_signed_for_both(self):
        """CFG-38: of the sheets of both the last one counts, over two merges too."""
        with freeze_time("2026-03-01 10:00:00"):
            self._hand_over(self.gone)
        with freeze_time("2026-03-02 10:00:00"):
            self._hand_over(self.keep, partner_id=self.requester_2.id)
        holder = {"user_partner_id": self.requester_2.id}
        self.items._merge_into(self.keep, holder)
        self.assertEqual(self.keep._signers(), {self.keep: self.requester_2})
        self.assertFalse(self._differences())
        top = self._ci("top", state="use")
        self.items |= top
        (top | self.keep).with_user(self.ci_manager)._merge_into(top, holder)
        self.assertEqual(top._signers(), {top: self.requester_2})
        self.assertFalse(self._differences())
        top.user_partner_id = self.person
        self.assertEqual(self._differences().ci_id, top)
        more = self.env["itsm.ci"].create(
            [self._ci_vals(f"more {index}", state="use") for index in range(20)]
        )
        self._hand_over(more)
        # items, three levels of what was merged, lines, sheets
        for items in (top, top | more):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            items._signers()
            counts = self.env.cr.sql_log_count - before
            self.assertLessEqual(counts, 6)

    # === Maintenance ===

    def test_order_planned(self):
        """Planned orders, their place and running plans are about the other."""
        place, hall = (self._ci(n, self.class_place) for n in ("room 9", "hall"))
        alone = self._order(self.gone, location_id=place.id)
        both = self._order(self.items)
        alone.user_id = self.agent
        activity = alone.activity_ids
        self.assertEqual(len(activity), 1)
        self._merge()
        self.assertEqual([order.ci_ids for order in (alone, both)], [self.keep] * 2)
        # nobody is told once more
        self.assertEqual(alone.activity_ids, activity)
        (place | hall).with_user(self.ci_manager)._merge_into(hall)
        self.assertEqual(alone.location_id, hall)

    def test_order_begun(self):
        """One in progress or reported refuses; reviewed it stays and is reached."""
        plan = self.env["itsm.ci.maintenance.plan"].create(
            {"name": "Visit", "check_ids": [Command.create({"name": "Lamps"})]}
        )
        order = self._order(self.gone, plan_id=plan.id, user_id=self.agent.id)
        order.with_user(self.agent).action_start()
        self._refused(order.number)
        order.result_ids.outcome = "ok"
        order.conclusion = "Fine"
        order.with_user(self.agent).action_report()
        self._refused(order.number)
        order.action_review()
        self._merge()
        self.assertEqual(order.ci_ids, self.gone)
        self.assertEqual(order.result_ids.ci_id, self.gone)
        self.assertEqual(self._opened(self.keep.action_view_maintenance()), order)

    def test_order_cancelled(self):
        """A cancelled order does not refuse, and stays as it is."""
        order = self._order(self.gone)
        order._cancel("Not needed")
        self._merge()
        self.assertEqual(order.ci_ids, self.gone)

    # === Repairs ===

    def test_repair(self):
        """To be sent it moves, sent it refuses, back it stays and is reached."""
        back, draft = self._repair(self.gone), self._repair(self.gone)
        back.action_send()
        self._refused(back.number)
        back.action_return_good()
        self._merge()
        self.assertEqual((back.ci_id, draft.ci_id), (self.gone, self.keep))
        self.assertEqual(self._opened(self.keep.action_view_repairs()), back | draft)
        self.assertEqual(self.keep.with_user(self.ci_reader).repair_count, 2)
        draft.action_send()
        self.assertEqual(draft.state, "sent")

    # === What is chosen for later ===

    def test_scopes_and_authorisations(self):
        """Drafts of baselines, audits and authorisations name the other; what was
        approved of one item is not approved of the other."""
        end = fields.Date.add(self._today(), days=10)
        chosen = {"scope": "chosen", "ci_ids": [Command.set(self.gone.ids)]}
        baseline = self.env["itsm.ci.baseline"].create({"name": "b", **chosen})
        audit = self.env["itsm.ci.audit"].create(
            {
                "name": "a",
                "date_end": end,
                "auditor_id": self.ci_auditor.id,
                **chosen,
            }
        )
        taken = self.env["itsm.ci.baseline"].create({"name": "t", **chosen})
        taken.action_take()
        wish, asked, approved = self.env["itsm.ci.authorisation"].create(
            [
                {
                    "name": name,
                    "reason": "Because",
                    "date_end": end,
                    "ci_ids": [Command.set(self.gone.ids)],
                }
                for name in ("wish", "asked", "approved")
            ]
        )
        approved.with_user(self.ci_manager).action_approve()
        asked.action_ask()
        self._merge()
        self.assertEqual(asked.state, "asked")
        for record in (baseline, audit, wish, asked):
            self.assertEqual(record.ci_ids, self.keep)
        for record in (taken, approved):
            self.assertEqual(record.with_context(active_test=False).ci_ids, self.gone)
        self.assertEqual(self._opened(self.keep.action_view_baselines()), taken)
        self.assertEqual(self.keep.baseline_count, 1)

    # === In all ===

    def test_of_nobody(self):
        """Who may not see a paper merges all the same; an owner does not."""
        company, manager = self._company_2()
        shared = self.env["itsm.ci"].create(
            [self._ci_vals(name, company_id=False) for name in ("s1", "s2")]
        )
        order = self._order(shared[1], company_id=company.id)
        everywhere = self.ci_manager.copy(
            {
                "login": "everywhere",
                "company_ids": [Command.set(self.env["res.company"].search([]).ids)],
            }
        )
        everywhere.group_ids = self.ci_manager.group_ids
        items = shared.with_user(everywhere).with_context(
            allowed_company_ids=self.company.ids
        )
        self.assertFalse(order.with_env(items.env).has_access("read"))
        items._merge_into(shared[0])
        self.assertEqual(order.ci_ids, shared[0])

    def test_levels_and_batch(self):
        """What was merged twice over is found; the queries do not grow."""
        sheet = self._hand_over(self.gone)
        self._merge()
        top = self._ci("top")
        (top | self.keep).with_user(self.ci_manager)._merge_into(top)
        self.assertEqual(self._opened(top.action_view_handovers()), sheet)
        many = self.env["itsm.ci"].create(
            [self._ci_vals(f"more {index}") for index in range(20)]
        )
        pair = top | self.keep
        self.assertEqual(pair.mapped("handover_count"), [1, 1])
        # to read the items, three levels of what was merged, the count
        for items in (pair, pair | many):
            self.env.flush_all()
            self.env.invalidate_all()
            with self.assertQueryCount(4):
                items.mapped("repair_count")
