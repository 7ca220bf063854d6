# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SHANGHAI, SlaCommon

MON = "2026-03-23 10:00"
NEW_YORK = "America/New_York"


class PortalCommon(SlaCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Names that no customer may ever read.
        cls.agreement = cls._create_agreement(
            name="Secretname gold",
            pause_reason_ids=[
                Command.set((cls.pause_reason | cls.reason_supplier).ids)
            ],
        )
        cls.portal_user.tz = SHANGHAI
        cls.colleague = cls._create_user(
            "itsm-portal-ny", "base.group_portal", tz=NEW_YORK
        )
        cls.colleague.partner_id.parent_id = cls.customer

    def _told(self, wall, ticket, user=None):
        """What the customer reads at a wall clock time: (metric, state, text)."""
        with self.at(wall):
            promises = ticket.with_user(user or self.portal_user)._portal_promises()
        return [
            (
                promise["metric"],
                promise["state"],
                # the narrow blank before AM and PM
                promise["text"].replace("\u202f", " "),
            )
            for promise in promises
        ]

    def _sentences(self, wall, ticket, user=None):
        return [text for _metric, _state, text in self._told(wall, ticket, user)]


@tagged("post_install", "-at_install")
class TestPortalPromises(PortalCommon):
    """What customers are told of their tickets: promises and whether they were kept.

    Paris Monday 10:00 is 17:00 in Shanghai and 05:00 in New York (summer time there
    begins two weeks earlier). Answer in 1 h, solution in 4 h with a break at noon.
    """

    def test_promised(self):
        """Issue 3 “Portal”: both promises, in the zone of the one who reads them."""
        ticket = self._report(MON)
        self.assertEqual(
            self._told("2026-03-23 10:01", ticket),
            [
                ("response", "promised", "Answer promised by 3/23/26, 6:00 PM"),
                ("resolution", "promised", "Solution promised by 3/23/26, 10:00 PM"),
            ],
        )
        self.assertEqual(
            self._sentences("2026-03-23 10:01", ticket, self.colleague),
            [
                "Answer promised by 3/23/26, 6:00 AM",
                "Solution promised by 3/23/26, 10:00 AM",
            ],
        )

    def test_zone_without_any(self):
        """Vector 9: who has no zone reads the zone of the agreement."""
        self.portal_user.tz = False
        ticket = self._report(MON)
        self.assertEqual(
            self._sentences("2026-03-23 10:01", ticket)[0],
            "Answer promised by 3/23/26, 11:00 AM",
        )

    def test_language(self):
        """Issue 3 “Portal”: dates as the customer's language writes them."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.portal_user.lang = "zh_CN"
        ticket = self._report(MON)
        with self.at("2026-03-23 10:01"):
            as_customer = ticket.with_user(self.portal_user)
            promises = as_customer.with_context(lang="zh_CN")._portal_promises()
        self.assertIn("2026/3/23 18:00", promises[0]["text"])
        self.assertEqual(promises[0]["zone"], SHANGHAI)

    def test_late_now(self):
        """Issue 3 “Portal”: late is read against now, before any scheduler ran."""
        ticket = self._report(MON)
        self.assertEqual(self._told("2026-03-23 11:00", ticket)[0][1], "promised")
        self.assertEqual(
            self._told("2026-03-23 11:00:01", ticket)[0],
            ("response", "late", "Answer promised by 3/23/26, 6:00 PM: late"),
        )
        self.assertFalse(self._clocks(ticket, "response").breached_at)

    def test_kept(self):
        """Issue 3 “Portal”: afterwards, answered and solved in time."""
        ticket = self._report(MON)
        self._reply("2026-03-23 10:30", ticket)
        self._move("2026-03-23 15:00", ticket, "resolved")
        self.assertEqual(
            self._told("2026-03-30 10:00", ticket),
            [
                ("response", "kept", "Answered in time, 3/23/26, 5:30 PM"),
                ("resolution", "kept", "Solved in time, 3/23/26, 10:00 PM"),
            ],
        )

    def test_missed(self):
        """Issue 3 “Portal”: afterwards, answered and solved late."""
        ticket = self._report(MON)
        self._reply("2026-03-23 11:30", ticket)
        self._move("2026-03-23 15:01", ticket, "resolved")
        self.assertEqual(
            self._told("2026-03-30 10:00", ticket),
            [
                ("response", "missed", "Answered late, 3/23/26, 6:30 PM"),
                ("resolution", "missed", "Solved late, 3/23/26, 10:01 PM"),
            ],
        )
        self._move("2026-03-30 10:00", ticket, "open")
        self.assertEqual(self._told("2026-03-30 10:01", ticket)[1][1], "late")

    def test_waits_for_customer(self):
        """Issue 3 “Portal”: paused for the requester, the time does not run."""
        ticket = self._report(MON)
        self._move("2026-03-23 10:30", ticket, "paused")
        self.assertEqual(
            self._told("2026-03-25 10:00", ticket),
            [
                (
                    "response",
                    "waiting",
                    "Answer: waiting for you, the time does not run",
                ),
                (
                    "resolution",
                    "waiting",
                    "Solution: waiting for you, the time does not run",
                ),
            ],
        )

    def test_waits_for_others(self):
        """Issue 3 “Portal”: paused for a supplier it is on hold, and not said why."""
        ticket = self._report(MON)
        self._move(
            "2026-03-23 11:30",
            ticket,
            "paused",
            pause_reason_id=self.reason_supplier.id,
        )
        self.assertEqual(
            self._told("2026-03-25 10:00", ticket),
            [
                ("response", "late", "Answer: late, on hold"),
                ("resolution", "waiting", "Solution: on hold"),
            ],
        )

    def test_late_and_waiting(self):
        """Issue 3 “Portal”: late stays late while it waits for the customer."""
        ticket = self._report(MON)
        self._move("2026-03-23 11:30", ticket, "paused")
        self.assertEqual(
            self._told("2026-03-25 10:00", ticket)[0],
            (
                "response",
                "late",
                "Answer: late; waiting for you, the time does not run",
            ),
        )

    def test_supplier_holds(self):
        """Issue 3 “Portal”: held by a supplier it is on hold, not waiting for him."""
        agreement = self._create_agreement(
            partner_id=self.customer.id, pause_with_supplier=True
        )
        ticket = self._report(MON)
        self.assertEqual(ticket.agreement_id, agreement)
        self._write("2026-03-23 10:10", ticket, supplier_id=self.customer_2.id)
        self.assertEqual(
            self._sentences("2026-03-23 10:30", ticket),
            ["Answer: on hold", "Solution: on hold"],
        )
        # An answer of the customer would not let the time run.
        self._move("2026-03-23 10:30", ticket, "paused")
        self.assertEqual(
            self._sentences("2026-03-23 10:31", ticket),
            ["Answer: on hold", "Solution: on hold"],
        )

    def test_pause_that_does_not_count(self):
        """Issue 3 “Portal”: a pause that the agreement does not know stops nothing."""
        ticket = self._report(MON)
        other = self.env["itsm.pause.reason"].create(
            {"name": "Coffee", "waits_for": "other"}
        )
        self._move("2026-03-23 10:30", ticket, "paused", pause_reason_id=other.id)
        self.assertEqual(
            self._sentences("2026-03-23 10:31", ticket)[0],
            "Answer promised by 3/23/26, 6:00 PM",
        )

    def test_nothing_promised(self):
        """Issue 3 “Portal”: cancelled, exempt, imported, without agreement: nothing."""
        cancelled = self._report(MON)
        self._move("2026-03-23 10:30", cancelled, "cancelled")
        exempt = self._report(MON)
        with self.at("2026-03-23 10:30"):
            exempt.with_user(self.lead)._clock_set_exempt(True, "Fire drill")
        history = self._history_ticket(priority="2", reported_at=self.utc(MON))
        self.assertTrue(history.is_history)
        for ticket in (cancelled, exempt, history):
            self.assertEqual(self._told("2026-03-23 10:31", ticket), [])
        self.env.cr.execute("UPDATE itsm_agreement SET state = 'draft'")
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        self.assertEqual(self._told(MON, self._report(MON)), [])

    def test_history_with_clocks(self):
        """Issue 3 “Portal”: a ticket turned into history tells nothing any more."""
        ticket = self._report(MON)
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET is_history = true WHERE id = %s", [ticket.id]
        )
        self.env.invalidate_all()
        self.assertTrue(ticket.clock_ids)
        self.assertEqual(self._told(MON, ticket), [])

    def test_only_customer_metrics(self):
        """Issue 3 “Portal”: legs of teams and suppliers are nobody's business."""
        self._create_agreement(
            {"2": (30, 120)}, name="Secretname OLA", kind="ola", team_id=self.team.id
        )
        ticket = self._create_ticket(priority="2")
        self.assertIn("ola", ticket.clock_ids.mapped("kind"))
        promises = ticket.with_user(self.portal_user)._portal_promises()
        self.assertEqual([p["metric"] for p in promises], ["response", "resolution"])
        sla = ticket.clock_ids.filtered(lambda c: c.kind == "sla")
        self.assertEqual(len(sla), 2)

    def test_reopened_with_new_clock(self):
        """Issue 3 “Portal”: of several clocks the latest is told."""
        self._create_agreement(partner_id=self.customer.id, reopen="new")
        ticket = self._report(MON)
        self._move("2026-03-23 11:30", ticket, "resolved")
        self._move("2026-03-24 10:00", ticket, "open")
        self.assertEqual(len(self._clocks(ticket)), 2)
        self.assertEqual(
            self._sentences("2026-03-24 10:01", ticket)[-1],
            "Solution promised by 3/24/26, 10:00 PM",
        )

    def test_followers(self):
        """Issue 3 “Portal”: another customer who follows the ticket is told nothing."""
        ticket = self._report(MON)
        ticket.message_subscribe(self.requester_2.ids)
        as_follower = ticket.with_user(self.portal_user_2)
        self.assertTrue(as_follower.has_access("read"))
        self.assertEqual(self._told("2026-03-23 10:01", ticket, self.portal_user_2), [])
        self.assertEqual(
            len(self._told("2026-03-23 10:01", ticket, self.agent)), 2, "inside"
        )

    def test_rpc(self):
        """odoo19.md E2: customers read neither clocks nor fields of clocks."""
        ticket = self._report(MON)
        as_customer = ticket.with_user(self.portal_user)
        for name in ("clock_ids", "clock_deadline", "clock_summary", "clock_status"):
            with self.subTest(name), mute_logger("odoo.models"):
                with self.assertRaises(AccessError):
                    as_customer.read([name])
        for model in ("itsm.clock", "itsm.agreement", "itsm.ticket.event"):
            with self.subTest(model), mute_logger("odoo.models"):
                with self.assertRaises(AccessError):
                    self.env[model].with_user(self.portal_user).search([])

    def test_queries(self):
        """Speed: a list of tickets costs the same queries, however many rows."""
        tickets = self._create_tickets(12, priority="2")
        self.env.flush_all()

        def queries(rows):
            self.env.invalidate_all()
            rows = rows.with_user(self.portal_user)
            self.portal_user.has_group("base.group_portal")
            before = self.env.cr.sql_log_count
            for ticket in rows:
                self.assertEqual(len(ticket._portal_promises()), 2)
            return self.env.cr.sql_log_count - before

        queries(tickets)  # whatever is read once
        self.assertEqual(queries(tickets), queries(tickets[:2]))


@tagged("post_install", "-at_install")
class TestPortalPages(PortalCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "itsm_portal_own_tickets" in cls.company._fields:  # itsm_desk is installed
            cls.company.itsm_portal_own_tickets = False
        # Around the clock: the pages are read now, whatever the hour.
        cls.agreement = cls._create_agreement(
            {"2": (60, 240)},
            name="Secretname platinum",
            partner_id=cls.customer.id,
            calendar_id=cls.calendar_24x7.id,
        )
        cls.team_2.name = "Secretname team"
        cls.supplier = cls.env["res.partner"].create({"name": "Secretname parts"})
        cls._create_agreement(
            {"2": (30, 120)},
            name="Secretname OLA",
            kind="ola",
            team_id=cls.team_2.id,
            calendar_id=cls.calendar_24x7.id,
        )
        cls._create_agreement(
            {"2": (30, 120)},
            name="Secretname UC",
            kind="uc",
            supplier_id=cls.supplier.id,
            calendar_id=cls.calendar_24x7.id,
        )
        cls.ticket = cls._create_ticket(priority="2", name="No mail")
        cls.ticket.team_id = cls.team_2
        cls.ticket.supplier_id = cls.supplier

    def _pages(self, login="itsm-portal"):
        self.authenticate(login, login)
        return [
            self.url_open(f"/my/ticket/{self.ticket.id}").text,
            self.url_open("/my/tickets").text,
        ]

    def assertSaysNothingInside(self, page):
        """No word of what is not for customers, attributes and comments included."""
        for word in (
            "Secretname",
            *("OLA", "Operational level", "UC", "Underpinning"),
            *("clock_", "clocks", "Next Deadline", "Internal Deadline"),
            *("At risk", "Breached", "75 %", "75%", "Escalation", "Supplier"),
        ):
            self.assertNotRegex(page, rf"\b{word}\b" if word.isalpha() else word)

    def test_pages(self):
        """Issue 3 “Portal”: page and list say what was promised and nothing inside."""
        self.assertEqual(
            set(self.ticket.clock_ids.mapped("kind")), {"sla", "ola", "uc"}
        )
        for page in self._pages():
            self.assertRegex(page, "Answer (promised )?by")
            self.assertRegex(page, "Solution (promised )?by")
            self.assertEqual(page.count('class="o_itsm_promise"'), 2)
            self.assertSaysNothingInside(page)

    def test_pages_in_zone(self):
        """Issue 3 “Portal”: times of the one who reads, not of who runs the page."""
        for login, zone in (("itsm-portal", SHANGHAI), ("itsm-portal-ny", NEW_YORK)):
            clock = self._clocks(self.ticket).filtered(lambda c: c.kind == "sla")
            local = clock.deadline.replace(tzinfo=timezone.utc).astimezone(
                ZoneInfo(zone)
            )
            # As English writes it: 3/23/26, 6:00 PM
            expected = f"{local:%-m/%-d/%y}, {local:%-I:%M}"
            for page in self._pages(login):
                self.assertRegex(page, f"Solution (promised )?by {expected}")
                self.assertIn(f'title="{zone}"', page)

    def test_pages_paused(self):
        """Issue 3 “Portal”: not the reason of a pause, only that it waits for him."""
        self.pause_reason.write({"name": "Secretname reason", "code": "Secretname"})
        self.ticket.write(
            {
                "supplier_id": False,
                "stage_id": self.stage_paused.id,
                "pause_reason_id": self.pause_reason.id,
            }
        )
        for page in self._pages():
            self.assertIn("Solution: waiting for you", page)
            self.assertNotRegex(page, "(Answer|Solution) (promised )?by")
            self.assertSaysNothingInside(page)

    def test_pages_late(self):
        """Issue 3 “Portal”: a deadline that passes is late without the scheduler."""
        self.env.cr.execute(
            "UPDATE itsm_clock SET deadline = %s WHERE id = %s",
            [
                fields.Datetime.now() - timedelta(seconds=5),
                self._clocks(self.ticket, "response")
                .filtered(lambda clock: clock.kind == "sla")
                .id,
            ],
        )
        self.env.invalidate_all()
        for page in self._pages():
            self.assertRegex(page, r"Answer (promised )?by [^<]+: late")
            self.assertNotRegex(page, r"Solution (promised )?by [^<]+: late")

    def test_pages_of_stranger(self):
        """Issue 3 “Portal”: another company's customer sees no promise."""
        self.ticket.message_subscribe(self.requester_2.ids)
        page, tickets = self._pages("itsm-portal-2")
        self.assertIn("No mail", page)
        self.assertIn("No mail", tickets)
        for text in (page, tickets):
            self.assertNotIn("o_itsm_promise", text)
            self.assertNotIn("promised by", text)
            self.assertSaysNothingInside(text)
        self.ticket.message_unsubscribe(self.requester_2.ids)
        page, tickets = self._pages("itsm-portal-2")
        self.assertNotIn("No mail", page + tickets)

    def test_page_by_link(self):
        """Issue 3 “Portal”: the link in the customer's mail shows the same."""
        token = self.ticket._portal_ensure_token()
        page = self.url_open(f"/my/ticket/{self.ticket.id}?access_token={token}").text
        self.assertIn("Answer promised by", page)
        self.assertSaysNothingInside(page)
        page = self.url_open(f"/my/ticket/{self.ticket.id}?access_token=wrong").text
        self.assertNotIn("promised by", page)

    def test_tour(self):
        """Issue 3 “Portal”: from his list to the ticket, answered and solved."""
        self.start_tour("/my/tickets", "itsm_sla_portal", login="itsm-portal")
        self.assertIn("Tour: it still does not work", self.ticket.message_ids[0].body)

    def test_tour_phone(self):
        """Issue 3 “Portal”: the same on a telephone."""
        self.browser_size = "375x667"
        self.start_tour("/my/tickets", "itsm_sla_portal", login="itsm-portal")
