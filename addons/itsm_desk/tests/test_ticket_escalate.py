# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.itsm_base.tests.common import ItsmCommon


@tagged("post_install", "-at_install")
class TestTicketEscalate(ItsmCommon):
    """Three lines, the owner who stays, and superiors."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team.support_line = "1"
        cls.team_2.support_line = "2"
        cls.ticket = cls._create_ticket(support_line="1", stage_id=cls.stage_open.id)
        cls.ticket.user_id = cls.agent
        cls.rows = cls.env["itsm.ticket.escalation"]
        cls.role = cls.env.ref("itsm_base.itsm_role_incident_manager")
        cls.role.holder_ids = [
            Command.clear(),
            Command.create({"company_id": cls.company.id, "user_id": cls.manager.id}),
        ]

    def test_functional(self):
        """INC-18, INC-20, INC-21: line and team change, the owner stays."""
        self.ticket.with_user(self.agent)._itsm_escalate("2", self.team_2, "No rights")
        self.assertEqual(self.ticket.support_line, "2")
        self.assertEqual(self.ticket.team_id, self.team_2)
        self.assertFalse(self.ticket.user_id)
        self.assertEqual(self.ticket.owner_id, self.agent)
        row = self.ticket.escalation_ids
        self.assertEqual(
            (row.kind, row.from_line, row.to_line, row.reason),
            ("functional", "1", "2", "No rights"),
        )
        self.assertEqual(
            (row.from_team_id, row.to_team_id, row.user_id, row.owner_id),
            (self.team, self.team_2, self.agent, self.agent),
        )
        self._flush_tracking()
        self.assertTrue(
            self.ticket.message_ids.filtered(lambda m: "No rights" in (m.body or ""))
        )

    def test_owner_is_named_on_leaving(self):
        """INC-21: a ticket that nobody took is owned by who escalates it."""
        ticket = self._create_ticket(support_line="1")
        ticket.with_user(self.agent_2)._itsm_escalate("2", self.team_2, "Network")
        self.assertEqual(ticket.owner_id, self.agent_2)

    def test_owner_is_who_worked_on_it(self):
        """INC-21: a lead who escalates the work of somebody does not become owner."""
        for way in ("wizard", "save"):
            with self.subTest(way):
                ticket = self._create_ticket(support_line="1", user_id=self.agent.id)
                ticket.owner_id = False
                leads = ticket.with_user(self.lead)
                if way == "wizard":
                    leads._itsm_escalate("2", self.team_2, "Network")
                else:
                    leads.write({"team_id": self.team_2.id, "user_id": False})
                self.assertEqual(ticket.support_line, "2")
                self.assertEqual(ticket.owner_id, self.agent)

    def test_new_ticket_is_on_the_line_of_its_team(self):
        """INC-18, INC-21: what comes to a team of the second line is on it at once, and
        no engineer of that line owns it; an explicit line and history stay."""
        free = self.env["helpdesk.ticket.team"].create({"name": "Free"})
        second, given, without = self.env["helpdesk.ticket"].create(
            [
                self._ticket_vals(team_id=self.team_2.id, user_id=self.agent_2.id),
                self._ticket_vals(team_id=self.team_2.id, support_line="3"),
                self._ticket_vals(team_id=free.id),
            ]
        )
        self.assertEqual(
            [ticket.support_line for ticket in (second, given, without)],
            ["2", "3", "1"],
        )
        self.assertFalse(second.owner_id)
        form = Form(self.env["helpdesk.ticket"].with_user(self.agent))
        self.assertEqual(form.support_line, "1")
        form.team_id = self.team_2
        self.assertEqual(form.support_line, "2")
        form.team_id = free
        self.assertEqual(form.support_line, "2")

    def test_wizard(self):
        """INC-18: the dialog proposes the next line, its only team, and asks why."""
        self.env["helpdesk.ticket.team"].search(
            [("support_line", "=", "2"), ("id", "!=", self.team_2.id)]
        ).support_line = False
        form = Form(
            self.env["itsm.ticket.escalate"]
            .with_user(self.agent)
            .with_context(active_model="helpdesk.ticket", active_ids=self.ticket.ids)
        )
        self.assertEqual(form.support_line, "2")
        self.assertEqual(form.team_id, self.team_2)
        form.reason = "Cable"
        form.save().action_confirm()
        self.assertEqual(self.ticket.team_id, self.team_2)

    def test_line_follows_the_team(self):
        """INC-18: a ticket that goes to a team comes to its line, and that is kept."""
        self.ticket.with_user(self.agent).team_id = self.team_2
        self.assertEqual(self.ticket.support_line, "2")
        self.assertEqual(len(self.ticket.escalation_ids), 1)
        self.assertFalse(self.ticket.escalation_ids.reason)
        self.ticket.team_id = self.team
        self.assertEqual(self.ticket.support_line, "1")
        self.assertEqual(len(self.ticket.escalation_ids), 1, "back is no escalation")

    def test_line_of_a_team_without_line(self):
        """INC-18: a team that stands on no line changes nothing."""
        self.team_2.support_line = False
        self.ticket.team_id = self.team_2
        self.assertEqual(self.ticket.support_line, "1")

    def test_hierarchical(self):
        """INC-24, INC-30: a superior is told; the ticket stays where it is."""
        self.ticket.with_user(self.agent)._itsm_escalate_to_role(self.role, "VIP")
        row = self.ticket.escalation_ids
        self.assertEqual(row.kind, "hierarchical")
        self.assertEqual(row.told_user_ids, self.manager)
        self.assertEqual(self.ticket.team_id, self.team)
        log = self.env["itsm.notification.log"].search(
            [
                ("event_code", "=", "ticket_escalated_up"),
                ("res_id", "=", self.ticket.id),
            ]
        )
        self.assertEqual(log.partner_id, self.manager.partner_id)

    def test_hierarchical_without_holder(self):
        """INC-30, bad input: nobody holds the role; the message says what to do."""
        self.role.holder_ids.unlink()
        with self.assertRaisesRegex(UserError, "Nobody holds"):
            self.ticket._itsm_escalate_to_role(self.role, "VIP")
        self.assertFalse(self.ticket.escalation_ids)

    def test_refused(self):
        """INC-18, bad input: no reason, no other line, a ticket that is over."""
        with self.assertRaisesRegex(UserError, "why"):
            self.ticket._itsm_escalate("2", self.team_2, "  ")
        with self.assertRaisesRegex(UserError, "already"):
            self.ticket._itsm_escalate("1", self.team, "Again")
        self.ticket.stage_id = self.stage_closed
        with self.assertRaisesRegex(UserError, "over"):
            self.ticket._itsm_escalate("2", self.team_2, "Late")

    def test_evidence(self):
        """INC-31: nobody writes, makes or deletes rows by hand, not even in sudo."""
        self.ticket._itsm_escalate("2", self.team_2, "Cable")
        row = self.ticket.escalation_ids
        with self.assertRaises(AccessError):
            row.sudo().reason = "Another"
        with self.assertRaises(AccessError):
            row.sudo().unlink()
        with self.assertRaises(AccessError):
            self.rows.sudo().create({"ticket_id": self.ticket.id})

    def test_who_sees_it(self):
        """INC-24: who sees an escalation is who sees its ticket."""
        self.ticket._itsm_escalate("2", self.team_2, "Cable")
        row = self.ticket.escalation_ids
        engineer = self._create_user("esc-eng", "itsm_desk.itsm_group_engineer")
        engineer.helpdesk_team_ids = self.team_2
        self.assertTrue(self.rows.with_user(engineer).search([("id", "=", row.id)]))
        stranger = self._create_user("esc-eng-2", "itsm_desk.itsm_group_engineer")
        self.assertFalse(self.rows.with_user(stranger).search([("id", "=", row.id)]))
        with self.assertRaises(AccessError):
            self.rows.with_user(self.portal_user).search([])
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "esc-other",
            "itsm_base.itsm_group_agent",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.rows.with_user(stranger).search([("id", "=", row.id)]))

    def test_page_is_for_who_reads_the_rows(self):
        """Table 3: the page that depends on the rows is for those who may read them;
        an employee opens the form of his own ticket without it."""
        arch = self.env.ref("itsm_desk.helpdesk_ticket_record_view_form").arch
        [page] = etree.fromstring(arch).xpath("//page[@name='itsm_escalations']")
        field = self.env["helpdesk.ticket"]._fields["escalation_ids"]
        self.assertEqual(page.get("groups"), field.groups)
        for user, count in ((self.agent, 1), (self.employee, 0)):
            view = (
                self.env["helpdesk.ticket"].with_user(user).get_view(view_type="form")
            )
            pages = etree.fromstring(view["arch"]).xpath(
                "//page[@name='itsm_escalations']"
            )
            self.assertEqual(len(pages), count, user.login)

    def test_many_at_once(self):
        """INC-18: rows of many tickets cost as many queries as rows of a few."""
        few = self._create_tickets(2, support_line="1")
        many = self._create_tickets(12, support_line="1")
        self.env.flush_all()

        def count(tickets):
            before_values = tickets._itsm_held()
            start = self.env.cr.sql_log_count
            tickets._itsm_record_escalation("functional", before_values, "x")
            self.env.flush_all()
            return self.env.cr.sql_log_count - start

        count(self.ticket)
        self.assertEqual(count(few), count(many))
        many._itsm_escalate("2", self.team_2, "All of them")
        self.assertEqual(len(many.escalation_ids), 24)
