# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The built-in alerts "at risk" and "breached" have become two escalation rules.

What was told before the upgrade is done with: the two rules take over the alerts and
the level that each clock had reached. When a clock is looked at next stays the same.
"""

from odoo.tools.sql import column_exists

AT_RISK, BREACHED = "itsm_escalation_rule_at_risk", "itsm_escalation_rule_breached"


def migrate(cr, version):
    cr.execute(
        """SELECT name, res_id FROM ir_model_data
            WHERE module = 'itsm_sla' AND name IN %s""",
        [(AT_RISK, BREACHED)],
    )
    rules = dict(cr.fetchall())
    at_risk, breached = rules[AT_RISK], rules[BREACHED]
    cr.execute(
        """UPDATE itsm_clock_alert
              SET rule_id = CASE level WHEN 'at_risk' THEN %s ELSE %s END
            WHERE rule_id IS NULL""",
        [at_risk, breached],
    )
    if column_exists(cr, "itsm_clock", "alert_level"):
        cr.execute(
            """UPDATE itsm_clock
                  SET fired = CASE alert_level WHEN 1 THEN %s::jsonb ELSE %s::jsonb END
                WHERE alert_level > 0 AND fired IS NULL""",
            [f"[{at_risk}]", f"[{at_risk}, {breached}]"],
        )
