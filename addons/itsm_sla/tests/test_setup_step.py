# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .history_common import HistoryCommon


@tagged("post_install", "-at_install")
class TestSetupStep(HistoryCommon):
    """Issue 4, First day: the steps of service levels."""

    def test_history(self):
        """The history is brought when an import is done, not when it is looked at."""
        step = self.env["itsm.setup.step"].search([("code", "=", "history")])
        history = self._preview(self.small)
        step.invalidate_recordset()
        self.assertEqual(
            (step.state, step.detail), ("open", "0 imports, 0 rebuilt logs")
        )
        history.action_import()
        step.invalidate_recordset()
        self.assertEqual(
            (step.state, step.detail), ("done", "1 imports, 0 rebuilt logs")
        )
        history.action_undo()
        step.invalidate_recordset()
        self.assertEqual(step.state, "open")
