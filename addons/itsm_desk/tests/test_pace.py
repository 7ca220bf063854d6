# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from pathlib import Path

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.misc import file_path

from .lifecycle_common import LifecycleCommon

#: Where Odoo names the keys of what is on the screen together with a form or list.
ODOO_KEYS = (
    "web/static/src/views/form/form_controller.xml",
    "web/static/src/views/form/form_status_indicator/form_status_indicator.xml",
    "web/static/src/views/list/list_controller.xml",
    "web/static/src/views/fields/statusbar/statusbar_field.js",
    "web/static/src/views/fields/priority/priority_field.js",
    "web/static/src/core/pager/pager.xml",
    "web/static/src/search/breadcrumbs/breadcrumbs.xml",
    "web/static/src/search/cog_menu/cog_menu.xml",
    "web/static/src/search/action_menus/action_menus.xml",
    "web/static/src/search/search_bar_menu/search_bar_menu.xml",
    "web/static/src/webclient/navbar/navbar.xml",
    "web/static/src/webclient/switch_company_menu/switch_company_menu.xml",
    "mail/static/src/chatter/web/chatter.xml",
    "mail/static/src/views/web/fields/assign_user_command_hook.js",
    "mail/static/src/core/web/activity_menu.js",
)
KEY = re.compile(
    r"""hotkey(?:="|:\s*"(?:alt\+)?)(?:[^"']*')?([a-z]|shift\+[a-z])['"]""", re.I
)


