# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import AccessError
from odoo.fields import Date
from odoo.tests import Form, tagged

from .common import SlaCommon


@tagged("post_install", "-at_install")
class TestDocumentAccess(SlaCommon):
    """Who reports about service levels prepares documents (REP-29)."""

    def _vals(self, **vals):
        return {
            "kind_id": self.env.ref("itsm_base.itsm_document_kind_d45").id,
            "company_id": self.env.company.id,
            "period_start": Date.to_date("2026-03-01"),
            **vals,
        }

    def test_manager_prepares(self):
        """REP-29: a service level manager creates and fills, and has prepared it."""
        documents = self.env["itsm.document"].with_user(self.sla_manager)
        document = documents.create(self._vals())
        document.action_fill()
        self.assertEqual(document.prepared_by_id, self.sla_manager)
        self.assertTrue(document.content)
        with Form(document) as form:
            form.name = "March"
        self.assertEqual(document.name, "March")
        arch = documents.get_view(view_type="form")["arch"]
        self.assertIn('name="action_fill"', arch)

    def test_manager_does_not_delete(self):
        """REP-29: what was begun is deleted by desk leads only."""
        documents = self.env["itsm.document"].with_user(self.sla_manager)
        document = documents.create(self._vals())
        with self.assertRaises(AccessError):
            document.unlink()

    def test_manager_sees_nothing_confidential(self):
        """REP-29: confidential documents are still those of desk leads."""
        document = self.env["itsm.document"].create(
            self._vals(confidentiality="confidential")
        )
        with self.assertRaises(AccessError):
            document.with_user(self.sla_manager).action_fill()

    def test_agent_prepares_nothing(self):
        """REP-29: an agent reads documents and prepares none."""
        agent = self._create_user("itsm-sla-agent", "itsm_base.itsm_group_agent")
        with self.assertRaises(AccessError):
            self.env["itsm.document"].with_user(agent).create(self._vals())
