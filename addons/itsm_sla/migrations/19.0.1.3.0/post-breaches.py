# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api

#: Breaches are made for so many clocks at once.
BATCH = 2000


def migrate(cr, version):
    """What was late before causes were recorded has its breach, and nobody is asked.

    Who had to explain what was over long ago would have a list that nobody works off.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    last_id = 0
    while True:
        cr.execute(
            """SELECT id FROM itsm_clock
                WHERE kind = 'sla' AND breached_at IS NOT NULL AND id > %s
                ORDER BY id LIMIT %s""",
            [last_id, BATCH],
        )
        clock_ids = [row[0] for row in cr.fetchall()]
        if not clock_ids:
            return
        last_id = clock_ids[-1]
        env["itsm.breach"]._follow(clock_ids, state="not_asked")
        # Hundreds of thousands of clocks pass by: nothing of them is kept.
        env.flush_all()
        env.invalidate_all(flush=False)
