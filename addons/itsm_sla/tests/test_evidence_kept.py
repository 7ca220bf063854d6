# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.itsm_base.tools import guard

from .common import SlaCommon

MON = "2026-03-23 10:00"


@tagged("post_install", "-at_install")
class TestEvidenceKept(SlaCommon):
    """Issue 4, Evidence and privacy: what this addon adds to it."""

    def test_archived_instead_of_deleted(self):
        """MS-29: what a log or an agreement refers to is not deleted."""
        agreement = self._create_agreement()
        ticket = self._report(MON, service_id=self.service.id)
        self._write(MON, ticket, service_id=self.offering.id)
        # the ticket has another service now; its log still names the first
        for record, message in (
            (agreement, "archive it instead"),
            (self.service, "Archive it instead"),
            (self.pause_reason, "Archive it instead"),
            (ticket, "archive or cancel it"),
        ):
            with (
                self.subTest(record=record),
                self.assertRaisesRegex(UserError, message),
            ):
                record.sudo().unlink()
        draft = agreement.copy()
        draft.unlink()
        self.assertFalse(draft.exists())

    def test_uninstall_counts(self):
        """Manners: logs, clocks and agreements are named before they are lost."""
        self._create_agreement()
        ticket = self._report(MON)
        self.assertTrue(ticket.clock_ids)
        module = self.env["ir.module.module"].search([("name", "=", "itsm_sla")])
        wizard = self.env["base.module.uninstall"].create(
            {"module_ids": [Command.set(module.ids)]}
        )
        rows = dict(wizard._itsm_lost_records())
        for name in "itsm.ticket.event", "itsm.clock", "itsm.agreement":
            model = self.env[name].with_context(active_test=False)
            label = self.env["ir.model"]._get(name).name
            self.assertEqual(rows[label], model.search_count([]))
        # what stays is not named: services are of the other addon
        self.assertNotIn(self.env["ir.model"]._get("itsm.service").name, rows)

    def test_anonymised_clocks_stay(self):
        """GDPR 17: the person goes; clocks, log and counts stay as they were."""
        self._create_agreement()
        ticket = self._report(MON, partner_id=self.requester.id)
        self._move("2026-03-23 15:30", ticket, "closed")
        clocks = ticket.clock_ids
        log = self._log(ticket)
        names = ["phase", "used_seconds", "deadline", "breached_at", "started_at"]
        before = clocks.read(names), log.read(["what", "time", "user_id"])
        report = self.env["itsm.clock.report"].search_count([])
        links = self.env["itsm.history.import"].create({"name": "x"})
        self.env["itsm.history.import.ticket"].create(
            {
                "import_id": links.id,
                "company_id": self.company.id,
                "ticket_id": ticket.id,
                "number": "A1",
                "action": "extended",
            }
        )
        person = self.requester.name
        rows = self.env["itsm.history.import.row"].create(
            [
                {
                    "import_id": links.id,
                    "row": 1,
                    "number": number,
                    "time": "2026-03-23",
                    "content": {"caller": f'"{person}"', "n": 1},
                }
                for number in ("A1", "A2")
            ]
        )
        line = self.env["itsm.history.import.line"].create(
            {
                "import_id": links.id,
                "number": "A1",
                "level": "info",
                "reason": f"Not known: {person}",
                "text": person,
            }
        )
        record = (
            self.env["itsm.anonymisation"]
            .with_user(self.manager)
            .create({"partner_id": self.requester.id, "reason": "Asked for"})
        )
        record.action_start()
        alias = f"Anonymised person {self.requester.id}"
        self.assertEqual(self.requester.name, alias)
        after = clocks.read(names), log.read(["what", "time", "user_id"])
        self.assertEqual(after, before)
        self.assertEqual(log.partner_id, self.requester)
        self.assertEqual(self.env["itsm.clock.report"].search_count([]), report)
        self.assertEqual(rows[0].content, {"caller": f'"{alias}"', "n": 1})
        self.assertEqual(rows[1].content, {"caller": f'"{person}"', "n": 1})
        self.assertEqual((line.reason, line.text), (f"Not known: {alias}", alias))

    def test_words_in_the_log(self):
        """GDPR 17: reasons in the log and remarks of alerts lose the name, not more."""
        self._create_agreement()
        ticket = self._report(MON, partner_id=self.requester.id)
        other = self._report(MON, partner_id=self.customer.id)
        self._move("2026-03-23 15:30", ticket | other, "closed")
        person = self.requester.name
        alias = f"Anonymised person {self.requester.id}"
        rows = self._log(ticket)[:1] | self._log(other)[:1]
        # as a reason that was given with a late change: rows are never written
        self.cr.execute(
            "UPDATE itsm_ticket_event SET note = %s WHERE id = ANY(%s)",
            [f"{person} asked for it", rows.ids],
        )
        rows.invalidate_recordset()
        ticket.agreed_action = f"Call {person}"
        clocks = ticket.clock_ids[:1] | other.clock_ids[:1]
        rule = self.env["itsm.escalation.rule"].search([], limit=1)
        alerts = guard.with_token(self.env["itsm.clock.alert"]).create(
            [
                {
                    "clock_id": clock.id,
                    "ticket_id": clock.ticket_id.id,
                    "rule_id": rule.id,
                    "level": "at_risk",
                    "time": "2026-03-23 11:00:00",
                    "outcome": "told",
                    "note": f"Told about {person}",
                }
                for clock in clocks
            ]
        )
        record = (
            self.env["itsm.anonymisation"]
            .with_user(self.manager)
            .create({"partner_id": self.requester.id, "reason": "Asked for"})
        )
        record.action_start()
        self.assertEqual(
            rows.mapped("note"), [f"{alias} asked for it", f"{person} asked for it"]
        )
        self.assertEqual(
            alerts.mapped("note"), [f"Told about {alias}", f"Told about {person}"]
        )
        self.assertEqual(ticket.agreed_action, f"Call {alias}")

    def test_personal_models(self):
        """Issue 4: exports of clocks, alerts, the log and the report are logged."""
        log = self.env["itsm.export.log"]
        for name in (
            "itsm.clock",
            "itsm.clock.alert",
            "itsm.clock.report",
            "itsm.ticket.event",
            "helpdesk.ticket",
        ):
            self.assertTrue(log._is_personal(name), name)
        self.assertFalse(log._is_personal("itsm.agreement"))

    def test_retention_of_replays(self):
        """Issue 4: replays that were never applied may go; applied ones never."""
        replays = self.env["itsm.replay"].create(
            [{"name": f"R{number}"} for number in range(3)]
        )
        self.env.flush_all()
        self.cr.execute(
            "UPDATE itsm_replay SET write_date = '2020-01-01', "
            "state = CASE WHEN id = %s THEN 'applied' ELSE state END "
            "WHERE id = ANY(%s)",
            [replays[0].id, replays[:2].ids],
        )
        self.env.invalidate_all()
        rule = self.env["itsm.retention.rule"].create(
            {
                "kind": "replay",
                "action": "delete",
                "months": 36,
                "company_id": self.company.id,
                "enabled": True,
            }
        )
        self.assertEqual(rule.preview_count, 1)
        rule.action_run()
        rule.run_id._work_inline()
        self.assertEqual(replays.exists(), replays[0] | replays[2])
