# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import suppress
from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..tools import guard
from .common import ItsmCommon

CODE = "test_rule"


@tagged("post_install", "-at_install")
class TestEnforcement(ItsmCommon):
    """Manners: off, record, warn, block from a date, with the list of findings."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["itsm.enforcement.rule"]
        cls.rule = cls.rules.create(
            {"code": CODE, "name": "Test rule", "description": "Stops tests."}
        )
        cls.company_2 = cls.env["res.company"].create({"name": "Second"})
        settings = cls.rule.setting_ids.grouped("company_id")
        cls.setting = settings[cls.company]
        cls.setting_2 = settings[cls.company_2]
        cls.tickets = cls._create_tickets(3)

    def _findings(self, **vals):
        domain = [("rule_id", "=", self.rule.id)]
        domain += [(name, "=", value) for name, value in vals.items()]
        return self.env["itsm.enforcement.finding"].search(domain, order="res_id")

    def _enforce(self, records=None, message="Mend it.", user=None, **kwargs):
        rules = self.rules.with_user(user or self.agent)
        records = self.tickets if records is None else records
        return rules._enforce(
            CODE, records.with_user(user or self.agent), message, **kwargs
        )

    # === Settings ===

    def test_defaults(self):
        """Manners: shipped as record; new companies get settings with the default."""
        self.assertEqual(self.setting.mode, "record")
        self.assertEqual(self.setting_2.mode, "record")
        strict = self.rules.create(
            {
                "code": "test_strict",
                "name": "Strict",
                "description": "x",
                "default_mode": "block",
            }
        )
        company = self.env["res.company"].create({"name": "Third"})
        setting = strict.setting_ids.filtered(lambda s: s.company_id == company)
        self.assertEqual(setting.mode, "block")
        self.assertEqual(
            len(strict.setting_ids), self.env["res.company"].search_count([])
        )

    def test_create_missing_twice(self):
        """Manners: making settings again changes nothing."""
        self.setting.mode = "off"
        self.assertFalse(self.env["itsm.enforcement.setting"]._create_missing())
        self.assertEqual(self.setting.mode, "off")

    def test_bad_input(self):
        """Issue 4, bad input: a day without block, another rule, twice the same."""
        with self.assertRaisesRegex(ValidationError, "Choose the mode Block"):
            self.setting.block_from = "2026-03-02"
        with self.assertRaisesRegex(UserError, "stay as they are"):
            self.setting.company_id = self.company_2
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.rules.create({"code": CODE, "name": "Again", "description": "x"})
        with self.assertRaisesRegex(ValueError, "no_such_rule"):
            self.rules._enforce("no_such_rule", self.tickets, "x")
        with self.assertRaisesRegex(UserError, "comes with an addon"):
            self.rule.unlink()

    def test_day_goes_with_block(self):
        """Manners: a rule that no longer blocks forgets its day."""
        self.setting.write({"mode": "block", "block_from": "2026-03-02"})
        self.setting.mode = "warn"
        self.assertFalse(self.setting.block_from)

    def test_tracked(self):
        """MS-29: who changed the mode and when is on the record."""
        self._flush_tracking()
        setting = self.setting.with_user(self.manager)
        setting.with_context(tracking_disable=False, mail_notrack=False).mode = "warn"
        self._flush_tracking()
        values = self.setting.message_ids.sudo().tracking_value_ids
        self.assertEqual(
            values.mapped(lambda v: (v.old_value_char, v.new_value_char)),
            [("Record", "Warn")],
        )

    def test_tracked_whatever_is_sent(self):
        """MS-29: a context key of a remote call does not hide who changed the mode."""
        self._flush_tracking()
        setting = self.setting.with_user(self.manager)
        setting.with_context(tracking_disable=True, mail_notrack=True).mode = "off"
        self._flush_tracking()
        values = self.setting.message_ids.sudo().tracking_value_ids
        self.assertEqual(values.new_value_char, "Off")

    # === Modes ===

    def test_off(self):
        """Manners: off finds nothing."""
        self.setting.mode = "off"
        self.assertFalse(self._enforce())
        self.assertFalse(self._findings())

    def test_record(self):
        """Manners: record stops and tells nobody, and lists what it would stop."""
        with patch.object(type(self.env["res.users"]), "_bus_send") as told:
            found = self._enforce(message=lambda ticket: f"Mend {ticket.id}")
        told.assert_not_called()
        self.assertEqual(found, self.tickets)
        findings = self._findings()
        self.assertRecordValues(
            findings,
            [
                {
                    "res_model": "helpdesk.ticket",
                    "res_id": ticket.id,
                    "record_name": ticket.display_name,
                    "company_id": self.company.id,
                    "user_id": self.agent.id,
                    "mode": "record",
                    "outcome": "recorded",
                    "message": f"Mend {ticket.id}",
                    "rule_code": CODE,
                }
                for ticket in self.tickets
            ],
        )
        self.assertEqual(self.setting.finding_count, 3)
        self.assertEqual(self.setting_2.finding_count, 0)
        action = self.setting.action_open_findings()
        self.assertEqual(
            self.env["itsm.enforcement.finding"].search(action["domain"]),
            self._findings().sorted("id", reverse=True),
        )
        self.assertEqual(findings[0].action_open_record()["res_id"], self.tickets[0].id)

    def test_warn(self):
        """Manners: warn lets it pass, tells the person once and lists it."""
        self.setting.mode = "warn"
        messages = {ticket.id: f"Mend {ticket.id}" for ticket in self.tickets}
        with patch.object(type(self.env["res.users"]), "_bus_send") as told:
            self._enforce(message=messages)
        told.assert_called_once()
        payload = told.call_args.args[1]
        for message in messages.values():
            self.assertIn(message, payload["message"])
        self.assertEqual(self._findings().mapped("outcome"), ["warned"] * 3)

    def test_warn_nobody(self):
        """Manners: nobody looks at the screen of the system or of a portal user."""
        self.setting.mode = "warn"
        with patch.object(type(self.env["res.users"]), "_bus_send") as told:
            for user in self.portal_user, self.env.ref("base.user_root"):
                rules = self.rules.with_user(user)
                rules._enforce(CODE, self.tickets[0].with_user(user), "Mend it.")
        told.assert_not_called()
        self.assertEqual(len(self._findings(outcome="warned")), 2)

    def test_block(self):
        """Manners: block says what is wrong and how to mend it."""
        self.setting.mode = "block"
        with self.assertRaisesRegex(UserError, "^Mend it.$"):
            self._enforce()

    def test_block_many(self):
        """Manners: an error of many records names some and counts the others."""
        self.setting.mode = "block"
        tickets = self._create_tickets(7)
        with self.assertRaises(UserError) as caught:
            self._enforce(tickets, message=lambda ticket: f"Mend <{ticket.id}>")
        text = str(caught.exception)
        self.assertEqual(text.count("Mend <"), 5)
        self.assertIn("2 more", text)
        with self.assertRaisesRegex(UserError, "^7 of them$"):
            self._enforce(tickets, summary=lambda found: f"{len(found)} of them")

    def test_from_a_date(self):
        """Manners: until the day, in the company's zone, the rule only warns."""
        self.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.setting.write({"mode": "block", "block_from": "2026-03-02"})
        # 1 March 23:59 in Shanghai is 15:59 UTC
        with freeze_time("2026-03-01 15:59:00"):
            self.assertEqual(self.rules._today(self.company), date(2026, 3, 1))
            self.assertEqual(self.setting.mode_now, "warn")
            self._enforce()
        self.assertEqual(self._findings().mapped("outcome"), ["warned"] * 3)
        self.setting.invalidate_recordset(["mode_now"])
        with freeze_time("2026-03-01 16:00:00"):
            self.assertEqual(self.setting.mode_now, "block")
            with self.assertRaises(UserError):
                self._enforce()

    # === What is kept although the transaction ends ===

    def _other_transaction(self, work):
        """Run *work* in a transaction of its own that ends with its error."""
        self.setting.mode = "block"
        ticket_id = self.tickets[0].id
        with self.enter_registry_test_mode():
            with suppress(UserError), self.registry.cursor() as cr:
                env = self.env(cr=cr, user=self.agent.id)
                work(env, env["helpdesk.ticket"].browse(ticket_id))
        return self._findings()

    def test_blocked_is_kept(self):
        """MS-29: what was blocked is kept although the transaction rolls back."""

        def work(env, ticket):
            ticket.name = "Lost"
            env["itsm.enforcement.rule"]._enforce(CODE, ticket, "Mend it.")

        findings = self._other_transaction(work)
        self.assertRecordValues(
            findings,
            [
                {
                    "res_id": self.tickets[0].id,
                    "outcome": "blocked",
                    "mode": "block",
                    "message": "Mend it.",
                    "user_id": self.agent.id,
                }
            ],
        )
        self.assertEqual(self.tickets[0].name, "Test ticket")

    def test_blocked_is_kept_once(self):
        """MS-29: once per blocking, also if the transaction rolls back twice."""

        def work(env, ticket):
            with suppress(UserError):
                env["itsm.enforcement.rule"]._enforce(CODE, ticket, "Mend it.")
            env.cr.rollback()
            env.cr.rollback()

        self.assertEqual(len(self._other_transaction(work)), 1)

    def test_tried_twice(self):
        """MS-29: once for each record, however often a transaction tries."""
        other_id = self.tickets[1].id

        def work(env, ticket):
            rules = env["itsm.enforcement.rule"]
            for records in ticket | ticket.browse(other_id), ticket:
                with suppress(UserError):
                    rules._enforce(CODE, records, "Mend it.")
            env.cr.rollback()

        findings = self._other_transaction(work)
        self.assertEqual(findings.mapped("res_id"), self.tickets[:2].ids)

    def test_caught_and_committed(self):
        """MS-29: kept also if somebody catches the error and goes on (a run, mail)."""
        self.setting.mode = "block"
        with suppress(UserError):
            self._enforce(self.tickets[0])
        # the test's transaction never commits: what a commit would do
        funcs = list(self.cr.postcommit._funcs)
        with self.enter_registry_test_mode():
            funcs[-1]()
        self.assertEqual(self._findings().mapped("outcome"), ["blocked"])

    def test_one_lost_finding(self):
        """MS-29: a finding that cannot be written does not take the others along."""

        def work(env, ticket):
            # a company that goes with the transaction
            company = env["res.company"].sudo().create({"name": "Never"})
            rules = env["itsm.enforcement.rule"]
            # sudo: as the code of an addon
            rule = rules.sudo().search([("code", "=", CODE)])
            rule.setting_ids.mode = "block"
            with suppress(UserError):
                rules.with_company(company)._enforce(
                    CODE, env["res.partner"].browse(ticket.partner_id.id), "Mend it."
                )
            rules._enforce(CODE, ticket, "Mend it.")

        logger = "odoo.addons.itsm_base.models.itsm_enforcement_rule"
        with self.assertLogs(logger, "ERROR"), mute_logger("odoo.sql_db"):
            findings = self._other_transaction(work)
        self.assertEqual(findings.mapped("res_id"), self.tickets[0].ids)

    def test_lost_finding_hurts_nobody(self):
        """MS-29: if the finding cannot be written, the person is still just stopped."""

        def work(env, ticket):
            env["itsm.enforcement.rule"]._enforce(CODE, ticket, "Mend it.")
            self.fail("not blocked")

        model = type(self.env["itsm.enforcement.finding"])
        logger = "odoo.addons.itsm_base.models.itsm_enforcement_rule"
        with (
            patch.object(model, "create", side_effect=ZeroDivisionError),
            self.assertLogs(logger, "ERROR"),
        ):
            self.assertFalse(self._other_transaction(work))

    # === Companies, history, batch ===

    def test_company_of_each_record(self):
        """Manners: each record's company decides."""
        self.setting.mode = "off"
        other = self.tickets[0].copy(
            {"company_id": self.company_2.id, "team_id": False}
        )
        found = self.rules._enforce(CODE, self.tickets | other, "Mend it.")
        self.assertEqual(found, other)
        self.assertEqual(self._findings().company_id, self.company_2)
        # without a company of its own: the present one
        self.assertFalse(self.rules._enforce(CODE, self.customer, "Mend it."))
        rules = self.rules.with_company(self.company_2)
        self.assertTrue(rules._enforce(CODE, self.customer, "Mend it."))

    def test_history_is_silent(self):
        """Manners: imported tickets are left alone, also while the rule blocks."""
        self.setting.mode = "block"
        ticket = guard.with_token(self.env["helpdesk.ticket"]).create(
            self._ticket_vals(is_history=True)
        )
        self.assertFalse(self._enforce(ticket))
        self.assertFalse(self._findings())

    def test_installing_is_silent(self):
        """Manners: what comes with an installation is left alone."""
        self.setting.mode = "block"
        with patch.object(self.registry, "ready", False):
            self.assertFalse(self._enforce())

    def test_query_count(self):
        """Issue 4, Speed: the queries do not grow with the batch."""
        counts = []
        for number in 2, 20, 20:
            tickets = self._create_tickets(number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._enforce(tickets)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[2], counts[0])

    # === Who may do what ===

    def test_rights(self):
        """MS-29: managers choose, leads see, agents see their own; nobody edits."""
        self._enforce(self.tickets[0])
        self._enforce(self.tickets[1], user=self.agent_2)
        findings = self._findings()
        model = self.env["itsm.enforcement.finding"]
        domain = [("rule_id", "=", self.rule.id)]
        self.assertEqual(len(model.with_user(self.lead).search(domain)), 2)
        self.assertEqual(model.with_user(self.agent).search(domain).user_id, self.agent)
        for user in self.portal_user, self.employee, self.helpdesk_user:
            with self.assertRaises(AccessError):
                model.with_user(user).search(domain)
            with self.assertRaises(AccessError):
                self.setting.with_user(user).read(["mode"])
        for user in self.agent, self.lead:
            with self.assertRaises(AccessError):
                self.setting.with_user(user).mode = "off"
        with self.assertRaises(AccessError):
            self.setting.with_user(self.manager).unlink()
        for target in findings.with_user(self.manager), findings.sudo():
            with self.assertRaises(AccessError):
                target.write({"message": "Nothing happened"})
            with self.assertRaises(AccessError):
                target.unlink()
        with self.assertRaises(AccessError):
            model.with_user(self.manager).create(
                {
                    "rule_code": CODE,
                    "company_id": self.company.id,
                    "res_model": "helpdesk.ticket",
                    "res_id": 1,
                    "user_id": self.agent.id,
                    "time": "2026-03-02",
                    "mode": "block",
                    "outcome": "blocked",
                }
            )

    def test_other_company(self):
        """Manners: settings and findings of another company are invisible."""
        rules = self.rules.with_company(self.company_2)
        rules._enforce(CODE, self.customer, "Mend it.")
        model = self.env["itsm.enforcement.finding"]
        self.assertFalse(
            model.with_user(self.manager).search([("rule_id", "=", self.rule.id)])
        )
        with self.assertRaises(AccessError):
            self.setting_2.with_user(self.manager).mode = "off"

    def test_uninstalled(self):
        """Manners: the addon of a rule goes; what the rule found stays, by its code."""
        self._enforce()
        findings = self._findings()
        self.rule.with_context(_force_unlink=True).unlink()
        self.env.invalidate_all()
        self.assertEqual(findings.exists().mapped("rule_code"), [CODE] * 3)
        self.assertFalse(findings.rule_id)
        # installed again, it has its list again
        again = self.rules.create(
            {"code": CODE, "name": "Test rule", "description": "Stops tests."}
        )
        self.assertEqual(findings.rule_id, again)

    def test_gone_record(self):
        """Issue 4, bad input: the record of a finding was deleted."""
        partner = self.env["res.partner"].create({"name": "Gone"})
        self.rules._enforce(CODE, partner, "Mend it.")
        partner.unlink()
        with self.assertRaisesRegex(UserError, "Gone does not exist any more"):
            self._findings().action_open_record()

    def test_archive_open_ticket(self):
        """Manners, design 2: an open ticket that is archived is found; or stopped."""
        code = "archive_open_ticket"
        closed, first, second = self.tickets
        closed.stage_id = self.stage_closed
        (closed | first).with_user(self.manager).active = False
        found = self.env["itsm.enforcement.finding"].search([("rule_code", "=", code)])
        self.assertEqual(found.mapped("res_id"), first.ids)
        self.assertIn(first.number, found.message)
        rule = self.rules.search([("code", "=", code)])
        rule.setting_ids.mode = "block"
        with self.assertRaisesRegex(ValidationError, "cancel it with a reason"):
            second.with_user(self.manager).active = False
