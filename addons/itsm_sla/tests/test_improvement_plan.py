# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import io
from datetime import date

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import PdfFileReader

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

NOW = "2026-07-01 11:00"


@tagged("post_install", "-at_install")
class TestImprovementPlan(SlaCommon):
    """Service improvement plans: measured before, agreed, done, measured after."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement = cls._create_agreement({"2": (60, 240)}, name="Mail")

    def _plan(self, user=None, **vals):
        plans = self.env["itsm.improvement.plan"].with_user(user or self.sla_manager)
        return plans.create(
            {
                "name": "Solve in time",
                "company_id": self.company.id,
                "agreement_id": self.agreement.id,
                "metric": "resolution",
                "need": "<p>Too many are late.</p>",
                "target": 90,
                "date_due": "2026-09-30",
                "before_from": "2026-06-01",
                "before_to": "2026-06-30",
                **vals,
            }
        )

    def _action(self, plan, **vals):
        return self.env["itsm.action"].create(
            {
                "name": "A second engineer",
                "res_model": plan._name,
                "res_id": plan.id,
                "kind": "improvement",
                "company_id": self.company.id,
                "owner_id": self.lead.id,
                "due_date": "2026-07-31",
                **vals,
            }
        )

    def _ticket(self, day, hour):
        ticket = self._report(f"{day} 10:00")
        self._move(f"{day} {hour}:00", ticket, "resolved")
        return ticket

    def test_whole_way(self):
        """SLM-40, SLM-47, SLM-50, SLM-79: a missed target becomes a plan; it starts
        only with a figure, a date and an action; a revision keeps what was agreed; it
        ends with the figure after, which is compared unrounded."""
        for day, hour in (("06-01", 11), ("06-02", 17), ("06-03", 17), ("06-30", 11)):
            self._ticket(f"2026-{day}", hour)
        self._ticket("2026-07-01", 17)  # not of June
        results = self.env["itsm.target.result"].with_user(self.sla_manager)
        missed = results.search(
            [("agreement_id", "=", self.agreement.id), ("metric", "=", "resolution")]
        ).filtered(lambda result: not result.is_met)
        june = missed.filtered(lambda result: result.day.month == 6)[0]
        context = june.action_improve()["context"]
        self.assertEqual(context["default_agreement_id"], self.agreement.id)
        self.assertEqual(context["default_before_from"], "2026-06-01")
        with self.assertRaisesRegex(UserError, "nothing to improve"):
            (results.search([("is_met", "=", True)], limit=1)).action_improve()
        plans = self.env["itsm.improvement.plan"].with_user(self.sla_manager)
        plan = plans.with_context(**context).create({"name": "Faster", "target": 90})
        self.assertEqual(plan.metric, "resolution")
        self.assertTrue(plan.code.startswith("SIP"))
        with self.at("2026-07-10 11:00"):
            with self.assertRaisesRegex(UserError, "cannot start yet") as refused:
                plan.action_start()
            for word in ("not good enough", "until when", "figure before", "action"):
                self.assertIn(word, str(refused.exception))
            plan.priority = False
            plan.write({"need": "<p>Late</p>", "date_due": "2026-09-30"})
            plan.action_measure_before()
            self.assertEqual((plan.value_before, plan.before_denominator), (50.0, 4))
            self.assertEqual(plan.before_text, "50 % (2 of 4)")
            action = self._action(plan)
            plan.action_start()
            self.assertEqual((plan.state, plan.revision), ("running", 1))
            with self.assertRaisesRegex(UserError, "press Revise"):
                plan.target = 40
            with self.assertRaisesRegex(UserError, "why the plan is revised"):
                plan.action_revise()
            plan.revision_reason = "The customer wants more"
            plan.action_revise()
            plan.target = 95
            plan.action_start()
            first, second = plan.revision_ids.sorted("number")
            self.assertEqual(first.content["target"], "90.0")
            self.assertEqual(second.content["target"], "95.0")
            self.assertEqual(second.reason, "The customer wants more")
            self.assertFalse(first.is_altered)
        for number in range(3):
            self._ticket(f"2026-09-0{number + 1}", 11)
        with self.at("2026-10-01 11:00"):
            plan.write({"after_from": "2026-09-01", "after_to": "2026-09-30"})
            with self.assertRaisesRegex(UserError, "measure what came of it"):
                plan.action_finish()
            plan.action_measure_after()
            plan.result = "<p>All in time.</p>"
            with self.assertRaisesRegex(UserError, "A second engineer"):
                plan.action_finish()
            guard.with_token(action).write({"state": "done"})
            plan.action_finish()
            self.assertEqual((plan.state, plan.value_after), ("reached", 100.0))
            with self.assertRaisesRegex(UserError, "is over"):
                plan.name = "Another"
            with self.assertRaises(UserError):
                plan.unlink()
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            first.with_user(self.sla_manager).write({"reason": "None"})
        self.env.cr.execute(
            "UPDATE itsm_improvement_plan_revision SET content = %s WHERE id = %s",
            ('{"target": "1"}', first.id),
        )
        first.invalidate_recordset()
        self.assertTrue(first.is_altered)

    def test_measured_alike(self):
        """SLM-47: both figures are of all versions of the agreement, by its days; the
        same whoever measures; nothing measured and periods that last are refused."""
        self._ticket("2026-06-30", 17)
        with self.at(NOW):
            plan = self._plan()
            plan.action_measure_before()
            self.assertEqual(plan.value_before, 0.0)
            plan.write({"before_from": "2026-05-01", "before_to": "2026-05-31"})
            with self.assertRaisesRegex(UserError, "nothing was measured"):
                plan.action_measure_before()
            plan.write({"before_to": "2026-07-01"})
            with self.assertRaisesRegex(UserError, "not over"):
                plan.action_measure_before()
            plan.write({"before_to": False})
            with self.assertRaisesRegex(UserError, "first and the last day"):
                plan.action_measure_before()
            draft = self.agreement.browse(self.agreement.action_new_version()["res_id"])
            draft.action_activate()
            plan = self._plan(agreement_id=draft.id)
            plan.action_measure_before()
            self.assertEqual(plan.before_denominator, 1)

    def test_other_measures(self):
        """SLM-47: availability by seconds of whole months; a KPI by its latest figure
        in the period; by hand; less can be better; unrounded."""
        rows = guard.with_token(self.env["itsm.availability"])
        for month, down in ((4, 0), (5, 100), (6, 900)):
            rows.create(
                {
                    "agreement_id": self.agreement.id,
                    "company_id": self.company.id,
                    "kind": "sla",
                    "service_id": self.service.id,
                    "month": date(2026, month, 1),
                    "counted_at": f"2026-{month:02}-15 12:00:00",
                    "status": "met",
                    "agreed_seconds": 10000,
                    "measured_seconds": 10000,
                    "down_seconds": down,
                }
            )
        kpi = self.env.ref("itsm_sla.itsm_kpi_k16")
        values = guard.with_token(self.env["itsm.kpi.value"])
        for month, value in ((5, 7.5), (6, 12.0)):
            values.create(
                {
                    "kpi_id": kpi.id,
                    "company_id": self.company.id,
                    "period_start": date(2026, month, 1),
                    "period_end": date(2026, month, 30 + month % 2),
                    "value": value,
                    "status": "bad",
                }
            )
        with self.at(NOW):
            plan = self._plan(
                measure="availability", before_from="2026-05-01", target=99.5
            )
            plan.action_measure_before()
            self.assertEqual(plan.value_before, 95.0)
            plan.before_to = "2026-06-29"  # June is not whole
            plan.action_measure_before()
            self.assertEqual(plan.value_before, 99.0)
            plan = self._plan(measure="kpi", kpi_id=kpi.id, target=8)
            plan.action_measure_before()
            self.assertEqual((plan.value_before, plan.direction), (12.0, "down"))
            self.assertEqual(plan.target_text, "≤ 8 Hours")
            hand = self._plan(
                measure="manual", manual_name="Complaints", direction="down", target=3
            )
            hand.manual_before = 9
            hand.action_measure_before()
            self._action(hand, state="open").unlink()
            done = guard.with_token(self._action(hand))
            hand.action_start()
            done.state = "done"
        with self.at("2026-10-01 11:00"):
            hand.write(
                {
                    "after_from": "2026-09-01",
                    "after_to": "2026-09-30",
                    "manual_after": 3.004,
                    "result": "<p>Fewer.</p>",
                }
            )
            hand.action_measure_after()
            self.assertEqual(hand.after_text, "3.01")  # cut off to the worse side
            hand.action_finish()
            self.assertEqual(hand.state, "not_reached")

    def test_figures_of_another_measure(self):
        """SLM-47, SLM-50: a figure is of what is measured now: changing that, or the
        days, takes it back; the same values again, need and target do not."""
        self._ticket("2026-06-01", 11)
        self._ticket("2026-06-02", 17)
        changes = (
            {"measure": "manual", "manual_name": "Calls", "unit": "calls"},
            {"metric": "response"},
            {"itsm_kind": "request"},
            {"priority": "3"},
            {"agreement_id": False},
            {"service_id": self.service.id},
            {"before_to": "2026-06-29"},
        )
        with self.at(NOW):
            plans = self._plan()
            for _change in changes:
                plans |= self._plan()
            plans.action_measure_before()
            kept, *others = plans
            kept.write(
                {
                    "metric": "resolution",
                    "before_to": "2026-06-30",
                    "need": "<p>Worse than that.</p>",
                    "cause": "<p>Nights.</p>",
                    "target": 95,
                    "date_due": "2026-10-31",
                }
            )
            self.assertEqual((kept.value_before, bool(kept.before_at)), (50.0, True))
            self._action(kept)
            for plan, change in zip(others, changes, strict=True):
                plan.write(change)
                self.assertFalse(plan.before_at, change)
                self.assertEqual(
                    (plan.value_before, plan.before_denominator), (0.0, 0.0), change
                )
            self._action(others[0])
            with self.assertRaisesRegex(UserError, "the figure before"):
                others[0].action_start()
            kept.action_start()
        with self.at("2026-10-01 11:00"):
            self._ticket("2026-09-01", 11)
            kept.write({"after_from": "2026-09-01", "after_to": "2026-09-30"})
            kept.action_measure_after()
            self.assertEqual(kept.value_after, 100.0)
            kept.after_to = "2026-09-29"
            self.assertFalse(kept.after_at)
            kept.action_measure_after()
            kept.revision_reason = "Something else counts"
            kept.action_revise()
            kept.metric = "response"
            self.assertFalse(kept.before_at or kept.after_at)

    def test_refused(self):
        """SLM-47, SLM-69: figures and states by hand; targets that cannot be; giving
        up without a reason; agents read, other companies see nothing."""
        plan = self._plan()
        for vals in ({"value_before": 99.0}, {"state": "reached"}, {"revision": 7}):
            with self.assertRaises(UserError):
                plan.write(vals)
            with self.assertRaises(UserError):
                self._plan(**vals)
        for vals in (
            {"target": 101},
            {"measure": "kpi"},
            {"measure": "manual"},
        ):
            with self.assertRaises(ValidationError):
                self._plan(**vals)
        with self.assertRaisesRegex(UserError, "why it is given up"):
            plan.action_cancel()
        with mute_logger("odoo.models"):
            with self.assertRaises(AccessError):
                self._plan(user=self.agent)
            with self.assertRaises(AccessError):
                plan.with_user(self.agent).action_measure_before()
        self.assertEqual(plan.with_user(self.agent).name, "Solve in time")
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = self._create_user(
            "itsm-sla-stranger",
            "itsm_sla.itsm_group_sla_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        plans = self.env["itsm.improvement.plan"].with_user(stranger)
        self.assertFalse(plans.search([("id", "=", plan.id)]))
        plan.cancel_reason = "The service ends"
        plan.action_cancel()
        self.assertEqual(plan.state, "cancelled")

    def test_paper(self):
        """D11: metric, figures, actions with owners and the effect on the form."""
        plan = self._plan(measure="manual", manual_name="Complaints of the month")
        self._action(plan)
        self._action(plan, name="Secret talk", restricted=True)
        report = self.env.ref("itsm_sla.itsm_improvement_plan_report")
        plan = plan.with_context(force_report_rendering=True)
        content = plan.env["ir.actions.report"]._itsm_form_pdf(report, plan)
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        text = "".join("".join(page.extract_text().split()) for page in reader.pages)
        for expected in (plan.code, "Complaints", "Too many", "A second engineer"):
            self.assertIn(expected.replace(" ", ""), text)
        self.assertIn(self.lead.name.replace(" ", ""), text)
        self.assertNotIn("Secrettalk", text)
