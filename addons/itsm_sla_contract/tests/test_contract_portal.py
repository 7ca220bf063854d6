# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import HttpCase, tagged

from .contract_common import ContractCommon


@tagged("post_install", "-at_install")
class TestContractPortal(ContractCommon, HttpCase):
    """What the customer sees of the contract (SLM-17, SLM-68)."""

    def test_page(self):
        """The contract is named and linked for who may see it, not for others."""
        self.agreement.contract_id = self.card
        self._put()
        self._countersign()
        url = f"/my/agreements/{self.agreement.id}"
        self.authenticate("itsm-portal", "itsm-portal")
        page = self.url_open(url).text
        self.assertNotIn("Managed services", page)
        self.assertNotIn("/my/contracts/", page)
        self.contract.message_subscribe(self.requester.ids)
        page = self.url_open(url).text
        self.assertIn("C-17 Managed services", page)
        self.assertIn(f"/my/contracts/{self.contract.id}", page)
