# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .major_common import MajorCommon


@tagged("post_install", "-at_install")
class TestMajorCommunication(MajorCommon):
    """What is told, to whom, in time or late."""

    def _tell(self, major, wall, partners=None, user=None, **vals):
        with self.at(wall):
            return major.with_user(user or self.incident_manager)._communicate(
                {
                    "audience": "customers",
                    "channel": "mail",
                    "subject": "Test: disturbance",
                    "body": "<p>We work on it</p>",
                    **vals,
                },
                self.requester if partners is None else partners,
            )

    def _mails(self):
        return self.env["mail.mail"].search([("subject", "=", "Test: disturbance")])

    def test_intervals(self):
        """INC-42: each communication makes the next one due after the interval; a late
        one is written down as late; restored: nothing is due any more."""
        major = self._declared("2026-03-23 10:10")
        self.assertEqual(major.next_update_at, self.utc("2026-03-23 11:10"))
        first = self._tell(major, "2026-03-23 11:10")
        self.assertRecordValues(
            first,
            [
                {
                    "time": self.utc("2026-03-23 11:10"),
                    "due_at": self.utc("2026-03-23 11:10"),
                    "is_late": False,
                    "user_id": self.incident_manager.id,
                }
            ],
        )
        self.assertEqual(major.next_update_at, self.utc("2026-03-23 12:10"))
        second = self._tell(major, "2026-03-23 12:30", channel="phone")
        self.assertTrue(second.is_late)
        self.assertEqual(major.next_update_at, self.utc("2026-03-23 13:30"))
        major.with_user(self.incident_manager).update_minutes = 20
        self.assertEqual(major.next_update_at, self.utc("2026-03-23 12:50"))
        with self.at("2026-03-23 13:00"):
            major.with_user(self.incident_manager)._restore(
                self.utc("2026-03-23 13:00")
            )
        last = self._tell(major, "2026-03-23 13:05")
        self.assertFalse(major.next_update_at or last.is_late)

    def test_mails(self):
        """INC-42: each recipient gets a mail of his own; who has no address is named;
        what is told by telephone sends nothing."""
        major = self._declared()
        self.requester_2.email = "two@example.com"
        mute = self.env["res.partner"].create({"name": "No Address"})
        partners = self.requester | self.requester_2 | mute
        communication = self._tell(major, "2026-03-23 10:30", partners)
        mails = self._mails()
        self.assertEqual(
            sorted(mail.recipient_ids.ids for mail in mails),
            sorted([[self.requester.id], [self.requester_2.id]]),
        )
        self.assertEqual(communication.partner_ids, partners)
        self.assertEqual(communication.unreached_partner_ids, mute)
        self._tell(major, "2026-03-23 10:40", channel="phone")
        self.assertEqual(self._mails(), mails)

    def test_bad_input(self):
        """INC-42: nothing to tell, nobody to tell, not declared."""
        major = self._declared()
        for vals in ({"subject": " "}, {"body": "<p><br></p>"}):
            with self.assertRaises(UserError):
                self._tell(major, "2026-03-23 10:30", **vals)
        with self.assertRaises(UserError):
            self._tell(major, "2026-03-23 10:30", self.env["res.partner"])
        with self.assertRaises(UserError):
            self._tell(self._proposed(), "2026-03-23 10:30")
        self.assertFalse(self._mails())

    def test_append_only(self):
        """MS-29: the log is neither written nor deleted, also not by managers or with
        sudo(); agents read it and do not add to it."""
        major = self._declared()
        row = self._tell(major, "2026-03-23 10:30")
        self.assertEqual(row.with_user(self.agent).subject, "Test: disturbance")
        self.assertEqual(row.with_user(self.leader).subject, "Test: disturbance")
        for records in (row.with_user(self.manager), row.sudo()):
            with self.assertRaises(AccessError):
                records.write({"is_late": False})
            with self.assertRaises(AccessError):
                records.unlink()
        with self.assertRaises(AccessError):
            self._tell(major, "2026-03-23 10:31", user=self.agent)
        with self.assertRaises(AccessError):
            row.with_user(self.employee).read(["subject"])

    def test_dialog(self):
        """INC-42: the dialog begins with the text of a template and the people
        concerned."""
        major = self._declared()
        wizard = (
            self.env["itsm.major.communicate"]
            .with_user(self.incident_manager)
            .create(
                {
                    "major_id": major.id,
                    "template_id": self.env.ref(
                        "itsm_desk.mail_template_major_tell_declared"
                    ).id,
                }
            )
        )
        self.assertEqual(wizard.subject, "E-mail: disturbance")
        self.assertIn("No mail for anybody", wizard.body)
        self.assertEqual(wizard.partner_ids, self.requester)
        wizard.audience = "management"
        self.assertEqual(wizard.partner_ids, self.leader.partner_id)
        wizard.audience = "internal"
        self.assertIn(self.incident_manager.partner_id, wizard.partner_ids)
        wizard.action_send()
        self.assertEqual(major.communication_ids.audience, "internal")

    def test_known_by_address_only(self):
        """INC-42: who reported by mail and is no contact is told, too, once; who is a
        contact by another ticket, or of a restricted one, is not told twice or at all;
        the tickets stay as they are."""
        major = self._declared()
        self.requester.email = "Known@Example.com"
        known = {"service_id": self.service.id, "itsm_kind": "incident"}
        strangers = self.env["helpdesk.ticket"]
        for address in (
            '"New Person" <new@example.com>',
            "NEW@example.com",
            "known@example.com",
            "no address",
            "secret@example.com",
        ):
            strangers |= self._incident(
                "2026-03-23 10:20", partner_id=False, partner_email=address, **known
            )
        major.with_user(self.incident_manager)._join(strangers.with_user(self.manager))
        strangers[-1].restriction = "security"
        wizard = (
            self.env["itsm.major.communicate"]
            .with_user(self.incident_manager)
            .create(
                {
                    "major_id": major.id,
                    "subject": "Test: disturbance",
                    "body": "<p>We work on it</p>",
                }
            )
        )
        self.assertEqual(wizard.address_text, "new@example.com")
        self.assertEqual(wizard.partner_ids, self.requester)
        with self.at("2026-03-23 10:30"):
            wizard.action_send()
        told = self._mails().recipient_ids
        self.assertEqual(
            sorted(told.mapped("email_normalized")),
            ["known@example.com", "new@example.com"],
        )
        self.assertEqual(major.communication_ids.partner_ids, told)
        self.assertFalse(strangers.partner_id)
        wizard.audience = "internal"
        self.assertFalse(wizard.address_text)

    def test_overdue(self):
        """INC-42: an overdue communication is shown, and told to who leads it, once
        for each due time."""
        major = self._declared("2026-03-23 10:10")
        with self.at("2026-03-23 11:10"):
            self.majors._cron_overdue_updates()
            self.assertFalse(major.is_update_overdue)
        self.assertFalse(self._told("major_update_overdue", major))
        for wall in ("2026-03-23 11:11", "2026-03-23 11:16"):
            with self.at(wall):
                self.majors._cron_overdue_updates()
                major.invalidate_recordset(["is_update_overdue"])
                self.assertTrue(major.is_update_overdue)
                self.assertIn(
                    major, self.majors.search([("is_update_overdue", "=", True)])
                )
        told = [
            row
            for row in self._told("major_update_overdue", major)
            if row[2] != "suppressed"
        ]
        self.assertEqual(len(told), 1)
        self.assertEqual(told[0][1], self.incident_manager.partner_id.id)
        self._tell(major, "2026-03-23 11:20")
        with self.at("2026-03-23 12:30"):
            self.majors._cron_overdue_updates()
        told = [
            row
            for row in self._told("major_update_overdue", major)
            if row[2] != "suppressed"
        ]
        self.assertEqual(len(told), 2)

    def test_restricted(self):
        """Issue 5: a restricted ticket neither joins nor appears; a child that becomes
        restricted leaves; a restricted parent hides all of it and stops the mails."""
        major = self._declared()
        child = self._incident(partner_id=self.requester_2.id)
        major.with_user(self.agent)._join(child.with_user(self.agent))
        self.assertIn(self.requester_2, major._customer_partners())
        child.sudo().write({"restriction": "security"})
        self.assertFalse(child.major_incident_id or child.parent_id)
        self.assertEqual(major._customer_partners(), self.requester)
        with self.assertRaises(UserError):
            major.sudo()._join(child.sudo())
        row = self._tell(major, "2026-03-23 10:30")
        major.ticket_id.sudo().write({"restriction": "security"})
        for record in (major, row):
            with self.assertRaises(AccessError):
                record.with_user(self.agent_2).read(["display_name"])
        self.assertFalse(
            self.majors.with_user(self.agent_2).search([("id", "=", major.id)])
        )
        with self.assertRaises(UserError):
            self._tell(major, "2026-03-23 10:40", user=self.env.ref("base.user_root"))
        with self.assertRaises(UserError):
            guard.without_token(major).action_create_report()

    def test_history(self):
        """Manners: imported tickets cannot belong to a major incident."""
        ticket = self._history_ticket(itsm_kind="incident")
        with self.assertRaises(UserError):
            self.majors._propose(ticket, "Once upon a time")
