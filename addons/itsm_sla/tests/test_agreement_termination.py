# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import date, datetime

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .signing_common import SigningCommon

MON = "2026-03-23 10:00"
#: The end of Tuesday the 24th in Paris, in winter time.
MIDNIGHT = datetime(2026, 3, 24, 23, 0)


class TerminationCommon(SigningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreement.notice_days = 0

    def _ask(self, wall=MON, user=None, agreement=None, **vals):
        terminations = self.env["itsm.agreement.termination"]
        with self.at(wall):
            termination = terminations.with_user(user or self.lead).create(
                {
                    "agreement_id": (agreement or self.agreement).id,
                    "reason": "The shops are closed.",
                    "last_day": "2026-03-24",
                    **vals,
                }
            )
        return termination.with_env(self.env)

    def _approve(self, termination, wall="2026-03-23 11:00", user=None):
        with self.at(wall):
            termination.with_user(user or self.sla_manager).action_approve()

    def _cron(self, wall):
        with self.at(wall), self.enter_registry_test_mode():
            self.env.ref("itsm_sla.ir_cron_termination").method_direct_trigger()
        self.env.invalidate_all()

    def _told(self, termination):
        logs = self.env["itsm.notification.log"].search(
            [
                ("res_model", "=", termination._name),
                ("res_id", "in", termination.ids),
                ("outcome", "in", ("sent", "waiting", "digest")),
            ]
        )
        return {(log.event_code, log.partner_id) for log in logs}


@tagged("post_install", "-at_install")
class TestAgreementTermination(TerminationCommon):
    """An agreement ends: asked for, decided, over with its last day (SLM-27)."""

    def test_whole_way(self):
        """SLM-27: asked for by a lead, approved, in force to the last minute of the
        last day, then terminated: clocks stopped at that midnight, not later."""
        self.agreement.action_activate()
        before = self._report("2026-03-23 10:30", service_id=self.service.id)
        termination = self._ask()
        self.assertEqual(termination.requested_by_id, self.lead)
        self.assertEqual(termination.requested_on, date(2026, 3, 23))
        self.assertFalse(self.agreement.is_ending)
        owner = self.sla_manager.partner_id
        self.assertIn(
            ("agreement_termination_requested", owner), self._told(termination)
        )
        self._approve(termination)
        self.assertEqual(termination.state, "approved")
        self.assertEqual(termination.decided_by_id, self.sla_manager)
        self.assertIn(
            ("agreement_termination_decided", self.lead.partner_id),
            self._told(termination),
        )
        self.assertEqual(self.agreement.state, "active")
        self.assertTrue(self.agreement.is_ending)
        self.assertIn(self.agreement, self.agreement.search([("is_ending", "=", True)]))
        self.assertEqual(self.agreement.terminated_on, date(2026, 3, 24))
        self.assertEqual(self.agreement.terminated_at, MIDNIGHT)
        last = self._report("2026-03-24 17:00", service_id=self.service.id)
        self.assertEqual(last.agreement_id, self.agreement)
        self._cron("2026-03-24 23:59")
        self.assertEqual(self.agreement.state, "active")
        # It is over, although nobody has said so yet.
        late = self._report("2026-03-25 00:01", service_id=self.service.id)
        self.assertFalse(late.agreement_id)
        self._cron("2026-03-25 09:10")
        self.assertEqual(self.agreement.state, "terminated")
        self.assertEqual(self.agreement.terminated_on, date(2026, 3, 24))
        self.assertEqual(self.agreement.terminated_at, MIDNIGHT)
        self.assertEqual(termination.state, "terminated")
        self.assertEqual(termination.decided_by_id, self.sla_manager, "not the robot")
        for ticket in (before, last):
            clocks = self._clocks(ticket)
            self.assertEqual(clocks.phase, "cancelled")
            self.assertEqual(clocks.stopped_at, MIDNIGHT)
            self.assertFalse(ticket.clock_deadline)
        # Reported Monday 10:30, due 15:30: late before the end, which stands.
        self.assertEqual(self._clocks(before).breached_at, self.utc("2026-03-23 15:30"))
        self.assertFalse(self._clocks(last).breached_at)
        self.assertIn(("agreement_terminated", owner), self._told(termination))

    def test_notice(self):
        """SLM-27: notice that is not kept is said, and stopped where the company
        wants it; so is the day until which it was agreed."""
        self.agreement.write({"notice_days": 90, "date_end": "2026-12-31"})
        self.agreement.action_activate()
        # by hand: 8 days left of March, 30, 31, and 21 of June are 90
        termination = self._ask(last_day="2026-06-20")
        self.assertTrue(termination.is_short_notice)
        self.assertIn("2026-06-21", termination.notice_text)
        self.assertIn("2026-12-31", termination.notice_text)
        self._mode("agreement_termination_notice", "block")
        with self.assertRaisesRegex(ValidationError, "2026-06-21"):
            self._approve(termination)
        self.assertEqual(termination.state, "requested")
        with self.at(MON):
            termination.with_user(self.lead).last_day = "2026-06-21"
        self.assertFalse(termination.is_short_notice)
        self._approve(termination)
        self.assertEqual(self.agreement.terminated_on, date(2026, 6, 21))

    def test_short_notice_is_recorded(self):
        """SLM-27: by default it is done, and found."""
        self.agreement.notice_days = 90
        self.agreement.action_activate()
        termination = self._ask()
        before = self._findings("agreement_termination_notice")
        self._approve(termination)
        self.assertEqual(
            len(self._findings("agreement_termination_notice") - before), 1
        )

    def test_own_request(self):
        """SLM-27: not the one who asked decides, where the rule says so."""
        self.agreement.action_activate()
        termination = self._ask(user=self.sla_manager)
        self._mode("agreement_termination_own", "block")
        with self.assertRaisesRegex(ValidationError, "by yourself"):
            self._approve(termination)
        self._approve(termination, user=self.manager)
        self.assertEqual(termination.decided_by_id, self.manager)

    def test_signed_needs_authority(self):
        """SLM-27, SLM-74: what is signed is ended by who could sign it; the direct
        button is for the same people."""
        self._sign_all()
        self.agreement.action_activate()
        termination = self._ask()
        for user in (self.maintainer, self.director, self.lead, self.agent):
            with self.subTest(user=user.login):
                self.assertFalse(self.agreement.with_user(user).can_terminate)
                with self.assertRaises(AccessError):
                    self._approve(termination, user=user)
                with self.assertRaises(AccessError):
                    self.agreement.with_user(user).action_terminate()
        self.assertTrue(self.agreement.with_user(self.sla_manager).can_terminate)
        self.authorities[0].active = False
        less = self.authorities.create(
            self._authority_vals(self.sla_manager, amount_max=7999)
        )
        self.env.invalidate_all()
        self.assertFalse(self.agreement.with_user(self.sla_manager).can_terminate)
        with self.assertRaises(AccessError):
            self._approve(termination)
        less.amount_max = 8000
        self._approve(termination)

    def test_terminated_at_once(self):
        """SLM-27: the direct button closes what was asked for."""
        self.agreement.action_activate()
        termination = self._ask(last_day="2026-06-30")
        self._approve(termination)
        with self.at("2026-03-25 12:00"):
            self.agreement.with_user(self.sla_manager).action_terminate()
        self.assertEqual(self.agreement.terminated_on, date(2026, 3, 25))
        self.assertEqual(self.agreement.terminated_at, self.utc("2026-03-25 12:00"))
        self.assertEqual(termination.state, "terminated")
        self._cron("2026-07-01 12:00")
        self.assertEqual(self.agreement.terminated_on, date(2026, 3, 25))

    def test_refused(self):
        """SLM-27: refused with a reason only; it stays in force."""
        self.agreement.action_activate()
        termination = self._ask()
        with self.assertRaisesRegex(UserError, "reason"):
            termination.with_user(self.sla_manager).action_refuse()
        termination.with_user(self.sla_manager).decision_note = "Until the year ends."
        termination.with_user(self.sla_manager).action_refuse()
        self.assertEqual(termination.state, "refused")
        self.assertFalse(self.agreement.terminated_on)
        with self.assertRaisesRegex(UserError, "refused"):
            self._approve(termination)
        with self.assertRaisesRegex(UserError, "kept as it was"):
            termination.with_user(self.sla_manager).decision_note = "Never said."
        self._ask()  # another one can be asked for

    def test_withdrawn(self):
        """SLM-27: who asked withdraws what waits; what is approved needs the right.

        The agreement and its supplements stay in force then, but for a supplement
        whose own end is approved.
        """
        self.agreement.action_activate()
        kept, ending = (
            self._signable(
                name=name,
                base_agreement_id=self.agreement.id,
                service_ids=[Command.create({"name": name, "state": "live"})],
            )
            for name in ("Printing", "Scanning")
        )
        (kept | ending).notice_days = 0
        (kept | ending).action_activate()
        self._ask(user=self.lead).with_user(self.lead).action_withdraw()
        own = self._ask(agreement=ending, last_day="2026-09-30")
        self._approve(own)
        termination = self._ask(last_day="2026-06-30")
        for name in (kept.display_name, ending.display_name):
            self.assertIn(name, termination.effects_text)
        self._approve(termination)
        for agreement in (self.agreement, kept, ending):
            self.assertEqual(agreement.terminated_on, date(2026, 6, 30))
        with self.assertRaises(AccessError):
            termination.with_user(self.lead).action_withdraw()
        termination.with_user(self.sla_manager).action_withdraw()
        self.assertEqual(termination.state, "withdrawn")
        self.assertFalse((self.agreement | kept).filtered("terminated_on"))
        self.assertFalse((self.agreement | kept).filtered("terminated_at"))
        self.assertEqual(ending.terminated_on, date(2026, 9, 30))
        self._cron("2026-10-01 12:00")
        self.assertEqual(ending.state, "terminated")
        self.assertEqual(self.agreement.state, "active")

    def test_supplements_end_with_it(self):
        """SLM-27: together, once, with the same last day."""
        self.agreement.action_activate()
        supplement = self._signable(
            name="Printing",
            base_agreement_id=self.agreement.id,
            service_ids=[Command.create({"name": "Printing", "state": "live"})],
        )
        supplement.action_activate()
        self._approve(self._ask())
        self._cron("2026-03-25 09:00")
        for agreement in (self.agreement, supplement):
            self.assertEqual(agreement.state, "terminated")
            self.assertEqual(agreement.terminated_at, MIDNIGHT)

    def test_supplements_of_versions(self):
        """SLM-27, SLM-73: a supplement to the version before goes on under this one,
        ends with it, and stays in force when its end is withdrawn."""
        self.agreement.action_activate()
        supplement = self._signable(
            name="Printing",
            base_agreement_id=self.agreement.id,
            service_ids=[Command.create({"name": "Printing", "state": "live"})],
        )
        supplement.action_activate()
        with self.at("2026-03-20 10:00"):
            action = self.agreement.with_user(self.sla_manager).action_new_version()
            version = self.agreement.browse(action["res_id"])
            version.date_start = date(2026, 3, 20)
            version.action_activate()
        self.env.invalidate_all()
        termination = self._ask(agreement=version, last_day="2026-06-30")
        self.assertIn(supplement.display_name, termination.effects_text)
        self._approve(termination)
        self.assertEqual(supplement.terminated_on, date(2026, 6, 30))
        with self.at("2026-03-23 12:00"):
            termination.with_user(self.sla_manager).action_withdraw()
        self.assertFalse((version | supplement).filtered("terminated_on"))
        self._approve(self._ask(agreement=version))
        self._cron("2026-03-25 09:00")
        for agreement in (version, supplement):
            self.assertEqual(agreement.state, "terminated")
            self.assertEqual(agreement.terminated_at, MIDNIGHT)

    def test_leg_is_lost(self):
        """SLM-22, SLM-27: the end of an OLA names the SLAs that lose a leg, and from
        the approval on the chain has a gap from the day after."""
        ola = self._create_agreement(
            {"2": (60, 120)},
            name="Line 1",
            kind="ola",
            team_id=self.team.id,
            notice_days=0,
        )
        self.agreement.support_ids = [Command.create({"supporting_id": ola.id})]
        self.agreement.target_ids.filtered(lambda t: t.priority != "2").unlink()
        self.agreement.action_activate()
        with self.at(MON):
            self.agreement._chain_check()
        self.env.invalidate_all()
        self.assertFalse(
            self.agreement.gap_ids.filtered(lambda gap: gap.what == "validity")
        )
        termination = self._ask(agreement=ola, last_day="2026-05-31")
        self.assertIn(self.agreement.display_name, termination.effects_text)
        self._approve(termination)
        self.assertTrue(self.agreement.chain_stale)
        with self.at("2026-03-23 12:00"):
            self.agreement._chain_check()
        self.env.invalidate_all()
        gaps = self.agreement.gap_ids.filtered(lambda gap: gap.what == "validity")
        self.assertEqual(set(gaps.mapped("uncovered_from")), {date(2026, 6, 1)})

    def test_successor(self):
        """SLM-27: for the time after the last day another agreement can be put in
        force; for the last day itself it cannot."""
        self.agreement.action_activate()
        self._approve(self._ask())
        with self.at(MON):
            early = self._signable(name="Next", date_start="2026-03-24")
            with self.assertRaisesRegex(UserError, "is in force for the same"):
                early.action_activate()
            early.date_start = "2026-03-25"
            early.action_activate()
        self.assertEqual(
            self._report("2026-03-24 12:00", service_id=self.service.id).agreement_id,
            self.agreement,
        )
        self.assertEqual(
            self._report("2026-03-25 12:00", service_id=self.service.id).agreement_id,
            early,
        )

    def test_bad_input(self):
        """SLM-27: a day that is over, a draft, the wrong contact, twice."""
        with (
            self.assertRaisesRegex(ValidationError, "not in force"),
            self.cr.savepoint(),
        ):
            self._ask()
        self.agreement.action_activate()
        with self.assertRaisesRegex(ValidationError, "2026-03-23"), self.cr.savepoint():
            self._ask(last_day="2026-03-22")
        with self.assertRaisesRegex(ValidationError, "Said by"), self.cr.savepoint():
            self._ask(side="other", partner_id=self.customer_2.id)
        termination = self._ask(side="other", partner_id=self.requester.id)
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._ask()
        # Nobody decided in time.
        with self.assertRaisesRegex(ValidationError, "2026-03-25"), self.cr.savepoint():
            self._approve(termination, "2026-03-25 08:00")

    def test_access(self):
        """SLM-27: agents read; nobody writes what the buttons note, or deletes."""
        self.agreement.action_activate()
        with self.assertRaises(AccessError):
            self._ask(user=self.agent)
        termination = self._ask()
        self.assertTrue(termination.with_user(self.agent).reason)
        for user in (self.helpdesk_user, self.portal_user, self.employee):
            with self.assertRaises(AccessError):
                termination.with_user(user).read(["reason"])
        with self.assertRaises(AccessError):
            termination.with_user(self.agent).action_withdraw()
        as_manager = termination.with_user(self.sla_manager)
        for vals in (
            {"state": "approved"},
            {"decided_by_id": self.sla_manager.id},
            {"requested_by_id": self.agent.id},
            {"requested_on": "2020-01-01"},
            {"reason": "Other"},
            {"agreement_id": self.agreement.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                as_manager.write(vals)
        with self.assertRaises(UserError):
            self._ask(user=self.sla_manager, state="approved")
        with self.assertRaises(UserError):
            termination.unlink()
        other = self.env["res.company"].create({"name": "Other company"})
        theirs = new_test_user(
            self.env,
            login="itsm-other-sla-manager",
            groups="itsm_sla.itsm_group_sla_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        foreign = self.env["itsm.agreement.termination"].with_user(theirs)
        self.assertFalse(foreign.search([]))
        with self.assertRaises(AccessError):
            foreign.browse(termination.id).action_approve()
        free = self._create_agreement(partner_id=self.customer_2.id)
        with self.assertRaises(AccessError):
            self._ask(user=theirs, agreement=free)


@tagged("post_install", "-at_install")
class TestTerminationPortal(TerminationCommon, HttpCase):
    """A named signer gives notice in the portal; nobody else (SLM-27, SLM-68)."""

    def _post(self, **data):
        url = f"/my/agreements/{self.agreement.id}/terminate"
        page = self.url_open(url)
        token = page.text.split('name="csrf_token"')[1].split('value="')[1]
        return self.url_open(
            url, {"csrf_token": token.split('"')[0], **data}, allow_redirects=False
        )

    @mute_logger("odoo.http")
    def test_notice(self):
        """Only of a signed agreement in force; the request is his own."""
        self._sign_all()
        url = f"/my/agreements/{self.agreement.id}/terminate"
        self.authenticate("itsm-portal", "itsm-portal")
        self.assertEqual(self.url_open(url).status_code, 404, "not in force")
        self.agreement.action_activate()
        self.assertIn(url, self.url_open(f"/my/agreements/{self.agreement.id}").text)
        self.assertIn('name="reason"', self.url_open(url).text)
        script = "<script>alert('notice')</script>"
        answer = self._post(last_day="never", reason=script)
        self.assertIn("enter a day", answer.text)
        self.assertNotIn(script, answer.text)
        self.assertIn("enter why", self._post(last_day="2030-01-31", reason="").text)
        long = self._post(last_day="2030-01-31", reason="x" * 10001)
        self.assertIn("enter why", long.text)
        past = self._post(last_day="2020-01-31", reason="Late")
        self.assertIn("or a later day", past.text)
        self.assertFalse(self.agreement.termination_ids)
        answer = self._post(last_day="2030-01-31", reason=script, state="approved")
        self.assertEqual(answer.status_code, 303)
        self.env.invalidate_all()
        termination = self.agreement.termination_ids
        self.assertRecordValues(
            termination,
            [
                {
                    "state": "requested",
                    "side": "other",
                    "partner_id": self.requester.id,
                    "requested_by_id": self.portal_user.id,
                    "reason": script,
                    "last_day": date(2030, 1, 31),
                }
            ],
        )
        self.assertEqual(self.url_open(url).status_code, 404, "once")
        self.agreement.invalidate_recordset()
        termination.decision_note = "Let us talk."
        termination.with_user(self.sla_manager).action_refuse()
        page = self.url_open(f"/my/agreements/{self.agreement.id}").text
        self.assertIn("Let us talk.", page)
        self.assertIn(
            ("agreement_termination_decided", self.requester), self._told(termination)
        )
        self.authenticate("itsm-portal-2", "itsm-portal-2")
        self.assertEqual(self.url_open(url).status_code, 404)
        portal = termination.with_user(self.portal_user)
        self.assertEqual(portal.state, "refused")
        with self.assertRaises(AccessError):
            portal.write({"reason": "Other"})
        with self.assertRaises(AccessError):
            portal.read(["effects_text"])
        with self.assertRaises(AccessError):
            termination.with_user(self.portal_user_2).read(["state"])
