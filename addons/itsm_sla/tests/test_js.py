# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, no_retry, tagged

# The module, not its classes: a runner would collect the whole suite of web with them.
from odoo.addons.web.tests import test_js


def suite_filter(name):
    """Return the part of the URL that runs one suite of the browser's unit tests."""
    suite_hash = test_js.HOOTCommon._generate_hash(None, name)
    return f"&id={suite_hash}"


class HootCase(HttpCase):
    """Unit tests of one addon in the browser."""

    preset = "desktop"
    suite = "@itsm_sla"

    def _run_suite(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset={self.preset}&timeout=15000"
            f"{suite_filter(self.suite)}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


@tagged("post_install", "-at_install")
class TestJs(HootCase):
    @no_retry
    def test_desktop(self):
        """Issue 2 section 3: clock countdown and target matrix, unit by unit."""
        self._run_suite()


@tagged("post_install", "-at_install")
class TestJsMobile(HootCase):
    preset = "mobile"
    browser_size = "375x667"
    touch_enabled = True

    @no_retry
    def test_mobile(self):
        """Issue 2 section 3: the same on a telephone."""
        self._run_suite()
