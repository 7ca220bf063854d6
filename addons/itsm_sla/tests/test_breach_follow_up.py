# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .breach_common import LATE, MON, BreachCommon


@tagged("post_install", "-at_install")
class TestBreachRule(BreachCommon):
    """SLM-38, SLM-63: repeated breaches propose one action."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env["itsm.breach.rule"].create(
            {"name": "Test", "count": 3, "days": 10}
        )

    def _breach(self, day, service=None):
        """A breach on a working day of March or April 2026, due at 15:00."""
        ticket = self._late_ticket(
            f"2026-{day} 10:00", service_id=(service or self.service).id
        )
        return self._breaches(ticket)

    def _actions(self):
        return self.env["itsm.action"].search(
            [
                ("res_model", "=", "itsm.agreement"),
                ("res_id", "=", self.agreement.id),
            ],
            order="id",
        )

    def test_series(self):
        """SLM-63: the third of service and cause within ten days, and once only."""
        breaches = [self._breach(day) for day in ("03-16", "03-17", "03-18", "03-19")]
        elsewhere = self._breach("03-18", self.offering)
        self._explain(breaches[0])
        self._explain(breaches[1])
        self._explain(breaches[2], self.cause_force)
        self._explain(elsewhere)
        self.assertFalse(self._actions())
        self._explain(breaches[3], wall="2026-03-20 10:00")
        action = self._actions()
        self.assertRecordValues(
            action,
            [
                {
                    "kind": "corrective",
                    "company_id": self.company.id,
                    "owner_id": self.sla_manager.id,
                    "state": "open",
                }
            ],
        )
        self.assertEqual(str(action.due_date), "2026-04-19")
        self.assertEqual(action.origin, self.agreement)
        self.assertIn(self.service.display_name, action.name)
        joined = breaches[0] | breaches[1] | breaches[3]
        self.assertEqual(joined.action_id, action)
        self.assertFalse((breaches[2] | elsewhere).action_id)
        # no ticket is named: readers of actions need not see it
        for breach in joined:
            self.assertNotIn(breach.ticket_id.number, str(action.description))
        # explained again, or one more: the same action
        self._explain(breaches[3])
        self._explain(self._breach("03-23"))
        self.assertEqual(self._actions(), action)
        self.assertEqual(self.agreement.action_count, 1)

    def test_too_far_apart(self):
        """SLM-63: ten days and one second from first to last are too many."""
        breaches = [self._breach(day) for day in ("03-16", "03-17", "03-26")]
        guard.with_token(breaches[2]).breached_at += timedelta(seconds=1)
        for breach in breaches:
            self._explain(breach)
        self.assertFalse(self._actions())
        guard.with_token(breaches[2]).breached_at -= timedelta(seconds=1)
        self._explain(breaches[2])
        self.assertEqual(len(self._actions()), 1)

    def test_next_series(self):
        """SLM-63: when the action is closed, a new series proposes a new one."""
        for day in ("03-16", "03-17", "03-18"):
            self._explain(self._breach(day))
        first = self._actions()
        guard.with_token(first).write({"state": "cancelled"})
        self.env.flush_all()
        for day in ("03-19", "03-20"):
            self._explain(self._breach(day))
        self.assertEqual(self._actions(), first)
        self._explain(self._breach("03-23"))
        self.assertEqual(len(self._actions()), 2)

    def test_versions_and_batch(self):
        """SLM-63: versions of an agreement are one series; many at once, one action."""
        old = self._breach("03-16")
        agreement = self.agreement
        with self.at("2026-03-16 12:00"):
            action = agreement.action_new_version()
            self.agreement = self.env["itsm.agreement"].browse(action["res_id"])
            self.agreement.date_start = "2026-03-17"
            self.agreement.action_activate()
        new = self._breach("03-18") | self._breach("03-19")
        self.assertEqual(new.agreement_id, self.agreement)
        self._explain(old | new)
        self.assertEqual(len(self._actions()), 1)
        self.assertEqual((old | new).action_id, self._actions())

    def test_explained_anew(self):
        """SLM-63: with another cause a breach leaves its action, counts in the other
        series, and joins the old action again if that was right after all."""
        breaches = [
            self._breach(day)
            for day in ("03-16", "03-17", "03-18", "03-19", "03-20", "03-23")
        ]
        staff = self.env.ref("itsm_sla.itsm_breach_cause_staff")
        for breach in breaches[:4]:
            self._explain(breach)
        technical = self._actions()
        self.assertEqual(len(technical), 1)
        # one of four moves: no action of its own, none of the new cause
        self._explain(breaches[3], staff)
        self.assertFalse(breaches[3].action_id)
        self.assertIn("3 are left", str(technical.message_ids[0].body))
        # what joins the new cause does not join the action about the old one
        self._explain(breaches[4], staff)
        self.assertFalse(breaches[4].action_id)
        self.assertEqual(self._actions(), technical)
        self._explain(breaches[5], staff)
        people = self._actions() - technical
        self.assertEqual(len(people), 1)
        self.assertIn(staff.name, people.name)
        moved = breaches[3] | breaches[4] | breaches[5]
        self.assertEqual(moved.action_id, people)
        old = breaches[0] | breaches[1] | breaches[2]
        self.assertEqual(old.action_id, technical)
        # all of them leave: the action stays open, and takes them back
        self._explain(old, self.cause_force)
        self.assertFalse(old.action_id)
        self._explain(old)
        self.assertEqual(old.action_id, technical)
        self.assertEqual(self._actions(), technical | people)
        self.assertEqual(self.agreement.action_count, 2)

    def test_explained_anew_after_closing(self):
        """SLM-63: what was explained anew counts for a new series, though the old
        action is closed; an explanation that says the same does not."""
        breaches = [self._breach(day) for day in ("03-16", "03-17", "03-18")]
        for breach in breaches:
            self._explain(breach)
        first = self._actions()
        guard.with_token(first).write({"state": "cancelled"})
        for breach in breaches:
            self._explain(breach)
        self.assertEqual(self._actions(), first)
        staff = self.env.ref("itsm_sla.itsm_breach_cause_staff")
        for breach in breaches:
            self._explain(breach, staff)
        second = self._actions() - first
        self.assertEqual(len(second), 1)
        self.assertEqual((breaches[0] | breaches[1] | breaches[2]).action_id, second)

    def test_corrected_agreement(self):
        """SLM-63: a breach that a correction puts under another agreement leaves the
        action of the first; under another version of the same it stays."""
        breaches = [self._breach(day) for day in ("03-16", "03-17", "03-18")]
        for breach in breaches:
            self._explain(breach)
        action = self._actions()
        moved, kept = breaches[0], breaches[1]
        other = self._create_agreement(self.minutes, partner_id=self.customer.id)
        version = other.copy({"code": self.agreement.code})
        for breach, agreement in ((moved, other), (kept, version)):
            self.env.flush_all()
            self.cr.execute(
                "UPDATE itsm_clock SET agreement_id = %s WHERE id = %s",
                [agreement.id, breach.clock_id.id],
            )
        self.env.invalidate_all()
        model = self.env["itsm.breach"].with_context(itsm_clock_source=guard.CORRECTION)
        model._follow(clock_ids=(moved | kept).clock_id.ids)
        self.env.invalidate_all()
        self.assertEqual((moved.agreement_id, kept.agreement_id), (other, version))
        self.assertFalse(moved.action_id)
        self.assertEqual(kept.action_id, action)

    def test_series_not_forged(self):
        """SLM-63: which series an action is about is written by code only."""
        vals = {"name": "Mine", "breach_cause_id": self.cause.id}
        with self.assertRaises(UserError):
            self.env["itsm.action"].create(vals)

    def test_which_rule(self):
        """SLM-63: the rule of the agreement before that of everybody; none: nothing."""
        rule = self.env["itsm.breach.rule"].create(
            {"name": "Own", "agreement_id": self.agreement.id, "count": 2}
        )
        self.assertEqual(rule.company_id, self.company)
        for day in ("03-16", "03-17"):
            self._explain(self._breach(day))
        self.assertEqual(len(self._actions()), 1)
        self.env["itsm.breach.rule"].search([]).active = False
        for day in ("03-18", "03-19", "03-20"):
            self._explain(self._breach(day, self.offering))
        self.assertEqual(len(self._actions()), 1)

    def test_exempt_and_bad(self):
        """SLM-63: exempt tickets do not count; nonsense in a rule is refused."""
        breaches = [self._breach(day) for day in ("03-16", "03-17", "03-18")]
        with self.at("2026-03-19 10:00"):
            breaches[0].ticket_id.with_user(self.lead)._clock_set_exempt(True, "Drill")
        for breach in breaches:
            self._explain(breach)
        self.assertFalse(self._actions())
        ola = self._draft_agreement(self.minutes, kind="ola", team_id=self.team.id)
        with self.assertRaises(ValidationError):
            self.rule.agreement_id = ola
        with self.assertRaises(AccessError):
            self.rule.with_user(self.lead).write({"count": 4})


@tagged("post_install", "-at_install")
class TestBreachWarning(BreachCommon):
    """SLM-36: the customer is warned beforehand, and the time is kept once."""

    def _warn(self, ticket, wall, user=None):
        """Send the mail that the button proposes, as a person does."""
        with self.at(wall):
            action = ticket.with_user(user or self.agent).action_warn_customer()
            composer = (
                self.env["mail.compose.message"]
                .with_user(user or self.agent)
                .with_context(**action["context"])
                .create({})
            )
            self.assertIn(ticket.number, composer.subject)
            composer.action_send_mail()
            self.env.flush_all()
        self.env.invalidate_all()

    def test_by_hand(self):
        """SLM-36: warned at 14:00, late at 15:00: beforehand; a second mail changes
        nothing."""
        ticket = self._report(MON)
        self._warn(ticket, "2026-03-23 14:00")
        self.assertEqual(ticket.customer_warned_at, self.utc("2026-03-23 14:00"))
        self.assertIn(self.requester, ticket.message_ids[0].partner_ids)
        self._run_scheduler(LATE)
        self._warn(ticket, "2026-03-23 16:00")
        self.assertEqual(ticket.customer_warned_at, self.utc("2026-03-23 14:00"))
        breach = self._breaches(ticket)
        self.assertTrue(breach.warned_beforehand)
        self.assertEqual(breach.customer_warned_at, self.utc("2026-03-23 14:00"))

    def test_too_late(self):
        """SLM-36: warned after the promise was missed is not beforehand."""
        ticket = self._late_ticket()
        self._warn(ticket, "2026-03-23 18:30")
        breach = self._breaches(ticket)
        self.assertEqual(breach.customer_warned_at, self.utc("2026-03-23 18:30"))
        self.assertFalse(breach.warned_beforehand)

    def test_corrected(self):
        """SLM-36: whether it was beforehand follows a correction of the reported time,
        until the breach is explained."""
        ticket = self._late_ticket()  # late at 15:00
        self._warn(ticket, "2026-03-23 18:30")
        breach = self._breaches(ticket)
        self.assertFalse(breach.warned_beforehand)
        # Reported Monday 17:00: late on Tuesday at 12:00.
        self._correct(ticket, "2026-03-23 17:00")
        self.assertEqual(breach.breached_at, self.utc("2026-03-24 12:00"))
        self.assertTrue(breach.active and breach.warned_beforehand)
        self._correct(ticket, MON)
        self.assertFalse(breach.warned_beforehand)
        self._explain(breach)
        self._correct(ticket, "2026-03-23 17:00")
        self.assertEqual(breach.breached_at, self.utc("2026-03-24 12:00"))
        self.assertFalse(breach.warned_beforehand)

    def _correct(self, ticket, reported):
        vals = {"reported_at": self.utc(reported), "reported_reason": "Typed wrong"}
        self._write("2026-03-25 10:00", ticket, user=self.lead, **vals)
        self.env.invalidate_all()

    def test_language(self):
        """SLM-36: the mail is in the customer's language."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.requester.lang = "fr_FR"
        template = self.env.ref("itsm_sla.mail_template_customer_warning")
        template.with_context(lang="fr_FR").subject = "Demande {{ object.number }}"
        ticket = self._report(MON)
        self._warn(ticket, "2026-03-23 14:00")
        self.assertEqual(ticket.message_ids[0].subject, f"Demande {ticket.number}")

    def test_by_rule(self):
        """SLM-36: automatic warnings are off; by an escalation rule they are kept."""
        shipped = self.env.ref("itsm_sla.itsm_escalation_rule_warn_customer")
        self.assertFalse(shipped.active)
        action = self.agreement.action_view_warnings()
        self.assertEqual(action["context"]["default_agreement_ids"], self.agreement.ids)
        with self.at("2026-03-23 09:00"):
            self.env["itsm.escalation.rule"].create(
                {
                    "name": "Warn",
                    "agreement_ids": [Command.set(self.agreement.ids)],
                    "moment": "percent",
                    "percent": 75,
                    "warn_customer": True,
                    "company_id": self.company.id,
                }
            )
        ticket = self._report(MON)
        silent = self._report(MON, partner_id=self.requester_2.id)
        self.requester_2.email = False
        self._run_scheduler("2026-03-23 14:30")
        self.assertEqual(ticket.customer_warned_at, self.utc("2026-03-23 14:30"))
        self.assertFalse(silent.customer_warned_at)

    def test_not_forged(self):
        """SLM-36: neither a customer nor a note sets the time, nor does a write."""
        ticket = self._report(MON)
        warned = {"itsm_warn_customer": True}
        ticket.with_user(self.agent).with_context(**warned).message_post(
            body="Between us", subtype_xmlid="mail.mt_note"
        )
        ticket.sudo().with_user(self.portal_user).sudo().with_context(
            **warned
        ).message_post(
            body="Hurry up",
            author_id=self.requester.id,
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.requester.ids,
        )
        self.assertFalse(ticket.customer_warned_at)
        with self.assertRaises(AccessError):
            ticket.with_user(self.manager).write({"customer_warned_at": "2026-03-01"})

    def test_refused(self):
        """SLM-36: nothing to warn of after the end, and nobody without an address."""
        ticket = self._report(MON)
        self.requester.email = False
        with self.assertRaisesRegex(UserError, "address"):
            ticket.with_user(self.agent).action_warn_customer()
        self._move("2026-03-23 11:00", ticket, "resolved")
        with self.assertRaisesRegex(UserError, "over"):
            ticket.with_user(self.agent).action_warn_customer()


