# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""What pytest needs once per session: warm assets for the browser tests.

Without it every browser test builds the bundles again, in a transaction that is rolled
back. Odoo's own test runner does the same before it starts.
"""

import os
import pathlib

import pytest

# So that plain ``pytest --odoo-database=NAME`` finds the addons of this checkout.
os.environ.setdefault(
    "ODOO_ADDONS_PATH", str(pathlib.Path(__file__).resolve().parent / "addons")
)


@pytest.fixture(scope="session", autouse=True)
def warm_assets(request, load_registry):
    from odoo.orm.registry import Registry
    from odoo.tests import HttpCase, get_db_name

    classes = {getattr(item, "cls", None) for item in request.session.items}
    if not any(cls and issubclass(cls, HttpCase) for cls in classes):
        return
    from odoo import api

    with Registry(get_db_name()).cursor() as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        env["ir.qweb"]._pregenerate_assets_bundles()
        cr.commit()
