# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ..tools import guard
from .duty_common import DutyCommon


@tagged("post_install", "-at_install")
class TestDutyAct(DutyCommon):
    """Design 7: duties are done, waived, reopened, handed over; all of it stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.definition = cls._definition("2026-04-01", evidence_required=True)
        with freeze_time("2026-04-01 04:00:00"):
            cls.env["itsm.duty.scope"]._of_active()._generate(100)
        # due on Friday 10 April 2026, until 16:00 UTC
        cls.duty = cls.duties.search([("definition_id", "=", cls.definition.id)])

    def _as(self, user):
        return self.duty.with_user(user)

    # === Done ===

    def test_in_time(self):
        """CAL-11, A1: the last second of the due day is in time."""
        self._as(self.agent).evidence_note = "Sent on the 10th"
        with freeze_time("2026-04-10 15:59:59"):
            self.assertEqual(self.duty.status, "open")
            self._flush_tracking()
            self._as(self.agent).with_context(
                tracking_disable=False, mail_notrack=False
            ).action_done()
        self.assertRecordValues(
            self.duty,
            [
                {
                    "state": "done",
                    "status": "done",
                    "done_at": datetime(2026, 4, 10, 15, 59, 59),
                    "done_by_id": self.agent.id,
                }
            ],
        )
        self.assertFalse(self.duty.activity_ids)
        self._flush_tracking()
        self.assertEqual(self.duty.message_ids.author_id, self.agent.partner_id)

    def test_late(self):
        """CAL-11, A1: midnight is late; overdue is read, not stored."""
        self._as(self.agent).evidence_note = "Sent"
        with freeze_time("2026-04-10 16:00:00"):
            self.duty.invalidate_recordset(["status"])
            self.assertEqual(self.duty.status, "overdue")
            self.assertEqual(
                self.duties.search([("status", "=", "overdue")]), self.duty
            )
            self._as(self.agent).action_done()
        self.assertEqual(self.duty.status, "late")

    def test_status_searched_and_grouped(self):
        """CAL-11: filters and groups read against now, as the field does."""
        definition = self._definition("2026-05-01")
        with freeze_time("2026-09-05 04:00:00"):
            self._generate()
            made = self._made(definition)
            made[0].action_waive("No need")
            made[1].action_done()
            made[2].evidence_note = "x"
        with freeze_time("2026-07-10 04:00:00"):
            made[2]._done(datetime(2026, 7, 10, 4))
        with freeze_time("2026-09-05 04:00:00"):
            made.invalidate_recordset()
            mine = [("definition_id", "=", definition.id)]
            self.assertEqual(
                made.mapped("status"), ["waived", "late", "done", "overdue", "open"]
            )
            for duty in made:
                self.assertEqual(
                    self.duties.search([*mine, ("status", "=", duty.status)]), duty
                )
                self.assertEqual(
                    self.duties.search([*mine, ("status", "!=", duty.status)]),
                    made - duty,
                )
                self.assertEqual(
                    made.filtered_domain([("status", "=", duty.status)]), duty
                )
            groups = self.duties._read_group(mine, ["status"], ["id:recordset"])
            self.assertEqual(
                {status: duties for status, duties in groups},
                {duty.status: duty for duty in made},
            )
            self.assertTrue(self.duties.fields_get(["status"])["status"]["groupable"])

    def test_evidence(self):
        """CAL-10: where evidence is required there is no done without it."""
        duty = self._as(self.agent)
        for note in (False, "  "):
            duty.evidence_note = note
            with self.assertRaises(UserError):
                duty.action_done()
        duty.evidence_ids = (
            self.env["ir.attachment"]
            .with_user(self.agent)
            .create(
                {
                    "name": "r.txt",
                    "raw": b"x",
                    "res_model": "itsm.duty",
                    "res_id": duty.id,
                }
            )
        )
        duty.action_done()
        self.assertEqual(duty.state, "done")

    def test_evidence_record(self):
        """CAL-10: another addon closes a duty with its record as evidence."""
        service = self.service
        self.duty._done(datetime(2026, 4, 3), evidence=service)
        action = self.duty.action_open_evidence()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (service._name, service.id)
        )

    # === Evidence survives ===

    def test_facts_are_written_by_code(self):
        """Manners, evidence survives: no user, role or sudo writes the facts."""
        for vals in (
            {"state": "done"},
            {"done_at": "2026-04-01 00:00:00"},
            {"done_by_id": self.agent.id},
            {"due_at": "2030-01-01 00:00:00"},
            {"due_date": "2030-01-01"},
            {"user_id": self.agent.id},
            {"evidence_note": "x", "state": "done"},
        ):
            for duty in (
                self._as(self.agent),
                self._as(self.manager),
                self._as(self.manager).sudo(),
                self.duty,
            ):
                with self.subTest(vals=vals), self.assertRaises(AccessError):
                    duty.write(vals)

    def test_no_creation_by_hand(self):
        """Manners: duties are made by the system; copies are none."""
        with self.assertRaises(AccessError):
            self.duty.copy()
        with self.assertRaises(AccessError):
            self.env["itsm.duty"].create({"definition_id": self.definition.id})

    def test_never_deleted(self):
        """Manners: duties are archived, never deleted, definitions neither."""
        for duty in (self._as(self.manager), self.duty):
            with self.assertRaises(AccessError):
                duty.unlink()
        with self.assertRaises(UserError):
            self.definition.with_user(self.manager).unlink()
        empty = self._definition("2026-04-01")
        empty.with_user(self.manager).unlink()

    def test_archive(self):
        """Manners: what is finished is put away by leads; nothing open is hidden."""
        with self.assertRaises(UserError):
            self._as(self.manager).action_archive()
        self.duty.evidence_note = "x"
        self._as(self.agent).action_done()
        with self.assertRaises(AccessError):
            self._as(self.agent).action_archive()
        self._as(self.lead).action_archive()
        self.assertFalse(self.duty.active)

    def test_evidence_of_the_past(self):
        """Manners: note, files and checklist stay as they were when it was done."""
        attachment = self.env["ir.attachment"].create({"name": "r.txt", "raw": b"x"})
        self.duty.evidence_ids = attachment
        self._as(self.agent).action_done()
        for vals in (
            {"evidence_note": "other"},
            {"evidence_ids": [(5,)]},
            {"checklist": "<p>x</p>"},
        ):
            for user in (self.agent, self.manager):
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    self._as(user).write(vals)
        for user in (self.agent, self.manager):
            for vals in ({"raw": b"y"}, {"name": "other.txt"}):
                with self.subTest(vals=vals), self.assertRaises(UserError):
                    attachment.with_user(user).sudo().write(vals)
            with self.assertRaises(UserError):
                attachment.with_user(user).sudo().unlink()

    def test_file_of_an_open_duty(self):
        """Manners: the database keeps a file that a duty names, also by SQL."""
        attachment = self.env["ir.attachment"].create({"name": "r.txt", "raw": b"x"})
        self.duty.evidence_ids = attachment
        attachment.raw = b"better"
        self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.cr.savepoint(),
        ):
            self.cr.execute(
                SQL("DELETE FROM ir_attachment WHERE id = %s", attachment.id)
            )

    def test_key_stays_with_the_duty(self):
        """Manners: no file that is evidence elsewhere is changed through a duty."""
        file = self.env["ir.attachment"].create({"name": "a.txt", "raw": b"as it was"})
        action = self.env["itsm.action"].create(
            {"name": "Mend it", "due_date": "2026-04-30", "owner_id": self.agent.id}
        )
        file.write({"res_model": "itsm.action", "res_id": action.id})
        action.attachment_ids = file
        guard.with_token(action).state = "done"
        for command in (
            Command.update(file.id, {"raw": b"other"}),
            Command.delete(file.id),
        ):
            with self.subTest(command=command), self.assertRaises(UserError):
                self.duty.write({"evidence_ids": [command]})
        self.assertEqual(file.raw, b"as it was")

    # === Waived, reopened, handed over ===

    def test_waive(self):
        """Design 7: leads waive with a reason; it leaves the activity list."""
        with self.assertRaises(AccessError):
            self._as(self.agent).action_waive("No time")
        for reason in (False, "", "  ", 5):
            with self.assertRaises(UserError):
                self._as(self.lead).action_waive(reason)
        self._as(self.lead).action_waive("New service, nothing to report")
        self.assertRecordValues(
            self.duty,
            [
                {
                    "status": "waived",
                    "waived_by_id": self.lead.id,
                    "waive_reason": "New service, nothing to report",
                }
            ],
        )
        self.assertFalse(self.duty.activity_ids)
        for action in ("action_done", "action_take"):
            with self.assertRaises(UserError):
                getattr(self._as(self.lead), action)()

    def test_take_what_is_done(self):
        """Manners: who was responsible for what is done does not change afterwards."""
        self.duty.evidence_note = "x"
        guard.with_token(self.duty).user_id = False
        self._as(self.agent).action_done()
        with self.assertRaises(UserError):
            self._as(self.agent_2).action_take()
        self.assertFalse(self.duty.user_id)

    def test_reopen(self):
        """Design 7: managers reopen with a reason; what it was stays readable."""
        self.duty.evidence_note = "x"
        with freeze_time("2026-04-03 04:00:00"):
            self._as(self.agent).action_done()
        for user in (self.agent, self.lead):
            with self.assertRaises(AccessError):
                self._as(user).action_reopen("Wrong")
        with self.assertRaises(UserError):
            self._as(self.manager).action_reopen(" ")
        self._as(self.manager).action_reopen("The report was that of May")
        self.assertRecordValues(
            self.duty,
            [
                {
                    "state": "open",
                    "done_at": False,
                    "done_by_id": False,
                    "reopened_count": 1,
                }
            ],
        )
        self.assertEqual(self.duty.activity_ids.user_id, self.agent)
        self._flush_tracking()
        bodies = " ".join(self.duty.message_ids.mapped("body"))
        self.assertIn("The report was that of May", bodies)
        self.assertIn(self.agent.name, bodies)
        with self.assertRaises(UserError):
            self._as(self.manager).action_reopen("Again")

    def test_hand_over(self):
        """Design 7: the responsible or a lead hands over, the activity goes along."""
        with self.assertRaises(AccessError):
            self._as(self.agent_2).action_reassign(self.agent_2.id)
        self._as(self.agent).action_reassign(self.agent_2.id, "Holidays")
        self.assertEqual(self.duty.user_id, self.agent_2)
        self.assertEqual(self.duty.activity_ids.user_id, self.agent_2)
        self._flush_tracking()
        self.assertIn("Holidays", " ".join(self.duty.message_ids.mapped("body")))
        self._as(self.lead).action_reassign(self.lead.id)
        self.assertEqual(self.duty.user_id, self.lead)

    def test_hand_over_to_nobody(self):
        """Bad input: portal users, people of other companies, who left, nobody."""
        other = self._company("Other", "UTC")
        stranger = self._create_user(
            "duty-stranger",
            "itsm_base.itsm_group_agent",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        gone = self._create_user("duty-gone", "base.group_user", active=False)
        for user_id in (self.portal_user.id, stranger.id, gone.id, 0, 2**30):
            with self.subTest(user_id=user_id), self.assertRaises(UserError):
                self._as(self.lead).action_reassign(user_id)

    def test_take(self):
        """Design 7: who holds the role takes what nobody is responsible for."""
        role = self.env["itsm.role"].create({"name": "Vacant", "code": "t_vac"})
        definition = self._definition("2026-04-01", role_id=role.id)
        with freeze_time("2026-04-01 04:00:00"):
            self._generate()
        duty = self._made(definition)
        self.assertFalse(duty.user_id)
        with self.assertRaises(AccessError):
            duty.with_user(self.agent).action_take()
        role.holder_ids = [(0, 0, {"user_id": self.agent.id})]
        self.env.invalidate_all()
        duty.with_user(self.agent).action_take()
        self.assertEqual(duty.user_id, self.agent)
        self.assertEqual(duty.activity_ids.user_id, self.agent)
        self.assertEqual(duty.activity_ids.date_deadline, date(2026, 4, 10))
        with self.assertRaises(UserError):
            self._as(self.agent_2).action_take()

    def test_wizard(self):
        """Design 7: the buttons of form and list ask for whom or why, in batch."""
        definition = self._definition("2026-04-01", role_id=self.role.id)
        with freeze_time("2026-04-01 04:00:00"):
            self._generate()
        duties = (self.duty | self._made(definition)).with_user(self.lead)

        def wizard(act, **vals):
            action = duties.with_context(act=act).action_act()
            form = Form(
                self.env[action["res_model"]]
                .with_user(self.lead)
                .with_context(**action["context"])
            )
            for name, value in vals.items():
                form[name] = value
            return form.save()

        wizard("reassign", user_id=self.lead).action_confirm()
        self.assertEqual(duties.user_id, self.lead)
        wizard("waive", reason="Not this month").action_confirm()
        self.assertEqual(set(duties.mapped("state")), {"waived"})
        with self.assertRaises(AccessError):
            wizard("reopen", reason="After all").action_confirm()
        with self.assertRaises(AssertionError):
            wizard("waive")

    def test_batch(self):
        """design.md Speed: reading a list costs the same for many duties."""
        definition = self._definition("2020-01-01")
        with freeze_time("2026-04-01 04:00:00"):
            self._generate()
        duties = self._made(definition)
        spec = {
            "display_name": {},
            "definition_id": {"fields": {"display_name": {}}},
            "period_label": {},
            "user_id": {"fields": {"display_name": {}}},
            "role_id": {"fields": {"display_name": {}}},
            "process_id": {"fields": {"display_name": {}}},
            "status": {},
            "is_mine": {},
            "activity_ids": {},
        }

        def queries(number):
            records = duties[:number].with_user(self.agent)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertEqual(len(records.web_read(spec)), number)
            return self.cr.sql_log_count - before

        queries(10)
        self.assertEqual(queries(60), queries(10))
