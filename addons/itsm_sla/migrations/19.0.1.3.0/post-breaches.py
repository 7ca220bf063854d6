# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api

#: Breaches are made for so many clocks at once.
BATCH = 5000


def migrate(cr, version):
    """What was late before causes were recorded has its breach, and nobody is asked.

    Who had to explain what was over long ago would have a list that nobody works off.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(
        """SELECT id FROM itsm_clock
            WHERE kind = 'sla' AND breached_at IS NOT NULL AND phase != 'cancelled'
            ORDER BY id"""
    )
    clock_ids = [row[0] for row in cr.fetchall()]
    for position in range(0, len(clock_ids), BATCH):
        env["itsm.breach"]._follow(
            clock_ids[position : position + BATCH], state="not_asked"
        )
