# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
from datetime import datetime, timedelta
from pathlib import Path

from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from .common import SlaCommon

SMALL = Path(__file__).parent / "data" / "history_small.csv"
#: Scheduled actions that leave the house: mail servers, publisher, push and SMS.
ONLINE = (
    "mail.ir_cron_mail_gateway_action",
    "mail.ir_cron_module_update_notification",
    "mail.ir_cron_web_push_notification",
    "sms.ir_cron_sms_scheduler_action",
    "iap.iap_cron",
    "partner_autocomplete.ir_cron_partner_autocomplete",
)
LOUD = ("mail.message", "mail.mail", "mail.activity", "mail.notification")


@tagged("post_install", "-at_install")
class TestHistorySilent(SlaCommon):
    """Design, Manners: history is silent."""

    def _old_tickets(self, count):
        """Tickets as a database has them on which the addons were just installed.

        Written past the addons, so that no log row, reason or milestone exists; open,
        late by any agreement, with followers and a stage that would send a mail.
        """
        template = self.env["mail.template"].create(
            {
                "name": "Stage mail",
                "model_id": self.env["ir.model"]._get_id("helpdesk.ticket"),
                "subject": "Your ticket",
                "partner_to": "{{ object.partner_id.id }}",
                "body_html": "<p>News</p>",
            }
        )
        self.stage_open.mail_template_id = template
        self.stage_closed.mail_template_id = template
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO helpdesk_ticket (
                    number, name, description, company_id, team_id, stage_id,
                    partner_id, user_id, priority, active, unattended, sequence,
                    create_uid, write_uid, create_date, write_date, last_stage_update
                )
                SELECT 'OLD' || n, 'Old ticket ' || n, '<p>Old</p>', %s, %s, %s, %s, %s,
                       '2', true, false, 10, 1, 1, %s, %s, %s
                  FROM generate_series(1, %s) AS n
             RETURNING id
                """,
                self.company.id,
                self.team.id,
                self.stage_open.id,
                self.requester.id,
                self.agent.id,
                *[datetime(2026, 1, 15, 9)] * 3,
                count,
            )
        )
        self.env.invalidate_all()
        tickets = self.env["helpdesk.ticket"].browse(row[0] for row in rows)
        tickets.message_subscribe((self.requester | self.agent.partner_id).ids)
        self.env.flush_all()
        return tickets

    def _counts(self):
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in LOUD
        }

    def _stages(self, tickets):
        return [
            (ticket.id, ticket.stage_id.id, ticket.closed_date, ticket.user_id.id)
            for ticket in tickets
        ]

    def test_history_is_silent(self):
        """Manners: install, import, activate, a month of the scheduled actions.

        Not one mail, message, activity or changed stage on 500 tickets with followers
        and on the imported ones.
        """
        tickets = self._old_tickets(500)
        with freeze_time("2026-03-16 08:00:00"):
            before = self._counts()
            # Without the context of the test, which switches mail off.
            env = self.env(user=self.sla_manager, context={})
            history = env["itsm.history.import"].create(
                {
                    "file": base64.b64encode(SMALL.read_bytes()),
                    "filename": SMALL.name,
                    "tz": self.zone,
                }
            )
            agreement = self._draft_agreement()
            history.agreement_id = agreement
            history.action_preview()
            history.action_import()
            agreement.with_env(env).action_activate()
            self.env.flush_all()
            self.cr.flush()
            imported = history.link_ids.ticket_id.with_env(self.env)
            # One of them is open and late: the scheduler would have something to say.
            running = imported.clock_ids.filtered(lambda c: c.phase == "running")
            self.assertIn("breached", running.mapped("status"))
            self.assertFalse(imported.message_follower_ids)
        everyone = tickets | imported
        of_tickets = [
            ("model", "=", "helpdesk.ticket"),
            ("res_id", "in", everyone.ids),
        ]
        stages = self._stages(everyone)
        after_import = self._counts()
        self.assertEqual(
            after_import["mail.mail"],
            before["mail.mail"],
            "importing and activating sent a mail",
        )
        self._run_month(datetime(2026, 3, 16, 8, 30), days=31)
        self.env.invalidate_all()
        self.assertEqual(self._counts(), after_import)
        self.assertFalse(self.env["mail.message"].search_count(of_tickets))
        self.assertFalse(self.env["mail.mail"].search_count(of_tickets))
        self.assertFalse(
            self.env["mail.activity"].search_count(
                [
                    ("res_model", "=", "helpdesk.ticket"),
                    ("res_id", "in", everyone.ids),
                ]
            )
        )
        self.assertEqual(self._stages(everyone), stages)
        self.assertFalse(tickets.clock_ids, "old tickets got clocks")
        self.assertFalse(tickets.event_ids, "old tickets got a log")
        self.assertFalse(imported.clock_ids.alert_ids)
        # The scheduler did run and is not mute: a live ticket makes it speak.
        live = self._report("2026-04-20 10:00")
        self._run_scheduler("2026-04-21 10:00")
        self.assertTrue(live.clock_ids.alert_ids)
        self.assertGreater(self._counts()["mail.mail"], after_import["mail.mail"])

    def _run_month(self, start, days):
        """The scheduled actions of the addons on every day, as the server runs them;
        the other ones, and that of the KPIs, on the first days and once a week."""
        online = self.env["ir.cron"]
        for xmlid in ONLINE:
            online |= self.env.ref(xmlid, raise_if_not_found=False) or online
        everything = self.env["ir.cron"].search([]) - online
        own = everything.filtered(
            lambda cron: (cron.get_external_id()[cron.id] or "").startswith("itsm")
        ) - self.env.ref("itsm_base.ir_cron_itsm_kpi")
        self.assertIn(self.env.ref("itsm_sla.ir_cron_clocks"), own)
        for day in range(days):
            crons = everything if day < 2 or day % 7 == 0 else own
            with (
                freeze_time(start + timedelta(days=day)),
                self.enter_registry_test_mode(),
            ):
                for cron in crons:
                    cron.method_direct_trigger()
