# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from pathlib import Path

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.modules import get_module_path
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .restriction_common import RestrictionCommon


@tagged("post_install", "-at_install")
class TestRestriction(RestrictionCommon):
    # === Who sees it ===

    def assertUnseen(self, ticket, user):
        """Not by search, count, name, group, read, write or export, in any way."""
        # who may export at all: without it Odoo asks for no other right
        user.group_ids = [Command.link(self.env.ref("base.group_allow_export").id)]
        tickets = self.tickets.with_user(user).with_context(active_test=False)
        domain = [("id", "=", ticket.id)]
        self.assertFalse(tickets.search(domain), user.login)
        self.assertEqual(tickets.search_count(domain), 0)
        self.assertFalse(tickets.name_search("director read by strangers"))
        self.assertFalse(tickets.formatted_read_group(domain, ["team_id"], ["__count"]))
        self.assertFalse(tickets.search([("description", "ilike", "zugangsdaten")]))
        mine = ticket.with_user(user)
        mine.invalidate_recordset()
        for method, args in (
            ("read", [["name"]]),
            ("web_read", [{"name": {}}]),
            ("write", [{"name": "Mine"}]),
            ("copy", []),
            ("unlink", []),
            ("message_post", []),
            ("export_data", [["name"]]),
        ):
            with self.subTest(user=user.login, method=method):
                with self.assertRaises(AccessError), self.env.cr.savepoint():
                    getattr(mine, method)(*args)

    def assertSeen(self, ticket, user):
        mine = ticket.with_user(user)
        mine.invalidate_recordset()
        self.assertEqual(mine.search([("id", "=", ticket.id)]), mine, user.login)
        self.assertEqual(mine.read(["name"])[0]["name"], ticket.name)

    def test_restricted_from_the_first_moment(self):
        """SEC-05, INC-46, issue 5: the nature restricts; nobody but the handlers, the
        assigned user, named readers and the requester sees it, not even managers."""
        ticket = self._secret(
            user_id=self.agent.id, partner_id=self.employee.partner_id.id
        )
        self.assertEqual(ticket.restriction, "security")
        for user in self.outsiders - self.employee:
            self.assertUnseen(ticket, user)
        self.assertUnseen(ticket, self.handler)
        for user in (self.officer, self.agent, self.employee):
            self.assertSeen(ticket, user)

    def test_who_records_it_may_read_it_until_removed(self):
        """SEC-05: an agent records it without being one of the handlers; he is named
        as a reader, and the handlers take him off the list."""
        ticket = self._secret()
        self.assertEqual(ticket.restricted_user_ids, self.agent)
        self.assertSeen(ticket, self.agent)
        ticket.with_user(self.officer).restricted_user_ids = [Command.clear()]
        self.assertUnseen(ticket, self.agent)
        own = self._secret(user=self.officer)
        self.assertFalse(own.restricted_user_ids)

    def test_ways_of_restricting(self):
        """SEC-05, BRM-29: team, hand, another ticket, later change; who restricts goes
        on seeing it."""
        self.team_2.restriction = "security"
        for vals in (
            {"team_id": self.team_2.id},
            {"restriction": "security"},
            {"nature_id": self.nature_complaint.id},
        ):
            with self.subTest(vals=vals):
                new = self._report("2026-03-23 10:00", **{"user_id": False, **vals})
                self.assertTrue(new.restriction)
                self.assertUnseen(new, self.lead)
                old = self._report("2026-03-23 10:00", user_id=False)
                self.assertSeen(old, self.lead)
                self._write("2026-03-23 10:10", old, **vals)
                self.assertEqual(old.restriction, new.restriction)
                self.assertUnseen(old, self.lead)
                self.assertSeen(old, self.agent)
        source = self._secret()
        follow_up = self.tickets.create(
            self._ticket_vals(previous_ticket_id=source.id, team_id=False)
        )
        self.assertEqual(follow_up.restriction, "security")
        # another nature does not open it
        self._write("2026-03-23 10:20", source, nature_id=False)
        self.assertEqual(source.restriction, "security")

    def test_event_rule(self):
        """INC-46, SEC-05: what intrusion detection reports is restricted at once."""
        rule = self.env["itsm.event.rule"].create(
            {"name": "IDS", "restriction": "security", "source": "ids*"}
        )
        vals = rule._prepare_ticket(self.company, self._event())
        self.assertEqual(vals["restriction"], "security")

    def _event(self):
        class Event:
            time = self.utc("2026-03-23 10:00")

        return Event()

    def test_reader_named_and_team_named(self):
        """SEC-05: users and teams named by the handlers see it; nobody else names."""
        ticket = self._secret()
        with self.assertRaises(AccessError):
            ticket.with_user(self.agent).restricted_user_ids = [
                Command.link(self.lead.id)
            ]
        officer = ticket.with_user(self.officer)
        officer.restricted_user_ids = [Command.link(self.employee.id)]
        self.assertSeen(ticket, self.employee)
        officer.restricted_team_ids = [Command.link(self.team_2.id)]
        self.assertSeen(ticket, self.agent_2)
        self.assertUnseen(ticket, self.lead)
        with self.assertRaises(AccessError):
            self.tickets.with_user(self.agent).create(
                self._ticket_vals(
                    restriction="security",
                    restricted_user_ids=[Command.link(self.lead.id)],
                )
            )

    def test_complaint_about_one_of_the_handlers(self):
        """BRM-29: whom a complaint is about never sees it, whatever groups he has."""
        ticket = self._report(
            "2026-03-23 10:00", user_id=False, nature_id=self.nature_complaint.id
        )
        other = self._create_user("p9-handler-2", "itsm_desk.itsm_group_complaint")
        self.assertSeen(ticket, self.handler)
        self.assertSeen(ticket, other)
        ticket.with_user(other).complaint_about_id = self.handler.partner_id
        ticket.user_id = self.handler
        self.assertUnseen(ticket, self.handler)
        self.assertSeen(ticket, other)

    def test_two_companies(self):
        """SEC-05: those who handle security incidents do so for their company."""
        company = self.env["res.company"].create({"name": "Other company"})
        officer = self._create_user(
            "p9-officer-b",
            "itsm_desk.itsm_group_security",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertUnseen(self._secret(), officer)

    # === Lifting ===

    def test_lifting_needs_group_and_reason(self):
        """SEC-05, MS-29: lifted only by the group, with a reason, as evidence."""
        ticket = self._secret()
        agent, officer = ticket.with_user(self.agent), ticket.with_user(self.officer)
        with self.assertRaisesRegex(UserError, "Lift the Restriction"):
            agent.restriction = False
        with self.assertRaisesRegex(UserError, "Lift the Restriction"):
            officer.restriction = "person"
        with self.assertRaises(AccessError):
            agent._itsm_lift_restriction("I want to")
        with self.assertRaisesRegex(UserError, "Reason"):
            officer._itsm_lift_restriction("  ")
        wizard = self.env["itsm.ticket.unrestrict"].with_user(self.officer)
        with self.at("2026-03-24 09:00"):
            wizard.create(
                {"ticket_ids": [Command.set(ticket.ids)], "reason": "False alarm"}
            ).action_confirm()
        self.assertFalse(ticket.restriction)
        self.assertFalse(ticket.restricted_user_ids)
        self.assertSeen(ticket, self.agent_2)
        rows = [
            (row.what, row.restriction, row.user_id, row.reason)
            for row in ticket.restriction_log_ids.sorted("id")
        ]
        self.assertEqual(
            rows,
            [
                ("set", "security", self.agent, self.nature_security.name),
                ("lifted", "security", self.officer, "False alarm"),
            ],
        )
        for operation in (
            lambda: ticket.restriction_log_ids.sudo().write({"reason": "x"}),
            lambda: ticket.restriction_log_ids.sudo().unlink(),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                operation()
        with self.assertRaisesRegex(UserError, "not restricted"):
            officer._itsm_lift_restriction("Again")
        with self.assertRaises(AccessError):
            self.env["itsm.ticket.unrestrict"].with_user(self.agent).create(
                {"ticket_ids": [Command.set(ticket.ids)], "reason": "x"}
            )

    def test_merge_only_alike(self):
        """SEC-05: a merge never moves restricted messages to other readers."""
        ticket = self._secret(partner_id=False)
        other = self._report("2026-03-23 10:00", partner_id=False)
        for source, target in ((ticket, other), (other, ticket)):
            with self.assertRaisesRegex(UserError, "not restricted alike"):
                source.with_user(self.agent)._itsm_merge_into(target, "Same")

    # === What belongs to it ===

    def test_messages_files_activities_followers(self):
        """Issue 5: messages (even one's own), files, activities, followers, ratings,
        inbox and counts of a ticket that is restricted afterwards."""
        ticket = self._report("2026-03-23 10:00", user_id=False)
        ticket.message_subscribe((self.agent_2 | self.lead).partner_id.ids)
        self.lead.notification_type = "inbox"
        message = ticket.with_user(self.agent_2).message_post(
            body="Somebody reads the mail",
            subtype_xmlid="mail.mt_comment",
            message_type="comment",
        )
        file = self.env["ir.attachment"].create(
            {
                "name": "log.txt",
                "raw": b"secret",
                "res_model": ticket._name,
                "res_id": ticket.id,
            }
        )
        token = file.generate_access_token()[0]
        ticket_token = ticket._portal_ensure_token()
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent_2.id, summary="Look"
        )
        kept = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.officer.id
        )
        rating = self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(ticket._name),
                "res_id": ticket.id,
                "rating": 1,
                "consumed": True,
                "feedback": "Terrible",
            }
        )
        lead_inbox = self.env["mail.notification"].search(
            [
                ("mail_message_id", "=", message.id),
                ("res_partner_id", "=", self.lead.partner_id.id),
            ]
        )
        self.assertTrue(lead_inbox)
        parts = {
            "mail.message": message,
            "ir.attachment": file,
            "rating.rating": rating,
            "mail.followers": ticket.message_follower_ids,
        }
        for name, records in parts.items():
            if name != "mail.followers":
                self.assertTrue(
                    records.with_user(self.agent_2).has_access("read"), name
                )

        self._write("2026-03-23 10:30", ticket, restriction="security")

        self.assertFalse(lead_inbox.exists())
        self.assertFalse(activity.exists())
        self.assertTrue(kept.exists())
        self.assertNotEqual(file.access_token, token)
        self.assertNotEqual(ticket.access_token, ticket_token)
        followers = (self.agent_2 | self.lead).partner_id & ticket.message_partner_ids
        self.assertFalse(followers)
        # what comes back by sudo code of others is hidden as well
        ticket.sudo().message_subscribe(self.agent_2.partner_id.ids)
        parts["mail.followers"] = ticket.message_follower_ids
        parts["mail.activity"] = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id(ticket._name),
                "res_id": ticket.id,
                "user_id": self.agent.id,
                "summary": "Look again",
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        for user in (self.agent_2, self.lead, self.manager):
            for name, records in parts.items():
                with self.subTest(user=user.login, model=name):
                    model = self.env[name].with_user(user)
                    domain = [("id", "in", records.ids)]
                    self.assertFalse(model.search(domain))
                    self.assertEqual(model.search_count(domain), 0)
                    self.assertFalse(records.with_user(user).has_access("read"))
                    with self.assertRaises(AccessError):
                        records.with_user(user).read([])
        officer = message.with_user(self.officer)
        self.assertTrue(officer.has_access("read"))
        self.assertTrue(file.with_user(self.officer).has_access("read"))

    def test_activity_assigned_to_somebody_shut_out(self):
        """Issue 5: Odoo shows everybody the activities assigned to him; not these."""
        ticket = self._secret()
        activity = ticket.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.agent.id, summary="Look"
        )
        self.assertTrue(activity.with_user(self.agent).has_access("read"))
        ticket.with_user(self.officer).restricted_user_ids = [Command.clear()]
        self.env.invalidate_all()
        self.assertFalse(activity.with_user(self.agent).has_access("read"))
        self.assertFalse(
            self.env["mail.activity"]
            .with_user(self.agent)
            .search([("id", "=", activity.id)])
        )

    def test_clocks_log_contacts_and_figures(self):
        """Issue 5: clocks, event log, analysis, contacts and findings of a restricted
        ticket are for its readers; the figure counts it, the drill-down does not name
        it."""
        self._create_agreement()
        ticket = self._secret()
        contact = guard.with_token(self.env["itsm.contact"]).create(
            {
                "company_id": self.company.id,
                "ticket_id": ticket.id,
                "channel_code": "phone",
                "time": self.utc("2026-03-23 10:00"),
            }
        )
        finding = guard.with_token(self.env["itsm.enforcement.finding"]).create(
            {
                "rule_code": "x",
                "company_id": self.company.id,
                "res_model": ticket._name,
                "res_id": ticket.id,
                "record_name": ticket.name,
                "user_id": self.lead.id,
                "time": self.utc("2026-03-23 10:00"),
                "mode": "record",
                "outcome": "recorded",
            }
        )
        found = {
            "itsm.clock": [("ticket_id", "=", ticket.id)],
            "itsm.ticket.event": [("ticket_id", "=", ticket.id)],
            "itsm.clock.report": [("ticket_id", "=", ticket.id)],
            "itsm.ticket.restriction": [("ticket_id", "=", ticket.id)],
            "itsm.contact": [("id", "=", contact.id)],
            "itsm.enforcement.finding": [("id", "=", finding.id)],
        }
        self.env.flush_all()
        for name, domain in found.items():
            with self.subTest(model=name):
                self.assertTrue(self.env[name].search_count(domain))
                self.assertFalse(self.env[name].with_user(self.lead).search(domain))
                self.assertFalse(self.env[name].with_user(self.manager).search(domain))
                self.assertFalse(
                    self.env[name]
                    .with_user(self.manager)
                    .formatted_read_group(domain, [], ["__count"])[0]["__count"]
                )
        for name in ("itsm.clock", "itsm.ticket.event", "itsm.clock.report"):
            self.assertTrue(
                self.env[name].with_user(self.officer).search(found[name]), name
            )
        records = ticket.with_user(self.manager)._filtered_access("read")
        self.assertFalse(records)

    def test_names_of_linked_tickets(self):
        """Issue 5: Odoo shows the name of a linked record whoever may read that; of a
        restricted ticket it is the number."""
        ticket = self._secret()
        other = self._report("2026-03-23 10:00", duplicate_id=ticket.id)
        self.env.invalidate_all()
        shown = other.with_user(self.agent_2).read(["duplicate_id"])[0]["duplicate_id"]
        self.assertEqual(shown, (ticket.id, f"{ticket.number} (restricted)"))
        web = other.with_user(self.agent_2).web_read(
            {"duplicate_id": {"fields": {"display_name": {}}}}
        )
        self.assertEqual(
            web[0]["duplicate_id"]["display_name"], f"{ticket.number} (restricted)"
        )
        shown = other.with_user(self.agent).read(["duplicate_id"])[0]["duplicate_id"]
        self.assertIn("director", shown[1])

    def test_rules_are_said_once(self):
        """SEC-05: each rule stands in one place; of two with the same name the last to
        be loaded would win, and an upgrade would not mend the other."""
        names = []
        folder = Path(get_module_path("itsm_desk")) / "security"
        for path in folder.glob("*.xml"):
            names += etree.parse(path).xpath("//record[@model='ir.rule']/@id")
        self.assertTrue(names)
        twice = {name for name in names if names.count(name) > 1}
        self.assertFalse(twice)

    # === Speed ===

    def test_query_counts(self):
        """Issue 5, speed: the rule costs no query for each ticket, neither in a list
        nor when many are recorded."""
        tickets = self.tickets.with_user(self.agent_2)

        def listed(count):
            self.env.flush_all()
            self.env.invalidate_all()
            tickets.search([], limit=1)
            before = self.env.cr.sql_log_count
            found = tickets.search([], limit=count)
            found.mapped("display_name")
            return len(found), self.env.cr.sql_log_count - before

        vals = self._ticket_vals(user_id=False, team_id=self.team.id)
        self.tickets.create([dict(vals) for _index in range(60)])
        few, many = listed(5), listed(60)
        self.assertEqual((few[0], many[0]), (5, 60))
        self.assertEqual(few[1], many[1])
