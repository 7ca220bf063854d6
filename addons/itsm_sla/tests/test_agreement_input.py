# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestAgreementInput(SlaCommon):
    """Bad input gets a clear error that names the field and the remedy."""

    def _assert_refused(self, message, **vals):
        draft = self._draft_agreement(**vals)
        with self.assertRaisesRegex(ValidationError, message):
            draft.with_user(self.sla_manager).action_activate()
        self.assertEqual(draft.state, "draft")

    def _assert_not_stored(self, message, function):
        """The database refuses; the message of the constraint is the user's."""
        with (
            self.assertRaises(IntegrityError) as refused,
            self.env.cr.savepoint(),
            mute_logger("odoo.sql_db"),
        ):
            function()
            self.env.flush_all()
        name = refused.exception.diag.constraint_name
        self.assertRegex(self._constraint_message(name), message)

    def _constraint_message(self, name):
        for model in ("itsm.agreement", "itsm.agreement.target"):
            for constraint in self.env[model]._table_objects.values():
                if constraint.full_name(self.env[model]) == name:
                    return constraint.get_error_message(self.env[model])
        raise AssertionError(name)

    # === Parties ===

    def test_parties_by_kind(self):
        """SLM-01, SLM-02: an OLA needs a team, a UC a supplier, an SLA nobody."""
        self._assert_refused("Providing Team: an OLA needs the team", kind="ola")
        self._assert_refused("Supplier: a UC needs the supplier", kind="uc")
        for vals in (
            {"kind": "ola", "team_id": self.team.id},
            {"kind": "ola", "team_id": self.team_2.id},
            {"kind": "uc", "supplier_id": self.customer.id},
            {"kind": "sla"},
            {"kind": "sla", "partner_id": self.customer.id},
        ):
            with self.subTest(vals=vals):
                draft = self._draft_agreement(**vals)
                draft.with_user(self.sla_manager).action_activate()
                self.assertEqual(draft.state, "active")

    # === What clocks need ===

    def test_no_targets(self):
        """SLM-37: an agreement without targets names the field."""
        self._assert_refused("Targets: enter at least one", target_ids=[])

    def test_no_calendar(self):
        """SLM-37, CAL-08: no calendar is an error; around the clock is a choice."""
        self._assert_refused("Service Hours: choose a working time", calendar_id=False)

    def test_no_start(self):
        """SLM-06: an agreement without its first day names the field."""
        self._assert_refused("In Force From: enter the first day", date_start=False)

    def test_everything_at_once(self):
        """Bad input: all that is missing is named in one message."""
        self._assert_refused(
            r"(?s)In Force From: .*Service Hours: .*Targets: ",
            date_start=False,
            calendar_id=False,
            target_ids=[],
        )

    def test_calendar_without_hours(self):
        """CAL-07: a calendar without hours is refused by its name and field."""
        empty = self._create_calendar("No hours", self.zone, days=())
        self._assert_refused("No hours .*“.+” has no hours", calendar_id=empty.id)

    def test_flexible_calendar(self):
        """CAL-07: a flexible calendar does not say when work begins."""
        flexible = self._create_calendar("Flexi", self.zone)
        flexible.schedule_type = "flexible"
        self._assert_refused("Flexi .*fully fixed", calendar_id=flexible.id)

    def test_reversed_validity(self):
        """SLM-06: an end before the start is refused."""
        self._assert_not_stored(
            "set Until to a day on or after In Force From",
            lambda: self._draft_agreement(date_end="2025-12-31"),
        )

    def test_target_zero_or_negative(self):
        """SLM-37: a target is at least one minute."""
        for minutes in (0, -5):
            self._assert_not_stored(
                "Enter a positive number",
                lambda minutes=minutes: self._draft_agreement(
                    target_ids=[Command.create({"minutes": minutes})]
                ),
            )

    def test_target_absurd(self):
        """SLM-37: a target of years is a typing error and must not stop tickets."""
        self._assert_not_stored(
            "at most",
            lambda: self._draft_agreement(
                target_ids=[Command.create({"minutes": 2_000_000_000})]
            ),
        )

    def test_target_twice(self):
        """SLM-37: one target per kind, priority and metric."""
        self._assert_not_stored(
            "Remove one",
            lambda: self._draft_agreement(
                target_ids=[Command.create({"minutes": m}) for m in (5, 6)]
            ),
        )

    def test_at_risk_percent(self):
        """SLM-35: the warning lies within the target."""
        for percent in (0, 101):
            self._assert_not_stored(
                "between 1 and 100",
                lambda percent=percent: self._draft_agreement(at_risk_percent=percent),
            )

    # === What is in use ===

    def test_deleted_calendar_in_use(self):
        """SLM-37: a calendar in use is not deleted; the agreement is named."""
        agreement = self._create_agreement()
        with self.assertRaisesRegex(UserError, f"{agreement.code}.*Service Hours"):
            self.calendar.unlink()
        self.assertTrue(self.calendar.exists())

    def test_broken_calendar_stops_nobody(self):
        """Design, Manners: tickets are worked, agreements ended without its hours."""
        agreement = self._create_agreement()
        open_ticket, resolved = self._report(MON), self._report(MON)
        self._reply("2026-03-23 10:30", open_ticket)
        self._move("2026-03-23 11:00", resolved, "resolved")
        self.calendar.attendance_ids.unlink()
        self._write("2026-03-23 14:00", open_ticket, priority="3")
        self._move("2026-03-23 14:10", open_ticket, "paused")
        self._move("2026-03-23 14:20", open_ticket, "open")
        self._move("2026-03-23 14:30", resolved, "open")
        self._reply("2026-03-23 14:40", resolved)
        self._move("2026-03-23 14:50", resolved, "closed")
        with self.at("2026-03-23 15:00"):
            (open_ticket | resolved).mapped("clock_summary")
            self.env["itsm.clock"].search([]).mapped("why")
            agreement.action_terminate()
        self._move("2026-03-23 15:10", open_ticket, "closed")
        self.assertNotIn("running", (open_ticket | resolved).clock_ids.mapped("phase"))

    def test_frozen_while_in_force(self):
        """Design 2: what clocks are made of does not change while in force."""
        agreement = self._create_agreement({"2": (60, 240)})
        agreement = agreement.with_user(self.sla_manager)
        target = agreement.target_ids[0]
        spare = self._draft_agreement({"3": (15, 120)}).target_ids[0]
        spare = spare.with_user(self.sla_manager)
        for function in (
            lambda: agreement.write({"calendar_id": self.calendar_24x7.id}),
            lambda: agreement.write({"response_by": "either"}),
            lambda: agreement.write({"pause_reason_ids": [Command.clear()]}),
            lambda: agreement.write({"date_start": "2026-02-01"}),
            lambda: agreement.write({"target_ids": [Command.clear()]}),
            lambda: target.write({"minutes": 1}),
            lambda: target.unlink(),
            lambda: spare.copy({"agreement_id": agreement.id}),
            lambda: agreement.with_context(install_mode=True).write(
                {"retarget": "change"}
            ),
            lambda: target.with_context(install_mode=True).write({"minutes": 1}),
        ):
            with self.assertRaisesRegex(UserError, "is in force.*New version"):
                function()
        agreement.write({"name": "Renamed", "date_end": "2027-12-31"})
        with self.assertRaisesRegex(UserError, "archive it"):
            agreement.unlink()

    def test_life_is_not_written_from_outside(self):
        """Design 2: states and versions follow from the buttons, not from a write."""
        agreement = self._create_agreement().with_user(self.sla_manager)
        draft = self._draft_agreement().with_user(self.sla_manager)
        for record, vals in (
            (agreement, {"state": "draft"}),
            (agreement, {"superseded_on": "2026-02-01"}),
            (agreement, {"terminated_on": "2026-02-01"}),
            (draft, {"state": "active"}),
            (draft, {"previous_id": agreement.id}),
            (draft, {"version": 7}),
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                record.write(vals)
        with self.assertRaises(AccessError):
            draft.create({"name": "At once", "state": "active"})
        keys = {"default_state": "active", "default_version": 7}
        made = draft.with_context(**keys).create({"name": "At once"})
        self.assertEqual((made.state, made.version), ("draft", 1))

    # === Templates ===

    def test_template_copy(self):
        """SLM-55, SLM-56, SLM-65: a template is copied into a draft of one's own."""
        template = self.env.ref("itsm_sla.itsm_agreement_template_default")
        action = template.with_user(self.sla_manager).action_new_from_template()
        agreement = self.env["itsm.agreement"].browse(action["res_id"])
        self.assertFalse(agreement.is_template)
        self.assertEqual(agreement.state, "draft")
        self.assertEqual(agreement.company_id, self.company)
        self.assertEqual(agreement.owner_id, self.sla_manager)
        self.assertEqual(len(agreement.target_ids), len(template.target_ids))
        self.assertTrue(agreement.code)
        agreement.with_user(self.sla_manager).action_activate()
        # level A of the seed: 2 h for the more urgent level, 4 h for the other
        response = {
            target.priority: target.minutes
            for target in agreement.target_ids
            if target.metric == "response" and target.itsm_kind == "incident"
        }
        self.assertEqual((response["2"], response["0"]), (120, 240))

    def test_template_is_never_in_force(self):
        """SLM-55: a template cannot be put in force and makes no clock."""
        template = self._draft_agreement(is_template=True)
        with self.assertRaisesRegex(ValidationError, "is a template"):
            template.action_activate()

    def test_tiers(self):
        """SLM-65: the tiers as shipped, in minutes of response and resolution."""
        for name, expected in (
            ("basic", (240, 1440)),
            ("standard", (120, 480)),
            ("premium", (30, 240)),
            ("vip", (15, 120)),
        ):
            with self.subTest(tier=name):
                template = self.env.ref(f"itsm_sla.itsm_agreement_template_{name}")
                minutes = {
                    metric: set(targets.mapped("minutes"))
                    for metric, targets in template.target_ids.grouped("metric").items()
                }
                self.assertEqual(minutes["response"], {expected[0]})
                self.assertEqual(minutes["resolution"], {expected[1]})
                self.assertIn("99", template.clauses)

    # === Two companies ===

    def test_two_companies(self):
        """Vector 11: what belongs to another company is refused, field by field."""
        other = self.env["res.company"].create({"name": "Other company"})
        env = self.env(context={"allowed_company_ids": [other.id, self.company.id]})
        service = env["itsm.service"].create(
            {"name": "Theirs", "state": "live", "company_id": other.id}
        )
        calendar = self.calendar_paris.copy({"company_id": other.id})
        reason = self.reason_supplier.copy({"company_id": other.id})
        team = self.team.copy({"company_id": other.id})
        partner = self.customer.copy({"company_id": other.id})
        for vals in (
            {"service_ids": [Command.set(service.ids)]},
            {"calendar_id": calendar.id},
            {"pause_reason_ids": [Command.set(reason.ids)]},
            {"team_id": team.id},
            {"partner_id": partner.id},
            {"supplier_id": partner.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._draft_agreement(**vals)

    def test_one_responsible_person(self):
        """SLM-70: in force with one who answers for it, until another one is named;
        the next version keeps him."""
        draft = self._draft_agreement(owner_id=False)
        with self.assertRaisesRegex(ValidationError, "the one person who answers"):
            draft.action_activate()
        draft.owner_id = self.sla_manager
        draft.action_activate()
        with self.assertRaisesRegex(ValidationError, "the one person who answers"):
            draft.owner_id = False
        draft.owner_id = self.manager
        version = self.env["itsm.agreement"].browse(
            draft.action_new_version()["res_id"]
        )
        self.assertEqual(version.owner_id, self.manager)

    def test_agreement_of_another_company(self):
        """Vector 11: another company's agreement does not apply."""
        other = self.env["res.company"].create({"name": "Other company"})
        agreement = self._create_agreement(
            company_id=other.id,
            calendar_id=self.calendar_24x7.id,
            pause_reason_ids=[Command.clear()],
            owner_id=self.env.uid,
        )
        ticket = self._report(MON)
        self.assertEqual(ticket.agreement_reason, "no_agreement")
        with self.at(MON):
            theirs = self.env["helpdesk.ticket"].create(
                self._ticket_vals(
                    company_id=other.id, team_id=False, priority="2", stage_id=False
                )
            )
        self.assertEqual(theirs.agreement_id, agreement)
        self.assertEqual(theirs.clock_ids.company_id, other)
