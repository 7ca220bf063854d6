# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .event_common import EventCommon


@tagged("post_install", "-at_install")
class TestContact(EventCommon):
    """Issue 4, Events in: a contact from any channel, by one call (INC-01, INC-05)."""

    def _log(self, user=None, **kwargs):
        vals = {"channel": "phone", "text": "My screen is black\nSince today", **kwargs}
        result = self.env["helpdesk.ticket"].with_user(user or self.source)
        result = result.itsm_log_contact(**vals)
        self.env.invalidate_all()
        ticket = self.env["helpdesk.ticket"].search([("number", "=", result["ticket"])])
        return result["status"], ticket

    def test_channels(self):
        """INC-05: each channel once, with those of helpdesk_mgmt."""
        channels = self.env["helpdesk.ticket.channel"]
        shipped = channels.search([("itsm_code", "!=", False)])
        codes = shipped.mapped("itsm_code")
        self.assertLessEqual(
            {"phone", "mail", "wechat", "oa", "portal", "monitoring", "paper"},
            set(codes),
        )
        self.assertEqual(len(codes), len(set(codes)))
        email = self.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_email")
        self.assertEqual(email.itsm_code, "mail")
        self.assertEqual(
            channels.search_count([("name", "=", "Email")]), 1, "no double"
        )
        channels._itsm_name_shipped()
        email.itsm_code = "post"
        channels._itsm_name_shipped()
        self.assertEqual(email.itsm_code, "post", "who changed it keeps it")

    @freeze_time("2026-03-04 12:00:00")
    def test_created(self):
        """INC-01: a contact becomes a ticket, by agents and by other systems."""
        for user in self.source, self.agent:
            status, ticket = self._log(
                user,
                channel="wechat",
                requester={"email": f" {self.requester.email.upper()} "},
                kind="request",
                time="2026-03-04T11:00:00Z",
            )
            self.assertEqual(status, "created")
            self.assertRecordValues(
                ticket,
                [
                    {
                        "name": "My screen is black",
                        "partner_id": self.requester.id,
                        "itsm_kind": "request",
                        "user_id": False,
                        "company_id": self.company.id,
                        "reported_at": datetime(2026, 3, 4, 11),
                    }
                ],
            )
            self.assertEqual(
                ticket.channel_id,
                self.env.ref("itsm_base.helpdesk_ticket_channel_wechat"),
            )
            self.assertIn("black<br>Since", ticket.description)
            contact = self.env["itsm.contact"].search([("ticket_id", "=", ticket.id)])
            self.assertRecordValues(
                contact,
                [
                    {
                        "user_id": user.id,
                        "partner_id": self.requester.id,
                        "channel_code": "wechat",
                        "is_first": True,
                    }
                ],
            )

    def test_sent_again(self):
        """Issue 4: the same reference of a channel is the same contact."""
        status, ticket = self._log(reference="call-1")
        self.assertEqual(self._log(reference="call-1"), ("ignored", ticket))
        status, other = self._log(reference="call-1", channel="oa")
        self.assertEqual(status, "created")
        self.assertNotEqual(other, ticket)

    def test_requester(self):
        """Issue 4: account, then mail, then telephone; two who fit are nobody."""
        channel = self.env.ref("itsm_base.helpdesk_ticket_channel_wechat")
        self.env["itsm.contact.identity"].create(
            {
                "partner_id": self.requester_2.id,
                "channel_id": channel.id,
                "external_id": "wx-1",
            }
        )
        self.requester.phone = "+86 (0)138-1234-5678"
        cases = [
            (
                "account first",
                "wechat",
                {"external_id": "wx-1", "email": self.requester.email},
                self.requester_2,
            ),
            ("of the channel only", "oa", {"external_id": "wx-1"}, None),
            ("unknown account", "wechat", {"external_id": "wx-2"}, None),
            ("mail", "oa", {"email": self.requester.email}, self.requester),
            ("phone", "phone", {"phone": "13812345678"}, self.requester),
            ("phone as kept", "phone", {"phone": "+86 0138 1234 5678"}, self.requester),
            ("another", "phone", {"phone": "13812345679"}, None),
            ("too short", "phone", {"phone": "5678"}, None),
            ("nobody", "phone", {}, None),
        ]
        for name, code, requester, expected in cases:
            with self.subTest(name=name):
                _status, ticket = self._log(channel=code, requester=requester)
                self.assertEqual(ticket.partner_id, expected or self.env["res.partner"])
        self.requester.phone = "+86 138 1234 5678"
        _status, ticket = self._log(requester={"phone": "138-1234-5678"})
        self.assertEqual(ticket.partner_id, self.requester, "no country's code")
        self.requester_2.phone = "013812345678"
        _status, ticket = self._log(requester={"phone": "138-1234-5678"})
        self.assertFalse(ticket.partner_id)
        self.assertIn("Several contacts have 138-1234-5678", ticket.message_ids[0].body)

    def test_phone_by_index(self):
        """Speed: a number is found by an index, not by reading every contact."""
        self.env.flush_all()
        # of so few contacts the database would rather read all
        self.cr.execute("SET LOCAL enable_seqscan = off")
        self.cr.execute("SET LOCAL enable_bitmapscan = off")
        query = self.env["res.partner"]._itsm_phone_query("13812345678", self.company)
        rows = self.env.execute_query(SQL("EXPLAIN %s", query))
        plan = "\n".join(row[0] for row in rows)
        self.assertIn("res_partner_itsm_phone_idx", plan)

    def test_phone_endings(self):
        """INC-01: short numbers must be equal; long ones may have more in front."""
        cases = [
            ("12345678", "12345678", True),
            ("0012345678", "(0)1234-5678", True),
            ("123456", "123456", True),
            ("12345", "12345", False),
            ("912345678", "12345678", False),
            ("8612345678", "12345678", False),
            ("123456789", "23456789", False),
            ("1234567890", "861234567890", True),
            ("861234567890", "1234567890", True),
            ("1234567890", "851234567891", False),
            ("4412345678", "3412345678", False),
        ]
        for kept, sent, found in cases:
            with self.subTest(kept=kept, sent=sent):
                self.requester.phone = kept
                partner = self.env["res.partner"]._itsm_by_phone(sent, self.company)
                self.assertEqual(partner == self.requester, found)
        find = self.env["res.partner"]._itsm_by_phone
        self.requester.phone = False
        partner = self.env["res.partner"].create({"name": "P", "phone": "12345678"})
        self.assertEqual(find("12345678", self.company), partner)
        partner.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(find("12345678", self.company))
        partner.write({"company_id": False, "active": False})
        self.assertFalse(find("12345678", self.company))

    def test_other_refusals_of_the_database(self):
        """Issue 4: only a reference that is there is a contact that came twice."""
        contacts = type(self.env["itsm.contact"])
        create = contacts.create

        def refused(model, vals_list):
            return create(model, [{**vals, "channel_code": None} for vals in vals_list])

        def twice(model, vals_list):
            create(model, vals_list)
            return create(model, vals_list)

        with mute_logger("odoo.sql_db"):
            with (
                patch.object(contacts, "create", refused),
                self.assertRaises(IntegrityError),
            ):
                self._log(reference="a")
            with (
                patch.object(contacts, "create", twice),
                self.assertRaisesRegex(UserError, "is being logged already"),
            ):
                self._log(reference="b")

    def test_channels_of_another_company(self):
        """Issue 4: the channel of another company is unknown, and is not told."""
        other, user = self._other_company()
        self.env["helpdesk.ticket.channel"].create(
            {"name": "Fax", "itsm_code": "fax", "company_id": other.id}
        )
        with self.assertRaises(UserError) as caught:
            self._log(channel="fax")
        self.assertIn("channel “fax” is not known", str(caught.exception))
        self.assertNotIn("fax", str(caught.exception).split("Send one of")[1])
        self.assertEqual(self._log(user, channel="fax")[0], "created")

    def test_name_without_contact(self):
        """Issue 4: of an unknown person the name and address stay with the ticket."""
        _status, ticket = self._log(
            requester={"name": "Li <b>Lei</b>", "email": "li@example.com"}
        )
        self.assertEqual(ticket.partner_name, "Li <b>Lei</b>")
        self.assertEqual(ticket.partner_email, "li@example.com")

    def test_joined(self):
        """Issue 4: added to an open ticket of his organisation, in his name."""
        ticket = self._create_ticket(stage_id=self.stage_paused.id)
        status, joined = self._log(
            ticket=ticket.number,
            text="<b>Still</b> black",
            requester={"email": self.requester.email},
        )
        self.assertEqual((status, joined), ("joined", ticket))
        message = ticket.message_ids[0]
        self.assertEqual(message.author_id, self.requester)
        self.assertIn("&lt;b&gt;Still", message.body)
        self.assertFalse(message.is_internal)
        self.assertFalse(ticket.first_response_at)

    def test_foreign_ticket(self):
        """Issue 4: the number of somebody else's ticket opens nothing and tells
        nothing."""
        ticket = self._create_ticket()
        before = ticket.message_ids
        for requester in ({"email": self.requester_2.email}, {}):
            status, new = self._log(ticket=ticket.number, requester=requester)
            self.assertEqual(status, "created")
            self.assertNotEqual(new, ticket)
            self.assertEqual(ticket.message_ids, before)
            self.assertIn(ticket.number, new.message_ids[0].body)
            self.assertTrue(new.message_ids[0].is_internal)
        ticket.stage_id = self.stage_closed
        status, new = self._log(
            ticket=ticket.number, requester={"email": self.requester.email}
        )
        self.assertEqual(status, "created")

    def test_foreign_ticket_is_told(self):
        """Issue 4: whoever names a ticket hears that it was another one."""
        ticket = self._create_ticket()
        contacts = self.env["helpdesk.ticket"].with_user(self.source)
        answer = contacts.itsm_log_contact("phone", "Black", ticket=ticket.number)
        self.assertIn(ticket.number, answer["message"])
        mine = contacts.itsm_log_contact("phone", "Black")
        self.assertNotIn("message", mine)

    def test_companies(self):
        """Issue 4: people and tickets of another company are not found."""
        other, user = self._other_company()
        ticket = self._create_ticket()
        self.requester.company_id = self.company
        status, new = self._log(
            user, ticket=ticket.number, requester={"email": self.requester.email}
        )
        self.assertEqual((status, new.company_id), ("created", other))
        self.assertFalse(new.partner_id)

    def test_rights(self):
        """Issue 4: customers and employees may not log contacts."""
        for user in self.portal_user, self.employee, self.env.ref("base.public_user"):
            with self.assertRaises(AccessError):
                self._log(user)
        contact = self.env["itsm.contact"].search(
            [("ticket_id", "=", self._log()[1].id)]
        )
        with self.assertRaises(AccessError):
            contact.sudo().write({"reference": "x"})

    def test_bad_input(self):
        """Bad input: each with a clear error."""
        for message, vals in (
            ("channel “fax” is not known", {"channel": "fax"}),
            ("channel is missing", {"channel": None}),
            ("text is missing", {"text": "  "}),
            ("text must be a text", {"text": {"a": 1}}),
            ("requester must be a text", {"requester": "Li"}),
            ("email must be a text", {"requester": {"email": ["a@b"]}}),
            ("requester: mail is not known", {"requester": {"mail": "a@b"}}),
            ("reference is too long", {"reference": "x" * 300}),
            ("kind: send incident", {"kind": "question"}),
            ("time is no time", {"time": "soon"}),
        ):
            with self.subTest(message=message):
                with self.assertRaisesRegex(UserError, message):
                    self._log(**vals)
        _status, ticket = self._log(text="x" * 1_000_000)
        self.assertLessEqual(len(ticket.description), 50_100)

    def test_one_account_one_person(self):
        """Bad input: an account belongs to one person."""
        vals = {
            "channel_id": self.env.ref("itsm_base.helpdesk_ticket_channel_oa").id,
            "external_id": "E1",
        }
        identities = self.env["itsm.contact.identity"].with_user(self.agent)
        identities.create({**vals, "partner_id": self.requester.id})
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            identities.create({**vals, "partner_id": self.requester_2.id})
