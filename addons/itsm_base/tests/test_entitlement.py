# Copyright 2026 The ITSM for Odoo maintainers
# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.tests import tagged

from .common import ItsmCommon


@tagged("post_install", "-at_install")
class TestEntitlement(ItsmCommon):
    def setUp(self):
        super().setUp()
        self.services = self.env["itsm.service"].with_context(
            allowed_company_ids=self.company.ids
        )
        self.own, self.other = self.services.create(
            [
                {"name": "Own", "state": "live", "partner_ids": self.customer.ids},
                {"name": "Other", "state": "live", "partner_ids": self.customer_2.ids},
            ]
        )
        self.own_part, self.other_part = self.services.create(
            [
                {"name": "Part", "state": "live", "parent_id": self.own.id},
                {"name": "Part", "state": "live", "parent_id": self.other.id},
            ]
        )
        self.known = self.own | self.other | self.own_part | self.other_part
        self.known |= self.service | self.offering | self.service_draft

    def _entitled(self, partner):
        return self.services._itsm_entitled(partner) & self.known

    def test_customer(self):
        """CAT-08: everybody's services and those of the customer, with offerings."""
        common = self.service | self.offering
        mine = common | self.own | self.own_part
        self.assertEqual(self._entitled(self.requester), mine)
        self.assertEqual(self._entitled(self.customer), mine)
        self.assertEqual(
            self._entitled(self.requester_2), common | self.other | self.other_part
        )
        self.assertEqual(self._entitled(self.env["res.partner"]), common)
        found = (self.other | self.own)._itsm_entitled(self.requester)
        self.assertEqual(found, self.own)
        self.assertFalse(self.other_part._itsm_entitled(self.requester))

    def test_states(self):
        """CAT-08: left out: not offered, archived, or part of such a thing."""
        for state in ("proposed", "design", "transition", "retired"):
            self.own.state = state
            self.assertFalse(
                self._entitled(self.requester) & (self.own | self.own_part)
            )
        for state in ("live", "changing", "retiring"):
            self.own.state = state
            self.assertIn(self.own_part, self._entitled(self.requester))
        self.own.active = False
        self.assertNotIn(self.own_part, self._entitled(self.requester))

    def test_company(self):
        """CAT-08: only services of the companies of who asks, and of the contact."""
        company = self.env["res.company"].create({"name": "Second"})
        foreign = self.services.create(
            {"name": "Foreign", "state": "live", "company_id": company.id}
        )
        self.known |= foreign
        self.assertNotIn(foreign, self._entitled(self.requester))
        there = self.services.with_context(allowed_company_ids=company.ids)
        self.assertIn(foreign, there._itsm_entitled(self.requester))
        self.requester.company_id = self.company
        self.assertNotIn(foreign, there._itsm_entitled(self.requester))

    def test_portal_user_asks(self):
        """CAT-08: works in the name of a customer, in a constant number of queries."""
        services = self.services.with_user(self.portal_user)
        found = services._itsm_entitled(self.requester)
        self.assertEqual(found.env.user, self.portal_user)
        self.assertFalse(found.env.su)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        services._itsm_entitled(self.requester)
        few = self.cr.sql_log_count - before
        self.services.create(
            [{"name": f"More {number}", "state": "live"} for number in range(40)]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        services._itsm_entitled(self.requester)
        self.assertEqual(self.cr.sql_log_count - before, few)
