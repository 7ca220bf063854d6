# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, no_retry, tagged

# The module, not its classes: a runner would collect the whole suite of web with them.
from odoo.addons.web.tests import test_js


@tagged("post_install", "-at_install")
class TestJs(HttpCase):
    @no_retry
    def test_desktop(self):
        """Pictures: what the impact graph computes in the browser."""
        suite_hash = test_js.HOOTCommon._generate_hash(None, "@itsm_cmdb")
        self.browser_js(
            "/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"&id={suite_hash}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
