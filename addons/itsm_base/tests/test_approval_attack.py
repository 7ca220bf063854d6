# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .approval_common import LINE, ORDER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalAttack(ApprovalCommon):
    """What somebody tries who wants more than his part (design 8, issue 4)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls._create_step("Boss", reviewer_id=cls.boss.id)
        cls.order = cls._create_order(
            name="Secret plan", line_ids=[Command.create({"name": "Server"})]
        )

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        """Call a method as a remote call does."""
        kwargs["context"] = {"lang": "en_US", **(context or {})}
        env = self.env(user=user, su=False)
        return call_kw(env[model], method, list(args), kwargs)

    def _restrict(self):
        """Orders are seen by the requester and the boss only."""
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get(ORDER).id,
                "domain_force": f"[('id', '!=', {self.order.id})] if user.id not in "
                f"{(self.requester_user | self.boss).ids} else []",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()

    # === Context keys ===

    def test_defaults_of_the_context(self):
        """Defaults of a remote context decide no step in advance."""
        self._create_step("Second", reviewer_id=self.anna.id, sequence=40)
        for name, value in (
            ("status", "approved"),
            ("is_past", True),
            ("decision_count", 7),
            ("done_by", self.boss.id),
            ("requested_by", self.boss.id),
            ("comment", "forged"),
        ):
            order = self._create_order()
            with self.subTest(name=name):
                self._rpc(
                    self.requester_user,
                    ORDER,
                    "action_request_approval",
                    order.ids,
                    context={f"default_{name}": value},
                )
                order.invalidate_recordset()
                self.assertEqual(
                    order.review_ids.mapped("status"), ["pending", "waiting"]
                )
                self.assertEqual(order.review_ids.requested_by, self.requester_user)
                self.assertFalse(order.review_ids.done_by)
                self.assertFalse(any(order.review_ids.mapped("comment")))
                self._rpc(
                    self.boss,
                    ORDER,
                    "action_approve",
                    order.ids,
                    context={f"default_{name}": value},
                )
                order.invalidate_recordset()
                self.assertEqual(order.approval_state, "waiting")
                self.assertEqual(order.review_ids.mapped("decision_count"), [1, 0])

    def test_stored_defaults(self):
        """Defaults that the requester has stored for himself decide no later step."""
        self._create_step("Second", reviewer_id=self.anna.id, sequence=40)
        for name, value in ("status", "approved"), ("is_past", True):
            self._rpc(
                self.requester_user,
                "ir.default",
                "set",
                "tier.review",
                name,
                value,
                user_id=True,
            )
        self._ask(self.order)
        self.assertEqual(self.order.review_ids.mapped("status"), ["pending", "waiting"])
        self._decide(self.order, self.boss)
        self.assertEqual(self.order.approval_state, "waiting")

    def test_archived_steps(self):
        """“Archived ones too” in a remote context calls no archived step."""
        archived = self._create_step("Old", reviewer_id=self.anna.id, sequence=5)
        archived.active = False
        self._rpc(
            self.requester_user,
            ORDER,
            "action_request_approval",
            self.order.ids,
            context={"active_test": False},
        )
        self.order.invalidate_recordset()
        self.assertEqual(self.order.review_ids.definition_id, self.step)

    @freeze_time("2026-03-03 10:00:00")
    def test_silence(self):
        """No key of a remote context keeps from the people concerned that approval
        was asked for, that a substitute was named, and what he decided."""
        keys = {
            "tracking_disable": True,
            "mail_notrack": True,
            "mail_activity_automation_skip": True,
            "mail_create_nolog": True,
        }
        substitute_id = self._rpc(
            self.manager,
            "itsm.substitute",
            "create",
            [
                {
                    "user_id": self.boss.id,
                    "substitute_id": self.anna.id,
                    "date_from": "2026-03-02",
                    "date_to": "2026-03-06",
                }
            ],
            context=keys,
        )[0]
        self.assertEqual(
            self._told("itsm.substitute", substitute_id), self.boss | self.anna
        )
        self._rpc(
            self.requester_user,
            ORDER,
            "action_request_approval",
            self.order.ids,
            context=keys,
        )
        self.assertEqual(self._told(ORDER, self.order.id), self.boss | self.anna)
        activities = self.order.activity_search(
            ["itsm_base.mail_activity_type_approval"]
        )
        self.assertEqual(activities.user_id, self.boss | self.anna)
        self._rpc(self.anna, ORDER, "action_approve", self.order.ids, context=keys)
        told = self.env["mail.message"].search(
            [("model", "=", ORDER), ("res_id", "=", self.order.id)]
            + [("body", "like", "in the name of Boss"), ("partner_ids", "!=", False)]
        )
        self.assertEqual(told.partner_ids, self.boss.partner_id)
        told = self.env["mail.message"].search(
            [("res_id", "=", self.order.id), ("body", "like", "is approved")]
        )
        self.assertEqual(told.partner_ids, self.requester_user.partner_id)

    def _told(self, model, res_id):
        messages = self.env["mail.message"].search(
            [("model", "=", model), ("res_id", "=", res_id)]
        )
        return messages.partner_ids.user_ids

    # === Substitutes ===

    def _create_own(self, user, substitute):
        return (
            self.env["itsm.substitute"]
            .with_user(user)
            .create(
                {
                    "substitute_id": substitute.id,
                    "date_from": "2026-03-02",
                    "date_to": "2026-03-06",
                }
            )
        )

    @freeze_time("2026-03-03 10:00:00")
    def test_own_entry_for_somebody_else(self):
        """Who enters a substitute for himself does not turn the entry into one that
        lets him decide for the boss."""
        own = self._create_own(self.ben, self.cleo)
        vals = {"user_id": self.boss.id, "substitute_id": self.ben.id}
        with mute_logger("odoo.addons.base.models.ir_rule"):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._rpc(self.ben, "itsm.substitute", "write", own.ids, vals)
            result = (
                self.env["itsm.substitute"]
                .with_user(self.ben)
                .load(
                    [".id", "user_id/.id", "substitute_id/.id"],
                    [[str(own.id), str(self.boss.id), str(self.ben.id)]],
                )
            )
        self.assertFalse(result["ids"])
        self.env.invalidate_all()
        self.assertEqual(own.user_id, self.ben)
        self._ask(self.order)
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.ben)

    @freeze_time("2026-03-02 10:00:00")
    def test_changed_substitute_is_told(self):
        """Another person, other days: the people concerned hear of a change, too."""
        entry = (
            self.env["itsm.substitute"]
            .with_user(self.manager)
            .create(
                {
                    "user_id": self.boss.id,
                    "substitute_id": self.anna.id,
                    "date_from": "2026-03-02",
                    "date_to": "2026-03-06",
                }
            )
        )

        def told():
            messages = self.env["mail.message"].search(
                [("model", "=", entry._name), ("res_id", "=", entry.id)]
                + [("partner_ids", "!=", False)],
                order="id",
            )
            return [message.partner_ids.user_ids for message in messages]

        self.assertEqual(told(), [self.boss | self.anna])
        entry.write({"note": "holiday"})
        self.assertEqual(len(told()), 1)
        entry.write({"substitute_id": self.ben.id})
        self.assertEqual(told()[1:], [self.boss | self.anna | self.ben])
        entry.write({"date_to": "2026-03-09"})
        self.assertEqual(told()[2:], [self.boss | self.ben])
        entry.write({"active": False})
        self.assertEqual(told()[3:], [self.boss | self.ben])

    @freeze_time("2026-03-03 10:00:00")
    def test_in_the_name_of_who_cannot_read(self):
        """Who may not read the record decides nothing, by a substitute neither."""
        self._create_own(self.ben, self.anna)
        self.step.active = False
        self._create_group_step("Two", self.boss | self.ben)
        self.env["ir.rule"].create(
            {
                "name": "Restricted",
                "model_id": self.env["ir.model"]._get(ORDER).id,
                "domain_force": f"[] if user.id != {self.ben.id} else [(0, '=', 1)]",
            }
        )
        self._ask(self.order)
        self.assertFalse(self.order.with_user(self.anna).can_decide)
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.anna)

    @freeze_time("2026-03-03 10:00:00")
    def test_told_only_who_may(self):
        """A substitute who has taken part already is not asked a second time."""
        self.step.active = False
        self._create_step("One", reviewer_id=self.anna.id, sequence=10)
        self._create_step("Two", reviewer_id=self.boss.id, sequence=20)
        self._create_own(self.boss, self.anna)
        self._ask(self.order)
        self._decide(self.order, self.anna)
        activities = self.order.activity_search(
            ["itsm_base.mail_activity_type_approval"]
        )
        self.assertEqual(activities.user_id, self.boss)

    @freeze_time("2026-03-03 10:00:00")
    def test_activity_of_the_person(self):
        """What was decided in somebody's name does not stay in his list."""
        self.step.active = False
        self._create_group_step(
            "Two", self.boss | self.ben | self.cleo, approval_rule="number", quorum=2
        )
        self._create_own(self.boss, self.anna)
        self._ask(self.order)
        self._decide(self.order, self.anna)
        activities = self.order.activity_search(
            ["itsm_base.mail_activity_type_approval"]
        )
        self.assertEqual(activities.user_id, self.ben | self.cleo)

    # === Names of what one may not see ===

    def test_refusals_name_nothing(self):
        """Who may not read a locked record learns its name from no refusal."""
        self.order.with_user(self.requester_user).write({"paper": "QQ=="})
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", ORDER), ("res_id", "=", self.order.id)]
            + [("res_field", "=", "paper")]
        )
        line = self.order.line_ids
        self._ask(self.order)
        self._restrict()
        for model, method, *args in (
            (ORDER, "write", self.order.ids, {"amount": 1}),
            (ORDER, "write", self.order.ids, {"state": "ordered"}),
            (ORDER, "write", self.order.ids, {"state": "cancel"}),
            (ORDER, "unlink", self.order.ids),
            (
                ORDER,
                "update_field_translations",
                self.order.ids,
                "title",
                {"en_US": "x"},
            ),
            (ORDER, "action_approve", self.order.ids),
            (ORDER, "action_open_approve", self.order.ids),
            (ORDER, "action_request_approval", self.order.ids),
            (ORDER, "action_restart_approval", self.order.ids),
            (LINE, "write", line.ids, {"price": 1}),
            (LINE, "create", [{"order_id": self.order.id}]),
            (LINE, "unlink", line.ids),
            ("ir.attachment", "write", attachment.ids, {"name": "x"}),
            ("ir.attachment", "unlink", attachment.ids),
        ):
            with self.subTest(model=model, method=method, args=args):
                with mute_logger("odoo.addons.base.models.ir_rule"):
                    with self.assertRaises(UserError) as caught:
                        self._rpc(self.anna, model, method, *args)
                self.assertNotIn("Secret", str(caught.exception))
                self.assertIsInstance(caught.exception, AccessError)
        self.assertEqual(self.order.approval_state, "waiting")

    def test_steps_of_hidden_records(self):
        """Steps of a record that one may not read are in no list, count or group."""
        self._ask(self.order)
        open_order = self._create_order()
        self._ask(open_order)
        review = self.order.review_ids
        domain = [("model", "=", ORDER)]
        self._restrict()
        for user, found in (
            (self.boss, review | open_order.review_ids),
            (self.anna, open_order.review_ids),
        ):
            with self.subTest(user=user.name):
                reviews = self.reviews.with_user(user)
                self.assertEqual(reviews.search(domain), found)
                self.assertEqual(reviews.search_count(domain), len(found))
                self.assertEqual(
                    reviews._read_group(domain, ["requested_by"], ["__count"]),
                    [(self.requester_user, len(found))],
                )
        with mute_logger("odoo.addons.base.models.ir_rule"):
            for method, *args in (
                ("read", review.ids, ["requested_by"]),
                ("action_open_record", review.ids),
                ("action_open_approve", review.ids),
            ):
                with self.subTest(method=method), self.assertRaises(AccessError):
                    self._rpc(self.anna, "tier.review", method, *args)
        # Steps of other models are seen as before.
        other = self.reviews.create({"model": "res.partner", "res_id": 1})
        nothing = self.reviews.create({})
        found = self.reviews.with_user(self.anna).search([("id", ">=", other.id)])
        self.assertEqual(found, other | nothing)
        self.assertTrue(nothing.with_user(self.anna).read(["status"]))

    def test_steps_of_other_companies(self):
        """A step that serves all companies shows nobody the requests of another."""
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "ap-stranger",
            "base.group_user",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        order = self._create_order(company_id=self.company.id)
        self._ask(order)
        self.assertFalse(
            self.reviews.with_user(stranger).search([("model", "=", ORDER)])
        )

    # === Set-up ===

    def test_field_that_stays_open(self):
        """Who decides is not named by a field that is open while one waits."""
        fields = self.env["ir.model.fields"]
        for name in "activity_user_id", "write_uid":
            field = fields._get(ORDER, name)
            with self.subTest(name=name):
                with self.assertRefused(ValidationError, "stays open"):
                    self._create_step(
                        "Open", review_type="field", reviewer_field_id=field.id
                    )

    def test_changed_set_up_leaves_a_trace(self):
        """MS-29: who lets others decide, or by another rule, is kept with the step."""
        self._flush_tracking()
        before = self.step.message_ids
        self._rpc(
            self.manager,
            "tier.definition",
            "write",
            self.step.ids,
            {"reviewer_id": self.anna.id, "allow_same_person": True},
            context={"tracking_disable": True, "mail_notrack": True},
        )
        self._flush_tracking()
        self.step.invalidate_recordset(["message_ids"])
        message = self.step.message_ids - before
        self.assertEqual(message.author_id, self.manager.partner_id)
        values = message.sudo().tracking_value_ids
        self.assertEqual(
            {value.field_id.name for value in values},
            {"reviewer_id", "allow_same_person"},
        )
