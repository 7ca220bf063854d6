# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from lxml import etree

from odoo.tests import Form, tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestTicketForm(ItsmCommon):
    def test_defaults(self):
        """Issue 2 section 2: kind and line are filled in, by menu if it says so."""
        tickets = self.env["helpdesk.ticket"].with_user(self.agent)
        form = Form(tickets)
        self.assertEqual(form.itsm_kind, "incident")
        self.assertEqual(form.support_line, "1")
        form = Form(tickets.with_context(default_itsm_kind="request"))
        self.assertEqual(form.itsm_kind, "request")

    def test_display_name(self):
        """A ticket that is being entered has a readable name."""
        ticket = self.env["helpdesk.ticket"].new({})
        self.assertEqual(ticket.display_name, "New Ticket")
        ticket = self._create_ticket(name="Printer")
        self.assertEqual(ticket.display_name, f"{ticket.number} - Printer")

    def test_work(self):
        """Issue 2 section 2: an agent works a ticket from new to closed in the form."""
        form = Form(self.env["helpdesk.ticket"].with_user(self.agent))
        form.name = "Printer"
        form.description = "<p>It smokes</p>"
        form.team_id = self.team
        form.partner_id = self.requester
        form.service_id = self.service
        form.impact = "2"
        form.urgency = "2"
        ticket = form.save()
        self.assertTrue(ticket.reported_at)
        self.assertEqual(ticket.priority, "2")
        ticket.stage_id = self.stage_paused
        with Form(ticket) as form:
            form.pause_reason_id = self.pause_reason
        self.assertEqual(ticket.pause_reason_id, self.pause_reason)
        ticket.stage_id = self.stage_resolved
        with Form(ticket) as form:
            form.closing_code_id = self.closing_code
        ticket.stage_id = self.stage_closed
        self.assertEqual(ticket.closing_code_id, self.closing_code)

    def test_milestones_readonly(self):
        """Design 2 Gaming: the form does not let milestones be edited."""
        form = Form(self._create_ticket().with_user(self.manager))
        with self.assertRaises(AssertionError):
            form.first_assigned_at = "2026-01-01 00:00:00"

    def test_nothing_lost(self):
        """Issue 2 section 2: the ticket views lose nothing that helpdesk_mgmt shows."""
        for xmlid, view_type in (
            ("helpdesk_mgmt.ticket_view_form", "form"),
            ("helpdesk_mgmt.ticket_view_tree", "list"),
            ("helpdesk_mgmt.view_helpdesk_ticket_kanban", "kanban"),
            ("helpdesk_mgmt.helpdesk_ticket_view_search", "search"),
        ):
            with self.subTest(view=xmlid):
                view = self.env.ref(xmlid)
                own = etree.fromstring(view.arch)
                combined = etree.fromstring(
                    self.env["helpdesk.ticket"].get_view(view.id, view_type)["arch"]
                )
                for tag in ("field", "filter", "button"):
                    self.assertLessEqual(
                        set(own.xpath(f"//{tag}/@name")),
                        set(combined.xpath(f"//{tag}/@name")),
                    )