@tagged("post_install", "-at_install")
class TestPace(LifecycleCommon):
    def test_duplicate_once(self):
        """Issue 5, Pace: the list offers to duplicate tickets once: by the action of
        helpdesk_mgmt, not by Odoo's own beside it."""
        action = self.env.ref("helpdesk_mgmt.action_duplicate_ticket")
        self.assertEqual(action.binding_model_id.model, "helpdesk.ticket")
        arch = etree.fromstring(
            self.env["helpdesk.ticket"]
            .with_user(self.lead)
            .get_view(view_type="list")["arch"]
        )
        self.assertEqual(arch.get("duplicate"), "0")

    def test_take(self):
        """Issue 5, Pace; DSK-02: taking assigns and begins; what is over is refused."""
        new = self._report("2026-03-23 10:00")
        paused = self._report("2026-03-23 10:00", user_id=self.agent_2.id)
        self._move("2026-03-23 10:10", paused, "paused")
        self.assertEqual(new.itsm_state, "new")
        with self.at("2026-03-23 10:30"):
            (new | paused).with_user(self.agent).action_take()
        self.assertEqual((new | paused).user_id, self.agent)
        self.assertEqual(new.itsm_state, "open")
        self.assertEqual(new.first_assigned_at, self.utc("2026-03-23 10:30"))
        self.assertEqual(paused.itsm_state, "paused")
        self._move("2026-03-23 11:00", new, "resolved")
        with self.assertRaisesRegex(UserError, "over already"):
            new.with_user(self.agent_2).action_take()
        with self.assertRaises(AccessError):
            paused.with_user(self.portal_user).action_take()

    def test_take_without_stage(self):
        """Issue 5, Pace: a team that has no stage for work keeps no ticket back."""
        ticket = self._report("2026-03-23 10:00")
        self.team.with_context(active_test=False)._get_applicable_stages().filtered(
            lambda stage: stage.itsm_state == "open"
        ).active = False
        with self.at("2026-03-23 10:30"):
            ticket.with_user(self.agent).action_take()
        self.assertEqual((ticket.user_id, ticket.itsm_state), (self.agent, "new"))

    def test_pause_and_resume(self):
        """Issue 5, Pace: the quick wizard pauses with a reason, resuming ends it."""
        tickets = self._open() | self._open()
        with self.at("2026-03-23 11:00"):
            action = tickets.with_user(self.agent).action_pause()
            wizard_model = self.env["itsm.ticket.hold"].with_user(self.agent)
            form = Form(wizard_model.with_context(**action["context"]))
            self.assertEqual(form.ticket_count, 2)
            with self.assertRaises(AssertionError):
                form.save()  # no reason
            form.pause_reason_id = self.pause_reason
            form.message = "When may we call <you>?"
            form.save().action_pause()
        self.assertEqual(set(tickets.mapped("itsm_state")), {"paused"})
        self.assertEqual(tickets.pause_reason_id, self.pause_reason)
        for ticket in tickets:
            [message] = ticket.message_ids.filtered(
                lambda message: message.message_type == "comment"
            )
            self.assertIn("&lt;you&gt;", message.body)
            self.assertEqual(message.author_id, self.agent.partner_id)
            self.assertEqual(ticket.first_response_at, self.utc("2026-03-23 11:00"))
        self.assertEqual(set(self._clocks(tickets[0]).mapped("phase")), {"paused"})
        with self.at("2026-03-23 12:00"):
            tickets.with_user(self.agent).action_resume()
        self.assertEqual(set(tickets.mapped("itsm_state")), {"open"})
        self.assertFalse(tickets.pause_reason_id)
        with self.assertRaisesRegex(UserError, "not paused"):
            tickets.with_user(self.agent).action_resume()
        with self.assertRaisesRegex(UserError, "Pause Reason"):
            tickets._itsm_pause(self.env["itsm.pause.reason"])

    def test_rights(self):
        """Issue 5, Pace: nobody pauses or resumes what he may not write."""
        ticket = self._open()
        for user in (self.employee, self.portal_user_2):
            with self.assertRaises(AccessError):
                ticket.with_user(user)._itsm_pause(self.pause_reason)
            with self.assertRaises(AccessError):
                self.env["itsm.ticket.hold"].with_user(user).create(
                    {
                        "ticket_ids": ticket.ids,
                        "pause_reason_id": self.pause_reason.id,
                    }
                )

    def test_queries(self):
        """Issue 5, Pace: of twelve as many queries as helpdesk needs for each."""

        def queries(count):
            tickets = self.env["helpdesk.ticket"]
            for _i in range(count):
                tickets |= self._open()
            tickets = tickets.with_user(self.agent)
            tickets = tickets.with_context(tracking_disable=True)
            self._flush_tracking()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets._itsm_pause(self.pause_reason)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        queries(1)
        self.assertLessEqual(queries(12) - queries(2), 10 * 3)

    def test_printed(self):
        """Issue 5, Pace: the printed ticket says what it is about, in words."""
        ticket = self._open()
        rows = dict(ticket._itsm_print_rows())
        self.assertEqual(rows["Kind"], "Incident")
        self.assertEqual(
            rows["Priority"],
            dict(ticket._fields["priority"]._description_selection(self.env))["2"],
        )
        self.assertIn("(Europe/Paris)", rows["Reported"])
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html("itsm_desk.itsm_ticket_report", ticket.ids)[0]
            .decode()
        )
        for text in (ticket.name, ticket.number, "E-mail"):
            self.assertIn(text, html)

    # === Keyboard ===

    def _keys(self, view_type, xmlid=None):
        view = self.env.ref(xmlid) if xmlid else self.env["ir.ui.view"]
        arch = (
            self.env["helpdesk.ticket"]
            .with_user(self.manager)
            .get_view(view.id, view_type)["arch"]
        )
        return [
            (node.get("data-hotkey"), node.get("name"), node.get("invisible"))
            for node in etree.fromstring(arch).iter("button")
            if node.get("data-hotkey")
        ]

    def test_keys_are_free(self):
        """Issue 5, Pace: no key of ours is one of Odoo's on the same screen."""
        taken = set()
        for name in ODOO_KEYS:
            text = Path(file_path(name)).read_text(encoding="utf-8")
            taken |= {key.lower() for key in KEY.findall(text)}
        # what is known to be there: the test reads what it should
        self.assertLessEqual(
            {"c", "s", "j", "m", "n", "p", "b", "u", "h", "x", "r", "i"}, taken
        )
        for view_type in ("form", "list"):
            keys = self._keys(view_type)
            ours = {key for key, _name, _invisible in keys}
            self.assertFalse(ours & taken, f"{view_type}: {ours & taken}")
            self.assertEqual(len(keys), len(ours), f"twice in {view_type}: {keys}")
        form = {key: name for key, name, _invisible in self._keys("form")}
        self.assertEqual(
            {key: form.get(key) for key in "gwoel"},
            {
                "g": "action_take",
                "w": "action_pause",
                "o": "action_resume",
                "e": "action_resolve",
                "l": "action_escalate",
            },
        )
        self.assertEqual(
            {key for key, _name, _invisible in self._keys("list")}, {"g", "w", "e"}
        )

    def test_open_by_age(self):
        """INC-23: the list of what is open has the oldest first."""
        newer = self._open("2026-03-24 10:00")
        older = self._open("2026-03-23 10:00")
        action = self.env.ref("itsm_desk.helpdesk_ticket_action_age")
        view = action.view_ids[:1].view_id
        arch = etree.fromstring(
            self.env["helpdesk.ticket"].get_view(view.id, "list")["arch"]
        )
        found = self.env["helpdesk.ticket"].search(
            [("id", "in", (newer | older).ids)], order=arch.get("default_order")
        )
        self.assertEqual(list(found), [older, newer])
