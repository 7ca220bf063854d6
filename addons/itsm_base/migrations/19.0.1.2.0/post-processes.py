# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Companies that are there already get the processes too, as new ones do."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env["res.company"].search([])._itsm_create_processes()
