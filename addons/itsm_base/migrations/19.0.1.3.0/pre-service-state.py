# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""The life of a service has more states now: what was a draft is proposed."""


def migrate(cr, version):
    if not version:
        return
    cr.execute("UPDATE itsm_service SET state = 'proposed' WHERE state = 'draft'")
