# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields

from .demo import chinese
from .demo.ci_audit_demo import load_audits
from .demo.control_demo import load_control
from .demo.desk_load import load_desk, load_papers
from .demo.helpdesk_ticket_demo import load_tickets
from .demo.level_load import load_levels


def post_init_hook(env):
    """With demo data: three months of tickets, whose past no XML file can tell."""
    if env.ref("itsm.agreement_demo_default", raise_if_not_found=False):
        if chinese.wanted(env):
            chinese.rename(env)
        load_tickets(env)
        load_desk(env)
        load_levels(env)
        load_control(env)
        load_audits(env)
        # The figures of the months that the tickets tell of.
        today = fields.Date.today()
        env["itsm.kpi"].search([("active", "=", True)])._compute_values(
            today - timedelta(days=90), today, env.ref("base.main_company")
        )
        load_papers(env)
