# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api

#: Papers are kept for so many agreements at once.
BATCH = 100


def migrate(cr, version):
    """What agreements in force say is kept from now on.

    At the end, when the translations of all addons are there.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    agreements = env["itsm.agreement"].with_context(active_test=False)
    ids = agreements.search(
        [("state", "!=", "draft"), ("is_template", "=", False)], order="id"
    ).ids
    for position in range(0, len(ids), BATCH):
        batch = agreements.browse(ids[position : position + BATCH])
        batch.filtered(lambda agreement: not agreement.paper_content)._paper_keep()
        env.flush_all()
        env.invalidate_all()
