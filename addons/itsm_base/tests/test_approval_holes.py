# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools import guard
from .approval_common import ORDER, ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalHoles(ApprovalCommon):
    """What the bare engine lets through (oca.md 3), refused (design 8)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.step = cls._create_step("Boss", reviewer_id=cls.boss.id)
        cls.order = cls._create_order(
            line_ids=[Command.create({"name": "Server", "price": 10})], amount=10
        )

    def _rpc(self, user, model, method, *args, context=None, **kwargs):
        """Call a method as a remote call does."""
        kwargs["context"] = {"lang": "en_US", **(context or {})}
        env = self.env(user=user, su=False)
        return call_kw(env[model], method, list(args), kwargs)

    # === Forged reviews ===

    def test_forged_write(self):
        """Bare: any internal user writes “approved” into a review, also as another."""
        self._ask(self.order)
        review = self.order.review_ids
        forged = {"status": "approved", "done_by": self.boss.id}
        users = self.requester_user | self.boss | self.manager
        for user in users | self.env.ref("base.user_root"):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    review.with_user(user).write(forged)
                with self.assertRaises(AccessError):
                    review.with_user(user).sudo().write(forged)
                with self.assertRaises(AccessError):
                    self._rpc(user, "tier.review", "write", review.ids, forged)
        self.assertEqual(self.order.approval_state, "waiting")

    def test_forged_create(self):
        """Bare: any internal user creates an approved review of a record."""
        vals = {
            "model": ORDER,
            "res_id": self.order.id,
            "definition_id": self.step.id,
            "status": "approved",
        }
        with self.assertRaises(AccessError):
            self.reviews.with_user(self.requester_user).create(vals)
        del vals["model"]
        with self.assertRaises(AccessError):
            self._rpc(
                self.requester_user,
                "tier.review",
                "create",
                [vals],
                context={"default_model": ORDER},
            )
        self.assertFalse(self.order.review_ids)
        other = self.reviews.create({"model": "res.partner", "res_id": 1})
        with self.assertRaises(AccessError):
            other.write({"model": ORDER, "res_id": self.order.id})

    def test_forged_import(self):
        """Bare: the import of a file creates approved reviews."""
        result = self.reviews.with_user(self.requester_user).load(
            ["model", "res_id", "status"], [[ORDER, str(self.order.id), "approved"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("evidence", result["messages"][0]["message"])

    def test_forged_commands(self):
        """Bare: commands of the record, and of a user, write and delete reviews."""
        self._ask(self.order)
        review = self.order.review_ids
        approve = [Command.update(review.id, {"status": "approved"})]
        for commands in (
            approve,
            [Command.delete(review.id)],
            [Command.unlink(review.id)],
            [Command.clear()],
            [Command.create({"status": "approved"})],
        ):
            for name in "review_ids", "past_review_ids":
                with self.subTest(commands=commands, name=name):
                    with self.assertRaises(AccessError):
                        self.order.with_user(self.requester_user).write(
                            {name: commands}
                        )
        with self.assertRaises(AccessError):
            self.boss.sudo().write({"review_ids": approve})
        with self.assertRaises(AccessError):
            self.orders.create(
                {"name": "x", "review_ids": [Command.create({"status": "approved"})]}
            )

    def test_forged_unlink(self):
        """Bare: any internal user deletes reviews, and with them what was rejected."""
        self._ask(self.order)
        with self.assertRaises(AccessError):
            self._rpc(
                self.requester_user, "tier.review", "unlink", self.order.review_ids.ids
            )
        with self.assertRaises(AccessError):
            self.order.review_ids.sudo().unlink()

    def test_forged_by_comment_wizard(self):
        """Bare: the dialog for comments writes comments into any review."""
        self._ask(self.order)
        dialog = (
            self.env["comment.wizard"]
            .with_user(self.requester_user)
            .create(
                {
                    "res_model": ORDER,
                    "res_id": self.order.id,
                    "review_ids": [Command.set(self.order.review_ids.ids)],
                    "validate_reject": "validate",
                    "comment": "Yes",
                }
            )
        )
        with self.assertRaises(AccessError):
            dialog.add_comment()
        self.assertEqual(self.order.approval_state, "waiting")

    def test_forged_decisions(self):
        """MS-29: decisions are appended by the engine; nobody else writes any."""
        self._ask(self.order)
        self._decide(self.order, self.boss)
        decision = self.order.decision_ids
        for user in self.boss | self.manager | self.env.ref("base.user_root"):
            with self.subTest(user=user.login):
                for records in decision.with_user(user), decision.sudo():
                    with self.assertRaises(AccessError):
                        records.write({"decision": "no"})
                    with self.assertRaises(AccessError):
                        records.unlink()
                    with self.assertRaises(AccessError):
                        records.copy()

    def test_others_keep_working(self):
        """Reviews of models that are not ours are written as before."""
        user = self.requester_user
        review = self.reviews.with_user(user).create({"model": "res.partner"})
        review.status = "approved"
        self.assertEqual(review.status, "approved")
        review.unlink()
        self.assertFalse(review.exists())

    # === Forged results ===

    def test_forged_result(self):
        """Bare: the stored status of the record itself takes “validated” by RPC."""
        user = self.requester_user
        for vals in {"validation_status": "validated"}, {"approval_state": "approved"}:
            with self.subTest(vals=vals):
                with self.assertRaises(AccessError):
                    self._rpc(user, ORDER, "write", self.order.ids, vals)
                with self.assertRaises(AccessError):
                    self.order.sudo().write(vals)
                with self.assertRaises(AccessError):
                    self._rpc(user, ORDER, "create", [{"name": "x", **vals}])
                context = {f"default_{name}": value for name, value in vals.items()}
                order_id = self._rpc(
                    user, ORDER, "create", [{"name": "x"}], context=context
                )[0]
                self.assertEqual(self.orders.browse(order_id).approval_state, "none")
        result = self.orders.with_user(user).load(
            ["name", "approval_state"], [["x", "Approved"]]
        )
        self.assertFalse(result["ids"])

    def test_forged_token(self):
        """No value of a remote context opens reviews, decisions or a locked record."""
        self._ask(self.order)
        for value in (True, 1, "token", []):
            context = {"itsm_guard_token": value}
            with self.subTest(value=value):
                for model, records, vals in (
                    ("tier.review", self.order.review_ids, {"status": "approved"}),
                    (ORDER, self.order, {"state": "ordered"}),
                    (ORDER, self.order, {"amount": 1}),
                ):
                    with self.assertRaises(UserError):  # or AccessError, a kind of it
                        self._rpc(
                            self.requester_user,
                            model,
                            "write",
                            records.ids,
                            vals,
                            context=context,
                        )

    # === States ===

    def test_state_without_step(self):
        """Bare: without a matching tier the state is written freely (fail-open)."""
        self.step.active = False
        order = self.order.with_user(self.requester_user)
        with self.assertRefused(ValidationError, "not approved"):
            order.action_confirm()
        with self.assertRefused(UserError, "Configuration > Management"):
            order.action_request_approval()
        self.assertEqual(self.order.state, "draft")
        self.assertFalse(self.order.review_ids)

    def test_state_without_matching_step(self):
        """Bare: a condition that does not hold frees the record of the approval."""
        self.step.definition_domain = "[('amount', '>', 1000)]"
        order = self.order.with_user(self.requester_user)
        with self.assertRefused(UserError, "No approval step.*Test Order"):
            order.action_request_approval()
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})

    def test_create_later(self):
        """Bare: a record is created confirmed; only ``write`` is looked at."""
        user = self.requester_user
        for state in "ordered", "parked", "cancel", False:
            with self.subTest(state=state):
                with self.assertRefused(ValidationError, "Create it"):
                    self._rpc(user, ORDER, "create", [{"name": "x", "state": state}])
                with self.assertRaises(ValidationError):
                    self._rpc(
                        user,
                        ORDER,
                        "create",
                        [{"name": "x"}],
                        context={"default_state": state},
                    )
        result = self.orders.with_user(user).load(["name", "state"], [["x", "Ordered"]])
        self.assertFalse(result["ids"])
        with_token = guard.with_token(self.orders)
        self.assertEqual(
            with_token.create({"name": "x", "state": "ordered"}).state, "ordered"
        )

    def test_state_by_a_way_round(self):
        """Bare: over a state that is neither before nor after, everything is open."""
        order = self.order.with_user(self.requester_user)
        with self.assertRaises(ValidationError):
            order.write({"state": "parked"})
        order.write({"state": "cancel"})
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})
        order.write({"state": "sent"})
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})

    def test_writing_the_state_never_decides(self):
        """Bare: a reviewer who writes the state asks for the approval and gives it."""
        order = self.order.with_user(self.boss)
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})
        self.assertFalse(self.order.review_ids)
        self._ask(self.order)
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})
        self.assertEqual(self.order.approval_state, "waiting")
        self.assertFalse(self.order.decision_ids)

    def test_requester_confirms_his_own_order(self):
        """Bare: the requester, a member of the group, passed three tiers by confirming
        his own order (design 8, tried)."""
        self.step.active = False
        people = self.requester_user | self.anna | self.ben | self.cleo
        for number in 10, 20, 30:
            self._create_group_step(f"Tier {number}", people, sequence=number)
        order = self.order.with_user(self.requester_user)
        for attempt in (
            lambda: order.action_confirm(),
            lambda: self._rpc(
                self.requester_user, ORDER, "write", order.ids, {"state": "ordered"}
            ),
        ):
            with self.assertRaises(ValidationError):
                attempt()
        result = self.orders.with_user(self.requester_user).load(
            [".id", "state"], [[str(order.id), "Ordered"]]
        )
        self.assertFalse(result["ids"])
        order.action_request_approval()
        with self.assertRaises(ValidationError):
            order.action_confirm()
        for method in "action_approve", "validate_tier":
            with self.assertRefused(UserError, "somebody else decides"):
                self._rpc(self.requester_user, ORDER, method, order.ids)
        self.assertFalse(order.can_decide)
        self.assertFalse(order.can_review)
        self.assertNotIn(order, order.search([("can_decide", "=", True)]))
        self.assertNotIn(order, order.search([("can_review", "=", True)]))
        for user in self.anna, self.ben:
            self._decide(self.order, user)
            self.assertEqual(self.order.state, "draft")
        self._decide(self.order, self.cleo)
        self.assertEqual(self.order.state, "ordered")

    def test_creator_is_requester(self):
        """Design 8: who made the record does not decide, whoever asks for it."""
        self.step.reviewer_id = self.requester_user
        with self.assertRefused(UserError, "“Boss” has nobody"):
            self.order.with_user(self.anna).action_request_approval()
        self.step.write({"review_type": "group", "reviewer_group_id": self.group.id})
        self.group.user_ids = self.requester_user | self.anna | self.ben
        self.order.with_user(self.anna).action_request_approval()
        for user in self.anna, self.requester_user:
            with self.assertRefused(UserError, "somebody else decides"):
                self.order.with_user(user).action_approve()
        self._decide(self.order, self.ben)
        self.assertEqual(self.order.approval_state, "approved")

    # === History ===

    def test_restart_keeps_history(self):
        """Bare: restarting and cancelling delete the reviews with what was said."""
        self._create_step("Second", reviewer_id=self.anna.id, sequence=40)
        self._ask(self.order)
        self._decide(self.order, self.boss, comment="fine")
        first = self.order.review_ids
        self.order.with_user(self.requester_user).restart_validation()
        self.order.invalidate_recordset()
        self.assertEqual(self.order.approval_state, "none")
        self.assertEqual(self.order.past_review_ids, first)
        self.assertEqual(first.mapped("status"), ["approved", "cancel"])
        self.assertEqual(self.order.decision_ids.mapped("comment"), ["fine"])
        self._ask(self.order)
        self.assertEqual(self.order.review_ids.mapped("approval_round"), [2, 2])
        self.order.with_user(self.requester_user).write({"state": "cancel"})
        self.order.invalidate_recordset()
        self.assertEqual(len(self.order.past_review_ids), 4)
        self.assertEqual(len(self.order.decision_ids), 1)
        self.assertEqual(self.order.approval_state, "none")

    def test_no_deletion(self):
        """MS-29: a record that approval was asked for is kept; a draft can go."""
        self._ask(self.order)
        self.order.with_user(self.requester_user).action_restart_approval()
        with self.assertRefused(UserError, "archive"):
            self.order.with_user(self.requester_user).unlink()
        draft = self._create_order()
        draft.with_user(self.requester_user).unlink()
        self.assertFalse(draft.exists())
        with self.assertRefused(UserError, "Archive it"):
            self.step.with_user(self.manager).unlink()

    def test_back_to_the_beginning(self):
        """Design 8: going back ends the approval; to go on it is asked for again."""
        self._ask(self.order)
        self._decide(self.order, self.boss)
        order = self.order.with_user(self.requester_user)
        with self.assertRefused(UserError, "gone on"):
            order.action_restart_approval()
        order.write({"state": "draft", "amount": 5000})
        self.order.invalidate_recordset()
        self.assertEqual(self.order.approval_state, "none")
        self.assertEqual(self.order.amount, 5000)
        with self.assertRaises(ValidationError):
            order.write({"state": "ordered"})
        self.assertEqual(len(self.order.decision_ids), 1)

    def test_cancel_keeps_the_approval(self):
        """Bare: cancelling what was approved deletes the reviews, and with them what
        kept its content."""
        self._ask(self.order)
        self._decide(self.order, self.boss)
        order = self.order.with_user(self.requester_user)
        order.write({"state": "cancel"})
        self.order.invalidate_recordset()
        self.assertEqual(self.order.approval_state, "approved")
        self.assertEqual(len(self.order.review_ids), 1)
        with self.assertRefused(UserError, "content stays"):
            order.write({"amount": 99})

    def test_first_state_while_waiting(self):
        """Design 8: who sets a waiting record back to the beginning takes it back."""
        order = self.order.with_user(self.requester_user)
        order.write({"state": "sent"})
        self._ask(self.order)
        order.write({"state": "draft"})
        self.order.invalidate_recordset()
        self.assertEqual(self.order.approval_state, "none")
        self.assertEqual(self.order.past_review_ids.status, "cancel")

    # === Locked content ===

    def _attempts(self, order):
        """Ways to change the content of an order."""
        line = order.line_ids
        return {
            "field": lambda: order.write({"amount": 99}),
            "assignment": lambda: order.update({"name": "Other"}),
            "translation": lambda: order.update_field_translations(
                "title", {"en_US": "Other"}
            ),
            "command": lambda: order.write(
                {"line_ids": [Command.update(line.id, {"price": 99})]}
            ),
            "line": lambda: line.write({"price": 99}),
            "new line": lambda: line.create({"order_id": order.id}),
            "copied line": lambda: line.copy(),
            "deleted line": lambda: line.unlink(),
            "line moved away": lambda: line.write(
                {"order_id": self._create_order().id}
            ),
            "line moved in": lambda: self._create_order(
                line_ids=[Command.create({})]
            ).line_ids.write({"order_id": order.id}),
            "file": lambda: order.write({"paper": "QUJD"}),
        }

    def test_locked(self):
        """Bare: the price of a line changed under validation, and after it."""
        self.order.with_user(self.requester_user).write(
            {"title": "Title", "paper": "QQ=="}
        )
        self._ask(self.order)
        for state in "waiting", "approved":
            if state == "approved":
                self._decide(self.order, self.boss)
            self.assertEqual(self.order.approval_state, state)
            for user in self.requester_user | self.boss:
                for su in False, True:
                    order = self.order.with_user(user).sudo(su)
                    for name, attempt in self._attempts(order).items():
                        with self.subTest(state=state, user=user.login, name=name):
                            with self.assertRefused(UserError, "content stays"):
                                attempt()
            self.order.with_user(self.requester_user).write({"note": "open"})
        self.assertEqual(self.order.amount, 10)
        self.assertEqual(self.order.line_ids.price, 10)
        self.assertEqual(self.order.title, "Title")

    def test_locked_for_reviewers(self):
        """Bare: “allow write for reviewers” lets them change what they approve."""
        self.step.allow_write_for_reviewer = True
        self._ask(self.order)
        with self.assertRaises(UserError):
            self.order.with_user(self.boss).write({"amount": 99})

    def test_locked_despite_exceptions(self):
        """Bare: an exception of the engine opens fields; ours are said by the model."""
        field = self.env["ir.model.fields"]._get(ORDER, "amount")
        exceptions = self.env["tier.validation.exception"]
        self.assertNotIn(ORDER, exceptions._get_tier_validation_model_names())
        exceptions.create(
            {"model_id": field.model_id.id, "field_ids": [Command.set(field.ids)]}
        )
        self._ask(self.order)
        with self.assertRaises(UserError):
            self.order.with_user(self.requester_user).write({"amount": 99})

    def test_locked_import(self):
        """Bare: an import changes the lines of what was approved."""
        self._ask(self.order)
        result = self.orders.with_user(self.requester_user).load(
            [".id", "amount"], [[str(self.order.id), "99"]]
        )
        self.assertFalse(result["ids"])
        self.assertIn("content stays", result["messages"][0]["message"])

    def test_locked_files(self):
        """Design 8: the file that was approved is not replaced behind the record."""
        self.order.with_user(self.requester_user).write({"paper": "QQ=="})
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", ORDER), ("res_id", "=", self.order.id)]
            + [("res_field", "=", "paper")]
        )
        self.assertEqual(len(attachment), 1)
        self._ask(self.order)
        attachment = attachment.with_user(self.requester_user)
        for attempt in (
            lambda: attachment.write({"raw": b"B"}),
            lambda: attachment.write({"res_id": 0}),
            lambda: attachment.unlink(),
            lambda: attachment.create(
                {
                    "name": "paper",
                    "raw": b"B",
                    "res_model": ORDER,
                    "res_id": self.order.id,
                    "res_field": "paper",
                }
            ),
        ):
            with self.assertRefused(UserError, "content stays"):
                attempt()
        note = self.order.with_user(self.requester_user).message_post(
            body="more", attachments=[("more.txt", b"more")]
        )
        self.assertTrue(note.attachment_ids)

    # === Context keys ===

    def test_context_keys(self):
        """Bare: ``skip_validation_check`` writes what is under validation,
        ``skip_check_state_condition`` asks again in any state, by any remote call."""
        keys = {
            "skip_validation_check": True,
            "skip_check_state_condition": True,
            "tier_validation_defer_compute_can_review": True,
        }
        user = self.requester_user
        self._ask(self.order)
        for vals in {"amount": 99}, {"state": "ordered"}, {"name": "Other"}:
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self._rpc(user, ORDER, "write", self.order.ids, vals, context=keys)
        self._decide(self.order, self.boss)
        self.assertEqual(self.order.state, "ordered")
        with self.assertRaises(UserError):
            self._rpc(user, ORDER, "request_validation", self.order.ids, context=keys)
        self.assertEqual(len(self.order.review_ids), 1)

    def test_deferred_promotion(self):
        """Bare: with ``tier_validation_defer_compute_can_review`` reviews never come
        to their turn."""
        self._create_step("Second", reviewer_id=self.anna.id, sequence=40)
        context = {"tier_validation_defer_compute_can_review": True}
        self._rpc(
            self.requester_user,
            ORDER,
            "action_request_approval",
            self.order.ids,
            context=context,
        )
        statuses = self.order.review_ids.mapped("status")
        self.assertEqual(statuses, ["pending", "waiting"])
        self._rpc(self.boss, ORDER, "action_approve", self.order.ids, context=context)
        self.order.invalidate_recordset()
        statuses = self.order.review_ids.mapped("status")
        self.assertEqual(statuses, ["approved", "pending"])

    # === Order and groups ===

    def test_natural_order(self):
        """Bare: definitions are searched backwards; 20 is reviewed before 10, and
        without “by sequence” all at once."""
        self.step.active = False
        self._create_step("Twenty", reviewer_id=self.anna.id, sequence=20)
        self._create_step("Ten", reviewer_id=self.ben.id, sequence=10)
        self._create_step("Ten too", reviewer_id=self.cleo.id, sequence=10)
        self._ask(self.order)
        self.assertEqual(
            [(r.name, r.sequence, r.status) for r in self.order.review_ids],
            [
                ("Ten", 1, "pending"),
                ("Ten too", 1, "pending"),
                ("Twenty", 2, "waiting"),
            ],
        )
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.anna)
        # The counter in the top bar promotes nothing either.
        self.env["res.users"].with_user(self.anna).review_user_count()
        self.assertEqual(self.order.review_ids[2].status, "waiting")
        self._decide(self.order, self.cleo)
        self._decide(self.order, self.ben)
        self._decide(self.order, self.anna)
        self.assertEqual(self.order.approval_state, "approved")

    def test_implied_members(self):
        """Bare: members by implication are no reviewers; the record is stuck."""
        self.anna.group_ids += self.group_above
        self.assertNotIn(self.anna, self.group.user_ids)
        self.step.write(
            {
                "review_type": "group",
                "reviewer_id": False,
                "reviewer_group_id": self.group.id,
            }
        )
        self._ask(self.order)
        self.assertEqual(self.order.review_ids.reviewer_ids, self.anna)
        counted = self.env["res.users"].with_user(self.anna).review_user_count()
        self.assertEqual([c["pending_count"] for c in counted], [1])
        self._decide(self.order, self.anna)
        self.assertEqual(self.order.approval_state, "approved")

    def test_who_decides_is_read_at_the_time(self):
        """Bare: reviewers are those of the moment of the request."""
        self.step.write({"review_type": "group", "reviewer_group_id": self.group.id})
        self.group.user_ids = self.anna | self.ben
        self._ask(self.order)
        self.group.user_ids = self.ben | self.cleo
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.anna)
        self.cleo.active = False
        with self.assertRaises(UserError):
            self._decide(self.order, self.cleo)
        self._decide(self.order, self.ben)
        self.assertEqual(self.order.approval_state, "approved")

    def test_reject_by_stranger(self):
        """Bare: a rejection by somebody who is no reviewer is ignored in silence."""
        self._ask(self.order)
        with self.assertRefused(UserError, "not among those"):
            self._decide(self.order, self.anna, "no")
        with self.assertRefused(UserError, "not among those"):
            self._rpc(self.anna, ORDER, "reject_tier", self.order.ids)
        self.assertEqual(self.order.approval_state, "waiting")

    def test_nothing_is_stale(self):
        """Bare: ``need_validation`` and the reviews of a record stay as they were in
        the same transaction."""
        order = self.order.with_user(self.requester_user)
        self.assertTrue(order.need_validation)
        order.action_request_approval()
        self.assertFalse(order.need_validation)
        self.assertEqual(order.approval_state, "waiting")
        self.assertEqual(len(order.review_ids), 1)
        order.with_user(self.boss).action_approve()
        self.assertEqual(order.approval_state, "approved")
        self.assertEqual(order.state, "ordered")
        self.assertEqual(len(order.decision_ids), 1)

    # === Outside ===

    def test_outside(self):
        """Bare: the public and portal users read every review and definition."""
        self._ask(self.order)
        review = self.order.review_ids
        foreign = self.reviews.create({"model": "res.partner"})
        for user in self.portal_user, self.env.ref("base.public_user"):
            with self.subTest(user=user.login):
                self.assertFalse(
                    self.reviews.with_user(user).search([("model", "=", ORDER)])
                )
                self.assertTrue(foreign.with_user(user).has_access("read"))
                with mute_logger("odoo.addons.base.models.ir_rule"):
                    with self.assertRaises(AccessError):
                        review.with_user(user).read(["name"])
                    with self.assertRaises(AccessError):
                        self.step.with_user(user).read(["name"])
                with self.assertRaises(AccessError):
                    self.order.with_user(user).action_approve()
                with self.assertRaises(AccessError):
                    review.with_user(user).action_open_approve()
                with self.assertRaises(AccessError):
                    self.decisions.with_user(user).search([])

    def test_portal_user_is_no_approver(self):
        """Design 8: a portal user who is named does not decide."""
        self.step.reviewer_id = self.portal_user
        with self.assertRefused(UserError, "nobody who may decide"):
            self._ask(self.order)

    def test_form(self):
        """The form shows the content of a locked record as what it is, read only."""
        order = self.order.with_user(self.requester_user)
        with Form(order) as form:
            form.amount = 11
        order.action_request_approval()
        with Form(order) as form:
            with self.assertRaises(AssertionError):
                form.amount = 12
            form.note = "x"
        self.assertEqual(order.note, "x")
