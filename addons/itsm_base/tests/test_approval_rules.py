# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools.approval import silently, unmatched
from .approval_common import ORDER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalRules(ApprovalCommon):
    """When a step is approved or rejected, and by whom (design 8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.people = cls.anna | cls.ben | cls.cleo

    def _run(self, rule, decisions, quorum=0):
        """Decide a step of Anna, Ben and Cleo in turn; return the states on the way."""
        self.env["tier.definition"].search([("model", "=", ORDER)]).active = False
        self._create_group_step("Three", self.people, approval_rule=rule, quorum=quorum)
        order = self._create_order()
        self._ask(order)
        states = []
        for user, decision in zip(self.people, decisions, strict=False):
            self._decide(order, user, decision)
            states.append(order.approval_state)
        return states

    def test_any(self):
        """Rule “one of them”: the first yes; no only if all say no."""
        self.assertEqual(self._run("any", ["yes"]), ["approved"])
        self.assertEqual(
            self._run("any", ["no", "abstain", "yes"]),
            ["waiting", "waiting", "approved"],
        )
        self.assertEqual(
            self._run("any", ["no", "no", "no"]), ["waiting", "waiting", "rejected"]
        )

    def test_first(self):
        """Rule “the first of them”: his word counts, yes or no; who abstains leaves it
        to the others, and if all do so it is rejected."""
        self.assertEqual(self._run("first", ["yes"]), ["approved"])
        self.assertEqual(self._run("first", ["no"]), ["rejected"])
        self.assertEqual(self._run("first", ["abstain", "no"]), ["waiting", "rejected"])
        self.assertEqual(
            self._run("first", ["abstain", "abstain", "abstain"]),
            ["waiting", "waiting", "rejected"],
        )

    def test_empty_rule_is_any(self):
        """A step without a rule, as made by the engine's own form, is “one of them”."""
        self.assertEqual(self._run(False, ["yes"]), ["approved"])

    def test_number(self):
        """Rule “two of three”, ended as soon as it is met or cannot be met."""
        run = self._run
        self.assertEqual(run("number", ["yes", "yes"], 2), ["waiting", "approved"])
        self.assertEqual(run("number", ["no", "no"], 2), ["waiting", "rejected"])
        self.assertEqual(
            run("number", ["no", "yes", "yes"], 2), ["waiting", "waiting", "approved"]
        )
        self.assertEqual(run("number", ["abstain", "no"], 2), ["waiting", "rejected"])

    def test_all(self):
        """Rule “all”: who abstains is not counted; one no ends it; someone says yes."""
        self.assertEqual(
            self._run("all", ["yes", "yes", "yes"]), ["waiting", "waiting", "approved"]
        )
        self.assertEqual(
            self._run("all", ["yes", "abstain", "yes"]),
            ["waiting", "waiting", "approved"],
        )
        self.assertEqual(self._run("all", ["no"]), ["rejected"])
        self.assertEqual(
            self._run("all", ["abstain", "abstain", "abstain"]),
            ["waiting", "waiting", "rejected"],
        )

    def test_different_people(self):
        """A quorum is of different people: nobody decides a step twice."""
        self._create_group_step("Two", self.people, approval_rule="number", quorum=2)
        order = self._create_order()
        self._ask(order)
        self._decide(order, self.anna)
        with self.assertRefused(UserError, "taken part in this step already"):
            self._decide(order, self.anna)
        self.assertEqual(order.approval_state, "waiting")

    def test_rule_is_of_the_request(self):
        """A smaller number that is set later does not count for what waits."""
        step = self._create_group_step(
            "Two", self.people, approval_rule="number", quorum=2
        )
        order = self._create_order()
        self._ask(order)
        step.quorum = 1
        self._decide(order, self.anna)
        self.assertEqual(order.approval_state, "waiting")
        self._decide(order, self.ben)
        self.assertEqual(order.approval_state, "approved")

    def test_two_steps(self):
        """Nobody decides two steps of a record, unless the step allows it."""
        self._create_group_step("One", self.anna | self.ben, sequence=10)
        second = self._create_group_step("Two", self.anna | self.ben, sequence=20)
        order = self._create_order()
        self._ask(order)
        self._decide(order, self.anna)
        self.assertFalse(order.with_user(self.anna).can_decide)
        with self.assertRefused(UserError, "another step"):
            self._decide(order, self.anna)
        second.allow_same_person = True
        order.invalidate_recordset()
        self.assertTrue(order.with_user(self.anna).can_decide)
        self._decide(order, self.anna)
        self.assertEqual(order.approval_state, "approved")

    def test_side_by_side(self):
        """Steps of the same number go side by side; a person decides one of them."""
        self._create_group_step("Left", self.anna | self.ben)
        self._create_group_step("Right", self.anna | self.ben)
        order = self._create_order()
        self._ask(order)
        self.assertEqual(order.review_ids.mapped("status"), ["pending", "pending"])
        self._decide(order, self.anna)
        with self.assertRefused(UserError, "another step"):
            self._decide(order, self.anna)
        self._decide(order, self.ben)
        self.assertEqual(order.approval_state, "approved")

    def test_rejected(self):
        """A rejection names the reason, ends what waits, and can be asked again."""
        self._create_step("One", reviewer_id=self.anna.id, sequence=10)
        self._create_step("Two", reviewer_id=self.ben.id, sequence=20)
        order = self._create_order()
        self._ask(order)
        with self.assertRefused(UserError, "Say why"):
            self._decide(order, self.anna, "no", comment="  ")
        self._decide(order, self.anna, "no", comment="too dear")
        self.assertEqual(order.approval_state, "rejected")
        self.assertEqual(order.review_ids.mapped("status"), ["rejected", "cancel"])
        with self.assertRaises(ValidationError):
            order.with_user(self.requester_user).action_confirm()
        order.with_user(self.requester_user).write({"amount": 5})
        self._ask(order)
        self.assertEqual(order.approval_state, "waiting")
        self.assertEqual(order.review_ids.mapped("approval_round"), [2, 2])
        self._decide(order, self.anna)
        self._decide(order, self.ben)
        self.assertEqual(order.state, "ordered")
        self.assertEqual(order.decision_ids.sorted("id").mapped("round"), [1, 2, 2])

    def test_nobody(self):
        """Bad input: a step with nobody who may decide is named at the request."""
        self._create_step("Fine", reviewer_id=self.anna.id, sequence=10)
        self._create_step(
            "Empty", review_type="role", role_id=self.role.id, sequence=20
        )
        order = self._create_order()
        # a vacant role: which one, where, and what to do
        with self.assertRefused(
            UserError, "“Empty”.*“Tester”.*nobody holds.*Management > Roles"
        ):
            self._ask(order)
        # a holder who may not decide this one: he asks himself
        self.env["itsm.role.holder"].create(
            {
                "role_id": self.role.id,
                "company_id": order._get_company().id,
                "user_id": self.requester_user.id,
            }
        )
        with self.assertRefused(UserError, "“Empty” has nobody who may decide"):
            self._ask(order)
        self.assertFalse(order.review_ids)
        self.assertEqual(order.approval_state, "none")

    def test_too_few(self):
        """Bad input: fewer people than the rule needs, and steps of the same people."""
        step = self._create_group_step(
            "Four", self.people, approval_rule="number", quorum=4
        )
        order = self._create_order()
        with self.assertRefused(UserError, "needs 4 people, but only 3"):
            self._ask(order)
        step.active = False
        self._create_step("One", reviewer_id=self.anna.id, sequence=10)
        self._create_step("Two", reviewer_id=self.anna.id, sequence=20)
        with self.assertRefused(UserError, "not enough of them for: Two"):
            self._ask(order)

    def test_unmatched(self):
        """Steps find different people if there is any way to do so."""
        self.assertEqual(unmatched([("a", 1, {1, 2}), ("b", 1, {1})]), [])
        self.assertEqual(unmatched([("a", 1, {1}), ("b", 1, {1})]), ["b"])
        self.assertEqual(unmatched([("a", 2, {1, 2, 3}), ("b", 1, {3})]), [])
        self.assertEqual(unmatched([("a", 2, {1, 2}), ("b", 1, {1, 2})]), ["b"])
        self.assertEqual(unmatched([]), [])

    def test_nobody_left(self):
        """A step that nobody may decide any more waits and says so; no one decides."""
        self._create_group_step("One", self.anna | self.ben, sequence=10)
        step = self._create_step("Two", reviewer_id=self.ben.id, sequence=20)
        order = self._create_order()
        self._ask(order)
        self._decide(order, self.ben)
        self.assertEqual(order.approval_state, "waiting")
        self.assertIn("nobody is left", order.approval_message)
        step.reviewer_id = self.cleo
        order.invalidate_recordset()
        self.assertIn("Cleo", order.approval_message)
        self._decide(order, self.cleo)
        self.assertEqual(order.approval_state, "approved")

    def test_role(self):
        """Reviewers by role: its holders in the company of the record, read then."""
        self._create_step("Role", review_type="role", role_id=self.role.id)
        holder = self.env["itsm.role.holder"].create(
            {
                "role_id": self.role.id,
                "user_id": self.anna.id,
                "company_id": self.company.id,
            }
        )
        order = self._create_order(company_id=self.company.id)
        self._ask(order)
        holder.user_id = self.ben
        with self.assertRefused(UserError, "not among those"):
            self._decide(order, self.anna)
        self._decide(order, self.ben)
        self.assertEqual(order.approval_state, "approved")

    def test_field(self):
        """Reviewers named by a field of the record; another field is refused."""
        fields = self.env["ir.model.fields"]
        self._create_step(
            "Field",
            review_type="field",
            reviewer_field_id=fields._get(ORDER, "user_id").id,
        )
        order = self._create_order(user_id=self.anna.id)
        self._ask(order)
        self._decide(order, self.anna)
        self.assertEqual(order.approval_state, "approved")
        with self.assertRefused(ValidationError, "names users or groups"):
            self._create_step(
                "Wrong",
                review_type="field",
                reviewer_field_id=fields._get(ORDER, "company_id").id,
            )

    # === Companies ===

    def test_companies(self):
        """Each company has its own steps and holders; others neither see nor decide."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "ap-stranger",
            "base.group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        both = self._create_user(
            "ap-both",
            "base.group_user",
            company_id=other.id,
            company_ids=[Command.set((other | self.company).ids)],
        )
        self._create_step(
            "Here",
            review_type="role",
            role_id=self.role.id,
            company_id=self.company.id,
        )
        self._create_step("There", reviewer_id=both.id, company_id=other.id)
        holders = self.env["itsm.role.holder"]
        holders.create(
            [
                {"role_id": self.role.id, "user_id": user.id, "company_id": company.id}
                for user, company in (
                    (self.anna, self.company),
                    (both, self.company),
                    (stranger, other),
                )
            ]
        )
        order = self._create_order(company_id=self.company.id)
        self._ask(order)
        self.assertEqual(order.review_ids.mapped("name"), ["Here"])
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                self._decide(order, stranger)
        self.assertFalse(
            self.reviews.with_user(stranger).search([("can_decide", "=", True)])
        )
        self._decide(order.with_context(allowed_company_ids=self.company.ids), both)
        self.assertEqual(order.approval_state, "approved")
        decisions = self.decisions
        self.assertTrue(decisions.with_user(self.anna).search([]))
        self.assertFalse(decisions.with_user(stranger).search([]))
        self.assertFalse(decisions.with_user(stranger).search_count([]))
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError):
                order.decision_ids.with_user(stranger).read(["comment"])

    def test_company_of_the_person(self):
        """Who has no access to the company of the record is not asked."""
        other = self.env["res.company"].create({"name": "Other"})
        self._create_step("Any", reviewer_id=self.anna.id)
        order = self._create_order()
        order.company_id = other
        with self.assertRefused(UserError, "nobody who may decide"):
            order.sudo().action_request_approval()

    # === Set-up ===

    def test_step_checks(self):
        """Bad input: steps without reviewer, with a condition that cannot be read."""
        for vals in (
            {"review_type": "individual"},
            {"review_type": "group"},
            {"review_type": "role"},
            {"review_type": "field"},
        ):
            with self.subTest(vals=vals):
                with self.assertRefused(ValidationError, "nobody is named"):
                    self._create_step(**vals)
        for domain in "[('nothing', '=', 1)]", "[('amount', '>', uid)]", "[(":
            with self.subTest(domain=domain):
                with self.assertRefused(ValidationError, "cannot be used"):
                    self._create_step(
                        reviewer_id=self.anna.id, definition_domain=domain
                    )

    def test_used_step(self):
        """MS-29: a step that was used keeps what it decides; its people may change."""
        step = self._create_step(reviewer_id=self.anna.id)
        order = self._create_order()
        self._ask(order)
        with self.assertRefused(UserError, "cannot change"):
            step.company_id = self.company
        with self.assertRefused(UserError, "cannot change"):
            step.model_id = self.env["ir.model"]._get("res.partner")
        step.write({"model_id": step.model_id.id, "reviewer_id": self.ben.id})
        step.active = False

    def test_who_configures(self):
        """Managers configure the steps of our models only; administrators all."""
        partner = self.env["ir.model"]._get("res.partner")
        ours = {
            "name": "Ours",
            "approval_model": ORDER,
            "review_type": "individual",
            "reviewer_id": self.anna.id,
        }
        foreign = {"name": "Foreign", "model_id": partner.id}
        steps = self.env["tier.definition"]
        step = steps.with_user(self.manager).create(ours)
        self.assertEqual(step.model, ORDER)
        self.assertIn(ORDER, dict(step._selection_approval_model()))
        other = steps.create(foreign)
        quiet = mute_logger("odoo.addons.base.models.ir_rule")
        with quiet, self.assertRaises(AccessError):
            steps.with_user(self.manager).create(foreign)
        with quiet, self.assertRaises(AccessError):
            other.with_user(self.manager).write({"name": "x"})
        with self.assertRaises(AccessError):
            steps.with_user(self.lead).create(ours)
        administrator = self._create_user(
            "ap-admin", "base.group_erp_manager,itsm_base.itsm_group_manager"
        )
        for vals in ours, foreign:
            steps.with_user(administrator).create(vals).unlink()
        step.with_user(self.manager).unlink()

    # === Dates, reminders ===

    def _set_calendar(self, **vals):
        """Monday to Friday 9 to 17, UTC."""
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Week",
                "tz": "UTC",
                "company_id": self.company.id,
                "attendance_ids": [
                    Command.create(
                        {
                            "name": day,
                            "dayofweek": day,
                            "hour_from": 9,
                            "hour_to": 17,
                        }
                    )
                    for day in "01234"
                ],
                **vals,
            }
        )
        self.company.resource_calendar_id = calendar
        return calendar

    def _cron(self):
        # The transaction of a test is not committed.
        self.patch(type(self.env["ir.cron"]), "_commit_progress", lambda *_a, **_k: 0)
        self.env["tier.review"]._cron_remind()

    def test_dates(self):
        """Due dates count working days of the company: Friday + 2 with a holiday on
        Monday and a make-up day on Saturday is Tuesday."""
        calendar = self._set_calendar()
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Monday",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, 9),
                "date_to": datetime(2026, 3, 9, 23, 59, 59),
            }
        )
        self.env["itsm.working.day"].create(
            {"name": "Make-up", "date": date(2026, 3, 7), "pattern": "0"}
        )
        self._create_step("Due", reviewer_id=self.anna.id, due_days=2, sequence=10)
        self._create_step("Next", reviewer_id=self.ben.id, due_days=1, sequence=20)
        order = self._create_order()
        with freeze_time("2026-03-06 10:00:00"):
            self._ask(order)
            review, following = order.review_ids
            self.assertEqual(review.due_date, date(2026, 3, 10))
            self.assertEqual(review.remind_at, datetime(2026, 3, 10, 9))
            self.assertFalse(review.is_overdue)
        with freeze_time("2026-03-11 18:00:00"):
            review.invalidate_recordset()
            self.assertTrue(review.is_overdue)
            overdue = self.reviews.search([("is_overdue", "=", True)])
            self.assertIn(review, overdue)
            self.assertFalse(following.due_date)
            self._decide(order, self.anna)
            # After closing time of Wednesday day 0 is Thursday, so day 1 is Friday.
            self.assertEqual(following.due_date, date(2026, 3, 13))

    def test_reminders(self):
        """Reminded on the due date and every two working days, once each time."""
        self._set_calendar()
        self._create_group_step(
            "Due",
            self.anna | self.ben,
            approval_rule="all",
            due_days=1,
            remind_days=2,
        )
        order = self._create_order()

        def mails():
            order.invalidate_recordset()
            messages = self.env["mail.message"].search(
                [("model", "=", ORDER), ("res_id", "=", order.id)]
                + [("subject", "like", "Reminder")],
                order="id",
            )
            return [message.notified_partner_ids for message in messages]

        anna, ben = self.anna.partner_id, self.ben.partner_id
        with freeze_time("2026-03-05 10:00:00"):  # Thursday
            self._ask(order)
            self._cron()
            self.assertEqual(mails(), [])
        with freeze_time("2026-03-06 08:00:00"):  # due, before opening
            self._cron()
            self.assertEqual(mails(), [])
        with freeze_time("2026-03-06 09:30:00"):
            self._cron()
            self._cron()
            self.assertEqual(mails(), [anna | ben])
            self._decide(order, self.anna)
        with freeze_time("2026-03-09 12:00:00"):  # Monday, one working day later
            self._cron()
            self.assertEqual(len(mails()), 1)
        with freeze_time("2026-03-10 09:00:00"):
            self._cron()
            self.assertEqual(mails(), [anna | ben, ben])
            activities = order.activity_search(
                ["itsm_base.mail_activity_type_approval"]
            )
            self.assertEqual(activities.user_id, self.ben)
        # The server stood still for a month: one reminder, not ten.
        with freeze_time("2026-04-10 09:00:00"):
            self._cron()
            self._cron()
            self.assertEqual(len(mails()), 3)
            self._decide(order, self.ben)
        with freeze_time("2026-05-10 09:00:00"):
            self._cron()
            self.assertEqual(len(mails()), 3)

    def test_reminder_failure(self):
        """One step that cannot be reminded of does not stop the others."""
        self._set_calendar()
        step = self._create_step("Due", reviewer_id=self.anna.id, due_days=1)
        first, second = self._create_order(), self._create_order()
        with freeze_time("2026-03-05 10:00:00"):
            self._ask(first)
            self._ask(second)
        broken = first.review_ids
        original = type(broken)._approval_remind

        def fail(review):
            if review == broken:
                raise ValueError
            return original(review)

        self.patch(type(broken), "_approval_remind", fail)
        with freeze_time("2026-03-06 10:00:00"):
            with mute_logger("odoo.addons.itsm_base.models.tier_review_notice"):
                self._cron()
        self.assertEqual(broken.remind_at, datetime(2026, 3, 7, 10))
        self.assertFalse(second.review_ids.remind_at)
        # The reminder of the engine itself leaves them alone.
        step.notify_reminder_delay = 1
        with freeze_time("2026-03-20 10:00:00"):
            self.env["tier.definition"]._cron_send_review_reminder()
        self.assertFalse(second.review_ids.last_reminder_date)

    def test_no_calendar(self):
        """Bad input: due after working days without hours that say which those are."""
        self._set_calendar(attendance_ids=[Command.clear()])
        self._create_step("Due", reviewer_id=self.anna.id, due_days=1)
        order = self._create_order(company_id=self.company.id)
        with self.assertRefused(UserError, "“Due” is due after working days"):
            self._ask(order)
        self.assertEqual(order.approval_state, "none")

    # === Telling ===

    def test_told(self):
        """Activity and mail with the link for who may decide, the requester at the
        end; a note for each decision."""
        self._create_group_step("One", self.anna | self.ben)
        order = self._create_order()
        self._ask(order)
        messages = order.message_ids
        asked = messages.filtered(lambda m: "Please decide" in (m.subject or ""))
        self.assertFalse(asked)  # not shown to others in the thread
        asked = self.env["mail.message"].search(
            [("res_id", "=", order.id), ("subject", "like", "Please decide")]
        )
        self.assertEqual(asked.notified_partner_ids, (self.anna | self.ben).partner_id)
        self.assertIn(f"/itsm/approval/{order.review_ids.id}", asked.body)
        activities = order.activity_search(["itsm_base.mail_activity_type_approval"])
        self.assertEqual(activities.user_id, self.anna | self.ben)
        self._decide(order, self.anna, comment="<b>bold</b> & fine")
        note = order.message_ids.filtered(lambda m: "Approved by Anna" in m.body)
        self.assertEqual(note.author_id, self.anna.partner_id)
        self.assertIn("&lt;b&gt;bold&lt;/b&gt; &amp; fine", note.body)
        self.assertFalse(
            order.activity_search(["itsm_base.mail_activity_type_approval"])
        )
        told = self.env["mail.message"].search(
            [("res_id", "=", order.id), ("body", "like", "Order is approved")]
        )
        self.assertEqual(told.notified_partner_ids, self.requester_user.partner_id)

    def test_silent(self):
        """Manners: what is worked silently writes to nobody."""
        self._create_step("One", reviewer_id=self.anna.id)
        order = self._create_order()
        before = self.env["mail.notification"].search_count([])
        silent = silently(order)
        self._ask(silent)
        self._decide(silent, self.anna)
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(self.env["mail.notification"].search_count([]), before)
        self.assertFalse(order.activity_ids)

    def test_language(self):
        """Each person is written to in his language; one mail for each."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ben.lang = "fr_FR"
        self._create_group_step("One", self.anna | self.ben)
        order = self._create_order()
        self._ask(order)
        asked = self.env["mail.message"].search(
            [("model", "=", ORDER), ("res_id", "=", order.id)]
            + [("body", "like", "/itsm/approval/")]
        )
        self.assertEqual(len(asked), 2)
