# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .test_action import ActionCommon


@tagged("post_install", "-at_install")
class TestActionAbuse(ActionCommon):
    """Ways around the steps of an action that a remote call can try."""

    def test_defaults_of_the_context(self):
        """MS-29: a default in the context writes no protected field either."""
        forged = self.env["itsm.action"].with_context(
            default_state="effective",
            default_done_by_id=self.agent.id,
            default_checked_by_id=self.lead.id,
            default_checked_at="2026-01-01 00:00:00",
        )
        action = forged.with_user(self.agent).create(self._action_vals())
        self.assertEqual(action.state, "open")
        self.assertFalse(action.done_by_id or action.checked_by_id)
        self.assertFalse(action.checked_at)

    def test_check_is_not_written_by_the_owner(self):
        """MS-53: what the check showed is not told by owner or who did it."""
        action = self._create_action()
        for vals in (
            {"check_note": "Helped"},
            {"value_after": 1.0, "value_after_date": "2026-07-01"},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                action.with_user(self.agent).write(vals)
        with self.assertRaises(AccessError):
            self.env["itsm.action"].with_user(self.agent).create(
                self._action_vals(check_note="Helped")
            )
        self._do(action, self.lead)
        for user in self.agent, self.lead:
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                action.with_user(user).check_note = "Helped"
        self._check(action, self.manager)
        self.assertEqual(action.state, "effective")

    def test_checker_who_may_not_see_the_origin(self):
        """MS-53: a checker decides, though the origin is none of his business."""
        action = self._create_action(
            checker_id=self.employee.id,
            res_model="helpdesk.ticket",
            res_id=self.ticket.id,
        )
        self._do(action, self.manager)
        self._check(action, self.employee, effective=False)
        self.assertEqual(action.state, "not_effective")
        self.assertEqual(action.follow_up_ids.res_id, self.ticket.id)
        self.assertEqual(action.follow_up_ids.owner_id, self.agent)

    def test_personal_stays_personal(self):
        """Manners: what follows from a personal meeting is not opened to others."""
        kind = self.env.ref("itsm_base.itsm_meeting_kind_personal")
        meeting = self.env["itsm.meeting"].create(
            {
                "kind_id": kind.id,
                "start": "2026-05-05 08:00:00",
                "organizer_id": self.lead.id,
                "partner_ids": [Command.set((self.lead | self.agent).partner_id.ids)],
            }
        )
        action = self._create_action(res_model=meeting._name, res_id=meeting.id)
        self.assertTrue(action.restricted)
        action.with_user(self.agent).restricted = False
        self.assertTrue(action.restricted)

    def test_open_action_is_not_hidden(self):
        """MS-29: who has an action gives it up with a reason, or does it."""
        action = self._create_action()
        with self.assertRaisesRegex(UserError, "cannot be archived"):
            action.with_user(self.agent).active = False
        with self.assertRaisesRegex(UserError, "cannot be archived"):
            action.with_user(self.manager).action_archive()
        with self.assertRaises(UserError):
            action.with_user(self.agent).unlink()
        own = self._action_vals(owner_id=self.agent.id)
        own = self.env["itsm.action"].with_user(self.agent).create(own)
        own.action_start()
        with self.assertRaises(UserError):
            own.unlink()
        own.cancel_reason = "Not needed"
        own.action_cancel()
        own.active = False

    def test_evidence_is_logged_in_any_context(self):
        """MS-29: no key of a context keeps who did what out of the chatter."""
        action = self._create_action()
        action.with_user(self.agent).write(
            {
                "evidence_note": "Done",
                "attachment_ids": [Command.link(self._file(self.agent).id)],
            }
        )
        action.with_user(self.agent).with_context(tracking_disable=True).action_done()
        checksum = action.attachment_ids.checksum[:12]
        self.assertIn(checksum, "".join(action.message_ids.mapped("body")))
        action.with_user(self.manager).with_context(
            tracking_disable=True
        ).action_reopen()
        body = action.message_ids[0].body
        self.assertIn(self.agent.name, body)
        self.assertFalse(action.done_by_id)

    def test_people_of_the_organisation(self):
        """Bad input: a customer neither owns nor checks an action."""
        for name in "owner_id", "checker_id":
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self._create_action(**{name: self.portal_user.id})

    def test_origin_without_table(self):
        """Bad input: an origin that is no kind of record."""
        for model in "mail.thread", "base.module.upgrade":
            with self.subTest(model=model), self.assertRaises(ValidationError):
                self._create_action(res_model=model, res_id=1)
