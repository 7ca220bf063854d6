# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .major_common import MajorCommon

WORD = "zebrafink"
#: Models that can hold something of a ticket, by the beginning of their names.
HOLDERS = (
    "account.analytic",
    "calendar.",
    "discuss.channel",
    "helpdesk",
    "ir.attachment",
    "itsm.",
    "mail.",
    "project.task",
    "purchase.order",
    "rating.",
    "tier.review",
)


@tagged("post_install", "-at_install")
class TestRestrictionEverywhere(MajorCommon):
    """Whatever belongs to a ticket that is restricted, read by everybody else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = cls._create_user("r3-officer", "itsm_desk.itsm_group_security")
        cls.handler = cls._create_user("r3-handler", "itsm_desk.itsm_group_complaint")
        cls.supervisor = cls._create_user(
            "r3-supervisor", "itsm_desk.itsm_group_supervisor"
        )
        cls.complaint = cls.env.ref("itsm_desk.itsm_ticket_nature_complaint")
        cls.security = cls.env.ref("itsm_desk.itsm_ticket_nature_security")
        cls.tickets = cls.env["helpdesk.ticket"]

    def _ticket(self, user=None, **vals):
        return self._report(
            "2026-03-23 10:00",
            user=user or self.agent_2,
            **{
                "name": f"Secret {WORD}",
                "description": f"<p>{WORD}</p>",
                "service_id": self.service.id,
                "itsm_kind": "incident",
                "user_id": False,
                **vals,
            },
        )

    def _belongings(self, ticket):
        """Everything that people make about a ticket; the lead has to do with all."""
        env, lead = self.env, self.lead
        mine = ticket.with_user(self.agent_2)
        told = {
            "subtype_xmlid": "mail.mt_comment",
            "message_type": "comment",
            "partner_ids": lead.partner_id.ids,
        }
        ticket.message_subscribe((lead | self.employee).partner_id.ids)
        mine.message_post(body=f"About {WORD}", **told)
        self.env["ir.attachment"].with_user(self.agent_2).create(
            {
                "name": f"{WORD}.txt",
                "raw": b"x",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        event = env["calendar.event"].with_user(self.agent_2)
        event = event.create(
            {
                "name": f"Talk about {WORD}",
                "start": "2026-03-24 10:00",
                "stop": "2026-03-24 11:00",
                "res_model_id": env["ir.model"]._get_id(ticket._name),
                "res_id": ticket.id,
                "description": WORD,
                "partner_ids": [
                    Command.set((lead | self.agent_2 | self.officer).partner_id.ids)
                ],
            }
        )
        env["itsm.work.log"].with_user(self.agent_2).create(
            {
                "ticket_id": ticket.id,
                "minutes": 10,
                "note": WORD,
                "date": "2026-03-23",
            }
        )
        visit = env["itsm.visit"].with_user(self.agent_2)
        visit = visit.create(
            {
                "ticket_id": ticket.id,
                "task": WORD,
                "planned_start": "2026-03-25 10:00",
                "engineer_id": lead.id,
            }
        )
        visit.message_post(body=f"Visit for {WORD}", **told)
        with self.at("2026-03-23 10:05"):
            major = self.majors.with_user(self.agent_2)._propose(mine, WORD)
            leading = major.with_user(self.incident_manager)
            leading.write({"impact_text": WORD, "name": f"Major {WORD}"})
            leading.action_declare()
            action = leading.action_plan_review()
        meeting = env["itsm.meeting"].browse(action["res_id"])
        meeting.with_user(self.incident_manager).write(
            {
                "name": f"Review {WORD}",
                "notes": WORD,
                "partner_ids": [
                    Command.set((lead | self.incident_manager).partner_id.ids)
                ],
            }
        )
        with self.at("2026-03-23 10:06"):
            meeting.with_user(self.incident_manager).action_invite()
        for record in (ticket, major, visit, meeting):
            env["itsm.action"].create(
                {
                    "name": f"Action {WORD}",
                    "res_model": record._name,
                    "res_id": record.id,
                    "owner_id": lead.id,
                    "company_id": self.company.id,
                    "due_date": "2036-01-01",
                }
            )
        request = env["itsm.request"].with_user(self.agent_2)
        request = request.create(
            {
                "partner_id": self.requester.id,
                "line_ids": [Command.create({"kind": "project", "wish": WORD})],
            }
        )
        request.action_submit()
        request.message_post(body=f"Wish for {WORD}", **told)
        self._flush_tracking()
        return [record.with_env(env) for record in (event, visit, request)]

    def _told(self, user):
        """What a user reads of all records: list of (model, field, id)."""
        found = []
        for name in sorted(self.env.registry):
            records = self.env[name].with_user(user).with_context(active_test=False)
            if (
                not name.startswith(HOLDERS)
                or records._abstract
                or records._transient
                or not records.has_access("read")
            ):
                continue
            records = records.search([], order="id desc", limit=80)
            names = [
                name
                for name, field in records._fields.items()
                if field.type
                in ("char", "text", "html", "many2one", "reference", "json")
                and records._has_field_access(field, "read")
                and not name.startswith(("rtc_", "voice_"))
            ]
            for row in records.read(names):
                found += [
                    (records._name, key, row["id"])
                    for key, value in row.items()
                    if WORD in str(value).lower()
                ]
        return found

    def test_nothing_of_it_is_read(self):
        """SEC-05, issue 5: messages, files, activities, notifications, calendar, work,
        visits, major incident, its review, actions, requests: the lead was part of all
        of it, and reads nothing once the ticket is restricted; the same with archived
        tickets."""
        ticket = self._ticket()
        event, _visit, request = self._belongings(ticket)
        self.env.invalidate_all()
        before = {model for model, _field, _id in self._told(self.lead)}
        self.assertLessEqual(
            {
                "calendar.attendee",
                "calendar.event",
                "helpdesk.ticket",
                "itsm.action",
                "itsm.meeting",
                "itsm.meeting.line",
                "itsm.request",
                "itsm.visit",
                "mail.activity",
                "mail.message",
                "mail.notification",
            },
            before,
        )
        token = request._portal_ensure_token()
        tickets = ticket | request.ticket_id
        with self.at("2026-03-23 11:00"):
            tickets.with_user(self.agent).write({"restriction": "security"})
        self.assertNotEqual(request.access_token, token)
        self.assertNotIn(self.lead.partner_id, event.partner_ids)
        self.assertIn(self.officer.partner_id, event.partner_ids)
        for archived in (False, True):
            tickets.sudo().active = not archived
            self.env.flush_all()
            self.env.invalidate_all()
            users = (
                self.lead
                | self.manager
                | self.employee
                | self.supervisor
                | self.leader
                | self.portal_user_2
            )
            for user in users if not archived else self.lead:
                with self.subTest(user=user.login, archived=archived):
                    self.assertEqual(self._told(user), [])
        self.assertTrue(event.with_user(self.officer).has_access("read"))

    def test_nobody_is_told_of_what_belongs_to_it(self):
        """SEC-05: messages on visit, request and action of a restricted ticket reach
        its readers only, by mail as well."""
        ticket = self._ticket()
        _event, visit, request = self._belongings(ticket)
        action = self.env["itsm.action"].search(
            [("res_model", "=", ticket._name), ("res_id", "=", ticket.id)]
        )
        tickets = ticket | request.ticket_id
        tickets.with_user(self.agent).write({"restriction": "security"})
        people = self.lead | self.officer
        for record in (visit, request, action):
            with self.subTest(model=record._name):
                record.message_subscribe(people.partner_id.ids)
                message = record.message_post(
                    body="Again",
                    subtype_xmlid="mail.mt_comment",
                    message_type="comment",
                    partner_ids=people.partner_id.ids,
                )
                told = message.sudo().notified_partner_ids & people.partner_id
                self.assertEqual(told, self.officer.partner_id)

    def test_defaults_of_the_context(self):
        """SEC-05: a nature or reader that comes as default of the context counts like
        one that is entered."""
        tickets = self.tickets.with_user(self.agent)
        ticket = tickets.with_context(default_nature_id=self.security.id).create(
            self._ticket_vals()
        )
        self.assertEqual(ticket.restriction, "security")
        self.assertEqual(ticket.sudo().restricted_user_ids, self.agent)
        for name, value in (
            ("restricted_user_ids", [Command.link(self.lead.id)]),
            ("complaint_about_id", self.handler.partner_id.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                tickets.with_context(
                    default_nature_id=self.complaint.id, **{f"default_{name}": value}
                ).create(self._ticket_vals())

    def test_team_of_the_assignee(self):
        """SEC-05: a ticket without a team gets that of its assignee, and is as
        restricted as the tickets of that team."""
        self.team_2.restriction = "security"
        ticket = self._report("2026-03-23 10:00", team_id=False)
        member = self._create_user("r3-member", "itsm_base.itsm_group_agent")
        self.team_2.user_ids += member
        self._write("2026-03-23 10:10", ticket, user_id=member.id)
        self.assertEqual(ticket.team_id, self.team_2)
        self.assertEqual(ticket.restriction, "security")
        self.assertFalse(ticket.with_user(self.lead).has_access("read"))
        self.assertTrue(ticket.with_user(member).has_access("read"))

    def test_person_of_a_complaint_never(self):
        """BRM-29: whom a complaint is about sees neither what follows it, what is split
        off or copied, nor another complaint that it would be merged into."""
        other = self._create_user("r3-handler-2", "itsm_desk.itsm_group_complaint")
        source = self._ticket(user=self.agent, nature_id=self.complaint.id)
        source.with_user(other).complaint_about_id = self.handler.partner_id
        follow_up = self.tickets.with_user(self.agent).create(
            self._ticket_vals(previous_ticket_id=source.id)
        )
        split = self.tickets.with_user(self.agent).create(
            self._ticket_vals(split_from_id=source.id)
        )
        copied = source.with_user(other).copy()
        for ticket in (follow_up, split, copied):
            mine = ticket.with_user(self.handler)
            mine.invalidate_recordset()
            self.assertFalse(mine.has_access("read"))
            self.assertTrue(ticket.with_user(other).has_access("read"))
        target = self._ticket(user=self.agent, nature_id=self.complaint.id)
        with self.assertRaisesRegex(UserError, "not restricted alike"):
            source.with_user(self.agent)._itsm_merge_into(target, "Same")

    def test_words_elsewhere(self):
        """SEC-05: links, tracked parents and follow-ups name a restricted ticket by its
        number only."""
        secret = self._ticket(user=self.agent, nature_id=self.security.id)
        child = self._ticket(user=self.agent, name="Child", description="<p>-</p>")
        self.assertNotIn(WORD, secret.with_user(self.agent)._get_html_link())
        self._flush_tracking()
        tracked = child.with_context(tracking_disable=False, mail_notrack=False)
        tracked.with_user(self.agent).parent_id = secret
        self._flush_tracking()
        values = child.message_ids.tracking_value_ids.filtered(
            lambda value: value.field_id.name == "parent_id"
        )
        self.assertEqual(values.new_value_char, secret.number)
        self.assertNotIn(WORD, str(child.message_ids.mapped("body")))

    def test_gateway_by_rpc(self):
        """Issue 5, bad input: who calls the mail gateway himself takes nothing over
        from a ticket that he may not read."""
        secret = self._ticket(user=self.officer, nature_id=self.security.id)
        tickets = self.tickets.with_user(self.agent_2)
        made = tickets.message_new(
            {"author_id": self.agent_2.partner_id.id, "email_from": "x@example.com"},
            {"previous_ticket_id": secret.id, "name": "Mine", "description": "-"},
        )
        self.assertFalse(made.sudo().service_id)
        made = tickets.message_new(
            {"author_id": self.agent_2.partner_id.id, "email_from": "x@example.com"},
            {"previous_ticket_id": secret.id, "description": "-"},
        )
        self.assertNotIn(WORD, made.sudo().name)

    def test_link_of_the_mail(self):
        """SEC-05, INC-22: the link to a solution is void once the ticket is
        restricted: the mail may have been read by others."""
        ticket = self._ticket(user=self.agent)
        self._move("2026-03-23 12:00", ticket, "resolved")
        token = ticket._itsm_answer_token()
        self.assertTrue(ticket._itsm_check_answer_token(token))
        self._write("2026-03-23 12:10", ticket, restriction="security")
        self.assertFalse(ticket._itsm_check_answer_token(token))
        self.assertTrue(ticket._itsm_check_answer_token(ticket._itsm_answer_token()))
