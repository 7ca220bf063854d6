# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import CmdbCommon


@tagged("post_install", "-at_install")
class TestAuditTour(CmdbCommon, HttpCase):
    """CFG-29, CFG-40: an audit in the browser, counted with a scanner."""

    def _planned(self):
        owner = self.ci_auditor
        items = self.env["itsm.ci"].create(
            [
                self._ci_vals(
                    f"Tour {word}", serial=f"TOUR-{number}", owner_id=owner.id
                )
                for number, word in enumerate(("one", "two", "three"), 1)
            ]
        )
        return self.env["itsm.ci.audit"].create(
            {
                "name": "Tour audit",
                "kind": "stocktaking",
                "auditor_id": self.ci_auditor.id,
                "date_start": "2026-03-01",
                "date_end": "2026-03-31",
                "ci_ids": [Command.set(items.ids)],
            }
        )

    def test_audit(self):
        """From the plan over the screen for counting to the differences."""
        audit = self._planned()
        self.start_tour(
            f"/odoo/itsm-ci-audits/{audit.id}", "itsm_ci_audit", login="ci-auditor"
        )
        self.assertEqual(audit.state, "differences")
        self.assertEqual(audit.variance_text, "66.7 %")


@tagged("post_install", "-at_install")
class TestAuditTourPhone(TestAuditTour):
    """The same on a telephone, 390 pixels wide."""

    browser_size = "390x844"
    touch_enabled = True

    def test_audit(self):
        """Counting works on a telephone; nothing lies beyond its edge."""
        audit = self._planned()
        audit.with_user(self.ci_auditor).action_start()
        self.start_tour(
            f"/odoo/itsm-ci-count?audit_id={audit.id}",
            "itsm_ci_audit_phone",
            login="ci-auditor",
        )
        self.assertEqual(audit.passed_count, 1)
