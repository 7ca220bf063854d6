# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import event_input
from .event_common import EventCommon

NOW = "2026-03-04 12:00:00"


@tagged("post_install", "-at_install")
class TestEvent(EventCommon):
    """Issue 4, Events in: source, key, severity; one incident for each key."""

    @freeze_time(NOW)
    def test_created(self):
        """Issue 4: an event makes the incident that its rule says."""
        result = self._ingest(
            self._event(message="Line 1\nLine 2", time="2026-03-04T19:58:00+08:00")
        )
        self.assertEqual(self._statuses(result), ["created"])
        ticket = self._ticket(result[0])
        self.assertRecordValues(
            ticket,
            [
                {
                    "name": "Queue is full",
                    "itsm_kind": "incident",
                    "service_id": self.service.id,
                    "partner_id": self.customer.id,
                    "team_id": self.team.id,
                    "impact": "1",
                    "urgency": "1",
                    "priority": "3",
                    "user_id": False,
                    "company_id": self.company.id,
                    "reported_at": datetime(2026, 3, 4, 11, 58),
                    "stage_id": self.stage_new.id,
                }
            ],
        )
        self.assertEqual(ticket.channel_id.itsm_code, "monitoring")
        self.assertIn("Line 1<br>Line 2", ticket.description)
        self.assertNotIn(self.source.partner_id, ticket.message_partner_ids)
        alarm = ticket.itsm_event_alarm_ids
        self.assertRecordValues(
            alarm,
            [
                {
                    "source": "zabbix",
                    "key": "mail/queue",
                    "is_open": True,
                    "severity": "5",
                    "count": 1,
                    "rule_id": self.rule_mail.id,
                    "opened_at": datetime(2026, 3, 4, 12),
                }
            ],
        )
        self.assertEqual(ticket.itsm_event_alarm_count, 1)
        self.assertRecordValues(
            alarm.event_ids,
            [
                {
                    "outcome": "created",
                    "time": datetime(2026, 3, 4, 11, 58),
                    "received_at": datetime(2026, 3, 4, 12),
                    "user_id": self.source.id,
                    "message": "Line 1\nLine 2",
                }
            ],
        )

    def test_same_key_joins(self):
        """Issue 4: the same key is the same incident while it is open, in one call or
        another; another key or source is another."""
        first = self._ingest(self._event(), self._event())
        self.assertEqual(self._statuses(first), ["created", "joined"])
        second = self._ingest(
            self._event(),
            self._event(key="mail/other"),
            self._event(source="nagios"),
        )
        self.assertEqual(self._statuses(second), ["joined", "created", "created"])
        numbers = {result["incident"] for result in (*first, *second)}
        self.assertEqual(len(numbers), 3)
        self.assertEqual(second[0]["incident"], first[0]["incident"])
        ticket = self._ticket(first[0])
        self.assertEqual(ticket.itsm_event_alarm_ids.count, 3)
        self.assertEqual(len(ticket.itsm_event_alarm_ids.event_ids), 3)

    def test_severity_noted(self):
        """Issue 4: another severity is noted on the incident, once."""
        ticket = self._ticket(self._ingest(self._event(severity="minor"))[0])
        before = ticket.message_ids
        self._ingest(self._event(severity="minor"))
        self.assertEqual(ticket.message_ids, before)
        self._ingest(self._event(severity="critical"))
        note = ticket.message_ids - before
        self.assertEqual(len(note), 1)
        self.assertIn("changed from Minor to Critical", note.body)
        self.assertTrue(note.is_internal)
        self.assertEqual(ticket.itsm_event_alarm_ids.severity, "5")

    def test_recovery_resolves(self):
        """Issue 4: recovery resolves the incident, if its rule says so; then the same
        key is a new one."""
        ticket = self._ticket(self._ingest(self._event())[0])
        result = self._ingest(self._event(severity="ok"))
        self.assertEqual(result[0]["status"], "recovered")
        self.assertEqual(result[0]["incident"], ticket.number)
        self.assertEqual(ticket.stage_id, self.stage_resolved)
        self.assertTrue(ticket.resolved_at)
        alarm = ticket.itsm_event_alarm_ids
        self.assertFalse(alarm.is_open)
        self.assertTrue(alarm.recovered_at)
        again = self._ingest(self._event(severity="ok"))
        self.assertEqual(again[0]["status"], "ignored")
        new = self._ingest(self._event())
        self.assertEqual(new[0]["status"], "created")
        self.assertNotEqual(new[0]["incident"], ticket.number)
        self.assertEqual(alarm.ticket_id.number, new[0]["incident"])
        self.assertEqual(alarm.count, 1)

    def test_one_that_is_not_resolved(self):
        """Issue 4: of several that recover, one that refuses does not keep the others
        open; a person is asked about it."""
        keys = ("mail/1", "mail/2", "mail/3")
        tickets = [
            self._ticket(result)
            for result in self._ingest(*[self._event(key=key) for key in keys])
        ]
        write = type(tickets[0]).write

        def refuse(records, vals):
            if vals.get("stage_id") and tickets[1] in records:
                raise UserError("Not this one")  # pylint: disable=translation-required
            return write(records, vals)

        with patch.object(type(tickets[0]), "write", refuse):
            self._ingest(*[self._event(key=key, severity="ok") for key in keys])
        stages = [ticket.stage_id for ticket in tickets]
        self.assertEqual(
            stages, [self.stage_resolved, self.stage_new, self.stage_resolved]
        )
        asked = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ticket_recovered")]
        )
        self.assertEqual(set(asked.mapped("res_id")), {tickets[1].id})

    def test_followers_are_told(self):
        """Issue 4: who follows the team is told of the incident; without followers and
        customer it is only noted."""
        self.rule_rest.team_id = False
        alone = self._ticket(self._ingest(self._event(key="disk"))[0])
        note = alone.message_ids.filtered("body")[-1:]
        self.assertIn("created", note.body)
        self.assertTrue(note.is_internal)
        self.rule_rest.team_id = self.team
        subtype = self.env.ref("helpdesk_mgmt.hlp_tck_team_created")
        self.team.message_subscribe(self.agent.partner_id.ids, subtype.ids)
        ticket = self._ticket(self._ingest(self._event(key="disk/2"))[0])
        self.assertIn(self.agent.partner_id, ticket.message_partner_ids)
        posted = ticket.message_ids.filtered(
            lambda message: (
                message.subtype_id == self.env.ref("helpdesk_mgmt.hlp_tck_created")
            )
        )
        self.assertEqual(posted.notified_partner_ids, self.agent.partner_id)

    def test_recovery_proposes(self):
        """Issue 4: recovery asks a person, who is told; the ticket stays open."""
        ticket = self._ticket(self._ingest(self._event(key="disk"))[0])
        ticket.user_id = self.agent
        self._ingest(self._event(key="disk", severity="recovered"))
        self.assertEqual(ticket.stage_id, self.stage_new)
        self.assertIn("zabbix: disk has recovered", ticket.message_ids[0].body)
        log = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ticket_recovered"), ("res_id", "=", ticket.id)]
        )
        self.assertEqual(log.user_id, self.agent)
        self.assertIn(log.outcome, ("sent", "waiting"))
        # it comes back before anybody looked: still the same incident
        result = self._ingest(self._event(key="disk"))
        self.assertEqual(result[0]["status"], "joined")
        self.assertIn("is reported again", ticket.message_ids[0].body)

    def test_recovery_only_noted(self):
        """Issue 4: recovery may only be noted."""
        self.rule_mail.recovery = "nothing"
        ticket = self._ticket(self._ingest(self._event())[0])
        self._ingest(self._event(severity="ok"))
        self.assertEqual(ticket.stage_id, self.stage_new)
        self.assertFalse(
            self.env["itsm.notification.log"].search(
                [("event_code", "=", "ticket_recovered"), ("res_id", "=", ticket.id)]
            )
        )

    def test_recovery_where_nothing_resolves(self):
        """Issue 4: without a stage that means resolved a person is asked."""
        self.env["helpdesk.ticket.stage"].search(
            [("itsm_state", "=", "resolved")]
        ).active = False
        ticket = self._ticket(self._ingest(self._event())[0])
        self._ingest(self._event(severity="ok"))
        self.assertEqual(ticket.stage_id, self.stage_new)
        self.assertTrue(
            self.env["itsm.notification.log"].search(
                [("event_code", "=", "ticket_recovered"), ("res_id", "=", ticket.id)]
            )
        )

    def test_up_and_down_in_one_call(self):
        """Issue 4: order counts within a call."""
        results = self._ingest(
            self._event(severity="ok"),
            self._event(),
            self._event(severity="ok"),
            self._event(),
            self._event(),
        )
        self.assertEqual(
            self._statuses(results),
            ["ignored", "created", "recovered", "created", "joined"],
        )
        first, second = self._ticket(results[1]), self._ticket(results[3])
        self.assertEqual(first.stage_id, self.stage_resolved)
        self.assertEqual(second.stage_id, self.stage_new)

    def test_closed_by_a_person(self):
        """Issue 4: a key that is still reported after its ticket ended is a new one."""
        ticket = self._ticket(self._ingest(self._event())[0])
        ticket.stage_id = self.stage_closed
        result = self._ingest(self._event())
        self.assertEqual(result[0]["status"], "created")
        self.assertNotEqual(result[0]["incident"], ticket.number)

    def test_sent_again(self):
        """Issue 4: the same event id changes nothing, in one call or another."""
        first = self._ingest(self._event(id="e1"), self._event(id="e1"))
        self.assertEqual(self._statuses(first), ["created", "ignored"])
        again = self._ingest(self._event(id="e1"), self._event(id="e2"))
        self.assertEqual(self._statuses(again), ["ignored", "joined"])
        alarm = self._ticket(first[0]).itsm_event_alarm_ids
        self.assertEqual(alarm.count, 2)
        self.assertEqual(sorted(alarm.event_ids.mapped("uid")), ["e1", "e2"])

    # === Rules ===

    def test_rules(self):
        """Issue 4: the first rule that fits: source, key, words, severity."""
        self.rule_mail.write({"source": "ZAB*", "contains": "FULL"})
        for event, rule in (
            (self._event(), self.rule_mail),
            (self._event(source="nagios"), self.rule_rest),
            (self._event(key="web/mail/1"), self.rule_rest),
            (self._event(key="mail/1", summary="Empty"), self.rule_rest),
            (self._event(key="mail/2", summary="x", message="FuLl"), self.rule_mail),
            (self._event(key="mail/3", severity="warning"), None),
        ):
            with self.subTest(event=event):
                result = self._ingest(event)[0]
                if rule is None:
                    self.assertEqual(result["status"], "ignored")
                    continue
                alarm = self._ticket(result).itsm_event_alarm_ids
                self.assertEqual(alarm.rule_id, rule)
        kept = self.events.search([("outcome", "=", "no_rule")])
        self.assertEqual(kept.key, "mail/3")

    def test_pattern_is_no_code(self):
        """Issue 4: only * and ? mean anything in a pattern, and none is slow."""
        self.rule_rest.active = False
        self.rule_mail.key = "a[bc].(x+)+$?"
        self.assertEqual(self._ingest(self._event(key="ab.x1"))[0]["status"], "ignored")
        result = self._ingest(self._event(key="A[bc].(x+)+$1"))
        self.assertEqual(result[0]["status"], "created")
        self.rule_mail.key = "*a" * 100 + "b"
        result = self._ingest(self._event(key="a" * 255))
        self.assertEqual(result[0]["status"], "ignored")

    def test_leave_out(self):
        """Issue 4: a rule may leave events out; they are kept."""
        self.rule_mail.action = "ignore"
        self.assertEqual(self._ingest(self._event())[0]["status"], "ignored")
        self.assertEqual(
            self.events.search([("rule_id", "=", self.rule_mail.id)]).outcome, "ignored"
        )

    def test_priority_by_rule(self):
        """Issue 4: a rule may set the priority against the matrix; the reason is its
        name."""
        self.rule_rest.priority = "0"
        ticket = self._ticket(self._ingest(self._event(key="disk"))[0])
        self.assertEqual(ticket.priority, "0")
        self.assertEqual(ticket.priority_reason, "Event rule Rest")

    def test_bad_rule(self):
        """Bad input: a rule for all companies that names a service of one."""
        with self.assertRaisesRegex(ValidationError, "Choose this company"):
            self.rule_mail.company_id = False

    def test_planned_interruption(self):
        """Issue 4: events in a planned interruption are marked and make no incident."""
        with patch.object(
            type(self.events), "_planned_interruption", return_value="Upgrade"
        ):
            result = self._ingest(self._event())
        self.assertEqual(result[0]["status"], "ignored")
        kept = self.events.search([("source", "=", "zabbix")])
        self.assertEqual((kept.outcome, kept.note), ("interruption", "Upgrade"))
        self.assertFalse(kept.ticket_id)
        self.assertEqual(self._ingest(self._event())[0]["status"], "created")

    # === Flood ===

    @freeze_time(NOW)
    def test_storm(self):
        """Issue 4: beyond the limit new incidents of a source are one; none is lost."""
        self.company.itsm_event_flood = 3
        results = self._ingest(*[self._event(key=f"k{i}") for i in range(6)])
        self.assertEqual(self._statuses(results), ["created"] * 3 + ["joined"] * 3)
        numbers = [result["incident"] for result in results]
        self.assertEqual(len(set(numbers)), 4)
        storm = self._ticket(results[3])
        self.assertEqual(storm.name, "Storm of events from zabbix")
        self.assertEqual(
            sorted(storm.itsm_event_alarm_ids.mapped("key")), ["k3", "k4", "k5"]
        )
        self.assertTrue(all(storm.itsm_event_alarm_ids.mapped("is_storm")))
        # within the minute: the same storm; another source has a limit of its own
        more = self._ingest(
            self._event(key="k6"),
            self._event(key="k0"),
            self._event(key="k6", source="nagios"),
        )
        self.assertEqual(self._statuses(more), ["joined", "joined", "created"])
        self.assertEqual(more[0]["incident"], storm.number)
        self.assertEqual(more[1]["incident"], numbers[0])
        self.assertEqual(self.events.search_count([("source", "=", "zabbix")]), 8)
        told = self.env["itsm.notification.log"].search(
            [("event_code", "=", "ticket_event_storm"), ("res_id", "=", storm.id)]
        )
        self.assertIn(self.lead, told.user_id)
        with freeze_time("2026-03-04 12:01:01"):
            later = self._ingest(self._event(key="k7"))
        self.assertEqual(later[0]["status"], "created")
        self.assertNotEqual(later[0]["incident"], storm.number)

    @freeze_time(NOW)
    def test_storm_recovers(self):
        """Issue 4: a storm is over when all of it has recovered; a person ends it."""
        self.company.itsm_event_flood = 1
        self.rule_mail.key = "*"  # would resolve by itself
        results = self._ingest(*[self._event(key=f"k{i}") for i in range(3)])
        storm = self._ticket(results[1])
        self._ingest(self._event(key="k1", severity="ok"))
        domain = [("event_code", "=", "ticket_recovered"), ("res_id", "=", storm.id)]
        self.assertFalse(self.env["itsm.notification.log"].search(domain))
        self._ingest(self._event(key="k2", severity="ok"))
        self.assertTrue(self.env["itsm.notification.log"].search(domain))
        self.assertEqual(storm.stage_id, self.stage_new)

    def _storm(self, *keys, **vals):
        """The ticket of a storm of these keys, and what became of them."""
        self.company.itsm_event_flood = 1
        results = self._ingest(self._event(key="first"))
        results = self._ingest(*[self._event(key=key, **vals) for key in keys])
        self.assertEqual(len({result["incident"] for result in results}), 1)
        return self._ticket(results[0])

    @freeze_time(NOW)
    def test_storm_agrees(self):
        """Issue 4: a storm's ticket has the customer and service that all of it has."""
        storm = self._storm("mail/1", "mail/2")
        self.assertEqual(storm.service_id, self.service)
        self.assertEqual(storm.partner_id, self.customer)
        self._ingest(self._event(key="mail/3"))
        self.assertEqual(storm.service_id, self.service)
        self.assertEqual(storm.partner_id, self.customer)

    @freeze_time(NOW)
    def test_storm_disagrees(self):
        """Issue 4: a storm of several services or customers names none."""
        storm = self._storm("mail/1", "disk")
        self.assertFalse(storm.service_id or storm.partner_id or storm.partner_name)
        storm.stage_id = self.stage_closed
        storm = self._storm("disk/2", "mail/2")
        self.assertFalse(storm.service_id or storm.partner_id or storm.partner_name)

    @freeze_time(NOW)
    def test_storm_disagrees_later(self):
        """Issue 4: ... also if that comes with a later call; it is noted once, and what
        a person then chooses stays."""
        storm = self._storm("mail/1")
        self.assertEqual(storm.partner_id, self.customer)
        before = storm.message_ids
        self._ingest(self._event(key="disk"))
        self.assertFalse(storm.service_id or storm.partner_id or storm.partner_email)
        notes = (storm.message_ids - before).filtered("body")
        self.assertEqual(len(notes), 1)
        self.assertIn("different services or customers", notes.body)
        self.assertTrue(notes.is_internal)
        storm.service_id = self.service
        self._ingest(self._event(key="disk/2"), self._event(key="disk/3"))
        self.assertEqual(storm.service_id, self.service)

    @freeze_time(NOW)
    def test_storm_names_keys(self):
        """Issue 4: the ticket of a storm lists what is affected; texts stay texts."""
        storm = self._storm("<b>a", *[f"k{i:03}" for i in range(110)])
        self.assertIn("&lt;b&gt;a<br>k000<br>", storm.description)
        self.assertIn("k098<br>and 11 more", storm.description)
        self.assertNotIn("k099", storm.description)
        self._ingest(self._event(key="later"))
        agent = storm.with_user(self.agent)
        self.assertEqual(len(agent.itsm_event_alarm_ids), 112)
        view = agent.get_view(view_type="form")["arch"]
        self.assertIn('name="itsm_event_alarm_ids"', view)

    # === Bad input ===

    @freeze_time(NOW)
    def test_bad_events(self):
        """Bad input: each gets a clear error, and none loses the others."""
        bad = [
            ("missing", {"source": "zabbix", "severity": "ok"}, "key is missing"),
            ("blank", self._event(key=" \t\x00 "), "key is missing"),
            ("source", self._event(source=None), "source is missing"),
            ("list", self._event(key=["a"]), "key must be a text"),
            ("bool", self._event(key=True), "key must be a text"),
            ("long", self._event(key="k" * 256), "key is too long"),
            ("longer", self._event(source="s" * 100_000), "source is too long"),
            ("severity", self._event(severity="bad"), "“bad” is not known"),
            ("number", self._event(severity={}), "severity must be a text"),
            ("time", self._event(time="yesterday"), "time is no time"),
            ("time2", self._event(time=float("nan")), "time is no time"),
            ("time3", self._event(time=10**30), "time is no time"),
            ("time4", self._event(time=[1]), "time is no time"),
            ("time5", self._event(time=True), "time is no time"),
            ("future", self._event(time="2026-03-04T12:05:01Z"), "in the future"),
            ("uid", self._event(id={"a": 1}), "id must be a text"),
            ("text", "mail/queue", "An event is an object"),
            ("nothing", None, "An event is an object"),
            ("nested", [self._event()], "An event is an object"),
        ]
        results = self._ingest(
            self._event(key="first"),
            *[event for _name, event, _message in bad],
            self._event(key="last"),
        )
        self.assertEqual(
            self._statuses(results), ["created", *["error"] * len(bad), "created"]
        )
        for (name, _event, message), result in zip(bad, results[1:], strict=False):
            with self.subTest(name=name):
                self.assertIn(message, result["message"])
        self.assertEqual(self.events.search_count([]), 2)

    def test_unknown_names(self):
        """Issue 4: what nobody looks at is told, and the event is taken."""
        result = self._ingest(self._event(status="resolved", foo=1))[0]
        self.assertEqual(result["status"], "created")
        self.assertIn("Not looked at: foo, status.", result["message"])
        plain = self._ingest(self._event(key="plain"))[0]
        self.assertNotIn("Not looked at", plain["message"])

    def test_times(self):
        """Issue 4: ISO 8601 with and without an offset, and seconds since 1970."""
        now = datetime(2026, 3, 4, 12)
        for value, expected in (
            ("2026-03-04T11:00:00Z", datetime(2026, 3, 4, 11)),
            ("2026-03-04T11:00:00.999+00:00", datetime(2026, 3, 4, 11)),
            ("2026-03-04 19:00:00+08:00", datetime(2026, 3, 4, 11)),
            ("2026-03-04", datetime(2026, 3, 4)),
            (1772622000, datetime(2026, 3, 4, 11)),
            (None, now),
            ("2026-03-04T12:04:00Z", now),  # a clock that is a little ahead
        ):
            with self.subTest(value=value):
                self.assertEqual(
                    event_input.time_of({"time": value}, "time", now), expected
                )

    def test_hostile_text(self):
        """Bad input: huge texts, markup and characters that no database stores."""
        result = self._ingest(
            self._event(
                summary="<script>alert(1)</script>\x00\ud800" + "x" * 100_000,
                message="<img src=x onerror=alert(1)>" + "y" * 1_000_000,
            )
        )
        ticket = self._ticket(result[0])
        self.assertTrue(ticket.name.startswith("<script>alert(1)</script>"))
        self.assertLessEqual(len(ticket.name), 255)
        self.assertIn("&lt;img src=x", ticket.description)
        self.assertNotIn("<img", ticket.description)
        message = ticket.itsm_event_alarm_ids.event_ids.message
        self.assertEqual(len(message), 10_000)

    def test_too_many(self):
        """Bad input: 10,000 events in a call are refused as a whole, and clearly."""
        with self.assertRaisesRegex(UserError, "10000 events in one call; at most "):
            self._ingest(*[self._event()] * 10_000)
        for wrong in ({"source": "zabbix"}, "x", None, 5):
            with self.assertRaisesRegex(UserError, "send a list"):
                self.events.with_user(self.source).ingest(wrong)
        self.assertEqual(self._ingest(), [])
        self.assertFalse(self.events.search([]))

    def test_one_bad_ticket(self):
        """Issue 4: an incident that cannot be made does not lose the others."""
        self.service.with_context(tracking_disable=True).state = "retired"
        with mute_logger("odoo.addons.itsm_base.tools.event_intake"):
            results = self._ingest(
                self._event(key="disk"), self._event(), self._event(key="disk/2")
            )
        self.assertEqual(self._statuses(results), ["created", "error", "created"])
        self.assertIn("is not live", results[1]["message"])
        kept = self.events.search([("key", "=", "mail/queue")])
        self.assertEqual(kept.outcome, "failed")
        self.assertIn("is not live", kept.note)
        # and when the cause is gone the next event makes it
        self.service.with_context(tracking_disable=True).state = "live"
        self.assertEqual(self._ingest(self._event())[0]["status"], "created")

    # === Rights ===

    def test_only_sources(self):
        """Issue 4: agents, managers, employees and customers may not send events."""
        for user in (
            self.agent,
            self.manager,
            self.employee,
            self.portal_user,
            self.env.ref("base.public_user"),
        ):
            with self.assertRaises(AccessError):
                self._ingest(self._event(), user=user)

    def test_sources_of_users(self):
        """Issue 4: a source that names its users takes events from them only; one bad
        event does not lose the others."""
        second = self._create_user(
            "itsm-source-3", "base.group_portal,itsm_base.itsm_group_event_source"
        )
        sources = self.env["itsm.event.source"].with_user(self.manager)
        zabbix = sources.create(
            {"name": "Zabbix", "user_ids": [Command.set(self.source.ids)]}
        )
        events = [self._event(), self._event(source="nagios")]
        with self.assertLogs("odoo.addons.itsm_base.models.itsm_event_ingest"):
            results = self._ingest(*events, self._event(source="ZABBIX"), user=second)
        self.assertEqual(self._statuses(results), ["error", "created", "error"])
        self.assertEqual(
            results[0]["message"],
            "You may not send events of zabbix. Ask an administrator to name your user "
            "under Monitoring Sources.",
        )
        self.assertFalse(self.events.search([("source", "=ilike", "zabbix")]))
        results = self._ingest(*events)
        self.assertEqual(self._statuses(results), ["created", "joined"])
        # a user who went does not open it for others
        self.source.active = False
        with mute_logger("odoo.addons.itsm_base.models.itsm_event_ingest"):
            self.assertEqual(
                self._ingest(self._event(), user=second)[0]["status"], "error"
            )
            zabbix.user_ids = False
            self.assertEqual(
                self._ingest(self._event(), user=second)[0]["status"], "error"
            )
        zabbix.user_ids = second
        self.assertEqual(
            self._ingest(self._event(), user=second)[0]["status"], "joined"
        )
        zabbix.user_ids = self.source
        zabbix.active = False
        self.assertEqual(
            self._ingest(self._event(), user=second)[0]["status"], "joined"
        )

    def test_sources_of_companies(self):
        """Issue 4: a source is of one company; managers of others see none of it."""
        other, user = self._other_company()
        source = self.env["itsm.event.source"].create({"name": "zabbix"})
        self.assertEqual(source.company_id, self.company)
        self.assertEqual(self._ingest(self._event(), user=user)[0]["status"], "ignored")
        theirs = source.with_user(self._manager_of(other))
        self.assertFalse(theirs.search([("id", "=", source.id)]))
        with self.assertRaises(AccessError):
            source.with_user(self.manager).company_id = other
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.env["itsm.event.source"].create({"name": "ZABBIX"})
        with self.assertRaisesRegex(ValidationError, "as the system sends it"):
            source.name = " zabbix "

    def _manager_of(self, companies):
        return self._create_user(
            f"itsm-manager-{len(companies)}",
            "itsm_base.itsm_group_manager",
            company_id=companies[0].id,
            company_ids=[Command.set(companies.ids)],
        )

    def test_rules_for_all_companies(self):
        """Issue 4: a rule for all companies is written only by who works in all."""
        other = self.env["res.company"].create({"name": "Other"})
        shared = self.env.ref("itsm_base.itsm_event_rule_default")
        shared.active = True
        self.assertFalse(shared.company_id)
        everybody = self._manager_of(self.env["res.company"].search([]))
        for user in self.manager, self._manager_of(other):
            rules = shared.with_user(user)
            self.assertTrue(rules.name, "it is read")
            mine = rules.create({"name": "Mine"})
            self.assertEqual(mine.company_id, user.company_id)
            for refused, values in (
                (rules.write, [{"action": "ignore"}]),
                (rules.unlink, []),
                (rules.copy, []),
                (rules.create, [{"name": "All", "company_id": False}]),
                (mine.write, [{"company_id": False}]),
            ):
                with self.assertRaises(AccessError) as caught:
                    refused(*values)
                self.assertIn("work in all of them", str(caught.exception))
            mine.name = "Still mine"
            mine.unlink()
        with self.assertRaises(AccessError):
            self.rule_rest.with_user(self.manager).company_id = other
        rules = shared.with_user(everybody)
        rules = rules.with_context(allowed_company_ids=everybody.company_ids.ids)
        rules.min_severity = "2"
        rules.copy()
        rules.unlink()

    def test_rule_takes_effect_at_once(self):
        """Issue 4: what is kept of rules in memory goes with each change of a rule."""
        self.rule_rest.active = False
        self.assertEqual(self._ingest(self._event(key="a"))[0]["status"], "ignored")
        self.rule_rest.active = True
        self.assertEqual(self._ingest(self._event(key="a"))[0]["status"], "created")
        self.rule_rest.key = "b"
        self.assertEqual(self._ingest(self._event(key="c"))[0]["status"], "ignored")
        rule = self.rule_mail.copy({"key": "c"})
        self.assertEqual(self._ingest(self._event(key="c"))[0]["status"], "created")
        rule.unlink()
        self.assertEqual(self._ingest(self._event(key="cc"))[0]["status"], "ignored")

    def test_source_may_nothing_else(self):
        """Issue 4: a source reads no ticket, event or rule, not even its own."""
        ticket = self._ticket(self._ingest(self._event())[0])
        mine = self.env["helpdesk.ticket"].with_user(self.source)
        self.assertFalse(mine.search([]))
        with self.assertRaises(AccessError):
            mine.browse(ticket.id).read(["name"])
        for model in (
            "itsm.event",
            "itsm.event.alarm",
            "itsm.event.rule",
            "itsm.event.source",
            "itsm.contact",
            "itsm.notification.log",
            "itsm.service",
        ):
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.source).search([])

    def test_context_is_not_trusted(self):
        """Issue 4: no key of the caller's context reaches the work."""
        self.env["res.lang"]._activate_lang("zh_CN")
        result = self._ingest(
            self._event(),
            default_user_id=self.agent.id,
            default_name="Mine",
            default_priority="0",
            tracking_disable=True,
            lang="zh_CN",
        )
        ticket = self._ticket(result[0])
        self.assertEqual((ticket.name, ticket.priority), ("Queue is full", "3"))
        self.assertFalse(ticket.user_id)

    def test_companies(self):
        """Issue 4: events go to the company of their source, with its rules only."""
        other, user = self._other_company()
        first = self._ingest(self._event())
        theirs = self._ingest(self._event(), user=user)
        self.assertEqual(theirs[0]["status"], "ignored")
        self.env["itsm.event.rule"].create(
            {"name": "All", "min_severity": "5", "company_id": False}
        )
        theirs = self._ingest(self._event(), user=user)
        self.assertEqual(theirs[0]["status"], "created")
        ticket = self._ticket(theirs[0])
        self.assertEqual(ticket.company_id, other)
        self.assertNotEqual(ticket.number, first[0]["incident"])
        with self.assertRaises(AccessError):
            self._ingest(self._event(), allowed_company_ids=other.ids)
        agent_alarms = self.alarms.with_user(self.agent).search([])
        self.assertEqual(agent_alarms.company_id, self.company)
        manager_rules = self.env["itsm.event.rule"].with_user(self.manager)
        self.assertIn(self.rule_mail, manager_rules.search([]))

    def test_evidence(self):
        """Manners: what came in cannot be edited."""
        ticket = self._ticket(self._ingest(self._event())[0])
        alarm = ticket.itsm_event_alarm_ids
        for records in alarm, alarm.event_ids:
            for user in self.agent, self.manager:
                with self.assertRaises(AccessError):
                    records.with_user(user).write({"source": "x"})
            with self.assertRaises(AccessError):
                records.sudo().unlink()

    def test_language(self):
        """Issue 4: the sender is answered in his language, the ticket is written in the
        company's."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.company.partner_id.lang = "zh_CN"
        channel = self.env.ref("itsm_base.helpdesk_ticket_channel_monitoring")
        channel.with_context(lang="zh_CN").name = "监控"
        self.assertEqual(channel.name, "Monitoring")
        result = self._ingest(self._event(summary="邮件队列已满"))
        self.assertEqual(result[0]["message"], "A new incident.")
        self.assertEqual(self._ticket(result[0]).name, "邮件队列已满")

    # === Speed, and forgetting ===

    def test_constant_queries(self):
        """Speed: joining and recovering cost the same queries, one key or fifty."""
        self.rule_mail.recovery = "nothing"
        few = [self._event(key=f"mail/{i}") for i in range(2)]
        many = [self._event(key=f"mail/{i}") for i in range(50)]
        self._ingest(*many)
        counts = {}
        for what, vals in (
            ("join", {}),
            ("severity", {"severity": "major"}),
            ("recover", {"severity": "ok"}),
        ):
            for name, events in (("few", few), ("many", many[2:])):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.events.with_user(self.source).ingest(
                    [{**e, **vals} for e in events]
                )
                self.env.flush_all()
                counts[what, name] = self.cr.sql_log_count - before
        for what in "join", "severity", "recover":
            with self.subTest(what=what):
                self.assertLessEqual(counts[what, "many"], counts[what, "few"] + 2)

    def test_forgets(self):
        """Issue 4: events are kept for the company's days; their incidents stay."""
        self.company.itsm_event_days = 30
        with freeze_time("2026-01-01 10:00:00"):
            ticket = self._ticket(self._ingest(self._event())[0])
        with freeze_time("2026-02-01 10:00:00"):
            self._ingest(self._event())
            self.company.itsm_event_days = 0
            self.events._gc_events()
            self.assertEqual(self.events.search_count([]), 2)
            self.company.itsm_event_days = 30
            self.events._gc_events()
            self.assertEqual(self.events.search([]).received_at.month, 2)
            self.assertEqual(ticket.itsm_event_alarm_ids.count, 2)
            self.assertEqual(self._ingest(self._event())[0]["status"], "joined")
