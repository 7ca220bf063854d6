# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .common_control import ControlCommon


@tagged("post_install", "-at_install")
class TestControlTour(ControlCommon, HttpCase):
    """CFG-17, CFG-02: an unauthorised change is caught, in the browser."""

    browser_size = "1366x768"

    def test_caught(self):
        """The owner changes it in the form, the manager finds and explains it."""
        self._authorise(classes=self.class_leaf_2)
        item = self._ci(
            "Tour item", self.class_leaf_2, serial="FIRST", owner_id=self.ci_owner.id
        )
        self.env.flush_all()
        self.env["itsm.ci.authorisation"].search(
            [("state", "=", "approved")]
        ).with_user(self.ci_manager).action_withdraw()
        self.start_tour(
            f"/odoo/itsm-cis/{item.id}",
            "itsm_ci_control_owner",
            login=self.ci_owner.login,
        )
        change = self._changes(item)
        self.assertEqual((change.old_value, change.new_value), ("FIRST", "CAUGHT-2"))
        self.assertEqual((change.user_id, change.origin), (self.ci_owner, "screen"))
        self.start_tour(
            "/odoo/itsm-ci-unauthorised",
            "itsm_ci_control_manager",
            login=self.ci_manager.login,
        )
        self.assertEqual(change.state, "explained")
        self.assertEqual(change.decided_by_id, self.ci_manager)