@tagged("post_install", "-at_install")
class TestBreachPareto(BreachCommon):
    """SLM-63: causes, the most frequent first, with their running share."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cause_staff = cls.env.ref("itsm_sla.itsm_breach_cause_staff")

    def setUp(self):
        super().setUp()
        causes = 4 * [self.cause_staff] + 2 * [self.cause] + [self.cause_force]
        for number, cause in enumerate([*causes, None, None]):
            ticket = self._report(
                MON, service_id=(self.service if number % 2 else self.offering).id
            )
            self._move("2026-03-23 16:00", ticket, "resolved")
            if cause:
                self._explain(self._breaches(ticket), cause)

    def _pareto(self, user=None, **vals):
        vals = {
            "date_from": "2026-01-31",
            "date_to": "2026-03-02",
            "agreement_ids": [Command.set(self.agreement.ids)],
            **vals,
        }
        return self.env["itsm.breach.pareto"].with_user(user or self.agent).create(vals)

    def test_table(self):
        """SLM-63: 4, 2, 1 and 2 not explained, of 9; percentages cut off.

        ============== ====== ======= ==========
        cause          number share   cumulative
        ============== ====== ======= ==========
        Too few people 4      44.4    44.4
        Technical      2      22.2    66.6
        Force majeure  1      11.1    77.7
        not explained  2      22.2    100
        ============== ====== ======= ==========
        """
        pareto = self._pareto()
        rows = [
            (line.cause_id, line.number, line.share, line.cumulative)
            for line in pareto.line_ids
        ]
        none = self.env["itsm.breach.cause"]
        self.assertEqual(
            rows,
            [
                (self.cause_staff, 4, 44.4, 44.4),
                (self.cause, 2, 22.2, 66.6),
                (self.cause_force, 1, 11.1, 77.7),
                (none, 2, 22.2, 100.0),
            ],
        )
        self.assertEqual(pareto.total, 9)
        self.assertEqual(pareto.line_ids[0].overrun_hours, 4)
        self.assertEqual(pareto.line_ids[3].cause_name, "Not explained")
        action = pareto.line_ids[1].action_view_breaches()
        self.assertEqual(len(self.env["itsm.breach"].search(action["domain"])), 2)
        action = pareto.line_ids[0].action_view_tickets()
        self.assertEqual(len(self.env["helpdesk.ticket"].search(action["domain"])), 4)

    def test_filters(self):
        """SLM-63: by month, service with its offerings, customer and leg."""
        for vals, total in (
            ({"date_to": "2026-02-28"}, 0),
            ({"service_ids": [Command.set(self.service.ids)]}, 9),
            ({"service_ids": [Command.set(self.offering.ids)]}, 5),
            ({"partner_ids": [Command.set(self.requester.ids)]}, 9),
            ({"partner_ids": [Command.set(self.customer_2.ids)]}, 0),
            ({"responsible": "none"}, 1),
            ({"metric": "response"}, 0),
        ):
            with self.subTest(vals=vals):
                self.assertEqual(self._pareto(**vals).total, total)
        pareto = self._pareto(date_to="2026-02-28")
        pareto.write({"date_to": "2026-03-31"})
        self.assertEqual(pareto.total, 9)

    def test_who(self):
        """SLM-63: what is counted is what the reader sees; his table is his own."""
        pareto = self._pareto()
        with self.assertRaises(AccessError):
            pareto.with_user(self.agent_2).read(["total"])
        for user in (self.employee, self.portal_user, self.helpdesk_user):
            with self.assertRaises(AccessError), self.cr.savepoint():
                self._pareto(user)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = self._create_user(
            "pareto-stranger",
            "itsm_base.itsm_group_agent",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertEqual(self._pareto(stranger, agreement_ids=False).total, 0)
