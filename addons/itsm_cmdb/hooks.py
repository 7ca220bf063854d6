# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def post_init_hook(env):
    """Services that exist already become configuration items, silently (CFG-15)."""
    services = env["itsm.service"].with_context(active_test=False).search([])
    services._make_configuration_items()
