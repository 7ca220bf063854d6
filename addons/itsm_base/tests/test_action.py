# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, freeze_time, tagged

from .common import ItsmCommon


class ActionCommon(ItsmCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls._create_ticket(name="Mail server down")

    @classmethod
    def _action_vals(cls, **vals):
        return {
            "name": "Test the restore",
            "kind": "corrective",
            "owner_id": cls.agent.id,
            "due_date": "2026-06-30",
            **vals,
        }

    @classmethod
    def _create_action(cls, **vals):
        return cls.env["itsm.action"].create(cls._action_vals(**vals))

    @classmethod
    def _file(cls, user=None, name="proof.txt"):
        attachments = cls.env["ir.attachment"].with_user(user or cls.env.user)
        return attachments.create({"name": name, "raw": b"restored"})

    def _do(self, action, user=None):
        """Let the owner do the action with evidence."""
        user = user or action.owner_id
        action = action.with_user(user)
        action.write(
            {
                "evidence_note": "Restored mailbox of 12 May",
                "attachment_ids": [Command.link(self._file(user).id)],
            }
        )
        action.action_done()

    def _check(self, action, user, effective=True):
        action = action.with_user(user)
        action.check_note = "Three tests went well"
        if effective:
            return action.action_check_effective()
        return action.action_check_not_effective()


@tagged("post_install", "-at_install")
class TestAction(ActionCommon):
    def test_life(self):
        """MS-53: open, in progress, done with evidence, verified by somebody else."""
        action = self._create_action(checker_id=self.lead.id)
        mine = action.with_user(self.agent)
        mine.action_start()
        self.assertEqual(action.state, "progress")
        with freeze_time("2026-06-20 09:00:00"):
            self._do(action)
        self.assertEqual(action.state, "done")
        self.assertEqual(action.done_by_id, self.agent)
        self.assertEqual(
            action.done_at, fields.Datetime.to_datetime("2026-06-20 09:00:00")
        )
        self.assertFalse(action.is_closed)
        with freeze_time("2026-07-20 09:00:00"):
            self._check(action, self.lead)
        self.assertEqual(action.state, "effective")
        self.assertEqual(action.checked_by_id, self.lead)
        self.assertTrue(action.is_closed)

    def test_correction_needs_no_check(self):
        """MS-53: a correction is closed when it is done."""
        action = self._create_action(kind="correction")
        self.assertFalse(action.needs_check)
        self._do(action)
        self.assertTrue(action.is_closed)
        with self.assertRaises(UserError):
            self._check(action, self.manager)

    def test_evidence_needed(self):
        """MS-29: nothing is done without a note and a file."""
        action = self._create_action().with_user(self.agent)
        with self.assertRaisesRegex(UserError, "What Was Done, Evidence"):
            action.action_done()
        action.evidence_note = "Did it"
        with self.assertRaisesRegex(UserError, "fill in Evidence"):
            action.action_done()
        action.attachment_ids = self._file(self.agent)
        action.action_done()
        self.assertEqual(action.attachment_ids.res_model, "itsm.action")
        self.assertEqual(action.attachment_ids.res_id, action.id)

    def test_evidence_of_another_record(self):
        """MS-29: a file of another record can be changed there: no evidence."""
        file = self._file()
        file.write({"res_model": "helpdesk.ticket", "res_id": self.ticket.id})
        action = self._create_action(
            evidence_note="See the ticket", attachment_ids=[Command.link(file.id)]
        )
        with self.assertRaisesRegex(UserError, "belongs to another record"):
            action.action_done()

    def test_checked_by_another(self):
        """MS-53: neither owner nor who did it says that it helped, manager or not."""
        action = self._create_action(owner_id=self.manager.id)
        self._do(action, self.lead)
        for user in (self.manager, self.lead):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._check(action, user)
        other = self._create_user("itsm-manager-2", "itsm_base.itsm_group_manager")
        self._check(action, other)
        self.assertEqual(action.checked_by_id, other)

    def test_named_checker(self):
        """MS-53: a named checker decides, or a manager in his place."""
        action = self._create_action(checker_id=self.agent_2.id)
        self._do(action)
        with self.assertRaises(AccessError):
            self._check(action, self.lead)
        self._check(action, self.agent_2)
        second = self._create_action(checker_id=self.agent_2.id)
        self._do(second)
        self._check(second, self.manager)
        with self.assertRaises(ValidationError):
            self._create_action(checker_id=self.agent.id)

    def test_owner_changed_on_the_way(self):
        """MS-53: the owner cannot hand the action over to check it himself."""
        action = self._create_action()
        self._do(action)
        with self.assertRaises(UserError):
            action.with_user(self.agent).owner_id = self.agent_2

    def test_check_needs_note_and_values(self):
        """MS-53: the check says what it showed; what is measured has both values."""
        action = self._create_action(
            measure="Failed restores", value_before=4, value_before_date="2026-05-01"
        )
        self._do(action)
        checked = action.with_user(self.lead)
        with self.assertRaisesRegex(UserError, "Check Showed, Measured after"):
            checked.action_check_effective()
        checked.check_note = "None since"
        with self.assertRaisesRegex(UserError, "Measured after"):
            checked.action_check_effective()
        checked.write({"value_after": 0, "value_after_date": "2026-07-31"})
        checked.action_check_effective()
        self.assertEqual((action.value_before, action.value_after), (4, 0))

    def test_not_effective(self):
        """MS-53: what did not help has a follow-up, linked both ways."""
        with freeze_time("2026-06-01 09:00:00"):
            action = self._create_action(
                res_model="helpdesk.ticket",
                res_id=self.ticket.id,
                cause="<p>Tapes</p>",
                value_before=4,
                value_before_date="2026-05-01",
            )
        self._do(action)
        action.write({"value_after": 3, "value_after_date": "2026-07-01"})
        self.patch(self.env.cr, "_now", fields.Datetime.to_datetime("2026-07-10"))
        with freeze_time("2026-07-10 09:00:00"):
            result = self._check(action, self.lead, effective=False)
        follow_up = action.follow_up_ids
        self.assertEqual(result["res_id"], follow_up.id)
        self.assertEqual(action.state, "not_effective")
        self.assertTrue(action.is_closed)
        self.assertEqual(follow_up.previous_id, action)
        self.assertEqual(follow_up.state, "open")
        self.assertEqual(follow_up.owner_id, self.agent)
        self.assertEqual(follow_up.res_id, self.ticket.id)
        self.assertIn("Tapes", follow_up.cause)
        self.assertEqual(follow_up.value_before, 3)
        self.assertFalse(follow_up.evidence_note or follow_up.attachment_ids)
        self.assertGreaterEqual(
            follow_up.due_date, fields.Date.to_date("2026-07-17"), "a week at least"
        )

    def test_give_up(self):
        """MS-29: an action is given up with a reason, and taken up by a manager."""
        action = self._create_action()
        mine = action.with_user(self.agent)
        with self.assertRaises(UserError):
            mine.action_cancel()
        mine.cancel_reason = "The system is replaced"
        mine.action_cancel()
        self.assertEqual(action.state, "cancelled")
        self.assertTrue(action.is_closed)
        with self.assertRaises(AccessError):
            mine.action_reopen()
        action.with_user(self.manager).action_reopen()
        self.assertEqual(action.state, "progress")
        self.assertFalse(action.cancel_reason)

    def test_steps_in_order(self):
        """MS-29: a button that does not apply is refused."""
        action = self._create_action()
        with self.assertRaises(UserError):
            action.action_check_effective()
        self._do(action)
        for step in ("action_start", "action_done", "action_cancel"):
            with self.subTest(step=step), self.assertRaises(UserError):
                getattr(action, step)()

    def test_protected(self):
        """MS-29: what says who did and checked it cannot be written from outside."""
        action = self._create_action()
        for vals in (
            {"state": "effective"},
            {"done_by_id": self.lead.id},
            {"done_at": "2026-01-01 00:00:00"},
            {"checked_by_id": self.lead.id},
            {"checked_at": "2026-01-01 00:00:00"},
            {"previous_id": False},
        ):
            with self.subTest(vals=vals):
                with self.assertRaises(UserError):
                    action.with_user(self.manager).write(vals)
                with self.assertRaises(UserError):
                    action.sudo().write(vals)
        with self.assertRaises(UserError):
            self._create_action(state="effective")
        with self.assertRaises(UserError):
            self._create_action(done_by_id=self.lead.id)
        forged = action.with_context(itsm_guard_token="x")
        with self.assertRaises(UserError):
            forged.state = "done"
        load = self.env["itsm.action"].load(
            ["name", "due_date", "state"], [["Imported", "2026-06-30", "done"]]
        )
        self.assertFalse(load["ids"])

    def test_frozen(self):
        """MS-29: what was checked stays as it was; the check itself, too."""
        action = self._create_action()
        self._do(action)
        file = action.attachment_ids
        for vals in (
            {"evidence_note": "Rather this"},
            {"attachment_ids": [Command.clear()]},
            {"due_date": "2027-01-01"},
            {"kind": "correction"},
            {"res_model": False},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                action.write(vals)
        for user in (self.agent, self.manager):
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                file.with_user(user).unlink()
            with self.assertRaisesRegex(UserError, "kept as evidence"):
                file.with_user(user).raw = b"other"
        action.check_date = "2026-09-01"
        self._check(action, self.lead)
        for vals in ({"check_note": "No"}, {"checker_id": self.agent_2.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                action.write(vals)

    def test_kept(self):
        """MS-29: evidence is archived, not deleted; a mistake can be deleted."""
        self._create_action().unlink()
        action = self._create_action()
        self._do(action)
        with self.assertRaises(UserError):
            action.unlink()
        self._check(action, self.lead)
        with self.assertRaises(UserError):
            action.unlink()
        action.active = False
        noted = self._create_action(evidence_note="Half done")
        with self.assertRaises(UserError):
            noted.unlink()

    def test_tracked(self):
        """MS-29: state, owner and dates are in the history, with who and when."""
        tracked = {
            name
            for name in ("state", "owner_id", "due_date", "checker_id", "check_date")
            if self.env["itsm.action"]._fields[name].tracking
        }
        self.assertEqual(len(tracked), 5)
        action = self._create_action()
        self._flush_tracking()
        before = action.message_ids
        action.with_user(self.agent).with_context(
            tracking_disable=False, mail_notrack=False
        ).action_start()
        self._flush_tracking()
        message = action.message_ids - before
        self.assertEqual(message.author_id, self.agent.partner_id)
        self.assertEqual(
            message.sudo().tracking_value_ids.new_value_char, "In Progress"
        )

    def test_evidence_in_chatter(self):
        """MS-29: the chatter names the files with their checksums, markup harmless."""
        action = self._create_action()
        file = self._file(self.agent, name="<b>proof</b>.txt")
        action.with_user(self.agent).write(
            {"evidence_note": "Done", "attachment_ids": [Command.link(file.id)]}
        )
        action.with_user(self.agent).with_context(tracking_disable=False).action_done()
        body = action.message_ids.filtered(lambda m: "proof" in (m.body or "")).body
        self.assertIn("&lt;b&gt;proof&lt;/b&gt;.txt", body)
        self.assertIn(file.checksum[:12], body)

    def test_overdue(self):
        """MS-53: overdue is read against today, open ones and unchecked ones."""
        action = self._create_action(due_date="2026-06-30", checker_id=self.lead.id)
        self.assertEqual(str(action.check_date), "2026-07-30")
        overdue = [("id", "=", action.id), ("is_overdue", "=", True)]
        in_time = [("id", "=", action.id), ("is_overdue", "=", False)]
        for day, expected in (("2026-06-30", False), ("2026-07-01", True)):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                action.invalidate_recordset()
                self.assertEqual(action.is_overdue, expected)
                self.assertEqual(action.search_count(overdue), int(expected))
                self.assertEqual(action.search_count(in_time), int(not expected))
        self._do(action)
        for day, expected in (("2026-07-30", False), ("2026-07-31", True)):
            with self.subTest(day=day), freeze_time(f"{day} 10:00:00"):
                action.invalidate_recordset()
                self.assertEqual(action.is_overdue, expected)
                self.assertEqual(action.search_count(overdue), int(expected))
        self._check(action, self.lead)
        with freeze_time("2027-01-01 10:00:00"):
            action.invalidate_recordset()
            self.assertFalse(action.is_overdue)

    def test_activities(self):
        """MS-53: owner, then checker, has an activity; no old one is left."""
        action = self._create_action(checker_id=self.lead.id)
        self.assertEqual(action.activity_ids.user_id, self.agent)
        self.assertEqual(str(action.activity_ids.date_deadline), "2026-06-30")
        action.write({"owner_id": self.agent_2.id, "due_date": "2026-07-15"})
        self.assertEqual(action.activity_ids.user_id, self.agent_2)
        self.assertEqual(str(action.activity_ids.date_deadline), "2026-07-15")
        self._do(action)
        self.assertEqual(action.activity_ids.user_id, self.lead)
        self.assertEqual(action.activity_ids.date_deadline, action.check_date)
        self._check(action, self.lead)
        self.assertFalse(action.activity_ids)

    def test_history_is_silent(self):
        """Manners: imported actions make no activity and no mail."""
        silent = self.env["itsm.action"].with_context(
            mail_activity_automation_skip=True, tracking_disable=True
        )
        mails = self.env["mail.mail"].search_count([])
        action = silent.create(self._action_vals())
        self.assertFalse(action.activity_ids)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_no_mail_for_activities(self):
        """Speed: a hundred actions do not mean a hundred mails."""
        mails = self.env["mail.mail"].search_count([])
        self.env["itsm.action"].create([self._action_vals() for _index in range(3)])
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_batch(self):
        """Speed: creating, starting, giving up: as many queries for 3 as for 60."""
        counts = {"create": [], "start": [], "cancel": []}
        silent = self.env(context={**self.env.context, "tracking_disable": True})
        for number in (3, 3, 60):
            vals_list = [
                self._action_vals(
                    res_model="helpdesk.ticket",
                    res_id=self.ticket.id,
                    cancel_reason="None",
                )
                for _index in range(number)
            ]
            for step in counts:
                before = self.cr.sql_log_count
                if step == "create":
                    actions = silent["itsm.action"].create(vals_list)
                elif step == "start":
                    actions.action_start()
                else:
                    actions.action_cancel()
                self.env.flush_all()
                counts[step].append(self.cr.sql_log_count - before)
        for step, (_warm, few, many) in counts.items():
            with self.subTest(step=step):
                self.assertEqual(few, many)

    def test_measure_from_kpi(self):
        """MS-53: measure and unit come from the KPI, values from its figures."""
        kpi = self.env["itsm.kpi"].create(
            {"code": "T5-K", "name": "Restores", "formula": "Counted", "unit": "count"}
        )
        action = self._create_action(kpi_id=kpi.id)
        self.assertEqual((action.measure, action.unit), ("Restores", "Number"))
        with self.assertRaisesRegex(UserError, "no figure yet"):
            action.action_take_kpi_value()

    def test_form(self):
        """MS-53: written down in the form; done actions cannot be edited there."""
        form = Form(self.env["itsm.action"].with_user(self.agent))
        form.name = "New action"
        form.due_date = "2026-06-30"
        form.kind = "preventive"
        action = form.save()
        self.assertEqual(action.owner_id, self.agent)
        self._do(action)
        with self.assertRaises(AssertionError), Form(action) as form:
            form.due_date = "2027-01-01"
