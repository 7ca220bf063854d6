# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestLevelRequirementDesk(LifecycleCommon):
    def test_satisfaction(self):
        """SLM-31: a requirement leads to the rated tickets of its customer."""
        mine = self._open()
        silent = self._open()
        other = self._open(partner_id=self.requester_2.id)
        self._resolve("2026-03-23 11:00", mine | silent | other)
        mine._itsm_rate(5, "", self.requester)
        other._itsm_rate(1, "", self.requester_2)
        requirement = self.env["itsm.level.requirement"].create(
            {"name": "Faster", "partner_id": self.customer.id}
        )
        action = requirement.with_user(self.agent).action_view_satisfaction()
        self.env.flush_all()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), mine)
