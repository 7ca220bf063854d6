# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api

#: Rules of figures: what they said, and what they say since a KPI may be about one
#: employee. A rule that somebody changed is left alone.
RULES = {
    "itsm_kpi_value_rule_agent": (
        "[(1, '=', 1)]",
        "[('kpi_id.person_id', '=', False)]",
    ),
    "itsm_kpi_value_rule_concerned": (
        "['|', '|', ('kpi_id.owner_id', '=', user.id), "
        "('process_id.owner_id', '=', user.id), "
        "('process_id.manager_id', '=', user.id)]",
        "[('kpi_id.person_id', '=', False), "
        "'|', '|', ('kpi_id.owner_id', '=', user.id), "
        "('process_id.owner_id', '=', user.id), "
        "('process_id.manager_id', '=', user.id)]",
    ),
}


def migrate(cr, version):
    """Rules that ship as data of one's own; the warning level of figures that are
    there."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name, (before, after) in RULES.items():
        rule = env.ref(f"itsm_base.{name}", raise_if_not_found=False)
        if rule and rule.domain_force == before:
            rule.domain_force = after
    cr.execute(
        """UPDATE itsm_kpi_value AS value
              SET warning = kpi.warning
             FROM itsm_kpi AS kpi
            WHERE value.kpi_id = kpi.id AND value.has_target
              AND COALESCE(value.warning, 0) = 0"""
    )
