# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from ..models import itsm_anonymisation
from .common import ItsmCommon

NAME = "Wang Xiaoming"
MAIL = "xiaoming.wang@customer.example"
PHONE = "+86 10 5555 0100"
TRACKED = {"tracking_disable": False, "mail_notrack": False}
OTHER_MAIL = "li.xiaoming.wang@customer.example"


@tagged("post_install", "-at_install")
class TestAnonymisation(ItsmCommon):
    """Issue 4, Evidence and privacy: a person is forgotten, counts stay."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls.env["res.partner"].create(
            {
                "name": NAME,
                "email": MAIL,
                "phone": PHONE,
                "street": "1 Long Street",
                "city": "Beijing",
                "function": "Accountant",
                "comment": "<p>Likes tea</p>",
                "vat": "X1",
                "image_1920": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4"
                "2mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
                "parent_id": cls.customer.id,
            }
        )
        cls.address = cls.env["res.partner"].create(
            {
                "name": NAME,
                "type": "delivery",
                "street": "2",
                "parent_id": cls.person.id,
            }
        )
        # somebody whose address contains his, who must stay as he is
        cls.other = cls.env["res.partner"].create({"name": "Li", "email": OTHER_MAIL})
        cls.ticket = cls._create_ticket(
            name=f"{NAME} cannot print",
            description=f"<p>Call {PHONE} or write to {MAIL.upper()}</p>",
            partner_id=cls.person.id,
            partner_name=NAME,
            partner_email=f'"{NAME}" <{MAIL}>',
            stage_id=cls.stage_closed.id,
        )
        cls.other_ticket = cls._create_ticket(
            partner_id=cls.other.id,
            partner_name="Li",
            partner_email=OTHER_MAIL,
            description=f"<p>{NAME} knows more</p>",
        )

    def _anonymise(self, person=None, reason="He asked for it", **vals):
        model = self.env["itsm.anonymisation"].with_user(self.manager)
        partner = person or self.person
        return model.create({"partner_id": partner.id, "reason": reason, **vals})

    def _messages(self):
        """A mail of the person, an answer that names him, a stranger's mail."""
        posts = [
            (self.ticket, self.person, f"<p>It is me, {NAME}</p>"),
            (self.ticket, self.agent.partner_id, f"<p>Hello {NAME}, call {PHONE}</p>"),
            (self.other_ticket, self.other, f"<p>{NAME} is away</p>"),
        ]
        return [
            ticket.with_context(mail_notify_force_send=False).message_post(
                body=body,
                body_is_html=True,
                author_id=author.id,
                email_from=author.email_formatted,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            for ticket, author, body in posts
        ]

    def _alias(self):
        return f"Anonymised person {self.person.id}"

    # === What changes ===

    def test_contact(self):
        """GDPR 17: nothing on the contact or its addresses tells who it was."""
        account = self.env["itsm.contact.identity"].create(
            {
                "partner_id": self.person.id,
                "channel_id": self.env.ref(
                    "itsm_base.helpdesk_ticket_channel_wechat"
                ).id,
                "external_id": "xiaoming-wang",
            }
        )
        record = self._anonymise()
        record.action_start()
        self.assertEqual(record.state, "done")
        self.assertFalse(account.exists(), "what he is called in another system")
        for partner in self.person, self.address:
            self.assertEqual(partner.name, self._alias())
            self.assertFalse(partner.active)
            for name in ("email", "phone", "street", "city", "function", "vat"):
                self.assertFalse(partner[name], name)
        self.assertFalse(self.person.comment)
        self.assertFalse(self.person.image_1920)
        self.assertFalse(self.person.email_normalized)
        self.assertEqual(self.person.parent_id, self.customer)
        self.assertEqual(self.customer.name, "Customer One")

    def test_tickets(self):
        """GDPR 17: tickets stay, with customer, number and times, without the words."""
        kept = ("number", "partner_id", "reported_at", "closed_date", "stage_id")
        before = [self.ticket[name] for name in kept]
        self._anonymise().action_start()
        self.assertEqual([self.ticket[name] for name in kept], before)
        self.assertEqual(self.ticket.partner_name, self._alias())
        self.assertFalse(self.ticket.partner_email)
        self.assertEqual(self.ticket.name, f"{self._alias()} cannot print")
        self.assertEqual(
            self.ticket.description,
            f"<p>Call {self._alias()} or write to {self._alias()}</p>",
        )

    def test_others_stay(self):
        """GDPR 17: an address that contains his, and tickets of others, stay."""
        _mine, _answer, theirs = self._messages()
        self._anonymise().action_start()
        self.assertEqual(self.other.email, OTHER_MAIL)
        self.assertEqual(self.other_ticket.partner_email, OTHER_MAIL)
        self.assertEqual(self.other_ticket.partner_name, "Li")
        self.assertIn(NAME, self.other_ticket.description)
        self.assertIn(OTHER_MAIL, theirs.email_from)
        self.assertIn(NAME, theirs.body)

    def test_messages(self):
        """GDPR 17: senders, addresses and words of messages of his tickets."""
        mine, answer, _theirs = self._messages()
        mine.sudo().incoming_email_cc = f"a@b.example, {MAIL}"
        self._anonymise().action_start()
        self.assertEqual(mine.email_from, self._alias())
        self.assertEqual(mine.author_id, self.person)
        self.assertEqual(mine.body, f"<p>It is me, {self._alias()}</p>")
        self.assertEqual(mine.incoming_email_cc, f"a@b.example, {self._alias()}")
        self.assertEqual(
            answer.body, f"<p>Hello {self._alias()}, call {self._alias()}</p>"
        )
        self.assertNotEqual(answer.email_from, self._alias())

    def test_tracked_changes(self):
        """GDPR 17: tracked names by what they point to; all on the contact itself."""
        self._flush_tracking()
        person = self.person.with_context(**TRACKED)
        person.write({"phone": "+86 10 5555 0199", "name": "Wang Dawei"})
        self._flush_tracking()
        person.write({"phone": PHONE, "name": NAME})
        self._flush_tracking()
        values = person.message_ids.tracking_value_ids
        self.assertGreaterEqual(len(values), 4)
        self._anonymise().action_start()
        texts = [
            text
            for value in values
            for text in (value.old_value_char, value.new_value_char)
            if text
        ]
        self.assertGreaterEqual(len(texts), 8)
        for text in texts:
            for word in NAME, PHONE, "Wang Dawei", "5555 0199", MAIL:
                self.assertNotIn(word, text)

    def test_findings(self):
        """GDPR 17: what rules found stays, without the name."""
        rules = self.env["itsm.enforcement.rule"]
        rules.create({"code": "x", "name": "x", "description": "x"})
        rules._enforce("x", self.ticket | self.other_ticket, f"Ask {NAME}")
        findings = self.env["itsm.enforcement.finding"].search(
            [("rule_code", "=", "x")]
        )
        self._anonymise().action_start()
        mine = findings.filtered(lambda finding: finding.res_id == self.ticket.id)
        self.assertIn(f"{self._alias()} cannot print", mine.record_name)
        self.assertEqual(mine.message, f"Ask {self._alias()}")
        self.assertEqual((findings - mine).message, f"Ask {NAME}")

    def test_followers_mails_devices(self):
        """GDPR 17: nothing is sent to the person any more, nor known of his devices."""
        self.ticket.message_subscribe(self.person.ids)
        mail = self.env["mail.mail"].create(
            {"subject": "x", "body_html": f"<p>{NAME}</p>", "email_to": MAIL}
        )
        user = self._create_user("xm", "base.group_portal", partner_id=self.person.id)
        self.person.email = MAIL
        self.env["res.device.log"].create(
            {"session_identifier": "s", "user_id": user.id, "ip_address": "192.0.2.1"}
        )
        sent = self.env["mail.mail"].search_count([])
        self._anonymise().action_start()
        self.assertNotIn(self.person, self.ticket.message_partner_ids)
        self.assertEqual(mail.email_to, self._alias())
        self.assertNotIn(NAME, mail.body_html)
        devices = self.env["res.device.log"].search([("user_id", "=", user.id)])
        self.assertFalse(devices)
        self.assertFalse(user.active)
        self.assertEqual(user.login, f"anonymised-{user.id}")
        # nobody is told
        self.assertEqual(self.env["mail.mail"].search_count([]), sent)

    def test_short_name_and_markup(self):
        """Issue 4, bad input: a short name, pattern characters, markup in a name."""
        person = self.env["res.partner"].create(
            {"name": "A", "email": "a_b+c@x.example"}
        )
        spared = self._create_ticket(
            partner_id=self.other.id, partner_email="axb+c@x.example"
        )
        ticket = self._create_ticket(
            partner_id=person.id, name="A to B", stage_id=self.stage_closed.id
        )
        self._anonymise(person).action_start()
        self.assertEqual(ticket.name, "A to B")
        self.assertEqual(spared.partner_email, "axb+c@x.example")
        person = self.env["res.partner"].create({"name": "O'Neil (x.*) <b>"})
        ticket = self._create_ticket(
            partner_id=person.id,
            name="O'Neil (x.*) <b> again",
            description="<p>O'Neil (x.*) &lt;b&gt; again</p>",
            stage_id=self.stage_closed.id,
        )
        self._anonymise(person).action_start()
        alias = f"Anonymised person {person.id}"
        self.assertEqual(ticket.name, f"{alias} again")
        self.assertNotIn("Neil", ticket.description)

    def test_chinese_name(self):
        """PIPL 47: a Chinese name is found inside a text without spaces."""
        person = self.env["res.partner"].create({"name": "王小明"})
        ticket = self._create_ticket(
            partner_id=person.id,
            name="请联系王小明处理",
            stage_id=self.stage_closed.id,
        )
        self._anonymise(person).action_start()
        self.assertEqual(ticket.name, f"请联系Anonymised person {person.id}处理")

    # === Preview, evidence ===

    def test_preview(self):
        """Issue 4: a preview with counts; nothing is changed by it."""
        self._messages()
        record = self._anonymise()
        record.action_preview()
        found = {line.place: line.found for line in record.line_ids}
        self.assertEqual(found["ticket"], 1)
        self.assertEqual(found["contact"], 2)
        messages = self.ticket.message_ids | self.person.message_ids
        messages |= self.address.message_ids
        self.assertEqual(found["message"], len(messages))
        self.assertEqual(self.person.name, NAME)
        self.assertEqual(self.ticket.partner_name, NAME)
        self.env["ir.attachment"].create(
            {"name": "x", "res_model": "helpdesk.ticket", "res_id": self.ticket.id}
        )
        record.action_preview()
        kept = record.line_ids.filtered("is_kept")
        self.assertEqual(kept.found, 1)

    def test_evidence(self):
        """MS-29: who did it, when and why stays; nobody changes or deletes it."""
        record = self._anonymise()
        record.action_start()
        self.assertEqual(record.user_id, self.manager)
        self.assertTrue(record.done_at)
        changed = record.line_ids.filtered(lambda line: not line.is_kept)
        for line in changed:
            self.assertEqual(line.done, line.found, line.name)
        self.assertNotIn(NAME, record.name)
        for target in record, record.sudo():
            with self.assertRaises(AccessError):
                target.reason = "Another"
            with self.assertRaisesRegex(UserError, "cannot be deleted"):
                target.unlink()
            with self.assertRaises(AccessError):
                target.line_ids[0].found = 7
        with self.assertRaisesRegex(UserError, "started already"):
            record.action_start()

    def test_guard(self):
        """MS-29: state, author and lines are written by the system only."""
        model = self.env["itsm.anonymisation"].with_user(self.manager)
        vals = {"partner_id": self.person.id}
        for extra in {"state": "done"}, {"user_id": self.lead.id}, {"line_ids": []}:
            with self.assertRaises(AccessError):
                model.create(vals | extra)
        record = model.with_context(default_state="done").create(vals)
        self.assertEqual(record.state, "draft")
        with self.assertRaises(AccessError):
            record.state = "done"
        record.unlink()

    def test_from_user(self):
        """Issue 4: the action on a user takes his contact."""
        model = self.env["itsm.anonymisation"].with_user(self.manager)
        context = {"active_model": "res.users", "active_id": self.portal_user.id}
        defaults = model.with_context(**context).default_get(["partner_id"])
        self.assertEqual(defaults["partner_id"], self.requester.id)
        actions = self.env["ir.actions.actions"]
        for model_name in "res.partner", "res.users":
            for user, offered in ((self.manager, True), (self.lead, False)):
                bindings = actions.with_user(user).get_bindings(model_name)
                names = [binding["name"] for binding in bindings.get("action", ())]
                self.assertEqual(
                    "Anonymise" in names, offered, (model_name, user.login)
                )

    # === Refused ===

    def test_refused(self):
        """Issue 4: active users, companies, the system and one's own address stay."""
        root = self.env.ref("base.user_root").partner_id
        for person, message in (
            (self.agent.partner_id, "archive the user first"),
            (self.customer, "is a company"),
            (root, "belongs to the system"),
            (self.env.ref("base.public_user").partner_id, "belongs to the system"),
        ):
            record = self._anonymise(person)
            with self.assertRaisesRegex(UserError, message):
                record.action_preview()
            with self.assertRaisesRegex(UserError, message):
                record.action_start()
        self.company.partner_id.is_company = False
        with self.assertRaisesRegex(UserError, "one of your companies"):
            self._anonymise(self.company.partner_id).action_start()

    def test_archived_user(self):
        """Issue 4: a user who has left can be forgotten."""
        self.other_ticket.user_id = self.agent
        self._flush_tracking()
        self.other_ticket.with_context(**TRACKED).user_id = self.agent_2
        self._flush_tracking()
        tracked = self.other_ticket.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "user_id"
        )
        self.assertEqual(tracked.new_value_char, self.agent_2.name)
        self.agent_2.active = False
        self._anonymise(self.agent_2.partner_id).action_start()
        self.assertEqual(self.agent_2.login, f"anonymised-{self.agent_2.id}")
        # by what it points to: the name of the other colleague stays
        self.assertEqual(tracked.old_value_char, self.agent.name)
        self.assertEqual(
            tracked.new_value_char,
            f"Anonymised person {self.agent_2.partner_id.id}",
        )
        self.assertEqual(self.other_ticket.user_id, self.agent_2)

    def test_reason(self):
        """Issue 4, bad input: no reason, blanks only."""
        for reason in False, "  ":
            with self.assertRaisesRegex(ValidationError, "^Reason"):
                self._anonymise(reason=reason).action_start()
        self.assertEqual(self.person.name, NAME)

    def test_open_tickets(self):
        """Issue 4: open tickets only if confirmed."""
        self.ticket.stage_id = self.stage_open
        record = self._anonymise()
        self.assertEqual(record.open_ticket_count, 1)
        with self.assertRaisesRegex(UserError, "1 open tickets"):
            record.action_start()
        record.confirm_open = True
        record.action_start()
        self.assertEqual(record.state, "done")

    def test_rights(self):
        """Issue 4: managers only, by screen and by remote call."""
        for user in (self.lead, self.agent, self.employee, self.portal_user):
            with self.assertRaises(AccessError):
                self.env["itsm.anonymisation"].with_user(user).create(
                    {"partner_id": self.person.id, "reason": "x"}
                )
            with self.assertRaises(AccessError):
                self._anonymise().with_user(user).action_start()

    def test_other_company(self):
        """Issue 4: tickets of a company that the manager does not work in."""
        company = self.env["res.company"].create({"name": "Second"})
        self._create_ticket(
            partner_id=self.person.id, company_id=company.id, team_id=False
        )
        record = self._anonymise(confirm_open=True)
        with self.assertRaisesRegex(UserError, "do not work in"):
            record.action_start()
        self.person.company_id = company
        with self.assertRaises(AccessError):
            record.action_start()
        # nor is the name or the number of his tickets told
        self.assertNotIn(NAME, record.name)
        record.invalidate_recordset()
        self.assertFalse(record.open_ticket_count)
        self.assertEqual(self.person.name, NAME)
        self.person.company_id = False
        self.manager.company_ids = [Command.link(company.id)]
        record.action_start()
        self.assertEqual(record.state, "done")

    # === Long work ===

    def test_run(self):
        """Design 9: much to change is a run, in slices, and ends the same."""
        self._create_tickets(
            5, partner_id=self.person.id, stage_id=self.stage_closed.id, name=NAME
        )
        record = self._anonymise()
        with (
            patch.object(itsm_anonymisation, "INLINE", 3),
            patch.object(itsm_anonymisation, "BATCH", 2),
        ):
            record.action_start()
            self.assertEqual(record.state, "running")
            self.assertEqual(self.person.name, NAME)
            run = record.run_id
            self.assertEqual(run.user_id, self.manager)
            self.assertEqual(run.total, sum(record.line_ids.mapped("found")))
            run._work_inline()
        self.assertEqual((run.state, record.state), ("done", "done"))
        self.assertEqual(run.done, run.total)
        self.assertEqual(self.person.name, self._alias())
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "=", self.person.id), ("name", "ilike", NAME)]
        )
        self.assertFalse(tickets)

    def test_query_count(self):
        """Issue 4, Speed: the queries do not grow with the tickets."""
        counts = []
        for number in 2, 50:
            person = self.env["res.partner"].create({"name": f"Person {number}"})
            self._create_tickets(
                number, partner_id=person.id, stage_id=self.stage_closed.id
            )
            record = self._anonymise(person)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            record.action_start()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)
