# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import importlib.util

from odoo.tests import tagged
from odoo.tools import file_path

from .common import SlaCommon

SCRIPT = "itsm_sla/migrations/19.0.1.1.0/post-escalation-rules.py"


@tagged("post_install", "-at_install")
class TestEscalationMigration(SlaCommon):
    """SLM-35: the built-in alerts of earlier versions become the two shipped rules."""

    def test_rows(self):
        """Alerts get their rule, clocks what is done with; nothing is told again."""
        spec = importlib.util.spec_from_file_location("script", file_path(SCRIPT))
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        at_risk = self.env.ref("itsm_sla.itsm_escalation_rule_at_risk")
        breached = self.env.ref("itsm_sla.itsm_escalation_rule_breached")
        self._create_agreement({"2": (0, 240)})
        tickets = untouched, warned, late = [
            self._report("2026-03-23 10:00") for _index in range(3)
        ]
        clocks = self.env["itsm.clock"].union(*(t.clock_ids for t in tickets))
        self._write("2026-03-23 13:59", untouched, name="Untouched")
        self._run_scheduler("2026-03-23 14:01")
        self.env.cr.execute(
            """ALTER TABLE itsm_clock ADD COLUMN alert_level integer;
               ALTER TABLE itsm_clock_alert ALTER COLUMN rule_id DROP NOT NULL"""
        )
        self._move("2026-03-23 14:02", warned, "paused")
        self._run_scheduler("2026-03-23 15:01")
        levels = {untouched: 0, warned: 1, late: 2}
        for ticket, level in levels.items():
            self.env.cr.execute(
                """UPDATE itsm_clock SET alert_level = %s, fired = NULL
                    WHERE ticket_id = %s""",
                [level, ticket.id],
            )
        self.env.cr.execute(
            "UPDATE itsm_clock_alert SET rule_id = NULL WHERE clock_id IN %s",
            [tuple(clocks.ids)],
        )
        for _twice in range(2):
            script.migrate(self.env.cr, "19.0.1.0.0")
        self.env.invalidate_all()
        self.assertFalse(untouched.clock_ids.fired)
        self.assertEqual(warned.clock_ids.fired, at_risk.ids)
        self.assertEqual(late.clock_ids.fired, [at_risk.id, breached.id])
        for alert in clocks.alert_ids:
            self.assertEqual(
                alert.rule_id, at_risk if alert.level == "at_risk" else breached
            )
        told = len(clocks.alert_ids)
        self._move("2026-03-24 10:00", warned, "open")
        self._run_scheduler("2026-03-24 10:01")
        self.assertEqual(len(clocks.alert_ids), told)
